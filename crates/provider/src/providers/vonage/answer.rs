//! Vonage's answers to a request.
//!
//! The HTTP status decides. The `type` of the error object does not: the published sample of a 500 carries the code of
//! a throttle, and those of a 422 carry codes that mean something else in a status.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::wire::lenient;
use crate::{Account, Receipt, Reply, SendError, SendErrorKind};

/// Reads the answer to a send.
pub(super) fn receipt(account: &Account, reply: &Reply) -> Result<Receipt, SendError> {
    let id = object(reply).and_then(|answer| lenient::field(&answer, &["message_uuid"]));
    match id {
        Some(id) if is_success(reply) => Ok(Receipt {
            external_id: hidden(account, id.trim()),
            wa_id: None,
            warning: None,
        }),
        _ => Err(refusal(account, reply)),
    }
}

pub(super) fn is_success(reply: &Reply) -> bool {
    (200..300).contains(&reply.status)
}

fn object(reply: &Reply) -> Option<serde_json::Map<String, Value>> {
    match serde_json::from_slice(&reply.body) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// The reason of an answer that is no acceptance.
pub(super) fn refusal(account: &Account, reply: &Reply) -> SendError {
    use SendErrorKind::{Auth, Config, Invalid, Rejected, Throttled, Unavailable, Unknown};
    let answer = object(reply).unwrap_or_default();
    let field = |name: &str| lenient::field(&answer, &[name]).unwrap_or_default();
    // Vonage's error object: with it, a fault is one that Vonage knows of, and it did not take the message.
    let is_own = field("type").contains("/api-errors") && !field("title").is_empty();
    let (kind, help) = match reply.status {
        401 => (
            Auth,
            "Vonage does not accept the credentials of this account, or they may not use the Messages API. Compare application ID and private key (or API key and secret) with the Vonage \
             dashboard: a key that was generated anew there replaces the old one.",
        ),
        402 => (
            Config,
            "The Vonage account has no credit left. Top it up at Vonage.",
        ),
        403 => (
            Config,
            "Vonage does not let this account send. See in the Vonage dashboard \
             whether the account is suspended or limited to other IP addresses than this server's.",
        ),
        400 | 413 | 415 | 422 if is_about_account(&answer) => (
            Config,
            "Vonage does not let this account send from this number on WhatsApp. \
             Check 'Mobile number', and that the number is linked to the application in the Vonage dashboard.",
        ),
        400 | 413 | 415 | 422 => (
            Invalid,
            "Vonage found something in this message that it cannot take. Its own words are below.",
        ),
        300..=399 | 404 | 405 => (
            Config,
            "There is no Messages API at the URL of this account. Check 'API URL' \
             in its settings.",
        ),
        429 => (
            Throttled {
                after_ms: retry_after(reply),
            },
            "Vonage asked us to slow down. Sending goes on by itself.",
        ),
        503 => (
            Unavailable,
            "Vonage is not available at the moment. We try again by ourselves.",
        ),
        500..=599 if is_own => (
            Unavailable,
            "Vonage had a fault of its own. We try again by ourselves.",
        ),
        408 | 500..=599 | 200..=299 => (
            Unknown,
            "Vonage's answer could not be read, so the message may or may not have gone out. We do not resend, to \
             avoid a double; a delivery report settles it.",
        ),
        _ => (Rejected, "Vonage refused the request. Its own words are below."),
    };
    let problem = field("type");
    let code = code_of(&problem);
    SendError::new(
        kind,
        code.map(|code| hidden(account, code)).as_deref(),
        detail(account, reply, &answer),
        help,
    )
}

/// Is the fault in who sends, and not in this message? Then the next one would fail as well.
fn is_about_account(answer: &serde_json::Map<String, Value>) -> bool {
    let of = |name: &str| matches!(name, "from" | "channel");
    let named = answer.get("invalid_parameters").and_then(Value::as_array);
    let named = named.is_some_and(|all| all.iter().any(|one| one["name"].as_str().is_some_and(of)));
    let detail = lenient::field(answer, &["detail"]).unwrap_or_default();
    named || detail.contains("`from`") || detail.contains("channel is not supported")
}

/// Whole seconds; a date, which the header may hold too, counts as not said.
fn retry_after(reply: &Reply) -> Option<u64> {
    let seconds: u64 = reply.header("retry-after")?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1000))
}

/// What stands after the `#` of an error's `type`.
pub(super) fn code_of(kind: &str) -> Option<&str> {
    let (_, code) = kind.rsplit_once('#')?;
    (!code.trim().is_empty()).then(|| code.trim())
}

/// The vendor's words on one line. `instance` is what Vonage's support asks for.
fn detail(account: &Account, reply: &Reply, answer: &serde_json::Map<String, Value>) -> String {
    let field = |name: &str| lenient::field(answer, &[name]);
    let mut words: Vec<String> = ["title", "detail"]
        .iter()
        .filter_map(|name| field(name))
        .collect();
    let wrong = answer.get("invalid_parameters").and_then(Value::as_array);
    for one in wrong.into_iter().flatten() {
        let text = |name: &str| one.get(name).and_then(lenient::text).unwrap_or_default();
        words.push(format!("{}: {}", text("name"), text("reason")));
    }
    if words.is_empty() {
        words.push(reply.text());
    }
    if let Some(trace) = field("instance") {
        words.push(format!("(trace {trace})"));
    }
    let words = hidden(account, &words.join(" "));
    let mut line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        "no details given".clone_into(&mut line);
    }
    if line.chars().count() > 500 {
        line = line.chars().take(499).chain(['…']).collect();
    }
    format!("HTTP {}: {line}", reply.status)
}

/// The vendor's words without our credentials, should it repeat a request: neither the secrets nor what is made of them.
fn hidden(account: &Account, words: &str) -> String {
    let pair = format!("{}:{}", account.get("api_key"), account.get("api_secret"));
    let encoded = STANDARD.encode(pair);
    let mut words = words.replace(&encoded, "***");
    for secret in account.secret_values() {
        words = words.replace(secret, "***");
    }
    let hide = |word: &str| {
        if word.contains("eyJ") && word.contains('.') {
            "***".to_owned()
        } else {
            word.to_owned()
        }
    };
    words.split(' ').map(hide).collect::<Vec<_>>().join(" ")
}
