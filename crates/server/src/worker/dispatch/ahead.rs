//! When people are looked up before their turn.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use super::Dispatcher;
use crate::app::dispatch::{Running, look_ahead};
use crate::store::slice::SliceRow;

/// People at once: fewer are not worth it; more need memory, and make their profiles lie too far apart.
const PEOPLE: RangeInclusive<usize> = 2_000..=32_768;
/// The next are looked up when so many are left.
const LEFT: i64 = 16_384;
/// And when one in so many of those who were looked at gets it: others change nothing in the index by number.
const ONE_IN: usize = 4;

/// A slice: campaign and place.
type Key = (i64, i64);

/// The slices that are being looked up, and those that have too few people left.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookups(Arc<Mutex<HashSet<Key>>>);

impl Lookups {
    /// True when nobody does it yet.
    fn begin(&self, slice: Key) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(slice)
    }

    fn end(&self, slice: Key) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&slice);
    }

    /// Forgets all but those of these campaigns.
    pub(super) fn retain(&self, running: &[i64]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(campaign, _)| running.contains(campaign));
    }
}

/// Is it worth it? Campaigns over several numbers cut their slices into ever smaller ones, and send no faster than their numbers
/// may.
pub(super) fn is_wanted(slice: &SliceRow, run: &Running) -> bool {
    run.numbers.is_empty()
        && slice.reached() < slice.upper
        && slice.left() < LEFT
        && run.fit * ONE_IN >= run.looked_at
}

impl Dispatcher {
    /// Looks up the next people of a slice, beside everything else. When it fails people are planned by id.
    pub(super) fn look_ahead(&self, lookups: &Lookups, slice: SliceRow, lists: Vec<i64>) {
        let key = (slice.campaign_id, slice.n);
        if !lookups.begin(key) {
            return;
        }
        let (app, lookups) = (self.app.clone(), lookups.clone());
        tokio::spawn(async move {
            match look_ahead(&app, &slice, &lists, PEOPLE).await {
                // It stays among them, so that it is not asked again.
                Ok(false) => {}
                Ok(true) => lookups.end(key),
                Err(error) => {
                    tracing::warn!(campaign = key.0, %error, "the next people of a campaign were not looked up ahead");
                    lookups.end(key);
                }
            }
        });
    }
}
