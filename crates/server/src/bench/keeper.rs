//! The ceiling of callbacks: a bare handler that only makes the raw body durable, many in one commit, and answers. It runs
//! in a process of its own.

use std::process::{Command, Stdio};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::any;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::process::{Folder, Process};
use crate::store::bench::{Bodies, Database};

/// Bodies in one commit at most: as many as the product.
const BATCH: usize = 500;

/// Where to keep the bodies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keeping {
    /// A SQLite file that does not exist yet, or a PostgreSQL database.
    pub database: String,
}

/// A bare handler in a child process.
#[derive(Debug)]
pub struct Keeper {
    /// URL that takes the bodies.
    pub url: String,
    process: Process,
    _folder: Folder,
}

impl Keeper {
    /// Starts one on the same engine as the server under test.
    pub async fn start(database: Option<&Database>) -> anyhow::Result<Self> {
        let folder = Folder::new(false)?;
        let keeping = Keeping {
            database: match database {
                Some(database) => database.url().to_owned(),
                None => folder.path().join("bodies.db").display().to_string(),
            },
        };
        let mut command = Command::new(std::env::current_exe().context("cannot find this program's file")?);
        command
            .args(["bench", "keeper", &serde_json::to_string(&keeping)?])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Process::start(&mut command)?;
        let url = format!("{}/", process.first_line().await?);
        Ok(Self {
            url,
            process,
            _folder: folder,
        })
    }

    /// Processor time so far.
    pub fn cpu(&self) -> anyhow::Result<std::time::Duration> {
        self.process.cpu()
    }
}

type Waiting = (Bytes, oneshot::Sender<bool>);

impl Keeping {
    /// Serves until standard input ends; the first line on standard output is the base URL.
    pub async fn serve(self) -> anyhow::Result<()> {
        let bodies = Bodies::open(&self.database).await?;
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(write_all(bodies, receiver));
        let app = Router::new().route("/", any(take)).with_state(sender);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let gone = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        axum::serve(listener, app)
            .with_graceful_shutdown(async {
                // Only the end of it matters.
                let _ = gone.await;
            })
            .await?;
        Ok(())
    }
}

async fn take(State(writer): State<mpsc::UnboundedSender<Waiting>>, body: Bytes) -> StatusCode {
    let (kept, answer) = oneshot::channel();
    match writer.send((body, kept)) {
        Ok(()) if answer.await == Ok(true) => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn write_all(mut bodies: Bodies, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch: Vec<Waiting> = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let raw: Vec<&[u8]> = batch.iter().map(|(body, _)| body.as_ref()).collect();
        let kept = bodies.keep(&raw).await.is_ok();
        for (_, waiting) in batch.drain(..) {
            // Whoever went away does not want to know.
            let _ = waiting.send(kept);
        }
    }
}
