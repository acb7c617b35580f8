//! A campaign over several numbers reaches people from the number that they know. Who plans a slice hands the people of
//! another number over to it: their messages are inserted as queued there, in the transaction that moves the slice, so that
//! slices stay as exact as without.

use std::collections::HashMap;

use super::claim::Claimed;
use super::plan::Running;
use crate::store::kept_number::{Kept, UsedTo, reached, used_to};
use crate::store::message::NewMessage;
use crate::store::{StoreError, Tx};

/// The number that each of these people gets the campaign from, where one is known, and what it is known from; by phone.
pub(super) struct Habits(HashMap<String, (Option<i64>, UsedTo)>);

impl Habits {
    /// Reads them; nothing for a campaign of one number.
    pub(super) async fn read(
        tx: &mut Tx,
        run: &Running,
        drafts: &[(NewMessage, Claimed)],
    ) -> Result<Self, StoreError> {
        if run.numbers.is_empty() || drafts.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let phones: Vec<&str> = drafts.iter().map(|(row, _)| row.phone.as_str()).collect();
        let known = used_to(tx, &phones, run.account_id, run.id).await?;
        let known = known.into_iter().map(|(phone, used)| {
            let number = used.wrote_to.or(used.kept);
            (phone, (number, used))
        });
        let mut habits: HashMap<String, (Option<i64>, UsedTo)> = known.collect();
        let new: Vec<&str> = phones
            .into_iter()
            .filter(|phone| habits.get(*phone).is_none_or(|(number, _)| number.is_none()))
            .collect();
        if !new.is_empty() {
            for (phone, number) in reached(tx, &new, run.account_id, run.id).await? {
                habits.entry(phone).or_default().0 = Some(number);
            }
        }
        Ok(Self(habits))
    }

    /// The number that this person knows, when it is another one than this.
    pub(super) fn other(&self, phone: &str, number_id: i64) -> Option<i64> {
        let (known, _) = self.0.get(phone)?;
        known.filter(|known| *known != number_id)
    }

    /// What is to be remembered of these messages, each with its id: the numbers of people who were not remembered with
    /// them. In one order for all, so that two nodes never wait for each other.
    pub(super) fn news(&self, run: &Running, rows: &[NewMessage]) -> Vec<(i64, Kept)> {
        if run.numbers.is_empty() {
            return Vec::new();
        }
        let before = |row: &&NewMessage| self.0.get(&row.phone).and_then(|(_, used)| used.kept);
        let news = rows.iter().filter(|row| before(row) != Some(row.number_id));
        let kept = |row: &NewMessage| Kept {
            phone: row.phone.clone(),
            number_id: row.number_id,
        };
        let mut news: Vec<(i64, Kept)> = news.map(|row| (row.id, kept(row))).collect();
        news.sort_unstable_by(|(_, a), (_, b)| a.phone.cmp(&b.phone));
        news
    }
}
