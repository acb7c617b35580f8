//! `harkara bench pace`: two numbers with limits, a provider that takes its time, and a kill in the middle. Does each number
//! use its limit, and does no second ever hold more?

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::figures::Figures;
use super::server::{Options, Server};
use super::sink::{Pace as Seen, Sink};
use super::world::{World, people};

/// The limits of the numbers, messages a second.
const RATES: [u32; 2] = [80, 1_000];
/// How long the numbers send before the kill, beyond what is measured: the first second of a run is not full.
const LEAD: u64 = 3;
/// How long they send after it.
const AFTER: u64 = 8;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Seconds over which the rate is taken.
    pub seconds: u64,
    /// Time that the gateway takes to answer.
    pub latency: Duration,
    /// Requests in flight.
    pub concurrency: u32,
    /// A PostgreSQL cluster.
    pub database: Option<String>,
    /// Leave the data behind.
    pub keep: bool,
}

impl Pace {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let sink = Sink::with_times(self.latency).await?;
        let mut server = Server::start(&Options {
            database: self.database.clone(),
            settings: vec![("concurrency".into(), self.concurrency.to_string())],
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let span = self.seconds + LEAD + AFTER + 2;
        let mut first = 0;
        let mut campaigns = Vec::new();
        for (n, rate) in RATES.into_iter().enumerate() {
            let world = World::of_sender(&client, &sink, n as u32, rate).await?;
            let count = rate * u32::try_from(span)?;
            let list = people(&client, &format!("At {rate}"), first..first + count).await?;
            first += count;
            campaigns.push(world.campaign(&client, &format!("At {rate}"), &list).await?);
        }
        sink.reset().await?;
        let before = server.process.cpu()?;
        for id in &campaigns {
            client
                .post(&format!("/campaigns/{id}/launch"), &json!({}))
                .await?;
        }
        tokio::time::sleep(Duration::from_secs(self.seconds + LEAD)).await;
        let spent = server.process.cpu()?.saturating_sub(before);
        let killed = sink.seen().await?;
        server.restart().await?;
        tokio::time::sleep(Duration::from_secs(AFTER)).await;
        let seen = sink.seen().await?;
        let mut figures = Figures {
            name: "pace".into(),
            cpu_us: spent.as_secs_f64() * 1e6 / killed.messages as f64,
            rss_mb: server.process.peak_mb()?,
            conditions: format!(
                "numbers limited to {RATES:?} messages a second, {}, gateway answers after {} ms; rates over {} full seconds; \
                 then the server is killed and started again; the fullest second is looked for everywhere, the kill \
                 included",
                server.engine(),
                self.latency.as_millis(),
                self.seconds
            ),
            ..Figures::default()
        };
        for (n, rate) in RATES.into_iter().enumerate() {
            let sender = super::world::sender(n as u32);
            let pace = seen.paces.get(&sender).context("a number sent nothing")?;
            let before = killed.paces.get(&sender).map_or(0, |p| p.per_second.len());
            ensure!(
                pace.per_second.len() > before,
                "the number at {rate}/s did not go on after the kill"
            );
            figures.rate = self.rate(pace);
            figures.ceiling = f64::from(rate);
            let told = json!({
                "limit": rate,
                "rate": (self.rate(pace) * 100.0).round() / 100.0,
                "of_limit": (self.rate(pace) / f64::from(rate) * 1e4).round() / 1e4,
                "fullest_second": pace.most,
                "fullest_second_at": pace.most_at,
                "per_second": pace.per_second,
            });
            figures.more.insert(format!("number_{rate}"), told);
        }
        figures.more.insert(
            "within".into(),
            Value::Bool(self.within(&seen.paces.into_values().collect::<Vec<_>>())),
        );
        Ok(figures)
    }

    /// The mean over the measured seconds, the first one left out.
    fn rate(&self, pace: &Seen) -> f64 {
        let seconds = usize::try_from(self.seconds).unwrap_or(usize::MAX);
        let measured: Vec<u64> = pace.per_second.iter().skip(1).take(seconds).copied().collect();
        measured.iter().sum::<u64>() as f64 / measured.len().max(1) as f64
    }

    /// Every number used its limit to the hundredth, and never more.
    fn within(&self, paces: &[Seen]) -> bool {
        let limit = |pace: &Seen| RATES.into_iter().find(|rate| u64::from(*rate) >= pace.most);
        paces
            .iter()
            .all(|pace| limit(pace).is_some_and(|rate| self.rate(pace) >= f64::from(rate) * 0.99))
    }
}
