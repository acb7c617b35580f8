use harkara_provider::{ButtonKind, HeaderKind, TemplateButtonSpec};
use proptest::prelude::*;

use super::super::TemplateContent;
use super::problems;

fn body(text: &str) -> TemplateContent {
    TemplateContent {
        body: text.into(),
        ..TemplateContent::default()
    }
}

fn header(text: &str) -> TemplateContent {
    TemplateContent {
        header: Some(HeaderKind::Text { text: text.into() }),
        ..body("Hello there, all is well.")
    }
}

fn footer(text: &str) -> TemplateContent {
    TemplateContent {
        footer: Some(text.into()),
        ..body("Hello there.")
    }
}

fn buttons(list: Vec<TemplateButtonSpec>) -> TemplateContent {
    TemplateContent {
        buttons: list,
        ..body("Hello there.")
    }
}

fn button(kind: ButtonKind, text: &str) -> TemplateButtonSpec {
    TemplateButtonSpec {
        kind,
        text: text.into(),
        url: (kind == ButtonKind::Url).then(|| "https://shop.example/o/{{1}}".into()),
        phone: (kind == ButtonKind::Phone).then(|| "+919999900001".into()),
    }
}

fn link(url: &str) -> TemplateContent {
    let mut button = button(ButtonKind::Url, "Open");
    button.url = Some(url.into());
    buttons(vec![button])
}

fn call(phone: &str) -> TemplateContent {
    let mut button = button(ButtonKind::Phone, "Call");
    button.phone = Some(phone.into());
    buttons(vec![button])
}

fn found(content: &TemplateContent) -> Vec<(String, &'static str)> {
    problems("order_update", "en_US", content)
        .into_iter()
        .map(|p| (p.pointer, p.code))
        .collect()
}

#[test]
fn good_templates_are_taken() {
    use ButtonKind::{CopyCode, Phone, QuickReply, Url};
    for good in [
        body("Hello {{1}}, your order {{2}} has left our shop today."),
        body("Hello {{first_name}}, we are glad that you came back."),
        body("नमस्ते {{1}}, आपका ऑर्डर भेज दिया गया है।"),
        body("One.\n\nTwo."),
        body(&"é".repeat(1024)),
        header("Order {{1}}"),
        header(&"😀".repeat(60)),
        footer("Reply STOP to end"),
        buttons(vec![
            button(QuickReply, "Yes"),
            button(QuickReply, "No"),
            button(Url, "Track"),
            button(Url, "Shop"),
            button(Phone, "Call us"),
            button(CopyCode, ""),
        ]),
        buttons(
            (0..10)
                .map(|n| button(QuickReply, &format!("Choice {n}")))
                .collect(),
        ),
        link("https://shop.example/"),
    ] {
        assert_eq!(found(&good), [], "{good:?}");
    }
}

#[test]
fn each_rule_names_its_field() {
    use ButtonKind::{CopyCode, Phone, QuickReply, Url};
    let b = "/content/body";
    let h = "/content/header/text";
    let l = "/content/buttons";
    for (bad, at, code) in [
        (body(""), b, "required"),
        (body(" \u{200b}\n"), b, "required"),
        (body(&"é".repeat(1025)), b, "too_long"),
        (body("{{1}} is what we all have here."), b, "variable_at_edge"),
        (body("What we all have here is {{1}} "), b, "variable_at_edge"),
        (
            body("Dear {{1}}{{2}}, welcome to our little shop."),
            b,
            "adjacent_variables",
        ),
        (
            body("Dear {{1}} {{2}}, welcome to our little shop."),
            b,
            "adjacent_variables",
        ),
        (body("Hi {{1}}!"), b, "too_many_variables"),
        (
            body("Hello {{1}}, your order number {{3}} left today."),
            b,
            "numbering",
        ),
        (body("Hello {{2}}, your order has left today."), b, "numbering"),
        (body("Hello {{01}}, your order has left today."), b, "numbering"),
        (
            body("Hello {{1}}, your order {{number}} left us today."),
            b,
            "mixed_variables",
        ),
        (
            body("Hello {{ 1 }}, your order has left today."),
            b,
            "placeholder",
        ),
        (
            body("Hello {{Name}}, your order has left today."),
            b,
            "placeholder",
        ),
        (body("One.\n\n\nTwo."), b, "newlines"),
        (body("One.\r\n\r\n\r\nTwo."), b, "newlines"),
        (header(""), h, "required"),
        (header(&"x".repeat(61)), h, "too_long"),
        (header("{{1}} and {{2}}"), h, "too_many_variables"),
        (header("Order {{2}}"), h, "numbering"),
        (header("Two\nlines"), h, "one_line"),
        (header("A *bold* word"), h, "formatting"),
        (footer(""), "/content/footer", "required"),
        (footer(&"x".repeat(61)), "/content/footer", "too_long"),
        (footer("Bye {{1}} then"), "/content/footer", "no_variables"),
        (footer("Two\nlines"), "/content/footer", "one_line"),
        (
            buttons((0..11).map(|_| button(QuickReply, "x")).collect()),
            l,
            "too_many",
        ),
        (buttons((0..3).map(|_| button(Url, "x")).collect()), l, "too_many"),
        (
            buttons((0..2).map(|_| button(Phone, "x")).collect()),
            l,
            "too_many",
        ),
        (
            buttons((0..2).map(|_| button(CopyCode, "x")).collect()),
            l,
            "too_many",
        ),
        (
            buttons(vec![
                button(QuickReply, "a"),
                button(Url, "b"),
                button(QuickReply, "c"),
            ]),
            l,
            "order",
        ),
        (
            buttons(vec![button(QuickReply, "")]),
            "/content/buttons/0/text",
            "required",
        ),
        (
            buttons(vec![button(QuickReply, &"x".repeat(26))]),
            "/content/buttons/0/text",
            "too_long",
        ),
        (
            buttons(vec![button(QuickReply, "{{1}}")]),
            "/content/buttons/0/text",
            "no_variables",
        ),
        (link("shop.example"), "/content/buttons/0/url", "url"),
        (
            link(&format!("https://{}", "x".repeat(2000))),
            "/content/buttons/0/url",
            "too_long",
        ),
        (
            link("https://shop.example/{{1}}/x"),
            "/content/buttons/0/url",
            "variable_position",
        ),
        (
            link("https://shop.example/{{1}}{{2}}"),
            "/content/buttons/0/url",
            "variable_position",
        ),
        (call(""), "/content/buttons/0/phone", "phone"),
        (call("+91 99999"), "/content/buttons/0/phone", "phone"),
        (call("+91999990000199999000"), "/content/buttons/0/phone", "phone"),
    ] {
        let all = found(&bad);
        assert!(all.contains(&(at.to_owned(), code)), "{code} at {at}: {all:?}");
    }
}

#[test]
fn header_and_body_name_placeholders_alike() {
    let mut mixed = header("Order {{1}}");
    mixed.body = "Hello {{first_name}}, your order has left today.".into();
    assert_eq!(
        found(&mixed),
        [("/content/header/text".to_owned(), "mixed_variables")]
    );
}

#[test]
fn names_and_languages_are_whatsapps() {
    let fine = body("Hello there.");
    let code = |name: &str, language: &str| problems(name, language, &fine).first().map(|p| p.code);
    for (name, language, expected) in [
        ("order_update_2", "en", None),
        ("a", "fil", None),
        ("a", "zh_HK", None),
        ("Order", "en", Some("name")),
        ("order-update", "en", Some("name")),
        ("", "en", Some("name")),
        ("a", "", Some("language")),
        ("a", "English", Some("language")),
        ("a", "en-US", Some("language")),
        ("a", "en_", Some("language")),
    ] {
        assert_eq!(code(name, language), expected, "{name} {language}");
    }
    assert_eq!(code(&"a".repeat(512), "en"), None);
    assert_eq!(code(&"a".repeat(513), "en"), Some("name"));
}

#[test]
fn every_sentence_is_one() {
    let bad = TemplateContent {
        header: Some(HeaderKind::Text {
            text: "*{{1}} {{2}}\n".into(),
        }),
        body: "{{1}}{{3}} {{ x".into(),
        footer: Some("{{1}}".into()),
        buttons: (0..11).map(|_| button(ButtonKind::Phone, "")).collect(),
        ..TemplateContent::default()
    };
    let all = problems("X", "x", &bad);
    assert!(all.len() > 10);
    for p in all {
        assert!(
            p.detail.ends_with('.') || p.detail.ends_with("{{1}}") || p.detail.ends_with('"'),
            "{}",
            p.detail
        );
        assert!(
            p.detail.chars().next().is_some_and(char::is_uppercase)
                || p.detail.starts_with(|c: char| c.is_ascii_digit()),
            "{}",
            p.detail
        );
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(name in "\\PC{0,8}", language in "\\PC{0,8}", text in "[{}a1 \\né*]{0,30}") {
        let mut content = header(&text);
        content.body = text.clone();
        content.footer = Some(text.clone());
        content.buttons = vec![button(ButtonKind::Url, &text)];
        content.buttons[0].url = Some(format!("https://{text}"));
        problems(&name, &language, &content);
    }
}
