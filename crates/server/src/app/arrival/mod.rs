//! What arrives: callbacks are taken from the log and applied, as many as there are in one transaction. Applying one
//! again changes nothing, so that a crash, a replay or a provider that repeats itself does no harm.

mod consent;
mod found;
mod inbound;
mod report;

pub use found::{KNOWN_FOR, names};

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use harkara_provider::{Callback, Event, Method};

use super::account::{LoadedAccount, load};
use super::dispatch::finish_campaigns;
use super::health::Tally;
use super::{App, AppError};
use crate::clock::{MINUTE, Millis, first_id_at, id_time};
use crate::store::callback::{self, APPLIED, NOT_OURS, Raw, UNREADABLE, Verdict, WAITING};
use crate::store::campaign::{Counts, add_counts};
use crate::store::dialect::Dialect;
use crate::store::number::{NumberRow, of_account};
use crate::store::turn::Lane;
use crate::store::{StoreError, Tx, account, callback_link, from_json};

/// Callbacks in one transaction at most: four times what goes into one statement for SQLite.
const BATCH: i64 = 256;
/// Bytes of bodies in one transaction at most, but for a single callback: some hundred reports. What is to be answered must
/// not wait long behind them.
const BATCH_BYTES: i64 = 96 * 1024;
/// Words in the problem of a callback that brought a message to a number that the account does not have.
pub const NO_NUMBER: &str = "which is no number of this account";
/// How long the answer to a request may take to reach the ledger after the report on it: longer than any request.
const ANSWER_TIME: Millis = MINUTE;

/// An account with its numbers.
struct Own {
    loaded: LoadedAccount,
    numbers: Vec<NumberRow>,
}

impl Own {
    /// Is this one of its numbers?
    fn has(&self, number_id: i64) -> bool {
        self.numbers.iter().any(|n| n.id == number_id)
    }
}

/// A callback, opened.
struct Letter {
    id: i64,
    account_id: i64,
    arrived: Millis,
    events: Vec<Event>,
    /// Why it cannot be read.
    unreadable: Option<String>,
}

impl Letter {
    /// The key of an event, apart from those of other accounts.
    fn key(&self, key: &str) -> String {
        format!("{}.{}", self.account_id, plain(key))
    }

    /// When an event happened: never after we heard of it; when it does not say, then.
    fn when(&self, at: Millis) -> Millis {
        if at <= 0 {
            self.arrived
        } else {
            at.min(self.arrived)
        }
    }
}

/// Where an event stands: callback, and place in it.
type Place = (usize, usize);

/// What is found out about a callback on the way.
#[derive(Debug, Clone, Default)]
struct Mark {
    taken: bool,
    waits: bool,
    problems: BTreeSet<String>,
}

impl Mark {
    fn problem(&mut self, why: impl Into<String>) {
        self.problems.insert(why.into());
    }
}

/// A batch of callbacks, opened.
struct Mail<'a> {
    app: &'a App,
    now: Millis,
    owns: HashMap<i64, Own>,
    letters: Vec<Letter>,
}

/// What comes out of a batch.
#[derive(Default)]
struct Notes {
    /// One for each callback.
    marks: Vec<Mark>,
    counts: Counts,
    acts: Vec<consent::Act>,
    tally: Tally,
    /// Message and callback that told of it.
    links: BTreeSet<(i64, i64)>,
    /// Something is to be sent.
    queued: bool,
}

/// What a look at the log came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Callbacks that were dealt with; 0 when there are none.
    pub callbacks: usize,
    /// There are more, as far as could be seen.
    pub more: bool,
}

/// Applies what is new in the log, oldest first.
pub async fn apply_new(app: &App) -> Result<Applied, StoreError> {
    match apply(app, None).await {
        Err(error) if !error.is_transient() => {
            tracing::warn!(%error, "a batch of callbacks failed; applying them one by one");
            one_by_one(app).await
        }
        done => done,
    }
}

/// Callbacks that waited for their message long enough are looked at once more.
async fn look_again(app: &App, before: i64) -> Result<(), StoreError> {
    let mut tx = app.db.write().await?;
    callback::look_again(&mut tx, before).await?;
    tx.commit().await
}

/// One callback that cannot be applied must not hold up the others: it is marked with the reason.
async fn one_by_one(app: &App) -> Result<Applied, StoreError> {
    let mut tx = app.db.write().await?;
    // The batch that failed may still be about to let go of its rows.
    callback::in_turn(&mut tx).await?;
    let ids = callback::lock_new(&mut tx, BATCH).await?;
    drop(tx);
    for (id, _) in &ids {
        match apply(app, Some(*id)).await {
            Err(error) if !error.is_transient() => {
                tracing::error!(callback = id, %error, "a callback cannot be applied");
                let verdict = Verdict {
                    id: *id,
                    state: UNREADABLE,
                    events: 0,
                    problem: Some(plain(&format!("It could not be applied: {error}"))),
                };
                let mut tx = app.db.write().await?;
                callback::judge(&mut tx, vec![verdict]).await?;
                tx.commit().await?;
            }
            other => drop(other?),
        }
    }
    Ok(Applied {
        callbacks: ids.len(),
        more: true,
    })
}

/// A transaction to look at the log with. With one writer, nobody else applies, and reading need not keep the writer.
async fn begin(app: &App) -> Result<Tx, StoreError> {
    match app.db.dialect() {
        Dialect::Sqlite => app.db.read().await,
        Dialect::Postgres => app.db.write_in(Lane::Bulk).await,
    }
}

async fn apply(app: &App, only: Option<i64>) -> Result<Applied, StoreError> {
    let mut tx = begin(app).await?;
    if only.is_none() {
        let before = first_id_at(app.now() - ANSWER_TIME);
        if callback::first_waiting(&mut tx)
            .await?
            .is_some_and(|id| id < before)
        {
            drop(tx);
            look_again(app, before).await?;
            tx = begin(app).await?;
        }
    }
    callback::in_turn(&mut tx).await?;
    let (ids, more) = match only {
        Some(id) => (vec![id], false),
        None => {
            let new = callback::lock_new(&mut tx, BATCH).await?;
            let ids = within_budget(&new);
            let more = ids.len() < new.len() || new.len() as i64 == BATCH;
            (ids, more)
        }
    };
    if ids.is_empty() {
        app.callback_log.fresh.take(&[]);
        return Ok(Applied::default());
    }
    let mail = open(app, &mut tx, &ids).await?;
    if tx.dialect() == Dialect::Sqlite {
        drop(tx);
        tx = app.db.write_in(Lane::Bulk).await?;
    }
    let mut notes = mail.apply(&mut tx).await?;
    add_counts(&mut tx, &notes.counts, app.now()).await?;
    callback::judge(&mut tx, mail.verdicts(&notes)).await?;
    callback_link::link(&mut tx, std::mem::take(&mut notes.links)).await?;
    // A report may settle the last open message of a campaign: one that waits for its next try, or one whose answer a
    // crash took away.
    finish_campaigns(&mut tx, notes.counts.campaigns(), app.now()).await?;
    std::mem::take(&mut notes.tally).keep(&mut tx, app.now()).await?;
    tx.commit().await?;
    if notes.queued {
        app.wake_dispatch.notify_one();
    }
    Ok(Applied {
        callbacks: ids.len(),
        more,
    })
}

fn within_budget(new: &[(i64, i64)]) -> Vec<i64> {
    let mut bytes = 0;
    let fits = new.iter().take_while(|(_, length)| {
        let first = bytes == 0;
        bytes += length + 1;
        first || bytes <= BATCH_BYTES
    });
    fits.map(|(id, _)| *id).collect()
}

/// These callbacks as they came, oldest first: from memory, or from the log.
async fn raw(app: &App, tx: &mut Tx, ids: &[i64]) -> Result<Vec<Arc<Raw>>, StoreError> {
    let mut rows = app.callback_log.fresh.take(ids);
    let others: Vec<i64> = ids.iter().filter(|id| !rows.contains_key(id)).copied().collect();
    if !others.is_empty() {
        let read = callback::raw(tx, &others).await?;
        rows.extend(read.into_iter().map(|row| (row.id, Arc::new(row))));
    }
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

async fn open<'a>(app: &'a App, tx: &mut Tx, ids: &[i64]) -> Result<Mail<'a>, StoreError> {
    let mut owns: HashMap<i64, Own> = HashMap::new();
    let mut closed: HashMap<i64, String> = HashMap::new();
    let mut letters = Vec::with_capacity(ids.len());
    for raw in raw(app, tx, ids).await? {
        let account = raw.account_id;
        if !owns.contains_key(&account) && !closed.contains_key(&account) {
            match load(app, tx, account).await {
                Ok(loaded) => {
                    let numbers = of_account(tx, account).await?;
                    owns.insert(account, Own { loaded, numbers });
                }
                Err(AppError::Store(error)) => return Err(error),
                Err(error) => {
                    closed.insert(account, error.to_string());
                }
            }
        }
        let read = match owns.get(&account) {
            Some(own) => events(&own.loaded, &raw),
            None => Err(closed.get(&account).cloned().unwrap_or_default()),
        };
        let (events, unreadable) = match read {
            Ok(events) => (events, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        letters.push(Letter {
            id: raw.id,
            account_id: account,
            arrived: id_time(raw.id),
            events,
            unreadable,
        });
    }
    Ok(Mail {
        app,
        now: app.now(),
        owns,
        letters,
    })
}

/// Reads a callback as its provider does now. The error is a sentence.
pub fn events(account: &LoadedAccount, raw: &Raw) -> Result<Vec<Event>, String> {
    let headers: Vec<(String, String)> =
        from_json("callback headers", &raw.headers).map_err(|e| e.to_string())?;
    let call = Callback {
        method: method(&raw.method),
        query: &raw.query,
        content_type: &raw.content_type,
        headers: &headers,
        body: &raw.body,
        at: id_time(raw.id),
    };
    // A provider must not panic. Should one do so, it must not hold up the callbacks behind this one.
    match catch_unwind(AssertUnwindSafe(|| {
        account.provider.receive(&account.account, &call)
    })) {
        Ok(Ok(received)) => Ok(received.events),
        Ok(Err(reject)) => Err(reject.to_string()),
        Err(_) => Err("reading it failed inside the provider: please report this as a bug".into()),
    }
}

/// The method of a callback; what vendors do not use counts as POST.
pub fn method(text: &str) -> Method {
    match text {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        _ => Method::Post,
    }
}

impl Mail<'_> {
    async fn apply(&self, tx: &mut Tx) -> Result<Notes, StoreError> {
        let mut notes = Notes {
            marks: vec![Mark::default(); self.letters.len()],
            ..Notes::default()
        };
        let known = self.find(tx).await?;
        self.apply_reports(&mut notes, tx, &known).await?;
        self.keep_clicks(&mut notes, tx, &known).await?;
        self.apply_inbound(&mut notes, tx, &known).await?;
        self.note_life(tx).await?;
        Ok(notes)
    }

    /// Every event, with where it stands: callback and place in it.
    fn events(&self) -> impl Iterator<Item = (Place, &Letter, &Event)> {
        let letters = self.letters.iter().enumerate();
        letters.flat_map(|(l, letter)| {
            let events = letter.events.iter().enumerate();
            events.map(move |(e, event)| ((l, e), letter, event))
        })
    }

    /// Accounts show when they last heard something, to the minute.
    async fn note_life(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut owns: Vec<(&i64, &Own)> = self.owns.iter().collect();
        owns.sort_unstable_by_key(|(id, _)| **id);
        for (id, own) in owns {
            let row = &own.loaded.row;
            let last = |wanted: fn(&Event) -> bool| {
                let letters = self.letters.iter().filter(|l| l.account_id == *id);
                letters
                    .filter(|l| l.events.iter().any(wanted))
                    .map(|l| l.arrived)
                    .max()
            };
            let news = |kept: Option<i64>, at: Millis| kept.is_none_or(|kept| at - kept >= MINUTE);
            match last(|e| matches!(e, Event::Message(_))) {
                Some(at) if news(row.last_inbound_at, at) => account::saw_inbound(tx, *id, at).await?,
                _ => {}
            }
            match last(|e| matches!(e, Event::Report(_))) {
                Some(at) if news(row.last_report_at, at) => account::saw_report(tx, *id, at).await?,
                _ => {}
            }
        }
        Ok(())
    }

    fn verdicts(&self, notes: &Notes) -> Vec<Verdict> {
        let marked = self.letters.iter().zip(&notes.marks);
        let verdict = |(letter, mark): (&Letter, &Mark)| {
            let problems: Vec<&str> = mark.problems.iter().map(String::as_str).collect();
            let problems = (!problems.is_empty()).then(|| problems.join("; "));
            let (state, problem) = match &letter.unreadable {
                Some(why) => (UNREADABLE, Some(why.clone())),
                None if mark.waits && letter.arrived + ANSWER_TIME > self.now => (WAITING, problems),
                None if mark.taken => (APPLIED, problems),
                None => (NOT_OURS, problems),
            };
            Verdict {
                id: letter.id,
                state,
                events: i64::try_from(letter.events.len()).unwrap_or(i64::MAX),
                problem: problem.as_deref().map(plain),
            }
        };
        marked.map(verdict).collect()
    }
}

/// Text as both engines keep it: PostgreSQL has no NUL in texts.
pub fn plain(text: &str) -> String {
    text.replace('\0', "")
}

fn plain_option(text: Option<&String>) -> Option<String> {
    text.map(|text| plain(text))
}
