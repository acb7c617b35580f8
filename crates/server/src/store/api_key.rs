//! API keys: only their hash is kept.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// A stored key.
#[derive(Debug, Clone, FromRow)]
pub struct ApiKeyRow {
    /// Id.
    pub id: i64,
    /// Name given by a person.
    pub name: String,
    /// Last characters, to recognise it by.
    pub hint: String,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC; coarse, at most one write a minute.
    pub last_used_at: Option<i64>,
    /// Milliseconds UTC.
    pub revoked_at: Option<i64>,
    /// JSON list of permissions; `None`: all that keys can have.
    pub scopes: Option<String>,
    /// Milliseconds UTC: it does not work any more from then on.
    pub expires_at: Option<i64>,
    /// Address of the last use; as coarse as its time.
    pub last_used_from: Option<String>,
}

impl ApiKeyRow {
    /// It works at this moment.
    pub fn lives(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| now < at)
    }
}

const INSERT: &str = "
INSERT INTO api_key (id, name, hash, hint, created_at, scopes, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Keeps a new key.
pub async fn insert(tx: &mut Tx, row: &ApiKeyRow, hash: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(&row.name)
        .bind(hash)
        .bind(&row.hint)
        .bind(row.created_at)
        .bind(&row.scopes)
        .bind(row.expires_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const BY_HASH: &str = "
SELECT id, name, hint, created_at, last_used_at, revoked_at, scopes, expires_at, last_used_from
FROM api_key
WHERE hash = $1 AND revoked_at IS NULL";

/// The key of this hash, unless it was revoked.
pub async fn by_hash(tx: &mut Tx, hash: &str) -> Result<Option<ApiKeyRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ApiKeyRow>(BY_HASH).bind(hash).fetch_optional(c).await)?)
}

const BY_ID: &str = "
SELECT id, name, hint, created_at, last_used_at, revoked_at, scopes, expires_at, last_used_from
FROM api_key
WHERE id = $1";

/// The key of this id, living or not.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<ApiKeyRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ApiKeyRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const LIST: &str = "
SELECT id, name, hint, created_at, last_used_at, revoked_at, scopes, expires_at, last_used_from
FROM api_key
ORDER BY id";

/// All keys, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<ApiKeyRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ApiKeyRow>(LIST).fetch_all(c).await)?)
}

const REVOKE: &str = "
UPDATE api_key
SET revoked_at = $2
WHERE id = $1 AND revoked_at IS NULL";

/// Ends a key. False when there was no living one.
pub async fn revoke(tx: &mut Tx, id: i64, now: i64) -> Result<bool, StoreError> {
    let rows =
        on!(tx, c => sqlx::query(REVOKE).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const USED: &str = "
UPDATE api_key
SET last_used_at = $2, last_used_from = $3
WHERE id = $1";

/// Notes that the key was used, and from where.
pub async fn used(tx: &mut Tx, id: i64, now: i64, from: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(USED).bind(id).bind(now).bind(from).execute(c).await.map(drop))?;
    Ok(())
}

const EXPIRE: &str = "
UPDATE api_key
SET expires_at = $2
WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)";

/// Lets a key work until then, not longer.
pub async fn expire(tx: &mut Tx, id: i64, at: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(EXPIRE).bind(id).bind(at).execute(c).await.map(drop))?;
    Ok(())
}
