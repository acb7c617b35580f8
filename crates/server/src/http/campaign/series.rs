//! The course of a campaign's counts.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::Shared;
use super::super::extract::{Caller, path_id};
use super::super::problem::Problem;
use super::super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::campaign::{self, Series};
use crate::domain::id::CAMPAIGN;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(series))
}

/// Ten years.
const MOST_HOURS: i64 = 87_600;

/// Which part of a course.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesFilter {
    /// Only the first so many hours since the first message, 1 to 87600; the whole course when not given.
    pub hours: Option<i64>,
}

/// How the counts grew: at most 121 points.
#[utoipa::path(get, path = "/campaigns/{id}/series", tag = "Campaigns", params(("id" = String, Path), SeriesFilter), responses((status = 200, body = Series), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn series(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(filter): Query<SeriesFilter>,
) -> Result<Json<Series>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    if filter
        .hours
        .is_some_and(|hours| !(1..=MOST_HOURS).contains(&hours))
    {
        return Err(AppError::field("/hours", "range", "Ask for the first 1 to 87600 hours.").into());
    }
    let mut tx = app.db.read().await?;
    Ok(Json(campaign::series(&app, &mut tx, id, filter.hours).await?))
}
