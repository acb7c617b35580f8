//! Which of our messages the events of a batch mean.

use std::collections::HashMap;

use harkara_provider::Event;

use super::{Mail, Place, plain};
use crate::clock::{DAY, HOUR, Millis};
use crate::domain::id::MESSAGE;
use crate::store::message::{LockedMessage, lock};
use crate::store::vendor_id::by_external_id;
use crate::store::{StoreError, Tx};

/// How long after its acceptance a message is still found by the vendor's id.
pub const KNOWN_FOR: Millis = 7 * DAY;

/// The messages meant by events, locked.
pub(super) struct Known {
    rows: HashMap<i64, LockedMessage>,
    by_event: HashMap<Place, i64>,
}

impl Mail<'_> {
    /// Finds and locks, in one order for all, the messages that events mean.
    pub(super) async fn find(&self, tx: &mut Tx) -> Result<Known, StoreError> {
        let mut by_event = HashMap::new();
        let mut asked: HashMap<(i64, String), Option<i64>> = HashMap::new();
        for (place, letter, event) in self.events() {
            let (reference, external) = names(event);
            let found = match (reference.and_then(|text| MESSAGE.read(text)), external) {
                (Some(id), _) => Some(id),
                (None, None | Some("")) => None,
                (None, Some(external)) => {
                    let hour = letter.arrived / HOUR;
                    let key = (hour, plain(external));
                    if let Some(answer) = asked.get(&key) {
                        *answer
                    } else {
                        let hours = hour - KNOWN_FOR / HOUR..=hour + 1;
                        let answer = by_external_id(tx, hours, &key.1).await?;
                        asked.insert(key, answer);
                        answer
                    }
                }
            };
            if let Some(id) = found {
                by_event.insert(place, id);
            }
        }
        let mut ids: Vec<i64> = by_event.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = if ids.is_empty() {
            Vec::new()
        } else {
            lock(tx, &ids).await?
        };
        let rows = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(Known { rows, by_event })
    }

    /// The message that an event means, when it belongs to the account that was told. A callback of one account must not
    /// move the messages of another.
    pub(super) fn own<'f>(&self, known: &'f Known, place: Place) -> Option<&'f LockedMessage> {
        let own = self.owns.get(&self.letters[place.0].account_id)?;
        let row = known.rows.get(known.by_event.get(&place)?)?;
        own.has(row.number_id).then_some(row)
    }
}

/// Our reference and the vendor's id, as the event names them.
pub fn names(event: &Event) -> (Option<&str>, Option<&str>) {
    match event {
        Event::Report(report) => (report.reference.as_deref(), Some(&report.external_id)),
        Event::Click(click) => (Some(&click.reference), click.external_id.as_deref()),
        Event::Message(message) => (message.in_reply_to.as_deref(), message.in_reply_to.as_deref()),
        Event::Ignored { .. } => (None, None),
    }
}
