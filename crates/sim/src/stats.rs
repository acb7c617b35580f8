//! Counters, and the rates that prove a limit was kept.

use std::collections::VecDeque;

use serde::Serialize;

/// Everything counted since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Requests to the gateway of any method.
    pub requests: u64,
    /// Messages that sends asked for, accepted or not (one per recipient).
    pub attempted: u64,
    /// Messages accepted.
    pub accepted: u64,
    /// Messages not accepted, throttled ones included.
    pub refused: u64,
    /// Messages refused by the throughput limit (or a scripted 429).
    pub throttled: u64,
    /// Messages accepted whose request got no proper answer: 500, cut, garbage or none.
    pub accepted_without_answer: u64,
    /// Different `extra` values among accepted requests.
    pub unique_refs: u64,
    /// `extra` values that were accepted more than once: messages doubled by the sender.
    pub repeated_refs: u64,
    /// The most messages in any one-second sliding window.
    pub max_per_second: u64,
    /// The same of all send requests, refused ones too.
    pub max_attempted_per_second: u64,
    /// Messages by second of wall time, oldest first, the last hour.
    pub per_second: Vec<Second>,
    /// Delivery reports.
    pub reports: ReportStats,
    /// Inbound messages posted to the receiver.
    pub inbound: CallbackStats,
    /// Click callbacks.
    pub clicks: CallbackStats,
    /// Refusals by error id or HTTP status.
    pub refusals: std::collections::BTreeMap<String, u64>,
}

/// One second of wall time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Second {
    /// Seconds since the epoch.
    pub second: i64,
    /// Messages attempted.
    pub attempted: u64,
    /// Messages accepted.
    pub accepted: u64,
}

/// Counts of delivery reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ReportStats {
    /// Reports that came into being, duplicates not counted.
    pub generated: u64,
    /// Reports posted, duplicates included, tries not counted.
    pub sent: u64,
    /// Reports answered with 2xx, duplicates included.
    pub acknowledged: u64,
    /// Reports withheld by `report_loss`.
    pub lost: u64,
    /// Extra copies by `report_duplicates`.
    pub duplicated: u64,
    /// Reports held back by `report_reorder`.
    pub reordered: u64,
    /// Tries that failed and were repeated (requests, not reports).
    pub retried: u64,
    /// Reports never acknowledged after the last try.
    pub given_up: u64,
    /// Reports still to come or on their way; 0 when all is quiet.
    pub pending: u64,
}

/// Counts of another callback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CallbackStats {
    /// Posted, tries not counted.
    pub sent: u64,
    /// Answered with 2xx.
    pub acknowledged: u64,
    /// Tries that failed and were repeated.
    pub retried: u64,
    /// Never acknowledged.
    pub given_up: u64,
    /// On their way.
    pub pending: u64,
}

const SECOND: u64 = 1_000_000;
const SECONDS_KEPT: usize = 3_600;

/// Times of the last second, and the most there ever were at once.
#[derive(Debug, Default)]
pub(crate) struct Window {
    times: VecDeque<u64>,
    peak: u64,
}

impl Window {
    /// How many fell into the second that ends at `micros`.
    pub(crate) fn count(&mut self, micros: u64) -> usize {
        while self
            .times
            .front()
            .is_some_and(|at| micros.saturating_sub(*at) >= SECOND)
        {
            self.times.pop_front();
        }
        self.times.len()
    }

    /// The most there ever were in one second.
    pub(crate) fn peak(&self) -> u64 {
        self.peak
    }

    pub(crate) fn add(&mut self, micros: u64) {
        self.times.push_back(micros);
        self.peak = self.peak.max(self.count(micros) as u64);
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub stats: Stats,
    accepted: Window,
    attempted: Window,
    seconds: VecDeque<Second>,
}

impl Counters {
    pub(crate) fn attempt(&mut self, micros: u64, epoch_ms: i64) {
        self.stats.attempted += 1;
        self.attempted.add(micros);
        self.second(epoch_ms).attempted += 1;
    }

    pub(crate) fn accept(&mut self, micros: u64, epoch_ms: i64) {
        self.stats.accepted += 1;
        self.accepted.add(micros);
        self.second(epoch_ms).accepted += 1;
    }

    pub(crate) fn refuse(&mut self, why: &str, messages: u64) {
        self.stats.refused += messages;
        *self.stats.refusals.entry(why.to_owned()).or_default() += messages;
        if why == "429" {
            self.stats.throttled += messages;
        }
    }

    /// Messages accepted in the second that ends at `micros`.
    pub(crate) fn accepted_in_window(&mut self, micros: u64) -> usize {
        self.accepted.count(micros)
    }

    fn second(&mut self, epoch_ms: i64) -> &mut Second {
        let second = epoch_ms.div_euclid(1000);
        if self.seconds.back().is_none_or(|last| last.second != second) {
            if self.seconds.len() == SECONDS_KEPT {
                self.seconds.pop_front();
            }
            self.seconds.push_back(Second {
                second,
                ..Second::default()
            });
        }
        let last = self.seconds.len() - 1;
        &mut self.seconds[last]
    }

    pub(crate) fn snapshot(&self) -> Stats {
        Stats {
            max_per_second: self.accepted.peak,
            max_attempted_per_second: self.attempted.peak,
            per_second: self.seconds.iter().copied().collect(),
            ..self.stats.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn the_peak_is_that_of_the_fullest_second() {
        let mut window = Window::default();
        for at in [0, 10, 20, 1_000_000, 1_000_010, 5_000_000] {
            window.add(at);
        }
        assert_eq!(window.peak, 3);
        assert_eq!(window.count(5_999_999), 1);
        assert_eq!(window.count(6_000_000), 0);
    }
}
