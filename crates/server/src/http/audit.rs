//! `/api/v1/audit`: who changed what.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::access::Caller;
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use super::spreadsheet::text;
use crate::app::audit::{AuditChange, Kind, id_kind};
use crate::app::{App, AppError};
use crate::domain::id::{API_KEY, AUDIT, USER};
use crate::store::audit::{AuditRow, Wanted, page};
use crate::store::from_json;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(export))
}

/// Acts in one part of an export.
const PART: i64 = 500;

/// Types of objects that have ids.
const TYPES: [&str; 14] = [
    "account",
    "api_key",
    "callback",
    "campaign",
    "conversation",
    "import",
    "invite",
    "list",
    "message",
    "number",
    "profile",
    "session",
    "template",
    "user",
];

/// Who acted.
#[derive(Debug, Serialize, ToSchema)]
struct AuditActor {
    /// `user`, `api_key`, `system` (the server by itself) or `cli` (a command on the machine of the data).
    #[serde(rename = "type")]
    kind: String,
    /// Id of the user or the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Name then.
    name: String,
}

/// An act.
#[derive(Debug, Serialize, ToSchema)]
struct AuditEntry {
    /// Id.
    id: String,
    /// Milliseconds since 1970 UTC.
    at: i64,
    /// Who.
    actor: AuditActor,
    /// What, such as `account.update`.
    action: String,
    /// Type of what it was done to.
    object_type: String,
    /// Its id.
    object_id: Option<String>,
    /// Its name then.
    object_name: String,
    /// From where; empty when not over the network.
    address: String,
    /// What changed. Secrets are `"***"`.
    changes: Vec<AuditChange>,
}

impl AuditEntry {
    fn of(row: AuditRow) -> Result<Self, AppError> {
        let kind = match row.actor_type.as_str() {
            "user" => Some(USER),
            "api_key" => Some(API_KEY),
            _ => None,
        };
        let object_kind = id_kind(&row.object_type);
        Ok(Self {
            id: AUDIT.show(row.id),
            at: row.at,
            actor: AuditActor {
                id: kind
                    .filter(|_| row.actor_id != 0)
                    .map(|kind| kind.show(row.actor_id)),
                kind: row.actor_type,
                name: row.actor_name,
            },
            action: row.action,
            object_id: object_kind
                .filter(|_| row.object_id != 0)
                .map(|kind| kind.show(row.object_id)),
            object_type: row.object_type,
            object_name: row.object_name,
            address: row.address,
            changes: from_json("changes", &row.changes)?,
        })
    }
}

/// Which acts.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditFilter {
    /// Those of this user (`usr_...`) or key (`key_...`), or of a kind: `user`, `api_key`, `system`, `cli`.
    actor: Option<String>,
    /// These, such as `campaign.launch`, or with the first word alone all of `campaign`.
    action: Option<String>,
    /// Those on the object of this id, or on objects of this type, such as `account`.
    object: Option<String>,
    /// Those at this time or later, milliseconds since 1970 UTC.
    since: Option<i64>,
    /// Those before this time, milliseconds since 1970 UTC.
    until: Option<i64>,
    /// Rows at most, 1 to 500; 50 when not given.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl AuditFilter {
    fn wanted(&self, before: i64) -> Result<Wanted, AppError> {
        let mut wanted = Wanted {
            before,
            since: self.since.unwrap_or(0),
            until: self.until.unwrap_or(i64::MAX),
            action: self.action.clone().unwrap_or_default(),
            ..Wanted::default()
        };
        if let Some(text) = &self.actor {
            match USER.read(text).or_else(|| API_KEY.read(text)) {
                Some(id) => wanted.actor_id = id,
                None if Kind::ALL.iter().any(|kind| kind.name() == text) => {
                    wanted.actor_type.clone_from(text)
                }
                None => {
                    let detail = "Give the id of a user or a key, or one of user, api_key, system, cli.";
                    return Err(AppError::field("/actor", "unknown", detail));
                }
            }
        }
        if let Some(text) = &self.object {
            let id = TYPES.iter().find_map(|kind| id_kind(kind)?.read(text));
            match id {
                Some(id) => wanted.object_id = id,
                None if TYPES.contains(&text.as_str()) => wanted.object_type.clone_from(text),
                None => {
                    let detail = format!("Give the id of an object, or one of {}.", TYPES.join(", "));
                    return Err(AppError::field("/object", "unknown", detail));
                }
            }
        }
        Ok(wanted)
    }
}

/// Lists who changed what, newest first.
#[utoipa::path(get, path = "/audit", tag = "Audit", params(AuditFilter), responses((status = 200, body = Listing<AuditEntry>), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(filter): Query<AuditFilter>,
) -> Result<Json<Listing<AuditEntry>>, Problem> {
    let page_of = Page {
        limit: filter.limit,
        cursor: filter.cursor.clone(),
    };
    let wanted = filter.wanted(page_of.before()?)?;
    let rows = page(&mut app.db.read().await?, &wanted, page_of.limit()).await?;
    let listing = Listing::new(rows, &page_of, |row| row.id, AuditEntry::of);
    Ok(Json(Listing {
        data: listing.data.into_iter().collect::<Result<_, _>>()?,
        next_cursor: listing.next_cursor,
    }))
}

const HEADER: [&str; 11] = [
    "id",
    "at",
    "actor_type",
    "actor_id",
    "actor_name",
    "action",
    "object_type",
    "object_id",
    "object_name",
    "address",
    "changes",
];

/// The audit log as CSV, with the same filters, newest first. Times are RFC 3339 UTC, changes JSON.
#[utoipa::path(get, path = "/audit/export", tag = "Audit", params(AuditFilter), responses((status = 200, content_type = "text/csv", body = String), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn export(
    caller: Caller,
    State(app): State<Shared>,
    Query(filter): Query<AuditFilter>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = filter.wanted(i64::MAX)?;
    caller.act(&app, None).await?.commit(&app, None).await?;
    let first = Some((wanted, true));
    let parts = futures::stream::unfold((app, first), |(app, at)| async move {
        let (wanted, header) = at?;
        match part(&app, wanted, header).await {
            Ok((bytes, next)) => Some((Ok(bytes), (app, next))),
            // The connection breaks off, so that a cut file is not taken for a whole one.
            Err(error) => Some((Err(std::io::Error::other(error.to_string())), (app, None))),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, Body::from_stream(parts.boxed())))
}

async fn part(
    app: &App,
    mut wanted: Wanted,
    header: bool,
) -> Result<(Bytes, Option<(Wanted, bool)>), AppError> {
    let broken = |e: String| AppError::conflict("export", e, "Try again.");
    let rows = page(&mut app.db.read().await?, &wanted, PART).await?;
    let last = rows.last().map(|row| row.id);
    let mut csv = csv::Writer::from_writer(Vec::new());
    if header {
        csv.write_record(HEADER).map_err(|e| broken(e.to_string()))?;
    }
    for row in rows {
        let changes = row.changes.clone();
        let entry = AuditEntry::of(row)?;
        csv.write_record([
            entry.id,
            harkara_provider::wire::rfc3339(entry.at),
            entry.actor.kind,
            entry.actor.id.unwrap_or_default(),
            text(entry.actor.name),
            entry.action,
            entry.object_type,
            entry.object_id.unwrap_or_default(),
            text(entry.object_name),
            entry.address,
            text(changes),
        ])
        .map_err(|e| broken(e.to_string()))?;
    }
    let bytes = csv.into_inner().map_err(|e| broken(e.to_string()))?;
    let next = last.map(|last| {
        wanted.before = last;
        (wanted, false)
    });
    Ok((bytes.into(), next))
}
