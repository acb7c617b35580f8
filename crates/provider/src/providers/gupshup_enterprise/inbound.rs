//! Messages from people.

use serde_json::{Map, Value};

use super::callback::ignored;
use crate::callback::{Inbound, InboundContent, Location, Media, Reply};
use crate::wire::{event_key, lenient};
use crate::{Account, Event};

type Fields = Map<String, Value>;

const MEDIA: &[&str] = &["image", "document", "voice", "audio", "video", "sticker"];

/// Kinds whose content is in a field of the same name. A message without a `type` is known by them.
const CONTENT: &[&str] = &[
    "image",
    "document",
    "voice",
    "audio",
    "video",
    "sticker",
    "location",
    "contacts",
    "button",
    "interactive",
];

/// Fields about the message, not of its content.
const ENVELOPE: &[&str] = &[
    "waNumber",
    "mobile",
    "name",
    "type",
    "timestamp",
    "replyId",
    "messageId",
];

/// Does it look like a message from a person?
pub(super) fn is_one(fields: &Fields) -> bool {
    fields.contains_key("mobile") && kind(fields).is_some()
}

fn kind(fields: &Fields) -> Option<String> {
    let said = lenient::field(fields, &["type"]).map(|kind| kind.trim().to_ascii_lowercase());
    said.or_else(|| {
        let content = CONTENT
            .iter()
            .find(|name| fields.get(**name).is_some_and(|v| !v.is_null()));
        content.map(|name| (*name).to_owned())
    })
    .or_else(|| fields.contains_key("text").then(|| "text".to_owned()))
}

/// Reads one message. `at` is 0 when no time came with it.
pub(super) fn one(account: &Account, fields: &Fields) -> Event {
    let (Some(mobile), Some(kind)) = (lenient::field(fields, &["mobile"]), kind(fields)) else {
        return ignored("a message without a sender");
    };
    let number = lenient::field(fields, &["waNumber"]);
    let time = fields.get("timestamp").cloned().unwrap_or_default();
    let at = lenient::time(&time, 0).unwrap_or(0);
    let reply_id = lenient::field(fields, &["replyId"]);
    let message_id = lenient::field(fields, &["messageId"]);
    let key = event_key(&[
        "message",
        number.as_deref().unwrap_or(""),
        &mobile,
        &if at > 0 {
            at.to_string()
        } else {
            lenient::canonical(&time)
        },
        &kind,
        &identity(fields),
        reply_id.as_deref().unwrap_or(""),
        message_id.as_deref().unwrap_or(""),
    ]);
    // The two halves of a send id; the id of the message itself is not among the fields.
    let in_reply_to = match (reply_id, message_id) {
        (Some(left), Some(right)) => Some(format!("{left}-{right}")),
        (left, _) => left,
    };
    Event::Message(Inbound {
        from: lenient::phone(&mobile),
        to: lenient::phone_or_code(number.as_deref().unwrap_or_else(|| account.get("number"))),
        name: lenient::field(fields, &["name"]),
        content: content(&kind, fields),
        in_reply_to,
        at,
        key,
    })
}

/// Everything that is not envelope, the same for JSON and for JSON in a string.
fn identity(fields: &Fields) -> String {
    let content: Fields = fields
        .iter()
        .filter(|(name, _)| !ENVELOPE.contains(&name.as_str()))
        .filter(|(name, _)| *name == "text" || *name == "context" || CONTENT.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), lenient::unwrapped(value)))
        .collect();
    let all = if content.is_empty() {
        rest(fields)
    } else {
        Value::Object(content)
    };
    lenient::canonical(&all)
}

fn content(kind: &str, fields: &Fields) -> InboundContent {
    let own = fields.get(kind).map(lenient::unwrapped);
    let mut content = InboundContent {
        kind: kind.to_owned(),
        // The gateway's filler beside a file without a caption.
        text: lenient::field(fields, &["text"]).filter(|text| kind == "text" || text != "attachment"),
        ..InboundContent::default()
    };
    match kind {
        "text" => {}
        _ if MEDIA.contains(&kind) => content.media = own.as_ref().and_then(media),
        "location" => content.location = own.as_ref().and_then(location),
        "button" => content.reply = own.as_ref().and_then(button),
        "interactive" => content.reply = own.as_ref().and_then(interactive),
        _ => {}
    }
    let understood =
        kind == "text" || content.media.is_some() || content.location.is_some() || content.reply.is_some();
    if let Some(reply) = &content.reply {
        content.text = content.text.or_else(|| reply.title.clone());
    }
    if kind == "reaction" {
        let emoji = own
            .as_ref()
            .and_then(|own| own.get("emoji"))
            .and_then(lenient::text);
        content.text = content.text.or(emoji);
    }
    if !understood {
        content.raw = Some(own.unwrap_or_else(|| rest(fields)));
    }
    content
}

/// What is left of a message of a kind that we do not know.
fn rest(fields: &Fields) -> Value {
    let rest = fields
        .iter()
        .filter(|(name, _)| !ENVELOPE.contains(&name.as_str()));
    Value::Object(
        rest.map(|(name, value)| (name.clone(), lenient::unwrapped(value)))
            .collect(),
    )
}

/// A signed link comes in two halves; older numbers give an id, which [`super::media`] knows how to fetch.
fn media(value: &Value) -> Option<Media> {
    if let Value::String(url) = value {
        let is_link = url.starts_with("https://") || url.starts_with("http://");
        return is_link.then(|| Media {
            url: url.clone(),
            ..Media::default()
        });
    }
    let object = value.as_object()?;
    let url = match lenient::field(object, &["url"]) {
        Some(url) => format!(
            "{url}{}",
            lenient::field(object, &["signature"]).unwrap_or_default()
        ),
        None => lenient::field(object, &["id"])?,
    };
    Some(Media {
        url,
        mime: lenient::field(object, &["mime_type", "mimeType"]).unwrap_or_default(),
        caption: lenient::field(object, &["caption"]),
        filename: lenient::field(object, &["filename", "fileName"]),
    })
}

fn location(value: &Value) -> Option<Location> {
    let object = value.as_object()?;
    Some(Location {
        latitude: lenient::float(object.get("latitude")?)?,
        longitude: lenient::float(object.get("longitude")?)?,
        name: lenient::field(object, &["name"]),
        address: lenient::field(object, &["address"]),
    })
}

/// A tap on a template's quick reply.
fn button(value: &Value) -> Option<Reply> {
    let object = value.as_object()?;
    let (title, payload) = (
        lenient::field(object, &["text"]),
        lenient::field(object, &["payload"]),
    );
    (title.is_some() || payload.is_some()).then_some(Reply {
        id: None,
        title,
        payload,
    })
}

/// A tap on a reply button or a list row. Flow answers (`nfm_reply`) are kept raw.
fn interactive(value: &Value) -> Option<Reply> {
    let object = value.as_object()?;
    let tapped = ["button_reply", "list_reply"]
        .iter()
        .find_map(|name| object.get(*name))?;
    let tapped = lenient::unwrapped(tapped);
    let tapped = tapped.as_object()?;
    let (id, title) = (
        lenient::field(tapped, &["id"]),
        lenient::field(tapped, &["title"]),
    );
    (id.is_some() || title.is_some()).then_some(Reply {
        id,
        title,
        payload: None,
    })
}
