//! Writing the windows of an import, piece by piece: rows, counts, list and bad rows together, or not at all.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::durable::keep_name;
use super::import::{self, OptIn, Options, errors_file};
use super::import_draft;
use super::import_file::{BadRow, Corrections, Reading};
use super::import_window::{
    Piece, Row, Sizes, Waiting, Windows, are_independent, by_number, cut, done, in_file_order, in_order,
};
use super::profile::{Change, Outcome, Set, Who, Wish, write_told};
use super::{App, AppError};
use crate::domain::columns::Person;
use crate::domain::id;
use crate::store::import::{ImportRow, Place, Progress};
use crate::store::turn::Lane;
use crate::store::{self, StoreError, from_json};

/// Tries of a batch while the database is away or busy.
const TRIES: u32 = 6;

/// Writes the windows of one import.
pub(super) struct Writer {
    import: i64,
    options: Options,
    source: String,
    detail: String,
    list: Option<i64>,
    place: Place,
    /// Header and first line of the file, as long as it is open which of its bad rows stay noted.
    unbegun: Option<(Vec<String>, u64)>,
    sizes: Sizes,
    corrections: Corrections,
}

impl Writer {
    pub(super) async fn new(app: &App, row: &ImportRow, sizes: Sizes) -> Result<Self, AppError> {
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
            place: row.place(),
            unbegun: None,
            sizes,
            corrections: import_draft::corrections(app, row.id).await?,
            options,
        })
    }

    pub(super) fn reading(&self, app: &App) -> Reading {
        Reading {
            from: u64::try_from(self.place.read).unwrap_or(0),
            rows: self.sizes.transaction,
            cut: cut(self.place),
            corrections: self.corrections.clone(),
            ..self.options.reading(app)
        }
    }

    /// How its windows are gathered.
    pub(super) fn windows(&self) -> Windows {
        Windows::new(self.sizes, self.place)
    }

    /// The file is open; what is noted of its bad rows and will not come again stays.
    pub(super) async fn begin(
        &mut self,
        app: &App,
        names: Vec<String>,
        first_line: u64,
    ) -> Result<(), AppError> {
        if self.place.done > 0 {
            // Which rows of the window are in is known when it is read.
            self.unbegun = Some((names, first_line));
            return Ok(());
        }
        self.begin_errors(app, names, move |line| line < first_line).await
    }

    async fn begin_errors(
        &self,
        app: &App,
        names: Vec<String>,
        stay: impl Fn(u64) -> bool + Send + 'static,
    ) -> Result<(), AppError> {
        let path = errors_file(app, self.import);
        let done = tokio::task::spawn_blocking(move || begin_errors(&path, &names, stay));
        let done = done.await.map_err(io::Error::other).and_then(|r| r);
        done.map_err(cannot_note)
    }

    /// Writes a window. False when the import is not ours any more, or the server stops.
    pub(super) async fn write(&mut self, app: &App, window: &[Waiting]) -> Result<bool, AppError> {
        for piece in self.pieces(app, window).await? {
            if app.shutdown.is_cancelled() || self.sizes.transactions == 0 {
                return Ok(false);
            }
            if !self.write_piece(app, &piece).await? {
                return Ok(false);
            }
            self.sizes.transactions -= 1;
        }
        Ok(true)
    }

    async fn pieces<'w>(&mut self, app: &App, window: &'w [Waiting]) -> Result<Vec<Piece<'w>>, AppError> {
        if let Some((names, first_line)) = self.unbegun.take() {
            // It goes on in the middle of a window.
            let rows = by_number(window);
            if let Some(done) = done(window, &rows, self.place) {
                let mut settled: HashSet<u64> = rows.iter().take(done).map(|row| row.line).collect();
                settled.extend(window.iter().flat_map(|batch| &batch.bad).map(|bad| bad.line));
                let stay = move |line| line < first_line || settled.contains(&line);
                self.begin_errors(app, names, stay).await?;
                return Ok(in_order(
                    window,
                    &rows,
                    (self.place.read, done, self.place.ids),
                    self.sizes.transaction,
                ));
            }
            tracing::warn!(
                import = id::IMPORT.show(self.import),
                "a part of an import is written again"
            );
            self.begin_errors(app, names, move |line| line < first_line)
                .await?;
            return Ok(in_file_order(window));
        }
        if window.iter().map(|batch| batch.rows.len()).sum::<usize>() <= self.sizes.transaction {
            return Ok(in_file_order(window));
        }
        let rows = by_number(window);
        let mut tx = app.db.read().await?;
        let independent = are_independent(&mut tx, &rows).await?;
        drop(tx);
        if !independent {
            return Ok(in_file_order(window));
        }
        let ids = app.take_ids(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        Ok(in_order(
            window,
            &rows,
            (self.place.read, 0, ids),
            self.sizes.transaction,
        ))
    }

    async fn write_piece(&mut self, app: &App, piece: &Piece<'_>) -> Result<bool, AppError> {
        let change = |row: &&Row| Change {
            id: piece.id(row),
            ..self.change(&row.person())
        };
        let changes: Vec<Change> = piece.rows.iter().map(change).collect();
        let mut noted = false;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_piece(app, piece, &changes, &mut noted).await {
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

    async fn try_piece(
        &mut self,
        app: &App,
        piece: &Piece<'_>,
        changes: &[Change],
        noted: &mut bool,
    ) -> Result<bool, AppError> {
        let mut tx = app.db.write_in(Lane::Bulk).await?;
        let at = app.now();
        let (results, mut done) = write_told(app, &mut tx, changes, &self.source, at).await?;
        let mut progress = Progress {
            rows: (piece.rows.len() + piece.bad.len()) as i64,
            invalid: piece.bad.len() as i64,
            ..Progress::default()
        };
        let mut ids = Vec::with_capacity(results.len());
        let mut bad: Vec<BadRow> = piece.bad.iter().map(|bad| (*bad).clone()).collect();
        for (row, result) in piece.rows.iter().zip(results) {
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
                        line: row.line,
                        reason: problem.to_string(),
                        fields: vec![row.phone().as_bytes().to_vec()],
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
            store::undo::keep(&mut tx, self.import, at, self.list, &done).await?;
        }
        if !store::import::advance(&mut tx, self.import, self.place, piece.to, progress).await? {
            return Ok(false);
        }
        if !*noted {
            bad.sort_by_key(|row| row.line);
            note_errors(app, self.import, &bad).await.map_err(cannot_note)?;
            *noted = true;
        }
        tx.commit().await?;
        self.place = piece.to;
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

/// Begins the file of bad rows. When an import goes on, those whose line is not to `stay` will come again.
pub(super) fn begin_errors(path: &PathBuf, names: &[String], stay: impl Fn(u64) -> bool) -> io::Result<()> {
    let kept = path.with_extension("part");
    let mut writer = csv::WriterBuilder::new().flexible(true).from_path(&kept)?;
    writer.write_record(
        ["line", "reason"]
            .into_iter()
            .chain(names.iter().map(String::as_str)),
    )?;
    if path.exists() {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
        let mut row = csv::ByteRecord::new();
        while reader.read_byte_record(&mut row)? {
            let line = row
                .get(0)
                .and_then(|field| str::from_utf8(field).ok()?.parse::<u64>().ok());
            if line.is_some_and(&stay) {
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
