//! `/api/v1/accounts/{id}/auto-reply`: what people without a profile are answered, and when.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::account::{self, Moment, Previewed};
use crate::app::{App, AppError};
use crate::clock::DAY;
use crate::domain::auto_reply::{AutoReply, Day, Hour};
use crate::domain::id;
use crate::store::{Tx, conversation};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(get, set)).routes(routes!(preview))
}

/// The automatic answer of an account, and whom it was given to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AutoReplyInUse {
    #[serde(flatten)]
    #[schema(inline)]
    reply: AutoReply,
    /// People who were answered in the last 24 hours. Who wrote to two numbers counts twice.
    pub answered_24h: i64,
    /// The same in the last seven days.
    pub answered_7d: i64,
}

/// Whom an answer would be for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoReplyQuestion {
    /// What the answer would be; as it is saved when not given.
    #[serde(default)]
    pub reply: Option<AutoReply>,
    /// What the person calls themselves.
    #[serde(default)]
    pub name: Option<String>,
    /// The day on which they write, the next such one; today when not given.
    #[serde(default)]
    pub day: Option<Day>,
    /// The time at which they write, such as `22:10`, by the clocks of the hours' zone (UTC when there are no hours); now
    /// when not given.
    #[serde(default)]
    pub time: Option<String>,
}

/// What somebody would read.
#[derive(Debug, Serialize, ToSchema)]
pub struct AutoReplyPreview {
    /// When they would write, milliseconds since 1970 UTC.
    pub at: i64,
    /// `off` (nobody is answered), `always` (there are no hours), `inside` or `outside` of the hours.
    pub hours: &'static str,
    /// What they would read, with the variables filled; `null`: nothing.
    pub answer: Option<String>,
}

impl From<Previewed> for AutoReplyPreview {
    fn from(seen: Previewed) -> Self {
        let hours = match seen.hour {
            None => "off",
            Some(Hour::Always) => "always",
            Some(Hour::Inside) => "inside",
            Some(Hour::Outside) => "outside",
        };
        Self {
            at: seen.at,
            hours,
            answer: seen.answer,
        }
    }
}

async fn in_use(app: &App, tx: &mut Tx, id: i64) -> Result<AutoReplyInUse, AppError> {
    let row = account::by_id(tx, id).await?;
    let now = app.now();
    Ok(AutoReplyInUse {
        reply: row.auto_reply()?,
        answered_24h: conversation::auto_replied(tx, id, now - DAY).await?,
        answered_7d: conversation::auto_replied(tx, id, now - 7 * DAY).await?,
    })
}

/// The automatic answer to people without a profile.
#[utoipa::path(get, path = "/accounts/{id}/auto-reply", tag = "Accounts", params(("id" = String, Path)), responses((status = 200, body = AutoReplyInUse), (status = 404, body = Problem)))]
async fn get(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<AutoReplyInUse>, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    let mut tx = app.db.read().await?;
    Ok(Json(in_use(&app, &mut tx, id).await?))
}

/// Sets the automatic answer as a whole. Somebody is answered at most once in 24 hours by each number.
#[utoipa::path(put, path = "/accounts/{id}/auto-reply", tag = "Accounts", params(("id" = String, Path)), request_body = AutoReply, responses((status = 200, body = AutoReplyInUse), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<AutoReply>,
) -> Result<Response, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    once(&app, &body.asked, async |tx| {
        account::set_auto_reply(&app, tx, id, &body.value).await?;
        Ok((StatusCode::OK, in_use(&app, tx, id).await?))
    })
    .await
}

/// What somebody would read who writes at some time. Nothing is sent, and nothing is saved.
#[utoipa::path(post, path = "/accounts/{id}/auto-reply/preview", tag = "Accounts", params(("id" = String, Path)), request_body = AutoReplyQuestion, responses((status = 200, body = AutoReplyPreview), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn preview(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<AutoReplyQuestion>,
) -> Result<Json<AutoReplyPreview>, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    let asked = &body.value;
    let when = Moment {
        day: asked.day,
        time: asked.time.clone(),
    };
    let mut tx = app.db.read().await?;
    let seen = account::preview_auto_reply(
        &app,
        &mut tx,
        id,
        asked.reply.as_ref(),
        asked.name.as_deref(),
        &when,
    )
    .await?;
    Ok(Json(seen.into()))
}
