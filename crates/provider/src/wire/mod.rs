//! Small helpers for wire formats that more than one vendor needs.

pub mod cards;
pub mod lenient;
pub mod meta;
pub mod meta_templates;
pub mod open;
pub mod rules;

use sha2::{Digest, Sha256};

/// Milliseconds since 1970 UTC as RFC 3339 with a `Z`.
pub fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |t| t.to_string())
}

/// A stable key of an event: 32 hex digits over the given parts. Parts are separated, so that `("ab","c")` and
/// `("a","bc")` differ.
pub fn event_key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .take(16)
        .map(|b| format!("{b:02x}"))
        .collect()
}
