//! Failed tries to sign in, by account and by address.

use super::db::on;
use super::{StoreError, Tx};

const TAKE: &str = "
INSERT INTO sign_in_try (key, failures, last_at)
VALUES ($1, 0, $2)
ON CONFLICT (key) DO UPDATE
SET key = excluded.key
RETURNING failures, last_at";

/// Failures held against this key and the moment of the last one. The row is locked until the transaction ends, so that
/// many tries at once count as many.
pub async fn take(tx: &mut Tx, key: &str, now: i64) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, (i64, i64)>(TAKE).bind(key).bind(now).fetch_one(c).await)?)
}

const COUNT: &str = "
UPDATE sign_in_try
SET failures = $2, last_at = $3
WHERE key = $1";

/// Holds so many failures against this key.
pub async fn count(tx: &mut Tx, key: &str, failures: i64, now: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(COUNT).bind(key).bind(failures).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

const CLEAR: &str = "
DELETE FROM sign_in_try
WHERE key = $1";

/// Holds nothing against this key any more.
pub async fn clear(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(CLEAR).bind(key).execute(c).await.map(drop))?;
    Ok(())
}

const FORGIVE: &str = "
UPDATE sign_in_try
SET failures = failures - 1
WHERE key = $1 AND failures > 0";

/// Takes one failure back: the try was counted before it was known to be right.
pub async fn forgive(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGIVE).bind(key).execute(c).await.map(drop))?;
    Ok(())
}

const FORGET: &str = "
DELETE FROM sign_in_try
WHERE last_at < $1";

/// Forgets what was before this moment.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}
