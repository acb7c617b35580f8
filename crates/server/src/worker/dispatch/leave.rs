//! One message leaves: when its gates are open, and only while the lease lasts.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use harkara_provider::{SendError, SendErrorKind};

use super::Dispatcher;
use super::line::{AccountLine, Gate, NumberLine, pass};
use crate::app::App;
use crate::app::dispatch::{self, Claimed, Finished, Trace};
use crate::app::lease::Standing;
use crate::clock::Millis;

/// How often a message that waits for the lease to be renewed looks again.
const DOUBT: Duration = Duration::from_millis(20);

impl Dispatcher {
    /// Lets one message leave as soon as its gates open; its outcome comes back through the channel, whatever happens. When its
    /// time is over before, it does not leave and waits again.
    pub(super) fn leave(
        &self,
        term: i64,
        account: &AccountLine,
        number: &NumberLine,
        message: Claimed,
        (gates, until): (Vec<Gate>, Option<Millis>),
    ) {
        let (app, done) = (self.app.clone(), self.done.clone());
        let (loaded, from) = (account.loaded.clone(), number.row.phone.clone());
        tokio::spawn(async move {
            let departure = depart(&app, term, &gates, until).await;
            let (id, number_id, n, at) = (message.id, message.number_id, message.attempt, message.at);
            let (outcome, trace) = match departure {
                Departure::Lost => return,
                Departure::Held => (Err(held()), Trace::default()),
                Departure::Leaves => {
                    let attempt = dispatch::attempt(&app.engine, &loaded, &from, message, app.now());
                    AssertUnwindSafe(attempt)
                        .catch_unwind()
                        .await
                        .unwrap_or_else(|_| (Err(broken()), Trace::default()))
                }
            };
            let finished = Finished {
                id,
                account_id: loaded.row.id,
                account_version: loaded.row.updated_at,
                number_id,
                attempt: n,
                at,
                held: departure == Departure::Held,
                outcome,
                trace,
            };
            // The receiver lives as long as the dispatcher; after it, nobody is left to tell.
            let _ = done.send(finished);
            app.wake_dispatch.notify_one();
        });
    }
}

fn broken() -> SendError {
    let help = "The program failed while sending. It is not sent again, to avoid a double.";
    SendError::new(SendErrorKind::Unknown, Some("panic"), "internal failure", help)
}

/// It was not tried, so that the attempt does not count.
fn held() -> SendError {
    let detail = "Quiet hours, or the cut-off of the campaign, began before it left.";
    let help = "Nothing to do: it leaves by itself after the quiet hours.";
    SendError::new(
        SendErrorKind::Throttled { after_ms: None },
        Some("held"),
        detail,
        help,
    )
}

/// What becomes of a message that waits for its gates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Departure {
    Leaves,
    /// The term it was claimed in is over.
    Lost,
    /// Nothing of its campaign may leave any more for now.
    Held,
}

/// Waits until a message may leave, or must not any more; `until`: it must not from this moment on.
async fn depart(app: &App, term: i64, gates: &[Gate], until: Option<Millis>) -> Departure {
    // A second of a rate is one of the machine's: whoever moves the time of a demo makes no room in it.
    let mut earliest = app.machine_now();
    loop {
        if until.is_some_and(|until| app.now() >= until) {
            return match app.leases.standing(app, term) {
                Standing::Lost => Departure::Lost,
                Standing::InDoubt | Standing::Holds => Departure::Held,
            };
        }
        match app.leases.standing(app, term) {
            Standing::Lost => return Departure::Lost,
            Standing::InDoubt => app.clock.sleep(DOUBT).await,
            Standing::Holds => match pass(gates, earliest) {
                // The last look, as late as possible: the process may have stood still since.
                Ok(()) if app.leases.standing(app, term) == Standing::Holds => return Departure::Leaves,
                Ok(()) => {}
                Err(later) => {
                    let pause = Duration::from_millis((later - earliest).unsigned_abs());
                    app.clock.sleep(pause).await;
                    earliest = later;
                }
            },
        }
        earliest = earliest.max(app.machine_now());
    }
}
