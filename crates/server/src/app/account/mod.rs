//! Accounts: saved provider configurations.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harkara_provider::{
    ANSWER_BUDGET_MS, Account, FieldKind, NOT_OFFERED, Provider, SendError, Spec, registry,
};

use super::vault::VaultError;
use super::{App, AppError};
use crate::clock::random_bytes;
use crate::domain::id;
use crate::domain::problem::FieldProblem;
use crate::domain::settings::{self, Before, Checked, Given};
use crate::engine::{Engine, TARGET_REFUSED};
use crate::store::account::{AccountRow, Sealed};
use crate::store::{self, StoreError, Tx};

mod auto_reply;
mod callback_urls;
mod check;
mod health;
mod number;
mod number_use;
mod reach;
mod retire;
mod target;
mod try_message;

pub use auto_reply::{Moment, Previewed, preview_auto_reply, set_auto_reply};
pub use callback_urls::{Called, Calls, EarlyCalls, Reserved, reserve, reserved};
pub use check::{CheckReport, CheckResult, Trial, check, keep_proof, passes, try_settings};
pub use health::{ErrorGroup, Health, health};
use number::follow_number;
pub use number::{DEFAULT_RATE, RATES, add_number, update_number};
pub use number_use::{NumberUse, change_follows, numbers_in_use, set_daily_limit};
pub use reach::{CHECK_HEADER, Reached, reach};
pub use retire::{Stops, Way, account_stops, cancelled, number_stops, retire, retire_number};
use target::entrusted;
pub use target::{look_at, look_at_change};
pub use try_message::{Ready, Tried, click_to_chat, ready, try_message};

/// Where a provider sends its callbacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackUrls {
    /// Inbound messages.
    pub inbound: String,
    /// Delivery reports.
    pub reports: String,
}

/// The callback URLs of a token.
pub fn callback_urls(app: &App, token: &str) -> CallbackUrls {
    let base = app.config.public_base();
    CallbackUrls {
        inbound: format!("{base}/callbacks/{token}/inbound"),
        reports: format!("{base}/callbacks/{token}/reports"),
    }
}

/// An account, ready to speak to its provider.
pub struct LoadedAccount {
    /// As stored.
    pub row: AccountRow,
    /// Its provider's dialect.
    pub provider: &'static dyn Provider,
    /// Its settings, secrets opened.
    pub account: Account,
}

impl LoadedAccount {
    /// The engine as this account wants its sends performed: with its own time to wait for an answer, if it has one.
    pub fn engine(&self, engine: &Engine) -> Engine {
        engine_of(engine, &self.account)
    }
}

/// The engine as an account wants its sends performed.
pub(super) fn engine_of(engine: &Engine, account: &Account) -> Engine {
    match account.number(ANSWER_BUDGET_MS) {
        Some(ms) => engine.within(Duration::from_millis(ms)),
        None => engine.clone(),
    }
}

/// Loads an account with its secrets.
pub async fn load(app: &App, tx: &mut Tx, id: i64) -> Result<LoadedAccount, AppError> {
    let row = by_id(tx, id).await?;
    open(app, row)
}

/// Opens the secrets of a row.
pub fn open(app: &App, row: AccountRow) -> Result<LoadedAccount, AppError> {
    let provider = provider_of(&row)?;
    let mut all = row.settings()?;
    let context = id::ACCOUNT.show(row.id);
    for (key, secret) in row.secrets()? {
        let text = app
            .vault
            .unseal(&context, &secret.sealed)
            .map_err(|e| vault_trouble(&row.nickname, &e))?;
        all.insert(key, text);
    }
    let account = Account::new(provider.spec(), all);
    Ok(LoadedAccount {
        row,
        provider,
        account,
    })
}

/// The account of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<AccountRow, AppError> {
    store::account::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("account"))
}

/// The provider of a row. An account outlives a version that knew its provider.
pub fn provider_of(row: &AccountRow) -> Result<&'static dyn Provider, AppError> {
    registry::find(&row.provider).ok_or_else(|| {
        AppError::conflict(
            "provider_unknown",
            format!(
                "The account \"{}\" belongs to the provider \"{}\", which this version does not know.",
                row.nickname, row.provider
            ),
            "Run the version that made it, or archive the account.",
        )
    })
}

/// Saves a new account with its first number, and callback URLs of its own.
pub async fn create(app: &App, tx: &mut Tx, provider: &str, given: &Given) -> Result<i64, AppError> {
    create_with(app, tx, provider, given, None).await
}

/// The same, with the callback URLs of this token when one is given; see [`reserve`].
pub async fn create_with(
    app: &App,
    tx: &mut Tx,
    provider: &str,
    given: &Given,
    token: Option<&str>,
) -> Result<i64, AppError> {
    let Some(provider) = registry::find(provider) else {
        let known: Vec<&str> = registry::PROVIDERS.iter().map(|p| p.spec().id).collect();
        let detail = format!(
            "There is no provider \"{provider}\". There are: {}.",
            known.join(", ")
        );
        return Err(AppError::field("/provider", "unknown", detail));
    };
    let spec = provider.spec();
    let checked = settings::check(spec, &Before::default(), given, &app.config.default_region)
        .map_err(AppError::Invalid)?;
    if let Some(token) = token {
        callback_urls::may_be_taken(app, tx, token).await?;
    }
    let now = app.now();
    let mut row = AccountRow {
        id: app.id(),
        token: token.map_or_else(|| URL_SAFE_NO_PAD.encode(random_bytes::<32>()), str::to_owned),
        provider: spec.id.to_owned(),
        nickname: String::new(),
        settings: String::new(),
        secrets: String::new(),
        state: store::account::ACTIVE,
        held_reason: None,
        held_at: None,
        requests_per_second: 0,
        auto_reply: 0,
        auto_reply_text: String::new(),
        auto_reply_rules: None,
        last_inbound_at: None,
        last_report_at: None,
        created_at: now,
        updated_at: now,
    };
    fill(app, provider, &mut row, &checked, BTreeMap::new())?;
    nickname_is_free(tx, &row).await?;
    store::account::insert(tx, &row).await.map_err(in_words)?;
    follow_number(app, tx, &row, checked.plain.get("number")).await?;
    Ok(row.id)
}

/// Changes settings; what is not named stays. A held account is released by any real change: whatever held it may be
/// mended now, and if it is not, the next answer holds it again.
pub async fn update(app: &App, tx: &mut Tx, id: i64, given: &Given) -> Result<(), AppError> {
    let mut row = by_id(tx, id).await?;
    not_archived(&row)?;
    let provider = provider_of(&row)?;
    let spec = provider.spec();
    let secrets = row.secrets()?;
    let before = Before {
        plain: row.settings()?,
        secrets: secrets.keys().cloned().collect(),
        read_only: read_only(spec, &callback_urls(app, &row.token)),
    };
    let checked =
        settings::check(spec, &before, given, &app.config.default_region).map_err(AppError::Invalid)?;
    if !checked.changed {
        return Ok(());
    }
    entrusted(spec, &before, &checked)?;
    fill(app, provider, &mut row, &checked, secrets)?;
    row.updated_at = app.now();
    nickname_is_free(tx, &row).await?;
    store::account::update(tx, &row).await.map_err(in_words)?;
    if checked.plain.get("number") != before.plain.get("number") {
        follow_number(app, tx, &row, checked.plain.get("number")).await?;
    }
    store::account::release(tx, id, app.now()).await?;
    Ok(())
}

/// The values of the read-only fields.
pub fn read_only(spec: &Spec, urls: &CallbackUrls) -> BTreeMap<String, String> {
    spec.fields
        .iter()
        .filter_map(|field| match field.kind {
            FieldKind::InboundUrl => Some((field.key.to_owned(), urls.inbound.clone())),
            FieldKind::ReportsUrl => Some((field.key.to_owned(), urls.reports.clone())),
            _ => None,
        })
        .collect()
}

fn fill(
    app: &App,
    provider: &'static dyn Provider,
    row: &mut AccountRow,
    checked: &Checked,
    mut secrets: BTreeMap<String, Sealed>,
) -> Result<(), AppError> {
    let spec = provider.spec();
    let context = id::ACCOUNT.show(row.id);
    fits_together(app, provider, row, checked, &secrets)?;
    for (key, text) in &checked.secrets {
        let sealed = app
            .vault
            .seal(&context, text)
            .map_err(|e| vault_trouble(&row.nickname, &e))?;
        let at = Some(app.now());
        secrets.insert(key.clone(), Sealed { sealed, at });
    }
    row.keep(&checked.plain, &secrets);
    let account = Account::new(spec, checked.plain.clone());
    account.get("nickname").clone_into(&mut row.nickname);
    row.requests_per_second = account
        .get("requests_per_second")
        .parse()
        .unwrap_or(i64::from(spec.limits.requests_per_second));
    auto_reply::follow_settings(row, &account)
}

/// What the provider says about the settings as a whole, with the secrets that are kept.
fn fits_together(
    app: &App,
    provider: &'static dyn Provider,
    row: &AccountRow,
    checked: &Checked,
    kept: &BTreeMap<String, Sealed>,
) -> Result<(), AppError> {
    let context = id::ACCOUNT.show(row.id);
    let mut all = checked.plain.clone();
    all.extend(checked.secrets.clone());
    for (key, secret) in kept {
        if !all.contains_key(key) {
            let text = app.vault.unseal(&context, &secret.sealed);
            all.insert(key.clone(), text.map_err(|e| vault_trouble(&row.nickname, &e))?);
        }
    }
    let found = provider.problems(&Account::new(provider.spec(), all));
    if found.is_empty() {
        return Ok(());
    }
    let shown = found
        .into_iter()
        .map(|p| FieldProblem::new(format!("/settings/{}", p.field), "unfit", p.detail));
    Err(AppError::Invalid(shown.collect()))
}

async fn nickname_is_free(tx: &mut Tx, row: &AccountRow) -> Result<(), AppError> {
    match store::account::by_nickname(tx, &row.nickname).await? {
        Some(other) if other.id != row.id => Err(AppError::field(
            "/settings/nickname",
            "taken",
            format!(
                "Another account is called \"{}\". Choose another nickname.",
                row.nickname
            ),
        )),
        _ => Ok(()),
    }
}

/// Lets a held account send again.
pub async fn resume(app: &App, tx: &mut Tx, id: i64) -> Result<(), AppError> {
    let row = by_id(tx, id).await?;
    not_archived(&row)?;
    if !store::account::release(tx, id, app.now()).await? {
        return Err(AppError::conflict(
            "account_not_held",
            format!("The account \"{}\" is not held: it sends.", row.nickname),
            "Nothing needs to be done.",
        ));
    }
    Ok(())
}

/// An archived account does nothing any more.
pub fn not_archived(row: &AccountRow) -> Result<(), AppError> {
    let what = match row.state {
        store::account::ARCHIVED => "archived",
        store::account::DELETED => "deleted",
        _ => return Ok(()),
    };
    Err(AppError::conflict(
        "account_archived",
        format!("The account \"{}\" is {what}.", row.nickname),
        "Make a new account instead.",
    ))
}

fn vault_trouble(nickname: &str, error: &VaultError) -> AppError {
    AppError::conflict(
        "secrets_do_not_open",
        format!("The secrets of the account \"{nickname}\" cannot be used: {error}"),
        "Restore the key, or type the account's secrets in again.",
    )
}

/// A duplicate that two requests made at the same moment, in words.
pub fn in_words(error: StoreError) -> AppError {
    if error.is_duplicate() {
        return AppError::conflict(
            "taken",
            "Something with this name was made at the same moment.",
            "Look at the list, and try again with another name.",
        );
    }
    error.into()
}

/// A refusal or silence of the provider of this account, in words; or that it was not asked, because its URL leads to
/// where we do not connect or it has no such call.
pub fn provider_trouble(nickname: &str, error: SendError) -> AppError {
    let ours = [TARGET_REFUSED, NOT_OFFERED];
    if let Some(code) = ours.into_iter().find(|code| error.code.as_deref() == Some(code)) {
        return AppError::conflict(
            code,
            format!("The account \"{nickname}\" cannot do this: {}.", error.detail),
            error.help,
        );
    }
    AppError::Provider {
        code: error.kind.name(),
        detail: format!(
            "The provider of the account \"{nickname}\" said: {}.",
            error.detail.trim_end_matches('.')
        ),
        help: error.help,
    }
}
