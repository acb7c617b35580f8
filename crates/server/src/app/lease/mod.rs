//! Leases: which numbers this node sends from, and whether it still may.
//!
//! A node lives as long as its beat in the database moves. Others watch the beat by their own clocks and compare no times
//! between machines. A node whose beat stood still for the length of a lease is given up: its *term* ends and its numbers
//! are free. The node itself stops sending a little earlier, by its own clock; and whatever it writes about its messages
//! is fenced by the term, so that one that was frozen and wakes up changes nothing.

mod enrol;
mod keep;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

pub use enrol::enrol;
use keep::Keeper;
pub use keep::{keep, leave};

use super::{App, AppError};
use crate::clock::{Millis, Moment};
use crate::domain::lease::part;
use crate::domain::limiter::WINDOW;
use crate::store::node::About;
use crate::store::{Db, Tx, node};

/// Role of a node that sends.
pub const SEND: &str = "send";

/// Who this node is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Its id among the nodes, also a part of the ids that it makes.
    pub id: i64,
    /// What proves that the id belongs to this data folder.
    pub token: String,
    /// What it says of itself.
    pub about: About,
    /// No other server can work on this database: it takes everything at once, and nobody can take anything from it.
    pub alone: bool,
}

impl Identity {
    fn sends(&self) -> bool {
        self.about.roles.split(',').any(|role| role == SEND)
    }
}

/// May what was claimed in a term leave?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    Holds,
    /// Not now: the lease ran out by our clock, and may be renewed or lost.
    InDoubt,
    /// Never: the term is over.
    Lost,
}

/// A number that this node holds.
#[derive(Debug, Clone, Copy)]
struct Lease {
    /// When it was taken.
    taken: Moment,
    /// Nobody else can have sent from it in the second before.
    at_once: bool,
}

impl Lease {
    /// Its part of shared limits is ours: what the former owner sent no longer counts in any second.
    fn is_ripe(&self, now: Moment) -> bool {
        self.at_once || now.at_least_since(self.taken) >= WINDOW
    }
}

/// What is known without asking the database.
#[derive(Debug, Default)]
struct Known {
    /// 0: not joined.
    term: i64,
    renewed: Option<Moment>,
    numbers: BTreeMap<i64, Lease>,
    /// To be given back as soon as nothing of them is in flight.
    asked_back: BTreeSet<i64>,
    /// Nothing of them is in flight any more, and nothing will be.
    let_go: BTreeSet<i64>,
    /// The numbers of each account, in order.
    accounts: HashMap<i64, Vec<i64>>,
    stopping: bool,
    version: u64,
}

/// The leases of this node.
pub struct Leases {
    id: u16,
    identity: OnceLock<Identity>,
    db: OnceLock<Db>,
    known: Mutex<Known>,
    keeper: tokio::sync::Mutex<Keeper>,
    kept: AtomicBool,
}

impl Leases {
    /// No leases yet, of a node with this id that is told more later, or says no more than its id.
    pub fn new(id: u16) -> Self {
        Self {
            id,
            identity: OnceLock::new(),
            db: OnceLock::new(),
            known: Mutex::default(),
            keeper: tokio::sync::Mutex::default(),
            kept: AtomicBool::new(false),
        }
    }

    /// Says who this node is, before its work begins; `db` is a connection that no other work can use up.
    pub fn introduce(&self, identity: Identity, db: Db) {
        // Only the first word counts.
        let _ = self.identity.set(identity);
        let _ = self.db.set(db);
    }

    /// Who this node is.
    pub fn identity(&self, app: &App) -> &Identity {
        self.identity.get_or_init(|| Identity {
            id: i64::from(self.id),
            token: format!("node {}", self.id),
            about: About {
                name: format!("node {}", self.id),
                roles: SEND.into(),
                url: app.config.public_base(),
                lease_ms: app.config.lease_ms,
            },
            alone: false,
        })
    }

    /// From now on somebody calls [`keep`] all the time; the dispatcher need not.
    pub fn is_kept(&self, by_a_worker: bool) -> bool {
        self.kept.fetch_or(by_a_worker, Ordering::SeqCst) || by_a_worker
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn db<'a>(&'a self, app: &'a App) -> &'a Db {
        self.db.get().unwrap_or(&app.db)
    }

    /// The present term; 0 when there is none.
    pub fn term(&self) -> i64 {
        self.known().term
    }

    /// May what was claimed in this term leave now?
    pub fn standing(&self, app: &App, term: i64) -> Standing {
        let identity = self.identity(app);
        let known = self.known();
        if term == 0 || known.term != term {
            return Standing::Lost;
        }
        let patience = identity.about.lease_ms - margin(identity.about.lease_ms);
        let now = app.moment();
        if identity.alone || known.renewed.is_some_and(|at| now.at_most_since(at) < patience) {
            Standing::Holds
        } else {
            Standing::InDoubt
        }
    }

    /// Numbers that this node may send from.
    pub fn held(&self) -> BTreeSet<i64> {
        let known = self.known();
        let free = |n: &i64| !known.let_go.contains(n);
        known.numbers.keys().copied().filter(free).collect()
    }

    /// Numbers that should go to another node: nothing new may be claimed from them, and [`Leases::let_go`] is to be called
    /// when nothing of them is in flight.
    pub fn asked_back(&self) -> BTreeSet<i64> {
        let known = self.known();
        known.asked_back.difference(&known.let_go).copied().collect()
    }

    /// Nothing of this number is in flight, and nothing more will be.
    pub fn let_go(&self, number: i64) {
        let mut known = self.known();
        if known.numbers.contains_key(&number) {
            known.let_go.insert(number);
            known.version += 1;
        }
    }

    /// This node takes nothing new, and gives everything back.
    pub fn stop(&self) {
        let mut known = self.known();
        known.stopping = true;
        known.asked_back = known.numbers.keys().copied().collect();
    }

    /// Nothing is held.
    pub fn is_empty(&self) -> bool {
        self.known().numbers.is_empty()
    }

    /// Changes when a number or a share does.
    pub fn mark(&self, now: Moment) -> (u64, usize) {
        let known = self.known();
        let ripe = known.numbers.values().filter(|lease| lease.is_ripe(now)).count();
        (known.version, ripe)
    }

    /// This node's share of a limit that holds for these numbers (in order) together: the sum over all nodes never exceeds
    /// it.
    pub fn share(&self, limit: u32, numbers: &[i64], now: Moment) -> u32 {
        let known = self.known();
        share(&known, limit, numbers, now)
    }

    /// This node's share of an account's limit.
    pub fn account_share(&self, account: i64, limit: u32, now: Moment) -> u32 {
        let known = self.known();
        let numbers = known.accounts.get(&account).map_or(&[][..], Vec::as_slice);
        share(&known, limit, numbers, now)
    }

    /// Begins a transaction that writes what only the owner may: it holds until the end of the transaction that the term
    /// does, or refuses.
    pub async fn fence(&self, app: &App, tx: &mut Tx, term: i64) -> Result<(), AppError> {
        let identity = self.identity(app);
        let holds = term != 0
            && term == self.term()
            && (identity.alone || node::fence(tx, identity.id, term).await?);
        if holds {
            return Ok(());
        }
        Err(AppError::LeaseLost)
    }
}

fn share(known: &Known, limit: u32, numbers: &[i64], now: Moment) -> u32 {
    let ripe = |n: &i64| known.numbers.get(n).is_some_and(|lease| lease.is_ripe(now));
    numbers
        .iter()
        .enumerate()
        .filter(|(_, n)| ripe(n))
        .map(|(i, _)| part(limit, i, numbers.len()))
        .sum()
}

/// How much earlier than others may act the owner stops: room for clocks that run at different speeds, and for a request
/// on its way out.
fn margin(lease: Millis) -> Millis {
    lease / 10
}
