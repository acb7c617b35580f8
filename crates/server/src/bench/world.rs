//! What a measurement works with: an account whose limits limit nothing, a number, a template and people.

use std::fmt::Write;
use std::ops::Range;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::sink::{Sink, TEMPLATE};
use crate::cli::client::Client;

/// The account's settings and the number's rate: higher than any measurement comes.
const UNLIMITED: u32 = 100_000;
/// The business number.
pub const NUMBER: &str = "+919999900000";

/// An account with what it needs to send, as the API names it.
#[derive(Debug, Clone)]
pub struct World {
    /// Account.
    pub account: String,
    /// Number.
    pub number: String,
    /// Template.
    pub template: String,
    /// Where the provider sends inbound messages to.
    pub inbound_url: String,
    /// Where the provider sends reports to.
    pub reports_url: String,
}

impl World {
    /// Makes an account at this gateway, through the API.
    pub async fn new(client: &Client, sink: &Sink) -> anyhow::Result<Self> {
        Self::made(client, sink, ("Bench", NUMBER), &sender(0), UNLIMITED).await
    }

    /// The same for one of several accounts whose number is limited.
    pub async fn of_sender(client: &Client, sink: &Sink, n: u32, rate: u32) -> anyhow::Result<Self> {
        let phone = format!("+91999990{n:04}");
        Self::made(client, sink, (&format!("Bench {n}"), &phone), &sender(n), rate).await
    }

    async fn made(
        client: &Client,
        sink: &Sink,
        (name, number): (&str, &str),
        sender: &str,
        rate: u32,
    ) -> anyhow::Result<Self> {
        let settings = json!({
            "nickname": name,
            "hsm_user_id": sender, "hsm_password": "bench-notification",
            "two_way_user_id": "2000000002", "two_way_password": "bench-two-way",
            "app_name": "Bench", "number": number,
            "base_url": sink.gateway(), "template_base_url": sink.gateway(), "media_base_url": sink.gateway(),
            "requests_per_second": UNLIMITED.to_string(),
            "auto_reply": false, "auto_reply_text": "",
        });
        let account = json!({"provider": "gupshup-enterprise", "settings": settings});
        let account = client.post("/accounts", &account).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (id, number) = (text(&account["id"]), text(&account["numbers"][0]["id"]));
        let rate = json!({"messages_per_second": rate});
        client.patch(&format!("/numbers/{number}"), &rate).await?;
        client
            .post(&format!("/accounts/{id}/templates/import"), &json!({}))
            .await?;
        let templates = client.all(&format!("/templates?account_id={id}")).await?;
        let template = templates
            .iter()
            .find(|t| t["name"] == TEMPLATE)
            .context("the template did not come over from the gateway")?;
        Ok(Self {
            account: id,
            number,
            template: text(&template["id"]),
            inbound_url: text(&account["inbound_url"]),
            reports_url: text(&account["reports_url"]),
        })
    }

    /// A campaign to everybody on this list, not launched yet.
    pub async fn campaign(&self, client: &Client, name: &str, list: &str) -> anyhow::Result<String> {
        let campaign = json!({
            "name": name,
            "template_id": self.template,
            "number_id": self.number,
            "audience": {"type": "list", "list_id": list},
            "mapping": {"body": [
                {"from": "attribute", "name": "name", "default": "friend"},
                {"from": "attribute", "name": "points", "default": "100"},
                {"from": "attribute", "name": "city", "default": "nearest"},
            ]},
        });
        let campaign = client.post("/campaigns", &campaign).await?;
        Ok(campaign["id"].as_str().unwrap_or_default().to_owned())
    }
}

/// The user id by which the gateway knows the sender of an account.
pub fn sender(n: u32) -> String {
    format!("{}", 2_000_000_001 + n * 10)
}

/// The number of the person of this index, of ten million: in no order, as in real lists. Nothing that a measurement sends leaves
/// the machine.
pub fn phone(index: u32) -> String {
    // Coprime to what there is, so that nobody has the number of another.
    let spread = u64::from(index) * 7_368_787 % 10_000_000;
    format!("+91{}", 9_999_999_999 - spread)
}

/// Imports the people of these indexes, all opted in, as a CSV file; the id of the list that they are on.
pub async fn people(client: &Client, name: &str, indexes: Range<u32>) -> anyhow::Result<String> {
    let count = indexes.len();
    import(client, name, csv(indexes), count).await
}

/// A CSV file of the people of these indexes.
pub fn csv(indexes: Range<u32>) -> String {
    const CITIES: [&str; 5] = ["Mumbai", "Delhi", "Chennai", "Kolkata", "Pune"];
    let count = indexes.len();
    let mut file = String::with_capacity(count * 64);
    file.push_str("customer_id,mobile,name,city,language,points,whatsapp_opt_in\n");
    for index in indexes {
        let city = CITIES[index as usize % CITIES.len()];
        let _ = writeln!(
            file,
            "C{index:08},{},Customer {index},{city},en,{},yes",
            phone(index),
            index % 5_000
        );
    }
    file
}

/// Imports such a file; the id of the list that its people are on.
pub async fn import(client: &Client, name: &str, file: String, count: usize) -> anyhow::Result<String> {
    let query = crate::cli::query(&[
        ("file_name", "people.csv"),
        ("phone_column", "mobile"),
        ("identity_column", "customer_id"),
        ("opt_in_column", "whatsapp_opt_in"),
        ("list", name),
    ]);
    let import = client
        .upload(&format!("/imports?{query}"), "text/csv", file)
        .await?;
    let path = format!("/imports/{}", import["id"].as_str().unwrap_or_default());
    loop {
        let import = client.get(&path).await?;
        match import["state"].as_str() {
            Some("running") => tokio::time::sleep(Duration::from_millis(100)).await,
            Some("finished") if import["created"].as_u64() == Some(count as u64) => break,
            _ => bail!("the people could not be imported: {import}"),
        }
    }
    let lists = client.all("/lists").await?;
    let list = lists
        .iter()
        .find(|l| l["name"] == name)
        .and_then(|l| l["id"].as_str());
    list.map(str::to_owned).context("the import made no list")
}
