//! `/api/v1/accounts` and `/api/v1/numbers`: provider configurations, and whether they work.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use harkara_provider::FieldKind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::number::{Number, show_number};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::account::{self, CheckReport, Trial};
use crate::app::{App, AppError};
use crate::domain::id;
use crate::domain::permission::Permission;
use crate::store::account::{AccountRow, Sealed};
use crate::store::refused::RefusedRow;
use crate::store::{self, Tx};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(resume))
}

/// A saved provider configuration. Secrets are never returned.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Id.
    pub id: String,
    /// Id of its provider.
    pub provider: String,
    /// Name given by a person.
    pub nickname: String,
    /// `active`, `held` (sending stands still until a person mends it), `archived` or `deleted`.
    pub state: &'static str,
    /// Why it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_reason: Option<String>,
    /// Since when, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_at: Option<i64>,
    /// The settings by key. A secret is `{"set": true, "at": ..}`, with the time when it was set
    /// where that is known, or `{"set": false}`, never more. Empty for who may not change them.
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
    /// Paste this at the provider for inbound messages. Whoever knows it could speak as the provider: `null` for who may
    /// not change the account.
    pub inbound_url: Option<String>,
    /// Paste this at the provider for delivery reports; see `inbound_url`.
    pub reports_url: Option<String>,
    /// Its numbers, the default one first.
    pub numbers: Vec<Number>,
    /// Requests a second at most.
    pub requests_per_second: i64,
    /// When a message last came in, milliseconds since 1970 UTC.
    pub last_inbound_at: Option<i64>,
    /// When a report last came in, milliseconds since 1970 UTC.
    pub last_report_at: Option<i64>,
    /// Callbacks that were not taken, because they were not signed as the settings say; absent when there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_callbacks: Option<RefusedCallbacks>,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC.
    pub updated_at: i64,
}

impl Account {
    /// As this caller may see it.
    fn to(mut self, caller: &Caller) -> Self {
        if !caller.may(Permission::AccountsWrite) {
            self.settings = Map::new();
            self.inbound_url = None;
            self.reports_url = None;
        }
        self
    }
}

/// Callbacks that were not taken. The provider was asked to send them again.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedCallbacks {
    /// How many there ever were, repetitions included.
    pub count: i64,
    /// Why the last one was not taken.
    pub last_reason: String,
    /// When it came, milliseconds since 1970 UTC.
    pub last_at: i64,
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Id of its provider, see `/providers`.
    pub provider: String,
    /// Settings by key, as the provider's form asks for them.
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
    /// Try them first: nothing is saved when the provider does not take them, and the problem `check_failed` shows what
    /// was asked and answered.
    #[serde(default)]
    pub check: bool,
    /// `token` of `POST /accounts/callback-urls`: the account gets exactly those URLs.
    #[serde(default)]
    pub callback_token: Option<String>,
}

/// A change of an account. What is not named stays; `null` or empty clears a setting, and keeps a secret. When a URL leads to
/// another host (scheme, host or port) than before, every secret that is kept must be given again: `secret_needed_again`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Settings by key.
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
    /// Try the account as it would be after the change first; see `NewAccount`.
    #[serde(default)]
    pub check: bool,
}

/// Name of an account's state.
pub(super) fn state_name(state: i16) -> &'static str {
    match state {
        store::account::HELD => "held",
        store::account::ARCHIVED => "archived",
        store::account::DELETED => "deleted",
        _ => "active",
    }
}

/// What was refused, if anything was.
pub(super) fn refused_callbacks(row: Option<RefusedRow>) -> Option<RefusedCallbacks> {
    row.map(|row| RefusedCallbacks {
        count: row.refused,
        last_reason: row.reason,
        last_at: row.at,
    })
}

async fn show(app: &App, tx: &mut Tx, row: AccountRow) -> Result<Account, AppError> {
    let urls = account::callback_urls(app, &row.token);
    let numbers = store::number::of_account(tx, row.id).await?;
    let in_use = store::retired::in_use(tx, row.id).await?;
    let refused = store::refused::of_account(tx, row.id).await?;
    Ok(Account {
        refused_callbacks: refused_callbacks(refused),
        id: id::ACCOUNT.show(row.id),
        state: state_name(row.state),
        settings: shown_settings(&row, &urls)?,
        inbound_url: Some(urls.inbound),
        reports_url: Some(urls.reports),
        numbers: numbers.into_iter().map(|n| show_number(n, &in_use)).collect(),
        provider: row.provider,
        nickname: row.nickname,
        held_reason: row.held_reason,
        held_at: row.held_at,
        requests_per_second: row.requests_per_second,
        last_inbound_at: row.last_inbound_at,
        last_report_at: row.last_report_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// The form as it can be sent back: plain values, secrets as marks, read-only URLs. An account of a provider that
/// this version does not know shows its plain settings.
fn shown_settings(row: &AccountRow, urls: &account::CallbackUrls) -> Result<Map<String, Value>, AppError> {
    let mut shown: Map<String, Value> = row
        .settings()?
        .into_iter()
        .map(|(key, value)| (key, Value::from(value)))
        .collect();
    let Ok(provider) = account::provider_of(row) else {
        return Ok(shown);
    };
    let spec = provider.spec();
    let secrets = row.secrets()?;
    for field in spec.fields.iter().filter(|f| f.kind == FieldKind::Secret) {
        let mark = match secrets.get(field.key) {
            Some(Sealed { at: Some(at), .. }) => json!({"set": true, "at": at}),
            kept => json!({"set": kept.is_some()}),
        };
        shown.insert(field.key.to_owned(), mark);
    }
    for (key, url) in account::read_only(spec, urls) {
        shown.insert(key, Value::from(url));
    }
    Ok(shown)
}

async fn shown_by_id(app: &App, tx: &mut Tx, id: i64) -> Result<Account, AppError> {
    let row = account::by_id(tx, id).await?;
    show(app, tx, row).await
}

/// What was tried before saving holds for what is saved.
async fn keep(app: &App, tx: &mut Tx, id: i64, proof: Option<&CheckReport>) -> Result<(), AppError> {
    match proof {
        Some(report) => account::keep_proof(app, tx, id, report).await,
        None => Ok(()),
    }
}

/// Lists the accounts, newest first.
#[utoipa::path(get, path = "/accounts", tag = "Accounts", params(Page), responses((status = 200, body = Listing<Account>), (status = 401, body = Problem)))]
async fn list(
    caller: Caller,
    State(app): State<Shared>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<Account>>, Problem> {
    let mut tx = app.db.read().await?;
    let rows = store::account::list(&mut tx, page.before()?, page.limit()).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id;
        shown.push((id, show(&app, &mut tx, row).await?.to(&caller)));
    }
    Ok(Json(Listing::new(
        shown,
        &page,
        |(id, _)| *id,
        |(_, account)| account,
    )))
}

/// Saves an account: credentials are encrypted at once, and never shown again.
#[utoipa::path(post, path = "/accounts", tag = "Accounts", request_body = NewAccount, responses((status = 201, body = Account), (status = 422, body = Problem)))]
async fn create(State(app): State<Shared>, body: Body<NewAccount>) -> Result<Response, Problem> {
    // Before the transaction: asking for addresses takes time, and an answer that is repeated must not depend on it.
    let new = &body.value;
    let looked = account::look_at(&app, &new.provider, &new.settings).await;
    let proof = match new.check && looked.is_ok() {
        true => {
            Some(account::try_settings(&app, &app.engine, Trial::New(&new.provider), &new.settings).await?)
        }
        false => None,
    };
    proof.as_ref().map_or(Ok(()), account::passes)?;
    once(&app, &body.asked, async |tx| {
        looked?;
        let token = new.callback_token.as_deref();
        let id = account::create_with(&app, tx, &new.provider, &new.settings, token).await?;
        keep(&app, tx, id, proof.as_ref()).await?;
        Ok((StatusCode::CREATED, shown_by_id(&app, tx, id).await?))
    })
    .await
}

/// One account.
#[utoipa::path(get, path = "/accounts/{id}", tag = "Accounts", params(("id" = String, Path)), responses((status = 200, body = Account), (status = 404, body = Problem)))]
async fn get(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Account>, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    let mut tx = app.db.read().await?;
    Ok(Json(shown_by_id(&app, &mut tx, id).await?.to(&caller)))
}

/// Changes settings. Any real change lets a held account send again.
#[utoipa::path(patch, path = "/accounts/{id}", tag = "Accounts", params(("id" = String, Path)), request_body = AccountChange, responses((status = 200, body = Account), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn update(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<AccountChange>,
) -> Result<Response, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    let given = &body.value.settings;
    let looked = account::look_at_change(&app, id, given).await;
    let proof = match body.value.check && looked.is_ok() {
        true => Some(account::try_settings(&app, &app.engine, Trial::Change(id), given).await?),
        false => None,
    };
    proof.as_ref().map_or(Ok(()), account::passes)?;
    let response = once(&app, &body.asked, async |tx| {
        looked?;
        account::update(&app, tx, id, &body.value.settings).await?;
        keep(&app, tx, id, proof.as_ref()).await?;
        Ok((StatusCode::OK, shown_by_id(&app, tx, id).await?))
    })
    .await?;
    app.wake_dispatch.notify_one();
    Ok(response)
}

/// Lets a held account send again.
#[utoipa::path(post, path = "/accounts/{id}/resume", tag = "Accounts", params(("id" = String, Path)), responses((status = 200, body = Account), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn resume(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Account>, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    account::resume(&app, &mut act.tx, id).await?;
    let shown = shown_by_id(&app, &mut act.tx, id).await?;
    act.commit(&app, Some(id)).await?;
    app.wake_dispatch.notify_one();
    Ok(Json(shown))
}
