//! Listing templates by the template API.

use serde_json::{Map, Value};

use super::account::{Form, Which};
use super::answer::{self, Effect};
use crate::template::{
    ButtonKind, Category, HeaderKind, TemplateButtonSpec, TemplateList, TemplateStatus, TemplateSummary,
};
use crate::wire::lenient;
use crate::{Account, Reply, SendError, Step};

const WHICH: Which = Which::Notification;

/// Most that one call lists. An offset is not known, so what goes beyond is told as a problem.
const LIMIT: usize = 2000;

/// Lists all templates in one call.
pub(super) fn list(account: &Account, prior: &[Reply]) -> Result<Step<TemplateList>, SendError> {
    let Some(reply) = prior.last() else {
        let form = Form::new(account, WHICH, "get_whatsapp_hsm", "template_base_url")?
            .with("limit", LIMIT.to_string())
            .with("fields", r#"["buttons","previouscategory"]"#);
        return Ok(Step::Call(form.into_request()));
    };
    let answer = answer::json(account, WHICH, reply, Effect::Repeatable)?;
    let Some(items) = answer.get("data").and_then(Value::as_array) else {
        return Err(answer::unexpected(account, WHICH, reply, Effect::Repeatable));
    };
    let mut found = TemplateList::default();
    for (at, item) in items.iter().enumerate() {
        match summary(item, &mut found.problems) {
            Ok(template) => found.templates.push(template),
            Err(what) => found.problems.push(format!(
                "Entry {} of Gupshup's list {what}; it was left out.",
                at + 1
            )),
        }
    }
    let total = answer
        .get("meta")
        .and_then(|meta| meta.get("total"))
        .and_then(Value::as_u64);
    if let Some(total) = total.filter(|total| *total > items.len() as u64) {
        found.problems.push(format!(
            "Gupshup has {total} templates and listed {}. Delete templates you no longer use, then refresh.",
            items.len()
        ));
    }
    Ok(Step::Done(found))
}

/// Vendor's word, status. Every other word is not usable yet, and shown.
const STATUS: &[(&str, TemplateStatus)] = &[
    ("ENABLED", TemplateStatus::Approved),
    ("APPROVED", TemplateStatus::Approved),
    ("PENDING", TemplateStatus::Pending),
    ("REJECTED", TemplateStatus::Rejected),
    ("PAUSED", TemplateStatus::Paused),
    ("DISABLED", TemplateStatus::Disabled),
    ("DELETED", TemplateStatus::Disabled),
];

const CATEGORY: &[(&str, Category)] = &[
    ("MARKETING", Category::Marketing),
    ("UTILITY", Category::Utility),
    ("TRANSACTIONAL", Category::Utility),
    ("AUTHENTICATION", Category::Authentication),
];

fn lookup<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table
        .iter()
        .find(|row| row.0.eq_ignore_ascii_case(word.trim()))
        .map(|row| row.1)
}

fn summary(item: &Value, problems: &mut Vec<String>) -> Result<TemplateSummary, String> {
    let object = item.as_object().ok_or("is not an object")?;
    let need = |name: &str| {
        lenient::field(object, &[name]).ok_or_else(|| match lenient::field(object, &["name"]) {
            Some(of) => format!("has no {name} ('{of}')"),
            None => format!("has no {name}"),
        })
    };
    let name = need("name")?;
    let word = need("status")?;
    let known = lookup(STATUS, &word);
    let reason = lenient::field(object, &["reason", "rejected_reason", "rejectedReason"]);
    let (buttons, buttons_known) = buttons(object, &name, problems);
    Ok(TemplateSummary {
        provider_template_id: need("id")?,
        language: need("language")?,
        category: lenient::field(object, &["category"]).and_then(|word| lookup(CATEGORY, &word)),
        status: known.unwrap_or(TemplateStatus::Pending),
        status_detail: reason.or_else(|| known.is_none().then_some(word)),
        header: header(object),
        body: need("body")?,
        footer: lenient::field(object, &["footer"]),
        buttons,
        buttons_known,
        offer: None,
        cards: Vec::new(),
        quality: lenient::field(object, &["quality_score"]),
        name,
    })
}

fn header(object: &Map<String, Value>) -> Option<HeaderKind> {
    let kind = lenient::field(object, &["type"])
        .unwrap_or_default()
        .to_ascii_uppercase();
    match kind.as_str() {
        "IMAGE" => Some(HeaderKind::Image),
        "VIDEO" => Some(HeaderKind::Video),
        "DOCUMENT" => Some(HeaderKind::Document),
        "LOCATION" => Some(HeaderKind::Location),
        _ => lenient::field(object, &["header"]).map(|text| HeaderKind::Text { text }),
    }
}

/// The buttons, and whether these are all.
fn buttons(
    object: &Map<String, Value>,
    name: &str,
    problems: &mut Vec<String>,
) -> (Vec<TemplateButtonSpec>, bool) {
    let Some(Value::Array(items)) = object.get("buttons").map(lenient::unwrapped) else {
        let word = lenient::field(object, &["button_type"]).unwrap_or_default();
        return (Vec::new(), word.is_empty() || word.eq_ignore_ascii_case("NONE"));
    };
    let read: Vec<_> = items
        .iter()
        .filter_map(Value::as_object)
        .filter_map(button)
        .collect();
    let all = read.len() == items.len();
    if !all {
        problems.push(format!(
            "The template '{name}' has a button of a kind that we do not know."
        ));
    }
    (read, all)
}

const BUTTON: &[(&str, ButtonKind)] = &[
    ("QUICK_REPLY", ButtonKind::QuickReply),
    ("URL", ButtonKind::Url),
    ("PHONE_NUMBER", ButtonKind::Phone),
    ("COPY_CODE", ButtonKind::CopyCode),
    ("OTP", ButtonKind::CopyCode),
];

fn button(object: &Map<String, Value>) -> Option<TemplateButtonSpec> {
    Some(TemplateButtonSpec {
        kind: lookup(BUTTON, &lenient::field(object, &["type"])?)?,
        text: lenient::field(object, &["text"]).unwrap_or_default(),
        url: lenient::field(object, &["url"]),
        phone: lenient::field(object, &["phone_number"]),
    })
}
