//! What the vendor tells us: inbound messages, delivery reports, clicks.

use serde::{Deserialize, Serialize};

use crate::error::SendErrorKind;
use crate::exchange::Method;

/// A raw HTTP request from the vendor.
#[derive(Debug, Clone, Copy)]
pub struct Callback<'a> {
    /// Method.
    pub method: Method,
    /// Query string without `?`, as received.
    pub query: &'a str,
    /// Content-Type header, empty when absent.
    pub content_type: &'a str,
    /// Headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// Body bytes, as received.
    pub body: &'a [u8],
    /// When it arrived, milliseconds since 1970 UTC. Only [`crate::Provider::verify`] may decide by it: a callback
    /// that is read again later must give the same events.
    pub at: i64,
}

/// All events of one callback, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Received {
    /// The events.
    pub events: Vec<Event>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "events live briefly, in short lists")]
pub enum Event {
    /// A person wrote.
    Message(Inbound),
    /// A message of ours moved on.
    Report(Report),
    /// A tracked link was opened.
    Click(Click),
    /// Nothing for us in it; kept raw.
    Ignored {
        /// Why, in a few words.
        reason: String,
    },
}

/// A message from a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inbound {
    /// The person, digits with a leading `+`.
    pub from: String,
    /// The business number it was sent to, digits with a leading `+` (short codes: bare digits).
    pub to: String,
    /// WhatsApp profile name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Content.
    #[serde(flatten)]
    pub content: InboundContent,
    /// The external id (or our reference) of the message being answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// When, milliseconds since 1970 UTC; 0: the vendor did not say, use the time of arrival. Printed as RFC 3339.
    #[serde(serialize_with = "rfc3339")]
    pub at: i64,
    /// Same event, same key; 32 hex digits. When `at` is 0, a new message of the same words has the same key too:
    /// then only one that comes within minutes of the first is a repetition.
    pub key: String,
}

/// Content of an inbound message. `type` is the vendor-neutral kind: `text`, `image`, `video`, `audio`, `voice`,
/// `document`, `sticker`, `location`, `contacts`, `button` (template quick reply), `interactive` (reply button or
/// list row), `order`, `reaction`, or the vendor's own word for what we do not know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct InboundContent {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Text, where there is any: what was written, a reaction's emoji, or the title of what was tapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// Place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The tapped button or list row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// Anything else, as the vendor sent it (contacts, order, reaction, flow answers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<serde_json::Value>,
}

/// A received file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Media {
    /// Where to fetch it; the vendor's id when there is no link (then [`crate::Provider::media`] knows how).
    pub url: String,
    /// MIME type, empty when not said.
    #[serde(default)]
    pub mime: String,
    /// Caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// File name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    /// Name of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A tap on a button or list row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Reply {
    /// Id that we gave the button or row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the person saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Payload of a template's quick reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// Where a message got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    /// WhatsApp took it.
    Sent,
    /// It is on the phone.
    Delivered,
    /// It was seen.
    Read,
    /// It will not arrive.
    Failed,
    /// The vendor used a word that we do not know: changes nothing, is kept raw.
    Unknown,
}

/// Why a delivery failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Vendor's code, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Vendor's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Our kind.
    #[serde(serialize_with = "kind_name")]
    pub kind: SendErrorKind,
    /// What a person reads.
    #[serde(skip)]
    pub help: String,
}

/// A delivery report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The vendor's message id; empty when it gave only our reference.
    pub external_id: String,
    /// Our reference, echoed.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where it got to.
    pub status: ReportStatus,
    /// The person, digits with a leading `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// When, milliseconds since 1970 UTC; 0: the vendor did not say, use the time of arrival. Printed as RFC 3339.
    #[serde(serialize_with = "rfc3339")]
    pub at: i64,
    /// Why it failed.
    #[serde(rename = "error", skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Same event, same key; 32 hex digits.
    pub key: String,
}

/// A tap on a tracked link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Click {
    /// Our reference, echoed.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The vendor's message id, where it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The full link.
    pub url: String,
    /// The short link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_url: Option<String>,
    /// The person, digits with a leading `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Browser identification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// When, milliseconds since 1970 UTC; 0: the vendor did not say, use the time of arrival. Printed as RFC 3339.
    #[serde(serialize_with = "rfc3339")]
    pub at: i64,
    /// Same event, same key; 32 hex digits.
    pub key: String,
}

/// The callback cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Not from the vendor, as far as can be told: answered so that a real one is sent again.
    #[error("the signature does not match: {0}")]
    Signature(String),
    /// Cannot be read at all; kept raw and shown.
    #[error("cannot be read: {0}")]
    Unreadable(String),
}

/// Reads a callback and gives each of its events as one line of JSON.
///
/// # Errors
/// What [`Provider::verify`](crate::Provider::verify) or [`Provider::receive`](crate::Provider::receive) reject.
pub fn decode_lines(
    provider: &dyn crate::Provider,
    account: &crate::Account,
    callback: &Callback<'_>,
) -> Result<Vec<String>, Reject> {
    provider.verify(account, callback)?;
    event_lines(provider, account, callback)
}

/// The same without asking who sent it.
///
/// # Errors
/// What [`Provider::receive`](crate::Provider::receive) rejects.
pub fn event_lines(
    provider: &dyn crate::Provider,
    account: &crate::Account,
    callback: &Callback<'_>,
) -> Result<Vec<String>, Reject> {
    let received = provider.receive(account, callback)?;
    let line = |event: &Event| {
        serde_json::to_string(event)
            .map_err(|error| Reject::Unreadable(format!("event not printable: {error}")))
    };
    received.events.iter().map(line).collect()
}

fn rfc3339<S: serde::Serializer>(ms: &i64, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&crate::wire::rfc3339(*ms))
}

fn kind_name<S: serde::Serializer>(kind: &SendErrorKind, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(kind.name())
}
