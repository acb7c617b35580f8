//! `harkara key`: API keys, directly in the database, so that the first one needs no other.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use comfy_table::Table;

use super::{DataOptions, say};
use crate::app::audit::{Actor, Before, look, note_change};
use crate::app::{App, api_key};
use crate::clock::{Millis, SystemClock};
use crate::config::Overrides;
use crate::domain::id;
use crate::domain::permission::Permission;
use crate::{serve, store};

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key and print it: the only time that it is shown.
    #[command(after_help = "Example:\n  harkara key create \"CRM back end\" --data ./data")]
    Create {
        /// Who uses it.
        name: String,
        /// The permissions that it has, separated by commas, such as profiles.write,messages.send [default: all].
        #[arg(long, value_name = "PERMISSIONS", value_delimiter = ',')]
        only: Vec<String>,
        /// Days until it stops working by itself, 1 to 3650 [default: it does not].
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<i64>,
        #[command(flatten)]
        data: DataOptions,
    },
    /// List the keys, without their secrets.
    List(List),
    /// End a key: it stops working at once.
    Revoke {
        /// Id of the key, such as key_0fz2k5tq8x1ga.
        id: String,
        #[command(flatten)]
        data: DataOptions,
    },
}

/// Options of `key list`.
#[derive(Debug, Args)]
pub struct List {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
}

impl Key {
    /// Carries it out.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create {
                name,
                only,
                expires_in_days,
                data,
            } => {
                let app = open(&data, None).await?;
                let mut tx = app.db.write().await?;
                let scopes = scopes(&only)?;
                let (id, key) =
                    api_key::create_for(&app, &mut tx, &name, scopes.as_deref(), expires_in_days).await?;
                note_change(&app, &mut tx, &Actor::cli(), "api_key.create", id, Before::New).await?;
                tx.commit().await?;
                say(&key)?;
            }
            Self::List(list) => list.run().await?,
            Self::Revoke { id, data } => {
                let app = open(&data, None).await?;
                let known = id::API_KEY.read(&id);
                let mut tx = app.db.write().await?;
                let key = known.unwrap_or_default();
                let before = look(&mut tx, "api_key", key).await?.into();
                let revoked = store::api_key::revoke(&mut tx, key, app.now()).await?;
                anyhow::ensure!(
                    revoked,
                    "there is no living key {id}. `harkara key list` shows the ones there are"
                );
                note_change(&app, &mut tx, &Actor::cli(), "api_key.revoke", key, before).await?;
                tx.commit().await?;
                say(&format!("{id} is revoked."))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let app = open(&self.data, None).await?;
        let keys = store::api_key::list(&mut app.db.read().await?).await?;
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        table.set_header(["id", "name", "ends in", "made", "last used", "state", "may"]);
        for key in keys {
            let shown = id::API_KEY.show(key.id);
            let scopes = api_key::scopes(&key)?;
            let state = match key.expires_at {
                _ if key.revoked_at.is_some() => "revoked".to_owned(),
                Some(at) if key.lives(app.now()) => format!("until {}", minute(at)),
                Some(_) => "expired".to_owned(),
                None => "alive".to_owned(),
            };
            if self.json {
                say(&serde_json::to_string(&serde_json::json!({
                    "id": shown, "name": key.name, "hint": key.hint, "created_at": key.created_at,
                    "last_used_at": key.last_used_at, "last_used_from": key.last_used_from, "expires_at": key.expires_at,
                    "revoked_at": key.revoked_at, "scopes": scopes,
                }))?)?;
                continue;
            }
            let used = key.last_used_at.map_or_else(|| "never".to_owned(), minute);
            table.add_row([
                shown,
                key.name,
                key.hint,
                minute(key.created_at),
                used,
                state,
                scopes.map_or_else(|| "everything".to_owned(), |names| names.join(", ")),
            ]);
        }
        if !self.json {
            say(&table.trim_fmt())?;
        }
        Ok(())
    }
}

/// The permissions of these names; none: all.
fn scopes(names: &[String]) -> anyhow::Result<Option<Vec<Permission>>> {
    if names.is_empty() {
        return Ok(None);
    }
    let read = |name: &String| {
        let found = Permission::read(name.trim()).filter(|p| p.is_for_keys());
        found.ok_or_else(|| {
            let all: Vec<&str> = Permission::ALL
                .iter()
                .filter(|p| p.is_for_keys())
                .map(|p| p.name())
                .collect();
            anyhow::anyhow!(
                "a key cannot have the permission {name:?}. Give any of {}",
                all.join(", ")
            )
        })
    };
    names.iter().map(read).collect::<Result<_, _>>().map(Some)
}

/// The data, for commands that work on it directly.
pub(super) async fn open(data: &DataOptions, public_url: Option<String>) -> anyhow::Result<Arc<App>> {
    let overrides = Overrides {
        public_url,
        ..Overrides::default()
    };
    serve::open(data.config(overrides)?, Arc::new(SystemClock)).await
}

/// `2026-01-05 10:00 UTC`.
pub(super) fn minute(at: Millis) -> String {
    match jiff::Timestamp::from_millisecond(at) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => at.to_string(),
    }
}
