//! Sending: the common form, and free-form messages by the two-way account.

use serde_json::{Value, json};

use super::account::{Form, Which, digits};
use super::{answer, template_message};
use crate::message::{Button, Content, Header, ListSection, MediaKind, Outgoing};
use crate::wire::rules;
use crate::{Account, Location, Receipt, Reply, SendError, Step};

/// One request, one answer.
pub(super) fn send(account: &Account, msg: &Outgoing, prior: &[Reply]) -> Result<Step<Receipt>, SendError> {
    let which = match msg.content {
        Content::Template(_) => Which::Notification,
        _ => Which::TwoWay,
    };
    match prior.last() {
        None => Ok(Step::Call(build(account, which, msg)?.into_request())),
        Some(reply) => answer::receipt(account, which, reply, &digits(&msg.to)?).map(Step::Done),
    }
}

fn build(account: &Account, which: Which, msg: &Outgoing) -> Result<Form, SendError> {
    let method = method(&msg.content);
    let form = Form::new(account, which, method, "base_url")?
        .with("channel", "WHATSAPP")
        .with("send_to", digits(&msg.to)?)
        .with("msg_id", reference(&msg.reference)?)
        .with("extra", &msg.reference);
    match &msg.content {
        Content::Text { body, preview_url } => {
            rules::filled("The text", body, rules::TEXT)?;
            Ok(form
                .with("msg_type", "TEXT")
                .with("msg", body)
                .with("preview_url", preview_url.to_string()))
        }
        Content::Media {
            kind,
            url,
            caption,
            filename,
        } => media(form, *kind, url, caption.as_deref(), filename.as_deref()),
        Content::Location(place) => Ok(form
            .with("msg_type", "LOCATION")
            .with("location", location(place)?)),
        Content::List {
            body,
            button,
            sections,
            header,
            footer,
        } => {
            rules::filled("The text of the list", body, rules::TEXT)?;
            texts(form, header.as_deref(), footer.as_deref())
                .and_then(|form| list(form.with("msg_type", "TEXT").with("msg", body), button, sections))
        }
        Content::Buttons {
            body,
            buttons,
            header,
            footer,
        } => {
            rules::filled("The text above the buttons", body, rules::BODY)?;
            reply_buttons(form, body, buttons, header.as_ref(), footer.as_deref())
        }
        Content::Template(template) => template_message::fill(form, template),
    }
}

/// Anything with a media file goes by `SendMediaMessage`.
fn method(content: &Content) -> &'static str {
    let header = match content {
        Content::Media { .. } => return "SendMediaMessage",
        Content::Buttons { header, .. } => header.as_ref(),
        Content::Template(template) => template.header.as_ref(),
        _ => None,
    };
    match header {
        Some(Header::Media { .. }) => "SendMediaMessage",
        _ => "SendMessage",
    }
}

/// `extra` comes back in reports and clicks: what could be cut or changed on the way is refused.
fn reference(reference: &str) -> Result<&str, SendError> {
    let ok = (1..=200).contains(&reference.len())
        && reference
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'&' && b != b'|');
    if ok {
        return Ok(reference);
    }
    Err(rules::invalid(
        "reference: not 1 to 200 printable ASCII characters without & and |",
        "The message's own reference has characters that the provider would not return. This is a fault of this \
         program; please report it.",
    ))
}

fn texts(form: Form, header: Option<&str>, footer: Option<&str>) -> Result<Form, SendError> {
    rules::at_most("The header", header.unwrap_or(""), rules::HEADER)?;
    rules::at_most("The footer", footer.unwrap_or(""), rules::HEADER)?;
    Ok(form.with_some("header", header).with_some("footer", footer))
}

/// A caption that would be dropped is refused; a file name that nobody would see is left out.
fn media(
    form: Form,
    kind: MediaKind,
    url: &str,
    caption: Option<&str>,
    filename: Option<&str>,
) -> Result<Form, SendError> {
    let caption = caption.unwrap_or("");
    rules::caption(kind, caption)?;
    Ok(media_file(form, kind, url, filename)?
        .with_some("caption", Some(caption))
        .with("isHSM", "false"))
}

/// Type, link and, for documents, file name.
pub(super) fn media_file(
    form: Form,
    kind: MediaKind,
    url: &str,
    filename: Option<&str>,
) -> Result<Form, SendError> {
    let filename = filename.filter(|_| kind == MediaKind::Document);
    Ok(form
        .with("msg_type", kind.name().to_ascii_uppercase())
        .with("media_url", rules::public_url(url)?)
        .with_some("filename", filename))
}

/// JSON text; the gateway's clients give the degrees as strings.
pub(super) fn location(place: &Location) -> Result<String, SendError> {
    rules::place(place)?;
    let mut json = json!({
        "longitude": place.longitude.to_string(),
        "latitude": place.latitude.to_string(),
    });
    for (name, value) in [("name", &place.name), ("address", &place.address)] {
        if let Some(value) = value {
            json[name] = Value::from(value.as_str());
        }
    }
    Ok(json.to_string())
}

fn list(form: Form, button: &str, sections: &[ListSection]) -> Result<Form, SendError> {
    rules::filled("The text of the button that opens the list", button, 20)?;
    rules::list_sections(sections)?;
    let action = json!({ "button": button, "sections": sections });
    Ok(form
        .with("interactive_type", "list")
        .with("action", action.to_string()))
}

fn reply_buttons(
    form: Form,
    body: &str,
    buttons: &[Button],
    header: Option<&Header>,
    footer: Option<&str>,
) -> Result<Form, SendError> {
    rules::reply_buttons(buttons)?;
    let form = match header {
        None => form.with("msg_type", "TEXT").with("msg", body),
        Some(Header::Text { text, .. }) => texts(form, Some(text), None)?
            .with("msg_type", "TEXT")
            .with("msg", body),
        Some(Header::Media {
            kind: kind @ (MediaKind::Image | MediaKind::Video | MediaKind::Document),
            url,
            filename,
        }) => media_file(form, *kind, url, filename.as_deref())?
            .with("caption", body)
            .with("isTemplate", "false"),
        Some(Header::Media { .. } | Header::Location(_)) => {
            return Err(rules::invalid(
                "header of a button message: only text, image, video or document",
                "Above reply buttons WhatsApp shows a text, an image, a video or a document. Choose one of these.",
            ));
        }
    };
    let buttons: Vec<Value> = buttons
        .iter()
        .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
        .collect();
    Ok(texts(form, None, footer)?
        .with("interactive_type", "dr_button")
        .with("action", json!({ "buttons": buttons }).to_string()))
}
