//! Drafts: copied, taken back, thrown away.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Shared;
use super::super::extract::{Body, Caller, once, path_id};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use super::{Campaign, Nothing, act, show};
use crate::app::campaign;
use crate::domain::id::CAMPAIGN;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(delete))
        .routes(routes!(copy))
        .routes(routes!(unschedule))
}

/// Throws a draft away.
#[utoipa::path(delete, path = "/campaigns/{id}", tag = "Campaigns", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    campaign::delete(&mut act.tx, id).await?;
    act.commit(&app, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the copy is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CampaignCopy {
    /// 1 to 200 characters; the name of the campaign with `(copy)` behind it when absent.
    name: Option<String>,
}

/// Makes a new draft of any campaign, with its template, audience, values, numbers and limit.
#[utoipa::path(post, path = "/campaigns/{id}/clone", tag = "Campaigns", params(("id" = String, Path)), request_body = CampaignCopy, responses((status = 201, body = Campaign), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn copy(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<CampaignCopy>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    once(&app, &body.asked, async |tx| {
        let checked = campaign::copy(&app, tx, id, body.value.name.as_deref()).await?;
        let checked = campaign::owned(tx, checked, &body.asked.caller.actor).await?;
        Ok((StatusCode::CREATED, show(tx, checked).await?))
    })
    .await
}

/// Takes a launch back that has not begun: the campaign is a draft again. `already_started` when it was too late.
#[utoipa::path(post, path = "/campaigns/{id}/unschedule", tag = "Campaigns", params(("id" = String, Path)), responses((status = 200, body = Campaign), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn unschedule(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Nothing>,
) -> Result<Response, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    act(&app, &body, async |tx| campaign::unschedule(&app, tx, id).await).await
}
