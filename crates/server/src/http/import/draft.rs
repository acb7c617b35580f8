//! `/api/v1/imports/drafts`: a file is received once, checked and corrected, and then imported.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Import;
use super::query::{ImportQuery, options, read_query};
use crate::app::audit::Before;
use crate::app::import::{OptIn, take_up};
use crate::app::import_check::Check;
use crate::app::import_draft::{self, Draft};
use crate::app::import_preview::Preview;
use crate::domain::id;
use crate::http::Shared;
use crate::http::extract::{Body as JsonBody, Caller, once, path_id};
use crate::http::problem::Problem;
use crate::http::routes::{Routes, routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(create))
        .routes(routes!(show))
        .routes(routes!(check))
        .routes(routes!(correct))
        .routes(routes!(start))
}

/// An import that waits to be started.
#[derive(Debug, Serialize, ToSchema)]
struct ImportDraft {
    /// The import.
    import: Import,
    /// How it is read; what its columns become stands in `preview`.
    settings: ImportSettings,
    /// The beginning of its file, with what its columns become.
    preview: Preview,
    /// What it would come to.
    check: Check,
}

/// How the file of an import is read.
#[derive(Debug, Serialize, ToSchema)]
struct ImportSettings {
    /// The encoding that was given; absent when it is guessed.
    encoding: Option<String>,
    /// Two-letter country of numbers without `+`.
    region: Option<String>,
    /// `column`, `record` or `leave`.
    opt_in: &'static str,
    /// Where the consent comes from.
    source: Option<String>,
    /// Name of the list that everyone is put on.
    list: Option<String>,
}

impl ImportDraft {
    fn new(draft: Draft, now: i64) -> Self {
        let options = draft.options;
        Self {
            import: Import::new(draft.row, now),
            settings: ImportSettings {
                encoding: options.encoding,
                region: options.region,
                opt_in: match options.opt_in {
                    OptIn::Column => "column",
                    OptIn::Record => "record",
                    OptIn::Leave => "leave",
                },
                source: options.source,
                list: options.list,
            },
            preview: draft.preview,
            check: draft.check,
        }
    }
}

/// Receives and checks a CSV file, and keeps it for a week until the import is started: nothing is written before. The body
/// is the file itself, of any size; the answer comes when every row is judged.
#[utoipa::path(post, path = "/imports/drafts", tag = "Imports", params(ImportQuery), request_body(content = String, content_type = "text/csv"), responses((status = 201, body = ImportDraft), (status = 400, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem, description = "The disk is full")))]
async fn create(
    caller: Caller,
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<(StatusCode, Json<ImportDraft>), Problem> {
    let query = read_query(query)?;
    let name = query.file_name.clone().unwrap_or_else(|| "import.csv".into());
    let options = options(query)?;
    let draft = import_draft::receive(&app, &name, &options, body.into_data_stream()).await?;
    caller.afterwards(&app, Before::New, draft.row.id).await?;
    Ok((StatusCode::CREATED, Json(ImportDraft::new(draft, app.now()))))
}

/// Shows an import that waits to be started. With parameters, `preview` is the beginning of its file as it would be read
/// with them; nothing else changes.
#[utoipa::path(get, path = "/imports/{id}/draft", tag = "Imports", params(("id" = String, Path), ImportQuery), responses((status = 200, body = ImportDraft), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn show(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<ImportDraft>, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let read = match query {
        Some(query) => Some(options(read_query(Some(query))?)?),
        None => None,
    };
    let draft = import_draft::show(&app, id, read.as_ref()).await?;
    Ok(Json(ImportDraft::new(draft, app.now())))
}

/// Judges every row of a draft again, read as the parameters say. Rows that were corrected stay so, unless encoding,
/// delimiter or header are other ones.
#[utoipa::path(post, path = "/imports/{id}/check", tag = "Imports", params(("id" = String, Path), ImportQuery), responses((status = 200, body = ImportDraft), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn check(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<ImportDraft>, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let options = options(read_query(query)?)?;
    let draft = import_draft::check(&app, id, &options).await?;
    Ok(Json(ImportDraft::new(draft, app.now())))
}

/// Rows of a draft, corrected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportCorrections {
    /// At most 100 at once.
    rows: Vec<ImportCorrection>,
}

/// A row, corrected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportCorrection {
    /// Line of the file that the row begins on, as the check told it.
    line: u64,
    /// Its fields, one for each column of the file.
    fields: Vec<String>,
}

/// Corrects bad rows of a draft, and judges them again. They are kept with the file, and what fits is what the import
/// takes.
#[utoipa::path(put, path = "/imports/{id}/corrections", tag = "Imports", params(("id" = String, Path)), request_body = ImportCorrections, responses((status = 200, body = Check), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn correct(
    State(app): State<Shared>,
    path: Path<String>,
    body: JsonBody<ImportCorrections>,
) -> Result<Response, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let rows = body.value.rows.iter().map(|row| (row.line, row.fields.clone()));
    let rows: Vec<(u64, Vec<String>)> = rows.collect();
    once(&app, &body.asked, async |tx| {
        let check = import_draft::correct(&app, tx, id, &rows).await?;
        Ok((StatusCode::OK, check))
    })
    .await
}

/// Starts the import of a draft, with its corrections.
#[utoipa::path(post, path = "/imports/{id}/start", tag = "Imports", params(("id" = String, Path)), responses((status = 202, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn start(
    State(app): State<Shared>,
    path: Path<String>,
    body: JsonBody<serde_json::Value>,
) -> Result<Response, Problem> {
    let id = path_id(id::IMPORT, "import", path)?;
    let response = once(&app, &body.asked, async |tx| {
        let row = import_draft::begin(&app, tx, id).await?;
        Ok((StatusCode::ACCEPTED, Import::new(row, app.now())))
    })
    .await?;
    take_up(&app).await?;
    Ok(response)
}
