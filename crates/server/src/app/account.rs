//! Accounts: saved provider configurations, their numbers, and whether they work.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harkara_provider::{Account, FieldKind, Provider, SendError, SendErrorKind, Spec, registry};

use super::vault::VaultError;
use super::{App, AppError};
use crate::clock::random_bytes;
use crate::domain::id;
use crate::domain::problem::FieldProblem;
use crate::domain::settings::{self, Before, Checked, Given};
use crate::engine::Engine;
use crate::store::account::{AccountRow, Sealed};
use crate::store::number::NumberRow;
use crate::store::{self, StoreError, Tx};

/// Messages a second of a number that nobody set a rate for: what WhatsApp grants every number.
pub const DEFAULT_RATE: i64 = 80;
/// Bounds of a number's rate.
pub const RATES: std::ops::RangeInclusive<i64> = 1..=1000;

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

/// Saves a new account with its first number.
pub async fn create(app: &App, tx: &mut Tx, provider: &str, given: &Given) -> Result<i64, AppError> {
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
    let now = app.now();
    let mut row = AccountRow {
        id: app.id(),
        token: URL_SAFE_NO_PAD.encode(random_bytes::<32>()),
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
        last_inbound_at: None,
        last_report_at: None,
        created_at: now,
        updated_at: now,
    };
    fill(app, spec, &mut row, &checked, BTreeMap::new())?;
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
    let spec = provider_of(&row)?.spec();
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
    fill(app, spec, &mut row, &checked, secrets)?;
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
    spec: &'static Spec,
    row: &mut AccountRow,
    checked: &Checked,
    mut secrets: BTreeMap<String, Sealed>,
) -> Result<(), AppError> {
    let context = id::ACCOUNT.show(row.id);
    for (key, text) in &checked.secrets {
        let sealed = app
            .vault
            .seal(&context, text)
            .map_err(|e| vault_trouble(&row.nickname, &e))?;
        let hint = settings::hint(text);
        secrets.insert(key.clone(), Sealed { sealed, hint });
    }
    row.keep(&checked.plain, &secrets);
    let account = Account::new(spec, checked.plain.clone());
    account.get("nickname").clone_into(&mut row.nickname);
    row.requests_per_second = account
        .get("requests_per_second")
        .parse()
        .unwrap_or(i64::from(spec.limits.requests_per_second));
    row.auto_reply = i16::from(account.is_on("auto_reply"));
    account
        .get("auto_reply_text")
        .clone_into(&mut row.auto_reply_text);
    if row.auto_reply == 1 && row.auto_reply_text.is_empty() {
        return Err(AppError::field(
            "/settings/auto_reply_text",
            "required",
            "Write what people without a profile are answered, or switch the automatic answer off.",
        ));
    }
    Ok(())
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

/// Makes the number of the settings the default one. A number that nothing was ever sent from was probably a slip of
/// the pen: it is corrected in place. One with a history keeps it.
async fn follow_number(
    app: &App,
    tx: &mut Tx,
    row: &AccountRow,
    phone: Option<&String>,
) -> Result<(), AppError> {
    let Some(phone) = phone else { return Ok(()) };
    let numbers = store::number::of_account(tx, row.id).await?;
    let mut number = if let Some(known) = numbers.iter().find(|n| n.phone == *phone) {
        known.clone()
    } else {
        match numbers.into_iter().find(|n| n.is_default == 1) {
            Some(old) if !store::number::is_used(tx, old.id).await? => old,
            _ => {
                let new = new_number(app, row.id, phone, DEFAULT_RATE);
                store::number::insert(tx, &new).await?;
                new
            }
        }
    };
    number.phone.clone_from(phone);
    number.is_default = 1;
    store::number::update(tx, &number).await?;
    store::number::no_other_default(tx, row.id, number.id).await?;
    Ok(())
}

fn new_number(app: &App, account_id: i64, phone: &str, messages_per_second: i64) -> NumberRow {
    NumberRow {
        id: app.id(),
        account_id,
        phone: phone.to_owned(),
        is_default: 0,
        messages_per_second,
        created_at: app.now(),
    }
}

/// Adds a number to an account. The first one is the default whatever `default` says.
pub async fn add_number(
    app: &App,
    tx: &mut Tx,
    account_id: i64,
    phone: &str,
    rate: Option<i64>,
    default: bool,
) -> Result<NumberRow, AppError> {
    not_archived(&by_id(tx, account_id).await?)?;
    let mut problems = rate_problem(rate);
    let phone = settings::phone_or_code(phone, &app.config.default_region)
        .map_err(|why| problems.push(FieldProblem::new("/phone", "phone", why)));
    let Ok(phone) = phone else {
        return Err(AppError::Invalid(problems));
    };
    let numbers = store::number::of_account(tx, account_id).await?;
    if numbers.iter().any(|n| n.phone == phone) {
        let detail = format!("The account has the number {phone} already.");
        problems.push(FieldProblem::new("/phone", "taken", detail));
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let mut number = new_number(app, account_id, &phone, rate.unwrap_or(DEFAULT_RATE));
    number.is_default = i16::from(default || numbers.is_empty());
    store::number::insert(tx, &number).await?;
    if number.is_default == 1 {
        store::number::no_other_default(tx, account_id, number.id).await?;
    }
    Ok(number)
}

/// Changes a number's rate, or makes it the default.
pub async fn update_number(
    tx: &mut Tx,
    id: i64,
    rate: Option<i64>,
    default: Option<bool>,
) -> Result<NumberRow, AppError> {
    let mut number = store::number::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("number"))?;
    let mut problems = rate_problem(rate);
    if default == Some(false) && number.is_default == 1 {
        problems.push(FieldProblem::new(
            "/default",
            "needs_default",
            "An account needs a default number. Make another number the default instead.",
        ));
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    number.messages_per_second = rate.unwrap_or(number.messages_per_second);
    if default == Some(true) {
        number.is_default = 1;
        store::number::no_other_default(tx, number.account_id, id).await?;
    }
    store::number::update(tx, &number).await?;
    Ok(number)
}

fn rate_problem(rate: Option<i64>) -> Vec<FieldProblem> {
    match rate {
        Some(rate) if !RATES.contains(&rate) => vec![FieldProblem::new(
            "/messages_per_second",
            "number",
            format!(
                "Give a whole number from {} to {}. WhatsApp grants most numbers 80.",
                RATES.start(),
                RATES.end()
            ),
        )],
        _ => Vec::new(),
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

/// Takes an account out of use, unless campaigns still send or will send with it.
pub async fn archive(app: &App, tx: &mut Tx, id: i64) -> Result<(), AppError> {
    let row = by_id(tx, id).await?;
    not_archived(&row)?;
    let busy = store::account::busy_campaigns(tx, id).await?;
    if busy > 0 {
        return Err(AppError::conflict(
            "account_in_use",
            format!(
                "{busy} running or scheduled campaign(s) send with the account \"{}\".",
                row.nickname
            ),
            "Pause, stop or finish them first, then archive the account.",
        ));
    }
    let nickname = format!("{} (archived, {})", row.nickname, id::ACCOUNT.show(id));
    store::account::archive(tx, id, &nickname, app.now()).await?;
    Ok(())
}

/// An archived account does nothing any more.
pub fn not_archived(row: &AccountRow) -> Result<(), AppError> {
    if row.state != store::account::ARCHIVED {
        return Ok(());
    }
    Err(AppError::conflict(
        "account_archived",
        format!("The account \"{}\" is archived.", row.nickname),
        "Make a new account instead.",
    ))
}

/// What trying one credential set gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The credential set, as its provider calls it.
    pub credential: &'static str,
    /// What was proven, or why not.
    pub outcome: Result<String, SendError>,
}

/// What trying an account gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Nickname of the account.
    pub nickname: String,
    /// One result per credential set; none when the provider has no harmless call to try.
    pub results: Vec<CheckResult>,
    /// What the operator should know of network access, when a failure may come from there.
    pub network_hint: Option<&'static str>,
    /// Addresses to allow at the provider, as configured; empty with no network hint.
    pub egress_addresses: Vec<String>,
}

impl CheckReport {
    /// Every credential set works.
    pub fn is_ok(&self) -> bool {
        self.results.iter().all(|r| r.outcome.is_ok())
    }
}

/// Tries every credential set of an account, without sending anything to a person. Holds no transaction while it
/// waits for the provider.
pub async fn check(app: &App, engine: &Engine, id: i64) -> Result<CheckReport, AppError> {
    let mut tx = app.db.read().await?;
    let loaded = load(app, &mut tx, id).await?;
    drop(tx);
    let mut results = Vec::new();
    for (n, credential) in loaded.provider.credentials().iter().enumerate() {
        let outcome = engine
            .run(|prior| loaded.provider.check(&loaded.account, n, prior))
            .await
            .map(|(text, _)| text);
        results.push(CheckResult { credential, outcome });
    }
    let blocked = results
        .iter()
        .filter_map(|r| r.outcome.as_ref().err())
        .any(|e| may_be_blocked(e.kind));
    let spec = loaded.provider.spec();
    Ok(CheckReport {
        nickname: loaded.row.nickname,
        results,
        network_hint: (blocked && !spec.network_hint.is_empty()).then_some(spec.network_hint),
        egress_addresses: if blocked {
            app.config.egress_addresses.clone()
        } else {
            Vec::new()
        },
    })
}

/// Could an address that the provider does not allow look like this? Vendors give it no code of its own; only a
/// clear word on the password or on the speed speaks against it.
fn may_be_blocked(kind: SendErrorKind) -> bool {
    !matches!(
        kind,
        SendErrorKind::Auth | SendErrorKind::Throttled { .. } | SendErrorKind::Capped
    )
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

/// A refusal or silence of the provider of this account, in words.
pub fn provider_trouble(nickname: &str, error: SendError) -> AppError {
    AppError::Provider {
        code: error.kind.name(),
        detail: format!(
            "The provider of the account \"{nickname}\" said: {}.",
            error.detail.trim_end_matches('.')
        ),
        help: error.help,
    }
}
