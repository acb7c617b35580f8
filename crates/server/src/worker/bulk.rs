//! Carries out acts on many people, a part at a time. Of several nodes one does it at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, Worker};
use crate::app::{App, bulk};

/// How often it looks whether another node took an order.
const IDLE: Duration = Duration::from_secs(5);

/// The worker for many people.
pub struct Bulk {
    app: Arc<App>,
}

impl Bulk {
    /// A worker for this app.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self { app })
    }
}

impl Worker for Bulk {
    fn name(&self) -> &'static str {
        "bulk"
    }

    fn wake(&self) -> &Notify {
        &self.app.wake_bulk
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        Ok(if bulk::step(&self.app).await? {
            Tick::Again
        } else {
            Tick::After(IDLE)
        })
    }
}
