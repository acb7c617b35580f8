//! The fictional shop: its account at the simulated provider and its templates.

use anyhow::Context;
use harkara_sim::{Handle, Options, TemplateButton, TemplateSeed};
use serde_json::{Value, json};

use crate::cli::client::Client;

/// The provider that the shop uses.
pub const PROVIDER: &str = "gupshup-enterprise";
/// The shop's WhatsApp number, digits.
pub const NUMBER: &str = "919999900000";
/// User id and password of the account that sends templates.
pub const NOTIFICATION: (&str, &str) = ("2000000001", "demo-notification");
/// User id and password of the account that answers.
pub const TWO_WAY: (&str, &str) = ("2000000002", "demo-two-way");
/// The template that the demo's campaigns send.
pub const OFFER: &str = "demo_points";

/// A simulator that knows the shop.
pub fn simulator(listen: std::net::SocketAddr) -> Options {
    let owned = |(user, password): (&str, &str)| (user.to_owned(), password.to_owned());
    Options {
        listen,
        hsm: owned(NOTIFICATION),
        two_way: owned(TWO_WAY),
        number: NUMBER.into(),
        ..Options::default()
    }
}

/// Puts the shop's templates into the simulator's store. The simulator forgets them when it ends.
pub fn add_templates(simulator: &Handle) -> anyhow::Result<()> {
    let reply = |text: &str| TemplateButton {
        kind: "QUICK_REPLY".into(),
        text: text.into(),
        ..TemplateButton::default()
    };
    let seed = TemplateSeed {
        name: OFFER.into(),
        body: "Namaste {{1}}, you have {{2}} points waiting in our {{3}} store. Come by this week and double them!".into(),
        footer: "Reply STOP to opt out".into(),
        buttons: vec![reply("I will come"), reply("Not now")],
        ..TemplateSeed::default()
    };
    simulator
        .add_template(seed)
        .map_err(anyhow::Error::msg)
        .context("the simulator refused a template")?;
    Ok(())
}

/// What fills the placeholders of [`OFFER`].
pub fn mapping() -> Value {
    json!({"body": [
        {"from": "attribute", "name": "name", "default": "friend"},
        {"from": "attribute", "name": "points", "default": "100"},
        {"from": "attribute", "name": "city", "default": "nearest"},
    ]})
}

/// Settings of the shop's account, as the provider's form asks for them.
pub fn settings(nickname: &str, simulator: &str, requests_per_second: u32) -> Value {
    json!({
        "nickname": nickname,
        "hsm_user_id": NOTIFICATION.0,
        "hsm_password": NOTIFICATION.1,
        "two_way_user_id": TWO_WAY.0,
        "two_way_password": TWO_WAY.1,
        "app_name": "DemoShop",
        "number": format!("+{NUMBER}"),
        "base_url": format!("{simulator}/GatewayAPI/rest"),
        "template_base_url": format!("{simulator}/GatewayAPI/rest"),
        "media_base_url": format!("{simulator}/WhatsApp/apis/getMedia.php"),
        "requests_per_second": requests_per_second.to_string(),
        "auto_reply": true,
        "auto_reply_text": "Thank you for writing to the demo shop. We do not know your number yet; tell us your name?",
    })
}

/// Tells the simulator where the account's callbacks go.
pub fn connect(simulator: &Handle, account: &Value) -> anyhow::Result<()> {
    let url = |key: &str| account[key].as_str().map(str::to_owned);
    simulator
        .update(|options| {
            options.inbound_url = url("inbound_url");
            options.reports_url = url("reports_url");
        })
        .map_err(anyhow::Error::msg)
}

/// Fetches the provider's templates into the server; the id of [`OFFER`].
pub async fn import_templates(client: &Client, account: &str) -> anyhow::Result<String> {
    client
        .post(&format!("/accounts/{account}/templates/import"), &json!({}))
        .await?;
    let templates = client.all(&format!("/templates?account_id={account}")).await?;
    let offer = templates.iter().find(|t| t["name"] == OFFER);
    let id = offer.and_then(|t| t["id"].as_str()).map(str::to_owned);
    id.with_context(|| format!("the template {OFFER} did not come over from the simulator"))
}
