//! `/api/v1/profiles/{id}/timeline`: what happened to one person.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Caller, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::profile::{consent_name, find};
use super::routes::{Routes, routes};
use crate::clock::id_time;
use crate::domain::{id, state};
use crate::store::consent::ConsentRow;
use crate::store::timeline::{EventRow, MessageOfPerson};
use crate::store::{consent, timeline};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(show))
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// The person did something that the business told us of.
    Event {
        /// When it happened, milliseconds since 1970 UTC.
        at: i64,
        /// Name.
        name: String,
        /// Its properties.
        #[schema(value_type = Object)]
        data: Value,
    },
    /// The person decided about messages.
    Consent {
        /// Milliseconds since 1970 UTC.
        at: i64,
        /// `opted_in` or `opted_out`.
        action: &'static str,
        /// Where it comes from.
        source: String,
        /// Its proof, in words.
        detail: Option<String>,
        /// It holds for the number and all its profiles.
        whole_number: bool,
    },
    /// A message to or from the person.
    Message {
        /// When it was begun or came in, milliseconds since 1970 UTC.
        at: i64,
        /// Id of the message.
        message_id: String,
        /// Its state, such as `delivered`; `received` is a message from the person.
        state: &'static str,
        /// Id of its campaign.
        campaign_id: Option<String>,
        /// Name of its campaign.
        campaign: Option<String>,
        /// Content of a message outside campaigns.
        #[schema(value_type = Option<Object>)]
        content: Option<Value>,
        /// Why it is not where it should be.
        #[schema(value_type = Option<Object>)]
        failure: Option<Value>,
        /// Milliseconds since 1970 UTC.
        accepted_at: Option<i64>,
        /// Milliseconds since 1970 UTC.
        delivered_at: Option<i64>,
        /// Milliseconds since 1970 UTC.
        read_at: Option<i64>,
        /// Milliseconds since 1970 UTC.
        failed_at: Option<i64>,
    },
}

/// Shows events, consent and messages of a person together, newest first by when they were recorded.
#[utoipa::path(get, path = "/profiles/{id}/timeline", tag = "Profiles", params(("id" = String, Path), Page), responses((status = 200, body = Listing<Happening>), (status = 404, body = Problem)))]
async fn show(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<Happening>>, Problem> {
    let (before, limit) = (page.before()?, page.limit());
    let mut tx = app.db.read().await?;
    let profile = find(&mut tx, path_id(id::PROFILE, "profile", path)?).await?;
    let mut rows: Vec<(i64, Happening)> = Vec::new();
    for row in timeline::events(&mut tx, profile.id, before, limit).await? {
        rows.push((row.id, event(row)));
    }
    for row in consent::history(&mut tx, &profile, before, limit).await? {
        rows.push((row.id, consented(row)));
    }
    if let Some(phone) = &profile.phone {
        for row in timeline::messages(&mut tx, phone, before, limit).await? {
            rows.push((row.id, message(row)));
        }
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.0));
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(Json(Listing::new(rows, &page, |row| row.0, |row| row.1)))
}

fn event(row: EventRow) -> Happening {
    Happening::Event {
        at: row.at,
        name: row.name,
        data: json(row.data),
    }
}

fn consented(row: ConsentRow) -> Happening {
    Happening::Consent {
        at: row.at,
        action: consent_name(row.action),
        source: row.source,
        detail: row.detail,
        whole_number: row.profile_id.is_none(),
    }
}

fn message(row: MessageOfPerson) -> Happening {
    Happening::Message {
        at: id_time(row.id),
        message_id: id::MESSAGE.show(row.id),
        state: state::name(row.state),
        campaign_id: row.campaign_id.map(|id| id::CAMPAIGN.show(id)),
        campaign: row.campaign,
        content: row.content.map(json),
        failure: row.failure.map(json),
        accepted_at: row.accepted_at,
        delivered_at: row.delivered_at,
        read_at: row.read_at,
        failed_at: row.failed_at,
    }
}

/// Shows stored JSON, or the text itself when it is none: the timeline must open in any case.
fn json(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}
