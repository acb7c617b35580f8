//! Looking at callbacks, and applying them again.

use super::account::{LoadedAccount, load};
use super::arrival::events;
use super::{App, AppError};
use crate::clock::{Millis, first_id_at};
use crate::store::callback::{self, Entry, Raw};
use crate::store::{StoreError, Tx};
use harkara_provider::Event;

/// A callback, as it came and as it is read now.
pub struct Opened {
    /// What is kept of it.
    pub entry: Entry,
    /// The bytes.
    pub raw: Raw,
    /// What it says, or why it cannot be read.
    pub events: Result<Vec<Event>, String>,
}

/// Opens a callback. An account that cannot be opened does not hide the bytes.
pub async fn show(app: &App, tx: &mut Tx, id: i64) -> Result<Opened, AppError> {
    let entry = callback::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("callback"))?;
    let raw = callback::raw(tx, &[id])
        .await?
        .pop()
        .ok_or(AppError::NotFound("callback"))?;
    let account: Result<LoadedAccount, AppError> = load(app, tx, entry.account_id).await;
    let events = match account {
        Ok(account) => events(&account, &raw),
        Err(AppError::Store(error)) => return Err(error.into()),
        Err(error) => Err(error.to_string()),
    };
    Ok(Opened { entry, raw, events })
}

/// Which callbacks to apply again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// These.
    Ids(Vec<i64>),
    /// Those that came from `since` up to, not with, `until`; only those in `state` when given.
    Span {
        /// From this moment on; from the first one when absent.
        since: Option<Millis>,
        /// Up to this moment; to the last one when absent.
        until: Option<Millis>,
        /// See [`callback::Verdict::state`].
        state: Option<i16>,
    },
}

/// Makes callbacks new, so that the worker applies them again. What was applied before changes nothing. Answers how many.
pub async fn replay(tx: &mut Tx, which: &Which) -> Result<u64, StoreError> {
    match which {
        Which::Ids(ids) => callback::replay_some(tx, ids).await,
        Which::Span { since, until, state } => {
            let from = since.map_or(0, first_id_at);
            let to = until.map_or(i64::MAX, first_id_at);
            callback::replay_range(tx, from, to, *state).await
        }
    }
}
