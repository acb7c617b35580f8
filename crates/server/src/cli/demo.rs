//! `harkara demo`: everything on one machine, with a simulated provider.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::progress::{Shown, counts};
use super::{announce, say};
use crate::demo::live::Live;
use crate::demo::once::{Once, Outcome, Told};

/// Options of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara demo                      server on http://127.0.0.1:8080, provider and handset on port 8081
  harkara demo --port 9000 --fresh
  harkara demo --once               the main job in the terminal, with a provider that misbehaves
  harkara demo --once --json        ... the last line is one JSON object

With --once the exit code is 1 when a message was lost or doubled: the provider's own books are compared with our ledger.")]
pub struct Demo {
    /// Port of the server; the simulated provider takes the next one.
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..65535))]
    port: u16,
    /// Folder for the data.
    #[arg(
        long,
        value_name = "DIR",
        env = "HARKARA_DEMO_DATA",
        hide_env = true,
        default_value = "./data/demo"
    )]
    data: PathBuf,
    /// Begin anew: remove the demo's data first.
    #[arg(long, conflicts_with = "once")]
    fresh: bool,
    /// Import, launch, wait, compare the books, and exit.
    #[arg(long)]
    once: bool,
    /// Rows of the customer file.
    #[arg(long, value_name = "N", default_value_t = 10_000, requires = "once",
          value_parser = clap::value_parser!(u32).range(50..=90_000))]
    recipients: u32,
    /// postgres://... instead of a SQLite file.
    #[arg(long, value_name = "URL", requires = "once")]
    database: Option<String>,
    /// Seconds that the campaign may take.
    #[arg(long, value_name = "S", default_value_t = 600, requires = "once")]
    patience: u64,
    /// One JSON object as the last line.
    #[arg(long, requires = "once")]
    json: bool,
}

impl Demo {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        if !self.once {
            let live = Live {
                port: self.port,
                data: self.data,
                fresh: self.fresh,
            };
            live.run(announce).await?;
            return Ok(ExitCode::SUCCESS);
        }
        let once = Once {
            recipients: self.recipients,
            database: self.database,
            patience: Duration::from_secs(self.patience),
        };
        let mut shown = Shown::new(false);
        let mut draining = false;
        let outcome = once
            .run(&mut |told| match told {
                Told::Imported(import) => announce(&format!("Imported: {}", super::import::summary(import))),
                Told::Reach(reach) => announce(&format!("Reach: {}", reach_line(reach))),
                Told::Progress(progress) => {
                    // A closed standard output must not end the run before the books are compared.
                    let _ = shown.update(progress);
                }
                Told::Draining(_) if draining => {}
                Told::Draining(pending) => {
                    draining = true;
                    shown.finish();
                    announce(&format!(
                        "The campaign is over; {pending} reports are still to come."
                    ));
                }
            })
            .await?;
        shown.finish();
        tell(&outcome, self.json)?;
        let clean = outcome.audit.lost.is_empty() && outcome.audit.doubled.is_empty();
        Ok(if clean {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn reach_line(reach: &Value) -> String {
    let mut line = format!("{} of {}", reach["reachable"], reach["audience"]);
    for (reason, n) in reach["excluded"].as_object().into_iter().flatten() {
        if n.as_i64() > Some(0) {
            line += &format!(", {} {n}", reason.replace('_', " "));
        }
    }
    line
}

fn tell(outcome: &Outcome, as_json: bool) -> anyhow::Result<()> {
    let (audit, provider) = (&outcome.audit, &outcome.simulator);
    say(&format!("\nFunnel:   {}", counts(&outcome.progress)))?;
    say(&format!(
        "Provider: {} requests, {} accepted, {} throttled, {} accepted without an answer, at most {} a second",
        provider.requests,
        provider.accepted,
        provider.throttled,
        provider.accepted_without_answer,
        provider.max_per_second
    ))?;
    let reports = &provider.reports;
    say(&format!(
        "Reports:  {} came into being, {} withheld, {} sent twice, {} out of order",
        reports.generated, reports.lost, reports.duplicated, reports.reordered
    ))?;
    for fault in audit.lost.iter().chain(&audit.doubled).take(20) {
        say(&format!("  {fault}"))?;
    }
    say(&format!(
        "lost {}, doubled {}",
        audit.lost.len(),
        audit.doubled.len()
    ))?;
    if as_json {
        say(&object(outcome).to_string())?;
    }
    Ok(())
}

/// The object of the contract.
fn object(outcome: &Outcome) -> Value {
    let mut told = json!({
        "replied": outcome.progress["replied"],
        "opted_out": outcome.opted_out,
        "lost": outcome.audit.lost.len(),
        "doubled": outcome.audit.doubled.len(),
        "bad_rows": outcome.bad_rows,
        "throttled": outcome.simulator.throttled,
        "seconds": outcome.seconds,
    });
    for key in [
        "recipients",
        "excluded",
        "sent",
        "delivered",
        "read",
        "failed",
        "unknown",
        "queued",
        "sending",
        "skipped",
    ] {
        told[key] = outcome.progress["funnel"][key].clone();
    }
    told
}
