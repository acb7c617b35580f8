//! Imports of CSV files: received into a file, then written in the background, one transaction for each thousand rows.
//! How far an import is stands in the transaction of its rows, so a restart goes on where it stopped.

use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use super::import_file::{Reading, read};
use super::import_write::{Writer, cannot_note};
use super::{App, AppError};
use crate::domain::columns::Chosen;
use crate::domain::{attributes, id, phone};
use crate::store::dialect::Dialect;
use crate::store::import::{CANCELLED, FAILED, FINISHED, INTERRUPTED, ImportRow, RUNNING};
use crate::store::{self, Tx, to_json};

/// What the file says about consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptIn {
    /// The opt-in column decides, when there is one.
    #[default]
    Column,
    /// There is proof that all of them agreed, except where the opt-in column says no.
    Record,
    /// No opt-in is recorded. A no in the opt-in column still opts out.
    Leave,
}

/// How to import a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Options {
    /// Names of columns given by a person.
    pub columns: Chosen,
    /// Delimiter given by a person, one ASCII character.
    pub delimiter: Option<char>,
    /// Default region of numbers; the configured one when absent.
    pub region: Option<String>,
    /// Consent.
    pub opt_in: OptIn,
    /// Where the consent comes from; needed with [`OptIn::Record`].
    pub source: Option<String>,
    /// Name of a list that everyone in the file is put on.
    pub list: Option<String>,
}

impl Options {
    /// How to read a file with these, from its beginning.
    pub(super) fn reading(&self, app: &App) -> Reading {
        Reading {
            chosen: self.columns.clone(),
            delimiter: self.delimiter.and_then(|c| u8::try_from(c).ok()),
            region: self
                .region
                .clone()
                .unwrap_or_else(|| app.config.default_region.clone()),
            from: 0,
        }
    }

    pub(super) fn check(&self) -> Result<(), AppError> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &str, code, detail: &str| {
            wrong.push(super::FieldProblem::new(format!("/{field}"), code, detail));
        };
        let given = |text: &Option<String>| {
            text.as_deref()
                .map(str::trim)
                .is_some_and(|text| !text.is_empty())
        };
        if self.opt_in == OptIn::Record && !given(&self.source) {
            refuse(
                "source",
                "required",
                "Say where the consent comes from, such as \"shop form 2026\".",
            );
        }
        if self
            .source
            .as_deref()
            .is_some_and(|text| attributes::check_text("source", text).is_err())
        {
            refuse("source", "text_invalid", "Use at most 512 bytes of plain text.");
        }
        if self
            .delimiter
            .is_some_and(|c| !c.is_ascii() || matches!(c, '"' | '\n' | '\r' | '\0'))
        {
            refuse(
                "delimiter",
                "delimiter_invalid",
                "Use one character, such as ; or a tab.",
            );
        }
        if self
            .region
            .as_deref()
            .is_some_and(|region| !phone::is_region(region))
        {
            refuse(
                "region",
                "region_invalid",
                "Give a country as two letters, such as IN.",
            );
        }
        for attribute in self.columns.attributes.values() {
            if let Err(problem) = attributes::check(attribute.trim(), &serde_json::Value::Null) {
                refuse("attribute", "attribute_invalid", &format!("{problem}."));
            }
        }
        if let Some(list) = &self.list
            && (list.trim().is_empty() || attributes::check_text("list", list).is_err())
        {
            refuse(
                "list",
                "text_invalid",
                "Give the list a name of at most 512 bytes.",
            );
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(AppError::Invalid(wrong))
        }
    }
}

/// Pause until the end of an import is noted again, while the database does not take it.
const END_PAUSE: Duration = Duration::from_secs(2);

pub(super) fn folder(app: &App) -> PathBuf {
    app.config.data.join("imports")
}

fn file(app: &App, import: i64) -> PathBuf {
    folder(app).join(format!("{}.csv", id::IMPORT.show(import)))
}

/// Where the bad rows of an import stand.
pub fn errors_file(app: &App, import: i64) -> PathBuf {
    folder(app).join(format!("{}.errors.csv", id::IMPORT.show(import)))
}

/// Receives a file and registers its import; [`start`] begins it.
pub async fn receive<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    app: &App,
    file_name: &str,
    options: &Options,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<ImportRow, AppError> {
    options.check()?;
    if file_name.trim().is_empty() || attributes::check_text("file_name", file_name).is_err() {
        let detail = "Give the name of the file, at most 512 bytes: the list of imports shows it.";
        return Err(AppError::field("/file_name", "required", detail));
    }
    let import = app.id();
    let path = file(app, import);
    let part = path.with_extension("part");
    let received = async {
        fs::create_dir_all(folder(app)).await?;
        let length = keep(&part, body).await?;
        fs::rename(&part, &path).await?;
        Ok(length)
    };
    let length = match received.await {
        Ok(length) => length,
        Err(why) => {
            let _ = fs::remove_file(&part).await;
            let what = "the file could not be received".to_owned();
            return Err(AppError::File { what, why });
        }
    };
    let bytes = i64::try_from(length).unwrap_or(i64::MAX);
    let mut tx = app.db.write().await?;
    store::import::insert(
        &mut tx,
        (import, app.leases.identity(app).id),
        file_name.trim(),
        &to_json(options),
        bytes,
        app.now(),
    )
    .await?;
    let row = store::import::by_id(&mut tx, import).await?;
    tx.commit().await?;
    row.ok_or(AppError::NotFound("import"))
}

pub(super) async fn keep<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    path: &PathBuf,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> io::Result<u64> {
    let mut body = std::pin::pin!(body);
    let kept = keep_chunks(path, &mut body).await;
    if kept.is_err() {
        // A client reads the answer only when it has sent all.
        while let Some(Ok(_)) = body.next().await {}
    }
    kept
}

async fn keep_chunks<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    path: &PathBuf,
    body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> io::Result<u64> {
    let mut file = fs::File::create(path).await?;
    let mut length = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(io::Error::other)?;
        file.write_all(&chunk).await?;
        length += chunk.len() as u64;
    }
    file.flush().await?;
    file.sync_all().await?;
    Ok(length)
}

/// Begins an import in the background, or goes on with it.
pub fn start(app: &Arc<App>, import: i64) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(e) = run(&app, import).await {
            tracing::error!(import = id::IMPORT.show(import), error = %e, "import stands still until the next start");
        }
    });
}

/// Goes on with the imports that a stop of this server cut, from the row where they stood. One whose file is gone is
/// marked as interrupted. An import of another node is left to it.
pub async fn recover(app: &Arc<App>) -> Result<(), AppError> {
    super::import_check::clean(app).await;
    let own = app.leases.identity(app).id;
    let mut tx = app.db.read().await?;
    let open = store::import::open(&mut tx).await?;
    drop(tx);
    for import in open {
        if fs::try_exists(file(app, import.id)).await.unwrap_or(false) {
            if import.state == INTERRUPTED {
                let mut tx = app.db.write().await?;
                store::import::resume(&mut tx, import.id).await?;
                tx.commit().await?;
            }
            start(app, import.id);
        } else if import.state == RUNNING
            && (app.db.dialect() == Dialect::Sqlite || import.node_id == Some(own))
        {
            let problem = "The server stopped, and the file is gone. Import it again: rows that are in already are counted as unchanged.";
            end(app, import.id, INTERRUPTED, Some(problem)).await?;
        }
    }
    Ok(())
}

/// Marks an import as interrupted whose node went and did not come back; it goes on when the node does.
pub async fn give_up(app: &App, import: i64) -> Result<(), AppError> {
    let problem = "The server that has the file is away. The import goes on when it is back; or import the file again: rows that are in already are counted as unchanged.";
    end(app, import, INTERRUPTED, Some(problem)).await
}

/// Carries an import to its end, or to a stop of the server.
pub async fn run(app: &App, import: i64) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let row = store::import::by_id(&mut tx, import)
        .await?
        .ok_or(AppError::NotFound("import"))?;
    drop(tx);
    if row.state != RUNNING {
        return Ok(());
    }
    let Some(_only) = claim(&file(app, import)).await else {
        return Ok(());
    };
    let mut writer = Writer::new(app, &row).await?;
    let (sender, mut parts) = mpsc::channel(1);
    let (path, reading) = (file(app, import), writer.reading(app));
    let reader = tokio::task::spawn_blocking(move || read(&path, &reading, &sender));
    let mut problem = None;
    while let Some(part) = parts.recv().await {
        if app.shutdown.is_cancelled() {
            return Ok(());
        }
        match writer.write(app, part).await {
            Ok(true) => {}
            // It was cancelled; or another node or task moved it, and it is theirs.
            Ok(false) => return forget_if_cancelled(app, import).await,
            Err(e) => {
                problem = Some(sentence(&e));
                break;
            }
        }
    }
    drop(parts);
    let read = reader
        .await
        .unwrap_or_else(|e| Err(format!("The file could not be read to its end: {e}.")));
    let problem = problem.or(read.err());
    let state = if problem.is_some() { FAILED } else { FINISHED };
    // With the disk full, even this cannot be written until somebody makes room.
    while let Err(e) = end(app, import, state, problem.as_deref()).await {
        tracing::warn!(error = %e, "the end of an import cannot be noted yet");
        if tokio::time::timeout(END_PAUSE, app.shutdown.cancelled())
            .await
            .is_ok()
        {
            return Ok(());
        }
    }
    if let Err(e) = fs::remove_file(file(app, import)).await {
        tracing::warn!(error = %e, "the file of an import cannot be removed");
    }
    Ok(())
}

async fn forget_if_cancelled(app: &App, import: i64) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let row = store::import::by_id(&mut tx, import).await?;
    if row.is_some_and(|row| row.state == CANCELLED) {
        let _ = fs::remove_file(file(app, import)).await;
    }
    Ok(())
}

/// Ends an import that is not at its end. What it has written stays.
pub async fn cancel(app: &App, tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let cancelled = store::import::cancel(tx, import, CANCELLED_WORDS, app.now()).await?;
    let row = store::import::by_id(tx, import)
        .await?
        .ok_or(AppError::NotFound("import"))?;
    if !cancelled && row.state != CANCELLED {
        return Err(AppError::conflict(
            "import_over",
            format!("The import of \"{}\" is at its end already.", row.file_name),
            "Look at its counts. What it has written stays.",
        ));
    }
    Ok(row)
}

const CANCELLED_WORDS: &str = "It was cancelled. What it had written until then stays. To go on, import the file again: rows that are in already are counted as unchanged.";

/// Removes the file of a cancelled import, when this node has it and nobody reads it any more.
pub async fn remove_file(app: &App, import: i64) {
    if let Some(_only) = claim(&file(app, import)).await {
        let _ = fs::remove_file(file(app, import)).await;
    }
}

/// Locks the file of an import for as long as the value lives; `None` when another run has it. A file that cannot be
/// opened is claimed too: reading it will say why.
async fn claim(path: &Path) -> Option<Option<std::fs::File>> {
    let Ok(file) = fs::File::open(path).await else {
        return Some(None);
    };
    let file = file.into_std().await;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Ok(()) | Err(TryLockError::Error(_)) => Some(Some(file)),
    }
}

async fn end(app: &App, import: i64, state: i16, problem: Option<&str>) -> Result<(), AppError> {
    let mut tx = app.db.write().await?;
    store::import::end(&mut tx, import, state, problem, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Does this error say that the disk is full?
pub(super) fn is_full(text: &str) -> bool {
    // SQLite, the operating system, PostgreSQL.
    ["disk is full", "os error 28", "No space left"]
        .iter()
        .any(|words| text.contains(words))
}

fn sentence(error: &AppError) -> String {
    let text = error.to_string();
    let full = is_full(&text);
    let why = if full {
        "The disk of the server is full: free some space".into()
    } else {
        format!("The rows could not be written: {text}. Check the database and the disk")
    };
    format!("{why}, then import the file again. Rows that are in already will be counted as unchanged.")
}

/// Milliseconds that an import has taken, for its rate.
pub fn elapsed(row: &ImportRow, now: i64) -> i64 {
    (row.finished_at.unwrap_or(now) - row.created_at).max(1)
}

/// The file of bad rows, when this node has it.
pub async fn open_errors(app: &App, row: &ImportRow) -> Result<Option<fs::File>, AppError> {
    match fs::File::open(errors_file(app, row.id)).await {
        Ok(file) => Ok(Some(file)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(cannot_note(why)),
    }
}
