//! The simulated world behind one lock: options, templates, messages, phones and what is due.

use std::collections::{BinaryHeap, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::ledger::{Ledger, Record, Stage};
use crate::media::MediaStore;
use crate::options::{FailureKind, Options};
use crate::phone::Phones;
use crate::report::{Due, Row, Step};
use crate::rng::Rng;
use crate::stats::{Counters, Stats};
use crate::template::Templates;

/// A scripted failure: what the next sends are answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// How many send requests it concerns.
    #[serde(default = "one")]
    pub next: u64,
    /// What happens to them.
    pub kind: FailureKind,
    /// Only this method (any case); all sends without it.
    #[serde(default)]
    pub method: Option<String>,
}

fn one() -> u64 {
    1
}

#[derive(Debug)]
pub(crate) struct World {
    pub options: Options,
    pub rng: Rng,
    pub templates: Templates,
    pub counters: Counters,
    pub ledger: Ledger,
    pub phones: Phones,
    pub media: MediaStore,
    pub opted: HashMap<u64, bool>,
    pub last_inbound: HashMap<u64, i64>,
    pub scripts: VecDeque<Script>,
    pub due: BinaryHeap<Due>,
    /// Reports that are due and wait for a request to carry them, with the time they became due.
    pub ready: VecDeque<(u64, Row)>,
    /// Messages that people of a crowd answer, and when they do.
    pub answers: VecDeque<(u32, i64)>,
    /// Reports on their way.
    pub flying: u64,
    /// Grows with every reset, so that what was on its way before does not count after.
    pub generation: u64,
    sequence: u64,
}

impl World {
    pub(crate) fn new(options: Options, now_ms: i64, generation: u64) -> Self {
        let templates = if options.sample_templates {
            Templates::with_samples(now_ms)
        } else {
            Templates::default()
        };
        Self {
            rng: Rng::new(options.seed),
            templates,
            counters: Counters::default(),
            ledger: Ledger::default(),
            phones: Phones::default(),
            media: MediaStore::default(),
            opted: HashMap::new(),
            last_inbound: HashMap::new(),
            scripts: VecDeque::new(),
            due: BinaryHeap::new(),
            ready: VecDeque::new(),
            answers: VecDeque::new(),
            flying: 0,
            generation,
            sequence: 0,
            options,
        }
    }

    /// Puts an accepted message in the books, and on the phone unless it will fail.
    pub(crate) fn accept(&mut self, record: Record, content: Content, micros: u64) {
        let (to, at_ms) = (record.to, record.accepted_ms);
        let stage = if record.failure.is_some() {
            Stage::Failed
        } else {
            Stage::Sent
        };
        let index = self.ledger.push(record);
        self.phones.show(to, at_ms, content, Some(index), None);
        let delay = self.options.report_delay_ms * 1000;
        self.schedule(micros + delay, Step::Happen, stage, index);
    }

    pub(crate) fn schedule(&mut self, at: u64, step: Step, stage: Stage, record: u32) {
        self.sequence += 1;
        self.due.push(Due {
            at,
            sequence: self.sequence,
            step,
            stage,
            record,
        });
    }

    /// Takes the failure that a script has for this send, if any.
    pub(crate) fn next_scripted(&mut self, method: &str) -> Option<FailureKind> {
        let fits = |s: &Script| {
            s.method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
        };
        let at = self.scripts.iter().position(fits)?;
        let script = self.scripts.get_mut(at)?;
        script.next = script.next.saturating_sub(1);
        let kind = script.kind.clone();
        if script.next == 0 {
            self.scripts.remove(at);
        }
        Some(kind)
    }

    pub(crate) fn stats(&self) -> Stats {
        let mut stats = self.counters.snapshot();
        stats.unique_refs = self.ledger.unique();
        stats.repeated_refs = self.ledger.repeated();
        stats.reports.pending = self.due.len() as u64 + self.ready.len() as u64 + self.flying;
        stats.inbound.pending += self.answers.len() as u64;
        stats
    }
}
