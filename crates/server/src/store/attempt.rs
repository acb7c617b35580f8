//! Attempts to send that are worth telling: all that did not simply succeed, and every one of a message outside campaigns.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch};
use super::{StoreError, Tx, to_json};

/// An attempt worth telling.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct AttemptRow {
    /// Message.
    pub message_id: i64,
    /// From 1.
    pub n: i16,
    /// When the intent was written.
    pub at: i64,
    /// When it ended.
    pub finished_at: i64,
    /// `accepted` or the kind of the error.
    pub outcome: String,
    /// HTTP status of the answer.
    pub http_status: Option<i64>,
    /// What a person reads.
    pub detail: String,
    /// The request, secrets hidden.
    pub request: Option<String>,
    /// The answer, secrets hidden.
    pub answer: Option<String>,
}

const KEEP: Batch = batch!(
    "INSERT INTO attempt (message_id, n, at, finished_at, outcome, http_status, detail, request, answer)
     SELECT
         CAST(r.value ->> 'message_id' AS BIGINT), CAST(r.value ->> 'n' AS SMALLINT),
         CAST(r.value ->> 'at' AS BIGINT), CAST(r.value ->> 'finished_at' AS BIGINT), r.value ->> 'outcome',
         CAST(r.value ->> 'http_status' AS BIGINT), r.value ->> 'detail', r.value ->> 'request', r.value ->> 'answer'
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (message_id, n) DO UPDATE SET
         at = excluded.at, finished_at = excluded.finished_at, outcome = excluded.outcome,
         http_status = excluded.http_status, detail = excluded.detail, request = excluded.request,
         answer = excluded.answer"
);

/// Keeps attempts; a throttled one is overwritten by the next, which has its number.
pub async fn keep(tx: &mut Tx, rows: &[AttemptRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&KEEP);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const OF_MESSAGE: &str = "
SELECT message_id, n, at, finished_at, outcome, http_status, detail, request, answer
FROM attempt
WHERE message_id = $1
ORDER BY n";

/// The kept attempts of a message.
pub async fn of_message(tx: &mut Tx, message: i64) -> Result<Vec<AttemptRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, AttemptRow>(OF_MESSAGE).bind(message).fetch_all(c).await)?)
}

/// An attempt in the log.
#[derive(Debug, Clone, FromRow)]
pub struct Entry {
    /// Message.
    pub message_id: i64,
    /// From 1.
    pub n: i16,
    /// When the intent was written, milliseconds UTC.
    pub at: i64,
    /// When it ended, milliseconds UTC.
    pub finished_at: i64,
    /// `accepted` or the kind of the error.
    pub outcome: String,
    /// HTTP status of the answer.
    pub http_status: Option<i64>,
    /// What a person reads.
    pub detail: String,
    /// The person, E.164.
    pub phone: String,
    /// Campaign.
    pub campaign_id: Option<i64>,
    /// Account.
    pub account_id: i64,
    /// Our number, E.164.
    pub number: String,
}

/// Where a page of the log begins: time, message and number of the last attempt of the page before.
pub type Place = (i64, i64, i16);

const LOG: &str = "
SELECT a.message_id, a.n, a.at, a.finished_at, a.outcome, a.http_status, a.detail, m.phone, m.campaign_id,
       u.account_id, u.phone AS number
FROM attempt a
JOIN message m ON m.id = a.message_id
JOIN number u ON u.id = m.number_id
WHERE (a.finished_at, a.message_id, a.n) < ($1, $2, $3)
  AND ($4 = 0 OR u.account_id = $4)
  AND ($5 = '' OR a.outcome = $5 OR ($5 = 'failed' AND a.outcome <> 'accepted'))
ORDER BY a.finished_at DESC, a.message_id DESC, a.n DESC
LIMIT $6";

/// A page of the log, what ended last first: of one account, with one outcome (`failed`: all but `accepted`) when given.
pub async fn log(
    tx: &mut Tx,
    before: Place,
    account_id: Option<i64>,
    outcome: Option<&str>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, Entry>(LOG)
        .bind(before.0)
        .bind(before.1)
        .bind(before.2)
        .bind(account_id.unwrap_or(0))
        .bind(outcome.unwrap_or_default())
        .bind(limit)
        .fetch_all(c)
        .await)?)
}
