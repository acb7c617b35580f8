//! Keeps the leases of this node, apart from the dispatcher, so that a slow commit there never costs a lease.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, Worker};
use crate::app::{App, lease};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// Pause between two looks at the end.
const LAST_PAUSE: Duration = Duration::from_millis(50);
/// Looks at the end, at most: a little longer than the dispatcher waits for answers.
const LAST_LOOKS: u32 = 220;

/// Beats, watches the other nodes, and takes and gives back numbers.
pub struct Keeper {
    app: Arc<App>,
    wake: Notify,
    failing: AtomicBool,
}

impl Keeper {
    /// A keeper; from now on the dispatcher leaves it to this one.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        app.leases.is_kept(true);
        Arc::new(Self {
            app,
            wake: Notify::new(),
            failing: AtomicBool::new(false),
        })
    }
}

impl Worker for Keeper {
    fn name(&self) -> &'static str {
        "lease"
    }

    fn wake(&self) -> &Notify {
        &self.wake
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        match lease::keep(&self.app).await {
            Ok(()) => self.failing.store(false, Ordering::Relaxed),
            // The lease may run out: no time for the usual pause, and one line in the log is enough.
            Err(error) if !self.failing.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "leases cannot be looked after; trying again");
            }
            Err(_) => {}
        }
        Ok(Tick::After(PAUSE))
    }

    /// Numbers go to other nodes as soon as nothing of them is in flight.
    async fn finish(&self) {
        self.app.leases.stop();
        for _ in 0..LAST_LOOKS {
            if self.app.leases.is_empty() {
                break;
            }
            if let Err(error) = lease::keep(&self.app).await {
                tracing::warn!(%error, "numbers cannot be given back yet");
            }
            tokio::time::sleep(LAST_PAUSE).await;
        }
        if let Err(error) = lease::leave(&self.app).await {
            tracing::warn!(%error, "could not say goodbye; other servers notice by themselves");
        }
    }
}
