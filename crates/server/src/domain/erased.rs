//! What stands in the ledger in place of the number of a person who was erased: no number, and another one in each row.

/// How it begins; a number begins with `+`.
pub const BEGINS: &str = "erased-";

/// In place of the number of this message.
pub fn in_place_of_number(message: i64) -> String {
    format!("{BEGINS}{message}")
}

/// Was the person at this "number" erased?
pub fn is_erased(phone: &str) -> bool {
    phone.starts_with(BEGINS)
}

/// The smallest number with more digits than any telephone has; ids of messages are larger.
const NO_PHONE: i64 = 1_000_000_000_000_000;

/// A number of the ledger as a number: its digits, or the id of the message when the person was erased.
pub fn digits(phone: &str) -> Option<i64> {
    phone
        .trim_start_matches(BEGINS)
        .trim_start_matches('+')
        .parse()
        .ok()
}

/// What [`digits`] made a number of.
pub fn of_digits(digits: i64) -> String {
    if digits < NO_PHONE {
        format!("+{digits}")
    } else {
        in_place_of_number(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_what_stands_in_their_place_are_told_by_their_digits() {
        // The longest number, and an id of the year 2000, which is long before any other.
        for phone in [
            "+999999999999999",
            "+4915100000001",
            &in_place_of_number(1_985_390_000_000_000_000),
        ] {
            assert_eq!(of_digits(digits(phone).unwrap()), phone);
        }
        assert!(is_erased(&in_place_of_number(7)) && !is_erased("+4915100000001"));
    }
}
