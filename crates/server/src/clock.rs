//! Time and randomness: the only place that asks the machine for either. Everything else takes them as arguments.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;

mod moved;

pub use moved::MovedClock;

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// One second, minute, hour and day in [`Millis`].
pub const SECOND: Millis = 1_000;
/// One minute.
pub const MINUTE: Millis = 60 * SECOND;
/// One hour.
pub const HOUR: Millis = 60 * MINUTE;
/// One day.
pub const DAY: Millis = 24 * HOUR;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now, in milliseconds since 1970 UTC.
    fn now(&self) -> Millis;

    /// Waits for this long.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }

    /// Waits as long as something real, such as a database, may take.
    fn patience(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.sleep(time)
    }

    /// Milliseconds on a clock that nobody sets: it never steps, and says nothing about the time of day.
    fn steady(&self) -> Millis {
        self.now()
    }

    /// What the machine's clock showed at a moment of this one: the same, unless this one was moved forward.
    fn unmoved(&self, at: Millis) -> Millis {
        at
    }

    /// This clock as one that people can move forward; only a demo has such a one.
    fn movable(&self) -> Option<&MovedClock> {
        None
    }
}

/// One moment on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The machine's clock on the wall.
    pub wall: Millis,
    /// [`Clock::steady`].
    pub steady: Millis,
}

impl Moment {
    /// Time since an earlier moment, by the clock on which more of it has passed. The wall clock may have been set, and
    /// the steady one stands still while the machine sleeps: who must not act too late believes this one.
    pub fn at_most_since(self, earlier: Self) -> Millis {
        (self.wall - earlier.wall).max(self.steady - earlier.steady)
    }

    /// Time since an earlier moment, by the clock on which less of it has passed: who must not act too early believes
    /// this one.
    pub fn at_least_since(self, earlier: Self) -> Millis {
        (self.wall - earlier.wall).min(self.steady - earlier.steady)
    }
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everybody else is given"
    )]
    fn now(&self) -> Millis {
        jiff::Timestamp::now().as_millisecond()
    }

    fn steady(&self) -> Millis {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        let first = FIRST.get_or_init(Instant::now);
        Millis::try_from(first.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }
}

/// A clock for tests: stands still until told.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    waits: AtomicBool,
}

impl ManualClock {
    /// Starts at this moment.
    pub fn at(now: Millis) -> Self {
        Self {
            now: AtomicI64::new(now),
            waits: AtomicBool::new(false),
        }
    }

    /// Moves on.
    pub fn advance(&self, by: Millis) {
        self.now.fetch_add(by, Ordering::SeqCst);
    }

    /// From now on whoever waits for its turn waits by the machine's clock: to see how far apart things leave.
    pub fn wait_really(&self) {
        self.waits.store(true, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        self.now.load(Ordering::SeqCst)
    }

    /// Who would wait for its turn has it at once: time that does not pass cannot be waited for. A moment remains, in which
    /// others get on.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let most = if self.waits.load(Ordering::SeqCst) {
            Duration::MAX
        } else {
            Duration::from_millis(1)
        };
        tokio::time::sleep(time.min(most)).boxed()
    }

    fn patience(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }
}

/// Fills a buffer with unguessable bytes.
#[expect(clippy::disallowed_methods, reason = "the one source of randomness")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Without randomness there are no secrets: better to stop than to go on with guessable ones.
        panic!("the operating system gives no random bytes: {error}");
    }
    bytes
}

/// Makes 64-bit ids that grow with time: 42 bits of milliseconds since 2025, 10 bits of node, 11 bits of sequence.
#[derive(Debug)]
pub struct Ids {
    node: i64,
    last: Mutex<i64>,
}

/// 2025-01-01T00:00:00Z.
const EPOCH: Millis = 1_735_689_600_000;
const SEQUENCE_BITS: u32 = 11;
const NODE_BITS: u32 = 10;

impl Ids {
    /// Ids of this node (0..1023).
    pub fn new(node: u16) -> Self {
        Self {
            node: i64::from(node % (1 << NODE_BITS)),
            last: Mutex::new(0),
        }
    }

    /// The next id. Ids of one node strictly grow, also when the clock steps back or more than 2048 are asked for in
    /// one millisecond (then they run ahead of the clock).
    pub fn next(&self, now: Millis) -> i64 {
        self.take(now, 1)
    }

    /// The first of so many ids that nobody else gets; [`id_after`] tells the others. They grow like single ones, and so run
    /// ahead of the clock by a millisecond for each 2048.
    pub fn take(&self, now: Millis, count: u32) -> i64 {
        let mut last = self
            .last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // `last` counts milliseconds and sequence together, so that an overflow carries into the time.
        let floor = (now - EPOCH).max(0) << SEQUENCE_BITS;
        let first = (*last + 1).max(floor);
        *last = first + i64::from(count.max(1)) - 1;
        id_of(self.node, first)
    }
}

/// The id of a node at a count of milliseconds and sequence together.
fn id_of(node: i64, count: i64) -> i64 {
    let (ms, sequence) = (count >> SEQUENCE_BITS, count & ((1 << SEQUENCE_BITS) - 1));
    (ms << (SEQUENCE_BITS + NODE_BITS)) | (node << SEQUENCE_BITS) | sequence
}

/// The id that its node makes so many after this one: with 0 it is the same.
pub fn id_after(id: i64, n: u32) -> i64 {
    let sequence = id & ((1 << SEQUENCE_BITS) - 1);
    let node = (id >> SEQUENCE_BITS) & ((1 << NODE_BITS) - 1);
    let count = ((id >> (SEQUENCE_BITS + NODE_BITS)) << SEQUENCE_BITS) | sequence;
    id_of(node, count + i64::from(n))
}

/// When an id was made.
pub fn id_time(id: i64) -> Millis {
    (id >> (SEQUENCE_BITS + NODE_BITS)) + EPOCH
}

/// The smallest id that could have been made at this moment.
pub fn first_id_at(now: Millis) -> i64 {
    (now - EPOCH).max(0) << (SEQUENCE_BITS + NODE_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_steps_back_and_in_a_burst() {
        let ids = Ids::new(7);
        let start = EPOCH + 1_000_000;
        let mut last = 0;
        for i in 0..10_000 {
            let id = ids.next(start - i % 3);
            assert!(id > last);
            last = id;
        }
        assert_eq!(id_time(ids.next(start + DAY)), start + DAY);
        assert!(first_id_at(start + DAY) <= ids.next(start + DAY));
    }

    #[test]
    fn ids_taken_at_once_are_those_that_single_ones_would_have_been() {
        let (at_once, single) = (Ids::new(1023), Ids::new(1023));
        for (count, now) in [(1, EPOCH), (5_000, EPOCH + 7), (2_048, EPOCH), (3, EPOCH + DAY)] {
            let first = at_once.take(now, count);
            for n in 0..count {
                assert_eq!(id_after(first, n), single.next(now));
            }
        }
    }
}
