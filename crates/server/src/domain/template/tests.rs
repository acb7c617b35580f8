use std::collections::BTreeMap;

use harkara_provider::{
    ButtonKind, Category, Header, HeaderKind, MediaKind, TemplateButton, TemplateButtonSpec,
};
use proptest::prelude::*;

use super::*;

mod rich;

/// The values alone.
fn resolve(frozen: &Frozen, person: &dyn Fn(&str) -> Option<String>) -> Result<Vec<String>, MissingValue> {
    fill(frozen, person).map(|(values, _)| values)
}

fn attribute(name: &str, default: &str) -> Source {
    Source::Attribute {
        name: name.into(),
        default: (!default.is_empty()).then(|| default.into()),
    }
}

fn text(text: &str) -> Source {
    Source::Text { text: text.into() }
}

fn button(kind: ButtonKind, text: &str, url: Option<&str>) -> TemplateButtonSpec {
    TemplateButtonSpec {
        kind,
        text: text.into(),
        url: url.map(Into::into),
        phone: (kind == ButtonKind::Phone).then(|| "+919999900001".into()),
    }
}

fn order() -> Frozen {
    Frozen {
        name: "order_update".into(),
        language: "en".into(),
        provider_template_id: None,
        content: TemplateContent {
            header: Some(HeaderKind::Document),
            body: "Hello {{1}}, order {{2}} left. Bye {{1}}.".into(),
            footer: Some("Reply STOP to end".into()),
            buttons: vec![
                button(ButtonKind::QuickReply, "Thanks", None),
                button(ButtonKind::Url, "Track", Some("https://shop.example/o/{{1}}")),
                button(ButtonKind::Url, "Shop", Some("https://shop.example/")),
                button(ButtonKind::Phone, "Call", None),
                button(ButtonKind::CopyCode, "Copy code", None),
            ],
            ..TemplateContent::default()
        },
        mapping: Mapping {
            header: Some(attribute("invoice", "https://shop.example/invoice.pdf")),
            header_filename: Some(text("invoice.pdf")),
            location: None,
            body: vec![attribute("name", "friend"), attribute("order", "0")],
            buttons: BTreeMap::from([
                ("0".into(), text("thanks")),
                ("1".into(), attribute("order", "0")),
                ("4".into(), text("DIWALI20")),
            ]),
            ..Mapping::default()
        },
    }
}

fn person<'a>(values: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        values
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| (*v).to_owned())
    }
}

#[test]
fn a_person_gets_a_whole_message_and_only_what_differs_is_kept() {
    let frozen = order();
    let values = resolve(&frozen, &person(&[("name", "Asha"), ("order", "A 17")])).unwrap();
    assert_eq!(
        values,
        ["https://shop.example/invoice.pdf", "Asha", "A 17", "A%2017"]
    );
    let message = compose(&frozen, &values).unwrap();
    assert_eq!(message.body, "Hello Asha, order A 17 left. Bye Asha.");
    assert_eq!(message.parameters, ["Asha", "A 17"]);
    assert_eq!(message.footer.as_deref(), Some("Reply STOP to end"));
    let expected = Header::Media {
        kind: MediaKind::Document,
        url: "https://shop.example/invoice.pdf".into(),
        filename: Some("invoice.pdf".into()),
    };
    assert_eq!(message.header, Some(expected));
    assert_eq!(
        message.buttons,
        [
            TemplateButton::QuickReply {
                text: "Thanks".into(),
                payload: Some("thanks".into())
            },
            TemplateButton::DynamicUrl {
                text: "Track".into(),
                base: "https://shop.example/o/".into(),
                suffix: "A%2017".into()
            },
            TemplateButton::StaticUrl {
                text: "Shop".into(),
                url: "https://shop.example/".into()
            },
            TemplateButton::Phone {
                text: "Call".into(),
                number: "+919999900001".into()
            },
            TemplateButton::CopyCode {
                text: "Copy code".into(),
                code: "DIWALI20".into()
            },
        ]
    );
    assert_eq!(mapping_problems(&frozen.content, &frozen.mapping), []);
}

#[test]
fn values_become_what_whatsapp_takes() {
    let frozen = order();
    for (given, expected) in [
        ("  Asha\n", "Asha"),
        ("Asha\nRao", "Asha Rao"),
        ("Asha\tRao", "Asha Rao"),
        ("Asha     Rao", "Asha Rao"),
        ("Asha    Rao", "Asha    Rao"),
        ("Asha\u{0}Rao", "Asha Rao"),
        ("{{2}}", "{{2}}"),
        ("", "friend"),
        (" \u{200b}\n ", "friend"),
        ("आशा 😀", "आशा 😀"),
    ] {
        let values = resolve(&frozen, &person(&[("name", given)])).unwrap();
        assert_eq!(values[1], expected, "{given:?}");
    }
}

#[test]
fn a_person_without_a_value_is_told_by_the_placeholder() {
    let mut frozen = order();
    frozen.mapping.body[1] = attribute("order", "");
    let error = resolve(&frozen, &person(&[])).unwrap_err();
    assert_eq!(error.placeholder, "{{2}} in the body");
    assert!(error.to_string().contains("\"order\""), "{error}");

    let mut frozen = order();
    let error = resolve(&frozen, &person(&[("invoice", "see mail")])).unwrap_err();
    assert!(
        error.to_string().contains("media link") && error.to_string().contains("https://"),
        "{error}"
    );
    frozen.mapping.buttons.remove("4");
    let error = resolve(&frozen, &person(&[])).unwrap_err();
    assert_eq!(error.placeholder, "The code of button 5");
}

#[test]
fn a_message_that_would_be_too_long_is_refused_before_it_is_planned() {
    let long = "é".repeat(1000);
    let error = resolve(&order(), &person(&[("name", &long)])).unwrap_err();
    assert!(error.to_string().contains("1024"), "{error}");
    let mut frozen = order();
    frozen.content.header = Some(HeaderKind::Text {
        text: "For {{1}}".into(),
    });
    frozen.mapping.header = Some(attribute("name", "you"));
    frozen.mapping.header_filename = None;
    let error = resolve(&frozen, &person(&[("name", &"x".repeat(57))])).unwrap_err();
    assert!(error.to_string().contains("The header has 61"), "{error}");
    let values = resolve(&frozen, &person(&[("name", "Asha")])).unwrap();
    let expected = Header::Text {
        text: "For Asha".into(),
        parameter: Some("Asha".into()),
        parameter_name: None,
    };
    assert_eq!(compose(&frozen, &values).unwrap().header, Some(expected));
}

/// Some vendors are told the name of each value.
#[test]
fn named_placeholders_keep_their_names_and_numbers_have_none() {
    let mut frozen = order();
    frozen.content.header = Some(HeaderKind::Text {
        text: "For {{first_name}}".into(),
    });
    frozen.content.body = "Hello {{first_name}}, order {{order}} left. Bye {{first_name}}.".into();
    frozen.mapping.header = Some(attribute("name", "you"));
    frozen.mapping.header_filename = None;
    let values = resolve(&frozen, &person(&[("name", "Asha")])).unwrap();
    let message = compose(&frozen, &values).unwrap();
    assert_eq!(message.parameter_names, ["first_name", "order"]);
    let Some(Header::Text { parameter_name, .. }) = message.header else {
        panic!("no text header");
    };
    assert_eq!(parameter_name.as_deref(), Some("first_name"));
    let values = resolve(&order(), &person(&[])).unwrap();
    assert!(compose(&order(), &values).unwrap().parameter_names.is_empty());
}

#[test]
fn a_place_is_filled_from_degrees() {
    let mut frozen = order();
    frozen.content.header = Some(HeaderKind::Location);
    frozen.mapping.location = Some(LocationMapping {
        latitude: attribute("lat", "19.07"),
        longitude: text("72.87"),
        name: Some(text("Our shop")),
        address: None,
    });
    let message = compose(&frozen, &resolve(&frozen, &person(&[])).unwrap()).unwrap();
    let Some(Header::Location(place)) = message.header else {
        panic!("{:?}", message.header)
    };
    assert_eq!(
        (place.latitude, place.longitude, place.name.as_deref()),
        (19.07, 72.87, Some("Our shop"))
    );
    for wrong in ["91", "NaN", "north"] {
        assert!(resolve(&frozen, &person(&[("lat", wrong)])).is_err(), "{wrong}");
    }
}

#[test]
fn values_of_another_template_are_refused() {
    let frozen = order();
    assert!(compose(&frozen, &[]).is_err());
    assert!(compose(&frozen, &vec!["https://x.example".to_owned(); 5]).is_err());
}

#[test]
fn every_gap_in_a_mapping_is_named() {
    let frozen = order();
    let mapping = Mapping {
        header: Some(text("invoice.pdf")),
        body: vec![attribute("name", ""), text(" "), text("three")],
        buttons: BTreeMap::from([
            ("1".into(), attribute("", "x")),
            ("3".into(), text("x")),
            ("4".into(), text("sixteen letters!")),
            ("9".into(), text("x")),
        ]),
        ..Mapping::default()
    };
    let found: Vec<(String, &str)> = mapping_problems(&frozen.content, &mapping)
        .into_iter()
        .map(|p| (p.pointer, p.code))
        .collect();
    let expected = [
        ("/mapping/header", "value"),
        ("/mapping/body/0", "needs_default"),
        ("/mapping/body/1", "unmapped"),
        ("/mapping/buttons/1", "required"),
        ("/mapping/buttons/4", "value"),
        ("/mapping/body/2", "too_many"),
        ("/mapping/buttons/3", "too_many"),
        ("/mapping/buttons/9", "unknown"),
    ];
    assert_eq!(found, expected.map(|(at, code)| (at.to_owned(), code)));
    assert_eq!(unmapped(&frozen.content, &Mapping::default()).len(), 5);
}

#[test]
fn defaults_that_make_the_body_too_long_are_named() {
    let mut frozen = order();
    frozen.mapping.body[0] = attribute("name", &"x".repeat(600));
    let found = mapping_problems(&frozen.content, &frozen.mapping);
    assert_eq!(
        (found.len(), found[0].code, found[0].pointer.as_str()),
        (1, "too_long", "/mapping/body")
    );
}

#[test]
fn a_changed_template_keeps_what_was_mapped() {
    let old = order();
    let mut new = old.content.clone();
    new.header = Some(HeaderKind::Image);
    new.body = "Hello {{1}}, order {{2}} left {{3}} today.".into();
    new.buttons.truncate(2);
    let carried = realign(&old.content, &new, &old.mapping);
    assert_eq!(
        carried.body,
        [
            attribute("name", "friend"),
            attribute("order", "0"),
            Source::empty()
        ]
    );
    assert_eq!(carried.header, None);
    assert_eq!(carried.buttons.keys().collect::<Vec<_>>(), ["0", "1"]);
    assert_eq!(
        unmapped(&new, &carried),
        ["The media link of the header", "{{3}} in the body"]
    );
    let named = |body: &str| TemplateContent {
        body: body.into(),
        ..TemplateContent::default()
    };
    let mapping = Mapping {
        body: vec![text("A"), text("B")],
        ..Mapping::default()
    };
    let carried = realign(&named("x {{a}} {{b}}"), &named("x {{b}} {{c}} {{a}}"), &mapping);
    assert_eq!(carried.body, [text("B"), Source::empty(), text("A")]);
}

#[test]
fn a_submission_takes_its_examples_from_the_mapping() {
    let frozen = order();
    let draft = draft(
        "order_update",
        "en",
        Category::Utility,
        &frozen.content,
        &frozen.mapping,
    );
    assert_eq!(
        draft.header_example.as_deref(),
        Some("https://shop.example/invoice.pdf")
    );
    assert_eq!(draft.body_examples, ["friend", "0"]);
    assert_eq!(draft.url_examples, ["https://shop.example/o/0"]);
}

#[test]
fn what_is_stored_reads_back() {
    let frozen = order();
    let json = serde_json::to_string(&frozen).unwrap();
    assert_eq!(serde_json::from_str::<Frozen>(&json).unwrap(), frozen);
    assert_eq!(serde_json::from_str::<Mapping>("{}").unwrap(), Mapping::default());
    let source: Source = serde_json::from_str(r#"{"from":"attribute","name":"city"}"#).unwrap();
    assert_eq!(source, attribute("city", ""));
    assert!(serde_json::from_str::<Mapping>(r#"{"bdy":[]}"#).is_err());
}

fn any_source() -> impl Strategy<Value = Source> {
    prop_oneof![
        "[a-c]{0,2}".prop_flat_map(|name| "\\PC{0,6}".prop_map(move |default| attribute(&name, &default))),
        "\\PC{0,6}".prop_map(|t| text(&t)),
        Just(text("https://a.example/b")),
        Just(text("12.5")),
        Just(text("2026-12-24T18:00:00+05:30")),
    ]
}

fn any_content() -> impl Strategy<Value = TemplateContent> {
    let header = prop_oneof![
        Just(None),
        Just(Some(HeaderKind::Image)),
        Just(Some(HeaderKind::Document)),
        Just(Some(HeaderKind::Location)),
        "[{}1a ]{0,12}".prop_map(|text| Some(HeaderKind::Text { text })),
    ];
    let kinds = [
        ButtonKind::QuickReply,
        ButtonKind::Url,
        ButtonKind::Phone,
        ButtonKind::CopyCode,
    ];
    let button = (
        prop::sample::select(kinds.to_vec()),
        "\\PC{0,5}",
        prop::option::of("https://[a{}1]{0,9}"),
    )
        .prop_map(|(kind, text, url)| TemplateButtonSpec {
            kind,
            text,
            url,
            phone: None,
        });
    let buttons = || prop::collection::vec(button.clone(), 0..4);
    let card = (
        prop::option::of(Just(HeaderKind::Image)),
        "[{}12a é]{0,20}",
        buttons(),
    );
    let card = card.prop_map(|(header, body, buttons)| CardSpec {
        header,
        body,
        buttons,
    });
    let offer = prop::option::of(("\\PC{0,5}", any::<bool>()));
    let cards = prop::collection::vec(card, 0..3);
    (header, "[{}12a é]{0,40}", buttons(), offer, cards).prop_map(|(header, body, buttons, offer, cards)| {
        TemplateContent {
            header,
            body,
            footer: None,
            buttons,
            offer: offer.map(|(text, has_expiration)| OfferSpec { text, has_expiration }),
            cards,
        }
    })
}

fn any_mapping() -> impl Strategy<Value = Mapping> {
    let source = || prop::option::of(any_source());
    let place =
        (any_source(), any_source(), source(), source()).prop_map(|(latitude, longitude, name, address)| {
            LocationMapping {
                latitude,
                longitude,
                name,
                address,
            }
        });
    let buttons = || prop::collection::btree_map("[0-4x]", any_source(), 0..5);
    let body = || prop::collection::vec(any_source(), 0..4);
    let card = (source(), body(), buttons());
    let card = card.prop_map(|(header, body, buttons)| CardMapping {
        header,
        body,
        buttons,
    });
    let custom = prop::collection::btree_map("[a/~ ]{0,3}", any_source(), 0..3);
    (
        source(),
        source(),
        prop::option::of(place),
        body(),
        buttons(),
        source(),
        prop::collection::vec(card, 0..4),
        custom,
    )
        .prop_map(
            |(header, header_filename, location, body, buttons, offer_ends, cards, custom)| Mapping {
                header,
                header_filename,
                location,
                body,
                buttons,
                offer_ends,
                cards,
                custom,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whoever can be resolved can be sent to, and a mapping without problems resolves for everybody whose own values
    /// are short and plain.
    #[test]
    fn what_resolves_composes(content in any_content(), mapping in any_mapping(), value in prop::option::of("\\PC{0,8}")) {
        let sound = mapping_problems(&content, &mapping).is_empty();
        let frozen = Frozen { name: "a".into(), language: "en".into(), provider_template_id: None, content, mapping };
        let nobody = resolve(&frozen, &|_| None);
        prop_assert!(!sound || nobody.is_ok(), "{nobody:?}");
        if let Ok(values) = resolve(&frozen, &|_| value.clone()) {
            let message = compose(&frozen, &values);
            prop_assert!(message.is_ok(), "{message:?}");
            prop_assert!(message.is_ok_and(|m| m.body.chars().count() <= BODY_LIMIT && m.parameters.iter().all(|p| !p.contains(['\n', '\t']))));
        }
    }

    #[test]
    fn a_realigned_mapping_has_no_value_too_many(old in any_content(), new in any_content(), mapping in any_mapping()) {
        let carried = realign(&old, &new, &mapping);
        prop_assert!(mapping_problems(&new, &carried).iter().all(|p| p.code != "too_many" && p.code != "unknown"));
        prop_assert_eq!(realign(&new, &new, &carried), carried);
    }
}
