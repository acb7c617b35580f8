//! What a request may hold, after the documentation.

use serde_json::{Map, Value};

use super::problem::Problem;

type Fields = Map<String, Value>;

/// A message that was found to be one.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub to: String,
    pub kind: String,
    pub client_ref: Option<String>,
    pub webhook_url: Option<String>,
    pub webhook_version: Option<String>,
    /// Name of the template; none for another message.
    pub template: Option<String>,
    pub has_failover: bool,
    pub body: Value,
}

/// Reads a request for the account's number, or says what is wrong.
pub(super) fn read(bytes: &[u8], number: &str) -> Result<Request, Problem> {
    let body: Value = serde_json::from_slice(bytes).map_err(|_| Problem::json())?;
    let fields = body.as_object().ok_or_else(Problem::json)?;
    one(fields, number)?;
    if let Some(failover) = fields.get("failover") {
        let all = failover
            .as_array()
            .ok_or_else(|| Problem::parameter("failover", "must be an array"))?;
        for message in all {
            let message = message
                .as_object()
                .ok_or_else(|| Problem::parameter("failover", "must hold messages"))?;
            one(message, number)?;
        }
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let template = body
        .pointer("/template/name")
        .or_else(|| body.pointer("/custom/template/name"));
    Ok(Request {
        to: text("to").unwrap_or_default(),
        kind: text("message_type").unwrap_or_default(),
        client_ref: text("client_ref"),
        webhook_url: text("webhook_url"),
        webhook_version: text("webhook_version"),
        template: template.and_then(Value::as_str).map(str::to_owned),
        has_failover: fields.contains_key("failover"),
        body: body.clone(),
    })
}

fn one(fields: &Fields, number: &str) -> Result<(), Problem> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("channel") != "whatsapp" {
        return Err(Problem::parameter("channel", "must be whatsapp"));
    }
    if text("from") != number {
        return Err(Problem::sender());
    }
    let to = text("to");
    if !(7..=15).contains(&to.len()) || !to.bytes().all(|b| b.is_ascii_digit()) || to.starts_with('0') {
        return Err(Problem::recipient());
    }
    if let Some(reference) = fields.get("client_ref")
        && reference
            .as_str()
            .is_none_or(|text| text.is_empty() || text.len() > 40)
    {
        return Err(Problem::reference());
    }
    if let Some(version) = fields.get("webhook_version")
        && version != "v1"
        && version != "v0.1"
    {
        return Err(Problem::parameter("webhook_version", "must be v1 or v0.1"));
    }
    content(fields, text("message_type"))
}

fn content(fields: &Fields, kind: &str) -> Result<(), Problem> {
    let object = |name: &'static str| {
        let found = fields.get(name).and_then(Value::as_object);
        found.ok_or_else(|| Problem::parameter(name, "is required"))
    };
    let chars = |value: Option<&Value>| value.and_then(Value::as_str).map(|text| text.chars().count());
    match kind {
        "text" => match chars(fields.get("text")) {
            Some(1..=4096) => Ok(()),
            _ => Err(Problem::parameter("text", "must have 1 to 4096 characters")),
        },
        "image" => file(object("image")?, 3000),
        "video" => file(object("video")?, 3000),
        "file" => file(object("file")?, 3000),
        "audio" => file(object("audio")?, 0),
        "sticker" => {
            let sticker = object("sticker")?;
            match (sticker.contains_key("url"), sticker.contains_key("id")) {
                (true, false) => file(sticker, 0),
                (false, true) => Ok(()),
                _ => Err(Problem::parameter("sticker", "must have either url or id")),
            }
        }
        "reaction" => {
            let reaction = object("reaction")?;
            let target = fields
                .get("context")
                .and_then(|context| context.get("message_uuid"));
            match reaction.get("action").and_then(Value::as_str) {
                Some("react") if chars(reaction.get("emoji")).is_none() => {
                    Err(Problem::parameter("reaction", "must have an emoji"))
                }
                Some("react" | "unreact") if target.is_some() => Ok(()),
                _ => Err(Problem::parameter(
                    "reaction",
                    "must have an action and a context",
                )),
            }
        }
        "template" => template(object("template")?, object("whatsapp")?),
        "custom" => {
            let custom = object("custom")?;
            let inner = custom
                .get("type")
                .and_then(Value::as_str)
                .filter(|kind| custom.contains_key(*kind));
            inner
                .map(|_| ())
                .ok_or_else(|| Problem::parameter("custom", "must hold an object of its type"))
        }
        _ => Err(Problem::parameter("message_type", "is not supported")),
    }
}

fn file(file: &Fields, caption: usize) -> Result<(), Problem> {
    let url = file.get("url").and_then(Value::as_str).unwrap_or_default();
    if !(10..=2000).contains(&url.len()) || !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(Problem::parameter(
            "url",
            "must be a URL of 10 to 2000 characters",
        ));
    }
    match file.get("caption") {
        None => Ok(()),
        Some(text)
            if text
                .as_str()
                .is_some_and(|t| (1..=caption).contains(&t.chars().count())) =>
        {
            Ok(())
        }
        Some(_) => Err(Problem::parameter(
            "caption",
            format!("must have 1 to {caption} characters"),
        )),
    }
}

fn template(template: &Fields, whatsapp: &Fields) -> Result<(), Problem> {
    if template
        .get("name")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return Err(Problem::parameter("template", "must have a name"));
    }
    if whatsapp
        .get("locale")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return Err(Problem::parameter("whatsapp", "must have a locale"));
    }
    if whatsapp
        .get("policy")
        .is_some_and(|policy| policy != "deterministic")
    {
        return Err(Problem::parameter("whatsapp", "policy must be deterministic"));
    }
    match template.get("parameters") {
        None => Ok(()),
        Some(Value::Array(values)) if values.iter().all(Value::is_string) => Ok(()),
        Some(_) => Err(Problem::parameter("template", "parameters must be strings")),
    }
}
