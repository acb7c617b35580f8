//! What a template needs of the provider of its account.

use harkara_provider::{ButtonKind, Capability, HeaderKind, Spec, TemplateButtonSpec};

use super::{Mapping, TemplateContent};
use crate::domain::problem::FieldProblem;

/// What this provider cannot carry of a template and what it is filled with, each with its pointer.
pub fn unsupported(spec: &Spec, content: &TemplateContent, mapping: &Mapping) -> Vec<FieldProblem> {
    let lacking = needs(content, mapping)
        .into_iter()
        .filter(|(_, need)| !spec.can(*need));
    lacking
        .map(|(pointer, need)| FieldProblem::new(pointer, "unsupported", spec.sentence(need)))
        .collect()
}

fn needs(content: &TemplateContent, mapping: &Mapping) -> Vec<(String, Capability)> {
    let mut all = Vec::new();
    let mut need = |pointer: &str, capability| all.push((pointer.to_owned(), capability));
    match &content.header {
        None => {}
        Some(HeaderKind::Text { .. }) => need("/content/header", Capability::TemplateHeaderText),
        Some(HeaderKind::Location) => need("/content/header", Capability::TemplateHeaderLocation),
        Some(HeaderKind::Image | HeaderKind::Video | HeaderKind::Document) => {
            need("/content/header", Capability::TemplateHeaderMedia);
        }
    }
    if content.offer.is_some() {
        need("/content/offer", Capability::TemplateOffer);
    }
    if !content.cards.is_empty() {
        need("/content/cards", Capability::TemplateCarousel);
    }
    if !mapping.custom.is_empty() {
        need("/mapping/custom", Capability::CustomProperties);
    }
    all.extend(buttons("/content", &content.buttons));
    for (n, card) in content.cards.iter().enumerate() {
        all.extend(buttons(&format!("/content/cards/{n}"), &card.buttons));
    }
    all
}

fn buttons(at: &str, buttons: &[TemplateButtonSpec]) -> Vec<(String, Capability)> {
    let needs = buttons.iter().enumerate().map(|(n, button)| {
        let capability = match button.kind {
            ButtonKind::QuickReply => Capability::TemplateQuickReply,
            ButtonKind::Url => Capability::TemplateUrl,
            ButtonKind::Phone => Capability::TemplatePhone,
            ButtonKind::CopyCode => Capability::TemplateCopyCode,
        };
        (format!("{at}/buttons/{n}"), capability)
    });
    needs.collect()
}
