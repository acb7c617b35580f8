//! A profile in memory, until the changes of a batch are written together.

use std::collections::HashMap;

use super::profile::Who;
use crate::domain::attributes::Attributes;
use crate::domain::undo::{Changed, Fields};
use crate::store::profile::ProfileRow;
use crate::store::to_json;

/// The source of an opt-out that comes with the number.
pub(super) const SUPPRESSED_NUMBER: &str = "suppressed number";

/// A profile that a batch of changes touches.
pub(super) struct Slot {
    /// All but its attributes.
    pub(super) row: ProfileRow,
    pub(super) attributes: Attributes,
    pub(super) fresh: bool,
    pub(super) changed: bool,
    /// As it was before the first change that concerns it, and since when.
    pub(super) before: Option<(i64, Fields)>,
}

impl Slot {
    /// Remembers how it is before it is changed for the first time; the attributes come with [`Slot::set_attributes`].
    /// Answers whether this is the first time.
    pub(super) fn remember(&mut self) -> bool {
        let first = !self.fresh && self.before.is_none();
        if first {
            self.before = Some((self.row.updated_at, fields(&self.row, Attributes::new())));
        }
        first
    }

    /// Sets the attributes. Those from before the `first` change are remembered.
    pub(super) fn set_attributes(&mut self, attributes: Attributes, first: bool) {
        let former = std::mem::replace(&mut self.attributes, attributes);
        if let Some((_, before)) = &mut self.before
            && first
        {
            before.attributes = former;
        }
    }

    /// The row as it is to be written, and what is different of one that was there before.
    pub(super) fn finish(self) -> (ProfileRow, Option<Changed>) {
        let mut row = self.row;
        row.attributes = to_json(&self.attributes);
        let changed = self
            .before
            .map(|(since, before)| Changed::between(row.id, since, before, fields(&row, self.attributes)));
        (row, changed)
    }
}

/// The profiles that a batch of changes touches, found as they are after the changes so far.
pub(super) struct Slots {
    pub(super) all: Vec<Slot>,
    by_identity: HashMap<String, usize>,
    /// The oldest of each number.
    by_phone: HashMap<String, usize>,
}

impl Slots {
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            all: Vec::with_capacity(count),
            by_identity: HashMap::with_capacity(count),
            by_phone: HashMap::with_capacity(count),
        }
    }

    pub(super) fn add(&mut self, slot: Slot) -> usize {
        let index = self.all.len();
        self.by_identity.insert(slot.row.identity.clone(), index);
        self.all.push(slot);
        self.moved(index, None);
        index
    }

    pub(super) fn find(&self, who: &Who) -> Option<usize> {
        match who {
            Who::Identity(identity) => self.by_identity.get(identity),
            Who::Phone(phone) => self.by_phone.get(phone).or_else(|| self.by_identity.get(phone)),
        }
        .copied()
    }

    /// One came to its number, perhaps from a `former` one.
    pub(super) fn moved(&mut self, index: usize, former: Option<String>) {
        let row = &self.all[index].row;
        if let Some(phone) = &row.phone {
            let oldest = self.by_phone.entry(phone.clone()).or_insert(index);
            if row.id < self.all[*oldest].row.id {
                *oldest = index;
            }
        }
        if let Some(former) = former
            && self.by_phone.get(&former) == Some(&index)
        {
            let there = self.all.iter().enumerate();
            let there = there.filter(|(_, slot)| slot.row.phone.as_ref() == Some(&former));
            match there.min_by_key(|(_, slot)| slot.row.id) {
                Some((next, _)) => self.by_phone.insert(former, next),
                None => self.by_phone.remove(&former),
            };
        }
    }
}

fn fields(row: &ProfileRow, attributes: Attributes) -> Fields {
    Fields {
        name: row.name.clone(),
        phone: row.phone.clone(),
        attributes,
        consent: (row.opt_in, row.opt_source.clone(), row.opt_at),
    }
}
