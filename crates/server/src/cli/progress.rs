//! A campaign as it runs: a live bar in a terminal, plain lines elsewhere.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::account::text;
use super::{announce, say};
use crate::clock::{Millis, SECOND};

/// Least time between two lines of the same state.
const BETWEEN_LINES: Millis = 3 * SECOND;

/// How progress is shown.
#[derive(Debug)]
pub enum Shown {
    /// A bar that is drawn over itself, on standard error.
    Bar(ProgressBar),
    /// A line when something changed, at most one every few seconds; a change of state is told at once.
    Lines {
        /// The line before.
        last: String,
        /// State and time of the line before, by the server's clock.
        shown: (String, i64),
    },
    /// One JSON object a line.
    Json,
}

impl Shown {
    /// JSON when asked for, a bar in a terminal, lines elsewhere.
    pub fn new(json: bool) -> Self {
        if json {
            return Self::Json;
        }
        if !std::io::stdout().is_terminal() || !std::io::stderr().is_terminal() {
            return Self::Lines {
                last: String::new(),
                shown: Default::default(),
            };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        let style = ProgressStyle::with_template(
            "{prefix:.bold} {wide_bar:.green/dim} {human_pos}/{human_len} {rate:.cyan} ETA {eta}\n{msg}",
        );
        let rate = |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        };
        bar.set_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .with_key("rate", rate),
        );
        bar.enable_steady_tick(Duration::from_millis(250));
        Self::Bar(bar)
    }

    /// Shows where a campaign stands.
    pub fn update(&mut self, progress: &Value) -> anyhow::Result<()> {
        match self {
            Self::Json => say(&progress.to_string()),
            Self::Lines { last, shown } => {
                let now = (
                    text(progress, "state").to_owned(),
                    progress["now"].as_i64().unwrap_or_default(),
                );
                let line = line(progress);
                if line != *last && (now.0 != shown.0 || now.1 - shown.1 >= BETWEEN_LINES) {
                    announce(&line);
                    *last = line;
                    *shown = now;
                }
                Ok(())
            }
            Self::Bar(bar) => {
                bar.set_prefix(text(progress, "state").to_owned());
                bar.set_length(expected(progress));
                bar.set_position(decided(progress));
                bar.set_message(message(progress));
                Ok(())
            }
        }
    }

    /// Leaves the last state standing.
    pub fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.abandon();
        }
    }
}

fn count(progress: &Value, key: &str) -> u64 {
    progress["funnel"][key].as_u64().unwrap_or_default()
}

/// People who are to get it.
fn expected(progress: &Value) -> u64 {
    let known = progress["expected"].as_u64().unwrap_or_default();
    known.max(count(progress, "recipients"))
}

/// Messages that need no more work of ours.
fn decided(progress: &Value) -> u64 {
    let open = count(progress, "queued") + count(progress, "sending");
    count(progress, "recipients").saturating_sub(open)
}

/// The funnel in words, zeros left out where they say nothing.
pub fn counts(progress: &Value) -> String {
    let mut out = String::new();
    for key in ["sent", "delivered", "read"] {
        let _ = write!(out, "{key} {}  ", count(progress, key));
    }
    let replied = progress["replied"].as_u64().unwrap_or_default();
    for (key, n) in [
        ("replied", replied),
        ("failed", count(progress, "failed")),
        ("unknown", count(progress, "unknown")),
        ("queued", count(progress, "queued")),
        ("on the way", count(progress, "sending")),
        ("left out late", count(progress, "skipped")),
        ("cancelled", count(progress, "cancelled")),
        ("excluded", count(progress, "excluded")),
    ] {
        if n > 0 {
            let _ = write!(out, "{key} {n}  ");
        }
    }
    out.trim_end().to_owned()
}

fn message(progress: &Value) -> String {
    match progress["waiting"]["reason"].as_str() {
        Some(reason) => format!("{}\nwaiting: {reason}", counts(progress)),
        None => counts(progress),
    }
}

/// One line: state, share, rate so far, funnel.
pub fn line(progress: &Value) -> String {
    let (done, all) = (decided(progress), expected(progress));
    let share = if all == 0 {
        0.0
    } else {
        done as f64 * 100.0 / all as f64
    };
    let began = progress["launched_at"].as_i64();
    let until = progress["finished_at"]
        .as_i64()
        .or_else(|| progress["now"].as_i64());
    let rate = match (began, until) {
        (Some(began), Some(until)) if until > began && done > 0 => {
            let per_second = done as f64 * 1_000.0 / (until - began) as f64;
            let left = all.saturating_sub(done) as f64 / per_second;
            let eta = if left >= 0.5 && text(progress, "state") == "running" {
                format!(", {left:.0} s left")
            } else {
                String::new()
            };
            format!("  {per_second:.0}/s{eta}")
        }
        _ => String::new(),
    };
    let waiting = progress["waiting"]["reason"]
        .as_str()
        .map(|r| format!("  waiting: {r}"))
        .unwrap_or_default();
    format!(
        "{:<9} {done}/{all} ({share:.0} %){rate}  {}{waiting}",
        text(progress, "state"),
        counts(progress)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_tells_share_rate_rest_and_why_it_waits() {
        let progress = json!({
            "state": "running", "expected": 1_000, "launched_at": 0, "finished_at": null, "now": 2_000, "replied": 3,
            "funnel": {"recipients": 600, "sent": 450, "delivered": 400, "read": 10, "failed": 50, "queued": 80,
                       "sending": 20, "excluded": 7},
            "waiting": {"reason": "The provider asks to slow down."},
        });
        let line = line(&progress);
        for part in [
            "running",
            "500/1000 (50 %)",
            "250/s, 2 s left",
            "sent 450",
            "failed 50",
            "queued 80",
            "replied 3",
            "excluded 7",
            "waiting: The provider asks to slow down.",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        assert!(!line.contains("cancelled"));
    }

    #[test]
    fn a_campaign_that_has_not_begun_has_no_rate() {
        let line = line(&json!({"state": "draft", "funnel": {}}));
        assert!(line.starts_with("draft     0/0 (0 %)  sent 0"), "{line}");
    }
}
