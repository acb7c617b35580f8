//! The real program as a process: started, killed, frozen, cut off from its disk.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use harkara::cli::client::Client;
use harkara::serve::CliFile;
use tempfile::TempDir;

use crate::postgres::free_port;
use crate::power::Power;

/// Longest wait for a start.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Server {
    folder: TempDir,
    database: Option<String>,
    power: Option<Power>,
    listen: String,
    child: Option<Child>,
    http: reqwest::Client,
    /// Starts that ended by themselves, for instance because the database was away.
    pub refused: u32,
}

impl Server {
    /// On a fresh data folder, not started.
    pub fn new(database: Option<String>) -> Self {
        // Only the first installation in a process counts; a second one is refused, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            database,
            power: None,
            listen: format!("127.0.0.1:{}", free_port()),
            child: None,
            http,
            refused: 0,
        }
    }

    /// The same on SQLite, and its power can fail.
    pub fn with_power(seed: u64) -> Self {
        let mut server = Self::new(None);
        server.power = Some(Power::new(server.folder.path(), seed));
        server
    }

    pub fn spawn(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file())
            .unwrap();
        // A write beyond the limit that `no_disk` sets must be an error, as on a full disk, and not the end.
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                "trap '' XFSZ; exec \"$0\" \"$@\"",
                env!("CARGO_BIN_EXE_harkara"),
            ])
            .args(["serve", "--listen", &self.listen, "--data"])
            .arg(self.folder.path())
            .env(
                "HARKARA_LOG",
                std::env::var("HARKARA_TORTURE_LOG").unwrap_or("warn".into()),
            )
            .env("HARKARA_REQUEST_TIMEOUT_MS", "2000")
            .env("HARKARA_ALLOWED_TARGETS", "127.0.0.1")
            // So that the log is copied all the time: little is written here.
            .env("HARKARA_LOG_PAGES", "30")
            .stdout(Stdio::null())
            .stderr(log);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        if let Some(power) = &mut self.power {
            power.watch(&mut command);
        }
        self.child = Some(command.spawn().unwrap());
    }

    /// It is gone, and with it what was not synced.
    pub async fn lose_power(&mut self) {
        self.kill();
        let power = self.power.as_mut().unwrap();
        power.ill = true;
        power.lose().await;
    }

    /// Starts again on a disk that takes everything from now on: who compares asks once.
    pub fn recover(&mut self) {
        if let Some(power) = &mut self.power {
            power.ill = false;
            self.kill();
            self.spawn();
        }
    }

    /// `kill -9`: no goodbye.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Holds the process, or lets it go on.
    pub fn freeze(&self, on: bool) {
        self.signal(&["kill", if on { "-STOP" } else { "-CONT" }]);
    }

    /// From now on every write to a file fails, or not any more.
    pub fn no_disk(&self, on: bool) {
        let size = if on {
            "--fsize=1:unlimited"
        } else {
            "--fsize=unlimited:unlimited"
        };
        self.signal(&["prlimit", size, "--pid"]);
    }

    fn signal(&self, words: &[&str]) {
        let Some(child) = &self.child else { return };
        let _ = Command::new(words[0])
            .args(&words[1..])
            .arg(child.id().to_string())
            .stderr(Stdio::null())
            .status();
    }

    /// Waits until it answers; starts it again when it ended by itself, as a supervisor would.
    pub async fn ready(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ended = match &mut self.child {
                Some(child) => child.try_wait().unwrap().is_some(),
                None => true,
            };
            if ended {
                self.refused += 1;
                self.spawn();
            }
            let answer = self
                .http
                .get(format!("http://{}/readyz", self.listen))
                .send()
                .await;
            if answer.is_ok_and(|a| a.status().is_success()) {
                if let Some(power) = &mut self.power {
                    power.ready();
                }
                return;
            }
            assert!(
                Instant::now() < deadline,
                "the server does not start:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn client(&self) -> Client {
        let file = self.cli_file();
        Client::new(&file.url, &file.key).unwrap()
    }

    /// URL and key.
    pub fn cli_file(&self) -> CliFile {
        CliFile::read(self.folder.path()).expect("a server that started keeps cli.json")
    }

    /// The SQLite file.
    pub fn database_file(&self) -> PathBuf {
        self.folder.path().join("harkara.db")
    }

    fn log_file(&self) -> PathBuf {
        Path::join(self.folder.path(), "log.txt")
    }

    /// The last lines of its log.
    pub fn log(&self) -> String {
        let text = std::fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
