//! One line of a message, for lists.

use harkara_provider::{Content, InboundContent};

/// Characters at most.
const LONGEST: usize = 160;

/// Of what a person sent: its text, else what was tapped, else the caption, else the kind.
pub fn of_inbound(content: &InboundContent) -> String {
    let media = content.media.as_ref();
    let said = [
        content.text.as_deref(),
        content.reply.as_ref().and_then(|r| r.title.as_deref()),
        media.and_then(|m| m.caption.as_deref()),
        media.and_then(|m| m.filename.as_deref()),
        content.location.as_ref().and_then(|l| l.name.as_deref()),
    ];
    let said = said.into_iter().flatten().find(|text| !text.trim().is_empty());
    short(
        said.map_or_else(|| format!("[{}]", content.kind), str::to_owned)
            .as_str(),
    )
}

/// Of what we send.
pub fn of_content(content: &Content) -> String {
    let text = match content {
        Content::Text { body, .. } | Content::List { body, .. } | Content::Buttons { body, .. } => {
            body.clone()
        }
        Content::Media { kind, caption, .. } => {
            caption.clone().unwrap_or_else(|| format!("[{}]", kind.name()))
        }
        Content::Location(place) => place.name.clone().unwrap_or_else(|| "[location]".into()),
        Content::Template(template) => template.body.clone(),
    };
    short(&text)
}

/// Of what somebody is writing.
pub fn of_draft(text: &str) -> String {
    short(text)
}

/// On one line, not too long, and free of what PostgreSQL cannot keep.
fn short(text: &str) -> String {
    let line: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == '\0')
        .filter(|word| !word.is_empty())
        .collect();
    let line = line.join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let mut cut: String = line.chars().take(LONGEST - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use harkara_provider::{ButtonReply, Media};

    #[test]
    fn the_most_telling_part_is_shown_on_one_line() {
        let text = |text: &str| InboundContent {
            kind: "text".into(),
            text: Some(text.into()),
            ..Default::default()
        };
        assert_eq!(of_inbound(&text("two\nlines \0 and more")), "two lines and more");
        assert_eq!(of_inbound(&text(&"é".repeat(500))).chars().count(), LONGEST);
        let tap = InboundContent {
            kind: "button".into(),
            reply: Some(ButtonReply {
                title: Some("Yes".into()),
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(of_inbound(&tap), "Yes");
        let mut picture = InboundContent {
            kind: "image".into(),
            media: Some(Media::default()),
            ..Default::default()
        };
        assert_eq!(of_inbound(&picture), "[image]");
        picture.media = Some(Media {
            caption: Some("my cat".into()),
            ..Default::default()
        });
        assert_eq!(of_inbound(&picture), "my cat");
    }
}
