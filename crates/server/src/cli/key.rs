//! `harkara key`: API keys, directly in the database, so that the first one needs no other.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use comfy_table::Table;

use super::{DataOptions, say};
use crate::app::{App, api_key};
use crate::clock::{Millis, SystemClock};
use crate::config::Overrides;
use crate::domain::id;
use crate::{serve, store};

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key and print it: the only time that it is shown.
    #[command(after_help = "Example:\n  harkara key create \"CRM back end\" --data ./data")]
    Create {
        /// Who uses it.
        name: String,
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
            Self::Create { name, data } => {
                let app = open(&data).await?;
                let mut tx = app.db.write().await?;
                let (_, key) = api_key::create(&app, &mut tx, &name).await?;
                tx.commit().await?;
                say(&key)?;
            }
            Self::List(list) => list.run().await?,
            Self::Revoke { id, data } => {
                let app = open(&data).await?;
                let known = id::API_KEY.read(&id);
                let mut tx = app.db.write().await?;
                let revoked = match known {
                    Some(known) => store::api_key::revoke(&mut tx, known, app.now()).await?,
                    None => false,
                };
                anyhow::ensure!(
                    revoked,
                    "there is no living key {id}. `harkara key list` shows the ones there are"
                );
                tx.commit().await?;
                say(&format!("{id} is revoked."))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let app = open(&self.data).await?;
        let keys = store::api_key::list(&mut app.db.read().await?).await?;
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        table.set_header(["id", "name", "ends in", "made", "last used", "state"]);
        for key in keys {
            let shown = id::API_KEY.show(key.id);
            let state = if key.revoked_at.is_some() {
                "revoked"
            } else {
                "alive"
            };
            if self.json {
                say(&serde_json::to_string(&serde_json::json!({
                    "id": shown, "name": key.name, "hint": key.hint, "created_at": key.created_at,
                    "last_used_at": key.last_used_at, "revoked_at": key.revoked_at,
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
                state.to_owned(),
            ]);
        }
        if !self.json {
            say(&table.trim_fmt())?;
        }
        Ok(())
    }
}

async fn open(data: &DataOptions) -> anyhow::Result<Arc<App>> {
    serve::open(data.config(Overrides::default())?, Arc::new(SystemClock)).await
}

/// `2026-01-05 10:00 UTC`.
fn minute(at: Millis) -> String {
    match jiff::Timestamp::from_millisecond(at) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => at.to_string(),
    }
}
