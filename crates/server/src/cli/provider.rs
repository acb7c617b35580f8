//! `harkara providers`: what each provider can carry and asks for, from what it declares.

use std::fmt::Write as _;
use std::process::ExitCode;

use harkara_provider::{Capability, Field, FieldKind, Provider, registry};
use serde_json::Value;

use super::say;

const HEAD: &str = "# Providers

What each provider can carry and what its account asks for. This page is what `harkara providers` prints from the code;
write it anew with `cargo run --bin harkara -- providers > docs/providers.md`. `bin/test` compares the two.
";

/// The names of capabilities as people read them.
const CAPABILITIES: &[(Capability, &str)] = &[
    (Capability::Text, "text"),
    (Capability::Image, "image"),
    (Capability::Video, "video"),
    (Capability::Audio, "audio"),
    (Capability::Document, "document"),
    (Capability::Sticker, "sticker"),
    (Capability::Location, "location"),
    (Capability::List, "list"),
    (Capability::Buttons, "reply buttons"),
    (Capability::Template, "template"),
    (
        Capability::TemplateHeaderText,
        "template: text header with a value",
    ),
    (
        Capability::TemplateHeaderMedia,
        "template: image, video or document header",
    ),
    (Capability::TemplateHeaderLocation, "template: location header"),
    (Capability::TemplateQuickReply, "template: quick replies"),
    (Capability::TemplateUrl, "template: links"),
    (Capability::TemplatePhone, "template: call button"),
    (Capability::TemplateCopyCode, "template: copy code"),
    (Capability::TemplateOffer, "template: limited-time offer"),
    (Capability::TemplateCarousel, "template: carousel of cards"),
    (Capability::CustomProperties, "keys and values of one's own"),
    (Capability::TemplateList, "listing templates by API"),
    (Capability::TemplateCreate, "submitting templates by API"),
    (Capability::Consent, "opt-in and opt-out at the provider"),
    (Capability::Click, "clicks on links"),
];

/// Prints the page.
pub fn run() -> anyhow::Result<ExitCode> {
    say(page(registry::PROVIDERS).trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn page(providers: &[&dyn Provider]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## What they carry\n\n");
    page.push_str(&capabilities(providers));
    for provider in providers {
        page.push_str(&settings(*provider));
    }
    page
}

fn row(first: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {first} | {} |\n", cells.join(" | "))
}

fn capabilities(providers: &[&dyn Provider]) -> String {
    let specs = || providers.iter().map(|provider| provider.spec());
    let mut table = row("", specs().map(|spec| spec.name.to_owned()));
    table.push_str(&format!("|---|{}\n", "---|".repeat(providers.len())));
    let word = |yes: bool| if yes { "yes" } else { "-" }.to_owned();
    for (capability, name) in CAPABILITIES {
        table.push_str(&row(name, specs().map(|spec| word(spec.can(*capability)))));
    }
    table.push_str(&row(
        "reports echo our reference",
        specs().map(|spec| word(spec.echoes_reference)),
    ));
    table.push_str(&row(
        "characters of a text",
        specs().map(|spec| spec.limits.text.to_string()),
    ));
    table.push_str(&row(
        "characters of a caption",
        specs().map(|spec| spec.limits.caption.to_string()),
    ));
    let rate = |spec: &harkara_provider::Spec| spec.limits.requests_per_second.to_string();
    table.push_str(&row("requests a second, unless set", specs().map(rate)));
    let checked = |provider: &&dyn Provider| match provider.credentials() {
        [] => "-".to_owned(),
        labels => labels.join(", "),
    };
    table.push_str(&row(
        "credentials that can be checked",
        providers.iter().map(checked),
    ));
    table
}

fn settings(provider: &dyn Provider) -> String {
    let spec = provider.spec();
    let mut text = format!("\n## {}\n\nId `{}`. <{}>\n\n", spec.name, spec.id, spec.docs);
    text.push_str("| setting | key | kind | default | what it is |\n|---|---|---|---|---|\n");
    for field in spec.fields {
        let default = field
            .default
            .map_or_else(String::new, |value| format!("`{value}`"));
        // A table's cell ends at a bar.
        let help = field.help.replace('|', "\\|");
        let _ = writeln!(
            text,
            "| {}{} | `{}` | {} | {default} | {help} |",
            field.label,
            if field.required { " (required)" } else { "" },
            field.key,
            kind(field)
        );
    }
    let _ = writeln!(text, "\n{}", spec.network_hint);
    text
}

fn kind(field: &Field) -> String {
    match field.kind {
        FieldKind::InboundUrl | FieldKind::ReportsUrl => "read-only".to_owned(),
        FieldKind::Number { min, max } => format!("number, {min} to {max}"),
        other => match serde_json::to_value(other) {
            Ok(Value::Object(kind)) => kind["type"].as_str().unwrap_or_default().replace('_', " "),
            _ => String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_that_is_declared_has_a_row() {
        for provider in registry::PROVIDERS {
            for capability in provider.spec().capabilities {
                let named = CAPABILITIES.iter().any(|(known, _)| known == capability);
                assert!(named, "{}: {capability:?}", provider.spec().id);
            }
        }
    }
}
