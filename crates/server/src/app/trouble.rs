//! What keeps sending back at this moment, in words: kept in memory by the dispatcher, shown wherever a campaign stands
//! still.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Millis;

/// Why an account or a number sends nothing, or less than it could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trouble {
    /// Stable code: `throttled`, `unavailable`, `account_held`; of a campaign also `quiet_hours`, `cut_off`, `stopped`,
    /// `needs_a_person`.
    pub code: String,
    /// What happened and what to do.
    pub reason: String,
    /// Since when, milliseconds since 1970 UTC.
    pub since: Millis,
    /// When it is tried again, if it heals by itself.
    pub until: Option<Millis>,
}

/// The troubles of all accounts.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<HashMap<i64, Trouble>>);

impl Troubles {
    /// Notes a trouble; one of the same code keeps its beginning.
    pub fn set(&self, account_id: i64, trouble: Trouble) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = all
            .get(&account_id)
            .filter(|t| t.code == trouble.code)
            .map_or(trouble.since, |t| t.since);
        all.insert(account_id, Trouble { since, ..trouble });
    }

    /// It is over.
    pub fn clear(&self, account_id: i64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&account_id);
    }

    /// The trouble of this code is over.
    pub fn clear_of(&self, account_id: i64, code: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(&account_id).is_some_and(|t| t.code == code) {
            all.remove(&account_id);
        }
    }

    /// What troubles this account.
    pub fn of(&self, account_id: i64) -> Option<Trouble> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&account_id)
            .cloned()
    }
}
