//! How fast one number may write to one person. WhatsApp lets a number send one message in six seconds to a person, and 45
//! at once to one that has been left in peace for so long (`131056` when it is more; see the vendor's page on throughput).

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::variant::canonical;
use crate::clock::{Millis, SECOND};

/// Time that one message costs.
const EACH: Millis = 6 * SECOND;
/// Messages at once.
const BURST: Millis = 45;
/// After this time without a message nothing of a person's past counts any more.
pub const MEMORY: Millis = EACH * BURST;
/// People remembered before those are looked for who need not be.
const MANY: usize = 10_000;

/// What one number has sent to whom. People are known by a hash of their number, in whatever way it is written: should two ever share one, they get their
/// messages later, never sooner.
#[derive(Debug, Clone)]
pub struct Pairs {
    /// When everything that was sent is paid for.
    paid_at: HashMap<u64, Millis>,
    many: usize,
}

impl Default for Pairs {
    fn default() -> Self {
        Self {
            paid_at: HashMap::new(),
            many: MANY,
        }
    }
}

impl Pairs {
    /// When the next message to this person may leave: now, or later.
    pub fn earliest(&self, phone: &str, now: Millis) -> Millis {
        match self.paid_at.get(&key(phone)) {
            // A clock that stepped back must not make anybody wait for longer than a whole burst.
            Some(paid) => now.max((*paid).min(now + MEMORY) - EACH * (BURST - 1)),
            None => now,
        }
    }

    /// A message to this person leaves, or left.
    pub fn record(&mut self, phone: &str, at: Millis) {
        let paid = self.paid_at.entry(key(phone)).or_insert(at);
        *paid = (*paid).max(at) + EACH;
        if self.paid_at.len() >= self.many {
            self.paid_at.retain(|_, paid| *paid > at);
            self.many = (self.paid_at.len() * 2).max(MANY);
        }
    }

    /// People who are remembered.
    pub fn len(&self) -> usize {
        self.paid_at.len()
    }

    /// Nobody is.
    pub fn is_empty(&self) -> bool {
        self.paid_at.is_empty()
    }
}

fn key(phone: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(canonical(phone).as_ref())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Millis = 1_800_000_000_000;

    /// Sends as early as allowed; the times.
    fn send(pairs: &mut Pairs, mut now: Millis, count: usize) -> Vec<Millis> {
        let one = |_| {
            now = pairs.earliest("+919999911101", now);
            pairs.record("+919999911101", now);
            now
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_burst_leaves_at_once_and_then_one_in_six_seconds() {
        let times = send(&mut Pairs::default(), START, 50);
        assert!(times[..45].iter().all(|at| *at == START));
        let later: Vec<Millis> = times[45..].iter().map(|at| at - START).collect();
        assert_eq!(later, [6_000, 12_000, 18_000, 24_000, 30_000]);
    }

    #[test]
    fn a_long_pause_gives_the_whole_burst_again() {
        let mut pairs = Pairs::default();
        send(&mut pairs, START, 45);
        let times = send(&mut pairs, START + MEMORY, 45);
        assert!(times.iter().all(|at| *at == START + MEMORY));
    }

    #[test]
    fn one_person_does_not_delay_another() {
        let mut pairs = Pairs::default();
        send(&mut pairs, START, 60);
        assert_eq!(pairs.earliest("+919999911102", START), START);
    }

    #[test]
    fn a_number_that_is_written_in_two_ways_is_one_person() {
        let mut pairs = Pairs::default();
        for i in 0..45 {
            pairs.record(["+5551999990001", "+555199990001"][i % 2], START);
        }
        for way in ["+5551999990001", "+555199990001"] {
            assert_eq!(pairs.earliest(way, START), START + EACH, "{way}");
        }
    }

    #[test]
    fn who_was_left_in_peace_is_forgotten() {
        let mut pairs = Pairs::default();
        for i in 0..200_000_i64 {
            pairs.record(&format!("+9199999{i:05}"), START + i);
        }
        assert!(pairs.len() < 30_000, "{} remembered", pairs.len());
    }

    proptest! {
        #[test]
        fn no_span_of_time_ever_holds_more(pauses in prop::collection::vec(0_i64..20_000, 1..200)) {
            let (mut pairs, mut now, mut times) = (Pairs::default(), START, Vec::new());
            for pause in pauses {
                now = pairs.earliest("+919999911101", now + pause);
                pairs.record("+919999911101", now);
                times.push(now);
            }
            for (first, from) in times.iter().enumerate() {
                for (last, to) in times.iter().enumerate().skip(first) {
                    let sent = (last - first + 1) as i64;
                    prop_assert!(sent <= BURST + (to - from) / EACH, "{sent} in {} ms", to - from);
                }
            }
        }

        #[test]
        fn a_clock_that_steps_back_costs_a_burst_at_most(back in 0_i64..10_000_000) {
            let mut pairs = Pairs::default();
            send(&mut pairs, START, 100);
            let now = START - back;
            prop_assert!(pairs.earliest("+919999911101", now) <= now + MEMORY);
        }
    }
}
