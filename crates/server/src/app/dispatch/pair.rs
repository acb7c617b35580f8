//! The limit of one number towards one person, as far as a claim needs it.

use std::collections::HashSet;

use crate::clock::{Millis, first_id_at};
use crate::domain::pair::{MEMORY, Pairs};
use crate::store::{StoreError, Tx, message};

/// What one number has sent to whom. It begins empty; for as long as the past counts, the ledger is asked for what was sent
/// before, when somebody is met for the first time.
#[derive(Debug)]
pub struct PairBook {
    pairs: Pairs,
    began_at: Millis,
    asked: HashSet<String>,
}

impl PairBook {
    /// A book for a number that was just taken.
    pub fn new(now: Millis) -> Self {
        Self {
            pairs: Pairs::default(),
            began_at: now,
            asked: HashSet::new(),
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
            return Ok(());
        }
        let new: HashSet<&str> = phones
            .iter()
            .copied()
            .filter(|phone| !self.asked.contains(*phone))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut new: Vec<&str> = new.into_iter().collect();
        new.sort_unstable();
        let since = first_id_at(self.began_at - MEMORY);
        for (phone, at) in message::left_since(tx, number_id, &new, since, self.began_at).await? {
            self.pairs.record(&phone, at);
        }
        self.asked.extend(new.into_iter().map(str::to_owned));
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
