//! Lists: frozen sets of profiles.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::{StoreError, Tx, to_json};

/// A stored list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ListRow {
    /// Id.
    pub id: i64,
    /// Name, unique.
    pub name: String,
    /// Milliseconds UTC.
    pub created_at: i64,
}

const FIND_OR_ADD: &str = "
INSERT INTO list (id, name, created_at)
VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING id";

/// The id of the list of this name, made with `id` when there is none.
pub async fn find_or_add(tx: &mut Tx, id: i64, name: &str, now: i64) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar::<_, i64>(FIND_OR_ADD).bind(id).bind(name).bind(now).fetch_one(c).await)?,
    )
}

const BY_ID: &str = "
SELECT id, name, created_at
FROM list
WHERE id = $1";

/// The list of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<ListRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const PAGE: &str = "
SELECT id, name, created_at
FROM list
WHERE id < $1
ORDER BY id DESC
LIMIT $2";

/// Lists, newest first, ids below `before`.
pub async fn page(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<ListRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(PAGE).bind(before).bind(limit).fetch_all(c).await)?)
}

const OF_PROFILE: &str = "
SELECT l.id, l.name, l.created_at
FROM list l
WHERE EXISTS (SELECT 1 FROM list_entry e WHERE e.list_id = l.id AND e.profile_id = $1)
ORDER BY l.name";

/// The lists that a profile is on, by name.
pub async fn of_profile(tx: &mut Tx, profile_id: i64) -> Result<Vec<ListRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(OF_PROFILE).bind(profile_id).fetch_all(c).await)?)
}

const SIZE: &str = "
SELECT COUNT(*)
FROM list_entry
WHERE list_id = $1";

/// How many profiles a list holds.
pub async fn size(tx: &mut Tx, list_id: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar::<_, i64>(SIZE).bind(list_id).fetch_one(c).await)?)
}

const ADD: Batch = in_numbers!(
    "
INSERT INTO list_entry (list_id, profile_id)
SELECT $2, id
FROM profile
WHERE id IN",
    "
ON CONFLICT (list_id, profile_id) DO NOTHING"
);

/// Puts profiles on a list; those on it stay. Answers how many are new there.
pub async fn add(tx: &mut Tx, list_id: i64, profile_ids: &[i64]) -> Result<i64, StoreError> {
    if profile_ids.is_empty() {
        return Ok(0);
    }
    let sql = tx.dialect().pick(&ADD);
    let json = to_json(profile_ids);
    let new =
        on!(tx, c => sqlx::query(sql).bind(&json).bind(list_id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(i64::try_from(new).unwrap_or(i64::MAX))
}

const ADD_NEW: Batch = in_numbers!(
    "
INSERT INTO list_entry (list_id, profile_id)
SELECT $2, id
FROM profile
WHERE id IN",
    "
ON CONFLICT (list_id, profile_id) DO NOTHING
RETURNING profile_id"
);

/// [`add`] that answers who was not on it before.
pub async fn add_new(tx: &mut Tx, list_id: i64, profile_ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    if profile_ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&ADD_NEW);
    let json = to_json(profile_ids);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(&json).bind(list_id).fetch_all(c).await)?)
}

const REMOVE: Batch = in_numbers!(
    "
DELETE FROM list_entry
WHERE list_id = $2 AND profile_id IN",
    ""
);

/// Takes profiles off a list.
pub async fn remove(tx: &mut Tx, list_id: i64, profile_ids: &[i64]) -> Result<(), StoreError> {
    if profile_ids.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&REMOVE);
    let json = to_json(profile_ids);
    on!(tx, c => sqlx::query(sql).bind(&json).bind(list_id).execute(c).await.map(drop))?;
    Ok(())
}
