//! How many campaign messages a person gets at most, over all campaigns.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::FieldProblem;
use super::state::{CANCELLED, FAILED, QUEUED, SENDING, SKIPPED, State};

/// So many campaign messages in so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapLimit {
    /// Campaign messages that a person gets at most, 1 to 100.
    pub messages: u32,
    /// In so many days, 1 to 30: days of 24 hours, counted back from the moment of each message.
    pub days: u32,
}

/// The longest span that is counted: what is older is forgotten.
pub const LONGEST_DAYS: u32 = 30;
const MOST_MESSAGES: u32 = 100;
/// Limits at most.
const MOST_LIMITS: usize = 3;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// What is wrong with limits.
pub fn problems(limits: &[CapLimit]) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if limits.len() > MOST_LIMITS {
        let detail = format!("These are {} limits. Give {MOST_LIMITS} at most.", limits.len());
        problems.push(FieldProblem::new("/limits", "too_many", detail));
    }
    for (i, limit) in limits.iter().enumerate() {
        if !(1..=MOST_MESSAGES).contains(&limit.messages) {
            let detail = format!("Give 1 to {MOST_MESSAGES} messages.");
            problems.push(FieldProblem::new(
                format!("/limits/{i}/messages"),
                "out_of_range",
                detail,
            ));
        }
        if !(1..=LONGEST_DAYS).contains(&limit.days) {
            let detail = format!("Give 1 to {LONGEST_DAYS} days.");
            problems.push(FieldProblem::new(
                format!("/limits/{i}/days"),
                "out_of_range",
                detail,
            ));
        }
        let stricter = limits
            .iter()
            .enumerate()
            .any(|(j, other)| j != i && other.days >= limit.days && other.messages <= limit.messages);
        // Of two that are the same, the second is told.
        let twin_before = limits.iter().take(i).any(|other| other == limit);
        let twins = limits.iter().filter(|other| *other == limit).count() > 1;
        if stricter && (!twins || twin_before) {
            let detail = "Another limit is stricter for as long or longer, so this one does nothing. Take one of them out.";
            problems.push(FieldProblem::new(format!("/limits/{i}"), "conflict", detail));
        }
    }
    problems
}

/// A campaign message that was planned for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Its campaign.
    pub campaign: i64,
    /// Where it stands.
    pub state: State,
    /// When it was accepted, or was to be tried last.
    pub at: i64,
}

impl Turn {
    /// Waits for its turn or is on its way: when it arrives nobody knows, so that it counts however long ago it was planned.
    fn is_open(self) -> bool {
        matches!(self.state, QUEUED | SENDING)
    }

    fn counts_since(self, moment: i64) -> bool {
        let never = matches!(self.state, FAILED | SKIPPED | CANCELLED);
        !never && (self.is_open() || self.at > moment)
    }

    /// Can any limit still have to do with it?
    pub fn is_worth_keeping(self, now: i64) -> bool {
        self.is_open() || self.at > now - i64::from(LONGEST_DAYS) * DAY
    }
}

/// Did a person get as much as any of the limits allows? What the campaign `own` has for the person already is not counted
/// against it.
pub fn is_reached(limits: &[CapLimit], turns: &[Turn], own: i64, now: i64) -> bool {
    limits.iter().any(|limit| {
        let since = now - i64::from(limit.days) * DAY;
        let got = turns
            .iter()
            .filter(|turn| turn.campaign != own && turn.counts_since(since))
            .count();
        got >= limit.messages as usize
    })
}

/// When the longest of the limits begins to count.
pub fn counts_from(limits: &[CapLimit], now: i64) -> i64 {
    let days = limits.iter().map(|limit| limit.days).max().unwrap_or_default();
    now - i64::from(days) * DAY
}

#[cfg(test)]
mod tests {
    use super::super::state::{DELIVERED, READ, SENT, UNKNOWN};
    use super::*;

    const NOW: i64 = 1_767_607_200_000;
    const HOUR: i64 = 60 * 60 * 1_000;

    fn limit(messages: u32, days: u32) -> CapLimit {
        CapLimit { messages, days }
    }

    fn turn(campaign: i64, state: State, hours_ago: i64) -> Turn {
        let at = NOW - hours_ago * HOUR;
        Turn { campaign, state, at }
    }

    #[test]
    fn what_a_person_got_lately_counts_and_what_did_not_arrive_does_not() {
        let one_a_day = [limit(1, 1)];
        let both = [limit(2, 1), limit(3, 7)];
        let table: &[(&[CapLimit], Vec<Turn>, bool)] = &[
            (&[], vec![turn(1, SENT, 0); 50], false),
            (&one_a_day, vec![], false),
            (&one_a_day, vec![turn(1, SENT, 1)], true),
            (&one_a_day, vec![turn(1, UNKNOWN, 1)], true),
            (&one_a_day, vec![turn(1, DELIVERED, 23)], true),
            (&one_a_day, vec![turn(1, READ, 24)], false),
            (&one_a_day, vec![turn(1, FAILED, 1)], false),
            (&one_a_day, vec![turn(1, SKIPPED, 1)], false),
            (&one_a_day, vec![turn(1, CANCELLED, 1)], false),
            // What waits will come, however long it has waited.
            (&one_a_day, vec![turn(1, QUEUED, 72)], true),
            (&one_a_day, vec![turn(1, SENDING, 72)], true),
            // The campaign that asks is 9.
            (&one_a_day, vec![turn(9, SENT, 1)], false),
            (&both, vec![turn(1, SENT, 1)], false),
            (&both, vec![turn(1, SENT, 1), turn(2, SENT, 2)], true),
            (&both, vec![turn(1, SENT, 30), turn(2, SENT, 40)], false),
            (
                &both,
                vec![turn(1, SENT, 1), turn(2, SENT, 30), turn(3, SENT, 160)],
                true,
            ),
            (
                &both,
                vec![turn(1, SENT, 1), turn(2, SENT, 30), turn(3, SENT, 168)],
                false,
            ),
        ];
        for (limits, turns, expected) in table {
            assert_eq!(
                is_reached(limits, turns, 9, NOW),
                *expected,
                "{limits:?} {turns:?}"
            );
        }
    }

    #[test]
    fn what_no_limit_can_count_any_more_is_forgotten() {
        let days = i64::from(LONGEST_DAYS);
        for (turn, kept) in [
            (turn(1, SENT, days * 24 - 1), true),
            (turn(1, SENT, days * 24), false),
            (turn(1, QUEUED, days * 48), true),
        ] {
            assert_eq!(turn.is_worth_keeping(NOW), kept, "{turn:?}");
        }
    }

    #[test]
    fn limits_that_cannot_be_or_do_nothing_are_named() {
        let pointers = |limits: &[CapLimit]| -> Vec<String> {
            problems(limits)
                .into_iter()
                .map(|problem| problem.pointer)
                .collect()
        };
        assert_eq!(pointers(&[]), [""; 0]);
        assert_eq!(pointers(&[limit(1, 1), limit(3, 7), limit(5, 30)]), [""; 0]);
        assert_eq!(pointers(&[limit(0, 1)]), ["/limits/0/messages"]);
        assert_eq!(pointers(&[limit(1, 31)]), ["/limits/0/days"]);
        assert_eq!(pointers(&[limit(3, 1), limit(2, 7)]), ["/limits/0"]);
        assert_eq!(pointers(&[limit(1, 1), limit(1, 1)]), ["/limits/1"]);
        assert_eq!(
            pointers(&[limit(1, 1), limit(2, 2), limit(3, 3), limit(4, 4)]),
            ["/limits"]
        );
    }
}
