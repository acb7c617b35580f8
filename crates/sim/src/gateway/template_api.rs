//! `get_whatsapp_hsm` and `create_whatsapp_hsm`. Answers are not wrapped in `response`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, account};
use crate::ledger::AccountKind;
use crate::params::Params;
use crate::template::{ENABLED, Template, TemplateButton, TemplateSeed, places};
use crate::world::World;

fn error(refusal: &Refusal) -> Value {
    json!({"id": refusal.0, "status": "error", "details": refusal.1})
}

/// Only the notification account; wrong credentials of any kind are 401 here.
fn check(world: &World, params: &Params) -> Result<(), Refusal> {
    match account(world, params) {
        Ok(AccountKind::Hsm) => Ok(()),
        Ok(AccountKind::TwoWay) => Err(Refusal::unsupported(params.text("method"))),
        Err(Refusal(id, _)) if id == "102" || id == "103" => Err(Refusal(
            "401".into(),
            "Authentication failed due to invalid userId or password.".into(),
        )),
        Err(other) => Err(other),
    }
}

pub(super) fn list(world: &mut World, params: &Params) -> Value {
    if let Err(refusal) = check(world, params) {
        *world
            .counters
            .stats
            .refusals
            .entry(refusal.0.clone())
            .or_default() += 1;
        return error(&refusal);
    }
    let fields: Vec<String> = serde_json::from_str(params.text("fields")).unwrap_or_default();
    let with = |name: &str| fields.iter().any(|field| field == name);
    let limit = params.text("limit").parse().unwrap_or(usize::MAX);
    let wanted = |t: &&Template| {
        params.get("name").is_none_or(|name| t.seed.name == name)
            && params.get("id").is_none_or(|id| t.seed.id.to_string() == id)
    };
    let found: Vec<&Template> = world.templates.iter().filter(wanted).collect();
    let data: Vec<Value> = found
        .iter()
        .take(limit)
        .map(|t| show(t, with("buttons"), with("previouscategory")))
        .collect();
    json!({"data": data, "meta": {"total": found.len()}})
}

fn show(template: &Template, buttons: bool, previous: bool) -> Value {
    let seed = &template.seed;
    let mut item = json!({
        "id": seed.id,
        "name": seed.name,
        "category": seed.category,
        "language": seed.language,
        "type": seed.kind,
        "body": seed.body,
        "button_type": template.button_type(),
        "quality_score": if template.usable() { "GREEN" } else { "UNKNOWN" },
        "status": seed.status,
        "creation_time": template.created_ms,
        "updation_time": template.updated_ms,
    });
    for (name, text) in [("header", &seed.header), ("footer", &seed.footer)] {
        if !text.is_empty() {
            item[name] = Value::String(text.clone());
        }
    }
    if buttons {
        item["buttons"] = json!(seed.buttons);
    }
    if previous {
        item["previouscategory"] = Value::Null;
    }
    item
}

pub(super) fn create(world: &mut World, params: &Params, now_ms: i64) -> Value {
    let made = check(world, params)
        .and_then(|()| draft(params))
        .and_then(|mut seed| {
            let word = &world.options.template_reject_word;
            let status = if !word.is_empty() && seed.name.contains(word) {
                "REJECTED"
            } else {
                ENABLED
            };
            let delay = i64::try_from(world.options.template_approval_ms).unwrap_or(i64::MAX);
            seed.status = "PENDING".into();
            world
                .templates
                .add(seed, now_ms, Some((now_ms.saturating_add(delay), status)))
                .map_err(Refusal::invalid)
        });
    match made {
        Ok(id) => json!({"status": "success", "details": [{"template_id": id}]}),
        Err(refusal) => {
            *world
                .counters
                .stats
                .refusals
                .entry(refusal.0.clone())
                .or_default() += 1;
            error(&refusal)
        }
    }
}

fn draft(params: &Params) -> Result<TemplateSeed, Refusal> {
    let need = |name: &str| {
        params
            .get(name)
            .map(str::to_owned)
            .ok_or_else(|| Refusal::missing(name))
    };
    let seed = TemplateSeed {
        name: need("template_name")?,
        category: need("category")?,
        language: need("language")?,
        kind: need("type")?,
        body: need("template")?,
        header: if params.text("type").eq_ignore_ascii_case("text") {
            params.text("header")
        } else {
            ""
        }
        .into(),
        footer: params.text("footer").into(),
        buttons: buttons(params)?,
        ..TemplateSeed::default()
    };
    let categories = ["marketing", "utility", "authentication", "transactional"];
    if !categories.contains(&seed.category.to_ascii_lowercase().as_str()) {
        return Err(Refusal::missing("category"));
    }
    let authentication = seed.category.eq_ignore_ascii_case("authentication");
    examples(
        params,
        "template_variable_examples",
        places(&seed.body),
        authentication,
    )?;
    examples(params, "header_examples", places(&seed.header), false)?;
    let media = ["image", "video", "document"]
        .iter()
        .any(|kind| seed.kind.eq_ignore_ascii_case(kind));
    if media && params.get("header_examples").is_none() {
        return Err(Refusal::missing("header_examples"));
    }
    if seed.kind.eq_ignore_ascii_case("location")
        && !params.text("type_category").eq_ignore_ascii_case("MEDIA")
    {
        return Err(Refusal::missing("type_category"));
    }
    Ok(seed)
}

/// One example for each variable; a login code needs none.
fn examples(params: &Params, name: &str, wanted: usize, optional: bool) -> Result<(), Refusal> {
    if wanted == 0 || (optional && params.get(name).is_none()) {
        return Ok(());
    }
    let given: Vec<Value> = serde_json::from_str(params.text(name)).map_err(|_| Refusal::missing(name))?;
    if given.len() == wanted {
        Ok(())
    } else {
        Err(Refusal::invalid(format!(
            "{name} has {} values for {wanted} variables.",
            given.len()
        )))
    }
}

#[derive(Deserialize)]
struct CallToAction {
    #[serde(rename = "type")]
    kind: String,
    text: String,
    #[serde(default, rename = "urlType")]
    url_type: String,
    url: Option<String>,
    phone_number: Option<String>,
}

#[derive(Deserialize)]
struct OtpButton {
    #[serde(default)]
    text: String,
}

fn parse<T: serde::de::DeserializeOwned>(params: &Params, name: &str) -> Result<Vec<T>, Refusal> {
    match params.get(name) {
        None => Ok(Vec::new()),
        Some(text) => serde_json::from_str(text).map_err(|_| Refusal::missing(name)),
    }
}

fn buttons(params: &Params) -> Result<Vec<TemplateButton>, Refusal> {
    let button = |kind: &str, text: String| TemplateButton {
        kind: kind.into(),
        text,
        ..TemplateButton::default()
    };
    let quick: Vec<TemplateButton> = parse(params, "quick_reply_buttons")?
        .into_iter()
        .map(|text| button("QUICK_REPLY", text))
        .collect();
    let mut action = Vec::new();
    for item in parse::<CallToAction>(params, "call_to_action_buttons")? {
        action.push(match item.kind.to_ascii_lowercase().as_str() {
            "url" => {
                let mut url = item
                    .url
                    .ok_or_else(|| Refusal::missing("call_to_action_buttons"))?;
                // The variable of a dynamic address is its ending; some clients leave it unsaid.
                if item.url_type.eq_ignore_ascii_case("dynamic") && !url.contains("{{") {
                    url.push_str("{{1}}");
                }
                TemplateButton {
                    url: Some(url),
                    ..button("URL", item.text)
                }
            }
            "phone_number" => {
                let number = item
                    .phone_number
                    .ok_or_else(|| Refusal::missing("call_to_action_buttons"))?;
                TemplateButton {
                    phone_number: Some(number),
                    ..button("PHONE_NUMBER", item.text)
                }
            }
            _ => return Err(Refusal::missing("call_to_action_buttons")),
        });
    }
    let otp = parse::<OtpButton>(params, "otp_buttons")?.into_iter().map(|b| {
        button(
            "OTP",
            if b.text.is_empty() {
                "Copy code".into()
            } else {
                b.text
            },
        )
    });
    let ordered = if params.flag("quickReplyFirst") {
        [quick, action]
    } else {
        [action, quick]
    };
    Ok(ordered.into_iter().flatten().chain(otp).collect())
}
