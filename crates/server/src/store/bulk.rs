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
/// They are taken off a list.
pub const OFF_LIST: i16 = 3;

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
    /// [`OPT_OUT`], [`ONTO_LIST`] or [`OFF_LIST`].
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
    /// The list that they are put on or taken off.
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
    /// It is for recipients of this campaign.
    pub campaign_id: Option<i64>,
    /// JSON of which.
    pub recipients: Option<String>,
    /// Recipients up to this number, or people left out up to this profile, are done.
    pub reached: Option<String>,
    /// JSON of the conditions that must hold; the others are only looked at.
    pub conditions: Option<String>,
    /// For how many of those who are done the act was; absent: for all.
    pub matched: Option<i64>,
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
                      created_at, finished_at, campaign_id, recipients, conditions, matched)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

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
        .bind(row.campaign_id)
        .bind(&row.recipients)
        .bind(&row.conditions)
        .bind(row.matched)
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
       finished_at, campaign_id, recipients, reached, conditions, matched
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
SET position = $2, reached = COALESCE($3, reached), done = done + $4, matched = matched + $5, changed = changed + $6
WHERE id = $1";

/// How far an act came in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advance {
    /// Profiles from this one on are done.
    pub position: i64,
    /// See [`BulkRow::reached`].
    pub reached: Option<String>,
    /// Done.
    pub done: i64,
    /// Those of them whom the act was for.
    pub matched: i64,
    /// Those of them who are different now.
    pub changed: i64,
}

/// Moves an act that is locked on.
pub async fn advance(tx: &mut Tx, id: i64, by: &Advance) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADVANCE)
        .bind(id).bind(by.position).bind(&by.reached).bind(by.done).bind(by.matched).bind(by.changed)
        .execute(c).await.map(drop))?;
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
