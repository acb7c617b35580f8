//! `harkara sim vonage`: Vonage's Messages API, to practise with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use harkara_sim::vonage::{self, Failure, Options, PRACTICE_KEY, Signing};

use super::say;
use super::sim::per_second;
use crate::serve::{self, StopSignal};

/// Options of the simulated Messages API. What is not given keeps the simulator's own default.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara sim vonage --status-url http://127.0.0.1:8080/callbacks/TOKEN/reports --inbound-url http://127.0.0.1:8080/callbacks/TOKEN/inbound
  harkara sim vonage --print-key > private.key
  harkara sim vonage --limit 30/s --status-duplicates 0.02 --fail-suffix 13=rejected:1300

Messages go to /v1/messages; GET /__sim/stats counts them.")]
pub struct Vonage {
    /// Print the private key of the practice application, to paste in an account, and exit.
    #[arg(long)]
    print_key: bool,
    /// Address and port; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8471")]
    listen: SocketAddr,
    /// The application whose tokens are taken.
    #[arg(long, value_name = "ID")]
    application_id: Option<String>,
    /// File with its public key [default: that of the practice application].
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// API key of the account.
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,
    /// API secret of the account.
    #[arg(long, value_name = "SECRET")]
    api_secret: Option<String>,
    /// What callbacks are signed with.
    #[arg(long, value_name = "SECRET")]
    signature_secret: Option<String>,
    /// The WhatsApp business number, digits only.
    #[arg(long, value_name = "DIGITS")]
    number: Option<String>,
    /// Where inbound messages are posted.
    #[arg(long, value_name = "URL", help_heading = "Callbacks")]
    inbound_url: Option<String>,
    /// Where statuses are posted.
    #[arg(long, value_name = "URL", help_heading = "Callbacks")]
    status_url: Option<String>,
    /// How callbacks are signed.
    #[arg(long, value_enum, default_value = "right", help_heading = "Callbacks")]
    signing: SigningFlag,
    /// Shape of callbacks: v1 or v0.1.
    #[arg(long, value_name = "VERSION", help_heading = "Callbacks")]
    webhook_version: Option<String>,
    /// Pause before each status, milliseconds.
    #[arg(long, value_name = "MS", help_heading = "Callbacks")]
    status_delay: Option<u64>,
    /// Share of statuses that never come, 0 to 1.
    #[arg(long, value_name = "SHARE", help_heading = "Callbacks")]
    status_loss: Option<f64>,
    /// Share of statuses that come twice.
    #[arg(long, value_name = "SHARE", help_heading = "Callbacks")]
    status_duplicates: Option<f64>,
    /// Share of messages that customers read by themselves.
    #[arg(long, value_name = "SHARE", help_heading = "Callbacks")]
    read_rate: Option<f64>,
    /// Messages a second, such as 30/s; more are answered with 429.
    #[arg(long, value_name = "N", value_parser = limit, help_heading = "Rules")]
    limit: Option<usize>,
    /// Seconds that a 429 asks to wait; without it, the header is left out.
    #[arg(long, value_name = "SECONDS", help_heading = "Rules")]
    retry_after: Option<u64>,
    /// Pause before each answer, milliseconds.
    #[arg(long, value_name = "MS", help_heading = "Rules")]
    latency: Option<u64>,
    /// Session messages pass without a customer's message in the last 24 hours.
    #[arg(long, help_heading = "Rules")]
    ignore_window: bool,
    /// Name of an approved template; without any, every name is. May be repeated.
    #[arg(long, value_name = "NAME", help_heading = "Rules")]
    template: Vec<String>,
    /// What happens to numbers with an ending: 401, 402, 403, 422, 429, 500, 503, accepted-502, hang, garbage,
    /// rejected:CODE, undeliverable. May be repeated.
    #[arg(long, value_name = "DIGITS=KIND", value_parser = suffix, help_heading = "Rules")]
    fail_suffix: Vec<(String, Failure)>,
    /// Seed of all randomness.
    #[arg(long, value_name = "N", help_heading = "Rules")]
    seed: Option<u64>,
}

/// How callbacks are signed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SigningFlag {
    /// As documented, with the hash of the body.
    Right,
    /// Without the hash of the body.
    WithoutHash,
    /// Not at all.
    Unsigned,
    /// With another secret.
    WrongSecret,
    /// With the hash of another body.
    WrongHash,
}

impl From<SigningFlag> for Signing {
    fn from(flag: SigningFlag) -> Self {
        match flag {
            SigningFlag::Right => Self::Right,
            SigningFlag::WithoutHash => Self::WithoutHash,
            SigningFlag::Unsigned => Self::Unsigned,
            SigningFlag::WrongSecret => Self::WrongSecret,
            SigningFlag::WrongHash => Self::WrongHash,
        }
    }
}

impl Vonage {
    /// Runs until it is told to stop.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        if self.print_key {
            say(PRACTICE_KEY.trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        let options = self.options()?;
        options
            .check()
            .map_err(|why| anyhow!("the simulator cannot start: {why}"))?;
        let mut stop = StopSignal::catch()?;
        // Tried first for its sentence; the simulator binds the same address right after.
        drop(serve::listen(&options.listen.to_string()).await?);
        let (application, number) = (options.application_id.clone(), options.number.clone());
        let running = vonage::start(options).await?;
        let url = running.base_url();
        say(&format!("Vonage's Messages API is simulated on {url}"))?;
        say(&format!(
            "Application ID: {application}    Number: +{number}    Counters: {url}/__sim/stats"
        ))?;
        stop.wait().await;
        running.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }

    fn options(self) -> anyhow::Result<Options> {
        let base = Options::default();
        let public_key = match &self.public_key {
            Some(path) => {
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
            }
            None => base.public_key,
        };
        Ok(Options {
            listen: self.listen,
            application_id: self.application_id.unwrap_or(base.application_id),
            public_key,
            api_key: self.api_key.unwrap_or(base.api_key),
            api_secret: self.api_secret.unwrap_or(base.api_secret),
            signature_secret: self.signature_secret.unwrap_or(base.signature_secret),
            number: self.number.unwrap_or(base.number),
            status_url: self.status_url,
            inbound_url: self.inbound_url,
            signing: self.signing.into(),
            webhook_version: self.webhook_version.unwrap_or(base.webhook_version),
            latency_ms: self.latency.unwrap_or(base.latency_ms),
            limit_per_second: self.limit,
            retry_after: self.retry_after,
            status_delay_ms: self.status_delay.unwrap_or(base.status_delay_ms),
            status_duplicates: self.status_duplicates.unwrap_or(base.status_duplicates),
            status_loss: self.status_loss.unwrap_or(base.status_loss),
            read_rate: self.read_rate.unwrap_or(base.read_rate),
            enforce_window: !self.ignore_window,
            templates: (!self.template.is_empty()).then_some(self.template),
            fail_suffix: self.fail_suffix,
            callback_tries: base.callback_tries,
            callback_backoff_ms: base.callback_backoff_ms,
            seed: self.seed.unwrap_or(base.seed),
        })
    }
}

fn limit(text: &str) -> Result<usize, String> {
    per_second(text).map(|n| usize::try_from(n).unwrap_or(usize::MAX))
}

fn suffix(text: &str) -> Result<(String, Failure), String> {
    match text.split_once('=') {
        Some((digits, kind)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Ok((digits.to_owned(), kind.parse()?))
        }
        _ => Err("write the last digits and what happens, such as 13=503".into()),
    }
}
