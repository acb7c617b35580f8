//! `harkara bench import`: people a second out of a CSV file, beside a bare loop that reads the same file and inserts each
//! row as it is.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::figures::Figures;
use super::process::Folder;
use super::server::{Options, Server};
use super::world::{csv, import};
use crate::store::bench::{Database, Loaded};

/// Rows of one transaction of the bare loop: as many as the product.
const BATCH: usize = 1_000;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Import {
    /// Rows.
    pub rows: u32,
    /// A PostgreSQL cluster.
    pub database: Option<String>,
    /// Leave the data behind.
    pub keep: bool,
}

impl Import {
    /// Measures.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let server = Server::start(&Options {
            database: self.database.clone(),
            settings: Vec::new(),
            keep: self.keep,
        })
        .await?;
        let client = server.client()?;
        let file = csv(0..self.rows);
        let folder = Folder::new(false)?;
        let path = folder.path().join("people.csv");
        std::fs::write(&path, &file)?;
        let bytes = file.len();
        let ceiling = Loading::new(&path, server.database.as_ref(), &folder)
            .run()
            .await?;
        server.process.forget_peak()?;
        let (before, started) = (server.process.cpu()?, Instant::now());
        import(&client, "Bench", file, self.rows as usize).await?;
        let seconds = started.elapsed().as_secs_f64();
        let spent = server.process.cpu()?.saturating_sub(before);
        let n = f64::from(self.rows);
        let mut figures = Figures {
            name: "import".into(),
            rate: n / seconds,
            ceiling,
            cpu_us: spent.as_secs_f64() * 1e6 / n,
            rss_mb: server.process.peak_mb()?,
            conditions: format!(
                "one file of {} rows of 7 columns, {:.0} MB, all opted in, put on a list, {}; from the beginning of the \
                 upload to the end of the import; the bare loop reads the same file and inserts its fields as texts, {BATCH} \
                 rows in a transaction",
                self.rows,
                bytes as f64 / 1e6,
                server.engine(),
            ),
            ..Figures::default()
        };
        figures.more.insert("seconds".into(), json!(seconds));
        Ok(figures)
    }
}

/// The bare loop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Loading {
    file: PathBuf,
    database: String,
}

impl Loading {
    fn new(file: &Path, database: Option<&Database>, folder: &Folder) -> Self {
        let database = match database {
            Some(database) => database.url().to_owned(),
            None => folder.path().join("loaded.db").display().to_string(),
        };
        Self {
            file: file.to_owned(),
            database,
        }
    }

    /// Rows a second, in a child process.
    async fn run(&self) -> anyhow::Result<f64> {
        let program = std::env::current_exe().context("cannot find this program's file")?;
        let text = serde_json::to_string(self)?;
        let output = tokio::task::spawn_blocking(move || {
            Command::new(program)
                .args(["bench", "loader", &text])
                .stderr(Stdio::inherit())
                .output()
        })
        .await??;
        ensure!(output.status.success(), "the bare loop failed");
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Loads, in this process; rows a second.
    pub async fn load(self) -> anyhow::Result<f64> {
        let loaded = Loaded::open(&self.database).await?;
        let started = Instant::now();
        let mut reader = csv::Reader::from_path(&self.file)?;
        let (mut rows, mut count) = (Vec::with_capacity(BATCH), 0_u32);
        for record in reader.records() {
            let record = record?;
            let fields: Vec<String> = record.iter().map(str::to_owned).collect();
            rows.push(
                fields
                    .try_into()
                    .map_err(|_| anyhow::anyhow!("a row has not 7 fields"))?,
            );
            count += 1;
            if rows.len() == BATCH {
                loaded.add(std::mem::take(&mut rows)).await?;
            }
        }
        loaded.add(rows).await?;
        Ok(f64::from(count) / started.elapsed().as_secs_f64())
    }
}
