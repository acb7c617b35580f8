//! Rows of imported files that a person corrected.

use super::db::on;
use super::{StoreError, Tx};

const PUT: &str = "
INSERT INTO import_correction (import_id, line, fields)
VALUES ($1, $2, $3)
ON CONFLICT (import_id, line) DO UPDATE SET fields = excluded.fields";

/// Keeps the fields of the row that begins on this line.
pub async fn put(tx: &mut Tx, import: i64, line: i64, fields: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT).bind(import).bind(line).bind(fields).execute(c).await.map(drop))?;
    Ok(())
}

const OF: &str = "
SELECT line, fields
FROM import_correction
WHERE import_id = $1
ORDER BY line";

/// The corrected rows of an import: line, and fields as JSON.
pub async fn of(tx: &mut Tx, import: i64) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, (i64, String)>(OF).bind(import).fetch_all(c).await)?)
}

const FORGET: &str = "
DELETE FROM import_correction
WHERE import_id = $1";

/// Forgets those of an import.
pub async fn forget(tx: &mut Tx, import: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGET).bind(import).execute(c).await.map(drop))?;
    Ok(())
}
