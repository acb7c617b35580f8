//! Looking at callbacks, and applying them again.

use std::collections::HashSet;

use super::account::{LoadedAccount, load};
use super::arrival::{KNOWN_FOR, events, names, plain};
use super::retention::{KEEP_REFS, callbacks_kept_since};
use super::{App, AppError};
use crate::clock::{HOUR, Millis, first_id_at, id_time};
use crate::domain::id::MESSAGE;
use crate::domain::phone::Phone;
use crate::domain::variant;
use crate::store::callback::{self, Entry, Raw};
use crate::store::vendor_id::by_external_id;
use crate::store::{StoreError, Tx, callback_link, erase};
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

/// The message that each event of a callback is about, where it is one of the account and known.
pub async fn meant(tx: &mut Tx, opened: &Opened) -> Result<Vec<Option<i64>>, StoreError> {
    let Ok(events) = &opened.events else {
        return Ok(Vec::new());
    };
    let account = opened.entry.account_id;
    let hour = id_time(opened.entry.id) / HOUR;
    let hours = hour - KNOWN_FOR / HOUR..=hour + 1;
    let mut found = Vec::with_capacity(events.len());
    for event in events {
        let id = match (event, names(event)) {
            (Event::Message(message), _) => {
                callback_link::by_key(tx, &format!("{account}.{}", plain(&message.key))).await?
            }
            (_, (reference, external)) => match (reference.and_then(|text| MESSAGE.read(text)), external) {
                (Some(id), _) => Some(id),
                (None, None | Some("")) => None,
                (None, Some(external)) => by_external_id(tx, hours.clone(), &plain(external)).await?,
            },
        };
        found.push(id);
    }
    let ids: Vec<i64> = found.iter().flatten().copied().collect();
    let own: HashSet<i64> = callback_link::of_account(tx, &ids, account)
        .await?
        .into_iter()
        .collect();
    Ok(found
        .into_iter()
        .map(|id| id.filter(|id| own.contains(id)))
        .collect())
}

/// The messages that a log is asked about: those of a number, or the one of an id, ours or the vendor's. `None`: all.
pub async fn asked_about(
    app: &App,
    tx: &mut Tx,
    phone: Option<&str>,
    message: Option<&str>,
) -> Result<Option<Vec<i64>>, AppError> {
    let given = |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let of_phone = match given(phone) {
        None => None,
        Some(text) => {
            let phone = Phone::parse(&text, &app.config.default_region)
                .map_err(|why| AppError::field("/phone", "invalid_number", why.to_string()))?;
            Some(erase::messages(tx, &variant::names(phone.as_str()), None).await?)
        }
    };
    let of_id = match given(message) {
        None => None,
        Some(text) => Some(match MESSAGE.read(&text) {
            Some(id) => vec![id],
            None => {
                let hour = app.now() / HOUR;
                let hours = hour - KEEP_REFS / HOUR..=hour + 1;
                by_external_id(tx, hours, &plain(&text))
                    .await?
                    .into_iter()
                    .collect()
            }
        }),
    };
    Ok(match (of_phone, of_id) {
        (Some(phone), Some(id)) => Some(phone.into_iter().filter(|one| id.contains(one)).collect()),
        (one, other) => one.or(other),
    })
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
