//! When messages of a campaign may leave: never inside of its quiet hours, never after its cut-off.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auto_reply::hours::{self, Week};
use super::problem::FieldProblem;
use super::zone;
use crate::clock::{DAY, Millis, SECOND};

/// Hours in which nothing leaves: what is left of the campaign waits, and goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Whose clocks count: an IANA name such as `Asia/Kolkata`.
    pub zone: String,
    /// The quiet spans of each day. A day without any is not quiet.
    pub days: Week,
}

/// Minutes of a week that must not be quiet: with less a campaign might never end.
const LEAST_OPEN: i32 = 60;

impl QuietHours {
    /// What is wrong with them.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> =
            zone::given(&self.zone, "/quiet/zone").err().into_iter().collect();
        if self.days.is_empty() {
            return problems;
        }
        problems.extend(hours::problems(&self.days, "/quiet/days"));
        if problems.is_empty() && self.days.minutes_outside() < LEAST_OPEN {
            let detail = "Like this nothing could ever leave. Let at least an hour of the week not be quiet.";
            problems.push(FieldProblem::new("/quiet/days", "never_open", detail));
        }
        problems
    }
}

/// When messages of a campaign may leave.
#[derive(Debug, Clone, Default)]
pub struct Timetable {
    quiet: Option<(Week, TimeZone)>,
    ends: Option<Millis>,
}

/// What a timetable says about a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Messages may leave, up to and without this moment when there is one.
    Open {
        /// Then it is to be asked again.
        until: Option<Millis>,
    },
    /// Quiet hours.
    Quiet {
        /// Their beginning, as far as it is not longer ago than [`SIGHT`].
        since: Millis,
        /// Their end.
        until: Millis,
    },
    /// The cut-off has passed.
    Over,
}

/// How far a timetable looks: more than a week, in which every span comes once.
const SIGHT: Millis = 8 * DAY;

/// A time in which messages may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenSpan {
    /// From this moment, milliseconds since 1970 UTC.
    pub from: Millis,
    /// Up to this one; absent: without end.
    pub to: Option<Millis>,
}

/// When a campaign would be through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finish {
    /// When the last message leaves, or the cut-off.
    pub at: Millis,
    /// People whom the cut-off comes before.
    pub left: i64,
}

impl Timetable {
    /// Of what a campaign keeps. A zone that is no longer known is an error: nobody could say when it is quiet.
    ///
    /// # Errors
    /// What is wrong with the zone.
    pub fn new(quiet: Option<&QuietHours>, ends: Option<Millis>) -> Result<Self, FieldProblem> {
        let quiet = match quiet.filter(|quiet| !quiet.days.is_empty()) {
            Some(quiet) => Some((quiet.days.clone(), zone::given(&quiet.zone, "/quiet/zone")?)),
            None => None,
        };
        Ok(Self { quiet, ends })
    }

    /// Nothing ever leaves.
    pub fn never() -> Self {
        Self {
            quiet: None,
            ends: Some(Millis::MIN),
        }
    }

    /// Messages may leave at any time.
    pub fn is_always(&self) -> bool {
        self.quiet.is_none() && self.ends.is_none()
    }

    /// What it says about a moment.
    pub fn at(&self, at: Millis) -> Standing {
        if self.ends.is_some_and(|ends| at >= ends) {
            return Standing::Over;
        }
        let Some((week, zone)) = &self.quiet else {
            return Standing::Open { until: self.ends };
        };
        let quiet = hours::is_open(week, zone, at);
        let other = |edge: &Millis| hours::is_open(week, zone, *edge) != quiet;
        let after = hours::edges(week, zone, at + 1, at + SIGHT);
        let until = after.into_iter().find(other).unwrap_or(at + SIGHT);
        if !quiet {
            let until = self.ends.map_or(until, |ends| until.min(ends));
            return Standing::Open { until: Some(until) };
        }
        // They began at the first edge of those before that are quiet without a break.
        let before = hours::edges(week, zone, at - SIGHT, at);
        let since = before.into_iter().rev().take_while(|edge| !other(edge)).last();
        Standing::Quiet {
            since: since.unwrap_or(at - SIGHT),
            until,
        }
    }

    /// The next spans in which messages may leave, `most` of them; the last may go on after its end.
    pub fn open_spans(&self, from: Millis, most: usize) -> Vec<OpenSpan> {
        let mut spans: Vec<OpenSpan> = Vec::new();
        let mut at = from;
        while spans.len() < most {
            match self.at(at) {
                Standing::Over => break,
                Standing::Quiet { until, .. } => at = until,
                Standing::Open { until } => {
                    spans.push(OpenSpan { from: at, to: until });
                    match until {
                        Some(until) => at = until,
                        None => break,
                    }
                }
            }
        }
        spans
    }

    /// When so many people, at so many a second, would be through; `None` when that is further than anybody can see.
    pub fn finish(&self, start: Millis, people: i64, per_second: i64) -> Option<Finish> {
        let per_second = per_second.max(1);
        let takes = |people: i64| (people * SECOND + per_second - 1) / per_second;
        let (mut at, mut left) = (start, people);
        if left == 0 {
            return Some(Finish { at, left });
        }
        for _ in 0..MOST_SPANS {
            match self.at(at) {
                Standing::Over => return Some(Finish { at, left }),
                Standing::Quiet { until, .. } => at = self.ends.map_or(until, |ends| ends.min(until)),
                Standing::Open { until } => match until {
                    Some(until) if until - at < takes(left) => {
                        left -= (until - at) * per_second / SECOND;
                        at = until;
                    }
                    _ => {
                        return Some(Finish {
                            at: at + takes(left),
                            left: 0,
                        });
                    }
                },
            }
        }
        None
    }
}

/// Spans that are looked through for an end: some years of days.
const MOST_SPANS: usize = 2_000;

#[cfg(test)]
mod tests;
