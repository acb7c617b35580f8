//! Is a payload what the published format says? What is wrong is told with its place; what is only a variant is noted.

use serde::Serialize;
use serde_json::{Map, Value};

use super::parts;

/// Something about a payload, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// JSON pointer.
    pub at: String,
    /// A sentence.
    pub what: String,
}

/// Everything about a payload.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// What is not as published.
    pub wrong: Vec<Finding>,
    /// Variants that the published samples have and that a sender should not use.
    pub notes: Vec<Finding>,
}

impl Findings {
    pub(super) fn wrong(&mut self, at: &str, what: impl Into<String>) {
        let (at, what) = (at.to_owned(), what.into());
        self.wrong.push(Finding { at, what });
    }

    pub(super) fn note(&mut self, at: &str, what: impl Into<String>) {
        let (at, what) = (at.to_owned(), what.into());
        self.notes.push(Finding { at, what });
    }

    /// The text at a member; wrong when there is none.
    pub(super) fn text<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        at: &str,
        name: &str,
    ) -> Option<&'a str> {
        let text = object
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.wrong(
                &format!("{at}/{name}"),
                format!("{name} must be a text that is not empty."),
            );
        }
        text
    }
}

/// What a sender asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub to: String,
    pub msg_id: String,
    /// Name and language of a template.
    pub template: Option<(String, String)>,
    pub kind: String,
    pub body: Value,
    pub notes: Vec<Finding>,
}

impl Request {
    /// The payload that only tries whether the endpoint is there.
    pub(super) fn is_validation(&self) -> bool {
        self.template
            .as_ref()
            .is_some_and(|(name, _)| name == "whatsapp:hsm:technology:generic:verify")
    }
}

/// Everything about a payload, without sending it anywhere.
pub fn findings(payload: &[u8]) -> Findings {
    match read(payload) {
        Ok(request) => Findings {
            wrong: Vec::new(),
            notes: request.notes,
        },
        Err(findings) => findings,
    }
}

/// Reads a payload, or says everything that is wrong with it.
pub(super) fn read(payload: &[u8]) -> Result<Request, Findings> {
    let mut found = Findings::default();
    let value: Value = match serde_json::from_slice(payload) {
        Ok(value) => value,
        Err(error) => {
            found.wrong("", format!("The body is not JSON: {error}."));
            return Err(found);
        }
    };
    // The validation sample is printed wrapped in `body`.
    let inner = value
        .get("body")
        .filter(|inner| inner.is_object() && value.get("to").is_none());
    if inner.is_some() {
        found.note("/body", "The payload is wrapped in body; send it bare.");
    }
    let Some(object) = inner.unwrap_or(&value).as_object() else {
        found.wrong("", "The body must be a JSON object.");
        return Err(found);
    };
    let to = envelope(object, &mut found);
    let msg_id = id(object, &mut found);
    let (template, kind) = match object.get("isTemplate") {
        Some(Value::Bool(true)) => (template(object, &mut found), "template".to_owned()),
        Some(Value::Bool(false)) => (None, free_form(object, &mut found)),
        _ => {
            found.wrong("/isTemplate", "isTemplate must be true or false.");
            (None, String::new())
        }
    };
    if !found.wrong.is_empty() {
        return Err(found);
    }
    Ok(Request {
        to,
        msg_id,
        template,
        kind,
        body: Value::Object(object.clone()),
        notes: found.notes,
    })
}

fn envelope(object: &Map<String, Value>, found: &mut Findings) -> String {
    match object.get("payloadVersion") {
        Some(Value::Number(n)) if n.as_f64() == Some(0.1) => {}
        Some(Value::String(text)) if text == "0.1" => {
            found.note(
                "/payloadVersion",
                "payloadVersion is a text; send the number 0.1.",
            );
        }
        _ => found.wrong("/payloadVersion", "payloadVersion must be the number 0.1."),
    }
    number(object, "wabaNumber", found);
    number(object, "to", found)
}

fn number(object: &Map<String, Value>, name: &str, found: &mut Findings) -> String {
    let at = format!("/{name}");
    let text = object.get(name).and_then(Value::as_str).unwrap_or_default();
    let digits = text.strip_prefix('+').unwrap_or(text);
    let shortest = if name == "to" { 7 } else { 3 };
    if !(shortest..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        found.wrong(
            &at,
            format!("{name} must be a number with its country code, as a text of digits."),
        );
    } else if text.starts_with('+') {
        found.note(&at, format!("{name} begins with +; send digits alone."));
    }
    digits.to_owned()
}

/// Free-form samples call it `msg_id`; both at once must be the same.
fn id(object: &Map<String, Value>, found: &mut Findings) -> String {
    let of = |name: &str| {
        object
            .get(name)
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty())
    };
    match (of("msgId"), of("msg_id")) {
        (Some(id), None) => id.to_owned(),
        (Some(id), Some(other)) if id == other => id.to_owned(),
        (Some(_), Some(_)) => {
            found.wrong(
                "/msg_id",
                "msgId and msg_id are different; reports could name either.",
            );
            String::new()
        }
        (None, Some(id)) => {
            found.note("/msg_id", "The id stands in msg_id; send msgId too.");
            id.to_owned()
        }
        (None, None) => {
            found.wrong(
                "/msgId",
                "msgId must be a text that is not empty: reports name it.",
            );
            String::new()
        }
    }
}

fn template(object: &Map<String, Value>, found: &mut Findings) -> Option<(String, String)> {
    let names = object.get("template").and_then(Value::as_object);
    if names.is_none() {
        found.wrong(
            "/template",
            "template must be an object with namespace and languageCode.",
        );
    }
    let pair = names.and_then(|names| {
        let name = found.text(names, "/template", "namespace");
        let language = found.text(names, "/template", "languageCode");
        Some((name?.to_owned(), language?.to_owned()))
    });
    match object.get("components").and_then(Value::as_array) {
        Some(components) => parts::components(components, "/components", found),
        None => found.wrong("/components", "components must be a list."),
    }
    pair
}

fn free_form(object: &Map<String, Value>, found: &mut Findings) -> String {
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    if !["text", "audio", "image", "video", "file"].contains(&kind) {
        found.wrong("/type", "type must be text, audio, image, video or file.");
        return String::new();
    }
    let at = format!("/{kind}");
    match object.get(kind).and_then(Value::as_object) {
        None => found.wrong(&at, format!("{kind} must be an object.")),
        Some(text) if kind == "text" => {
            found.text(text, &at, "body");
        }
        Some(media) => {
            parts::media(media, &at, found);
            if kind == "audio" && media.contains_key("caption") {
                found.wrong(&format!("{at}/caption"), "WhatsApp shows no caption with audio.");
            }
        }
    }
    kind.to_owned()
}
