//! Where every transaction waits until the story lets it go on. Between two such points nothing of one task can be seen
//! by another, so that the order in which they go on is all there is to say about concurrency.

use std::collections::BTreeSet;
use std::io::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use harkara::store::StoreError;
use harkara::store::watch::{Watch, Watching};
use tokio::sync::{Notify, oneshot};

/// How long a statement may take: only a test that hangs ever waits for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a transaction waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Read,
    Write,
    Commit,
    Committed,
}

/// One that waits.
#[derive(Debug, Clone, Copy)]
pub struct Parked {
    pub ticket: u64,
    pub node: usize,
    pub moment: Moment,
}

#[derive(Debug, Default)]
struct State {
    parked: Vec<(Parked, oneshot::Sender<Result<(), StoreError>>)>,
    tickets: u64,
    /// Transactions between two points.
    running: usize,
    /// A transaction that writes is open: no other one can begin.
    writer: bool,
    /// Nobody waits any more.
    free: bool,
    dead: BTreeSet<usize>,
}

/// The desk of one story.
#[derive(Debug, Default)]
pub struct Desk {
    state: Mutex<State>,
    moved: Notify,
}

/// What a failing disk says.
pub fn trouble() -> StoreError {
    StoreError::Database(sqlx::Error::Io(Error::other("the disk is ill")))
}

impl Desk {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that could go on, oldest first.
    pub fn parked(&self) -> Vec<Parked> {
        let state = self.state();
        let may = |p: &Parked| p.moment != Moment::Write || !state.writer;
        state.parked.iter().map(|(p, _)| *p).filter(may).collect()
    }

    /// A transaction that writes is open.
    pub fn writes(&self) -> bool {
        self.state().writer
    }

    /// Lets one go on, or fail.
    pub fn release(&self, ticket: u64, fails: bool) {
        let mut state = self.state();
        let Some(place) = state.parked.iter().position(|(p, _)| p.ticket == ticket) else {
            return;
        };
        let (parked, go) = state.parked.remove(place);
        if fails {
            let _ = go.send(Err(trouble()));
            return;
        }
        if go.send(Ok(())).is_ok() {
            state.running += 1;
            state.writer |= parked.moment == Moment::Write;
        }
    }

    /// From now on nobody waits.
    pub fn free(&self) {
        self.state().free = true;
    }

    /// Nothing of this node will ever reach the database again.
    pub fn kill(&self, node: usize) {
        let mut state = self.state();
        state.dead.insert(node);
        let (gone, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut state.parked)
            .into_iter()
            .partition(|(p, _)| p.node == node);
        state.parked = rest;
        drop(state);
        for (_, go) in gone {
            let _ = go.send(Err(trouble()));
        }
    }

    /// Waits until every task waits here, or for the clock, or for an answer.
    pub async fn calm(&self) {
        loop {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            if self.state().running == 0 {
                return;
            }
            let moved = tokio::time::timeout(PATIENCE, self.moved.notified()).await;
            assert!(
                moved.is_ok(),
                "a transaction waits for something else: {:?}",
                self.state()
            );
        }
    }

    async fn wait(&self, node: usize, moment: Moment) -> Result<(), StoreError> {
        let waits = {
            let mut state = self.state();
            if state.dead.contains(&node) {
                return Err(trouble());
            }
            if state.free {
                state.running += 1;
                return Ok(());
            }
            state.tickets += 1;
            let (go, waits) = oneshot::channel();
            let ticket = state.tickets;
            state.parked.push((Parked { ticket, node, moment }, go));
            waits
        };
        waits.await.unwrap_or_else(|_| Err(trouble()))
    }

    fn rest(&self) {
        self.state().running -= 1;
        self.moved.notify_one();
    }
}

/// The desk as one node sees it.
#[derive(Debug, Clone)]
pub struct Seat {
    pub desk: Arc<Desk>,
    pub node: usize,
}

impl Watch for Seat {
    fn begin(&self, write: bool) -> BoxFuture<'static, Result<Box<dyn Watching>, StoreError>> {
        let seat = self.clone();
        async move {
            let moment = if write { Moment::Write } else { Moment::Read };
            seat.desk.wait(seat.node, moment).await?;
            Ok(Box::new(Guest {
                seat,
                write,
                runs: true,
            }) as Box<dyn Watching>)
        }
        .boxed()
    }
}

/// A transaction.
#[derive(Debug)]
struct Guest {
    seat: Seat,
    write: bool,
    runs: bool,
}

impl Guest {
    async fn pass(&mut self, moment: Moment) -> Result<(), StoreError> {
        self.rest();
        self.seat.desk.wait(self.seat.node, moment).await?;
        self.runs = true;
        Ok(())
    }

    fn rest(&mut self) {
        if std::mem::take(&mut self.runs) {
            self.seat.desk.rest();
        }
    }

    fn leave(&mut self) {
        if std::mem::take(&mut self.write) {
            self.seat.desk.state().writer = false;
        }
    }
}

impl Watching for Guest {
    fn commit(&mut self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.pass(Moment::Commit).boxed()
    }

    fn committed(&mut self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.leave();
        self.pass(Moment::Committed).boxed()
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.leave();
        self.rest();
    }
}
