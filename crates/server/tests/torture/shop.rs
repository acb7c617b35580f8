//! A small business on a server: account, template, customers, campaign, all through the public API.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::{Duration, Instant};

use harkara::cli::client::Client;
use harkara::demo::shop;
use harkara_sim::{Handle, Options, Running};
use serde_json::{Value, json};

use crate::server::Server;

pub struct Shop {
    pub sim: Running,
    pub client: Client,
    pub template: String,
    pub inbound_url: String,
    pub reports_url: String,
}

/// The number of customer `i`.
pub fn phone(i: u64) -> String {
    format!("+9199999{i:05}")
}

/// The simulator's options of a shop.
pub fn options() -> Options {
    Options {
        // A vendor that never gives up: what it is not acknowledged comes again.
        callback_tries: u32::MAX,
        callback_backoff_ms: 40,
        ..shop::simulator(([127, 0, 0, 1], 0).into())
    }
}

impl Shop {
    /// Opens it on a server that is ready.
    pub async fn open(server: &Server, options: Options, rate: u32) -> Self {
        let sim = harkara_sim::start(options).await.unwrap();
        let client = server.client();
        let settings = shop::settings("Torture", &sim.base_url(), 1_000);
        let account = json!({"provider": "gupshup-enterprise", "settings": settings});
        let account = client.post("/accounts", &account).await.unwrap();
        shop::connect(&sim.state(), &account).unwrap();
        shop::add_templates(&sim.state()).unwrap();
        let number = account["numbers"][0]["id"].as_str().unwrap();
        client
            .patch(
                &format!("/numbers/{number}"),
                &json!({"messages_per_second": rate}),
            )
            .await
            .unwrap();
        let template = shop::import_templates(&client, account["id"].as_str().unwrap())
            .await
            .unwrap();
        let url = |key: &str| account[key].as_str().unwrap().to_owned();
        Self {
            sim,
            client,
            template,
            inbound_url: url("inbound_url"),
            reports_url: url("reports_url"),
        }
    }

    pub fn gateway(&self) -> Handle {
        self.sim.state()
    }

    /// Imports customers 1 to `n` and launches a campaign to all of them. Its id, and who should get it.
    pub async fn launch(&self, n: u64) -> (String, BTreeSet<String>) {
        let mut csv = String::from("mobile,customer_id,name,optin\n");
        for i in 1..=n {
            writeln!(csv, "{},c{i},Customer {i},yes", phone(i)).unwrap();
        }
        let path =
            "/imports?file_name=c.csv&phone_column=mobile&identity_column=customer_id&opt_in_column=optin";
        let import = self.client.upload(path, "text/csv", csv).await.unwrap();
        let path = format!("/imports/{}", import["id"].as_str().unwrap());
        until("the import is done", 60, async || {
            self.client
                .get(&path)
                .await
                .is_ok_and(|import| import["state"] == "finished")
        })
        .await;
        let campaign = json!({
            "name": "Torture", "template_id": self.template, "mapping": shop::mapping(),
            "audience": {"type": "everyone"},
        });
        let campaign = self.client.post("/campaigns", &campaign).await.unwrap();
        let id = campaign["id"].as_str().unwrap().to_owned();
        self.client
            .post(&format!("/campaigns/{id}/launch"), &json!({}))
            .await
            .unwrap();
        (id, (1..=n).map(phone).collect())
    }

    /// Progress of a campaign; null while the server does not answer.
    pub async fn progress(&self, campaign: &str) -> Value {
        let path = format!("/campaigns/{campaign}/progress");
        self.client.get(&path).await.unwrap_or_default()
    }

    /// Waits until the campaign is over, every report and message is taken, and every callback is applied. The error
    /// is a sentence.
    pub async fn quiet(&self, campaign: &str) -> Result<(), String> {
        within("the campaign is finished", 100, async || {
            self.progress(campaign).await["state"] == "finished"
        })
        .await?;
        within("all reports and messages are taken", 90, async || {
            let stats = self.gateway().stats();
            stats.reports.pending == 0 && stats.inbound.pending == 0
        })
        .await?;
        within("all callbacks are applied", 90, async || {
            for state in ["new", "waiting"] {
                let left = self
                    .client
                    .get(&format!("/callbacks?state={state}&limit=1"))
                    .await;
                if !left.is_ok_and(|left| left["data"].as_array().is_some_and(Vec::is_empty)) {
                    return false;
                }
            }
            true
        })
        .await
    }
}

/// Waits for something outside this process; the limit only ends a story that hangs.
pub async fn within(what: &str, seconds: u64, mut happened: impl AsyncFnMut() -> bool) -> Result<(), String> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !happened().await {
        if Instant::now() > deadline {
            return Err(format!("waited {seconds} s in vain until {what}"));
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}

/// The same, where there is no going on without it.
pub async fn until(what: &str, seconds: u64, happened: impl AsyncFnMut() -> bool) {
    if let Err(late) = within(what, seconds, happened).await {
        panic!("{late}");
    }
}
