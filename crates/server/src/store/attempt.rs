//! Attempts to send that are worth telling: all that did not simply succeed, and every one of a message outside campaigns.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
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

/// Which attempts of the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Of this account.
    pub account_id: Option<i64>,
    /// With this outcome; `failed`: all but `accepted`.
    pub outcome: Option<&'a str>,
    /// Ended at this moment or later, milliseconds UTC; 0: whenever.
    pub since: i64,
    /// To send these messages.
    pub messages: Option<&'a [i64]>,
}

const LOG: &str = "
SELECT a.message_id, a.n, a.at, a.finished_at, a.outcome, a.http_status, a.detail, m.phone, m.campaign_id,
       u.account_id, u.phone AS number
FROM attempt a
JOIN message m ON m.id = a.message_id
JOIN number u ON u.id = m.number_id
WHERE (a.finished_at, a.message_id, a.n) < ($1, $2, $3)
  AND ($4 = 0 OR u.account_id = $4)
  AND ($5 = '' OR a.outcome = $5 OR ($5 = 'failed' AND a.outcome <> 'accepted'))
  AND a.finished_at >= $6
ORDER BY a.finished_at DESC, a.message_id DESC, a.n DESC
LIMIT $7";

// The attempts of few messages are few: they are looked up one by one, not searched for in the log.
const LOG_OF: Batch = in_numbers!(
    "
WITH found AS MATERIALIZED (
    SELECT message_id, n, at, finished_at, outcome, http_status, detail
    FROM attempt
    WHERE message_id IN",
    "
)
SELECT a.message_id, a.n, a.at, a.finished_at, a.outcome, a.http_status, a.detail, m.phone, m.campaign_id,
       u.account_id, u.phone AS number
FROM found a
JOIN message m ON m.id = a.message_id
JOIN number u ON u.id = m.number_id
WHERE (a.finished_at, a.message_id, a.n) < ($2, $3, $4)
  AND ($5 = 0 OR u.account_id = $5)
  AND ($6 = '' OR a.outcome = $6 OR ($6 = 'failed' AND a.outcome <> 'accepted'))
  AND a.finished_at >= $7
ORDER BY a.finished_at DESC, a.message_id DESC, a.n DESC
LIMIT $8"
);

/// A page of the log, what ended last first.
pub async fn log(
    tx: &mut Tx,
    before: Place,
    wanted: &Wanted<'_>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let of = tx.dialect().pick(&LOG_OF);
    Ok(on!(tx, c => {
        let page = match wanted.messages {
            None => sqlx::query_as::<_, Entry>(LOG),
            Some(ids) => sqlx::query_as::<_, Entry>(of).bind(to_json(ids)),
        };
        page.bind(before.0)
            .bind(before.1)
            .bind(before.2)
            .bind(wanted.account_id.unwrap_or(0))
            .bind(wanted.outcome.unwrap_or_default())
            .bind(wanted.since)
            .bind(limit)
            .fetch_all(c)
            .await
    })?)
}
