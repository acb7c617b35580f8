//! Keeps SQLite's log short, beside everything that writes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, Worker};
use crate::app::App;

/// How often it looks how long the log is.
const LOOK: Duration = Duration::from_millis(50);

/// The worker that keeps the log short.
pub struct Log {
    app: Arc<App>,
    wake: Notify,
}

impl Log {
    /// A worker for this app.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self {
            app,
            wake: Notify::new(),
        })
    }
}

impl Worker for Log {
    fn name(&self) -> &'static str {
        "log"
    }

    fn wake(&self) -> &Notify {
        &self.wake
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        self.app.db.shorten_log(self.app.config.log_pages).await?;
        Ok(Tick::After(LOOK))
    }
}
