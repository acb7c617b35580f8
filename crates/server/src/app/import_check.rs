//! A dry run of an import: every row is read and judged by the rules of the import, and nothing is written. Memory stays
//! flat: of the rows that were seen, only a hash of who they are about is kept.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::Stream;
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::import::{Options, errors_file, folder, keep, not_received, turn};
use super::import_file::{BadRow, Batch, Corrections, Part, read};
use super::import_write::{begin_errors, cannot_note, change_of, note_errors};
use super::profile::{Change, Outcome, Who, try_many};
use super::{App, AppError};

/// Problems that are told one by one.
const TOLD: usize = 100;
/// Bytes of a row that can be corrected, at most.
pub(super) const LONGEST_CORRECTED: usize = 16 << 10;
/// Characters of a value that are shown.
const SHOWN: usize = 200;

/// What an import of a file would come to. `rows` is the sum of `new`, `updated`, `unchanged`, `duplicate_in_file`,
/// `corrected` and `invalid`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportCheck)]
pub struct Check {
    /// Rows, good and bad.
    pub rows: u64,
    /// People who would get a profile.
    pub new: u64,
    /// Profiles that would change.
    pub updated: u64,
    /// Profiles that are so already.
    pub unchanged: u64,
    /// Rows about a person whom an earlier row is about. The import takes them too: the last one counts.
    pub duplicate_in_file: u64,
    /// Rows that somebody corrected, and that are taken as corrected.
    pub corrected: u64,
    /// Rows that cannot be imported.
    pub invalid: u64,
    /// Rows that ask for an opt-in of somebody who opted out: the opt-out would stand.
    pub opt_outs_kept: u64,
    /// People about whose consent nothing would be recorded: no campaign would reach them.
    pub no_consent: u64,
    /// The encoding of the file: the one that was given, or the most likely one.
    pub encoding: String,
    /// The first hundred problems, and the rows that were corrected.
    pub problems: Vec<RowProblem>,
}

/// A row that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportRowProblem)]
pub struct RowProblem {
    /// Line of the file that it begins on, from 1.
    pub line: u64,
    /// The column that is at fault, when it is one.
    pub column: Option<String>,
    /// Why, as a sentence; empty when it is corrected.
    pub reason: String,
    /// What stands in that column; without one, the beginning of the row.
    pub value: String,
    /// Its fields, to be corrected; absent when it is too long for that.
    pub fields: Option<Vec<String>>,
    /// Somebody corrected it, and it is taken as corrected.
    pub corrected: bool,
}

/// A file that goes with the value.
struct Spool(PathBuf);

impl Drop for Spool {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Receives a file and judges every row of it.
///
/// # Errors
/// Wrong options, a file that cannot be imported at all, trouble with disk or database.
pub async fn check<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    app: &App,
    options: &Options,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Check, AppError> {
    options.check()?;
    let spool = Spool(folder(app).join(format!("{}.check", app.id())));
    let received = async {
        fs::create_dir_all(folder(app)).await?;
        keep(&spool.0, body).await?;
        turn(&spool.0, &spool.0, options).await
    };
    let encoding = received.await.map_err(not_received)?;
    let judge = judge(app, options, &spool.0, &Corrections::new(), None).await?;
    Ok(Check {
        encoding,
        ..judge.check
    })
}

/// Judges every row of a file in UTF-8; the bad ones are noted in the file of bad rows of `import`.
pub(super) async fn judge(
    app: &App,
    options: &Options,
    path: &Path,
    corrections: &Corrections,
    import: Option<i64>,
) -> Result<Judge, AppError> {
    let (sender, mut parts) = mpsc::channel(1);
    let mut reading = options.reading(app);
    reading.corrections.clone_from(corrections);
    let path = path.to_owned();
    let reader = tokio::task::spawn_blocking(move || read(&path, &reading, &sender));
    let mut judge = Judge {
        corrected: corrections.keys().copied().collect(),
        import,
        ..Judge::default()
    };
    while let Some(part) = parts.recv().await {
        match part {
            Part::Header(names, delimiter, _) => {
                if let Some(import) = import {
                    let (path, names) = (errors_file(app, import), names.clone());
                    let begun = tokio::task::spawn_blocking(move || begin_errors(&path, &names, |_| false));
                    let begun = begun.await.map_err(io::Error::other).and_then(|r| r);
                    begun.map_err(cannot_note)?;
                }
                (judge.header, judge.delimiter) = (names, delimiter);
            }
            Part::Rows(batch) => judge.rows(app, options, batch).await?,
        }
    }
    reader
        .await
        .unwrap_or_else(|e| Err(format!("The file could not be read to its end: {e}.")))
        .map_err(|sentence| AppError::field("/file", "not_importable", sentence))?;
    judge.check.problems.sort_by_key(|problem| problem.line);
    Ok(judge)
}

/// Removes what a stop of the server left of files that were being checked.
pub async fn clean(app: &App) {
    let Ok(mut files) = fs::read_dir(folder(app)).await else {
        return;
    };
    while let Ok(Some(file)) = files.next_entry().await {
        if file
            .path()
            .extension()
            .is_some_and(|end| end == "check" || end == "turned")
        {
            let _ = fs::remove_file(file.path()).await;
        }
    }
}

/// Judges rows, and counts.
#[derive(Default)]
pub(super) struct Judge {
    pub(super) check: Check,
    pub(super) header: Vec<String>,
    delimiter: u8,
    /// Whose file of bad rows they are noted in.
    import: Option<i64>,
    /// Lines that somebody corrected.
    corrected: HashSet<u64>,
    /// Problems that are told.
    told: usize,
    /// Who was in the file before.
    seen: HashSet<u64>,
    /// Numbers that the file opted out before.
    out: HashSet<u64>,
}

impl Judge {
    async fn rows(&mut self, app: &App, options: &Options, batch: Batch) -> Result<(), AppError> {
        self.check.rows += (batch.people.len() + batch.bad.len()) as u64;
        let mut bad = batch.bad;
        let mut lines = Vec::with_capacity(batch.people.len());
        let mut changes: Vec<Change> = Vec::with_capacity(batch.people.len());
        for (line, person) in &batch.people {
            let change = change_of(person, options.opt_in);
            let who = match &change.who {
                Who::Identity(identity) => hash(&("identity", identity)),
                Who::Phone(phone) => hash(&("phone", phone)),
            };
            if self.seen.insert(who) || self.corrected.contains(line) {
                lines.push((*line, person.phone.as_str()));
                changes.push(change);
            } else {
                self.check.duplicate_in_file += 1;
            }
        }
        let mut tx = app.db.read().await?;
        let (tried, opted_out) =
            try_many(app, &mut tx, &changes, |phone| self.out.contains(&hash(&phone))).await?;
        drop(tx);
        self.out
            .extend(opted_out.iter().map(|phone| hash(&phone.as_str())));
        for ((line, phone), tried) in lines.into_iter().zip(tried) {
            match tried {
                Ok(tried) => {
                    if self.corrected.contains(&line) {
                        self.check.corrected += 1;
                        self.check
                            .problems
                            .push(RowProblem::corrected(line, String::new()));
                        continue;
                    }
                    *match tried.outcome {
                        Outcome::Created => &mut self.check.new,
                        Outcome::Updated => &mut self.check.updated,
                        Outcome::Unchanged => &mut self.check.unchanged,
                    } += 1;
                    self.check.opt_outs_kept += u64::from(tried.opt_out_kept);
                    self.check.no_consent += u64::from(tried.no_consent);
                }
                Err(problem) => bad.push(BadRow {
                    line,
                    reason: problem.to_string(),
                    fields: vec![phone.as_bytes().to_vec()],
                    column: None,
                }),
            }
        }
        bad.sort_by_key(|row| row.line);
        if let Some(import) = self.import {
            note_errors(app, import, &bad).await.map_err(cannot_note)?;
        }
        for row in bad {
            self.invalid(row);
        }
        Ok(())
    }

    fn invalid(&mut self, row: BadRow) {
        self.check.invalid += 1;
        self.told += 1;
        if self.told <= TOLD {
            let problem = RowProblem::of(&row, &self.header, self.delimiter);
            self.check.problems.push(problem);
        }
    }
}

impl RowProblem {
    /// A row that is taken as somebody corrected it.
    pub(super) fn corrected(line: u64, value: String) -> Self {
        Self {
            line,
            column: None,
            reason: String::new(),
            value,
            fields: None,
            corrected: true,
        }
    }

    pub(super) fn of(row: &BadRow, header: &[String], delimiter: u8) -> Self {
        let value = match row.column {
            Some(i) => row.fields.get(i).cloned().unwrap_or_default(),
            None => row.fields.join(&b", "[..]),
        };
        Self {
            line: row.line,
            column: row.column.and_then(|i| header.get(i).cloned()),
            reason: row.reason.clone(),
            value: String::from_utf8_lossy(&value).chars().take(SHOWN).collect(),
            fields: fields_of(row, header.len(), delimiter),
            corrected: false,
        }
    }
}

/// The fields of a bad row, one for each column. The first line of a torn row is parted as if it had no quotes.
fn fields_of(row: &BadRow, columns: usize, delimiter: u8) -> Option<Vec<String>> {
    let long: usize = row.fields.iter().map(Vec::len).sum();
    if row.fields.is_empty() || long > LONGEST_CORRECTED {
        return None;
    }
    let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_owned();
    let mut fields: Vec<String> = match row.fields.as_slice() {
        [line] if columns > 1 => {
            let parts = line.split(|byte| *byte == delimiter);
            parts
                .map(|part| text(part).trim_matches('"').to_owned())
                .collect()
        }
        fields => fields.iter().map(|field| text(field)).collect(),
    };
    // What is too much stands in the last one, where a person sees it.
    if fields.len() > columns {
        let last = fields
            .split_off(columns - 1)
            .join(&char::from(delimiter).to_string());
        fields.push(last);
    }
    fields.resize(columns, String::new());
    Some(fields)
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
