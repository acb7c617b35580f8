//! Crowds of the demo: lists of fictional people who behave alike.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// A crowd.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CrowdRow {
    /// Its list.
    pub list_id: i64,
    /// Which of the fictional people is the first in it; the others follow.
    pub first_index: i64,
    /// How many.
    pub people: i64,
    /// How they behave, by name.
    pub behaviour: String,
}

const INSERT: &str = "
INSERT INTO demo_crowd (list_id, first_index, people, behaviour)
VALUES ($1, $2, $3, $4)";

/// Keeps a new crowd.
pub async fn insert(tx: &mut Tx, row: &CrowdRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.list_id)
        .bind(row.first_index)
        .bind(row.people)
        .bind(&row.behaviour)
        .execute(c).await.map(drop))?;
    Ok(())
}

const ALL: &str = "
SELECT list_id, first_index, people, behaviour
FROM demo_crowd
ORDER BY first_index";

/// All crowds, in the order of their numbers.
pub async fn all(tx: &mut Tx) -> Result<Vec<CrowdRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

const END: &str = "
SELECT COALESCE(MAX(first_index + people), 0)
FROM demo_crowd";

/// The first of the fictional people who is behind all crowds; 0 without one.
pub async fn end(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(END).fetch_one(c).await)?)
}

const FORGET: &str = "
DELETE FROM demo_crowd
WHERE list_id = $1";

/// Forgets a crowd that did not come about.
pub async fn forget(tx: &mut Tx, list_id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGET).bind(list_id).execute(c).await.map(drop))?;
    Ok(())
}

const IMPORTS: &str = "
SELECT i.id
FROM import i
JOIN demo_item d ON d.id = i.id
WHERE d.kind = 'import' AND i.state IN (1, 4, 7)";

/// Imports of the demo that run, wait or were interrupted.
pub async fn open_imports(tx: &mut Tx) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(IMPORTS).fetch_all(c).await)?)
}
