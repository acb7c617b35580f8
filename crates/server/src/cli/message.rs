//! `harkara message`: everything about one message, those without an outcome, and sending one again.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand, ValueEnum};
use comfy_table::Table;
use serde_json::{Value, json};

use super::account::{find, text};
use super::callback::moment;
use super::client::{Client, ServerOptions};
use super::say;
use crate::clock::Millis;

/// What to do with messages.
#[derive(Debug, Subcommand)]
pub enum Message {
    /// Tell what happened to a message: timeline, request and answer without secrets, what to do next.
    Show(Show),
    /// List messages that have no outcome yet, of all campaigns and of none: above all the unknown ones.
    List(List),
    /// Send a failed or unknown message again, as a new message. Each one only once.
    Resend(Resend),
}

/// Options of `message list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara message list --state unknown
  harkara message list --state unknown --account Main --until 2026-11-08T10:00:00+05:30 --json

An unknown message may have arrived; a delivery report settles it, however late it comes.")]
pub struct List {
    /// Those in this state.
    #[arg(long, value_enum, default_value = "unknown")]
    state: OpenState,
    /// Those of this account: id or nickname.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Those from this number of ours.
    #[arg(long, value_name = "PHONE")]
    number: Option<String>,
    /// Those written at this time or later: RFC 3339 with its offset.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Millis>,
    /// ... and before this time.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Millis>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

/// States that are not the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OpenState {
    /// The request left, and nobody can say whether the provider took it.
    Unknown,
    /// The request is on its way.
    Sending,
    /// It waits for its time.
    Queued,
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let state = match self.state {
            OpenState::Unknown => "unknown",
            OpenState::Sending => "sending",
            OpenState::Queued => "queued",
        };
        let mut path = format!("/messages?state={state}");
        if let Some(name) = &self.account {
            let account = find(&client, name).await?;
            path.push_str(&format!("&account={}", text(&account, "id")));
        }
        if let Some(phone) = &self.number {
            path.push_str(&format!("&number={}", number(&client, phone).await?));
        }
        for (name, at) in [("since", self.since), ("until", self.until)] {
            path.push_str(&at.map(|at| format!("&{name}={at}")).unwrap_or_default());
        }
        let rows = client.all(&path).await?;
        if self.json {
            for row in rows {
                say(&row.to_string())?;
            }
        } else {
            say(&listed(&rows, state))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The id of our number with these digits.
async fn number(client: &Client, phone: &str) -> anyhow::Result<String> {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let accounts = client.all("/accounts").await?;
    let numbers = accounts
        .iter()
        .flat_map(|account| account["numbers"].as_array().into_iter().flatten());
    let known: Vec<&Value> = numbers.collect();
    let found = known.iter().find(|n| digits(text(n, "phone")) == digits(phone));
    found.map(|n| text(n, "id").to_owned()).ok_or_else(|| {
        let known: Vec<&str> = known.iter().map(|n| text(n, "phone")).collect();
        anyhow!(
            "there is no number {phone} of ours. There are: {}",
            known.join(", ")
        )
    })
}

fn listed(rows: &[Value], state: &str) -> String {
    if rows.is_empty() {
        return format!("No message is {state}.");
    }
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["id", "since", "from", "to", "campaign", "sent again as", "why"]);
    for row in rows {
        table.add_row([
            text(row, "id"),
            &harkara_provider::wire::rfc3339(row["since"].as_i64().unwrap_or_default()),
            text(row, "number"),
            text(row, "phone"),
            text(row, "campaign_id"),
            text(row, "resent_as"),
            text(&row["failure"], "detail"),
        ]);
    }
    table.trim_fmt()
}

/// Options of `message resend`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  harkara message resend msg_0fz2k5tq8x1ga --accept-possible-double

An unknown message may have arrived: with --accept-possible-double the person may get it twice.")]
pub struct Resend {
    /// Id of the message (msg_...).
    id: String,
    /// Send an unknown message again although it may have arrived.
    #[arg(long)]
    accept_possible_double: bool,
    /// The answer as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

impl Resend {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let path = format!("/messages/{}/resend", checked(&self.id)?);
        let how = json!({"accept_possible_double": self.accept_possible_double});
        let queued = client.post(&path, &how).await?;
        if self.json {
            say(&queued.to_string())?;
            return Ok(ExitCode::SUCCESS);
        }
        let waits = queued["waits"].as_str().map(|why| format!(" {why}"));
        say(&format!(
            "{} is sent again as {}.{}",
            self.id,
            text(&queued, "message_id"),
            waits.unwrap_or_default()
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn checked(id: &str) -> anyhow::Result<&str> {
    anyhow::ensure!(
        !id.contains(['/', '?', '#']),
        "{id:?} is not an id of a message. They begin with msg_; `harkara campaign export` and `harkara message list` list them"
    );
    Ok(id)
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
        let show = match self {
            Self::Show(show) => show,
            Self::List(list) => return list.run().await,
            Self::Resend(resend) => return resend.run().await,
        };
        let client = show.server.client()?;
        let told = client.get(&format!("/messages/{}", checked(&show.id)?)).await?;
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
