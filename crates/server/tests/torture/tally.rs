//! What a run did and found, added up over rounds.

use std::collections::BTreeMap;
use std::time::Instant;

use comfy_table::Table;

use crate::server::Server;

/// Figures of one round, or of many.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    /// Story and engine.
    pub name: String,
    pub rounds: u64,
    /// Points of trouble by kind.
    pub points: BTreeMap<&'static str, u64>,
    /// Messages that were to be sent.
    pub messages: u64,
    /// Reports and inbound messages that the server acknowledged.
    pub callbacks: u64,
    /// Callbacks that had to be sent again.
    pub again: u64,
    pub lost: u64,
    pub doubled: u64,
    pub wrong: u64,
    /// The most unknown at any look, of one round.
    pub unknown_most: u64,
    /// Unknown at the end: nothing was ever heard of them.
    pub unknown_left: u64,
    pub seconds: f64,
    /// What broke a promise, in words.
    pub violations: Vec<String>,
}

impl Tally {
    pub fn new(name: &str, seed: u64) -> Self {
        println!("{name}: seed {seed}");
        Self {
            name: name.to_owned(),
            rounds: 1,
            ..Self::default()
        }
    }

    pub fn point(&mut self, kind: &'static str) {
        println!("{}: {kind}", self.name);
        *self.points.entry(kind).or_default() += 1;
    }

    /// Closes a round: what is wrong is told with the seed that repeats it and the server's last words.
    pub fn end(mut self, seed: u64, started: Instant, server: &Server) -> Self {
        self.seconds = started.elapsed().as_secs_f64();
        if !self.violations.is_empty() {
            self.violations.insert(0, format!("{}, seed {seed}:", self.name));
            self.violations
                .push(format!("the end of the server's log:\n{}", server.log()));
        }
        self
    }

    /// Adds another round of the same story.
    pub fn add(&mut self, other: Self) {
        self.rounds += other.rounds;
        for (kind, n) in other.points {
            *self.points.entry(kind).or_default() += n;
        }
        self.messages += other.messages;
        self.callbacks += other.callbacks;
        self.again += other.again;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.wrong += other.wrong;
        self.unknown_most = self.unknown_most.max(other.unknown_most);
        self.unknown_left += other.unknown_left;
        self.seconds += other.seconds;
        self.violations.extend(other.violations);
    }

    /// Fails the test when a promise was broken.
    pub fn judge(&self) {
        println!("{}", table(std::slice::from_ref(self)));
        assert!(self.violations.is_empty(), "{}", self.violations.join("\n"));
    }
}

/// A row for each story.
pub fn table(tallies: &[Tally]) -> Table {
    let mut table = Table::new();
    table.set_header([
        "story",
        "rounds",
        "points",
        "messages",
        "callbacks",
        "sent again",
        "lost",
        "doubled",
        "wrong",
        "unknown, most",
        "unknown, left",
        "seconds",
    ]);
    for tally in tallies {
        let kinds: Vec<String> = tally
            .points
            .iter()
            .map(|(kind, n)| format!("{n} {kind}"))
            .collect();
        let figures = [
            tally.messages,
            tally.callbacks,
            tally.again,
            tally.lost,
            tally.doubled,
            tally.wrong,
            tally.unknown_most,
            tally.unknown_left,
        ];
        let head = [tally.name.clone(), tally.rounds.to_string(), kinds.join("\n")];
        let row = head.into_iter().chain(figures.map(|n| n.to_string()));
        table.add_row(row.chain([format!("{:.0}", tally.seconds)]));
    }
    table
}
