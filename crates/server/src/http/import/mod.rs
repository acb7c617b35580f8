//! `/api/v1/imports`: CSV files become profiles.

mod draft;
mod query;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

use self::query::{ImportQuery, options, read_query};
use crate::app::AppError;
use crate::app::audit::Before;
use crate::app::import;
use crate::app::import_check::{self, Check};
use crate::app::import_preview::{self, LONGEST, Preview};
use crate::app::import_undo;
use crate::domain::undo::Counts;
use crate::domain::{campaign, id};
use crate::http::Shared;
use crate::http::extract::{Body as JsonBody, Caller, once, path_id};
use crate::http::paging::{Listing, Page};
use crate::http::problem::Problem;
use crate::http::routes::{Routes, routes};
use crate::store;
use crate::store::import::{CANCELLED, DRAFT, FAILED, FINISHED, ImportRow, PAUSED, RUNNING, UNDONE};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(preview))
        .routes(routes!(check))
        .routes(routes!(show))
        .routes(routes!(cancel))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .merge(draft::routes())
        .routes(routes!(preview_undo, undo))
        .routes(routes!(errors))
}

/// An import and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// Id.
    pub id: String,
    /// Name of the file.
    pub file_name: String,
    /// `draft` until it is started, then `running`, `paused`, `finished`, `failed`, `interrupted` or `cancelled`.
    pub state: &'static str,
    /// Why it failed or was interrupted, and what to do.
    pub problem: Option<String>,
    /// Size of the file.
    pub bytes_total: Option<i64>,
    /// How much of it is done.
    pub bytes_read: i64,
    /// Rows done, good and bad.
    pub rows: i64,
    /// New profiles.
    pub created: i64,
    /// Changed profiles.
    pub updated: i64,
    /// Profiles that were so already.
    pub unchanged: i64,
    /// Bad rows: `GET /imports/{id}/errors` names them.
    pub invalid: i64,
    /// Rows that asked for an opt-in of somebody who opted out: the opt-out stands.
    pub opt_outs_kept: i64,
    /// Rows a second since it was started or last resumed.
    pub rows_per_second: f64,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC.
    pub finished_at: Option<i64>,
    /// Until when it can be undone, milliseconds since 1970 UTC; absent when it cannot.
    pub undo_until: Option<i64>,
    /// How far its undo is, and what it came to.
    pub undo: Option<Undo>,
}

/// The undo of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUndo)]
pub struct Undo {
    /// It is at its end.
    pub finished: bool,
    /// People whom the import made, changed or put on its list; one whom the file names several times may count several
    /// times.
    pub total: i64,
    /// What became of them so far.
    pub people: People,
}

/// What an undo comes to, in people. One may count in several of these.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUndoPeople)]
pub struct People {
    /// Looked at.
    pub done: i64,
    /// New profiles that are removed.
    pub removed: i64,
    /// Others that are, wholly or in part, as they were before.
    pub restored: i64,
    /// Taken off the list of the import, and not removed.
    pub unlisted: i64,
    /// Opt-ins of changed profiles that are taken back.
    pub opt_ins_taken_back: i64,
    /// Opt-outs that the file brought: they stay.
    pub opt_outs_kept: i64,
    /// What stays, because it was used or changed since.
    pub kept: Kept,
}

/// People of whom something stays, by reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUndoKept)]
pub struct Kept {
    /// New or changed profiles that somebody changed since: what was changed stays.
    pub changed: i64,
    /// New profiles with a message.
    pub message: i64,
    /// New profiles with an event.
    pub event: i64,
    /// New profiles with a later decision about consent.
    pub consent: i64,
    /// New profiles that are on another list.
    pub list: i64,
}

impl People {
    fn new(counts: Counts) -> Self {
        Self {
            done: counts.done,
            removed: counts.removed,
            restored: counts.restored,
            unlisted: counts.unlisted,
            opt_ins_taken_back: counts.opt_ins,
            opt_outs_kept: counts.opt_outs,
            kept: Kept {
                changed: counts.changed,
                message: counts.message,
                event: counts.event,
                consent: counts.consent,
                list: counts.list,
            },
        }
    }
}

/// What an undo would come to now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUndoPreview)]
struct UndoPreview {
    /// Until when it can be begun, milliseconds since 1970 UTC.
    until: Option<i64>,
    /// People whom the import made, changed or put on its list.
    total: i64,
    /// What would become of them; of a very long import only the last part is looked at, see `done`.
    people: People,
    /// Campaigns to the list of the import that are scheduled, run or pause.
    campaigns: Vec<UndoCampaign>,
}

/// A campaign that an undo takes people from.
#[derive(Debug, Serialize, ToSchema)]
struct UndoCampaign {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// `scheduled`, `running` or `paused`.
    state: &'static str,
}

impl Import {
    fn new(row: ImportRow, now: i64) -> Self {
        let undo_until = import_undo::possible_until(&row, now);
        // Counts that cannot be read are none.
        let undo = import_undo::counts(&row).ok().flatten().map(|counts| Undo {
            finished: row.undo_state == UNDONE,
            total: row.kept,
            people: People::new(counts),
        });
        Self {
            rows_per_second: import::rate(&row, now),
            id: id::IMPORT.show(row.id),
            file_name: row.file_name,
            state: match row.state {
                RUNNING => "running",
                FINISHED => "finished",
                FAILED => "failed",
                CANCELLED => "cancelled",
                DRAFT => "draft",
                PAUSED => "paused",
                _ => "interrupted",
            },
            problem: row.problem,
            bytes_total: row.bytes_total,
            bytes_read: row.bytes_read,
            rows: row.rows_read,
            created: row.created,
            updated: row.updated,
            unchanged: row.unchanged,
            invalid: row.invalid,
            opt_outs_kept: row.opt_outs_kept,
            created_at: row.created_at,
            finished_at: row.finished_at,
            undo_until,
            undo,
        }
    }
}

/// Imports a CSV file: the body is the file itself, of any size. The first row names the columns; columns without a
/// meaning of their own become attributes. Safe to repeat, and never turns an opt-out back. The answer comes when the
/// file is received; the import runs on.
#[utoipa::path(post, path = "/imports", tag = "Imports", params(ImportQuery), request_body(content = String, content_type = "text/csv"), responses((status = 202, body = Import), (status = 400, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem, description = "The disk is full")))]
async fn create(
    caller: Caller,
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<(StatusCode, Json<Import>), Problem> {
    let query = read_query(query)?;
    let file_name = query.file_name.clone().unwrap_or_else(|| "import.csv".into());
    let options = options(query)?;
    let row = import::receive(&app, &file_name, &options, body.into_data_stream()).await?;
    caller.afterwards(&app, Before::New, row.id).await?;
    import::start(&app, row.id);
    Ok((StatusCode::ACCEPTED, Json(Import::new(row, app.now()))))
}

/// Shows the beginning of a file: what stands between its fields, its columns with what they most likely are, and its first
/// rows. The body is the first 256 KB of the file, at most; nothing is kept.
#[utoipa::path(post, path = "/imports/preview", tag = "Imports", params(ImportQuery), request_body(content = String, content_type = "text/csv"), responses((status = 200, body = Preview), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn preview(
    _: Caller,
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Json<Preview>, Problem> {
    let options = options(read_query(query)?)?;
    let start = to_bytes(body, LONGEST).await.map_err(|e| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body could not be read: {e}."),
            "Send the first 256 KB of the file (262,144 bytes) at most: a preview needs no more.",
        )
    })?;
    Ok(Json(import_preview::preview(&app, &options, &start)?))
}

/// Tries an import without writing anything: every row of the file is judged by the rules of the import. The body is the
/// whole file, of any size; the answer comes when all of it is judged, which takes about as long as the import would.
#[utoipa::path(post, path = "/imports/check", tag = "Imports", params(ImportQuery), request_body(content = String, content_type = "text/csv"), responses((status = 200, body = Check), (status = 400, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem, description = "The disk is full")))]
async fn check(
    _: Caller,
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Json<Check>, Problem> {
    let options = options(read_query(query)?)?;
    Ok(Json(
        import_check::check(&app, &options, body.into_data_stream()).await?,
    ))
}

/// Ends an import for good. What it has written stays.
#[utoipa::path(post, path = "/imports/{id}/cancel", tag = "Imports", params(("id" = String, Path)), responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn cancel(
    State(app): State<Shared>,
    path: Path<String>,
    body: JsonBody<serde_json::Value>,
) -> Result<Response, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let response = once(&app, &body.asked, async |tx| {
        let row = import::cancel(&app, tx, id).await?;
        Ok((StatusCode::OK, Import::new(row, app.now())))
    })
    .await?;
    import::remove_file(&app, id).await;
    Ok(response)
}

/// Lets a running import wait, behind the rows that are being written.
#[utoipa::path(post, path = "/imports/{id}/pause", tag = "Imports", params(("id" = String, Path)), responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn pause(
    State(app): State<Shared>,
    path: Path<String>,
    body: JsonBody<serde_json::Value>,
) -> Result<Response, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    once(&app, &body.asked, async |tx| {
        let row = import::pause(tx, id).await?;
        Ok((StatusCode::OK, Import::new(row, app.now())))
    })
    .await
}

/// Goes on with a paused import, from the row where it stopped.
#[utoipa::path(post, path = "/imports/{id}/resume", tag = "Imports", params(("id" = String, Path)), responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn resume(
    State(app): State<Shared>,
    path: Path<String>,
    body: JsonBody<serde_json::Value>,
) -> Result<Response, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let response = once(&app, &body.asked, async |tx| {
        let row = import::resume(&app, tx, id).await?;
        Ok((StatusCode::OK, Import::new(row, app.now())))
    })
    .await?;
    import::take_up(&app).await?;
    Ok(response)
}

/// Says what an undo would come to now, and changes nothing.
#[utoipa::path(get, path = "/imports/{id}/undo", tag = "Imports", params(("id" = String, Path)), responses((status = 200, body = UndoPreview), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn preview_undo(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<UndoPreview>, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let preview = import_undo::preview(&app, id).await?;
    Ok(Json(UndoPreview {
        until: import_undo::possible_until(&preview.row, app.now()),
        total: preview.row.kept,
        people: People::new(preview.counts),
        campaigns: preview
            .campaigns
            .into_iter()
            .map(|row| UndoCampaign {
                id: id::CAMPAIGN.show(row.id),
                name: row.name,
                state: campaign::name(row.state),
            })
            .collect(),
    }))
}

/// Undoes an import, for 24 hours after its end: new profiles go, changed fields are as before, where nobody has used or
/// changed them since. An opt-out that the file brought stays. It runs on after the answer; `undo` of the import says how
/// far it is.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "Imports", params(("id" = String, Path)), responses((status = 202, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn undo(
    State(app): State<Shared>,
    path: Path<String>,
    body: JsonBody<serde_json::Value>,
) -> Result<Response, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    once(&app, &body.asked, async |tx| {
        let row = import_undo::begin(&app, tx, id).await?;
        Ok((StatusCode::ACCEPTED, Import::new(row, app.now())))
    })
    .await
}

/// Lists imports, newest first.
#[utoipa::path(get, path = "/imports", tag = "Imports", params(Page), responses((status = 200, body = Listing<Import>)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<Import>>, Problem> {
    let mut tx = app.db.read().await?;
    let rows = store::import::page(&mut tx, page.before()?, page.limit()).await?;
    let now = app.now();
    Ok(Json(Listing::new(
        rows,
        &page,
        |row| row.id,
        |row| Import::new(row, now),
    )))
}

/// Shows an import and how far it is.
#[utoipa::path(get, path = "/imports/{id}", tag = "Imports", params(("id" = String, Path)), responses((status = 200, body = Import), (status = 404, body = Problem)))]
async fn show(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Import>, Problem> {
    let row = find(&app, path).await?;
    Ok(Json(Import::new(row, app.now())))
}

async fn find(app: &Shared, path: Path<String>) -> Result<ImportRow, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let mut tx = app.db.read().await?;
    let row = store::import::by_id(&mut tx, id).await?;
    Ok(row.ok_or(AppError::NotFound("import"))?)
}

/// The bad rows as a CSV file: line, reason, and the fields as they were. Mend them there and import the file again.
#[utoipa::path(get, path = "/imports/{id}/errors", tag = "Imports", params(("id" = String, Path)), responses((status = 200, body = String, content_type = "text/csv"), (status = 404, body = Problem)))]
async fn errors(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Response, Problem> {
    let row = find(&app, path).await?;
    let body = match import::open_errors(&app, &row).await? {
        Some(file) => Body::from_stream(ReaderStream::new(file)),
        None if row.invalid == 0 => Body::from("line,reason\n"),
        None => {
            return Err(Problem::new(
                StatusCode::NOT_FOUND,
                "errors_elsewhere",
                "The file of bad rows is not on this node.",
                "Ask the node that received the import.",
            ));
        }
    };
    let disposition = format!("attachment; filename=\"{}-errors.csv\"", id::IMPORT.show(row.id));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}
