//! `/api/v1/conversations/search`: what was said.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::conversation::{Conversation, shown};
use super::extract::Caller;
use super::paging::Page;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::person::conversation_of;
use crate::app::{AppError, find, said};
use crate::clock::id_time;
use crate::domain::id::MESSAGE;
use crate::domain::said::{Asked, snippet};
use crate::domain::state::RECEIVED;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(search))
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Words {
    /// Words that a message has all of, in any script; the last one may be a beginning unless something stands behind it.
    q: String,
    /// Rows at most, 1 to 100; 20 when not given.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A part of a message.
#[derive(Debug, Serialize, ToSchema)]
struct SnippetPiece {
    /// What stands there.
    text: String,
    /// It is what was looked for.
    hit: bool,
}

/// A message that was found.
#[derive(Debug, Serialize, ToSchema)]
struct SaidMessage {
    /// The message.
    message_id: String,
    /// `in` from the person, `out` from us.
    direction: &'static str,
    /// When it was said, milliseconds since 1970 UTC.
    at: i64,
    /// What stands around the words.
    snippet: Vec<SnippetPiece>,
    /// Where it was said.
    conversation: Conversation,
}

/// Conversations that are found by who they are with, at most.
const PEOPLE: usize = 5;

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct SaidMessages {
    /// On the first page, conversations with people whose name, identity or number begins with all of `q`: at most five, the liveliest
    /// first. Those without a profile are found by their whole number, `GET /conversations?phone=`.
    people: Vec<Conversation>,
    /// There may be more such people than `people` shows.
    more_people: bool,
    /// Newest first. A page may have few rows although more come.
    data: Vec<SaidMessage>,
    /// Ask with this for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// So many words begin as what was typed that not all of them were looked for.
    many_words: bool,
    /// The search is still being prepared: what was said since this moment (milliseconds since 1970 UTC) is not all found yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_until: Option<i64>,
}

/// Finds conversations by who they are with and by what people and we said, newest first; messages of campaigns and of the API are not
/// looked at. A message is found some seconds after it was said.
#[utoipa::path(get, path = "/conversations/search", tag = "Conversations", params(Words), responses((status = 200, body = SaidMessages), (status = 422, body = Problem)))]
async fn search(
    caller: Caller,
    State(app): State<Shared>,
    Query(words): Query<Words>,
) -> Result<Json<SaidMessages>, Problem> {
    let asked = Asked::read(&words.q)
        .ok_or_else(|| AppError::field("/q", "required", "Give a word or the beginning of one."))?;
    let page = Page {
        limit: Some(words.limit.unwrap_or(20).clamp(1, 100)),
        cursor: words.cursor,
    };
    let mut tx = app.db.read().await?;
    let (people, more_people) = match page.cursor {
        None => find::conversations(&app, &mut tx, words.q.trim(), PEOPLE).await?,
        Some(_) => (Vec::new(), false),
    };
    let people = shown(&app, &mut tx, &caller, people).await?;
    let found = said::search(&app, &mut tx, &asked, page.before()?, page.limit() as usize).await?;
    let mut data = Vec::new();
    for row in found.rows {
        let Some(conversation) = conversation_of(&mut tx, &row.phone).await? else {
            continue;
        };
        let Some(conversation) = shown(&app, &mut tx, &caller, vec![conversation]).await?.pop() else {
            continue;
        };
        let pieces = snippet(&said::text_of(&row), &asked).into_iter();
        let inbound = row.state == RECEIVED;
        data.push(SaidMessage {
            message_id: MESSAGE.show(row.id),
            direction: if inbound { "in" } else { "out" },
            at: if inbound { row.due_at } else { id_time(row.id) },
            snippet: pieces
                .map(|piece| SnippetPiece {
                    text: piece.text,
                    hit: piece.hit,
                })
                .collect(),
            conversation,
        });
    }
    Ok(Json(SaidMessages {
        people,
        more_people,
        data,
        next_cursor: found.next.map(Page::cursor),
        many_words: found.many,
        ready_until: found.until,
    }))
}
