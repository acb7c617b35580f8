//! Work that nobody waits for. A worker is a struct with a `tick`; one loop owns wake-ups, errors, panics and the end.
//! Tests call `tick` themselves, with a clock that stands still.

pub mod bulk;
pub mod callbacks;
pub mod dispatch;
pub mod lease;
pub mod log;
pub mod retention;
pub mod said;
pub mod schedule;
pub mod undo;
pub mod vendor_ids;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// When to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// At once: there is more.
    Again,
    /// When woken, or after this time.
    After(Duration),
}

/// One kind of work.
pub trait Worker: Send + Sync + 'static {
    /// Name for logs.
    fn name(&self) -> &'static str;

    /// What wakes it early.
    fn wake(&self) -> &Notify;

    /// Does what there is to do now.
    fn tick(&self) -> impl Future<Output = anyhow::Result<Tick>> + Send;

    /// Called once, after the last tick.
    fn finish(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// Pause after a tick that failed: long enough not to fill the log, short enough to heal by itself.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Runs a worker until told to stop. A tick that fails or panics is logged and tried again.
pub fn spawn<W: Worker>(worker: Arc<W>, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            let ticking = worker.clone();
            let pause = match tokio::spawn(async move { ticking.tick().await }).await {
                Ok(Ok(Tick::Again)) => continue,
                Ok(Ok(Tick::After(pause))) => pause,
                Ok(Err(error)) => {
                    tracing::error!(worker = worker.name(), error = %format!("{error:#}"), "tick failed; trying again");
                    AFTER_ERROR
                }
                Err(panic) => {
                    tracing::error!(worker = worker.name(), error = %panic, "tick panicked; trying again");
                    AFTER_ERROR
                }
            };
            tokio::select! {
                () = worker.wake().notified() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        worker.finish().await;
    })
}

/// Starts the workers that this server's roles ask for. Each ends by itself soon after `shutdown` is cancelled.
pub fn start_all(app: &Arc<App>, shutdown: &CancellationToken) -> Vec<JoinHandle<()>> {
    let mut workers = Vec::new();
    if app.config.has_role("callbacks") {
        workers.push(spawn(callbacks::Callbacks::new(app.clone()), shutdown.clone()));
    }
    if app.config.has_role("send") {
        workers.push(spawn(dispatch::Dispatcher::new(app.clone()), shutdown.clone()));
    }
    workers.push(spawn(log::Log::new(app.clone()), shutdown.clone()));
    // After the dispatcher, which may need some time before it lets go of everything.
    workers.push(spawn(lease::Keeper::new(app.clone()), shutdown.clone()));
    if app.config.has_role("schedule") {
        workers.push(spawn(schedule::Scheduler::new(app.clone()), shutdown.clone()));
        workers.push(spawn(retention::Retention::new(app.clone()), shutdown.clone()));
        workers.push(spawn(bulk::Bulk::new(app.clone()), shutdown.clone()));
        workers.push(spawn(said::Said::new(app.clone()), shutdown.clone()));
        workers.push(spawn(undo::Undo::new(app.clone()), shutdown.clone()));
        workers.push(spawn(vendor_ids::VendorIds::new(app.clone()), shutdown.clone()));
    }
    workers
}
