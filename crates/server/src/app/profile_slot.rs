//! A profile in memory, until the changes of a batch are written together.

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

fn fields(row: &ProfileRow, attributes: Attributes) -> Fields {
    Fields {
        name: row.name.clone(),
        phone: row.phone.clone(),
        attributes,
        consent: (row.opt_in, row.opt_source.clone(), row.opt_at),
    }
}
