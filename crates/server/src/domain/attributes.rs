//! What is known about a person: named scalars.

use serde_json::{Map, Value};

/// Attributes by name. Values are texts, numbers and booleans.
pub type Attributes = Map<String, Value>;

/// Bytes of a name at most.
pub const LONGEST_KEY: usize = 120;
/// Bytes of a text value, of a name or of an identity at most.
pub const LONGEST_VALUE: usize = 512;
/// Attributes of one person at most.
pub const MOST_KEYS: usize = 256;

/// Why an attribute is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeProblem {
    /// The name is empty.
    #[error("an attribute has an empty name")]
    NoKey,
    /// The name is too long.
    #[error("the attribute name \"{0}...\" has more than 120 bytes: shorten it")]
    LongKey(String),
    /// The text is too long.
    #[error("\"{0}\" has more than 512 bytes: shorten it")]
    LongValue(String),
    /// An object or a list.
    #[error("\"{0}\" is an object or a list: only texts, numbers, true, false and null are kept")]
    NotScalar(String),
    /// A character that cannot be kept.
    #[error("\"{0}\" contains a null character: remove it")]
    NullCharacter(String),
    /// Too many attributes.
    #[error("the profile would have more than 256 attributes: remove some with null")]
    TooMany,
}

/// Checks one attribute; null is fine, it removes.
pub fn check(key: &str, value: &Value) -> Result<(), AttributeProblem> {
    if key.trim().is_empty() {
        return Err(AttributeProblem::NoKey);
    }
    if key.len() > LONGEST_KEY {
        return Err(AttributeProblem::LongKey(key.chars().take(40).collect()));
    }
    if key.contains('\0') {
        return Err(AttributeProblem::NullCharacter(key.replace('\0', "")));
    }
    match value {
        Value::Array(_) | Value::Object(_) => Err(AttributeProblem::NotScalar(key.to_owned())),
        Value::String(text) => check_text(key, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// Checks the text of an attribute, a name or an identity, called `what`.
pub fn check_text(what: &str, text: &str) -> Result<(), AttributeProblem> {
    if text.len() > LONGEST_VALUE {
        return Err(AttributeProblem::LongValue(what.to_owned()));
    }
    if text.contains('\0') {
        return Err(AttributeProblem::NullCharacter(what.to_owned()));
    }
    Ok(())
}

/// Puts checked `changes` over what is there; null removes. Answers whether something changed.
pub fn merge(attributes: &mut Attributes, changes: &Attributes) -> Result<bool, AttributeProblem> {
    let mut changed = false;
    for (key, value) in changes {
        if value.is_null() {
            changed |= attributes.remove(key).is_some();
        } else if attributes.get(key) != Some(value) {
            attributes.insert(key.clone(), value.clone());
            changed = true;
        }
    }
    if changed && attributes.len() > MOST_KEYS {
        return Err(AttributeProblem::TooMany);
    }
    Ok(changed)
}

/// The value that a cell of a table plainly is: a number, a boolean, else text. Texts with a leading zero or `+` are
/// phone numbers, postal codes and the like, and stay as they are; so do numbers that would lose digits.
pub fn typed(cell: &str) -> Value {
    match cell {
        "true" | "TRUE" | "True" => return Value::Bool(true),
        "false" | "FALSE" | "False" => return Value::Bool(false),
        _ => {}
    }
    plain_number(cell).unwrap_or_else(|| Value::String(cell.to_owned()))
}

fn plain_number(cell: &str) -> Option<Value> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) || cell == "-0" {
        return None;
    }
    match fraction {
        None if whole.len() <= 15 => cell.parse::<i64>().ok().map(Value::from),
        // 15 significant digits survive a 64-bit float.
        Some(fraction) if all_digits(fraction) && whole.len() + fraction.len() <= 15 => {
            cell.parse::<f64>().ok().map(Value::from)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn cells_are_typed_when_plainly_so() {
        for (cell, expected) in [
            ("42", json!(42)),
            ("-7", json!(-7)),
            ("0", json!(0)),
            ("19.90", json!(19.9)),
            ("0.5", json!(0.5)),
            ("true", json!(true)),
            ("FALSE", json!(false)),
            ("007", json!("007")),
            ("+919999900001", json!("+919999900001")),
            ("1e5", json!("1e5")),
            ("1,000", json!("1,000")),
            ("-0", json!("-0")),
            ("1.", json!("1.")),
            (".5", json!(".5")),
            ("12345678901234567890", json!("12345678901234567890")),
            ("NaN", json!("NaN")),
            ("yes", json!("yes")),
        ] {
            assert_eq!(typed(cell), expected, "{cell}");
        }
    }

    #[test]
    fn null_removes_and_the_same_again_is_no_change() {
        let mut attributes = json!({"city": "Pune", "age": 4}).as_object().unwrap().clone();
        let changes = json!({"city": null, "age": 5, "none": null})
            .as_object()
            .unwrap()
            .clone();
        assert_eq!(merge(&mut attributes, &changes), Ok(true));
        assert_eq!(Value::from(attributes.clone()), json!({"age": 5}));
        assert_eq!(merge(&mut attributes, &changes), Ok(false));
    }

    #[test]
    fn limits_are_named() {
        assert_eq!(check(" ", &json!(1)), Err(AttributeProblem::NoKey));
        assert!(check(&"k".repeat(120), &json!("v".repeat(512))).is_ok());
        assert!(matches!(
            check(&"k".repeat(121), &json!(1)),
            Err(AttributeProblem::LongKey(_))
        ));
        assert!(matches!(
            check("k", &json!("v".repeat(513))),
            Err(AttributeProblem::LongValue(_))
        ));
        assert!(matches!(
            check("k", &json!([1])),
            Err(AttributeProblem::NotScalar(_))
        ));
        assert!(matches!(
            check("k", &json!("a\0")),
            Err(AttributeProblem::NullCharacter(_))
        ));
        let many: Attributes = (0..257).map(|n| (n.to_string(), json!(n))).collect();
        assert_eq!(
            merge(&mut Attributes::new(), &many),
            Err(AttributeProblem::TooMany)
        );
    }

    proptest! {
        #[test]
        fn a_typed_number_shows_as_the_same_amount(text in "-?[0-9]{1,18}(\\.[0-9]{1,6})?") {
            match typed(&text) {
                Value::Number(n) => prop_assert_eq!(n.to_string().parse::<f64>(), text.parse::<f64>()),
                other => prop_assert_eq!(other, Value::String(text)),
            }
        }
    }
}
