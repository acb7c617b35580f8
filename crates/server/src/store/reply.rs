//! Which message of a campaign a person answered.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch};
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// A message of a campaign that a person may have answered.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Candidate {
    /// Message.
    pub id: i64,
    /// Number that it left from.
    pub number_id: i64,
    /// The person.
    pub phone: String,
}

// Campaign by campaign: the unique index finds the one message of a person in each. The cross joins and the plus keep SQLite
// from walking through all messages of the last days instead.
const CANDIDATES: Batch = batch!(
    "
SELECT m.id, m.number_id, m.phone
FROM campaign c
CROSS JOIN (
    SELECT CAST(r.value ->> 0 AS BIGINT) AS number_id, r.value ->> 1 AS phone
    FROM",
    rows,
    ") AS p
CROSS JOIN message m
WHERE c.state >= 3 AND (c.finished_at IS NULL OR c.finished_at >= $2)
    AND m.campaign_id = c.id AND m.campaign_id IS NOT NULL AND m.phone = p.phone AND m.number_id = p.number_id
    AND +m.id >= $3 AND m.state IN (20, 25, 30, 40, 50)
ORDER BY +m.id"
);

/// What campaigns sent to these people from these numbers, with ids from `first_id` on and campaigns that ended at
/// `ended_after` or later; oldest first.
pub async fn candidates(
    tx: &mut Tx,
    people: &[(i64, &str)],
    ended_after: Millis,
    first_id: i64,
) -> Result<Vec<Candidate>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&CANDIDATES);
    Ok(on!(tx, c => sqlx::query_as::<_, Candidate>(sql)
        .bind(to_json(people))
        .bind(ended_after)
        .bind(first_id)
        .fetch_all(c)
        .await)?)
}

/// The answer to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// The message that was answered.
    pub id: i64,
    /// When.
    pub at: Millis,
}

const MARK: Batch = batch!(
    "
UPDATE message
SET replied_at = v.at
FROM (
    SELECT CAST(r.value ->> 'id' AS BIGINT) AS id, CAST(r.value ->> 'at' AS BIGINT) AS at
    FROM",
    rows,
    ") AS v
WHERE message.id = v.id AND message.campaign_id IS NOT NULL AND message.replied_at IS NULL
RETURNING message.campaign_id"
);

/// Marks messages of campaigns as answered, each at most once in `rows`. Answers the campaign of each that was not marked
/// before.
pub async fn mark(tx: &mut Tx, rows: &[Answered]) -> Result<Vec<i64>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&MARK);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(rows)).fetch_all(c).await)?)
}
