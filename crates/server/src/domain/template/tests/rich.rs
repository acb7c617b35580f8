//! Limited-time offers, carousels and keys of one's own.

use harkara_provider::{Card, Offer};

use super::*;

fn sale() -> Frozen {
    let content = json(
        r#"{"header": {"type": "image"}, "body": "Hello {{1}}, the sale is on.", "offer": {"text": "Half price", "has_expiration": true},
            "buttons": [{"type": "copy_code", "text": ""}]}"#,
    );
    let mut frozen = order();
    frozen.content = content;
    frozen.mapping = json(
        r#"{"header": {"from": "text", "text": "https://shop.example/i.png"}, "body": [{"from": "attribute", "name": "name", "default": "you"}],
            "buttons": {"0": {"from": "text", "text": "HALF"}},
            "offer_ends": {"from": "attribute", "name": "ends", "default": "2026-12-24T18:00:00+05:30"},
            "custom": {"shop/id": {"from": "text", "text": "17"}, "city": {"from": "attribute", "name": "city", "default": "Pune"}}}"#,
    );
    frozen
}

fn carousel() -> Frozen {
    let mut frozen = order();
    frozen.content = json(
        r#"{"body": "Look, {{1}}:", "cards": [
            {"header": {"type": "image"}, "body": "Hats for {{1}} from {{2}}", "buttons": [{"type": "url", "text": "See", "url": "https://shop.example/{{1}}"}]},
            {"header": {"type": "image"}, "body": "Shoes", "buttons": [{"type": "url", "text": "See", "url": "https://shop.example/shoes"}]}]}"#,
    );
    frozen.content.body = "Look, {{1}}: the new things.".into();
    frozen.mapping = json(
        r#"{"body": [{"from": "attribute", "name": "name", "default": "you"}], "cards": [
            {"header": {"from": "text", "text": "https://shop.example/h.png"},
             "body": [{"from": "attribute", "name": "name", "default": "you"}, {"from": "text", "text": "9"}],
             "buttons": {"0": {"from": "attribute", "name": "hat", "default": "hats"}}},
            {"header": {"from": "attribute", "name": "shoe", "default": "https://shop.example/s.png"}}]}"#,
    );
    frozen
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

fn pointers(problems: &[crate::domain::problem::FieldProblem]) -> Vec<(&str, &str)> {
    problems.iter().map(|p| (p.pointer.as_str(), p.code)).collect()
}

#[test]
fn an_offer_ends_for_each_person_at_their_own_time_and_keys_come_along() {
    let frozen = sale();
    assert_eq!(mapping_problems(&frozen.content, &frozen.mapping), []);
    assert_eq!(problems("sale", "en", &frozen.content), []);
    let values = resolve(&frozen, &person(&[("name", "Asha"), ("ends", "1798117200000")])).unwrap();
    assert_eq!(values, ["Asha", "1798117200000", "Pune"]);
    let message = compose(&frozen, &values).unwrap();
    let offer = |at| {
        Some(Offer {
            text: "Half price".into(),
            expires_at: Some(at),
        })
    };
    assert_eq!(message.offer, offer(1_798_117_200_000));
    let custom: Vec<(&str, &str)> = message
        .custom
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(custom, [("city", "Pune"), ("shop/id", "17")]);
    assert!(
        matches!(&message.buttons[0], TemplateButton::CopyCode { text, code } if text == "Copy offer code" && code == "HALF")
    );
    let values = resolve(&frozen, &person(&[])).unwrap();
    assert_eq!(compose(&frozen, &values).unwrap().offer, offer(1_798_115_400_000));
    let soon = resolve(&frozen, &person(&[("ends", "soon")])).unwrap_err();
    assert!(
        soon.placeholder == "The end of the offer" && soon.why.contains("2026-12-24T18:00:00+05:30"),
        "{soon}"
    );
}

#[test]
fn each_card_is_filled_on_its_own() {
    let frozen = carousel();
    assert_eq!(mapping_problems(&frozen.content, &frozen.mapping), []);
    assert_eq!(problems("look", "en", &frozen.content), []);
    let values = resolve(&frozen, &person(&[("name", "Asha"), ("hat", "blue hat")])).unwrap();
    let message = compose(&frozen, &values).unwrap();
    let picture = |url: &str| {
        Some(Header::Media {
            kind: MediaKind::Image,
            url: url.into(),
            filename: None,
        })
    };
    let hats = Card {
        header: picture("https://shop.example/h.png"),
        body: "Hats for Asha from 9".into(),
        parameters: vec!["Asha".into(), "9".into()],
        buttons: vec![TemplateButton::DynamicUrl {
            text: "See".into(),
            base: "https://shop.example/".into(),
            suffix: "blue%20hat".into(),
        }],
    };
    assert_eq!(message.cards[0], hats);
    assert_eq!(
        (message.cards[1].header.clone(), message.cards[1].body.as_str()),
        (picture("https://shop.example/s.png"), "Shoes")
    );
    let long = resolve(&frozen, &person(&[("name", &"x".repeat(160))])).unwrap_err();
    assert!(
        long.to_string().contains("card 1") && long.to_string().contains("160"),
        "{long}"
    );
}

#[test]
fn gaps_and_surplus_of_cards_and_keys_are_named() {
    let frozen = carousel();
    let mapping: Mapping = json(
        r#"{"body": [{"from": "text", "text": "you"}], "custom": {"": {"from": "text", "text": "x"}}, "offer_ends": {"from": "text", "text": "soon"},
            "cards": [{"body": [{"from": "text", "text": "a"}, {"from": "text", "text": "b"}, {"from": "text", "text": "c"}], "buttons": {"7": {"from": "text", "text": "x"}}}, {}, {}]}"#,
    );
    let found = mapping_problems(&frozen.content, &mapping);
    let expected = [
        ("/mapping/cards/0/header", "unmapped"),
        ("/mapping/cards/0/buttons/0", "unmapped"),
        ("/mapping/cards/1/header", "unmapped"),
        ("/mapping/cards/0/body/2", "too_many"),
        ("/mapping/cards/0/buttons/7", "unknown"),
        ("/mapping/cards/2", "too_many"),
        ("/mapping/custom/", "key"),
    ];
    assert_eq!(pointers(&found), expected);
    assert!(
        found[0]
            .detail
            .starts_with("The media link of the header of card 1"),
        "{}",
        found[0].detail
    );
    let ends: Mapping = json(r#"{"offer_ends": {"from": "text", "text": "soon"}}"#);
    let found = mapping_problems(
        &sale().content,
        &Mapping {
            offer_ends: ends.offer_ends,
            ..sale().mapping
        },
    );
    assert_eq!(pointers(&found), [("/mapping/offer_ends", "value")]);
}

#[test]
fn what_whatsapp_refuses_of_offers_and_cards_is_named() {
    let mut content = sale().content;
    content.footer = Some("Bye".into());
    content.header = Some(HeaderKind::Document);
    content.offer = Some(OfferSpec {
        text: "Half price for everybody".into(),
        has_expiration: false,
    });
    let found = problems("sale", "en", &content);
    assert_eq!(
        pointers(&found),
        [
            ("/content/offer/text", "too_long"),
            ("/content/footer", "offer"),
            ("/content/header", "offer")
        ]
    );
    let mut content = carousel().content;
    content.footer = Some("Bye".into());
    content.cards[0].header = None;
    content.cards[0].body = "x".repeat(161);
    content.cards[1].buttons[0].kind = ButtonKind::CopyCode;
    let found = problems("look", "en", &content);
    assert_eq!(
        pointers(&found),
        [
            ("/content/footer", "carousel"),
            ("/content/cards/0/header", "required"),
            ("/content/cards/0/body", "too_long"),
            ("/content/cards/1/buttons/0", "kind"),
            ("/content/cards/1", "unlike"),
        ]
    );
    content.cards.truncate(1);
    assert!(
        problems("look", "en", &content)
            .iter()
            .any(|p| p.pointer == "/content/cards" && p.code == "too_many")
    );
}

#[test]
fn a_provider_that_lacks_something_says_what() {
    let poor = harkara_provider::Spec {
        capabilities: &[],
        ..*harkara_provider::registry::PROVIDERS[0].spec()
    };
    let frozen = sale();
    let found = unsupported(&poor, &frozen.content, &frozen.mapping);
    assert_eq!(
        pointers(&found),
        [
            ("/content/header", "unsupported"),
            ("/content/offer", "unsupported"),
            ("/mapping/custom", "unsupported"),
            ("/content/buttons/0", "unsupported"),
        ]
    );
    assert!(
        found[1]
            .detail
            .contains("does not carry templates with a limited-time offer"),
        "{}",
        found[1].detail
    );
    let found = unsupported(&poor, &carousel().content, &carousel().mapping);
    assert_eq!(pointers(&found)[0], ("/content/cards", "unsupported"));
}

#[test]
fn a_changed_carousel_keeps_what_was_mapped() {
    let old = carousel();
    let mut new = old.content.clone();
    new.cards[0].body = "Hats for {{1}}".into();
    new.cards[1].header = Some(HeaderKind::Video);
    let third = new.cards[1].clone();
    new.cards.push(third);
    let carried = realign(&old.content, &new, &old.mapping);
    assert_eq!(carried.cards[0].body, [attribute("name", "you")]);
    assert_eq!(carried.cards[0].buttons, old.mapping.cards[0].buttons);
    assert_eq!((carried.cards[1].header.clone(), carried.cards.len()), (None, 3));
    assert_eq!(
        unmapped(&new, &carried),
        [
            "The media link of the header of card 2",
            "The media link of the header of card 3"
        ]
    );
}
