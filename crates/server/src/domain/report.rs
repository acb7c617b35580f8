//! What delivery reports make of a message: the same in whatever order and number they come.

use super::settle::Failure;
use super::state::{DELIVERED, FAILED, READ, SENT, SKIPPED, State, after_report};
use crate::clock::Millis;

/// How far a message got, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// State.
    pub state: State,
    /// The vendor's id.
    pub external_id: Option<String>,
    /// Why it is not where it should be.
    pub failure: Option<Failure>,
    /// When the provider took it.
    pub accepted_at: Option<Millis>,
    /// When it was on the phone.
    pub delivered_at: Option<Millis>,
    /// When it was seen.
    pub read_at: Option<Millis>,
    /// When it failed.
    pub failed_at: Option<Millis>,
}

/// What one report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// [`SENT`], [`DELIVERED`], [`READ`] or [`FAILED`].
    pub state: State,
    /// When.
    pub at: Millis,
    /// The vendor's id, when it names one.
    pub external_id: Option<String>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

impl Way {
    /// Takes a report in. A step that was skipped happened at the latest when the next one did.
    pub fn take(&mut self, told: &Told) {
        if self.state >= SKIPPED {
            // It never left; the report is about something else.
            return;
        }
        let before = self.state;
        self.state = after_report(before, told.state).unwrap_or(before);
        if self.external_id.is_none() {
            self.external_id.clone_from(&told.external_id);
        }
        if told.state == FAILED {
            self.fail(told, before);
            return;
        }
        if told.state >= READ {
            earliest(&mut self.read_at, told.at);
        }
        if told.state >= DELIVERED {
            earliest(&mut self.delivered_at, told.at);
        }
        earliest(&mut self.accepted_at, told.at);
        if self.state >= SENT && self.state != FAILED {
            self.failure = None;
            self.failed_at = None;
        }
    }

    /// Of several failures the earliest counts; of those at one time, the one that sorts first.
    fn fail(&mut self, told: &Told, before: State) {
        if self.state != FAILED {
            return;
        }
        let order = |at: Option<Millis>, failure: Option<&Failure>| {
            (
                at.unwrap_or(Millis::MAX),
                failure.map(|f| (f.kind.clone(), f.code.clone(), f.detail.clone())),
            )
        };
        let earlier =
            order(Some(told.at), told.failure.as_ref()) < order(self.failed_at, self.failure.as_ref());
        if before != FAILED || earlier {
            self.failed_at = Some(told.at);
            self.failure.clone_from(&told.failure);
        }
    }
}

fn earliest(kept: &mut Option<Millis>, at: Millis) {
    *kept = Some(kept.map_or(at, |kept| kept.min(at)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::state::{CANCELLED, QUEUED, SENDING, UNKNOWN};
    use proptest::prelude::*;

    fn fresh(state: State) -> Way {
        Way {
            state,
            external_id: None,
            failure: (state == UNKNOWN).then(|| failure("unknown", "interrupted")),
            accepted_at: None,
            delivered_at: None,
            read_at: None,
            failed_at: None,
        }
    }

    fn failure(kind: &str, detail: &str) -> Failure {
        Failure {
            kind: kind.into(),
            code: None,
            detail: detail.into(),
            help: "help".into(),
        }
    }

    fn told(state: State, at: Millis) -> Told {
        Told {
            state,
            at,
            external_id: Some("x".into()),
            failure: (state == FAILED).then(|| failure("rejected", "no such subscriber")),
        }
    }

    fn after(start: State, reports: &[Told]) -> Way {
        let mut way = fresh(start);
        for report in reports {
            way.take(report);
        }
        way
    }

    proptest! {
        #[test]
        fn any_order_and_number_of_reports_ends_the_same(
            reports in prop::collection::vec(
                (prop::sample::select(vec![SENT, FAILED, DELIVERED, READ]), 1_000..1_006i64).prop_map(|(s, at)| told(s, at)),
                1..7,
            ),
            shuffled in any::<prop::sample::Index>(),
            start in prop::sample::select(vec![QUEUED, SENDING, UNKNOWN, SENT]),
        ) {
            let first = after(start, &reports);
            let mut other = reports.clone();
            other.rotate_left(shuffled.index(reports.len()));
            prop_assert_eq!(&after(start, &other), &first);
            other.reverse();
            prop_assert_eq!(&after(start, &other), &first);
            other.extend(reports);
            prop_assert_eq!(&after(start, &other), &first);
        }
    }

    #[test]
    fn reading_proves_that_it_was_delivered_and_taken() {
        let way = after(SENDING, &[told(READ, 30)]);
        assert_eq!(
            (way.state, way.accepted_at, way.delivered_at, way.read_at),
            (READ, Some(30), Some(30), Some(30))
        );
        let way = after(SENDING, &[told(READ, 30), told(SENT, 10), told(DELIVERED, 20)]);
        assert_eq!(
            (way.state, way.accepted_at, way.delivered_at, way.read_at),
            (READ, Some(10), Some(20), Some(30))
        );
    }

    #[test]
    fn a_report_settles_an_unknown_message_and_takes_its_reason_away() {
        let way = after(UNKNOWN, &[told(SENT, 10)]);
        assert_eq!(
            (way.state, way.failure, way.external_id),
            (SENT, None, Some("x".into()))
        );
    }

    #[test]
    fn a_failure_stays_until_delivery_is_proven() {
        let way = after(SENT, &[told(FAILED, 20), told(SENT, 10)]);
        assert_eq!(
            (way.state, way.failed_at, way.failure.is_some()),
            (FAILED, Some(20), true)
        );
        let way = after(SENT, &[told(FAILED, 20), told(DELIVERED, 30)]);
        assert_eq!((way.state, way.failed_at, way.failure), (DELIVERED, None, None));
    }

    #[test]
    fn what_never_left_is_not_moved() {
        assert_eq!(after(CANCELLED, &[told(READ, 30)]), fresh(CANCELLED));
    }
}
