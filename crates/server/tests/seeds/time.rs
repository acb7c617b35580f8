//! A clock that moves only when the story says so: steady time for waiting, and a wall clock that can be wrong.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use harkara::clock::{Clock, Millis};
use tokio::sync::oneshot;

/// 2026-01-05T10:00:00Z, a Monday.
pub const START: Millis = 1_767_607_200_000;

#[derive(Default)]
struct State {
    steady: Millis,
    offset: Millis,
    furthest: Millis,
    sequence: u64,
    sleepers: BTreeMap<(Millis, u64), oneshot::Sender<()>>,
}

/// The clock of all nodes of one story.
#[derive(Default)]
pub struct SimClock(Mutex<State>);

impl SimClock {
    /// Time that only grows, from 0.
    pub fn steady(&self) -> Millis {
        self.0.lock().unwrap().steady
    }

    /// The wall clock is set, by so much.
    pub fn jump(&self, by: Millis) {
        let mut state = self.0.lock().unwrap();
        state.offset += by;
        state.furthest = state.furthest.max(state.offset);
    }

    /// The wall clock shows no less than it ever did.
    pub fn mend(&self) {
        let mut state = self.0.lock().unwrap();
        state.offset = state.furthest;
    }

    /// When the next sleeper wakes.
    pub fn next(&self) -> Option<Millis> {
        self.0.lock().unwrap().sleepers.keys().next().map(|(at, _)| *at)
    }

    /// It is this late now: who slept until now wakes.
    pub fn set(&self, steady: Millis) {
        let mut state = self.0.lock().unwrap();
        state.steady = steady.max(state.steady);
        let later = state.sleepers.split_off(&(steady + 1, 0));
        let due = std::mem::replace(&mut state.sleepers, later);
        drop(state);
        for (_, sleeper) in due {
            let _ = sleeper.send(());
        }
    }
}

impl Clock for SimClock {
    fn now(&self) -> Millis {
        let state = self.0.lock().unwrap();
        START + state.steady + state.offset
    }

    fn steady(&self) -> Millis {
        self.0.lock().unwrap().steady
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.0.lock().unwrap();
        let (wake, woken) = oneshot::channel();
        state.sequence += 1;
        let place = (
            state.steady + i64::try_from(time.as_millis()).unwrap(),
            state.sequence,
        );
        state.sleepers.insert(place, wake);
        woken.map(|_| ()).boxed()
    }
}
