//! Takes the words out of what was said, for the search, behind everybody else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, Worker};
use crate::app::App;
use crate::app::said::step;

/// How often it looks whether something was said.
const IDLE: Duration = Duration::from_secs(2);

/// Between two steps: the rest of the product goes on meanwhile.
const REST: Duration = Duration::from_millis(100);

/// The worker that takes words.
pub struct Said {
    app: Arc<App>,
    wake: Notify,
}

impl Said {
    /// A worker for this app.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self {
            app,
            wake: Notify::new(),
        })
    }
}

impl Worker for Said {
    fn name(&self) -> &'static str {
        "said"
    }

    fn wake(&self) -> &Notify {
        &self.wake
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        Ok(Tick::After(if step(&self.app).await? { REST } else { IDLE }))
    }
}
