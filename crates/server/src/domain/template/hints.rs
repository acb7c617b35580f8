//! What WhatsApp takes, and then often refuses in review or people take for junk: worth a word while somebody writes.

use super::TemplateContent;
use crate::domain::problem::FieldProblem;

/// Hosts of shortened links.
const SHORTENERS: [&str; 10] = [
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "t.co",
    "ow.ly",
    "is.gd",
    "cutt.ly",
    "rebrand.ly",
    "rb.gy",
    "shorturl.at",
];

/// Letters that a text must have before anybody would say that it shouts.
const FEW_LETTERS: usize = 20;

/// Hints, with pointers below `/content`.
pub fn hints(content: &TemplateContent) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    text("/content/body", &content.body, &mut found);
    for (i, button) in content.buttons.iter().enumerate() {
        if let Some(host) = button.url.as_deref().and_then(shortener) {
            found.push(shortened(format!("/content/buttons/{i}/url"), host));
        }
    }
    for (n, card) in content.cards.iter().enumerate() {
        text(&format!("/content/cards/{n}/body"), &card.body, &mut found);
        for (i, button) in card.buttons.iter().enumerate() {
            if let Some(host) = button.url.as_deref().and_then(shortener) {
                found.push(shortened(format!("/content/cards/{n}/buttons/{i}/url"), host));
            }
        }
    }
    found
}

fn text(pointer: &str, text: &str, found: &mut Vec<FieldProblem>) {
    if let Some(host) = shortener(text) {
        found.push(shortened(pointer.to_owned(), host));
    }
    let letters = || text.chars().filter(|c| c.is_lowercase() || c.is_uppercase());
    let great = letters().filter(|c| c.is_uppercase()).count();
    if letters().count() >= FEW_LETTERS && great * 10 > letters().count() * 7 {
        let detail = "Most letters are capitals: people read that as shouting, and reviewers as junk. Write it as a sentence.";
        found.push(FieldProblem::new(pointer, "capitals", detail));
    }
}

fn shortened(pointer: String, host: &str) -> FieldProblem {
    let detail = format!(
        "Links of {host} hide where they lead, and templates with them are often refused. Use a link of your own site."
    );
    FieldProblem::new(pointer, "shortened_link", detail)
}

fn shortener(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    SHORTENERS.into_iter().find(|host| {
        text.match_indices(host).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + host.len()..].chars().next();
            before.is_none_or(|c| c.is_whitespace() || matches!(c, '/' | '('))
                && after.is_none_or(|c| c.is_whitespace() || matches!(c, '/' | ')'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(content: serde_json::Value) -> Vec<(String, &'static str)> {
        let content: TemplateContent = serde_json::from_value(content).unwrap();
        hints(&content).into_iter().map(|p| (p.pointer, p.code)).collect()
    }

    #[test]
    fn shouting_and_hidden_links_get_a_hint() {
        use serde_json::json;
        for (body, expected) in [
            ("Hello {{1}}, your order has left our shop.", None),
            ("HELLO {{1}}, YOUR ORDER HAS LEFT OUR SHOP.", Some("capitals")),
            ("SALE", None),
            ("नमस्ते {{1}}, आपका ऑर्डर निकल गया है और कल तक पहुँच जाएगा।", None),
            ("See https://bit.ly/3xY for more.", Some("shortened_link")),
            ("See bit.ly/3xY for more.", Some("shortened_link")),
            ("See https://shop.example/habit.ly-things", None),
            ("See https://bit.ly.example/x", None),
        ] {
            let found = codes(json!({"body": body}));
            assert_eq!(found.first().map(|f| f.1), expected, "{body}");
        }
        let button = json!({"body": "Hello", "buttons": [
            {"type": "quick_reply", "text": "Thanks"},
            {"type": "url", "text": "Track", "url": "https://tinyurl.com/{{1}}"},
        ]});
        assert_eq!(
            codes(button),
            [("/content/buttons/1/url".to_owned(), "shortened_link")]
        );
    }
}
