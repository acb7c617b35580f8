//! `/api/v1/files`: files of the business, for headers of templates, campaigns and answers.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Caller, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::audit::Before;
use crate::app::file::{self, FileRow, UseRow, Wanted};
use crate::app::{App, AppError};
use crate::domain::file::{KINDS, TYPES, kind, limit, of_mime, unreachable};
use crate::domain::id::{ACCOUNT, CAMPAIGN, FILE, MESSAGE, TEMPLATE};
use crate::domain::permission::Permission::TemplatesWrite;
use crate::store;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(rules))
        .routes(routes!(show, delete))
}

/// An uploaded file.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadedFile {
    /// Id.
    pub id: String,
    /// Name, as it was given first.
    pub name: String,
    /// `image`, `video`, `audio`, `document` or `sticker`.
    pub kind: &'static str,
    /// Media type.
    pub mime: String,
    /// Length in bytes.
    pub bytes: i64,
    /// Its public address: give it as the `url` of media, or as the value of a media header. Whoever knows it may fetch the file.
    pub url: String,
    /// Who uploaded it first.
    pub by: String,
    /// When it was uploaded first, milliseconds since 1970 UTC.
    pub created_at: i64,
    /// When it was last uploaded, sent, or, to the day, fetched; milliseconds since 1970 UTC.
    pub used_at: i64,
}

impl UploadedFile {
    fn new(app: &App, row: FileRow) -> Self {
        Self {
            id: FILE.show(row.id),
            kind: of_mime(&row.mime).map_or("document", |known| known.kind.name()),
            url: file::address(app, &row),
            name: row.name,
            mime: row.mime,
            bytes: row.bytes,
            by: row.actor_name,
            created_at: row.created_at,
            used_at: row.used_at,
        }
    }
}

/// Something that still sends a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileUse {
    /// `template`, `campaign` that is not over, `account` whose automatic answers have it, or `message` that has not left.
    pub what: String,
    /// Its id.
    pub id: String,
    /// Its name; of a message the number that it goes to.
    pub name: String,
}

impl From<UseRow> for FileUse {
    fn from(row: UseRow) -> Self {
        let kind = match row.what.as_str() {
            "template" => TEMPLATE,
            "campaign" => CAMPAIGN,
            "account" => ACCOUNT,
            _ => MESSAGE,
        };
        Self {
            id: kind.show(row.id),
            what: row.what,
            name: row.name,
        }
    }
}

/// A file, and what still sends it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileDetail {
    /// The file.
    #[serde(flatten)]
    pub file: UploadedFile,
    /// What still sends it, a few of each sort; while there is anything, it cannot be deleted.
    pub used_by: Vec<FileUse>,
}

/// What is uploaded.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// Name of the file, with its ending.
    #[serde(default)]
    pub name: String,
    /// Media type, such as `image/jpeg`. Absent: by the ending of the name.
    #[serde(rename = "type")]
    pub mime: Option<String>,
    /// What it is to be sent as: `image`, `video`, `audio`, `document` or `sticker`. Absent: whatever its type says.
    pub kind: Option<String>,
    /// `answer`: it goes to one person, and is deleted when that person is erased. Absent: for anything.
    pub purpose: Option<String>,
}

/// Uploads a file: the body is its bytes. WhatsApp's limits hold: 5 MB for an image, 16 MB for a video or audio, 100 MB for a
/// document, 500 kB for a sticker. The same bytes uploaded twice are one file, and the second answer is 200.
#[utoipa::path(post, path = "/files", tag = "Files", params(FileQuery), request_body(content = String, content_type = "application/octet-stream"), responses((status = 200, body = UploadedFile, description = "It was there already"), (status = 201, body = UploadedFile), (status = 413, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem, description = "The disk is full")))]
async fn create(
    caller: Caller,
    State(app): State<Shared>,
    Query(query): Query<FileQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<UploadedFile>), Problem> {
    let wanted = wanted(query, &headers)?;
    let received = file::receive(&app, &caller.actor, wanted, body.into_data_stream());
    let received = received.await.map_err(too_large)?;
    let status = if received.new {
        caller.afterwards(&app, Before::New, received.row.id).await?;
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(UploadedFile::new(&app, received.row))))
}

fn wanted(query: FileQuery, headers: &HeaderMap) -> Result<Wanted, AppError> {
    let wanted = query.kind.as_deref().map(|name| {
        let detail = "Use image, video, audio, document or sticker.";
        kind(name).ok_or_else(|| AppError::field("/kind", "unknown", detail))
    });
    let for_answer = match query.purpose.as_deref() {
        None => false,
        Some("answer") => true,
        Some(_) => {
            let detail = "Use `answer`, or leave it out.";
            return Err(AppError::field("/purpose", "unknown", detail));
        }
    };
    let length = headers.get(header::CONTENT_LENGTH);
    Ok(Wanted {
        name: query.name,
        mime: query.mime,
        kind: wanted.transpose()?,
        for_answer,
        length: length.and_then(|value| value.to_str().ok()?.parse().ok()),
    })
}

/// A file that is too large has a status of its own.
fn too_large(error: AppError) -> Problem {
    let problem = Problem::from(error);
    let Some(field) = problem.errors.iter().find(|field| field.code == "too_large") else {
        return problem;
    };
    let (detail, help) = (field.detail.clone(), "Nothing of it was kept.");
    let large = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail, help);
    Problem {
        errors: problem.errors,
        ..large
    }
}

/// What WhatsApp takes of one kind.
#[derive(Debug, Serialize, ToSchema)]
struct FileRule {
    /// `image`, `video`, `audio`, `document` or `sticker`.
    kind: &'static str,
    /// Bytes at most.
    bytes: u64,
    /// Media types.
    types: Vec<&'static str>,
    /// Endings of names, without a dot.
    endings: Vec<&'static str>,
}

/// What can be uploaded, and whether providers can fetch it.
#[derive(Debug, Serialize, ToSchema)]
struct FileRules {
    /// What WhatsApp takes, by kind.
    kinds: Vec<FileRule>,
    /// Why providers cannot fetch uploaded files from this server, and what to do; absent when nothing speaks against it.
    unreachable: Option<String>,
}

/// Says what can be uploaded: types and sizes by kind, and whether providers can reach this server's address.
#[utoipa::path(get, path = "/files/rules", tag = "Files", responses((status = 200, body = FileRules)))]
async fn rules(_: Caller, State(app): State<Shared>) -> Json<FileRules> {
    let rule = |kind| {
        let types = || TYPES.iter().filter(move |known| known.kind == kind);
        FileRule {
            kind: kind.name(),
            bytes: limit(kind),
            types: types().map(|known| known.mime).collect(),
            endings: types().flat_map(|known| known.endings).copied().collect(),
        }
    };
    Json(FileRules {
        kinds: KINDS.map(rule).into(),
        unreachable: unreachable(&app.config.public_base()),
    })
}

/// Lists uploaded files, newest first.
#[utoipa::path(get, path = "/files", tag = "Files", params(Page), responses((status = 200, body = Listing<UploadedFile>)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<UploadedFile>>, Problem> {
    let mut tx = app.db.read().await?;
    let rows = store::file::page(&mut tx, page.before()?, page.limit()).await?;
    let show = |row| UploadedFile::new(&app, row);
    Ok(Json(Listing::new(rows, &page, |row| row.id, show)))
}

/// Shows an uploaded file, and what still sends it.
#[utoipa::path(get, path = "/files/{id}", tag = "Files", params(("id" = String, Path)), responses((status = 200, body = FileDetail), (status = 404, body = Problem)))]
async fn show(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<FileDetail>, Problem> {
    let id = path_id(FILE, "file", path)?;
    let mut tx = app.db.read().await?;
    let row = file::row(&mut tx, id).await?;
    let uses = file::uses(&mut tx, &row).await?;
    Ok(Json(FileDetail {
        file: UploadedFile::new(&app, row),
        used_by: uses.into_iter().map(FileUse::from).collect(),
    }))
}

/// Deletes an uploaded file; its address leads nowhere from then on. Refused while a template, a campaign that is not over, or a
/// message that has not left has it. Who may not write templates deletes only what they uploaded themselves.
#[utoipa::path(delete, path = "/files/{id}", tag = "Files", params(("id" = String, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path_id(FILE, "file", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    let row = file::row(&mut act.tx, id).await?;
    let own = (row.actor_type.as_str(), row.actor_id) == (caller.actor.kind.name(), caller.actor.id);
    if !own {
        caller.needs(TemplatesWrite)?;
    }
    file::delete(&mut act.tx, id).await?;
    act.commit(&app, Some(id)).await?;
    file::sweep(&app, id);
    Ok(StatusCode::NO_CONTENT)
}
