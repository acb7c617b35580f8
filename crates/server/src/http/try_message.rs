//! `/api/v1/accounts/try-message`: one real message with settings as they stand in the form.

use axum::extract::State;
use axum::response::Response;
use harkara_provider::Content;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Shared;
use super::account_check::{CheckedProblem, trial_of};
use super::extract::{Body, at_most_once};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::account::{Tried, ready, try_message};
use crate::app::{App, AppError, template};
use crate::domain::id::TEMPLATE;
use crate::store;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(send))
}

/// A message to be sent with settings that are not saved. Give `provider` for a new account or `account_id` for a change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageTrial {
    /// Id of the provider of a new account.
    pub provider: Option<String>,
    /// The account (`acc_...`) that would be changed; its secrets are used where none is given, unless a URL leads to another
    /// host than the saved one (`secret_needed_again`).
    pub account_id: Option<String>,
    /// Settings by key.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
    /// Who gets it: a number in any usual form.
    pub to: String,
    /// What it says: the content of a message, or a template with its values filled in.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Content>,
    /// In place of `content`: a template of this server (`tpl_...`), filled with its defaults.
    pub template_id: Option<String>,
}

/// What is to be sent.
async fn content_of(app: &App, trial: &MessageTrial) -> Result<Content, AppError> {
    match (&trial.content, &trial.template_id) {
        (Some(content), None) => Ok(content.clone()),
        (None, Some(text)) => {
            let no_template = || {
                let detail = "There is no template with this id.";
                AppError::field("/template_id", "not_found", detail)
            };
            let id = TEMPLATE.read(text).ok_or_else(no_template)?;
            let mut tx = app.db.read().await?;
            let row = store::template::by_id(&mut tx, id)
                .await?
                .ok_or_else(no_template)?;
            Ok(Content::Template(template::with_defaults(&row)?))
        }
        _ => Err(AppError::field(
            "/content",
            "required",
            "Give either `content` or `template_id`.",
        )),
    }
}

/// What became of a message that was sent to try settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedMessage {
    /// The provider took it. That it arrives is told by reports alone, which need a saved account.
    pub accepted: bool,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What was given to the provider as our reference.
    pub reference: String,
    /// Why it was not taken; with the kind `unknown` it may have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<CheckedProblem>,
    /// The request as it left, secrets hidden; absent when nothing left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// HTTP status of the answer; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The answer, secrets hidden, cut to a readable length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// What free-form content needs to arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Opens a chat with the number of the settings, which opens the 24-hour window; absent for a short code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_to_chat_url: Option<String>,
    /// Addresses of this server to allow at the provider.
    pub egress_addresses: Vec<String>,
    /// What the operator should know of network access, when the failure may come from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_hint: Option<&'static str>,
}

fn show(app: &App, tried: Tried) -> TriedMessage {
    let (external_id, problem) = match tried.outcome {
        Ok(id) => (Some(id).filter(|id| !id.is_empty()), None),
        Err(error) => (None, Some(error.into())),
    };
    TriedMessage {
        accepted: problem.is_none(),
        external_id,
        reference: tried.reference,
        problem,
        request: tried.trace.request,
        http_status: tried.trace.http_status,
        answer: tried.trace.answer,
        hint: tried.hint,
        click_to_chat_url: tried.click_to_chat_url,
        egress_addresses: app.config.egress_addresses.clone(),
        network_hint: tried.network_hint,
    }
}

/// Sends exactly one real message with the settings as they stand, and shows what was asked and answered. Saves nothing; the
/// message is in no ledger, because its account may never be. Refused for a number that opted out. With an `Idempotency-Key` at
/// most once: 409 `outcome_unknown` when nobody knows how the first request ended.
#[utoipa::path(post, path = "/accounts/try-message", tag = "Accounts", request_body = MessageTrial, responses((status = 200, body = TriedMessage), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn send(State(app): State<Shared>, body: Body<MessageTrial>) -> Result<Response, Problem> {
    let trial = &body.value;
    let ready = async {
        let of = trial_of(trial.provider.as_deref(), trial.account_id.as_deref())?;
        let content = content_of(&app, trial).await?;
        ready(&app, of, &trial.settings, &trial.to, &content).await
    };
    let sender = app.clone();
    at_most_once(&app, &body.asked, ready, |ready| async move {
        show(&sender, try_message(&sender, ready).await)
    })
    .await
}
