//! `/api/v1/callbacks`: what providers told us, byte by byte, and applying it again.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::callback::{self, Which};
use crate::clock::{first_id_at, id_time};
use crate::domain::id::{ACCOUNT, CALLBACK, MESSAGE};
use crate::store::callback::{APPLIED, Entry, NEW, NOT_OURS, UNREADABLE, WAITING, list};
use crate::store::callback_link::list_of;
use crate::store::from_json;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(page))
        .routes(routes!(replay))
        .routes(routes!(show))
}

/// Names of states, as stored.
const STATES: [(&str, i16); 5] = [
    ("new", NEW),
    ("applied", APPLIED),
    ("not_ours", NOT_OURS),
    ("unreadable", UNREADABLE),
    ("waiting", WAITING),
];

fn state_of(name: &str, pointer: &str) -> Result<i16, AppError> {
    let found = STATES.iter().find(|(known, _)| *known == name);
    found.map(|(_, state)| *state).ok_or_else(|| {
        let known: Vec<&str> = STATES.iter().map(|(name, _)| *name).collect();
        let detail = format!("There is no state \"{name}\". There are: {}.", known.join(", "));
        AppError::field(pointer, "unknown", detail)
    })
}

/// The account in a filter.
pub(super) fn account_of(text: &str, pointer: &str) -> Result<i64, AppError> {
    let detail = "Give the id of an account, such as acc_0123456789abc.";
    ACCOUNT
        .read(text)
        .ok_or_else(|| AppError::field(pointer, "unknown", detail))
}

/// A callback.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallbackEntry {
    /// Id.
    pub id: String,
    /// When it came, milliseconds since 1970 UTC.
    pub at: i64,
    /// Account.
    pub account_id: String,
    /// HTTP method.
    pub method: String,
    /// Bytes of the body.
    pub length: i64,
    /// `new`, `applied`, `not_ours` (nothing for us in it), `unreadable`, or `waiting` (it reports on a message that is
    /// not known yet, and is looked at once more).
    pub state: &'static str,
    /// Events found in it.
    pub events: i64,
    /// What stands in the way, in words.
    pub problem: Option<String>,
}

impl From<Entry> for CallbackEntry {
    fn from(row: Entry) -> Self {
        let state = STATES.iter().find(|(_, state)| *state == row.state);
        Self {
            id: CALLBACK.show(row.id),
            at: id_time(row.id),
            account_id: ACCOUNT.show(row.account_id),
            method: row.method,
            length: row.length,
            state: state.map_or("corrupt", |(name, _)| name),
            events: row.events,
            problem: row.problem,
        }
    }
}

/// Callbacks in pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallbackPage {
    /// The rows.
    pub data: Vec<CallbackEntry>,
    /// Ask with this for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Callbacks refused since the start of this server because their signature did not match.
    pub refused: u64,
}

/// Which callbacks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackFilter {
    /// Those in this state: `new`, `applied`, `not_ours`, `unreadable` or `waiting`.
    pub state: Option<String>,
    /// Those of this account (`acc_...`).
    pub account: Option<String>,
    /// Those that told of messages to or from this number, however it is written.
    pub phone: Option<String>,
    /// Those that told of this message: its id (`msg_...`), or the one that the provider gave it in the last 30 days.
    pub message: Option<String>,
    /// Those that came at this time or later, milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Those that came before this time, milliseconds since 1970 UTC.
    pub until: Option<i64>,
    /// Rows at most, 1 to 500; 50 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists callbacks, newest first.
#[utoipa::path(get, path = "/callbacks", tag = "Callbacks", params(CallbackFilter), responses((status = 200, body = CallbackPage), (status = 422, body = Problem)))]
async fn page(
    _: Caller,
    State(app): State<Shared>,
    Query(filter): Query<CallbackFilter>,
) -> Result<Json<CallbackPage>, Problem> {
    let page = Page {
        limit: filter.limit,
        cursor: filter.cursor,
    };
    let state = filter.state.map(|name| state_of(&name, "/state")).transpose()?;
    let account = filter
        .account
        .map(|text| account_of(&text, "/account"))
        .transpose()?;
    let mut tx = app.db.read().await?;
    let before = page.before()?.min(filter.until.map_or(i64::MAX, first_id_at));
    let span = (filter.since.map_or(0, first_id_at), before);
    let (phone, message) = (filter.phone.as_deref(), filter.message.as_deref());
    let rows = match callback::asked_about(&app, &mut tx, phone, message).await? {
        None => list(&mut tx, span, state, account, page.limit()).await?,
        Some(messages) => list_of(&mut tx, &messages, span, state, account, page.limit()).await?,
    };
    let listing = Listing::new(rows, &page, |row| row.id, CallbackEntry::from);
    Ok(Json(CallbackPage {
        data: listing.data,
        next_cursor: listing.next_cursor,
        refused: app.callback_log.refused(),
    }))
}

/// A callback as it came, and as it is read now.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallbackDetail {
    /// What became of it.
    #[serde(flatten)]
    pub entry: CallbackEntry,
    /// Query string.
    pub query: String,
    /// Content-Type header.
    pub content_type: String,
    /// Headers that were kept: name and value.
    pub headers: Vec<(String, String)>,
    /// The body, when it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The body in base64, when it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// What it says, as `harkara callback decode` shows it.
    #[schema(value_type = Vec<Object>)]
    pub decoded: Vec<Value>,
    /// The message that each of `decoded` is about (`msg_...`), where it is known.
    pub message_ids: Vec<Option<String>>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// Shows a callback: the bytes as they came, and what they are understood to say now.
#[utoipa::path(get, path = "/callbacks/{id}", tag = "Callbacks", params(("id" = String, Path)), responses((status = 200, body = CallbackDetail), (status = 404, body = Problem), (status = 410, body = Problem, description = "Deleted because of its age.")))]
async fn show(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<CallbackDetail>, Problem> {
    let id = path_id(CALLBACK, "callback", path)?;
    let mut tx = app.db.read().await?;
    let opened = callback::show(&app, &mut tx, id).await?;
    let meant = callback::meant(&mut tx, &opened).await?;
    let (events, unreadable) = match opened.events {
        Ok(events) => (events, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let (body, body_base64) = match String::from_utf8(opened.raw.body) {
        Ok(text) => (Some(text), None),
        Err(bytes) => (None, Some(STANDARD.encode(bytes.as_bytes()))),
    };
    Ok(Json(CallbackDetail {
        query: opened.entry.query.clone(),
        content_type: opened.entry.content_type.clone(),
        headers: from_json("callback headers", &opened.entry.headers)?,
        entry: opened.entry.into(),
        body,
        body_base64,
        decoded: events
            .iter()
            .map(|event| serde_json::to_value(event).unwrap_or_default())
            .collect(),
        message_ids: meant
            .into_iter()
            .map(|id| id.map(|id| MESSAGE.show(id)))
            .collect(),
        unreadable,
    }))
}

/// Which callbacks to apply again: `ids`, or any of the others.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayInput {
    /// These (`cbk_...`), at most 10,000.
    pub ids: Option<Vec<String>>,
    /// Those that came at this time or later, milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Those that came before this time, milliseconds since 1970 UTC.
    pub until: Option<i64>,
    /// Those in this state: `applied`, `not_ours`, `unreadable` or `waiting`.
    pub state: Option<String>,
}

/// What a replay took up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// Callbacks that are applied again.
    pub callbacks: u64,
    /// What was asked for and is not there any more, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Applies callbacks again, for instance after an account's number was added. What was applied before changes nothing.
#[utoipa::path(post, path = "/callbacks/replay", tag = "Callbacks", request_body = ReplayInput, responses((status = 202, body = Replayed), (status = 422, body = Problem)))]
async fn replay(State(app): State<Shared>, body: Body<ReplayInput>) -> Result<Response, Problem> {
    let which = which(&body.value)?;
    let response = once(&app, &body.asked, async |tx| {
        let callback::Replayed { callbacks, note } = callback::replay(&app, tx, &which).await?;
        Ok((StatusCode::ACCEPTED, Replayed { callbacks, note }))
    })
    .await?;
    app.wake_callbacks.notify_one();
    Ok(response)
}

fn which(input: &ReplayInput) -> Result<Which, AppError> {
    let span = input.since.is_some() || input.until.is_some() || input.state.is_some();
    match &input.ids {
        Some(ids) if !span => {
            if ids.len() > 10_000 {
                let detail = "Give at most 10,000 ids, or a span of time.";
                return Err(AppError::field("/ids", "too_many", detail));
            }
            let read = |(n, text): (usize, &String)| {
                let detail = format!("\"{text}\" is not the id of a callback.");
                CALLBACK
                    .read(text)
                    .ok_or_else(|| AppError::field(format!("/ids/{n}"), "unknown", detail))
            };
            let ids: Result<Vec<i64>, AppError> = ids.iter().enumerate().map(read).collect();
            Ok(Which::Ids(ids?))
        }
        None if span => Ok(Which::Span {
            since: input.since,
            until: input.until,
            state: input
                .state
                .as_deref()
                .map(|name| state_of(name, "/state"))
                .transpose()?,
        }),
        _ => Err(AppError::field(
            "/ids",
            "required",
            "Give either `ids`, or any of `since`, `until` and `state`.",
        )),
    }
}
