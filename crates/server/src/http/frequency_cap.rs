//! `/api/v1/frequency-cap`: how many campaign messages a person gets at most.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::{AppError, frequency_cap};
use crate::domain::frequency_cap::CapLimit;
use crate::store;
use crate::store::frequency_cap::CapRow;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(get, change))
}

/// How many campaign messages a person gets at most.
#[derive(Debug, Serialize, ToSchema)]
struct FrequencyCap {
    /// Each of them holds, the shortest first; none: it is off.
    limits: Vec<CapLimit>,
    /// Since when it is on, milliseconds since 1970 UTC.
    since: Option<i64>,
    /// Who changed it last; absent when nobody did.
    updated_by: Option<String>,
    /// When, which is its version; 0 when nobody did.
    updated_at: i64,
}

impl FrequencyCap {
    fn of(row: CapRow) -> Result<Self, AppError> {
        Ok(Self {
            limits: frequency_cap::limits(&row)?,
            since: row.since,
            updated_by: Some(row.updated_by).filter(|name| !name.is_empty()),
            updated_at: row.updated_at,
        })
    }
}

/// Reads the frequency cap.
#[utoipa::path(get, path = "/frequency-cap", tag = "Campaigns", responses((status = 200, body = FrequencyCap)))]
async fn get(_: Caller, State(app): State<Shared>) -> Result<Json<FrequencyCap>, Problem> {
    let mut tx = app.db.read().await?;
    let row = store::frequency_cap::read(&mut tx).await?;
    Ok(Json(FrequencyCap::of(row)?))
}

/// What it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FrequencyCapInput {
    /// Three at most; each holds. None: the cap is off.
    limits: Vec<CapLimit>,
    /// `updated_at` of the one that was read: `changed_meanwhile` when somebody changed it since. Absent: written over whatever
    /// is there.
    version: Option<i64>,
}

/// Changes the frequency cap, or turns it off. It counts messages of campaigns that were planned, accepted or arrived, also those
/// from before it was turned on; not those that failed, and neither answers nor tests. Campaigns that run hold it from now on.
#[utoipa::path(put, path = "/frequency-cap", tag = "Campaigns", request_body = FrequencyCapInput, responses((status = 200, body = FrequencyCap), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change(State(app): State<Shared>, body: Body<FrequencyCapInput>) -> Result<Response, Problem> {
    let actor = &body.asked.caller.actor;
    let FrequencyCapInput { limits, version } = &body.value;
    once(&app, &body.asked, async |tx| {
        let row = frequency_cap::change(&app, tx, actor, limits, *version).await?;
        Ok((StatusCode::OK, FrequencyCap::of(row)?))
    })
    .await
}
