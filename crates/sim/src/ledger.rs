//! What the gateway accepted, and how often each reference (`extra`) was seen.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;

use crate::rng::Rng;

/// A send id: `<19 digits>-<18 digits>`, or a UUID on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SendId {
    pub cause: u64,
    tail: u128,
    uuid: bool,
}

impl SendId {
    pub(crate) fn draw(rng: &mut Rng, uuid: bool) -> Self {
        let cause = rng.range(3_000_000_000_000_000_000, 6_000_000_000_000_000_000);
        let tail = if uuid {
            let random = (u128::from(rng.next()) << 64) | u128::from(rng.next());
            // Version 4, variant 1.
            (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62)
        } else {
            u128::from(rng.range(100_000_000_000_000_000, 1_000_000_000_000_000_000))
        };
        Self { cause, tail, uuid }
    }

    /// The right half, which inbound replies carry as `messageId`.
    pub(crate) fn tail(&self) -> String {
        if self.uuid {
            let hex = format!("{:032x}", self.tail);
            format!(
                "{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..]
            )
        } else {
            self.tail.to_string()
        }
    }
}

impl fmt::Display for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.cause, self.tail())
    }
}

impl FromStr for SendId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (cause, tail) = text.split_once('-').ok_or(())?;
        let cause = cause.parse().map_err(|_| ())?;
        let uuid = tail.contains('-');
        let tail = if uuid {
            u128::from_str_radix(&tail.replace('-', ""), 16).map_err(|_| ())?
        } else {
            tail.parse().map_err(|_| ())?
        };
        Ok(Self { cause, tail, uuid })
    }
}

/// Which of the two accounts of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Templates, opt-in, opt-out, template API.
    Hsm,
    /// Session messages.
    TwoWay,
}

/// What happened to a message on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Left the gateway.
    Sent,
    /// Reached the phone.
    Delivered,
    /// Was read.
    Read,
    /// Will never arrive.
    Failed,
}

impl Stage {
    pub(crate) const ALL: [Self; 4] = [Self::Sent, Self::Delivered, Self::Read, Self::Failed];

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// `eventType` of a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sent => "SENT",
            Self::Delivered => "DELIVERED",
            Self::Read => "READ",
            Self::Failed => "FAILED",
        }
    }
}

/// Why a message failed: cause and error code of the FAILED report, and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub cause: String,
    pub code: &'static str,
    pub reason: String,
}

/// One accepted message. Kept narrow: a load run keeps hundreds of thousands.
#[derive(Debug)]
pub(crate) struct Record {
    pub reference: Arc<str>,
    pub id: SendId,
    pub to: u64,
    pub accepted_ms: i64,
    /// Short template number, 0 for a session message.
    pub template: u64,
    pub category: Category,
    pub account: AccountKind,
    pub method: &'static str,
    pub summary: Box<str>,
    /// Stages that happened, by `Stage::bit`.
    pub happened: u8,
    /// Stages whose report the receiver acknowledged.
    pub acknowledged: u8,
    pub failure: Option<Box<Failure>>,
}

/// Category of a conversation, for `conversation.origin.type` and `pricing.category`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    Service,
    Marketing,
    Utility,
    Authentication,
}

impl Category {
    pub(crate) fn of(template: &str) -> Self {
        match template {
            "AUTHENTICATION" => Self::Authentication,
            "UTILITY" | "TRANSACTIONAL" => Self::Utility,
            _ => Self::Marketing,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
        }
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    requests: u32,
    accepted: u32,
}

/// An accepted message as the control API shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// Position in the order of acceptance, from 1. `after` of the next page.
    pub n: u64,
    /// The request's `extra`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Recipient, digits.
    pub to: String,
    /// The id that the gateway answered.
    pub id: String,
    /// The account that sent it.
    pub account: AccountKind,
    /// The method of the request.
    pub method: &'static str,
    /// Short template number; absent for a session message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<u64>,
    /// The first words of the text.
    pub text: String,
    /// Milliseconds since the epoch.
    pub accepted_at: i64,
    /// How many requests with this `extra` were accepted.
    pub times_accepted: u32,
    /// How many requests with this `extra` came, accepted or not.
    pub requests: u32,
    /// What happened to it so far.
    pub statuses: Vec<Stage>,
    /// Of these, the reports that the receiver answered with 2xx.
    pub acknowledged: Vec<Stage>,
    /// Why it failed, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The compact row for comparing with a sender's own books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// The request's `extra`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Recipient, digits.
    pub to: String,
    /// The id that the gateway answered.
    pub id: String,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    records: Vec<Record>,
    by_id: HashMap<SendId, u32>,
    references: HashMap<Arc<str>, Seen>,
    unique: u64,
    repeated: u64,
}

impl Ledger {
    /// Counts a send request; an empty reference is not counted.
    pub(crate) fn requested(&mut self, reference: &str) {
        if !reference.is_empty() {
            self.references.entry(Arc::from(reference)).or_default().requests += 1;
        }
    }

    /// Counts a request with an accepted message and gives the shared reference.
    pub(crate) fn accepted(&mut self, reference: &str) -> Arc<str> {
        let key: Arc<str> = Arc::from(reference);
        if reference.is_empty() {
            return key;
        }
        let key = self
            .references
            .get_key_value(&key)
            .map_or(key, |(known, _)| Arc::clone(known));
        let seen = self.references.entry(Arc::clone(&key)).or_default();
        seen.accepted += 1;
        match seen.accepted {
            1 => self.unique += 1,
            2 => self.repeated += 1,
            _ => {}
        }
        key
    }

    pub(crate) fn push(&mut self, record: Record) -> u32 {
        let index = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        self.by_id.insert(record.id, index);
        self.records.push(record);
        index
    }

    pub(crate) fn get(&self, index: u32) -> Option<&Record> {
        self.records.get(index as usize)
    }

    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut Record> {
        self.records.get_mut(index as usize)
    }

    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.by_id.get(&id.parse().ok()?).copied()
    }

    pub(crate) fn len(&self) -> u64 {
        self.records.len() as u64
    }

    pub(crate) fn unique(&self) -> u64 {
        self.unique
    }

    pub(crate) fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Messages after the `after`th, at most `limit`.
    pub(crate) fn page(&self, after: u64, limit: usize) -> Vec<Message> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        self.records
            .iter()
            .enumerate()
            .skip(skip)
            .take(limit)
            .map(|(at, r)| self.show(at, r))
            .collect()
    }

    pub(crate) fn accepted_after(&self, after: u64, limit: usize) -> Vec<Accepted> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let row = |r: &Record| Accepted {
            reference: r.reference.to_string(),
            to: r.to.to_string(),
            id: r.id.to_string(),
        };
        self.records.iter().skip(skip).take(limit).map(row).collect()
    }

    fn show(&self, at: usize, record: &Record) -> Message {
        let seen = self.references.get(&record.reference).copied().unwrap_or(Seen {
            requests: 1,
            accepted: 1,
        });
        let stages = |mask: u8| {
            Stage::ALL
                .into_iter()
                .filter(|stage| mask & stage.bit() != 0)
                .collect()
        };
        Message {
            n: at as u64 + 1,
            reference: record.reference.to_string(),
            to: record.to.to_string(),
            id: record.id.to_string(),
            account: record.account,
            method: record.method,
            template: (record.template != 0).then_some(record.template),
            text: record.summary.to_string(),
            accepted_at: record.accepted_ms,
            times_accepted: seen.accepted,
            requests: seen.requests,
            statuses: stages(record.happened),
            acknowledged: stages(record.acknowledged),
            problem: record.failure.as_ref().map(|f| f.reason.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_gateway_shape_and_read_back() {
        let mut rng = Rng::new(3);
        for uuid in [false, true] {
            let id = SendId::draw(&mut rng, uuid);
            let text = id.to_string();
            assert_eq!(text.parse::<SendId>(), Ok(id));
            let (cause, tail) = text.split_once('-').unwrap();
            assert_eq!(cause.len(), 19);
            assert_eq!(tail.len(), if uuid { 36 } else { 18 });
        }
    }

    #[test]
    fn a_reference_accepted_twice_is_repeated_once() {
        let mut ledger = Ledger::default();
        for _ in 0..3 {
            ledger.requested("a");
            ledger.accepted("a");
        }
        ledger.accepted("b");
        ledger.accepted("");
        assert_eq!((ledger.unique(), ledger.repeated()), (2, 1));
    }
}
