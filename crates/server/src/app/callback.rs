//! Looking at callbacks, and applying them again.

use std::collections::HashSet;

use super::account::{LoadedAccount, load};
use super::arrival::events;
use super::retention::callbacks_kept_since;
use super::{App, AppError};
use crate::clock::{Millis, first_id_at, id_time};
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
    let entry = callback::by_id(tx, id).await?.ok_or_else(|| missing(app, id))?;
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

fn missing(app: &App, id: i64) -> AppError {
    match callbacks_kept_since(app) {
        Some(since) if id_time(id) < since => AppError::Gone(deleted_before(app, since)),
        _ => AppError::NotFound("callback"),
    }
}

fn deleted_before(app: &App, since: Millis) -> String {
    format!(
        "Callbacks that came before {} are deleted (callback_days = {}).",
        harkara_provider::wire::rfc3339(since),
        app.config.callback_days
    )
}

/// What a replay took up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Callbacks that became new.
    pub callbacks: u64,
    /// What was asked for and is not there any more, in a sentence.
    pub note: Option<String>,
}

/// Makes callbacks new, so that the worker applies them again. What was applied before changes nothing.
pub async fn replay(app: &App, tx: &mut Tx, which: &Which) -> Result<Replayed, StoreError> {
    let kept_since = callbacks_kept_since(app);
    match which {
        Which::Ids(ids) => {
            let asked = ids.iter().collect::<HashSet<_>>().len() as u64;
            let callbacks = callback::replay_some(tx, ids).await?;
            let note = (callbacks < asked).then(|| {
                let deleted = kept_since.map(|since| format!(" {}", deleted_before(app, since)));
                let why = deleted.unwrap_or_default();
                format!("{} of {asked} callbacks are not there.{why}", asked - callbacks)
            });
            Ok(Replayed { callbacks, note })
        }
        Which::Span { since, until, state } => {
            let from = since.map_or(0, first_id_at);
            let to = until.map_or(i64::MAX, first_id_at);
            let callbacks = callback::replay_range(tx, from, to, *state).await?;
            let begins = since.or(until.map(|_| 0));
            let note = kept_since
                .filter(|kept| begins.is_some_and(|begins| begins < *kept))
                .map(|kept| deleted_before(app, kept));
            Ok(Replayed { callbacks, note })
        }
    }
}
