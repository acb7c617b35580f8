//! Answers to a send. The body decides where it says something, also on HTTP 200.

use serde_json::{Map, Value};

use super::account::hidden;
use crate::wire::{lenient, meta, open};
use crate::{Account, Receipt, Reply, SendError, SendErrorKind};
use SendErrorKind::{Auth, Config, Invalid, OptedOut, Rejected, Throttled, Unavailable, Unknown};

/// Codes of refused sends.
#[rustfmt::skip]
const CODES: &[(&str, SendErrorKind, &str)] = &[
    ("2000", Auth, "The provider did not accept the credentials of this account. Enter them again."),
    ("2001", Invalid, "The provider did not accept the values of the template. Compare its placeholders with the campaign's mapping."),
    ("2002", Invalid, "The provider does not take this as a phone number. Check the number and its country code."),
    ("2003", OptedOut, "Not sent: this number is not subscribed at the provider. We have marked the person opted out."),
    ("2004", Rejected, "The provider refused the message without a closer reason. Its own words are below."),
];

/// Reads the answer to a send. There is no id in it: reports come back with ours.
pub(super) fn receipt(account: &Account, reply: &Reply) -> Result<Receipt, SendError> {
    accepted(account, reply).map(|()| Receipt {
        external_id: String::new(),
        wa_id: None,
        warning: None,
    })
}

/// Did the provider take it?
pub(super) fn accepted(account: &Account, reply: &Reply) -> Result<(), SendError> {
    if reply.status == 429 {
        return Err(too_fast(account, reply));
    }
    let envelope: Option<Map<String, Value>> = serde_json::from_slice(&reply.body).ok();
    let word = envelope
        .as_ref()
        .and_then(|envelope| lenient::said(envelope, &["status"]));
    let is = |wanted: &[&str]| {
        let word = word.as_deref().unwrap_or("").trim();
        wanted.iter().any(|w| w.eq_ignore_ascii_case(word))
    };
    match &envelope {
        Some(_) if is(&["success"]) && (200..300).contains(&reply.status) => Ok(()),
        Some(envelope) if is(&["failure", "failed", "error"]) => Err(refused(account, reply, envelope)),
        _ => Err(without_envelope(account, reply)),
    }
}

/// The provider said that it did not take the message, and mostly why.
fn refused(account: &Account, reply: &Reply, envelope: &Map<String, Value>) -> SendError {
    let error = lenient::member(envelope, &["error"]).and_then(Value::as_object);
    let code = error.and_then(|error| lenient::said(error, &["code"]));
    let words = error
        .and_then(|error| lenient::said(error, &["message", "title"]))
        .or_else(|| lenient::said(envelope, &["message"]))
        .unwrap_or_else(|| "no reason given".to_owned());
    let known = code.as_deref().map(str::trim).and_then(reason);
    let (kind, help) = known.unwrap_or(match reply.status {
        401 => (
            Auth,
            "The provider did not accept the credentials of this account. Enter them again.",
        ),
        500.. => (
            Unavailable,
            "The provider had a fault of its own and did not take the message. We try again by ourselves.",
        ),
        _ => (
            Rejected,
            "The provider refused the message. Its own words are below.",
        ),
    });
    error_of(account, kind, code.as_deref(), &words, help)
}

/// Own codes first; vendors pass on those of callbacks and of Meta too.
fn reason(code: &str) -> Option<(SendErrorKind, &'static str)> {
    let own = CODES.iter().find(|row| row.0 == code).map(|row| (row.1, row.2));
    own.or_else(|| open::reason(code))
        .or_else(|| meta::code(code.parse().ok()?))
}

fn too_fast(account: &Account, reply: &Reply) -> SendError {
    let seconds: Option<u64> = reply
        .header("retry-after")
        .and_then(|value| value.trim().parse().ok());
    let kind = Throttled {
        after_ms: seconds.map(|s| s.saturating_mul(1000)),
    };
    let help = "The provider asked us to slow down. Sending goes on by itself.";
    error_of(account, kind, Some("429"), &reply.text(), help)
}

/// Only the HTTP status tells. What may have reached the provider's inside stays unknown. 403 is documented with the
/// words "Bad Request": then the message was at fault, else the door is closed to us.
pub(super) fn without_envelope(account: &Account, reply: &Reply) -> SendError {
    let words = reply.text();
    let (kind, help) = match reply.status {
        401 => (
            Auth,
            "The provider did not accept the credentials of this account. Enter \
             them again.",
        ),
        403 if words.to_ascii_lowercase().contains("bad request") => (
            Invalid,
            "The provider could not read this message. Its own words are below.",
        ),
        403 => (
            Config,
            "The provider lets this account or this server's address do nothing. \
             Check the credentials, and ask the provider to allow the public addresses of this server.",
        ),
        300..=399 | 404 | 405 | 410 => (
            Config,
            "There is nothing that takes messages at the URL of this account. \
             Check 'HTTP endpoint' in its settings.",
        ),
        400 | 413 | 415 | 422 => (
            Invalid,
            "The provider could not take this message as it is. Its own words are below.",
        ),
        503 => (
            Unavailable,
            "The provider is not available at the moment. We try again by ourselves.",
        ),
        100..=299 | 408 | 500..=599 => (
            Unknown,
            "The provider's answer could not be read, so the message may or may not have gone out. We do not resend, \
             to avoid a double; a delivery report settles it.",
        ),
        _ => (
            Rejected,
            "The provider refused the request. Its own words are below.",
        ),
    };
    error_of(
        account,
        kind,
        None,
        &format!("HTTP {}: {words}", reply.status),
        help,
    )
}

/// An error with the vendor's words on one line, without secrets and not too long.
fn error_of(
    account: &Account,
    kind: SendErrorKind,
    code: Option<&str>,
    words: &str,
    help: &str,
) -> SendError {
    let words = hidden(account, words);
    let mut detail: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if detail.chars().count() > 500 {
        detail = detail.chars().take(499).chain(['…']).collect();
    }
    let code = code.map(|code| hidden(account, code));
    SendError::new(kind, code.as_deref(), detail, help)
}
