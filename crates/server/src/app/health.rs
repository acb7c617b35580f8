//! Counts what leaves and what fails, in the transactions that settle it, for the settings page and the numbers. The ledger has
//! all of it too, but nobody can ask it quickly.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::clock::{HOUR, Millis};
use crate::domain::settle::Failure;
use crate::store::health::{ErrorRow, SLOT, SentRow, add_errors, add_sent, kinds_of_hour};
use crate::store::{StoreError, Tx};

/// Different failures of an account in an hour at most; further ones are counted without their code.
const KINDS: i64 = 200;
/// The same in one batch.
const KINDS_AT_ONCE: usize = 50;
/// Characters of a code at most.
const CODE: usize = 60;
/// Characters of the provider's words at most.
const DETAIL: usize = 500;

/// Account, number, reported or not, kind and code.
type Key = (i64, i64, bool, String, String);

/// How often, and the last one's words.
#[derive(Debug, Default)]
struct Last {
    n: i64,
    detail: String,
    help: String,
}

/// What happened in a batch.
#[derive(Debug, Default)]
pub struct Tally {
    sent: BTreeMap<i64, i64>,
    errors: BTreeMap<Key, Last>,
}

impl Tally {
    /// The provider took a message from this number.
    pub fn accepted(&mut self, number_id: i64) {
        *self.sent.entry(number_id).or_default() += 1;
    }

    /// A message failed: at once, or as a report told later.
    pub fn failed(&mut self, (account_id, number_id): (i64, i64), reported: bool, failure: &Failure) {
        let code = plain(failure.code.as_deref().unwrap_or_default(), CODE);
        let mut key = (account_id, number_id, reported, failure.kind.clone(), code);
        if self.errors.len() >= KINDS_AT_ONCE && !self.errors.contains_key(&key) {
            key.4.clear();
        }
        let last = self.errors.entry(key).or_default();
        last.n += 1;
        last.detail = plain(&failure.detail, DETAIL);
        last.help = plain(&failure.help, usize::MAX);
    }

    /// Writes it down. The last thing that a transaction does: whoever else counts for the same account waits until its end.
    pub async fn keep(self, tx: &mut Tx, now: Millis) -> Result<(), StoreError> {
        let sent: Vec<SentRow> = self
            .sent
            .into_iter()
            .map(|(number_id, sent)| SentRow {
                number_id,
                slot: now / SLOT,
                sent,
                at: now,
            })
            .collect();
        add_sent(tx, &sent).await?;
        let hour = now / HOUR;
        let mut full = BTreeMap::new();
        let mut rows: BTreeMap<Key, ErrorRow> = BTreeMap::new();
        for (mut key, last) in self.errors {
            let account_id = key.0;
            if let Entry::Vacant(unknown) = full.entry(account_id) {
                unknown.insert(kinds_of_hour(tx, account_id, hour).await? >= KINDS);
            }
            if full.get(&account_id) == Some(&true) {
                key.4.clear();
            }
            let row = rows.entry(key.clone()).or_insert_with(|| ErrorRow {
                account_id,
                hour,
                number_id: key.1,
                reported: i16::from(key.2),
                kind: key.3,
                code: key.4,
                detail: String::new(),
                help: String::new(),
                n: 0,
                first_at: now,
                last_at: now,
            });
            row.n += last.n;
            row.detail = last.detail;
            row.help = last.help;
        }
        let rows: Vec<ErrorRow> = rows.into_values().collect();
        add_errors(tx, &rows).await
    }
}

/// Text as both engines keep it, cut: PostgreSQL has no NUL in texts.
fn plain(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_with_a_new_code_each_time_does_not_fill_memory() {
        let mut tally = Tally::default();
        for i in 0..500 {
            let failure = Failure {
                kind: "rejected".into(),
                code: Some(format!("{i}\0")),
                detail: "x".repeat(2_000),
                help: "Ask.".into(),
            };
            tally.failed((1, 2), false, &failure);
        }
        assert_eq!(tally.errors.len(), KINDS_AT_ONCE + 1);
        assert_eq!(tally.errors.values().map(|last| last.n).sum::<i64>(), 500);
        assert!(tally.errors.values().all(|last| last.detail.len() == DETAIL));
        assert!(
            tally
                .errors
                .contains_key(&(1, 2, false, "rejected".into(), "7".into()))
        );
    }
}
