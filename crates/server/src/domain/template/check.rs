//! WhatsApp's rules for templates, each with a sentence that says what to change.

use harkara_provider::{ButtonKind, HeaderKind, TemplateButtonSpec};

use super::placeholder::{Piece, names, number, pieces};
use super::{
    BODY_LIMIT, BUTTON_TEXT_LIMIT, HEADER_LIMIT, TemplateContent, URL_LIMIT, is_blank, is_url, length,
};
use crate::domain::problem::FieldProblem;

/// Buttons at most, of each kind and together.
const BUTTONS: usize = 10;
const LIMITS: [(ButtonKind, usize, &str); 4] = [
    (ButtonKind::QuickReply, 10, "quick reply"),
    (ButtonKind::Url, 2, "link"),
    (ButtonKind::Phone, 1, "call"),
    (ButtonKind::CopyCode, 1, "copy code"),
];
/// Characters of a call button's number at most.
const PHONE_LIMIT: usize = 20;

/// Everything for which WhatsApp would refuse this template. Pointers are `/name`, `/language` and below `/content`.
pub fn problems(name: &str, language: &str, content: &TemplateContent) -> Vec<FieldProblem> {
    let mut found = Found::default();
    found.name(name);
    found.language(language);
    found.header(content.header.as_ref());
    found.body(&content.body);
    found.footer(content.footer.as_deref());
    found.buttons(&content.buttons);
    found.mixed(content);
    found.offer(content);
    found.cards(content);
    found.0
}

#[derive(Default)]
struct Found(Vec<FieldProblem>);

impl Found {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldProblem::new(pointer, code, detail));
    }

    fn at_most(&mut self, pointer: &str, what: &str, text: &str, limit: usize) {
        let n = length(text);
        if n > limit {
            let detail = format!("{what} has {n} characters; WhatsApp takes {limit}. Shorten it.");
            self.add(pointer, "too_long", detail);
        }
    }

    fn name(&mut self, name: &str) {
        let fits = name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if name.is_empty() || name.len() > 512 || !fits {
            self.add(
                "/name",
                "name",
                "Use small letters a to z, digits and underscores, such as order_update_1; 1 to 512 characters.",
            );
        }
    }

    fn language(&mut self, language: &str) {
        let (base, region) = match language.split_once('_') {
            Some((base, region)) => (base, Some(region)),
            None => (language, None),
        };
        let base_fits = (2..=3).contains(&base.len()) && base.bytes().all(|b| b.is_ascii_lowercase());
        let region_fits =
            region.is_none_or(|r| (2..=4).contains(&r.len()) && r.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !base_fits || !region_fits {
            self.add(
                "/language",
                "language",
                "Give WhatsApp's code of the language, such as en, en_US, hi or pt_BR.",
            );
        }
    }

    fn header(&mut self, header: Option<&HeaderKind>) {
        let Some(HeaderKind::Text { text }) = header else {
            return;
        };
        let at = "/content/header/text";
        if is_blank(text) {
            self.add(at, "required", "Write the header, or take it out.");
        }
        self.at_most(at, "The header", text, HEADER_LIMIT);
        self.braces(at, "The header", text);
        self.one_line(at, "The header", text);
        if text.contains(['*', '`', '~']) {
            self.add(
                at,
                "formatting",
                "A header cannot be formatted: take out *, ~ and `.",
            );
        }
        let placeholders = names(text);
        if placeholders.len() > 1 {
            self.add(
                at,
                "too_many_variables",
                "A header may have one placeholder. Move the others to the body.",
            );
        } else if placeholders
            .first()
            .and_then(|n| number(n))
            .is_some_and(|n| n != 1)
        {
            self.add(
                at,
                "numbering",
                "The header's placeholder is numbered on its own: call it {{1}}.",
            );
        }
    }

    fn body(&mut self, body: &str) {
        let at = "/content/body";
        if is_blank(body) {
            self.add(at, "required", "Write the body: a template needs one.");
            return;
        }
        self.at_most(at, "The body", body, BODY_LIMIT);
        self.braces(at, "The body", body);
        if body.replace('\r', "").contains("\n\n\n") {
            self.add(
                at,
                "newlines",
                "More than one empty line in a row is refused: take out the extra ones.",
            );
        }
        let parts = pieces(body.trim());
        let is_placeholder = |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Placeholder(_)));
        if is_placeholder(parts.first()) || is_placeholder(parts.last()) {
            self.add(
                at,
                "variable_at_edge",
                "The body may not begin or end with a placeholder. Put a word or a full stop around it: \"Hello {{1}}, ...\".",
            );
        }
        let text: Vec<&Piece<'_>> = parts
            .iter()
            .filter(|p| !matches!(p, Piece::Text(t) if t.trim().is_empty()))
            .collect();
        if text
            .windows(2)
            .any(|two| matches!(two, [Piece::Placeholder(_), Piece::Placeholder(_)]))
        {
            self.add(
                at,
                "adjacent_variables",
                "Two placeholders stand side by side: put a word between them.",
            );
        }
        self.numbering(at, body);
        self.words(at, &parts);
    }

    /// WhatsApp's measure is not public; templates with fewer than two words a placeholder are refused.
    fn words(&mut self, at: &str, parts: &[Piece<'_>]) {
        let (mut words, mut variables) = (0, 0);
        for part in parts {
            match part {
                Piece::Text(text) => {
                    words += text
                        .split_whitespace()
                        .filter(|w| w.chars().any(char::is_alphanumeric))
                        .count();
                }
                Piece::Placeholder(_) => variables += 1,
            }
        }
        if words < 2 * variables {
            let detail = format!(
                "{variables} placeholder(s) among {words} word(s) are too many: WhatsApp wants to see what the message is \
                 about. Write more text around them."
            );
            self.add(at, "too_many_variables", detail);
        }
    }

    fn numbering(&mut self, at: &str, text: &str) {
        let names = names(text);
        let numbers: Vec<u32> = names.iter().filter_map(|n| number(n)).collect();
        if numbers.len() < names.len() && !numbers.is_empty() {
            self.add(
                at,
                "mixed_variables",
                "Use either numbers ({{1}}) or names ({{first_name}}) for placeholders, not both.",
            );
        } else if numbers.iter().zip(1..).any(|(n, expected)| *n != expected) {
            let shown: Vec<String> = numbers.iter().map(|n| format!("{{{{{n}}}}}")).collect();
            let detail = format!(
                "Placeholders are numbered 1, 2, 3 without gaps; here are {}. Number them anew.",
                shown.join(", ")
            );
            self.add(at, "numbering", detail);
        } else if names
            .iter()
            .any(|n| number(n).is_none() && n.bytes().all(|b| b.is_ascii_digit()))
        {
            self.add(
                at,
                "numbering",
                "Placeholders are numbered 1, 2, 3, without zeros in front.",
            );
        }
    }

    fn mixed(&mut self, content: &TemplateContent) {
        let Some(HeaderKind::Text { text }) = &content.header else {
            return;
        };
        let named = |text: &str| names(text).first().map(|n| number(n).is_none());
        if let (Some(a), Some(b)) = (named(text), named(&content.body))
            && a != b
        {
            self.add(
                "/content/header/text",
                "mixed_variables",
                "Header and body must both use numbers ({{1}}) or both use names ({{first_name}}) for placeholders.",
            );
        }
    }

    /// Braces that were meant as a placeholder and are none.
    fn braces(&mut self, at: &str, what: &str, text: &str) {
        let loose = pieces(text)
            .iter()
            .any(|p| matches!(p, Piece::Text(t) if t.contains("{{") || t.contains("}}")));
        if loose {
            let detail = format!(
                "{what} has braces that make no placeholder. Write {{{{1}}}} or {{{{first_name}}}}: small letters, digits \
                 and underscores, no spaces."
            );
            self.add(at, "placeholder", detail);
        }
    }

    fn one_line(&mut self, at: &str, what: &str, text: &str) {
        if text.contains(['\n', '\r', '\t']) {
            self.add(
                at,
                "one_line",
                format!("{what} must be one line: take out line breaks and tabs."),
            );
        }
    }

    fn fixed(&mut self, at: &str, what: &str, text: &str) {
        if text.contains("{{") || text.contains("}}") {
            self.add(
                at,
                "no_variables",
                format!("{what} cannot have placeholders: it is the same for everybody."),
            );
        }
    }

    fn footer(&mut self, footer: Option<&str>) {
        let Some(footer) = footer else { return };
        let at = "/content/footer";
        if is_blank(footer) {
            self.add(at, "required", "Write the footer, or take it out.");
        }
        self.at_most(at, "The footer", footer, HEADER_LIMIT);
        self.one_line(at, "The footer", footer);
        self.fixed(at, "The footer", footer);
    }

    fn buttons(&mut self, buttons: &[TemplateButtonSpec]) {
        let at = "/content/buttons";
        if buttons.len() > BUTTONS {
            let detail = format!("There are {} buttons; WhatsApp takes {BUTTONS}.", buttons.len());
            self.add(at, "too_many", detail);
        }
        for (kind, limit, what) in LIMITS {
            let n = buttons.iter().filter(|b| b.kind == kind).count();
            if n > limit {
                self.add(
                    at,
                    "too_many",
                    format!("There are {n} {what} buttons; WhatsApp takes {limit}."),
                );
            }
        }
        let kinds: Vec<bool> = buttons.iter().map(|b| b.kind == ButtonKind::QuickReply).collect();
        if kinds.windows(2).filter(|two| two[0] != two[1]).count() > 1 {
            self.add(
                at,
                "order",
                "Keep the quick replies together: all before or all after the other buttons.",
            );
        }
        for (n, button) in buttons.iter().enumerate() {
            self.button(&format!("{at}/{n}"), n + 1, button);
        }
    }

    fn button(&mut self, at: &str, shown: usize, button: &TemplateButtonSpec) {
        let what = format!("The text of button {shown}");
        let text_at = format!("{at}/text");
        // The app itself labels the button that copies a code.
        if is_blank(&button.text) && button.kind != ButtonKind::CopyCode {
            self.add(&text_at, "required", format!("Write what button {shown} says."));
        }
        self.at_most(&text_at, &what, &button.text, BUTTON_TEXT_LIMIT);
        self.one_line(&text_at, &what, &button.text);
        self.fixed(&text_at, &what, &button.text);
        match button.kind {
            ButtonKind::Url => self.url(
                &format!("{at}/url"),
                shown,
                button.url.as_deref().unwrap_or_default(),
            ),
            ButtonKind::Phone => self.phone(
                &format!("{at}/phone"),
                shown,
                button.phone.as_deref().unwrap_or_default(),
            ),
            ButtonKind::QuickReply | ButtonKind::CopyCode => {}
        }
    }

    fn url(&mut self, at: &str, shown: usize, url: &str) {
        if !is_url(url) {
            self.add(
                at,
                "url",
                format!("Give button {shown} a link that begins with https:// and has no spaces."),
            );
            return;
        }
        self.at_most(at, &format!("The link of button {shown}"), url, URL_LIMIT);
        self.braces(at, &format!("The link of button {shown}"), url);
        let parts = pieces(url);
        let variables = parts
            .iter()
            .filter(|p| matches!(p, Piece::Placeholder(_)))
            .count();
        if variables > 1 || (variables == 1 && !matches!(parts.last(), Some(Piece::Placeholder(_)))) {
            self.add(
                at,
                "variable_position",
                "A link may have one placeholder, at its very end: https://shop.example/o/{{1}}",
            );
        }
    }

    fn phone(&mut self, at: &str, shown: usize, phone: &str) {
        let digits = phone.strip_prefix('+').unwrap_or(phone);
        let fits =
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && length(phone) <= PHONE_LIMIT;
        if !fits {
            let detail = format!(
                "Give button {shown} a phone number with country code, such as +919999900001; at most {PHONE_LIMIT} characters."
            );
            self.add(at, "phone", detail);
        }
    }
}

mod rich;
#[cfg(test)]
mod tests;
