//! `/api/v1/conversations`: the inbox.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use harkara_provider::Content;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::campaign::Queued;
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::conversation::Reply;
use crate::app::message::content_of;
use crate::app::person::conversation_of;
use crate::app::reply_draft::{sent, version};
use crate::app::{App, AppError, conversation, home};
use crate::clock::id_time;
use crate::domain::id::{CAMPAIGN, CONVERSATION, Kind, MESSAGE, NUMBER, PROFILE};
use crate::domain::permission::Permission;
use crate::domain::phone::Phone;
use crate::domain::preview::of_draft;
use crate::domain::state::{self, RECEIVED};
use crate::domain::template::Mapping;
use crate::domain::variant::names;
use crate::domain::window;
use crate::store::conversation::{ConversationRow, Which, mark_read, page, unread as count_unread};
use crate::store::message::{MessageRow, of_phone};
use crate::store::{Tx, consent, number, profile, reply_draft};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(unread))
        .routes(routes!(show))
        .routes(routes!(messages, answer))
        .routes(routes!(read))
}

/// The thread of one person across all numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    /// Id.
    pub id: String,
    /// The person.
    pub phone: String,
    /// The name in the person's oldest profile; without one, the name that the person goes by on WhatsApp.
    pub name: Option<String>,
    /// The person's oldest profile.
    pub profile_id: Option<String>,
    /// The person opted out.
    pub opted_out: bool,
    /// Id of the number that the person last wrote to: answers leave from it.
    pub number_id: String,
    /// That number.
    pub number: String,
    /// Free-form answers can be sent until then, milliseconds since 1970 UTC; afterwards only templates.
    pub window_closes_at: i64,
    /// Free-form answers can be sent now.
    pub window_open: bool,
    /// When the person last wrote, milliseconds since 1970 UTC.
    pub last_inbound_at: i64,
    /// When anything was last said, milliseconds since 1970 UTC.
    pub last_message_at: i64,
    /// Its beginning.
    pub last_text: String,
    /// Messages of the person since somebody looked.
    pub unread: i64,
    /// Beginning of one's own draft of an answer; nobody else sees it.
    pub draft: Option<String>,
}

/// Which conversations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationFilter {
    /// `true`: only those with messages that nobody looked at.
    pub unread: Option<bool>,
    /// `true`: only those whose person spoke last and can still be answered freely, as the first page counts them.
    pub waiting: Option<bool>,
    /// The one with this number, however it is written.
    pub phone: Option<String>,
    /// Rows at most, 1 to 500; 50 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists conversations, the liveliest first.
#[utoipa::path(get, path = "/conversations", tag = "Conversations", params(ConversationFilter), responses((status = 200, body = Listing<Conversation>), (status = 422, body = Problem)))]
async fn list(
    caller: Caller,
    State(app): State<Shared>,
    Query(filter): Query<ConversationFilter>,
) -> Result<Json<Listing<Conversation>>, Problem> {
    let limit = Page {
        limit: filter.limit,
        cursor: None,
    }
    .limit();
    let mut tx = app.db.read().await?;
    if let Some(text) = &filter.phone {
        // A number that a provider gave us may lie outside of its country's plan.
        let phone = Phone::parse(text, &app.config.default_region)
            .or_else(|e| Phone::from_provider(text).ok_or(e))
            .map_err(|e| AppError::field("/phone", "invalid_number", e.to_string()))?;
        let found = conversation_of(&mut tx, phone.as_str()).await?;
        let rows: Vec<ConversationRow> = found.into_iter().collect();
        let data = shown(&app, &mut tx, &caller, rows).await?;
        return Ok(Json(Listing {
            data,
            next_cursor: None,
        }));
    }
    let before = before(filter.cursor.as_deref())?;
    let which = if filter.waiting == Some(true) {
        Which::WaitingSince(home::open_since(app.now()))
    } else if filter.unread == Some(true) {
        Which::Unread
    } else {
        Which::All
    };
    let rows = page(&mut tx, before, which, limit).await?;
    let full = rows.len() as i64 >= limit;
    let last = rows.last().filter(|_| full);
    let next_cursor = last.map(|row| {
        let (at, id) = (CURSOR.show(row.last_message_at), CURSOR.show(row.id));
        format!("{at}.{id}")
    });
    let data = shown(&app, &mut tx, &caller, rows).await?;
    Ok(Json(Listing { data, next_cursor }))
}

/// Conversations that are counted at most.
const COUNTED: i64 = 100;

/// How much is new.
#[derive(Debug, Serialize, ToSchema)]
struct Unread {
    /// Conversations with messages that nobody looked at; 100 when there are as many or more.
    conversations: i64,
}

/// Counts the conversations with messages that nobody looked at, up to 100.
#[utoipa::path(get, path = "/conversations/unread", tag = "Conversations", responses((status = 200, body = Unread)))]
async fn unread(_: Caller, State(app): State<Shared>) -> Result<Json<Unread>, Problem> {
    let mut tx = app.db.read().await?;
    let conversations = count_unread(&mut tx, COUNTED).await?;
    Ok(Json(Unread { conversations }))
}

const CURSOR: Kind = Kind("c");

/// Reads a cursor: time and id of the last row of the page before.
fn before(cursor: Option<&str>) -> Result<(i64, i64), Problem> {
    let Some(text) = cursor else {
        return Ok((i64::MAX, i64::MAX));
    };
    let parts = text.split_once('.');
    parts
        .and_then(|(at, id)| Some((CURSOR.read(at)?, CURSOR.read(id)?)))
        .ok_or_else(Problem::bad_cursor)
}

/// Conversations as whoever asks sees them.
pub async fn shown(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    rows: Vec<ConversationRow>,
) -> Result<Vec<Conversation>, AppError> {
    let phones: Vec<&str> = rows.iter().map(|row| row.phone.as_str()).collect();
    let all: Vec<String> = phones.iter().flat_map(|phone| names(phone)).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let profiles = profile::first_of_phones(tx, &all).await?;
    let profile_of = |phone: &str| names(phone).iter().find_map(|name| profiles.get(name).copied());
    let found: Vec<i64> = profiles.values().copied().collect();
    let called = profile::names(tx, &found).await?;
    let suppressed: HashSet<String> = consent::suppressed(tx, &phones).await?;
    let mut numbers: HashMap<i64, String> = HashMap::new();
    for row in &rows {
        if let Entry::Vacant(place) = numbers.entry(row.last_number_id) {
            let found = number::by_id(tx, row.last_number_id).await?;
            place.insert(found.map(|n| n.phone).unwrap_or_default());
        }
    }
    let mut drafts = match &caller.signed_in {
        Some(signed_in) if caller.may(Permission::InboxReply) => {
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            reply_draft::beginnings(tx, signed_in.user.id, &ids).await?
        }
        _ => HashMap::new(),
    };
    let now = app.now();
    let mut show = |row: ConversationRow, profile: Option<i64>| Conversation {
        draft: drafts.remove(&row.id).map(|text| of_draft(&text)),
        id: CONVERSATION.show(row.id),
        name: profile.and_then(|id| called.get(&id).cloned()).or(row.name),
        profile_id: profile.map(|id| PROFILE.show(id)),
        opted_out: suppressed.contains(&row.phone),
        number_id: NUMBER.show(row.last_number_id),
        number: numbers.get(&row.last_number_id).cloned().unwrap_or_default(),
        window_closes_at: window::closes_at(row.last_inbound_at),
        window_open: window::is_open(row.last_inbound_at, now),
        phone: row.phone,
        last_inbound_at: row.last_inbound_at,
        last_message_at: row.last_message_at,
        last_text: row.last_text,
        unread: row.unread,
    };
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| {
            let profile = profile_of(&row.phone);
            show(row, profile)
        })
        .collect())
}

/// Shows a conversation.
#[utoipa::path(get, path = "/conversations/{id}", tag = "Conversations", params(("id" = String, Path)), responses((status = 200, body = Conversation), (status = 404, body = Problem)))]
async fn show(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Conversation>, Problem> {
    let id = path_id(CONVERSATION, "conversation", path)?;
    let mut tx = app.db.read().await?;
    let row = conversation::row(&mut tx, id).await?;
    let found = shown(&app, &mut tx, &caller, vec![row]).await?.pop();
    Ok(Json(found.ok_or(AppError::NotFound("conversation"))?))
}

/// A message in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationMessage {
    /// Id; `GET /api/v1/messages/{id}` tells everything about it.
    pub id: String,
    /// `in` from the person, `out` from us.
    pub direction: &'static str,
    /// When the person sent it, or we began to; milliseconds since 1970 UTC.
    pub at: i64,
    /// Its state, such as `delivered`; `received` is a message from the person.
    pub state: &'static str,
    /// What it says; absent when that can no longer be told.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Value>,
    /// The number that was dialled, or that the person wrote from.
    pub phone: String,
    /// Our number.
    pub number_id: String,
    /// Its campaign.
    pub campaign_id: Option<String>,
    /// What a message from the person answers.
    pub in_reply_to: Option<String>,
    /// Why it is not where it should be.
    #[schema(value_type = Option<Object>)]
    pub failure: Option<Value>,
    /// Milliseconds since 1970 UTC.
    pub accepted_at: Option<i64>,
    /// Milliseconds since 1970 UTC.
    pub delivered_at: Option<i64>,
    /// Milliseconds since 1970 UTC.
    pub read_at: Option<i64>,
    /// Milliseconds since 1970 UTC.
    pub failed_at: Option<i64>,
}

/// Lists the messages of a conversation, campaigns included, newest first.
#[utoipa::path(get, path = "/conversations/{id}/messages", tag = "Conversations", params(("id" = String, Path), Page), responses((status = 200, body = Listing<ConversationMessage>), (status = 404, body = Problem)))]
async fn messages(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<ConversationMessage>>, Problem> {
    let id = path_id(CONVERSATION, "conversation", path)?;
    let mut tx = app.db.read().await?;
    let phone = conversation::row(&mut tx, id).await?.phone;
    let rows = of_phone(&mut tx, &phone, page.before()?, page.limit()).await?;
    let mut contents: HashMap<i64, Value> = HashMap::new();
    for row in &rows {
        if let Some(content) = said(&mut tx, row).await? {
            contents.insert(row.id, content);
        }
    }
    let show = |row: MessageRow| {
        let content = contents.remove(&row.id);
        message(row, content)
    };
    Ok(Json(Listing {
        next_cursor: Listing::new(rows.clone(), &page, |row| row.id, |_| ()).next_cursor,
        data: rows.into_iter().map(show).collect(),
    }))
}

/// What a message says. A campaign whose template can no longer be filled must not hide the rest of the thread.
async fn said(tx: &mut Tx, row: &MessageRow) -> Result<Option<Value>, AppError> {
    if row.state == RECEIVED {
        let content = row.content.as_deref().unwrap_or_default();
        return Ok(serde_json::from_str(content).ok());
    }
    match content_of(tx, row).await {
        Ok(content) => Ok(serde_json::to_value(content).ok()),
        Err(AppError::Store(error)) if error.is_transient() => Err(error.into()),
        Err(_) => Ok(None),
    }
}

fn message(row: MessageRow, content: Option<Value>) -> ConversationMessage {
    let inbound = row.state == RECEIVED;
    ConversationMessage {
        id: MESSAGE.show(row.id),
        direction: if inbound { "in" } else { "out" },
        at: if inbound { row.due_at } else { id_time(row.id) },
        state: state::name(row.state),
        content,
        phone: row.phone,
        number_id: NUMBER.show(row.number_id),
        campaign_id: row.campaign_id.map(|id| CAMPAIGN.show(id)),
        in_reply_to: row.in_reply_to,
        failure: row.failure.and_then(|text| serde_json::from_str(&text).ok()),
        accepted_at: row.accepted_at,
        delivered_at: row.delivered_at,
        read_at: row.read_at,
        failed_at: row.failed_at,
    }
}

/// An answer to a person. Give `content` or `template_id`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What to say: `{"type": "text", "body": "..."}`, or `media`, `location`, `list`, `buttons`, `template`.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Content>,
    /// A template (`tpl_...`) of the account of the number that answers.
    pub template_id: Option<String>,
    /// What the template's placeholders are filled with; the template's own mapping when absent.
    pub mapping: Option<Mapping>,
    /// `version` of one's own draft that this is: it goes when the answer is taken.
    pub draft: Option<String>,
}

impl Answer {
    fn reply(&self) -> Result<Reply<'_>, AppError> {
        match (&self.content, &self.template_id) {
            (Some(content), None) => Ok(Reply::Content(content)),
            (None, Some(id)) => Ok(Reply::Template(id, self.mapping.as_ref())),
            _ => {
                let detail = "Give either `content` or `template_id`.";
                Err(AppError::field("/content", "required", detail))
            }
        }
    }
}

/// Answers a person, from the number that got the person's last message. With an `Idempotency-Key`, at most once.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "Conversations", params(("id" = String, Path)), request_body = Answer, responses((status = 202, body = Queued), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn answer(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Answer>,
) -> Result<Response, Problem> {
    let id = path_id(CONVERSATION, "conversation", path)?;
    let draft = body.value.draft.as_deref();
    let draft = draft.map(|text| version(text, "/draft")).transpose()?;
    let response = once(&app, &body.asked, async |tx| {
        let message = conversation::answer(&app, tx, id, body.value.reply()?).await?;
        if let (Some(version), Some(signed_in)) = (draft, &body.asked.caller.signed_in) {
            sent(tx, signed_in.user.id, id, version).await?;
        }
        Ok((StatusCode::ACCEPTED, Queued::of(tx, message).await?))
    })
    .await?;
    app.wake_dispatch.notify_one();
    Ok(response)
}

/// Marks a conversation as looked at.
#[utoipa::path(post, path = "/conversations/{id}/read", tag = "Conversations", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn read(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<StatusCode, Problem> {
    let id = path_id(CONVERSATION, "conversation", path)?;
    let mut tx = app.db.write().await?;
    if !mark_read(&mut tx, id).await? {
        return Err(AppError::NotFound("conversation").into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
