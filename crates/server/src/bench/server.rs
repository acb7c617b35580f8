//! The server under test: the real `harkara serve`, in a process of its own.

use std::fs::File;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::process::{Folder, Process};
use crate::cli::client::Client;
use crate::domain::id::NUMBER;
use crate::serve::CliFile;
use crate::store::Db;
use crate::store::bench::{Database, ledger_bytes, received};

/// How it is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A PostgreSQL cluster to make a database in; without it, SQLite in a temporary folder.
    pub database: Option<String>,
    /// Settings, as `("concurrency", "256")`.
    pub settings: Vec<(String, String)>,
    /// Leave the data folder (or database) behind.
    pub keep: bool,
}

/// A running server. It is killed, and its data removed, when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// Base URL.
    pub url: String,
    /// API key.
    pub key: String,
    /// The process, for processor time and memory.
    pub process: Process,
    /// On PostgreSQL: where the data is.
    pub database: Option<Database>,
    folder: Folder,
    settings: Vec<(String, String)>,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let folder = Folder::new(options.keep)?;
        let database = match &options.database {
            Some(cluster) => Some(Database::fresh(cluster, options.keep).await?),
            None => None,
        };
        let (process, url) = run(&folder, database.as_ref(), &options.settings).await?;
        let kept = CliFile::read(folder.path()).context("the server under test keeps no key")?;
        let server = Self {
            url,
            key: kept.key,
            process,
            database,
            folder,
            settings: options.settings.clone(),
        };
        Ok(server)
    }

    /// Another one on the same database, which must be PostgreSQL, with a folder of its own and the same key.
    pub async fn beside(&self) -> anyhow::Result<Self> {
        let folder = Folder::new(false)?;
        std::fs::copy(
            self.folder.path().join("secret.key"),
            folder.path().join("secret.key"),
        )
        .context("the key of the first server cannot be copied")?;
        let (process, url) = run(&folder, self.database.as_ref(), &self.settings).await?;
        Ok(Self {
            url,
            key: self.key.clone(),
            process,
            database: self.database.clone(),
            folder,
            settings: self.settings.clone(),
        })
    }

    /// Kills it, and starts it again on the same data.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        (self.process, self.url) = run(&self.folder, self.database.as_ref(), &self.settings).await?;
        Ok(())
    }

    /// A client for its API.
    pub fn client(&self) -> anyhow::Result<Client> {
        Client::new(&self.url, &self.key)
    }

    /// Its database, beside it.
    pub async fn db(&self) -> anyhow::Result<Db> {
        let url = match &self.database {
            Some(database) => database.url().to_owned(),
            None => self.folder.path().join("harkara.db").display().to_string(),
        };
        Ok(Db::open(&url).await?)
    }

    /// Messages of people to this number, as the ledger has them.
    pub async fn received(&self, number: &str) -> anyhow::Result<i64> {
        let number = NUMBER.read(number).context("not the id of a number")?;
        let db = self.db().await?;
        let mut tx = db.read().await?;
        Ok(received(&mut tx, number).await?)
    }

    /// Bytes of the ledger with all its indexes.
    pub async fn ledger_bytes(&self) -> anyhow::Result<i64> {
        let db = self.db().await?;
        let mut tx = db.read().await?;
        Ok(ledger_bytes(&mut tx).await?)
    }

    /// Its data folder.
    pub fn data(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What it complained about.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// Which engine, in words.
    pub fn engine(&self) -> &'static str {
        match self.database {
            Some(_) => "PostgreSQL, synchronous_commit on",
            None => "SQLite, synced before each answer",
        }
    }
}

/// The process, and its base URL once it listens.
async fn run(
    folder: &Folder,
    database: Option<&Database>,
    settings: &[(String, String)],
) -> anyhow::Result<(Process, String)> {
    let log_path = folder.path().join("server.log");
    let log = File::create(&log_path).with_context(|| format!("cannot write {}", log_path.display()))?;
    let mut command = Command::new(std::env::current_exe().context("cannot find this program's file")?);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .env("HARKARA_LOG", "warn")
        .env("HARKARA_ALLOWED_TARGETS", "127.0.0.1")
        .stdout(Stdio::piped())
        .stderr(log);
    if let Some(database) = database {
        command.args(["--database", database.url()]);
    }
    for (name, value) in settings {
        command.env(format!("HARKARA_{}", name.to_uppercase()), value);
    }
    let mut process = Process::start(&mut command)?;
    let line = process.first_line().await?;
    match line.rsplit_once(' ') {
        Some((_, url)) if url.starts_with("http") => Ok((process, url.to_owned())),
        _ => {
            let said = std::fs::read_to_string(&log_path).unwrap_or_default();
            bail!("the server under test did not start: {}", said.trim())
        }
    }
}
