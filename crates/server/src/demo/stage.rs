//! The simulated provider inside the server, while the demo is on.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use harkara_sim::{Handle, Running};
use tokio::sync::{Mutex, MutexGuard};

use crate::app::AppError;

/// Where the simulator runs, if it does.
#[derive(Debug, Default)]
pub struct Stage {
    running: Mutex<Option<Running>>,
    on: AtomicBool,
    /// Held by whoever makes a crowd, so that no two get the same numbers.
    crowds: Mutex<()>,
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

    /// To make a crowd: nobody else does meanwhile.
    pub(super) async fn crowds(&self) -> MutexGuard<'_, ()> {
        self.crowds.lock().await
    }

    pub(super) fn runs(&self) {
        self.on.store(true, Ordering::Relaxed);
    }
}

/// There is no simulator.
pub fn no_handset() -> AppError {
    AppError::conflict(
        "no_handset",
        "There is no simulated phone: the demo is not on in this server.",
        "Switch it on with POST /api/v1/demo, or start `harkara demo`.",
    )
}
