//! The components of a template message, one by one.

use serde_json::{Map, Value};

use super::format::Findings;

type Object = Map<String, Value>;

/// All components; a body must be among them, unless they are those of a card.
pub(super) fn components(list: &[Value], at: &str, found: &mut Findings) {
    each(list, at, found, false);
}

fn each(list: &[Value], at: &str, found: &mut Findings, is_card: bool) {
    let mut indexes = Vec::new();
    let mut has_body = false;
    for (n, component) in list.iter().enumerate() {
        let at = format!("{at}/{n}");
        let Some(component) = component.as_object() else {
            found.wrong(&at, "A component must be an object.");
            continue;
        };
        match component.get("type").and_then(Value::as_str) {
            Some("header") => header(component, &at, found),
            Some("body") => {
                has_body = true;
                body(component, &at, found);
            }
            Some("footer") if !is_card => footer(component, &at, found),
            Some("button") => indexes.extend(button(component, &at, found)),
            Some("limited_time_offer") if !is_card => offer(component, &at, found),
            Some("carousel") if !is_card => carousel(component, &at, found),
            None if !is_card && component.contains_key("customProps") => custom(component, &at, found),
            Some(other) => found.wrong(&at, format!("There is no component of the type {other:?} here.")),
            None => found.wrong(&at, "A component must say its type."),
        }
    }
    if !has_body && !is_card {
        found.wrong(at, "A template message must have a body.");
    }
    if indexes.iter().enumerate().any(|(n, index)| n as u64 != *index) {
        found.note(
            at,
            format!("The indexes of the buttons are {indexes:?}; count them from 0."),
        );
    }
}

fn header(component: &Object, at: &str, found: &mut Findings) {
    let at = format!("{at}/header");
    let Some(header) = component.get("header").and_then(Value::as_object) else {
        found.wrong(&at, "header must be an object.");
        return;
    };
    let kind = header.get("type").and_then(Value::as_str).unwrap_or_default();
    if !["text", "image", "video", "file", "location"].contains(&kind) {
        found.wrong(
            &format!("{at}/type"),
            "type must be text, image, video, file or location.",
        );
        return;
    }
    let at = format!("{at}/{kind}");
    let Some(content) = header.get(kind).and_then(Value::as_object) else {
        found.wrong(&at, format!("{kind} must be an object."));
        return;
    };
    match kind {
        "text" => {
            found.text(content, &at, "text");
        }
        "location" => {
            for (name, most) in [("latitude", 90.0), ("longitude", 180.0)] {
                let degrees = content
                    .get(name)
                    .and_then(Value::as_str)
                    .and_then(|text| text.parse::<f64>().ok());
                if degrees.is_none_or(|degrees| degrees.abs() > most) {
                    found.wrong(
                        &format!("{at}/{name}"),
                        format!("{name} must be degrees as a text."),
                    );
                }
            }
        }
        _ => media(content, &at, found),
    }
}

/// A link to a file. Samples leave out `https://`.
pub(super) fn media(content: &Object, at: &str, found: &mut Findings) {
    let Some(url) = found.text(content, at, "mediaURL") else {
        return;
    };
    if !url.starts_with("https://") && !url.starts_with("http://") {
        found.note(&format!("{at}/mediaURL"), "The link has no https:// in front.");
    }
}

fn body(component: &Object, at: &str, found: &mut Findings) {
    let at = format!("{at}/body");
    let Some(body) = component.get("body").and_then(Value::as_object) else {
        found.wrong(&at, "body must be an object.");
        return;
    };
    found.text(body, &at, "text");
    let at = format!("{at}/parameters");
    match body.get("parameters").map(|list| list.as_array()) {
        None => {}
        Some(None) => found.wrong(&at, "parameters must be a list."),
        Some(Some(list)) => {
            for (n, value) in list.iter().enumerate() {
                texts(value, &format!("{at}/{n}"), found);
            }
        }
    }
}

/// `{"type": "text", "text": value}`
fn texts(value: &Value, at: &str, found: &mut Findings) {
    match value.as_object() {
        Some(object) if object.get("type") == Some(&Value::from("text")) => {
            found.text(object, at, "text");
        }
        _ => found.wrong(at, "A parameter must be {\"type\": \"text\", \"text\": value}."),
    }
}

fn footer(component: &Object, at: &str, found: &mut Findings) {
    if component.contains_key("footertext") && !component.contains_key("footer") {
        found.note(
            &format!("{at}/footertext"),
            "The footer stands in footertext; send footer.",
        );
        found.text(component, at, "footertext");
    } else {
        found.text(component, at, "footer");
    }
}

/// The index of the button.
fn button(component: &Object, at: &str, found: &mut Findings) -> Option<u64> {
    found.text(component, at, "buttonText");
    let kind = component
        .get("subType")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let parameter_at = format!("{at}/parameters/0");
    let parameters = component.get("parameters").and_then(Value::as_array);
    let parameter = parameters.and_then(|list| list.first());
    match (kind, parameter) {
        ("dynamicUrl" | "staticUrl" | "callPhone", Some(value)) => texts(value, &parameter_at, found),
        ("dynamicUrl" | "staticUrl" | "callPhone", None) => {
            found.wrong(
                &parameter_at,
                format!("A button of the kind {kind} needs a parameter."),
            );
        }
        ("copy_code", value) => {
            let code = value
                .and_then(|value| value.get("coupon_code"))
                .and_then(Value::as_str);
            if code.is_none_or(str::is_empty) {
                found.wrong(
                    &parameter_at,
                    "A copy_code button needs {\"type\": \"coupon_code\", \"coupon_code\": code}.",
                );
            }
        }
        ("quickReply", _) => {}
        _ => found.wrong(
            &format!("{at}/subType"),
            "subType must be dynamicUrl, staticUrl, callPhone, quickReply or copy_code.",
        ),
    }
    let index = component.get("index").and_then(Value::as_u64);
    if index.is_none() {
        found.wrong(
            &format!("{at}/index"),
            "index must be the position of the button, from 0.",
        );
    }
    index
}

fn offer(component: &Object, at: &str, found: &mut Findings) {
    found.text(component, at, "text");
    let Some(parameters) = component.get("parameters") else {
        return;
    };
    let end = parameters
        .pointer("/0/limited_time_offer/expiration_time_ms")
        .and_then(Value::as_i64);
    // Seconds would be a moment in 1970.
    if end.is_none_or(|ms| ms < 1_000_000_000_000) {
        found.wrong(
            &format!("{at}/parameters/0/limited_time_offer/expiration_time_ms"),
            "The end of an offer must be milliseconds since 1970, as a number.",
        );
    }
}

fn carousel(component: &Object, at: &str, found: &mut Findings) {
    let at = format!("{at}/cards");
    let cards = component.get("cards").and_then(Value::as_array);
    let Some(cards) = cards.filter(|cards| (1..=10).contains(&cards.len())) else {
        found.wrong(&at, "cards must be a list of one to ten cards.");
        return;
    };
    for (n, card) in cards.iter().enumerate() {
        let at = format!("{at}/{n}/components");
        match card.get("components").and_then(Value::as_array) {
            Some(list) => each(list, &at, found, true),
            None => found.wrong(&at, "A card must have a list of components."),
        }
    }
}

fn custom(component: &Object, at: &str, found: &mut Findings) {
    let at = format!("{at}/customProps");
    let pairs = component.get("customProps").and_then(Value::as_array);
    let fits = pairs.is_some_and(|pairs| {
        pairs.iter().all(|pair| {
            let pair = pair.as_object();
            pair.is_some_and(|pair| pair.len() == 1 && pair.values().all(Value::is_string))
        })
    });
    if !fits {
        found.wrong(
            &at,
            "customProps must be a list of objects with one key and a text each.",
        );
    }
}
