//! The template API: listing, and submitting for approval.

use serde_json::{Map, Value, json};

use super::account::{Form, Which};
use super::answer::{self, Effect};
use crate::exchange::{Part, Request};
use crate::template::{
    ButtonKind, Category, HeaderKind, TemplateButtonSpec, TemplateDraft, TemplateList, TemplateStatus,
    TemplateSummary,
};
use crate::wire::{lenient, rules};
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
        let shown = lenient::field(object, &["name"])
            .map(|name| format!(" ('{name}')"))
            .unwrap_or_default();
        lenient::field(object, &[name]).ok_or(format!("has no {name}{shown}"))
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
];

fn button(object: &Map<String, Value>) -> Option<TemplateButtonSpec> {
    Some(TemplateButtonSpec {
        kind: lookup(BUTTON, &lenient::field(object, &["type"])?)?,
        text: lenient::field(object, &["text"]).unwrap_or_default(),
        url: lenient::field(object, &["url"]),
        phone: lenient::field(object, &["phone_number"]),
    })
}

/// Submits a template. A media header needs an example *file*, so its link is fetched first.
pub(super) fn create(
    account: &Account,
    draft: &TemplateDraft,
    prior: &[Reply],
) -> Result<Step<String>, SendError> {
    let kind = header_type(draft.header.as_ref());
    let sample = match (is_media(draft.header.as_ref()), prior) {
        (false, []) => None,
        (true, []) => {
            form(account, draft, kind)?;
            let link = draft.header_example.as_deref().unwrap_or("");
            return Ok(Step::Call(Request::get(rules::public_url(link)?)));
        }
        (true, [file]) => Some(sample(draft, file)?),
        (_, [.., reply]) => return created(account, reply).map(Step::Done),
    };
    let request = form(account, draft, kind)?.into_multipart(sample);
    Ok(Step::Call(request))
}

fn is_media(header: Option<&HeaderKind>) -> bool {
    matches!(
        header,
        Some(HeaderKind::Image | HeaderKind::Video | HeaderKind::Document)
    )
}

fn header_type(header: Option<&HeaderKind>) -> &'static str {
    match header {
        None | Some(HeaderKind::Text { .. }) => "text",
        Some(HeaderKind::Image) => "image",
        Some(HeaderKind::Video) => "video",
        Some(HeaderKind::Document) => "document",
        Some(HeaderKind::Location) => "location",
    }
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Marketing => "marketing",
        Category::Utility => "utility",
        Category::Authentication => "authentication",
    }
}

/// `allow_category_change` is off: a template that would cost more than it was written for is refused instead.
fn form(account: &Account, draft: &TemplateDraft, kind: &str) -> Result<Form, SendError> {
    check(draft)?;
    let mut form = Form::new(account, WHICH, "create_whatsapp_hsm", "template_base_url")?
        .with("template_name", &draft.name)
        .with("category", category(draft.category))
        .with("language", &draft.language)
        .with("type", kind)
        .with("template", &draft.body)
        .with("allow_category_change", "false");
    if kind == "location" {
        form = form.with("type_category", "MEDIA");
    }
    if !draft.body_examples.is_empty() {
        form = form.with(
            "template_variable_examples",
            json!(draft.body_examples).to_string(),
        );
    }
    if let Some(HeaderKind::Text { text }) = &draft.header {
        form = form.with("header", text);
        if let Some(example) = &draft.header_example {
            form = form.with("header_examples", json!([example]).to_string());
        }
    }
    Ok(button_fields(
        form.with_some("footer", draft.footer.as_deref()),
        draft,
    ))
}

fn check(draft: &TemplateDraft) -> Result<(), SendError> {
    rules::filled("The template's body", &draft.body, rules::BODY)?;
    rules::at_most(
        "The template's footer",
        draft.footer.as_deref().unwrap_or(""),
        rules::HEADER,
    )?;
    if let Some(HeaderKind::Text { text }) = &draft.header {
        rules::filled("The template's header", text, rules::HEADER)?;
    }
    for button in &draft.buttons {
        rules::filled("The text of a button", &button.text, 25)?;
    }
    let copies = draft
        .buttons
        .iter()
        .any(|button| button.kind == ButtonKind::CopyCode);
    if copies && (draft.category != Category::Authentication || draft.buttons.len() > 1) {
        return Err(rules::invalid(
            "copy-code button outside an authentication template",
            "Gupshup's API takes a copy-code button only alone and in an authentication template. Create this \
             template in Gupshup's console, then refresh the templates.",
        ));
    }
    Ok(())
}

fn button_fields(form: Form, draft: &TemplateDraft) -> Form {
    let Some(first) = draft.buttons.first() else {
        return form;
    };
    if first.kind == ButtonKind::CopyCode {
        let otp = json!([{ "type": "OTP", "otp_type": "COPY_CODE", "text": first.text }]);
        // The extra sentence would be part of the text that later has to match.
        return form
            .with("otp_buttons", otp.to_string())
            .with("add_security_recommendation", "false");
    }
    let mut replies = Vec::new();
    let mut actions = Vec::new();
    let mut examples = draft.url_examples.iter();
    for button in &draft.buttons {
        match button.kind {
            ButtonKind::QuickReply | ButtonKind::CopyCode => replies.push(Value::from(button.text.as_str())),
            ButtonKind::Phone => actions.push(json!({
                "type": "phone_number", "text": button.text, "phone_number": button.phone.as_deref().unwrap_or(""),
            })),
            ButtonKind::Url => actions.push(url_button(button, &mut examples)),
        }
    }
    let mut form = form;
    if !replies.is_empty() {
        form = form.with("quick_reply_buttons", Value::from(replies).to_string());
    }
    if !actions.is_empty() {
        form = form.with("call_to_action_buttons", Value::from(actions).to_string());
    }
    form.with(
        "quickReplyFirst",
        (first.kind == ButtonKind::QuickReply).to_string(),
    )
}

fn url_button<'a>(button: &TemplateButtonSpec, examples: &mut impl Iterator<Item = &'a String>) -> Value {
    let url = button.url.as_deref().unwrap_or("");
    if !url.contains("{{") {
        return json!({ "type": "url", "text": button.text, "urlType": "static", "url": url });
    }
    let example: Vec<&str> = examples.next().map(String::as_str).into_iter().collect();
    json!({ "type": "url", "text": button.text, "urlType": "dynamic", "url": url, "example": example })
}

/// The example file of a media header, as it was fetched.
fn sample(draft: &TemplateDraft, file: &Reply) -> Result<Part, SendError> {
    let link = draft.header_example.as_deref().unwrap_or("");
    if !(200..300).contains(&file.status) || file.body.is_empty() {
        return Err(rules::invalid(
            format!("example file: HTTP {}, {} bytes", file.status, file.body.len()),
            "The example file of the header could not be fetched. Check that its link opens without a login.",
        ));
    }
    let path = link.split(['?', '#']).next().unwrap_or("");
    let name = path
        .rsplit('/')
        .next()
        .filter(|name| name.contains('.'))
        .unwrap_or("example");
    Ok(Part {
        name: "header_examples".to_owned(),
        filename: Some(name.to_owned()),
        content_type: file.header("content-type").map(str::to_owned),
        data: file.body.clone(),
    })
}

fn created(account: &Account, reply: &Reply) -> Result<String, SendError> {
    let answer = answer::json(account, WHICH, reply, Effect::Once)?;
    let details = answer.get("details").map(lenient::unwrapped).unwrap_or_default();
    let entry = details.get(0).unwrap_or(&details);
    entry
        .get("template_id")
        .and_then(lenient::text)
        .ok_or_else(|| answer::unexpected(account, WHICH, reply, Effect::Once))
}
