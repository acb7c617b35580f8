//! `/api/v1/accounts/callback-urls`: URLs to paste at the provider before an account is saved.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::account::{self, Calls, Reached, Reserved, reserve, reserved};
use crate::app::{App, AppError};
use crate::domain::id::ACCOUNT;
use crate::store;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(create))
        .routes(routes!(get))
        .routes(routes!(check))
}

/// Nothing has to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCallbackUrls {}

/// Callback URLs that no account has yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewUrls {
    /// Give it as `callback_token` when the account is saved, and it has exactly these URLs.
    pub token: String,
    /// Paste this at the provider for inbound messages.
    pub inbound_url: String,
    /// Paste this at the provider for delivery reports.
    pub reports_url: String,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Addresses that requests to the provider come from: they must be allowed there.
    pub egress_addresses: Vec<String>,
}

/// Callback URLs that were made before their account.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrlsInUse {
    #[serde(flatten)]
    #[schema(inline)]
    urls: NewUrls,
    /// The account that was saved with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Calls to the URL for inbound messages before the account was saved.
    pub inbound: EarlyCalls,
    /// Calls to the URL for delivery reports before the account was saved.
    pub reports: EarlyCalls,
}

/// Calls to a URL before its account was saved, as far as this server remembers: counted in memory, gone with a restart.
#[derive(Debug, Serialize, ToSchema)]
pub struct EarlyCalls {
    /// How many.
    pub count: u64,
    /// When the last one came, milliseconds since 1970 UTC.
    pub last_at: Option<i64>,
}

impl NewUrls {
    fn of(app: &App, made: Reserved) -> Self {
        Self {
            token: made.token,
            inbound_url: made.urls.inbound,
            reports_url: made.urls.reports,
            created_at: made.created_at,
            egress_addresses: app.config.egress_addresses.clone(),
        }
    }
}

impl From<Calls> for EarlyCalls {
    fn from(calls: Calls) -> Self {
        Self {
            count: calls.count,
            last_at: calls.last_at,
        }
    }
}

/// Makes callback URLs for an account that is saved later. Until then callbacks that bring something are answered 503, so
/// that the provider sends them again.
#[utoipa::path(post, path = "/accounts/callback-urls", tag = "Accounts", request_body = NewCallbackUrls, responses((status = 201, body = NewUrls), (status = 401, body = Problem)))]
async fn create(State(app): State<Shared>, body: Body<NewCallbackUrls>) -> Result<Response, Problem> {
    once(&app, &body.asked, async |_| {
        Ok((StatusCode::CREATED, NewUrls::of(&app, reserve(&app)?)))
    })
    .await
}

/// Has anything called these URLs yet?
#[utoipa::path(get, path = "/accounts/callback-urls/{token}", tag = "Accounts", params(("token" = String, Path)), responses((status = 200, body = UrlsInUse), (status = 404, body = Problem)))]
async fn get(
    _: Caller,
    State(app): State<Shared>,
    Path(token): Path<String>,
) -> Result<Json<UrlsInUse>, Problem> {
    let made = reserved(&app, &token).ok_or(AppError::NotFound("callback token"))?;
    let mut tx = app.db.read().await?;
    let account = store::account::by_token(&mut tx, &token).await?;
    let called = app.callback_log.early.of(&token);
    Ok(Json(UrlsInUse {
        urls: NewUrls::of(&app, made),
        account_id: account.map(|row| ACCOUNT.show(row.id)),
        inbound: called.inbound.into(),
        reports: called.reports.into(),
    }))
}

/// Whose URLs. Give one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrlsToCheck {
    /// The account (`acc_...`) that has them.
    pub account_id: Option<String>,
    /// The token of URLs that no account has yet.
    pub token: Option<String>,
}

/// Whether callback URLs lead to this server.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrlsChecked {
    /// Both do.
    pub ok: bool,
    /// The URL for inbound messages, then the one for delivery reports.
    pub results: Vec<UrlChecked>,
}

/// Whether one callback URL leads to this server.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrlChecked {
    /// The URL.
    pub url: String,
    /// It leads here.
    pub ok: bool,
    /// HTTP status of the answer; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// What happened.
    pub detail: String,
    /// What to do.
    pub help: &'static str,
}

impl From<Reached> for UrlChecked {
    fn from(reached: Reached) -> Self {
        Self {
            url: reached.url,
            ok: reached.ok,
            http_status: reached.http_status,
            detail: reached.detail,
            help: reached.help,
        }
    }
}

/// Calls the callback URLs of an account, or of one that is not saved yet, from this server through its public address. What it
/// calls is not kept, and no light turns by it.
#[utoipa::path(post, path = "/accounts/callback-urls/check", tag = "Accounts", request_body = UrlsToCheck, responses((status = 200, body = UrlsChecked), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn check(State(app): State<Shared>, body: Body<UrlsToCheck>) -> Result<Json<UrlsChecked>, Problem> {
    let urls = match (&body.value.account_id, &body.value.token) {
        (Some(text), None) => {
            let id = ACCOUNT.read(text).ok_or(AppError::NotFound("account"))?;
            let mut tx = app.db.read().await?;
            let row = account::by_id(&mut tx, id).await?;
            account::callback_urls(&app, &row.token)
        }
        (None, Some(token)) => {
            reserved(&app, token)
                .ok_or(AppError::NotFound("callback token"))?
                .urls
        }
        _ => {
            let detail = "Give either `account_id` or `token`.";
            return Err(AppError::field("/account_id", "required", detail).into());
        }
    };
    let results = account::reach(&app, &app.engine, [urls.inbound, urls.reports]).await;
    Ok(Json(UrlsChecked {
        ok: results.iter().all(|reached| reached.ok),
        results: results.into_iter().map(Into::into).collect(),
    }))
}
