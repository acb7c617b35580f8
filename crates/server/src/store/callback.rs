//! The callback log: what providers told us, as they told it.

use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow};

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::news::Topic::Callback;
use super::rows::Column::{Int, Text};
use super::rows::Rows;
use super::{StoreError, Tx, from_json, to_json};
use crate::clock::Millis;

/// Not looked at yet.
pub const NEW: i16 = 0;
/// What it says stands in the ledger.
pub const APPLIED: i16 = 1;
/// Nothing for us in it.
pub const NOT_OURS: i16 = 2;
/// Cannot be read.
pub const UNREADABLE: i16 = 3;
/// It reports on a message that we do not know yet: the answer to our request may still be on its way. Looked at again.
pub const WAITING: i16 = 4;

/// A callback as it came.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Raw {
    /// Id; also says when it came.
    pub id: i64,
    /// The account whose token was in the path.
    pub account_id: i64,
    /// HTTP method.
    pub method: String,
    /// Query string without `?`.
    pub query: String,
    /// Content-Type header, empty when absent.
    pub content_type: String,
    /// JSON array of name and value.
    pub headers: String,
    /// The bytes.
    pub body: Vec<u8>,
}

const INSERT_SOME: &str = "
INSERT INTO callback (id, account_id, method, query, content_type, headers, body, state, events)
VALUES ";

/// Rows in one statement for SQLite: passing a statement to its thread costs more than the rows.
const AT_ONCE: usize = 64;

const INSERT_ALL: &str = "
INSERT INTO callback (id, account_id, method, query, content_type, headers, body, state, events)
SELECT n.id, n.account_id, n.method, n.query, n.content_type, n.headers, n.body, 0, 0
FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])
    AS n(id, account_id, method, query, content_type, headers, body)";

/// Keeps callbacks. Bytes do not go through JSON unharmed, so each engine gets them in its own way.
pub async fn insert(tx: &mut Tx, rows: &[&Raw]) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(transaction) => {
            for some in rows.chunks(AT_ONCE) {
                let values = vec!["(?, ?, ?, ?, ?, ?, ?, 0, 0)"; some.len()].join(", ");
                let mut insert = sqlx::query(AssertSqlSafe(format!("{INSERT_SOME}{values}")));
                for row in some {
                    insert = insert
                        .bind(row.id)
                        .bind(row.account_id)
                        .bind(row.method.as_str())
                        .bind(row.query.as_str())
                        .bind(row.content_type.as_str())
                        .bind(row.headers.as_str())
                        .bind(row.body.as_slice());
                }
                insert.execute(&mut **transaction).await?;
            }
        }
        Tx::Postgres(transaction) => {
            sqlx::query(INSERT_ALL)
                .bind(rows.iter().map(|r| r.id).collect::<Vec<_>>())
                .bind(rows.iter().map(|r| r.account_id).collect::<Vec<_>>())
                .bind(rows.iter().map(|r| r.method.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|r| r.query.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|r| r.content_type.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|r| r.headers.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|r| r.body.as_slice()).collect::<Vec<_>>())
                .execute(&mut **transaction)
                .await?;
        }
    }
    for row in rows {
        tx.note(Callback, row.account_id);
    }
    Ok(())
}

// Any number will do, as long as nothing else in the product uses it.
const IN_TURN: &str = "SELECT pg_advisory_xact_lock(7235714231)";

/// Waits until no other node applies callbacks, and keeps it so until the transaction ends: what one person sends (STOP,
/// and later START) must be applied in the order in which it came. On SQLite there is no other node.
pub async fn in_turn(tx: &mut Tx) -> Result<(), StoreError> {
    if let Tx::Postgres(transaction) = tx {
        sqlx::query(IN_TURN).execute(&mut **transaction).await?;
    }
    Ok(())
}

// One row of JSON crosses to us from SQLite in a third of the time of many rows.
const NEW_ON_SQLITE: &str = "
SELECT json_group_array(json_array(id, length))
FROM (
    SELECT id, LENGTH(body) AS length
    FROM callback
    WHERE state <> 1 AND state = 0
    ORDER BY id
    LIMIT $1)";

const NEW_ON_POSTGRES: &str = "
SELECT id, CAST(LENGTH(body) AS BIGINT)
FROM callback
WHERE state <> 1 AND state = 0
ORDER BY id
LIMIT $1
FOR UPDATE SKIP LOCKED";

/// The oldest new callbacks and the lengths of their bodies, locked.
pub async fn lock_new(tx: &mut Tx, limit: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    match tx {
        Tx::Sqlite(transaction) => {
            let query = sqlx::query_scalar(NEW_ON_SQLITE).bind(limit);
            let rows: String = query.fetch_one(&mut **transaction).await?;
            let mut new: Vec<(i64, i64)> = from_json("new callbacks", &rows)?;
            new.sort_unstable();
            Ok(new)
        }
        Tx::Postgres(transaction) => Ok(sqlx::query_as(NEW_ON_POSTGRES)
            .bind(limit)
            .fetch_all(&mut **transaction)
            .await?),
    }
}

const RAW: Batch = in_numbers!(
    "
SELECT id, account_id, method, query, content_type, headers, body
FROM callback
WHERE id IN",
    "
ORDER BY id"
);

/// These callbacks as they came, oldest first.
pub async fn raw(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Raw>, StoreError> {
    let sql = tx.dialect().pick(&RAW);
    Ok(on!(tx, c => sqlx::query_as::<_, Raw>(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// What became of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Callback.
    pub id: i64,
    /// [`APPLIED`] and so on.
    pub state: i16,
    /// Events found in it.
    pub events: i64,
    /// What stands in the way, in words.
    pub problem: Option<String>,
}

const JUDGE: Rows<4> = Rows {
    before: "
UPDATE callback
SET state = v.state, events = v.events, problem = v.problem
FROM",
    columns: [Int("id"), Int("state"), Int("events"), Text("problem")],
    after: "AS v
WHERE callback.id = v.id",
};

const JUDGE_APPLIED: Batch = in_numbers!(
    "
UPDATE callback
SET state = 1, events = $2, problem = NULL
WHERE id IN",
    ""
);

/// Keeps what became of callbacks.
pub async fn judge(tx: &mut Tx, rows: Vec<Verdict>) -> Result<(), StoreError> {
    // Nearly all of a batch say the same, and a statement that takes nothing but ids costs a third.
    let plain = |row: &&Verdict| row.state == APPLIED && row.problem.is_none();
    if let Some(events) = rows.iter().find(plain).map(|row| row.events) {
        let usual = |row: &&Verdict| plain(row) && row.events == events;
        let ids: Vec<i64> = rows.iter().filter(usual).map(|row| row.id).collect();
        let sql = tx.dialect().pick(&JUDGE_APPLIED);
        on!(tx, c => sqlx::query(sql).bind(to_json(&ids)).bind(events).execute(c).await.map(drop))?;
        return judge_each(tx, rows.into_iter().filter(|row| !usual(&row))).await;
    }
    judge_each(tx, rows).await
}

async fn judge_each(tx: &mut Tx, rows: impl IntoIterator<Item = Verdict>) -> Result<(), StoreError> {
    let cells = |row: Verdict| {
        [
            row.id.into(),
            row.state.into(),
            row.events.into(),
            row.problem.into(),
        ]
    };
    JUDGE
        .run(tx, rows.into_iter().map(cells).collect())
        .await
        .map(drop)
}

const FIRST_WAITING: &str = "
SELECT MIN(id)
FROM callback
WHERE state <> 1 AND state = 4";

/// The oldest callback that waits for its message.
pub async fn first_waiting(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(FIRST_WAITING).fetch_one(c).await)?)
}

const LOOK_AGAIN: &str = "
UPDATE callback
SET state = 0
WHERE state <> 1 AND state = 4 AND id < $1";

/// Callbacks that waited, with ids below `before`, become new.
pub async fn look_again(tx: &mut Tx, before: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(LOOK_AGAIN).bind(before).execute(c).await.map(drop))?;
    Ok(())
}

const REPLAY_SOME: Batch = in_numbers!(
    "
UPDATE callback
SET state = 0
WHERE id IN",
    ""
);

/// These callbacks become new. Answers how many there are.
pub async fn replay_some(tx: &mut Tx, ids: &[i64]) -> Result<u64, StoreError> {
    let sql = tx.dialect().pick(&REPLAY_SOME);
    Ok(on!(tx, c => sqlx::query(sql).bind(to_json(ids)).execute(c).await.map(|r| r.rows_affected()))?)
}

const REPLAY_RANGE: &str = "
UPDATE callback
SET state = 0
WHERE id >= $1 AND id < $2 AND ($3 = -1 OR state = $3)";

/// All callbacks with ids from `from` up to, not with, `to` become new; only those in `state` when given. Answers how
/// many.
pub async fn replay_range(tx: &mut Tx, from: i64, to: i64, state: Option<i16>) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(REPLAY_RANGE)
        .bind(from)
        .bind(to)
        .bind(state.unwrap_or(-1))
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

/// A callback in a list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Entry {
    /// Id.
    pub id: i64,
    /// Account.
    pub account_id: i64,
    /// HTTP method.
    pub method: String,
    /// Query string without `?`.
    pub query: String,
    /// Content-Type header.
    pub content_type: String,
    /// JSON array of name and value.
    pub headers: String,
    /// Bytes of the body.
    pub length: i64,
    /// See [`Verdict::state`].
    pub state: i16,
    /// See [`Verdict::events`].
    pub events: i64,
    /// See [`Verdict::problem`].
    pub problem: Option<String>,
}

const LIST: &str = "
SELECT id, account_id, method, query, content_type, headers, CAST(LENGTH(body) AS BIGINT) AS length, state, events, problem
FROM callback
WHERE id < $1 AND ($2 = -1 OR state = $2) AND ($3 = 0 OR account_id = $3) AND id >= $5
ORDER BY id DESC
LIMIT $4";

const LIST_LEFT: &str = "
SELECT id, account_id, method, query, content_type, headers, CAST(LENGTH(body) AS BIGINT) AS length, state, events, problem
FROM callback
WHERE id < $1 AND state <> 1 AND state = $2 AND ($3 = 0 OR account_id = $3) AND id >= $5
ORDER BY id DESC
LIMIT $4";

/// A page of callbacks with ids from `from` up to, not with, `before`, newest first; of one state, of one account when given.
pub async fn list(
    tx: &mut Tx,
    (from, before): (i64, i64),
    state: Option<i16>,
    account_id: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    // Nearly all are applied: for the others there is an index, which the planner must be told it may use.
    let sql = match state {
        None | Some(APPLIED) => LIST,
        Some(_) => LIST_LEFT,
    };
    Ok(on!(tx, c => sqlx::query_as::<_, Entry>(sql)
        .bind(before)
        .bind(state.unwrap_or(-1))
        .bind(account_id.unwrap_or(0))
        .bind(limit)
        .bind(from)
        .fetch_all(c)
        .await)?)
}

const BY_ID: &str = "
SELECT id, account_id, method, query, content_type, headers, CAST(LENGTH(body) AS BIGINT) AS length, state, events, problem
FROM callback
WHERE id = $1";

/// The callback of this id, without its body.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Entry>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, Entry>(BY_ID).bind(id).fetch_optional(c).await)?)
}

/// A tap on a link.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct ClickRow {
    /// Id.
    pub id: i64,
    /// The message that held the link.
    pub message_id: i64,
    /// The link.
    pub url: String,
    /// The short link.
    pub short_url: Option<String>,
    /// Browser identification.
    pub user_agent: Option<String>,
    /// When, milliseconds UTC.
    pub at: Millis,
    /// Same tap, same key.
    pub event_key: String,
}

const CLICK: Batch = batch!(
    "
INSERT INTO click (id, message_id, url, short_url, user_agent, at, event_key)
SELECT CAST(r.value ->> 'id' AS BIGINT), CAST(r.value ->> 'message_id' AS BIGINT), r.value ->> 'url',
       r.value ->> 'short_url', r.value ->> 'user_agent', CAST(r.value ->> 'at' AS BIGINT), r.value ->> 'event_key'
FROM",
    rows,
    "
WHERE true
ON CONFLICT (event_key) DO NOTHING"
);

/// Keeps clicks; one that came before is left out.
pub async fn keep_clicks(tx: &mut Tx, rows: &[ClickRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&CLICK);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const CLICKS: &str = "
SELECT id, message_id, url, short_url, user_agent, at, event_key
FROM click
WHERE message_id = $1
ORDER BY at, id
LIMIT 100";

/// The first hundred taps on links of a message.
pub async fn clicks(tx: &mut Tx, message: i64) -> Result<Vec<ClickRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ClickRow>(CLICKS).bind(message).fetch_all(c).await)?)
}
