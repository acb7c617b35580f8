//! A business at Vonage, from the form to the answer, against the simulated Messages API.

use std::sync::Arc;
use std::time::Duration;

use harkara::app::lease;
use harkara::clock::{Clock, SystemClock};
use harkara::worker::Worker;
use harkara::worker::callbacks::Callbacks;
use harkara::worker::dispatch::Dispatcher;
use harkara_sim::vonage::{self, Inbound, Options, PRACTICE_KEY, Running, Signing};
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};

const ASHA: &str = "919999911110";

struct Shop {
    t: TestApp,
    client: Client,
    sim: Running,
    account: String,
    dispatcher: Arc<Dispatcher>,
    callbacks: Arc<Callbacks>,
}

fn form(base_url: &str) -> Value {
    let practice = Options::default();
    json!({"provider": "vonage", "settings": {
        "nickname": "Shop", "number": "+919999900001",
        "application_id": practice.application_id, "private_key": PRACTICE_KEY,
        "api_key": practice.api_key, "api_secret": practice.api_secret,
        "signature_secret": practice.signature_secret, "base_url": base_url,
    }})
}

impl Shop {
    /// An account at the simulator, which reaches this server over a socket, as Vonage would.
    async fn open(t: TestApp) -> Self {
        // Tokens and signatures carry the time: both sides need the same.
        t.clock.advance(SystemClock.now() - START);
        let options = Options {
            listen: ([127, 0, 0, 1], 0).into(),
            status_delay_ms: 1,
            callback_backoff_ms: 20,
            ..Options::default()
        };
        let sim = vonage::start(options).await.unwrap();
        let client = Client::new(&t).await;
        let saved = client
            .post("/api/v1/accounts", form(&sim.base_url()))
            .await
            .expect(201);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let router = harkara::http::router(t.app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let url = |name: &str| {
            Some(
                saved[name]
                    .as_str()
                    .unwrap()
                    .replace("https://harkara.example", &here),
            )
        };
        let (inbound, status) = (url("inbound_url"), url("reports_url"));
        sim.update(|o| (o.inbound_url, o.status_url) = (inbound, status))
            .unwrap();
        Self {
            account: saved["id"].as_str().unwrap().to_owned(),
            dispatcher: Dispatcher::new(t.app.clone()),
            callbacks: Callbacks::new(t.app.clone()),
            t,
            client,
            sim,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/accounts/{}{rest}", self.account)
    }

    /// Sends what is queued, and takes what comes back, until `done`.
    async fn until<T>(&self, what: &str, mut done: impl AsyncFnMut() -> Option<T>) -> T {
        for _ in 0..400 {
            lease::keep(&self.t.app).await.unwrap();
            self.dispatcher.tick().await.unwrap();
            self.callbacks.tick().await.unwrap();
            if let Some(found) = done().await {
                return found;
            }
            self.t.clock.advance(20);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what} never happens; {:?}", self.sim.stats());
    }

    async fn message_in(&self, id: &str, state: &str) -> Value {
        let path = format!("/api/v1/messages/{id}");
        self.until(&format!("{id} {state}"), async || {
            let told = self.client.get(&path).await;
            (told["state"] == state).then_some(told)
        })
        .await
    }

    /// The thread with Asha, newest first, when its newest message is what she said.
    async fn heard(&self, said: &str) -> (String, Value) {
        self.until(said, async || {
            let found = self
                .client
                .get(&format!("/api/v1/conversations?phone=%2B{ASHA}"))
                .await;
            let id = found["data"][0]["id"].as_str()?.to_owned();
            let thread = self
                .client
                .get(&format!("/api/v1/conversations/{id}/messages"))
                .await;
            (thread["data"][0]["content"]["text"] == said).then(|| (id, thread["data"][0].clone()))
        })
        .await
    }

    fn says(&self, text: &str) {
        let inbound = Inbound {
            customer: ASHA.into(),
            name: Some("Asha".into()),
            content: json!(text),
            ..Inbound::default()
        };
        self.sim.inject(&inbound).unwrap();
    }
}

on_both_engines! {
    async fn an_account_is_tried_on_saving_and_by_a_check(t) {
        let shop = Shop::open(t).await;
        let mut wrong = form(&shop.sim.base_url());
        wrong["settings"]["nickname"] = json!("Other");
        wrong["settings"]["private_key"] = json!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKc");
        let problem = shop.client.post("/api/v1/accounts", wrong).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/settings/private_key");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("-----BEGIN PRIVATE KEY-----"));
        assert!(!problem.to_string().contains("MIIE"));
        let shown = shop.client.get(&shop.path("")).await;
        assert_eq!(shown["settings"]["private_key"]["set"], true);
        assert!(shown["inbound_url"].is_string() && shown.get("refused_callbacks").is_none());
        let checked = shop.client.post(&shop.path("/check"), json!({})).await.expect(200);
        assert_eq!(checked["ok"], true, "{checked}");
        // Clearing the application while its key stays is named, with the key that is kept sealed.
        let problem = shop.client.patch(&shop.path(""), json!({"settings": {"application_id": ""}})).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/settings/application_id");
        // What Vonage has no call for was not asked, and nobody says that it answered.
        let problem = shop.client.post(&shop.path("/templates/import"), json!({})).await.expect(409);
        assert_eq!(problem["code"], "not_offered", "{problem}");
        assert!(problem["help"].as_str().unwrap().contains("with the status approved"), "{problem}");
        shop.sim.update(|o| o.application_id = "another".into()).unwrap();
        let checked = shop.client.post(&shop.path("/check"), json!({})).await.expect(200);
        let problems: Vec<bool> = checked["results"].as_array().unwrap().iter().map(|c| c["problem"].is_object()).collect();
        assert_eq!(problems, [true, false], "{checked}");
        assert_eq!(shop.sim.stats().accepted, 0);
    }

    async fn a_campaign_is_read_and_an_answer_is_answered(t) {
        let shop = Shop::open(t).await;
        let template = json!({
            "account_id": shop.account, "name": "welcome", "language": "en_US", "category": "marketing", "status": "approved",
            "content": {"body": "Hello {{1}}, your order is on its way."},
            "mapping": {"body": [{"from": "attribute", "name": "name", "default": "friend"}]},
        });
        let template = shop.client.post("/api/v1/templates", template).await.expect(201);
        let asha = json!({"phone": format!("+{ASHA}"), "name": "Asha", "opt_in": true, "opt_in_source": "shop"});
        shop.client.post("/api/v1/profiles", asha).await.expect(201);
        let draft = json!({"name": "Welcome", "template_id": template["id"], "audience": {"type": "everyone"}});
        let draft = shop.client.post("/api/v1/campaigns", draft).await.expect(201);
        let campaign = format!("/api/v1/campaigns/{}", draft["id"].as_str().unwrap());
        shop.client.post(&format!("{campaign}/launch"), json!({})).await.expect(200);
        let progress = shop.until("the campaign read", async || {
            let progress = shop.client.get(&format!("{campaign}/progress")).await;
            (progress["state"] == "finished" && progress["funnel"]["read"] == 1).then_some(progress)
        }).await;
        assert_eq!(progress["funnel"]["failed"], 0, "{progress}");
        let sent = shop.sim.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].body["template"], json!({"name": "welcome", "parameters": ["Asha"]}));
        assert_eq!(sent[0].body["whatsapp"]["locale"], "en_US");
        let told = shop.message_in(&sent[0].client_ref, "read").await;
        assert_eq!(told["external_id"], sent[0].message_uuid);
        assert!(!told.to_string().contains("eyJ"), "{told}");

        shop.says("Where is it?");
        let (conversation, heard) = shop.heard("Where is it?").await;
        assert_eq!((heard["direction"].as_str(), heard["state"].as_str()), (Some("in"), Some("received")));
        let answer = json!({"content": {"type": "buttons", "body": "Today at noon. All right?", "buttons": [{"id": "y", "title": "Yes"}]}});
        let answer = shop.client.post(&format!("/api/v1/conversations/{conversation}/messages"), answer).await.expect(202);
        let told = shop.message_in(answer["message_id"].as_str().unwrap(), "read").await;
        assert_eq!(told["number"], "+919999900001");
        let sent = shop.sim.sent();
        assert_eq!(sent[1].body["custom"]["interactive"]["action"]["buttons"][0]["reply"]["title"], "Yes");
        let stats = shop.sim.stats();
        assert_eq!((stats.accepted, stats.unique_refs, stats.repeated_refs), (2, 2, 0));
        assert_eq!((stats.statuses.given_up, stats.inbound.given_up), (0, 0));
        assert!(shop.client.get(&shop.path("")).await.get("refused_callbacks").is_none());
    }

    async fn what_is_wrongly_signed_is_refused_shown_and_taken_when_it_is_mended(t) {
        let shop = Shop::open(t).await;
        shop.sim.update(|o| o.signing = Signing::WrongSecret).unwrap();
        shop.says("Hello?");
        let refused = shop.until("a refusal", async || {
            let refused = shop.client.get(&shop.path("")).await["refused_callbacks"].clone();
            (refused["count"].as_i64() >= Some(2)).then_some(refused)
        }).await;
        assert!(refused["last_reason"].as_str().unwrap().contains("signature secret"), "{refused}");
        assert!(refused["last_at"].as_i64().unwrap() > START);
        assert_eq!(shop.client.get("/api/v1/callbacks").await["data"], json!([]));
        let conversations = shop.client.get("/api/v1/conversations").await;
        assert_eq!(conversations["data"], json!([]));
        for (signing, reason) in [(Signing::Unsigned, "no Authorization header"), (Signing::WrongHash, "changed it on the way")] {
            shop.sim.update(|o| o.signing = signing).unwrap();
            shop.until(reason, async || {
                let shown = shop.client.get(&shop.path("")).await;
                shown["refused_callbacks"]["last_reason"].as_str().unwrap().contains(reason).then_some(())
            }).await;
        }
        shop.sim.update(|o| o.signing = Signing::Right).unwrap();
        shop.heard("Hello?").await;
        let stats = shop.sim.stats();
        assert_eq!((stats.inbound.sent, stats.inbound.acknowledged, stats.inbound.given_up), (1, 1, 0));
        let log = shop.client.get("/api/v1/callbacks").await;
        assert_eq!(log["data"].as_array().unwrap().len(), 1);
        assert!(!log.to_string().contains("eyJ") && log["refused"].as_u64() >= Some(4), "{log}");
    }

    async fn failures_at_vonage_are_told_in_words(t) {
        let shop = Shop::open(t).await;
        shop.says("Hi");
        let (conversation, _) = shop.heard("Hi").await;
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let answer = json!({"content": {"type": "text", "body": "Hello Asha"}});
        for (failure, state, word) in [("rejected:1300", "failed", "does not use WhatsApp"), ("accepted-502", "read", ""), ("422", "failed", "Its own words are below")] {
            shop.sim.fail_next(failure.parse().unwrap(), 1);
            let id = shop.client.post(&path, answer.clone()).await.expect(202)["message_id"].as_str().unwrap().to_owned();
            let told = shop.message_in(&id, state).await;
            let help = told["failure"].to_string();
            assert!(help.contains(word), "{failure}: {told}");
        }
        let stats = shop.sim.stats();
        assert_eq!((stats.accepted, stats.repeated_refs), (2, 0));
    }
}
