//! The helpers that every provider reads with.

use harkara::domain::id;
use harkara::domain::phone::Phone;
use harkara_provider::wire::{event_key, lenient, meta, rfc3339, rules};
use serde_json::Value;

use super::{Target, text};

/// The target: JSON, or else a text.
pub fn target() -> Target {
    let seeds = [
        r#"{"b":[1,{"y":2.5,"x":-0.0}],"a":"q\"t\u0000","long":123456789012345678901234567890}"#,
        r#"["2023-04-03 13:11:19","2023-04-03T13:11:19Z","1680527479000",1680527479,1e300,"NaN","-1"]"#,
        r#"["+91 99999-12345","91XXXXXXXXXX","US.1349","57575",919999912345.0]"#,
        r#""{\"response\":\"[{\\\"a\\\":1}]\"}""#,
        r#"{"n":9223372036854775808,"m":-9223372036854775809,"e":1E-400}"#,
        "https://shop.example/a b.png",
        "HTTP://x",
        "msg_0fz2k5tq8x1ga",
        "msg_zzzzzzzzzzzzz",
        "a\r\n\r\n  b\u{2028}c     d",
        "131026",
    ];
    let seeds = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let words = [
        "1e999",
        "-0",
        "9223372036854775807",
        "\\u0000",
        "\\ud800",
        "http://",
        "msg_",
        "+",
        "T00:00:00Z",
        "[[",
        "{\"a\":",
    ];
    Target::new("wire", check, seeds, &words)
}

fn check(data: &[u8]) {
    let plain = text(data);
    check_text(&plain);
    let Ok(value) = serde_json::from_slice::<Value>(data) else {
        check_value(&Value::from(plain));
        return;
    };
    check_value(&value);
    match &value {
        Value::Array(items) => items.iter().for_each(check_value),
        Value::Object(members) => members.values().for_each(check_value),
        _ => {}
    }
}

fn check_value(value: &Value) {
    let canonical = lenient::canonical(value);
    let again: Value = serde_json::from_str(&canonical).expect("canonical JSON is JSON");
    // Reading a fraction may cost its last digit.
    assert!(
        has_fraction(value) || lenient::canonical(&again) == canonical,
        "canonical twice: {canonical}"
    );
    if let Some(text) = lenient::text(value) {
        assert!(!text.trim().is_empty());
        check_text(&text);
    }
    assert!(lenient::float(value).is_none_or(f64::is_finite));
    for offset in [
        0,
        lenient::IST_OFFSET_SECONDS,
        -86_399,
        86_399,
        i32::MIN,
        i32::MAX,
    ] {
        if let Some(ms) = lenient::time(value, offset) {
            assert!((1..253_402_300_800_000).contains(&ms), "time {ms}");
            let shown = rfc3339(ms);
            assert_eq!(lenient::time(&Value::from(shown.clone()), 0), Some(ms), "{shown}");
        }
    }
    let unwrapped = lenient::unwrapped(value);
    if let Value::String(text) = &unwrapped {
        assert_eq!(
            value.as_str(),
            Some(text.as_str()),
            "a string stays, or becomes an object or a list"
        );
    }
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        other => other.is_f64(),
    }
}

fn check_text(text: &str) {
    let key = event_key(&[text, "x"]);
    assert_eq!(key.len(), 32);
    assert_ne!(key, event_key(&[&format!("{text}x"), ""]), "parts are kept apart");

    let phone = lenient::phone(text);
    assert_eq!(lenient::phone(&phone), phone, "a read number reads as itself");
    let code = lenient::phone_or_code(text);
    assert_eq!(lenient::phone_or_code(&code), code, "a read code reads as itself");
    if let Some(phone) = Phone::from_provider(text) {
        assert_eq!(Phone::from_provider(phone.as_str()).as_ref(), Some(&phone));
    }

    if let Some(clean) = rules::clean_parameter(text) {
        assert!(
            !clean.trim().is_empty() && !clean.contains(['\n', '\t', '\r']),
            "{clean:?}"
        );
        assert_eq!(
            rules::clean_parameter(&clean),
            Some(clean.clone()),
            "cleaned twice"
        );
    }
    if let Ok(url) = rules::public_url(text) {
        assert!(!url.contains(' '));
        assert_eq!(rules::public_url(&url), Ok(url.clone()), "checked twice");
    }
    for limit in [0, 1, rules::HEADER, rules::BODY] {
        assert_eq!(
            rules::at_most("The text", text, limit).is_ok(),
            text.chars().count() <= limit
        );
        drop(rules::filled("The text", text, limit));
    }
    if let Ok(code) = text.trim().parse() {
        assert!(meta::code(code).is_none_or(|(_, help)| !help.is_empty()));
    }
    for kind in [id::MESSAGE, id::ACCOUNT] {
        if let Some(id) = kind.read(text) {
            assert_eq!(
                kind.show(id),
                text.trim().to_ascii_lowercase(),
                "one id, one text"
            );
        }
    }
}
