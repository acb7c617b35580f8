//! The simulated provider inside the server, while the demo is on.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use harkara_sim::{Handle, Running};
use tokio::sync::{Mutex, MutexGuard};

/// Where the simulator runs, if it does.
#[derive(Debug, Default)]
pub struct Stage {
    running: Mutex<Option<Running>>,
    on: AtomicBool,
}

impl Stage {
    /// Does the simulator run?
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// The simulator, and its control API.
    pub async fn simulator(&self) -> Option<(Handle, Router)> {
        let running = self.running.lock().await;
        running
            .as_ref()
            .map(|running| (running.state(), running.control()))
    }

    /// Ends the simulator.
    pub async fn stop(&self) {
        let running = self.running.lock().await.take();
        self.on.store(false, Ordering::Relaxed);
        if let Some(running) = running {
            running.shutdown().await;
        }
    }

    /// To start the simulator: nobody else does meanwhile.
    pub(super) async fn open(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().await
    }

    pub(super) fn runs(&self) {
        self.on.store(true, Ordering::Relaxed);
    }
}
