//! Delivery reports: the gateway's own in all their wrappings, and the "generic" form.

use serde_json::{Map, Value};

use super::callback::ignored;
use super::failure;
use crate::wire::{event_key, lenient};
use crate::{Click, Event, Reject, Report, ReportStatus};

type Fields = Map<String, Value>;

/// Status words of all forms, upper case. Every other word is [`ReportStatus::Unknown`].
const STATUS: &[(&str, ReportStatus)] = &[
    ("SENT", ReportStatus::Sent),
    ("DELIVERED", ReportStatus::Delivered),
    ("READ", ReportStatus::Read),
    ("FAILED", ReportStatus::Failed),
    ("SUCCESS", ReportStatus::Delivered),
    ("FAILURE", ReportStatus::Failed),
];

fn status(word: &str) -> ReportStatus {
    STATUS
        .iter()
        .find(|row| row.0 == word)
        .map_or(ReportStatus::Unknown, |row| row.1)
}

/// `response`: an array, an object, or either of them as a string, or several such strings.
pub(super) fn batch(response: &Value, events: &mut Vec<Event>) -> Result<(), Reject> {
    for_each(response, "response", events, one)
}

/// `statuses` of the generic form.
pub(super) fn generic_batch(statuses: &Value, events: &mut Vec<Event>) -> Result<(), Reject> {
    for_each(statuses, "statuses", events, generic)
}

/// One bad entry never hides the others.
fn for_each(
    value: &Value,
    name: &str,
    events: &mut Vec<Event>,
    read: fn(&Fields) -> Event,
) -> Result<(), Reject> {
    match lenient::unwrapped(value) {
        Value::Array(items) if items.is_empty() => events.push(ignored(format!("{name} is an empty list"))),
        Value::Array(items) => {
            for item in &items {
                match lenient::unwrapped(item) {
                    Value::Array(inner) if !inner.is_empty() => {
                        events.extend(inner.iter().map(|item| entry(item, name, read)));
                    }
                    item => events.push(entry(&item, name, read)),
                }
            }
        }
        Value::Object(fields) => events.push(read(&fields)),
        _ => {
            return Err(Reject::Unreadable(format!(
                "{name} holds neither a list nor an object"
            )));
        }
    }
    Ok(())
}

fn entry(item: &Value, name: &str, read: fn(&Fields) -> Event) -> Event {
    match item {
        Value::Object(fields) => read(fields),
        _ => ignored(format!("an entry of {name} is not an object")),
    }
}

/// One report of the gateway, WhatsApp or SMS, by POST or as the query of a GET.
pub(super) fn one(fields: &Fields) -> Event {
    let external_id = lenient::field(fields, &["externalId"])
        .unwrap_or_default()
        .trim()
        .to_owned();
    let reference = lenient::field(fields, &["extra"]);
    if external_id.is_empty() && reference.is_none() {
        return ignored("a report without the id of a message");
    }
    let word = lenient::field(fields, &["eventType", "status"]).unwrap_or_default();
    let code = lenient::field(fields, &["errorCode", "errCode"]);
    let cause = lenient::field(fields, &["cause"]);
    let time = fields
        .get("eventTs")
        .or_else(|| fields.get("deliveredTS"))
        .cloned()
        .unwrap_or_default();
    let recipient = lenient::field(fields, &["destAddr", "phoneNo"]).map(|phone| lenient::phone(&phone));
    report(
        Parts {
            external_id,
            reference,
            word,
            code,
            cause,
            time,
            recipient,
        },
        failure::of_gateway,
    )
}

/// One status of the generic form, which knows only our reference.
fn generic(fields: &Fields) -> Event {
    let Some(reference) = lenient::field(fields, &["msgId", "msg_id"]) else {
        return ignored("a status without msgId");
    };
    let word = lenient::field(fields, &["status"]).unwrap_or_default();
    let time = fields
        .get("timestamp")
        .or_else(|| fields.get("ts"))
        .cloned()
        .unwrap_or_default();
    let recipient = lenient::field(fields, &["recipient", "to"]).map(|phone| lenient::phone(&phone));
    if word.trim().eq_ignore_ascii_case("clicked") {
        return generic_click(fields, reference, &time, recipient);
    }
    let error = fields.get("error").and_then(Value::as_object);
    let code = error.and_then(|error| lenient::field(error, &["code"]));
    let cause = error.and_then(|error| lenient::field(error, &["title", "message"]));
    let parts = Parts {
        external_id: String::new(),
        reference: Some(reference),
        word,
        code,
        cause,
        time,
        recipient,
    };
    report(parts, failure::of_generic)
}

fn generic_click(fields: &Fields, reference: String, time: &Value, recipient: Option<String>) -> Event {
    let short_url = lenient::field(fields, &["shortUrl", "shorturl"]);
    let Some(url) = lenient::field(fields, &["url"]).or_else(|| short_url.clone()) else {
        return ignored("a click without a link");
    };
    let user_agent = lenient::field(fields, &["userAgent"]);
    let key = event_key(&[
        "click",
        &reference,
        &url,
        short_url.as_deref().unwrap_or(""),
        &lenient::canonical(time),
        recipient.as_deref().unwrap_or(""),
        user_agent.as_deref().unwrap_or(""),
    ]);
    let at = lenient::time(time, lenient::IST_OFFSET_SECONDS).unwrap_or(0);
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

struct Parts {
    external_id: String,
    reference: Option<String>,
    word: String,
    code: Option<String>,
    cause: Option<String>,
    time: Value,
    recipient: Option<String>,
}

fn report(parts: Parts, explain: fn(Option<String>, Option<String>) -> crate::Failure) -> Event {
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
    let status = status(&word);
    let at = lenient::time(&time, lenient::IST_OFFSET_SECONDS).unwrap_or(0);
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
