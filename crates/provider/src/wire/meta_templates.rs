//! Templates in Meta's listing shape, which vendors pass on.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates>.

use serde_json::{Map, Value};

use super::lenient;
use crate::template::{
    ButtonKind, CardSpec, Category, HeaderKind, OfferSpec, TemplateButtonSpec, TemplateStatus,
    TemplateSummary,
};

type Fields = Map<String, Value>;

/// Meta's word, status. Every other word is not usable yet, and shown.
const STATUS: &[(&str, TemplateStatus)] = &[
    ("APPROVED", TemplateStatus::Approved),
    ("PENDING", TemplateStatus::Pending),
    ("IN_APPEAL", TemplateStatus::Pending),
    ("REJECTED", TemplateStatus::Rejected),
    ("PAUSED", TemplateStatus::Paused),
    ("DISABLED", TemplateStatus::Disabled),
    ("DELETED", TemplateStatus::Disabled),
];

const CATEGORY: &[(&str, Category)] = &[
    ("MARKETING", Category::Marketing),
    ("UTILITY", Category::Utility),
    ("AUTHENTICATION", Category::Authentication),
];

const BUTTON: &[(&str, ButtonKind)] = &[
    ("QUICK_REPLY", ButtonKind::QuickReply),
    ("URL", ButtonKind::Url),
    ("PHONE_NUMBER", ButtonKind::Phone),
    ("COPY_CODE", ButtonKind::CopyCode),
];

fn lookup<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    let word = word.trim();
    table
        .iter()
        .find(|row| row.0.eq_ignore_ascii_case(word))
        .map(|row| row.1)
}

/// Reads one entry of a listing.
///
/// # Errors
/// What is wrong with it, as the end of a sentence: "is not an object".
pub fn summary(item: &Value) -> Result<TemplateSummary, String> {
    let object = item.as_object().ok_or("is not an object")?;
    let said = |name: &str| lenient::said(object, &[name]);
    let name = said("name").ok_or("has no name")?;
    let of = format!("(\"{name}\")");
    let word = said("status").ok_or(format!("{of} has no status"))?;
    let known = lookup(STATUS, &word);
    let parts = Components::read(object, &of)?;
    Ok(TemplateSummary {
        provider_template_id: said("id").unwrap_or_default(),
        language: said("language").ok_or(format!("{of} has no language"))?,
        category: said("category").and_then(|word| lookup(CATEGORY, &word)),
        status: known.unwrap_or(TemplateStatus::Pending),
        status_detail: said("rejected_reason")
            .filter(|reason| !reason.eq_ignore_ascii_case("NONE"))
            .or_else(|| known.is_none().then_some(word)),
        header: parts.header,
        body: parts.body,
        footer: parts.footer,
        buttons: parts.buttons,
        buttons_known: true,
        offer: parts.offer,
        cards: parts.cards,
        quality: object
            .get("quality_score")
            .and_then(|quality| lenient::text(quality.get("score").unwrap_or(quality))),
        name,
    })
}

#[derive(Default)]
struct Components {
    header: Option<HeaderKind>,
    body: String,
    footer: Option<String>,
    buttons: Vec<TemplateButtonSpec>,
    offer: Option<OfferSpec>,
    cards: Vec<CardSpec>,
}

impl Components {
    /// What cannot be rebuilt here is refused whole: a template with a part missing would be sent wrongly.
    fn read(object: &Fields, of: &str) -> Result<Self, String> {
        let mut all = Self::default();
        let list = lenient::member(object, &["components"]).and_then(Value::as_array);
        for component in list.into_iter().flatten().filter_map(Value::as_object) {
            let said = |name: &str| lenient::said(component, &[name]);
            let kind = said("type").unwrap_or_default().to_ascii_uppercase();
            match kind.trim() {
                "HEADER" => {
                    all.header =
                        Some(header(component).ok_or(format!("{of} has a header that we do not know"))?)
                }
                "BODY" => all.body = said("text").unwrap_or_default(),
                "FOOTER" => all.footer = said("text"),
                "BUTTONS" => all.buttons = buttons(component, of)?,
                "LIMITED_TIME_OFFER" => all.offer = Some(offer(component)),
                "CAROUSEL" => all.cards = cards(component, of)?,
                other => {
                    return Err(format!(
                        "{of} has a part of the kind \"{other}\", which we do not know"
                    ));
                }
            }
        }
        if all.body.trim().is_empty() {
            return Err(format!("{of} has no body"));
        }
        Ok(all)
    }
}

fn header(component: &Fields) -> Option<HeaderKind> {
    let format = lenient::said(component, &["format"]).unwrap_or_else(|| "TEXT".to_owned());
    Some(match format.trim().to_ascii_uppercase().as_str() {
        "TEXT" => HeaderKind::Text {
            text: lenient::said(component, &["text"])?,
        },
        "IMAGE" => HeaderKind::Image,
        "VIDEO" => HeaderKind::Video,
        "DOCUMENT" => HeaderKind::Document,
        "LOCATION" => HeaderKind::Location,
        _ => return None,
    })
}

fn offer(component: &Fields) -> OfferSpec {
    let own = lenient::member(component, &["limited_time_offer"]).and_then(Value::as_object);
    let own = own.unwrap_or(component);
    OfferSpec {
        text: lenient::said(own, &["text"]).unwrap_or_default(),
        has_expiration: lenient::said(own, &["has_expiration"]).is_some_and(|word| word == "true"),
    }
}

fn buttons(component: &Fields, of: &str) -> Result<Vec<TemplateButtonSpec>, String> {
    let list = lenient::member(component, &["buttons"]).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|button| {
            let said = |name: &str| lenient::said(button.as_object()?, &[name]);
            let word = said("type").unwrap_or_default();
            Ok(TemplateButtonSpec {
                kind: lookup(BUTTON, &word).ok_or(format!(
                    "{of} has a button of the kind \"{word}\", which we do not know"
                ))?,
                text: said("text").unwrap_or_default(),
                url: said("url"),
                phone: said("phone_number"),
            })
        })
        .collect()
}

fn cards(component: &Fields, of: &str) -> Result<Vec<CardSpec>, String> {
    let list = lenient::member(component, &["cards"]).and_then(Value::as_array);
    let card = |card: &Value| {
        let mut spec = CardSpec {
            header: None,
            body: String::new(),
            buttons: Vec::new(),
        };
        let parts = card
            .as_object()
            .and_then(|card| lenient::member(card, &["components"]));
        let parts = parts
            .and_then(Value::as_array)
            .ok_or(format!("{of} has a card without components"))?;
        for part in parts.iter().filter_map(Value::as_object) {
            let kind = lenient::said(part, &["type"]).unwrap_or_default();
            match kind.to_ascii_uppercase().as_str() {
                "HEADER" => spec.header = header(part),
                "BODY" => spec.body = lenient::said(part, &["text"]).unwrap_or_default(),
                "BUTTONS" => spec.buttons = buttons(part, of)?,
                other => return Err(format!("{of} has a card with a part of the kind \"{other}\"")),
            }
        }
        Ok(spec)
    };
    list.into_iter().flatten().map(card).collect()
}
