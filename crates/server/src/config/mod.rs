//! Settings of the program. The default file is the manual: `config/default.toml`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::target::{Allowed, Net};

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
    /// What this server does: any of [`ROLES`].
    pub roles: Vec<String>,
    /// Milliseconds of silence after which other servers take over from this one.
    pub lease_ms: i64,
    /// Attempts at most of one message when the provider is unavailable.
    pub max_attempts: i16,
    /// Minutes: a scheduled campaign that is later than this (the server was down) waits for a person.
    pub overdue_grace_minutes: i64,
    /// Days that callbacks are kept for; 0: for ever.
    pub callback_days: i64,
    /// Pages of SQLite's log after which it is copied into the database.
    pub log_pages: u32,
    /// Days that the audit log is kept for; 0: for ever.
    pub audit_days: i64,
    /// Days after which an uploaded file that nothing uses is deleted; 0: never.
    pub file_days: i64,
    /// Words that opt a person out, as the whole message, any case.
    pub opt_out_words: Vec<String>,
    /// Words that opt a person in again.
    pub opt_in_words: Vec<String>,
    /// Addresses, networks and hosts that URLs may lead to although they are not on the internet.
    pub allowed_targets: Vec<String>,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Addresses this server sends from, shown to the operator for provider allow-lists.
    pub egress_addresses: Vec<String>,
    /// Folder with a build of the dashboard to serve instead of the built-in one; empty: the built-in one.
    pub dashboard: PathBuf,
    /// Where the simulated provider of the demo listens; `None`: on any free port of this machine. No setting: only
    /// `harkara demo` chooses one.
    #[serde(skip)]
    pub simulator: Option<SocketAddr>,
}

/// What a server can do: answer the API, take and apply callbacks, send, start what is scheduled.
pub const ROLES: [&str; 4] = ["http", "callbacks", "send", "schedule"];

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
    /// A value from the environment does not fit.
    #[error("{name}={value}: {why}")]
    Environment {
        /// Name of the variable.
        name: String,
        /// What it holds.
        value: String,
        /// What it should hold.
        why: &'static str,
    },
    /// A setting has a value that cannot work.
    #[error("the setting {key}: {why}")]
    Value {
        /// Name of the setting.
        key: &'static str,
        /// What is wrong and what to write.
        why: String,
    },
}

/// What the command line says; it wins over everything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--listen`
    pub listen: Option<String>,
    /// `--public-url`
    pub public_url: Option<String>,
    /// `--database`
    pub database: Option<String>,
    /// `--roles`
    pub roles: Option<Vec<String>>,
}

impl Config {
    /// Defaults overlaid with `file` (if any). The environment is not looked at.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::layered(file, |_| None, Overrides::default())
    }

    /// Defaults, then the file, then `HARKARA_<NAME>` from `environment` for every setting, then the command line.
    pub fn layered(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
        command_line: Overrides,
    ) -> Result<Self, ConfigError> {
        let defaults: toml::Table = parse("default.toml", DEFAULT)?;
        let mut table = defaults.clone();
        let mut from = "default.toml".to_owned();
        if let Some(path) = file {
            from = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|why| ConfigError::File {
                path: from.clone(),
                why,
            })?;
            table.extend(parse(&from, &text)?);
        }
        for (key, default) in &defaults {
            let name = variable(key);
            if let Some(text) = environment(&name) {
                table.insert(key.clone(), value_like(default, &name, &text)?);
            }
        }
        let mut config: Self = table.try_into().map_err(|e| ConfigError::Syntax {
            path: from,
            why: e.to_string(),
        })?;
        config.data = command_line.data.unwrap_or(config.data);
        config.listen = command_line.listen.unwrap_or(config.listen);
        config.public_url = command_line.public_url.unwrap_or(config.public_url);
        config.database = command_line.database.unwrap_or(config.database);
        config.roles = command_line.roles.unwrap_or(config.roles);
        config.check()?;
        Ok(config)
    }

    /// Refuses values that cannot work, before anything is started with them.
    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.into() });
        if !self.database.is_empty()
            && !["postgres://", "postgresql://"]
                .iter()
                .any(|scheme| self.database.starts_with(scheme))
        {
            return wrong(
                "database",
                "write postgres://user:password@host/database, or leave it empty for SQLite in the data folder",
            );
        }
        if !self.public_url.is_empty()
            && !["http://", "https://"]
                .iter()
                .any(|scheme| self.public_url.starts_with(scheme))
        {
            return wrong("public_url", "write it with http:// or https:// in front");
        }
        if self.default_region.len() != 2 || !self.default_region.chars().all(|c| c.is_ascii_uppercase()) {
            return wrong(
                "default_region",
                "write a country as two capital letters, such as IN",
            );
        }
        if self.concurrency == 0 {
            return wrong("concurrency", "at least 1 request must be allowed in flight");
        }
        if self.request_timeout_ms < 100 {
            return wrong("request_timeout_ms", "give a provider at least 100 milliseconds");
        }
        if self.roles.is_empty() || self.roles.iter().any(|role| !ROLES.contains(&role.as_str())) {
            return wrong("roles", "give any of http, callbacks, send and schedule");
        }
        if self.lease_ms < 1_000 {
            return wrong("lease_ms", "give a server at least 1000 milliseconds");
        }
        if self.max_attempts < 1 {
            return wrong("max_attempts", "every message needs at least 1 attempt");
        }
        if !(1..=48_000).contains(&self.log_pages) {
            return wrong("log_pages", "give 1 to 48000 pages");
        }
        if !(0..=36_500).contains(&self.callback_days) {
            return wrong(
                "callback_days",
                "give 1 to 36500 days, or 0 to keep callbacks for ever",
            );
        }
        if !(0..=36_500).contains(&self.audit_days) {
            return wrong(
                "audit_days",
                "give 1 to 36500 days, or 0 to keep the audit log for ever",
            );
        }
        if !(0..=36_500).contains(&self.file_days) {
            return wrong("file_days", "give 1 to 36500 days, or 0 to keep files for ever");
        }
        self.proxies()?;
        self.targets().map(drop)
    }

    /// Proxies that may say from where a request comes.
    pub fn proxies(&self) -> Result<Vec<Net>, ConfigError> {
        let read = |entry: &String| {
            entry.trim().parse().map_err(|()| ConfigError::Value {
                key: "trusted_proxies",
                why: format!("\"{entry}\" is neither an address nor a network such as 10.1.0.0/16"),
            })
        };
        self.trusted_proxies.iter().map(read).collect()
    }

    /// What URLs may lead to beside the internet.
    pub fn targets(&self) -> Result<Allowed, ConfigError> {
        Allowed::read(&self.allowed_targets).map_err(|entry| ConfigError::Value {
            key: "allowed_targets",
            why: format!("\"{entry}\" is none of an address, a network such as 10.1.0.0/16, and a host name"),
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

    /// Does this server do that?
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|r| r == role)
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

/// The environment variable of a setting.
pub fn variable(key: &str) -> String {
    format!("HARKARA_{}", key.to_uppercase())
}

/// Reads a text as the type that the default has. Lists are separated by commas.
fn value_like(default: &toml::Value, name: &str, text: &str) -> Result<toml::Value, ConfigError> {
    let wrong = |why| ConfigError::Environment {
        name: name.to_owned(),
        value: text.to_owned(),
        why,
    };
    Ok(match default {
        toml::Value::Integer(_) => toml::Value::Integer(
            text.trim()
                .parse()
                .map_err(|_| wrong("this must be a whole number"))?,
        ),
        toml::Value::Float(_) => {
            toml::Value::Float(text.trim().parse().map_err(|_| wrong("this must be a number"))?)
        }
        toml::Value::Boolean(_) => toml::Value::Boolean(match text.trim() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => return Err(wrong("this must be true or false")),
        }),
        toml::Value::Array(_) => toml::Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(|word| toml::Value::String(word.to_owned()))
                .collect(),
        ),
        _ => toml::Value::String(text.to_owned()),
    })
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

    /// A value for each setting that differs from its default and passes the checks.
    fn other_value(key: &str, default: &toml::Value) -> (String, toml::Value) {
        match default {
            toml::Value::Integer(n) => ((n + 1).to_string(), toml::Value::Integer(n + 1)),
            toml::Value::Boolean(b) => ((!b).to_string(), toml::Value::Boolean(!b)),
            toml::Value::Array(_) if key == "roles" => ("http, send".into(), vec!["http", "send"].into()),
            toml::Value::Array(_) if key == "trusted_proxies" => {
                ("::1,10.1.0.0/16".into(), vec!["::1", "10.1.0.0/16"].into())
            }
            toml::Value::Array(_) if key == "allowed_targets" => {
                ("::1, h.example,,".into(), vec!["::1", "h.example"].into())
            }
            toml::Value::Array(_) => (
                "one, two words,,".into(),
                toml::Value::Array(vec!["one".into(), "two words".into()]),
            ),
            _ => {
                let text = match key {
                    "database" => "postgres://h@127.0.0.1/h",
                    "public_url" => "https://harkara.example",
                    "default_region" => "BR",
                    "listen" => "127.0.0.1:9999",
                    _ => "./elsewhere",
                };
                (text.into(), text.into())
            }
        }
    }

    #[test]
    fn every_setting_comes_from_the_environment_too() {
        let table: toml::Table = DEFAULT.parse().unwrap();
        for (key, default) in &table {
            let (text, value) = other_value(key, default);
            let name = variable(key);
            let environment = |asked: &str| (asked == name).then(|| text.clone());
            let got = Config::layered(None, environment, Overrides::default()).unwrap();
            let mut expected = table.clone();
            expected.insert(key.clone(), value);
            let expected: Config = expected.try_into().unwrap();
            assert_eq!(format!("{got:?}"), format!("{expected:?}"), "{name}");
        }
    }

    #[test]
    fn the_command_line_beats_the_environment_which_beats_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("h.toml");
        std::fs::write(
            &path,
            "listen = \"127.0.0.1:1\"\ndata = \"./file\"\nconcurrency = 3\n",
        )
        .unwrap();
        let environment = |name: &str| match name {
            "HARKARA_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "HARKARA_DATA" => Some("./environment".to_owned()),
            _ => None,
        };
        let command_line = Overrides {
            listen: Some("127.0.0.1:3".into()),
            ..Overrides::default()
        };
        let config = Config::layered(Some(&path), environment, command_line).unwrap();
        assert_eq!(config.listen, "127.0.0.1:3");
        assert_eq!(config.data, Path::new("./environment"));
        assert_eq!(config.concurrency, 3);
        assert_eq!(config.default_region, "IN");
    }

    #[test]
    fn a_value_that_cannot_work_is_named_with_its_variable_or_setting() {
        let with = |name: &'static str, value: &'static str| {
            let environment = move |asked: &str| (asked == name).then(|| value.to_owned());
            Config::layered(None, environment, Overrides::default())
                .unwrap_err()
                .to_string()
        };
        assert!(with("HARKARA_CONCURRENCY", "many").contains("HARKARA_CONCURRENCY=many"));
        assert!(with("HARKARA_CONCURRENCY", "-1").contains("concurrency"));
        assert!(with("HARKARA_DATABASE", "mysql://x").contains("postgres://"));
        assert!(with("HARKARA_CALLBACK_DAYS", "-1").contains("0 to keep callbacks for ever"));
        assert!(with("HARKARA_FILE_DAYS", "-1").contains("0 to keep files for ever"));
        assert!(with("HARKARA_AUDIT_DAYS", "-1").contains("0 to keep the audit log for ever"));
        assert!(with("HARKARA_TRUSTED_PROXIES", "proxy.example").contains("proxy.example"));
        assert!(with("HARKARA_ALLOWED_TARGETS", "127.0.0.1,10.0.0.0/40").contains("10.0.0.0/40"));
        assert!(with("HARKARA_DEFAULT_REGION", "India").contains("two capital letters"));
    }
}
