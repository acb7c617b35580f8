//! Windows of an import: some ten thousand rows that are written in the order of their numbers. The index of profiles goes
//! by number, and rows in no order change a page of it each, where a thousand neighbours share a few.
//! Ids of new people go by the file all the same: they are taken for the window at once.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;
use tokio::sync::mpsc;

use super::import_file::{BadRow, Part};
use crate::clock::id_after;
use crate::domain::columns::Person;
use crate::domain::variant::canonical;
use crate::store::import::Place;
use crate::store::{self, StoreError, Tx};

/// Rows that one transaction writes at most.
pub(super) const TRANSACTION: usize = 1_000;
/// Rows of a window, about.
const WINDOW: usize = 16 * TRANSACTION;
/// Bytes of a window, about: two are in memory.
const WINDOW_BYTES: u64 = 4 << 20;

/// The parts that an import is written in.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Rows of a transaction at most.
    pub transaction: usize,
    /// Rows of a window, about.
    pub window: usize,
    /// Transactions of a run at most: tests stop one in the middle of a window.
    pub transactions: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            transaction: TRANSACTION,
            window: WINDOW,
            transactions: usize::MAX,
        }
    }
}

/// A row that was understood. Its attributes lie side by side: a map of few takes the memory of a map of eleven.
#[derive(Debug)]
pub(super) struct Row {
    /// Its line.
    pub(super) line: u64,
    /// How many of the window come before it in the file.
    n: u32,
    bare: Person,
    attributes: Box<[(String, Value)]>,
}

impl Row {
    fn of(((line, mut bare), n): ((u64, Person), u32)) -> Self {
        let attributes = std::mem::take(&mut bare.attributes).into_iter().collect();
        Self {
            line,
            n,
            bare,
            attributes,
        }
    }

    /// What it says.
    pub(super) fn person(&self) -> Person {
        Person {
            attributes: self.attributes.iter().cloned().collect(),
            ..self.bare.clone()
        }
    }

    /// The number as it is.
    pub(super) fn phone(&self) -> &str {
        self.bare.phone.as_str()
    }

    /// The number as it is sorted: one for both ways of writing it.
    fn number(&self) -> Cow<'_, str> {
        canonical(self.phone())
    }
}

/// A batch that waits to be written.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Rows that were understood.
    pub(super) rows: Vec<Row>,
    /// The others.
    pub(super) bad: Vec<BadRow>,
    end: u64,
}

/// What one transaction writes.
#[derive(Debug)]
pub(super) struct Piece<'w> {
    /// Rows that were understood.
    pub(super) rows: Vec<&'w Row>,
    /// The others.
    pub(super) bad: Vec<&'w BadRow>,
    /// How far the import is then.
    pub(super) to: Place,
    ids: Option<i64>,
}

impl Piece<'_> {
    /// The id that somebody new gets: in the order of the file, in whatever order they are written.
    pub(super) fn id(&self, row: &Row) -> Option<i64> {
        self.ids.map(|first| id_after(first, row.n))
    }
}

/// Gathers batches into windows.
pub(super) struct Windows {
    rows: usize,
    cut: Option<u64>,
    from: u64,
}

impl Windows {
    /// From a place on; a window that was begun there ends where it did.
    pub(super) fn new(sizes: Sizes, place: Place) -> Self {
        Self {
            rows: sizes.window,
            cut: cut(place),
            from: u64::try_from(place.read).unwrap_or(0),
        }
    }

    /// The next window; empty at the end of the file.
    pub(super) async fn next(&mut self, parts: &mut mpsc::Receiver<Part>) -> Vec<Waiting> {
        let (mut window, mut rows, mut n) = (Vec::new(), 0, 0..);
        let from = self.from;
        while let Some(part) = parts.recv().await {
            let Part::Rows(batch) = part else { continue };
            rows += batch.people.len() + batch.bad.len();
            self.from = batch.end;
            window.push(Waiting {
                rows: batch.people.into_iter().zip(n.by_ref()).map(Row::of).collect(),
                bad: batch.bad,
                end: batch.end,
            });
            let full = match self.cut {
                Some(cut) if from < cut => self.from >= cut,
                _ => rows >= self.rows || self.from - from >= WINDOW_BYTES,
            };
            if full {
                break;
            }
        }
        window
    }
}

/// Where the window ends that an import is in the middle of.
pub(super) fn cut(place: Place) -> Option<u64> {
    let end = u64::try_from(place.end).ok();
    end.filter(|_| place.done > 0 && place.end > place.read)
}

/// The rows of a window by number; those of one number, in both ways of writing it, as in the file.
pub(super) fn by_number(window: &[Waiting]) -> Vec<&Row> {
    let mut rows: Vec<&Row> = window.iter().flat_map(|batch| &batch.rows).collect();
    rows.sort_by_cached_key(|row| row.number());
    rows
}

/// May these rows change places with those of other numbers?
///
/// A row of the number n touches the profile of its identity (of n, when it has none), the profiles at n (which it looks
/// for without an identity, and opts out with a no), and what is known of n alone: whether it is suppressed. So rows of
/// two numbers meet only in a profile: in that of an identity which has both in this window; or in one that is at the
/// one number and has a row that takes it to the other, because a profile comes to a number only by a row of its
/// identity. Where neither is so, all that rows of different numbers do is about different profiles and numbers. Rows of
/// one number keep their order.
pub(super) async fn are_independent(tx: &mut Tx, rows: &[&Row]) -> Result<bool, StoreError> {
    let mut numbers = HashMap::with_capacity(rows.len());
    for row in rows {
        let identity = row.bare.identity.as_deref().unwrap_or_else(|| row.phone());
        let number = row.number();
        if let Some(other) = numbers.insert(identity, number.clone())
            && other != number
        {
            return Ok(false);
        }
    }
    let identities: Vec<&str> = numbers.keys().copied().collect();
    let stored = store::import::phones_of(tx, &identities).await?;
    let all: HashSet<&str> = numbers.values().map(AsRef::as_ref).collect();
    Ok(!stored.iter().any(|(identity, at)| {
        let at = canonical(at);
        let moves = numbers.get(identity.as_str()).is_some_and(|number| *number != at);
        moves && all.contains(at.as_ref())
    }))
}

/// A window batch by batch, as the file has it.
pub(super) fn in_file_order<'w>(window: &'w [Waiting]) -> Vec<Piece<'w>> {
    let piece = |batch: &'w Waiting| Piece {
        rows: batch.rows.iter().collect(),
        bad: batch.bad.iter().collect(),
        to: Place::at(byte(batch.end)),
        ids: None,
    };
    window.iter().map(piece).collect()
}

/// A window in the order of `rows`; it stands at byte `read`, the first `done` of the rows are in, and the first one in the file
/// has the first of these `ids`.
pub(super) fn in_order<'w>(
    window: &'w [Waiting],
    rows: &[&'w Row],
    (read, done, ids): (i64, usize, i64),
    transaction: usize,
) -> Vec<Piece<'w>> {
    let (end, order) = (end(window), hash(rows));
    let mut written = done;
    let piece = |chunk: &[&'w Row]| {
        // All the bad ones come with the first.
        let bad = window.iter().filter(|_| written == 0);
        let bad = bad.flat_map(|batch| &batch.bad).collect();
        written += chunk.len();
        let within = Place {
            read,
            end,
            done: i64::try_from(written).unwrap_or(i64::MAX),
            order,
            ids,
        };
        Piece {
            ids: Some(ids),
            rows: chunk.to_vec(),
            bad,
            to: if written == rows.len() {
                Place::at(end)
            } else {
                within
            },
        }
    };
    let left = rows.get(done..).unwrap_or_default();
    left.chunks(transaction).map(piece).collect()
}

/// How many of `rows` are in, when this is the window in whose middle the import is, in the same order.
pub(super) fn done(window: &[Waiting], rows: &[&Row], place: Place) -> Option<usize> {
    let done = usize::try_from(place.done).ok()?;
    let same = end(window) == place.end && hash(rows) == place.order;
    (same && done < rows.len()).then_some(done)
}

fn end(window: &[Waiting]) -> i64 {
    window.last().map_or(0, |batch| byte(batch.end))
}

fn byte(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

/// The same for the same rows in the same order.
fn hash(rows: &[&Row]) -> i64 {
    let mut hasher = DefaultHasher::new();
    for row in rows {
        (row.line, row.number()).hash(&mut hasher);
    }
    hasher.finish().cast_signed()
}
