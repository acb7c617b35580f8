//! Templates.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// A stored template.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TemplateRow {
    /// Id.
    pub id: i64,
    /// Account it belongs to.
    pub account_id: i64,
    /// Name (the "namespace" field of some providers).
    pub name: String,
    /// Language code.
    pub language: String,
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// Name of a [`harkara_provider::TemplateStatus`].
    pub status: String,
    /// Why it was refused, or the vendor's own word.
    pub status_detail: Option<String>,
    /// `text`: the vendor finds it by the final text; `id`: by `provider_template_id`.
    pub addressing: String,
    /// Vendor's id.
    pub provider_template_id: Option<String>,
    /// JSON of [`crate::domain::template::TemplateContent`].
    pub content: String,
    /// JSON of [`crate::domain::template::Mapping`].
    pub mapping: String,
    /// Quality rating, as the vendor says it.
    pub quality: Option<String>,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub updated_at: i64,
}

const INSERT: &str = "
INSERT INTO template (
    id, account_id, name, language, category, status, status_detail, addressing, provider_template_id, content,
    mapping, quality, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// Adds a template.
pub async fn insert(tx: &mut Tx, row: &TemplateRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.account_id)
        .bind(&row.name)
        .bind(&row.language)
        .bind(&row.category)
        .bind(&row.status)
        .bind(&row.status_detail)
        .bind(&row.addressing)
        .bind(&row.provider_template_id)
        .bind(&row.content)
        .bind(&row.mapping)
        .bind(&row.quality)
        .bind(row.created_at)
        .bind(row.updated_at)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const BY_ID: &str = "
SELECT *
FROM template
WHERE id = $1";

/// The template of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<TemplateRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, TemplateRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}
