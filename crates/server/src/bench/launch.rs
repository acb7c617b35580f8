//! `harkara bench launch`: from the click on launch to the first message, for very many people, and the memory that
//! sending to all of them takes.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;

use super::dispatch::finished;
use super::figures::Figures;
use super::server::{Options, Server};
use super::sink::Sink;
use super::world::{World, people};
use crate::clock::{Clock, SystemClock};

/// Longest time for the campaign.
const PATIENCE: Duration = Duration::from_secs(900);
/// How long a server that does nothing is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);

/// What to measure.
#[derive(Debug, Clone)]
pub struct Launch {
    /// People.
    pub recipients: u32,
    /// Requests in flight.
    pub concurrency: u32,
    /// A PostgreSQL cluster.
    pub database: Option<String>,
    /// Leave the data behind.
    pub keep: bool,
}

impl Launch {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let sink = Sink::start(Duration::ZERO).await?;
        let mut server = Server::start(&Options {
            database: self.database.clone(),
            settings: vec![("concurrency".into(), self.concurrency.to_string())],
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let world = World::new(&client, &sink).await?;
        let list = people(&client, "Bench", 0..self.recipients).await?;
        // The import's memory is not the campaign's.
        server.restart().await?;
        let client = server.client()?;
        let id = world.campaign(&client, "Bench", &list).await?;
        tokio::time::sleep(IDLE).await;
        let idle = server.process.rss_mb()?;
        sink.reset().await?;

        let before = server.process.cpu()?;
        let clicked = SystemClock.now();
        client
            .post(&format!("/campaigns/{id}/launch"), &json!({}))
            .await?;
        let seen = sink.wait_for(u64::from(self.recipients), PATIENCE).await?;
        finished(&client, &id).await?;
        let spent = server.process.cpu()?.saturating_sub(before);
        ensure!(
            seen.unique == u64::from(self.recipients) && seen.messages == seen.unique,
            "{} people, and {} messages at the gateway, {} of them different",
            self.recipients,
            seen.messages,
            seen.unique
        );
        let first = seen.first_at.context("nothing arrived")? - clicked;
        let mut figures = Figures {
            name: "launch".into(),
            rate: seen.rate(),
            cpu_us: spent.as_secs_f64() * 1e6 / f64::from(self.recipients),
            p50_ms: first as f64,
            p99_ms: first as f64,
            rss_mb: server.process.peak_mb()?,
            conditions: format!(
                "one launch of {} recipients, {}, {} in flight, instant gateway in a process of its own; time from \
                 sending the request to launch to the first message's arrival; memory of a server started after the \
                 import: idle {} s after its start, and the most of the whole campaign",
                self.recipients,
                server.engine(),
                self.concurrency,
                IDLE.as_secs()
            ),
            ..Figures::default()
        };
        figures.more.insert("idle_mb".into(), json!(idle));
        figures.more.insert("seconds".into(), json!(seen.seconds));
        figures.more.insert("per_second".into(), json!(seen.per_second));
        Ok(figures)
    }
}
