//! Answers kept by idempotency key, written in the transaction of the act they answer. The column `api_key_id` holds the id of
//! the caller: an API key or a user, which never have the same.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// A kept answer.
#[derive(Debug, Clone, FromRow)]
pub struct KeptAnswer {
    /// Hash of method, path and body of the first request.
    pub request_hash: String,
    /// HTTP status.
    pub status: i64,
    /// JSON body.
    pub body: String,
}

const FIND: &str = "
SELECT request_hash, status, body
FROM idempotency
WHERE api_key_id = $1 AND key = $2";

/// The answer to an earlier request with this key.
pub async fn find(tx: &mut Tx, caller_id: i64, key: &str) -> Result<Option<KeptAnswer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, KeptAnswer>(FIND).bind(caller_id).bind(key).fetch_optional(c).await)?)
}

const KEEP: &str = "
INSERT INTO idempotency (api_key_id, key, request_hash, status, body, created_at)
VALUES ($1, $2, $3, $4, $5, $6)";

/// Keeps an answer. A concurrent request with the same key makes this fail as a duplicate, and its whole act with it.
pub async fn keep(
    tx: &mut Tx,
    caller_id: i64,
    key: &str,
    answer: &KeptAnswer,
    now: i64,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(KEEP)
        .bind(caller_id)
        .bind(key)
        .bind(&answer.request_hash)
        .bind(answer.status)
        .bind(&answer.body)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const ANSWER: &str = "
UPDATE idempotency
SET status = $3, body = $4
WHERE api_key_id = $1 AND key = $2";

/// Replaces what is kept: the act is over, and this is its answer.
pub async fn answer(
    tx: &mut Tx,
    api_key_id: i64,
    key: &str,
    status: i64,
    body: &str,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ANSWER)
        .bind(api_key_id)
        .bind(key)
        .bind(status)
        .bind(body)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const FORGET: &str = "
DELETE FROM idempotency
WHERE created_at < $1";

/// Forgets answers older than `before` (milliseconds UTC).
pub async fn forget(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}
