//! `harkara bench reports` and `harkara bench inbound`: callbacks a second that are durable before their 2xx, beside a bare
//! handler that gets the same bytes and does nothing but make them durable.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::callers::{Called, Calling};
use super::dispatch::finished;
use super::figures::{Figures, median, percentile};
use super::keeper::Keeper;
use super::process::Folder;
use super::server::{Options, Server};
use super::sink::Sink;
use super::world::{NUMBER, World, people, phone};
use crate::cli::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::domain::id::MESSAGE;

/// Longest time until everything that was kept stands in the ledger.
const PATIENCE: Duration = Duration::from_secs(600);
/// Callbacks that warm a handler up.
const WARM_UP: usize = 2_000;

/// What the provider tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sent, delivered and read, of messages of a campaign.
    Reports {
        /// Reports in one callback.
        batch: u32,
    },
    /// Texts of people, five of each.
    Inbound,
}

/// What to measure.
#[derive(Debug, Clone)]
pub struct Callbacks {
    /// What is told.
    pub kind: Kind,
    /// Callbacks of each round.
    pub callbacks: u32,
    /// Connections of the provider.
    pub connections: u32,
    /// Rounds; the figures are medians.
    pub rounds: u32,
    /// A PostgreSQL cluster.
    pub database: Option<String>,
    /// Leave the data behind.
    pub keep: bool,
}

#[derive(Default)]
struct Round {
    called: Called,
    ceiling: Called,
    cpu_us: f64,
    bare_cpu_us: f64,
    /// Callbacks a second, from the first post until the last one stands in the ledger.
    applied: f64,
}

impl Callbacks {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let sink = Sink::start(Duration::ZERO).await?;
        let server = Server::start(&Options {
            database: self.database.clone(),
            settings: Vec::new(),
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let world = World::new(&client, &sink).await?;
        let keeper = Keeper::start(server.database.as_ref()).await?;
        let folder = Folder::new(false)?;
        let list = match self.kind {
            Kind::Reports { .. } => people(&client, "Bench", 0..self.messages()).await?,
            Kind::Inbound => String::new(),
        };
        let mut rounds = Vec::new();
        // Round 0 warms everything up.
        for n in 0..=self.rounds {
            let told = self.told(n, &client, &world, &sink, &list).await?;
            let count = if n == 0 {
                WARM_UP.min(told.len())
            } else {
                told.len()
            };
            let bodies = folder.path().join(format!("round-{n}"));
            std::fs::write(&bodies, told[..count].join("\n"))?;
            let round = self.round(&server, &keeper, &world, bodies, count).await?;
            if n > 0 {
                rounds.push(round);
            } else {
                server.process.forget_peak()?;
            }
        }
        self.check(&client, &world, &server).await?;
        self.figures(&rounds, &server)
    }

    /// People of each round's campaign: each has three reports.
    fn messages(&self) -> u32 {
        match self.kind {
            Kind::Reports { batch } => (self.callbacks * batch).div_ceil(3),
            Kind::Inbound => self.callbacks,
        }
    }

    /// The bodies of a round, and the messages that they tell of.
    async fn told(
        &self,
        round: u32,
        client: &Client,
        world: &World,
        sink: &Sink,
        list: &str,
    ) -> anyhow::Result<Vec<String>> {
        let now = SystemClock.now();
        let Kind::Reports { batch } = self.kind else {
            return Ok((0..self.callbacks).map(|i| inbound(i, round, now)).collect());
        };
        let id = world.campaign(client, &format!("Round {round}"), list).await?;
        sink.reset().await?;
        client
            .post(&format!("/campaigns/{id}/launch"), &json!({}))
            .await?;
        finished(client, &id).await?;
        let sent = ledger(client, &id).await?;
        ensure!(
            sent.len() == self.messages() as usize,
            "{} of {} messages were sent",
            sent.len(),
            self.messages()
        );
        let reports: Vec<String> = ["SENT", "DELIVERED", "READ"]
            .iter()
            .flat_map(|word| sent.iter().map(move |message| message.report(word, now)))
            .collect();
        Ok(reports
            .chunks(batch as usize)
            .map(|some| format!("[{}]", some.join(",")))
            .collect())
    }

    async fn round(
        &self,
        server: &Server,
        keeper: &Keeper,
        world: &World,
        bodies: PathBuf,
        count: usize,
    ) -> anyhow::Result<Round> {
        let (content_type, url) = match self.kind {
            Kind::Reports { .. } => ("application/json", &world.reports_url),
            Kind::Inbound => ("application/x-www-form-urlencoded", &world.inbound_url),
        };
        let path = url
            .find("/callbacks/")
            .map(|at| &url[at..])
            .context("no callback URL")?;
        let mut calling = Calling {
            url: keeper.url.clone(),
            content_type: content_type.into(),
            bodies,
            connections: self.connections,
        };
        let before = keeper.cpu()?;
        let ceiling = calling.run().await?;
        let bare = keeper.cpu()?.saturating_sub(before);

        calling.url = format!("{}{path}", server.url);
        let (before, started) = (server.process.cpu()?, Instant::now());
        let called = calling.run().await?;
        let client = server.client()?;
        while !client.get("/callbacks?state=new&limit=1").await?["data"]
            .as_array()
            .is_some_and(Vec::is_empty)
        {
            ensure!(
                started.elapsed() < PATIENCE,
                "callbacks are not applied: {}",
                server.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let n = count as f64;
        Ok(Round {
            called,
            ceiling,
            applied: n / started.elapsed().as_secs_f64(),
            cpu_us: server.process.cpu()?.saturating_sub(before).as_secs_f64() * 1e6 / n,
            bare_cpu_us: bare.as_secs_f64() * 1e6 / n,
        })
    }

    /// Everything that was told stands in the ledger, once.
    async fn check(&self, client: &Client, world: &World, server: &Server) -> anyhow::Result<()> {
        match self.kind {
            Kind::Reports { .. } => {
                let campaigns = client.all("/campaigns").await?;
                ensure!(
                    campaigns.len() == self.rounds as usize + 1,
                    "campaigns are missing"
                );
                for campaign in campaigns.iter().filter(|c| c["name"] != "Round 0") {
                    let id = campaign["id"].as_str().unwrap_or_default();
                    let progress = client.get(&format!("/campaigns/{id}/progress")).await?;
                    let read = progress["funnel"]["read"].as_u64();
                    ensure!(
                        read == Some(u64::from(self.messages())),
                        "of {} messages {read:?} are read - {}",
                        self.messages(),
                        server.log()
                    );
                }
            }
            Kind::Inbound => {
                let received = server.received(&world.number).await?;
                let told = i64::from(self.callbacks) * i64::from(self.rounds)
                    + WARM_UP.min(self.callbacks as usize) as i64;
                ensure!(
                    received == told,
                    "{told} messages were told, {received} stand in the ledger"
                );
            }
        }
        Ok(())
    }

    fn figures(&self, rounds: &[Round], server: &Server) -> anyhow::Result<Figures> {
        let of = |pick: fn(&Round) -> f64| median(&rounds.iter().map(pick).collect::<Vec<_>>());
        let what = match self.kind {
            Kind::Reports { batch: 1 } => "delivery report each",
            Kind::Reports { .. } => "batch of delivery reports each",
            Kind::Inbound => "inbound text each",
        };
        let mut figures = Figures {
            name: if self.kind == Kind::Inbound {
                "inbound"
            } else {
                "reports"
            }
            .into(),
            rate: of(|r| r.called.rate),
            ceiling: of(|r| r.ceiling.rate),
            cpu_us: of(|r| r.cpu_us),
            p50_ms: of(|r| r.called.p50_ms),
            p99_ms: of(|r| r.called.p99_ms),
            rss_mb: server.process.peak_mb()?,
            conditions: format!(
                "{} rounds of {} callbacks with one {what}, {}, {} connections, callers in a process of their own on the \
                 same machine; durable before the answer; applied to the ledger meanwhile and afterwards, which the \
                 processor time includes; each after the same bytes to a bare handler with group commit; medians",
                self.rounds,
                self.callbacks,
                server.engine(),
                self.connections,
            ),
            ..Figures::default()
        };
        let mut more = |key: &str, value: Value| figures.more.insert(key.into(), value);
        if let Kind::Reports { batch } = self.kind {
            more("batch", json!(batch));
            more(
                "reports_per_second",
                json!((of(|r| r.called.rate) * f64::from(batch)).round()),
            );
        }
        more("applied_per_second", json!(of(|r| r.applied).round()));
        more(
            "bare_cpu_us",
            json!((of(|r| r.bare_cpu_us) * 10.0).round() / 10.0),
        );
        more(
            "bare_p99_ms",
            json!((of(|r| r.ceiling.p99_ms) * 10.0).round() / 10.0),
        );
        more(
            "refused",
            json!(rounds.iter().map(|r| r.called.refused).sum::<u64>()),
        );
        more(
            "rates",
            json!(rounds.iter().map(|r| r.called.rate.round()).collect::<Vec<_>>()),
        );
        more(
            "ceilings",
            json!(rounds.iter().map(|r| r.ceiling.rate.round()).collect::<Vec<_>>()),
        );
        let worst: Vec<f64> = rounds.iter().map(|r| r.called.p99_ms).collect();
        more(
            "p99_ms_worst_round",
            json!((percentile(&worst, 100.0) * 10.0).round() / 10.0),
        );
        Ok(figures)
    }
}

/// A message that the gateway took.
pub struct Sent {
    /// Our reference.
    pub id: String,
    /// The vendor's id.
    pub external_id: String,
    /// The person.
    pub phone: String,
}

impl Sent {
    /// A report on it, in the gateway's words.
    pub fn report(&self, word: &str, at: i64) -> String {
        let (cause, code) = match word {
            "SENT" => ("SENT", "025"),
            "DELIVERED" => ("SUCCESS", "000"),
            _ => ("READ", "026"),
        };
        format!(
            r#"{{"srcAddr":"{}","extra":"{}","channel":"WHATSAPP","externalId":"{}","cause":"{cause}","errorCode":"{code}","destAddr":"{}","eventType":"{word}","eventTs":{at}}}"#,
            NUMBER.trim_start_matches('+'),
            self.id,
            self.external_id,
            self.phone.trim_start_matches('+'),
        )
    }
}

/// Everything that was sent in a campaign, in the order in which it left: so reports come.
async fn ledger(client: &Client, campaign: &str) -> anyhow::Result<Vec<Sent>> {
    let rows = client.all(&format!("/campaigns/{campaign}/messages")).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut sent: Vec<Sent> = rows
        .iter()
        .map(|row| Sent {
            id: text(&row["id"]),
            external_id: text(&row["external_id"]),
            phone: text(&row["phone"]),
        })
        .collect();
    sent.sort_unstable_by_key(|message| MESSAGE.read(&message.id));
    Ok(sent)
}

fn inbound(index: u32, round: u32, at: i64) -> String {
    let mut body = String::with_capacity(200);
    let _ = write!(
        body,
        "waNumber={}&mobile={}&messageId=bench-{round}-{index}&timestamp={at}&name=Customer+{}&type=text\
         &text=When+will+my+order+{index}+be+delivered%3F",
        NUMBER.trim_start_matches('+'),
        phone(index / 5).trim_start_matches('+'),
        index / 5,
    );
    body
}
