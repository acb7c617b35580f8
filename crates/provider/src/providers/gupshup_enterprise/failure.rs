//! Why a delivery failed: the causes and codes of the gateway's reports.
//!
//! Source of codes and causes: <https://docs.gupshup.io/docs/real-time-delivery-reports> (SMS, shared by WhatsApp).
//! Codes are hex-like text with leading zeros, never numbers.

use super::errors;
use crate::wire::{meta, open};
use crate::{Failure, SendErrorKind};
use SendErrorKind::{Config, Invalid, OptedOut, Rejected, Unavailable};

/// Code, cause, kind, and what a person reads.
type Row = (&'static str, &'static str, SendErrorKind, &'static str);

#[rustfmt::skip]
const CAUSES: &[Row] = &[
    ("001", "ABSENT_SUBSCRIBER", Unavailable, "Not delivered: the phone was off or out of reach for too long. Try again another day."),
    ("002", "CALL_BARRED", Invalid, "Not delivered: the person's line does not take such messages. Retrying will not help."),
    ("003", "UNKNOWN_SUBSCRIBER", Invalid, "Not delivered: this number is not known, or does not use WhatsApp. Check the number; retrying will not help."),
    ("004", "SERVICE_DOWN", Unavailable, "Not delivered: the service was down at the provider. Try again later."),
    ("005", "SYSTEM_FAILURE", Unavailable, "Not delivered: the provider's system failed. Try again later."),
    ("006", "DND_FAIL", Rejected, "Not delivered: the number is on the do-not-disturb register. Send only what the person asked for."),
    ("007", "BLOCKED", Rejected, "Not delivered: the message was blocked on its way. Ask Gupshup with the message's id."),
    ("008", "DND_TIMEOUT", Rejected, "Not delivered: the do-not-disturb register did not answer in time. Send again later."),
    ("009", "OUTSIDE_WORKING_HOURS", Rejected, "Not delivered: promotional messages may not be sent at this time of day. Send again within the allowed hours."),
    ("00a", "OTHER", Rejected, "Not delivered, and Gupshup gave no closer reason. Ask Gupshup with the message's id."),
    ("00b", "BLOCKED_MASK", Config, "Not delivered: the sender id of this account is blocked. Ask Gupshup to release it."),
    ("00c", "SMSCTIMEDOUT", Rejected, "Not delivered as far as Gupshup can tell: the operator did not answer in time."),
    ("00d", "CANCEL_CAUSEID", Rejected, "Not delivered: this sending was cancelled at Gupshup."),
    ("00e", "CANCEL_SCHEDULE", Rejected, "Not delivered: the scheduled sending was cancelled at Gupshup."),
    ("010", "DEFERRED", Unavailable, "Not delivered yet: Gupshup put the message off. A later report may still say that it arrived."),
    ("011", "INBOXFULL", Unavailable, "Not delivered: the person's inbox is full. Try again another day."),
    ("012", "CONGESTION", Unavailable, "Not delivered: the network was congested. Try again later."),
    ("013", "NO_ACK_FROM_OPERATOR", Rejected, "Not delivered as far as Gupshup can tell: the operator did not confirm."),
    ("038", "MSG_DOES_NOT_MATCH_TEMPLATE", Invalid, "Not delivered: the message does not match an approved template. Refresh the templates and compare the text with the approved one, letter by letter."),
    ("", "BLOCKED_FOR_USER", OptedOut, "Not delivered: this person blocked or left the business on WhatsApp. We have marked the person opted out."),
];

const NO_REASON: &str =
    "Not delivered, for a reason that we do not know. The provider's own words are below.";

/// A failure in one of the gateway's own reports.
pub(super) fn of_gateway(code: Option<String>, cause: Option<String>) -> Failure {
    explained(code, cause, own)
}

/// A failure in the generic form.
pub(super) fn of_generic(code: Option<String>, cause: Option<String>) -> Failure {
    explained(code, cause, |code, _| open::reason(code))
}

type Reason = (SendErrorKind, &'static str);

/// Meta's codes say most, also when they are quoted inside the cause; then the form's own; then words.
fn explained(code: Option<String>, cause: Option<String>, own: fn(&str, &str) -> Option<Reason>) -> Failure {
    let code_text = code.as_deref().unwrap_or("").trim();
    let cause_text = cause.as_deref().unwrap_or("").trim();
    let quoted = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .filter(|digits| digits.len() == 6 || digits.len() == 5)
            .find_map(|digits| meta::code(digits.parse().ok()?))
    };
    let (kind, help) = quoted(code_text)
        .or_else(|| quoted(cause_text))
        .or_else(|| own(code_text, cause_text))
        .or_else(|| errors::by_words(cause_text))
        .unwrap_or((Rejected, NO_REASON));
    let help = help.replace("{account}", "account");
    Failure {
        code,
        cause,
        kind,
        help,
    }
}

/// The cause is more exact than the code, except that OTHER says nothing.
fn own(code: &str, cause: &str) -> Option<Reason> {
    let cause = cause.to_ascii_uppercase().replace([' ', '-'], "_");
    let padded = format!("{:0>3}", code.to_ascii_lowercase());
    let by_cause = CAUSES.iter().find(|row| row.1 == cause && cause != "OTHER");
    let by_code = CAUSES.iter().find(|row| !code.is_empty() && row.0 == padded);
    let other = CAUSES.iter().find(|row| row.1 == cause);
    by_cause.or(by_code).or(other).map(|row| (row.2, row.3))
}
