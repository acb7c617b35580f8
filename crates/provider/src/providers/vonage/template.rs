//! Template messages. Vonage's own type carries the numbered values of a body and nothing else; every other template
//! goes as Meta's object.

use serde_json::{Value, json};

use super::content::media_header;
use super::send::custom;
use crate::SendError;
use crate::message::{Header, TemplateButton, TemplateMessage};
use crate::wire::rules;

/// The message without its envelope. Values are cleaned first: WhatsApp refuses line breaks, tabs and runs of spaces.
pub(super) fn body(message: &TemplateMessage) -> Result<Value, SendError> {
    let message = &rules::cleaned(message)?;
    rules::template(message)?;
    let header = message.header.as_ref().map(header).transpose()?.flatten();
    let buttons: Vec<Value> = message
        .buttons
        .iter()
        .enumerate()
        .filter_map(|(at, button)| component(at, button))
        .collect();
    if header.is_none() && buttons.is_empty() && message.parameter_names.is_empty() {
        return Ok(plain(message));
    }
    let values = body_values(message);
    let components: Vec<Value> = header.into_iter().chain(values).chain(buttons).collect();
    Ok(custom(
        "template",
        json!({
            "name": message.name,
            "language": { "policy": "deterministic", "code": message.language },
            "components": components,
        }),
    ))
}

fn plain(message: &TemplateMessage) -> Value {
    let mut template = json!({ "name": message.name });
    if !message.parameters.is_empty() {
        template["parameters"] = json!(message.parameters);
    }
    json!({
        "message_type": "template",
        "template": template,
        "whatsapp": { "policy": "deterministic", "locale": message.language },
    })
}

fn text(value: &str, name: Option<&String>) -> Value {
    let mut parameter = json!({ "type": "text", "text": value });
    if let Some(name) = name {
        parameter["parameter_name"] = name.as_str().into();
    }
    parameter
}

fn body_values(message: &TemplateMessage) -> Option<Value> {
    let values: Vec<Value> = message
        .parameters
        .iter()
        .enumerate()
        .map(|(at, value)| text(value, message.parameter_names.get(at)))
        .collect();
    (!values.is_empty()).then(|| json!({ "type": "body", "parameters": values }))
}

/// Nothing for a text without a variable: it is part of the approved template.
fn header(header: &Header) -> Result<Option<Value>, SendError> {
    let parameter = match header {
        Header::Text { parameter: None, .. } => return Ok(None),
        Header::Text {
            parameter: Some(value),
            parameter_name,
            ..
        } => text(value, parameter_name.as_ref()),
        Header::Media { kind, url, filename } => media_header(*kind, url, filename.as_deref())?,
        Header::Location(place) => {
            rules::place(place)?;
            json!({ "type": "location", "location": place })
        }
    };
    Ok(Some(json!({ "type": "header", "parameters": [parameter] })))
}

/// The values of one button; static links, calls and quick replies without a payload of ours have none.
fn component(at: usize, button: &TemplateButton) -> Option<Value> {
    let (sub_type, parameter) = match button {
        TemplateButton::QuickReply { payload, .. } => (
            "quick_reply",
            json!({ "type": "payload", "payload": payload.as_ref()? }),
        ),
        TemplateButton::DynamicUrl { suffix, .. } => ("url", json!({ "type": "text", "text": suffix })),
        TemplateButton::CopyCode { code, .. } => {
            ("copy_code", json!({ "type": "coupon_code", "coupon_code": code }))
        }
        TemplateButton::StaticUrl { .. } | TemplateButton::Phone { .. } => return None,
    };
    Some(json!({
        "type": "button",
        "sub_type": sub_type,
        "index": at.to_string(),
        "parameters": [parameter],
    }))
}
