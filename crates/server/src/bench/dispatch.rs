//! `harkara bench dispatch`: a campaign through an instant gateway, beside a bare loop that posts the same bytes.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::bare::{Posted, Posting};
use super::figures::{Figures, median, percentile};
use super::server::{Options, Server};
use super::sink::Sink;
use super::world::{World, people};
use crate::cli::client::Client;
use crate::clock::id_time;
use crate::domain::id::MESSAGE;

/// Longest time for one campaign.
const PATIENCE: Duration = Duration::from_secs(600);
/// People of the campaign that warms everything up.
const WARM_UP: u32 = 2_000;
/// Messages of each round whose times are read from the ledger.
const LOOKED_AT: usize = 20_000;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// People of each campaign.
    pub messages: u32,
    /// Time that the gateway takes to answer.
    pub latency: Duration,
    /// Requests in flight.
    pub concurrency: u32,
    /// Campaigns, each after a run of the bare loop.
    pub rounds: u32,
    /// A PostgreSQL cluster.
    pub database: Option<String>,
    /// Leave the data behind.
    pub keep: bool,
}

/// One campaign.
#[derive(Debug, Default)]
pub struct Round {
    /// Messages a second.
    pub rate: f64,
    /// Processor time of each.
    pub cpu_us: f64,
    /// Bytes written to the disk for each.
    pub written: f64,
    /// From claim to settled, of some of them.
    pub times: Vec<f64>,
}

impl Dispatch {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let sink = Sink::start(self.latency).await?;
        let server = Server::start(&Options {
            database: self.database.clone(),
            settings: vec![("concurrency".into(), self.concurrency.to_string())],
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let world = World::new(&client, &sink).await?;
        let list = people(&client, "Bench", 0..self.messages).await?;
        let warm = people(&client, "Warm-up", self.messages..self.messages + WARM_UP).await?;
        campaign(&server, &client, &world, &sink, "Warm-up", (&warm, WARM_UP)).await?;
        let posting = self.posting(&sink).await?;
        server.process.forget_peak()?;

        let (mut rounds, mut bare): (Vec<Round>, Vec<Posted>) = (Vec::new(), Vec::new());
        for round in 1..=self.rounds {
            bare.push(posting.run().await?);
            let name = format!("Round {round}");
            let people = (list.as_str(), self.messages);
            rounds.push(campaign(&server, &client, &world, &sink, &name, people).await?);
        }
        let of = |pick: fn(&Round) -> f64| median(&rounds.iter().map(pick).collect::<Vec<_>>());
        let times: Vec<f64> = rounds.iter().flat_map(|round| round.times.clone()).collect();
        let mut figures = Figures {
            name: "dispatch".into(),
            rate: of(|round| round.rate),
            ceiling: median(&bare.iter().map(|posted| posted.rate).collect::<Vec<_>>()),
            cpu_us: of(|round| round.cpu_us),
            p50_ms: percentile(&times, 50.0),
            p99_ms: percentile(&times, 99.0),
            rss_mb: server.process.peak_mb()?,
            conditions: format!(
                "{} campaigns of {} messages, {}, {} in flight, gateway answers after {} ms in a process of its own; \
                 rate from first to last arrival there; times from claim to settled, as the ledger has them; each \
                 campaign after a run of the bare loop, medians",
                self.rounds,
                self.messages,
                server.engine(),
                self.concurrency,
                self.latency.as_millis(),
            ),
            ..Figures::default()
        };
        figures.more.insert(
            "rates".into(),
            json!(rounds.iter().map(|r| r.rate.round()).collect::<Vec<_>>()),
        );
        figures.more.insert(
            "ceilings".into(),
            json!(bare.iter().map(|p| p.rate.round()).collect::<Vec<_>>()),
        );
        // PostgreSQL writes in processes of its own.
        if self.database.is_none() {
            let written = of(|round| round.written).round();
            figures
                .more
                .insert("written_bytes_per_message".into(), json!(written));
        }
        Ok(figures)
    }

    async fn posting(&self, sink: &Sink) -> anyhow::Result<Posting> {
        let (path, body) = sink.seen().await?.sample.context("the gateway saw nothing")?;
        Ok(Posting {
            authority: sink.url.trim_start_matches("http://").to_owned(),
            path,
            body,
            messages: self.messages,
            connections: self.concurrency,
        })
    }
}

/// Sends one campaign to its end, and checks that everybody got it once.
pub async fn campaign(
    server: &Server,
    client: &Client,
    world: &World,
    sink: &Sink,
    name: &str,
    (list, messages): (&str, u32),
) -> anyhow::Result<Round> {
    let id = world.campaign(client, name, list).await?;
    sink.reset().await?;
    let (before, written) = (server.process.cpu()?, server.process.written()?);
    client
        .post(&format!("/campaigns/{id}/launch"), &json!({}))
        .await?;
    let seen = sink.wait_for(u64::from(messages), PATIENCE).await?;
    let progress = finished(client, &id).await?;
    let spent = server.process.cpu()?.saturating_sub(before);
    let written = server.process.written()? - written;
    ensure!(
        seen.messages == u64::from(messages)
            && seen.unique == u64::from(messages)
            && progress["funnel"]["sent"].as_u64() == Some(u64::from(messages)),
        "{messages} people, {} messages at the gateway, {} of them different, and the ledger says {} - {}",
        seen.messages,
        seen.unique,
        progress["funnel"],
        server.log()
    );
    Ok(Round {
        rate: seen.rate(),
        cpu_us: spent.as_secs_f64() * 1e6 / f64::from(messages),
        written: written / f64::from(messages),
        times: times(client, &id).await?,
    })
}

/// The campaign's progress at its end.
pub async fn finished(client: &Client, campaign: &str) -> anyhow::Result<Value> {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let progress = client.get(&format!("/campaigns/{campaign}/progress")).await?;
        if progress["state"] == "finished" {
            return Ok(progress);
        }
        ensure!(
            std::time::Instant::now() < deadline,
            "the campaign does not end: {progress}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// From the claim, whose time is in the message's id, to the time of acceptance, for the newest messages.
async fn times(client: &Client, campaign: &str) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::new();
    let mut cursor = String::new();
    while times.len() < LOOKED_AT {
        let page = client
            .get(&format!("/campaigns/{campaign}/messages?limit=500{cursor}"))
            .await?;
        for row in page["data"].as_array().into_iter().flatten() {
            let id = row["id"].as_str().and_then(|id| MESSAGE.read(id));
            if let Some((id, at)) = id.zip(row["accepted_at"].as_i64()) {
                times.push((at - id_time(id)) as f64);
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    Ok(times)
}
