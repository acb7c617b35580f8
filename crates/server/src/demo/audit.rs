//! Nothing lost, nothing doubled: the provider's own books against our ledger and against who should have got it.

use std::collections::{BTreeMap, BTreeSet};

/// A message that the provider accepted, from its books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Our reference, as the provider got it.
    pub reference: String,
    /// Digits with a leading `+`.
    pub phone: String,
}

/// A row of our ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Our reference.
    pub reference: String,
    /// Digits with a leading `+`.
    pub phone: String,
    /// State by name, such as `delivered`.
    pub state: String,
}

/// What the comparison found: one sentence for each fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Messages that nobody can account for.
    pub lost: Vec<String>,
    /// People who were sent the same campaign twice.
    pub doubled: Vec<String>,
}

/// States that say the provider took the message, or may have.
const LEFT: &[&str] = &["sent", "delivered", "read", "failed", "unknown"];
/// States that say why somebody got nothing.
const EXPLAINED: &[&str] = &["failed", "unknown", "skipped"];

/// Compares. `should` are the numbers that the campaign was for, known from its source and not from the ledger.
pub fn compare(should: &BTreeSet<String>, accepted: &[Accepted], ledger: &[Entry]) -> Audit {
    let mut audit = Audit::default();
    let mut by_phone: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_reference: BTreeMap<&str, usize> = BTreeMap::new();
    for message in accepted {
        *by_phone.entry(&message.phone).or_default() += 1;
        *by_reference.entry(&message.reference).or_default() += 1;
    }
    for (phone, n) in by_phone.iter().filter(|(_, n)| **n > 1) {
        audit.doubled.push(format!("{phone} was accepted {n} times"));
    }
    for (reference, n) in by_reference.iter().filter(|(_, n)| **n > 1) {
        audit
            .doubled
            .push(format!("reference {reference:?} was accepted {n} times"));
    }

    let entries: BTreeMap<&str, &Entry> = ledger.iter().map(|e| (e.reference.as_str(), e)).collect();
    for message in accepted {
        match entries.get(message.reference.as_str()) {
            None => audit.lost.push(format!(
                "{} to {}: accepted by the provider, not in the ledger",
                message.reference, message.phone
            )),
            Some(entry) if entry.phone != message.phone => audit.lost.push(format!(
                "{}: went to {}, the ledger says {}",
                message.reference, message.phone, entry.phone
            )),
            Some(entry) if !LEFT.contains(&entry.state.as_str()) => audit.lost.push(format!(
                "{} to {}: accepted by the provider, {} in the ledger",
                message.reference, message.phone, entry.state
            )),
            Some(_) => {}
        }
    }
    let explained: BTreeSet<&str> = ledger
        .iter()
        .filter(|e| EXPLAINED.contains(&e.state.as_str()))
        .map(|e| e.phone.as_str())
        .collect();
    for phone in should {
        if !by_phone.contains_key(phone.as_str()) && !explained.contains(phone.as_str()) {
            audit
                .lost
                .push(format!("{phone}: should have got it, and nothing says why not"));
        }
    }
    audit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(reference: &str, phone: &str) -> Accepted {
        Accepted {
            reference: reference.into(),
            phone: phone.into(),
        }
    }

    fn entry(reference: &str, phone: &str, state: &str) -> Entry {
        Entry {
            reference: reference.into(),
            phone: phone.into(),
            state: state.into(),
        }
    }

    fn should(phones: &[&str]) -> BTreeSet<String> {
        phones.iter().map(|p| (*p).to_owned()).collect()
    }

    #[test]
    fn books_that_agree_show_nothing() {
        let ledger = [
            entry("a", "+1", "delivered"),
            entry("b", "+2", "failed"),
            entry("c", "+3", "unknown"),
            entry("d", "+4", "skipped"),
        ];
        let audit = compare(
            &should(&["+1", "+2", "+3", "+4"]),
            &[accepted("a", "+1"), accepted("c", "+3")],
            &ledger,
        );
        assert_eq!(audit, Audit::default());
    }

    #[test]
    fn a_person_who_got_nothing_without_a_reason_is_lost() {
        for state in ["queued", "sending", "sent", "read", "cancelled"] {
            let audit = compare(&should(&["+1"]), &[], &[entry("a", "+1", state)]);
            assert_eq!(audit.lost.len(), 1, "{state}");
        }
        assert_eq!(compare(&should(&["+1"]), &[], &[]).lost.len(), 1);
    }

    #[test]
    fn a_message_that_only_the_provider_knows_is_lost() {
        let should = should(&["+1"]);
        assert_eq!(compare(&should, &[accepted("a", "+1")], &[]).lost.len(), 1);
        assert_eq!(
            compare(&should, &[accepted("a", "+1")], &[entry("a", "+1", "queued")])
                .lost
                .len(),
            1
        );
        assert_eq!(
            compare(&should, &[accepted("a", "+1")], &[entry("a", "+2", "sent")])
                .lost
                .len(),
            1
        );
    }

    #[test]
    fn a_second_acceptance_is_doubled_by_person_or_reference() {
        let ledger = [entry("a", "+1", "read"), entry("b", "+1", "read")];
        let audit = compare(
            &should(&["+1"]),
            &[accepted("a", "+1"), accepted("b", "+1")],
            &ledger,
        );
        assert_eq!((audit.lost.len(), audit.doubled.len()), (0, 1));
        let ledger = [entry("a", "+1", "read")];
        let audit = compare(
            &should(&["+1"]),
            &[accepted("a", "+1"), accepted("a", "+1")],
            &ledger,
        );
        assert_eq!(audit.doubled.len(), 2);
    }
}
