//! `harkara callback`: what providers send to us, read without a server.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use harkara_provider::{
    self as provider, Account, Method, SIGNATURE_SECRET, Spec, decode_lines, event_lines, registry,
};

use serde_json::json;

use super::client::ServerOptions;
use super::say;
use crate::clock::{Clock, Millis, SystemClock};

/// What to do with callbacks.
#[derive(Debug, Subcommand)]
pub enum Callback {
    /// Read one callback body and print its events, one JSON object a line. Needs no server.
    Decode(Decode),
    /// Apply callbacks again that the server keeps, for instance after a number was added. Changes nothing twice.
    Replay(Replay),
}

/// Options of `callback replay`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara callback replay --state unreadable
  harkara callback replay --since 2026-11-08T10:00:00+05:30
  harkara callback replay --id cbk_0fz2k5tq8x1ga --id cbk_0fz2k5tq8x1gb")]
#[command(group(clap::ArgGroup::new("which").required(true).multiple(true).args(["id", "since", "state"])))]
pub struct Replay {
    /// This one (cbk_...). May be repeated.
    #[arg(long, value_name = "ID", conflicts_with_all = ["since", "until", "state"])]
    id: Vec<String>,
    /// Those that came at this time or later: RFC 3339 with its offset.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Millis>,
    /// ... and before this time.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Millis>,
    /// Those in this state: applied, not_ours, unreadable or waiting.
    #[arg(long)]
    state: Option<String>,
    #[command(flatten)]
    server: ServerOptions,
}

/// Reads a time.
pub fn moment(text: &str) -> Result<Millis, String> {
    let at = text.parse::<jiff::Timestamp>();
    at.map(|t| t.as_millisecond())
        .map_err(|_| "write it like 2026-11-08T10:00:00+05:30".into())
}

impl Replay {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let mut which = serde_json::Map::new();
        let mut give = |key: &str, value: serde_json::Value| {
            if !value.is_null() {
                which.insert(key.into(), value);
            }
        };
        give(
            "ids",
            if self.id.is_empty() {
                json!(null)
            } else {
                json!(self.id)
            },
        );
        give("since", json!(self.since));
        give("until", json!(self.until));
        give("state", json!(self.state));
        let replayed = self
            .server
            .client()?
            .post("/callbacks/replay", &which.into())
            .await?;
        say(&format!("{} callbacks are applied again.", replayed["callbacks"]))?;
        if let Some(note) = replayed["note"].as_str() {
            eprintln!("{note}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Options of `callback decode`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara callback decode --provider gupshup-enterprise report.json
  curl ... | harkara callback decode --provider gupshup-enterprise -
  harkara callback decode --provider gupshup-enterprise --method GET --query 'externalId=1&eventType=SENT' < /dev/null
  harkara callback decode --provider vonage --secret SECRET --header 'Authorization: Bearer eyJ...' status.json

Exit code 2 and one line on standard error when the body cannot be read at all, or with --secret when the provider did not
sign it.")]
pub struct Decode {
    /// Whose dialect it is, such as gupshup-enterprise.
    #[arg(long, value_name = "ID")]
    provider: String,
    /// HTTP method that it came by.
    #[arg(long, value_enum, ignore_case = true, default_value = "POST")]
    method: CallMethod,
    /// Query string that it came with, without the question mark.
    #[arg(long, value_name = "Q", default_value = "", hide_default_value = true)]
    query: String,
    /// URL that it came to; its query counts when --query is not given.
    #[arg(long, value_name = "URL", conflicts_with = "query")]
    url: Option<String>,
    /// A header that it came with. May be repeated.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// What the provider signs its callbacks with; then one that it did not sign is refused.
    #[arg(
        long,
        value_name = "SECRET",
        env = "HARKARA_SIGNATURE_SECRET",
        hide_env_values = true
    )]
    secret: Option<String>,
    /// Content-Type header that it came with; without it, the bytes decide.
    #[arg(long, value_name = "T")]
    content_type: Option<String>,
    /// File with the body; - or nothing reads standard input.
    file: Option<PathBuf>,
}

/// Methods by which providers call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CallMethod {
    /// Everything stands in the query.
    #[value(name = "GET")]
    Get,
    /// The body carries it.
    #[value(name = "POST")]
    Post,
}

impl Callback {
    /// Carries it out.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Decode(decode) => decode.run(),
            Self::Replay(replay) => replay.run().await,
        }
    }
}

impl Decode {
    fn run(self) -> anyhow::Result<ExitCode> {
        let Some(dialect) = registry::find(&self.provider) else {
            let known: Vec<&str> = registry::PROVIDERS.iter().map(|p| p.spec().id).collect();
            return Err(anyhow!(
                "there is no provider {:?}. The known ones are: {}",
                self.provider,
                known.join(", ")
            ));
        };
        let body = self.body()?;
        let sent = self.headers.iter().find(|(name, _)| name == "content-type");
        let content_type = match (&self.content_type, sent) {
            (Some(given), _) | (None, Some((_, given))) => given.as_str(),
            (None, None) => sniff(&body),
        };
        let query = match &self.url {
            Some(url) => url.split_once('?').map_or("", |(_, query)| query),
            None => self.query.as_str(),
        };
        // What stands after it never reaches a server.
        let query = query.split('#').next().unwrap_or_default();
        let call = provider::Callback {
            method: match self.method {
                CallMethod::Get => Method::Get,
                CallMethod::Post => Method::Post,
            },
            query: query.trim_start_matches('?'),
            content_type,
            headers: &self.headers,
            body: &body,
            at: SystemClock.now(),
        };
        let account = self.account(dialect.spec())?;
        let lines = match &self.secret {
            Some(_) => decode_lines(dialect, &account, &call),
            None => event_lines(dialect, &account, &call),
        };
        match lines {
            Ok(lines) => {
                for line in lines {
                    say(&line)?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Err(reject) => {
                let line = reject.to_string().replace(['\n', '\r'], " ");
                eprintln!("error: {line}");
                Ok(ExitCode::from(2))
            }
        }
    }

    /// An account with nothing but the secret.
    fn account(&self, spec: &'static Spec) -> anyhow::Result<Account> {
        let mut settings = BTreeMap::new();
        if let Some(secret) = &self.secret {
            if spec.field(SIGNATURE_SECRET).is_none() {
                return Err(anyhow!(
                    "{} does not sign its callbacks: leave --secret out",
                    spec.name
                ));
            }
            settings.insert(SIGNATURE_SECRET.to_owned(), secret.clone());
        }
        Ok(Account::new(spec, settings))
    }

    /// The body: from the file, or standard input. A GET has none unless a file is named.
    fn body(&self) -> anyhow::Result<Vec<u8>> {
        match &self.file {
            Some(path) if path.as_os_str() != "-" => std::fs::read(path).with_context(|| {
                format!(
                    "cannot read {} (name a file, or - for standard input)",
                    path.display()
                )
            }),
            None if self.method == CallMethod::Get => Ok(Vec::new()),
            _ => {
                let mut body = Vec::new();
                std::io::stdin()
                    .lock()
                    .read_to_end(&mut body)
                    .context("cannot read standard input")?;
                Ok(body)
            }
        }
    }
}

/// `Name: value`, the name in lower case as servers hand it on.
fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        }
        _ => Err("write it like 'Authorization: Bearer eyJ...'".into()),
    }
}

/// The content type that a body without one most likely has.
fn sniff(body: &[u8]) -> &'static str {
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{' | b'[') => "application/json",
        None => "",
        Some(_) => "application/x-www-form-urlencoded",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_when_no_content_type_is_given() {
        assert_eq!(sniff(b"  {\"a\":1}"), "application/json");
        assert_eq!(sniff(b"[]"), "application/json");
        assert_eq!(
            sniff(b"mobile=919999900001&type=text"),
            "application/x-www-form-urlencoded"
        );
        assert_eq!(sniff(b" \n"), "");
    }

    #[test]
    fn headers_are_read_as_curl_writes_them() {
        let read = |text: &str| header(text).ok();
        let pair = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        assert_eq!(
            read("Authorization: Bearer a:b"),
            pair("authorization", "Bearer a:b")
        );
        assert_eq!(read("X-Empty:"), pair("x-empty", ""));
        assert_eq!((read("nothing"), read(": x")), (None, None));
    }
}
