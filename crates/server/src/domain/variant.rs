//! Numbers that a country writes in two ways. WhatsApp knows a person by one of them, and nobody can tell from the outside
//! by which: so both are looked for, and what was found is remembered. Nothing here decides what is dialled.

use std::borrow::Cow;

/// The other way to write this number (E.164 with `+`); `None` for the numbers of almost all countries.
pub fn variant(phone: &str) -> Option<String> {
    let digits = phone.strip_prefix('+')?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let other = match digits {
        _ if digits.starts_with("55") => brazil(&digits[2..])?,
        _ if digits.starts_with("52") => mexico(&digits[2..])?,
        _ if digits.starts_with("54") => argentina(&digits[2..])?,
        _ if digits.starts_with("225") => ivory_coast(&digits[3..])?,
        _ => return None,
    };
    Some(format!("+{other}"))
}

/// The number and its other way of writing, when it has one.
pub fn names(phone: &str) -> Vec<String> {
    let mut names = vec![phone.to_owned()];
    names.extend(variant(phone));
    names
}

/// One name for both ways of writing a number: whoever counts by person counts them together.
pub fn canonical(phone: &str) -> Cow<'_, str> {
    match variant(phone) {
        Some(other) if other.as_str() < phone => Cow::Owned(other),
        _ => Cow::Borrowed(phone),
    }
}

fn first(digits: &str, from: u8, to: u8) -> bool {
    digits.bytes().next().is_some_and(|b| (from..=to).contains(&b))
}

/// Mobile numbers got a ninth digit, a 9 after the area code; accounts from before may have kept eight.
fn brazil(rest: &str) -> Option<String> {
    let (area, line) = (rest.get(..2)?, rest.get(2..)?);
    match line.len() {
        8 if first(line, b'6', b'9') => Some(format!("55{area}9{line}")),
        9 if line.starts_with('9') && first(&line[1..], b'6', b'9') => {
            Some(format!("55{area}{}", &line[1..]))
        }
        _ => None,
    }
}

/// Until 2019 a mobile number had a 1 after the country code.
fn mexico(rest: &str) -> Option<String> {
    match rest.len() {
        10 if first(rest, b'2', b'9') => Some(format!("521{rest}")),
        11 if rest.starts_with('1') && first(&rest[1..], b'2', b'9') => Some(format!("52{}", &rest[1..])),
        _ => None,
    }
}

/// A mobile number has a 9 after the country code when it is called from abroad.
fn argentina(rest: &str) -> Option<String> {
    match rest.len() {
        10 if first(rest, b'1', b'3') => Some(format!("549{rest}")),
        11 if rest.starts_with('9') && first(&rest[1..], b'1', b'3') => Some(format!("54{}", &rest[1..])),
        _ => None,
    }
}

/// In 2021 mobile numbers of eight digits got two more in front, which follow from their second digit.
fn ivory_coast(rest: &str) -> Option<String> {
    let prefix = |line: &str| {
        if first(line, b'2', b'3') {
            return None;
        }
        match line.as_bytes().get(1)? {
            b'0'..=b'3' => Some("01"),
            b'4'..=b'6' => Some("05"),
            _ => Some("07"),
        }
    };
    match rest.len() {
        8 => Some(format!("225{}{rest}", prefix(rest)?)),
        10 if prefix(&rest[2..]) == Some(&rest[..2]) => Some(format!("225{}", &rest[2..])),
        _ => None,
    }
}

/// What we know of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// A profile has it.
    pub profile: bool,
    /// There is a conversation with it.
    pub conversation: bool,
    /// We wrote to it outside campaigns.
    pub written: bool,
}

/// Does somebody who wrote from a number belong to its other way of writing? A profile counts more than a conversation,
/// and what matches exactly more than what does not.
pub fn belongs_to_other(exact: Known, other: Known) -> bool {
    let [exact, other] = [exact, other].map(|known| [known.profile, known.conversation, known.written]);
    let order = exact.into_iter().zip(other);
    for (exact, other) in order {
        if exact || other {
            return !exact;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_ways_of_writing_find_each_other() {
        for (a, b) in [
            ("+5511987654321", "+551187654321"),
            ("+5551999990001", "+555199990001"),
            ("+525512345678", "+5215512345678"),
            ("+541123456789", "+5491123456789"),
            ("+542901234567", "+5492901234567"),
            ("+22507123456", "+2250707123456"),
            ("+22505123456", "+2250505123456"),
            ("+22541123456", "+2250141123456"),
        ] {
            assert_eq!(variant(a).as_deref(), Some(b));
            assert_eq!(variant(b).as_deref(), Some(a));
        }
        // The second digit of the eight tells the network, and with it the two in front.
        assert_eq!(variant("+2250541123456"), None);
    }

    #[test]
    fn other_numbers_are_written_in_one_way() {
        for phone in [
            "+919999900001",
            "+447400123456",
            "+390669812345",
            "+551132345678",
            "+5511332345678",
            "+5211234567890",
            "+22520123456",
            "+2252720123456",
            "+12015550123",
            "56161",
            "",
            "+",
            "+55",
            "+52x512345678",
        ] {
            assert_eq!(variant(phone), None, "{phone}");
        }
    }

    #[test]
    fn a_profile_counts_most_and_the_exact_number_more_than_the_other() {
        let [profile, conversation, written] =
            [(true, false, false), (false, true, false), (false, false, true)].map(
                |(profile, conversation, written)| Known {
                    profile,
                    conversation,
                    written,
                },
            );
        let nobody = Known::default();
        for (exact, other, expected) in [
            (nobody, nobody, false),
            (nobody, written, true),
            (nobody, conversation, true),
            (conversation, profile, true),
            (profile, profile, false),
            (conversation, conversation, false),
            (written, conversation, true),
            (written, written, false),
        ] {
            assert_eq!(belongs_to_other(exact, other), expected, "{exact:?} {other:?}");
        }
    }

    proptest! {
        #[test]
        fn the_other_of_the_other_is_the_number(country in prop::sample::select(vec!["55", "52", "54", "225", "91", "1"]), rest in "[0-9]{6,12}") {
            let phone = format!("+{country}{rest}");
            if let Some(other) = variant(&phone) {
                prop_assert_ne!(&other, &phone);
                let prefix = format!("+{country}");
                prop_assert!(other.starts_with(&prefix));
                prop_assert!((9..=16).contains(&other.len()));
                // The line itself stays: only what stands in front of it differs.
                prop_assert_eq!(&other[other.len() - 8..], &phone[phone.len() - 8..]);
                prop_assert_eq!(canonical(&other), canonical(&phone));
                prop_assert_eq!(variant(&other), Some(phone));
            }
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,20}") {
            for name in names(&text) {
                prop_assert!(!name.is_empty() || text.is_empty());
            }
        }
    }
}
