//! `harkara bench life`: a campaign through an instant gateway that reports every message as sent, delivered and read while
//! the campaign runs, until all of it stands in the ledger.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::figures::Figures;
use super::server::{Options, Server};
use super::sink::Sink;
use super::world::{World, people};
use crate::clock::{Clock, SECOND, SystemClock};

/// Longest time for the campaign.
const PATIENCE: Duration = Duration::from_secs(900);

/// What to measure.
#[derive(Debug, Clone)]
pub struct Life {
    /// People.
    pub messages: u32,
    /// Reports in one callback.
    pub batch: u32,
    /// Requests in flight.
    pub concurrency: u32,
    /// A PostgreSQL cluster.
    pub database: Option<String>,
    /// Leave the data behind.
    pub keep: bool,
}

impl Life {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let sink = Sink::reporting(self.batch).await?;
        let server = Server::start(&Options {
            database: self.database.clone(),
            settings: vec![("concurrency".into(), self.concurrency.to_string())],
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let world = World::new(&client, &sink).await?;
        let list = people(&client, "Bench", 0..self.messages).await?;
        let id = world.campaign(&client, "Bench", &list).await?;
        let path = world
            .reports_url
            .find("/callbacks/")
            .map(|at| &world.reports_url[at..]);
        let url = format!("{}{}", server.url, path.context("no callback URL")?);
        sink.reset().await?;
        sink.report_to(&url).await?;
        server.process.forget_peak()?;

        let n = u64::from(self.messages);
        let (before, started) = (server.process.cpu()?, Instant::now());
        client
            .post(&format!("/campaigns/{id}/launch"), &json!({}))
            .await?;
        let mut read_in_second: Vec<u64> = Vec::new();
        let progress = loop {
            let progress = client.get(&format!("/campaigns/{id}/progress")).await?;
            let read = progress["funnel"]["read"].as_u64().unwrap_or_default();
            if read_in_second.len() as u64 <= started.elapsed().as_secs() {
                read_in_second.push(read);
            }
            if read >= n {
                break progress;
            }
            ensure!(
                started.elapsed() < PATIENCE,
                "it does not end: {progress} - {}",
                server.log()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let ended = SystemClock.now();
        let spent = server.process.cpu()?.saturating_sub(before);
        let seen = sink.seen().await?;
        ensure!(
            seen.unique == n && seen.messages == n && progress["funnel"]["read"].as_u64() == Some(n),
            "{n} people, {} messages at the gateway, {} of them different, and the ledger says {}",
            seen.messages,
            seen.unique,
            progress["funnel"]
        );
        let first = seen.first_at.context("nothing arrived")?;
        let seconds = (ended - first) as f64 / SECOND as f64;
        let mut figures = Figures {
            name: "life".into(),
            rate: n as f64 / seconds,
            cpu_us: spent.as_secs_f64() * 1e6 / n as f64,
            rss_mb: server.process.peak_mb()?,
            conditions: format!(
                "one campaign of {n} messages, {}, {} in flight, instant gateway in a process of its own that reports each \
                 message as sent, delivered and read at once, {} reports in a callback; from the first arrival there until \
                 all are read in the ledger; processor time of the server for a message and its three reports",
                server.engine(),
                self.concurrency,
                self.batch,
            ),
            ..Figures::default()
        };
        let mut more = |key: &str, value: Value| figures.more.insert(key.into(), value);
        more("seconds", json!(seconds));
        more("sent_per_second", json!(seen.rate().round()));
        let ledger = server.ledger_bytes().await?;
        more(
            "ledger_bytes_per_message",
            json!((ledger as f64 / n as f64).round()),
        );
        more("read_after_each_second", json!(read_in_second));
        Ok(figures)
    }
}
