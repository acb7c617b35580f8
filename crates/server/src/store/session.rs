//! Who is signed in where: only the hash of a session's token is kept.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx, factor};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SessionRow {
    /// Id.
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// Hash of the token.
    pub hash: String,
    /// What the browser says that it is.
    pub user_agent: String,
    /// From where it was signed in.
    pub address: String,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC; coarse, at most one write a minute.
    pub last_used_at: i64,
    /// Milliseconds UTC.
    pub expires_at: i64,
}

const INSERT: &str = "
INSERT INTO session (id, user_id, hash, user_agent, address, created_at, last_used_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps a new session.
pub async fn insert(tx: &mut Tx, row: &SessionRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.user_id)
        .bind(&row.hash)
        .bind(&row.user_agent)
        .bind(&row.address)
        .bind(row.created_at)
        .bind(row.last_used_at)
        .bind(row.expires_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const BY_HASH: &str = "
SELECT id, user_id, hash, user_agent, address, created_at, last_used_at, expires_at
FROM session
WHERE hash = $1 AND expires_at > $2";

/// The session of this hash, when it has not ended.
pub async fn by_hash(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<SessionRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, SessionRow>(BY_HASH).bind(hash).bind(now).fetch_optional(c).await)?)
}

const OF_USER: &str = "
SELECT id, user_id, hash, user_agent, address, created_at, last_used_at, expires_at
FROM session
WHERE user_id = $1 AND expires_at > $2
ORDER BY id DESC";

/// Where a user is signed in, newest first.
pub async fn of_user(tx: &mut Tx, user_id: i64, now: i64) -> Result<Vec<SessionRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, SessionRow>(OF_USER).bind(user_id).bind(now).fetch_all(c).await)?)
}

const USED: &str = "
UPDATE session
SET last_used_at = $2
WHERE id = $1";

/// Notes that the session was used.
pub async fn used(tx: &mut Tx, id: i64, now: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(USED).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

const END: &str = "
DELETE FROM session
WHERE id = $1 AND user_id = $2";

/// Ends a session of this user. False when there was none.
pub async fn end(tx: &mut Tx, id: i64, user_id: i64) -> Result<bool, StoreError> {
    let rows =
        on!(tx, c => sqlx::query(END).bind(id).bind(user_id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const END_OTHERS: &str = "
DELETE FROM session
WHERE user_id = $1 AND id <> $2";

/// Ends all sessions of a user but this one (0: all), and sign-ins that still owe a code.
pub async fn end_others(tx: &mut Tx, user_id: i64, but: i64) -> Result<u64, StoreError> {
    factor::end_halves(tx, user_id).await?;
    Ok(
        on!(tx, c => sqlx::query(END_OTHERS).bind(user_id).bind(but).execute(c).await.map(|r| r.rows_affected()))?,
    )
}

const FORGET: &str = "
DELETE FROM session
WHERE expires_at <= $1";

/// Deletes what ended by itself before this moment.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}

const LATER: &str = "
UPDATE session
SET last_used_at = last_used_at + $1, expires_at = expires_at + $1
WHERE expires_at > $2";

/// Everybody who is signed in now stays so for this much longer.
pub async fn later(tx: &mut Tx, by: i64, now: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(LATER).bind(by).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
