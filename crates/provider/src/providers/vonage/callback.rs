//! Callbacks: from bytes to fields, and which kind of event they are.
//!
//! Version v1 writes numbers as texts; v0.1, which an application may still be set to, as objects, with the content of
//! a message one level deeper. Both are read, at either URL.

use serde_json::{Map, Value};

use super::{inbound, report};
use crate::wire::lenient;
use crate::{Callback, Event, Received, Reject};

pub(super) type Fields = Map<String, Value>;

/// Reads all events of a callback. Vonage sends one at a time; a list is read as well.
pub(super) fn receive(call: &Callback<'_>) -> Result<Received, Reject> {
    let body = call.body.trim_ascii();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.is_empty() {
        return Ok(Received {
            events: vec![ignored("the callback is empty")],
        });
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Reject::Unreadable(format!("the body is not JSON: {error}")))?;
    let events = match &value {
        Value::Object(fields) => vec![event(fields)],
        Value::Array(items) if items.is_empty() => vec![ignored("the list is empty")],
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::Object(fields) => event(fields),
                _ => ignored("an entry of the list is not an object"),
            })
            .collect(),
        _ => {
            return Err(Reject::Unreadable(
                "the body is JSON, but neither an object nor a list".to_owned(),
            ));
        }
    };
    Ok(Received { events })
}

fn event(fields: &Fields) -> Event {
    let has = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
    if has("message_type") || has("message") {
        inbound::one(fields)
    } else if has("status") {
        report::one(fields)
    } else {
        let names: Vec<&str> = fields.keys().take(8).map(String::as_str).collect();
        ignored(format!("none of its fields is known: {}", names.join(", ")))
    }
}

/// A party of a message: its number with a leading `+`, or its id as it is. v0.1 wraps it in an object.
pub(super) fn party(fields: &Fields, name: &str) -> Option<String> {
    let text = match fields.get(name)? {
        Value::Object(object) => lenient::field(object, &["number", "id"])?,
        other => lenient::text(other)?,
    };
    Some(lenient::phone(&text))
}

/// When it happened: RFC 3339, or as older documents have it, `2020-01-01 14:00:00 UTC`.
pub(super) fn time(fields: &Fields) -> i64 {
    let Some(value) = fields.get("timestamp") else {
        return 0;
    };
    let text = lenient::text(value).unwrap_or_default();
    let text = text.trim().trim_end_matches("UTC").trim_end();
    lenient::time(&Value::from(text), 0).unwrap_or(0)
}

pub(super) fn ignored(reason: impl Into<String>) -> Event {
    Event::Ignored {
        reason: reason.into(),
    }
}
