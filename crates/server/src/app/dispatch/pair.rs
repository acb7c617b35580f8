//! The limit of one number towards one person, as far as a claim needs it.

use crate::clock::{Millis, first_id_at};
use crate::domain::pair::{MEMORY, Pairs};
use crate::store::{StoreError, Tx, message};

/// What one number has sent to whom. It begins empty; what was sent before is read once, before the first message leaves.
#[derive(Debug)]
pub struct PairBook {
    pairs: Pairs,
    began_at: Millis,
    complete: bool,
}

impl PairBook {
    /// A book for a number that was just taken.
    pub fn new(now: Millis) -> Self {
        Self {
            pairs: Pairs::default(),
            began_at: now,
            complete: false,
        }
    }

    /// Learns what left before the number was taken, unless that is known or so long ago that it counts no more. Campaigns do
    /// not count: they write once.
    pub(super) async fn recall(
        &mut self,
        tx: &mut Tx,
        number_id: i64,
        now: Millis,
    ) -> Result<(), StoreError> {
        if self.complete {
            return Ok(());
        }
        if (self.began_at..self.began_at + MEMORY).contains(&now) {
            let since = first_id_at(self.began_at - MEMORY);
            let mut pairs = Pairs::default();
            message::left_since(tx, number_id, since, self.began_at, |phone, at| {
                pairs.record(phone, at)
            })
            .await?;
            self.pairs = pairs;
        }
        self.complete = true;
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
