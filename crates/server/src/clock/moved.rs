//! A clock that can be moved forward, for a demo: a day passes at once.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;

use super::{Clock, Millis};

/// Another clock's time, and whatever it was moved forward. It never goes back by itself; [`MovedClock::reset`] is for the
/// end of everything that knows its time.
pub struct MovedClock {
    base: Arc<dyn Clock>,
    /// How far it is ahead; shared with whoever must tell the same time.
    ahead: Arc<AtomicI64>,
    jumps: Mutex<Vec<Jump>>,
}

impl fmt::Debug for MovedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MovedClock").field("ahead", &self.ahead).finish()
    }
}

/// It was moved once.
#[derive(Debug, Clone, Copy)]
struct Jump {
    /// What it showed right before.
    from: Millis,
    /// What it showed right after.
    to: Millis,
}

impl MovedClock {
    /// The time of `base`, not moved yet.
    pub fn over(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            ahead: Arc::default(),
            jumps: Mutex::default(),
        }
    }

    /// How far it is ahead of the machine's clock.
    pub fn ahead(&self) -> Millis {
        self.ahead.load(Ordering::SeqCst)
    }

    /// The same for a clock elsewhere that shall never tell another time than this one.
    pub fn share(&self) -> Arc<AtomicI64> {
        self.ahead.clone()
    }

    /// Begins where an earlier process left off, before anybody asked for the time.
    pub fn begin(&self, ahead: Millis) {
        let ahead = ahead.max(0);
        let mut jumps = self.jumps();
        // When it was moved is not known any more, so that all that was kept counts as later than that.
        *jumps = vec![Jump { from: 0, to: ahead }];
        self.ahead.store(ahead, Ordering::SeqCst);
    }

    /// Moves it forward, never back; answers what it shows then.
    pub fn forward(&self, by: Millis) -> Millis {
        let by = by.max(0);
        let mut jumps = self.jumps();
        let from = self.now();
        jumps.push(Jump { from, to: from + by });
        self.ahead.fetch_add(by, Ordering::SeqCst);
        from + by
    }

    /// Shows the machine's time again.
    pub fn reset(&self) {
        self.jumps().clear();
        self.ahead.store(0, Ordering::SeqCst);
    }

    fn jumps(&self) -> MutexGuard<'_, Vec<Jump>> {
        self.jumps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Millis {
        self.base.now() + self.ahead()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.base.sleep(time)
    }

    fn patience(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.base.patience(time)
    }

    fn steady(&self) -> Millis {
        self.base.steady()
    }

    fn unmoved(&self, at: Millis) -> Millis {
        let undo = |at: Millis, jump: &Jump| {
            if at >= jump.to {
                at - (jump.to - jump.from)
            } else {
                // In what was jumped over, no time passed.
                at.min(jump.from)
            }
        };
        let at = self.jumps().iter().rev().fold(at, undo);
        self.base.unmoved(at)
    }

    fn movable(&self) -> Option<&MovedClock> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DAY, HOUR, MINUTE, ManualClock, SECOND};
    use super::*;

    const START: Millis = 1_800_000_000_000;

    #[test]
    fn it_goes_forward_and_remembers_how_little_time_passed() {
        let machine = Arc::new(ManualClock::at(START));
        let clock = MovedClock::over(machine.clone());
        assert_eq!((clock.now(), clock.ahead()), (START, 0));
        machine.advance(MINUTE);
        assert_eq!(clock.forward(DAY), START + MINUTE + DAY);
        machine.advance(MINUTE);
        clock.forward(HOUR);
        machine.advance(SECOND);
        assert_eq!(clock.now(), START + 2 * MINUTE + SECOND + DAY + HOUR);
        assert_eq!(clock.forward(-HOUR), clock.now(), "never back");
        assert_eq!(clock.steady(), START + 2 * MINUTE + SECOND, "does not jump");
        // On the machine's clock: before, in and between the jumps, and now.
        assert_eq!(clock.unmoved(START + SECOND), START + SECOND);
        assert_eq!(clock.unmoved(START + 3 * HOUR), START + MINUTE);
        assert_eq!(clock.unmoved(START + DAY + MINUTE + 5), START + MINUTE + 5);
        assert_eq!(clock.unmoved(START + DAY + 30 * MINUTE), START + 2 * MINUTE);
        assert_eq!(clock.unmoved(clock.now()), START + 2 * MINUTE + SECOND);
        clock.reset();
        assert_eq!((clock.now(), clock.ahead()), (machine.now(), 0));
    }

    #[test]
    fn after_a_restart_it_is_as_far_ahead_as_before() {
        let clock = MovedClock::over(Arc::new(ManualClock::at(START)));
        clock.begin(DAY);
        assert_eq!(clock.now(), START + DAY);
        assert_eq!(clock.unmoved(START + DAY), START);
        assert_eq!(clock.unmoved(START + DAY - HOUR), START - HOUR);
        assert_eq!(clock.share().load(Ordering::SeqCst), DAY);
    }
}
