//! What was accepted, what was wrong, and how often each id (`msgId`) was seen.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

use super::format::Finding;
use super::options::Failure;
use crate::stats::{CallbackStats, Window};

/// Payloads with a mistake that are kept.
const KEPT: usize = 1_000;

/// Everything counted since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Requests to send.
    pub requests: u64,
    /// Requests that tried the endpoint, as when an account is saved.
    pub validations: u64,
    /// Messages accepted.
    pub accepted: u64,
    /// Messages not accepted.
    pub refused: u64,
    /// Of these, answered with 429.
    pub throttled: u64,
    /// Refusals by HTTP status, or by the code that rode on 200.
    pub refusals: BTreeMap<u32, u64>,
    /// Payloads with a mistake.
    pub mistakes: u64,
    /// Messages accepted whose request got no proper answer.
    pub accepted_without_answer: u64,
    /// Different references among accepted messages.
    pub unique_refs: u64,
    /// References that were accepted more than once: messages doubled by the sender.
    pub repeated_refs: u64,
    /// The most accepted messages in any one-second sliding window.
    pub max_per_second: u64,
    /// The most requests at once.
    pub max_concurrent: usize,
    /// Pages of templates that were listed.
    pub template_pages: u64,
    /// Delivery reports.
    pub reports: CallbackStats,
    /// Clicks.
    pub clicks: CallbackStats,
    /// Inbound messages.
    pub inbound: CallbackStats,
}

/// An accepted message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sent {
    /// Position in the order of acceptance, from 1.
    pub n: u64,
    /// The id that the sender gave it.
    pub msg_id: String,
    /// Recipient, digits.
    pub to: String,
    /// `template`, or the type of a free-form message.
    pub kind: String,
    /// The whole request.
    pub body: Value,
    /// Variants of the format that the request used.
    pub notes: Vec<Finding>,
    /// Statuses that happened.
    pub statuses: Vec<String>,
    /// Of these, the ones that the receiver answered with 2xx.
    pub acknowledged: Vec<String>,
}

/// A payload that is not what the format says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mistake {
    /// What is wrong, each with its place.
    pub wrong: Vec<Finding>,
    /// The payload as it came.
    pub payload: String,
}

#[derive(Debug, Default)]
pub(super) struct Books {
    pub counts: Stats,
    pub window: Window,
    /// Requests at the moment.
    pub open: usize,
    pub scripts: VecDeque<Failure>,
    /// When each customer last wrote, milliseconds.
    pub wrote: HashMap<String, i64>,
    mistakes: VecDeque<Mistake>,
    sent: Vec<Sent>,
    places: HashMap<String, usize>,
    references: HashMap<String, u32>,
    /// Grows with every reset, so that what was on its way before does not count after.
    pub generation: u64,
}

impl Books {
    /// Empty books, in which nothing counts that was on its way before.
    pub(super) fn next(&self) -> Self {
        Self {
            generation: self.generation + 1,
            open: self.open,
            ..Self::default()
        }
    }

    pub(super) fn refuse(&mut self, code: u32) {
        self.counts.refused += 1;
        self.counts.throttled += u64::from(code == 429);
        *self.counts.refusals.entry(code).or_default() += 1;
    }

    pub(super) fn mistake(&mut self, wrong: Vec<Finding>, payload: &[u8]) {
        self.counts.mistakes += 1;
        if self.mistakes.len() == KEPT {
            self.mistakes.pop_front();
        }
        self.mistakes.push_back(Mistake {
            wrong,
            payload: String::from_utf8_lossy(payload).into_owned(),
        });
    }

    pub(super) fn mistakes(&self) -> Vec<Mistake> {
        self.mistakes.iter().cloned().collect()
    }

    pub(super) fn accept(&mut self, sent: Sent, micros: u64) {
        self.counts.accepted += 1;
        self.window.add(micros);
        let times = self.references.entry(sent.msg_id.clone()).or_default();
        *times += 1;
        self.counts.unique_refs += u64::from(*times == 1);
        self.counts.repeated_refs += u64::from(*times == 2);
        self.places.insert(sent.msg_id.clone(), self.sent.len());
        let n = self.sent.len() as u64 + 1;
        self.sent.push(Sent { n, ..sent });
    }

    pub(super) fn find(&mut self, msg_id: &str) -> Option<&mut Sent> {
        let place = *self.places.get(msg_id)?;
        self.sent.get_mut(place)
    }

    pub(super) fn page(&self, after: u64, limit: usize) -> Vec<Sent> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        self.sent.iter().skip(skip).take(limit).cloned().collect()
    }

    pub(super) fn stats(&self) -> Stats {
        Stats {
            max_per_second: self.window.peak(),
            ..self.counts.clone()
        }
    }
}
