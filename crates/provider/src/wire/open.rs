//! The open format's delivery statuses and clicks, which vendors of other dialects take up too.
//!
//! Source: <https://docs.clevertap.com/docs/generic-whatsapp>.

use serde_json::{Map, Value};

use super::{event_key, lenient};
use crate::error::SendErrorKind::{self, Auth, Invalid, Rejected, Throttled, Unavailable, WindowClosed};
use crate::{Click, Event, Failure, Report, ReportStatus};

type Fields = Map<String, Value>;

/// Status words of reports, upper case. Every other word is [`ReportStatus::Unknown`].
const STATUS: &[(&str, ReportStatus)] = &[
    ("SENT", ReportStatus::Sent),
    ("DELIVERED", ReportStatus::Delivered),
    ("READ", ReportStatus::Read),
    ("FAILED", ReportStatus::Failed),
    ("SUCCESS", ReportStatus::Delivered),
    ("FAILURE", ReportStatus::Failed),
];

/// Codes of failed statuses.
#[rustfmt::skip]
const CODES: &[(&str, SendErrorKind, &str)] = &[
    ("1000", Auth, "The provider's credentials were not accepted. Enter them again."),
    ("1001", Invalid, "The values of the template were not accepted. Check the campaign's mapping."),
    ("1002", Invalid, "Not delivered: the phone number is not valid. Check the number and its country code."),
    ("1003", Invalid, "Not delivered: the number is no longer in use. Retrying will not help."),
    ("1004", Throttled { after_ms: None }, "Not delivered: too many messages to this number in a short time."),
    ("1005", Unavailable, "Not delivered: the number could not be reached for now. Try again later."),
    ("1006", Rejected, "Not delivered: the number is on a block list of the provider. Ask the provider before writing again."),
    ("1007", Invalid, "Not delivered: the person's device cannot show this message. Retrying will not help."),
    ("1008", WindowClosed, "Not sent: more than 24 hours since their last message. Send a template."),
    ("1009", Rejected, "Not delivered, and the provider gave no closer reason."),
    ("1010", Rejected, "Not delivered: WhatsApp blocked the message."),
];

/// What a code of a failed status means.
pub fn reason(code: &str) -> Option<(SendErrorKind, &'static str)> {
    let row = CODES.iter().find(|row| row.0 == code.trim())?;
    Some((row.1, row.2))
}

/// Says why a delivery failed, from a vendor's code and words.
pub type Explain = fn(Option<String>, Option<String>) -> Failure;

/// One entry of `statuses`, which knows only our reference. `zone`: seconds east of UTC of a time that names none.
pub fn status(fields: &Fields, zone: i32, explain: Explain) -> Event {
    let Some(reference) = lenient::said(fields, &["msgId", "msg_id"]) else {
        return Event::Ignored {
            reason: "a status without msgId".to_owned(),
        };
    };
    let word = lenient::said(fields, &["status"]).unwrap_or_default();
    let time = lenient::member(fields, &["timestamp", "ts"])
        .cloned()
        .unwrap_or_default();
    let recipient = lenient::said(fields, &["recipient", "to"]).map(|phone| lenient::phone(&phone));
    if word.trim().eq_ignore_ascii_case("clicked") {
        return click(fields, reference, &time, recipient, zone);
    }
    let error = lenient::member(fields, &["error"]).and_then(Value::as_object);
    let parts = Parts {
        external_id: String::new(),
        reference: Some(reference),
        word,
        code: error.and_then(|error| lenient::said(error, &["code"])),
        cause: error.and_then(|error| lenient::said(error, &["title", "message"])),
        time,
        recipient,
    };
    report(parts, zone, explain)
}

fn click(fields: &Fields, reference: String, time: &Value, recipient: Option<String>, zone: i32) -> Event {
    let short_url = lenient::said(fields, &["shortUrl"]);
    let Some(url) = lenient::said(fields, &["url"]).or_else(|| short_url.clone()) else {
        return Event::Ignored {
            reason: "a click without a link".to_owned(),
        };
    };
    let user_agent = lenient::said(fields, &["userAgent"]);
    let key = event_key(&[
        "click",
        &reference,
        &url,
        short_url.as_deref().unwrap_or(""),
        &lenient::canonical(time),
        recipient.as_deref().unwrap_or(""),
        user_agent.as_deref().unwrap_or(""),
    ]);
    let at = lenient::time(time, zone).unwrap_or(0);
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

/// What a report is made of, as the vendor wrote it.
#[derive(Debug)]
pub struct Parts {
    /// The vendor's id of the message; empty when it gave none.
    pub external_id: String,
    /// Our reference.
    pub reference: Option<String>,
    /// The word for where the message got to.
    pub word: String,
    /// Code of a failure.
    pub code: Option<String>,
    /// Words of a failure.
    pub cause: Option<String>,
    /// When.
    pub time: Value,
    /// The person.
    pub recipient: Option<String>,
}

/// A report of these parts.
pub fn report(parts: Parts, zone: i32, explain: Explain) -> Event {
    let Parts {
        external_id,
        reference,
        word,
        code,
        cause,
        time,
        recipient,
    } = parts;
    let word = word.trim().to_ascii_uppercase();
    let status = STATUS
        .iter()
        .find(|row| row.0 == word)
        .map_or(ReportStatus::Unknown, |row| row.1);
    let at = lenient::time(&time, zone).unwrap_or(0);
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let key = event_key(&[
        "report",
        &external_id,
        &text(&reference),
        &word,
        &if at > 0 {
            at.to_string()
        } else {
            lenient::canonical(&time)
        },
        &text(&code),
        &text(&recipient),
    ]);
    let failure = (status == ReportStatus::Failed).then(|| explain(code, cause));
    Event::Report(Report {
        external_id,
        reference,
        status,
        recipient,
        at,
        failure,
        key,
    })
}
