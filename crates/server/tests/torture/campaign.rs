//! A campaign through a gateway that misbehaves, while the server and its database are killed again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use harkara::demo::shop::mapping;
use harkara_sim::{FailureKind, Handle, Inbound, Message, Options, ReportEncoding};
use serde_json::{Value, json};
use tokio::task::{JoinHandle, block_in_place};

use crate::books;
use crate::dice::Dice;
use crate::ground::Ground;
use crate::server::Server;
use crate::shop::{Shop, options, phone, within};
use crate::tally::Tally;

/// Where people who write, and people whom a program writes to, begin.
const WRITERS: u64 = 60_000;
const ADDRESSEES: u64 = 80_000;

/// Kinds of trouble, the common ones more than once.
const ON_SQLITE: &[&str] = &[
    "kill", "kill", "kill", "kill", "kill", "kill", "freeze", "lock", "no disk",
];
const WITH_POWER: &[&str] = &["power", "power", "power", "power", "kill", "no disk"];
const ON_POSTGRES: &[&str] = &[
    "kill",
    "kill",
    "kill",
    "kill",
    "kill",
    "kill db",
    "kill db",
    "kill both",
    "stop db",
    "freeze",
];

/// The gateway of a round: everything late, some of it lost, doubled or never answered.
fn gateway(dice: &mut Dice, seed: u64) -> Options {
    let suffix = |ending: &str, kind| (ending.to_owned(), kind);
    Options {
        seed,
        latency_ms: dice.between(5, 60),
        latency_jitter_ms: dice.between(1, 140),
        limit_per_second: dice.chance(0.5).then(|| dice.between(80, 200) as u32),
        fail_503: 0.02,
        fail_100: 0.01,
        fail_500_accepted: 0.01,
        hang: 0.002,
        hang_ms: 5_000,
        fail_suffix: vec![
            suffix("77", FailureKind::Cut),
            suffix("88", FailureKind::Garbage),
            suffix("66", FailureKind::Failed("UNKNOWN_SUBSCRIBER".into())),
        ],
        report_delay_ms: dice.pick(&[50, 300, 2_000]),
        report_loss: dice.pick(&[0.0, 0.02]),
        report_reorder: 0.2,
        report_duplicates: 0.2,
        report_batch: dice.between(1, 21) as usize,
        // But for the one that does not carry our reference: only with it can an unknown message be settled.
        report_encoding: dice.pick(&[
            ReportEncoding::Form,
            ReportEncoding::Json,
            ReportEncoding::JsonString,
            ReportEncoding::Array,
            ReportEncoding::Object,
        ]),
        read_rate: 0.5,
        uuid_ids: dice.chance(0.5),
        ..options()
    }
}

/// One round: `points` times trouble, then the comparison.
pub async fn round(ground: Ground<'_>, seed: u64, points: u64) -> Tally {
    let mut tally = Tally::new(&format!("campaign, {}", ground.name()), seed);
    let started = Instant::now();
    let mut dice = Dice::new(seed);
    let mut server = ground.server(seed).await;
    server.ready().await;
    server.refused = 0;
    let shop = Shop::open(&server, gateway(&mut dice, seed), 200).await;
    let people = 60 + 70 * points;
    let (campaign, should) = shop.launch(people).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = write(shop.gateway(), stop.clone());
    let program = send(&server, &shop, stop.clone());

    let kinds = match ground {
        Ground::Sqlite => ON_SQLITE,
        Ground::Power => WITH_POWER,
        Ground::Postgres(_) => ON_POSTGRES,
    };
    for n in 0..points {
        // The first ones are always kills, so that a short run has them all.
        let kind = match (n, ground) {
            (0, Ground::Power) => "power",
            (0, _) => "kill",
            (1, Ground::Postgres(_)) => "kill db",
            _ => dice.pick(kinds),
        };
        wait_for_the_moment(&mut dice, &shop).await;
        trouble(kind, &mut dice, &mut server, ground).await;
        tally.point(kind);
        if dice.chance(0.7) {
            server.ready().await;
            let unknown = shop.progress(&campaign).await["funnel"]["unknown"].as_u64();
            tally.unknown_most = tally.unknown_most.max(unknown.unwrap_or_default());
        }
    }
    server.recover();
    server.ready().await;
    stop.store(true, Ordering::Relaxed);
    let (written, sent) = (writer.await.unwrap(), program.await.unwrap());
    if let Err(late) = shop.quiet(&campaign).await {
        let progress = shop.progress(&campaign).await;
        tally.violations.push(format!("{late}: {progress}"));
        return tally.end(seed, started, &server);
    }

    let books = Books {
        shop: &shop,
        campaign: &campaign,
    };
    let mut wrong = books.messages(&mut tally, &should).await;
    wrong.extend(books.writers(&written).await);
    wrong.extend(books.program(&server, &sent).await);
    let stats = shop.gateway().stats();
    if stats.reports.given_up + stats.inbound.given_up > 0 {
        wrong.push("a callback was given up".into());
    }
    tally.messages = people + sent.len() as u64;
    tally.callbacks = stats.reports.acknowledged + stats.inbound.acknowledged;
    tally.again = stats.reports.retried + stats.inbound.retried;
    tally.wrong += wrong.len() as u64;
    tally.violations.extend(wrong);
    tally.seconds = started.elapsed().as_secs_f64();
    if !tally.violations.is_empty() {
        tally
            .violations
            .insert(0, format!("{}, seed {seed}:", tally.name));
        tally
            .violations
            .push(format!("the end of the server's log:\n{}", server.log()));
    }
    shop.sim.shutdown().await;
    tally
}

/// When a random number of further messages was accepted, or after a random time, which may fall into the start.
async fn wait_for_the_moment(dice: &mut Dice, shop: &Shop) {
    if dice.chance(0.25) {
        tokio::time::sleep(Duration::from_millis(dice.between(0, 1_200))).await;
        return;
    }
    let enough = shop.gateway().stats().accepted + dice.between(1, 110);
    let deadline = Instant::now() + Duration::from_secs(4);
    while shop.gateway().stats().accepted < enough && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

pub async fn trouble(kind: &str, dice: &mut Dice, server: &mut Server, ground: Ground<'_>) {
    let a_while = Duration::from_millis(dice.between(100, 2_500));
    match (kind, ground) {
        ("kill", _) => {
            server.kill();
            server.spawn();
        }
        ("power", Ground::Power) => {
            server.lose_power().await;
            server.spawn();
        }
        ("freeze", _) => {
            server.freeze(true);
            tokio::time::sleep(a_while).await;
            server.freeze(false);
        }
        ("kill db" | "kill both", Ground::Postgres(cluster)) => {
            block_in_place(|| cluster.kill());
            if kind == "kill both" {
                server.kill();
            }
            tokio::time::sleep(a_while / 4).await;
            block_in_place(|| cluster.restart());
        }
        ("stop db", Ground::Postgres(cluster)) => {
            block_in_place(|| cluster.stop());
            tokio::time::sleep(a_while).await;
            block_in_place(|| cluster.restart());
        }
        ("lock", Ground::Sqlite) => {
            let held = hold_the_writer(server).await;
            tokio::time::sleep(a_while).await;
            drop(held);
        }
        ("no disk", Ground::Sqlite | Ground::Power) => {
            server.ready().await;
            server.no_disk(true);
            tokio::time::sleep(a_while).await;
            server.no_disk(false);
        }
        other => panic!("no such trouble: {:?}", other.0),
    }
}

/// Another program that holds the write lock of the SQLite file, until dropped.
pub async fn hold_the_writer(server: &mut Server) -> sqlx::SqliteConnection {
    use sqlx::{ConnectOptions, Executor};
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(server.database_file())
        .busy_timeout(Duration::from_secs(30));
    let mut connection = options.connect().await.unwrap();
    connection.execute("BEGIN IMMEDIATE").await.unwrap();
    connection
}

/// Customers write, a message every 30 ms, each with words of its own. Answers the words by phone.
fn write(gateway: Handle, stop: Arc<AtomicBool>) -> JoinHandle<BTreeMap<String, Vec<String>>> {
    tokio::spawn(async move {
        let mut written: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for n in 0.. {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let customer = phone(WRITERS + n % 25);
            let text = format!("hello number {n}");
            let inbound = Inbound {
                customer: customer.trim_start_matches('+').into(),
                text: text.clone(),
                ..Inbound::default()
            };
            gateway.inject(&inbound).unwrap();
            written.entry(customer).or_default().push(text);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        written
    })
}

/// A message that a program sent: its idempotency key, its body, and the id that it was given.
struct Sent {
    key: String,
    body: Value,
    message_id: String,
}

/// A program sends single messages, and repeats each until it is told that it was taken.
fn send(server: &Server, shop: &Shop, stop: Arc<AtomicBool>) -> JoinHandle<Vec<Sent>> {
    let door = Door::new(server);
    let template = shop.template.clone();
    tokio::spawn(async move {
        let mut sent = Vec::new();
        for n in 0.. {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let body = json!({"to": phone(ADDRESSEES + n), "template_id": template, "mapping": mapping()});
            let key = format!("key-{n}");
            let message_id = loop {
                if let Some(id) = door.post(&key, &body).await {
                    break id;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            };
            sent.push(Sent {
                key,
                body,
                message_id,
            });
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        sent
    })
}

/// `POST /messages`, as a program does it.
struct Door {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Door {
    fn new(server: &Server) -> Self {
        let file = server.cli_file();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5));
        Self {
            http: http.build().unwrap(),
            url: format!("{}/api/v1/messages", file.url),
            key: file.key,
        }
    }

    /// The message's id; `None` when nobody knows whether it was taken.
    async fn post(&self, key: &str, body: &Value) -> Option<String> {
        let request = self
            .http
            .post(&self.url)
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(body.to_string());
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        if status.is_server_error() {
            return None;
        }
        assert!(status.is_success(), "{status}: {text}");
        let told: Value = serde_json::from_str(&text).ok()?;
        Some(told["message_id"].as_str().unwrap().to_owned())
    }
}

struct Books<'a> {
    shop: &'a Shop,
    campaign: &'a str,
}

impl Books<'_> {
    /// What the gateway accepted for people from `first` on, up to, not with, `end`.
    fn accepted(&self, first: u64, end: u64) -> Vec<Message> {
        let (first, end) = (phone(first), phone(end));
        let (_, all) = self.shop.gateway().messages(0, usize::MAX);
        let ours = |m: &Message| (&first[1..]..&end[1..]).contains(&m.to.as_str());
        all.into_iter().filter(ours).collect()
    }

    /// The campaign's messages.
    async fn messages(&self, tally: &mut Tally, should: &BTreeSet<String>) -> Vec<String> {
        let path = format!("/campaigns/{}/messages", self.campaign);
        let ledger = self.shop.client.all(&path).await.unwrap();
        let accepted = self.accepted(0, WRITERS);
        let audit = books::compare(should, &accepted, &ledger);
        tally.lost += audit.lost.len() as u64;
        tally.doubled += audit.doubled.len() as u64;
        tally.unknown_left += audit.unknown.len() as u64;
        let mut wrong = audit.wrong;
        tally
            .violations
            .extend(audit.lost.into_iter().chain(audit.doubled));

        let funnel = &self.shop.progress(self.campaign).await["funnel"];
        let count = |state: &str| ledger.iter().filter(|row| row["state"] == state).count();
        let (delivered, read) = (count("delivered"), count("read"));
        for (name, n) in [
            ("recipients", ledger.len()),
            ("unknown", audit.unknown.len()),
            ("failed", count("failed")),
            ("sent", count("sent") + delivered + read),
            ("delivered", delivered + read),
            ("read", read),
        ] {
            if funnel[name] != n {
                wrong.push(format!("the funnel says {} {name}, the rows {n}", funnel[name]));
            }
        }
        let listed = self
            .shop
            .client
            .all(&format!("{path}?state=unknown"))
            .await
            .unwrap();
        if listed.len() != audit.unknown.len() {
            wrong.push(format!(
                "{} of {} unknown are listed",
                listed.len(),
                audit.unknown.len()
            ));
        }
        wrong
    }

    /// What customers wrote stands in their conversations, each message once.
    async fn writers(&self, written: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let mut wrong = Vec::new();
        for (customer, texts) in written {
            let got = texts_of(self.shop, customer).await;
            for text in texts {
                match got.iter().filter(|t| *t == text).count() {
                    1 => {}
                    n => wrong.push(format!("{customer} wrote {text:?}, and it is there {n} times")),
                }
            }
        }
        wrong
    }

    /// Each message of the program is there, once, and was accepted at most once.
    async fn program(&self, server: &Server, sent: &[Sent]) -> Vec<String> {
        let mut wrong = Vec::new();
        let door = Door::new(server);
        for one in sent {
            if door.post(&one.key, &one.body).await.as_deref() != Some(one.message_id.as_str()) {
                wrong.push(format!(
                    "{} is given another message when it is repeated",
                    one.key
                ));
            }
            let path = format!("/messages/{}", one.message_id);
            let state = async || self.shop.client.get(&path).await.unwrap_or_default()["state"].clone();
            // One that is still on its way is judged below.
            let _ = within("it has left", 30, async || {
                let state = state().await;
                state.is_string() && state != "queued" && state != "sending"
            })
            .await;
            let (state, to) = (state().await, one.body["to"].as_str().unwrap());
            let accepted = self.accepted(ADDRESSEES, 99_999);
            let accepted = accepted.iter().filter(|m| to[1..] == m.to).count();
            let open = state == "queued" || state == "sending";
            if open || accepted > 1 || (accepted == 0 && state != "unknown") {
                wrong.push(format!(
                    "{} to {to} is {state} and was accepted {accepted} times",
                    one.message_id
                ));
            }
        }
        wrong
    }
}

/// What a person wrote, as their conversation has it.
pub async fn texts_of(shop: &Shop, customer: &str) -> Vec<String> {
    let path = format!("/conversations?phone={}", customer.replace('+', "%2B"));
    let found = shop.client.get(&path).await.unwrap();
    let Some(id) = found["data"][0]["id"].as_str() else {
        return Vec::new();
    };
    let messages = shop
        .client
        .all(&format!("/conversations/{id}/messages"))
        .await
        .unwrap();
    let theirs = messages.iter().filter(|m| m["direction"] == "in");
    theirs
        .filter_map(|m| m["content"]["text"].as_str().map(str::to_owned))
        .collect()
}
