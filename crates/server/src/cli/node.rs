//! `harkara node`: the servers that work on one database.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use comfy_table::Table;
use serde_json::Value;

use super::client::{Client, ServerOptions};
use super::say;

/// What to do with nodes.
#[derive(Debug, Subcommand)]
pub enum Node {
    /// List the servers, what they do, and how many numbers each sends from.
    List(List),
}

/// Options of `node list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara node list
  harkara node list --json --server https://harkara.example.com --api-key hk_...")]
pub struct List {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

impl Node {
    /// Carries it out.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::List(list) = self;
        let client: Client = list.server.client()?;
        let nodes = client.all("/nodes").await?;
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        table.set_header(["id", "name", "roles", "state", "numbers", "last seen", "version"]);
        for node in nodes {
            if list.json {
                say(&node.to_string())?;
                continue;
            }
            let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
            table.add_row([
                node["id"].to_string(),
                text("name"),
                words(&node["roles"]),
                text("state"),
                node["numbers"].as_array().map_or(0, Vec::len).to_string(),
                second(node["seen_at"].as_i64().unwrap_or_default()),
                text("version"),
            ]);
        }
        if !list.json {
            say(&table.trim_fmt())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn words(list: &Value) -> String {
    let words = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    words.collect::<Vec<_>>().join(",")
}

/// `2026-01-05 10:00:07 UTC`.
fn second(at: i64) -> String {
    match jiff::Timestamp::from_millisecond(at) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => at.to_string(),
    }
}
