//! The main job, once: a file becomes customers, a campaign goes out through a provider that misbehaves, customers
//! answer, and in the end the provider's own books are compared with our ledger.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use harkara_sim::{AccountKind, FailureKind, Handle, Inbound, Options};
use serde_json::{Value, json};

use super::audit::{self, Accepted, Audit, Entry};
use super::{file, shop};
use crate::app::api_key;
use crate::cli::client::Client;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::serve;

/// What to run.
#[derive(Debug, Clone)]
pub struct Once {
    /// Rows of the customer file.
    pub recipients: u32,
    /// PostgreSQL instead of a SQLite file.
    pub database: Option<String>,
    /// Longest time for the campaign.
    pub patience: Duration,
}

/// What came out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Progress of the campaign at its end, as the API tells it.
    pub progress: Value,
    /// The provider's books against ours.
    pub audit: Audit,
    /// The provider's counters.
    pub simulator: harkara_sim::Stats,
    /// Customers who asked to get no more messages, and whom the server knows as opted out.
    pub opted_out: usize,
    /// Bad rows of the file.
    pub bad_rows: i64,
    /// From the upload of the file to the end of the audit.
    pub seconds: f64,
}

/// The list that the file goes to.
const LIST: &str = "Demo customers";
/// Customers who answer, each with one message.
const ANSWERS: usize = 20;
/// Rate that the account is allowed; the provider's own limit is below it, so that throttle answers come.
const ALLOWED_PER_SECOND: u32 = 1_000;

/// The provider at its worst that still is a provider.
fn misbehaving(options: Options) -> Options {
    Options {
        limit_per_second: Some(600),
        latency_ms: 10,
        latency_jitter_ms: 40,
        fail_503: 0.01,
        fail_100: 0.005,
        fail_500_accepted: 0.002,
        hang: 0.000_5,
        hang_ms: 10_000,
        fail_suffix: vec![("777".into(), FailureKind::Failed("UNKNOWN_SUBSCRIBER".into()))],
        report_delay_ms: 200,
        report_loss: 0.01,
        report_reorder: 0.05,
        report_duplicates: 0.05,
        report_batch: 10,
        read_rate: 0.4,
        ..options
    }
}

impl Once {
    /// Runs it. `tell` hears where it is, and each progress of the campaign.
    pub async fn run(&self, tell: &mut impl FnMut(Told<'_>)) -> anyhow::Result<Outcome> {
        let folder = Folder::new()?;
        let simulator = harkara_sim::start(misbehaving(shop::simulator(([127, 0, 0, 1], 0).into()))).await?;
        let mut config = Config::load(None)?;
        // The simulated provider is on this machine.
        config.allowed_targets = vec!["127.0.0.1".into()];
        config.data = folder.0.clone();
        config.listen = "127.0.0.1:0".into();
        config.database = self.database.clone().unwrap_or_default();
        // Some requests are never answered; a demo does not wait half a minute for that.
        config.request_timeout_ms = 3_000;
        let server = serve::start(config, Arc::new(SystemClock)).await?;
        let outcome = self.with(&server, &simulator, &folder.0, tell).await;
        server.shutdown().await;
        simulator.shutdown().await;
        outcome
    }

    async fn with(
        &self,
        server: &serve::Running,
        simulator: &harkara_sim::Running,
        folder: &Path,
        tell: &mut impl FnMut(Told<'_>),
    ) -> anyhow::Result<Outcome> {
        let client = client(server).await?;
        let handle = simulator.state();
        let run = format!("{:x}", server.app.id());
        let settings = shop::settings(&format!("Demo {run}"), &simulator.base_url(), ALLOWED_PER_SECOND);
        let account = json!({"provider": "gupshup-enterprise", "settings": settings});
        let account = client.post("/accounts", &account).await?;
        shop::connect(&handle, &account)?;
        shop::add_templates(&handle)?;
        let account_id = account["id"].as_str().unwrap_or_default();
        let number = account["numbers"][0]["id"].as_str().unwrap_or_default();
        client
            .patch(
                &format!("/numbers/{number}"),
                &json!({"messages_per_second": ALLOWED_PER_SECOND}),
            )
            .await?;
        let template = shop::import_templates(&client, account_id).await?;

        let started = Instant::now();
        let customers = file::customer_file(self.recipients);
        let path = folder.join("customers.csv");
        std::fs::write(&path, &customers.text).with_context(|| format!("cannot write {}", path.display()))?;
        let import = import(&client, &customers).await?;
        tell(Told::Imported(&import));

        let campaign = json!({
            "name": format!("Demo campaign {run}"),
            "template_id": template,
            "audience": {"type": "list", "list_id": list(&client, LIST).await?},
            "mapping": shop::mapping(),
        });
        let campaign = client.post("/campaigns", &campaign).await?;
        let id = campaign["id"].as_str().unwrap_or_default();
        tell(Told::Reach(&client.get(&format!("/campaigns/{id}/reach")).await?));
        client
            .post(&format!("/campaigns/{id}/launch"), &json!({}))
            .await?;

        let quitter = self.watch(&client, id, &handle, tell).await?;
        drain(&client, id, &handle, tell).await?;
        let progress = client.get(&format!("/campaigns/{id}/progress")).await?;
        tell(Told::Progress(&progress));
        let audit = audit(&client, id, &handle, customers.reachable).await?;
        Ok(Outcome {
            progress,
            audit,
            simulator: handle.stats(),
            opted_out: opted_out(&client, quitter.as_deref()).await?,
            bad_rows: import["invalid"].as_i64().unwrap_or_default(),
            seconds: (started.elapsed().as_secs_f64() * 10.0).round() / 10.0,
        })
    }

    /// Watches until the campaign is over; in the middle of it, customers answer. The one who wrote STOP.
    async fn watch(
        &self,
        client: &Client,
        id: &str,
        simulator: &Handle,
        tell: &mut impl FnMut(Told<'_>),
    ) -> anyhow::Result<Option<String>> {
        let deadline = Instant::now() + self.patience;
        let mut quitter = None;
        loop {
            let progress = client.get(&format!("/campaigns/{id}/progress")).await?;
            tell(Told::Progress(&progress));
            let over = progress["state"] == "finished";
            let enough = progress["funnel"]["delivered"].as_u64() >= Some(2 * ANSWERS as u64);
            if quitter.is_none() && (enough || over) {
                quitter = answer(simulator)?;
            }
            if over {
                return Ok(quitter);
            }
            if Instant::now() > deadline {
                bail!(
                    "the campaign did not end within {} s - it stands at {} - look at the log, or allow more with --patience",
                    self.patience.as_secs(),
                    progress["funnel"]
                );
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

/// What the run tells while it goes on.
#[derive(Debug)]
pub enum Told<'a> {
    /// The file is imported.
    Imported(&'a Value),
    /// Who will get it.
    Reach(&'a Value),
    /// Where the campaign stands.
    Progress(&'a Value),
    /// The campaign is over; so many reports are still to come.
    Draining(u64),
}

async fn client(server: &serve::Running) -> anyhow::Result<Client> {
    let mut tx = server.app.db.write().await?;
    let (_, key) = api_key::create(&server.app, &mut tx, "demo").await?;
    tx.commit().await?;
    Client::new(&server.url(), &key)
}

async fn import(client: &Client, customers: &file::CustomerFile) -> anyhow::Result<Value> {
    let path = "/imports?file_name=customers.csv&phone_column=mobile&identity_column=customer_id\
                &opt_in_column=whatsapp_opt_in";
    let path = format!("{path}&{}", crate::cli::query(&[("list", LIST)]));
    let started = client.upload(&path, "text/csv", customers.text.clone()).await?;
    let path = format!("/imports/{}", started["id"].as_str().unwrap_or_default());
    loop {
        let import = client.get(&path).await?;
        match import["state"].as_str() {
            Some("running") => tokio::time::sleep(Duration::from_millis(100)).await,
            Some("finished") => {
                let bad = import["invalid"].as_u64();
                let (rows, all) = (import["rows"].as_u64(), u64::from(customers.rows));
                ensure!(
                    bad == Some(u64::from(customers.bad)) && rows == Some(all),
                    "the import counted {rows:?} rows and {bad:?} bad ones, the file has {all} and {}",
                    customers.bad
                );
                return Ok(import);
            }
            _ => bail!(
                "the import did not finish - {}",
                import["problem"].as_str().unwrap_or_default()
            ),
        }
    }
}

/// The id of the list of this name.
async fn list(client: &Client, name: &str) -> anyhow::Result<String> {
    let lists = client.all("/lists").await?;
    let found = lists
        .iter()
        .find(|l| l["name"] == name)
        .and_then(|l| l["id"].as_str());
    found
        .map(str::to_owned)
        .with_context(|| format!("the import made no list {name:?}"))
}

/// Some of those who got the message answer; the last one writes STOP, and a stranger says hello.
fn answer(simulator: &Handle) -> anyhow::Result<Option<String>> {
    let (_, messages) = simulator.messages(0, 1_000);
    let arrived = messages
        .iter()
        .filter(|m| m.statuses.contains(&harkara_sim::Stage::Delivered));
    let mut customers: Vec<(&str, &str)> = arrived
        .map(|m| (m.to.as_str(), m.id.as_str()))
        .take(ANSWERS + 1)
        .collect();
    let say = |customer: &str, reply_to: Option<&str>, text: &str| {
        let inbound = Inbound {
            customer: customer.into(),
            reply_to: reply_to.map(str::to_owned),
            text: text.into(),
            ..Inbound::default()
        };
        simulator.inject(&inbound).map_err(anyhow::Error::msg)
    };
    let quitter = customers.pop();
    for (customer, message) in customers {
        say(customer, Some(message), "Thank you, I will come by!")?;
    }
    if let Some((customer, _)) = quitter {
        say(customer, None, "STOP")?;
    }
    say("919999900042", None, "Hello, do you sell umbrellas?")?;
    Ok(quitter.map(|(customer, _)| format!("+{customer}")))
}

/// Waits until no report is on its way and the ledger stands still.
async fn drain(
    client: &Client,
    id: &str,
    simulator: &Handle,
    tell: &mut impl FnMut(Told<'_>),
) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut before = Value::Null;
    let mut quiet = 0;
    while quiet < 4 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let stats = simulator.stats();
        let pending = stats.reports.pending + stats.inbound.pending;
        tell(Told::Draining(pending));
        let progress = client.get(&format!("/campaigns/{id}/progress")).await?;
        let now = json!([progress["funnel"], progress["replied"]]);
        quiet = if pending == 0 && now == before {
            quiet + 1
        } else {
            0
        };
        before = now;
    }
    Ok(())
}

/// Compares the provider's books with our ledger.
async fn audit(
    client: &Client,
    id: &str,
    simulator: &Handle,
    mut should: BTreeSet<String>,
) -> anyhow::Result<Audit> {
    let (_, messages) = simulator.messages(0, usize::MAX);
    // The notification account sends nothing but the campaign; answers leave by the other one.
    let campaign = messages.iter().filter(|m| m.account == AccountKind::Hsm);
    let accepted: Vec<Accepted> = campaign
        .map(|m| Accepted {
            reference: m.reference.clone(),
            phone: format!("+{}", m.to),
        })
        .collect();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let ledger = client.all(&format!("/campaigns/{id}/messages")).await?;
    let ledger: Vec<Entry> = ledger
        .iter()
        .map(|row| Entry {
            reference: text(row, "id"),
            phone: text(row, "phone"),
            state: text(row, "state"),
        })
        .collect();
    // Only one reason may take somebody out of whom the file says yes: a STOP, of this run or an earlier one.
    for row in client.all(&format!("/campaigns/{id}/excluded")).await? {
        if row["reason"] == "opted_out" {
            should.remove(&text(&row, "phone"));
        }
    }
    Ok(audit::compare(&should, &accepted, &ledger))
}

async fn opted_out(client: &Client, quitter: Option<&str>) -> anyhow::Result<usize> {
    let Some(phone) = quitter else { return Ok(0) };
    let path = format!("/profiles?{}", crate::cli::query(&[("phone", phone)]));
    let profiles = client.get(&path).await?;
    let rows = profiles["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(usize::from(
        !rows.is_empty() && rows.iter().all(|p| p["reachable"] == false),
    ))
}

/// A folder that goes away with the run.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let name = format!(
            "harkara-once-{:016x}",
            u64::from_be_bytes(crate::clock::random_bytes())
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "the folder of the run stays behind");
        }
    }
}
