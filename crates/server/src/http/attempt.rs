//! `/api/v1/attempts`: what was asked of providers and what they answered, newest first.

use axum::Json;
use axum::extract::{Query, State};
use harkara_provider::SendErrorKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::callback::account_of;
use super::extract::Caller;
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::{AppError, callback};
use crate::domain::id::{ACCOUNT, CAMPAIGN, Kind, MESSAGE};
use crate::store::attempt::{Entry, Place, Wanted, log};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(page))
}

/// An attempt to send a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptEntry {
    /// The message; `GET /api/v1/messages/{id}` tells everything about it, the request and the answer among it.
    pub message_id: String,
    /// Which attempt, from 1.
    pub attempt: i16,
    /// When it was begun, milliseconds since 1970 UTC.
    pub at: i64,
    /// When it ended, milliseconds since 1970 UTC.
    pub finished_at: i64,
    /// `accepted`, or the kind of the error, such as `auth`, `throttled` or `unknown`.
    pub outcome: String,
    /// HTTP status of the answer, when there was one.
    pub http_status: Option<i64>,
    /// What went wrong and what to do; empty when nothing did.
    pub detail: String,
    /// The person.
    pub phone: String,
    /// Campaign; absent for a message to one person.
    pub campaign_id: Option<String>,
    /// Account.
    pub account_id: String,
    /// Our number that it left from.
    pub number: String,
}

impl From<Entry> for AttemptEntry {
    fn from(row: Entry) -> Self {
        Self {
            message_id: MESSAGE.show(row.message_id),
            attempt: row.n,
            at: row.at,
            finished_at: row.finished_at,
            outcome: row.outcome,
            http_status: row.http_status,
            detail: row.detail,
            phone: row.phone,
            campaign_id: row.campaign_id.map(|id| CAMPAIGN.show(id)),
            account_id: ACCOUNT.show(row.account_id),
            number: row.number,
        }
    }
}

/// Which attempts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AttemptFilter {
    /// Those of this account (`acc_...`).
    pub account: Option<String>,
    /// Those that ended so: `accepted`, the kind of an error, or `failed` for all that were not accepted.
    pub outcome: Option<String>,
    /// Those to send messages to this number, however it is written.
    pub phone: Option<String>,
    /// Those to send this message: its id (`msg_...`), or the one that the provider gave it in the last 30 days.
    pub message: Option<String>,
    /// Those that ended at this time or later, milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Those that ended before this time, milliseconds since 1970 UTC.
    pub until: Option<i64>,
    /// Rows at most, 1 to 500; 50 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists attempts to send, what ended last first: all that did not simply succeed, and every one of a message outside
/// campaigns. Of a campaign's messages that were accepted at once nothing but the message is kept.
#[utoipa::path(get, path = "/attempts", tag = "Callbacks", params(AttemptFilter), responses((status = 200, body = Listing<AttemptEntry>), (status = 422, body = Problem)))]
async fn page(
    _: Caller,
    State(app): State<Shared>,
    Query(filter): Query<AttemptFilter>,
) -> Result<Json<Listing<AttemptEntry>>, Problem> {
    let limit = Page {
        limit: filter.limit,
        cursor: None,
    }
    .limit();
    let before = place(filter.cursor.as_deref())?;
    let before = filter
        .until
        .map_or(before, |until| before.min((until, i64::MIN, i16::MIN)));
    let account = filter
        .account
        .map(|text| account_of(&text, "/account"))
        .transpose()?;
    let outcome = filter.outcome.as_deref().map(outcome_of).transpose()?;
    let mut tx = app.db.read().await?;
    let (phone, message) = (filter.phone.as_deref(), filter.message.as_deref());
    let messages = callback::asked_about(&app, &mut tx, phone, message).await?;
    let wanted = Wanted {
        account_id: account,
        outcome,
        since: filter.since.unwrap_or(0),
        messages: messages.as_deref(),
    };
    let rows = log(&mut tx, before, &wanted, limit).await?;
    let last = rows.last().filter(|_| rows.len() as i64 >= limit);
    let next_cursor = last.map(|row| {
        let at = CURSOR.show(row.finished_at);
        format!("{at}.{}.{}", CURSOR.show(row.message_id), row.n)
    });
    let data = rows.into_iter().map(AttemptEntry::from).collect();
    Ok(Json(Listing { data, next_cursor }))
}

/// All that were not accepted.
const FAILED: &str = "failed";
const ACCEPTED: &str = "accepted";

fn outcome_of(name: &str) -> Result<&str, AppError> {
    let kinds = SendErrorKind::NAMES;
    if name == FAILED || name == ACCEPTED || kinds.contains(&name) {
        return Ok(name);
    }
    let detail = format!(
        "There is no outcome \"{name}\". There are: {FAILED}, {ACCEPTED}, {}.",
        kinds.join(", ")
    );
    Err(AppError::field("/outcome", "unknown", detail))
}

const CURSOR: Kind = Kind("c");

fn place(cursor: Option<&str>) -> Result<Place, Problem> {
    let Some(text) = cursor else {
        return Ok((i64::MAX, i64::MAX, i16::MAX));
    };
    let mut parts = text.split('.');
    let read = (|| {
        let at = CURSOR.read(parts.next()?)?;
        let message = CURSOR.read(parts.next()?)?;
        let n = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some((at, message, n))
    })();
    read.ok_or_else(Problem::bad_cursor)
}
