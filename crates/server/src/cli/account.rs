//! `harkara account`: does what is saved work? And what stops when it goes?

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::client::{Client, ServerOptions};
use super::retire::Retire;
use super::say;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Try the credentials of an account (or of all), without sending anything to a person.
    Check(Check),
    /// Take an account or a number out of use. Says first what that stops.
    Archive(Retire),
    /// Delete an account: its credentials, settings and callback URLs. What happened stays readable.
    Delete(Retire),
}

/// Options of `account check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara account check
  harkara account check \"Main account\"
  harkara account check acc_0fz2k5tq8x1ga --json

Exit code 1 when a credential set does not work.")]
pub struct Check {
    /// Id or nickname; all accounts without it.
    account: Option<String>,
    /// One JSON object a line and account.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

impl Account {
    /// Carries it out.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check(check) => check.run().await,
            Self::Archive(retire) => retire.run(false).await,
            Self::Delete(retire) => retire.run(true).await,
        }
    }
}

impl Check {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let check = self;
        let client = check.server.client()?;
        let accounts = match &check.account {
            Some(name) => vec![find(&client, name).await?],
            None => client.all("/accounts").await?,
        };
        if accounts.is_empty() {
            bail!("there is no account yet. Make one in the dashboard, or with POST /api/v1/accounts");
        }
        let mut all_work = true;
        for account in accounts {
            let id = text(&account, "id");
            let report = client.post(&format!("/accounts/{id}/check"), &json!({})).await?;
            all_work &= report["ok"] == json!(true);
            if check.json {
                say(&report.to_string())?;
            } else {
                say(&shown(&report))?;
            }
        }
        Ok(if all_work {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// The account of this id or nickname.
pub async fn find(client: &Client, name: &str) -> anyhow::Result<Value> {
    let accounts = client.all("/accounts").await?;
    let known: Vec<&str> = accounts.iter().map(|a| text(a, "nickname")).collect();
    let wrong = anyhow!("there is no account {name:?}. There are: {}", known.join(", "));
    let found = accounts
        .iter()
        .find(|a| text(a, "id") == name || text(a, "nickname") == name);
    found.cloned().ok_or(wrong)
}

fn shown(report: &Value) -> String {
    let mut lines = vec![text(report, "nickname").to_owned()];
    let results = report["results"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if results.is_empty() {
        lines.push("  This provider has no harmless call to try.".into());
    }
    for result in results {
        let name = text(result, "credential");
        match result["ok"].as_str() {
            Some(proof) => lines.push(format!("  works   {name}: {proof}")),
            None => {
                let problem = &result["problem"];
                let code = problem["code"]
                    .as_str()
                    .map(|c| format!(" ({c})"))
                    .unwrap_or_default();
                lines.push(format!("  FAILS   {name}: {}{code}", text(problem, "detail")));
                lines.push(format!("          {}", text(problem, "help")));
                lines.extend(exchange(result));
            }
        }
    }
    if let Some(hint) = report["network_hint"].as_str() {
        lines.push(format!("  {hint}"));
    }
    let egress = report["egress_addresses"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if !egress.is_empty() {
        let addresses: Vec<&str> = egress.iter().filter_map(Value::as_str).collect();
        lines.push(format!(
            "  Addresses to allow at the provider: {}",
            addresses.join(", ")
        ));
    }
    lines.join("\n")
}

/// What was asked and answered, for whoever has to find out why.
fn exchange(result: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(request) = result["request"].as_str() {
        lines.push("          The request:".to_owned());
        lines.extend(request.lines().map(|line| format!("            {line}")));
    }
    if let Some(status) = result["http_status"].as_u64() {
        lines.push(format!("          The answer: HTTP {status}"));
        lines.extend(
            text(result, "answer")
                .lines()
                .map(|line| format!("            {line}")),
        );
    }
    lines
}

/// A text member; empty when it is not there.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_credential_is_named_with_what_to_do() {
        let report = json!({
            "nickname": "Main", "ok": false, "network_hint": "Only allowed addresses get in.",
            "egress_addresses": ["192.0.2.7"],
            "results": [
                {"credential": "Notification account", "ok": "The password is right."},
                {"credential": "Two-way account",
                 "problem": {"kind": "auth", "code": "102", "detail": "Authentication failed", "help": "Check the password."},
                 "request": "POST https://gateway.example\n\nuserid=1\npassword=***", "http_status": 200, "answer": "error | 102"},
            ],
        });
        let text = shown(&report);
        for part in [
            "works   Notification",
            "FAILS   Two-way account: Authentication failed (102)",
            "Check the password",
            "192.0.2.7",
            "password=***",
            "The answer: HTTP 200\n            error | 102",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
