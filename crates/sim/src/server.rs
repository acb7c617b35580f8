//! Starting and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::handle::Handle;
use crate::options::Options;
use crate::shared::Shared;
use crate::world::World;
use crate::{callback, control, gateway, handset, media};

const UPLOAD_LIMIT: usize = 32 << 20;

/// Binds and serves in the background until [`Running::shutdown`].
///
/// # Errors
/// When an option is out of range or the address can not be bound.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    begin(options, None).await
}

/// The same with a clock that is ahead of the machine's by so many milliseconds, whatever they are at a moment: it tells the
/// time of the program around it. [`Handle::time_moved`] says that they changed.
///
/// # Errors
/// As [`start`].
pub async fn start_following(options: Options, ahead_ms: Arc<AtomicI64>) -> anyhow::Result<Running> {
    begin(options, Some(ahead_ms)).await
}

async fn begin(options: Options, follow: Option<Arc<AtomicI64>>) -> anyhow::Result<Running> {
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
        .pool_max_idle_per_host(32)
        .tcp_nodelay(true)
        .build()
        .context("The simulator's HTTP client can not be built")?;
    let clock = Clock::start(follow);
    let world = World::new(options, clock.now_ms(), 0);
    let shared = Arc::new(Shared::new(clock, world, client, base_url(addr)));

    let reports = tokio::spawn(callback::run_reports(Arc::clone(&shared)));
    let stop = Arc::clone(&shared);
    let serve = axum::serve(listener, router(Arc::clone(&shared)))
        .with_graceful_shutdown(async move { stop.stopped().await });
    let server = tokio::spawn(async move { serve.await });
    Ok(Running {
        addr,
        shared,
        reports,
        server,
    })
}

/// An address to call: a wildcard address is reached through loopback.
fn base_url(addr: SocketAddr) -> String {
    let host = match addr.ip() {
        ip if !ip.is_unspecified() => SocketAddr::new(ip, addr.port()),
        ip if ip.is_ipv6() => SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, addr.port())),
        _ => SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, addr.port())),
    };
    format!("http://{host}")
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/GatewayAPI/rest", get(gateway::rest).post(gateway::rest))
        .route("/WhatsApp/apis/getMedia.php", get(media::legacy))
        .route("/media/{id}", get(media::fetch))
        .merge(control::routes())
        .merge(handset::routes())
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
        .with_state(shared)
}

/// A simulator that serves in the background.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    shared: Arc<Shared>,
    reports: JoinHandle<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// The address it listens on, with the real port.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `http://host:port`, without a slash at the end. The gateway is at `/GatewayAPI/rest` below it.
    pub fn base_url(&self) -> String {
        self.shared.base_url.clone()
    }

    /// Control from this process.
    pub fn state(&self) -> Handle {
        Handle(Arc::clone(&self.shared))
    }

    /// The control API and the media, for a program that hands requests on.
    pub fn control(&self) -> Router {
        Router::new()
            .route("/media/{id}", get(media::fetch))
            .merge(control::routes())
            .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
            .with_state(Arc::clone(&self.shared))
    }

    /// Stops listening, lets open requests end for a second, and ends.
    pub async fn shutdown(self) {
        self.shared.stop();
        let mut server = self.server;
        if tokio::time::timeout(Duration::from_secs(1), &mut server)
            .await
            .is_err()
        {
            server.abort();
        }
        self.reports.abort();
    }

    /// Serves until the process ends or the listener breaks.
    pub async fn wait(self) {
        if let Ok(Err(error)) = self.server.await {
            tracing::error!(%error, "the simulator stopped serving");
        }
    }
}
