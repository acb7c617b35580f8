//! Carries out the undo of imports, one transaction after the other. Of several nodes one does it at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, Worker};
use crate::app::App;
use crate::app::import_undo::step;

/// How often it looks whether there is something to undo.
const IDLE: Duration = Duration::from_secs(1);

/// The worker that undoes.
pub struct Undo {
    app: Arc<App>,
    wake: Notify,
}

impl Undo {
    /// A worker for this app.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self {
            app,
            wake: Notify::new(),
        })
    }
}

impl Worker for Undo {
    fn name(&self) -> &'static str {
        "undo"
    }

    fn wake(&self) -> &Notify {
        &self.wake
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        Ok(if step(&self.app).await? {
            Tick::Again
        } else {
            Tick::After(IDLE)
        })
    }
}
