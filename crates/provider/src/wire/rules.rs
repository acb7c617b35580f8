//! WhatsApp's own limits, the same for every vendor. Lengths are Unicode code points.
//!
//! Every refusal is [`SendErrorKind::Invalid`] and names the part, its limit and what it has.

use std::collections::BTreeSet;

use super::cards;
use crate::callback::Location;
use crate::error::{SendError, SendErrorKind};
use crate::message::{Button, Header, ListSection, MediaKind, TemplateButton, TemplateMessage};

/// Session text, characters.
pub const TEXT: usize = 4096;
/// Media caption and body of a template or button message, characters.
pub const BODY: usize = 1024;
/// Text header and footer, characters.
pub const HEADER: usize = 60;

/// A refusal with the detail and the sentence for a person.
pub fn invalid(detail: impl Into<String>, help: impl Into<String>) -> SendError {
    SendError::new(SendErrorKind::Invalid, None, detail, help)
}

/// Refuses text longer than `limit`. `part` starts a sentence: "The caption".
pub fn at_most(part: &str, text: &str, limit: usize) -> Result<(), SendError> {
    let length = text.chars().count();
    if length <= limit {
        return Ok(());
    }
    Err(invalid(
        format!("{part}: {length} characters, limit {limit}"),
        format!(
            "{part} has {length} characters and WhatsApp allows {limit}. Shorten it by {}.",
            length - limit
        ),
    ))
}

/// Refuses blank text, and text longer than `limit`.
pub fn filled(part: &str, text: &str, limit: usize) -> Result<(), SendError> {
    if text.trim().is_empty() {
        return Err(invalid(
            format!("{part}: empty"),
            format!("{part} is empty and WhatsApp needs a text there. Write one."),
        ));
    }
    at_most(part, text, limit)
}

/// The media URL with its spaces encoded once; refuses anything that is not http(s).
pub fn public_url(url: &str) -> Result<String, SendError> {
    let url = url.trim();
    let lower = url.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    if rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        return Ok(url.replace(' ', "%20"));
    }
    Err(invalid(
        "media URL: not an http(s) link",
        "The media link must start with https:// and be open to the public, because the provider fetches it from \
         there. Give such a link.",
    ))
}

/// The caption of a file: not too long, and not where nobody would see it.
pub fn caption(kind: MediaKind, caption: &str) -> Result<(), SendError> {
    at_most("The caption", caption, BODY)?;
    if matches!(kind, MediaKind::Audio | MediaKind::Sticker) && !caption.is_empty() {
        return Err(invalid(
            format!("caption on {}", kind.name()),
            format!(
                "WhatsApp shows no caption under a message of type {}. Send the text as a message of its own.",
                kind.name()
            ),
        ));
    }
    Ok(())
}

/// A place on Earth.
pub fn place(place: &Location) -> Result<(), SendError> {
    if (-90.0..=90.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude) {
        return Ok(());
    }
    Err(invalid(
        format!("location {}, {}", place.latitude, place.longitude),
        "The location is not on Earth: latitude goes from -90 to 90 and longitude from -180 to 180. Check that they are \
         not swapped.",
    ))
}

/// Reply buttons of a session message: one to three, each with its own id and a title.
pub fn reply_buttons(buttons: &[Button]) -> Result<(), SendError> {
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(invalid(
            format!("buttons: {}, limit 3", buttons.len()),
            format!(
                "The message has {} buttons and WhatsApp takes one to three.",
                buttons.len()
            ),
        ));
    }
    let mut ids = BTreeSet::new();
    for button in buttons {
        filled(&format!("The button '{}'", button.title), &button.title, 20)?;
        unique_id("button", &button.id, &button.title, 256, &mut ids)?;
    }
    Ok(())
}

/// Sections of a list message: at most ten, with one to ten rows in all.
pub fn list_sections(sections: &[ListSection]) -> Result<(), SendError> {
    let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
    if sections.len() > 10 || rows == 0 || rows > 10 {
        return Err(invalid(
            format!("list: {} sections, {rows} rows, limit 10", sections.len()),
            format!(
                "The list has {rows} rows in {} sections and WhatsApp takes one to ten rows in at most ten sections.",
                sections.len()
            ),
        ));
    }
    let mut ids = BTreeSet::new();
    for section in sections {
        match &section.title {
            Some(title) => at_most(&format!("The section title '{title}'"), title, 24)?,
            None if sections.len() > 1 => {
                return Err(invalid(
                    "section without a title",
                    "A list with more than one section needs a title for each section. Add the missing title.",
                ));
            }
            None => {}
        }
        if section.rows.is_empty() {
            return Err(invalid(
                "section without rows",
                "A section of the list has no rows. Add a row or remove the section.",
            ));
        }
        for row in &section.rows {
            filled(&format!("The row '{}'", row.title), &row.title, 24)?;
            unique_id("row", &row.id, &row.title, 200, &mut ids)?;
            if let Some(text) = &row.description {
                at_most(&format!("The description of the row '{}'", row.title), text, 72)?;
            }
        }
    }
    Ok(())
}

fn unique_id<'a>(
    what: &str,
    id: &'a str,
    title: &str,
    limit: usize,
    seen: &mut BTreeSet<&'a str>,
) -> Result<(), SendError> {
    filled(&format!("The id of the {what} '{title}'"), id, limit)?;
    if seen.insert(id) {
        return Ok(());
    }
    Err(invalid(
        format!("{what} id {id} twice"),
        format!("Two {what}s have the id '{id}', so a reply could not be told apart. Give each its own id."),
    ))
}

/// A template value as WhatsApp takes it: line breaks, tabs and runs of five or more spaces become one space, ends
/// are trimmed. `None`: it is blank, and WhatsApp refuses blank values.
///
/// Whoever fills the body of a template should use this for each value, so that the body and the list of values
/// agree.
pub fn clean_parameter(value: &str) -> Option<String> {
    let mut clean = String::with_capacity(value.len());
    let mut gap = String::new();
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    for c in value.trim_matches(is_gap).chars() {
        if is_gap(c) {
            gap.push(c);
            continue;
        }
        clean.push_str(bridge(&gap));
        gap.clear();
        clean.push(c);
    }
    (!clean.is_empty()).then_some(clean)
}

/// Up to four plain spaces stay; everything else becomes one space.
fn bridge(gap: &str) -> &str {
    let plain = gap
        .chars()
        .all(|c| c == ' ' || (c.is_whitespace() && !is_break(c)));
    if plain && gap.chars().count() <= 4 {
        gap
    } else {
        " "
    }
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A template with every value as WhatsApp takes it. The body holds the values already, so a value that changes is
/// changed there too.
pub fn cleaned(template: &TemplateMessage) -> Result<TemplateMessage, SendError> {
    let mut template = template.clone();
    clean_values("the body", &mut template.body, &mut template.parameters)?;
    for (at, card) in template.cards.iter_mut().enumerate() {
        let what = format!("the text of card {}", at + 1);
        clean_values(&what, &mut card.body, &mut card.parameters)?;
    }
    if let Some(Header::Text { text, parameter, .. }) = &mut template.header {
        *text = clean_parameter(text).unwrap_or_default();
        if let Some(value) = parameter {
            *value = clean_parameter(value).ok_or_else(|| blank("The value of the header"))?;
        }
    }
    Ok(template)
}

fn clean_values(what: &str, text: &mut String, values: &mut [String]) -> Result<(), SendError> {
    for (at, value) in values.iter_mut().enumerate() {
        let clean = clean_parameter(value).ok_or_else(|| blank(&format!("Value {} of {what}", at + 1)))?;
        if clean.as_str() != value.trim() {
            *text = text.replace(value.trim(), &clean);
        }
        *value = clean;
    }
    Ok(())
}

fn blank(what: &str) -> SendError {
    invalid(
        format!("{what}: blank"),
        format!(
            "{what} is blank for this person, and WhatsApp refuses blank values. Give the placeholder a default."
        ),
    )
}

/// Limits of a filled template: texts, buttons and their number.
pub fn template(template: &TemplateMessage) -> Result<(), SendError> {
    filled(
        "The template's body with its values filled in",
        &template.body,
        BODY,
    )?;
    match &template.header {
        Some(Header::Text { text, .. }) => filled("The template's header", text, HEADER)?,
        Some(Header::Media { .. } | Header::Location(_)) | None => {}
    }
    if let Some(footer) = &template.footer {
        at_most("The template's footer", footer, HEADER)?;
    }
    let count = |wanted: fn(&TemplateButton) -> bool| template.buttons.iter().filter(|b| wanted(b)).count();
    let is_url = |b: &TemplateButton| {
        matches!(
            b,
            TemplateButton::StaticUrl { .. } | TemplateButton::DynamicUrl { .. }
        )
    };
    for (what, count, limit) in [
        ("buttons", template.buttons.len(), 10),
        ("link buttons", count(is_url), 2),
        (
            "call buttons",
            count(|b| matches!(b, TemplateButton::Phone { .. })),
            1,
        ),
        (
            "copy-code buttons",
            count(|b| matches!(b, TemplateButton::CopyCode { .. })),
            1,
        ),
    ] {
        if count > limit {
            return Err(invalid(
                format!("{what}: {count}, limit {limit}"),
                format!("The template has {count} {what} and WhatsApp allows {limit}."),
            ));
        }
    }
    template.buttons.iter().try_for_each(template_button)?;
    cards::offer(template)?;
    cards::carousel(&template.cards)
}

pub(super) fn template_button(button: &TemplateButton) -> Result<(), SendError> {
    match button {
        TemplateButton::QuickReply { text, payload } => {
            filled("The text of a quick reply", text, 25)?;
            at_most(
                &format!("The payload of '{text}'"),
                payload.as_deref().unwrap_or(""),
                128,
            )
        }
        TemplateButton::StaticUrl { text, .. } | TemplateButton::Phone { text, .. } => {
            filled("The text of a button", text, 25)
        }
        TemplateButton::DynamicUrl { text, base, suffix } => {
            filled("The text of a link button", text, 25)?;
            filled(&format!("The end of the link behind '{text}'"), suffix, 2000)?;
            at_most(
                &format!("The link behind '{text}'"),
                &format!("{base}{suffix}"),
                2000,
            )
        }
        TemplateButton::CopyCode { text, code } => {
            at_most("The text of the button that copies a code", text, 25)?;
            filled("The code to copy", code, 15)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lose_what_whatsapp_refuses_and_keep_the_rest() {
        for (raw, clean) in [
            ("Asha", Some("Asha")),
            ("  Asha  ", Some("Asha")),
            ("line one\nline two", Some("line one line two")),
            ("a\tb", Some("a b")),
            ("a\r\n\r\n  b", Some("a b")),
            ("a    b", Some("a    b")),
            ("a     b", Some("a b")),
            ("अ\u{00a0}ब", Some("अ\u{00a0}ब")),
            ("\u{11}39\u{10}26\u{0}", Some("39 26")),
            ("", None),
            (" \n\t ", None),
        ] {
            assert_eq!(clean_parameter(raw).as_deref(), clean, "{raw:?}");
        }
    }

    #[test]
    fn a_length_is_counted_in_characters_and_the_sentence_names_both_numbers() {
        assert!(at_most("The caption", &"क".repeat(1024), 1024).is_ok());
        let error = at_most("The caption", &"क".repeat(1030), 1024).expect_err("too long");
        assert_eq!(error.kind, SendErrorKind::Invalid);
        assert!(error.help.contains("1030") && error.help.contains("1024") && error.help.contains("by 6"));
    }

    #[test]
    fn links_are_http_and_their_spaces_are_encoded_once() {
        assert_eq!(
            public_url("https://x.example/a b%20c.png"),
            Ok("https://x.example/a%20b%20c.png".to_owned())
        );
        for bad in [
            "",
            "ftp://x",
            "https://",
            "https:///etc",
            "file:///etc/passwd",
            "x.example/a.png",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}
