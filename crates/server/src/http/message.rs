//! `/api/v1/messages`: send to one person, tell what happened, send again.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::campaign::Queued;
use super::extract::{Body, Caller, once, path_id};
use super::problem::Problem;
use crate::app::message::{self, MessageInput, Told};
use crate::domain::id::MESSAGE;

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(send))
        .routes(routes!(tell))
        .routes(routes!(resend))
}

/// Sends a message to one person. With an `Idempotency-Key`, at most once.
#[utoipa::path(post, path = "/messages", tag = "Messages", request_body = MessageInput, responses((status = 202, body = Queued), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn send(State(app): State<Shared>, body: Body<MessageInput>) -> Result<Response, Problem> {
    let response = once(&app, &body.asked, async |tx| {
        let id = message::send(&app, tx, &body.value).await?;
        Ok((StatusCode::ACCEPTED, Queued::of(tx, id).await?))
    })
    .await?;
    app.wake_dispatch.notify_one();
    Ok(response)
}

/// Everything about a message: timeline, redacted request and answer, what to do next.
#[utoipa::path(get, path = "/messages/{id}", tag = "Messages", params(("id" = String, Path)), responses((status = 200, body = Told), (status = 404, body = Problem)))]
async fn tell(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Told>, Problem> {
    let id = path_id(MESSAGE, "message", path)?;
    let mut tx = app.db.read().await?;
    Ok(Json(message::tell(&app, &mut tx, id).await?))
}

/// How to send again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendInput {
    /// An unknown message may have arrived: the person may then get it twice.
    #[serde(default)]
    accept_possible_double: bool,
}

/// Sends a failed or unknown message again, as a new message.
#[utoipa::path(post, path = "/messages/{id}/resend", tag = "Messages", params(("id" = String, Path)), request_body = ResendInput, responses((status = 202, body = Queued), (status = 409, body = Problem)))]
async fn resend(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<ResendInput>,
) -> Result<Response, Problem> {
    let id = path_id(MESSAGE, "message", path)?;
    let response = once(&app, &body.asked, async |tx| {
        let id = message::resend(&app, tx, id, body.value.accept_possible_double).await?;
        Ok((StatusCode::ACCEPTED, Queued::of(tx, id).await?))
    })
    .await?;
    app.wake_dispatch.notify_one();
    Ok(response)
}
