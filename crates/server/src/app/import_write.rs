//! Writing the batches of an import: rows, counts, list and bad rows together, or not at all.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::durable::keep_name;
use super::import::{self, OptIn, Options, errors_file};
use super::import_draft;
use super::import_file::{BadRow, Batch, Corrections, Part, Reading};
use super::profile::{Change, Outcome, Set, Who, Wish, write_told};
use super::{App, AppError};
use crate::domain::columns::Person;
use crate::store::import::{ImportRow, Progress};
use crate::store::turn::Lane;
use crate::store::{self, StoreError, from_json};

/// Tries of a batch while the database is away or busy.
const TRIES: u32 = 6;

/// Writes the batches of one import.
pub(super) struct Writer {
    import: i64,
    options: Options,
    source: String,
    detail: String,
    list: Option<i64>,
    position: i64,
    corrections: Corrections,
}

impl Writer {
    pub(super) async fn new(app: &App, row: &ImportRow) -> Result<Self, AppError> {
        let options: Options = from_json("import options", &row.options)?;
        let list = match &options.list {
            None => None,
            Some(name) => {
                let mut tx = app.db.write_in(Lane::Bulk).await?;
                let source = format!("import: {}", row.file_name);
                let new = (app.id(), name.trim());
                let list = store::list::find_or_make(&mut tx, new, Some(&source), app.now()).await?;
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
            detail: proof(row),
            list,
            position: row.bytes_read,
            corrections: import_draft::corrections(app, row.id).await?,
            options,
        })
    }

    pub(super) fn reading(&self, app: &App) -> Reading {
        Reading {
            from: u64::try_from(self.position).unwrap_or(0),
            corrections: self.corrections.clone(),
            ..self.options.reading(app)
        }
    }

    /// False when the import is not ours any more.
    pub(super) async fn write(&mut self, app: &App, part: Part) -> Result<bool, AppError> {
        match part {
            Part::Header(names, _, first_line) => {
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
                Err(AppError::Store(e)) if tries < TRIES && is_worth_another_try(&e) => {
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
        let mut tx = app.db.write_in(Lane::Bulk).await?;
        let at = app.now();
        let (results, mut done) = write_told(app, &mut tx, changes, &self.source, at).await?;
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
                        column: None,
                    });
                }
            }
        }
        if let Some(list) = self.list {
            let made: HashSet<i64> = done.made.iter().copied().collect();
            ids.retain(|id| !made.contains(id));
            store::list::add(&mut tx, list, &done.made).await?;
            done.listed = store::list::add_new(&mut tx, list, &ids).await?;
        }
        if !done.is_empty() {
            progress.kept = done.people() as i64;
            store::undo::keep(&mut tx, self.import, (self.position, at), self.list, &done).await?;
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
        let mut change = change_of(person, self.options.opt_in);
        if change.wish != Wish::Leave {
            change.detail = Some(self.detail.clone());
        }
        change
    }
}

/// The proof of consent that an import brings.
pub(super) fn proof(row: &ImportRow) -> String {
    format!("file {}", row.file_name)
}

/// What a row of a file asks for.
pub(super) fn change_of(person: &Person, opt_in: OptIn) -> Change {
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
    change.wish = match (person.opt_in, opt_in) {
        (Some(false), _) => Wish::Out,
        (Some(true), OptIn::Column | OptIn::Record) | (None, OptIn::Record) => Wish::In,
        (Some(true), OptIn::Leave) | (None, OptIn::Column | OptIn::Leave) => Wish::Leave,
    };
    change
}

/// A full disk does not empty itself.
fn is_worth_another_try(error: &StoreError) -> bool {
    (error.is_transient() && !import::is_full(&error.to_string())) || error.is_duplicate()
}

pub(super) fn cannot_note(why: io::Error) -> AppError {
    AppError::File {
        what: "the file of bad rows cannot be written or read".into(),
        why,
    }
}

/// Begins the file of bad rows. When an import goes on, rows from `first_line` on will come again and are dropped.
pub(super) fn begin_errors(path: &PathBuf, names: &[String], first_line: u64, fresh: bool) -> io::Result<()> {
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
    writer.get_ref().sync_all()?;
    drop(writer);
    std::fs::rename(&kept, path)?;
    keep_name(path)
}

pub(super) async fn note_errors(app: &App, import: i64, bad: &[BadRow]) -> io::Result<()> {
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
    file.flush().await?;
    // The transaction that counts them follows.
    file.sync_data().await
}
