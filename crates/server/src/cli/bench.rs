//! `harkara bench`: measures this program on this machine.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::say;
use crate::bench::bare::Posting;
use crate::bench::callbacks::{Callbacks, Kind};
use crate::bench::callers::Calling;
use crate::bench::dispatch::Dispatch;
use crate::bench::figures::Figures;
use crate::bench::growth::Growth;
use crate::bench::import::{Import, Loading};
use crate::bench::keeper::Keeping;
use crate::bench::launch::Launch;
use crate::bench::life::Life;
use crate::bench::nodes::Nodes;
use crate::bench::pace::Pace;
use crate::bench::pages::Pages;
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
  harkara bench reports --batch 20 --json
  harkara bench inbound --json
  harkara bench life --json
  harkara bench pace --concurrency 512
  harkara bench launch --recipients 1000000
  harkara bench pages --people 2000000
  bin/with-postgres sh -c 'harkara bench nodes --database $HARKARA_TEST_POSTGRES'"
)]
pub enum Bench {
    /// Messages a second to an instant gateway, with a durable row for each.
    Dispatch(DispatchOptions),
    /// From the click on launch to the first message, and the memory of a long campaign.
    Launch(LaunchOptions),
    /// Delivery reports a second, durable before they are answered.
    Reports(ReportsOptions),
    /// Messages of people a second, durable before they are answered.
    Inbound(CallbacksOptions),
    /// Whole lives of messages a second: sent, and reported as sent, delivered and read, all at the same time.
    Life(LifeOptions),
    /// People a second out of a CSV file.
    Import(ImportOptions),
    /// Sending beside a small and beside a large ledger.
    Growth(GrowthOptions),
    /// How well two limited numbers keep their rates, and over a kill.
    Pace(PaceOptions),
    /// How long pages and files of the dashboard take beside very many people.
    Pages(PagesOptions),
    /// The same campaigns by one server and by several on one PostgreSQL, with a provider that takes its time.
    Nodes(NodesOptions),
    /// The instant gateway of the measurements.
    #[command(hide = true)]
    Sink {
        /// Milliseconds until each answer.
        #[arg(long, default_value_t = 0)]
        latency: u64,
        /// Reports of each message, so many in one callback.
        #[arg(long)]
        report: Option<u32>,
        /// Keep the time of each message.
        #[arg(long)]
        times: bool,
    },
    /// The provider's side of callbacks in the measurements.
    #[command(hide = true)]
    Callers {
        /// What to post, as JSON.
        calling: String,
    },
    /// The bare import of the measurements.
    #[command(hide = true)]
    Loader {
        /// What to load, as JSON.
        loading: String,
    },
    /// The bare handler of the measurements.
    #[command(hide = true)]
    Keeper {
        /// Where to keep bodies, as JSON.
        keeping: String,
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
pub struct Data {
    /// One JSON object as the last line.
    #[arg(long)]
    json: bool,
    /// postgres://user@host/database: makes a database of its own there, instead of a SQLite file.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Leave the data behind, to look at it.
    #[arg(long)]
    keep: bool,
}

/// Options of measurements that send.
#[derive(Debug, Args)]
pub struct Common {
    #[command(flatten)]
    data: Data,
    /// Requests in flight at most.
    #[arg(long, value_name = "N", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(1..=20_000))]
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

/// Options of measurements of callbacks.
#[derive(Debug, Args)]
pub struct CallbacksOptions {
    #[command(flatten)]
    data: Data,
    /// Callbacks of each round.
    #[arg(long, value_name = "N", default_value_t = 60_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    callbacks: u32,
    /// Connections of the provider.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,
    /// Rounds, each after a run of the bare handler; the figures are medians.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
}

/// Options of `bench reports`.
#[derive(Debug, Args)]
pub struct ReportsOptions {
    #[command(flatten)]
    callbacks: CallbacksOptions,
    /// Reports in one callback.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    batch: u32,
}

/// Options of `bench life`.
#[derive(Debug, Args)]
pub struct LifeOptions {
    #[command(flatten)]
    common: Common,
    /// People of the campaign.
    #[arg(long, value_name = "N", default_value_t = 400_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    messages: u32,
    /// Reports in one callback.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    batch: u32,
}

/// Options of `bench import`.
#[derive(Debug, Args)]
pub struct ImportOptions {
    #[command(flatten)]
    data: Data,
    /// Rows of the file.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    rows: u32,
}

/// Options of `bench growth`.
#[derive(Debug, Args)]
pub struct GrowthOptions {
    /// One JSON object as the last line.
    #[arg(long)]
    json: bool,
    /// Leave the data behind, to look at it.
    #[arg(long)]
    keep: bool,
    /// Requests in flight at most.
    #[arg(long, value_name = "N", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    concurrency: u32,
    /// Rows of the small ledger.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    small: u32,
    /// Rows of the large ledger.
    #[arg(long, value_name = "N", default_value_t = 10_000_000, value_parser = clap::value_parser!(u32).range(1..=50_000_000))]
    large: u32,
    /// Messages of each campaign.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    messages: u32,
    /// Campaigns beside each ledger; the figures are medians.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
}

/// Options of `bench pace`.
#[derive(Debug, Args)]
pub struct PaceOptions {
    #[command(flatten)]
    common: Common,
    /// Seconds over which the rate is taken.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(2..=600))]
    seconds: u64,
    /// Milliseconds that the gateway takes to answer.
    #[arg(long, value_name = "MS", default_value_t = 200)]
    latency: u64,
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

/// Options of `bench pages`.
#[derive(Debug, Args)]
pub struct PagesOptions {
    #[command(flatten)]
    data: Data,
    /// People, all of whom got a campaign.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=5_000_000))]
    people: u32,
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
                    database: options.common.data.database,
                    keep: options.common.data.keep,
                };
                tell(&dispatch.run().await?, options.common.data.json)
            }
            Self::Launch(options) => {
                let launch = Launch {
                    recipients: options.recipients,
                    concurrency: options.common.concurrency,
                    database: options.common.data.database,
                    keep: options.common.data.keep,
                };
                tell(&launch.run().await?, options.common.data.json)
            }
            Self::Reports(options) => {
                let batch = options.batch;
                options.callbacks.run(Kind::Reports { batch }).await
            }
            Self::Inbound(options) => options.run(Kind::Inbound).await,
            Self::Life(options) => {
                let life = Life {
                    messages: options.messages,
                    batch: options.batch,
                    concurrency: options.common.concurrency,
                    database: options.common.data.database,
                    keep: options.common.data.keep,
                };
                tell(&life.run().await?, options.common.data.json)
            }
            Self::Import(options) => {
                let import = Import {
                    rows: options.rows,
                    database: options.data.database,
                    keep: options.data.keep,
                };
                tell(&import.run().await?, options.data.json)
            }
            Self::Growth(options) => {
                let growth = Growth {
                    ledgers: [options.small, options.large],
                    messages: options.messages,
                    rounds: options.rounds,
                    concurrency: options.concurrency,
                    keep: options.keep,
                };
                tell(&growth.run().await?, options.json)
            }
            Self::Loader { loading } => {
                let loading: Loading = serde_json::from_str(&loading)?;
                say(&serde_json::to_string(&loading.load().await?)?)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Pace(options) => {
                let pace = Pace {
                    seconds: options.seconds,
                    latency: Duration::from_millis(options.latency),
                    concurrency: options.common.concurrency,
                    database: options.common.data.database,
                    keep: options.common.data.keep,
                };
                tell(&pace.run().await?, options.common.data.json)
            }
            Self::Pages(options) => {
                let pages = Pages {
                    people: options.people,
                    database: options.data.database,
                    keep: options.data.keep,
                };
                tell(&pages.run().await?, options.data.json)
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
            Self::Sink {
                latency,
                report,
                times,
            } => {
                let latency = Duration::from_millis(latency);
                tokio::task::spawn_blocking(move || sink::serve(latency, report, times)).await??;
                Ok(ExitCode::SUCCESS)
            }
            Self::Callers { calling } => {
                let calling: Calling = serde_json::from_str(&calling)?;
                let called = tokio::task::spawn_blocking(move || calling.post()).await??;
                say(&serde_json::to_string(&called)?)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Keeper { keeping } => {
                let keeping: Keeping = serde_json::from_str(&keeping)?;
                keeping.serve().await?;
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

impl CallbacksOptions {
    async fn run(self, kind: Kind) -> anyhow::Result<ExitCode> {
        let callbacks = Callbacks {
            kind,
            callbacks: self.callbacks,
            connections: self.connections,
            rounds: self.rounds,
            database: self.data.database,
            keep: self.data.keep,
        };
        tell(&callbacks.run().await?, self.data.json)
    }
}

fn tell(figures: &Figures, as_json: bool) -> anyhow::Result<ExitCode> {
    say(&figures.table())?;
    if as_json {
        say(&figures.json().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}
