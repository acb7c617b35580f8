//! What all handlers and background tasks hold in common.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, watch};

use crate::clock::Clock;
use crate::wire::Wire;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Shared {
    pub clock: Clock,
    world: Mutex<World>,
    wire: Mutex<Wire>,
    /// Something new may be due.
    pub wake: Notify,
    pub client: reqwest::Client,
    /// Where callbacks run, so that a handle works on any thread.
    pub runtime: tokio::runtime::Handle,
    /// Requests with reports at a time.
    pub report_slots: Arc<Semaphore>,
    /// Inbound messages and clicks have their own, so that reports do not hold them up.
    pub other_slots: Semaphore,
    /// `http://address`, without a slash at the end.
    pub base_url: String,
    version: AtomicU64,
    stop: watch::Sender<bool>,
}

impl Shared {
    pub(crate) fn new(clock: Clock, world: World, client: reqwest::Client, base_url: String) -> Self {
        Self {
            clock,
            world: Mutex::new(world),
            wire: Mutex::default(),
            wake: Notify::new(),
            client,
            runtime: tokio::runtime::Handle::current(),
            report_slots: Arc::new(Semaphore::new(16)),
            other_slots: Semaphore::new(8),
            base_url,
            version: AtomicU64::new(1),
            stop: watch::Sender::new(false),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The wire log has a lock of its own, so that reading it holds up no message.
    pub(crate) fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the handset pages and the report task that there is news.
    pub(crate) fn changed(&self) {
        self.version.fetch_add(1, Ordering::Relaxed);
        self.wake.notify_one();
    }

    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Relaxed)
    }

    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    pub(crate) async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // The sender lives in `self`, so the wait ends only by a stop.
        let _ = stop.wait_for(|stopped| *stopped).await;
    }

    /// Sleeps, but not beyond the end of the simulator.
    pub(crate) async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.stopped() => {}
        }
    }

    /// The base that customers' links start with.
    pub(crate) fn public_url(&self, world: &World) -> String {
        world
            .options
            .public_url
            .as_deref()
            .unwrap_or(&self.base_url)
            .trim_end_matches('/')
            .to_owned()
    }
}
