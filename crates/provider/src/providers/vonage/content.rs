//! What a message holds, in Vonage's types; what has no type of its own goes as Meta's object.

use serde_json::{Value, json};

use super::send::custom;
use super::template;
use crate::SendError;
use crate::message::{Button, Content, Header, ListSection, MediaKind};
use crate::wire::rules;

/// The message without its envelope.
pub(super) fn body(content: &Content) -> Result<Value, SendError> {
    match content {
        Content::Text { body, preview_url } => {
            rules::filled("The text", body, rules::TEXT)?;
            Ok(if *preview_url {
                custom("text", json!({ "body": body, "preview_url": true }))
            } else {
                json!({ "message_type": "text", "text": body })
            })
        }
        Content::Media {
            kind,
            url,
            caption,
            filename,
        } => media(*kind, url, caption.as_deref().unwrap_or(""), filename.as_deref()),
        Content::Location(place) => {
            rules::place(place)?;
            Ok(custom("location", json!(place)))
        }
        Content::List {
            body,
            button,
            sections,
            header,
            footer,
        } => {
            rules::filled("The text of the list", body, rules::TEXT)?;
            let header = header.as_deref().map(text_header).transpose()?;
            interactive("list", body, header, footer.as_deref(), list(button, sections)?)
        }
        Content::Buttons {
            body,
            buttons,
            header,
            footer,
        } => {
            rules::filled("The text above the buttons", body, rules::BODY)?;
            let header = header.as_ref().map(button_header).transpose()?;
            interactive("button", body, header, footer.as_deref(), reply_buttons(buttons)?)
        }
        Content::Template(message) => template::body(message),
    }
}

/// A file name that nobody would see is left out.
fn media(kind: MediaKind, url: &str, caption: &str, filename: Option<&str>) -> Result<Value, SendError> {
    rules::caption(kind, caption)?;
    let mut file = json!({ "url": link(url)? });
    if !caption.is_empty() {
        file["caption"] = caption.into();
    }
    if let Some(name) = filename.filter(|_| kind == MediaKind::Document) {
        file["name"] = name.into();
    }
    let kind = match kind {
        MediaKind::Document => "file",
        other => other.name(),
    };
    Ok(json!({ "message_type": kind, kind: file }))
}

/// A public link that Vonage takes.
pub(super) fn link(url: &str) -> Result<String, SendError> {
    let url = rules::public_url(url)?;
    rules::at_most("The link of the file", &url, 2000)?;
    Ok(url)
}

fn interactive(
    kind: &str,
    body: &str,
    header: Option<Value>,
    footer: Option<&str>,
    action: Value,
) -> Result<Value, SendError> {
    let mut object = json!({ "type": kind, "body": { "text": body }, "action": action });
    if let Some(header) = header {
        object["header"] = header;
    }
    if let Some(footer) = footer.filter(|text| !text.is_empty()) {
        rules::at_most("The footer", footer, rules::HEADER)?;
        object["footer"] = json!({ "text": footer });
    }
    Ok(custom("interactive", object))
}

fn text_header(text: &str) -> Result<Value, SendError> {
    rules::filled("The header", text, rules::HEADER)?;
    Ok(json!({ "type": "text", "text": text }))
}

fn button_header(header: &Header) -> Result<Value, SendError> {
    match header {
        Header::Text { text, .. } => text_header(text),
        Header::Media { kind, url, filename } => media_header(*kind, url, filename.as_deref()),
        Header::Location(_) => Err(rules::invalid(
            "header of a button message: only text, image, video or document",
            "Above reply buttons WhatsApp shows a text, an image, a video or a document. Choose one of these.",
        )),
    }
}

/// An image, a video or a document above a text, as Meta names it.
pub(super) fn media_header(kind: MediaKind, url: &str, filename: Option<&str>) -> Result<Value, SendError> {
    if matches!(kind, MediaKind::Audio | MediaKind::Sticker) {
        return Err(rules::invalid(
            format!("header of kind {}", kind.name()),
            "Above a text WhatsApp shows an image, a video or a document. Choose one of these.",
        ));
    }
    let mut file = json!({ "link": link(url)? });
    if let Some(name) = filename.filter(|_| kind == MediaKind::Document) {
        file["filename"] = name.into();
    }
    Ok(json!({ "type": kind.name(), kind.name(): file }))
}

fn list(button: &str, sections: &[ListSection]) -> Result<Value, SendError> {
    rules::filled("The text of the button that opens the list", button, 20)?;
    rules::list_sections(sections)?;
    Ok(json!({ "button": button, "sections": sections }))
}

fn reply_buttons(buttons: &[Button]) -> Result<Value, SendError> {
    rules::reply_buttons(buttons)?;
    let buttons: Vec<Value> = buttons
        .iter()
        .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
        .collect();
    Ok(json!({ "buttons": buttons }))
}
