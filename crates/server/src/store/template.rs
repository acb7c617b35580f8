//! Templates.

use sqlx::FromRow;

use super::db::on;
use super::dialect::Batch;
use super::news::Topic::Template;
use super::{StoreError, Tx};
use crate::clock::Millis;

/// A template of an account.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TemplateRow {
    /// Id.
    pub id: i64,
    /// Its account.
    pub account_id: i64,
    /// Name at the provider; unique with the language.
    pub name: String,
    /// Language code.
    pub language: String,
    /// `marketing`, `utility`, `authentication`; empty when the vendor's word is not known.
    pub category: String,
    /// `draft`, `pending`, `approved`, `rejected`, `paused` or `disabled`.
    pub status: String,
    /// Why it was refused, or the vendor's own word.
    pub status_detail: Option<String>,
    /// `text`: the vendor finds it by the final text; `id`: by `provider_template_id`.
    pub addressing: String,
    /// The vendor's id.
    pub provider_template_id: Option<String>,
    /// JSON of [`crate::domain::template::TemplateContent`].
    pub content: String,
    /// JSON of [`crate::domain::template::Mapping`].
    pub mapping: String,
    /// Quality rating, as the vendor says it.
    pub quality: Option<String>,
    /// What the provider holds of it.
    #[sqlx(flatten)]
    pub held: Held,
    /// Where it stands in lists.
    #[sqlx(flatten)]
    pub shelf: Shelf,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub updated_at: i64,
}

/// What the provider holds of a template, as it listed it last or as it went to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, FromRow)]
pub struct Held {
    /// JSON of [`crate::domain::template::TemplateContent`]; none when nobody knows.
    pub theirs: Option<String>,
    /// Its status there.
    pub theirs_status: Option<String>,
    /// 1 when the buttons were listed too.
    pub theirs_buttons: i16,
    /// 1 when ours says something else.
    pub differs: i16,
}

/// Where a template stands in lists; written by [`super::template_shelf`] alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, FromRow)]
pub struct Shelf {
    /// Since when it is deleted.
    pub deleted_at: Option<i64>,
    /// 1: it cannot be restored any more, and is kept for the campaigns that were made with it.
    pub purged: i16,
    /// When a campaign began with it last; 0: never.
    pub last_sent_at: i64,
}

const INSERT: &str = "
INSERT INTO template (
    id, account_id, name, language, category, status, status_detail, addressing, provider_template_id, content,
    mapping, quality, theirs, theirs_status, theirs_buttons, differs, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

/// Keeps a new template.
pub async fn insert(tx: &mut Tx, row: &TemplateRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id).bind(row.account_id).bind(&row.name).bind(&row.language).bind(&row.category)
        .bind(&row.status).bind(&row.status_detail).bind(&row.addressing).bind(&row.provider_template_id)
        .bind(&row.content).bind(&row.mapping).bind(&row.quality)
        .bind(&row.held.theirs).bind(&row.held.theirs_status).bind(row.held.theirs_buttons).bind(row.held.differs)
        .bind(row.created_at).bind(row.updated_at)
        .execute(c).await.map(drop))?;
    tx.note(Template, row.id);
    Ok(())
}

const UPDATE: &str = "
UPDATE template
SET name = $2,
    language = $3,
    category = $4,
    status = $5,
    status_detail = $6,
    addressing = $7,
    provider_template_id = $8,
    content = $9,
    mapping = $10,
    quality = $11,
    theirs = $12,
    theirs_status = $13,
    theirs_buttons = $14,
    differs = $15,
    updated_at = $16
WHERE id = $1";

/// Keeps a changed template.
pub async fn update(tx: &mut Tx, row: &TemplateRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(row.id).bind(&row.name).bind(&row.language).bind(&row.category).bind(&row.status)
        .bind(&row.status_detail).bind(&row.addressing).bind(&row.provider_template_id).bind(&row.content)
        .bind(&row.mapping).bind(&row.quality)
        .bind(&row.held.theirs).bind(&row.held.theirs_status).bind(row.held.theirs_buttons).bind(row.held.differs)
        .bind(row.updated_at)
        .execute(c).await.map(drop))?;
    tx.note(Template, row.id);
    Ok(())
}

const SET_STATUS: &str = "
UPDATE template
SET status = $3,
    status_detail = $4,
    provider_template_id = COALESCE($5, provider_template_id),
    updated_at = CASE WHEN updated_at < $6 THEN $6 ELSE updated_at + 1 END
WHERE id = $1 AND status = $2";

/// Moves a template from one status to another, unless somebody else moved it meanwhile; then false.
pub async fn set_status(
    tx: &mut Tx,
    id: i64,
    from: &str,
    to: &str,
    detail: Option<&str>,
    provider_template_id: Option<&str>,
    now: Millis,
) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(SET_STATUS)
        .bind(id).bind(from).bind(to).bind(detail).bind(provider_template_id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Template, id);
    Ok(rows == 1)
}

const BY_ID: &str = "
SELECT *
FROM template
WHERE id = $1";

/// The template of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<TemplateRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, TemplateRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const LOCK: Batch = Batch {
    sqlite: "SELECT * FROM template WHERE id = $1",
    postgres: "SELECT * FROM template WHERE id = $1 FOR UPDATE",
};

/// The template of this id, to be changed in this transaction: nobody else changes it meanwhile.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<Option<TemplateRow>, StoreError> {
    let sql = tx.dialect().pick(&LOCK);
    Ok(on!(tx, c => sqlx::query_as::<_, TemplateRow>(sql).bind(id).fetch_optional(c).await)?)
}

const BY_NAME: &str = "
SELECT *
FROM template
WHERE account_id = $1 AND name = $2 AND language = $3";

/// The template of this name and language.
pub async fn by_name(
    tx: &mut Tx,
    account_id: i64,
    name: &str,
    language: &str,
) -> Result<Option<TemplateRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, TemplateRow>(BY_NAME)
        .bind(account_id).bind(name).bind(language)
        .fetch_optional(c).await)?)
}

const OF_ACCOUNT: &str = "
SELECT *
FROM template
WHERE account_id = $1
ORDER BY id";

/// All templates of an account.
pub async fn of_account(tx: &mut Tx, account_id: i64) -> Result<Vec<TemplateRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, TemplateRow>(OF_ACCOUNT).bind(account_id).fetch_all(c).await)?)
}

const LOCK_ACCOUNT: Batch = Batch {
    sqlite: "SELECT * FROM template WHERE account_id = $1 ORDER BY id",
    postgres: "SELECT * FROM template WHERE account_id = $1 ORDER BY id FOR UPDATE",
};

/// All templates of an account, to be changed in this transaction: nobody else changes them meanwhile.
pub async fn lock_of_account(tx: &mut Tx, account_id: i64) -> Result<Vec<TemplateRow>, StoreError> {
    let sql = tx.dialect().pick(&LOCK_ACCOUNT);
    Ok(on!(tx, c => sqlx::query_as::<_, TemplateRow>(sql).bind(account_id).fetch_all(c).await)?)
}

const DELETE: &str = "
DELETE FROM template
WHERE id = $1";

/// Deletes a template.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(DELETE).bind(id).execute(c).await.map(drop))?;
    tx.note(Template, id);
    Ok(())
}
