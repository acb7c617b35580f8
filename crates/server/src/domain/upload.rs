//! Records of the reference's public upload API, as pure reading: what a record asks for, or the code it is refused
//! with.

use serde_json::{Map, Value};

use super::attributes::{self, Attributes};
use super::phone::Phone;

/// Records of a call at most.
pub const MOST_RECORDS: usize = 1000;

/// Why a record is refused: the reference's code and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Code, such as 516.
    pub code: u16,
    /// What is wrong.
    pub error: String,
}

/// A record that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Whose.
    pub identity: String,
    /// What.
    pub content: Content,
}

/// What a record brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Changes of a profile.
    Profile(ProfileData),
    /// Something that happened.
    Event {
        /// Name.
        name: String,
        /// Properties.
        data: Map<String, Value>,
        /// When, in seconds since 1970 UTC.
        ts: Option<i64>,
    },
}

/// Changes of a profile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProfileData {
    /// Name.
    pub name: Option<String>,
    /// Number.
    pub phone: Option<Phone>,
    /// All else.
    pub attributes: Attributes,
    /// The profile's own flag.
    pub whatsapp: Option<bool>,
    /// true: the number wants no messages.
    pub do_not_disturb: Option<bool>,
}

/// Events that the reference keeps for itself.
const RESTRICTED_EVENTS: &[&str] = &[
    "notification sent",
    "notification viewed",
    "notification clicked",
    "notification delivered",
    "notification bounced",
    "notification replied",
    "app launched",
    "app uninstalled",
    "utm visited",
    "stayed",
    "wzrk_d",
    "geocluster entered",
    "geocluster exited",
];

fn refuse<T>(code: u16, error: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code,
        error: error.into(),
    })
}

/// Reads a record of `/1/upload`.
pub fn record(value: &Value) -> Result<Record, Refusal> {
    let Some(record) = value.as_object() else {
        return refuse(524, "The record is not an object");
    };
    let kind = record.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind != "profile" && kind != "event" {
        return refuse(524, "The type is neither event nor profile");
    }
    let identity = identity(record)?;
    let ts = timestamp(record.get("ts"))?;
    let content = if kind == "profile" {
        Content::Profile(profile_data(record.get("profileData"))?)
    } else {
        event(record, ts)?
    };
    Ok(Record { identity, content })
}

/// The identifier. Those of other systems get their kind in front, so that they do not collide with identities.
fn identity(record: &Map<String, Value>) -> Result<String, Refusal> {
    for key in ["identity", "FBID", "GPID", "objectId"] {
        let text = match record.get(key) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => String::new(),
        };
        let code = if key == "objectId" { 526 } else { 523 };
        if text.is_empty() || text.len() > attributes::LONGEST_VALUE || text.contains('\0') {
            return refuse(code, format!("{key} is not a text of 1 to 512 bytes"));
        }
        return Ok(match key {
            "identity" => text,
            _ => format!("{key}:{text}"),
        });
    }
    refuse(523, "Missing identity")
}

fn timestamp(value: Option<&Value>) -> Result<Option<i64>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        // Eleven digits would be milliseconds of 1970 or a year beyond 5000: a mistake.
        Some(value) => match value.as_i64() {
            Some(ts) if (0..10_000_000_000).contains(&ts) => Ok(Some(ts)),
            _ => refuse(525, "ts is not a time in seconds since 1970"),
        },
    }
}

fn profile_data(value: Option<&Value>) -> Result<ProfileData, Refusal> {
    let Some(given) = value.and_then(Value::as_object) else {
        return refuse(555, "profileData is missing or not an object");
    };
    let mut data = ProfileData::default();
    for (key, value) in given {
        match key.to_ascii_lowercase().as_str() {
            "msg-whatsapp" => data.whatsapp = Some(flag(key, value)?),
            "msg-dndwhatsapp" => data.do_not_disturb = Some(flag(key, value)?),
            "phone" => data.phone = Some(phone(value)?),
            "name" => data.name = Some(text(555, key, value)?),
            lower => {
                let (name, value) = attribute(lower, key, value)?;
                data.attributes.insert(name, value);
            }
        }
    }
    if data.attributes.len() > attributes::MOST_KEYS {
        return refuse(555, "More than 256 keys");
    }
    Ok(data)
}

fn flag(key: &str, value: &Value) -> Result<bool, Refusal> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        _ => refuse(555, format!("{key} is not true or false")),
    }
}

fn text(code: u16, key: &str, value: &Value) -> Result<String, Refusal> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return refuse(code, format!("{key} is not a text")),
    };
    match attributes::check_text(key, &text) {
        Ok(()) => Ok(text),
        Err(problem) => refuse(code, problem.to_string()),
    }
}

fn phone(value: &Value) -> Result<Phone, Refusal> {
    let text = text(516, "Phone", value)?;
    if !text.starts_with('+') {
        return refuse(516, "Phone does not begin with + and the country code");
    }
    // Numbers begin with +, so the region never counts.
    Phone::parse(&text, "").or_else(|problem| refuse(516, problem.to_string()))
}

/// The name that an attribute is kept under, and its checked value.
fn attribute(lower: &str, key: &str, value: &Value) -> Result<(String, Value), Refusal> {
    let one_of = |name: &str, code: u16, allowed: &[&str]| {
        let given = text(code, name, value)?;
        match allowed.iter().find(|word| word.eq_ignore_ascii_case(&given)) {
            Some(word) => Ok((name.to_owned(), Value::from(*word))),
            None => refuse(code, format!("{name} is not one of {}", allowed.join(", "))),
        }
    };
    let reserved = matches!(
        lower,
        "gender" | "employed" | "education" | "married" | "email" | "age"
    );
    if reserved && value.is_null() {
        return Ok((capitalised(lower), Value::Null));
    }
    match lower {
        "gender" => one_of("Gender", 514, &["M", "F"]),
        "employed" => one_of("Employed", 517, &["Y", "N"]),
        "education" => one_of("Education", 518, &["Graduate", "College", "School"]),
        "married" => one_of("Married", 519, &["Y", "N"]),
        "email" => {
            let email = text(515, "Email", value)?;
            let parts = email.split_once('@');
            let fits = |(name, host): (&str, &str)| {
                !name.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.')
            };
            if !parts.is_some_and(fits) || email.contains(char::is_whitespace) {
                return refuse(515, "Email is not an address");
            }
            Ok(("Email".into(), Value::from(email)))
        }
        "age" => match text(520, "Age", value)?.parse::<u8>() {
            Ok(age) if age <= 150 => Ok(("Age".into(), Value::from(age))),
            _ => refuse(520, "Age is not a number from 0 to 150"),
        },
        _ => {
            let value = date(key, value)?;
            match attributes::check(key, &value) {
                Ok(()) => Ok((key.to_owned(), value)),
                Err(problem) => refuse(555, problem.to_string()),
            }
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut text = word.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// `$D_<seconds>` becomes a time as people read it; all else stays.
fn date(key: &str, value: &Value) -> Result<Value, Refusal> {
    let Some(seconds) = value.as_str().and_then(|text| text.strip_prefix("$D_")) else {
        return Ok(value.clone());
    };
    let time = seconds
        .parse::<i64>()
        .ok()
        .and_then(|s| jiff::Timestamp::from_second(s).ok());
    match time {
        Some(time) => Ok(Value::from(time.to_string())),
        None => refuse(
            525,
            format!("{key} is not a date: write $D_ and seconds since 1970"),
        ),
    }
}

fn event(record: &Map<String, Value>, ts: Option<i64>) -> Result<Content, Refusal> {
    let name = record
        .get("evtName")
        .and_then(Value::as_str)
        .map(str::trim)
        .unwrap_or_default();
    if name.is_empty() {
        return refuse(509, "Event name is mandatory");
    }
    if let Err(problem) = attributes::check_text("evtName", name) {
        return refuse(512, problem.to_string());
    }
    if RESTRICTED_EVENTS.contains(&name.to_ascii_lowercase().as_str()) {
        return refuse(513, format!("{name} is a system event"));
    }
    let given = match record.get("evtData") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(data)) => data.clone(),
        Some(_) => return refuse(512, "evtData is not an object"),
    };
    if given.len() > attributes::MOST_KEYS {
        return refuse(522, "More than 256 event properties");
    }
    let data = given
        .into_iter()
        .map(|(key, value)| Ok((key.clone(), property(&key, value)?)))
        .collect::<Result<_, Refusal>>()?;
    Ok(Content::Event {
        name: name.to_owned(),
        data,
        ts,
    })
}

/// Checks a property; events may hold lists and objects, such as the items of a purchase.
fn property(key: &str, value: Value) -> Result<Value, Refusal> {
    let within = |result: Result<(), attributes::AttributeProblem>| {
        result.or_else(|problem| refuse(522, problem.to_string()))
    };
    within(attributes::check(key, &Value::Null))?;
    match value {
        Value::Array(items) => {
            let items: Result<_, Refusal> = items.into_iter().map(|item| property(key, item)).collect();
            Ok(Value::Array(items?))
        }
        Value::Object(map) => {
            let mut checked = Map::new();
            for (key, value) in map {
                let value = property(&key, value)?;
                checked.insert(key, value);
            }
            Ok(Value::Object(checked))
        }
        scalar => {
            let scalar = date(key, &scalar)?;
            within(attributes::check(key, &scalar))?;
            Ok(scalar)
        }
    }
}

/// Reads an entry of `/1/subscribe`: the number, and true for `Resubscribe`.
pub fn subscription(value: &Value) -> Result<(Phone, bool), Refusal> {
    let field = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .map(str::trim)
            .unwrap_or_default()
    };
    if !field("type").eq_ignore_ascii_case("whatsapp") {
        return refuse(555, "type is not whatsapp: this server knows no other channel");
    }
    let number = phone(value.get("value").unwrap_or(&Value::Null))?;
    match field("status").to_ascii_lowercase().as_str() {
        "unsubscribe" => Ok((number, false)),
        "resubscribe" => Ok((number, true)),
        _ => refuse(555, "status is neither Unsubscribe nor Resubscribe"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn code(value: Value) -> u16 {
        record(&value).unwrap_err().code
    }

    fn profile(data: Value) -> Result<ProfileData, Refusal> {
        match record(&json!({"identity": "1", "type": "profile", "profileData": data}))?.content {
            Content::Profile(data) => Ok(data),
            Content::Event { .. } => panic!("an event"),
        }
    }

    #[test]
    fn each_mistake_has_the_code_of_the_reference() {
        for (data, expected) in [
            (json!({"Gender": "X"}), 514),
            (json!({"Email": "nobody"}), 515),
            (json!({"Phone": "9999900001"}), 516),
            (json!({"Phone": "+91999"}), 516),
            (json!({"Employed": true}), 517),
            (json!({"Education": "PhD"}), 518),
            (json!({"Married": "maybe"}), 519),
            (json!({"Age": 400}), 520),
            (json!({"Joined": "$D_soon"}), 525),
            (json!({"Tags": ["a"]}), 555),
            (json!({"MSG-whatsapp": "yes"}), 555),
            (json!({"k": "v".repeat(513)}), 555),
            (json!(null), 555),
        ] {
            assert_eq!(profile(data.clone()).unwrap_err().code, expected, "{data}");
        }
        for (value, expected) in [
            (json!({"type": "profile", "profileData": {}}), 523),
            (json!({"identity": "", "type": "profile", "profileData": {}}), 523),
            (json!({"objectId": [], "type": "profile", "profileData": {}}), 526),
            (json!({"identity": "1", "profileData": {}}), 524),
            (json!("text"), 524),
            (
                json!({"identity": "1", "type": "profile", "ts": "now", "profileData": {}}),
                525,
            ),
            (
                json!({"identity": "1", "type": "profile", "ts": 1_468_308_340_000_i64, "profileData": {}}),
                525,
            ),
            (json!({"identity": "1", "type": "event"}), 509),
            (
                json!({"identity": "1", "type": "event", "evtName": "A", "evtData": [1]}),
                512,
            ),
            (
                json!({"identity": "1", "type": "event", "evtName": "App Launched"}),
                513,
            ),
            (
                json!({"identity": "1", "type": "event", "evtName": "A", "evtData": {"k": "v".repeat(513)}}),
                522,
            ),
        ] {
            assert_eq!(code(value.clone()), expected, "{value}");
        }
    }

    #[test]
    fn a_profile_is_understood() {
        let data = profile(json!({
            "Name": "Jack Montana", "Email": "jack@example.com", "Phone": "+919999900001", "Gender": "m",
            "MSG-whatsapp": true, "MSG-DNDwhatsapp": false, "MSG-sms": true, "Customer Type": "internal",
            "Joined": "$D_1577836800", "Age": "41",
        }))
        .unwrap();
        assert_eq!(data.name.as_deref(), Some("Jack Montana"));
        assert_eq!(data.phone.unwrap().as_str(), "+919999900001");
        assert_eq!((data.whatsapp, data.do_not_disturb), (Some(true), Some(false)));
        let expected = json!({
            "Email": "jack@example.com", "Gender": "M", "MSG-sms": true, "Customer Type": "internal",
            "Joined": "2020-01-01T00:00:00Z", "Age": 41,
        });
        assert_eq!(Value::from(data.attributes), expected);
    }

    #[test]
    fn identifiers_of_other_systems_do_not_collide() {
        let of = |key: &str, value: Value| {
            record(&json!({key: value, "type": "event", "evtName": "A"}))
                .unwrap()
                .identity
        };
        assert_eq!(of("identity", json!(1189549)), "1189549");
        assert_eq!(of("FBID", json!("7")), "FBID:7");
        assert_eq!(of("objectId", json!("7")), "objectId:7");
    }

    #[test]
    fn an_event_may_hold_the_items_of_a_purchase() {
        let value = json!({
            "identity": "1", "type": "event", "evtName": "Charged", "ts": 1_468_308_340,
            "evtData": {"Amount": 300, "Items": [{"Title": "Boots", "Quantity": 1}], "On": "$D_0"},
        });
        let Content::Event { name, data, ts } = record(&value).unwrap().content else {
            panic!("a profile")
        };
        assert_eq!((name.as_str(), ts), ("Charged", Some(1_468_308_340)));
        assert_eq!(data["Items"][0]["Title"], "Boots");
        assert_eq!(data["On"], "1970-01-01T00:00:00Z");
    }

    #[test]
    fn subscriptions_are_by_number() {
        let of = |kind: &str, value: &str, status: &str| {
            subscription(&json!({"type": kind, "value": value, "status": status}))
        };
        assert!(!of("whatsapp", "+919999900001", "Unsubscribe").unwrap().1);
        assert!(of("WhatsApp", "+919999900001", "resubscribe").unwrap().1);
        assert_eq!(of("email", "a@example.com", "Unsubscribe").unwrap_err().code, 555);
        assert_eq!(of("whatsapp", "12", "Unsubscribe").unwrap_err().code, 516);
        assert_eq!(of("whatsapp", "+919999900001", "Pause").unwrap_err().code, 555);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(key in "\\PC{0,12}", text in "\\PC{0,12}", n in any::<i64>()) {
            for value in [json!(text), json!(n), json!(null), json!([n]), json!({"a": text.clone()})] {
                let _ = record(&json!({"identity": value, "type": "profile", "profileData": {key.clone(): value}}));
                let _ = record(&json!({"identity": 1, "ts": value, "type": "event", "evtName": text, "evtData": {key.clone(): value}}));
                let _ = subscription(&value);
            }
        }
    }
}
