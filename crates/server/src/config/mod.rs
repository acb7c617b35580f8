//! Settings of the program. The default file is the manual: `config/default.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The default configuration, with a sentence for each setting.
pub const DEFAULT: &str = include_str!("default.toml");

/// Settings after defaults, file, environment and command line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder for the SQLite file, the key file and import error files.
    pub data: PathBuf,
    /// Where HTTP is served.
    pub listen: String,
    /// How the world reaches this server; callback URLs are made from it. Empty: `http://<listen>`.
    pub public_url: String,
    /// `postgres://...`; empty: SQLite under `data`.
    pub database: String,
    /// Two-letter country that a phone number without `+` belongs to.
    pub default_region: String,
    /// Requests in flight at most, over all accounts.
    pub concurrency: usize,
    /// Milliseconds until an unanswered request counts as unknown.
    pub request_timeout_ms: u64,
    /// Attempts at most of one message when the provider is unavailable.
    pub max_attempts: i16,
    /// Minutes: a scheduled campaign that is later than this (the server was down) waits for a person.
    pub overdue_grace_minutes: i64,
    /// Words that opt a person out, as the whole message, any case.
    pub opt_out_words: Vec<String>,
    /// Words that opt a person in again.
    pub opt_in_words: Vec<String>,
    /// Addresses this server sends from, shown to the operator for provider allow-lists.
    pub egress_addresses: Vec<String>,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}: {why}. Check the path given with --config.")]
    File {
        /// Path.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// The file does not parse, or has an unknown setting.
    #[error("{path}: {why}")]
    Syntax {
        /// Path.
        path: String,
        /// Where and why.
        why: String,
    },
}

impl Config {
    /// Defaults overlaid with `file` (if any).
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut table: toml::Table = parse("default.toml", DEFAULT)?;
        if let Some(path) = file {
            let shown = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|why| ConfigError::File {
                path: shown.clone(),
                why,
            })?;
            let over: toml::Table = parse(&shown, &text)?;
            table.extend(over);
            return table.try_into().map_err(|e| ConfigError::Syntax {
                path: shown,
                why: e.to_string(),
            });
        }
        table.try_into().map_err(|e| ConfigError::Syntax {
            path: "default.toml".into(),
            why: e.to_string(),
        })
    }

    /// The database to open: PostgreSQL by URL, else the SQLite file in the data folder.
    pub fn database_url(&self) -> String {
        if self.database.is_empty() {
            self.data.join("harkara.db").to_string_lossy().into_owned()
        } else {
            self.database.clone()
        }
    }

    /// The public URL without a trailing slash.
    pub fn public_base(&self) -> String {
        let url = if self.public_url.is_empty() {
            format!("http://{}", self.listen)
        } else {
            self.public_url.clone()
        };
        url.trim_end_matches('/').to_owned()
    }
}

fn parse(path: &str, text: &str) -> Result<toml::Table, ConfigError> {
    text.parse().map_err(|e: toml::de::Error| ConfigError::Syntax {
        path: path.into(),
        why: e.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_is_complete_and_the_manual() {
        let config = Config::load(None).unwrap();
        assert_eq!(config.default_region, "IN");
        let table: toml::Table = DEFAULT.parse().unwrap();
        for key in table.keys() {
            let line = DEFAULT
                .lines()
                .position(|l| l.starts_with(&format!("{key} ")))
                .unwrap();
            assert!(
                DEFAULT.lines().nth(line - 1).unwrap().starts_with("# "),
                "{key} has no sentence"
            );
        }
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("h.toml");
        std::fs::write(&path, "concurency = 3\n").unwrap();
        let error = Config::load(Some(&path)).unwrap_err().to_string();
        assert!(error.contains("concurency"), "{error}");
    }
}
