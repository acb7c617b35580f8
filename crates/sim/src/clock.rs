//! The one place of the simulator that reads the real clock.

use std::time::Instant;

/// Wall time that never runs backwards: read once, then advanced by the monotonic clock.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_ms: i64,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "a simulated provider has its own real time; read here alone"
    )]
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            started_ms: jiff::Timestamp::now().as_millisecond(),
        }
    }

    /// Microseconds since the simulator started.
    pub(crate) fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
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
}
