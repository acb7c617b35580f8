//! Is every placeholder mapped to something that can be sent?

use std::collections::BTreeMap;

use harkara_provider::{ButtonKind, CardSpec, HeaderKind, TemplateButtonSpec};

use super::fill::compose;
use super::place::{Place, escaped, of_card, slots};
use super::placeholder::names;
use super::{CardMapping, Frozen, Mapping, Source, TemplateContent, is_blank, length};
use crate::domain::problem::FieldProblem;

/// What is wrong with a mapping: a placeholder without a source, an attribute without a default, a value that
/// WhatsApp would refuse. Pointers begin with `/mapping`.
pub fn mapping_problems(content: &TemplateContent, mapping: &Mapping) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = slots(content, mapping)
        .iter()
        .filter_map(|slot| source_problem(content, slot.place, slot.source))
        .collect();
    problems.extend(too_many("/mapping", "The body", &content.body, &mapping.body));
    problems.extend(button_problems("/mapping", &content.buttons, &mapping.buttons));
    for (n, own) in mapping.cards.iter().enumerate() {
        let at = format!("/mapping/cards/{n}");
        let Some(card) = content.cards.get(n) else {
            let detail = format!(
                "The template has {} card(s): take this one out.",
                content.cards.len()
            );
            problems.push(FieldProblem::new(at, "too_many", detail));
            continue;
        };
        let what = format!("The text of card {}", n + 1);
        problems.extend(too_many(&at, &what, &card.body, &own.body));
        problems.extend(button_problems(&at, &card.buttons, &own.buttons));
    }
    problems.extend(mapping.custom.keys().filter_map(|key| custom_problem(key)));
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

fn source_problem(
    content: &TemplateContent,
    place: Place<'_>,
    source: Option<&Source>,
) -> Option<FieldProblem> {
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
        Err(why) => {
            let unfit = format!("{what} {why}");
            problem("value", format!("{unfit}. Choose another value."))
        }
    }
}

fn too_many(at: &str, what: &str, text: &str, sources: &[Source]) -> Vec<FieldProblem> {
    let wanted = names(text).len();
    let detail = format!("{what} has {wanted} placeholder(s): take this value out.");
    (wanted..sources.len())
        .map(|n| FieldProblem::new(format!("{at}/body/{n}"), "too_many", detail.clone()))
        .collect()
}

fn button_problems(
    at: &str,
    buttons: &[TemplateButtonSpec],
    sources: &BTreeMap<String, Source>,
) -> Vec<FieldProblem> {
    let keys = sources.keys();
    keys.filter_map(|key| {
        let (code, detail) = button_problem(buttons, key)?;
        Some(FieldProblem::new(
            format!("{at}/buttons/{}", escaped(key)),
            code,
            detail,
        ))
    })
    .collect()
}

fn button_problem(buttons: &[TemplateButtonSpec], key: &str) -> Option<(&'static str, String)> {
    let button = key
        .parse::<usize>()
        .ok()
        .filter(|n| n.to_string() == key)
        .and_then(|n| buttons.get(n));
    let Some(button) = button else {
        let detail = "There is no such button: use its index, \"0\" for the first.";
        return Some(("unknown", detail.to_owned()));
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
    fixed.then_some(("too_many", detail))
}

/// Characters of a key of one's own at most.
const KEY_LIMIT: usize = 120;

fn custom_problem(key: &str) -> Option<FieldProblem> {
    let fits = !is_blank(key) && length(key) <= KEY_LIMIT && !key.chars().any(char::is_control);
    let detail = format!("Give the key a name of 1 to {KEY_LIMIT} characters in one line.");
    (!fits).then(|| FieldProblem::new(format!("/mapping/custom/{}", escaped(key)), "key", detail))
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
    let pointer = ["header", "card"]
        .into_iter()
        .find(|part| why.placeholder.contains(part))
        .unwrap_or("body");
    let pointer = format!("/mapping/{}", pointer.replace("card", "cards"));
    let detail = format!("{why}. Shorten the defaults, or the template.");
    Some(FieldProblem::new(pointer, "too_long", detail))
}

/// The mapping with every source replaced by what stands there for a person without attributes.
pub fn fallbacks(mapping: &Mapping) -> Mapping {
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
        buttons: texts(&mapping.buttons),
        offer_ends: mapping.offer_ends.as_ref().map(text),
        cards: mapping
            .cards
            .iter()
            .map(|card| CardMapping {
                header: card.header.as_ref().map(text),
                body: card.body.iter().map(text).collect(),
                buttons: texts(&card.buttons),
            })
            .collect(),
        custom: texts(&mapping.custom),
    }
}

fn text(source: &Source) -> Source {
    Source::Text {
        text: source.fallback().to_owned(),
    }
}

fn texts(sources: &BTreeMap<String, Source>) -> BTreeMap<String, Source> {
    sources
        .iter()
        .map(|(key, source)| (key.clone(), text(source)))
        .collect()
}

/// Carries a mapping over to a changed template: what was mapped by name or number stays mapped, what is new stays
/// open, what is gone is dropped.
pub fn realign(old: &TemplateContent, new: &TemplateContent, mapping: &Mapping) -> Mapping {
    let mut carried = mapping.clone();
    carried.body = bodies(&old.body, &new.body, &mapping.body);
    carried.buttons = buttons(&old.buttons, &new.buttons, &mapping.buttons);
    if !same_header(old.header.as_ref(), new.header.as_ref()) {
        carried.header = None;
        carried.header_filename = None;
        carried.location = None;
    }
    if !new.offer.as_ref().is_some_and(|offer| offer.has_expiration) {
        carried.offer_ends = None;
    }
    let card = |(n, new): (usize, &CardSpec)| {
        let own = of_card(mapping, n);
        let none = CardSpec {
            header: None,
            body: String::new(),
            buttons: Vec::new(),
        };
        let old = old.cards.get(n).unwrap_or(&none);
        let same = same_header(old.header.as_ref(), new.header.as_ref());
        CardMapping {
            header: own.header.clone().filter(|_| same),
            body: bodies(&old.body, &new.body, &own.body),
            buttons: buttons(&old.buttons, &new.buttons, &own.buttons),
        }
    };
    carried.cards = new.cards.iter().enumerate().map(card).collect();
    carried
}

fn bodies(old: &str, new: &str, sources: &[Source]) -> Vec<Source> {
    let before: BTreeMap<&str, &Source> = names(old).into_iter().zip(sources).collect();
    let carried = |name| {
        before
            .get(name)
            .map_or_else(Source::empty, |source| (*source).clone())
    };
    names(new).into_iter().map(carried).collect()
}

fn buttons(
    old: &[TemplateButtonSpec],
    new: &[TemplateButtonSpec],
    sources: &BTreeMap<String, Source>,
) -> BTreeMap<String, Source> {
    let kind = |buttons: &[TemplateButtonSpec], key: &str| {
        let n = key.parse::<usize>().ok();
        n.and_then(|n| buttons.get(n)).map(|b| b.kind)
    };
    let mut carried = sources.clone();
    carried.retain(|key, _| button_problem(new, key).is_none() && kind(old, key) == kind(new, key));
    carried
}

fn same_header(old: Option<&HeaderKind>, new: Option<&HeaderKind>) -> bool {
    match (old, new) {
        (Some(a), Some(b)) => std::mem::discriminant(a) == std::mem::discriminant(b),
        (None, None) => true,
        _ => false,
    }
}
