//! A simulated provider of the open format ("Generic (Other)") over real HTTP.
//!
//! It takes messages at `/send`, checks each against the published format and says what is wrong with it, posts delivery
//! reports, clicks and inbound messages to the URLs it is given until they are taken, lists templates page by page at
//! `/templates`, and counts what it accepted, so that a test can say that nothing was lost or doubled. `/__sim/...`
//! controls it.
//!
//! What no public source tells was chosen here: a message outside of the 24-hour window is accepted and then fails with
//! 1008, a payload with a mistake is refused with 2001, 2002 or 2004, and templates are compared only when some are there.

mod api;
mod books;
mod control;
mod format;
mod inbound;
mod options;
mod parts;
mod status;
mod templates;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

pub use books::{Mistake, Sent, Stats};
pub use format::{Finding, Findings, findings};
pub use inbound::Inbound;
pub use options::{Failure, Options};

use crate::clock::Clock;
use crate::rng::Rng;
use books::Books;

/// Everything behind one lock.
#[derive(Debug)]
struct World {
    options: Options,
    rng: Rng,
    books: Books,
    /// In Meta's listing shape.
    templates: Vec<Value>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    world: Mutex<World>,
    client: reqwest::Client,
    /// Callbacks at a time.
    slots: Semaphore,
    base_url: String,
    stop: watch::Sender<bool>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // The sender lives in `self`, so the wait ends only by a stop.
        let _ = stop.wait_for(|stopped| *stopped).await;
    }

    /// Sleeps, but not beyond the end of the simulator.
    async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.stopped() => {}
        }
    }
}

/// Binds and serves in the background until [`Running::shutdown`].
///
/// # Errors
/// When an option is out of range or the address can not be bound.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    options.check().map_err(anyhow::Error::msg)?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("The simulator can not listen on {}", options.listen))?;
    let addr = listener.local_addr()?;
    // Only the first installation in a process counts; a second one is refused, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()
        .context("The simulator's HTTP client can not be built")?;
    let world = World {
        rng: Rng::new(options.seed),
        books: Books::default(),
        templates: Vec::new(),
        options,
    };
    let shared = Arc::new(Shared {
        clock: Clock::start(None),
        world: Mutex::new(world),
        client,
        slots: Semaphore::new(64),
        base_url: format!("http://{addr}"),
        stop: watch::Sender::new(false),
    });
    let stop = Arc::clone(&shared);
    let app = api::routes()
        .merge(control::routes())
        .with_state(Arc::clone(&shared));
    let serve = axum::serve(listener, app).with_graceful_shutdown(async move { stop.stopped().await });
    let server = tokio::spawn(async move { serve.await });
    Ok(Running { addr, shared, server })
}

/// A simulator that serves in the background.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// The address it listens on, with the real port.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `http://host:port`, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.shared.base_url.clone()
    }

    /// Everything counted since the start.
    pub fn stats(&self) -> Stats {
        self.shared.lock().books.stats()
    }

    /// All accepted messages, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        self.shared.lock().books.page(0, usize::MAX)
    }

    /// Payloads that had a mistake, oldest first.
    pub fn mistakes(&self) -> Vec<Mistake> {
        self.shared.lock().books.mistakes()
    }

    /// Changes options in place. The error is a sentence.
    ///
    /// # Errors
    /// When an option is out of range.
    pub fn update(&self, change: impl FnOnce(&mut Options)) -> Result<(), String> {
        let mut world = self.shared.lock();
        let mut options = world.options.clone();
        change(&mut options);
        options.check()?;
        world.options = options;
        Ok(())
    }

    /// Fails the next send requests like this.
    pub fn fail_next(&self, failure: Failure, times: usize) {
        let mut world = self.shared.lock();
        world.books.scripts.extend(std::iter::repeat_n(failure, times));
    }

    /// Adds a template in Meta's listing shape. The error is a sentence.
    ///
    /// # Errors
    /// When it has no name, language or components.
    pub fn add_template(&self, template: Value) -> Result<(), String> {
        templates::add(&mut self.shared.lock(), template)
    }

    /// Writes as a customer. Answers what is posted; the error is a sentence.
    ///
    /// # Errors
    /// When the message can not be one of a customer.
    pub fn inject(&self, inbound: &Inbound) -> Result<Value, String> {
        inbound::inject(&self.shared, inbound)
    }

    /// The customer reads a message. The error is a sentence.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn read(&self, msg_id: &str) -> Result<(), String> {
        status::read(&self.shared, msg_id)
    }

    /// The customer opens a link of a message, the first without `button`. Answers what is posted; the error is a sentence.
    ///
    /// # Errors
    /// When there is no such message or link.
    pub fn click(&self, msg_id: &str, button: Option<usize>) -> Result<Value, String> {
        status::click(&self.shared, msg_id, button)
    }

    /// Stops listening, lets open requests end for a second, and ends.
    pub async fn shutdown(self) {
        self.shared.stop.send_replace(true);
        let mut server = self.server;
        if tokio::time::timeout(Duration::from_secs(1), &mut server)
            .await
            .is_err()
        {
            server.abort();
        }
    }
}
