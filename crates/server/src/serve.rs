//! The running server: everything is built here once, and taken down in order.

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use crate::app::durable::write_private;
use crate::app::lease::{self, Identity};
use crate::app::vault::Vault;
use crate::app::{App, AppError, account, api_key, audit, import};
use crate::clock::{Clock, random_bytes};
use crate::config::Config;
use crate::demo::{time, workspace};
use crate::store::Db;
use crate::store::db::Session;
use crate::store::dialect::Dialect;
use crate::store::node::About;
use crate::{http, store, worker};

/// How long a stop waits for requests and workers to finish.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that runs. Dropped without [`Running::shutdown`], it stops with the process.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its parts.
    pub app: Arc<App>,
    /// Where the address and key for the command line stand, when this server keeps them.
    pub cli_file: Option<PathBuf>,
    server: JoinHandle<std::io::Result<()>>,
    workers: Vec<JoinHandle<()>>,
    _lock: File,
}

/// What `DATA/cli.json` holds: how commands on this machine reach the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CliFile {
    /// Base URL.
    pub url: String,
    /// API key.
    pub key: String,
}

impl CliFile {
    /// Its place in a data folder.
    pub fn path(data: &Path) -> PathBuf {
        data.join("cli.json")
    }

    /// Reads it; `None` when there is none, or none that can be understood.
    pub fn read(data: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(Self::path(data)).ok()?).ok()
    }
}

/// Ids of commands that work on the data beside a server: above those of servers, so that they never make the same.
const COMMANDS: std::ops::Range<u16> = 1_000..1_024;

/// Makes the data folder, opens the database and the secrets, brings the tables up to date: the [`App`] that both the
/// server and the commands that work directly on the data use.
pub async fn open(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Arc<App>> {
    let vault = vault(&config)?;
    let db = database(&config, Session::default()).await?;
    let any = u16::from_be_bytes(random_bytes::<2>());
    let command = COMMANDS.start + any % COMMANDS.len() as u16;
    Ok(App::new(db, clock, command, vault, config))
}

fn vault(config: &Config) -> anyhow::Result<Vault> {
    std::fs::create_dir_all(&config.data).with_context(|| {
        format!(
            "cannot make the data folder {} (choose another with --data)",
            config.data.display()
        )
    })?;
    let secret = std::env::var("HARKARA_SECRET_KEY").ok();
    Ok(Vault::open(&config.data, secret.as_deref())?)
}

/// The database, with its tables up to date.
async fn database(config: &Config, session: Session) -> anyhow::Result<Db> {
    let url = config.database_url();
    let shown = without_password(&url);
    let db = Db::open_as(&url, session).await.with_context(|| {
        format!("cannot open the database {shown} (check --database, and that the server lets this user in)")
    })?;
    db.migrate()
        .await
        .with_context(|| format!("cannot bring the tables of {shown} up to date"))?;
    Ok(db)
}

/// The same for a server: it has an id of its own among all servers on the database, which its data folder remembers.
async fn open_server(config: Config, clock: Arc<dyn Clock>, addr: SocketAddr) -> anyhow::Result<Arc<App>> {
    let vault = vault(&config)?;
    let first = database(&config, Session::default()).await?;
    let sqlite = first.dialect() == Dialect::Sqlite;
    if let Some(clock) = clock.movable() {
        time::resume(clock, &mut first.read().await?).await?;
    }
    let (id, token) = lease::enrol(&first, &config.data, clock.now())
        .await
        .context("cannot find an id for this server")?;
    let (db, keeper) = if sqlite {
        (first.clone(), first)
    } else {
        first.close().await;
        let session = |name: &str, connections| Session {
            name: format!("harkara {name} {id}"),
            connections,
            patience_ms: config.lease_ms / 2,
        };
        let url = config.database_url();
        let keeper = Db::open_as(&url, session("lease", 2)).await?;
        (Db::open_as(&url, session("node", 16)).await?, keeper)
    };
    let identity = Identity {
        id,
        token,
        about: About {
            name: format!("{}:{}", host_name(), addr.port()),
            roles: config.roles.join(","),
            url: local_url(addr),
            lease_ms: config.lease_ms,
        },
        // The lock on the data folder proves it.
        alone: sqlite,
    };
    let app = App::new(db, clock, u16::try_from(id).unwrap_or_default(), vault, config);
    app.leases.introduce(identity, keeper);
    Ok(app)
}

/// A server that cannot open the accounts would take numbers from those that can, and send nothing.
async fn same_key(app: &App) -> anyhow::Result<()> {
    let own = app.leases.identity(app).id;
    let mut tx = app.db.read().await?;
    let others = store::node::all(&mut tx).await?;
    if !others
        .iter()
        .any(|n| n.id != own && n.state == store::node::ALIVE)
    {
        return Ok(());
    }
    let mut closed = 0;
    for row in store::account::list(&mut tx, i64::MAX, 500).await? {
        match account::load(app, &mut tx, row.id).await {
            Ok(_) => return Ok(()),
            Err(AppError::Store(error)) => return Err(error.into()),
            Err(_) => closed += 1,
        }
    }
    anyhow::ensure!(
        closed == 0,
        "the other servers on this database use another key. Copy their secret.key to {}, or set HARKARA_SECRET_KEY",
        app.config.data.display()
    );
    Ok(())
}

/// The name of this machine, for people.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname");
    let name = name.or_else(|_| std::env::var("HOSTNAME")).unwrap_or_default();
    match name.trim() {
        "" => "server".into(),
        name => name.to_owned(),
    }
}

/// Starts the server and its workers. Port 0 takes any free port; [`Running::addr`] tells which.
pub async fn start(mut config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Running> {
    let listener = listen(&config.listen).await?;
    let addr = listener
        .local_addr()
        .context("the listening socket has no address")?;
    config.listen = addr.to_string();
    let lock = lock(&config)?;
    let app = open_server(config, clock, addr).await?;
    same_key(&app).await?;
    lease::keep(&app)
        .await
        .context("cannot join the servers on this database")?;
    let cli_file = keep_cli_file(&app, addr).await?;
    let router = http::router(app.clone());
    let stop = app.shutdown.clone();
    let server = tokio::spawn(
        axum::serve(
            listener,
            router.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .with_graceful_shutdown(stop.cancelled_owned())
        .into_future(),
    );
    let workers = worker::start_all(&app, &app.shutdown);
    import::recover(&app)
        .await
        .context("cannot go on with the imports that the last stop cut")?;
    if let Err(error) = workspace::resume(&app).await {
        tracing::error!(%error, "the demo does not come back; switch it off and on again");
    }
    tracing::info!(%addr, database = without_password(&app.config.database_url()), "serving");
    Ok(Running {
        addr,
        app,
        cli_file,
        server,
        workers,
        _lock: lock,
    })
}

impl Running {
    /// The base URL on this machine.
    pub fn url(&self) -> String {
        local_url(self.addr)
    }

    /// Stops: no new requests, those running get ten seconds, workers put their work in a safe state.
    pub async fn shutdown(self) {
        self.app.shutdown.cancel();
        let mut server = self.server;
        match tokio::time::timeout(PATIENCE, &mut server).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(e))) => tracing::error!(error = %e, "the server stopped with an error"),
            Ok(Err(e)) => tracing::error!(error = %e, "the server stopped with an error"),
            Err(_) => {
                tracing::warn!("some requests did not end in time and were cut");
                server.abort();
            }
        }
        for mut worker in self.workers {
            match tokio::time::timeout(PATIENCE, &mut worker).await {
                Ok(Ok(())) => {}
                Ok(Err(e)) => tracing::error!(error = %e, "a worker stopped with an error"),
                Err(_) => {
                    tracing::warn!("a worker did not end in time and was cut");
                    worker.abort();
                }
            }
        }
        self.app.demo.stop().await;
        self.app.db.close().await;
    }
}

/// Ctrl-C and SIGTERM, caught from the moment that this is made.
#[derive(Debug)]
pub struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    /// Begins to catch them.
    pub fn catch() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
        })
    }

    /// Waits for the first one.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Binds a listener, or says in a sentence why that is not possible and which option to change.
pub async fn listen(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => anyhow!(
            "cannot listen on {address}: another program uses this port. Stop it, or choose another port with \
             --listen ADDRESS:PORT (`harkara demo`: --port PORT)"
        ),
        std::io::ErrorKind::PermissionDenied => anyhow!(
            "cannot listen on {address}: not allowed. Ports below 1024 need root; choose another with --listen"
        ),
        std::io::ErrorKind::AddrNotAvailable => anyhow!(
            "cannot listen on {address}: this machine has no such address. Use 127.0.0.1 (this machine only) or \
             0.0.0.0 (every address) with --listen"
        ),
        _ => anyhow!("cannot listen on {address}: {e}. Write it as ADDRESS:PORT, such as 127.0.0.1:8080"),
    })
}

/// The base URL to reach a listener from this machine.
pub fn local_url(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", addr.port())
    } else {
        format!("http://{addr}")
    }
}

/// One server per data folder: on SQLite two would each believe that they own the numbers, and everywhere the lock proves
/// that the server which had this folder's id before is gone.
fn lock(config: &Config) -> anyhow::Result<File> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
    let path = config.data.join("server.lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another harkara already runs on {}. Stop it first, or choose another folder with --data",
            config.data.display()
        ),
        Err(TryLockError::Error(e)) => Err(e).with_context(|| format!("cannot lock {}", path.display())),
    }
}

/// Keeps address and key for the command line in `DATA/cli.json`; the key is made when there is none at all yet.
async fn keep_cli_file(app: &App, addr: SocketAddr) -> anyhow::Result<Option<PathBuf>> {
    let path = CliFile::path(&app.config.data);
    let mut tx = app.db.write().await?;
    let key = match CliFile::read(&app.config.data) {
        Some(kept) => Some(kept.key),
        None if store::api_key::list(&mut tx).await?.is_empty() => {
            let (id, key) = api_key::create(app, &mut tx, "cli").await?;
            let system = audit::Actor::system();
            audit::note_change(app, &mut tx, &system, "api_key.create", id, audit::Before::New).await?;
            Some(key)
        }
        None => None,
    };
    let Some(key) = key else {
        return Ok(None);
    };
    let kept = CliFile {
        url: local_url(addr),
        key,
    };
    let text = serde_json::to_string_pretty(&kept)?;
    write_private(&path, &format!("{text}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    tx.commit().await?;
    Ok(Some(path))
}

/// A database URL that may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{place}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_url_is_shown_without_its_password() {
        assert_eq!(
            without_password("postgres://ann:s@cret@db.example/harkara"),
            "postgres://ann@db.example/harkara"
        );
        assert_eq!(without_password("./data/harkara.db"), "./data/harkara.db");
    }

    #[tokio::test]
    async fn a_port_in_use_names_the_options_that_change_it() {
        let first = listen("127.0.0.1:0").await.unwrap();
        let again = listen(&first.local_addr().unwrap().to_string())
            .await
            .unwrap_err();
        let text = again.to_string();
        assert!(text.contains("--listen") && text.contains("--port"), "{text}");
    }
}
