//! `harkara bench`: measures this program on this machine.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::say;
use crate::bench::bare::Posting;
use crate::bench::dispatch::Dispatch;
use crate::bench::figures::Figures;
use crate::bench::launch::Launch;
use crate::bench::nodes::Nodes;
use crate::bench::sink;

/// Commands of `bench`.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Each measurement starts a server of its own with data of its own, and removes both at its end. Nothing leaves \
                  this machine. Where there is a ceiling, the leanest program that does the same without a database \
                  runs before every round.

Examples:
  harkara bench dispatch --json
  harkara bench dispatch --messages 300000 --latency 200 --concurrency 4000
  bin/with-postgres sh -c 'harkara bench dispatch --database $HARKARA_TEST_POSTGRES'
  bin/slow-disk 2 harkara bench dispatch
  harkara bench launch --recipients 1000000
  bin/with-postgres sh -c 'harkara bench nodes --database $HARKARA_TEST_POSTGRES'"
)]
pub enum Bench {
    /// Messages a second to an instant gateway, with a durable row for each.
    Dispatch(DispatchOptions),
    /// From the click on launch to the first message, and the memory of a long campaign.
    Launch(LaunchOptions),
    /// The same campaigns by one server and by several on one PostgreSQL, with a provider that takes its time.
    Nodes(NodesOptions),
    /// The instant gateway of the measurements.
    #[command(hide = true)]
    Sink {
        /// Milliseconds until each answer.
        #[arg(long, default_value_t = 0)]
        latency: u64,
    },
    /// The bare loop of the measurements.
    #[command(hide = true)]
    Loop {
        /// What to post, as JSON.
        posting: String,
    },
}

/// Options of every measurement.
#[derive(Debug, Args)]
pub struct Common {
    /// One JSON object as the last line.
    #[arg(long)]
    json: bool,
    /// postgres://user@host/database: makes a database of its own there, instead of a SQLite file.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Leave the data behind, to look at it.
    #[arg(long)]
    keep: bool,
    /// Requests in flight at most.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    concurrency: u32,
}

/// Options of `bench dispatch`.
#[derive(Debug, Args)]
pub struct DispatchOptions {
    #[command(flatten)]
    common: Common,
    /// Messages of each round.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    messages: u32,
    /// Milliseconds that the gateway takes to answer.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Rounds, each of the bare loop and a campaign; the figures are medians.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
}

/// Options of `bench launch`.
#[derive(Debug, Args)]
pub struct LaunchOptions {
    #[command(flatten)]
    common: Common,
    /// People that the campaign goes to.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    recipients: u32,
}

/// Options of `bench nodes`.
#[derive(Debug, Args)]
pub struct NodesOptions {
    /// One JSON object as the last line.
    #[arg(long)]
    json: bool,
    /// postgres://user@host/database: makes a database of its own there.
    #[arg(long, value_name = "URL")]
    database: String,
    /// Servers, each with a number and a campaign.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(2..=9))]
    nodes: u32,
    /// Messages of each campaign.
    #[arg(long, value_name = "N", default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    messages: u32,
    /// Milliseconds that the gateway takes to answer.
    #[arg(long, value_name = "MS", default_value_t = 100)]
    latency: u64,
    /// Requests in flight of each server [default: the server's].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    concurrency: Option<u32>,
    /// Rounds with one server and with all; the figures are medians.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
}

impl Bench {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Dispatch(options) => {
                let dispatch = Dispatch {
                    messages: options.messages,
                    latency: Duration::from_millis(options.latency),
                    concurrency: options.common.concurrency,
                    rounds: options.rounds,
                    database: options.common.database,
                    keep: options.common.keep,
                };
                tell(&dispatch.run().await?, options.common.json)
            }
            Self::Launch(options) => {
                let launch = Launch {
                    recipients: options.recipients,
                    concurrency: options.common.concurrency,
                    database: options.common.database,
                    keep: options.common.keep,
                };
                tell(&launch.run().await?, options.common.json)
            }
            Self::Nodes(options) => {
                let nodes = Nodes {
                    nodes: options.nodes,
                    messages: options.messages,
                    latency: Duration::from_millis(options.latency),
                    concurrency: options.concurrency,
                    rounds: options.rounds,
                    database: options.database,
                };
                tell(&nodes.run().await?, options.json)
            }
            Self::Sink { latency } => {
                let latency = Duration::from_millis(latency);
                tokio::task::spawn_blocking(move || sink::serve(latency)).await??;
                Ok(ExitCode::SUCCESS)
            }
            Self::Loop { posting } => {
                let posting: Posting = serde_json::from_str(&posting)?;
                let posted = tokio::task::spawn_blocking(move || posting.post()).await??;
                say(&serde_json::to_string(&posted)?)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn tell(figures: &Figures, as_json: bool) -> anyhow::Result<ExitCode> {
    say(&figures.table())?;
    if as_json {
        say(&figures.json().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}
