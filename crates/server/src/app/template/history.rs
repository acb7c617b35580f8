//! Every saved change of a template is a version: who, when and what.

use super::{BY_ID, Change, category, name_and_language_are_ours, row_to_change, update_row};
use crate::app::audit::Actor;
use crate::app::{App, AppError};
use crate::clock::{MINUTE, Millis};
use crate::store::template::TemplateRow;
use crate::store::template_version::{self, VersionRow};
use crate::store::{Tx, from_json};

/// Versions that are kept of one template.
pub const KEPT: i64 = 500;
/// For so long what one person types goes into one version.
const STRETCH: Millis = 10 * MINUTE;

/// How a version came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Somebody saved it.
    Saved,
    /// It was saved by itself while somebody typed.
    Typed,
    /// It began as a copy of another template.
    Copied,
    /// The provider listed it so.
    Imported,
    /// Somebody took over what the provider holds.
    TakenOver,
    /// Somebody went back to this version.
    Restored(Millis),
}

impl Act {
    fn name(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Typed => "typed",
            Self::Copied => "copied",
            Self::Imported => "imported",
            Self::TakenOver => "taken_over",
            Self::Restored(_) => "restored",
        }
    }
}

/// A version of which only the template itself tells, such as one from before versions were kept.
const UNKNOWN: &str = "unknown";

/// What a version holds of a template. Its status is not part of it, nor an id that the vendor gave and nothing is found by.
type Said<'a> = (
    &'a str,
    &'a str,
    &'a str,
    &'a str,
    Option<&'a str>,
    &'a str,
    &'a str,
);

fn of_template(row: &TemplateRow) -> Said<'_> {
    (
        &row.name,
        &row.language,
        &row.category,
        &row.addressing,
        row.provider_template_id
            .as_deref()
            .filter(|_| row.addressing == BY_ID),
        &row.content,
        &row.mapping,
    )
}

fn of_version(row: &VersionRow) -> Said<'_> {
    (
        &row.name,
        &row.language,
        &row.category,
        &row.addressing,
        row.provider_template_id
            .as_deref()
            .filter(|_| row.addressing == BY_ID),
        &row.content,
        &row.mapping,
    )
}

fn version_of(row: &TemplateRow, by: Option<&Actor>, act: Option<Act>) -> VersionRow {
    VersionRow {
        template_id: row.id,
        version: row.updated_at,
        began_at: row.updated_at,
        actor_type: by.map(|by| by.kind.name().to_owned()).unwrap_or_default(),
        actor_id: by.map_or(0, |by| by.id),
        actor_name: by.map(|by| by.name.clone()).unwrap_or_default(),
        act: act.map_or(UNKNOWN, Act::name).to_owned(),
        restored: match act {
            Some(Act::Restored(version)) => Some(version),
            _ => None,
        },
        name: row.name.clone(),
        language: row.language.clone(),
        category: row.category.clone(),
        addressing: row.addressing.clone(),
        provider_template_id: row.provider_template_id.clone(),
        content: row.content.clone(),
        mapping: row.mapping.clone(),
    }
}

/// Whether what is typed now belongs to the version that is there.
fn goes_on(last: &VersionRow, next: &VersionRow) -> bool {
    let typed = Act::Typed.name();
    let same = (&last.actor_type, last.actor_id) == (&next.actor_type, next.actor_id);
    last.act == typed && next.act == typed && same && next.version - last.began_at < STRETCH
}

/// Keeps what a template says now as a version, in the transaction that changes it and holds its lock. What changed its status
/// alone is none.
pub(super) async fn keep(
    tx: &mut Tx,
    before: Option<&TemplateRow>,
    after: &TemplateRow,
    by: &Actor,
    act: Act,
) -> Result<(), AppError> {
    if before.is_some_and(|before| of_template(before) == of_template(after)) {
        return Ok(());
    }
    let newest = template_version::page(tx, after.id, Millis::MAX, 1).await?;
    let mut last = newest.into_iter().next();
    if let Some(before) = before
        && last
            .as_ref()
            .is_none_or(|last| of_version(last) != of_template(before))
    {
        // It was saved where no versions are kept: by the program of before, for instance.
        let unknown = version_of(before, None, None);
        template_version::insert(tx, &unknown).await?;
        last = Some(unknown);
    }
    let mut next = version_of(after, Some(by), Some(act));
    if let Some(last) = last.filter(|last| goes_on(last, &next)) {
        next.began_at = last.began_at;
        template_version::delete(tx, after.id, last.version).await?;
    }
    template_version::insert(tx, &next).await?;
    Ok(template_version::forget(tx, after.id, KEPT).await?)
}

/// Makes a template say what it said in an earlier version, by the rules of every other change; that is a new version. Its name
/// and language change only while they are ours to choose. The second value is as with every change.
///
/// # Errors
/// There is no such version, somebody changed the template since it was read, or what it said can no longer be saved.
pub async fn go_back(
    app: &App,
    tx: &mut Tx,
    id: i64,
    version: Millis,
    (read, status): (Option<Millis>, Option<String>),
    by: &Actor,
) -> Result<(TemplateRow, i64), AppError> {
    let now_is = row_to_change(tx, id).await?;
    let was = template_version::one(tx, id, version)
        .await?
        .ok_or(AppError::NotFound("version"))?;
    let ours = name_and_language_are_ours(&now_is);
    let change = Change {
        name: Some(was.name).filter(|_| ours),
        language: Some(was.language).filter(|_| ours),
        category: category(&was.category),
        content: Some(from_json("template content", &was.content)?),
        mapping: Some(from_json("template mapping", &was.mapping)?),
        status,
        addressing: Some(was.addressing),
        provider_template_id: Some(was.provider_template_id.unwrap_or_default()),
        version: read,
        typed: false,
    };
    update_row(app, tx, now_is, change, (by, Act::Restored(version))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(by: i64, began_at: Millis, version: Millis, act: Act) -> VersionRow {
        VersionRow {
            template_id: 1,
            version,
            began_at,
            actor_type: "user".into(),
            actor_id: by,
            actor_name: "Ravi".into(),
            act: act.name().into(),
            restored: None,
            name: "offer".into(),
            language: "en".into(),
            category: "marketing".into(),
            addressing: "text".into(),
            provider_template_id: None,
            content: "{}".into(),
            mapping: "{}".into(),
        }
    }

    #[test]
    fn what_one_person_types_is_one_version_for_ten_minutes() {
        let last = typed(7, 1_000, 5_000, Act::Typed);
        let next = |by, version, act| goes_on(&last, &typed(by, version, version, act));
        assert!(next(7, 5_001, Act::Typed));
        assert!(!next(8, 5_001, Act::Typed), "somebody else");
        assert!(!next(7, 5_001, Act::Saved), "meant as a version");
        assert!(!next(7, 1_000 + STRETCH, Act::Typed), "another stretch");
        let saved = typed(7, 1_000, 5_000, Act::Saved);
        assert!(!goes_on(&saved, &typed(7, 5_001, 5_001, Act::Typed)));
    }
}
