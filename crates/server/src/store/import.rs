//! Imports and how far they are.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_texts};
use super::news::Topic::Import;
use super::{StoreError, Tx, to_json};

/// It reads its file.
pub const RUNNING: i16 = 1;
/// It read all of its file.
pub const FINISHED: i16 = 2;
/// It cannot go on.
pub const FAILED: i16 = 3;
/// The server stopped, and its file is gone.
pub const INTERRUPTED: i16 = 4;
/// A person ended it.
pub const CANCELLED: i16 = 5;
/// Its file is there and checked; nothing is written before somebody starts it.
pub const DRAFT: i16 = 6;
/// A person lets it wait.
pub const PAUSED: i16 = 7;

/// What it did stands.
pub const STANDS: i16 = 0;
/// What it did is being undone.
pub const UNDOING: i16 = 1;
/// What it did is undone, as far as that went.
pub const UNDONE: i16 = 2;

/// A stored import.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ImportRow {
    /// Id.
    pub id: i64,
    /// What the person calls the file.
    pub file_name: String,
    /// [`RUNNING`], [`FINISHED`], [`FAILED`], [`INTERRUPTED`], [`CANCELLED`], [`DRAFT`] or [`PAUSED`].
    pub state: i16,
    /// JSON, see [`crate::app::import::Options`].
    pub options: String,
    /// Size of the file.
    pub bytes_total: Option<i64>,
    /// Everything before this byte is done.
    pub bytes_read: i64,
    /// Rows done, good and bad.
    pub rows_read: i64,
    /// New profiles.
    pub created: i64,
    /// Changed profiles.
    pub updated: i64,
    /// Profiles that were so already.
    pub unchanged: i64,
    /// Bad rows.
    pub invalid: i64,
    /// Rows that asked for an opt-in against an opt-out, which stood.
    pub opt_outs_kept: i64,
    /// Why it failed or was interrupted, as a sentence.
    pub problem: Option<String>,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub finished_at: Option<i64>,
    /// Profiles of which it is known what it did to them.
    pub kept: i64,
    /// [`STANDS`], [`UNDOING`] or [`UNDONE`].
    pub undo_state: i16,
    /// JSON of [`crate::domain::undo::Counts`]: what the undo came to so far.
    pub undone: Option<String>,
    /// When it was started or last resumed, milliseconds UTC.
    pub going_since: Option<i64>,
    /// Rows that were done then.
    pub rows_before: i64,
    /// The node whose data folder holds the file.
    pub node_id: Option<i64>,
    /// Where in it: see [`Place`].
    pub window_end: i64,
    /// Where in it: see [`Place`].
    pub window_done: i64,
    /// Where in it: see [`Place`].
    pub window_order: i64,
    /// Where in it: see [`Place`].
    pub window_ids: i64,
}

/// How far an import is: everything before byte `read`, and `done` rows of the window behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Everything before this byte is done.
    pub read: i64,
    /// Where the window ends that is being written in another order than that of the file; 0: none is.
    pub end: i64,
    /// Rows of it that are done, in its order.
    pub done: i64,
    /// A hash of its order.
    pub order: i64,
    /// The id of its first row in the file, should that be somebody new; the rows behind it have those behind it.
    pub ids: i64,
}

impl Place {
    /// At a byte, and in no window.
    pub fn at(read: i64) -> Self {
        Self {
            read,
            ..Self::default()
        }
    }
}

impl ImportRow {
    /// How far it is.
    pub fn place(&self) -> Place {
        Place {
            read: self.bytes_read,
            end: self.window_end,
            done: self.window_done,
            order: self.window_order,
            ids: self.window_ids,
        }
    }
}

const INSERT: &str = "
INSERT INTO import (id, file_name, state, options, bytes_total, bytes_read, rows_read, created, updated, unchanged,
                    invalid, opt_outs_kept, created_at, node_id)
VALUES ($1, $2, $7, $3, $4, 0, 0, 0, 0, 0, 0, 0, $5, $6)";

/// Adds an import at the beginning of its file, which this node has: a running one or a draft.
pub async fn insert(
    tx: &mut Tx,
    (id, node, state): (i64, i64, i16),
    file_name: &str,
    options: &str,
    bytes_total: i64,
    now: i64,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(id)
        .bind(file_name)
        .bind(options)
        .bind(bytes_total)
        .bind(now)
        .bind(node)
        .bind(state)
        .execute(c)
        .await
        .map(drop))?;
    tx.note(Import, id);
    Ok(())
}

const BY_ID: &str = "
SELECT id, file_name, state, options, bytes_total, bytes_read, rows_read, created, updated, unchanged, invalid,
       opt_outs_kept, problem, created_at, finished_at, kept, undo_state, undone, going_since, rows_before,
       node_id, window_end, window_done, window_order, window_ids
FROM import
WHERE id = $1";

/// The import of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<ImportRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ImportRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const PAGE: &str = "
SELECT id, file_name, state, options, bytes_total, bytes_read, rows_read, created, updated, unchanged, invalid,
       opt_outs_kept, problem, created_at, finished_at, kept, undo_state, undone, going_since, rows_before,
       node_id, window_end, window_done, window_order, window_ids
FROM import
WHERE id < $1
ORDER BY id DESC
LIMIT $2";

/// Imports, newest first, ids below `before`.
pub async fn page(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<ImportRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ImportRow>(PAGE).bind(before).bind(limit).fetch_all(c).await)?)
}

/// An import that is not at its end, or was not when its node went.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OpenRow {
    /// Id.
    pub id: i64,
    /// [`RUNNING`] or [`INTERRUPTED`].
    pub state: i16,
    /// The node whose data folder holds the file.
    pub node_id: Option<i64>,
}

const OPEN: &str = "
SELECT id, state, node_id
FROM import
WHERE state IN (1, 4)
ORDER BY id";

/// The imports that run or were interrupted.
pub async fn open(tx: &mut Tx) -> Result<Vec<OpenRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, OpenRow>(OPEN).fetch_all(c).await)?)
}

const RESUME: &str = "
UPDATE import
SET state = 1, problem = NULL, finished_at = NULL, going_since = $3, rows_before = rows_read, checked = NULL
WHERE id = $1 AND state = $2";

/// An import that is in state `from` runs; false when it is not in it.
pub async fn resume(tx: &mut Tx, id: i64, from: i16, now: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(RESUME).bind(id).bind(from).bind(now).execute(c).await
        .map(|r| r.rows_affected()))?;
    tx.note(Import, id);
    Ok(rows == 1)
}

const PAUSE: &str = "
UPDATE import
SET state = 7
WHERE id = $1 AND state = 1";

/// A running import waits; false when it does not run.
pub async fn pause(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(PAUSE).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Import, id);
    Ok(rows == 1)
}

const LOCK_DRAFT: &str = "
UPDATE import
SET state = 6
WHERE id = $1 AND state = 6";

/// Nobody else changes this draft until the transaction ends; false when it is no draft.
pub async fn lock_draft(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(LOCK_DRAFT).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const CHECKED: &str = "
UPDATE import
SET options = $2, checked = $3, bytes_total = $4
WHERE id = $1 AND state = 6";

/// Keeps how a draft is imported, and what the check of it came to.
pub async fn checked(tx: &mut Tx, id: i64, options: &str, check: &str, bytes: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(CHECKED).bind(id).bind(options).bind(check).bind(bytes).execute(c).await
        .map(drop))?;
    tx.note(Import, id);
    Ok(())
}

const CHECK_OF: &str = "
SELECT checked
FROM import
WHERE id = $1";

/// What the last check of a draft came to, as JSON.
pub async fn check_of(tx: &mut Tx, id: i64) -> Result<Option<String>, StoreError> {
    let found =
        on!(tx, c => sqlx::query_scalar::<_, Option<String>>(CHECK_OF).bind(id).fetch_optional(c).await)?;
    Ok(found.flatten())
}

const OLD_DRAFTS: &str = "
SELECT id
FROM import
WHERE state = 6 AND id < $1
ORDER BY id";

/// Drafts older than an id.
pub async fn old_drafts(tx: &mut Tx, before: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar::<_, i64>(OLD_DRAFTS).bind(before).fetch_all(c).await)?)
}

const ABANDONED: &str = "
SELECT i.id
FROM import i
JOIN node n ON n.id = i.node_id
WHERE i.state = 1 AND n.state IN (3, 4)
ORDER BY i.id";

/// Running imports whose node is gone.
pub async fn abandoned(tx: &mut Tx) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar::<_, i64>(ABANDONED).fetch_all(c).await)?)
}

/// What a batch of rows came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows, good and bad.
    pub rows: i64,
    /// New profiles.
    pub created: i64,
    /// Changed profiles.
    pub updated: i64,
    /// Profiles that were so already.
    pub unchanged: i64,
    /// Bad rows.
    pub invalid: i64,
    /// Opt-outs that stood against an opt-in.
    pub opt_outs_kept: i64,
    /// Profiles of which it is kept what was done to them.
    pub kept: i64,
}

const ADVANCE: &str = "
UPDATE import
SET bytes_read = $3,
    rows_read = rows_read + $4,
    created = created + $5,
    updated = updated + $6,
    unchanged = unchanged + $7,
    invalid = invalid + $8,
    opt_outs_kept = opt_outs_kept + $9,
    kept = kept + $10,
    window_end = $11,
    window_done = $12,
    window_order = $13,
    window_ids = $14
WHERE id = $1 AND bytes_read = $2 AND window_done = $15 AND state = 1";

/// Moves an import from one place to another, in the transaction that writes the rows between. False when it does not
/// stand there: somebody else moved it.
pub async fn advance(
    tx: &mut Tx,
    id: i64,
    from: Place,
    to: Place,
    progress: Progress,
) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(ADVANCE)
        .bind(id)
        .bind(from.read)
        .bind(to.read)
        .bind(progress.rows)
        .bind(progress.created)
        .bind(progress.updated)
        .bind(progress.unchanged)
        .bind(progress.invalid)
        .bind(progress.opt_outs_kept)
        .bind(progress.kept)
        .bind(to.end)
        .bind(to.done)
        .bind(to.order)
        .bind(to.ids)
        .bind(from.done)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    tx.note(Import, id);
    Ok(rows == 1)
}

const PHONES_OF: Batch = in_texts!(
    "
SELECT identity, phone
FROM profile
WHERE phone IS NOT NULL AND identity IN",
    ""
);

/// The numbers of these identities, with them; of those that have one.
pub async fn phones_of(tx: &mut Tx, identities: &[&str]) -> Result<Vec<(String, String)>, StoreError> {
    let sql = tx.dialect().pick(&PHONES_OF);
    let json = to_json(identities);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(&json).fetch_all(c).await)?)
}

const END: &str = "
UPDATE import
SET state = $2, problem = $3, finished_at = $4
WHERE id = $1 AND state IN (1, 7)";

/// Ends a running import, also one that was paused when its last row was written.
pub async fn end(
    tx: &mut Tx,
    id: i64,
    state: i16,
    problem: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(END).bind(id).bind(state).bind(problem).bind(now).execute(c).await.map(drop))?;
    tx.note(Import, id);
    Ok(())
}

const CANCEL: &str = "
UPDATE import
SET state = 5, problem = $2, finished_at = $3, checked = NULL
WHERE id = $1 AND state IN (1, 4, 6, 7)";

/// Ends an import that runs, waits or was interrupted, or a draft; false when it was at its end.
pub async fn cancel(tx: &mut Tx, id: i64, problem: &str, now: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(CANCEL)
        .bind(id).bind(problem).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Import, id);
    Ok(rows == 1)
}
