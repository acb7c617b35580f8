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

/// How often a message that waits for the lease to be renewed looks again.
const DOUBT: Duration = Duration::from_millis(20);

impl Dispatcher {
    /// Lets one message leave as soon as its gates open; its outcome comes back through the channel, whatever happens.
    pub(super) fn leave(
        &self,
        term: i64,
        account: &AccountLine,
        number: &NumberLine,
        message: Claimed,
        gates: Vec<Gate>,
    ) {
        let (app, done) = (self.app.clone(), self.done.clone());
        let (loaded, from) = (account.loaded.clone(), number.row.phone.clone());
        tokio::spawn(async move {
            if !depart(&app, term, &gates).await {
                return;
            }
            let (id, number_id, n, at) = (message.id, message.number_id, message.attempt, message.at);
            let attempt = dispatch::attempt(&app.engine, &loaded, &from, message, app.now());
            let (outcome, trace) = AssertUnwindSafe(attempt)
                .catch_unwind()
                .await
                .unwrap_or_else(|_| {
                    let help = "The program failed while sending. It is not sent again, to avoid a double.";
                    let error =
                        SendError::new(SendErrorKind::Unknown, Some("panic"), "internal failure", help);
                    (Err(error), Trace::default())
                });
            let finished = Finished {
                id,
                account_id: loaded.row.id,
                account_version: loaded.row.updated_at,
                number_id,
                attempt: n,
                at,
                outcome,
                trace,
            };
            // The receiver lives as long as the dispatcher; after it, nobody is left to tell.
            let _ = done.send(finished);
            app.wake_dispatch.notify_one();
        });
    }
}

/// Waits until a message may leave; false when it must not any more, because the term it was claimed in is over.
async fn depart(app: &App, term: i64, gates: &[Gate]) -> bool {
    let mut earliest = app.now();
    loop {
        match app.leases.standing(app, term) {
            Standing::Lost => return false,
            Standing::InDoubt => app.clock.sleep(DOUBT).await,
            Standing::Holds => match pass(gates, earliest) {
                // The last look, as late as possible: the process may have stood still since.
                Ok(()) if app.leases.standing(app, term) == Standing::Holds => return true,
                Ok(()) => {}
                Err(later) => {
                    let pause = Duration::from_millis((later - earliest).unsigned_abs());
                    app.clock.sleep(pause).await;
                    earliest = later;
                }
            },
        }
        earliest = earliest.max(app.now());
    }
}
