//! WhatsApp's limits on free-form messages, checked before anything is queued.

use std::collections::HashSet;

use harkara_provider::{Button, Content, Limits, ListSection, MediaKind};

use super::problem::FieldProblem;

/// Characters of a list's or a button message's parts, see the platform's limits.
const INTERACTIVE_BODY: usize = 1024;
const LIST_BODY: usize = 4096;
const HEADER_FOOTER: usize = 60;
const TITLE: usize = 20;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;
const BUTTON_ID: usize = 256;
const ROW_ID: usize = 200;

/// What is wrong with free-form content; pointers begin with `at`. Templates are checked where they are made.
pub fn check(content: &Content, limits: &Limits, at: &str) -> Vec<FieldProblem> {
    let mut found = Found {
        at,
        problems: Vec::new(),
    };
    match content {
        Content::Text { body, .. } => found.text("/body", body, limits.text),
        Content::Media {
            kind, url, caption, ..
        } => found.media(*kind, url, caption.as_deref(), limits.caption),
        Content::Location(place) => {
            if !(-90.0..=90.0).contains(&place.latitude) || !(-180.0..=180.0).contains(&place.longitude) {
                found.add(
                    "/latitude",
                    "Latitude is from -90 to 90 and longitude from -180 to 180 degrees.",
                );
            }
        }
        Content::List {
            body,
            button,
            sections,
            header,
            footer,
        } => {
            found.text("/body", body, LIST_BODY);
            found.text("/button", button, TITLE);
            found.short("/header", header.as_deref(), HEADER_FOOTER);
            found.short("/footer", footer.as_deref(), HEADER_FOOTER);
            found.sections(sections);
        }
        Content::Buttons {
            body,
            buttons,
            footer,
            ..
        } => {
            found.text("/body", body, INTERACTIVE_BODY);
            found.short("/footer", footer.as_deref(), HEADER_FOOTER);
            found.buttons(buttons);
        }
        Content::Template(_) => {}
    }
    found.problems
}

struct Found<'a> {
    at: &'a str,
    problems: Vec<FieldProblem>,
}

impl Found<'_> {
    fn add(&mut self, place: &str, detail: impl Into<String>) {
        self.problems.push(FieldProblem::new(
            format!("{}{place}", self.at),
            "content",
            detail,
        ));
    }

    fn text(&mut self, place: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.add(place, "Write something.");
        }
        self.short(place, Some(text), most);
    }

    fn short(&mut self, place: &str, text: Option<&str>, most: usize) {
        let length = text.unwrap_or_default().chars().count();
        if length > most {
            self.add(
                place,
                format!("It has {length} characters; WhatsApp takes at most {most}."),
            );
        }
    }

    fn media(&mut self, kind: MediaKind, url: &str, caption: Option<&str>, most: usize) {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            self.add(
                "/url",
                "Give a public address of the file that begins with https://.",
            );
        }
        if caption.is_some() && matches!(kind, MediaKind::Audio | MediaKind::Sticker) {
            self.add(
                "/caption",
                format!("WhatsApp shows no caption with {}.", kind.name()),
            );
        }
        self.short("/caption", caption, most);
    }

    fn buttons(&mut self, buttons: &[Button]) {
        if !(1..=3).contains(&buttons.len()) {
            self.add(
                "/buttons",
                "Give one to three buttons; use a list for more choices.",
            );
        }
        self.unique("/buttons", buttons.iter().map(|button| button.id.as_str()));
        for (n, button) in buttons.iter().enumerate() {
            self.text(&format!("/buttons/{n}/title"), &button.title, TITLE);
            self.text(&format!("/buttons/{n}/id"), &button.id, BUTTON_ID);
        }
    }

    fn sections(&mut self, sections: &[ListSection]) {
        let rows = || sections.iter().flat_map(|section| &section.rows);
        if !(1..=10).contains(&rows().count()) {
            self.add("/sections", "A list has one to ten rows over all sections.");
        }
        self.unique("/sections", rows().map(|row| row.id.as_str()));
        for (s, section) in sections.iter().enumerate() {
            let title = section.title.as_deref();
            if sections.len() > 1 && title.is_none_or(|title| title.trim().is_empty()) {
                self.add(
                    &format!("/sections/{s}/title"),
                    "With more than one section, each needs a title.",
                );
            }
            self.short(&format!("/sections/{s}/title"), title, ROW_TITLE);
            for (r, row) in section.rows.iter().enumerate() {
                let place = |what| format!("/sections/{s}/rows/{r}/{what}");
                self.text(&place("title"), &row.title, ROW_TITLE);
                self.text(&place("id"), &row.id, ROW_ID);
                self.short(&place("description"), row.description.as_deref(), ROW_DESCRIPTION);
            }
        }
    }

    fn unique<'i>(&mut self, place: &str, ids: impl Iterator<Item = &'i str>) {
        let mut seen = HashSet::new();
        for id in ids {
            if !seen.insert(id) {
                self.add(
                    place,
                    format!("The id \"{id}\" is there twice; the answer could not be told apart."),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const LIMITS: Limits = Limits {
        text: 4096,
        caption: 1024,
        requests_per_second: 20,
    };

    fn places(content: Value) -> Vec<String> {
        let content: Content = serde_json::from_value(content).unwrap();
        let problems = check(&content, &LIMITS, "/content");
        problems.into_iter().map(|p| p.pointer).collect()
    }

    #[test]
    fn limits_name_the_field() {
        let table = [
            (json!({"type": "text", "body": "hello"}), vec![]),
            (json!({"type": "text", "body": " \n"}), vec!["/content/body"]),
            (json!({"type": "text", "body": "é".repeat(4096)}), vec![]),
            (
                json!({"type": "text", "body": "é".repeat(4097)}),
                vec!["/content/body"],
            ),
            (
                json!({"type": "media", "kind": "audio", "url": "file.mp3", "caption": "x"}),
                vec!["/content/url", "/content/caption"],
            ),
            (
                json!({"type": "location", "latitude": 91.0, "longitude": 0.0}),
                vec!["/content/latitude"],
            ),
            (
                json!({"type": "buttons", "body": "Sure?", "buttons": [{"id": "1", "title": "Yes"}, {"id": "1", "title": "No"}]}),
                vec!["/content/buttons"],
            ),
            (
                json!({"type": "buttons", "body": "Sure?", "buttons": []}),
                vec!["/content/buttons"],
            ),
            (
                json!({"type": "list", "body": "Choose", "button": "Open", "sections": [
                    {"title": "One", "rows": [{"id": "a", "title": "A"}]}, {"rows": [{"id": "b", "title": "B".repeat(25)}]}]}),
                vec!["/content/sections/1/title", "/content/sections/1/rows/0/title"],
            ),
        ];
        for (content, expected) in table {
            assert_eq!(places(content.clone()), expected, "{content}");
        }
    }
}
