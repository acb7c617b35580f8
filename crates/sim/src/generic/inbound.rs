//! Messages of customers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Shared, status};

/// A message of a customer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inbound {
    /// Who writes, digits.
    pub customer: String,
    /// `text` when empty, `image`, `video`, `audio`, `file` or `location`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text, or the caption of a file.
    pub text: Option<String>,
    /// Link of a file; one of the simulator's own when absent.
    pub url: Option<String>,
    /// `msgId` of the message that is answered.
    pub reply_to: Option<String>,
    /// Milliseconds since 1970; now when absent.
    pub timestamp: Option<i64>,
}

/// Files that customers send: the simulator's own, ending.
const FILES: &[(&str, &str, &str)] = &[
    ("image", "image", ".jpg"),
    ("video", "video", ".mp4"),
    ("audio", "audio", ".mp3"),
    ("file", "document", ".pdf"),
];

/// Posts a message of a customer. Answers what is posted.
pub(super) fn inject(shared: &Arc<Shared>, inbound: &Inbound) -> Result<Value, String> {
    if inbound.customer.is_empty() || !inbound.customer.bytes().all(|b| b.is_ascii_digit()) {
        return Err("customer is a phone number in digits.".into());
    }
    let mut world = shared.lock();
    let is_variant = world.options.variants && world.rng.chance(0.5);
    let at = inbound.timestamp.unwrap_or_else(|| shared.clock.now_ms());
    let kind = if inbound.kind.is_empty() {
        "text"
    } else {
        inbound.kind.as_str()
    };
    let seconds = at.div_euclid(1000);
    let mut body = json!({
        "payloadVersion": "0.1", "from": inbound.customer, "wabaNumber": world.options.number,
        "timestamp": if is_variant { json!(seconds) } else { json!(seconds.to_string()) }, "type": kind,
    });
    let (member, content) = content(shared, inbound, kind, is_variant)?;
    body[member] = content;
    if let Some(id) = &inbound.reply_to {
        body["context"] = json!({ "id": id });
    }
    world.books.wrote.insert(inbound.customer.clone(), at);
    let (generation, url) = (world.books.generation, world.options.inbound_url.clone());
    drop(world);
    if let Some(url) = url {
        let (shared, body) = (Arc::clone(shared), body.clone());
        tokio::spawn(async move {
            status::post(&shared, &url, body, generation, |books| &mut books.counts.inbound).await;
        });
    }
    Ok(body)
}

/// The member that the content stands in, and the content.
fn content(
    shared: &Shared,
    inbound: &Inbound,
    kind: &str,
    is_variant: bool,
) -> Result<(&'static str, Value), String> {
    if kind == "text" {
        let text = inbound.text.as_deref().filter(|text| !text.is_empty());
        return Ok(("text", json!({ "body": text.ok_or("A text needs text.")? })));
    }
    if kind == "location" {
        // The table misspells the degrees.
        let (latitude, longitude) = if is_variant {
            ("lattitude", "Longitude")
        } else {
            ("latitude", "longitude")
        };
        return Ok((
            "location",
            json!({
                latitude: "18.5204", longitude: "73.8567", "name": "Shop", "address": "1 Main Road, Pune",
            }),
        ));
    }
    let file = FILES.iter().find(|row| row.0 == kind);
    let &(name, sample, ending) = file.ok_or("type is text, image, video, audio, file or location.")?;
    let url = inbound
        .url
        .clone()
        .unwrap_or_else(|| format!("{}/media/{sample}", shared.base_url));
    let mut content = json!({ "mediaURL": url });
    content[if is_variant { "mimetype" } else { "mimeType" }] = json!(ending);
    if let Some(caption) = inbound.text.as_ref().filter(|_| kind != "audio") {
        content["caption"] = json!(caption);
    }
    // The sample of a file has it in `document`, the table in `file`.
    let member = if name == "file" && !is_variant {
        "document"
    } else {
        name
    };
    Ok((member, content))
}
