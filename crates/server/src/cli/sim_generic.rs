//! `harkara sim generic`: a provider of the open format, to practise with and to compare a sender against.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;
use harkara_sim::generic::{self, Failure, Options};

use super::say;
use super::sim::{per_second, user_and_password};
use crate::serve::{self, StopSignal};

/// Options of the simulated provider. What is not given keeps the simulator's own default.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara sim generic --reports-url http://127.0.0.1:8080/callbacks/TOKEN/reports --inbound-url http://127.0.0.1:8080/callbacks/TOKEN/inbound
  harkara sim generic --header 'Token: abc' --limit 80/s --max-concurrent 100 --variants
  curl -d @payload.json http://127.0.0.1:8472/__sim/check

Messages go to /send, templates are listed at /templates; GET /__sim/stats counts, GET /__sim/mistakes shows what was wrong.")]
pub struct Generic {
    /// Address and port; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8472")]
    listen: SocketAddr,
    /// User name and password of Basic authentication [default: vendor:practice-password, unless a header is given].
    #[arg(long, value_name = "USER:PASSWORD", value_parser = user_and_password)]
    basic: Option<(String, String)>,
    /// A header that every request must have. May be repeated.
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// The WhatsApp business number, digits only.
    #[arg(long, value_name = "DIGITS")]
    number: Option<String>,
    /// Where delivery reports and clicks are posted.
    #[arg(long, value_name = "URL", help_heading = "Callbacks")]
    reports_url: Option<String>,
    /// Where inbound messages are posted.
    #[arg(long, value_name = "URL", help_heading = "Callbacks")]
    inbound_url: Option<String>,
    /// Callbacks come in the other published variants too.
    #[arg(long, help_heading = "Callbacks")]
    variants: bool,
    /// Pause before each report, milliseconds.
    #[arg(long, value_name = "MS", help_heading = "Callbacks")]
    report_delay: Option<u64>,
    /// Share of reports that never come, 0 to 1.
    #[arg(long, value_name = "SHARE", help_heading = "Callbacks")]
    report_loss: Option<f64>,
    /// Share of reports that come twice.
    #[arg(long, value_name = "SHARE", help_heading = "Callbacks")]
    report_duplicates: Option<f64>,
    /// Share of messages that customers read by themselves.
    #[arg(long, value_name = "SHARE", help_heading = "Callbacks")]
    read_rate: Option<f64>,
    /// Messages a second, such as 80/s; more are answered with 429.
    #[arg(long, value_name = "N", value_parser = per_second, help_heading = "Rules")]
    limit: Option<u32>,
    /// Requests at once; more are answered with 429.
    #[arg(long, value_name = "N", help_heading = "Rules")]
    max_concurrent: Option<usize>,
    /// Pause before each answer, milliseconds.
    #[arg(long, value_name = "MS", help_heading = "Rules")]
    latency: Option<u64>,
    /// Free-form messages pass without a customer's message in the last 24 hours.
    #[arg(long, help_heading = "Rules")]
    ignore_window: bool,
    /// What happens to numbers with an ending: 403, 429, 500, 503, accepted-500, hang, garbage, error:CODE, failed:CODE.
    /// May be repeated.
    #[arg(long, value_name = "DIGITS=KIND", value_parser = suffix, help_heading = "Rules")]
    fail_suffix: Vec<(String, Failure)>,
    /// Seed of all randomness.
    #[arg(long, value_name = "N", help_heading = "Rules")]
    seed: Option<u64>,
}

impl Generic {
    /// Runs until it is told to stop.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let options = self.options();
        options
            .check()
            .map_err(|why| anyhow!("the simulator cannot start: {why}"))?;
        let mut stop = StopSignal::catch()?;
        // Tried first for its sentence; the simulator binds the same address right after.
        drop(serve::listen(&options.listen.to_string()).await?);
        let number = options.number.clone();
        let running = generic::start(options).await?;
        let url = running.base_url();
        say(&format!(
            "A provider of the open format is simulated on {url}/send and {url}/templates"
        ))?;
        say(&format!(
            "Number: +{number}    Counters: {url}/__sim/stats    Mistakes: {url}/__sim/mistakes"
        ))?;
        stop.wait().await;
        running.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }

    fn options(self) -> Options {
        let base = Options::default();
        let default_basic = base.basic.filter(|_| self.header.is_empty());
        Options {
            listen: self.listen,
            basic: self.basic.or(default_basic),
            headers: self.header,
            number: self.number.unwrap_or(base.number),
            reports_url: self.reports_url,
            inbound_url: self.inbound_url,
            variants: self.variants,
            latency_ms: self.latency.unwrap_or(base.latency_ms),
            limit_per_second: self.limit.and_then(|n| usize::try_from(n).ok()),
            max_concurrent: self.max_concurrent,
            report_delay_ms: self.report_delay.unwrap_or(base.report_delay_ms),
            report_duplicates: self.report_duplicates.unwrap_or(base.report_duplicates),
            report_loss: self.report_loss.unwrap_or(base.report_loss),
            read_rate: self.read_rate.unwrap_or(base.read_rate),
            enforce_window: !self.ignore_window,
            fail_suffix: self.fail_suffix,
            callback_tries: base.callback_tries,
            callback_backoff_ms: base.callback_backoff_ms,
            seed: self.seed.unwrap_or(base.seed),
        }
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        }
        _ => Err("write the name and the value with a colon between them, such as 'Token: abc'".into()),
    }
}

fn suffix(text: &str) -> Result<(String, Failure), String> {
    match text.split_once('=') {
        Some((digits, kind)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Ok((digits.to_owned(), kind.parse()?))
        }
        _ => Err("write the last digits and what happens, such as 13=503".into()),
    }
}
