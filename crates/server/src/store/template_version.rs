//! What templates said each time that they were saved.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};
use crate::clock::Millis;

/// A template as it was saved once.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct VersionRow {
    /// The template.
    pub template_id: i64,
    /// `updated_at` of the template then.
    pub version: Millis,
    /// When the first of its changes came: what is typed goes into one version for a while.
    pub began_at: Millis,
    /// Kind of actor; empty when nobody knows.
    pub actor_type: String,
    /// Id of the user or the key; 0: neither.
    pub actor_id: i64,
    /// Its name then.
    pub actor_name: String,
    /// How it came about, such as `saved`.
    pub act: String,
    /// The version that was gone back to.
    pub restored: Option<Millis>,
    /// Name.
    pub name: String,
    /// Language.
    pub language: String,
    /// Category; empty when it is not known.
    pub category: String,
    /// `text` or `id`.
    pub addressing: String,
    /// The vendor's id.
    pub provider_template_id: Option<String>,
    /// JSON of [`crate::domain::template::TemplateContent`].
    pub content: String,
    /// JSON of [`crate::domain::template::Mapping`].
    pub mapping: String,
}

const INSERT: &str = "
INSERT INTO template_version (
    template_id, version, began_at, actor_type, actor_id, actor_name, act, restored, name, language, category,
    addressing, provider_template_id, content, mapping)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (template_id, version) DO NOTHING";

/// Keeps a version.
pub async fn insert(tx: &mut Tx, row: &VersionRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.template_id).bind(row.version).bind(row.began_at)
        .bind(&row.actor_type).bind(row.actor_id).bind(&row.actor_name)
        .bind(&row.act).bind(row.restored)
        .bind(&row.name).bind(&row.language).bind(&row.category).bind(&row.addressing)
        .bind(&row.provider_template_id).bind(&row.content).bind(&row.mapping)
        .execute(c).await.map(drop))?;
    Ok(())
}

const DELETE: &str = "
DELETE FROM template_version
WHERE template_id = $1 AND version = $2";

/// Takes out one version.
pub async fn delete(tx: &mut Tx, template_id: i64, version: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(DELETE).bind(template_id).bind(version).execute(c).await.map(drop))?;
    Ok(())
}

const FORGET: &str = "
DELETE FROM template_version
WHERE template_id = $1
    AND version < (
        SELECT version
        FROM template_version
        WHERE template_id = $1
        ORDER BY version DESC
        LIMIT 1 OFFSET $2)";

/// Forgets all but the newest versions of a template.
pub async fn forget(tx: &mut Tx, template_id: i64, keep: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGET).bind(template_id).bind(keep - 1).execute(c).await.map(drop))?;
    Ok(())
}

const PAGE: &str = "
SELECT *
FROM template_version
WHERE template_id = $1 AND version < $2
ORDER BY version DESC
LIMIT $3";

/// Versions of a template below `before`, newest first.
pub async fn page(
    tx: &mut Tx,
    template_id: i64,
    before: Millis,
    limit: i64,
) -> Result<Vec<VersionRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, VersionRow>(PAGE)
        .bind(template_id).bind(before).bind(limit)
        .fetch_all(c).await)?)
}

const ONE: &str = "
SELECT *
FROM template_version
WHERE template_id = $1 AND version = $2";

/// One version.
pub async fn one(tx: &mut Tx, template_id: i64, version: Millis) -> Result<Option<VersionRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, VersionRow>(ONE)
        .bind(template_id).bind(version)
        .fetch_optional(c).await)?)
}
