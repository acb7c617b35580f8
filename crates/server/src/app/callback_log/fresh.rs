//! Callbacks that this server took a moment ago, as they came: whoever applies them need not ask the database for the bytes.
//! Nothing depends on it. What is not here is read from the log.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::store::callback::Raw;

/// Bytes that are kept at most. Those that came first stay, because they are applied first.
const MOST: usize = 4 * 1024 * 1024;
/// What a callback takes beside its body.
const ASIDE: usize = 512;

/// Callbacks by id.
#[derive(Debug, Default)]
pub struct Fresh(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    rows: BTreeMap<i64, Arc<Raw>>,
    bytes: usize,
}

fn size(row: &Raw) -> usize {
    ASIDE + row.body.len() + row.query.len() + row.headers.len()
}

impl Fresh {
    /// Keeps these while there is room. They need not be in the log yet: nobody asks for what is not.
    pub fn add(&self, rows: impl Iterator<Item = Arc<Raw>>) {
        let mut kept = self.kept();
        for row in rows {
            let bytes = kept.bytes + size(&row);
            if bytes <= MOST {
                kept.bytes = bytes;
                kept.rows.insert(row.id, row);
            }
        }
    }

    /// Those of these that are here, and forgets all up to the last of them: what is older was applied by somebody else, or
    /// will be read from the log.
    pub fn take(&self, ids: &[i64]) -> HashMap<i64, Arc<Raw>> {
        let mut kept = self.kept();
        let Some(last) = ids.iter().max() else {
            *kept = Kept::default();
            return HashMap::new();
        };
        let newer = kept.rows.split_off(&last.saturating_add(1));
        let mut older = std::mem::replace(&mut kept.rows, newer);
        kept.bytes -= older.values().map(|row| size(row)).sum::<usize>();
        drop(kept);
        ids.iter().filter_map(|id| older.remove_entry(id)).collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, bytes: usize) -> Arc<Raw> {
        Arc::new(Raw {
            id,
            account_id: 1,
            method: "POST".into(),
            query: String::new(),
            content_type: String::new(),
            headers: "[]".into(),
            body: vec![b' '; bytes],
        })
    }

    fn taken(fresh: &Fresh, ids: &[i64]) -> Vec<i64> {
        let mut ids: Vec<i64> = fresh.take(ids).into_keys().collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn what_was_applied_is_forgotten_and_what_is_newer_stays() {
        let fresh = Fresh::default();
        fresh.add((1..=6).map(|id| row(id, 10)));
        // 3 was applied by another server, 9 was taken by it.
        assert_eq!(taken(&fresh, &[1, 2, 4, 9]), [1, 2, 4]);
        fresh.add((10..=12).map(|id| row(id, 10)));
        assert_eq!(taken(&fresh, &[3, 10]), [10]);
        assert_eq!(taken(&fresh, &[11, 12]), [11, 12]);
        let kept = fresh.kept();
        assert_eq!((kept.rows.len(), kept.bytes), (0, 0));
    }

    #[test]
    fn there_is_no_more_of_it_than_its_room_and_the_oldest_stay() {
        let fresh = Fresh::default();
        fresh.add((1..=6).map(|id| row(id, MOST / 4)));
        assert_eq!(taken(&fresh, &[2, 6]), [2]);
        fresh.add((7..=9).map(|id| row(id, MOST / 4)));
        assert!(fresh.take(&[]).is_empty());
        fresh.add((10..=12).map(|id| row(id, MOST / 4)));
        assert_eq!(taken(&fresh, &[10, 11, 12]), [10, 11, 12]);
    }
}
