//! A PostgreSQL cluster of our own, to be killed, stopped and frozen.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub struct Cluster {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
    /// PostgreSQL refuses to run as root.
    as_postgres: bool,
    databases: AtomicU32,
}

impl Cluster {
    pub fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("harkara-torture-")
            .tempdir_in("/tmp")
            .unwrap();
        let as_postgres = text(Command::new("id").arg("-u")).trim() == "0";
        if as_postgres {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let mut cluster = Self {
            folder,
            bin: programs(),
            port: 0,
            as_postgres,
            databases: AtomicU32::new(0),
        };
        let data = cluster.data();
        run(cluster.command("initdb").arg("-D").arg(data).args([
            "-U",
            "harkara",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]));
        for _ in 0..5 {
            cluster.port = free_port();
            if cluster.try_start() {
                return cluster;
            }
        }
        panic!("PostgreSQL does not start: {}", cluster.log());
    }

    /// A new database; its URL.
    pub async fn database(&self) -> String {
        let base = format!("postgres://harkara@127.0.0.1:{}", self.port);
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let pool = sqlx::PgPool::connect(&format!("{base}/postgres")).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
        format!("{base}/{name}")
    }

    /// `kill -9` of every process of this cluster.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    /// Holds all processes, or lets them go on.
    pub fn freeze(&self, on: bool) {
        self.signal(if on { "-STOP" } else { "-CONT" });
    }

    /// Stops without a checkpoint: the next start recovers.
    pub fn stop(&self) {
        let data = self.data();
        let _ = self
            .command("pg_ctl")
            .arg("-D")
            .arg(data)
            .args(["-m", "immediate", "stop"])
            .status();
    }

    /// Starts again after a kill or stop. The memory of killed processes is freed in its own time.
    pub fn restart(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.try_start() {
            assert!(
                Instant::now() < deadline,
                "PostgreSQL does not start again: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn try_start(&self) -> bool {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -p {} -c unix_socket_directories={} -c max_connections=100",
            self.port,
            self.folder.path().display()
        );
        let data = self.data();
        self.command("pg_ctl")
            .arg("-D")
            .arg(data)
            .arg("-l")
            .arg(self.folder.path().join("log"))
            .args(["-w", "-t", "30", "-o", &options, "start"])
            .status()
            .is_ok_and(|status| status.success())
    }

    /// The postmaster and its children, and nothing else.
    fn signal(&self, signal: &str) {
        let Some(master) = std::fs::read_to_string(self.data().join("postmaster.pid"))
            .ok()
            .and_then(|text| text.lines().next()?.trim().parse::<u32>().ok())
        else {
            return;
        };
        let mut pids = vec![master];
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            if parent(pid) == Some(master) {
                pids.push(pid);
            }
        }
        let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
        let _ = Command::new("kill")
            .arg(signal)
            .args(pids)
            .stderr(Stdio::null())
            .status();
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if self.as_postgres {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.freeze(false);
        self.stop();
    }
}

/// Any free port of this machine.
pub fn free_port() -> u16 {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// The folder of the newest PostgreSQL on this machine.
fn programs() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    if let Some((_, bin)) = found.pop() {
        return bin;
    }
    let initdb = text(Command::new("sh").args(["-c", "command -v initdb"]));
    let folder = Path::new(initdb.trim()).parent().filter(|p| p.exists());
    folder
        .expect("PostgreSQL is not installed: apt-get install postgresql")
        .to_owned()
}

fn text(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}
