//! Forgets old callbacks and vendor ids, once an hour and a little at a time. Of several nodes one does it at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify};

use super::{Tick, Worker};
use crate::app::App;
use crate::app::retention::{Pass, step};
use crate::clock::{HOUR, Millis};

/// Between two steps: the rest of the product goes on meanwhile.
const REST: Duration = Duration::from_millis(50);

/// How often it looks whether it is time for a pass.
const IDLE: Duration = Duration::from_secs(60);

struct Standing {
    pass: Pass,
    begun_at: Option<Millis>,
}

/// The worker that forgets.
pub struct Retention {
    app: Arc<App>,
    wake: Notify,
    standing: Mutex<Standing>,
}

impl Retention {
    /// A worker for this app.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        let standing = Standing {
            pass: Pass::Done,
            begun_at: None,
        };
        Arc::new(Self {
            app,
            wake: Notify::new(),
            standing: Mutex::new(standing),
        })
    }
}

impl Worker for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn wake(&self) -> &Notify {
        &self.wake
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let mut standing = self.standing.lock().await;
        if standing.pass == Pass::Done {
            let now = self.app.now();
            if standing.begun_at.is_some_and(|at| now < at + HOUR) {
                return Ok(Tick::After(IDLE));
            }
            *standing = Standing {
                pass: Pass::START,
                begun_at: Some(now),
            };
        }
        standing.pass = step(&self.app, standing.pass).await?;
        Ok(Tick::After(match standing.pass {
            Pass::Done => IDLE,
            _ => REST,
        }))
    }
}
