//! How fast a number or account may send. Two parts: a paced bucket ([`Limiter`]) decides how much work may be claimed
//! now, and a record of departures ([`Departures`]) decides when each request may leave, so that no one-second window
//! ever holds more than the rate, whatever a slow commit or a busy machine bunches together. A restart begins with a
//! second of silence, because nobody knows what left in the second before.

use std::collections::VecDeque;

use crate::clock::{Millis, SECOND};

/// Room for the jitter between our leaving and the provider's arrival, added to the one-second window.
pub const WINDOW: Millis = SECOND + 7;
/// After a pause, one place in so many of the first second stays free: the first requests wait for new connections, and arrive
/// together with those that left after them.
const KEPT_FREE: usize = 8;
/// Longest pause between two departures that still counts as steady work: what is not used in it is forgotten.
const BURST_MS: f64 = 100.0;
/// Smallest share of the rate that throttle answers can push it down to.
const SMALLEST_SHARE: f64 = 0.05;
/// Departures or pauses that lie further ahead than this come from a clock that has stepped back since.
const STEP: Millis = 61 * SECOND;
/// How long one burst of throttle answers counts as one.
const ONE_THROTTLE: Millis = 500;
/// Share of the rate won back in each second without a throttle answer.
const RECOVERY_PER_SECOND: f64 = 0.1;

/// Limits one number, account or campaign to `rate` a second.
#[derive(Debug, Clone)]
pub struct Limiter {
    rate: u32,
    share: f64,
    tokens: f64,
    counted_at: Millis,
    throttled_at: Millis,
    silent_until: Millis,
}

impl Limiter {
    /// A limiter that begins with a second of silence.
    pub fn new(rate: u32, now: Millis) -> Self {
        let rate = rate.max(1);
        Self {
            rate,
            share: 1.0,
            tokens: 0.0,
            counted_at: now,
            throttled_at: 0,
            silent_until: now + WINDOW,
        }
    }

    /// Takes a changed setting.
    pub fn set_rate(&mut self, rate: u32) {
        self.rate = rate.max(1);
    }

    /// The configured rate, messages a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The rate in force, after throttle answers.
    pub fn current_rate(&self) -> f64 {
        f64::from(self.rate) * self.share
    }

    /// Until when a throttle answer keeps everything back, when it does.
    pub fn silent_until(&self, now: Millis) -> Option<Millis> {
        (self.silent_until > now).then_some(self.silent_until)
    }

    /// How many may be claimed now. Does not take them: see [`Limiter::take`].
    pub fn available(&mut self, now: Millis) -> usize {
        let back = self.counted_at - now;
        if back > 0 {
            // The clock stepped back, and what was noted on it does the same.
            self.silent_until -= back;
            self.throttled_at -= back;
        }
        let elapsed = (-back).max(0) as f64;
        self.counted_at = now;
        if now < self.silent_until {
            self.tokens = 0.0;
            return 0;
        }
        if now - self.throttled_at >= SECOND {
            self.share = (self.share + RECOVERY_PER_SECOND * elapsed / 1_000.0).min(1.0);
        }
        let per_ms = self.current_rate() / 1_000.0;
        let burst = (per_ms * BURST_MS).max(2.0);
        self.tokens = (self.tokens + per_ms * elapsed).min(burst);
        self.tokens as usize
    }

    /// Takes what was claimed.
    pub fn take(&mut self, n: usize) {
        self.tokens -= n as f64;
    }

    /// The provider said that it was too fast: half the rate at once, and silence for as long as it asked (or one
    /// second).
    pub fn throttled(&mut self, now: Millis, after: Option<Millis>) {
        if now - self.throttled_at >= ONE_THROTTLE {
            self.share = (self.share / 2.0).max(SMALLEST_SHARE);
        }
        self.throttled_at = now;
        self.tokens = 0.0;
        self.silent_until = self.silent_until.max(now + after.unwrap_or(200).min(60 * SECOND));
    }
}

/// The last `rate` departures of a number, account or campaign.
#[derive(Debug, Clone)]
pub struct Departures {
    times: VecDeque<Millis>,
    /// The end of the first second after a pause, and the departures in it.
    resuming: (Millis, usize),
}

impl Departures {
    /// A record that begins with a second of silence.
    pub fn new(rate: u32, now: Millis) -> Self {
        Self {
            times: std::iter::repeat_n(now, rate.max(1) as usize).collect(),
            resuming: (now, 0),
        }
    }

    /// Takes a changed setting; a higher rate opens without a jump, a lower one holds at once.
    pub fn set_rate(&mut self, rate: u32) {
        let rate = rate.max(1) as usize;
        while self.times.len() < rate {
            let oldest = self.times.front().copied().unwrap_or_default();
            self.times.push_front(oldest);
        }
        while self.times.len() > rate {
            self.times.pop_front();
        }
    }

    /// When the next request may leave: now, or the moment at which the oldest departure falls out of the window.
    pub fn earliest(&mut self, now: Millis) -> Millis {
        if self.times.back().is_some_and(|last| *last > now + STEP) {
            // The clock stepped back: begin again with a second of silence, not with an hour of it.
            self.times.iter_mut().for_each(|at| *at = now);
        }
        self.times.front().map_or(now, |oldest| now.max(oldest + WINDOW))
    }

    /// A request leaves now.
    pub fn record(&mut self, now: Millis) {
        // A clock that stepped back must not make the record forget its order.
        let now = self.times.back().map_or(now, |last| now.max(*last));
        if self.times.back().is_some_and(|last| now - last >= WINDOW) {
            self.resuming = (now + WINDOW, 0);
        }
        self.note(now);
        let (until, departures) = &mut self.resuming;
        if now < *until {
            *departures += 1;
            if departures.is_multiple_of(KEPT_FREE - 1) {
                self.note(now);
            }
        }
    }

    fn note(&mut self, now: Millis) {
        self.times.pop_front();
        self.times.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs the limiter as the dispatcher does, with ticks of uneven length, and returns the departure times.
    fn run(rate: u32, ticks: &[i64], start: Millis) -> Vec<Millis> {
        let mut limiter = Limiter::new(rate, start);
        let mut departures = Departures::new(rate, start);
        let (mut now, mut left) = (start, Vec::new());
        for step in ticks {
            now += step;
            let n = limiter.available(now);
            limiter.take(n);
            for _ in 0..n {
                let at = departures.earliest(now);
                departures.record(at);
                left.push(at);
            }
        }
        left
    }

    fn most_in_a_second(times: &[Millis]) -> usize {
        times
            .iter()
            .map(|t| times.iter().filter(|u| **u >= *t && **u < t + SECOND).count())
            .max()
            .unwrap_or(0)
    }

    proptest! {
        #[test]
        fn no_second_ever_holds_more_than_the_rate(
            rate in 1u32..200,
            ticks in prop::collection::vec(1i64..400, 1..120),
        ) {
            prop_assert!(most_in_a_second(&run(rate, &ticks, 1_000_000)) <= rate as usize);
        }
    }

    #[test]
    fn the_rate_is_held_within_one_percent_over_a_minute() {
        for rate in [1u32, 7, 80, 1_000] {
            let ticks = vec![10; 6_100];
            let sent = run(rate, &ticks, 0)
                .iter()
                .filter(|t| (1_000..61_000).contains(*t))
                .count();
            let wanted = rate as usize * 60;
            // One message of leeway: the minute's edges fall between two departures.
            assert!(
                sent <= wanted && (sent + 1) * 100 >= wanted * 99,
                "{rate}/s sent {sent} of {wanted}"
            );
        }
    }

    #[test]
    fn a_clock_that_steps_back_costs_seconds_and_not_hours() {
        const HOUR: Millis = 3_600 * SECOND;
        let mut limiter = Limiter::new(10, 2 * HOUR);
        let mut departures = Departures::new(10, 2 * HOUR);
        limiter.throttled(2 * HOUR, None);
        assert!(departures.earliest(HOUR) <= HOUR + 2 * SECOND);
        limiter.available(HOUR);
        assert!(limiter.available(HOUR + 2 * SECOND) > 0);
        for second in 3..12 {
            limiter.available(HOUR + second * SECOND);
        }
        assert_eq!(limiter.current_rate(), 10.0);
    }

    #[test]
    fn after_a_pause_the_first_second_is_not_filled() {
        let times = run(80, &[10; 400], 0);
        let first = times[0];
        let in_second = |n: i64| times.iter().filter(|t| (**t - first) / WINDOW == n).count();
        assert_eq!((in_second(0), in_second(1)), (70, 80));
    }

    #[test]
    fn a_restart_begins_with_a_second_of_silence() {
        assert!(run(500, &[10; 90], 0).is_empty());
    }

    #[test]
    fn a_throttle_answer_halves_the_rate_at_once_and_it_recovers() {
        let mut limiter = Limiter::new(100, 0);
        limiter.available(2_000);
        limiter.throttled(2_000, None);
        limiter.throttled(2_010, None);
        assert_eq!(limiter.current_rate(), 50.0);
        assert_eq!(limiter.available(2_100), 0);
        for now in (2_200..20_000).step_by(100) {
            limiter.available(now);
        }
        assert_eq!(limiter.current_rate(), 100.0);
    }
}
