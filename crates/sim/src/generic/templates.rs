//! The templates that the provider holds, in Meta's listing shape.

use serde_json::{Value, json};

use super::World;
use super::format::Request;

/// Adds a template, or replaces the one of this name and language.
pub(super) fn add(world: &mut World, mut template: Value) -> Result<(), String> {
    let has = |name: &str| {
        template
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    if !has("name") || !has("language") || !template["components"].is_array() {
        return Err("A template has name, language and components, as in Meta's listing.".into());
    }
    if !has("status") {
        template["status"] = json!("APPROVED");
    }
    if template.get("id").is_none() {
        template["id"] = json!(format!("83383905{:04}", world.templates.len()));
    }
    world
        .templates
        .retain(|other| other["name"] != template["name"] || other["language"] != template["language"]);
    world.templates.push(template);
    Ok(())
}

/// A page after the cursor, and the listing around it.
pub(super) fn page(
    world: &World,
    base_url: &str,
    limit: usize,
    after: Option<&str>,
) -> Result<Value, String> {
    let from = match after {
        None => 0,
        Some(cursor) => cursor
            .strip_prefix("after-")
            .and_then(|n| n.parse().ok())
            .ok_or("There is no such cursor.")?,
    };
    let data: Vec<&Value> = world.templates.iter().skip(from).take(limit).collect();
    let end = from + data.len();
    let mut paging =
        json!({ "cursors": { "before": format!("before-{from}"), "after": format!("after-{end}") } });
    if end < world.templates.len() {
        paging["next"] = json!(format!("{base_url}/templates?limit={limit}&after=after-{end}"));
    }
    Ok(json!({ "data": data, "paging": paging }))
}

/// Why a template message does not fit the templates that are held, when there are any.
pub(super) fn mismatch(world: &World, request: &Request) -> Option<String> {
    let (name, language) = request.template.as_ref()?;
    if world.templates.is_empty() {
        return None;
    }
    let held = world
        .templates
        .iter()
        .find(|held| held["name"] == *name && held["language"] == *language);
    let Some(held) = held else {
        return Some(format!("There is no template {name} in {language}."));
    };
    if held["status"] != "APPROVED" {
        return Some(format!(
            "The template {name} is {}.",
            held["status"].as_str().unwrap_or_default()
        ));
    }
    let body = |list: &Value, kind: &str| {
        let components = list.as_array()?;
        let of_kind = |part: &&Value| {
            part["type"]
                .as_str()
                .is_some_and(|t| t.eq_ignore_ascii_case(kind))
        };
        components.iter().find(of_kind).cloned()
    };
    let text = body(&held["components"], "BODY").and_then(|body| body["text"].as_str().map(str::to_owned));
    let wanted = text.map_or(0, |text| placeholders(&text));
    let sent = body(&request.body["components"], "body");
    let given = sent
        .and_then(|body| body["body"]["parameters"].as_array().map(Vec::len))
        .unwrap_or(0);
    (wanted != given)
        .then(|| format!("The template {name} has {wanted} placeholder(s) and {given} value(s) came."))
}

/// Different placeholders of a text.
fn placeholders(text: &str) -> usize {
    let parts = text.split("{{").skip(1);
    let names: std::collections::BTreeSet<&str> = parts
        .filter_map(|part| part.split_once("}}").map(|(name, _)| name))
        .collect();
    names.len()
}
