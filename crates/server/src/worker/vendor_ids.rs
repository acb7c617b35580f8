//! Sorts vendor ids, behind everybody else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, Worker};
use crate::app::App;
use crate::app::vendor_ids::{Sort, sort};

/// How often it looks whether there are enough.
const IDLE: Duration = Duration::from_secs(1);

/// The worker that sorts vendor ids.
pub struct VendorIds {
    app: Arc<App>,
    wake: Notify,
}

impl VendorIds {
    /// A worker for this app.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self {
            app,
            wake: Notify::new(),
        })
    }
}

impl Worker for VendorIds {
    fn name(&self) -> &'static str {
        "vendor ids"
    }

    fn wake(&self) -> &Notify {
        &self.wake
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        Ok(if sort(&self.app, Sort::Whole).await? {
            Tick::Again
        } else {
            Tick::After(IDLE)
        })
    }
}
