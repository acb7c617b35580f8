//! `/api/v1/profiles/{id}/erase`: a person who asks to be forgotten is.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::Shared;
use super::extract::{Body, once, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::erase::{self, Receipt};
use crate::domain::id::PROFILE;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(erase_one))
}

/// Erases a person for good: profile, attributes, events, places on lists, the conversation, texts and values of messages.
/// What waits to leave is cancelled; counts stay. An opt-out of the number stays, too. The answer is a receipt; nothing
/// brings the person back but a new import or upload, as somebody new.
#[utoipa::path(post, path = "/profiles/{id}/erase", tag = "Profiles", params(("id" = String, Path)), responses((status = 200, body = Receipt), (status = 404, body = Problem), (status = 409, body = Problem, description = "A message to the person is on its way")))]
async fn erase_one(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Value>,
) -> Result<Response, Problem> {
    let id = path_id(PROFILE, "profile", path)?;
    let actor = &body.asked.caller.actor;
    once(&app, &body.asked, async |tx| {
        Ok((StatusCode::OK, erase::erase(&app, tx, actor, id).await?))
    })
    .await
}
