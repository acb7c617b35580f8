//! Callbacks are made durable before they are answered. Those that arrive together share one commit: the sync of the disk
//! is what costs, not the rows.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

mod fresh;

use tokio::sync::{Semaphore, mpsc, oneshot};

pub use fresh::Fresh;

use super::account::{EarlyCalls, LoadedAccount, open};
use super::{App, AppError};
use crate::clock::{Millis, SECOND};
use crate::store::callback::{Raw, insert};
use crate::store::refused::{self, RefusedRow};
use crate::store::turn::Lane;
use crate::store::{Db, StoreError, account};

/// Rows in one commit at most.
const BATCH: usize = 500;
/// Bytes of bodies that wait for a commit at most, in KiB.
const ROOM: usize = 64 * 1024;
/// How long an account is believed to be as it was: a change reaches callbacks within this time.
const BELIEVED: Millis = 5 * SECOND;

/// The callback could not be made durable: the provider must send it again.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// More callbacks wait than memory should hold.
    #[error("too many callbacks are waiting to be written")]
    Full,
    /// The database did not take it.
    #[error("{0}")]
    Storage(String),
}

struct Waiting {
    row: Arc<Raw>,
    kept: oneshot::Sender<Result<(), NotKept>>,
}

/// The log, and the doors to it.
#[derive(Default)]
pub struct CallbackLog {
    writer: Mutex<Option<mpsc::UnboundedSender<Waiting>>>,
    room: Room,
    doors: Mutex<HashMap<String, (Millis, Arc<LoadedAccount>)>>,
    /// Calls to URLs whose account is not saved yet.
    pub early: EarlyCalls,
    /// What was kept a moment ago.
    pub fresh: Arc<Fresh>,
    refused: AtomicU64,
    /// What was refused by account, until it is written.
    refusals: Mutex<HashMap<i64, RefusedRow>>,
}

struct Room(Semaphore);

impl Default for Room {
    fn default() -> Self {
        Self(Semaphore::new(ROOM))
    }
}

impl CallbackLog {
    /// Counts a callback whose signature did not match. It is written later, by [`write_refusals`]: whoever knocks
    /// without a key must not make the database work for each knock.
    pub fn refuse(&self, account_id: i64, reason: String, at: Millis) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.remember(RefusedRow {
            account_id,
            refused: 1,
            reason,
            at,
        });
    }

    fn remember(&self, row: RefusedRow) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let before = refusals.remove(&row.account_id);
        let refused = before.map_or(0, |before| before.refused) + row.refused;
        refusals.insert(row.account_id, RefusedRow { refused, ..row });
    }

    fn take_refusals(&self) -> Vec<RefusedRow> {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.drain().map(|(_, row)| row).collect()
    }

    /// Callbacks whose signature did not match, since the start.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// The way to the task that writes; started at the first callback, and again should it have died.
    fn writer(&self, db: &Db) -> mpsc::UnboundedSender<Waiting> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        match &*writer {
            Some(sender) if !sender.is_closed() => sender.clone(),
            _ => {
                // Not bounded itself: the room is, in bytes.
                let (sender, receiver) = mpsc::unbounded_channel();
                tokio::spawn(write_all(db.clone(), self.fresh.clone(), receiver));
                *writer = Some(sender.clone());
                sender
            }
        }
    }
}

/// The account whose callbacks come with this token; `None` when there is none.
pub async fn door(app: &App, token: &str) -> Result<Option<Arc<LoadedAccount>>, AppError> {
    let doors = &app.callback_log.doors;
    let now = app.now();
    let known = {
        let doors = doors.lock().unwrap_or_else(PoisonError::into_inner);
        doors.get(token).cloned()
    };
    if let Some((since, account)) = known
        && (since..since + BELIEVED).contains(&now)
    {
        return Ok(Some(account));
    }
    let mut tx = app.db.read().await?;
    let Some(row) = account::by_token(&mut tx, token).await? else {
        return Ok(None);
    };
    let loaded = Arc::new(open(app, row)?);
    let mut doors = doors.lock().unwrap_or_else(PoisonError::into_inner);
    doors.insert(token.to_owned(), (now, loaded.clone()));
    Ok(Some(loaded))
}

/// Makes a callback durable. When this answers `Ok`, it survives a loss of power.
pub async fn keep(app: &App, row: Raw) -> Result<(), NotKept> {
    let log = &app.callback_log;
    let size = 1 + u32::try_from(row.body.len() / 1024).unwrap_or(u32::MAX);
    let _room = log.room.0.try_acquire_many(size).map_err(|_| NotKept::Full)?;
    let (kept, answer) = oneshot::channel();
    let gone = || NotKept::Storage("the task that writes callbacks has ended".into());
    let row = Arc::new(row);
    log.writer(&app.db)
        .send(Waiting { row, kept })
        .map_err(|_| gone())?;
    answer.await.map_err(|_| gone())??;
    app.wake_callbacks.notify_one();
    Ok(())
}

/// Writes what was refused since the last time, so that every server shows it.
pub async fn write_refusals(app: &App) -> Result<(), StoreError> {
    let mut rows = app.callback_log.take_refusals();
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_unstable_by_key(|row| row.account_id);
    let written = async {
        let mut tx = app.db.write().await?;
        for row in &rows {
            refused::add(&mut tx, row).await?;
        }
        tx.commit().await
    };
    let written = written.await;
    if written.is_err() {
        rows.into_iter().for_each(|row| app.callback_log.remember(row));
    }
    written
}

async fn write_all(db: Db, fresh: Arc<Fresh>, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch: Vec<Waiting> = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let rows: Vec<&Raw> = batch.iter().map(|w| &*w.row).collect();
        // Before they are in the log: from then on they may be applied, which is earlier than this hears of it.
        fresh.add(batch.iter().map(|w| w.row.clone()));
        match write(&db, &rows).await {
            Ok(()) => batch.drain(..).for_each(|waiting| answer(waiting, Ok(()))),
            Err(error) if error.is_transient() || batch.len() == 1 => {
                tracing::error!(%error, callbacks = batch.len(), "callbacks could not be written");
                let why = error.to_string();
                batch
                    .drain(..)
                    .for_each(|waiting| answer(waiting, Err(NotKept::Storage(why.clone()))));
            }
            Err(_) => {
                // One row that the engine will not take must not hold up the others.
                for waiting in batch.drain(..) {
                    let result = write(&db, &[&*waiting.row]).await;
                    answer(waiting, result.map_err(|e| NotKept::Storage(e.to_string())));
                }
            }
        }
    }
}

fn answer(waiting: Waiting, result: Result<(), NotKept>) {
    // Nobody waits any more when the connection broke: the provider sends it again, and it is known then.
    drop(waiting.kept.send(result));
}

async fn write(db: &Db, rows: &[&Raw]) -> Result<(), StoreError> {
    let mut tx = db.write_in(Lane::First).await?;
    insert(&mut tx, rows).await?;
    tx.commit().await
}
