//! Submitting templates for approval by the template API.

use serde_json::{Value, json};

use super::account::{Form, Which};
use super::answer::{self, Effect};
use crate::exchange::{Part, Request};
use crate::template::{ButtonKind, Category, HeaderKind, TemplateButtonSpec, TemplateDraft};
use crate::wire::{lenient, rules};
use crate::{Account, Reply, SendError, Step};

const WHICH: Which = Which::Notification;

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
