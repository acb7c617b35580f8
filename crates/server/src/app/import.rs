//! Imports of CSV files: received into a file, then written in the background, one transaction for each thousand rows, and
//! some ten thousand of them in the order of their numbers.
//! How far an import is stands in the transaction of its rows, so a restart goes on where it stopped.

use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use super::durable::keep_name;
use super::import_file::{Part, read};
pub use super::import_options::{OptIn, Options};
use super::import_text::to_utf8;
pub use super::import_window::Sizes;
use super::import_write::{Writer, cannot_note};
use super::{App, AppError};
use crate::domain::{attributes, id};
use crate::store::dialect::Dialect;
use crate::store::import::{CANCELLED, DRAFT, FAILED, FINISHED, INTERRUPTED, ImportRow, PAUSED, RUNNING};
use crate::store::{self, Tx, to_json};

/// Pause until the end of an import is noted again, while the database does not take it.
const END_PAUSE: Duration = Duration::from_secs(2);

pub(super) fn folder(app: &App) -> PathBuf {
    app.config.data.join("imports")
}

pub(super) fn file(app: &App, import: i64) -> PathBuf {
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
    check_name(file_name)?;
    let import = app.id();
    let path = file(app, import);
    let part = path.with_extension("part");
    let received = async {
        fs::create_dir_all(folder(app)).await?;
        keep(&part, body).await?;
        turn(&part, &part, options).await?;
        fs::rename(&part, &path).await?;
        keep_names(&path).await?;
        Ok(fs::metadata(&path).await?.len())
    };
    let length = match received.await {
        Ok(length) => length,
        Err(why) => {
            let _ = fs::remove_file(&part).await;
            return Err(not_received(why));
        }
    };
    let bytes = i64::try_from(length).unwrap_or(i64::MAX);
    insert(app, import, RUNNING, file_name, options, bytes).await
}

/// A file is registered as an import.
pub(super) async fn insert(
    app: &App,
    import: i64,
    state: i16,
    file_name: &str,
    options: &Options,
    bytes: i64,
) -> Result<ImportRow, AppError> {
    let node = app.leases.identity(app).id;
    let mut tx = app.db.write().await?;
    let (name, options) = (file_name.trim(), to_json(options));
    store::import::insert(&mut tx, (import, node, state), name, &options, bytes, app.now()).await?;
    let row = store::import::by_id(&mut tx, import).await?;
    tx.commit().await?;
    row.ok_or(AppError::NotFound("import"))
}

pub(super) fn not_received(why: io::Error) -> AppError {
    let what = "the file could not be received".to_owned();
    AppError::File { what, why }
}

pub(super) fn check_name(file_name: &str) -> Result<(), AppError> {
    if file_name.trim().is_empty() || attributes::check_text("file_name", file_name).is_err() {
        let detail = "Give the name of the file, at most 512 bytes: the list of imports shows it.";
        return Err(AppError::field("/file_name", "required", detail));
    }
    Ok(())
}

/// Makes `to` the text of `from` in UTF-8; answers with the name of its encoding.
pub(super) async fn turn(from: &Path, to: &Path, options: &Options) -> io::Result<String> {
    let (from, to) = (from.to_owned(), to.to_owned());
    let chosen = options.encoding.clone();
    tokio::task::spawn_blocking(move || to_utf8(&from, &to, chosen.as_deref()))
        .await
        .map_err(io::Error::other)?
}

/// Who is told that a file was received finds it after a loss of power: its name and that of its folder are durable.
pub(super) async fn keep_names(path: &Path) -> io::Result<()> {
    let path = path.to_owned();
    let kept = tokio::task::spawn_blocking(move || {
        keep_name(&path)?;
        path.parent().map_or(Ok(()), keep_name)
    });
    kept.await.map_err(io::Error::other)?
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
                store::import::resume(&mut tx, import.id, INTERRUPTED, app.now()).await?;
                tx.commit().await?;
            }
            start(app, import.id);
        } else if import.state == RUNNING
            && (app.db.dialect() == Dialect::Sqlite || import.node_id == Some(own))
        {
            end(app, import.id, INTERRUPTED, Some(GONE)).await?;
        }
    }
    Ok(())
}

const GONE: &str = "The server stopped, and the file is gone. Import it again: rows that are in already are counted as unchanged.";

/// Marks an import as interrupted whose node went and did not come back; it goes on when the node does.
pub async fn give_up(app: &App, import: i64) -> Result<(), AppError> {
    let problem = "The server that has the file is away. The import goes on when it is back; or import the file again: rows that are in already are counted as unchanged.";
    end(app, import, INTERRUPTED, Some(problem)).await
}

/// Carries an import to its end, or to a stop of the server.
pub async fn run(app: &App, import: i64) -> Result<(), AppError> {
    run_in(app, import, Sizes::default()).await
}

/// [`run`] in parts of these sizes.
pub async fn run_in(app: &App, import: i64, sizes: Sizes) -> Result<(), AppError> {
    let Some(_only) = claim(&file(app, import)).await else {
        return Ok(());
    };
    // Where it stands is read behind the lock: whoever had it before may have moved it.
    let mut tx = app.db.read().await?;
    let row = found(&mut tx, import).await?;
    drop(tx);
    if row.state != RUNNING {
        return Ok(());
    }
    let mut writer = Writer::new(app, &row, sizes).await?;
    let (sender, parts) = mpsc::channel(1);
    let (path, reading) = (file(app, import), writer.reading(app));
    let reader = tokio::task::spawn_blocking(move || read(&path, &reading, &sender));
    let problem = match write_all(app, &mut writer, parts).await {
        Ok(true) => None,
        Ok(false) if app.shutdown.is_cancelled() => return Ok(()),
        // It was cancelled; or another node or task moved it, and it is theirs.
        Ok(false) => return forget_if_cancelled(app, import).await,
        Err(e) => Some(sentence(&e)),
    };
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
    let _ = fs::remove_file(raw_file(app, import)).await;
    Ok(())
}

/// Writes what the reader hands over, also what it did before it broke off. False when the import is not to go on here.
async fn write_all(
    app: &App,
    writer: &mut Writer,
    mut parts: mpsc::Receiver<Part>,
) -> Result<bool, AppError> {
    let Some(Part::Header(names, _, first_line)) = parts.recv().await else {
        return Ok(true);
    };
    writer.begin(app, names, first_line).await?;
    let mut windows = writer.windows();
    let mut window = windows.next(&mut parts).await;
    while !window.is_empty() {
        // The next one is read meanwhile.
        let (written, next) = tokio::join!(writer.write(app, &window), windows.next(&mut parts));
        if !written? {
            return Ok(false);
        }
        window = next;
    }
    Ok(true)
}

async fn forget_if_cancelled(app: &App, import: i64) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let row = store::import::by_id(&mut tx, import).await?;
    // It may be gone altogether, with the demo that made it.
    if row.is_none_or(|row| row.state == CANCELLED) {
        let _ = fs::remove_file(file(app, import)).await;
        let _ = fs::remove_file(raw_file(app, import)).await;
    }
    Ok(())
}

/// Takes up the running imports whose file this node has and that nothing works on: another node began or resumed them,
/// or a run ended while they were.
pub async fn take_up(app: &Arc<App>) -> Result<(), AppError> {
    let own = app.leases.identity(app).id;
    let mut tx = app.db.read().await?;
    let open = store::import::open(&mut tx).await?;
    drop(tx);
    for import in open {
        if import.state != RUNNING || import.node_id != Some(own) {
            continue;
        }
        if fs::try_exists(file(app, import.id)).await.unwrap_or(true) {
            start(app, import.id);
        } else {
            end(app, import.id, INTERRUPTED, Some(GONE)).await?;
        }
    }
    Ok(())
}

/// Lets a running import wait: it stops behind the rows that are being written.
pub async fn pause(tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let paused = store::import::pause(tx, import).await?;
    let row = found(tx, import).await?;
    if !paused && row.state != PAUSED {
        return Err(over(&row));
    }
    Ok(row)
}

/// Goes on with an import that waits; the node that has its file takes it up.
pub async fn resume(app: &App, tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let resumed = store::import::resume(tx, import, PAUSED, app.now()).await?;
    let row = found(tx, import).await?;
    if !resumed && row.state != RUNNING {
        return Err(over(&row));
    }
    Ok(row)
}

pub(super) async fn found(tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let row = store::import::by_id(tx, import).await?;
    row.ok_or(AppError::NotFound("import"))
}

fn over(row: &ImportRow) -> AppError {
    if matches!(row.state, DRAFT | RUNNING | PAUSED | INTERRUPTED) {
        return AppError::conflict(
            "import_not_running",
            format!("The import of \"{}\" does not run now.", row.file_name),
            "Look at its state.",
        );
    }
    AppError::conflict(
        "import_over",
        format!("The import of \"{}\" is at its end already.", row.file_name),
        "Look at its counts. What it has written stays.",
    )
}

/// Ends an import that is not at its end. What it has written stays.
pub async fn cancel(app: &App, tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let draft = found(tx, import).await?.state == DRAFT;
    let words = if draft { LEFT_WORDS } else { CANCELLED_WORDS };
    let cancelled = store::import::cancel(tx, import, words, app.now()).await?;
    let row = found(tx, import).await?;
    if !cancelled && row.state != CANCELLED {
        return Err(over(&row));
    }
    store::correction::forget(tx, import).await?;
    Ok(row)
}

const LEFT_WORDS: &str = "It was given up before it began. Nothing was written.";

const CANCELLED_WORDS: &str = "It was cancelled. What it had written until then stays. To go on, import the file again: rows that are in already are counted as unchanged.";

/// Removes the files of a cancelled import, when this node has them and nobody reads them any more.
pub async fn remove_file(app: &App, import: i64) {
    if let Some(_only) = claim(&file(app, import)).await {
        let _ = fs::remove_file(file(app, import)).await;
        let _ = fs::remove_file(raw_file(app, import)).await;
    }
}

/// The file of a draft as it was received.
pub(super) fn raw_file(app: &App, import: i64) -> PathBuf {
    folder(app).join(format!("{}.raw", id::IMPORT.show(import)))
}

/// Locks the file of an import for as long as the value lives; `None` when another run has it. A file that cannot be
/// opened is claimed too: reading it will say why.
pub(super) async fn claim(path: &Path) -> Option<Option<std::fs::File>> {
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
    if state != INTERRUPTED {
        store::correction::forget(&mut tx, import).await?;
    }
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

/// Rows a second since it was begun or last resumed.
pub fn rate(row: &ImportRow, now: i64) -> f64 {
    let since = row.going_since.unwrap_or(row.created_at);
    let took = (row.finished_at.unwrap_or(now) - since).max(1);
    ((row.rows_read - row.rows_before) as f64 * 1000.0 / took as f64).round()
}

/// The file of bad rows, when this node has it.
pub async fn open_errors(app: &App, row: &ImportRow) -> Result<Option<fs::File>, AppError> {
    match fs::File::open(errors_file(app, row.id)).await {
        Ok(file) => Ok(Some(file)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(cannot_note(why)),
    }
}
