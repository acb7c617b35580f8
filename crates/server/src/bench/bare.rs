//! The ceiling of sending: a loop that posts the same bytes over and over, with as many connections as the product has
//! requests in flight, and does nothing else. It runs in a process of its own, on one thread, where it is fastest.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

use super::process::cpu;

/// What to post.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Posting {
    /// Address and port.
    pub authority: String,
    /// Path.
    pub path: String,
    /// Body, a form.
    pub body: String,
    /// How often.
    pub messages: u32,
    /// Connections.
    pub connections: u32,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Posted {
    /// Posts a second.
    pub rate: f64,
    /// Processor time of the loop for each.
    pub cpu_us: f64,
}

impl Posting {
    /// Posts in a child process.
    pub async fn run(&self) -> anyhow::Result<Posted> {
        let program = std::env::current_exe().context("cannot find this program's file")?;
        let text = serde_json::to_string(self)?;
        let output = tokio::task::spawn_blocking(move || {
            Command::new(program)
                .args(["bench", "loop", &text])
                .stderr(Stdio::inherit())
                .output()
        })
        .await??;
        ensure!(output.status.success(), "the bare loop failed");
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Posts in this process.
    pub fn post(&self) -> anyhow::Result<Posted> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let left = Arc::new(AtomicI64::new(i64::from(self.messages)));
            let (started, before) = (Instant::now(), cpu(std::process::id())?);
            let loops: Vec<_> = (0..self.connections)
                .map(|_| tokio::spawn(one(self.clone(), left.clone())))
                .collect();
            for one in loops {
                one.await??;
            }
            let n = f64::from(self.messages);
            let spent = cpu(std::process::id())?.saturating_sub(before);
            Ok(Posted {
                rate: n / started.elapsed().as_secs_f64(),
                cpu_us: spent.as_secs_f64() * 1e6 / n,
            })
        })
    }
}

async fn one(posting: Posting, left: Arc<AtomicI64>) -> anyhow::Result<()> {
    let stream = TcpStream::connect(&posting.authority).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let body = Bytes::from(posting.body);
    while left.fetch_sub(1, Ordering::Relaxed) > 0 {
        sender.ready().await?;
        let request = Request::post(&posting.path)
            .header(HOST, &posting.authority)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(body.clone()))?;
        let answer = sender.send_request(request).await?;
        ensure!(
            answer.status().is_success(),
            "the gateway answered {}",
            answer.status()
        );
        answer.into_body().collect().await?;
    }
    Ok(())
}
