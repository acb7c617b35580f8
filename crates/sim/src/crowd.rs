//! Crowds: ranges of numbers whose people behave by themselves. What somebody does is reckoned from the seed, the number and the
//! words of the message alone: nothing is kept of anybody, and the same message has the same course each time.

use serde::{Deserialize, Serialize};

use crate::inbound::{Inbound, InboundKind};
use crate::ledger::Record;
use crate::options::Options;
use crate::rng::Rng;
use crate::world::World;

/// How the people of a crowd behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// They read almost everything at once, and many answer.
    Keen,
    /// As most customers are.
    Ordinary,
    /// They seldom read, and never answer.
    Silent,
    /// Many have no WhatsApp, and the others look at it late.
    HardToReach,
}

/// The figures of a behaviour. Shares are of a hundred: of all people, or of the messages that arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Habits {
    /// People who are never reached.
    pub out_of_reach: u64,
    /// Messages that are read, of those that arrive; also those that are answered.
    pub read: u64,
    /// Template messages that are answered, of those that arrive; also by those who want no more of them.
    pub answer: u64,
    /// Template messages that are answered with STOP, of those that arrive.
    pub stop: u64,
    /// Seconds until a message arrives, at least and at most.
    pub arrives: (u64, u64),
    /// Seconds from there until it is read.
    pub reads: (u64, u64),
    /// Seconds from there until it is answered.
    pub answers: (u64, u64),
}

impl Behaviour {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Keen, Self::Ordinary, Self::Silent, Self::HardToReach];

    /// What it means.
    pub fn habits(self) -> Habits {
        let habits = |shares: [u64; 4], arrives, reads, answers| Habits {
            out_of_reach: shares[0],
            read: shares[1],
            answer: shares[2],
            stop: shares[3],
            arrives,
            reads,
            answers,
        };
        match self {
            Self::Keen => habits([1, 95, 30, 1], (0, 1), (1, 10), (2, 20)),
            Self::Ordinary => habits([4, 60, 8, 2], (0, 5), (5, 120), (10, 300)),
            Self::Silent => habits([4, 12, 0, 0], (0, 5), (30, 600), (0, 0)),
            Self::HardToReach => habits([40, 35, 4, 1], (5, 120), (60, 1_800), (30, 600)),
        }
    }
}

/// Numbers that follow each other, and how their people behave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crowd {
    /// The first number.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// How they behave.
    pub behaviour: Behaviour,
}

/// What becomes of a message to somebody of a crowd, after it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Course {
    /// Microseconds until it arrives.
    pub arrives: u64,
    /// From there until it is read, if it is.
    pub reads: Option<u64>,
    /// From there until it is answered, if it is.
    pub answers: Option<u64>,
    /// With a word to be left alone.
    stops: bool,
    /// Which of the answers.
    pick: u64,
}

const ANSWERS: [&str; 6] = [
    "Thank you!",
    "Tell me more, please",
    "How much does it cost?",
    "Until when does it last?",
    "I will come by tomorrow",
    "Can you deliver it to my home?",
];

/// Answers under way at once: the others wait.
const AT_ONCE: u64 = 64;
/// How soon it is looked whether there is room for more.
pub(crate) const AGAIN_MICROS: u64 = 20_000;

fn behaviour(options: &Options, number: u64) -> Option<Behaviour> {
    let crowd = options
        .crowds
        .iter()
        .find(|crowd| (crowd.first..=crowd.last).contains(&number))?;
    Some(crowd.behaviour)
}

/// Randomness that belongs to a number, and to words.
fn dice(seed: u64, number: u64, words: &str) -> Rng {
    // FNV-1a, so that it is the same in every build.
    let hash = words.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mut mix = Rng::new(seed ^ number.rotate_left(32));
    Rng::new(mix.next() ^ hash)
}

/// Is this somebody of a crowd whom no message reaches?
pub(crate) fn is_out_of_reach(options: &Options, number: u64) -> bool {
    behaviour(options, number).is_some_and(|behaviour| {
        dice(options.seed, number, "").range(0, 100) < behaviour.habits().out_of_reach
    })
}

/// What becomes of this message; `None`: they are of no crowd.
pub(crate) fn course(options: &Options, record: &Record) -> Option<Course> {
    let habits = behaviour(options, record.to)?.habits();
    let mut dice = dice(options.seed, record.to, &record.summary);
    let lot = dice.range(0, 100);
    let mut wait = |(least, most): (u64, u64)| dice.range(least * 1_000_000, most * 1_000_000);
    let (arrives, reads, answers) = (wait(habits.arrives), wait(habits.reads), wait(habits.answers));
    let pick = dice.next();
    // Nobody answers an answer, or two machines would talk for ever.
    let answered = record.template != 0 && lot < habits.answer;
    Some(Course {
        arrives,
        reads: (lot < habits.read).then_some(reads),
        answers: answered.then_some(answers),
        stops: lot < habits.stop,
        pick,
    })
}

/// Takes the answers that may go out now. What does not fit waits.
pub(crate) fn take_answers(world: &mut World) -> Vec<Inbound> {
    let under_way = world.counters.stats.inbound.pending;
    let room = usize::try_from(AT_ONCE.saturating_sub(under_way)).unwrap_or(0);
    let count = room.min(world.answers.len());
    let answers: Vec<(u32, i64)> = world.answers.drain(..count).collect();
    answers
        .into_iter()
        .filter_map(|(record, at_ms)| answer(world, record, at_ms))
        .collect()
}

fn answer(world: &World, index: u32, at_ms: i64) -> Option<Inbound> {
    let record = world.ledger.get(index)?;
    let course = course(&world.options, record)?;
    let mut inbound = Inbound {
        customer: record.to.to_string(),
        timestamp: Some(at_ms),
        ..Inbound::default()
    };
    if course.stops {
        inbound.text = "STOP".into();
        return Some(inbound);
    }
    inbound.reply_to = Some(record.id.to_string());
    // What is left of the lot that decides between tap and words.
    let pick = |count: usize| usize::try_from(course.pick / 3 % count.max(1) as u64).unwrap_or(0);
    let replies = world.templates.quick_replies(record.template);
    // Two of three tap, where there is something to tap.
    if !replies.is_empty() && course.pick % 3 < 2 {
        inbound.kind = InboundKind::Button;
        inbound.text = replies[pick(replies.len())].to_owned();
    } else {
        inbound.text = ANSWERS[pick(ANSWERS.len())].to_owned();
    }
    Some(inbound)
}
