//! Delivery reports and clicks, and how every callback leaves: tried again until it is taken.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::books::{Books, Sent};
use super::{Shared, World};
use crate::stats::CallbackStats;

const USER_AGENT: &str =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36";

/// What becomes of an accepted message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Sent and delivered, and read where the customer does so.
    Delivered { read: bool },
    /// It fails with this code.
    Failed(u32),
}

impl Fate {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Delivered { read: true } => &["sent", "delivered", "read"],
            Self::Delivered { read: false } => &["sent", "delivered"],
            Self::Failed(_) => &["failed"],
        }
    }
}

/// Lets the reports of a message come about, one after the other.
pub(super) fn follow(shared: &Arc<Shared>, world: &mut World, id: String, fate: Fate) {
    let generation = world.books.generation;
    let delay = Duration::from_millis(world.options.report_delay_ms);
    world.books.counts.reports.pending += fate.words().len() as u64;
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        for word in fate.words() {
            shared.sleep(delay).await;
            happen(&shared, generation, &id, word, fate).await;
        }
    });
}

/// The customer reads a message that was delivered.
pub(super) fn read(shared: &Arc<Shared>, id: &str) -> Result<(), String> {
    let mut world = shared.lock();
    let sent = world
        .books
        .find(id)
        .ok_or_else(|| format!("There is no message {id}."))?;
    if sent.statuses.iter().any(|word| word == "read") {
        return Ok(());
    }
    world.books.counts.reports.pending += 1;
    let (generation, id) = (world.books.generation, id.to_owned());
    drop(world);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        happen(&shared, generation, &id, "read", Fate::Delivered { read: true }).await;
    });
    Ok(())
}

async fn happen(shared: &Arc<Shared>, generation: u64, id: &str, word: &str, fate: Fate) {
    let call = {
        let mut world = shared.lock();
        if world.books.generation != generation {
            return;
        }
        let (loss, twice) = (world.options.report_loss, world.options.report_duplicates);
        let (lost, twice) = (world.rng.chance(loss), world.rng.chance(twice));
        let is_variant = world.options.variants && world.rng.chance(0.5);
        let url = world.options.reports_url.clone().filter(|_| !lost);
        let Some(sent) = world.books.find(id) else { return };
        sent.statuses.push(word.to_owned());
        let body = report(sent, word, fate, shared.clock.now_ms() / 1000, is_variant);
        url.map(|url| (url, body, if twice { 2 } else { 1 }))
    };
    let mut taken = false;
    if let Some((url, body, copies)) = call {
        for _ in 0..copies {
            taken |= post(shared, &url, body.clone(), generation, |books| {
                &mut books.counts.reports
            })
            .await;
        }
    }
    let mut world = shared.lock();
    if world.books.generation == generation {
        world.books.counts.reports.pending -= 1;
        if taken && let Some(sent) = world.books.find(id) {
            sent.acknowledged.push(word.to_owned());
        }
    }
}

/// The first published shape, or one of the others: numbers for texts, the version under its other name.
fn report(sent: &Sent, word: &str, fate: Fate, seconds: i64, is_variant: bool) -> Value {
    let mut status = json!({ "msgId": sent.msg_id, "status": word, "timestamp": seconds.to_string() });
    if is_variant {
        status["timestamp"] = json!(seconds);
    }
    if let (Fate::Failed(code), "failed") = (fate, word) {
        let code_as = if is_variant {
            json!(code.to_string())
        } else {
            json!(code)
        };
        status["error"] = json!({ "code": code_as, "title": title(code) });
    }
    if is_variant {
        json!({ "payloadversion": 0.1, "statuses": [status] })
    } else {
        json!({ "payloadVersion": "0.1", "statuses": [status] })
    }
}

fn title(code: u32) -> &'static str {
    match code {
        1000 => "Invalid credentials",
        1001 => "Invalid template parameters",
        1002 => "Invalid phone number.",
        1003 => "Number no longer active",
        1004 => "Too many send requests to the number",
        1005 => "Number temporarily unavailable",
        1006 => "Number is blacklisted",
        1007 => "Device cannot receive the message",
        1008 => "Sent outside the WhatsApp chat window",
        1010 => "Blocked by Meta",
        _ => "Other",
    }
}

/// The customer opens a link of a message.
pub(super) fn click(shared: &Arc<Shared>, id: &str, button: Option<usize>) -> Result<Value, String> {
    let mut world = shared.lock();
    let is_variant = world.options.variants && world.rng.chance(0.5);
    let short = format!("https://s.example/{:x}", world.rng.next() % 0xff_ffff);
    let sent = world
        .books
        .find(id)
        .ok_or_else(|| format!("There is no message {id}."))?;
    let link = link(&sent.body, button).ok_or("The message has no such link button.")?;
    let seconds = shared.clock.now_ms() / 1000;
    let mut status = json!({
        "msgId": sent.msg_id, "url": link, "shortUrl": short, "userAgent": USER_AGENT,
    });
    let (word, time, value) = if is_variant {
        ("Clicked", "ts", json!(seconds))
    } else {
        ("clicked", "timestamp", json!(seconds.to_string()))
    };
    status["status"] = json!(word);
    status[time] = value;
    let body = json!({ "payloadVersion": "0.1", "statuses": [status] });
    let (generation, url) = (world.books.generation, world.options.reports_url.clone());
    drop(world);
    if let Some(url) = url {
        let (shared, body) = (Arc::clone(shared), body.clone());
        tokio::spawn(async move {
            post(&shared, &url, body, generation, |books| &mut books.counts.clicks).await;
        });
    }
    Ok(body)
}

/// The link behind a button, the first that has one without `button`, on cards too.
fn link(body: &Value, button: Option<usize>) -> Option<String> {
    let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let mut all = of(&body["components"]);
    for carousel in all.clone().iter().filter(|part| part["type"] == "carousel") {
        all.extend(
            of(&carousel["cards"])
                .iter()
                .flat_map(|card| of(&card["components"])),
        );
    }
    let fits = |part: &&Value| {
        let is_link = matches!(part["subType"].as_str(), Some("dynamicUrl" | "staticUrl"));
        is_link && button.is_none_or(|n| part["index"] == n)
    };
    let text = all
        .iter()
        .find(fits)?
        .pointer("/parameters/0/text")?
        .as_str()?
        .to_owned();
    // The sender gives the end of a dynamic link alone; only the provider knows the rest.
    Some(if text.contains("://") {
        text
    } else {
        format!("https://shop.example/{text}")
    })
}

/// Posts until the receiver answers 2xx. Says whether it did.
pub(super) async fn post(
    shared: &Arc<Shared>,
    url: &str,
    body: Value,
    generation: u64,
    counts: fn(&mut Books) -> &mut CallbackStats,
) -> bool {
    let Ok(_slot) = shared.slots.acquire().await else {
        return false;
    };
    let count = |change: fn(&mut CallbackStats)| {
        let mut world = shared.lock();
        if world.books.generation == generation {
            change(counts(&mut world.books));
        }
    };
    count(|counts| counts.sent += 1);
    let bytes = body.to_string();
    let (tries, mut pause) = {
        let world = shared.lock();
        (world.options.callback_tries, world.options.callback_backoff_ms)
    };
    for attempt in 0..tries {
        if attempt > 0 {
            count(|counts| counts.retried += 1);
            shared.sleep(Duration::from_millis(pause)).await;
            pause = pause.saturating_mul(2).min(10_000);
        }
        if *shared.stop.borrow() {
            return false;
        }
        let request = shared
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(bytes.clone());
        match request.send().await {
            Ok(response) if response.status().is_success() => {
                count(|counts| counts.acknowledged += 1);
                return true;
            }
            Ok(response) => tracing::debug!(status = response.status().as_u16(), "a callback is not taken"),
            Err(error) => tracing::debug!(%error, "the receiver can not be reached"),
        }
    }
    count(|counts| counts.given_up += 1);
    false
}
