//! `harkara import`: a CSV file becomes profiles, through the API.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use futures::{StreamExt, TryStreamExt};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use super::account::text;
use super::client::{Client, ServerOptions};
use super::{query, say};

/// Options of `import`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara import customers.csv --list \"Spring customers\"
  harkara import export.csv --phone-column mobile --opt-in record --source \"newsletter form, 2026\"
  harkara import export.csv --ignore Notes --attribute City:home_town --type Since:date_dmy

The first row names the columns; the usual names are found by themselves, other columns become attributes. A bad row stops
nothing: the bad rows are written to a file with line and reason. Importing again is safe, and never undoes an opt-out.")]
pub struct Import {
    /// The CSV file; - reads standard input.
    file: PathBuf,
    /// Put everybody in the file on this list, which is made when there is none.
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
    /// What an opt-in rests on: the opt-in column, or your proof that all of them agreed, or nothing is recorded.
    #[arg(long, value_enum, default_value = "column")]
    opt_in: OptIn,
    /// Where the consent comes from; needed with --opt-in record.
    #[arg(long, value_name = "TEXT", required_if_eq("opt_in", "record"))]
    source: Option<String>,
    /// Two-letter country of numbers without + [default: the server's].
    #[arg(long, value_name = "CC")]
    region: Option<String>,
    /// Where the bad rows are written [default: FILE.errors.csv].
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Print the result as one JSON object.
    #[arg(long)]
    json: bool,
    /// Column of the phone number.
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    phone_column: Option<String>,
    /// Column of your own id of a person.
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    identity_column: Option<String>,
    /// Column of the name.
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    name_column: Option<String>,
    /// Column of yes or no to messages.
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    opt_in_column: Option<String>,
    /// What stands between fields: one character, or comma, semicolon, tab, pipe [default: guessed from the first row].
    #[arg(long, value_name = "CHAR", help_heading = "Columns")]
    delimiter: Option<String>,
    /// Encoding of the file, such as utf-8, utf-16le or windows-1252 [default: guessed].
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    encoding: Option<String>,
    /// The first row is a person: columns are called "Column 1", "Column 2" and so on.
    #[arg(long, help_heading = "Columns")]
    no_header: bool,
    /// Column that is not taken over; repeat it for several.
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    ignore: Vec<String>,
    /// Column that becomes an attribute of another name; repeat it for several.
    #[arg(long, value_name = "COLUMN:NAME", help_heading = "Columns")]
    attribute: Vec<String>,
    /// What the values of a column are: text, number (1,234.5), number_comma (1.234,5), boolean, date_ymd (2026-12-31),
    /// date_dmy (31/12/2026) or date_mdy (12/31/2026); repeat it for several.
    #[arg(long = "type", value_name = "COLUMN:TYPE", help_heading = "Columns")]
    types: Vec<String>,
    #[command(flatten)]
    server: ServerOptions,
}

/// What an opt-in rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OptIn {
    /// The opt-in column decides.
    Column,
    /// You have proof that all of them agreed, except where the column says no.
    Record,
    /// No opt-in is recorded; a no still opts out.
    Leave,
}

/// Between two looks at a running import.
const LOOK: Duration = Duration::from_millis(300);

impl Import {
    /// Uploads, waits for the end, tells the counts.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.client()?;
        let bar = self.bar();
        let started = self.upload(&client, &bar).await?;
        let import = wait(&client, &started, &bar).await?;
        bar.finish_and_clear();
        let errors = self.save_errors(&client, &import).await?;
        if self.json {
            let mut told = import.clone();
            told["errors_file"] = errors.map(|path| path.display().to_string()).into();
            say(&told.to_string())?;
        } else {
            say(&summary(&import))?;
            if let Some(path) = errors {
                say(&format!("The bad rows, with line and reason: {}", path.display()))?;
            }
        }
        match text(&import, "state") {
            "finished" => Ok(ExitCode::SUCCESS),
            state => bail!("the import {state} - {}", text(&import, "problem")),
        }
    }

    fn is_stdin(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    fn bar(&self) -> ProgressBar {
        if self.json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template(
            "{prefix} {wide_bar:.green/dim} {bytes}/{total_bytes} {bytes_per_sec} ETA {eta}  {msg}",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }

    async fn upload(&self, client: &Client, bar: &ProgressBar) -> anyhow::Result<Value> {
        let shown = self.file.display();
        let name = if self.is_stdin() {
            "standard input".to_owned()
        } else {
            self.file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        bar.set_prefix("sending");
        let counted = bar.clone();
        let count = move |bytes: &bytes::Bytes| counted.inc(bytes.len() as u64);
        let body = if self.is_stdin() {
            reqwest::Body::wrap_stream(ReaderStream::new(tokio::io::stdin()).inspect_ok(count))
        } else {
            let file = tokio::fs::File::open(&self.file)
                .await
                .with_context(|| format!("cannot read {shown} (name a CSV file, or - for standard input)"))?;
            bar.set_length(file.metadata().await.map_or(0, |m| m.len()));
            reqwest::Body::wrap_stream(ReaderStream::with_capacity(file, 256 * 1024).inspect_ok(count))
        };
        let opt_in = match self.opt_in {
            OptIn::Column => "column",
            OptIn::Record => "record",
            OptIn::Leave => "leave",
        };
        let given = [
            ("list", &self.list),
            ("source", &self.source),
            ("region", &self.region),
            ("phone_column", &self.phone_column),
            ("identity_column", &self.identity_column),
            ("name_column", &self.name_column),
            ("opt_in_column", &self.opt_in_column),
            ("delimiter", &self.delimiter),
            ("encoding", &self.encoding),
        ];
        let mut pairs = vec![("file_name", name.as_str()), ("opt_in", opt_in)];
        pairs.extend(
            given
                .iter()
                .filter_map(|(key, value)| Some((*key, value.as_deref()?))),
        );
        pairs.extend(self.ignore.iter().map(|column| ("ignore", column.as_str())));
        pairs.extend(self.attribute.iter().map(|pair| ("attribute", pair.as_str())));
        pairs.extend(self.types.iter().map(|pair| ("type", pair.as_str())));
        if self.no_header {
            pairs.push(("header", "no"));
        }
        client
            .upload(&format!("/imports?{}", query(&pairs)), "text/csv", body)
            .await
    }

    /// Fetches the bad rows, if there are any; where they are.
    async fn save_errors(&self, client: &Client, import: &Value) -> anyhow::Result<Option<PathBuf>> {
        if import["invalid"].as_i64().unwrap_or_default() == 0 {
            return Ok(None);
        }
        let path = self.errors.clone().unwrap_or_else(|| {
            if self.is_stdin() {
                return PathBuf::from("import.errors.csv");
            }
            let mut name = self.file.clone().into_os_string();
            name.push(".errors.csv");
            name.into()
        });
        let cannot = || {
            format!(
                "cannot write the bad rows to {} (choose another with --errors)",
                path.display()
            )
        };
        let mut rows = client
            .stream(&format!("/imports/{}/errors", text(import, "id")))
            .await?
            .bytes_stream();
        let mut file = tokio::fs::File::create(&path).await.with_context(cannot)?;
        while let Some(bytes) = rows.next().await {
            file.write_all(&bytes.context("the list of bad rows broke off")?)
                .await
                .with_context(cannot)?;
        }
        file.flush().await.with_context(cannot)?;
        Ok(Some(path))
    }
}

/// Looks until the import neither runs nor is paused.
pub async fn wait(client: &Client, started: &Value, bar: &ProgressBar) -> anyhow::Result<Value> {
    let path = format!("/imports/{}", text(started, "id"));
    bar.set_prefix("importing");
    bar.reset();
    loop {
        let import = client.get(&path).await?;
        bar.set_length(import["bytes_total"].as_u64().unwrap_or_default());
        bar.set_position(import["bytes_read"].as_u64().unwrap_or_default());
        let rows = import["rows"].as_u64().unwrap_or_default();
        bar.set_message(format!("{} rows", HumanCount(rows)));
        if !matches!(text(&import, "state"), "running" | "paused") {
            return Ok(import);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The counts in a line.
pub fn summary(import: &Value) -> String {
    let n = |key: &str| import[key].as_i64().unwrap_or_default();
    let mut line = format!(
        "{} rows: {} new, {} changed, {} unchanged, {} bad",
        n("rows"),
        n("created"),
        n("updated"),
        n("unchanged"),
        n("invalid")
    );
    if n("opt_outs_kept") > 0 {
        line += &format!(", {} opt-outs kept", n("opt_outs_kept"));
    }
    line
}
