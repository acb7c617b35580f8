//! Is every placeholder mapped to something that can be sent?

use std::collections::BTreeMap;

use harkara_provider::ButtonKind;

use super::fill::{Place, compose, slots};
use super::placeholder::names;
use super::{BODY_LIMIT, Frozen, Mapping, Source, TemplateContent, is_blank};
use crate::domain::problem::FieldProblem;

/// What is wrong with a mapping: a placeholder without a source, an attribute without a default, a value that
/// WhatsApp would refuse. Pointers begin with `/mapping`.
pub fn mapping_problems(content: &TemplateContent, mapping: &Mapping) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = slots(content, mapping)
        .iter()
        .filter_map(|slot| source_problem(content, slot.place, slot.source))
        .collect();
    let wanted = names(&content.body).len();
    for n in wanted..mapping.body.len() {
        problems.push(FieldProblem::new(
            format!("/mapping/body/{n}"),
            "too_many",
            format!("The body has {wanted} placeholder(s): take this value out."),
        ));
    }
    problems.extend(
        mapping
            .buttons
            .keys()
            .filter_map(|key| button_problem(content, key)),
    );
    if problems.is_empty() {
        problems.extend(too_long(content, mapping));
    }
    problems
}

/// The same, in sentences, for placeholders that nobody has mapped yet.
pub fn unmapped(content: &TemplateContent, mapping: &Mapping) -> Vec<String> {
    slots(content, mapping)
        .iter()
        .filter(|slot| slot.source.is_none_or(|source| *source == Source::empty()))
        .map(|slot| slot.place.show(content))
        .collect()
}

fn source_problem(content: &TemplateContent, place: Place, source: Option<&Source>) -> Option<FieldProblem> {
    let what = place.show(content);
    let problem = |code, detail: String| Some(FieldProblem::new(place.pointer(), code, detail));
    let value = match source {
        None => {
            return problem(
                "unmapped",
                format!("{what} is not mapped: choose an attribute or a text for it."),
            );
        }
        Some(Source::Text { text }) if is_blank(text) => {
            return problem(
                "unmapped",
                format!("{what} is not mapped: choose an attribute or a text for it."),
            );
        }
        Some(Source::Text { text }) => text,
        Some(Source::Attribute { name, .. }) if is_blank(name) => {
            return problem(
                "required",
                format!("{what}: name the attribute that it is filled with."),
            );
        }
        Some(Source::Attribute { name, default }) => match default {
            Some(default) if !is_blank(default) => default,
            _ => {
                return problem(
                    "needs_default",
                    format!(
                        "{what}: give a default for people without \"{name}\", or they cannot be sent to."
                    ),
                );
            }
        },
    };
    match place.fit(value) {
        Ok(_) => None,
        Err(why) => problem("value", format!("{what} {why}. Choose another value.")),
    }
}

fn button_problem(content: &TemplateContent, key: &str) -> Option<FieldProblem> {
    let pointer = format!("/mapping/buttons/{}", key.replace('~', "~0").replace('/', "~1"));
    let button = key
        .parse::<usize>()
        .ok()
        .filter(|n| n.to_string() == key)
        .and_then(|n| content.buttons.get(n));
    let Some(button) = button else {
        let detail = "There is no such button: use its index, \"0\" for the first.";
        return Some(FieldProblem::new(pointer, "unknown", detail));
    };
    let fixed = match button.kind {
        ButtonKind::Phone => true,
        ButtonKind::Url => button.url.as_deref().is_none_or(|url| names(url).is_empty()),
        ButtonKind::QuickReply | ButtonKind::CopyCode => false,
    };
    let detail = format!(
        "The button \"{}\" has nothing to fill in: take this value out.",
        button.text
    );
    fixed.then(|| FieldProblem::new(pointer, "too_many", detail))
}

/// With every default filled in, the message must be short enough: people without any attribute get just that.
fn too_long(content: &TemplateContent, mapping: &Mapping) -> Option<FieldProblem> {
    let fixed = Frozen {
        name: String::new(),
        language: String::new(),
        provider_template_id: None,
        content: content.clone(),
        mapping: fallbacks(mapping),
    };
    let why = compose(&fixed, &[]).err()?;
    let pointer = if why.placeholder.contains("header") {
        "/mapping/header"
    } else {
        "/mapping/body"
    };
    let detail = format!("{why}. Shorten the defaults, or the template (at most {BODY_LIMIT} characters).");
    Some(FieldProblem::new(pointer, "too_long", detail))
}

/// The mapping with every source replaced by what stands there for a person without attributes.
pub fn fallbacks(mapping: &Mapping) -> Mapping {
    let text = |source: &Source| Source::Text {
        text: source.fallback().to_owned(),
    };
    Mapping {
        header: mapping.header.as_ref().map(text),
        header_filename: mapping.header_filename.as_ref().map(text),
        location: mapping.location.as_ref().map(|at| super::LocationMapping {
            latitude: text(&at.latitude),
            longitude: text(&at.longitude),
            name: at.name.as_ref().map(text),
            address: at.address.as_ref().map(text),
        }),
        body: mapping.body.iter().map(text).collect(),
        buttons: mapping
            .buttons
            .iter()
            .map(|(key, s)| (key.clone(), text(s)))
            .collect(),
    }
}

/// Carries a mapping over to a changed template: what was mapped by name or number stays mapped, what is new stays
/// open, what is gone is dropped.
pub fn realign(old: &TemplateContent, new: &TemplateContent, mapping: &Mapping) -> Mapping {
    let before: BTreeMap<&str, &Source> = names(&old.body).into_iter().zip(&mapping.body).collect();
    let mut carried = mapping.clone();
    carried.body = names(&new.body)
        .into_iter()
        .map(|name| {
            before
                .get(name)
                .map_or_else(Source::empty, |source| (*source).clone())
        })
        .collect();
    let kind = |content: &TemplateContent, key: &str| {
        let n = key.parse::<usize>().ok();
        n.and_then(|n| content.buttons.get(n)).map(|b| b.kind)
    };
    carried
        .buttons
        .retain(|key, _| button_problem(new, key).is_none() && kind(old, key) == kind(new, key));
    let same_header = match (&old.header, &new.header) {
        (Some(a), Some(b)) => std::mem::discriminant(a) == std::mem::discriminant(b),
        (None, None) => true,
        _ => false,
    };
    if !same_header {
        carried.header = None;
        carried.header_filename = None;
        carried.location = None;
    }
    carried
}
