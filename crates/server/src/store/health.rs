//! What is kept of an account's health: failures by hour, the last check, and how much left when.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::{StoreError, Tx, to_json};
use crate::clock::{MINUTE, Millis};

/// Length of a slot of [`SentRow`].
pub const SLOT: Millis = 15 * MINUTE;

/// Failures of one kind in one hour, from one number.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct ErrorRow {
    /// Account.
    pub account_id: i64,
    /// Hour since 1970 UTC.
    pub hour: i64,
    /// Number that sent.
    pub number_id: i64,
    /// 0: the answer to our request; 1: a report, later.
    pub reported: i16,
    /// Stable name of the kind.
    pub kind: String,
    /// The provider's code; empty when there is none.
    pub code: String,
    /// The provider's words, of the last one.
    pub detail: String,
    /// What a person reads.
    pub help: String,
    /// How many.
    pub n: i64,
    /// When the first one came, milliseconds UTC.
    pub first_at: Millis,
    /// When the last one came, milliseconds UTC.
    pub last_at: Millis,
}

const ADD_ERRORS: Batch = batch!(
    "
INSERT INTO account_error (account_id, hour, number_id, reported, kind, code, detail, help, n, first_at, last_at)
SELECT CAST(r.value ->> 'account_id' AS BIGINT), CAST(r.value ->> 'hour' AS BIGINT),
       CAST(r.value ->> 'number_id' AS BIGINT), CAST(r.value ->> 'reported' AS SMALLINT), r.value ->> 'kind',
       r.value ->> 'code', r.value ->> 'detail', r.value ->> 'help', CAST(r.value ->> 'n' AS BIGINT),
       CAST(r.value ->> 'first_at' AS BIGINT), CAST(r.value ->> 'last_at' AS BIGINT)
FROM",
    rows,
    "
WHERE true
ON CONFLICT (account_id, hour, number_id, reported, kind, code) DO UPDATE
SET n = account_error.n + excluded.n, detail = excluded.detail, help = excluded.help, last_at = excluded.last_at"
);

/// Counts these in addition; in the order of the key, so that two nodes never wait for each other.
pub async fn add_errors(tx: &mut Tx, rows: &[ErrorRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&ADD_ERRORS);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const KINDS_OF_HOUR: &str = "
SELECT COUNT(*)
FROM account_error
WHERE account_id = $1 AND hour = $2";

/// How many different ones an account had in an hour.
pub async fn kinds_of_hour(tx: &mut Tx, account_id: i64, hour: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(KINDS_OF_HOUR).bind(account_id).bind(hour).fetch_one(c).await)?)
}

const ERRORS: &str = "
SELECT account_id, hour, number_id, reported, kind, code, detail, help, n, first_at, last_at
FROM account_error
WHERE account_id = $1 AND hour >= $2 AND last_at >= $3
ORDER BY last_at DESC
LIMIT 5000";

/// Failures of an account, the latest first: of the hours from `hour` on, those that came last at `since` or later.
pub async fn errors(
    tx: &mut Tx,
    account_id: i64,
    hour: i64,
    since: Millis,
) -> Result<Vec<ErrorRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ErrorRow>(ERRORS)
        .bind(account_id)
        .bind(hour)
        .bind(since)
        .fetch_all(c)
        .await)?)
}

const KEEP_PROOF: &str = "
INSERT INTO account_proof (account_id, at, failed)
VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET at = excluded.at, failed = excluded.failed";

/// Keeps what a check of the credentials gave; `failed` is JSON of what did not work.
pub async fn keep_proof(
    tx: &mut Tx,
    account_id: i64,
    at: Millis,
    failed: Option<&str>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(KEEP_PROOF).bind(account_id).bind(at).bind(failed).execute(c).await.map(drop))?;
    Ok(())
}

const PROOF: &str = "
SELECT at, failed
FROM account_proof
WHERE account_id = $1";

/// When the credentials were last checked, and what did not work.
pub async fn proof(tx: &mut Tx, account_id: i64) -> Result<Option<(Millis, Option<String>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(PROOF).bind(account_id).fetch_optional(c).await)?)
}

/// Messages that the provider took from one number, in one slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentRow {
    /// Number.
    pub number_id: i64,
    /// Slot: quarters of an hour since 1970 UTC.
    pub slot: i64,
    /// How many.
    pub sent: i64,
    /// When.
    pub at: Millis,
}

// A report is noted to the minute, so that one may have come up to a minute later than what is known.
const ADD_SENT: Batch = batch!(
    "
INSERT INTO number_sent (number_id, slot, sent, waiting_since, last_at)
SELECT CAST(r.value ->> 'number_id' AS BIGINT), CAST(r.value ->> 'slot' AS BIGINT), CAST(r.value ->> 'sent' AS BIGINT),
       CAST(r.value ->> 'at' AS BIGINT), CAST(r.value ->> 'at' AS BIGINT)
FROM",
    rows,
    "
WHERE true
ON CONFLICT (number_id, slot) DO UPDATE
SET sent = number_sent.sent + excluded.sent,
    last_at = excluded.last_at,
    waiting_since = CASE
        WHEN number_sent.waiting_since < COALESCE((
            SELECT a.last_report_at
            FROM account a
            JOIN number n ON n.account_id = a.id
            WHERE n.id = number_sent.number_id), 0) + 60000
        THEN excluded.waiting_since
        ELSE number_sent.waiting_since
    END"
);

/// Counts these in addition.
pub async fn add_sent(tx: &mut Tx, rows: &[SentRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&ADD_SENT);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const LIFE: &str = "
SELECT MAX(s.last_at), MIN(CASE WHEN s.waiting_since >= $2 THEN s.waiting_since END)
FROM number_sent s
JOIN number n ON n.id = s.number_id
WHERE n.account_id = $1";

/// When the provider last took a message of this account, and the first that it took at `reported` or later without a report
/// coming after it.
pub async fn life(
    tx: &mut Tx,
    account_id: i64,
    reported: Millis,
) -> Result<(Option<Millis>, Option<Millis>), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(LIFE).bind(account_id).bind(reported).fetch_one(c).await)?)
}

const SENT_SINCE: Batch = in_numbers!(
    "
SELECT number_id, CAST(SUM(sent) AS BIGINT)
FROM number_sent
WHERE slot >= $2 AND number_id IN",
    "
GROUP BY number_id"
);

/// How many messages the provider took from these numbers since the beginning of a slot.
pub async fn sent_since(tx: &mut Tx, numbers: &[i64], slot: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = tx.dialect().pick(&SENT_SINCE);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(numbers)).bind(slot).fetch_all(c).await)?)
}

const LEFT_OVER: &str = "
SELECT id, problem
FROM (
    SELECT id, account_id, problem
    FROM callback
    WHERE state <> 1 AND state = $2 AND id >= $3
    ORDER BY id DESC
    LIMIT 500
) AS latest
WHERE account_id = $1
ORDER BY id DESC
LIMIT 20";

/// The latest callbacks of an account in a state that is not applied, with ids from `from` on, and what stood in the way.
/// Among the latest of all accounts, so that one account's flood costs nobody much.
pub async fn left_over(
    tx: &mut Tx,
    account_id: i64,
    state: i16,
    from: i64,
) -> Result<Vec<(i64, Option<String>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(LEFT_OVER).bind(account_id).bind(state).bind(from).fetch_all(c).await)?)
}

const FORGET_ERRORS: &str = "
DELETE FROM account_error
WHERE hour < $1";

// The last one of each number stays: it says when anything last left.
const FORGET_SENT: &str = "
DELETE FROM number_sent
WHERE slot < $1 AND slot < (SELECT MAX(s.slot) FROM number_sent s WHERE s.number_id = number_sent.number_id)";

/// Forgets failures of the hours before `hour` and counts of the slots before `slot`.
pub async fn forget(tx: &mut Tx, hour: i64, slot: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGET_ERRORS).bind(hour).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(FORGET_SENT).bind(slot).execute(c).await.map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn nothing_walks_through_callbacks_or_the_history_of_others() {
        for (sql, wanted) in [
            (
                LEFT_OVER,
                "SEARCH callback USING INDEX callback_left (state=? AND id>?)",
            ),
            (
                ERRORS,
                "SEARCH account_error USING PRIMARY KEY (account_id=? AND hour>?)",
            ),
            (LIFE, "SEARCH s USING PRIMARY KEY (number_id=?)"),
            (
                SENT_SINCE.sqlite,
                "SEARCH number_sent USING PRIMARY KEY (number_id=? AND slot>?)",
            ),
        ] {
            let plan = steps(sql).await;
            assert!(has(&plan, wanted), "{plan:#?}");
        }
    }
}
