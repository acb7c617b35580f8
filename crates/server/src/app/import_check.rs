//! A dry run of an import: every row is read and judged by the rules of the import, and nothing is written. Memory stays
//! flat: of the rows that were seen, only a hash of who they are about is kept.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use bytes::Bytes;
use futures::Stream;
use serde::Serialize;
use tokio::fs;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::import::{Options, folder, keep};
use super::import_file::{BadRow, Batch, Part, read};
use super::import_write::change_of;
use super::profile::{Change, Outcome, Who, try_many};
use super::{App, AppError};

/// Problems that are told one by one.
const TOLD: usize = 100;
/// Characters of a value that are shown.
const SHOWN: usize = 200;

/// What an import of a file would come to. `rows` is the sum of `new`, `updated`, `unchanged`, `duplicate_in_file` and
/// `invalid`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
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
    /// Rows that cannot be imported.
    pub invalid: u64,
    /// Rows that ask for an opt-in of somebody who opted out: the opt-out would stand.
    pub opt_outs_kept: u64,
    /// People about whose consent nothing would be recorded: no campaign would reach them.
    pub no_consent: u64,
    /// The first hundred problems.
    pub problems: Vec<RowProblem>,
}

/// A row that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportRowProblem)]
pub struct RowProblem {
    /// Line of the file that it begins on, from 1.
    pub line: u64,
    /// The column that is at fault, when it is one.
    pub column: Option<String>,
    /// Why, as a sentence.
    pub reason: String,
    /// What stands in that column; without one, the beginning of the row.
    pub value: String,
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
        keep(&spool.0, body).await
    };
    received.await.map_err(|why| AppError::File {
        what: "the file could not be received".into(),
        why,
    })?;
    let (sender, mut parts) = mpsc::channel(1);
    let (path, reading) = (spool.0.clone(), options.reading(app));
    let reader = tokio::task::spawn_blocking(move || read(&path, &reading, &sender));
    let mut judge = Judge::default();
    while let Some(part) = parts.recv().await {
        match part {
            Part::Header(names, _) => judge.header = names,
            Part::Rows(batch) => judge.rows(app, options, batch).await?,
        }
    }
    reader
        .await
        .unwrap_or_else(|e| Err(format!("The file could not be read to its end: {e}.")))
        .map_err(|sentence| AppError::field("/file", "not_importable", sentence))?;
    judge.check.problems.sort_by_key(|problem| problem.line);
    Ok(judge.check)
}

/// Removes what a stop of the server left of files that were being checked.
pub async fn clean(app: &App) {
    let Ok(mut files) = fs::read_dir(folder(app)).await else {
        return;
    };
    while let Ok(Some(file)) = files.next_entry().await {
        if file.path().extension().is_some_and(|end| end == "check") {
            let _ = fs::remove_file(file.path()).await;
        }
    }
}

#[derive(Default)]
struct Judge {
    check: Check,
    header: Vec<String>,
    /// Who was in the file before.
    seen: HashSet<u64>,
    /// Numbers that the file opted out before.
    out: HashSet<u64>,
}

impl Judge {
    async fn rows(&mut self, app: &App, options: &Options, batch: Batch) -> Result<(), AppError> {
        self.check.rows += (batch.people.len() + batch.bad.len()) as u64;
        for bad in batch.bad {
            self.invalid(bad);
        }
        let mut lines = Vec::with_capacity(batch.people.len());
        let mut changes: Vec<Change> = Vec::with_capacity(batch.people.len());
        for (line, person) in &batch.people {
            let change = change_of(person, options.opt_in);
            let who = match &change.who {
                Who::Identity(identity) => hash(&("identity", identity)),
                Who::Phone(phone) => hash(&("phone", phone)),
            };
            if self.seen.insert(who) {
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
                    *match tried.outcome {
                        Outcome::Created => &mut self.check.new,
                        Outcome::Updated => &mut self.check.updated,
                        Outcome::Unchanged => &mut self.check.unchanged,
                    } += 1;
                    self.check.opt_outs_kept += u64::from(tried.opt_out_kept);
                    self.check.no_consent += u64::from(tried.no_consent);
                }
                Err(problem) => self.invalid(BadRow {
                    line,
                    reason: problem.to_string(),
                    fields: vec![phone.as_bytes().to_vec()],
                    column: None,
                }),
            }
        }
        Ok(())
    }

    fn invalid(&mut self, row: BadRow) {
        self.check.invalid += 1;
        if self.check.problems.len() >= TOLD {
            return;
        }
        let value = match row.column {
            Some(i) => row.fields.get(i).cloned().unwrap_or_default(),
            None => row.fields.join(&b", "[..]),
        };
        self.check.problems.push(RowProblem {
            line: row.line,
            column: row.column.and_then(|i| self.header.get(i).cloned()),
            reason: row.reason,
            value: String::from_utf8_lossy(&value).chars().take(SHOWN).collect(),
        });
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
