//! Phone numbers, once they are proven: E.164 with a leading `+`.

use std::fmt;

use phonenumber::country;

/// A phone number in E.164 with a leading `+`, such as `+919999900000`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// Why a text is not a phone number, as a sentence for the person who has to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PhoneProblem(String);

/// Longest text that is looked at, in bytes: four times what the longest number with decoration takes.
const LONGEST: usize = 128;

impl Phone {
    /// Reads what people write: spaces, hyphens, dots, slashes and brackets, `+` or `00` before the country code, `tel:` or
    /// `whatsapp:` in front, digits of any script. A number without country code belongs to `default_region` (two
    /// letters). Checked against the numbering plan of its country.
    pub fn parse(text: &str, default_region: &str) -> Result<Self, PhoneProblem> {
        let digits = plain(text)?;
        let number = if digits.starts_with('+') {
            // With a region the library would strip that region's trunk prefix from a foreign number.
            phonenumber::parse(None, &digits)
        } else {
            let region = region(default_region).ok_or_else(|| {
                PhoneProblem(format!(
                    "\"{default_region}\" is not a country: give the default region as two letters, such as IN"
                ))
            })?;
            phonenumber::parse(Some(region), &digits)
        };
        let valid = number
            .ok()
            .filter(phonenumber::PhoneNumber::is_valid)
            .filter(|n| n.extension().is_none());
        match valid {
            Some(number) => Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string())),
            None if digits.starts_with('+') => Err(PhoneProblem(format!(
                "\"{}\" is not a number of any country's numbering plan: check the country code and count the digits",
                text.trim()
            ))),
            None => Err(PhoneProblem(format!(
                "\"{}\" is not a number of {}: write it with + and the country code, or check for missing digits",
                text.trim(),
                default_region.to_uppercase()
            ))),
        }
    }

    /// A number as a provider gives it: 7 to 15 digits with the country code, with or without `+`. Not checked
    /// against numbering plans, which lag behind the networks: somebody did write from it.
    pub fn from_provider(text: &str) -> Option<Self> {
        let digits = text.trim().trim_start_matches('+');
        let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        (fits && !digits.starts_with('0')).then(|| Self(format!("+{digits}")))
    }

    /// With the leading `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With the leading `+`, by value.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Is this a country that numbers can belong to?
pub fn is_region(text: &str) -> bool {
    region(text).is_some()
}

fn region(text: &str) -> Option<country::Id> {
    text.trim().to_ascii_uppercase().parse().ok()
}

/// What a number may begin with, in E.164, when a person has typed the beginning of it: with the country code, or without
/// it as at home. None for what is no number.
pub fn beginnings(text: &str, default_region: &str) -> Vec<String> {
    let Ok(digits) = plain(text) else {
        return Vec::new();
    };
    if digits.starts_with('+') {
        return vec![digits];
    }
    let mut all = vec![format!("+{digits}")];
    let code = region(default_region)
        .and_then(|region| phonenumber::metadata::DATABASE.by_id(region.as_ref()))
        .map(phonenumber::Metadata::country_code);
    if let Some(code) = code {
        all.push(format!("+{code}{}", digits.trim_start_matches('0')));
    }
    all.retain(|digits| digits.len() > 1);
    all
}

/// Digits with at most one leading `+`; everything that only decorates a number is gone.
fn plain(text: &str) -> Result<String, PhoneProblem> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(PhoneProblem("the phone number is empty".into()));
    }
    if trimmed.len() > LONGEST {
        return Err(PhoneProblem("the phone number is much too long".into()));
    }
    let lower = trimmed.to_ascii_lowercase();
    let rest = ["whatsapp:", "tel:"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme))
        .unwrap_or(&lower);
    let mut digits = String::with_capacity(20);
    for c in rest.chars() {
        if let Some(digit) = digit(c) {
            digits.push(digit);
        } else if (c == '+' || c == '＋') && digits.is_empty() {
            digits.push('+');
        } else if !is_decoration(c) {
            return Err(PhoneProblem(format!(
                "\"{trimmed}\" is not a phone number: it contains \"{c}\""
            )));
        }
    }
    if let Some(international) = digits.strip_prefix("00") {
        digits = format!("+{international}");
    }
    if digits.trim_start_matches('+').is_empty() {
        return Err(PhoneProblem(format!(
            "\"{trimmed}\" is not a phone number: it has no digits"
        )));
    }
    Ok(digits)
}

fn is_decoration(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '/' | '(' | ')' | '[' | ']' | '\'')
        // Dashes of typography, minus, full-width brackets; marks that copying from chats and sheets leaves behind.
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '（' | '）' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The zeros of the scripts whose digits people type; each is followed by its nine others.
const ZEROS: [char; 18] = [
    '0', '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '０',
];

fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    ZEROS.iter().find_map(|zero| {
        let value = (c as u32).checked_sub(*zero as u32)?;
        char::from_digit(value, 10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_number_is_looked_for_at_home_and_abroad() {
        for (text, expected) in [
            ("+9199", &["+9199"][..]),
            ("0091 99", &["+9199"]),
            ("99999-0", &["+999990", "+91999990"]),
            ("09999", &["+09999", "+919999"]),
            ("Asha", &[]),
            ("4f", &[]),
        ] {
            assert_eq!(beginnings(text, "IN"), expected, "{text}");
        }
    }
    use proptest::prelude::*;

    #[test]
    fn what_people_write_is_understood() {
        for (text, region, expected) in [
            ("+919999900001", "IN", "+919999900001"),
            ("+91 99999 00001", "US", "+919999900001"),
            ("9999900001", "IN", "+919999900001"),
            ("99999-00001", "in", "+919999900001"),
            ("09999900001", "IN", "+919999900001"),
            ("919999900001", "IN", "+919999900001"),
            ("0091 (99999) 00001", "IN", "+919999900001"),
            ("00919999900001", "US", "+919999900001"),
            ("९९९९९०००01", "IN", "+919999900001"),
            ("+٩١٩٩٩٩٩٠٠٠٠١", "IN", "+919999900001"),
            ("whatsapp:+919999900001", "US", "+919999900001"),
            ("tel:+91-99999-00001", "US", "+919999900001"),
            (
                "\u{202a}+91\u{a0}99999\u{2011}00001\u{202c}",
                "IN",
                "+919999900001",
            ),
            ("(201) 555-0123", "US", "+12015550123"),
            ("+1 201.555.0123", "IN", "+12015550123"),
            ("+39 06 698 12345", "IN", "+390669812345"),
            ("+44 7400 123456", "IN", "+447400123456"),
            ("07400 123456", "GB", "+447400123456"),
            ("+55 11 96123-4567", "IN", "+5511961234567"),
        ] {
            let phone = Phone::parse(text, region).map(|p| p.to_string());
            assert_eq!(phone.as_deref(), Ok(expected), "{text} in {region}");
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (text, region, expected) in [
            ("", "IN", "empty"),
            ("  ", "IN", "empty"),
            ("n/a", "IN", "contains \"n\""),
            ("+9199999", "IN", "count the digits"),
            ("99999", "IN", "not a number of IN"),
            ("+999 1234567", "IN", "country code"),
            ("9.19999E+11", "IN", "contains \"e\""),
            ("9999900001 x12", "IN", "contains \"x\""),
            ("91+9999900001", "IN", "contains \"+\""),
            ("---", "IN", "no digits"),
            ("9999900001", "XX", "not a country"),
        ] {
            let problem = Phone::parse(text, region).unwrap_err().to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
        assert!(Phone::parse(&"9".repeat(4000), "IN").is_err());
    }

    #[test]
    fn a_provider_is_believed() {
        assert_eq!(
            Phone::from_provider("919999900001").unwrap().as_str(),
            "+919999900001"
        );
        assert_eq!(
            Phone::from_provider("+919999900001").unwrap().as_str(),
            "+919999900001"
        );
        assert_eq!(Phone::from_provider("US.1349"), None);
        assert_eq!(Phone::from_provider("123"), None);
    }

    proptest! {
        #[test]
        fn a_read_number_reads_as_itself(text in "[+0-9 ()-]{0,20}") {
            if let Ok(phone) = Phone::parse(&text, "IN") {
                prop_assert_eq!(Phone::parse(phone.as_str(), "US"), Ok(phone));
            }
        }

        #[test]
        fn nothing_makes_it_panic(text in "\\PC*", region in "\\PC{0,3}") {
            let _ = Phone::parse(&text, &region);
        }

        #[test]
        fn every_test_number_is_accepted(n in 0u32..100_000) {
            let text = format!("+9199999{n:05}");
            let phone = Phone::parse(&text, "IN");
            prop_assert_eq!(phone.as_ref().map(Phone::as_str), Ok(text.as_str()));
        }
    }
}
