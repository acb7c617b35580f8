//! Delivery reports: the gateway's own in all their wrappings, and the "generic" form.

use serde_json::{Map, Value};

use super::callback::ignored;
use super::failure;
use crate::wire::lenient;
use crate::wire::open::{self, Parts};
use crate::{Event, Reject};

type Fields = Map<String, Value>;

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
    open::report(
        Parts {
            external_id,
            reference,
            word,
            code,
            cause,
            time,
            recipient,
        },
        lenient::IST_OFFSET_SECONDS,
        failure::of_gateway,
    )
}

/// One status of the generic form. Its clock has no zone either.
fn generic(fields: &Fields) -> Event {
    open::status(fields, lenient::IST_OFFSET_SECONDS, failure::of_generic)
}
