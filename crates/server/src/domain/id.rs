//! Ids as people and other programs see them: a prefix that says what it is, and 13 Crockford base-32 digits.

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What an id stands for; the text before the underscore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind(pub &'static str);

/// An account.
pub const ACCOUNT: Kind = Kind("acc");
/// A number.
pub const NUMBER: Kind = Kind("num");
/// A profile.
pub const PROFILE: Kind = Kind("pro");
/// A template.
pub const TEMPLATE: Kind = Kind("tpl");
/// A campaign.
pub const CAMPAIGN: Kind = Kind("cmp");
/// A message.
pub const MESSAGE: Kind = Kind("msg");
/// A conversation.
pub const CONVERSATION: Kind = Kind("cnv");
/// A callback.
pub const CALLBACK: Kind = Kind("cbk");
/// An import.
pub const IMPORT: Kind = Kind("imp");
/// An act on many people.
pub const BULK: Kind = Kind("blk");
/// A file.
pub const FILE: Kind = Kind("fil");
/// A list.
pub const LIST: Kind = Kind("lst");
/// An API key.
pub const API_KEY: Kind = Kind("key");
/// A user.
pub const USER: Kind = Kind("usr");
/// A session.
pub const SESSION: Kind = Kind("ses");
/// An invitation.
pub const INVITE: Kind = Kind("inv");
/// A saved view.
pub const VIEW: Kind = Kind("viw");
/// A version of a draft of an answer.
pub const DRAFT: Kind = Kind("drf");
/// An act in the audit log.
pub const AUDIT: Kind = Kind("aud");

impl Kind {
    /// `msg_0fz2k5tq8x1ga`.
    pub fn show(self, id: i64) -> String {
        let mut text = String::with_capacity(self.0.len() + 14);
        text.push_str(self.0);
        text.push('_');
        for shift in (0..13).rev() {
            text.push(char::from(DIGITS[(id >> (shift * 5)) as usize & 31]));
        }
        text
    }

    /// Reads what [`Kind::show`] wrote; upper case is fine.
    pub fn read(self, text: &str) -> Option<i64> {
        let digits = text.trim().strip_prefix(self.0)?.strip_prefix('_')?;
        // The 13 digits hold 65 bits and an id 63: with more, two texts would be one id.
        if digits.len() != 13 || !digits.starts_with(|c: char| ('0'..='7').contains(&c)) {
            return None;
        }
        let mut id: i64 = 0;
        for byte in digits.bytes() {
            let value = DIGITS.iter().position(|d| *d == byte.to_ascii_lowercase())?;
            id = (id << 5) | value as i64;
        }
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_id_reads_back(id in 0i64..) {
            prop_assert_eq!(MESSAGE.read(&MESSAGE.show(id)), Some(id));
            prop_assert_eq!(CAMPAIGN.read(&MESSAGE.show(id)), None);
        }

        #[test]
        fn one_id_has_one_text(digits in "[0-9a-hjkmnp-tv-z]{13}") {
            let text = format!("msg_{digits}");
            prop_assert!(MESSAGE.read(&text).is_none_or(|id| MESSAGE.show(id) == text));
        }

        #[test]
        fn nonsense_is_refused_without_panic(text in "\\PC*") {
            let _ = MESSAGE.read(&text);
        }
    }
}
