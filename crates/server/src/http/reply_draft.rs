//! `/api/v1/conversations/{id}/draft`: what a user is writing to a person and has not sent.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::{AppError, conversation, reply_draft};
use crate::domain::id::{CONVERSATION, DRAFT};
use crate::store::Tx;
use crate::store::reply_draft::DraftRow;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(show, keep))
}

/// One's own draft of an answer.
#[derive(Debug, Serialize, ToSchema)]
struct ReplyDraft {
    /// What is written; empty when nothing is.
    text: String,
    /// Which version of it this is; absent when nothing is written.
    version: Option<String>,
}

impl ReplyDraft {
    fn of(row: Option<DraftRow>) -> Self {
        row.map_or_else(
            || Self {
                text: String::new(),
                version: None,
            },
            |row| Self {
                text: row.text,
                version: Some(DRAFT.show(row.version)),
            },
        )
    }
}

/// Whose drafts these are. A key is nobody who writes.
async fn writer(tx: &mut Tx, caller: &Caller, conversation_id: i64) -> Result<i64, AppError> {
    conversation::row(tx, conversation_id).await?;
    match &caller.signed_in {
        Some(signed_in) => Ok(signed_in.user.id),
        None => Err(AppError::NotAllowed {
            detail: "An API key has no drafts of answers: they belong to users.".into(),
            help: "Sign in as a user, or keep the text where the key is used.".into(),
        }),
    }
}

/// Shows one's own draft of an answer in a conversation. Nobody sees a draft of somebody else.
#[utoipa::path(get, path = "/conversations/{id}/draft", tag = "Conversations", params(("id" = String, Path)), responses((status = 200, body = ReplyDraft), (status = 404, body = Problem)))]
async fn show(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<ReplyDraft>, Problem> {
    let id = path_id(CONVERSATION, "conversation", path)?;
    let mut tx = app.db.read().await?;
    let user = writer(&mut tx, &caller, id).await?;
    let row = reply_draft::of(&mut tx, user, id).await?;
    Ok(Json(ReplyDraft::of(row)))
}

/// What is written now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReplyDraft {
    /// At most 10,000 characters; an empty text forgets the draft.
    text: String,
    /// The `version` that it was made from; absent: there was no draft.
    since: Option<String>,
}

/// Keeps one's own draft of an answer, for 90 days after the last change. A draft that was changed in another place meanwhile is not
/// written over: `draft_changed`.
#[utoipa::path(put, path = "/conversations/{id}/draft", tag = "Conversations", params(("id" = String, Path)), request_body = NewReplyDraft, responses((status = 200, body = ReplyDraft), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn keep(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<NewReplyDraft>,
) -> Result<Json<ReplyDraft>, Problem> {
    let id = path_id(CONVERSATION, "conversation", path)?;
    let NewReplyDraft { text, since } = &body.value;
    let mut tx = app.db.write().await?;
    let user = writer(&mut tx, &body.asked.caller, id).await?;
    let row = reply_draft::keep(&app, &mut tx, (user, id), text, since.as_deref()).await?;
    tx.commit().await?;
    Ok(Json(ReplyDraft::of(row)))
}
