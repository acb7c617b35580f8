//! `harkara serve` and `harkara migrate`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use super::{DataOptions, announce, say};
use crate::app::sign_in;
use crate::clock::SystemClock;
use crate::config::Overrides;
use crate::serve::{self, StopSignal};
use crate::store::Db;

/// Options of `serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  harkara serve
  harkara serve --data /var/lib/harkara --listen 0.0.0.0:8080 --public-url https://harkara.example.com
  harkara serve --database postgres://harkara:secret@db.example.com/harkara --config /etc/harkara.toml
  harkara serve --database postgres://harkara:secret@db.example.com/harkara --roles http,callbacks

Every setting also comes from the environment as HARKARA_<NAME>, such as HARKARA_LISTEN or HARKARA_CONCURRENCY:
defaults, then the file, then the environment, then the command line. HARKARA_SECRET_KEY (32 bytes, base64) replaces
the key file DATA/secret.key. SIGTERM and Ctrl-C stop the server after what runs has ended.")]
pub struct Serve {
    #[command(flatten)]
    data: DataOptions,
    /// Address and port for HTTP; port 0 takes any free one [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// How providers reach this server; callback URLs begin with it [default: http://ADDR].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// What this server does, separated by commas [default: http,callbacks,send,schedule].
    #[arg(long, value_name = "ROLES", value_delimiter = ',')]
    roles: Option<Vec<String>>,
    /// Print the default configuration file, with a sentence for each setting, and exit.
    #[arg(long)]
    print_config: bool,
}

impl Serve {
    /// Runs until it is told to stop.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        if self.print_config {
            say(crate::config::DEFAULT.trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        let config = self.data.config(Overrides {
            listen: self.listen,
            public_url: self.public_url,
            roles: self.roles,
            ..Overrides::default()
        })?;
        let mut stop = StopSignal::catch()?;
        let running = serve::start(config, Arc::new(SystemClock)).await?;
        announce(&format!("Harkara listens on {}", running.url()));
        announce(&match &running.cli_file {
            Some(path) => format!("Address and API key for the command line: {}", path.display()),
            None => {
                "No API key for the command line is kept here: `harkara key create NAME` makes one.".into()
            }
        });
        if sign_in::needs_owner(&running.app).await? {
            announce(&format!(
                "Nobody can sign in yet. Make the owner at {} or with `harkara user create`.",
                sign_in::setup_url(&running.app)?
            ));
        }
        stop.wait().await;
        tracing::info!("stopping");
        running.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Options of `migrate`.
#[derive(Debug, Args)]
#[command(
    after_help = "The server does the same at every start; this command lets a deployment do it beforehand."
)]
pub struct Migrate {
    #[command(flatten)]
    data: DataOptions,
}

impl Migrate {
    /// Migrates.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.data.config(Overrides::default())?;
        std::fs::create_dir_all(&config.data)
            .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
        let db = Db::open(&config.database_url())
            .await
            .context("cannot open the database (check --database or --data)")?;
        db.migrate().await.context("cannot bring the tables up to date")?;
        db.close().await;
        say("The tables are up to date.")?;
        Ok(ExitCode::SUCCESS)
    }
}
