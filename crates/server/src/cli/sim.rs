//! `harkara sim`: a provider to practise with.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use harkara_sim::{FailureKind, InboundEncoding, Options, ReportEncoding};

use super::say;
use crate::serve::{self, StopSignal};

/// Which provider to simulate.
#[derive(Debug, Subcommand)]
pub enum Sim {
    /// The Gupshup Enterprise gateway, with a handset page to be the customer on.
    Gupshup(Box<Gupshup>),
    /// Vonage's Messages API, with signed callbacks.
    Vonage(Box<super::sim_vonage::Vonage>),
    /// A provider of the open format ("Generic (Other)"), which says what is wrong with a payload.
    Generic(Box<super::sim_generic::Generic>),
}

/// Options of the simulated Gupshup Enterprise gateway. What is not given keeps the simulator's own default.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara sim gupshup --listen 127.0.0.1:8081 --hsm 2000000001:secret --two-way 2000000002:secret
  harkara sim gupshup --reports-url http://127.0.0.1:8080/callbacks/TOKEN/reports --limit 80/s --latency 100
  harkara sim gupshup --fail-503 0.05 --report-loss 0.01 --report-duplicates 0.02 --fail-suffix 13=failed:UNKNOWN_SUBSCRIBER

Sends go to /GatewayAPI/rest by GET and POST; GET /__sim/stats counts them. The handset is at /.")]
pub struct Gupshup {
    /// Address and port; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
    listen: SocketAddr,
    /// User id and password of the notification (one-way) account [default: 2000000001:hsm-secret].
    #[arg(long, value_name = "USER:PASSWORD", value_parser = user_and_password)]
    hsm: Option<(String, String)>,
    /// User id and password of the two-way account [default: 2000000002:two-way-secret].
    #[arg(long, value_name = "USER:PASSWORD", value_parser = user_and_password)]
    two_way: Option<(String, String)>,
    /// The WhatsApp business number, digits only.
    #[arg(long, value_name = "DIGITS")]
    number: Option<String>,
    /// Where inbound messages are posted.
    #[arg(long, value_name = "URL")]
    inbound_url: Option<String>,
    /// Where delivery reports and clicks are posted.
    #[arg(long, value_name = "URL")]
    reports_url: Option<String>,
    /// Base of media and short links, when it is not the address listened on.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Least time between a request and its answer.
    #[arg(long, value_name = "MS")]
    latency: Option<u64>,
    /// Random time added to it.
    #[arg(long, value_name = "MS")]
    latency_jitter: Option<u64>,
    /// Messages accepted in any one second; more are answered with 429. Written 80 or 80/s.
    #[arg(long, value_name = "N/s", value_parser = per_second)]
    limit: Option<u32>,
    /// Time before SENT, and again before DELIVERED and before READ.
    #[arg(long, value_name = "MS", help_heading = "Reports")]
    report_delay: Option<u64>,
    /// Share of reports that never come, 0 to 1.
    #[arg(long, value_name = "SHARE", help_heading = "Reports")]
    report_loss: Option<f64>,
    /// Share of reports that are overtaken by the next.
    #[arg(long, value_name = "SHARE", help_heading = "Reports")]
    report_reorder: Option<f64>,
    /// Share of reports that come twice.
    #[arg(long, value_name = "SHARE", help_heading = "Reports")]
    report_duplicates: Option<f64>,
    /// Most reports in one request, 1 to 20.
    #[arg(long, value_name = "N", help_heading = "Reports")]
    report_batch: Option<usize>,
    /// How reports are written: form, json, json-string, array, object, query.
    #[arg(long, value_name = "NAME", help_heading = "Reports")]
    report_encoding: Option<ReportEncoding>,
    /// Share of messages that customers read by themselves.
    #[arg(long, value_name = "SHARE", help_heading = "Reports")]
    read_rate: Option<f64>,
    /// How inbound messages are written: form, json, json-objects.
    #[arg(long, value_name = "NAME", value_parser = inbound_encoding, help_heading = "Reports")]
    inbound_encoding: Option<InboundEncoding>,
    /// Share of sends refused with HTTP 503.
    #[arg(long, value_name = "SHARE", help_heading = "Failures")]
    fail_503: Option<f64>,
    /// Share of sends accepted and then answered with HTTP 500.
    #[arg(long, value_name = "SHARE", help_heading = "Failures")]
    fail_500_accepted: Option<f64>,
    /// Share of sends refused with error 100, "retry after some time".
    #[arg(long, value_name = "SHARE", help_heading = "Failures")]
    fail_100: Option<f64>,
    /// Share of sends accepted and never answered.
    #[arg(long, value_name = "SHARE", help_heading = "Failures")]
    hang: Option<f64>,
    /// What happens to numbers with an ending: 503, 500, hang, cut, garbage, 429, blocked_ip, error:ID, failed:CAUSE. May be repeated.
    #[arg(long, value_name = "DIGITS=KIND", value_parser = suffix, help_heading = "Failures")]
    fail_suffix: Vec<(String, FailureKind)>,
    /// Answer the notification account as from an address that is not on the allow-list.
    #[arg(long, help_heading = "Failures")]
    block_hsm_ip: bool,
    /// Answer the two-way account as from an address that is not on the allow-list.
    #[arg(long, help_heading = "Failures")]
    block_two_way_ip: bool,
    /// Templates reach only numbers that opted in at the gateway.
    #[arg(long, help_heading = "Rules")]
    enforce_opt_in: bool,
    /// Session messages pass without a customer's message in the last 24 hours.
    #[arg(long, help_heading = "Rules")]
    ignore_window: bool,
    /// Any text passes as a template.
    #[arg(long, help_heading = "Rules")]
    ignore_templates: bool,
    /// Numbers outside India are refused.
    #[arg(long, help_heading = "Rules")]
    india_only: bool,
    /// Time until a created template is approved or rejected.
    #[arg(long, value_name = "MS", help_heading = "Rules")]
    template_approval: Option<u64>,
    /// Ids of messages end in a UUID.
    #[arg(long, help_heading = "Rules")]
    uuid_ids: bool,
    /// Clicks come in the generic shape.
    #[arg(long, help_heading = "Rules")]
    generic_clicks: bool,
    /// Seed of all randomness.
    #[arg(long, value_name = "N", help_heading = "Rules")]
    seed: Option<u64>,
}

impl Sim {
    /// Runs until it is told to stop.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let flags = match self {
            Self::Gupshup(flags) => flags,
            Self::Vonage(flags) => return flags.run().await,
            Self::Generic(flags) => return flags.run().await,
        };
        let options = flags.options();
        let (listen, number) = (options.listen, options.number.clone());
        let mut stop = StopSignal::catch()?;
        let running = start(options).await?;
        let url = running.base_url();
        say(&format!(
            "Gupshup Enterprise is simulated on {url}/GatewayAPI/rest"
        ))?;
        say(&format!(
            "Number: +{number}    Handset: {url}/    Counters: {url}/__sim/stats"
        ))?;
        tracing::debug!(%listen, "simulating");
        stop.wait().await;
        running.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Starts a simulator, or says which option to change.
pub async fn start(options: Options) -> anyhow::Result<harkara_sim::Running> {
    options
        .check()
        .map_err(|why| anyhow!("the simulator cannot start: {why}"))?;
    // Tried first for its sentence; the simulator binds the same address right after.
    drop(serve::listen(&options.listen.to_string()).await?);
    harkara_sim::start(options).await
}

impl Gupshup {
    fn options(self) -> Options {
        let base = Options::default();
        Options {
            listen: self.listen,
            hsm: self.hsm.unwrap_or(base.hsm),
            two_way: self.two_way.unwrap_or(base.two_way),
            number: self.number.unwrap_or(base.number),
            inbound_url: self.inbound_url,
            reports_url: self.reports_url,
            public_url: self.public_url,
            latency_ms: self.latency.unwrap_or(base.latency_ms),
            latency_jitter_ms: self.latency_jitter.unwrap_or(base.latency_jitter_ms),
            limit_per_second: self.limit,
            report_delay_ms: self.report_delay.unwrap_or(base.report_delay_ms),
            report_loss: self.report_loss.unwrap_or(base.report_loss),
            report_reorder: self.report_reorder.unwrap_or(base.report_reorder),
            report_duplicates: self.report_duplicates.unwrap_or(base.report_duplicates),
            report_batch: self.report_batch.unwrap_or(base.report_batch),
            report_encoding: self.report_encoding.unwrap_or(base.report_encoding),
            read_rate: self.read_rate.unwrap_or(base.read_rate),
            inbound_encoding: self.inbound_encoding.unwrap_or(base.inbound_encoding),
            fail_503: self.fail_503.unwrap_or(base.fail_503),
            fail_500_accepted: self.fail_500_accepted.unwrap_or(base.fail_500_accepted),
            fail_100: self.fail_100.unwrap_or(base.fail_100),
            hang: self.hang.unwrap_or(base.hang),
            fail_suffix: self.fail_suffix,
            block_hsm_ip: self.block_hsm_ip,
            block_two_way_ip: self.block_two_way_ip,
            enforce_opt_in: self.enforce_opt_in,
            enforce_window: !self.ignore_window,
            enforce_templates: !self.ignore_templates,
            international: !self.india_only,
            template_approval_ms: self.template_approval.unwrap_or(base.template_approval_ms),
            uuid_ids: self.uuid_ids,
            generic_clicks: self.generic_clicks,
            seed: self.seed.unwrap_or(base.seed),
            ..base
        }
    }
}

/// Credentials as people write them.
pub fn user_and_password(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((user, password)) if !user.is_empty() && !password.is_empty() => {
            Ok((user.to_owned(), password.to_owned()))
        }
        _ => Err("write the user id and the password with a colon between them".into()),
    }
}

/// A rate as people write it.
pub fn per_second(text: &str) -> Result<u32, String> {
    let number = text.trim_end_matches("/s").trim();
    match number.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err("write how many a second, such as 80 or 80/s; leave the option out for no limit".into()),
    }
}

fn suffix(text: &str) -> Result<(String, FailureKind), String> {
    match text.split_once('=') {
        Some((digits, kind)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Ok((digits.to_owned(), kind.parse()?))
        }
        _ => Err("write the last digits and what happens, such as 13=503".into()),
    }
}

fn inbound_encoding(text: &str) -> Result<InboundEncoding, String> {
    match text.replace('_', "-").as_str() {
        "form" => Ok(InboundEncoding::Form),
        "json" => Ok(InboundEncoding::Json),
        "json-objects" => Ok(InboundEncoding::JsonObjects),
        _ => Err("one of form, json, json-objects".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_people_write_them() {
        assert_eq!(per_second("80/s"), Ok(80));
        assert_eq!(per_second("80"), Ok(80));
        assert!(per_second("0").is_err() && per_second("fast").is_err());
        assert_eq!(
            user_and_password("2000:pa:ss"),
            Ok(("2000".into(), "pa:ss".into()))
        );
        assert!(user_and_password("2000").is_err() && user_and_password("2000:").is_err());
        assert_eq!(suffix("13=503"), Ok(("13".into(), FailureKind::Unavailable)));
        assert!(suffix("x=503").is_err() && suffix("13=teapot").is_err());
    }
}
