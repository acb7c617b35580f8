//! Whether a template says here what it says at its provider.

use std::borrow::Cow;

use harkara_provider::HeaderKind;

use super::TemplateContent;
use super::placeholder::{names, number, render};

/// Whether both say the same. Names of placeholders are ours alone: `{{first_name}}` stands for the `{{1}}` of the provider. Where
/// the provider does not list buttons (`with_buttons` false), they do not count.
pub fn says_the_same(ours: &TemplateContent, theirs: &TemplateContent, with_buttons: bool) -> bool {
    let plain = |content: &TemplateContent| {
        let mut plain = content.clone();
        if let Some(HeaderKind::Text { text }) = &mut plain.header {
            *text = numbered(text).into_owned();
        }
        plain.body = numbered(&plain.body).into_owned();
        for card in &mut plain.cards {
            card.body = numbered(&card.body).into_owned();
        }
        let on_cards = plain.cards.iter_mut().map(|card| &mut card.buttons);
        for buttons in on_cards.chain([&mut plain.buttons]) {
            if with_buttons {
                for url in buttons.iter_mut().filter_map(|button| button.url.as_mut()) {
                    *url = numbered(url).into_owned();
                }
            } else {
                buttons.clear();
            }
        }
        plain
    };
    plain(ours) == plain(theirs)
}

/// The text with its named placeholders numbered, in the order in which they first stand there.
fn numbered(text: &str) -> Cow<'_, str> {
    let names = names(text);
    if names.iter().all(|name| number(name).is_some()) {
        return Cow::Borrowed(text);
    }
    let places: Vec<String> = (1..=names.len()).map(|n| format!("{{{{{n}}}}}")).collect();
    let place = |name: &str| {
        let at = names.iter().position(|known| *known == name);
        at.and_then(|at| places.get(at)).map_or("", String::as_str)
    };
    Cow::Owned(render(text, place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn content(value: Value) -> TemplateContent {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn names_of_placeholders_and_what_is_not_listed_do_not_count() {
        let ours = json!({
            "header": {"type": "text", "text": "Order {{order}}"}, "body": "Hello {{name}}, {{order}} has left. Bye {{name}}.",
            "buttons": [{"type": "url", "text": "Track", "url": "https://shop.example/o/{{order}}"}],
        });
        let mut theirs = json!({
            "header": {"type": "text", "text": "Order {{1}}"}, "body": "Hello {{1}}, {{2}} has left. Bye {{1}}.",
            "buttons": [{"type": "url", "text": "Track", "url": "https://shop.example/o/{{1}}"}],
        });
        let same = |theirs: &Value, buttons| {
            says_the_same(&content(ours.clone()), &content(theirs.clone()), buttons)
        };
        assert!(same(&theirs, true));
        theirs["buttons"] = json!([]);
        assert!(!same(&theirs, true));
        assert!(same(&theirs, false));
        for (part, other) in [
            ("body", json!("Hello {{2}}, {{1}} has left. Bye {{2}}.")),
            ("body", json!("Hello {{1}}, {{2}} has left.  Bye {{1}}.")),
            ("header", json!({"type": "image"})),
            ("footer", json!("Reply STOP")),
        ] {
            let mut changed = theirs.clone();
            changed[part] = other;
            assert!(!same(&changed, false), "{changed}");
        }
    }
}
