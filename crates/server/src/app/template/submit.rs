//! Submitting a template for approval.

use harkara_provider::SendErrorKind;

use super::drift::hold;
use super::{category, content, mapping, not_deleted, open_problems, row};
use crate::app::account::{self, provider_trouble};
use crate::app::{App, AppError, file};
use crate::domain::problem::FieldProblem;
use crate::domain::template::{TemplateContent, draft};
use crate::engine::Engine;
use crate::store;
use crate::store::template::TemplateRow;

const DRAFT: &str = "draft";
const PENDING: &str = "pending";
const REJECTED: &str = "rejected";

/// Submits a draft, or a rejected template that was mended. It is pending before the request leaves, so that it is
/// never submitted twice; a refusal by the provider makes it rejected, with the reason.
///
/// # Errors
/// What is not ready for WhatsApp, that it is not a draft, or that the provider could not be asked: then it is what it
/// was before, unless nobody can say whether the request arrived.
pub async fn submit(app: &App, engine: &Engine, id: i64) -> Result<TemplateRow, AppError> {
    let mut tx = app.db.write().await?;
    let before = row(&mut tx, id).await?;
    not_deleted(&before)?;
    let loaded = account::load(app, &mut tx, before.account_id).await?;
    account::not_archived(&loaded.row)?;
    if before.status != DRAFT && before.status != REJECTED {
        return Err(AppError::conflict(
            "template_not_draft",
            format!(
                "The template \"{}\" is {}: it was submitted before.",
                before.name, before.status
            ),
            "Import the templates to see what became of it, or make a new template.",
        ));
    }
    let mut problems = open_problems(&before)?;
    problems.extend(only_at_the_provider(&content(&before)?));
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let Some(category) = category(&before.category) else {
        let detail = "Choose a category: marketing, utility or authentication.";
        return Err(AppError::field("/category", "required", detail));
    };
    let draft = draft(
        &before.name,
        &before.language,
        category,
        &content(&before)?,
        &mapping(&before)?,
    );
    // What we have ourselves is not fetched through the public address, which may not lead here from here.
    let example = match &draft.header_example {
        Some(url) => file::copy(app, &mut tx, url, "/mapping/header").await?,
        None => None,
    };
    let now = app.now();
    // With no replies this is pure: whatever it refuses never left.
    loaded
        .provider
        .create_template(&loaded.account, &draft, now, &[])
        .map_err(|e| AppError::field("/content", "not_submittable", e.help))?;
    let waits = "It is being submitted.";
    store::template::set_status(&mut tx, id, &before.status, PENDING, Some(waits), None, now).await?;
    tx.commit().await?;

    let known = draft.header_example.as_deref().zip(example.as_ref());
    let outcome = engine
        .run_with(known, |prior| {
            loaded
                .provider
                .create_template(&loaded.account, &draft, now, prior)
        })
        .await;
    let mut tx = app.db.write().await?;
    let now = app.now();
    let (to, detail, vendor_id) = match &outcome {
        Ok((vendor_id, _)) => (PENDING, None, Some(vendor_id.as_str())),
        Err(e) => match e.kind {
            SendErrorKind::Invalid | SendErrorKind::Rejected => {
                (REJECTED, Some(format!("{} {}", e.detail, e.help)), None)
            }
            SendErrorKind::Unknown => {
                let unsure = "Nobody can say whether the provider got it. Import the templates to see.";
                (PENDING, Some(unsure.to_owned()), None)
            }
            _ => (before.status.as_str(), before.status_detail.clone(), None),
        },
    };
    // An import may have told more meanwhile; then that stands.
    let ours =
        store::template::set_status(&mut tx, id, PENDING, to, detail.as_deref(), vendor_id, now).await?;
    let mut after = row(&mut tx, id).await?;
    if ours && to == PENDING {
        let sent = content(&before)?;
        after.held = hold(&content(&after)?, &sent, PENDING, true);
        store::template::update(&mut tx, &after).await?;
    }
    tx.commit().await?;
    match outcome {
        Err(e) if to != REJECTED => Err(provider_trouble(&loaded.row.nickname, e)),
        _ => Ok(after),
    }
}

/// Offers and cards are not among what can be submitted from here.
pub(super) fn only_at_the_provider(content: &TemplateContent) -> Vec<FieldProblem> {
    let parts = [
        ("/content/offer", content.offer.is_some(), "A limited-time offer"),
        ("/content/cards", !content.cards.is_empty(), "A carousel"),
    ];
    let there = parts.into_iter().filter(|(_, there, _)| *there);
    there
        .map(|(pointer, _, what)| {
            let detail = format!(
                "{what} cannot be submitted from here. Make the template in the provider's console, then import it."
            );
            FieldProblem::new(pointer, "not_submittable", detail)
        })
        .collect()
}
