//! The demo that stays: server, simulated provider and handset, for people to try.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};

use super::people::{self, Consent};
use super::shop;
use crate::cli::client::Client;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::serve::{self, CliFile, StopSignal};

/// Customers of the demo.
const CUSTOMERS: u32 = 10_000;
/// Nickname of its account.
const ACCOUNT: &str = "Gupshup demo";
/// Name of its campaign, ready to be launched.
const DRAFT: &str = "Double your points";
/// Messages a second that the demo's account may send.
const PER_SECOND: u32 = 200;

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
        let mut options = shop::simulator(SocketAddr::from(([127, 0, 0, 1], self.port + 1)));
        options.read_rate = 0.3;
        options.latency_ms = 20;
        let simulator = start_simulator(options).await?;
        let mut config = Config::load(None)?;
        // The simulated provider is on this machine.
        config.allowed_targets = vec!["127.0.0.1".into()];
        config.data.clone_from(&self.data);
        config.listen = format!("127.0.0.1:{}", self.port);
        let server = serve::start(config, Arc::new(SystemClock)).await?;
        let kept = CliFile::read(&self.data).with_context(|| {
            format!(
                "{} is not there; run with --fresh",
                CliFile::path(&self.data).display()
            )
        })?;
        let client = Client::new(&kept.url, &kept.key)?;
        let seeded = tokio::select! {
            seeded = self.seed(&client, &simulator, &tell) => seeded,
            () = stop.wait() => Ok(()),
        };
        if seeded.is_ok() {
            tell(&format!("\nHarkara   {}", server.url()));
            tell(&format!(
                "Handset   {}/   the customers' phone: read, tap, answer",
                simulator.base_url()
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
        simulator.shutdown().await;
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

    /// Makes account, templates, customers and a draft, as far as they are not there yet.
    async fn seed(
        &self,
        client: &Client,
        simulator: &harkara_sim::Running,
        tell: &impl Fn(&str),
    ) -> anyhow::Result<()> {
        let handle = simulator.state();
        shop::add_templates(&handle)?;
        let account = account(client, &simulator.base_url()).await?;
        shop::connect(&handle, &account)?;
        let template = shop::import_templates(client, account["id"].as_str().unwrap_or_default()).await?;
        let last = people::person(CUSTOMERS - 1).identity;
        let there = client.get(&format!("/profiles?identity={last}")).await?;
        if there["data"].as_array().is_none_or(Vec::is_empty) {
            tell(&format!("Making {CUSTOMERS} fictional customers ..."));
            customers(client).await?;
        }
        if client.all("/campaigns").await?.is_empty() {
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
}

/// The program as it was called, so that the hint can be copied.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "harkara".into())
}

async fn start_simulator(options: harkara_sim::Options) -> anyhow::Result<harkara_sim::Running> {
    drop(serve::listen(&options.listen.to_string()).await?);
    harkara_sim::start(options).await
}

/// The demo's account, made or pointed at today's simulator.
async fn account(client: &Client, simulator: &str) -> anyhow::Result<Value> {
    let settings = shop::settings(ACCOUNT, simulator, PER_SECOND);
    let accounts = client.all("/accounts").await?;
    match accounts.iter().find(|a| a["nickname"] == ACCOUNT) {
        Some(there) => {
            let id = there["id"]
                .as_str()
                .ok_or_else(|| anyhow!("the account has no id"))?;
            client
                .patch(&format!("/accounts/{id}"), &json!({ "settings": settings }))
                .await
        }
        None => {
            let new = json!({"provider": "gupshup-enterprise", "settings": settings});
            client.post("/accounts", &new).await
        }
    }
}

async fn customers(client: &Client) -> anyhow::Result<()> {
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
            Some("finished") => return Ok(()),
            _ => bail!(
                "the customers could not be made - {}",
                import["problem"].as_str().unwrap_or_default()
            ),
        }
    }
}
