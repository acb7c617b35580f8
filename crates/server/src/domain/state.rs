//! The life of a message as numbers that only grow: a row moves from a smaller state to a larger one, never back,
//! whatever order reports come in. The one exception is a retry, [`SENDING`] back to [`QUEUED`], which only the
//! settling of that very attempt does.

/// A message's state, as stored.
pub type State = i16;

/// Waits for its time.
pub const QUEUED: State = 10;
/// Its intent is durable; the request may be on its way.
pub const SENDING: State = 20;
/// Nobody can say whether the provider took it; a report may still tell. Never resent blindly.
pub const UNKNOWN: State = 25;
/// The provider accepted it.
pub const SENT: State = 30;
/// It will not arrive. Final, unless delivery is proven.
pub const FAILED: State = 35;
/// It is on the phone.
pub const DELIVERED: State = 40;
/// It was seen.
pub const READ: State = 50;
/// Left out at the moment of sending, for instance because the person opted out.
pub const SKIPPED: State = 60;
/// Its campaign was stopped before it left.
pub const CANCELLED: State = 61;
/// A message from a person.
pub const RECEIVED: State = 70;

/// Every outbound state, in funnel order.
pub const OUTBOUND: [State; 9] = [
    QUEUED, SENDING, UNKNOWN, SENT, FAILED, DELIVERED, READ, SKIPPED, CANCELLED,
];

/// Stable name, used in the API.
pub fn name(state: State) -> &'static str {
    match state {
        QUEUED => "queued",
        SENDING => "sending",
        UNKNOWN => "unknown",
        SENT => "sent",
        FAILED => "failed",
        DELIVERED => "delivered",
        READ => "read",
        SKIPPED => "skipped",
        CANCELLED => "cancelled",
        RECEIVED => "received",
        _ => "corrupt",
    }
}

/// The state of this name.
pub fn parse(text: &str) -> Option<State> {
    OUTBOUND
        .into_iter()
        .chain([RECEIVED])
        .find(|state| name(*state) == text)
}

/// What a report of `reported` makes of a message in `current`: the new state, or `None` when it changes nothing.
pub fn after_report(current: State, reported: State) -> Option<State> {
    // A row that never left cannot be reported on; that is a report for something else.
    (current < SKIPPED && reported > current).then_some(reported)
}

/// Open means: not yet terminal, not parked.
pub fn is_open(state: State) -> bool {
    state == QUEUED || state == SENDING
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REPORTED: [State; 4] = [SENT, FAILED, DELIVERED, READ];

    proptest! {
        #[test]
        fn reports_in_any_order_and_number_end_the_same(
            mut reports in prop::collection::vec(prop::sample::select(&REPORTED[..]), 1..8),
            start in prop::sample::select(vec![QUEUED, SENDING, UNKNOWN, SENT]),
        ) {
            let run = |reports: &[State]| {
                let mut state = start;
                for r in reports {
                    if let Some(next) = after_report(state, *r) {
                        prop_assert!(next > state);
                        state = next;
                    }
                }
                Ok(state)
            };
            let first = run(&reports)?;
            reports.sort_unstable();
            prop_assert_eq!(run(&reports)?, first);
            reports.extend(reports.clone());
            prop_assert_eq!(run(&reports)?, first);
        }
    }

    #[test]
    fn failed_is_final_unless_delivery_is_proven() {
        assert_eq!(after_report(FAILED, SENT), None);
        assert_eq!(after_report(FAILED, DELIVERED), Some(DELIVERED));
        assert_eq!(after_report(READ, FAILED), None);
        assert_eq!(after_report(CANCELLED, READ), None);
    }
}
