//! A child process and what the kernel says about it. Linux only, as `/proc` is.

use std::io::BufRead;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::Context;

/// The kernel counts processor time for programs in hundredths of a second, on every architecture.
const TICK: Duration = Duration::from_millis(10);

/// A child that ends with this value.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
        Ok(Self(child))
    }

    /// The first line that it says; empty when it ends before that. Later ones must fit into the pipe.
    pub async fn first_line(&mut self) -> anyhow::Result<String> {
        let out = self.0.stdout.take().context("the child has no output to read")?;
        let (line, out) = tokio::task::spawn_blocking(move || {
            let mut reader = std::io::BufReader::new(out);
            let mut line = String::new();
            reader.read_line(&mut line).map(|_| (line, reader.into_inner()))
        })
        .await??;
        // Closing it would be the child's trouble.
        self.0.stdout = Some(out);
        Ok(line.trim().to_owned())
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill().context("cannot end the child")?;
        self.0.wait().context("the child does not end")?;
        Ok(())
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Processor time so far, user and system.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        cpu(self.id())
    }

    /// Bytes that it made the disk write so far.
    pub fn written(&self) -> anyhow::Result<f64> {
        value(self.id(), "io", "write_bytes:")
    }

    /// Memory in use, in MB (10^6 bytes).
    pub fn rss_mb(&self) -> anyhow::Result<f64> {
        status_mb(self.id(), "VmRSS:")
    }

    /// Most memory in use since the start, or since [`Process::forget_peak`].
    pub fn peak_mb(&self) -> anyhow::Result<f64> {
        status_mb(self.id(), "VmHWM:")
    }

    /// The peak begins anew.
    pub fn forget_peak(&self) -> anyhow::Result<()> {
        let path = format!("/proc/{}/clear_refs", self.id());
        std::fs::write(&path, "5").with_context(|| format!("cannot write {path}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Processor time of a process and its threads so far, user and system.
pub fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    ticks(&text)
        .map(|ticks| TICK * ticks)
        .with_context(|| format!("cannot understand {path}"))
}

/// The name of the program, which stands in brackets, may hold spaces; the two times are fields 14 and 15.
fn ticks(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn status_mb(pid: u32, key: &str) -> anyhow::Result<f64> {
    Ok(value(pid, "status", key)? * 1024.0 / 1e6)
}

/// The number behind a key in one of the files about a process.
fn value(pid: u32, file: &str, key: &str) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/{file}");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    text.lines()
        .find_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse().ok())
        .with_context(|| format!("{path} has no {key}"))
}

/// A folder that goes away with this value, unless it is kept.
#[derive(Debug)]
pub struct Folder {
    path: std::path::PathBuf,
    keep: bool,
}

impl Folder {
    /// Makes one below the folder for temporary files.
    pub fn new(keep: bool) -> anyhow::Result<Self> {
        let name = format!(
            "harkara-bench-{:016x}",
            u64::from_be_bytes(crate::clock::random_bytes())
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self { path, keep })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, folder = %self.path.display(), "the folder of the measurement stays behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let line = "12 (a ) b) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0";
        assert_eq!(ticks(line), Some(42));
        assert_eq!(ticks("12 (x) S 1"), None);
        assert!(cpu(std::process::id()).is_ok());
        assert!(status_mb(std::process::id(), "VmHWM:").unwrap() > 0.0);
        assert!(value(std::process::id(), "io", "write_bytes:").is_ok());
    }
}
