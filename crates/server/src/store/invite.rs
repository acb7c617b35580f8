//! One-time links: for somebody new, or for a user who chooses a new password. Only the hash of the token is kept.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// A link that was not used yet.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct InviteRow {
    /// Id.
    pub id: i64,
    /// 0: somebody new; otherwise the user who chooses a new password.
    pub user_id: i64,
    /// In small letters.
    pub email: String,
    /// Name of the role.
    pub role: String,
    /// Hash of the token.
    pub hash: String,
    /// Name of who made it.
    pub invited_by: String,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub expires_at: i64,
}

const REPLACE: &str = "
DELETE FROM invite
WHERE email = $1 AND user_id = $2";

const INSERT: &str = "
INSERT INTO invite (id, user_id, email, role, hash, invited_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps a new link, in place of an earlier one for the same purpose.
pub async fn put(tx: &mut Tx, row: &InviteRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(REPLACE).bind(&row.email).bind(row.user_id).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.user_id)
        .bind(&row.email)
        .bind(&row.role)
        .bind(&row.hash)
        .bind(&row.invited_by)
        .bind(row.created_at)
        .bind(row.expires_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const BY_HASH: &str = "
SELECT id, user_id, email, role, hash, invited_by, created_at, expires_at
FROM invite
WHERE hash = $1 AND expires_at > $2";

/// The link of this hash, when it can still be used.
pub async fn by_hash(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<InviteRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, InviteRow>(BY_HASH).bind(hash).bind(now).fetch_optional(c).await)?)
}

const BY_ID: &str = "
SELECT id, user_id, email, role, hash, invited_by, created_at, expires_at
FROM invite
WHERE id = $1";

/// The link of this id, used up by time or not.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<InviteRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, InviteRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const LIST: &str = "
SELECT id, user_id, email, role, hash, invited_by, created_at, expires_at
FROM invite
WHERE user_id = 0
ORDER BY id DESC";

/// The invitations that nobody took yet, newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<InviteRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, InviteRow>(LIST).fetch_all(c).await)?)
}

const REMOVE: &str = "
DELETE FROM invite
WHERE id = $1";

/// Takes a link back, or notes that it was used. False when somebody was quicker.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(REMOVE).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const REMOVE_OF_USER: &str = "
DELETE FROM invite
WHERE user_id = $1";

/// Takes the links back with which a user could choose a new password.
pub async fn remove_of_user(tx: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(REMOVE_OF_USER).bind(user_id).execute(c).await.map(drop))?;
    Ok(())
}

const FORGET: &str = "
DELETE FROM invite
WHERE expires_at <= $1";

/// Deletes links that ended before this moment.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}
