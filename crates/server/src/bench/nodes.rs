//! `harkara bench nodes`: the same campaigns by one server, and by several on one PostgreSQL, with a provider that takes
//! its time.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::json;

use super::dispatch::finished;
use super::figures::{Figures, median};
use super::server::{Options, Server};
use super::sink::Sink;
use super::world::{World, people};

/// Longest time for one round.
const PATIENCE: Duration = Duration::from_secs(600);
/// Longest time until every server has its numbers.
const SPREAD: Duration = Duration::from_secs(60);

/// What to measure.
#[derive(Debug, Clone)]
pub struct Nodes {
    /// Servers.
    pub nodes: u32,
    /// People of each campaign; there is one for each server.
    pub messages: u32,
    /// Time that the gateway takes to answer.
    pub latency: Duration,
    /// Requests in flight of each server; its default without.
    pub concurrency: Option<u32>,
    /// Rounds with each number of servers.
    pub rounds: u32,
    /// A PostgreSQL cluster.
    pub database: String,
}

/// What one layout did.
struct Layout {
    rates: Vec<f64>,
    cpu_us: f64,
    rss_mb: f64,
}

impl Nodes {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let one = self.layout(1).await?;
        let many = self.layout(self.nodes).await?;
        let in_flight = self
            .concurrency
            .map_or("the default".to_owned(), |n| n.to_string());
        let mut figures = Figures {
            name: "nodes".into(),
            rate: median(&many.rates),
            cpu_us: many.cpu_us,
            p50_ms: 0.0,
            p99_ms: 0.0,
            rss_mb: many.rss_mb,
            conditions: format!(
                "{} rounds of {} campaigns of {} messages, each from a number of its own, by 1 and by {} servers on one \
                 PostgreSQL on the same machine; gateway answers after {} ms; in flight of each server: {in_flight}; rate \
                 from first to last arrival at the gateway, medians; processor time of all servers together, memory of \
                 the largest",
                self.rounds,
                self.nodes,
                self.messages,
                self.nodes,
                self.latency.as_millis(),
            ),
            ..Figures::default()
        };
        let times = median(&many.rates) / median(&one.rates);
        let rounded = |rates: &[f64]| json!(rates.iter().map(|r| r.round()).collect::<Vec<_>>());
        figures
            .more
            .insert("rate_of_one".into(), json!(median(&one.rates).round()));
        figures
            .more
            .insert("times_one".into(), json!((times * 100.0).round() / 100.0));
        figures
            .more
            .insert("cpu_us_of_one".into(), json!((one.cpu_us * 10.0).round() / 10.0));
        figures.more.insert("rates".into(), rounded(&many.rates));
        figures.more.insert("rates_of_one".into(), rounded(&one.rates));
        Ok(figures)
    }

    async fn layout(&self, nodes: u32) -> anyhow::Result<Layout> {
        let sink = Sink::start(self.latency).await?;
        let concurrency = self
            .concurrency
            .map(|n| ("concurrency".to_owned(), n.to_string()));
        let mut servers = vec![
            Server::start(&Options {
                database: Some(self.database.clone()),
                settings: concurrency.into_iter().collect(),
                keep: false,
            })
            .await?,
        ];
        for _ in 1..nodes {
            let another = servers[0].beside().await?;
            servers.push(another);
        }
        let client = servers[0].client()?;
        let world = World::new(&client, &sink).await?;
        let mut numbers = vec![world.number.clone()];
        for i in 1..self.nodes {
            let number = json!({"phone": format!("+91999990099{i}"), "messages_per_second": 1_000});
            let path = format!("/accounts/{}/numbers", world.account);
            let number = client.post(&path, &number).await?;
            numbers.push(number["id"].as_str().unwrap_or_default().to_owned());
        }
        let list = people(&client, "Bench", 0..self.messages).await?;
        self.spread(&servers, nodes).await?;
        let mut layout = Layout {
            rates: Vec::new(),
            cpu_us: 0.0,
            rss_mb: 0.0,
        };
        let cpu = || -> anyhow::Result<Duration> { servers.iter().map(|s| s.process.cpu()).sum() };
        let before = cpu()?;
        let all = u64::from(self.messages) * u64::from(self.nodes);
        for round in 1..=self.rounds {
            sink.reset().await?;
            let mut campaigns = Vec::new();
            for number in &numbers {
                let name = format!("Round {round} {number}");
                let world = World {
                    number: number.clone(),
                    ..world.clone()
                };
                campaigns.push(world.campaign(&client, &name, &list).await?);
            }
            for id in &campaigns {
                client
                    .post(&format!("/campaigns/{id}/launch"), &json!({}))
                    .await?;
            }
            let seen = sink.wait_for(all, PATIENCE).await?;
            for id in &campaigns {
                finished(&client, id).await?;
            }
            ensure!(
                seen.messages == all && seen.unique == all,
                "{all} expected, {} messages at the gateway, {} of them different",
                seen.messages,
                seen.unique
            );
            layout.rates.push(seen.rate());
        }
        let spent = cpu()?.saturating_sub(before).as_secs_f64() * 1e6;
        layout.cpu_us = spent / (all as f64 * f64::from(self.rounds));
        for server in &servers {
            layout.rss_mb = layout.rss_mb.max(server.process.peak_mb()?);
        }
        Ok(layout)
    }

    /// Waits until the numbers are spread over all servers.
    async fn spread(&self, servers: &[Server], nodes: u32) -> anyhow::Result<()> {
        let client = servers.first().context("no server")?.client()?;
        let deadline = std::time::Instant::now() + SPREAD;
        while std::time::Instant::now() < deadline {
            let known = client.all("/nodes").await?;
            let held = |node: &&serde_json::Value| node["numbers"].as_array().is_some_and(|n| !n.is_empty());
            let holders: HashSet<String> = known.iter().filter(held).map(|n| n["id"].to_string()).collect();
            let count: usize = known
                .iter()
                .filter_map(|n| Some(n["numbers"].as_array()?.len()))
                .sum();
            if holders.len() == nodes as usize && count == self.nodes as usize {
                // The share of what changed hands last counts after a second.
                tokio::time::sleep(Duration::from_secs(2)).await;
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the numbers did not spread over {nodes} servers")
    }
}
