//! What users, programs and the server itself changed.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AuditRow {
    /// Id.
    pub id: i64,
    /// Milliseconds UTC.
    pub at: i64,
    /// `user`, `api_key`, `system` or `cli`.
    pub actor_type: String,
    /// Id of the user or the key; 0: neither.
    pub actor_id: i64,
    /// Its name then.
    pub actor_name: String,
    /// Such as `account.update`.
    pub action: String,
    /// Such as `account`.
    pub object_type: String,
    /// Id of the object; 0: none.
    pub object_id: i64,
    /// Its name then.
    pub object_name: String,
    /// From where it was asked for; empty when not over the network.
    pub address: String,
    /// JSON list of `{field, before, after}`.
    pub changes: String,
}

const INSERT: &str = "
INSERT INTO audit (
    id, at, actor_type, actor_id, actor_name, action, object_type, object_id, object_name, address, changes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// Keeps an act, in its own transaction.
pub async fn insert(tx: &mut Tx, row: &AuditRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.at)
        .bind(&row.actor_type)
        .bind(row.actor_id)
        .bind(&row.actor_name)
        .bind(&row.action)
        .bind(&row.object_type)
        .bind(row.object_id)
        .bind(&row.object_name)
        .bind(&row.address)
        .bind(&row.changes)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Which acts. An empty text and 0 stand for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Ids below this one.
    pub before: i64,
    /// At this moment or later.
    pub since: i64,
    /// Before this moment.
    pub until: i64,
    /// Kind of actor.
    pub actor_type: String,
    /// Id of the actor.
    pub actor_id: i64,
    /// The whole action, or its first word.
    pub action: String,
    /// Kind of object.
    pub object_type: String,
    /// Id of the object.
    pub object_id: i64,
}

const PAGE: &str = "
SELECT id, at, actor_type, actor_id, actor_name, action, object_type, object_id, object_name, address, changes
FROM audit
WHERE id < $1
    AND at >= $2
    AND at < $3
    AND ($4 = '' OR actor_type = $4)
    AND ($5 = 0 OR actor_id = $5)
    AND ($6 = '' OR action = $6 OR action LIKE $6 || '.%')
    AND ($7 = '' OR object_type = $7)
    AND ($8 = 0 OR object_id = $8)
ORDER BY id DESC
LIMIT $9";

/// Acts, newest first.
pub async fn page(tx: &mut Tx, wanted: &Wanted, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, AuditRow>(PAGE)
        .bind(wanted.before)
        .bind(wanted.since)
        .bind(wanted.until)
        .bind(&wanted.actor_type)
        .bind(wanted.actor_id)
        .bind(&wanted.action)
        .bind(&wanted.object_type)
        .bind(wanted.object_id)
        .bind(limit)
        .fetch_all(c).await)?)
}

const NTH: &str = "
SELECT id
FROM audit
WHERE id < $1
ORDER BY id
LIMIT 1 OFFSET $2";

const FORGET: &str = "
DELETE FROM audit
WHERE id < $1";

/// Forgets about `some` of the acts with ids below this one, the oldest first. Answers whether there may be more.
pub async fn forget(tx: &mut Tx, before: i64, some: i64) -> Result<bool, StoreError> {
    let nth: Option<i64> = on!(tx, c => sqlx::query_scalar(NTH)
        .bind(before)
        .bind(some)
        .fetch_optional(c)
        .await)?;
    let end = nth.unwrap_or(before);
    on!(tx, c => sqlx::query(FORGET).bind(end).execute(c).await.map(drop))?;
    Ok(nth.is_some())
}
