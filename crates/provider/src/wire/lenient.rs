//! Reading JSON from vendors that write the same thing in several ways.

use serde_json::{Map, Value};

/// Numbers, booleans and strings as text; blank, null and containers are nothing.
pub fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => number(n),
        Value::Bool(b) => b.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// A whole number never shows a fraction or an exponent: phones come as numbers, sometimes as `9.1e11`.
fn number(n: &serde_json::Number) -> String {
    match n.as_f64() {
        Some(f) if !n.is_i64() && !n.is_u64() && f.fract() == 0.0 && f.abs() < 1e15 => format!("{f:.0}"),
        _ => n.to_string(),
    }
}

/// The first of these members that has text.
pub fn field(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| object.get(*name).and_then(text))
}

/// The first of these members that is there, whatever the case of its letters.
pub fn member<'a>(object: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let any_case = |name: &&str| {
        let mut members = object.iter();
        members.find(|(key, _)| key.eq_ignore_ascii_case(name))
    };
    names.iter().find_map(|name| {
        object
            .get(*name)
            .or_else(|| any_case(name).map(|(_, value)| value))
    })
}

/// The text of the first of these members that has any, whatever the case of its letters.
pub fn said(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text(member(object, &[name])?))
}

/// A degree or the like, as number or string; never NaN or infinite.
pub fn float(value: &Value) -> Option<f64> {
    let value = match value {
        Value::Number(n) => n.as_f64()?,
        Value::String(s) => s.trim().parse().ok()?,
        _ => return None,
    };
    value.is_finite().then_some(value)
}

/// JSON in JSON: a string that holds an object or array becomes that; everything else stays.
pub fn unwrapped(value: &Value) -> Value {
    match value {
        Value::String(s) if s.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(s).unwrap_or_else(|_| value.clone())
        }
        _ => value.clone(),
    }
}

/// The same text for the same JSON, whatever the order of its members: for keys that must last.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            let members: Vec<String> = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        _ => value.to_string(),
    }
}

/// India Standard Time, for vendors that print local time without saying so.
pub const IST_OFFSET_SECONDS: i32 = 5 * 3600 + 1800;

/// Milliseconds since 1970 UTC from milliseconds, seconds or microseconds (number or digits), RFC 3339, or
/// `YYYY-MM-DD HH:MM:SS` at `offset_seconds` east of UTC. Anything else, and times outside 1970-9999, is nothing.
pub fn time(value: &Value, offset_seconds: i32) -> Option<i64> {
    let text = text(value)?;
    let text = text.trim();
    let ms = match text.parse::<f64>() {
        Ok(n) if n.is_finite() => scaled(text.parse::<i64>().unwrap_or(n as i64)),
        _ => written(text, offset_seconds)?,
    };
    (ms > 0 && ms < 253_402_300_800_000).then_some(ms)
}

/// Seconds until 5138, then milliseconds until 5138, then microseconds.
fn scaled(n: i64) -> i64 {
    match n {
        ..100_000_000_000 => n.saturating_mul(1000),
        100_000_000_000..100_000_000_000_000 => n,
        _ => n / 1000,
    }
}

fn written(text: &str, offset_seconds: i32) -> Option<i64> {
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    let local = text.parse::<jiff::civil::DateTime>().ok()?;
    let offset = jiff::tz::Offset::from_seconds(offset_seconds).ok()?;
    Some(offset.to_timestamp(local).ok()?.as_millisecond())
}

/// Digits with a leading `+`. Masked digits (`X`, `*`) stay, separators go; what is not a number stays as it is.
pub fn phone(text: &str) -> String {
    let bare: String = text
        .trim()
        .trim_start_matches('+')
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')'))
        .collect();
    let is_number = !bare.is_empty()
        && bare
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, 'X' | 'x' | '*'));
    if is_number {
        format!("+{bare}")
    } else {
        text.trim().to_owned()
    }
}

/// A business number: digits with a leading `+`, or the bare digits of a short code (seven at most).
pub fn phone_or_code(text: &str) -> String {
    let number = phone(text);
    match number.strip_prefix('+') {
        Some(code) if code.len() <= 7 && code.bytes().all(|b| b.is_ascii_digit()) && !code.is_empty() => {
            code.to_owned()
        }
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_moment_in_every_spelling() {
        for value in [
            json!(1_680_527_479_000_i64),
            json!("1680527479000"),
            json!(1_680_527_479),
            json!("1680527479"),
            json!(1_680_527_479_000.0),
            json!("1680527479000000"),
            json!("2023-04-03T13:11:19Z"),
            json!("2023-04-03T18:41:19+05:30"),
            json!("2023-04-03 18:41:19"),
        ] {
            assert_eq!(
                time(&value, IST_OFFSET_SECONDS),
                Some(1_680_527_479_000),
                "{value}"
            );
        }
        for value in [
            json!(null),
            json!(""),
            json!("soon"),
            json!(-5),
            json!(0),
            json!("NaN"),
            json!(1e300),
        ] {
            assert_eq!(time(&value, 0), None, "{value}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(text(&json!(919_999_912_345_i64)).as_deref(), Some("919999912345"));
        assert_eq!(text(&json!(919_999_912_345.0)).as_deref(), Some("919999912345"));
        assert_eq!(text(&json!("026")).as_deref(), Some("026"));
        assert_eq!(phone("+91 99999-12345"), "+919999912345");
        assert_eq!(phone("91XXXXXXXXXX"), "+91XXXXXXXXXX");
        assert_eq!(phone("US.1349"), "US.1349");
        assert_eq!(phone_or_code("57575"), "57575");
        assert_eq!(phone_or_code("++"), "++");
        assert_eq!(phone_or_code("919999912345"), "+919999912345");
    }

    #[test]
    fn canonical_json_ignores_the_order_of_members() {
        let one: Value = serde_json::from_str(r#"{"b":[1,{"y":2,"x":1}],"a":"q\"t"}"#).expect("json");
        let two: Value = serde_json::from_str(r#"{"a":"q\"t","b":[1,{"x":1,"y":2}]}"#).expect("json");
        assert_eq!(canonical(&one), canonical(&two));
        assert_ne!(canonical(&one), canonical(&json!({"a": "q\"t"})));
    }
}
