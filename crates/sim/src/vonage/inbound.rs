//! What customers write, as Vonage posts it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::status::{party, post, time};
use super::{Shared, api};

/// A message from a customer, and the shape of `POST /__sim/inbound`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inbound {
    /// Who writes, digits with the country code.
    pub customer: String,
    /// Profile name.
    pub name: Option<String>,
    /// `message_type`: `text` when empty, `image`, `video`, `audio`, `file`, `sticker`, `location`, `contacts`, `reply`,
    /// `button`, `order`, `reaction`, `unsupported`, or anything else.
    #[serde(rename = "type")]
    pub kind: String,
    /// What stands under the name of the type: a text, or Vonage's own object. Samples stand in for what is left out.
    pub content: Value,
    /// The message of ours that is answered.
    pub message_uuid: Option<String>,
}

/// Posts the message. Answers what is posted.
pub(super) fn inject(shared: &Arc<Shared>, inbound: &Inbound) -> Result<Value, String> {
    let customer = &inbound.customer;
    if !(7..=15).contains(&customer.len()) || !customer.bytes().all(|b| b.is_ascii_digit()) {
        return Err("customer is a phone number: 7 to 15 digits with the country code.".into());
    }
    let kind = if inbound.kind.is_empty() {
        "text"
    } else {
        inbound.kind.as_str()
    };
    let mut world = shared.lock();
    let (now_ms, id) = (shared.clock.now_ms(), api::uuid(&mut world.rng));
    let content = match &inbound.content {
        Value::Null => sample(kind, &shared.base_url),
        given => given.clone(),
    };
    let version = world.options.webhook_version.clone();
    let mut body = json!({
        "message_uuid": id,
        "to": party(&world.options.number, &version),
        "from": party(customer, &version),
        "timestamp": time(now_ms),
    });
    if version == "v0.1" {
        body["direction"] = "inbound".into();
        body["message"] = json!({ "content": { "type": kind, kind: content } });
    } else {
        body["channel"] = "whatsapp".into();
        body["message_type"] = kind.into();
        body["context_status"] = "none".into();
        if !content.is_null() {
            body[kind] = content;
        }
    }
    if let Some(name) = &inbound.name {
        body["profile"] = json!({ "name": name });
    }
    if let Some(answered) = &inbound.message_uuid {
        body["context"] = json!({ "message_uuid": answered, "message_from": world.options.number });
        body["context_status"] = "available".into();
    }
    world.books.wrote.insert(customer.clone(), now_ms);
    world.books.inbound.push(id);
    if let Some(url) = world.options.inbound_url.clone() {
        let generation = world.books.generation;
        world.books.counts.inbound.pending += 1;
        let (shared, body) = (Arc::clone(shared), body.clone());
        tokio::spawn(async move {
            post(&shared, &url, body, generation, |books| &mut books.counts.inbound).await;
            let mut world = shared.lock();
            if world.books.generation == generation {
                world.books.counts.inbound.pending -= 1;
            }
        });
    }
    Ok(body)
}

/// A message of this type, when its content is left out.
fn sample(kind: &str, base: &str) -> Value {
    let link = |id: &str| format!("{base}/v3/media/{id}");
    match kind {
        "text" => json!("Hello"),
        "image" => json!({ "url": link("image"), "caption": "Look" }),
        "video" | "audio" | "sticker" => json!({ "url": link(kind) }),
        "file" => json!({ "url": link("document"), "name": "sample.pdf" }),
        "location" => json!({ "lat": 12.9716, "long": 77.5946, "name": "Shop", "address": "MG Road" }),
        "contacts" => {
            json!([{ "name": { "formatted_name": "Asha" }, "phones": [{ "phone": "+919999911111", "type": "cell" }] }])
        }
        "reply" => json!({ "id": "row1", "title": "9am", "description": "Morning" }),
        "button" => json!({ "payload": "YES", "text": "Yes", "subtype": "quick_reply" }),
        "order" => {
            json!({ "catalog_id": "1", "product_items": [{ "product_retailer_id": "a", "quantity": "1", "item_price": "9.99", "currency": "INR" }] })
        }
        "reaction" => json!({ "action": "react", "emoji": "\u{1f44d}" }),
        _ => Value::Null,
    }
}
