//! Whether an account's provider is worth a try: a circuit breaker. Closed, everything flows. After [`STRIKES`] failures
//! in a row it opens: nothing leaves for a while, longer each time. Then one message at a time tries (half-open), and the
//! first answer of any kind closes it again.

use crate::clock::{Millis, SECOND};

/// Failures in a row that open the breaker.
pub const STRIKES: u32 = 5;
/// Longest pause between two tries while the provider is away.
pub const LONGEST_PAUSE: Millis = 30 * SECOND;

/// Where the breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Everything flows.
    Closed,
    /// Nothing leaves before this time.
    Open(Millis),
    /// One message at a time finds out.
    HalfOpen,
}

/// The breaker of one account.
#[derive(Debug, Clone, Default)]
pub struct Breaker {
    /// Failures in a row while closed.
    strikes: u32,
    /// How often it opened since the provider last answered.
    openings: u32,
    opened_at: Millis,
    until: Millis,
    /// Half-open, with its one message on the way.
    trying: bool,
}

impl Breaker {
    /// Where it stands now.
    pub fn position(&self, now: Millis) -> Position {
        if self.openings == 0 {
            Position::Closed
        } else if now < self.until && self.until <= now + LONGEST_PAUSE {
            Position::Open(self.until)
        } else {
            // Also when the pause lies further ahead than any pause does: the clock stepped back.
            Position::HalfOpen
        }
    }

    /// Is it not closed, or did the last attempt fail?
    pub fn is_troubled(&self) -> bool {
        self.openings > 0 || self.strikes > 0
    }

    /// How many messages may leave now.
    pub fn room(&self, now: Millis) -> usize {
        match self.position(now) {
            Position::Closed => usize::MAX,
            Position::Open(_) => 0,
            Position::HalfOpen => usize::from(!self.trying),
        }
    }

    /// Messages leave.
    pub fn left(&mut self, messages: usize) {
        self.trying |= self.openings > 0 && messages > 0;
    }

    /// An attempt that began at `began` found nobody: no connection, no answer, or one that says "not now".
    pub fn failed(&mut self, began: Millis, now: Millis) {
        if self.openings > 0 {
            // What left before it opened says nothing new: a hundred messages in flight are one outage.
            if !self.trying && began <= self.opened_at && self.opened_at <= now {
                return;
            }
        } else {
            self.strikes += 1;
            if self.strikes < STRIKES {
                return;
            }
        }
        self.until = now + (SECOND << self.openings.min(5)).min(LONGEST_PAUSE);
        self.openings = self.openings.saturating_add(1);
        self.opened_at = now;
        self.trying = false;
    }

    /// The provider answered, whatever it said.
    pub fn answered(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open(now: Millis) -> Breaker {
        let mut breaker = Breaker::default();
        (0..STRIKES).for_each(|_| breaker.failed(now, now));
        breaker
    }

    #[test]
    fn it_opens_after_five_failures_in_a_row_and_not_before() {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            (1..STRIKES).for_each(|_| breaker.failed(0, 0));
            assert_eq!(breaker.position(0), Position::Closed);
            breaker.answered();
        }
        assert_eq!(
            (open(0).position(0), open(0).room(0)),
            (Position::Open(SECOND), 0)
        );
    }

    #[test]
    fn then_one_message_at_a_time_tries_and_the_pauses_grow() {
        let mut breaker = open(0);
        let (mut now, mut pauses) = (0, Vec::new());
        for _ in 0..8 {
            let Position::Open(until) = breaker.position(now) else {
                panic!("not open at {now}")
            };
            pauses.push((until - now) / SECOND);
            now = until;
            assert_eq!(
                (breaker.position(now), breaker.room(now)),
                (Position::HalfOpen, 1)
            );
            breaker.left(1);
            assert_eq!(breaker.room(now), 0);
            breaker.failed(now, now + 1);
            now += 1;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
        breaker.answered();
        assert_eq!(breaker.room(now), usize::MAX);
    }

    #[test]
    fn what_was_in_flight_when_it_opened_neither_makes_the_pause_longer_nor_keeps_the_next_try_waiting() {
        let mut breaker = open(100);
        (0..64).for_each(|_| breaker.failed(50, 200));
        assert_eq!(breaker.position(200), Position::Open(100 + SECOND));
        assert_eq!(breaker.room(100 + SECOND), 1);
    }

    #[test]
    fn a_clock_that_steps_back_does_not_keep_it_open() {
        assert_eq!(open(3_600 * SECOND).position(0), Position::HalfOpen);
    }

    proptest! {
        #[test]
        fn whatever_happens_it_lets_something_through_within_the_longest_pause(
            events in prop::collection::vec((1i64..5_000, any::<bool>()), 0..60),
        ) {
            let (mut breaker, mut now) = (Breaker::default(), 0);
            for (step, failed) in events {
                let began = now;
                now += step;
                breaker.left(breaker.room(began).min(1));
                if failed { breaker.failed(began, now) } else { breaker.answered() }
            }
            breaker.failed(now, now + 1);
            prop_assert!(breaker.room(now + 1 + LONGEST_PAUSE) >= 1);
        }
    }
}
