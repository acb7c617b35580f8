//! Imports of CSV files: received into a file, then written in the background, one transaction for each thousand rows.
//! How far an import is stands in the transaction of its rows, so a restart goes on where it stopped.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use super::import_file::{BadRow, Batch, Part, Reading, read};
use super::profile::{Change, Outcome, Set, Who, Wish, write_many};
use super::{App, AppError};
use crate::domain::columns::{Chosen, Person};
use crate::domain::{attributes, id, phone};
use crate::store::dialect::Dialect;
use crate::store::import::{FAILED, FINISHED, INTERRUPTED, ImportRow, Progress, RUNNING};
use crate::store::{self, from_json, to_json};

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
    fn check(&self) -> Result<(), AppError> {
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

/// Tries of a batch while the database is away or busy.
const TRIES: u32 = 6;

fn folder(app: &App) -> PathBuf {
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
        import,
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

async fn keep<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    path: &PathBuf,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> io::Result<u64> {
    let mut file = fs::File::create(path).await?;
    let mut body = std::pin::pin!(body);
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

/// Goes on with the imports that a stop of the server cut, from the row where they stood. One whose file is gone is
/// marked as interrupted. On PostgreSQL, an import without a file here belongs to another node and is left to it.
pub async fn recover(app: &Arc<App>) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let running = store::import::running(&mut tx).await?;
    drop(tx);
    for import in running {
        if fs::try_exists(file(app, import)).await.unwrap_or(false) {
            start(app, import);
        } else if app.db.dialect() == Dialect::Sqlite {
            let problem = "The server stopped, and the file is gone. Import it again: rows that are in already are counted as unchanged.";
            end(app, import, INTERRUPTED, Some(problem)).await?;
        }
    }
    Ok(())
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
            // Another node or task moved it: it is theirs.
            Ok(false) => return Ok(()),
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
    end(app, import, state, problem.as_deref()).await?;
    if let Err(e) = fs::remove_file(file(app, import)).await {
        tracing::warn!(error = %e, "the file of an import cannot be removed");
    }
    Ok(())
}

async fn end(app: &App, import: i64, state: i16, problem: Option<&str>) -> Result<(), AppError> {
    let mut tx = app.db.write().await?;
    store::import::end(&mut tx, import, state, problem, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

fn sentence(error: &AppError) -> String {
    let text = error.to_string();
    let full =
        text.contains("disk is full") || text.contains("No space left") || text.contains("os error 28");
    let why = if full {
        "The disk of the server is full: free some space".into()
    } else {
        format!("The rows could not be written: {text}. Check the database and the disk")
    };
    format!("{why}, then import the file again. Rows that are in already will be counted as unchanged.")
}

/// Writes the batches of one import.
struct Writer {
    import: i64,
    options: Options,
    source: String,
    detail: String,
    list: Option<i64>,
    position: i64,
}

impl Writer {
    async fn new(app: &App, row: &ImportRow) -> Result<Self, AppError> {
        let options: Options = from_json("import options", &row.options)?;
        let list = match &options.list {
            None => None,
            Some(name) => {
                let mut tx = app.db.write().await?;
                let list = store::list::find_or_add(&mut tx, app.id(), name.trim(), app.now()).await?;
                tx.commit().await?;
                Some(list)
            }
        };
        let source = options
            .source
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        Ok(Self {
            import: row.id,
            source: source.unwrap_or("import").to_owned(),
            detail: format!("file {}", row.file_name),
            list,
            position: row.bytes_read,
            options,
        })
    }

    fn reading(&self, app: &App) -> Reading {
        Reading {
            chosen: self.options.columns.clone(),
            delimiter: self.options.delimiter.and_then(|c| u8::try_from(c).ok()),
            region: self
                .options
                .region
                .clone()
                .unwrap_or_else(|| app.config.default_region.clone()),
            from: u64::try_from(self.position).unwrap_or(0),
        }
    }

    /// False when the import is not ours any more.
    async fn write(&mut self, app: &App, part: Part) -> Result<bool, AppError> {
        match part {
            Part::Header(names, first_line) => {
                let path = errors_file(app, self.import);
                let fresh = self.position == 0;
                let done =
                    tokio::task::spawn_blocking(move || begin_errors(&path, &names, first_line, fresh));
                done.await
                    .map_err(io::Error::other)
                    .and_then(|r| r)
                    .map_err(cannot_note)?;
                Ok(true)
            }
            Part::Rows(batch) => self.write_rows(app, batch).await,
        }
    }

    async fn write_rows(&mut self, app: &App, batch: Batch) -> Result<bool, AppError> {
        let changes: Vec<Change> = batch
            .people
            .iter()
            .map(|(_, person)| self.change(person))
            .collect();
        let mut noted = false;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_rows(app, &batch, &changes, &mut noted).await {
                // A duplicate: somebody else created the same profile at this moment; now it is there to update.
                Err(AppError::Store(e)) if tries < TRIES && (e.is_transient() || e.is_duplicate()) => {
                    tracing::warn!(error = %e, "a batch of an import is tried again");
                    let pause = Duration::from_millis(100 << tries);
                    let stopped = app.shutdown.cancelled();
                    if tokio::time::timeout(pause, stopped).await.is_ok() {
                        return Ok(false);
                    }
                }
                result => return result,
            }
        }
    }

    async fn try_rows(
        &mut self,
        app: &App,
        batch: &Batch,
        changes: &[Change],
        noted: &mut bool,
    ) -> Result<bool, AppError> {
        let mut tx = app.db.write().await?;
        let results = write_many(app, &mut tx, changes, &self.source, app.now()).await?;
        let mut progress = Progress {
            rows: (batch.people.len() + batch.bad.len()) as i64,
            invalid: batch.bad.len() as i64,
            ..Progress::default()
        };
        let mut ids = Vec::with_capacity(results.len());
        let mut bad = batch.bad.clone();
        for ((line, person), result) in batch.people.iter().zip(results) {
            match result {
                Ok(written) => {
                    ids.push(written.profile_id);
                    progress.opt_outs_kept += i64::from(written.opt_out_kept);
                    *match written.outcome {
                        Outcome::Created => &mut progress.created,
                        Outcome::Updated => &mut progress.updated,
                        Outcome::Unchanged => &mut progress.unchanged,
                    } += 1;
                }
                Err(problem) => {
                    progress.invalid += 1;
                    bad.push(BadRow {
                        line: *line,
                        reason: problem.to_string(),
                        fields: vec![person.phone.as_str().as_bytes().to_vec()],
                    });
                }
            }
        }
        if let Some(list) = self.list {
            store::list::add(&mut tx, list, &ids).await?;
        }
        let end = i64::try_from(batch.end).unwrap_or(i64::MAX);
        if !store::import::advance(&mut tx, self.import, self.position, end, progress).await? {
            return Ok(false);
        }
        if !*noted {
            bad.sort_by_key(|row| row.line);
            note_errors(app, self.import, &bad).await.map_err(cannot_note)?;
            *noted = true;
        }
        tx.commit().await?;
        self.position = end;
        Ok(true)
    }

    fn change(&self, person: &Person) -> Change {
        let phone = person.phone.as_str().to_owned();
        let mut change = match &person.identity {
            Some(identity) => Change::of(Who::Identity(identity.clone())),
            None => Change::of(Who::Phone(phone.clone())),
        };
        change.phone = Set::To(phone);
        if let Some(name) = &person.name {
            change.name = Set::To(name.clone());
        }
        change.attributes = person.attributes.clone();
        change.wish = match (person.opt_in, self.options.opt_in) {
            (Some(false), _) => Wish::Out,
            (Some(true), OptIn::Column | OptIn::Record) | (None, OptIn::Record) => Wish::In,
            (Some(true), OptIn::Leave) | (None, OptIn::Column | OptIn::Leave) => Wish::Leave,
        };
        if change.wish != Wish::Leave {
            change.detail = Some(self.detail.clone());
        }
        change
    }
}

fn cannot_note(why: io::Error) -> AppError {
    AppError::File {
        what: "the file of bad rows cannot be written or read".into(),
        why,
    }
}

/// Begins the file of bad rows. When an import goes on, rows from `first_line` on will come again and are dropped.
fn begin_errors(path: &PathBuf, names: &[String], first_line: u64, fresh: bool) -> io::Result<()> {
    let kept = path.with_extension("part");
    let mut writer = csv::WriterBuilder::new().flexible(true).from_path(&kept)?;
    writer.write_record(
        ["line", "reason"]
            .into_iter()
            .chain(names.iter().map(String::as_str)),
    )?;
    if !fresh && path.exists() {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
        let mut row = csv::ByteRecord::new();
        while reader.read_byte_record(&mut row)? {
            let line = row
                .get(0)
                .and_then(|field| str::from_utf8(field).ok()?.parse::<u64>().ok());
            if line.is_some_and(|line| line < first_line) {
                writer.write_byte_record(&row)?;
            }
        }
    }
    writer.flush()?;
    drop(writer);
    std::fs::rename(&kept, path)
}

async fn note_errors(app: &App, import: i64, bad: &[BadRow]) -> io::Result<()> {
    if bad.is_empty() {
        return Ok(());
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in bad {
        let line = row.line.to_string();
        let begin = [line.as_bytes(), row.reason.as_bytes()];
        writer.write_record(begin.into_iter().chain(row.fields.iter().map(Vec::as_slice)))?;
    }
    let bytes = writer.into_inner().map_err(|e| io::Error::other(e.to_string()))?;
    let mut file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(errors_file(app, import))
        .await?;
    file.write_all(&bytes).await?;
    file.flush().await
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
