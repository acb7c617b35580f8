//! `harkara bench growth`: sending beside a small ledger and beside a large one, by turns.

use std::time::Duration;

use anyhow::Context;
use serde_json::json;

use super::dispatch::{Round, campaign};
use super::figures::{Figures, median, percentile};
use super::server::{Options, Server};
use super::sink::Sink;
use super::world::{World, people};
use crate::clock::{Clock, DAY, SystemClock, first_id_at};
use crate::domain::id::{CAMPAIGN, NUMBER};
use crate::store::bench::fill;

/// Rows of one transaction that fills.
const STEP: i64 = 100_000;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Growth {
    /// Rows of the small ledger and of the large one.
    pub ledgers: [u32; 2],
    /// People of each campaign.
    pub messages: u32,
    /// Campaigns beside each ledger.
    pub rounds: u32,
    /// Requests in flight.
    pub concurrency: u32,
    /// Leave the data behind.
    pub keep: bool,
}

impl Growth {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let sink = Sink::start(Duration::ZERO).await?;
        let mut sides = Vec::new();
        for rows in self.ledgers {
            sides.push(self.side(&sink, rows).await?);
        }
        let mut rounds: [Vec<Round>; 2] = Default::default();
        for n in 1..=self.rounds {
            for (side, rounds) in sides.iter().zip(&mut rounds) {
                rounds.push(side.send(&sink, &format!("Round {n}"), self.messages).await?);
            }
        }
        let rates = rounds
            .each_ref()
            .map(|some| some.iter().map(|r| r.rate).collect::<Vec<_>>());
        let costs = rounds
            .each_ref()
            .map(|some| some.iter().map(|r| r.cpu_us).collect::<Vec<_>>());
        let times: Vec<f64> = rounds[1].iter().flat_map(|r| r.times.clone()).collect();
        let mut figures = Figures {
            name: "growth".into(),
            rate: median(&rates[1]),
            ceiling: median(&rates[0]),
            cpu_us: median(&costs[1]),
            p50_ms: percentile(&times, 50.0),
            p99_ms: percentile(&times, 99.0),
            rss_mb: sides[1].server.process.peak_mb()?,
            conditions: format!(
                "{} campaigns of {} messages beside a ledger of {} rows and beside one of {}, by turns, {}, {} in flight, \
                 instant gateway; the rows of the ledgers are read messages of an old campaign with vendor ids in no order; \
                 the ceiling is the rate beside the small ledger",
                self.rounds,
                self.messages,
                self.ledgers[0],
                self.ledgers[1],
                sides[1].server.engine(),
                self.concurrency,
            ),
            ..Figures::default()
        };
        let whole = |rates: &[f64]| json!(rates.iter().map(|r| r.round()).collect::<Vec<_>>());
        figures.more.insert("rates".into(), whole(&rates[1]));
        figures.more.insert("rates_of_small".into(), whole(&rates[0]));
        figures.more.insert(
            "cpu_us_of_small".into(),
            json!((median(&costs[0]) * 10.0).round() / 10.0),
        );
        Ok(figures)
    }

    /// A server beside a ledger of so many rows.
    async fn side(&self, sink: &Sink, rows: u32) -> anyhow::Result<Side> {
        let mut server = Server::start(&Options {
            database: None,
            settings: vec![("concurrency".into(), self.concurrency.to_string())],
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let world = World::new(&client, sink).await?;
        let list = people(&client, "Bench", 0..self.messages).await?;
        let old = world.campaign(&client, "Long ago", &list).await?;
        let ids = NUMBER.read(&world.number).zip(CAMPAIGN.read(&old));
        let ids = ids.context("the server gives ids that it does not read")?;
        let db = server.db().await?;
        let (rows, at) = (i64::from(rows), SystemClock.now() - 90 * DAY);
        for from in (0..rows).step_by(STEP as usize) {
            let mut tx = db.write().await?;
            fill(&mut tx, (first_id_at(at), from, STEP.min(rows - from)), ids, at).await?;
            tx.commit().await?;
        }
        db.close().await;
        server.restart().await?;
        let side = Side { server, world, list };
        side.send(sink, "Warm-up", self.messages).await?;
        Ok(side)
    }
}

struct Side {
    server: Server,
    world: World,
    list: String,
}

impl Side {
    async fn send(&self, sink: &Sink, name: &str, messages: u32) -> anyhow::Result<Round> {
        let client = self.server.client()?;
        campaign(
            &self.server,
            &client,
            &self.world,
            sink,
            name,
            (&self.list, messages),
        )
        .await
    }
}
