//! Statuses of our messages.

use serde_json::Value;

use super::callback::{Fields, ignored, party, time};
use super::{answer, errors};
use crate::wire::{event_key, lenient};
use crate::{Event, Failure, Report, ReportStatus, SendErrorKind};

/// Status words, lower case. Every other word is [`ReportStatus::Unknown`].
const STATUS: &[(&str, ReportStatus)] = &[
    ("submitted", ReportStatus::Sent),
    ("delivered", ReportStatus::Delivered),
    ("read", ReportStatus::Read),
    ("rejected", ReportStatus::Failed),
    ("undeliverable", ReportStatus::Failed),
];

/// Reads one status. The word decides, not whether there is an `error`: a sample has both `read` and one.
pub(super) fn one(fields: &Fields) -> Event {
    let external_id = lenient::field(fields, &["message_uuid"])
        .unwrap_or_default()
        .trim()
        .to_owned();
    let reference = lenient::field(fields, &["client_ref"]);
    if external_id.is_empty() && reference.is_none() {
        return ignored("a status without the id of a message");
    }
    let word = lenient::field(fields, &["status"])
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let (code, cause) = error(fields);
    let mut status = STATUS
        .iter()
        .find(|row| row.0 == word)
        .map_or(ReportStatus::Unknown, |row| row.1);
    if status == ReportStatus::Failed && code.as_deref() == Some(errors::DUPLICATE) {
        status = ReportStatus::Unknown;
    }
    let at = time(fields);
    // The id and the word tell an event; the rest only where the id is missing, or one word comes for two reasons.
    let told_by = if external_id.is_empty() {
        format!("{}/{at}", reference.as_deref().unwrap_or(""))
    } else {
        external_id.clone()
    };
    let key = event_key(&["status", &told_by, &word, code.as_deref().unwrap_or("")]);
    Event::Report(Report {
        external_id,
        reference,
        status,
        recipient: party(fields, "to"),
        at,
        failure: (status == ReportStatus::Failed).then(|| failure(&word, code, cause)),
        key,
    })
}

/// Code and words of `error`. v1 writes the code in `title`, as a number or as a text, or after the `#` of `type`;
/// v0.1 has `code` and `reason`.
fn error(fields: &Fields) -> (Option<String>, Option<String>) {
    let Some(error) = fields.get("error").and_then(Value::as_object) else {
        return (None, None);
    };
    let title = lenient::field(error, &["title"]);
    let is_code = |text: &String| text.trim().bytes().all(|b| b.is_ascii_digit());
    let kind = lenient::field(error, &["type"]);
    let code = lenient::field(error, &["code"])
        .or_else(|| title.clone().filter(is_code))
        .or_else(|| kind.as_deref().and_then(answer::code_of).map(str::to_owned));
    let cause = lenient::field(error, &["detail", "reason"]).or_else(|| title.filter(|text| !is_code(text)));
    (code.map(|code| code.trim().to_owned()), cause)
}

fn failure(word: &str, code: Option<String>, cause: Option<String>) -> Failure {
    let known = code.as_deref().and_then(errors::by_code);
    let (kind, help) = known.unwrap_or(if word == "undeliverable" {
        (
            SendErrorKind::Unavailable,
            "Not delivered: Vonage could not reach WhatsApp. Sending again later usually works.",
        )
    } else {
        (
            SendErrorKind::Rejected,
            "Not delivered, for a reason that we do not know. Vonage's own words are below.",
        )
    });
    Failure {
        code,
        cause,
        kind,
        help: help.to_owned(),
    }
}
