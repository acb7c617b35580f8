//! `/api/v1/profiles/{id}/merge`: two profiles of one number become one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, once, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::merge::{Merge, merge_into};
use crate::domain::id::PROFILE;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(merge))
}

/// Which profile goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeInput {
    /// The other profile (`pro_...`), of the same number: it is gone afterwards.
    other_id: String,
    /// Say what it would come to, and change nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Merges another profile of the same number into this one: events, messages, lists and decisions come over, attributes that
/// this one has win. It cannot be taken back.
#[utoipa::path(post, path = "/profiles/{id}/merge", tag = "Profiles", params(("id" = String, Path)), request_body = MergeInput, responses((status = 200, body = Merge), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn merge(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<MergeInput>,
) -> Result<Response, Problem> {
    let keep = path_id(PROFILE, "profile", path)?;
    let MergeInput { other_id, dry_run } = &body.value;
    let other = PROFILE.read(other_id).ok_or(AppError::NotFound("profile"))?;
    once(&app, &body.asked, async |tx| {
        Ok((
            StatusCode::OK,
            merge_into(&app, tx, &body.asked.caller.actor, (keep, other), *dry_run).await?,
        ))
    })
    .await
}
