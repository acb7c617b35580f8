//! Templates that a fresh simulator already has, one of each kind.

use crate::template::{TemplateButton, TemplateSeed};

/// The sample templates, all approved but the last.
pub(crate) fn templates() -> Vec<TemplateSeed> {
    let button = |kind: &str, text: &str| TemplateButton {
        kind: kind.into(),
        text: text.into(),
        ..TemplateButton::default()
    };
    vec![
        TemplateSeed {
            name: "welcome".into(),
            body: "Hello {{1}}, welcome to {{2}}! Write to us here whenever you need help.".into(),
            ..TemplateSeed::default()
        },
        TemplateSeed {
            name: "weekend_offer".into(),
            kind: "IMAGE".into(),
            body: "Hi {{1}}, your *{{2}} off* is ready. It is valid until {{3}}.".into(),
            footer: "Reply STOP to opt out".into(),
            buttons: vec![
                TemplateButton {
                    url: Some("https://shop.example.com/offer/{{1}}".into()),
                    ..button("URL", "Shop now")
                },
                button("QUICK_REPLY", "Not interested"),
            ],
            ..TemplateSeed::default()
        },
        TemplateSeed {
            name: "order_update".into(),
            category: "UTILITY".into(),
            header: "Order {{1}}".into(),
            body: "Hello {{1}}, your order {{2}} is {{3}}.".into(),
            footer: "Example Store".into(),
            buttons: vec![
                button("QUICK_REPLY", "Where is it?"),
                button("QUICK_REPLY", "Talk to us"),
            ],
            ..TemplateSeed::default()
        },
        TemplateSeed {
            name: "invoice".into(),
            category: "UTILITY".into(),
            kind: "DOCUMENT".into(),
            body: "Dear {{1}}, here is your invoice for {{2}}.".into(),
            ..TemplateSeed::default()
        },
        TemplateSeed {
            name: "store_visit".into(),
            category: "UTILITY".into(),
            kind: "LOCATION".into(),
            body: "Hello {{1}}, we look forward to seeing you on {{2}}.".into(),
            buttons: vec![TemplateButton {
                phone_number: Some("+919999900000".into()),
                ..button("PHONE_NUMBER", "Call the store")
            }],
            ..TemplateSeed::default()
        },
        TemplateSeed {
            name: "login_code".into(),
            category: "AUTHENTICATION".into(),
            body: "{{1}} is your verification code.".into(),
            buttons: vec![button("OTP", "Copy code")],
            ..TemplateSeed::default()
        },
        TemplateSeed {
            name: "festival_rejected".into(),
            body: "Happy festival {{1}}!".into(),
            status: "REJECTED".into(),
            ..TemplateSeed::default()
        },
    ]
}
