//! The components of a template message: rendered texts and values both, because a vendor may use either.

use serde_json::{Value, json};

use crate::SendError;
use crate::message::{Card, Header, MediaKind, Offer, TemplateButton, TemplateMessage};
use crate::wire::rules;

/// All components, in the order of the samples.
pub(super) fn components(template: &TemplateMessage) -> Result<Vec<Value>, SendError> {
    let template = &rules::cleaned(template)?;
    rules::template(template)?;
    let mut all = Vec::new();
    if let Some(header) = &template.header {
        all.push(self::header(header)?);
    }
    all.push(body(&template.body, &template.parameters));
    if let Some(footer) = &template.footer {
        all.push(json!({ "type": "footer", "footer": footer }));
    }
    all.extend(template.offer.as_ref().map(offer));
    if !template.cards.is_empty() {
        let cards: Vec<Value> = template.cards.iter().map(card).collect::<Result<_, _>>()?;
        all.push(json!({ "type": "carousel", "cards": cards }));
    }
    all.extend(buttons(&template.buttons));
    if !template.custom.is_empty() {
        let pairs: Vec<Value> = template
            .custom
            .iter()
            .map(|(key, value)| json!({ key: value }))
            .collect();
        all.push(json!({ "customProps": pairs }));
    }
    Ok(all)
}

fn header(header: &Header) -> Result<Value, SendError> {
    let (name, content) = match header {
        Header::Text { text, .. } => ("text", json!({ "text": text })),
        Header::Media { kind, url, filename } => {
            let mut media = json!({ "mediaURL": rules::public_url(url)? });
            let name = match kind {
                MediaKind::Image => "image",
                MediaKind::Video => "video",
                MediaKind::Document => "file",
                MediaKind::Audio | MediaKind::Sticker => {
                    return Err(rules::invalid(
                        format!("template header of kind {}", kind.name()),
                        "The header of a template is an image, a video or a document. Choose one of these.",
                    ));
                }
            };
            if let Some(filename) = filename.as_ref().filter(|_| *kind == MediaKind::Document) {
                media["filename"] = json!(filename);
            }
            (name, media)
        }
        Header::Location(place) => {
            let mut location = json!({
                "longitude": place.longitude.to_string(), "latitude": place.latitude.to_string(),
            });
            for (member, text) in [("name", &place.name), ("address", &place.address)] {
                if let Some(text) = text {
                    location[member] = json!(text);
                }
            }
            ("location", location)
        }
    };
    Ok(json!({ "type": "header", "header": { "type": name, name: content } }))
}

fn body(text: &str, parameters: &[String]) -> Value {
    let values: Vec<Value> = parameters
        .iter()
        .map(|value| json!({ "type": "text", "text": value }))
        .collect();
    json!({ "type": "body", "body": { "text": text, "parameters": values } })
}

fn offer(offer: &Offer) -> Value {
    let mut value = json!({ "type": "limited_time_offer", "text": offer.text });
    if let Some(at) = offer.expires_at {
        value["parameters"] = json!([
            { "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": at } }
        ]);
    }
    value
}

fn card(card: &Card) -> Result<Value, SendError> {
    let mut all = Vec::new();
    if let Some(header) = &card.header {
        all.push(self::header(header)?);
    }
    if !card.body.is_empty() {
        all.push(body(&card.body, &card.parameters));
    }
    all.extend(buttons(&card.buttons));
    Ok(json!({ "components": all }))
}

/// Positions count from 0, on each card anew.
fn buttons(buttons: &[TemplateButton]) -> impl Iterator<Item = Value> {
    buttons.iter().enumerate().map(|(at, one)| button(at, one))
}

/// No source says where the payload of a quick reply goes; it goes where Meta has it.
fn button(at: usize, button: &TemplateButton) -> Value {
    let text = |text: &str| Some(json!({ "type": "text", "text": text }));
    let (kind, label, parameter) = match button {
        TemplateButton::QuickReply { text, payload } => (
            "quickReply",
            text,
            payload
                .as_ref()
                .map(|own| json!({ "type": "payload", "payload": own })),
        ),
        TemplateButton::StaticUrl { text: label, url } => ("staticUrl", label, text(url)),
        TemplateButton::DynamicUrl {
            text: label, suffix, ..
        } => ("dynamicUrl", label, text(suffix)),
        TemplateButton::Phone { text: label, number } => ("callPhone", label, text(number)),
        TemplateButton::CopyCode { text, code } => (
            "copy_code",
            text,
            Some(json!({ "type": "coupon_code", "coupon_code": code })),
        ),
    };
    let mut value = json!({ "type": "button", "index": at, "subType": kind, "buttonText": label });
    if let Some(parameter) = parameter {
        value["parameters"] = json!([parameter]);
    }
    value
}
