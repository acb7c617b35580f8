//! Acts on many people, and how far they are.

use sqlx::FromRow;

use super::db::on;
use super::dialect::Batch;
use super::find::Wanted;
use super::news::Topic::Bulk;
use super::{StoreError, Tx};

/// They are opted out.
pub const OPT_OUT: i16 = 1;
/// They are put on a list.
pub const ONTO_LIST: i16 = 2;

/// There are people left.
pub const RUNNING: i16 = 1;
/// Everybody is done.
pub const FINISHED: i16 = 2;
/// It cannot go on.
pub const FAILED: i16 = 3;
/// A person ended it.
pub const CANCELLED: i16 = 5;

/// A stored act.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct BulkRow {
    /// Id.
    pub id: i64,
    /// [`OPT_OUT`] or [`ONTO_LIST`].
    pub kind: i16,
    /// [`RUNNING`], [`FINISHED`], [`FAILED`] or [`CANCELLED`].
    pub state: i16,
    /// JSON list of profiles; absent: all who are wanted.
    pub ids: Option<String>,
    /// See [`Wanted`].
    pub consent: Option<i16>,
    /// See [`Wanted`].
    pub list_id: Option<i64>,
    /// Profiles with this id and later ones are done, or came after the act.
    pub position: i64,
    /// The list that they are put on.
    pub onto_list: Option<i64>,
    /// Where the decision comes from.
    pub source: String,
    /// How many people there were at the beginning.
    pub total: i64,
    /// How many are done.
    pub done: i64,
    /// How many of them are different now.
    pub changed: i64,
    /// Why it failed, as a sentence.
    pub problem: Option<String>,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub finished_at: Option<i64>,
}

impl BulkRow {
    /// Who it is for, when they are not named.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            consent: self.consent,
            list: self.list_id,
        }
    }
}

const INSERT: &str = "
INSERT INTO bulk_act (id, kind, state, ids, consent, list_id, position, onto_list, source, total, done, changed, problem,
                      created_at, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// Adds an act.
pub async fn insert(tx: &mut Tx, row: &BulkRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.kind)
        .bind(row.state)
        .bind(&row.ids)
        .bind(row.consent)
        .bind(row.list_id)
        .bind(row.position)
        .bind(row.onto_list)
        .bind(&row.source)
        .bind(row.total)
        .bind(row.done)
        .bind(row.changed)
        .bind(&row.problem)
        .bind(row.created_at)
        .bind(row.finished_at)
        .execute(c)
        .await
        .map(drop))?;
    tx.note(Bulk, row.id);
    Ok(())
}

/// All columns, and what comes after them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "
SELECT id, kind, state, ids, consent, list_id, position, onto_list, source, total, done, changed, problem, created_at,
       finished_at
FROM bulk_act
",
            $rest
        )
    };
}

const BY_ID: &str = select!("WHERE id = $1");

/// The act of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<BulkRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?)
}

const PAGE: &str = select!("WHERE id < $1 ORDER BY id DESC LIMIT $2");

/// Acts, newest first, ids below `before`.
pub async fn page(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<BulkRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(PAGE).bind(before).bind(limit).fetch_all(c).await)?)
}

const ANY: &str = "
SELECT id
FROM bulk_act
WHERE state = 1
LIMIT 1";

/// Does one run?
pub async fn any(tx: &mut Tx) -> Result<bool, StoreError> {
    let id: Option<i64> = on!(tx, c => sqlx::query_scalar(ANY).fetch_optional(c).await)?;
    Ok(id.is_some())
}

// On PostgreSQL two nodes do not work on the same act at the same time.
const NEXT: Batch = Batch {
    sqlite: select!("WHERE state = 1 ORDER BY id LIMIT 1"),
    postgres: select!("WHERE state = 1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"),
};

/// The oldest act that runs, locked.
pub async fn next(tx: &mut Tx) -> Result<Option<BulkRow>, StoreError> {
    let sql = tx.dialect().pick(&NEXT);
    Ok(on!(tx, c => sqlx::query_as(sql).fetch_optional(c).await)?)
}

const ADVANCE: &str = "
UPDATE bulk_act
SET position = $2, done = done + $3, changed = changed + $4
WHERE id = $1";

/// Moves an act that is locked on to a profile: those from it on are done.
pub async fn advance(tx: &mut Tx, id: i64, position: i64, done: i64, changed: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADVANCE).bind(id).bind(position).bind(done).bind(changed).execute(c).await.map(drop))?;
    tx.note(Bulk, id);
    Ok(())
}

const END: &str = "
UPDATE bulk_act
SET state = $2, problem = $3, finished_at = $4
WHERE id = $1 AND state = 1";

/// Ends an act; false when it was at its end.
pub async fn end(
    tx: &mut Tx,
    id: i64,
    state: i16,
    problem: Option<&str>,
    now: i64,
) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(END).bind(id).bind(state).bind(problem).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Bulk, id);
    Ok(rows == 1)
}
