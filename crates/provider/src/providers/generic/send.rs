//! Sending: the envelope, and free-form messages.

use serde_json::{Value, json};

use super::{account, template};
use crate::exchange::Request;
use crate::message::{Content, MediaKind, Outgoing};
use crate::wire::{lenient, rules};
use crate::{Account, SendError};

/// The format's own version, always a number here.
const VERSION: f64 = 0.1;

/// The request of a message.
pub(super) fn request(account: &Account, msg: &Outgoing) -> Result<Request, SendError> {
    let to = digits(&msg.to)?;
    let from = lenient::phone_or_code(&msg.from);
    let mut payload = envelope(&to, from.trim_start_matches('+'), &msg.reference, &msg.content);
    match &msg.content {
        Content::Template(message) => {
            payload["template"] = json!({ "namespace": message.name, "languageCode": message.language });
            payload["components"] = Value::Array(template::components(message)?);
        }
        Content::Text { body, .. } => {
            rules::filled("The text", body, rules::TEXT)?;
            payload["type"] = json!("text");
            payload["text"] = json!({ "body": body });
        }
        Content::Media {
            kind,
            url,
            caption,
            filename,
        } => {
            let name = media_name(*kind)?;
            payload["type"] = json!(name);
            payload[name] = media(*kind, url, caption.as_deref(), filename.as_deref())?;
        }
        Content::Location(_) | Content::List { .. } | Content::Buttons { .. } => {
            let what = "The open format carries text, audio, image, video and file outside templates. Send one of these.";
            return Err(rules::invalid("no place for this kind of message", what));
        }
    }
    post(account, payload)
}

/// What every message has. Free-form samples call the id `msg_id`, the table of fields `msgId`: those messages carry both,
/// because it is the only key that reports come back with.
fn envelope(to: &str, from: &str, reference: &str, content: &Content) -> Value {
    let is_template = matches!(content, Content::Template(_));
    let mut payload = json!({
        "payloadVersion": VERSION, "to": to, "wabaNumber": from, "isTemplate": is_template, "msgId": reference,
    });
    if !is_template {
        payload["msg_id"] = json!(reference);
    }
    payload
}

/// A payload to the one endpoint.
pub(super) fn post(account: &Account, payload: Value) -> Result<Request, SendError> {
    let url = account::needed(account, "endpoint")?;
    let mut request = Request::post_json(url, payload);
    request.headers = account::headers(account)?;
    Ok(request)
}

fn media_name(kind: MediaKind) -> Result<&'static str, SendError> {
    Ok(match kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "file",
        MediaKind::Sticker => {
            return Err(rules::invalid(
                "no place for a sticker",
                "The open format carries no stickers. Send an image.",
            ));
        }
    })
}

/// A caption that would be dropped is refused; a file name that nobody would see is left out.
fn media(
    kind: MediaKind,
    url: &str,
    caption: Option<&str>,
    filename: Option<&str>,
) -> Result<Value, SendError> {
    let mut media = json!({ "mediaURL": rules::public_url(url)? });
    if let Some(caption) = caption.filter(|caption| !caption.is_empty()) {
        rules::caption(kind, caption)?;
        media["caption"] = json!(caption);
    }
    if let Some(name) = filename.filter(|name| kind == MediaKind::Document && !name.is_empty()) {
        media["filename"] = json!(name);
    }
    Ok(media)
}

/// The recipient as the first sample has it: digits with the country code, no `+`.
fn digits(to: &str) -> Result<String, SendError> {
    let digits = lenient::phone(to);
    let digits = digits.trim_start_matches('+');
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(digits.to_owned());
    }
    Err(rules::invalid(
        format!("recipient '{to}' is not a full number"),
        "The recipient's number is not complete. Give it with its country code, such as +919999912345.",
    ))
}
