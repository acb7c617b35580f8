//! The templates of the demo's story, and others that people make at its simulator.

use anyhow::Context;
use harkara_provider::{ButtonKind, HeaderKind};
use harkara_sim::{Handle, TemplateButton, TemplateSeed};
use serde_json::{Value, json};

use super::shop;
use crate::domain::template::TemplateContent;
use crate::store::from_json;
use crate::store::template::TemplateRow;

/// The template that the story sends.
pub const WELCOME: &str = "welcome_offer";

/// Three approved templates.
pub fn add_templates(simulator: &Handle) -> anyhow::Result<()> {
    let reply = |text: &str| TemplateButton {
        kind: "QUICK_REPLY".into(),
        text: text.into(),
        ..TemplateButton::default()
    };
    let welcome = TemplateSeed {
        name: WELCOME.into(),
        body: "Hi {{1}}, welcome to Demo Shop! Show this message in our {{2}} store this week and take 20% off your \
               first order."
            .into(),
        footer: "Reply STOP to opt out".into(),
        buttons: vec![reply("Tell me more"), reply("Not now")],
        ..TemplateSeed::default()
    };
    let order = TemplateSeed {
        name: "order_update".into(),
        category: "UTILITY".into(),
        language: "hi".into(),
        body: "नमस्ते {{1}}, आपका ऑर्डर {{2}} रास्ते में है। कल तक पहुँच जाएगा।".into(),
        ..TemplateSeed::default()
    };
    for seed in [welcome, order] {
        let added = simulator.add_template(seed).map_err(anyhow::Error::msg);
        added.context("the simulator refused a template")?;
    }
    shop::add_templates(simulator)
}

/// What fills the placeholders of [`WELCOME`].
pub fn welcome_mapping() -> Value {
    json!({"body": [
        {"from": "attribute", "name": "first_name", "default": "there"},
        {"from": "attribute", "name": "city", "default": "nearest"},
    ]})
}

/// An approved template of ours as the simulator holds it: it forgets them when it ends. `None` for what it cannot hold.
pub fn seed(row: &TemplateRow) -> Option<TemplateSeed> {
    let content: TemplateContent = from_json("template content", &row.content).ok()?;
    if row.status != "approved" || !content.cards.is_empty() || content.offer.is_some() {
        return None;
    }
    let (kind, header) = match content.header {
        None => ("TEXT", String::new()),
        Some(HeaderKind::Text { text }) => ("TEXT", text),
        Some(HeaderKind::Image) => ("IMAGE", String::new()),
        Some(HeaderKind::Video) => ("VIDEO", String::new()),
        Some(HeaderKind::Document) => ("DOCUMENT", String::new()),
        Some(HeaderKind::Location) => ("LOCATION", String::new()),
    };
    let buttons = content.buttons.into_iter().map(|button| TemplateButton {
        kind: match button.kind {
            ButtonKind::QuickReply => "QUICK_REPLY",
            ButtonKind::Url => "URL",
            ButtonKind::Phone => "PHONE_NUMBER",
            ButtonKind::CopyCode => "OTP",
        }
        .into(),
        text: button.text,
        url: button.url,
        phone_number: button.phone,
    });
    Some(TemplateSeed {
        name: row.name.clone(),
        category: row.category.to_uppercase(),
        language: row.language.clone(),
        kind: kind.into(),
        body: content.body,
        header,
        footer: content.footer.unwrap_or_default(),
        buttons: buttons.collect(),
        ..TemplateSeed::default()
    })
}
