//! `/api/v1/accounts/{id}/trouble`: does the account work, and if not, what is to be done?

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::account::{RefusedCallbacks, refused_callbacks, state_name};
use super::extract::{Caller, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::account::{ErrorGroup, health};
use crate::app::trouble::Trouble;
use crate::domain::id::ACCOUNT;
use crate::domain::light::Light;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(trouble))
}

/// How an account does.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountTrouble {
    /// Its id.
    pub account_id: String,
    /// `active`, `held`, `archived` or `deleted`.
    pub state: &'static str,
    /// Four lights: `credentials`, `reports`, `inbound`, `sending`.
    pub lights: Vec<AccountLight>,
    /// What failed in the last 24 hours, the latest first; the same kind and code together.
    pub errors: Vec<AccountError>,
    /// When a message last came in, milliseconds since 1970 UTC.
    pub last_inbound_at: Option<i64>,
    /// When a report last came in, milliseconds since 1970 UTC.
    pub last_report_at: Option<i64>,
    /// Callbacks that were not taken, because they were not signed as the settings say; absent when there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_callbacks: Option<RefusedCallbacks>,
    /// What keeps sending back at this moment: the provider is away (`unavailable`: nothing leaves until `until`, then one
    /// message tries) or asked to slow down (`throttled`). Known to the server that sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<Trouble>,
    /// Addresses of this server to allow at the provider.
    pub egress_addresses: Vec<String>,
    /// What the operator should know of network access.
    pub network_hint: &'static str,
    /// Opens a chat with the default number, to try inbound messages; absent for a short code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_to_chat_url: Option<String>,
}

/// A light.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountLight {
    /// `credentials`, `reports`, `inbound` or `sending`.
    pub key: &'static str,
    /// `green` (seen to work), `amber`, `red`, or `grey` (nothing is known yet).
    pub level: &'static str,
    /// Since when, or when it was last seen; milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// What was seen.
    pub detail: String,
    /// What to do; empty when there is nothing.
    pub help: String,
}

/// Failures of one kind and code in the last 24 hours.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountError {
    /// `auth`, `config`, `unavailable` and so on.
    pub kind: String,
    /// The provider's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Told by a delivery report, rather than answered at once.
    pub reported: bool,
    /// The provider's words, of the last one.
    pub detail: String,
    /// What happened and what to do.
    pub help: String,
    /// How many attempts or messages.
    pub count: i64,
    /// When the last one came, milliseconds since 1970 UTC.
    pub last_at: i64,
    /// From which numbers.
    pub numbers: Vec<String>,
}

impl From<Light> for AccountLight {
    fn from(light: Light) -> Self {
        Self {
            key: light.key,
            level: light.level.name(),
            since: light.since,
            detail: light.detail,
            help: light.help,
        }
    }
}

impl From<ErrorGroup> for AccountError {
    fn from(group: ErrorGroup) -> Self {
        Self {
            kind: group.kind,
            code: group.code,
            reported: group.reported,
            detail: group.detail,
            help: group.help,
            count: group.count,
            last_at: group.last_at,
            numbers: group.numbers,
        }
    }
}

/// How an account does: four lights with what to do, what failed in the last 24 hours, and what to allow at the provider.
#[utoipa::path(get, path = "/accounts/{id}/trouble", tag = "Accounts", params(("id" = String, Path)), responses((status = 200, body = AccountTrouble), (status = 404, body = Problem)))]
async fn trouble(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<AccountTrouble>, Problem> {
    let id = path_id(ACCOUNT, "account", path)?;
    let mut tx = app.db.read().await?;
    let health = health(&app, &mut tx, id).await?;
    Ok(Json(AccountTrouble {
        account_id: ACCOUNT.show(id),
        state: state_name(health.row.state),
        lights: health.lights.into_iter().map(Into::into).collect(),
        errors: health.errors.into_iter().map(Into::into).collect(),
        last_inbound_at: health.row.last_inbound_at,
        last_report_at: health.row.last_report_at,
        refused_callbacks: refused_callbacks(health.refused),
        pressure: health.pressure,
        egress_addresses: app.config.egress_addresses.clone(),
        network_hint: health.network_hint,
        click_to_chat_url: health.click_to_chat_url,
    }))
}
