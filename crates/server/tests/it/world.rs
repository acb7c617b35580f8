//! A small business for the tests: an account at the simulated gateway, a template, customers, a campaign.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use harkara::app::campaign::{self, CampaignInput, Progress};
use harkara::app::{App, account, lease};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::store::profile::ProfileRow;
use harkara::store::template::TemplateRow;
use harkara::worker::Worker;
use harkara::worker::dispatch::Dispatcher;
use harkara_sim::{Accepted, Options, Running};
use serde_json::{Value, json};

use crate::support::TestApp;

pub struct World {
    pub t: TestApp,
    pub sim: Running,
    pub account: i64,
    pub template: i64,
    pub dispatcher: Arc<Dispatcher>,
}

impl World {
    /// The simulator with these options, an account on it, an approved template, nobody yet.
    pub async fn new(t: TestApp, options: Options) -> Self {
        Self::with(t, options, json!({})).await
    }

    /// The same with other account settings.
    pub async fn with(t: TestApp, mut options: Options, settings: Value) -> Self {
        options.listen = "127.0.0.1:0".parse().unwrap();
        let sim = harkara_sim::start(options.clone()).await.unwrap();
        let base = format!("{}/GatewayAPI/rest", sim.base_url());
        let mut given = json!({
            "nickname": "Shop",
            "hsm_user_id": options.hsm.0, "hsm_password": options.hsm.1,
            "two_way_user_id": options.two_way.0, "two_way_password": options.two_way.1,
            "number": "+919999900000", "base_url": base, "template_base_url": base, "requests_per_second": 1000,
        });
        given
            .as_object_mut()
            .unwrap()
            .extend(settings.as_object().unwrap().clone());
        let app = &t.app;
        let mut tx = app.db.write().await.unwrap();
        let account = account::create(app, &mut tx, "gupshup-enterprise", given.as_object().unwrap())
            .await
            .unwrap();
        let number = harkara::store::number::of_account(&mut tx, account)
            .await
            .unwrap()
            .remove(0);
        harkara::store::number::update(
            &mut tx,
            &harkara::store::number::NumberRow {
                messages_per_second: 1000,
                ..number
            },
        )
        .await
        .unwrap();
        let template = app.id();
        let row = TemplateRow {
            id: template,
            account_id: account,
            name: "welcome_offer".into(),
            language: "en".into(),
            category: "marketing".into(),
            status: "approved".into(),
            status_detail: None,
            addressing: "text".into(),
            provider_template_id: None,
            content: json!({"body": "Hello {{1}}, your offer from {{2}} is ready."}).to_string(),
            mapping: json!({"body": [
                {"from": "attribute", "name": "name", "default": "friend"},
                {"from": "attribute", "name": "city", "default": "your city"},
            ]})
            .to_string(),
            quality: None,
            held: harkara::store::template::Held::default(),
            shelf: harkara::store::template::Shelf::default(),
            created_at: app.now(),
            updated_at: app.now(),
        };
        harkara::store::template::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        sim.state()
            .add_template(
                serde_json::from_value(json!({
                    "id": 0, "meta_id": "", "name": "welcome_offer", "category": "MARKETING", "language": "en",
                    "type": "TEXT", "body": "Hello {{1}}, your offer from {{2}} is ready.", "header": "", "footer": "",
                    "buttons": [], "status": "ENABLED",
                }))
                .unwrap(),
            )
            .unwrap();
        let dispatcher = Dispatcher::new(app.clone());
        Self {
            t,
            sim,
            account,
            template,
            dispatcher,
        }
    }

    pub fn app(&self) -> &Arc<App> {
        &self.t.app
    }

    /// The term in which this node holds its numbers.
    pub async fn term(&self) -> i64 {
        lease::keep(self.app()).await.unwrap();
        self.app().leases.term()
    }

    /// Customers who opted in, numbered from 1.
    pub async fn customers(&self, n: i64) {
        let mut tx = self.app().db.write().await.unwrap();
        let rows: Vec<ProfileRow> = (1..=n).map(|i| self.customer(i)).collect();
        for rows in rows.chunks(500) {
            harkara::store::profile::insert_many(&mut tx, rows).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub fn customer(&self, i: i64) -> ProfileRow {
        let now = self.app().now();
        ProfileRow {
            id: self.app().id(),
            identity: format!("c{i}"),
            phone: Some(phone(i)),
            name: Some(format!("Customer {i}")),
            attributes: json!({"city": if i % 2 == 0 { "Pune" } else { "Delhi" }}).to_string(),
            opt_in: 1,
            opt_source: Some("test".into()),
            opt_at: Some(now),
            created_at: now,
            updated_at: now,
        }
    }

    /// Writes and launches a campaign.
    pub async fn launch(&self, audience: Audience) -> i64 {
        self.launch_over(audience, &[]).await
    }

    /// The same over several numbers.
    pub async fn launch_over(&self, audience: Audience, numbers: &[i64]) -> i64 {
        self.launch_as(&self.input(audience, numbers)).await
    }

    /// The same with all that can be said about one.
    pub async fn launch_as(&self, input: &CampaignInput) -> i64 {
        let id = self.draft_as(input).await;
        let mut tx = self.app().db.write().await.unwrap();
        campaign::launch(self.app(), &mut tx, id, campaign::When::default())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Writes a campaign.
    pub async fn draft(&self, audience: Audience, numbers: &[i64]) -> i64 {
        self.draft_as(&self.input(audience, numbers)).await
    }

    /// The same with all that can be said about one.
    pub async fn draft_as(&self, input: &CampaignInput) -> i64 {
        let mut tx = self.app().db.write().await.unwrap();
        let made = campaign::create(self.app(), &mut tx, input).await.unwrap();
        tx.commit().await.unwrap();
        made.row.id
    }

    /// A plain campaign.
    pub fn input(&self, audience: Audience, numbers: &[i64]) -> CampaignInput {
        CampaignInput {
            name: "Welcome".into(),
            account_id: None,
            template_id: id::TEMPLATE.show(self.template),
            number_id: None,
            number_ids: numbers.iter().map(|n| id::NUMBER.show(*n)).collect(),
            audience,
            exclude: None,
            control_percent: None,
            respect_frequency_cap: None,
            mapping: None,
            messages_per_second: None,
            starts: None,
            ends: None,
            quiet: None,
            version: None,
        }
    }

    /// One more number of the account.
    pub async fn number(&self, i: i64, messages_per_second: i64) -> i64 {
        let row = harkara::store::number::NumberRow {
            id: self.app().id(),
            account_id: self.account,
            phone: format!("+91999998{i:04}"),
            is_default: 0,
            messages_per_second,
            created_at: self.app().now(),
        };
        let mut tx = self.app().db.write().await.unwrap();
        harkara::store::number::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        row.id
    }

    pub async fn progress(&self, id: i64) -> Progress {
        let mut tx = self.app().db.read().await.unwrap();
        campaign::progress(self.app(), &mut tx, id).await.unwrap()
    }

    /// One tick, and then everything it let out is answered and settled.
    pub async fn step(&self, ms: i64) {
        self.t.clock.advance(ms);
        self.dispatcher.tick().await.unwrap();
        while self.dispatcher.in_flight().await > 0 {
            // The wake-up is real input and output; the limit only guards against a hang.
            let _ = tokio::time::timeout(Duration::from_secs(10), self.app().wake_dispatch.notified()).await;
            self.dispatcher.tick().await.unwrap();
        }
    }

    /// Steps of 100 ms until the campaign is finished.
    pub async fn run(&self, id: i64) -> Progress {
        for _ in 0..2_000 {
            let progress = self.progress(id).await;
            if progress.state == "finished" {
                return progress;
            }
            self.step(100).await;
        }
        panic!("the campaign does not end: {:?}", self.progress(id).await);
    }

    /// What the gateway accepted, by recipient.
    pub fn accepted(&self) -> HashMap<String, Vec<Accepted>> {
        let mut by_recipient: HashMap<String, Vec<Accepted>> = HashMap::new();
        for accepted in self.sim.state().accepted() {
            by_recipient
                .entry(format!("+{}", accepted.to))
                .or_default()
                .push(accepted);
        }
        by_recipient
    }

    pub fn assert_nobody_doubled(&self) {
        for (to, accepted) in self.accepted() {
            assert_eq!(accepted.len(), 1, "{to} got {} messages", accepted.len());
        }
        assert_eq!(self.sim.state().stats().repeated_refs, 0);
    }
}

/// The number of customer `i`.
pub fn phone(i: i64) -> String {
    format!("+9199999{i:05}")
}
