//! The one place of the simulator that reads the real clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// Wall time that never runs backwards: read once, then advanced by the monotonic clock, and ahead of it by as much as
/// somebody moved it.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_ms: i64,
    /// Milliseconds that it was moved forward.
    ahead: Arc<AtomicI64>,
    /// It follows another clock, which alone may be moved.
    follows: bool,
}

impl Clock {
    /// A clock of its own, or one that is ahead by as much as another one.
    #[expect(
        clippy::disallowed_methods,
        reason = "a simulated provider has its own real time; read here alone"
    )]
    pub(crate) fn start(follow: Option<Arc<AtomicI64>>) -> Self {
        Self {
            started: Instant::now(),
            started_ms: jiff::Timestamp::now().as_millisecond(),
            follows: follow.is_some(),
            ahead: follow.unwrap_or_default(),
        }
    }

    /// Microseconds since the simulator started that really passed: for rates, and for how long something took.
    pub(crate) fn real_micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Microseconds since the simulator started, with what was jumped over.
    pub(crate) fn micros(&self) -> u64 {
        let ahead = u64::try_from(self.ahead_ms()).unwrap_or(0);
        self.real_micros().saturating_add(ahead.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch at `micros` after the start.
    pub(crate) fn epoch_ms(&self, micros: u64) -> i64 {
        self.started_ms
            .saturating_add(i64::try_from(micros / 1000).unwrap_or(i64::MAX))
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        self.epoch_ms(self.micros())
    }

    /// How far it is ahead of the machine's clock.
    pub(crate) fn ahead_ms(&self) -> i64 {
        self.ahead.load(Ordering::SeqCst)
    }

    /// Moves it forward, unless it follows another one.
    pub(crate) fn forward(&self, by_ms: i64) -> bool {
        if !self.follows {
            self.ahead.fetch_add(by_ms.max(0), Ordering::SeqCst);
        }
        !self.follows
    }
}
