//! `/api/v1/accounts/{id}/check` and `/api/v1/accounts/try`: does an account work?

use axum::Json;
use axum::extract::{Path, State};
use harkara_provider::SendError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::account::{self, CheckReport, CheckResult, Trial};
use crate::domain::id;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(check)).routes(routes!(try_settings))
}

/// Settings to be tried before they are saved. Give `provider` for a new account or `account_id` for a change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountTrial {
    /// Id of the provider of a new account.
    pub provider: Option<String>,
    /// The account (`acc_...`) that would be changed; its secrets are used where none is given, unless a URL leads to another
    /// host than the saved one (`secret_needed_again`).
    pub account_id: Option<String>,
    /// Settings by key.
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

/// What trying an account gave.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// Nickname of the account.
    pub nickname: String,
    /// Every credential set works.
    pub ok: bool,
    /// One result per credential set; none when the provider has no harmless call to try.
    pub results: Vec<CheckedCredential>,
    /// What the operator should know of network access, when a failure may come from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_hint: Option<&'static str>,
    /// Addresses of this server to allow at the provider, when a failure may come from there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub egress_addresses: Vec<String>,
}

/// What trying one credential set gave.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedCredential {
    /// The credential set, as its provider calls it.
    pub credential: &'static str,
    /// What was proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<CheckedProblem>,
    /// The request as it left, secrets hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// HTTP status of the answer; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The answer, secrets hidden, cut to a readable length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// Why a credential set does not work.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedProblem {
    /// `auth`, `config`, `unavailable` and so on.
    pub kind: &'static str,
    /// The provider's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's words.
    pub detail: String,
    /// What happened and what to do.
    pub help: String,
}

impl From<CheckReport> for Checked {
    fn from(report: CheckReport) -> Self {
        Self {
            ok: report.is_ok(),
            nickname: report.nickname,
            results: report.results.into_iter().map(Into::into).collect(),
            network_hint: report.network_hint,
            egress_addresses: report.egress_addresses,
        }
    }
}

impl From<CheckResult> for CheckedCredential {
    fn from(result: CheckResult) -> Self {
        let (ok, problem) = match result.outcome {
            Ok(text) => (Some(text), None),
            Err(e) => (None, Some(e.into())),
        };
        Self {
            credential: result.credential,
            ok,
            problem,
            request: result.trace.request,
            http_status: result.trace.http_status,
            answer: result.trace.answer,
        }
    }
}

impl From<SendError> for CheckedProblem {
    fn from(error: SendError) -> Self {
        Self {
            kind: error.kind.name(),
            code: error.code,
            detail: error.detail,
            help: error.help,
        }
    }
}

/// Tries every credential set of the account, without sending anything to a person.
#[utoipa::path(post, path = "/accounts/{id}/check", tag = "Accounts", params(("id" = String, Path)), responses((status = 200, body = Checked), (status = 404, body = Problem)))]
async fn check(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Checked>, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    Ok(Json(account::check(&app, &app.engine, id).await?.into()))
}

/// Tries settings before they are saved, and shows what was asked and answered. Saves nothing, reaches nobody.
#[utoipa::path(post, path = "/accounts/try", tag = "Accounts", request_body = AccountTrial, responses((status = 200, body = Checked), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn try_settings(State(app): State<Shared>, body: Body<AccountTrial>) -> Result<Json<Checked>, Problem> {
    let trial = &body.value;
    let of = trial_of(trial.provider.as_deref(), trial.account_id.as_deref())?;
    let report = account::try_settings(&app, &app.engine, of, &trial.settings).await?;
    Ok(Json(report.into()))
}

/// Whose settings are tried.
pub(super) fn trial_of<'a>(
    provider: Option<&'a str>,
    account_id: Option<&str>,
) -> Result<Trial<'a>, AppError> {
    match (provider, account_id) {
        (Some(provider), None) => Ok(Trial::New(provider)),
        (None, Some(text)) => {
            let id = id::ACCOUNT.read(text).ok_or(AppError::NotFound("account"))?;
            Ok(Trial::Change(id))
        }
        _ => Err(AppError::field(
            "/provider",
            "required",
            "Give either `provider` for a new account or `account_id` for a change.",
        )),
    }
}
