//! Sending: the envelope of a message.

use serde_json::{Value, json};

use super::{answer, auth, content};
use crate::exchange::Request;
use crate::wire::{lenient, rules};
use crate::{Account, Outgoing, Receipt, Reply, SendError, Step};

/// One request, one answer.
pub(super) fn send(account: &Account, msg: &Outgoing, prior: &[Reply]) -> Result<Step<Receipt>, SendError> {
    if let Some(reply) = prior.last() {
        return answer::receipt(account, reply).map(Step::Done);
    }
    let mut message = content::body(&msg.content)?;
    message["channel"] = "whatsapp".into();
    message["to"] = digits(&msg.to, "recipient")?.into();
    message["from"] = digits(&msg.from, "sending")?.into();
    message["client_ref"] = reference(&msg.reference)?.into();
    let mut request = Request::post_json(url(account), message);
    request
        .headers
        .push(("Accept".to_owned(), "application/json".to_owned()));
    request.headers.push(auth::header(account, msg.at)?);
    Ok(Step::Call(request))
}

/// Where messages go.
pub(super) fn url(account: &Account) -> String {
    format!("{}/v1/messages", account.get("base_url").trim_end_matches('/'))
}

/// A number as Vonage wants it: digits with the country code, no `+`.
fn digits(number: &str, whose: &str) -> Result<String, SendError> {
    let digits = lenient::phone(number);
    let digits = digits.trim_start_matches('+');
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(digits.to_owned());
    }
    Err(rules::invalid(
        format!("{whose} number '{number}' is not a full number"),
        format!("The {whose} number is not complete. Give it with its country code, such as +919999912345."),
    ))
}

/// `client_ref` comes back in every status. One part of Vonage's reference allows 100 characters, another 40.
fn reference(reference: &str) -> Result<&str, SendError> {
    if (1..=40).contains(&reference.len()) && reference.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(reference);
    }
    Err(rules::invalid(
        "reference: not 1 to 40 printable ASCII characters",
        "The message's own reference has characters that the provider would not return. This is a fault of this \
         program; please report it.",
    ))
}

/// What Vonage passes on to WhatsApp as it is: Meta's object without its envelope.
pub(super) fn custom(kind: &str, object: Value) -> Value {
    json!({ "message_type": "custom", "custom": { "type": kind, kind: object } })
}
