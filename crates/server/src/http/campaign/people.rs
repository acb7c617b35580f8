//! Who got a campaign and who did not, person by person.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::Shared;
use super::super::extract::{Caller, path_id};
use super::super::paging::{Listing, Page};
use super::super::problem::Problem;
use crate::app::AppError;
use crate::domain::audience::Exclusion;
use crate::domain::id::{self, CAMPAIGN};
use crate::domain::settle::Failure;
use crate::domain::state;
use crate::store::message::MessageRow;
use crate::store::{campaign, from_json, message};

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(messages))
        .routes(routes!(excluded))
}

/// A line of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerLine {
    /// Message id, which is also the reference given to the provider.
    pub id: String,
    /// The person.
    pub phone: String,
    /// Profile.
    pub profile_id: Option<String>,
    /// State.
    pub state: String,
    /// Attempts that counted.
    pub attempts: i16,
    /// Provider's id.
    pub external_id: Option<String>,
    /// When the provider took it, milliseconds since 1970 UTC.
    pub accepted_at: Option<i64>,
    /// When it reached the phone.
    pub delivered_at: Option<i64>,
    /// When it was seen.
    pub read_at: Option<i64>,
    /// When it failed, or became unknown.
    pub failed_at: Option<i64>,
    /// Why, and what to do.
    #[schema(value_type = Option<Object>)]
    pub failure: Option<Failure>,
}

/// Shows a ledger row.
pub fn show(row: MessageRow) -> Result<LedgerLine, AppError> {
    Ok(LedgerLine {
        id: id::MESSAGE.show(row.id),
        phone: row.phone,
        profile_id: row.profile_id.map(|id| id::PROFILE.show(id)),
        state: state::name(row.state).into(),
        attempts: row.attempt,
        external_id: row.external_id,
        accepted_at: row.accepted_at,
        delivered_at: row.delivered_at,
        read_at: row.read_at,
        failed_at: row.failed_at,
        failure: row
            .failure
            .as_deref()
            .map(|text| from_json("failure", text))
            .transpose()?,
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MessagesQuery {
    /// Only messages in this state, such as `unknown` or `failed`.
    state: Option<String>,
    /// Rows at most, 1 to 500; 50 when not given.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The messages of a campaign, newest first.
#[utoipa::path(get, path = "/campaigns/{id}/messages", tag = "Campaigns", params(("id" = String, Path), MessagesQuery), responses((status = 200, body = Listing<LedgerLine>), (status = 404, body = Problem)))]
async fn messages(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<Listing<LedgerLine>>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let wanted = match query.state.as_deref() {
        None => 0,
        Some(text) => state::parse(text).ok_or_else(|| {
            let names = state::OUTBOUND.map(state::name).join(", ");
            Problem::new(
                StatusCode::BAD_REQUEST,
                "bad_state",
                format!("There is no state \"{text}\"."),
                format!("Use one of {names}."),
            )
        })?,
    };
    let page = Page {
        limit: query.limit,
        cursor: query.cursor,
    };
    let mut tx = app.db.read().await?;
    campaign::by_id(&mut tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    let rows = message::of_campaign(&mut tx, id, page.before()?, wanted, page.limit()).await?;
    let listing = Listing::new(rows, &page, |row| row.id, show);
    let data = listing.data.into_iter().collect::<Result<_, _>>()?;
    Ok(Json(Listing {
        data,
        next_cursor: listing.next_cursor,
    }))
}

/// A person left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Excluded {
    /// Profile.
    pub profile_id: String,
    /// Identity, unless the profile is gone.
    pub identity: Option<String>,
    /// Number.
    pub phone: Option<String>,
    /// `not_opted_in`, `opted_out`, `no_number`, `duplicate_number`, `invalid_number` or `missing_value`.
    pub reason: String,
}

/// The people who were left out, and why.
#[utoipa::path(get, path = "/campaigns/{id}/excluded", tag = "Campaigns", params(("id" = String, Path), Page), responses((status = 200, body = Listing<Excluded>), (status = 404, body = Problem)))]
async fn excluded(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<Excluded>>, Problem> {
    let id = path_id(CAMPAIGN, "campaign", path)?;
    let mut tx = app.db.read().await?;
    campaign::by_id(&mut tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    let after = if page.cursor.is_some() { page.before()? } else { 0 };
    let rows = campaign::excluded(&mut tx, id, after, page.limit()).await?;
    let line = |(profile, identity, phone, reason): (i64, Option<String>, Option<String>, i16)| Excluded {
        profile_id: id::PROFILE.show(profile),
        identity,
        phone,
        reason: Exclusion::from_stored(reason)
            .map_or("unknown", Exclusion::name)
            .into(),
    };
    Ok(Json(Listing::new(rows, &page, |row| row.0, line)))
}
