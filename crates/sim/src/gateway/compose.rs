//! From parameters to what the phone will show, by the rules of templates and of session messages.

use serde_json::Value;

use super::{Refusal, interactive};
use crate::content::{Content, Header};
use crate::ledger::{AccountKind, Category, Failure};
use crate::params::Params;
use crate::template::{ButtonParameters, FinalText, Template, fill, is_parameter, places};
use crate::world::World;

const TEXT_LIMIT: usize = 4096;
const CAPTION_LIMIT: usize = 1024;

/// A message that the gateway takes, for any recipient.
#[derive(Debug)]
pub(super) struct Composed {
    pub content: Content,
    pub template: u64,
    pub category: Category,
    pub failure: Option<Failure>,
    pub session: bool,
    pub account: AccountKind,
    pub method: &'static str,
}

/// `TEXT` for every plain text; else the media type or `LOCATION`.
fn kind(params: &Params) -> Result<&'static str, Refusal> {
    let media = params.text("method").eq_ignore_ascii_case("SendMediaMessage");
    let given = params.text("msg_type").to_ascii_uppercase();
    let kind = match given.as_str() {
        "" if media => return Err(Refusal::missing("msg_type")),
        "" | "TEXT" | "DATA_TEXT" | "HSM" => "TEXT",
        "LOCATION" => "LOCATION",
        "IMAGE" => "IMAGE",
        "VIDEO" => "VIDEO",
        "AUDIO" => "AUDIO",
        "DOCUMENT" => "DOCUMENT",
        "STICKER" => "STICKER",
        _ => return Err(Refusal::missing("msg_type")),
    };
    Ok(kind)
}

pub(super) fn compose(world: &World, params: &Params, account: AccountKind) -> Result<Composed, Refusal> {
    let media = params.text("method").eq_ignore_ascii_case("SendMediaMessage");
    let method = if media { "SendMediaMessage" } else { "SendMessage" };
    let unsupported = || Refusal::unsupported(method);
    let kind = kind(params)?;
    let id = params
        .get("whatsAppTemplateId")
        .or_else(|| params.get("template_id"));
    let interactive = params.get("interactive_type").is_some();
    let marked = params.flag("isHSM")
        || params.flag("isTemplate")
        || params.text("msg_type").eq_ignore_ascii_case("HSM")
        || params.get("wa_template_json").is_some();
    let is_media = !matches!(kind, "TEXT" | "LOCATION");
    // With a template id the type may name the header's media under either method.
    if id.is_none() && is_media != media {
        return Err(Refusal::missing("msg_type"));
    }

    let parts = match (account, id) {
        (AccountKind::TwoWay, Some(_)) => return Err(unsupported()),
        (AccountKind::TwoWay, None) if marked && !interactive => return Err(unsupported()),
        (AccountKind::TwoWay, None) => session(params, kind)?,
        (AccountKind::Hsm, Some(id)) => by_id(world, params, id)?,
        (AccountKind::Hsm, None) if interactive => return Err(unsupported()),
        (AccountKind::Hsm, None) => by_text(world, params, kind, marked)?.ok_or_else(unsupported)?,
    };
    Ok(Composed {
        content: parts.content,
        template: parts.template,
        category: parts.category,
        failure: parts.failure,
        session: account == AccountKind::TwoWay,
        account,
        method,
    })
}

struct Parts {
    content: Content,
    template: u64,
    category: Category,
    failure: Option<Failure>,
}

fn mismatch(reason: impl Into<String>) -> Failure {
    Failure {
        cause: "MSG_DOES_NOT_MATCH_TEMPLATE".into(),
        code: "038",
        reason: reason.into(),
    }
}

fn meta(code: &'static str, reason: impl Into<String>) -> Failure {
    Failure {
        cause: "OTHER".into(),
        code,
        reason: reason.into(),
    }
}

/// Text-matching mode. `None` for a plain text without any mark of a template that is none either.
fn by_text(
    world: &World,
    params: &Params,
    kind: &'static str,
    marked: bool,
) -> Result<Option<Parts>, Refusal> {
    let body = body(params, kind)?;
    if body.is_empty() && kind != "TEXT" {
        return Err(Refusal::missing(if kind == "LOCATION" {
            "msg"
        } else {
            "caption"
        }));
    }
    let text = FinalText {
        kind,
        body,
        header: params.text("header"),
        footer: params.text("footer"),
        is_template: params.flag("isTemplate"),
    };
    let mut content = Content {
        header: header(params, kind)?,
        body: body.to_owned(),
        footer: text.footer.to_owned(),
        ..Content::default()
    };
    let (template, failure) = match world.templates.find(&text) {
        Ok(template) => match template.buttons(&button_parameters(params)?) {
            Ok(buttons) => {
                content.buttons = buttons;
                (Some(template), None)
            }
            Err(reason) => (Some(template), Some(mismatch(reason))),
        },
        Err(_) if !world.options.enforce_templates => (None, None),
        Err(_) if !marked => return Ok(None),
        Err(reason) => (None, Some(mismatch(reason))),
    };
    Ok(Some(Parts {
        content,
        template: template.map_or(0, |t| t.seed.id),
        category: template.map_or(Category::Marketing, |t| Category::of(&t.seed.category)),
        failure,
    }))
}

/// Template-id mode.
fn by_id(world: &World, params: &Params, id: &str) -> Result<Parts, Refusal> {
    let unknown = |reason: String| Parts {
        content: Content {
            body: format!("[template {id}]"),
            ..Content::default()
        },
        template: 0,
        category: Category::Marketing,
        failure: Some(mismatch(reason)),
    };
    let Some(template) = world.templates.by_id(id) else {
        return Ok(unknown(format!("There is no template {id}.")));
    };
    let seed = &template.seed;
    let mut failure = if template.usable() {
        None
    } else {
        Some(mismatch(format!(
            "The template {} is {}.",
            seed.name, seed.status
        )))
    };
    let body_values = values(params, "var");
    let header_values = values(params, "hvar");
    for (what, pattern, given) in [
        ("body", &seed.body, &body_values),
        ("header", &seed.header, &header_values),
    ] {
        if places(pattern) != given.len() {
            let reason = format!(
                "The {what} has {} variables and {} were given.",
                places(pattern),
                given.len()
            );
            failure = failure.or(Some(meta("132000", reason)));
        } else if given.iter().any(|value| !is_parameter(value)) {
            failure = failure.or(Some(meta(
                "132012",
                format!("A {what} variable is blank or has a line break."),
            )));
        }
    }
    let mut content = Content {
        header: id_header(params, template, fill(&seed.header, &header_values))?,
        body: fill(&seed.body, &body_values),
        footer: seed.footer.clone(),
        ..Content::default()
    };
    match template.buttons(&button_parameters(params)?) {
        Ok(buttons) => content.buttons = buttons,
        Err(reason) => failure = failure.or(Some(mismatch(reason))),
    }
    Ok(Parts {
        content,
        template: seed.id,
        category: Category::of(&seed.category),
        failure,
    })
}

fn id_header(params: &Params, template: &Template, text: String) -> Result<Option<Header>, Refusal> {
    match template.seed.kind.as_str() {
        "TEXT" if text.is_empty() => Ok(None),
        "TEXT" => Ok(Some(Header::Text { text })),
        "LOCATION" => header(params, "LOCATION"),
        "IMAGE" => header(params, "IMAGE"),
        "VIDEO" => header(params, "VIDEO"),
        _ => header(params, "DOCUMENT"),
    }
}

/// `var1`, `var2`, .. up to the last one that is there; a gap counts as blank.
fn values(params: &Params, prefix: &str) -> Vec<String> {
    let last = (1..=30)
        .rev()
        .find(|n| params.get(&format!("{prefix}{n}")).is_some())
        .unwrap_or(0);
    (1..=last)
        .map(|n| params.text(&format!("{prefix}{n}")).to_owned())
        .collect()
}

fn session(params: &Params, kind: &'static str) -> Result<Parts, Refusal> {
    let mut content = Content {
        header: header(params, kind)?,
        body: body(params, kind)?.to_owned(),
        footer: params.text("footer").to_owned(),
        ..Content::default()
    };
    let problem = interactive::add(params, &mut content)?;
    Ok(Parts {
        content,
        template: 0,
        category: Category::Service,
        failure: problem.map(|reason| meta("131009", reason)),
    })
}

/// The text: `msg`, or `caption` (with `msg` in its place) for media.
fn body<'a>(params: &'a Params, kind: &str) -> Result<&'a str, Refusal> {
    let (text, limit) = match kind {
        "TEXT" => (
            params.get("msg").ok_or_else(|| Refusal::missing("msg"))?,
            TEXT_LIMIT,
        ),
        "LOCATION" => (params.text("msg"), CAPTION_LIMIT),
        _ => (
            params.get("caption").unwrap_or_else(|| params.text("msg")),
            CAPTION_LIMIT,
        ),
    };
    let length = text.chars().count();
    if length > limit {
        return Err(Refusal::invalid(format!(
            "The text has {length} characters; at most {limit} are allowed."
        )));
    }
    Ok(text)
}

fn header(params: &Params, kind: &str) -> Result<Option<Header>, Refusal> {
    match kind {
        "TEXT" => Ok(params.get("header").map(|text| Header::Text {
            text: text.to_owned(),
        })),
        "LOCATION" => location(params).map(Some),
        media => {
            let url = params
                .get("media_url")
                .ok_or_else(|| Refusal::missing("media_url"))?;
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return Err(Refusal::missing("media_url"));
            }
            Ok(Some(Header::Media {
                media: media.to_ascii_lowercase(),
                url: url.to_owned(),
                filename: params.text("filename").to_owned(),
            }))
        }
    }
}

fn location(params: &Params) -> Result<Header, Refusal> {
    let text = params
        .get("location")
        .ok_or_else(|| Refusal::missing("location"))?;
    let value: Value = serde_json::from_str(text).map_err(|_| Refusal::missing("location"))?;
    let part = |name: &str| match &value[name] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let (latitude, longitude) = (part("latitude"), part("longitude"));
    if latitude.parse::<f64>().is_err() || longitude.parse::<f64>().is_err() {
        return Err(Refusal::missing("location"));
    }
    Ok(Header::Location {
        latitude,
        longitude,
        name: part("name"),
        address: part("address"),
    })
}

/// `buttonUrlParam` and the buttons of `wa_template_json`; an index may be a string or a number.
fn button_parameters(params: &Params) -> Result<ButtonParameters, Refusal> {
    let mut found = ButtonParameters {
        url_suffix: params.get("buttonUrlParam").map(str::to_owned),
        ..ButtonParameters::default()
    };
    let Some(text) = params.get("wa_template_json") else {
        return Ok(found);
    };
    let wrong = || Refusal::missing("wa_template_json");
    let value: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    let components = value["components"].as_array().ok_or_else(wrong)?;
    found.explicit = true;
    for component in components {
        if !component["type"]
            .as_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("button"))
        {
            continue;
        }
        let index = match &component["index"] {
            Value::String(text) => text.parse().map_err(|_| wrong())?,
            Value::Number(number) => {
                usize::try_from(number.as_u64().ok_or_else(wrong)?).map_err(|_| wrong())?
            }
            _ => return Err(wrong()),
        };
        let parameter = &component["parameters"][0];
        let value = ["payload", "text", "coupon_code"]
            .iter()
            .find_map(|name| parameter[*name].as_str());
        if let Some(value) = value {
            found.by_index.push((index, value.to_owned()));
        }
    }
    Ok(found)
}
