//! What customers write: any type, as the gateway posts it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::callback::{self, Call, Purpose};
use crate::content::{Content, Header};
use crate::media;
use crate::options::InboundEncoding;
use crate::shared::Shared;
use crate::world::World;

/// Type of an inbound message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboundKind {
    /// Words.
    #[default]
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound file.
    Audio,
    /// A voice note.
    Voice,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// Contact cards.
    Contacts,
    /// A tap on a template's quick reply.
    Button,
    /// A choice from a list message.
    ListReply,
    /// A tap on a session message's reply button.
    ButtonReply,
}

impl InboundKind {
    fn media(self) -> Option<&'static str> {
        match self {
            Self::Image => Some("image"),
            Self::Video => Some("video"),
            Self::Audio => Some("audio"),
            Self::Voice => Some("voice"),
            Self::Document => Some("document"),
            Self::Sticker => Some("sticker"),
            _ => None,
        }
    }
}

/// A message from a customer, and the shape of `POST /__sim/inbound`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inbound {
    /// Who writes, digits with the country code.
    pub customer: String,
    /// Profile name.
    pub name: Option<String>,
    /// The type.
    #[serde(rename = "type")]
    pub kind: InboundKind,
    /// Text; the label of a button.
    pub text: String,
    /// Payload of a quick reply; the label when empty.
    pub payload: String,
    /// Id of the chosen row or button.
    pub id: String,
    /// Title of the chosen row or button.
    pub title: String,
    /// Description of the chosen row.
    pub description: String,
    /// Caption of media.
    pub caption: String,
    /// Media id from `POST /__sim/media`; the sample of the kind when empty.
    pub media: String,
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    /// Name of the place.
    pub place: String,
    /// Address of the place.
    pub address: String,
    /// Contact cards in WhatsApp's format; a sample card when null.
    pub contacts: Value,
    /// The send id that is answered.
    pub reply_to: Option<String>,
    /// When it was written, milliseconds since the epoch; now without it. Opens the 24-hour window from then.
    pub timestamp: Option<i64>,
    /// Encoding of this one in place of the option.
    pub encoding: Option<InboundEncoding>,
}

/// Somebody with the phone in the hand writes. Answers the fields that are posted.
pub(crate) fn inject(shared: &Arc<Shared>, inbound: &Inbound) -> Result<Value, String> {
    write_from(shared, inbound, true)
}

/// Posts the message to the receiver and shows it on the phone, which is kept when somebody holds it.
pub(crate) fn write_from(shared: &Arc<Shared>, inbound: &Inbound, held: bool) -> Result<Value, String> {
    let customer: u64 = inbound
        .customer
        .parse()
        .ok()
        .filter(|_| (8..=15).contains(&inbound.customer.len()))
        .ok_or("customer is a phone number: 8 to 15 digits with the country code.")?;
    let (fields, call) = {
        let mut world = shared.lock();
        let now_ms = shared.clock.now_ms();
        let at_ms = inbound.timestamp.unwrap_or(now_ms);
        let base = shared.public_url(&world);
        let fields = fields(&world, &base, inbound, at_ms, now_ms)?;
        let quoted = inbound.reply_to.as_deref().and_then(|id| quote(&world, id));
        let last = world.last_inbound.entry(customer).or_insert(at_ms);
        *last = at_ms.max(*last);
        if let Some(name) = &inbound.name {
            world.phones.name(customer, name);
        }
        let content = content(&world, &base, inbound, now_ms);
        world.phones.show(customer, at_ms, content, None, quoted);
        if held {
            world.phones.hold(customer);
        }
        let encoding = inbound.encoding.unwrap_or(world.options.inbound_encoding);
        let call = world
            .options
            .inbound_url
            .as_deref()
            .map(|url| write(url, &fields, encoding));
        (fields, call)
    };
    if let Some(call) = call {
        callback::post(shared, Purpose::Inbound, call);
    }
    shared.changed();
    Ok(Value::Object(fields))
}

fn quote(world: &World, id: &str) -> Option<String> {
    world
        .ledger
        .find(id)
        .and_then(|index| world.ledger.get(index))
        .map(|record| record.summary.to_string())
}

fn fields(
    world: &World,
    base: &str,
    inbound: &Inbound,
    at_ms: i64,
    now_ms: i64,
) -> Result<Map<String, Value>, String> {
    let mut fields = Map::new();
    fields.insert("waNumber".into(), world.options.number.clone().into());
    fields.insert("mobile".into(), inbound.customer.clone().into());
    fields.insert("timestamp".into(), at_ms.to_string().into());
    if let Some(name) = &inbound.name {
        fields.insert("name".into(), name.clone().into());
    }
    if let Some(id) = &inbound.reply_to {
        let index = world
            .ledger
            .find(id)
            .ok_or_else(|| format!("There is no message {id} to reply to."))?;
        if let Some(record) = world.ledger.get(index) {
            fields.insert("replyId".into(), record.id.cause.to_string().into());
            fields.insert("messageId".into(), record.id.tail().into());
        }
    }
    let (kind, extra) = match inbound.kind {
        InboundKind::Text => ("text", Some(("text", Value::String(inbound.text.clone())))),
        InboundKind::Location => {
            let mut place = json!({"longitude": inbound.longitude, "latitude": inbound.latitude});
            for (name, text) in [("name", &inbound.place), ("address", &inbound.address)] {
                if !text.is_empty() {
                    place[name] = text.clone().into();
                }
            }
            ("location", Some(("location", place)))
        }
        InboundKind::Contacts => ("contacts", Some(("contacts", contacts(inbound)))),
        InboundKind::Button => {
            let payload = if inbound.payload.is_empty() {
                &inbound.text
            } else {
                &inbound.payload
            };
            let context = json!({"from": world.options.number, "id": "wamid.simulated"});
            fields.insert("context".into(), context);
            (
                "button",
                Some(("button", json!({"payload": payload, "text": inbound.text}))),
            )
        }
        InboundKind::ListReply => {
            let mut reply = json!({"id": inbound.id, "title": inbound.title});
            if !inbound.description.is_empty() {
                reply["description"] = inbound.description.clone().into();
            }
            (
                "interactive",
                Some(("interactive", json!({"type": "list_reply", "list_reply": reply}))),
            )
        }
        InboundKind::ButtonReply => {
            let reply = json!({"id": inbound.id, "title": inbound.title});
            (
                "interactive",
                Some((
                    "interactive",
                    json!({"type": "button_reply", "button_reply": reply}),
                )),
            )
        }
        _ => ("", None),
    };
    match (inbound.kind.media(), extra) {
        (Some(kind), _) => {
            let id = media_id(inbound, kind);
            let file = world
                .media
                .get(&id)
                .ok_or_else(|| format!("There is no media {id}."))?;
            let mut value = if world.options.legacy_media {
                fields.insert("text".into(), "attachment".into());
                json!({"id": id, "mime_type": file.mime})
            } else {
                let (url, signature) = media::sign(base, &id, world.options.seed, now_ms);
                json!({"signature": signature, "mime_type": file.mime, "url": url})
            };
            if !inbound.caption.is_empty() {
                value["caption"] = inbound.caption.clone().into();
            }
            fields.insert("type".into(), kind.into());
            fields.insert(kind.into(), value);
        }
        (None, Some((name, value))) => {
            fields.insert("type".into(), kind.into());
            fields.insert(name.into(), value);
        }
        (None, None) => return Err("This type of message is not known.".into()),
    }
    Ok(fields)
}

fn media_id(inbound: &Inbound, kind: &str) -> String {
    if inbound.media.is_empty() {
        format!("sample-{kind}")
    } else {
        inbound.media.clone()
    }
}

fn contacts(inbound: &Inbound) -> Value {
    if !inbound.contacts.is_null() {
        return inbound.contacts.clone();
    }
    json!([{
        "name": {"formatted_name": "Asha Rao", "first_name": "Asha", "last_name": "Rao"},
        "phones": [{"phone": "+919999900099", "type": "CELL", "wa_id": "919999900099"}],
    }])
}

fn write(url: &str, fields: &Map<String, Value>, encoding: InboundEncoding) -> Call {
    // Nested values are JSON strings, but for the one integration that gets them decoded.
    let flat = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match encoding {
        InboundEncoding::Form => {
            let pairs: Vec<(&str, String)> = fields.iter().map(|(k, v)| (k.as_str(), flat(v))).collect();
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
            Call::form(url, &pairs)
        }
        InboundEncoding::Json => {
            let object: Map<String, Value> = fields
                .iter()
                .map(|(k, v)| (k.clone(), Value::String(flat(v))))
                .collect();
            Call::json(url, Value::Object(object).to_string())
        }
        InboundEncoding::JsonObjects => Call::json(url, Value::Object(fields.clone()).to_string()),
    }
}

fn content(world: &World, base: &str, inbound: &Inbound, now_ms: i64) -> Content {
    let words = |text: &str| Content {
        body: text.to_owned(),
        ..Content::default()
    };
    match inbound.kind {
        InboundKind::Text | InboundKind::Button => words(&inbound.text),
        InboundKind::ListReply | InboundKind::ButtonReply => Content {
            body: inbound.title.clone(),
            footer: inbound.description.clone(),
            ..Content::default()
        },
        InboundKind::Location => Content {
            header: Some(Header::Location {
                latitude: inbound.latitude.to_string(),
                longitude: inbound.longitude.to_string(),
                name: inbound.place.clone(),
                address: inbound.address.clone(),
            }),
            ..Content::default()
        },
        InboundKind::Contacts => {
            let name = contacts(inbound)[0]["name"]["formatted_name"]
                .as_str()
                .unwrap_or("Contact")
                .to_owned();
            Content {
                body: name,
                footer: "Contact card".into(),
                ..Content::default()
            }
        }
        _ => {
            let kind = inbound.kind.media().unwrap_or("document");
            let (url, signature) = media::sign(base, &media_id(inbound, kind), world.options.seed, now_ms);
            Content {
                header: Some(Header::Media {
                    media: kind.into(),
                    url: url + &signature,
                    filename: String::new(),
                }),
                body: inbound.caption.clone(),
                ..Content::default()
            }
        }
    }
}
