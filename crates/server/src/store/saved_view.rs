//! Filters of lists that users keep under a name.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ViewRow {
    /// Id.
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// The list that it is of.
    pub page: String,
    /// Name, unique among the user's own of a page.
    pub name: String,
    /// The filters, as they stand in the address.
    pub query: String,
}

const INSERT: &str = "
INSERT INTO saved_view (id, user_id, page, name, query)
VALUES ($1, $2, $3, $4, $5)";

/// Keeps a view.
pub async fn insert(tx: &mut Tx, row: &ViewRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.user_id)
        .bind(&row.page)
        .bind(&row.name)
        .bind(&row.query)
        .execute(c).await.map(drop))?;
    Ok(())
}

const OF_PAGE: &str = "
SELECT id, user_id, page, name, query
FROM saved_view
WHERE user_id = $1 AND page = $2
ORDER BY name";

/// A user's views of a page, by name.
pub async fn of_page(tx: &mut Tx, user_id: i64, page: &str) -> Result<Vec<ViewRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ViewRow>(OF_PAGE).bind(user_id).bind(page).fetch_all(c).await)?)
}

const OWN: &str = "
SELECT id, user_id, page, name, query
FROM saved_view
WHERE id = $1 AND user_id = $2";

/// The view of this id, when it is this user's.
pub async fn own(tx: &mut Tx, id: i64, user_id: i64) -> Result<Option<ViewRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ViewRow>(OWN).bind(id).bind(user_id).fetch_optional(c).await)?)
}

const UPDATE: &str = "
UPDATE saved_view
SET name = $2, query = $3
WHERE id = $1";

/// Writes name and filters.
pub async fn update(tx: &mut Tx, row: &ViewRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UPDATE).bind(row.id).bind(&row.name).bind(&row.query).execute(c).await.map(drop))?;
    Ok(())
}

const DELETE: &str = "
DELETE FROM saved_view
WHERE id = $1 AND user_id = $2";

/// Forgets a user's view; false when it is not there.
pub async fn delete(tx: &mut Tx, id: i64, user_id: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(DELETE)
        .bind(id).bind(user_id).execute(c).await.map(|r| r.rows_affected()))?
        == 1)
}
