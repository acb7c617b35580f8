//! What the dispatcher keeps in memory of each account and number: limits, places in flight, and whether the provider
//! answers at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use harkara_provider::{CONCURRENCY, SendErrorKind};

use crate::app::App;
use crate::app::account::LoadedAccount;
use crate::app::dispatch::PairBook;
use crate::app::trouble::Trouble;
use crate::clock::{Millis, SECOND};
use crate::domain::breaker::{Breaker, Position};
use crate::domain::limiter::{Departures, Limiter};
use crate::domain::settle::Outcome;
use crate::store::account::ACTIVE;
use crate::store::number::NumberRow;

/// A record of departures that the requests of one number, account or campaign share, by the machine's clock.
pub type Gate = Arc<Mutex<Departures>>;

/// A gate for this rate, silent for a second.
pub fn gate(rate: u32, now: Millis) -> Gate {
    Arc::new(Mutex::new(Departures::new(rate, now)))
}

/// Passes all gates at once, or says when to try again.
pub fn pass(gates: &[Gate], now: Millis) -> Result<(), Millis> {
    // Always in the order number, account, campaign: two requests never wait for each other.
    let mut open: Vec<_> = gates
        .iter()
        .map(|g| g.lock().unwrap_or_else(PoisonError::into_inner))
        .collect();
    let at = open
        .iter_mut()
        .map(|departures| departures.earliest(now))
        .max()
        .unwrap_or(now);
    if at > now {
        return Err(at);
    }
    open.iter_mut().for_each(|departures| departures.record(now));
    Ok(())
}

/// An account at work.
pub struct AccountLine {
    /// Settings and secrets.
    pub loaded: Arc<LoadedAccount>,
    /// Requests a second.
    pub limiter: Limiter,
    /// Departures of the account.
    pub gate: Gate,
    /// Requests on their way.
    pub in_flight: usize,
    /// Requests that may be on their way at once.
    concurrency: usize,
    /// Active and readable.
    pub usable: bool,
    has_share: bool,
    breaker: Breaker,
}

/// A number at work.
pub struct NumberLine {
    /// The number.
    pub row: NumberRow,
    /// Messages a second.
    pub limiter: Limiter,
    /// Departures of the number.
    pub gate: Gate,
    /// An idle number looks again at this time.
    pub look_again_at: Millis,
    /// The last look found work.
    pub busy: bool,
    /// When it may look again for a share of what other numbers of its campaigns have to do.
    pub share_again_at: Millis,
    /// Another node waits for it: nothing new is claimed.
    pub leaving: bool,
    /// What it sent to whom.
    pub pairs: PairBook,
}

/// The own limit of a campaign, as far as it is ours: the rest belongs to the nodes that hold its other numbers.
pub struct CampaignLimit {
    limit: u32,
    /// Its numbers in order, when it has several.
    numbers: Vec<i64>,
    limiter: Limiter,
    /// Departures of the campaign.
    pub gate: Gate,
    has_share: bool,
}

impl CampaignLimit {
    /// For a campaign that begins to run, or is met after a restart.
    pub fn new(app: &App, limit: u32, numbers: Vec<i64>) -> Self {
        let pace = app.machine_now();
        let mut new = Self {
            limit,
            numbers,
            limiter: Limiter::new(limit, pace),
            gate: gate(limit, pace),
            has_share: true,
        };
        new.follow_leases(app);
        new
    }

    /// Numbers come and go, and with them parts of the limit.
    pub fn follow_leases(&mut self, app: &App) {
        if self.numbers.len() < 2 {
            return;
        }
        let rate = app.leases.share(self.limit, &self.numbers, app.moment());
        self.has_share = rate > 0;
        self.limiter.set_rate(rate);
        self.gate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .set_rate(rate);
    }

    /// Messages that may be claimed now; `pace`: by the machine's clock.
    pub fn available(&mut self, pace: Millis) -> usize {
        let tokens = self.limiter.available(pace);
        if self.has_share { tokens } else { 0 }
    }

    /// Messages were claimed.
    pub fn take(&mut self, messages: usize) {
        self.limiter.take(messages);
    }
}

impl NumberLine {
    /// Has it waited long enough since it last found nothing to share?
    pub fn may_share(&self, now: Millis) -> bool {
        // A clock that stepped back must not make it wait.
        now >= self.share_again_at || self.share_again_at > now + SECOND
    }

    /// Takes a number as it is in the database now.
    pub fn put(app: &App, lines: &mut BTreeMap<i64, Self>, row: NumberRow, now: Millis) {
        let rate = u32::try_from(row.messages_per_second).unwrap_or(1);
        let pace = app.machine_now();
        let line = lines.entry(row.id).or_insert_with(|| Self {
            row: row.clone(),
            limiter: Limiter::new(rate, pace),
            gate: gate(rate, pace),
            look_again_at: now,
            busy: true,
            share_again_at: now,
            leaving: false,
            pairs: PairBook::new(now),
        });
        line.limiter.set_rate(rate);
        line.gate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .set_rate(rate);
        line.row = row;
    }
}

impl AccountLine {
    /// Takes an account as it is in the database now.
    pub fn put(app: &App, lines: &mut BTreeMap<i64, Self>, loaded: LoadedAccount) {
        let limit = u32::try_from(loaded.row.requests_per_second).unwrap_or(1);
        // The rest belongs to the nodes that hold its other numbers.
        let rate = app.leases.account_share(loaded.row.id, limit, app.moment());
        // The same holds for how many requests may be on their way, when the account says how many.
        let own = loaded
            .account
            .number(CONCURRENCY)
            .and_then(|n| u32::try_from(n).ok());
        let own = own.map(|n| app.leases.account_share(loaded.row.id, n, app.moment()));
        let concurrency = own.map_or(app.config.concurrency, |n| usize::try_from(n).unwrap_or(1));
        let usable = loaded.row.state == ACTIVE;
        let id = loaded.row.id;
        let pace = app.machine_now();
        let loaded = Arc::new(loaded);
        let line = lines.entry(id).or_insert_with(|| Self {
            loaded: loaded.clone(),
            limiter: Limiter::new(rate, pace),
            gate: gate(rate, pace),
            in_flight: 0,
            concurrency,
            usable,
            has_share: rate > 0,
            breaker: Breaker::default(),
        });
        if usable && !line.usable {
            // A person mended it: no old grudge.
            line.breaker.answered();
        }
        line.limiter.set_rate(rate);
        line.gate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .set_rate(rate);
        line.loaded = loaded;
        line.concurrency = concurrency;
        line.usable = usable;
        line.has_share = rate > 0;
    }

    /// How many messages of this number may leave now: tokens of both (`pace`: by the machine's clock), places in flight, and one
    /// at a time while the provider is being tried again.
    pub fn grant(&mut self, number: &mut NumberLine, now: Millis, pace: Millis) -> usize {
        let tokens = number.limiter.available(pace).min(self.limiter.available(pace));
        if !self.usable || !self.has_share || number.leaving {
            return 0;
        }
        let places = self.concurrency.saturating_sub(self.in_flight);
        tokens.min(places).min(self.breaker.room(now))
    }

    /// Messages that were granted leave.
    pub fn take(&mut self, messages: usize) {
        self.limiter.take(messages);
        self.breaker.left(messages);
    }

    /// Places that a campaign may fill.
    pub fn reserve(&self) -> usize {
        let kept = (self.concurrency / 8).min(self.concurrency.saturating_sub(1));
        (self.concurrency - kept).saturating_sub(self.in_flight)
    }

    /// What the answer to an attempt that began at `began` says about the provider.
    pub fn heard(&mut self, app: &App, outcome: &Outcome, began: Millis, now: Millis) {
        let id = self.loaded.row.id;
        match outcome {
            Err(error) if error.kind == SendErrorKind::Unavailable || is_silence(error.kind) => {
                self.breaker.failed(began, now);
                if let Position::Open(until) = self.breaker.position(now) {
                    app.troubles.set(
                        id,
                        Trouble {
                            code: "unavailable".into(),
                            reason: format!("{} ({})", error.help, error.detail),
                            since: now,
                            until: Some(until),
                        },
                    );
                }
            }
            Err(error) if matches!(error.kind, SendErrorKind::Throttled { .. }) => {
                self.breaker.answered();
                app.troubles.set(
                    id,
                    Trouble {
                        code: "throttled".into(),
                        reason: format!("The provider asked us to slow down; we do, and speed up again by ourselves. ({})", error.detail),
                        since: now,
                        until: Some(now + SECOND),
                    },
                );
            }
            _ => {
                if self.breaker.is_troubled() || self.limiter.current_rate() >= f64::from(self.limiter.rate())
                {
                    app.troubles.clear(id);
                }
                self.breaker.answered();
            }
        }
    }
}

/// No answer at all, or none that can be read: the message is parked, and the provider may be ill.
fn is_silence(kind: SendErrorKind) -> bool {
    kind == SendErrorKind::Unknown
}
