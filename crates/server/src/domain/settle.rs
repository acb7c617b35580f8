//! What an answer, or its absence, makes of a message: pure, so that every case is a line in a table.

use std::time::Duration;

use harkara_provider::{Receipt, Retry, SendError, SendErrorKind};
use serde::{Deserialize, Serialize};

use super::state::{FAILED, QUEUED, SENDING, SENT, State, UNKNOWN};
use crate::clock::{MINUTE, Millis, SECOND};

/// Why a message is not where it should be; kept in the ledger as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable name of the kind.
    pub kind: String,
    /// The vendor's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's words.
    pub detail: String,
    /// What a person reads.
    pub help: String,
}

impl Failure {
    /// Forgets the vendor's own words, in which a number or a name may stand.
    pub fn forget_words(&mut self) {
        self.detail = "erased".into();
    }
}

/// Kinds of failures that were about the moment and not about the message or the person: sending again may help.
pub const WORTH_RESENDING: [SendErrorKind; 5] = [
    SendErrorKind::Unavailable,
    SendErrorKind::Throttled { after_ms: None },
    SendErrorKind::Capped,
    SendErrorKind::Config,
    SendErrorKind::Auth,
];

impl From<&SendError> for Failure {
    fn from(e: &SendError) -> Self {
        Self {
            kind: e.kind.name().into(),
            code: e.code.clone(),
            detail: e.detail.clone(),
            help: e.help.clone(),
        }
    }
}

/// How one attempt ended.
pub type Outcome = Result<Receipt, SendError>;

/// The row as it is now, which may be further than `sending` when a report was faster than the answer.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// State.
    pub state: State,
    /// This attempt, from 1.
    pub attempt: i16,
}

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// New state; never smaller, but for a retry.
    pub state: State,
    /// Attempt counter to keep; a throttled attempt does not count.
    pub attempt: i16,
    /// When to try again.
    pub due_at: Option<Millis>,
    /// The vendor's id.
    pub external_id: Option<String>,
    /// The reason.
    pub failure: Option<Failure>,
}

/// Decides. `salt` (the message id) spreads retries in time.
pub fn settle(row: Now, outcome: &Outcome, now: Millis, max_attempts: i16, salt: i64) -> Change {
    let stay = Change {
        state: row.state,
        attempt: row.attempt,
        due_at: None,
        external_id: None,
        failure: None,
    };
    let error = match outcome {
        Ok(receipt) => {
            let state = if row.state < SENT { SENT } else { row.state };
            return Change {
                state,
                external_id: Some(receipt.external_id.clone()),
                ..stay
            };
        }
        Err(error) => error,
    };
    if row.state >= SENT {
        // A report proved that the provider took it; the answer's complaint is not the truth.
        return stay;
    }
    let failure = Some(Failure::from(error));
    let again = |attempt, after: Millis| Change {
        state: QUEUED,
        attempt,
        due_at: Some(now + after),
        failure: failure.clone(),
        external_id: None,
    };
    if row.state != SENDING {
        // Settled before (a second answer to one attempt cannot be): leave it.
        return stay;
    }
    match error.kind.retry() {
        Retry::Never => Change {
            state: FAILED,
            failure,
            ..stay
        },
        Retry::Park => Change {
            state: UNKNOWN,
            failure,
            ..stay
        },
        Retry::SlowDown(after) => again(row.attempt - 1, throttle_pause(after, salt)),
        Retry::HoldAccount => again(row.attempt - 1, 0),
        Retry::Later if row.attempt >= max_attempts => {
            let failure = Failure {
                help: format!("Given up after {} attempts. {}", row.attempt, error.help),
                ..Failure::from(error)
            };
            Change {
                state: FAILED,
                failure: Some(failure),
                ..stay
            }
        }
        Retry::Later => again(row.attempt, backoff(row.attempt, salt)),
    }
}

/// 1 s, 2 s, 4 s ... up to 5 minutes, each spread by up to a quarter.
pub fn backoff(attempt: i16, salt: i64) -> Millis {
    let base = (SECOND << attempt.clamp(1, 9).saturating_sub(1)).min(5 * MINUTE);
    base + spread(salt, base / 4)
}

fn throttle_pause(after: Option<Duration>, salt: i64) -> Millis {
    let base = after
        .map_or(SECOND, |d| Millis::try_from(d.as_millis()).unwrap_or(MINUTE))
        .min(10 * MINUTE);
    base + spread(salt, SECOND)
}

/// A number below `range` that depends on the message alone.
fn spread(salt: i64, range: Millis) -> Millis {
    let mixed = (salt as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
    if range <= 0 {
        0
    } else {
        (mixed % range as u64) as Millis
    }
}

/// The failure kept for a message that was in flight when the server died.
pub fn crashed() -> Failure {
    let kind = SendErrorKind::Unknown.name();
    Failure {
        kind: kind.into(),
        code: Some("interrupted".into()),
        detail: "The server stopped while this message was on its way; its answer was never seen.".into(),
        help: "Nothing to do: it is not sent again, to avoid a double, and a delivery report settles it. If none comes, \
               ask the person or resend it by hand."
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(kind: SendErrorKind) -> Outcome {
        Err(SendError::new(kind, Some("1"), "detail", "help"))
    }

    #[test]
    fn every_kind_of_answer_has_its_state() {
        use SendErrorKind::*;
        let table = [
            (Invalid, 1, FAILED, 1),
            (OptedOut, 1, FAILED, 1),
            (Unknown, 1, UNKNOWN, 1),
            (Throttled { after_ms: None }, 3, QUEUED, 2),
            (Auth, 2, QUEUED, 1),
            (Unavailable, 2, QUEUED, 2),
            (Unavailable, 6, FAILED, 6),
        ];
        for (kind, attempt, state, kept) in table {
            let change = settle(
                Now {
                    state: SENDING,
                    attempt,
                },
                &outcome(kind),
                0,
                6,
                42,
            );
            assert_eq!(
                (change.state, change.attempt),
                (state, kept),
                "{kind:?} at attempt {attempt}"
            );
        }
    }

    #[test]
    fn a_report_that_was_faster_than_the_answer_wins() {
        for state in [SENT, crate::domain::state::DELIVERED, crate::domain::state::READ] {
            let late = settle(
                Now { state, attempt: 1 },
                &outcome(SendErrorKind::Unknown),
                0,
                6,
                1,
            );
            assert_eq!(late.state, state);
            let receipt = Receipt {
                external_id: "x".into(),
                wa_id: None,
                warning: None,
            };
            let ok = settle(Now { state, attempt: 1 }, &Ok(receipt), 0, 6, 1);
            assert_eq!((ok.state, ok.external_id.as_deref()), (state, Some("x")));
        }
    }

    #[test]
    fn an_unknown_message_is_never_queued_again() {
        for kind in [
            SendErrorKind::Unavailable,
            SendErrorKind::Throttled { after_ms: Some(5) },
            SendErrorKind::Auth,
        ] {
            assert_eq!(
                settle(
                    Now {
                        state: UNKNOWN,
                        attempt: 1
                    },
                    &outcome(kind),
                    0,
                    6,
                    1
                )
                .state,
                UNKNOWN
            );
        }
    }

    #[test]
    fn the_pause_grows_and_is_bounded() {
        let pauses: Vec<_> = (1..12).map(|n| backoff(n, 7)).collect();
        assert!(pauses.windows(2).all(|w| w[0] <= w[1]));
        assert!(pauses[0] >= SECOND && *pauses.last().unwrap() <= 7 * MINUTE);
    }
}
