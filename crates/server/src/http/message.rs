//! `/api/v1/messages`: send to one person, list what has no outcome, tell what happened, send again.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::campaign::{LedgerLine, Queued, ledger_line};
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::message::{self, MessageInput, Told};
use crate::clock::{first_id_at, id_time};
use crate::domain::id::{ACCOUNT, CAMPAIGN, Kind, MESSAGE, NUMBER};
use crate::domain::state::{self, QUEUED, SENDING, State as MessageState, UNKNOWN};
use crate::store::unsettled::{UnsettledRow, Wanted, page};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(send, unsettled))
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

/// A message that has no outcome yet.
#[derive(Debug, Serialize, ToSchema)]
struct Unsettled {
    /// As a campaign's list shows it.
    #[serde(flatten)]
    line: LedgerLine,
    /// Campaign; absent for a message to one person.
    campaign_id: Option<String>,
    /// Account.
    account_id: String,
    /// Id of our number.
    number_id: String,
    /// Our number.
    number: String,
    /// Since when it is unknown, its request is on its way, or it is queued: milliseconds since 1970 UTC.
    since: i64,
    /// The message that a person sent in its place.
    resent_as: Option<String>,
}

impl Unsettled {
    fn of(row: UnsettledRow) -> Result<Self, AppError> {
        let message = row.message;
        let since = match message.state {
            UNKNOWN => message.failed_at,
            SENDING => Some(message.due_at),
            _ => None,
        };
        Ok(Self {
            campaign_id: message.campaign_id.map(|id| CAMPAIGN.show(id)),
            account_id: ACCOUNT.show(row.account_id),
            number_id: NUMBER.show(message.number_id),
            number: row.number,
            since: since.unwrap_or_else(|| id_time(message.id)),
            resent_as: row.resent_as.map(|id| MESSAGE.show(id)),
            line: ledger_line(message)?,
        })
    }
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UnsettledFilter {
    /// `unknown` (when not given), `sending` or `queued`. What has an outcome is listed by campaign, profile and conversation.
    state: Option<String>,
    /// Those of this account (`acc_...`).
    account: Option<String>,
    /// Those from this number of ours (`num_...`).
    number: Option<String>,
    /// Those written to the ledger at this time or later, milliseconds since 1970 UTC.
    since: Option<i64>,
    /// Those written to the ledger before this time, milliseconds since 1970 UTC.
    until: Option<i64>,
    /// Rows at most, 1 to 500; 50 when not given.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists messages that have no outcome yet, of all campaigns and of none, newest first; above all the unknown ones, which
/// only a report or a person settles.
#[utoipa::path(get, path = "/messages", tag = "Messages", params(UnsettledFilter), responses((status = 200, body = Listing<Unsettled>), (status = 422, body = Problem)))]
async fn unsettled(
    _: Caller,
    State(app): State<Shared>,
    Query(filter): Query<UnsettledFilter>,
) -> Result<Json<Listing<Unsettled>>, Problem> {
    let page_of = Page {
        limit: filter.limit,
        cursor: filter.cursor,
    };
    let wanted = Wanted {
        state: filter.state.as_deref().map_or(Ok(UNKNOWN), open_state)?,
        account_id: id_in("/account", ACCOUNT, filter.account.as_deref())?,
        number_id: id_in("/number", NUMBER, filter.number.as_deref())?,
        from: filter.since.map_or(0, first_id_at),
        before: page_of.before()?.min(filter.until.map_or(i64::MAX, first_id_at)),
    };
    let mut tx = app.db.read().await?;
    let rows = page(&mut tx, wanted, page_of.limit()).await?;
    let listing = Listing::new(rows, &page_of, |row| row.message.id, Unsettled::of);
    Ok(Json(Listing {
        data: listing.data.into_iter().collect::<Result<_, _>>()?,
        next_cursor: listing.next_cursor,
    }))
}

fn open_state(text: &str) -> Result<MessageState, AppError> {
    let open = [UNKNOWN, SENDING, QUEUED];
    let found = open.into_iter().find(|known| state::name(*known) == text);
    found.ok_or_else(|| {
        let known = open.map(state::name).join(", ");
        let detail = format!("This list has no state \"{text}\". It has: {known}.");
        AppError::field("/state", "unknown", detail)
    })
}

/// The id in a filter; 0 when there is none.
fn id_in(pointer: &str, kind: Kind, text: Option<&str>) -> Result<i64, AppError> {
    text.map_or(Some(0), |text| kind.read(text)).ok_or_else(|| {
        let detail = format!("Give an id that begins with {}_.", kind.0);
        AppError::field(pointer, "unknown", detail)
    })
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

/// Sends a failed or unknown message again, as a new message. Once: `already_resent` names what was sent in its place.
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
