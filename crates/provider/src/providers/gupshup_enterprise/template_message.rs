//! Template messages, by the notification account, in the gateway's two ways of addressing a template.

use serde_json::{Value, json};

use super::account::Form;
use super::send::{location, media_file};
use crate::SendError;
use crate::message::{Header, MediaKind, TemplateButton, TemplateMessage};
use crate::wire::rules;

/// Fills the form. Values are cleaned first: WhatsApp refuses line breaks, tabs and runs of spaces in them.
pub(super) fn fill(form: Form, template: &TemplateMessage) -> Result<Form, SendError> {
    let template = &rules::cleaned(template)?;
    rules::template(template)?;
    let form = match &template.provider_template_id {
        Some(id) => by_id(form, template, id)?,
        None => by_text(form, template)?,
    };
    Ok(buttons(form, &template.buttons))
}

/// The older and still most common way: the gateway finds the approved template that matches the final text.
/// `isTemplate` is needed as soon as there is more than a body.
fn by_text(form: Form, template: &TemplateMessage) -> Result<Form, SendError> {
    let footer = template.footer.as_deref();
    let form = match &template.header {
        None if template.buttons.is_empty() && footer.is_none() => {
            return Ok(form
                .with("msg_type", "HSM")
                .with("msg", &template.body)
                .with("isHSM", "true"));
        }
        None => form.with("msg_type", "TEXT").with("msg", &template.body),
        Some(Header::Text { text, .. }) => form
            .with("msg_type", "TEXT")
            .with("msg", &template.body)
            .with("header", text),
        Some(Header::Media { kind, url, filename }) => header_media(form, *kind, url, filename.as_deref())?
            .with("caption", &template.body)
            .with("isHSM", "true"),
        Some(Header::Location(place)) => form
            .with("msg_type", "LOCATION")
            .with("location", location(place)?)
            .with("msg", &template.body)
            .with("isHSM", "true"),
    };
    Ok(form.with("isTemplate", "true").with_some("footer", footer))
}

/// Ids of up to this many digits are the gateway's own (as in its template list and `hsmTemplateId` of reports) and
/// go as `template_id`; Meta's ids have 15 or 16 digits and go as `whatsAppTemplateId`.
const SHORT_ID: usize = 11;

fn by_id(form: Form, template: &TemplateMessage, id: &str) -> Result<Form, SendError> {
    let id_name = if id.len() <= SHORT_ID {
        "template_id"
    } else {
        "whatsAppTemplateId"
    };
    let mut form = form.with(id_name, id).with("isHSM", "true");
    let is_plain = template.header.is_none() && template.footer.is_none() && template.buttons.is_empty();
    form = form.with("isTemplate", if is_plain { "false" } else { "true" });
    form = match &template.header {
        None => form.with("msg_type", if is_plain { "HSM" } else { "TEXT" }),
        Some(Header::Text { parameter, .. }) => form
            .with("msg_type", "TEXT")
            .with_some("hvar1", parameter.as_deref()),
        Some(Header::Media { kind, url, filename }) => header_media(form, *kind, url, filename.as_deref())?,
        Some(Header::Location(place)) => form
            .with("msg_type", "LOCATION")
            .with("location", location(place)?),
    };
    for (at, value) in template.parameters.iter().enumerate() {
        form = form.with(&format!("var{}", at + 1), value);
    }
    Ok(form)
}

fn header_media(form: Form, kind: MediaKind, url: &str, filename: Option<&str>) -> Result<Form, SendError> {
    if matches!(kind, MediaKind::Audio | MediaKind::Sticker) {
        return Err(rules::invalid(
            format!("template header of kind {}", kind.name()),
            "The header of a template is an image, a video or a document. Choose one of these.",
        ));
    }
    media_file(form, kind, url, filename)
}

/// What the buttons need. Up to three quick replies, or one call and one link, work by themselves (a dynamic link by
/// `buttonUrlParam`); every other set, and every payload of our own, needs `wa_template_json`.
fn buttons(form: Form, buttons: &[TemplateButton]) -> Form {
    if !is_simple(buttons) {
        let components: Vec<Value> = buttons
            .iter()
            .enumerate()
            .filter_map(|(at, b)| component(at, b))
            .collect();
        return form.with(
            "wa_template_json",
            json!({ "components": components }).to_string(),
        );
    }
    let suffix = buttons.iter().find_map(|button| match button {
        TemplateButton::DynamicUrl { suffix, .. } => Some(suffix.as_str()),
        _ => None,
    });
    form.with_some("buttonUrlParam", suffix)
}

fn is_simple(buttons: &[TemplateButton]) -> bool {
    let count = |wanted: fn(&TemplateButton) -> bool| buttons.iter().filter(|b| wanted(b)).count();
    let replies = count(|b| matches!(b, TemplateButton::QuickReply { payload: None, .. }));
    let calls = count(|b| matches!(b, TemplateButton::Phone { .. }));
    let links = count(|b| {
        matches!(
            b,
            TemplateButton::StaticUrl { .. } | TemplateButton::DynamicUrl { .. }
        )
    });
    (replies == buttons.len() && replies <= 3) || (calls + links == buttons.len() && calls <= 1 && links <= 1)
}

/// The values of one button; static links and calls have none. A quick reply without a payload returns its text,
/// which is what WhatsApp does by itself.
fn component(at: usize, button: &TemplateButton) -> Option<Value> {
    let (sub_type, parameter) = match button {
        TemplateButton::QuickReply { text, payload } => (
            "quick_reply",
            json!({ "type": "payload", "payload": payload.as_ref().unwrap_or(text) }),
        ),
        TemplateButton::DynamicUrl { suffix, .. } => ("url", json!({ "type": "text", "text": suffix })),
        TemplateButton::CopyCode { code, .. } => {
            ("copy_code", json!({ "type": "coupon_code", "coupon_code": code }))
        }
        TemplateButton::StaticUrl { .. } | TemplateButton::Phone { .. } => return None,
    };
    Some(
        json!({ "type": "button", "sub_type": sub_type, "index": at.to_string(), "parameters": [parameter] }),
    )
}
