//! The demo that stays: server, simulated provider and handset, for people to try.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::people::{self, Consent};
use super::{shop, workspace};
use crate::app::App;
use crate::cli::client::Client;
use crate::clock::{MovedClock, SystemClock};
use crate::config::{Config, Overrides};
use crate::domain::id::{ACCOUNT, IMPORT};
use crate::serve::{self, CliFile, StopSignal};
use crate::store::{self, demo};

/// Customers of the demo.
const CUSTOMERS: u32 = 10_000;
/// Name of their list.
const CROWD: &str = "Demo customers";
/// Name of its campaign, ready to be launched.
const DRAFT: &str = "Double your points";

/// What to run.
#[derive(Debug, Clone)]
pub struct Live {
    /// Port of the server; the provider takes the next one.
    pub port: u16,
    /// Folder for the data.
    pub data: PathBuf,
    /// Remove the data first.
    pub fresh: bool,
}

impl Live {
    /// Runs until told to stop. `tell` hears what a person should read.
    pub async fn run(&self, tell: impl Fn(&str)) -> anyhow::Result<()> {
        let mut stop = StopSignal::catch()?;
        if self.fresh {
            self.remove()?;
        }
        let simulator = SocketAddr::from(([127, 0, 0, 1], self.port + 1));
        drop(serve::listen(&simulator.to_string()).await?);
        // Settings of the environment hold here too, but never the database: the demo must not fill one that is in use.
        let environment = |name: &str| std::env::var(name).ok().filter(|_| name != "HARKARA_DATABASE");
        let mut config = Config::layered(None, environment, Overrides::default())?;
        config.simulator = Some(simulator);
        config.data.clone_from(&self.data);
        config.listen = format!("127.0.0.1:{}", self.port);
        // A demo's time can be moved, which a server that is in use must never do.
        let clock = MovedClock::over(Arc::new(SystemClock));
        let server = serve::start(config, Arc::new(clock)).await?;
        let kept = CliFile::read(&self.data).with_context(|| {
            format!(
                "{} is not there; run with --fresh",
                CliFile::path(&self.data).display()
            )
        })?;
        let client = Client::new(&kept.url, &kept.key)?;
        let seeded = tokio::select! {
            seeded = seed(&server.app, &client, &tell) => seeded,
            () = stop.wait() => Ok(()),
        };
        if seeded.is_ok() {
            tell(&format!("\nHarkara   {}", server.url()));
            tell(&format!(
                "Dashboard {}/   whoever opens it first becomes its owner",
                server.url()
            ));
            tell(&format!(
                "Handset   http://{simulator}/   the customers' phone: read, tap, answer"
            ));
            tell(&format!(
                "API key   {}   (in {})",
                kept.key,
                CliFile::path(&self.data).display()
            ));
            tell(&format!(
                "Try       {} campaign launch \"{DRAFT}\" --data {}",
                program(),
                self.data.display()
            ));
            tell("Stop      Ctrl-C; the data stays. --fresh begins anew");
            stop.wait().await;
        }
        server.shutdown().await;
        seeded
    }

    /// Removes the demo's data, and nothing that is not a demo's.
    fn remove(&self) -> anyhow::Result<()> {
        let shown = self.data.display();
        if !self.data.exists() {
            return Ok(());
        }
        let known = ["harkara.db", "cli.json", "server.lock"];
        if !known.iter().any(|name| self.data.join(name).exists()) {
            bail!(
                "{shown} is no data folder of Harkara, so that it is not removed. Choose another with --data"
            );
        }
        std::fs::remove_dir_all(&self.data).with_context(|| format!("cannot remove {shown}"))
    }
}

/// Switches the demo on, and makes a crowd of customers and a draft for it, as far as they are not there yet.
async fn seed(app: &Arc<App>, client: &Client, tell: &impl Fn(&str)) -> anyhow::Result<()> {
    let demo = workspace::begin(app).await?;
    let account = demo.account.context("the demo has no account")?;
    let last = people::person(CUSTOMERS - 1).identity;
    let there = client.get(&format!("/profiles?identity={last}")).await?;
    if there["data"].as_array().is_none_or(Vec::is_empty) {
        tell(&format!("Making {CUSTOMERS} fictional customers ..."));
        customers(app, client).await?;
    }
    let campaigns = client.all("/campaigns").await?;
    if !campaigns.iter().any(|c| c["name"] == DRAFT) {
        let template = shop::import_templates(client, &ACCOUNT.show(account)).await?;
        let draft = json!({
            "name": DRAFT,
            "template_id": template,
            "audience": {"type": "everyone"},
            "mapping": shop::mapping(),
        });
        client.post("/campaigns", &draft).await?;
    }
    Ok(())
}

/// The program as it was called, so that the hint can be copied.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "harkara".into())
}

async fn customers(app: &Arc<App>, client: &Client) -> anyhow::Result<()> {
    let mut text = String::from("customer_id,phone,name,city,language,points,opt_in\n");
    for index in 0..CUSTOMERS {
        let p = people::person(index);
        let consent = match p.consent {
            Consent::In => "yes",
            Consent::Out => "no",
            Consent::Unknown => "",
        };
        text += &format!(
            "{},{},{},{},{},{},{consent}\n",
            p.identity, p.phone, p.name, p.city, p.language, p.points
        );
    }
    let path = "/imports?file_name=demo-customers.csv&identity_column=customer_id&list=Demo%20customers";
    let started = client.upload(path, "text/csv", text).await?;
    let path = format!("/imports/{}", started["id"].as_str().unwrap_or_default());
    loop {
        let import = client.get(&path).await?;
        match import["state"].as_str() {
            Some("running") => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            Some("finished") => return mark(app, &started).await,
            _ => bail!(
                "the customers could not be made - {}",
                import["problem"].as_str().unwrap_or_default()
            ),
        }
    }
}

/// Remembers what the import made, so that it goes with the demo.
async fn mark(app: &App, import: &Value) -> anyhow::Result<()> {
    let mut tx = app.db.write().await?;
    let list = store::list::find_or_add(&mut tx, app.id(), CROWD, app.now()).await?;
    demo::mark(&mut tx, demo::CROWD, list).await?;
    if let Some(id) = import["id"].as_str().and_then(|id| IMPORT.read(id)) {
        demo::mark(&mut tx, demo::IMPORT, id).await?;
    }
    Ok(tx.commit().await?)
}
