//! What is forgotten after a time, in steps so small that nobody has to wait for one.

use super::callback::{APPLIED, NOT_OURS, UNREADABLE};
use super::db::on;
use super::dialect::Batch;
use super::{StoreError, Tx, vendor_id};

// Any number will do, as long as nothing else in the product uses it.
const TAKE_TURN: Batch = Batch {
    sqlite: "SELECT 1",
    postgres: "SELECT CASE WHEN pg_try_advisory_xact_lock(7235714232) THEN 1 ELSE 0 END",
};

/// Keeps other nodes from forgetting until the transaction ends; false when one of them is at it.
pub async fn take_turn(tx: &mut Tx) -> Result<bool, StoreError> {
    let sql = tx.dialect().pick(&TAKE_TURN);
    let taken: i32 = on!(tx, c => sqlx::query_scalar(sql).fetch_one(c).await)?;
    Ok(taken == 1)
}

const NEXT_CALLBACKS: &str = "
SELECT id, CAST(LENGTH(body) AS BIGINT)
FROM callback
WHERE id > $1 AND id < $2
ORDER BY id
LIMIT $3";

/// The next callbacks with ids between, and the lengths of their bodies.
pub async fn next_callbacks(
    tx: &mut Tx,
    after: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, (i64, i64)>(NEXT_CALLBACKS)
        .bind(after)
        .bind(before)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const FORGET_CALLBACKS: &str = "
DELETE FROM callback
WHERE id > $1 AND id <= $2 AND (state = $3 OR state = $4 OR state = $5)";

/// Deletes the callbacks with ids above `after` and up to `last` that nothing is left to do for. Those that are new or
/// wait for their message stay. Answers how many went.
pub async fn forget_callbacks(tx: &mut Tx, after: i64, last: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET_CALLBACKS)
        .bind(after)
        .bind(last)
        .bind(APPLIED)
        .bind(NOT_OURS)
        .bind(UNREADABLE)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?)
}

const FIRST_BUCKET: &str = "
SELECT MIN(bucket)
FROM external_ref
WHERE bucket >= $1";

/// The first bucket of vendor ids from this one on, and its hour.
pub async fn first_bucket(tx: &mut Tx, from: i64) -> Result<Option<(i64, i64)>, StoreError> {
    let first: Option<i64> = on!(tx, c => sqlx::query_scalar(FIRST_BUCKET).bind(from).fetch_one(c).await)?;
    Ok(first.map(|bucket| (bucket, vendor_id::hour_of(bucket))))
}

const NTH_REF: &str = "
SELECT external_id
FROM external_ref
WHERE bucket = $1
ORDER BY external_id
LIMIT 1 OFFSET $2";

const FORGET_REFS: &str = "
DELETE FROM external_ref
WHERE bucket = $1 AND external_id <= $2";

const FORGET_ALL_REFS: &str = "
DELETE FROM external_ref
WHERE bucket = $1";

/// Forgets about `some` vendor ids of a bucket. Answers whether there may be more of them.
pub async fn forget_refs(tx: &mut Tx, bucket: i64, some: i64) -> Result<bool, StoreError> {
    let last: Option<String> = on!(tx, c => sqlx::query_scalar(NTH_REF)
        .bind(bucket)
        .bind(some)
        .fetch_optional(c)
        .await)?;
    match &last {
        Some(last) => {
            on!(tx, c => sqlx::query(FORGET_REFS).bind(bucket).bind(last).execute(c).await.map(drop))?;
        }
        None => on!(tx, c => sqlx::query(FORGET_ALL_REFS).bind(bucket).execute(c).await.map(drop))?,
    }
    Ok(last.is_some())
}

/// Pages of a SQLite file: all, and those that nothing stands on.
pub async fn pages(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    match tx {
        Tx::Sqlite(transaction) => {
            let all = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut **transaction);
            let all: i64 = all.await?;
            let free = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(&mut **transaction);
            Ok((all, free.await?))
        }
        Tx::Postgres(_) => Ok((0, 0)),
    }
}

/// Pages of a SQLite file in one step of [`give_back`].
const GIVEN_BACK: &str = "PRAGMA incremental_vacuum(500)";

/// Gives some free pages of a SQLite file back to the disk. PostgreSQL keeps its files, and uses the room again.
pub async fn give_back(tx: &mut Tx) -> Result<(), StoreError> {
    if let Tx::Sqlite(transaction) = tx {
        // Every page is a step of the statement, so all of its rows must be asked for.
        sqlx::query(GIVEN_BACK).fetch_all(&mut **transaction).await?;
    }
    Ok(())
}
