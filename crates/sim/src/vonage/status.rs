//! Statuses of accepted messages, and how every callback leaves: signed, and tried again until it is taken.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::books::{Books, Sent};
use super::options::{Options, Signing};
use super::{Shared, World, api, token};
use crate::stats::CallbackStats;

/// What becomes of an accepted message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Submitted and delivered, and read where the customer does so.
    Delivered { read: bool },
    /// Refused by WhatsApp with this code.
    Rejected(u32),
    /// WhatsApp could not be reached.
    Undeliverable,
}

impl Fate {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Delivered { read: true } => &["submitted", "delivered", "read"],
            Self::Delivered { read: false } => &["submitted", "delivered"],
            Self::Rejected(_) => &["rejected"],
            Self::Undeliverable => &["undeliverable"],
        }
    }
}

/// Lets the statuses of a message come about, one after the other.
pub(super) fn follow(shared: &Arc<Shared>, world: &mut World, id: String, fate: Fate) {
    let generation = world.books.generation;
    let delay = Duration::from_millis(world.options.status_delay_ms);
    world.books.counts.statuses.pending += fate.words().len() as u64;
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
    world.books.counts.statuses.pending += 1;
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
        let at = time(shared.clock.now_ms());
        let (loss, twice) = (world.options.status_loss, world.options.status_duplicates);
        let (lost, twice) = (world.rng.chance(loss), world.rng.chance(twice));
        let as_text = world.rng.chance(0.5);
        let from = world.options.number.clone();
        let Some(sent) = world.books.find(id) else { return };
        sent.statuses.push(word.to_owned());
        let body = body(sent, &from, word, fate, &at, as_text);
        let url = sent.status_url.clone().filter(|_| !lost);
        let copies = if twice { 2 } else { 1 };
        url.map(|url| (url, body, copies))
    };
    let mut taken = false;
    if let Some((url, body, copies)) = call {
        for _ in 0..copies {
            taken |= post(shared, &url, body.clone(), generation, |books| {
                &mut books.counts.statuses
            })
            .await;
        }
    }
    let mut world = shared.lock();
    if world.books.generation == generation {
        world.books.counts.statuses.pending -= 1;
        if taken && let Some(sent) = world.books.find(id) {
            sent.acknowledged.push(word.to_owned());
        }
    }
}

/// ISO 8601 with milliseconds.
pub(super) fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
        .unwrap_or_default()
}

/// A party of a message in a version of the webhooks.
pub(super) fn party(number: &str, version: &str) -> Value {
    match version {
        "v0.1" => json!({ "type": "whatsapp", "number": number }),
        _ => json!(number),
    }
}

fn body(sent: &Sent, from: &str, word: &str, fate: Fate, at: &str, as_text: bool) -> Value {
    let mut body = json!({
        "message_uuid": sent.message_uuid,
        "to": party(&sent.to, &sent.version),
        "from": party(from, &sent.version),
        "timestamp": at,
        "channel": "whatsapp",
        "status": word,
    });
    if !sent.client_ref.is_empty() {
        body["client_ref"] = sent.client_ref.as_str().into();
    }
    match fate {
        Fate::Rejected(code) if sent.version == "v0.1" => {
            body["error"] = json!({ "code": code, "reason": reason(code) });
        }
        Fate::Rejected(code) => {
            // Both have been seen.
            let title = if as_text {
                json!(code.to_string())
            } else {
                json!(code)
            };
            body["error"] = json!({
                "type": format!("https://developer.vonage.com/api-errors/messages#{code}"),
                "title": title,
                "detail": reason(code),
                "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
            });
        }
        Fate::Delivered { .. } => {
            body["usage"] = json!({ "currency": "EUR", "price": "0.0333" });
            body["whatsapp"] =
                json!({ "pricing": { "type": "regular", "pricing_model": "PMP", "category": "utility" } });
        }
        Fate::Undeliverable => {}
    }
    body
}

fn reason(code: u32) -> &'static str {
    match code {
        1000 => {
            "Throttled - You have exceeded the submission capacity allowed on this account. Please wait and retry"
        }
        1022 => "Invalid template name",
        1240 => "Illegal sender address - rejected: the user opted out",
        1300 => "Not part of the provider network",
        1340 => "Outside allowed window",
        1461 => "Auto-limited by the provider",
        _ => "Unknown error",
    }
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
        let mut request = shared
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(bytes.clone());
        let token = {
            let mut world = shared.lock();
            let id = api::uuid(&mut world.rng);
            signed(&world.options, &bytes, &id, shared.clock.now_ms())
        };
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
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

/// The token of a callback; none when it leaves without.
fn signed(options: &Options, bytes: &str, id: &str, now_ms: i64) -> Option<String> {
    let mut claims = json!({
        "iat": now_ms.div_euclid(1000),
        "jti": id,
        "iss": "Vonage",
        "payload_hash": token::hash(bytes.as_bytes()),
        "api_key": options.api_key,
        "application_id": options.application_id,
    });
    let mut secret = options.signature_secret.clone();
    match options.signing {
        Signing::Right => {}
        Signing::Unsigned => return None,
        Signing::WrongSecret => secret.push('x'),
        Signing::WrongHash => claims["payload_hash"] = token::hash(b"another body").into(),
        Signing::WithoutHash => {
            claims.as_object_mut()?.remove("payload_hash");
        }
    }
    Some(token::sign(&claims, &secret))
}
