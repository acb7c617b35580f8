//! A business with a provider of the open format, from the form to the answer, against the simulated provider.

use std::sync::Arc;
use std::time::Duration;

use harkara::app::lease;
use harkara::worker::Worker;
use harkara::worker::callbacks::Callbacks;
use harkara::worker::dispatch::Dispatcher;
use harkara_sim::generic::{self, Inbound, Options, Running};
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{TestApp, on_both_engines};
use crate::world::World;

const ASHA: &str = "919999911110";

struct Shop {
    t: TestApp,
    client: Client,
    sim: Running,
    account: String,
    dispatcher: Arc<Dispatcher>,
    callbacks: Arc<Callbacks>,
}

fn settings(base_url: &str) -> Value {
    json!({
        "nickname": "Open", "number": "+919999900000", "endpoint": format!("{base_url}/send"), "username": "vendor",
        "password": "practice-password", "template_endpoint": format!("{base_url}/templates"), "template_page_size": 2,
        "answer_budget_ms": 10_000, "requests_per_second": 1000,
    })
}

impl Shop {
    /// An account at the simulator, which reaches this server over a socket, as a vendor would.
    async fn open(t: TestApp, change: Value) -> Self {
        let options = Options {
            listen: ([127, 0, 0, 1], 0).into(),
            report_delay_ms: 1,
            callback_backoff_ms: 20,
            variants: true,
            ..Options::default()
        };
        let sim = generic::start(options).await.unwrap();
        let client = Client::new(&t).await;
        let mut given = settings(&sim.base_url());
        given
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let new = json!({"provider": "generic", "settings": given, "check": true});
        let saved = client.post("/api/v1/accounts", new).await.expect(201);
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
        let (inbound, reports) = (url("inbound_url"), url("reports_url"));
        sim.update(|o| (o.inbound_url, o.reports_url) = (inbound, reports))
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
        panic!(
            "{what} never happens; {:?} {:?}",
            self.sim.stats(),
            self.sim.mistakes()
        );
    }

    async fn message_in(&self, id: &str, state: &str) -> Value {
        let path = format!("/api/v1/messages/{id}");
        self.until(&format!("{id} {state}"), async || {
            let told = self.client.get(&path).await;
            (told["state"] == state).then_some(told)
        })
        .await
    }

    /// The thread with Asha, when its newest message is of this type.
    async fn heard(&self, kind: &str) -> (String, Value) {
        self.until(kind, async || {
            let found = self
                .client
                .get(&format!("/api/v1/conversations?phone=%2B{ASHA}"))
                .await;
            let id = found["data"][0]["id"].as_str()?.to_owned();
            let thread = self
                .client
                .get(&format!("/api/v1/conversations/{id}/messages"))
                .await;
            (thread["data"][0]["content"]["type"] == kind).then(|| (id, thread["data"][0].clone()))
        })
        .await
    }

    async fn asha(&self) {
        let asha =
            json!({"phone": format!("+{ASHA}"), "name": "Asha", "opt_in": true, "opt_in_source": "shop"});
        self.client.post("/api/v1/profiles", asha).await.expect(201);
    }

    /// The template of this name, as the API shows it.
    async fn template(&self, name: &str) -> Value {
        let all = self.client.get("/api/v1/templates").await;
        let found = all["data"].as_array().unwrap().iter().find(|t| t["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {all}")).clone()
    }

    /// Imports the published listings, and a plain one.
    async fn import(&self) -> Value {
        for name in ["basic", "offer", "carousel"] {
            let path = format!(
                "{}/../provider/cases/generic/samples/templates-{name}.json",
                env!("CARGO_MANIFEST_DIR")
            );
            let listing: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            self.sim.add_template(listing["data"][0].clone()).unwrap();
        }
        self.client
            .post(&self.path("/templates/import"), json!({}))
            .await
            .expect(200)
    }

    async fn launch(&self, template: &Value, mapping: Value) -> (String, Value) {
        let draft = json!({
            "name": "Sale", "template_id": template["id"], "audience": {"type": "everyone"}, "mapping": mapping,
        });
        let draft = self.client.post("/api/v1/campaigns", draft).await.expect(201);
        let campaign = format!("/api/v1/campaigns/{}", draft["id"].as_str().unwrap());
        self.client
            .post(&format!("{campaign}/launch"), json!({}))
            .await
            .expect(200);
        let progress = self
            .until("the campaign read", async || {
                let progress = self.client.get(&format!("{campaign}/progress")).await;
                (progress["state"] == "finished" && progress["funnel"]["read"] == 1).then_some(progress)
            })
            .await;
        (campaign, progress)
    }
}

fn text(text: &str) -> Value {
    json!({"from": "text", "text": text})
}

fn part<'a>(sent: &'a Value, kind: &str) -> Vec<&'a Value> {
    let all = sent["components"].as_array().unwrap().iter();
    all.filter(|part| part["type"] == kind).collect()
}

on_both_engines! {
    async fn settings_are_tried_before_they_are_saved_and_the_exchange_is_shown(t) {
        let shop = Shop::open(t, json!({})).await;
        assert_eq!(shop.sim.stats().validations, 1);
        let mut wrong = settings(&shop.sim.base_url());
        wrong["nickname"] = json!("Other");
        wrong["password"] = json!("not-the-password");
        let tried = json!({"provider": "generic", "settings": wrong});
        let report = shop.client.post("/api/v1/accounts/try", tried).await.expect(200);
        let result = &report["results"][0];
        assert_eq!((&report["ok"], &result["http_status"], &result["problem"]["code"]), (&json!(false), &json!(200), &json!("2000")), "{report}");
        let request = result["request"].as_str().unwrap();
        assert!(request.contains("whatsapp:hsm:technology:generic:verify") && request.contains("authorization: ***"), "{request}");
        assert!(result["answer"].as_str().unwrap().contains("Invalid Credentials"));
        let save = json!({"provider": "generic", "settings": wrong, "check": true});
        let problem = shop.client.post("/api/v1/accounts", save).await.expect(422);
        let told = problem["errors"][0]["detail"].as_str().unwrap();
        assert_eq!(problem["errors"][0]["code"], "check_failed");
        assert!(told.contains("generic:verify") && told.contains("HTTP 200") && !told.contains("not-the-password"), "{told}");
        assert_eq!(shop.client.get("/api/v1/accounts").await["data"].as_array().unwrap().len(), 1);
        // A change is tried with the secrets that are kept.
        let change = json!({"settings": {"concurrency": 40}, "check": true});
        assert_eq!(shop.client.patch(&shop.path(""), change).await.expect(200)["settings"]["concurrency"], "40");
        let change = json!({"settings": {"endpoint": format!("{}/nowhere", shop.sim.base_url())}, "check": true});
        let problem = shop.client.patch(&shop.path(""), change).await.expect(422);
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("HTTP 404"), "{problem}");
        assert!(shop.client.get(&shop.path("")).await["settings"]["endpoint"].as_str().unwrap().ends_with("/send"));
        let odd = json!({"settings": {"header_name": "Token"}, "check": true});
        assert_eq!(shop.client.patch(&shop.path(""), odd).await.expect(422)["errors"][0]["pointer"], "/settings/header_value");
        assert_eq!((shop.sim.stats().accepted, shop.sim.stats().mistakes), (0, 0));
    }

    async fn an_imported_template_is_sent_delivered_read_clicked_and_answered(t) {
        let shop = Shop::open(t, json!({})).await;
        let imported = shop.import().await;
        assert_eq!((&imported["created"], shop.sim.stats().template_pages), (&json!(3), 3), "{imported}");
        shop.asha().await;
        let order = shop.template("dashboard_track_order").await;
        assert_eq!((&order["status"], &order["content"]["buttons"][0]["type"]), (&json!("approved"), &json!("url")));
        let mapping = json!({
            "body": [{"from": "attribute", "name": "name", "default": "you"}], "buttons": {"0": text("o/17")},
            "custom": {"order": text("17"), "who": {"from": "attribute", "name": "name", "default": "nobody"}},
        });
        let (campaign, progress) = shop.launch(&order, mapping).await;
        assert_eq!(progress["funnel"]["failed"], 0, "{progress}");
        let sent = shop.sim.sent();
        assert_eq!((sent.len(), sent[0].notes.as_slice()), (1, [].as_slice()));
        let body = &sent[0].body;
        assert_eq!(body["components"][0]["body"]["text"], "Hey Asha, Your order is out for delivery. Track your order here");
        assert_eq!(body["components"].as_array().unwrap().last().unwrap(), &json!({"customProps": [{"order": "17"}, {"who": "Asha"}]}));
        shop.sim.click(&sent[0].msg_id, None).unwrap();
        shop.until("the click", async || {
            let told = shop.client.get(&format!("/api/v1/messages/{}", sent[0].msg_id)).await;
            told.to_string().contains("https://shop.example/o/17").then_some(())
        }).await;

        let reply = Inbound { customer: ASHA.into(), text: Some("Thanks".into()), reply_to: Some(sent[0].msg_id.clone()), ..Inbound::default() };
        shop.sim.inject(&reply).unwrap();
        let (conversation, heard) = shop.heard("text").await;
        assert_eq!(heard["content"]["text"], "Thanks");
        let progress = shop.client.get(&format!("{campaign}/progress")).await;
        assert_eq!(progress["replied"], 1, "{progress}");
        for (kind, neutral) in [("image", "image"), ("file", "document"), ("location", "location")] {
            shop.t.clock.advance(1_500);
            shop.sim.inject(&Inbound { customer: ASHA.into(), kind: kind.into(), ..Inbound::default() }).unwrap();
            shop.heard(neutral).await;
        }
        let answers = format!("/api/v1/conversations/{conversation}/messages");
        let list = json!({"content": {"type": "list", "body": "Choose", "button": "Open", "sections": [{"rows": [{"id": "a", "title": "A"}]}]}});
        let problem = shop.client.post(&answers, list).await.expect(422);
        assert!(problem.to_string().contains("does not carry list messages"), "{problem}");
        let answer = json!({"content": {"type": "media", "kind": "document", "url": "https://shop.example/i.pdf", "caption": "Your invoice", "filename": "i.pdf"}});
        let answer = shop.client.post(&answers, answer).await.expect(202);
        let told = shop.message_in(answer["message_id"].as_str().unwrap(), "read").await;
        assert_eq!(told["number"], "+919999900000");
        assert!(!told.to_string().contains("practice-password"));
        let stats = shop.sim.stats();
        assert_eq!((stats.accepted, stats.unique_refs, stats.repeated_refs, stats.mistakes), (2, 2, 0, 0));
        assert_eq!((stats.reports.given_up, stats.inbound.given_up, stats.clicks.given_up), (0, 0, 0));
    }

    async fn an_offer_and_a_carousel_reach_the_provider_whole(t) {
        let shop = Shop::open(t, json!({})).await;
        shop.import().await;
        shop.asha().await;
        let offer = shop.template("lto_template_import").await;
        assert_eq!(offer["content"]["offer"], json!({"text": "Buy Now", "has_expiration": true}));
        let mapping = json!({
            "header": text("https://shop.example/v.mp4"), "body": [text("Asha")], "offer_ends": text("2026-12-24T18:00:00+05:30"),
            "buttons": {"0": text("DIWALI"), "1": text("a"), "2": text("b")},
        });
        shop.launch(&offer, mapping).await;
        let sent = shop.sim.sent();
        let ends = part(&sent[0].body, "limited_time_offer")[0].pointer("/parameters/0/limited_time_offer/expiration_time_ms");
        assert_eq!(ends, Some(&json!(1_798_115_400_000_i64)));
        assert_eq!((part(&sent[0].body, "button").len(), &part(&sent[0].body, "button")[0]["subType"]), (7, &json!("copy_code")));
        let cards = shop.template("carousel_test_01").await;
        let media = json!({"header": text("https://shop.example/v.mp4")});
        let message = json!({"to": format!("+{ASHA}"), "template_id": cards["id"], "mapping": {"body": [text("Asha")], "cards": [media, media]}});
        let message = shop.client.post("/api/v1/messages", message).await.expect(202);
        shop.message_in(message["message_id"].as_str().unwrap(), "read").await;
        let sent = shop.sim.sent();
        assert_eq!(part(&sent[1].body, "carousel")[0]["cards"][1]["components"][2]["subType"], "staticUrl");
        assert_eq!(shop.sim.stats().mistakes, 0);
        // It was made at the provider, and only there can another be made.
        let new = json!({"account_id": shop.account, "name": "sale_2", "language": "en", "category": "marketing", "content": {"body": "Hello there.", "offer": {"text": "Half price", "has_expiration": false}}});
        let new = shop.client.post("/api/v1/templates", new).await.expect(201);
        let problem = shop.client.post(&format!("/api/v1/templates/{}/submit", new["id"].as_str().unwrap()), json!({})).await.expect(422);
        assert!(problem.to_string().contains("cannot be submitted from here"), "{problem}");
    }

    async fn a_silent_provider_is_given_up_after_the_budget_of_its_account(t) {
        let shop = Shop::open(t, json!({"answer_budget_ms": 200, "template_endpoint": ""})).await;
        shop.asha().await;
        let template = json!({"account_id": shop.account, "name": "Namespace:Hello", "language": "en(uk)", "category": "utility", "status": "approved", "content": {"body": "Hello there."}});
        let template = shop.client.post("/api/v1/templates", template).await.expect(201);
        assert_eq!(template["problems"], json!([]));
        shop.sim.fail_next("hang".parse().unwrap(), 1);
        let message = json!({"to": format!("+{ASHA}"), "template_id": template["id"]});
        let id = shop.client.post("/api/v1/messages", message).await.expect(202)["message_id"].as_str().unwrap().to_owned();
        let told = shop.until("the attempt over", async || {
            let told = shop.client.get(&format!("/api/v1/messages/{id}")).await;
            told.to_string().contains("within 200 ms").then_some(told)
        }).await;
        assert!(told.to_string().contains("unknown"), "{told}");
        // The provider had taken it: its report settles what nobody could know.
        shop.message_in(&id, "read").await;
        assert_eq!(shop.sim.stats().repeated_refs, 0);
    }

    async fn no_more_requests_are_on_their_way_than_the_account_allows(t) {
        let shop = Shop::open(t, json!({"concurrency": 30, "template_endpoint": ""})).await;
        shop.sim.update(|o| o.latency_ms = 40).unwrap();
        let numbers = shop.client.get(&shop.path("")).await["numbers"][0]["id"].as_str().unwrap().to_owned();
        shop.client.patch(&format!("/api/v1/numbers/{numbers}"), json!({"messages_per_second": 1000})).await.expect(200);
        for i in 0..120 {
            let person = json!({"phone": format!("+9199999{i:05}"), "opt_in": true, "opt_in_source": "shop"});
            shop.client.post("/api/v1/profiles", person).await.expect(201);
        }
        let template = json!({"account_id": shop.account, "name": "hello", "language": "en", "category": "utility", "status": "approved", "content": {"body": "Hello there."}});
        let template = shop.client.post("/api/v1/templates", template).await.expect(201);
        let draft = json!({"name": "All", "template_id": template["id"], "audience": {"type": "everyone"}});
        let draft = shop.client.post("/api/v1/campaigns", draft).await.expect(201);
        let campaign = format!("/api/v1/campaigns/{}", draft["id"].as_str().unwrap());
        shop.client.post(&format!("{campaign}/launch"), json!({})).await.expect(200);
        shop.until("the campaign over", async || {
            shop.t.clock.advance(200);
            (shop.client.get(&format!("{campaign}/progress")).await["state"] == "finished").then_some(())
        }).await;
        let stats = shop.sim.stats();
        assert_eq!((stats.accepted, stats.repeated_refs), (120, 0));
        // A part of the places is kept for people; the server's own default would allow 64.
        assert!((20..=30).contains(&stats.max_concurrent), "{}", stats.max_concurrent);
    }

    async fn providers_that_lack_something_refuse_it_with_a_sentence(t) {
        let w = World::new(t, harkara_sim::Options::default()).await;
        let client = Client::new(&w.t).await;
        let account = harkara::domain::id::ACCOUNT.show(w.account);
        let card = json!({"header": {"type": "image"}, "body": "Hats", "buttons": []});
        let new = json!({"account_id": account, "name": "look", "language": "en", "category": "marketing", "content": {"body": "Look at these.", "cards": [card, card]}});
        let problem = client.post("/api/v1/templates", new).await.expect(422);
        assert!(problem.to_string().contains("does not carry templates with a carousel of cards"), "{problem}");
        let template = harkara::domain::id::TEMPLATE.show(w.template);
        let mapping = json!({"body": [text("a"), text("b")], "custom": {"k": text("v")}});
        let draft = json!({"name": "Sale", "template_id": template, "audience": {"type": "everyone"}, "mapping": mapping});
        let problem = client.post("/api/v1/campaigns", draft).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/mapping/custom", "{problem}");
        let message = json!({"to": "+919999911110", "template_id": template, "mapping": mapping});
        let problem = client.post("/api/v1/messages", message).await.expect(422);
        assert!(problem.to_string().contains("keys and values of your own"), "{problem}");
    }
}
