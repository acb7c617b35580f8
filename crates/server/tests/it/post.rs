//! A provider's side of the callbacks: it posts to the real routes what the vendor posts.

use axum::body::Body;
use axum::http::Request;
use harkara::app::arrival;
use harkara::domain::id;
use harkara::store::conversation::ConversationRow;
use harkara::store::message::{MessageRow, NewMessage};
use harkara::store::number::NumberRow;
use harkara::store::{self, callback};
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::support::{START, TestApp};
use crate::world::{World, phone};

pub const SHOP: &str = "+919999900000";
pub const SECOND_SHOP: &str = "+919999900999";

pub struct Post {
    pub w: World,
    pub client: Client,
    pub token: String,
    pub number: i64,
}

impl Post {
    pub async fn new(t: TestApp) -> Self {
        Self::with(t, json!({})).await
    }

    /// With other account settings.
    pub async fn with(t: TestApp, settings: Value) -> Self {
        let w = World::with(t, harkara_sim::Options::default(), settings).await;
        let client = Client::new(&w.t).await;
        let mut tx = w.app().db.read().await.unwrap();
        let token = store::account::by_id(&mut tx, w.account)
            .await
            .unwrap()
            .unwrap()
            .token;
        let number = store::number::of_account(&mut tx, w.account).await.unwrap()[0].id;
        drop(tx);
        Self {
            w,
            client,
            token,
            number,
        }
    }

    pub async fn second_number(&self) -> i64 {
        let row = NumberRow {
            id: self.w.app().id(),
            account_id: self.w.account,
            phone: SECOND_SHOP.into(),
            is_default: 0,
            messages_per_second: 80,
            created_at: START,
        };
        let mut tx = self.w.app().db.write().await.unwrap();
        store::number::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        row.id
    }

    /// Posts a JSON body to a callback URL.
    pub async fn post(&self, kind: &str, body: &Value) -> Answer {
        self.bytes(
            &format!("/callbacks/{}/{kind}", self.token),
            body.to_string().into(),
        )
        .await
    }

    pub async fn bytes(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header("content-type", "application/json")
            .header("user-agent", "Gateway/1")
            .header("authorization", "Bearer a-secret-of-somebody")
            .body(Body::from(body))
            .unwrap();
        self.client.send(request).await
    }

    /// Posts reports, and applies them.
    pub async fn reports(&self, reports: &[Value]) {
        self.post("reports", &json!({"response": reports}))
            .await
            .expect(200);
        self.apply().await;
    }

    /// Posts a message from customer `from` and applies it.
    pub async fn says(&self, from: i64, text: &str, at: i64) {
        self.post("inbound", &says(from, text, at)).await.expect(200);
        self.apply().await;
    }

    /// Applies what is in the log.
    pub async fn apply(&self) {
        while arrival::apply_new(self.w.app()).await.unwrap().callbacks > 0 {}
    }

    pub async fn replay_everything(&self) {
        self.client
            .post("/api/v1/callbacks/replay", json!({"since": 0}))
            .await
            .expect(202);
        self.apply().await;
    }

    /// A message to customer `i`, in this state.
    pub async fn message(&self, i: i64, state: i16, campaign: Option<i64>) -> i64 {
        let app = self.w.app();
        let row = NewMessage {
            id: app.id(),
            number_id: self.number,
            campaign_id: campaign,
            profile_id: None,
            phone: phone(i),
            state,
            lane: 2,
            attempt: 1,
            due_at: app.now(),
            params: None,
            content: Some(json!({"type": "text", "body": "hello"}).to_string()),
            in_reply_to: None,
            event_key: None,
        };
        let mut tx = app.db.write().await.unwrap();
        let ids = store::message::insert(&mut tx, vec![row.clone()]).await.unwrap();
        assert_eq!(ids, [row.id]);
        tx.commit().await.unwrap();
        row.id
    }

    pub async fn row(&self, id: i64) -> MessageRow {
        let mut tx = self.w.app().db.read().await.unwrap();
        store::message::by_id(&mut tx, id).await.unwrap().unwrap()
    }

    /// All messages outside campaigns with customer `i`, oldest first.
    pub async fn thread(&self, i: i64) -> Vec<MessageRow> {
        let mut tx = self.w.app().db.read().await.unwrap();
        let mut rows = store::message::of_phone(&mut tx, &phone(i), i64::MAX, 500)
            .await
            .unwrap();
        rows.reverse();
        rows
    }

    pub async fn conversation(&self, i: i64) -> ConversationRow {
        let mut tx = self.w.app().db.read().await.unwrap();
        store::conversation::by_phone(&mut tx, &phone(i))
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn is_suppressed(&self, i: i64) -> bool {
        let mut tx = self.w.app().db.read().await.unwrap();
        !store::consent::suppressed(&mut tx, &[&phone(i)])
            .await
            .unwrap()
            .is_empty()
    }

    /// The callbacks, oldest first.
    pub async fn log(&self) -> Vec<callback::Entry> {
        let mut tx = self.w.app().db.read().await.unwrap();
        let mut rows = callback::list(&mut tx, (0, i64::MAX), None, None, 500)
            .await
            .unwrap();
        rows.reverse();
        rows
    }
}

/// A report on a message of ours, in the gateway's own form.
pub fn report(message: i64, event: &str, at: i64) -> Value {
    let (cause, code) = match event {
        "SENT" => ("SENT", "025"),
        "READ" => ("READ", "026"),
        "DELIVERED" => ("SUCCESS", "000"),
        _ => ("UNKNOWN_SUBSCRIBER", "003"),
    };
    json!({
        "srcAddr": "SDTEXT", "extra": id::MESSAGE.show(message), "channel": "WHATSAPP",
        "externalId": format!("4340925846643462155-{message}"), "cause": cause, "errorCode": code,
        "destAddr": "919999900001", "eventType": event, "eventTs": at,
    })
}

/// A text of customer `from` to the first number.
pub fn says(from: i64, text: &str, at: i64) -> Value {
    says_to(SHOP, from, text, at)
}

pub fn says_to(to: &str, from: i64, text: &str, at: i64) -> Value {
    json!({
        "waNumber": to.trim_start_matches('+'), "mobile": phone(from).trim_start_matches('+'), "name": "Asha",
        "type": "text", "text": text, "timestamp": at.to_string(),
    })
}
