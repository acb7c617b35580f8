//! The end of every story: what is broken is mended, everything comes to its end, and the books are compared.

use crate::acts::Act;
use crate::check::{self, Known};
use crate::story::{Outcome, Story};

/// Rounds at most.
const ROUNDS: usize = 1_500;

impl Story {
    /// Everything heals: people mend what is broken, and all comes to its end.
    pub async fn rest(mut self) -> Outcome {
        self.tell(format_args!("everything heals"));
        while let Some(one) = self.desk.parked().first() {
            self.desk.release(one.ticket, false);
            self.desk.calm().await;
            self.gather().await;
        }
        self.desk.free();
        self.gateway.heal();
        self.clock.mend();
        let healed_at = self.clock.steady();
        check::hurry(&self.copy.db).await;
        self.jumps.push(self.clock.steady());
        if self.node.is_none() {
            self.begin();
        }
        self.finish_tasks().await;
        let mut open = 0;
        for round in 0..ROUNDS {
            if round % 20 == 0 {
                // An answer that was on its way may still hold an account.
                let mut acts = vec![Act::Mend(0), Act::Mend(1)];
                acts.extend(self.campaigns.iter().map(|id| Act::Resume(*id)));
                for act in acts {
                    self.person(act);
                    self.finish_tasks().await;
                }
            }
            let due = self.gateway.posts(self.clock.steady()).1;
            for id in &due {
                self.deliver(*id);
            }
            self.finish_tasks().await;
            self.tick(0);
            if !due.is_empty() || round % 10 == 0 {
                self.finish_tasks().await;
                self.tick(1);
            }
            if round % 10 == 0 {
                self.finish_tasks().await;
                self.tick(2);
            }
            self.finish_tasks().await;
            let flying = self.node.as_ref().unwrap().dispatcher.in_flight().await;
            let (posts, _) = self.gateway.posts(self.clock.steady());
            open = check::open(&self.copy.db).await;
            if open == 0 && posts == 0 && flying == 0 {
                break;
            }
            self.advance(if flying + posts > 0 { 400 } else { 8_000 }).await;
            self.desk.calm().await;
        }
        let known = Known {
            gateway: &self.gateway,
            acknowledged: &self.acknowledged,
            rates: self.rates,
            healed_at,
            jumps: &self.jumps,
        };
        let mut wrong = check::all(&self.copy.db, &known).await;
        if open > 0 {
            wrong.push(format!("{open} things never came to an end"));
        }
        if self.trace.contains("PANIC") {
            wrong.push("something panicked".into());
        }
        let accepted = self.gateway.accepted().len();
        self.tell(format_args!("{accepted} accepted"));
        self.trace.push_str(&check::dump(&self.copy.db).await);
        Outcome {
            wrong,
            trace: self.trace,
            figures: [accepted, self.crashes, self.failures],
        }
    }

    async fn finish_tasks(&mut self) {
        while !self.tasks.is_empty() {
            self.desk.calm().await;
            self.gather().await;
        }
    }
}
