//! `harkara account archive` and `delete`: first what that stops, then, with --yes, the act.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;
use serde_json::Value;

use super::account::{find, text};
use super::client::ServerOptions;
use super::say;

/// Options of `account archive` and `account delete`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara account archive \"Old account\"          what would stop
  harkara account archive \"Old account\" --yes    do it
  harkara account delete acc_0fz2k5tq8x1ga --yes
  harkara account archive Main --number +919999900002 --yes

Without --yes nothing happens but the telling, and the exit code is 1.")]
pub struct Retire {
    /// Id or nickname.
    account: String,
    /// Only this number of the account goes; with a history it is archived, without one it is removed.
    #[arg(long, value_name = "PHONE")]
    number: Option<String>,
    /// Do it: stop the campaigns that are named, cancel what is queued.
    #[arg(long)]
    yes: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

impl Retire {
    /// Carries it out; `forget`: delete rather than archive.
    pub async fn run(self, forget: bool) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let account = find(&client, &self.account).await?;
        let (path, what) = match &self.number {
            None => (
                format!("/accounts/{}?forget={forget}", text(&account, "id")),
                format!("the account {:?}", text(&account, "nickname")),
            ),
            Some(phone) => (
                format!("/numbers/{}?", number(&account, phone)?),
                format!("the number {phone}"),
            ),
        };
        let query = if self.yes { "stop=true" } else { "dry_run=true" };
        let told = client.delete(&format!("{path}&{query}")).await?;
        if self.json {
            say(&told.to_string())?;
        } else {
            say(&shown(&told, &what, self.yes))?;
        }
        Ok(if self.yes {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// The id of the account's number with these digits.
fn number<'a>(account: &'a Value, phone: &str) -> anyhow::Result<&'a str> {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let numbers = account["numbers"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let known: Vec<&str> = numbers.iter().map(|n| text(n, "phone")).collect();
    let found = numbers.iter().find(|n| digits(text(n, "phone")) == digits(phone));
    found
        .map(|n| text(n, "id"))
        .ok_or_else(|| anyhow!("the account has no number {phone}. It has: {}", known.join(", ")))
}

fn shown(told: &Value, what: &str, done: bool) -> String {
    let mut lines = vec![match (done, text(told, "state")) {
        (true, "deleted") => format!("Deleted {what}."),
        (true, _) => format!("Archived {what}."),
        (false, _) => format!("If {what} goes:"),
    }];
    lines.push(format!("  {}", text(told, "stopped")));
    if !done {
        lines.push("Nothing was changed. Repeat the command with --yes to do it.".into());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stops_is_told_before_and_after() {
        let told = json!({"state": "in_use", "stopped": "3 queued message(s) are cancelled."});
        let before = shown(&told, "the account \"Main\"", false);
        assert!(
            before.contains("3 queued") && before.contains("--yes"),
            "{before}"
        );
        let after = shown(
            &json!({"state": "deleted", "stopped": "x"}),
            "the account \"Main\"",
            true,
        );
        assert!(
            after.starts_with("Deleted the account") && !after.contains("--yes"),
            "{after}"
        );
    }

    #[test]
    fn a_number_is_found_by_its_digits() {
        let account = json!({"numbers": [{"id": "num_1", "phone": "+919999900001"}, {"id": "num_2", "phone": "56161"}]});
        assert_eq!(number(&account, "91 99999-00001").unwrap(), "num_1");
        assert!(
            number(&account, "+919999900002")
                .unwrap_err()
                .to_string()
                .contains("56161")
        );
    }
}
