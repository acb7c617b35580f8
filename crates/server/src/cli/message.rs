//! `harkara message`: everything about one message.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::account::text;
use super::client::ServerOptions;
use super::say;

/// What to do with messages.
#[derive(Debug, Subcommand)]
pub enum Message {
    /// Tell what happened to a message: timeline, request and answer without secrets, what to do next.
    Show(Show),
}

/// Options of `message show`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  harkara message show msg_0fz2k5tq8x1ga")]
pub struct Show {
    /// Id of the message (msg_...), which is also the reference that the provider echoes.
    id: String,
    /// The whole answer as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

impl Message {
    /// Carries it out.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Show(show) = self;
        anyhow::ensure!(
            !show.id.contains(['/', '?', '#']),
            "{:?} is not an id of a message. They begin with msg_; `harkara campaign export` lists them",
            show.id
        );
        let told = show
            .server
            .client()?
            .get(&format!("/messages/{}", show.id))
            .await?;
        say(&if show.json { told.to_string() } else { shown(&told) })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn shown(told: &Value) -> String {
    let mut lines = vec![format!(
        "{}  {}  {} -> {}",
        text(told, "id"),
        text(told, "state"),
        text(told, "number"),
        text(told, "phone")
    )];
    for key in ["campaign_id", "profile_id", "external_id"] {
        if let Some(value) = told[key].as_str() {
            lines.push(format!("  {key}: {value}"));
        }
    }
    lines.push(String::new());
    for moment in told["timeline"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let at = moment["at"].as_i64().unwrap_or_default();
        let at = harkara_provider::wire::rfc3339(at);
        lines.push(format!(
            "  {at}  {:<9} {}",
            text(moment, "what"),
            text(moment, "detail")
        ));
        for (label, key) in [("request", "request"), ("answer", "answer")] {
            if let Some(value) = moment[key].as_str() {
                let status = moment["http_status"].as_i64().filter(|_| key == "answer");
                let status = status.map(|s| format!(" {s}")).unwrap_or_default();
                lines.push(format!("      {label}{status}:"));
                lines.extend(value.trim_end().lines().map(|line| format!("        {line}")));
            }
        }
    }
    if let Some(request) = told["request"].as_str() {
        lines.push("\n  The request, rebuilt without secrets:".into());
        lines.extend(request.trim_end().lines().map(|line| format!("      {line}")));
    }
    lines.push(format!("\n  {}", text(told, "next")));
    lines.join("\n")
}
