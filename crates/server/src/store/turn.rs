//! Who may write next on an engine with one writer: the most urgent, and of those the one that waits longest.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// How urgent a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Somebody outside waits for it with a short deadline: a provider that wants its callback answered.
    First,
    /// Work that people and rates wait for.
    Soon,
    /// Much work that may take its time, and that is done again should the power fail before the next more urgent
    /// transaction: imports, and applying callbacks that are durable already.
    Bulk,
}

const LANES: usize = 3;

/// How often in a row a lane may be passed over by more urgent ones: urgent work must not keep the rest out for ever.
const PATIENCE: u32 = 4;

/// The line in front of the one writer.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<Line>>);

#[derive(Debug, Default)]
struct Line {
    busy: bool,
    waiting: [VecDeque<oneshot::Sender<Turn>>; LANES],
    passed_over: [u32; LANES],
}

/// The right to write. It goes to the next when this is dropped.
#[derive(Debug)]
pub struct Turn(Turns);

impl Turns {
    /// Waits for a turn.
    pub async fn take(&self, lane: Lane) -> Turn {
        let asked = {
            let mut line = self.line();
            if line.busy {
                let (turn, asked) = oneshot::channel();
                line.waiting[lane as usize].push_back(turn);
                Some(asked)
            } else {
                line.busy = true;
                None
            }
        };
        match asked {
            Some(asked) => match asked.await {
                Ok(turn) => turn,
                // The line itself is never dropped while somebody waits in it.
                Err(_) => Turn(self.clone()),
            },
            None => Turn(self.clone()),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// The next in line, of those who still wait.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        // A turn that is sent to who has gone comes back inside the call that sends it: thousands of them, one within the
        // other, are more than a stack holds.
        for lane in &mut self.waiting {
            while lane.front().is_some_and(oneshot::Sender::is_closed) {
                lane.pop_front();
            }
        }
        let waits = |lane: &usize| !self.waiting[*lane].is_empty();
        let lane = (0..LANES)
            .filter(waits)
            .find(|lane| self.passed_over[*lane] >= PATIENCE)
            .or_else(|| (0..LANES).find(waits))?;
        for less in lane + 1..LANES {
            if !self.waiting[less].is_empty() {
                self.passed_over[less] += 1;
            }
        }
        self.passed_over[lane] = 0;
        self.waiting[lane].pop_front()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut line = self.0.line();
            let next = line.next();
            line.busy = next.is_some();
            next
        };
        if let Some(next) = next {
            // Who does not wait any more drops it at once, and so gives it to the one after.
            drop(next.send(Turn(self.0.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use futures::future::BoxFuture;

    use super::*;

    /// Takes turns as they come until nobody waits; the names in that order.
    fn served(first: Turn, mut waiting: Vec<(&'static str, BoxFuture<'static, Turn>)>) -> Vec<&'static str> {
        let mut order = Vec::new();
        let mut held = Some(first);
        while !waiting.is_empty() {
            drop(held.take());
            let at = waiting
                .iter_mut()
                .position(|(_, turn)| match turn.now_or_never() {
                    Some(turn) => held.replace(turn).is_none(),
                    None => false,
                });
            order.push(waiting.remove(at.unwrap()).0);
        }
        order
    }

    fn ask(turns: &Turns, name: &'static str, lane: Lane) -> (&'static str, BoxFuture<'static, Turn>) {
        let turns = turns.clone();
        let mut turn = async move { turns.take(lane).await }.boxed();
        assert!(
            (&mut turn).now_or_never().is_none(),
            "{name} did not have to wait"
        );
        (name, turn)
    }

    #[test]
    fn the_most_urgent_goes_first_and_its_elder_before_it() {
        let turns = Turns::default();
        let first = turns.take(Lane::Bulk).now_or_never().unwrap();
        let waiting = vec![
            ask(&turns, "import", Lane::Bulk),
            ask(&turns, "settle", Lane::Soon),
            ask(&turns, "callback", Lane::First),
            ask(&turns, "claim", Lane::Soon),
        ];
        assert_eq!(served(first, waiting), ["callback", "settle", "claim", "import"]);
    }

    #[test]
    fn nobody_is_passed_over_for_ever() {
        let turns = Turns::default();
        let first = turns.take(Lane::First).now_or_never().unwrap();
        let mut waiting = vec![ask(&turns, "import", Lane::Bulk)];
        waiting.extend((0..8).map(|_| ask(&turns, "callback", Lane::First)));
        let order = served(first, waiting);
        assert_eq!(
            order.iter().position(|name| *name == "import"),
            Some(PATIENCE as usize)
        );
    }

    #[test]
    fn who_gives_up_waiting_loses_nobody_a_turn() {
        let turns = Turns::default();
        let first = turns.take(Lane::Soon).now_or_never().unwrap();
        let gone = ask(&turns, "gone", Lane::First);
        let stays = ask(&turns, "stays", Lane::Bulk);
        drop(gone);
        assert_eq!(served(first, vec![stays]), ["stays"]);
        assert!(turns.take(Lane::Bulk).now_or_never().is_some());
    }

    #[test]
    fn however_many_gave_up_the_one_behind_them_gets_its_turn() {
        let turns = Turns::default();
        let first = turns.take(Lane::Soon).now_or_never().unwrap();
        // As when the disk hangs, and every caller goes away after a while.
        let gone: Vec<_> = (0..100_000).map(|_| ask(&turns, "gone", Lane::Soon)).collect();
        let stays = ask(&turns, "stays", Lane::Soon);
        drop(gone);
        assert_eq!(served(first, vec![stays]), ["stays"]);
    }
}
