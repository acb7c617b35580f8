//! The settings form of an account, checked against what its provider declares.

use std::collections::{BTreeMap, BTreeSet};

use harkara_provider::{Field, FieldKind, Spec};
use serde_json::Value;

use super::phone::Phone;
use super::problem::FieldProblem;

/// What a person sent: any JSON scalar by key. `null` and blank text clear a setting; they keep a secret.
pub type Given = serde_json::Map<String, Value>;

/// Settings after a change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Every plain setting that has a value of its own.
    pub plain: BTreeMap<String, String>,
    /// Secrets that were given anew.
    pub secrets: BTreeMap<String, String>,
    /// Whether anything differs from before.
    pub changed: bool,
}

/// What is there before the change.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// Plain settings.
    pub plain: BTreeMap<String, String>,
    /// Keys of the secrets that are set.
    pub secrets: BTreeSet<String>,
    /// Values of the read-only fields, as they are shown; sending them back is no mistake.
    pub read_only: BTreeMap<String, String>,
}

/// Lays what was given over what was there, and checks the whole. `default_region`: two letters, for numbers without
/// country code.
///
/// # Errors
/// Every field that is not right, with its pointer below `/settings`.
pub fn check(
    spec: &Spec,
    before: &Before,
    given: &Given,
    default_region: &str,
) -> Result<Checked, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut after = Checked {
        plain: before.plain.clone(),
        ..Checked::default()
    };
    for (key, value) in given {
        let Some(field) = spec.field(key) else {
            problems.push(unknown(spec, key));
            continue;
        };
        let text = match text_of(value) {
            Ok(text) => text,
            // An account is read and sent back as a whole: a secret then has the form that we showed it in.
            Err(()) if field.kind == FieldKind::Secret && value.get("set").is_some() => continue,
            Err(()) => {
                problems.push(problem(field, "type", "Give a text, a number, true or false."));
                continue;
            }
        };
        match field.kind {
            FieldKind::InboundUrl | FieldKind::ReportsUrl => {
                if before.read_only.get(key) != Some(&text) && !text.is_empty() {
                    problems.push(problem(
                        field,
                        "read_only",
                        "This server makes this URL. Leave it out, and paste the shown one at the provider.",
                    ));
                }
            }
            FieldKind::Secret => {
                if !text.is_empty() {
                    after.secrets.insert(key.clone(), text);
                }
            }
            _ if text.is_empty() => {
                after.plain.remove(key);
            }
            _ => match normal(field, &text, default_region) {
                Ok(text) => {
                    after.plain.insert(key.clone(), text);
                }
                Err(found) => problems.push(found),
            },
        }
    }
    problems.extend(missing(spec, before, &after, &problems));
    after.changed = after.plain != before.plain || !after.secrets.is_empty();
    if problems.is_empty() {
        Ok(after)
    } else {
        Err(problems)
    }
}

fn missing(spec: &Spec, before: &Before, after: &Checked, found: &[FieldProblem]) -> Vec<FieldProblem> {
    spec.fields
        .iter()
        .filter(|field| field.required && field.default.is_none())
        .filter(|field| !matches!(field.kind, FieldKind::InboundUrl | FieldKind::ReportsUrl))
        .filter(|field| !found.iter().any(|p| p.pointer == pointer(field.key)))
        .filter(|field| match field.kind {
            FieldKind::Secret => {
                !before.secrets.contains(field.key) && !after.secrets.contains_key(field.key)
            }
            _ => !after.plain.contains_key(field.key),
        })
        .map(|field| {
            problem(
                field,
                "required",
                format!("Fill in \"{}\". {}", field.label, field.help),
            )
        })
        .collect()
}

/// The form of a value in which it is kept.
fn normal(field: &Field, text: &str, default_region: &str) -> Result<String, FieldProblem> {
    match field.kind {
        FieldKind::Text if text.contains(['\n', '\r']) => {
            Err(problem(field, "one_line", "Write it in one line."))
        }
        FieldKind::Text if text.chars().count() > 500 => {
            Err(problem(field, "too_long", "Use at most 500 characters."))
        }
        FieldKind::LongText if text.chars().count() > 4096 => {
            Err(problem(field, "too_long", "Use at most 4096 characters."))
        }
        FieldKind::PhoneOrCode => {
            phone_or_code(text, default_region).map_err(|why| problem(field, "phone", why))
        }
        FieldKind::Url | FieldKind::Link => url(text).map(str::to_owned).ok_or_else(|| {
            problem(
                field,
                "url",
                "Give a URL that begins with https:// or http://, without a password in it.",
            )
        }),
        FieldKind::Number { min, max } => match text.parse::<i64>() {
            Ok(n) if (min..=max).contains(&n) => Ok(n.to_string()),
            _ => Err(problem(
                field,
                "number",
                format!("Give a whole number from {min} to {max}."),
            )),
        },
        FieldKind::Checkbox => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Ok("true".into()),
            "false" | "0" | "off" | "no" => Ok("false".into()),
            _ => Err(problem(field, "checkbox", "Give true or false.")),
        },
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Secret
        | FieldKind::InboundUrl
        | FieldKind::ReportsUrl => Ok(text.to_owned()),
    }
}

/// A phone number in E.164 with `+`, or a short code of 3 to 6 digits as it is.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn phone_or_code(text: &str, default_region: &str) -> Result<String, String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if (3..=6).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(plain);
    }
    Phone::parse(text, default_region)
        .map(Phone::into_string)
        .map_err(|e| format!("{e}. A short code has 3 to 6 digits."))
}

fn url(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    (!host.is_empty() && !host.contains('@') && clean).then(|| text.trim_end_matches('/'))
}

fn text_of(value: &Value) -> Result<String, ()> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Bool(on) => Ok(on.to_string()),
        Value::Number(n) => Ok(n.to_string()),
        Value::Array(_) | Value::Object(_) => Err(()),
    }
}

fn pointer(key: &str) -> String {
    format!("/settings/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn problem(field: &Field, code: &'static str, detail: impl Into<String>) -> FieldProblem {
    FieldProblem::new(pointer(field.key), code, detail)
}

fn unknown(spec: &Spec, key: &str) -> FieldProblem {
    let known: Vec<&str> = spec.fields.iter().map(|f| f.key).collect();
    FieldProblem::new(
        pointer(key),
        "unknown",
        format!(
            "{} has no setting \"{key}\". It has: {}.",
            spec.name,
            known.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use harkara_provider::Limits;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const fn field(
        key: &'static str,
        kind: FieldKind,
        required: bool,
        default: Option<&'static str>,
    ) -> Field {
        Field {
            key,
            label: key,
            help: "See the console.",
            kind,
            required,
            default,
        }
    }

    static SPEC: Spec = Spec {
        id: "test",
        name: "Test",
        docs: "",
        fields: &[
            field("nickname", FieldKind::Text, true, None),
            field("inbound_url", FieldKind::InboundUrl, false, None),
            field("password", FieldKind::Secret, true, None),
            field("number", FieldKind::PhoneOrCode, true, None),
            field("base_url", FieldKind::Url, true, Some("https://provider.example")),
            field(
                "requests_per_second",
                FieldKind::Number { min: 1, max: 500 },
                false,
                Some("20"),
            ),
            field("auto_reply", FieldKind::Checkbox, false, None),
            field("auto_reply_text", FieldKind::LongText, false, None),
        ],
        capabilities: &[],
        limits: Limits {
            text: 4096,
            caption: 1024,
            requests_per_second: 20,
        },
        network_hint: "",
        echoes_reference: true,
    };

    fn given(value: Value) -> Given {
        value.as_object().unwrap().clone()
    }

    fn first() -> Given {
        given(json!({"nickname": " Shop ", "password": "long-secret-4f2a", "number": "99999 00001"}))
    }

    fn codes(problems: &[FieldProblem]) -> Vec<(&str, &str)> {
        problems.iter().map(|p| (p.pointer.as_str(), p.code)).collect()
    }

    #[test]
    fn a_full_form_is_kept_in_normal_form() {
        let mut form = first();
        form.extend(given(
            json!({"requests_per_second": 50, "auto_reply": true, "base_url": "http://127.0.0.1:8081/"}),
        ));
        let checked = check(&SPEC, &Before::default(), &form, "IN").unwrap();
        let expected = [
            ("auto_reply", "true"),
            ("base_url", "http://127.0.0.1:8081"),
            ("nickname", "Shop"),
            ("number", "+919999900001"),
            ("requests_per_second", "50"),
        ];
        assert_eq!(
            checked.plain,
            expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into()
        );
        assert_eq!(checked.secrets["password"], "long-secret-4f2a");
        assert!(checked.changed);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let form = given(json!({
            "nickname": "", "pasword": "x", "number": "12", "base_url": "ftp://x", "requests_per_second": 501,
            "auto_reply": "maybe", "inbound_url": "https://elsewhere.example", "auto_reply_text": ["a"],
        }));
        let problems = check(&SPEC, &Before::default(), &form, "IN").unwrap_err();
        let mut found = codes(&problems);
        found.sort_unstable();
        assert_eq!(
            found,
            [
                ("/settings/auto_reply", "checkbox"),
                ("/settings/auto_reply_text", "type"),
                ("/settings/base_url", "url"),
                ("/settings/inbound_url", "read_only"),
                ("/settings/nickname", "required"),
                ("/settings/number", "phone"),
                ("/settings/password", "required"),
                ("/settings/pasword", "unknown"),
                ("/settings/requests_per_second", "number"),
            ]
        );
        assert!(problems.iter().any(|p| p.detail.contains("It has: nickname")));
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_every_blank_secret() {
        let before = Before {
            plain: check(&SPEC, &Before::default(), &first(), "IN").unwrap().plain,
            secrets: ["password".to_owned()].into(),
            read_only: [("inbound_url".to_owned(), "https://h.example/i".to_owned())].into(),
        };
        for same in [
            json!({}),
            json!({"password": ""}),
            json!({"password": null, "nickname": "Shop"}),
            json!({"password": {"set": true}, "inbound_url": "https://h.example/i"}),
        ] {
            let checked = check(&SPEC, &before, &given(same.clone()), "IN").unwrap();
            assert!(!checked.changed && checked.secrets.is_empty(), "{same}");
            assert_eq!(checked.plain, before.plain);
        }
        let checked = check(&SPEC, &before, &given(json!({"password": "new"})), "IN").unwrap();
        assert!(checked.changed);
        assert_eq!(
            codes(&check(&SPEC, &before, &given(json!({"number": ""})), "IN").unwrap_err()),
            [("/settings/number", "required")]
        );
    }

    #[test]
    fn short_codes_stay_and_numbers_become_international() {
        assert_eq!(phone_or_code("56161", "IN").unwrap(), "56161");
        assert_eq!(phone_or_code("+91 99999-00001", "US").unwrap(), "+919999900001");
        assert!(phone_or_code("12", "IN").is_err());
    }

    #[test]
    fn a_url_carries_no_credentials_and_names_a_host() {
        for (text, good) in [
            ("https://media.example/GatewayAPI/rest", true),
            ("https://", false),
            ("https://u:p@h.example", false),
            ("https://a b", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(url(text).is_some(), good, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_kept_is_accepted_again(nickname in "\\PC{1,20}", number in "\\PC{0,16}", base in "\\PC{0,30}", rate in any::<i64>()) {
            let form = given(json!({"nickname": nickname, "password": "p", "number": number, "base_url": base, "requests_per_second": rate}));
            if let Ok(first) = check(&SPEC, &Before::default(), &form, "IN") {
                let again = Before { plain: first.plain.clone(), secrets: ["password".to_owned()].into(), ..Before::default() };
                let back = first.plain.iter().map(|(k, v)| (k.clone(), Value::from(v.clone()))).collect();
                let second = check(&SPEC, &again, &back, "US");
                prop_assert_eq!(second.map(|s| s.changed), Ok(false));
            }
        }
    }
}
