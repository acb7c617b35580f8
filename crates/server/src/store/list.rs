//! Lists: frozen sets of profiles.

use sqlx::FromRow;

use super::campaign_list::containing;
use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::{StoreError, Tx, to_json};

/// A stored list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ListRow {
    /// Id.
    pub id: i64,
    /// Name, unique among those that are not deleted.
    pub name: String,
    /// Who or what made it.
    pub source: Option<String>,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// When it was deleted.
    pub deleted_at: Option<i64>,
}

const FIND_OR_ADD: &str = "
INSERT INTO list (id, name, created_at, source)
VALUES ($1, $2, $3, $4)
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING id";

/// The id of the list of this name, made with `id` when there is none.
pub async fn find_or_add(tx: &mut Tx, id: i64, name: &str, now: i64) -> Result<i64, StoreError> {
    find_or_make(tx, (id, name), None, now).await
}

/// [`find_or_add`] that keeps who or what made a new one.
pub async fn find_or_make(
    tx: &mut Tx,
    (id, name): (i64, &str),
    source: Option<&str>,
    now: i64,
) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar::<_, i64>(FIND_OR_ADD)
        .bind(id).bind(name).bind(now).bind(source).fetch_one(c).await)?)
}

/// All columns, and what comes after them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "
SELECT l.id, COALESCE(l.deleted_name, l.name) AS name, l.source, l.created_at, l.deleted_at
FROM list l
",
            $rest
        )
    };
}

const BY_ID: &str = select!("WHERE l.id = $1 AND l.deleted_at IS NULL");

/// The list of this id, unless it was deleted.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<ListRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const ANY_BY_ID: &str = select!("WHERE l.id = $1");

/// The list of this id, also a deleted one.
pub async fn any_by_id(tx: &mut Tx, id: i64) -> Result<Option<ListRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(ANY_BY_ID).bind(id).fetch_optional(c).await)?)
}

const HOLD: Batch = Batch {
    sqlite: select!("WHERE l.id = $1 AND l.deleted_at IS NULL"),
    postgres: select!("WHERE l.id = $1 AND l.deleted_at IS NULL FOR SHARE"),
};

/// [`by_id`] for a campaign that will be for it: nobody deletes it before this transaction ends.
pub async fn hold(tx: &mut Tx, id: i64) -> Result<Option<ListRow>, StoreError> {
    let sql = tx.dialect().pick(&HOLD);
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(sql).bind(id).fetch_optional(c).await)?)
}

// Texts are made small by the engine, which may know ASCII only: the given one comes in both ways.
const PAGE: &str = select!(
    "WHERE l.id < $1 AND CASE WHEN l.deleted_at IS NULL THEN 0 ELSE 1 END = $2
    AND ($3 = '' OR LOWER(COALESCE(l.deleted_name, l.name)) LIKE $3 ESCAPE '!'
        OR LOWER(COALESCE(l.deleted_name, l.name)) LIKE $4 ESCAPE '!')
ORDER BY l.id DESC
LIMIT $5"
);

/// Lists, or deleted ones, with this text in their name unless it is empty: newest first, ids below `before`.
pub async fn page(
    tx: &mut Tx,
    (deleted, search): (bool, &str),
    before: i64,
    limit: i64,
) -> Result<Vec<ListRow>, StoreError> {
    let (ascii, all) = (
        containing(&search.to_ascii_lowercase()),
        containing(&search.to_lowercase()),
    );
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(PAGE)
        .bind(before).bind(i64::from(deleted)).bind(ascii).bind(all).bind(limit).fetch_all(c).await)?)
}

const OF_PROFILE: &str = select!(
    "WHERE l.deleted_at IS NULL
    AND EXISTS (SELECT 1 FROM list_entry e WHERE e.list_id = l.id AND e.profile_id = $1)
ORDER BY l.name"
);

/// The lists that a profile is on, by name.
pub async fn of_profile(tx: &mut Tx, profile_id: i64) -> Result<Vec<ListRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ListRow>(OF_PROFILE).bind(profile_id).fetch_all(c).await)?)
}

const ADD_LIST: &str = "
INSERT INTO list (id, name, created_at, source)
VALUES ($1, $2, $3, $4)";

/// Adds a list. Its name must be free.
pub async fn insert(tx: &mut Tx, row: &ListRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD_LIST)
        .bind(row.id).bind(&row.name).bind(row.created_at).bind(&row.source).execute(c).await.map(drop))?;
    Ok(())
}

const RENAME: &str = "
UPDATE list
SET name = $2
WHERE id = $1 AND deleted_at IS NULL";

/// Gives a list another name, which must be free. False when there is no such list.
pub async fn rename(tx: &mut Tx, id: i64, name: &str) -> Result<bool, StoreError> {
    let rows =
        on!(tx, c => sqlx::query(RENAME).bind(id).bind(name).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const DELETE: &str = "
UPDATE list
SET deleted_at = $2, deleted_name = name, name = $3
WHERE id = $1 AND deleted_at IS NULL";

/// Deletes a list so that it can be taken back; `aside` is a name that nobody else gives.
pub async fn delete(tx: &mut Tx, id: i64, aside: &str, now: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(DELETE).bind(id).bind(now).bind(aside)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const RESTORE: &str = "
UPDATE list
SET name = deleted_name, deleted_at = NULL, deleted_name = NULL
WHERE id = $1 AND deleted_at IS NOT NULL";

/// Takes a deleted list back; its name must be free. False when it is not deleted.
pub async fn restore(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(RESTORE).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const LONG_DELETED: &str = "
SELECT id
FROM list
WHERE deleted_at < $1
ORDER BY id
LIMIT 1";

const FORGET_ENTRIES: &str = "
DELETE FROM list_entry
WHERE list_id = $1 AND profile_id IN (
    SELECT profile_id
    FROM list_entry
    WHERE list_id = $1
    ORDER BY profile_id
    LIMIT $2)";

const FORGET: &str = "
DELETE FROM list
WHERE id = $1";

/// Forgets about `some` entries of a list that was deleted before this moment, and the list with its last ones. Answers
/// whether there may be more.
pub async fn forget_deleted(tx: &mut Tx, before: i64, some: i64) -> Result<bool, StoreError> {
    let old: Option<i64> =
        on!(tx, c => sqlx::query_scalar(LONG_DELETED).bind(before).fetch_optional(c).await)?;
    let Some(id) = old else {
        return Ok(false);
    };
    let gone = on!(tx, c => sqlx::query(FORGET_ENTRIES).bind(id).bind(some)
        .execute(c).await.map(|r| r.rows_affected()))?;
    if (gone as i64) < some {
        on!(tx, c => sqlx::query(FORGET).bind(id).execute(c).await.map(drop))?;
    }
    Ok(true)
}

/// A campaign that names lists.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UseRow {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// See [`crate::domain::campaign`].
    pub state: i16,
    /// JSON of whom it is for.
    pub audience: String,
    /// JSON of whom it leaves out.
    pub exclude: Option<String>,
}

const USED: &str = "
SELECT id, name, state, audience, exclude
FROM campaign
WHERE audience LIKE '%\"list%' OR exclude LIKE '%\"list%'
ORDER BY id DESC";

/// The campaigns and drafts that name lists, newest first.
pub async fn used(tx: &mut Tx) -> Result<Vec<UseRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(USED).fetch_all(c).await)?)
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

const TAKE_OFF: Batch = in_numbers!(
    "
DELETE FROM list_entry
WHERE list_id = $2 AND profile_id IN",
    "
RETURNING profile_id"
);

/// [`remove`] that answers who was on it.
pub async fn take_off(tx: &mut Tx, list_id: i64, profile_ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    if profile_ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&TAKE_OFF);
    let json = to_json(profile_ids);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(&json).bind(list_id).fetch_all(c).await)?)
}
