//! Templates.

use super::AppError;
use crate::domain::template::{Frozen, Mapping, TemplateContent};
use crate::store::template::{self, TemplateRow};
use crate::store::{Tx, from_json};

/// The template of this id.
pub async fn row(tx: &mut Tx, id: i64) -> Result<TemplateRow, AppError> {
    template::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("template"))
}

/// What a template says.
pub fn content(row: &TemplateRow) -> Result<TemplateContent, AppError> {
    Ok(from_json("template content", &row.content)?)
}

/// A template with a mapping, as a campaign keeps it.
pub fn freeze(row: &TemplateRow, mapping: Mapping) -> Result<Frozen, AppError> {
    Ok(Frozen {
        name: row.name.clone(),
        language: row.language.clone(),
        provider_template_id: row
            .provider_template_id
            .clone()
            .filter(|_| row.addressing == "id"),
        content: content(row)?,
        mapping,
    })
}
