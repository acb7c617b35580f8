//! Callbacks: statuses, clicks and messages from people, as JSON whatever the content type says. Nobody signs.

use serde_json::{Map, Value};

use crate::callback::{Inbound, InboundContent, Location, Media, Reply};
use crate::exchange::Method;
use crate::wire::{event_key, lenient, meta, open};
use crate::{Account, Callback, Event, Failure, Received, Reject, SendErrorKind};

type Fields = Map<String, Value>;

/// Reads all events of a callback.
pub(super) fn receive(account: &Account, call: &Callback<'_>) -> Result<Received, Reject> {
    let body = call.body.trim_ascii();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut events = Vec::new();
    if body.is_empty() || call.method == Method::Get {
        events.push(ignored("the callback is empty"));
        return Ok(Received { events });
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Reject::Unreadable(format!("the body is not JSON: {error}")))?;
    match lenient::unwrapped(&value) {
        Value::Object(fields) => object(account, &fields, &mut events),
        Value::Array(items) if items.is_empty() => events.push(ignored("the list is empty")),
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(fields) => object(account, &fields, &mut events),
                    _ => events.push(ignored("an entry of the list is not an object")),
                }
            }
        }
        _ => {
            return Err(Reject::Unreadable(
                "the body is JSON, but neither an object nor a list".to_owned(),
            ));
        }
    }
    Ok(Received { events })
}

/// The published validation payload is wrapped in `body`; a callback may be too.
fn object(account: &Account, fields: &Fields, events: &mut Vec<Event>) {
    let inner = lenient::member(fields, &["body"]).and_then(Value::as_object);
    let fields = inner
        .filter(|_| !has(fields, "statuses") && !has(fields, "from"))
        .unwrap_or(fields);
    if let Some(statuses) = lenient::member(fields, &["statuses"]) {
        return each(statuses, events);
    }
    events.push(if has(fields, "from") {
        message(account, fields)
    } else {
        let names: Vec<&str> = fields.keys().take(8).map(String::as_str).collect();
        ignored(format!("none of its fields is known: {}", names.join(", ")))
    });
}

fn has(fields: &Fields, name: &str) -> bool {
    lenient::member(fields, &[name]).is_some_and(|value| !value.is_null())
}

/// One bad entry never hides the others.
fn each(statuses: &Value, events: &mut Vec<Event>) {
    let items = match lenient::unwrapped(statuses) {
        Value::Array(items) => items,
        single => vec![single],
    };
    if items.is_empty() {
        events.push(ignored("statuses is an empty list"));
    }
    events.extend(items.iter().map(|item| match lenient::unwrapped(item) {
        Value::Object(fields) => open::status(&fields, 0, failure),
        _ => ignored("an entry of statuses is not an object"),
    }));
}

/// Codes of the format, then Meta's, which vendors pass on.
fn failure(code: Option<String>, cause: Option<String>) -> Failure {
    let by_code = code
        .as_deref()
        .map(str::trim)
        .and_then(|code| open::reason(code).or_else(|| meta::code(code.parse().ok()?)));
    let (kind, help) = by_code.unwrap_or((
        SendErrorKind::Rejected,
        "Not delivered, for a reason that we do not know. The provider's own words are below.",
    ));
    Failure {
        code,
        cause,
        kind,
        help: help.to_owned(),
    }
}

/// The vendor's word for a kind of message, and ours.
const KINDS: &[(&str, &str)] = &[
    ("text", "text"),
    ("audio", "audio"),
    ("voice", "voice"),
    ("video", "video"),
    ("image", "image"),
    ("sticker", "sticker"),
    ("file", "document"),
    ("document", "document"),
    ("location", "location"),
    ("button", "button"),
];

/// Where the content of a kind may stand: the sample of a file has it in `document`, the table in `file`.
fn content_of<'a>(fields: &'a Fields, word: &str) -> Option<&'a Value> {
    match word {
        "file" | "document" => lenient::member(fields, &["file", "document"]),
        word => lenient::member(fields, &[word]),
    }
}

/// There is no id of the message: what is said, by whom, to whom and when tells it from others.
fn message(account: &Account, fields: &Fields) -> Event {
    let Some(from) = lenient::said(fields, &["from"]) else {
        return ignored("a message without a sender");
    };
    let said = lenient::said(fields, &["type"]).map(|word| word.trim().to_ascii_lowercase());
    let word = said.or_else(|| {
        let mut known = KINDS.iter().map(|row| row.0);
        known.find(|word| has(fields, word)).map(str::to_owned)
    });
    let Some(word) = word else {
        return ignored("a message without a type and without content that we know");
    };
    let number = lenient::said(fields, &["wabaNumber"]);
    let time = lenient::member(fields, &["timestamp", "ts"])
        .cloned()
        .unwrap_or_default();
    let at = lenient::time(&time, 0).unwrap_or(0);
    let context = lenient::member(fields, &["context"]).and_then(Value::as_object);
    let in_reply_to = context.and_then(|context| lenient::said(context, &["id", "msgId"]));
    let own = content_of(fields, &word).map(lenient::unwrapped);
    let key = event_key(&[
        "message",
        number.as_deref().unwrap_or(""),
        &from,
        &if at > 0 {
            at.to_string()
        } else {
            lenient::canonical(&time)
        },
        &word,
        &lenient::canonical(own.as_ref().unwrap_or(&Value::Object(fields.clone()))),
        in_reply_to.as_deref().unwrap_or(""),
        lenient::said(fields, &["id", "messageId", "msgId"])
            .as_deref()
            .unwrap_or(""),
    ]);
    Event::Message(Inbound {
        from: lenient::phone(&from),
        to: lenient::phone_or_code(number.as_deref().unwrap_or_else(|| account.get("number"))),
        name: lenient::said(fields, &["name", "profileName"]),
        content: content(&word, own, fields),
        in_reply_to,
        at,
        key,
    })
}

fn content(word: &str, own: Option<Value>, fields: &Fields) -> InboundContent {
    let kind = KINDS.iter().find(|row| row.0 == word).map_or(word, |row| row.1);
    let mut content = InboundContent {
        kind: kind.to_owned(),
        ..InboundContent::default()
    };
    let object = own.as_ref().and_then(Value::as_object);
    match kind {
        "text" => {
            content.text = object
                .and_then(|text| lenient::said(text, &["body", "text"]))
                .or_else(|| lenient::text(own.as_ref()?))
        }
        "location" => {
            content.location = object.and_then(location);
            // There is no place for the link of a place.
            content.raw = own
                .clone()
                .filter(|_| object.is_some_and(|place| has(place, "url")));
        }
        "button" => {
            content.reply = object.and_then(tap);
            content.text = content.reply.as_ref().and_then(|reply| reply.title.clone());
        }
        "image" | "video" | "audio" | "voice" | "document" | "sticker" => {
            content.media = object.and_then(media)
        }
        _ => {}
    }
    let understood = content.text.is_some()
        || content.location.is_some()
        || content.media.is_some()
        || content.reply.is_some();
    if !understood {
        content.raw = Some(own.unwrap_or_else(|| Value::Object(fields.clone())));
    }
    content
}

fn media(object: &Fields) -> Option<Media> {
    Some(Media {
        url: lenient::said(object, &["mediaURL", "url"])?,
        mime: lenient::said(object, &["mimeType", "mime_type"]).map_or_else(String::new, |word| mime(&word)),
        caption: lenient::said(object, &["caption"]),
        filename: lenient::said(object, &["filename", "name"]),
    })
}

fn location(object: &Fields) -> Option<Location> {
    let degrees = |names: &[&str]| lenient::float(lenient::member(object, names)?);
    Some(Location {
        latitude: degrees(&["latitude", "lattitude"])?,
        longitude: degrees(&["longitude"])?,
        name: lenient::said(object, &["name"]),
        address: lenient::said(object, &["address"]),
    })
}

fn tap(object: &Fields) -> Option<Reply> {
    let (title, payload) = (
        lenient::said(object, &["text", "title"]),
        lenient::said(object, &["payload"]),
    );
    (title.is_some() || payload.is_some()).then_some(Reply {
        id: None,
        title,
        payload,
    })
}

/// File endings, which stand where a MIME type belongs.
const ENDINGS: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("mp4", "video/mp4"),
    ("3gp", "video/3gpp"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("aac", "audio/aac"),
    ("amr", "audio/amr"),
    ("m4a", "audio/mp4"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
];

/// A MIME type, also from a file's ending; nothing for an ending that we do not know.
fn mime(word: &str) -> String {
    let word = word.trim().to_ascii_lowercase();
    if word.contains('/') {
        return word;
    }
    let ending = word.trim_start_matches('.');
    let found = ENDINGS.iter().find(|row| row.0 == ending);
    found.map_or_else(String::new, |row| row.1.to_owned())
}

fn ignored(reason: impl Into<String>) -> Event {
    Event::Ignored {
        reason: reason.into(),
    }
}
