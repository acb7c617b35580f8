//! Applies callbacks as they come in.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, Worker};
use crate::app::callback_log::write_refusals;
use crate::app::{App, arrival};

/// How often it looks without being woken: what another node took, and what waited for its message.
const IDLE: Duration = Duration::from_secs(5);

/// Pause after all that was new is applied, so that a stream of callbacks is applied many at a time. What comes after a pause
/// is applied at once.
const GATHER: Duration = Duration::from_millis(10);

/// Reads the callback log.
pub struct Callbacks {
    app: Arc<App>,
}

impl Callbacks {
    /// A reader for this app.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self { app })
    }
}

impl Worker for Callbacks {
    fn name(&self) -> &'static str {
        "callbacks"
    }

    fn wake(&self) -> &Notify {
        &self.app.wake_callbacks
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        write_refusals(&self.app).await?;
        let done = arrival::apply_new(&self.app).await?;
        Ok(match done.callbacks {
            0 => Tick::After(IDLE),
            _ if done.more => Tick::Again,
            _ => Tick::Gather(GATHER),
        })
    }
}
