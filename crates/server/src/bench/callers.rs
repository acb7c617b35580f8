//! The provider's side of callbacks: posts a file of bodies, each once, over some connections, and measures how long each
//! answer takes. It runs in a process of its own, on one thread.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

use super::figures::percentile;

/// What to post.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Calling {
    /// URL that takes the callbacks.
    pub url: String,
    /// Content type of all bodies.
    pub content_type: String,
    /// A file with one body a line.
    pub bodies: PathBuf,
    /// Connections.
    pub connections: u32,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Called {
    /// Callbacks that were answered with 2xx, a second.
    pub rate: f64,
    /// Median time until the answer.
    pub p50_ms: f64,
    /// Time that one answer in a hundred exceeds.
    pub p99_ms: f64,
    /// Answers of 503, after which a callback was posted again.
    pub refused: u64,
}

impl Calling {
    /// Posts in a child process.
    pub async fn run(&self) -> anyhow::Result<Called> {
        let program = std::env::current_exe().context("cannot find this program's file")?;
        let text = serde_json::to_string(self)?;
        let output = tokio::task::spawn_blocking(move || {
            Command::new(program)
                .args(["bench", "callers", &text])
                .stderr(Stdio::inherit())
                .output()
        })
        .await??;
        ensure!(output.status.success(), "the callers failed");
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Posts in this process.
    pub fn post(&self) -> anyhow::Result<Called> {
        let text = std::fs::read_to_string(&self.bodies)
            .with_context(|| format!("cannot read {}", self.bodies.display()))?;
        let bodies: VecDeque<Bytes> = text
            .lines()
            .map(|line| Bytes::copy_from_slice(line.as_bytes()))
            .collect();
        let count = bodies.len();
        let work = Arc::new(Work {
            left: Mutex::new(bodies),
            tally: Mutex::new((Vec::with_capacity(count), 0)),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let seconds = runtime.block_on(async {
            let started = Instant::now();
            let callers: Vec<_> = (0..self.connections)
                .map(|_| tokio::spawn(call(self.clone(), work.clone())))
                .collect();
            for caller in callers {
                caller.await??;
            }
            anyhow::Ok(started.elapsed().as_secs_f64())
        })?;
        let tally = work.tally.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Called {
            rate: count as f64 / seconds,
            p50_ms: percentile(&tally.0, 50.0),
            p99_ms: percentile(&tally.0, 99.0),
            refused: tally.1,
        })
    }
}

struct Work {
    left: Mutex<VecDeque<Bytes>>,
    /// Milliseconds of each answer; refusals.
    tally: Mutex<(Vec<f64>, u64)>,
}

async fn call(calling: Calling, work: Arc<Work>) -> anyhow::Result<()> {
    let mut line = Line::to(&calling.url, &calling.content_type).await?;
    let mut times = Vec::new();
    let mut refused = 0;
    loop {
        let next = work
            .left
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let Some(body) = next else { break };
        let started = Instant::now();
        while !line.post(body.clone()).await? {
            refused += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let mut tally = work.tally.lock().unwrap_or_else(PoisonError::into_inner);
    tally.0.extend(times);
    tally.1 += refused;
    Ok(())
}

/// One kept connection to a receiver of callbacks.
pub struct Line {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
    path: String,
    content_type: String,
}

impl Line {
    /// Connects.
    pub async fn to(url: &str, content_type: &str) -> anyhow::Result<Self> {
        let rest = url.strip_prefix("http://").context("not an http URL")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            authority: authority.to_owned(),
            path: format!("/{path}"),
            content_type: content_type.to_owned(),
        })
    }

    /// Posts a body. False when the receiver says that it did not keep it, and wants it again.
    pub async fn post(&mut self, body: Bytes) -> anyhow::Result<bool> {
        self.sender.ready().await?;
        let request = Request::post(&self.path)
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, &self.content_type)
            .body(Full::new(body))?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        answer.into_body().collect().await?;
        ensure!(
            status.is_success() || status.as_u16() == 503,
            "the receiver answered {status}"
        );
        Ok(status.is_success())
    }
}
