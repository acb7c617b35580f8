//! Keeping leases: beat, watch the others, take what is free and ours to take, give back what others wait for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::super::{App, AppError};
use super::{Lease, SEND};
use crate::clock::{MINUTE, Millis, Moment};
use crate::domain::lease::{Seen, plan};
use crate::store::node::{self, ALIVE, LeaseRow, NodeRow, STOPPING};
use crate::store::{StoreError, account};

/// How often the tables are looked at.
const LOOK: Millis = 250;

/// What is remembered between two looks.
#[derive(Debug, Default)]
pub struct Keeper {
    looked: Option<Moment>,
    beaten: Option<Moment>,
    /// Where each other node's beat stood, and since when.
    others: HashMap<i64, (i64, i64, Moment)>,
    /// Numbers that nobody ever held, and where the beats of the others stood when they were first seen.
    fresh: HashMap<i64, Vec<(i64, i64, i64)>>,
}

/// Looks after the leases, when it is time to. Called often, by anybody.
pub async fn keep(app: &App) -> Result<(), AppError> {
    let mut keeper = app.leases.keeper.lock().await;
    let now = app.moment();
    let stopping = app.leases.known().stopping;
    let rests = |at: Moment| (0..LOOK).contains(&now.at_most_since(at));
    if !stopping && app.leases.term() != 0 && keeper.looked.is_some_and(rests) {
        return Ok(());
    }
    // A database that does not answer must not keep us from trying anew.
    let patience = Duration::from_millis(app.config.lease_ms.unsigned_abs() / 2);
    let term = app.leases.term();
    let waits = async {
        if app.leases.identity(app).alone {
            // Nobody takes over, so there is no hurry.
            std::future::pending::<()>().await;
        }
        app.clock.patience(patience).await;
    };
    let looked = tokio::select! {
        biased;
        looked = keeper.look(app) => looked,
        () = waits => Err(StoreError::timed_out().into()),
    };
    keeper.looked = Some(app.moment());
    match looked {
        Err(AppError::LeaseLost) => {
            app.leases.lose(term);
            Ok(())
        }
        result => result,
    }
}

/// Ends this node's term and frees what it holds: the last act before the end.
pub async fn leave(app: &App) -> Result<(), AppError> {
    let identity = app.leases.identity(app);
    let term = {
        let mut known = app.leases.known();
        known.numbers.clear();
        known.version += 1;
        std::mem::take(&mut known.term)
    };
    if term != 0 {
        let mut tx = app.leases.db(app).write().await?;
        node::leave(&mut tx, identity.id, term, app.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

impl super::Leases {
    /// This term is over: everything that was begun in it is void.
    pub fn lose(&self, term: i64) {
        let mut known = self.known();
        if term == 0 || known.term != term {
            return;
        }
        tracing::warn!("another server gave this one up, because it was silent for too long; joining again");
        known.term = 0;
        known.renewed = None;
        known.numbers.clear();
        known.asked_back.clear();
        known.let_go.clear();
        known.version += 1;
    }
}

impl Keeper {
    async fn look(&mut self, app: &App) -> Result<(), AppError> {
        if app.leases.term() == 0 {
            if app.leases.known().stopping {
                return Ok(());
            }
            self.join(app).await?;
        }
        let mut tx = app.leases.db(app).read().await?;
        let nodes = node::all(&mut tx).await?;
        let rows = node::leases(&mut tx).await?;
        drop(tx);
        // Before the beat: once it has moved, everybody knows that we share limits with new numbers.
        app.leases.learn(&rows);
        self.beat(app).await?;
        self.watch(app, &nodes).await?;
        self.balance(app, &nodes, &rows).await
    }

    async fn join(&mut self, app: &App) -> Result<(), AppError> {
        let identity = app.leases.identity(app);
        let name = (identity.id, identity.token.as_str());
        let begun = app.moment();
        let mut tx = app.leases.db(app).write().await?;
        let mut term = node::join(&mut tx, name, &identity.about, app.now()).await?;
        if term.is_none() {
            node::enrol(&mut tx, identity.id, &identity.token, app.now()).await?;
            term = node::join(&mut tx, name, &identity.about, app.now()).await?;
        }
        let Some(term) = term else {
            return Err(AppError::conflict(
                "node_id_taken",
                "The id of this server was given to another one.",
                "Restart it: it gets a new one.",
            ));
        };
        if identity.alone {
            node::give_up_others(&mut tx, identity.id).await?;
        }
        let rows = node::leases(&mut tx).await?;
        tx.commit().await?;
        let own: Vec<i64> = rows
            .iter()
            .filter(|row| row.node_id == Some(identity.id))
            .map(|row| row.number_id)
            .collect();
        let mut known = app.leases.known();
        known.term = term;
        known.renewed = Some(begun);
        drop(known);
        self.beaten = Some(begun);
        app.leases.add(&own, begun, true);
        Ok(())
    }

    async fn beat(&mut self, app: &App) -> Result<(), AppError> {
        let identity = app.leases.identity(app);
        let (term, state) = {
            let known = app.leases.known();
            (known.term, if known.stopping { STOPPING } else { ALIVE })
        };
        let pause = if identity.alone {
            MINUTE
        } else {
            identity.about.lease_ms / 4
        };
        let begun = app.moment();
        let rests = |at: Moment| (0..pause).contains(&begun.at_most_since(at));
        if self.beaten.is_some_and(rests) && state == ALIVE {
            return Ok(());
        }
        let mut tx = app.leases.db(app).write().await?;
        if !node::beat(&mut tx, identity.id, term, state, app.now()).await? {
            return Err(AppError::LeaseLost);
        }
        tx.commit().await?;
        self.beaten = Some(begun);
        app.leases.known().renewed = Some(begun);
        Ok(())
    }

    /// Gives up those whose beat stood still for the length of a lease, by our clock.
    async fn watch(&mut self, app: &App, nodes: &[NodeRow]) -> Result<(), AppError> {
        let own = app.leases.identity(app);
        let now = app.moment();
        self.others.retain(|id, _| nodes.iter().any(|n| n.id == *id));
        for node in nodes.iter().filter(|n| n.id != own.id && lives(n)) {
            let stood = self.others.entry(node.id).or_insert((node.term, node.beat, now));
            if (stood.0, stood.1) != (node.term, node.beat) {
                *stood = (node.term, node.beat, now);
            }
            if now.at_least_since(stood.2) < node.lease_ms.max(own.about.lease_ms) {
                continue;
            }
            let mut tx = app.leases.db(app).write().await?;
            if node::give_up(&mut tx, node.id, node.term, node.beat).await? {
                tx.commit().await?;
                tracing::warn!(
                    node = node.id,
                    name = node.name,
                    "gave up a server that was silent; its numbers go to others"
                );
            }
            self.others.remove(&node.id);
        }
        Ok(())
    }

    async fn balance(&mut self, app: &App, nodes: &[NodeRow], rows: &[LeaseRow]) -> Result<(), AppError> {
        let own = app.leases.identity(app);
        let (term, stopping) = {
            let known = app.leases.known();
            (known.term, known.stopping)
        };
        let mut senders: Vec<i64> = nodes
            .iter()
            .filter(|n| n.id != own.id && n.state == ALIVE && n.roles.split(',').any(|r| r == SEND))
            .map(|n| n.id)
            .collect();
        if own.alone {
            senders.clear();
        }
        if own.sends() && !stopping {
            senders.push(own.id);
        }
        senders.sort_unstable();
        // What a commit whose answer was lost made ours.
        let own_rows = rows.iter().filter(|row| row.node_id == Some(own.id));
        let unknown: Vec<i64> = own_rows
            .map(|row| row.number_id)
            .filter(|n| !app.leases.known().numbers.contains_key(n))
            .collect();
        app.leases.add(&unknown, app.moment(), false);
        let seen: Vec<Seen> = rows.iter().map(seen).collect();
        let plan = plan(own.id, &senders, &seen);
        let give = app.leases.ask_back(&plan.release);
        if !give.is_empty() {
            let mut tx = app.leases.db(app).write().await?;
            node::release(&mut tx, &give, own.id).await?;
            tx.commit().await?;
            app.leases.remove(&give);
        }
        let new = self.ready(&plan.take, nodes, rows, own.id);
        let free: Vec<i64> = plan
            .take
            .into_iter()
            .filter(|n| new.get(n) != Some(&None))
            .collect();
        if free.is_empty() {
            return Ok(());
        }
        let mut tx = app.leases.db(app).write().await?;
        app.leases.fence(app, &mut tx, term).await?;
        let taken = node::take(&mut tx, &free, own.id).await?;
        tx.commit().await?;
        let (at_once, later): (Vec<i64>, Vec<i64>) = taken
            .into_iter()
            .partition(|n| own.alone || new.get(n) == Some(&Some(true)));
        let now = app.moment();
        app.leases.add(&at_once, now, true);
        app.leases.add(&later, now, false);
        app.wake_dispatch.notify_one();
        Ok(())
    }

    /// A number that nobody held yet makes the shares of the others smaller, which they must know before it sends: all of
    /// them must have beaten twice since we saw it. For each new number: not yet (`None`), or whether we were the only one.
    fn ready(
        &mut self,
        take: &[i64],
        nodes: &[NodeRow],
        rows: &[LeaseRow],
        own: i64,
    ) -> BTreeMap<i64, Option<bool>> {
        let unheld: BTreeSet<i64> = rows
            .iter()
            .filter(|row| row.epoch.unwrap_or_default() == 0)
            .map(|row| row.number_id)
            .collect();
        self.fresh.retain(|n, _| unheld.contains(n));
        let beats = |n: &NodeRow| (n.id, n.term, n.beat);
        let others: Vec<_> = nodes
            .iter()
            .filter(|n| n.id != own && lives(n))
            .map(beats)
            .collect();
        let mut ready = BTreeMap::new();
        for number in take.iter().filter(|n| unheld.contains(n)) {
            let stood = self.fresh.entry(*number).or_insert_with(|| others.clone());
            let knows = |(id, term, beat): &(i64, i64, i64)| {
                others
                    .iter()
                    .all(|now| now.0 != *id || now.1 != *term || now.2 >= beat + 2)
            };
            ready.insert(*number, stood.iter().all(knows).then_some(stood.is_empty()));
        }
        ready
    }
}

impl super::Leases {
    fn learn(&self, rows: &[LeaseRow]) {
        let mut accounts: HashMap<i64, Vec<i64>> = HashMap::new();
        for row in rows {
            accounts.entry(row.account_id).or_default().push(row.number_id);
        }
        let mut known = self.known();
        if known.accounts != accounts {
            known.accounts = accounts;
            known.version += 1;
        }
    }

    fn add(&self, numbers: &[i64], taken: Moment, at_once: bool) {
        if numbers.is_empty() {
            return;
        }
        let mut known = self.known();
        for number in numbers {
            known.numbers.insert(*number, Lease { taken, at_once });
        }
        known.version += 1;
    }

    fn remove(&self, numbers: &[i64]) {
        let mut known = self.known();
        for number in numbers {
            known.numbers.remove(number);
            known.asked_back.remove(number);
            known.let_go.remove(number);
        }
        known.version += 1;
    }

    /// Notes what is to be given back; answers what can be.
    fn ask_back(&self, numbers: &[i64]) -> Vec<i64> {
        let mut known = self.known();
        let asked: BTreeSet<i64> = numbers
            .iter()
            .copied()
            .filter(|n| known.numbers.contains_key(n))
            .collect();
        if known.asked_back != asked {
            known.asked_back = asked;
            known.version += 1;
        }
        known.let_go.iter().copied().collect()
    }
}

fn lives(node: &NodeRow) -> bool {
    matches!(node.state, ALIVE | STOPPING)
}

fn seen(row: &LeaseRow) -> Seen {
    Seen {
        id: row.number_id,
        account: row.account_id,
        limit: u32::try_from(row.requests_per_second).unwrap_or(1),
        active: row.account_state == account::ACTIVE,
        holder: row.node_id,
    }
}
