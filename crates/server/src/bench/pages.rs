//! `harkara bench pages`: how long pages and files of the dashboard take beside very many people, who all got a campaign.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::dispatch::finished;
use super::figures::{Figures, median};
use super::server::{Options, Server};
use super::sink::Sink;
use super::world::{World, people};
use crate::cli::client::Client;
use crate::cli::query;

/// How often each is asked; the figures are medians.
const ROUNDS: u32 = 3;
/// Longest time for a list that is made of recipients.
const PATIENCE: Duration = Duration::from_secs(600);

/// What to measure.
#[derive(Debug, Clone)]
pub struct Pages {
    /// People.
    pub people: u32,
    /// A PostgreSQL cluster.
    pub database: Option<String>,
    /// Leave the data behind.
    pub keep: bool,
}

/// What is asked: its name, where, and what is sent along.
type Question = (&'static str, String, Option<Value>);

impl Pages {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let sink = Sink::start(Duration::ZERO).await?;
        let mut server = Server::start(&Options {
            database: self.database.clone(),
            settings: vec![("concurrency".into(), "1024".into())],
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let world = World::new(&client, &sink).await?;
        let list = people(&client, "Bench", 0..self.people).await?;
        let campaign = world.campaign(&client, "Bench", &list).await?;
        client
            .post(&format!("/campaigns/{campaign}/launch"), &json!({}))
            .await?;
        finished(&client, &campaign).await?;
        // What sending has left in memory is not what pages take.
        server.restart().await?;
        let client = server.client()?;

        let mut figures = Figures {
            name: "pages".into(),
            conditions: format!(
                "{} people on one list, all of whom got one campaign, {}; milliseconds from asking to the last byte of the \
                 answer, medians of {ROUNDS}, after a restart and nothing else at work",
                self.people,
                server.engine(),
            ),
            ..Figures::default()
        };
        let mut all = Vec::new();
        for (name, path, body) in questions(&world, &list, &campaign) {
            let mut times = Vec::new();
            for _ in 0..ROUNDS {
                times.push(asked(&client, &path, body.as_ref()).await?);
            }
            let ms = median(&times);
            all.push(ms);
            figures
                .more
                .insert(name.into(), json!((ms * 10.0).round() / 10.0));
        }
        let ms = self.list_of_recipients(&client, &campaign).await?;
        figures
            .more
            .insert("a list of all who got the campaign".into(), json!(ms.round()));
        figures.p50_ms = median(&all);
        figures.p99_ms = all.iter().copied().fold(0.0, f64::max);
        figures.rss_mb = server.process.peak_mb()?;
        Ok(figures)
    }

    async fn list_of_recipients(&self, client: &Client, campaign: &str) -> anyhow::Result<f64> {
        let begun = Instant::now();
        let order = json!({
            "act": {"type": "add_to_list", "list": "Got it"},
            "recipients": {"campaign_id": campaign, "state": "sent"},
        });
        let bulk = client.post("/profiles/bulk", &order).await?;
        let path = format!("/profiles/bulk/{}", bulk["id"].as_str().context("no id")?);
        loop {
            let bulk = client.get(&path).await?;
            if bulk["state"] == "finished" {
                ensure!(bulk["changed"] == self.people, "not everybody is on it: {bulk}");
                return Ok(begun.elapsed().as_secs_f64() * 1e3);
            }
            ensure!(begun.elapsed() < PATIENCE, "the list does not end: {bulk}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// What the pages ask, in the order of the dashboard.
fn questions(world: &World, list: &str, campaign: &str) -> Vec<Question> {
    let some = json!([
        {"attribute": "city", "is": "equal", "value": "Pune"},
        {"attribute": "points", "is": "above", "value": 4_000},
    ]);
    let few = json!([{"attribute": "points", "is": "equal", "value": 4_999}]);
    let of = |path: &str, pairs: &[(&str, &str)]| format!("{path}?{}", query(pairs));
    let (some_text, few_text) = (some.to_string(), few.to_string());
    let everyone = json!({"type": "everyone"});
    let reach = |body: Value| ("/reach".to_owned(), Some(body));
    let mut all: Vec<Question> = vec![
        ("people, first page", "/profiles?limit=50".into(), None),
        (
            "people, a name",
            of("/profiles", &[("search", "customer 199"), ("limit", "50")]),
            None,
        ),
        (
            "people, conditions",
            of("/profiles", &[("conditions", &some_text), ("limit", "50")]),
            None,
        ),
        (
            "people, conditions that few meet",
            of("/profiles", &[("conditions", &few_text), ("limit", "50")]),
            None,
        ),
        ("people, count", "/profiles/count".into(), None),
        (
            "people, count by conditions, estimate",
            of("/profiles/count", &[("conditions", &some_text)]),
            None,
        ),
        (
            "people, count by conditions, exact",
            of(
                "/profiles/count",
                &[("conditions", &some_text), ("exact", "true")],
            ),
            None,
        ),
        (
            "people, file by conditions",
            of("/profiles/export", &[("conditions", &some_text)]),
            None,
        ),
        ("people, file of all", "/profiles/export".into(), None),
    ];
    for (name, (path, body)) in [
        (
            "reach of everybody, estimate",
            reach(json!({"audience": everyone, "estimate": true})),
        ),
        ("reach of everybody", reach(json!({"audience": everyone}))),
        (
            "reach by conditions, estimate",
            reach(json!({"audience": {"type": "conditions", "all": some}, "estimate": true})),
        ),
        (
            "reach by conditions",
            reach(json!({"audience": {"type": "conditions", "all": some}})),
        ),
        (
            "reach of a list without who got a campaign",
            reach(
                json!({"audience": {"type": "list", "list_id": list}, "exclude": {"campaign_ids": [campaign]}}),
            ),
        ),
    ] {
        all.push((name, path, body));
    }
    let sample = json!({"audience": everyone, "template_id": world.template});
    all.push(("samples of a message", "/reach/sample".into(), Some(sample)));
    for (name, rest) in [
        ("campaign, progress", "progress"),
        ("campaign, course", "series"),
        ("campaign, failures", "failures"),
        ("campaign, recipients", "messages?limit=50"),
        (
            "campaign, recipients who failed",
            "messages?state=failed&limit=50",
        ),
        (
            "campaign, recipients of a name",
            "messages?search=customer%20199&limit=50",
        ),
        ("campaign, file of recipients", "export"),
    ] {
        all.push((name, format!("/campaigns/{campaign}/{rest}"), None));
    }
    for (name, path) in [
        ("home", "/home"),
        ("campaigns", "/campaigns"),
        ("lists", "/lists"),
    ] {
        all.push((name, path.to_owned(), None));
    }
    all
}

/// Milliseconds until the last byte.
async fn asked(client: &Client, path: &str, body: Option<&Value>) -> anyhow::Result<f64> {
    let begun = Instant::now();
    match body {
        Some(body) => drop(client.post(path, body).await?),
        None => {
            let mut answer = client.stream(path).await?;
            while answer.chunk().await?.is_some() {}
        }
    }
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}
