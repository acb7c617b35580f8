//! What is wrong with a template while it is being written.

use harkara_provider::{Capability, registry};

use super::submit::only_at_the_provider;
use super::{is_of_the_name, name_taken};
use crate::app::{AppError, account};
use crate::domain::problem::FieldProblem;
use crate::domain::template::{Mapping, TemplateContent, hints, mapping_problems, problems, unsupported};
use crate::store::{self, Tx};

/// What is being written; what is absent is not judged.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Its account, whose provider says what can be sent.
    pub account_id: Option<i64>,
    /// The stored template that it will replace.
    pub template_id: Option<i64>,
    /// Name.
    pub name: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// What it says.
    pub content: TemplateContent,
    /// What its placeholders are filled with.
    pub mapping: Mapping,
}

/// A problem, and whether it stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The problem.
    pub problem: FieldProblem,
    /// It stands in the way of saving, submitting or sending; else it is a hint.
    pub error: bool,
}

/// Judges it by WhatsApp's rules, by what the account's provider can carry, and by what reviewers do not like.
pub async fn lint(tx: &mut Tx, draft: &Draft) -> Result<Vec<Remark>, AppError> {
    let mut errors = problems(
        draft.name.as_deref().unwrap_or("name"),
        draft.language.as_deref().unwrap_or("en"),
        &draft.content,
    );
    let mut hinted = hints(&draft.content);
    if let Some(id) = draft.account_id {
        let row = account::by_id(tx, id).await?;
        if let Some(provider) = registry::find(&row.provider) {
            let spec = provider.spec();
            if spec.can(Capability::TemplateCreate) {
                hinted.extend(only_at_the_provider(&draft.content));
            } else {
                errors.retain(|p| !is_of_the_name(p));
            }
            errors.extend(unsupported(spec, &draft.content, &draft.mapping));
        }
        if let (Some(name), Some(language)) = (&draft.name, &draft.language) {
            let there = store::template::by_name(tx, id, name, language).await?;
            errors.extend(
                there
                    .filter(|row| Some(row.id) != draft.template_id)
                    .map(|row| name_taken(&row)),
            );
        }
    }
    for problem in mapping_problems(&draft.content, &draft.mapping) {
        if matches!(problem.code, "unmapped" | "needs_default") {
            hinted.push(problem);
        } else {
            errors.push(problem);
        }
    }
    let remark = |error| move |problem| Remark { problem, error };
    let errors = errors.into_iter().map(remark(true));
    Ok(errors.chain(hinted.into_iter().map(remark(false))).collect())
}
