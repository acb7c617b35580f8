//! What was accepted, and how often each reference (`client_ref`) was seen.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

use super::options::Failure;
use crate::stats::{CallbackStats, Window};

/// Everything counted since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Requests to send.
    pub requests: u64,
    /// Messages accepted.
    pub accepted: u64,
    /// Messages not accepted.
    pub refused: u64,
    /// Refusals by HTTP status.
    pub refusals: BTreeMap<u16, u64>,
    /// Messages accepted whose request got no proper answer.
    pub accepted_without_answer: u64,
    /// Different references among accepted messages.
    pub unique_refs: u64,
    /// References that were accepted more than once: messages doubled by the sender.
    pub repeated_refs: u64,
    /// The most accepted messages in any one-second sliding window.
    pub max_per_second: u64,
    /// Statuses.
    pub statuses: CallbackStats,
    /// Inbound messages.
    pub inbound: CallbackStats,
    /// Messages that were marked as read by `PATCH`.
    pub marked_read: u64,
}

/// An accepted message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sent {
    /// Position in the order of acceptance, from 1.
    pub n: u64,
    /// The id that was answered.
    pub message_uuid: String,
    /// The request's reference.
    pub client_ref: String,
    /// Recipient, digits.
    pub to: String,
    /// Its type.
    pub message_type: String,
    /// The whole request.
    pub body: Value,
    /// Statuses that happened.
    pub statuses: Vec<String>,
    /// Of these, the ones that the receiver answered with 2xx.
    pub acknowledged: Vec<String>,
    /// Where its statuses go.
    #[serde(skip)]
    pub(super) status_url: Option<String>,
    /// Shape of its statuses.
    #[serde(skip)]
    pub(super) version: String,
}

#[derive(Debug, Default)]
pub(super) struct Books {
    pub counts: Stats,
    pub window: Window,
    pub scripts: VecDeque<Failure>,
    /// When each customer last wrote, milliseconds.
    pub wrote: HashMap<String, i64>,
    /// Ids of messages of customers.
    pub inbound: Vec<String>,
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
            ..Self::default()
        }
    }

    pub(super) fn refuse(&mut self, status: u16) {
        self.counts.refused += 1;
        *self.counts.refusals.entry(status).or_default() += 1;
    }

    pub(super) fn accept(&mut self, sent: Sent, micros: u64) {
        self.counts.accepted += 1;
        self.window.add(micros);
        if !sent.client_ref.is_empty() {
            let times = self.references.entry(sent.client_ref.clone()).or_default();
            *times += 1;
            self.counts.unique_refs += u64::from(*times == 1);
            self.counts.repeated_refs += u64::from(*times == 2);
        }
        self.places.insert(sent.message_uuid.clone(), self.sent.len());
        let n = self.sent.len() as u64 + 1;
        self.sent.push(Sent { n, ..sent });
    }

    pub(super) fn find(&mut self, message_uuid: &str) -> Option<&mut Sent> {
        let place = *self.places.get(message_uuid)?;
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
