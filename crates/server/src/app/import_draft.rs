//! Imports that wait to be started: the file is received once, checked as often as somebody likes, and its bad rows are
//! corrected. All of it is kept here, so that a closed page loses nothing.

use std::io::Read;

use bytes::Bytes;
use futures::Stream;
use serde::{Deserialize, Serialize};
use tokio::fs;

use super::import::{
    Options, check_name, claim, file, folder, found, insert, keep, keep_names, not_received, raw_file,
    remove_file, turn,
};
use super::import_check::{Check, LONGEST_CORRECTED, RowProblem, judge};
use super::import_file::{BadRow, Corrections, corrected};
use super::import_preview::{LONGEST, Preview, preview};
use super::import_write::change_of;
use super::profile::try_many;
use super::{App, AppError, FieldProblem};
use crate::clock::{DAY, first_id_at};
use crate::domain::columns::{Columns, Person};
use crate::domain::id;
use crate::store::import::{DRAFT, ImportRow};
use crate::store::{self, Tx, from_json, to_json};

/// How long a draft is kept: it holds a copy of somebody's file.
const KEPT: i64 = 7 * DAY;

/// Rows that can be corrected; with more of them, the file is mended better.
const MOST: usize = 1_000;

/// What the last check came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Checked {
    check: Check,
    header: Vec<String>,
}

/// An import that waits to be started.
#[derive(Debug)]
pub struct Draft {
    /// The import.
    pub row: ImportRow,
    /// How it is read.
    pub options: Options,
    /// The beginning of its file.
    pub preview: Preview,
    /// What it would come to.
    pub check: Check,
}

/// The corrected rows of an import.
pub(super) async fn corrections(app: &App, import: i64) -> Result<Corrections, AppError> {
    let mut tx = app.db.read().await?;
    let rows = store::correction::of(&mut tx, import).await?;
    let mut corrections = Corrections::new();
    for (line, fields) in rows {
        let line = u64::try_from(line).unwrap_or_default();
        corrections.insert(line, from_json("a corrected row", &fields)?);
    }
    Ok(corrections)
}

/// Receives a file, judges every row of it, and keeps it until somebody starts the import.
///
/// # Errors
/// Wrong options, a file that cannot be imported at all, trouble with disk or database.
pub async fn receive<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    app: &App,
    file_name: &str,
    options: &Options,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Draft, AppError> {
    options.check()?;
    check_name(file_name)?;
    let import = app.id();
    let raw = raw_file(app, import);
    let part = raw.with_extension("part");
    let received = async {
        fs::create_dir_all(folder(app)).await?;
        keep(&part, body).await?;
        fs::rename(&part, &raw).await
    };
    let kept = async {
        received.await.map_err(not_received)?;
        let checked = judged(app, import, options, &Corrections::new()).await?;
        insert(app, import, DRAFT, file_name, options, length(app, import).await).await?;
        note(app, import, options, &checked, false).await
    };
    match kept.await {
        Ok(()) => show(app, import, None).await,
        Err(e) => {
            let _ = fs::remove_file(&part).await;
            remove_file(app, import).await;
            let _ = fs::remove_file(super::import::errors_file(app, import)).await;
            Err(e)
        }
    }
}

async fn length(app: &App, import: i64) -> i64 {
    let length = fs::metadata(file(app, import)).await.map_or(0, |data| data.len());
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Makes the text of a draft, and judges its rows.
async fn judged(
    app: &App,
    import: i64,
    options: &Options,
    corrections: &Corrections,
) -> Result<Checked, AppError> {
    let text = file(app, import);
    let encoding = turn(&raw_file(app, import), &text, options)
        .await
        .map_err(not_received)?;
    keep_names(&text).await.map_err(not_received)?;
    let judge = judge(app, options, &text, corrections, Some(import)).await?;
    let mut check = Check {
        encoding,
        ..judge.check
    };
    for problem in check.problems.iter_mut().filter(|problem| problem.corrected) {
        let fields = corrections.get(&problem.line).cloned();
        problem.value = fields.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        problem.fields = fields;
    }
    Ok(Checked {
        check,
        header: judge.header,
    })
}

async fn note(
    app: &App,
    import: i64,
    options: &Options,
    checked: &Checked,
    forget: bool,
) -> Result<(), AppError> {
    let bytes = length(app, import).await;
    let mut tx = app.db.write().await?;
    lock(&mut tx, import).await?;
    if forget {
        store::correction::forget(&mut tx, import).await?;
    }
    store::import::checked(&mut tx, import, &to_json(options), &to_json(checked), bytes).await?;
    tx.commit().await?;
    Ok(())
}

/// Nobody else changes the draft until the transaction ends.
async fn lock(tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let draft = store::import::lock_draft(tx, import).await?;
    let row = found(tx, import).await?;
    if draft { Ok(row) } else { Err(no_draft(&row)) }
}

fn no_draft(row: &ImportRow) -> AppError {
    AppError::conflict(
        "import_begun",
        format!(
            "The import of \"{}\" does not wait to be started any more.",
            row.file_name
        ),
        "Look at its state. To import with other columns, choose the file again.",
    )
}

async fn draft(app: &App, import: i64) -> Result<(ImportRow, Options), AppError> {
    let mut tx = app.db.read().await?;
    let row = found(&mut tx, import).await?;
    if row.state != DRAFT {
        return Err(no_draft(&row));
    }
    let options = from_json("import options", &row.options)?;
    Ok((row, options))
}

/// The file of the draft is locked for as long as the value lives.
async fn only(app: &App, row: &ImportRow) -> Result<Option<std::fs::File>, AppError> {
    claim(&raw_file(app, row.id)).await.ok_or_else(|| {
        AppError::conflict(
            "import_being_checked",
            format!("\"{}\" is being checked at this moment.", row.file_name),
            "Wait until that is done, then repeat this.",
        )
    })
}

fn elsewhere(row: &ImportRow) -> AppError {
    AppError::conflict(
        "file_elsewhere",
        format!("The file \"{}\" is not on this server.", row.file_name),
        "Choose the file again. Where several servers share the work, one browser should always reach the same one.",
    )
}

/// Judges all rows again, read in another way. Corrections stay as long as rows and fields are the same ones.
///
/// # Errors
/// As with [`receive`]; it waits no more, or its file is elsewhere.
pub async fn check(app: &App, import: i64, options: &Options) -> Result<Draft, AppError> {
    options.check()?;
    let (row, before) = draft(app, import).await?;
    let Some(_only) = only(app, &row).await? else {
        return Err(elsewhere(&row));
    };
    let rows_of = |options: &Options| {
        let header = options.header.unwrap_or(true);
        (options.encoding.clone(), options.delimiter, header)
    };
    let same = rows_of(&before) == rows_of(options);
    let corrections = if same {
        corrections(app, import).await?
    } else {
        Corrections::new()
    };
    let checked = judged(app, import, options, &corrections).await?;
    note(app, import, options, &checked, !same).await?;
    drop(_only);
    show(app, import, None).await
}

/// A draft as it is; the beginning of its file as `read` has it, when that is given.
///
/// # Errors
/// There is none, or its file is elsewhere.
pub async fn show(app: &App, import: i64, read: Option<&Options>) -> Result<Draft, AppError> {
    let (row, options) = draft(app, import).await?;
    let path = raw_file(app, import);
    let beginning = tokio::task::spawn_blocking(move || {
        let mut start = Vec::new();
        std::fs::File::open(path)?
            .take(LONGEST as u64)
            .read_to_end(&mut start)?;
        Ok::<_, std::io::Error>(start)
    });
    let Ok(Ok(start)) = beginning.await else {
        return Err(elsewhere(&row));
    };
    let mut tx = app.db.read().await?;
    let checked: Option<String> = store::import::check_of(&mut tx, import).await?;
    drop(tx);
    let checked: Checked = from_json("a check", checked.as_deref().unwrap_or_default())?;
    Ok(Draft {
        preview: preview(app, read.unwrap_or(&options), &start)?,
        check: checked.check,
        row,
        options,
    })
}

/// Puts other fields in the place of those of bad rows, each by the line that it begins on. What fits now is what the
/// import will take.
///
/// # Errors
/// A line that is no bad row of the last check, fields that are too many or too few; it waits no more.
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    import: i64,
    rows: &[(u64, Vec<String>)],
) -> Result<Check, AppError> {
    let row = lock(tx, import).await?;
    let _only = only(app, &row).await?;
    let options: Options = from_json("import options", &row.options)?;
    let stored = store::import::check_of(tx, import).await?.unwrap_or_default();
    let Checked { mut check, header } = from_json("a check", &stored)?;
    refuse(&check, &header, rows)?;
    if store::correction::of(tx, import).await?.len() + rows.len() > MOST {
        let detail = format!(
            "At most {MOST} rows are corrected here. Mend the others in the file, and choose it again."
        );
        return Err(AppError::field("/rows", "too_many", detail));
    }
    let region = options.reading(app).region;
    let columns = Columns::of(header.clone(), &options.columns, &region)
        .map_err(|problem| AppError::field("/file", "not_importable", problem.to_string()))?;
    for (line, fields) in rows {
        let judged = match corrected(*line, fields, &columns, &region) {
            Ok(person) => tried(app, tx, &person, &options, (*line, fields)).await?,
            Err(bad) => Err(bad),
        };
        let Some(problem) = check.problems.iter_mut().find(|problem| problem.line == *line) else {
            continue;
        };
        let before = problem.corrected;
        *problem = match &judged {
            Ok(()) => RowProblem::corrected(*line, fields.join(", ")),
            Err(bad) => RowProblem::of(bad, &header, b','),
        };
        problem.fields = Some(fields.clone());
        match (before, judged.is_ok()) {
            (false, true) => {
                check.invalid -= 1;
                check.corrected += 1;
            }
            (true, false) => {
                check.invalid += 1;
                check.corrected -= 1;
            }
            _ => {}
        }
        let line = i64::try_from(*line).unwrap_or(i64::MAX);
        store::correction::put(tx, import, line, &to_json(fields)).await?;
    }
    let checked = Checked { check, header };
    let bytes = row.bytes_total.unwrap_or_default();
    store::import::checked(tx, import, &row.options, &to_json(&checked), bytes).await?;
    Ok(checked.check)
}

/// Would the profile take it?
async fn tried(
    app: &App,
    tx: &mut Tx,
    person: &Person,
    options: &Options,
    (line, fields): (u64, &[String]),
) -> Result<Result<(), BadRow>, AppError> {
    let change = change_of(person, options.opt_in);
    let (tried, _) = try_many(app, tx, &[change], |_| false).await?;
    Ok(match tried.into_iter().next() {
        Some(Err(problem)) => Err(BadRow {
            line,
            reason: problem.to_string(),
            fields: fields.iter().map(|field| field.clone().into_bytes()).collect(),
            column: None,
        }),
        _ => Ok(()),
    })
}

fn refuse(check: &Check, header: &[String], rows: &[(u64, Vec<String>)]) -> Result<(), AppError> {
    let mut wrong = Vec::new();
    for (i, (line, fields)) in rows.iter().enumerate() {
        if !check.problems.iter().any(|problem| problem.line == *line) {
            let detail = format!("Line {line} is none of the bad rows that the last check told.");
            wrong.push(FieldProblem::new(format!("/rows/{i}/line"), "unknown", detail));
        }
        let pointer = format!("/rows/{i}/fields");
        if fields.len() != header.len() {
            let detail = format!("Give {} fields, one for each column.", header.len());
            wrong.push(FieldProblem::new(pointer, "wrong_count", detail));
        } else if fields.iter().map(String::len).sum::<usize>() > LONGEST_CORRECTED {
            let detail = "The row is too long to be corrected here. Mend it in the file.";
            wrong.push(FieldProblem::new(pointer, "too_long", detail));
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(wrong))
    }
}

/// The import begins. The node that has the file takes it up.
///
/// # Errors
/// It waits no more, or is being checked.
pub async fn begin(app: &App, tx: &mut Tx, import: i64) -> Result<ImportRow, AppError> {
    let row = lock(tx, import).await?;
    let _only = only(app, &row).await?;
    store::import::resume(tx, import, DRAFT, app.now()).await?;
    found(tx, import).await
}

/// Forgets drafts that nobody started, and the files of those that are none any more.
pub async fn forget_old(app: &App) -> Result<(), AppError> {
    let mut tx = app.db.write().await?;
    for import in store::import::old_drafts(&mut tx, first_id_at(app.now() - KEPT)).await? {
        super::import::cancel(app, &mut tx, import).await?;
    }
    tx.commit().await?;
    // A short look once an hour, and not in a thread of its own: a seed must play the same story every time.
    let files = std::fs::read_dir(folder(app)).into_iter().flatten().flatten();
    let raw = files.filter_map(|entry| {
        let path = entry.path();
        let raw = path.extension().is_some_and(|end| end == "raw");
        path.file_stem()
            .and_then(|stem| stem.to_str())
            .filter(|_| raw)
            .and_then(|name| id::IMPORT.read(name))
    });
    for import in raw.collect::<Vec<i64>>() {
        let mut tx = app.db.read().await?;
        let row = store::import::by_id(&mut tx, import).await?;
        if row.is_some_and(|row| row.state == store::import::CANCELLED) {
            remove_file(app, import).await;
        }
    }
    Ok(())
}
