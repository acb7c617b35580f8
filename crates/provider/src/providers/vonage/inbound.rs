//! Messages from people.

use serde_json::Value;

use super::callback::{Fields, ignored, party, time};
use crate::Event;
use crate::callback::{Inbound, InboundContent, Location, Media, Reply};
use crate::wire::{event_key, lenient};

/// Vonage's word and ours, where they differ.
const KINDS: &[(&str, &str)] = &[("file", "document"), ("reply", "interactive")];

const MEDIA: &[&str] = &["image", "video", "audio", "file", "sticker"];

/// Reads one message.
pub(super) fn one(fields: &Fields) -> Event {
    let channel = lenient::field(fields, &["channel"]).or_else(|| {
        let from = fields.get("from").and_then(|from| from.get("type"));
        from.and_then(lenient::text)
    });
    if let Some(channel) = channel.filter(|channel| !channel.trim().eq_ignore_ascii_case("whatsapp")) {
        return ignored(format!("a message of the channel {}", channel.trim()));
    }
    let Some(from) = sender(fields) else {
        return ignored("a message without a sender");
    };
    let Some((word, content)) = content_of(fields) else {
        return ignored("a message without a type");
    };
    let at = time(fields);
    let to = party(fields, "to").unwrap_or_default();
    let key = match lenient::field(fields, &["message_uuid"]) {
        Some(id) => event_key(&["message", id.trim()]),
        None => {
            let said = content.get(&word).map(lenient::canonical).unwrap_or_default();
            event_key(&["message", &from, &to, &at.to_string(), &word, &said])
        }
    };
    Event::Message(Inbound {
        from,
        to: lenient::phone_or_code(&to),
        name: nested(fields, "profile", "name"),
        in_reply_to: nested(fields, "context", "message_uuid"),
        content: read(&word, content),
        at,
        key,
    })
}

/// The number where there is one: with business-scoped ids, `from` may be an id and the number stand elsewhere.
fn sender(fields: &Fields) -> Option<String> {
    let from = party(fields, "from");
    if from.as_ref().is_some_and(|from| from.starts_with('+')) {
        return from;
    }
    let sender = fields.get("whatsapp").and_then(|object| object.get("sender"));
    let number = sender
        .and_then(|sender| sender.get("wa_id"))
        .and_then(lenient::text);
    number.map(|number| lenient::phone(&number)).or(from)
}

fn nested(fields: &Fields, object: &str, name: &str) -> Option<String> {
    lenient::field(fields.get(object)?.as_object()?, &[name])
}

/// The type of the message and the object that has its content: v0.1 has it in `message.content`.
fn content_of(fields: &Fields) -> Option<(String, &Fields)> {
    let own = match fields.get("message") {
        Some(message) => message.get("content")?.as_object()?,
        None => fields,
    };
    let word = lenient::field(own, &["message_type", "type"])?;
    Some((word.trim().to_ascii_lowercase(), own))
}

fn read(word: &str, fields: &Fields) -> InboundContent {
    let own = fields.get(word);
    let object = own.and_then(Value::as_object);
    let text = |name: &str| object.and_then(|object| lenient::field(object, &[name]));
    let kind = KINDS.iter().find(|row| row.0 == word).map_or(word, |row| row.1);
    let mut content = InboundContent {
        kind: kind.to_owned(),
        ..InboundContent::default()
    };
    match word {
        "text" => content.text = own.and_then(lenient::text),
        "location" => content.location = object.and_then(location),
        "reaction" => content.text = text("emoji"),
        "reply" => content.reply = tapped(text("id"), text("title"), None),
        "button" => content.reply = tapped(None, text("text"), text("payload")),
        _ if MEDIA.contains(&word) => content.media = object.and_then(media),
        _ => {}
    }
    if let Some(reply) = &content.reply {
        content.text = reply.title.clone().or_else(|| reply.payload.clone());
    }
    // The answer to a flow comes as a button whose payload is an object.
    let is_flow = object.is_some_and(|object| object.get("payload").is_some_and(Value::is_object));
    let is_read = content.text.is_some() || content.media.is_some() || content.location.is_some();
    if !is_read || is_flow || word == "reaction" {
        content.raw = own.cloned().or_else(|| why(fields));
    }
    content
}

/// Why there is no content.
fn why(fields: &Fields) -> Option<Value> {
    fields.get("provider_message").cloned()
}

fn tapped(id: Option<String>, title: Option<String>, payload: Option<String>) -> Option<Reply> {
    let any = id.is_some() || title.is_some() || payload.is_some();
    any.then_some(Reply { id, title, payload })
}

/// Vonage does not say the MIME type.
fn media(object: &Fields) -> Option<Media> {
    Some(Media {
        url: lenient::field(object, &["url"])?,
        mime: String::new(),
        caption: lenient::field(object, &["caption"]),
        filename: lenient::field(object, &["name"]),
    })
}

/// What comes in is called `lat` and `long`, unlike what goes out.
fn location(object: &Fields) -> Option<Location> {
    let degree = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|name| object.get(*name).and_then(lenient::float))
    };
    Some(Location {
        latitude: degree(["lat", "latitude"])?,
        longitude: degree(["long", "longitude"])?,
        name: lenient::field(object, &["name"]),
        address: lenient::field(object, &["address"]),
    })
}
