//! Reports and messages from people come in without a pause while the server and its database are killed. The caller
//! does what a vendor does: what gets no 2xx is sent again. What got one must be in the ledger, once.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::campaign::{self, texts_of};
use crate::dice::Dice;
use crate::ground::Ground;
use crate::shop::{Shop, options, phone};
use crate::tally::Tally;

/// Messages that reports come for.
const MESSAGES: u64 = 150;
/// People who write.
const WRITERS: u64 = 30;
/// Connections of the caller.
const CALLERS: u64 = 8;

/// A callback, and the mark that its bytes can be known by.
#[derive(Clone)]
struct Call {
    url: String,
    form: String,
    mark: String,
}

/// What the caller has to say, and what was taken.
struct Desk {
    shop: Arc<Shop>,
    reports: Mutex<Vec<Call>>,
    written: Mutex<BTreeMap<String, Vec<String>>>,
    taken: Mutex<HashSet<String>>,
    count: AtomicU64,
    again: AtomicU64,
    stop: AtomicBool,
}

impl Desk {
    /// The next callback: a report while there are any, then words of a person.
    fn next(&self) -> Option<Call> {
        let n = self.count.fetch_add(1, Ordering::Relaxed);
        let report = if n.is_multiple_of(4) {
            self.reports.lock().unwrap().pop()
        } else {
            None
        };
        if report.is_some() {
            return report;
        }
        if self.stop.load(Ordering::Relaxed) {
            return self.reports.lock().unwrap().pop();
        }
        let customer = phone(60_000 + n % WRITERS);
        let text = format!("word-{n}-end");
        self.written
            .lock()
            .unwrap()
            .entry(customer.clone())
            .or_default()
            .push(text.clone());
        let fields = [
            ("waNumber", harkara::demo::shop::NUMBER),
            ("mobile", &customer[1..]),
            ("type", "text"),
            ("timestamp", &(1_767_607_200_000 + n).to_string()),
            ("text", &text),
        ];
        Some(Call {
            url: self.shop.inbound_url.clone(),
            form: form(&fields),
            mark: text,
        })
    }

    /// One connection: each callback is sent until it is taken.
    async fn call(self: Arc<Self>) {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(8))
            .build()
            .unwrap();
        while let Some(call) = self.next() {
            loop {
                let request = http
                    .post(&call.url)
                    .header("content-type", "application/x-www-form-urlencoded");
                let answer = request.body(call.form.clone()).send().await;
                match answer.map(|a| a.status()) {
                    Ok(status) if status.is_success() => break,
                    Ok(status) => assert!(status.is_server_error(), "a callback was answered with {status}"),
                    Err(_) => {}
                }
                self.again.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            self.taken.lock().unwrap().insert(call.mark);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// The reports of a message in the gateway's own shape: sent, delivered, and for every second one read.
fn reports(shop: &Shop, n: usize, message: &harkara_sim::Message) -> Vec<Call> {
    let stages = [
        ("SENT", "025", "SENT"),
        ("DELIVERED", "000", "SUCCESS"),
        ("READ", "026", "READ"),
    ];
    let stages = &stages[..if n.is_multiple_of(2) { 3 } else { 2 }];
    let report = |(at, (event, code, cause)): (usize, &(&str, &str, &str))| {
        let mark = format!("{}-{event}", message.reference);
        let report = json!([{
            "srcAddr": harkara::demo::shop::NUMBER, "extra": message.reference, "channel": "WHATSAPP",
            "externalId": message.id, "cause": cause, "errorCode": code, "destAddr": message.to,
            "eventType": event, "eventTs": message.accepted_at + at as i64, "mark": mark,
        }]);
        Call {
            url: shop.reports_url.clone(),
            form: form(&[("response", &report.to_string())]),
            mark,
        }
    };
    stages.iter().enumerate().map(report).collect()
}

/// One round: `points` times trouble under load, then the comparison.
pub async fn round(ground: Ground<'_>, seed: u64, points: u64) -> Tally {
    let mut tally = Tally::new(&format!("callbacks, {}", ground.name()), seed);
    let started = Instant::now();
    let mut dice = Dice::new(seed);
    let mut server = ground.server(seed).await;
    server.ready().await;
    let shop = Arc::new(Shop::open(&server, Options { seed, ..options() }, 1_000).await);
    // The reports of this story come from its own caller.
    shop.gateway()
        .update(|options| options.reports_url = None)
        .unwrap();
    let (campaign, people) = shop.launch(MESSAGES).await;
    shop.quiet(&campaign).await.unwrap();
    let (_, messages) = shop.gateway().messages(0, usize::MAX);
    assert_eq!(messages.len(), people.len());
    let mut calls: Vec<Call> = messages
        .iter()
        .enumerate()
        .flat_map(|(n, m)| reports(&shop, n, m))
        .collect();
    // In any order.
    for i in (1..calls.len()).rev() {
        calls.swap(i, dice.between(0, i as u64 + 1) as usize);
    }
    let reported: BTreeSet<String> = calls.iter().map(|c| c.mark.clone()).collect();
    let desk = Arc::new(Desk {
        shop: shop.clone(),
        reports: Mutex::new(calls),
        written: Mutex::default(),
        taken: Mutex::default(),
        count: AtomicU64::new(0),
        again: AtomicU64::new(0),
        stop: AtomicBool::new(false),
    });
    let callers: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(desk.clone().call())).collect();

    for n in 0..points {
        let kind = match (n % 3, ground) {
            (_, Ground::Power) => "power",
            (1, Ground::Postgres(_)) => "kill db",
            _ => "kill",
        };
        tokio::time::sleep(Duration::from_millis(dice.between(50, 900))).await;
        campaign::trouble(kind, &mut dice, &mut server, ground).await;
        tally.point(kind);
        server.ready().await;
    }
    server.recover();
    server.ready().await;
    desk.stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    if let Err(late) = shop.quiet(&campaign).await {
        tally.violations.push(late);
        return tally.end(seed, started, &server);
    }

    let taken = desk.taken.lock().unwrap().clone();
    let written = desk.written.lock().unwrap().clone();
    tally.messages = people.len() as u64;
    tally.callbacks = taken.len() as u64;
    tally.again = desk.again.load(Ordering::Relaxed);
    missing_in_the_log(&shop, &taken, &mut tally).await;
    for (customer, texts) in &written {
        let got = texts_of(&shop, customer).await;
        for text in texts {
            match got.iter().filter(|t| *t == text).count() {
                1 => continue,
                0 => tally.lost += 1,
                _ => tally.doubled += 1,
            }
            tally.violations.push(format!(
                "{customer} wrote {text:?}, and it is there {got:?} times"
            ));
        }
    }
    for row in shop
        .client
        .all(&format!("/campaigns/{campaign}/messages"))
        .await
        .unwrap()
    {
        let read = reported.contains(&format!("{}-READ", row["id"].as_str().unwrap()));
        let expected = if read { "read" } else { "delivered" };
        if row["state"] != expected {
            tally.wrong += 1;
            tally
                .violations
                .push(format!("{} is {} and not {expected}", row["id"], row["state"]));
        }
    }
    let funnel = &shop.progress(&campaign).await["funnel"];
    if funnel["delivered"] != MESSAGES || funnel["read"] != MESSAGES.div_ceil(2) {
        tally.wrong += 1;
        tally.violations.push(format!(
            "the funnel counts a report twice or not at all: {funnel}"
        ));
    }
    drop(desk);
    let shop = Arc::into_inner(shop).expect("the callers have ended");
    shop.sim.shutdown().await;
    tally.end(seed, started, &server)
}

/// Every callback that was answered with 2xx is in the log with its bytes, and was understood.
async fn missing_in_the_log(shop: &Shop, taken: &HashSet<String>, tally: &mut Tally) {
    let log = shop.client.all("/callbacks").await.unwrap();
    for row in log.iter().filter(|row| row["state"] != "applied") {
        tally.wrong += 1;
        tally
            .violations
            .push(format!("a callback is {}: {}", row["state"], row["problem"]));
    }
    let bodies: Vec<String> = futures::stream::iter(log)
        .map(async |row| {
            let path = format!("/callbacks/{}", row["id"].as_str().unwrap());
            let shown: Value = shop.client.get(&path).await.unwrap();
            let fields = form_urlencoded::parse(shown["body"].as_str().unwrap().as_bytes());
            fields
                .map(|(_, value)| value.into_owned())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let seen: HashSet<&str> = bodies.iter().flat_map(|body| marks(body)).collect();
    for mark in taken.iter().filter(|mark| !seen.contains(mark.as_str())) {
        tally.lost += 1;
        tally
            .violations
            .push(format!("{mark} was acknowledged and is not in the log"));
    }
}

/// The marks that a callback's body holds.
fn marks(body: &str) -> impl Iterator<Item = &str> {
    let is_mark = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    body.split(move |c| !is_mark(c)).filter(|word| {
        (word.starts_with("word-") && word.ends_with("-end"))
            || ["-SENT", "-DELIVERED", "-READ"]
                .iter()
                .any(|end| word.ends_with(end))
    })
}
