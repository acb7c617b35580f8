//! One customer, a number at Gupshup and one at Vonage: what is said leaves from where they wrote last.

use std::sync::Arc;
use std::time::Duration;

use harkara::app::lease;
use harkara::clock::{Clock, SystemClock};
use harkara::domain::id;
use harkara::worker::Worker;
use harkara::worker::callbacks::Callbacks;
use harkara_sim::vonage::{self, Inbound, PRACTICE_KEY, Running};
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};
use crate::world::World;

const ASHA: &str = "919999911110";
const AT_GUPSHUP: &str = "+919999900000";
const AT_VONAGE: &str = "+919999900001";
const SECOND_AT_VONAGE: &str = "+919999900002";

/// A business with both, each of which reaches this server over a socket.
struct Business {
    w: World,
    client: Client,
    callbacks: Arc<Callbacks>,
    vonage: Running,
    vonage_account: String,
}

impl Business {
    async fn open(t: TestApp) -> Self {
        // Vonage's tokens and signatures carry the time: both sides need the same.
        t.clock.advance(SystemClock.now() - START);
        let options = harkara_sim::Options {
            report_delay_ms: 1,
            read_rate: 1.0,
            callback_backoff_ms: 20,
            ..harkara_sim::Options::default()
        };
        let reply = json!({"auto_reply": true, "auto_reply_text": "The shop will answer."});
        let w = World::with(t, options, reply).await;
        let client = Client::new(&w.t).await;
        let options = vonage::Options {
            listen: ([127, 0, 0, 1], 0).into(),
            status_delay_ms: 1,
            callback_backoff_ms: 20,
            ..vonage::Options::default()
        };
        let vonage = vonage::start(options.clone()).await.unwrap();
        let form = json!({"provider": "vonage", "settings": {
            "nickname": "Branch", "number": AT_VONAGE, "application_id": options.application_id, "private_key": PRACTICE_KEY,
            "signature_secret": options.signature_secret, "base_url": vonage.base_url(),
            "auto_reply": true, "auto_reply_text": "The branch will answer.",
        }});
        let branch = client.post("/api/v1/accounts", form).await.expect(201);
        let shop = client
            .get(&format!("/api/v1/accounts/{}", id::ACCOUNT.show(w.account)))
            .await;

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let router = harkara::http::router(w.t.app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let url = |of: &Value, name: &str| {
            Some(
                of[name]
                    .as_str()
                    .unwrap()
                    .replace("https://harkara.example", &here),
            )
        };
        vonage
            .update(|o| {
                (o.inbound_url, o.status_url) = (url(&branch, "inbound_url"), url(&branch, "reports_url"))
            })
            .unwrap();
        w.sim
            .state()
            .update(|o| {
                (o.inbound_url, o.reports_url) = (url(&shop, "inbound_url"), url(&shop, "reports_url"))
            })
            .unwrap();
        let vonage_account = branch["id"].as_str().unwrap().to_owned();
        Self {
            callbacks: Callbacks::new(w.t.app.clone()),
            w,
            client,
            vonage,
            vonage_account,
        }
    }

    /// Sends what is queued, and takes what comes back, until `done`.
    async fn until<T>(&self, what: &str, mut done: impl AsyncFnMut() -> Option<T>) -> T {
        for _ in 0..400 {
            lease::keep(self.w.app()).await.unwrap();
            self.w.dispatcher.tick().await.unwrap();
            self.callbacks.tick().await.unwrap();
            if let Some(found) = done().await {
                return found;
            }
            self.w.t.clock.advance(20);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "{what} never happens; {:?} {:?}",
            self.vonage.stats(),
            self.w.sim.state().stats()
        );
    }

    /// The conversation with Asha when its last message came in at this number.
    async fn says(&self, number: &str, text: &str) -> String {
        if number == AT_GUPSHUP {
            let inbound = json!({"customer": ASHA, "text": text});
            self.w
                .sim
                .state()
                .inject(&serde_json::from_value(inbound).unwrap())
                .unwrap();
        } else {
            self.vonage
                .update(|o| o.number = number.trim_start_matches('+').into())
                .unwrap();
            let inbound = Inbound {
                customer: ASHA.into(),
                content: json!(text),
                ..Inbound::default()
            };
            self.vonage.inject(&inbound).unwrap();
        }
        self.until(text, async || {
            let found = self
                .client
                .get(&format!("/api/v1/conversations?phone=%2B{ASHA}"))
                .await;
            let id = found["data"][0]["id"].as_str()?.to_owned();
            let thread = self
                .client
                .get(&format!("/api/v1/conversations/{id}/messages"))
                .await;
            let heard = thread["data"]
                .as_array()?
                .iter()
                .any(|m| m["content"]["text"] == text);
            (heard && found["data"][0]["number"] == number).then_some(id)
        })
        .await
    }

    async fn auto_reply(&self, conversation: &str, text: &str) -> Value {
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let id = self
            .until(text, async || {
                let thread = self.client.get(&path).await;
                let reply = thread["data"]
                    .as_array()?
                    .iter()
                    .find(|m| m["content"]["body"] == text)?;
                Some(reply["id"].as_str()?.to_owned())
            })
            .await;
        self.read(&id).await
    }

    async fn answer(&self, conversation: &str, text: &str) -> Value {
        let body = json!({"content": {"type": "text", "body": text}});
        let answer = self
            .client
            .post(&format!("/api/v1/conversations/{conversation}/messages"), body)
            .await
            .expect(202);
        self.read(answer["message_id"].as_str().unwrap()).await
    }

    /// The message once its provider has reported it as read.
    async fn read(&self, id: &str) -> Value {
        let path = format!("/api/v1/messages/{id}");
        self.until(&format!("{id} read"), async || {
            let told = self.client.get(&path).await;
            (told["state"] == "read").then_some(told)
        })
        .await
    }

    /// Sends a campaign over these numbers; the message that Asha got.
    async fn campaign(&self, template: &Value, numbers: &[&Value]) -> Value {
        let draft = json!({"name": "Sale", "template_id": template, "audience": {"type": "everyone"}, "number_ids": numbers});
        let draft = self.client.post("/api/v1/campaigns", draft).await.expect(201);
        let campaign = format!("/api/v1/campaigns/{}", draft["id"].as_str().unwrap());
        self.client
            .post(&format!("{campaign}/launch"), json!({}))
            .await
            .expect(200);
        self.until("the campaign read", async || {
            let progress = self.client.get(&format!("{campaign}/progress")).await;
            (progress["state"] == "finished" && progress["funnel"]["read"] == 1).then_some(())
        })
        .await;
        let sent = self.client.get(&format!("{campaign}/messages")).await;
        self.read(sent["data"][0]["id"].as_str().unwrap()).await
    }

    /// How many messages each provider took: Gupshup, Vonage.
    fn taken(&self) -> (usize, usize) {
        (self.w.sim.state().accepted().len(), self.vonage.sent().len())
    }
}

on_both_engines! {
    async fn a_customer_moves_between_gupshup_and_vonage_and_is_answered_where_they_wrote_last(t) {
        let b = Business::open(t).await;
        let conversation = b.says(AT_GUPSHUP, "Do you have it in red?").await;
        // A stranger to both: each answers for itself, once.
        assert_eq!(b.auto_reply(&conversation, "The shop will answer.").await["number"], AT_GUPSHUP);
        assert_eq!(b.answer(&conversation, "Yes, we do.").await["number"], AT_GUPSHUP);
        assert_eq!(b.taken(), (2, 0));

        assert_eq!(b.says(AT_VONAGE, "And in the branch?").await, conversation);
        assert_eq!(b.auto_reply(&conversation, "The branch will answer.").await["number"], AT_VONAGE);
        assert_eq!(b.answer(&conversation, "Here too.").await["number"], AT_VONAGE);
        let by_api = json!({"to": format!("+{ASHA}"), "content": {"type": "text", "body": "Come by!"}});
        let by_api = b.client.post("/api/v1/messages", by_api).await.expect(202);
        assert_eq!(b.read(by_api["message_id"].as_str().unwrap()).await["number"], AT_VONAGE);
        assert_eq!(b.taken(), (2, 3));

        b.says(AT_GUPSHUP, "Back at the shop").await;
        assert_eq!(b.answer(&conversation, "Welcome back.").await["number"], AT_GUPSHUP);
        assert_eq!(b.taken(), (3, 3));
        assert_eq!(b.vonage.stats().repeated_refs + b.w.sim.state().stats().repeated_refs, 0);
    }

    async fn a_campaign_reaches_a_customer_of_two_providers_from_the_number_of_its_account_that_they_know(t) {
        let b = Business::open(t).await;
        let asha = json!({"phone": format!("+{ASHA}"), "name": "Asha", "opt_in": true, "opt_in_source": "shop"});
        b.client.post("/api/v1/profiles", asha).await.expect(201);
        let account = format!("/api/v1/accounts/{}", b.vonage_account);
        let second = json!({"phone": SECOND_AT_VONAGE, "messages_per_second": 5});
        let second = b.client.post(&format!("{account}/numbers"), second).await.expect(201);
        let first = b.client.get(&account).await["numbers"][0].clone();
        assert_eq!(first["phone"], AT_VONAGE);
        let template = json!({
            "account_id": b.vonage_account, "name": "sale", "language": "en", "category": "marketing", "status": "approved",
            "content": {"body": "The sale begins."},
        });
        let template = b.client.post("/api/v1/templates", template).await.expect(201)["id"].clone();

        let conversation = b.says(SECOND_AT_VONAGE, "Hello second counter").await;
        b.says(AT_GUPSHUP, "Hello shop").await;
        let sent = b.campaign(&template, &[&first["id"], &second["id"]]).await;
        assert_eq!(sent["number"], SECOND_AT_VONAGE);
        assert_eq!(b.vonage.sent()[0].body["from"], SECOND_AT_VONAGE.trim_start_matches('+'));
        // A campaign is no word of hers: she is answered where she wrote last, until she writes elsewhere.
        assert_eq!(b.answer(&conversation, "Hello Asha").await["number"], AT_GUPSHUP);
        b.says(SECOND_AT_VONAGE, "What is in the sale?").await;
        let shop = json!(id::TEMPLATE.show(b.w.template));
        assert_eq!(b.campaign(&shop, &[]).await["number"], AT_GUPSHUP);
        assert_eq!(b.answer(&conversation, "Saris").await["number"], SECOND_AT_VONAGE);
        assert_eq!(b.taken(), (2, 2));
    }
}
