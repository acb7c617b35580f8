//! Callbacks: from bytes to fields, and which kind of event they are.
//!
//! Both kinds may come to either URL, as an urlencoded form, as JSON or as a query string, whatever the content type
//! says. Nobody signs.

use serde_json::{Map, Value};

use super::{inbound, report};
use crate::exchange::Method;
use crate::wire::{event_key, lenient};
use crate::{Account, Callback, Click, Event, Received, Reject};

type Fields = Map<String, Value>;

/// Reads all events of a callback.
pub(super) fn receive(account: &Account, call: &Callback<'_>) -> Result<Received, Reject> {
    let Some(value) = value(call)? else {
        return Ok(Received {
            events: vec![ignored("the callback is empty")],
        });
    };
    let mut events = Vec::new();
    dispatch(account, &value, &mut events)?;
    Ok(Received { events })
}

/// The callback as JSON; nothing when it is empty. A form is an object of strings.
fn value(call: &Callback<'_>) -> Result<Option<Value>, Reject> {
    let body = call.body.trim_ascii();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.is_empty() || call.method == Method::Get {
        return if call.query.contains('=') {
            Ok(Some(form(call.query.as_bytes())))
        } else {
            Ok(None)
        };
    }
    let text = std::str::from_utf8(body)
        .map_err(|error| Reject::Unreadable(format!("the body is not UTF-8: {error}")))?;
    if text.starts_with(['{', '[', '"']) {
        return serde_json::from_str(text)
            .map(|value| Some(lenient::unwrapped(&value)))
            .map_err(|error| Reject::Unreadable(format!("the body looks like JSON and is not: {error}")));
    }
    if call.content_type.to_ascii_lowercase().starts_with("multipart/") {
        return Err(Reject::Unreadable(
            "the body is multipart, which this gateway does not send".to_owned(),
        ));
    }
    if text.contains('=') {
        return Ok(Some(form(body)));
    }
    Err(Reject::Unreadable(
        "the body is neither a form nor JSON".to_owned(),
    ))
}

/// The first value of a name counts, except that several `response` fields are all kept.
fn form(encoded: &[u8]) -> Value {
    let mut fields = Fields::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        let value = Value::from(value.into_owned());
        match fields.get_mut(name.as_ref()) {
            None => {
                fields.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) if name == "response" => values.push(value),
            Some(first) if name == "response" => *first = Value::Array(vec![first.take(), value]),
            Some(_) => {}
        }
    }
    Value::Object(fields)
}

fn dispatch(account: &Account, value: &Value, events: &mut Vec<Event>) -> Result<(), Reject> {
    match value {
        Value::Object(fields) => object(account, fields, events),
        Value::Array(items) if items.is_empty() => {
            events.push(ignored("the list is empty"));
            Ok(())
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(fields) => object(account, fields, events)?,
                    _ => events.push(ignored("an entry of the list is not an object")),
                }
            }
            Ok(())
        }
        _ => Err(Reject::Unreadable(
            "the body is JSON, but neither an object nor a list".to_owned(),
        )),
    }
}

fn object(account: &Account, fields: &Fields, events: &mut Vec<Event>) -> Result<(), Reject> {
    let has = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
    if has("response") {
        return report::batch(&fields["response"], events);
    }
    if has("statuses") {
        return report::generic_batch(&fields["statuses"], events);
    }
    events.push(if has("gsurl") || has("clickTime") {
        click(fields)
    } else if has("externalId") || has("eventType") {
        report::one(fields)
    } else if inbound::is_one(fields) {
        inbound::one(account, fields)
    } else {
        let names: Vec<&str> = fields.keys().take(8).map(String::as_str).collect();
        ignored(format!("none of its fields is known: {}", names.join(", ")))
    });
    Ok(())
}

/// The clock of `clickTime` has no zone; the gateway's home is India.
fn click(fields: &Fields) -> Event {
    let Some(reference) = lenient::field(fields, &["extra", "msg_id_or_blank", "msg_id"]) else {
        return ignored("a click without the reference of a message");
    };
    let short_url = lenient::field(fields, &["gsurl"]);
    let url = lenient::field(fields, &["originalURL", "originalUrl"]);
    let Some(url) = url.or_else(|| short_url.clone()) else {
        return ignored("a click without a link");
    };
    let time = fields.get("clickTime").cloned().unwrap_or_default();
    let at = lenient::time(&time, lenient::IST_OFFSET_SECONDS).unwrap_or(0);
    let recipient = lenient::field(fields, &["mobile"]).map(|phone| lenient::phone(&phone));
    let user_agent = lenient::field(fields, &["userAgent"]);
    let key = event_key(&[
        "click",
        &reference,
        &url,
        short_url.as_deref().unwrap_or(""),
        &lenient::canonical(&time),
        recipient.as_deref().unwrap_or(""),
        user_agent.as_deref().unwrap_or(""),
    ]);
    Event::Click(Click {
        reference,
        external_id: None,
        url,
        short_url,
        recipient,
        user_agent,
        at,
        key,
    })
}

pub(super) fn ignored(reason: impl Into<String>) -> Event {
    Event::Ignored {
        reason: reason.into(),
    }
}
