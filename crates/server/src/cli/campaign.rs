//! `harkara campaign`: launch, hold, stop, watch, export.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use comfy_table::Table;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::account::text;
use super::client::{Client, Events, ServerOptions};
use super::progress::{Shown, line};
use super::{query, say};

/// What to do with campaigns.
#[derive(Debug, Subcommand)]
pub enum Campaign {
    /// List campaigns, newest first.
    List(List),
    /// Launch a draft, at a time, at the one that it plans, or now, and watch it.
    Launch(Launch),
    /// Tell where a campaign stands, once.
    Status(One),
    /// Watch a campaign until it is over.
    Watch(One),
    /// Hold a campaign. What is in flight still arrives.
    Pause(One),
    /// Go on where a campaign was held.
    Resume(One),
    /// End a campaign for good. What has not left is cancelled.
    Stop(One),
    /// Write the ledger of a campaign as CSV: a line for each person, those left out too.
    Export(Export),
}

/// One campaign.
#[derive(Debug, Args)]
pub struct One {
    /// Id (cmp_...) or name.
    campaign: String,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

/// Options of `campaign list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only campaigns in this state: draft, scheduled, running, paused, finished, stopped.
    #[arg(long)]
    state: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

/// Options of `campaign launch`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara campaign launch \"Diwali offer\"
  harkara campaign launch cmp_0fz2k5tq8x1ga --at 2026-11-08T10:00:00+05:30")]
pub struct Launch {
    #[command(flatten)]
    one: One,
    /// When: RFC 3339 with its offset. Without it, at the time that the draft plans, else now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Launch, and do not watch.
    #[arg(long)]
    no_watch: bool,
}

/// Options of `campaign export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Id (cmp_...) or name.
    campaign: String,
    /// File to write; standard output without it.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    server: ServerOptions,
}

impl Campaign {
    /// Carries it out.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(list) => list.run().await,
            Self::Launch(launch) => launch.run().await,
            Self::Status(one) => {
                let (client, id) = one.found().await?;
                let progress = client.get(&format!("/campaigns/{id}/progress")).await?;
                if one.json {
                    say(&progress.to_string())?;
                } else {
                    say(&line(&progress))?;
                    tell_failures(&client, &id).await?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Watch(one) => {
                let (client, id) = one.found().await?;
                watch(&client, &id, one.json).await
            }
            Self::Pause(one) => one.act("pause").await,
            Self::Resume(one) => one.act("resume").await,
            Self::Stop(one) => one.act("stop").await,
            Self::Export(export) => export.run().await,
        }
    }
}

impl One {
    async fn found(&self) -> anyhow::Result<(Client, String)> {
        let client = self.server.client()?;
        let id = find(&client, &self.campaign).await?;
        Ok((client, id))
    }

    async fn act(self, act: &str) -> anyhow::Result<ExitCode> {
        let (client, id) = self.found().await?;
        let campaign = client.post(&format!("/campaigns/{id}/{act}"), &json!({})).await?;
        if self.json {
            say(&campaign.to_string())?;
        } else {
            say(&format!(
                "{} is {}.",
                text(&campaign, "name"),
                text(&campaign, "state")
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let path = match &self.state {
            Some(state) => format!("/campaigns?{}", query(&[("state", state)])),
            None => "/campaigns".into(),
        };
        let campaigns = client.all(&path).await?;
        if self.json {
            for campaign in campaigns {
                say(&campaign.to_string())?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        table.set_header(["id", "state", "name"]);
        for campaign in &campaigns {
            table.add_row([
                text(campaign, "id"),
                text(campaign, "state"),
                text(campaign, "name"),
            ]);
        }
        say(&table.trim_fmt())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Launch {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let (client, id) = self.one.found().await?;
        let body = match &self.at {
            Some(at) => json!({ "at": at }),
            None => json!({}),
        };
        let campaign = client.post(&format!("/campaigns/{id}/launch"), &body).await?;
        if self.no_watch || text(&campaign, "state") == "scheduled" {
            return tell_launched(&campaign, self.one.json);
        }
        watch(&client, &id, self.one.json).await
    }
}

fn tell_launched(campaign: &Value, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say(&campaign.to_string())?;
    } else {
        let (id, state) = (text(campaign, "id"), text(campaign, "state"));
        let at = campaign["scheduled_at"]
            .as_i64()
            .map(harkara_provider::wire::rfc3339);
        let at = at.map(|at| format!(" for {at}")).unwrap_or_default();
        say(&format!(
            "{id} is {state}{at}. `harkara campaign watch {id}` shows how it goes."
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Export {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let id = find(&client, &self.campaign).await?;
        let mut rows = client
            .stream(&format!("/campaigns/{id}/export"))
            .await?
            .bytes_stream();
        let broke = "the export broke off; what was written is not whole. Run the command again";
        match &self.output {
            Some(path) => {
                let shown = path.display();
                let cannot = || format!("cannot write {shown} (check the folder and the space on the disk)");
                let mut file = tokio::fs::File::create(path).await.with_context(cannot)?;
                while let Some(bytes) = rows.next().await {
                    file.write_all(&bytes.context(broke)?)
                        .await
                        .with_context(cannot)?;
                }
                file.flush().await.with_context(cannot)?;
                say(&format!("Written to {shown}"))?;
            }
            None => {
                let mut out = tokio::io::stdout();
                while let Some(bytes) = rows.next().await {
                    if out.write_all(&bytes.context(broke)?).await.is_err() {
                        break;
                    }
                }
                let _ = out.flush().await;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The id of the campaign of this id or name.
pub async fn find(client: &Client, name: &str) -> anyhow::Result<String> {
    if name.starts_with("cmp_") {
        return Ok(name.to_owned());
    }
    let campaigns = client.all("/campaigns").await?;
    let mut found = campaigns.iter().filter(|c| text(c, "name") == name);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(text(one, "id").to_owned()),
        (Some(_), Some(_)) => {
            bail!("several campaigns are called {name:?}. Give the id; `harkara campaign list` shows it")
        }
        _ => Err(anyhow!(
            "there is no campaign {name:?}. `harkara campaign list` shows the ones there are"
        )),
    }
}

/// Shows progress until the campaign is over.
async fn watch(client: &Client, id: &str, json: bool) -> anyhow::Result<ExitCode> {
    let mut shown = Shown::new(json);
    let mut events = Events::new(client.stream(&format!("/campaigns/{id}/live")).await?);
    let mut state = String::new();
    while let Some(progress) = events.next().await? {
        text(&progress, "state").clone_into(&mut state);
        shown.update(&progress)?;
    }
    shown.finish();
    if !matches!(state.as_str(), "finished" | "stopped") {
        bail!("the server ended the live view while the campaign is {state}. Watch again");
    }
    if !json {
        tell_failures(client, id).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Why some did not get it, with what to do.
async fn tell_failures(client: &Client, id: &str) -> anyhow::Result<()> {
    for group in client.all(&format!("/campaigns/{id}/failures")).await? {
        let code = group["code"]
            .as_str()
            .map(|c| format!(" ({c})"))
            .unwrap_or_default();
        let n = group["count"].as_i64().unwrap_or_default();
        say(&format!(
            "  {n} {}: {}{code}",
            text(&group, "state"),
            text(&group, "detail")
        ))?;
        say(&format!("    {}", text(&group, "help")))?;
    }
    Ok(())
}
