//! The limit of one number towards one person, as far as a claim needs it.

use std::collections::{BTreeSet, HashSet};

use crate::clock::{Millis, first_id_at};
use crate::domain::pair::{MEMORY, Pairs};
use crate::domain::variant::{canonical, names};
use crate::store::{StoreError, Tx, message};

/// People remembered at most as asked for: beyond that everybody is asked for again, which costs a look and changes nothing.
const ASKED: usize = 10_000;

/// What one number has sent to whom. It begins empty; for as long as the past counts, the ledger is asked for what was sent
/// before, when somebody is met for the first time.
#[derive(Debug)]
pub struct PairBook {
    pairs: Pairs,
    began_at: Millis,
    /// People whom the ledger was asked for, in one way of writing.
    asked: HashSet<String>,
    /// Those of whom it knew something: what counts already must not count twice.
    found: HashSet<String>,
}

impl PairBook {
    /// A book for a number that was just taken.
    pub fn new(now: Millis) -> Self {
        Self {
            pairs: Pairs::default(),
            began_at: now,
            asked: HashSet::new(),
            found: HashSet::new(),
        }
    }

    /// Learns what was sent to these people before the number was taken. Campaigns do not count: they write once.
    pub(super) async fn recall(
        &mut self,
        tx: &mut Tx,
        number_id: i64,
        phones: &[&str],
        now: Millis,
    ) -> Result<(), StoreError> {
        if !(self.began_at..self.began_at + MEMORY).contains(&now) {
            self.asked = HashSet::new();
            self.found = HashSet::new();
            return Ok(());
        }
        let new: BTreeSet<String> = phones
            .iter()
            .map(|phone| canonical(phone).into_owned())
            .filter(|person| !self.asked.contains(person))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let written: Vec<String> = new.iter().flat_map(|person| names(person)).collect();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        let since = first_id_at(self.began_at - MEMORY);
        let mut found = HashSet::new();
        for (phone, at) in message::left_since(tx, number_id, &written, since, self.began_at).await? {
            let person = canonical(&phone).into_owned();
            if !self.found.contains(&person) {
                self.pairs.record(&phone, at);
                found.insert(person);
            }
        }
        self.found.extend(found);
        if self.asked.len() + new.len() > ASKED {
            self.asked = HashSet::new();
        }
        self.asked.extend(new);
        Ok(())
    }

    /// A message to this person leaves now, or may not before the time in the error.
    pub(super) fn take(&mut self, phone: &str, now: Millis) -> Result<(), Millis> {
        match self.pairs.earliest(phone, now) {
            later if later > now => Err(later),
            _ => {
                self.pairs.record(phone, now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;

    #[tokio::test]
    async fn a_great_crowd_is_not_remembered_for_having_been_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("h.db").to_string_lossy())
            .await
            .unwrap();
        db.migrate().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let mut book = PairBook::new(1_800_000_000_000);
        for some in 0..50 {
            let phones: Vec<String> = (0..500).map(|i| format!("+91999{some:03}{i:04}")).collect();
            let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
            book.recall(&mut tx, 1, &phones, 1_800_000_000_000).await.unwrap();
            assert!(book.asked.len() <= ASKED && book.asked.contains(phones[0]));
        }
        assert!(book.found.is_empty());
        book.recall(&mut tx, 1, &["+919999900001"], 1_800_000_000_000 + MEMORY)
            .await
            .unwrap();
        assert!(book.asked.is_empty());
    }
}
