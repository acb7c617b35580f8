//! The attributes that people have or had, and people to see their values of.

use super::db::on;
use super::dialect::{Batch, batch, in_texts};
use super::{StoreError, Tx, to_json};

const TYPES: Batch = in_texts!("SELECT name, types FROM attribute WHERE name IN", "");

/// Which of these attributes are known, with their types added up.
pub async fn types(tx: &mut Tx, names: &[&str]) -> Result<Vec<(String, i16)>, StoreError> {
    let sql = tx.dialect().pick(&TYPES);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(names)).fetch_all(c).await)?)
}

const KEEP: Batch = batch!(
    "INSERT INTO attribute (name, types)
     SELECT r.value ->> 0, CAST(r.value ->> 1 AS SMALLINT)
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (name) DO UPDATE SET types = attribute.types | excluded.types"
);

/// Adds attributes and types; in the order of names, so that two who do it at once wait and do not block each other.
pub async fn keep(tx: &mut Tx, attributes: &[(&str, i16)]) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&KEEP);
    on!(tx, c => sqlx::query(sql).bind(to_json(attributes)).execute(c).await.map(drop))?;
    Ok(())
}

const ALL: &str = "
SELECT name, types
FROM attribute
ORDER BY name";

/// All attributes that are known.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, i16)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

const NEWEST: &str = "
SELECT id, attributes
FROM profile
ORDER BY id DESC
LIMIT $1";

/// The attributes of the newest profiles: id and JSON.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(NEWEST).bind(limit).fetch_all(c).await)?)
}

const FROM: &str = "
SELECT id, attributes
FROM profile
WHERE id >= $1
ORDER BY id
LIMIT $2";

/// The attributes of the next profiles from this id on.
pub async fn from(tx: &mut Tx, id: i64, limit: i64) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(FROM).bind(id).bind(limit).fetch_all(c).await)?)
}
