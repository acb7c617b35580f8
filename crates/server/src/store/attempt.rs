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
