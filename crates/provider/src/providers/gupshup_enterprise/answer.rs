//! The gateway's answers: JSON wrapped, unwrapped or in a batch, and lines of text.

use serde_json::{Map, Value};

use super::account::Which;
use super::errors::{self, ALREADY_MARKED};
use crate::wire::lenient;
use crate::{Account, Receipt, Reply, SendError, SendErrorKind};

/// One answer about one number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    id: Option<String>,
    phone: Option<String>,
    details: String,
    /// `None`: a status word that we do not know.
    ok: Option<bool>,
}

/// Whether doing it twice does harm. What is unclear about a send is parked, about a query it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// A message or template would be there twice.
    Once,
    /// A question, or a state that stays the same.
    Repeatable,
}

/// Reads the answer to a send. `digits`: the recipient as it was sent.
pub(super) fn receipt(
    account: &Account,
    which: Which,
    reply: &Reply,
    digits: &str,
) -> Result<Receipt, SendError> {
    let entry = accepted(account, which, reply, Some(digits), Effect::Once)?;
    let details = (!entry.details.is_empty()).then(|| errors::hidden(account, &entry.details));
    Ok(match entry.id {
        Some(id) => Receipt {
            external_id: id,
            wa_id: entry.phone,
            warning: details,
        },
        None => Receipt {
            external_id: String::new(),
            wa_id: entry.phone,
            warning: details.or_else(|| Some("Gupshup gave no message id.".to_owned())),
        },
    })
}

/// Reads the answer to an opt-in or opt-out; a repeated one is fine.
pub(super) fn marked(account: &Account, reply: &Reply, digits: &str) -> Result<(), SendError> {
    let which = Which::Notification;
    let entry = entry(&reply.text(), Some(digits));
    if reply.status < 500 && entry.is_some_and(|entry| entry.id.as_deref() == Some(ALREADY_MARKED)) {
        return Ok(());
    }
    accepted(account, which, reply, Some(digits), Effect::Repeatable).map(|_| ())
}

/// The accepting entry, or the reason why there is none.
fn accepted(
    account: &Account,
    which: Which,
    reply: &Reply,
    digits: Option<&str>,
    effect: Effect,
) -> Result<Entry, SendError> {
    if reply.status == 429 {
        return Err(too_fast(account, which, reply));
    }
    match entry(&reply.text(), digits) {
        Some(entry) if entry.ok == Some(true) && (200..300).contains(&reply.status) => Ok(entry),
        Some(entry) if entry.ok == Some(false) => Err(errors::refusal(
            account,
            which,
            entry.id.as_deref(),
            &entry.details,
        )),
        _ => Err(without_envelope(account, which, reply, effect)),
    }
}

/// A template API answer that is an error object, or anything that is not 2xx JSON, as an error; else the JSON.
pub(super) fn json(
    account: &Account,
    which: Which,
    reply: &Reply,
    effect: Effect,
) -> Result<Map<String, Value>, SendError> {
    if reply.status == 429 {
        return Err(too_fast(account, which, reply));
    }
    let refused = entry(&reply.text(), None).filter(|entry| entry.ok == Some(false));
    if let Some(entry) = refused {
        return Err(errors::refusal(
            account,
            which,
            entry.id.as_deref(),
            &entry.details,
        ));
    }
    match serde_json::from_slice(&reply.body) {
        Ok(Value::Object(object)) if (200..300).contains(&reply.status) => Ok(object),
        _ => Err(without_envelope(account, which, reply, effect)),
    }
}

/// The template API answered readably, but not with what it was asked for.
pub(super) fn unexpected(account: &Account, which: Which, reply: &Reply, effect: Effect) -> SendError {
    without_envelope(account, which, reply, effect)
}

fn too_fast(account: &Account, which: Which, reply: &Reply) -> SendError {
    let seconds: Option<u64> = reply
        .header("retry-after")
        .and_then(|value| value.trim().parse().ok());
    let kind = SendErrorKind::Throttled {
        after_ms: seconds.map(|s| s.saturating_mul(1000)),
    };
    let help = "Gupshup asked us to slow down. Sending goes on by itself.";
    errors::error(account, which, kind, Some("429"), &reply.text(), help)
}

/// Only the HTTP status tells. What may have reached the gateway's inside stays unknown.
fn without_envelope(account: &Account, which: Which, reply: &Reply, effect: Effect) -> SendError {
    use SendErrorKind::{Auth, Config, Rejected, Unavailable, Unknown};
    let (kind, help) = match reply.status {
        401 => (
            Auth,
            "Gupshup refused the {account} at its door. Check its user ID and \
             password, and ask Gupshup to allow this server's public IP addresses on both ids, the notification \
             account and the two-way account.",
        ),
        403 => (Config, errors::BLOCKED_ADDRESS),
        300..=399 | 404 | 405 => (
            Config,
            "There is no Gupshup gateway at the URL of this account. Check \
             'Gateway URL' and 'Template API URL' in its settings.",
        ),
        503 => (
            Unavailable,
            "Gupshup's gateway is not available at the moment. We try again by ourselves.",
        ),
        408 | 500..=599 | 200..=299 if effect == Effect::Repeatable => (
            Unavailable,
            "Gupshup's answer for the {account} could not be read. Try again in a moment.",
        ),
        408 | 500..=599 | 200..=299 => (
            Unknown,
            "Gupshup's answer could not be read, so the message may or may not have gone out. We do not resend, to \
             avoid a double; a delivery report settles it.",
        ),
        _ => (
            Rejected,
            "Gupshup's gateway refused the request. Its own words are below.",
        ),
    };
    let details = format!("HTTP {}: {}", reply.status, reply.text());
    errors::error(account, which, kind, None, &details, help)
}

/// The entry of this number; the only one when there is one.
fn entry(body: &str, digits: Option<&str>) -> Option<Entry> {
    let mut entries = match serde_json::from_str(body) {
        Ok(value) => entries_of(&value),
        Err(_) => body.lines().filter_map(text_line).collect(),
    };
    if entries.len() == 1 {
        return entries.pop();
    }
    let digits = digits?;
    entries
        .into_iter()
        .find(|entry| entry.phone.as_deref() == Some(digits))
}

/// A batch says the same in `response`, but only as a whole: look at the messages first.
fn entries_of(value: &Value) -> Vec<Entry> {
    let batch = value.pointer("/data/response_messages").and_then(Value::as_array);
    if let Some(items) = batch.filter(|items| !items.is_empty()) {
        return items.iter().filter_map(object_entry).collect();
    }
    match value.get("response").map(lenient::unwrapped) {
        Some(Value::Array(items)) => items.iter().filter_map(object_entry).collect(),
        Some(response) => object_entry(&response).into_iter().collect(),
        None => object_entry(value).into_iter().collect(),
    }
}

fn object_entry(value: &Value) -> Option<Entry> {
    let object = value.as_object()?;
    let status = lenient::field(object, &["status"])?;
    let phone =
        lenient::field(object, &["phone"]).map(|p| lenient::phone(&p).trim_start_matches('+').to_owned());
    Some(Entry {
        id: lenient::field(object, &["id"]).map(|id| id.trim().to_owned()),
        phone,
        details: lenient::field(object, &["details"]).unwrap_or_default(),
        ok: status_word(&status),
    })
}

fn status_word(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "success" | "submitted" => Some(true),
        "error" | "failed" | "failure" | "fail" => Some(false),
        _ => None,
    }
}

/// `success | <number> | <id>` or `error | <id> | <details>`.
fn text_line(line: &str) -> Option<Entry> {
    let mut parts = line.splitn(3, '|').map(str::trim);
    let ok = status_word(parts.next()?)?;
    let (second, third) = (parts.next()?.to_owned(), parts.next().unwrap_or("").to_owned());
    let some = |text: String| (!text.is_empty()).then_some(text);
    Some(if ok {
        Entry {
            id: some(third),
            phone: some(second),
            details: String::new(),
            ok: Some(true),
        }
    } else {
        Entry {
            id: some(second),
            phone: None,
            details: third,
            ok: Some(false),
        }
    })
}
