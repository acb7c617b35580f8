//! Live news: one stream of events for a dashboard.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, header};
use futures::StreamExt;
use harkara::app::{arrival, campaign};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::http::router;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::post::{Post, report};
use crate::support::{TestApp, on_both_engines};

/// Guards against a hang only.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
struct Event {
    id: Option<String>,
    name: String,
    data: Value,
}

struct Stream {
    body: BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(t: &TestApp, key: &str, last: Option<&str>) -> Self {
        let mut request = Request::get("/api/v1/live").header(header::AUTHORIZATION, format!("Bearer {key}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = router(t.app.clone())
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    async fn next(&mut self) -> Event {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = event.lines();
                    lines.find_map(|l| l.strip_prefix(name).map(|v| v.trim().to_owned()))
                };
                let event = Event {
                    id: field("id:"),
                    name: field("event:").unwrap_or_default(),
                    data: serde_json::from_str(&field("data:").unwrap_or_default()).unwrap_or_default(),
                };
                self.text = rest.to_owned();
                // A comment keeps the connection alive; it is no event.
                if event.name.is_empty() {
                    continue;
                }
                return event;
            }
            let chunk = self.body.next().await.expect("no end").unwrap();
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    /// Reads on until an event of this name fits; what came on the way goes to `seen`.
    async fn until(&mut self, seen: &mut Vec<Event>, name: &str, fits: impl Fn(&Value) -> bool) -> Event {
        for _ in 0..2_000 {
            let Ok(event) = tokio::time::timeout(PATIENCE, self.next()).await else {
                break;
            };
            seen.push(event.clone());
            if event.name == name && fits(&event.data) {
                return event;
            }
        }
        panic!("no such {name} event among {seen:#?}");
    }
}

fn count(event: &Event, name: &str) -> i64 {
    event.data[name].as_i64().unwrap()
}

on_both_engines! {
    async fn a_campaign_is_told_in_counts_that_only_grow_up_to_its_end(t) {
        let p = Post::new(t).await;
        p.w.customers(40).await;
        let mut stream = Stream::open(&p.w.t, &p.client.key, None).await;
        let hello = stream.next().await;
        assert_eq!(hello.name, "hello");
        assert_eq!(hello.data["server_time"], p.w.app().now());

        let mut seen = Vec::new();
        let id = p.w.launch(Audience::Everyone).await;
        stream.until(&mut seen, "campaign", |d| d["state"] == "running").await;
        p.w.run(id).await;
        stream.until(&mut seen, "campaign", |d| d["state"] == "finished").await;
        let mut tx = p.w.app().db.read().await.unwrap();
        let rows = harkara::store::message::of_campaign(&mut tx, id, i64::MAX, 0, 100).await.unwrap();
        drop(tx);
        let reports: Vec<Value> = rows.iter().map(|m| report(m.id, "DELIVERED", p.w.app().now())).collect();
        p.reports(&reports).await;
        let last = stream.until(&mut seen, "campaign", |d| d["delivered"] == 40).await;
        assert_eq!(last.data, json!({
            "id": id::CAMPAIGN.show(id), "state": "finished", "recipients": 40, "sent": 40, "delivered": 40, "read": 0,
            "failed": 0, "unknown": 0, "replied": 0, "excluded": 0, "updated_at": last.data["updated_at"],
        }));

        let told: Vec<&Event> = seen.iter().filter(|e| e.name == "campaign").collect();
        for pair in told.windows(2) {
            for name in ["recipients", "sent", "delivered", "read"] {
                assert!(count(pair[0], name) <= count(pair[1], name), "{name}: {told:#?}");
            }
        }
        assert!(seen.iter().all(|e| e.id.is_some()));
        let message = stream.until(&mut seen, "message", |d| d["state"] == "delivered").await;
        assert_eq!(message.data["campaign_id"], id::CAMPAIGN.show(id));
        if !seen.iter().any(|e| e.name == "callback") {
            stream.until(&mut seen, "callback", |d| d["count"] == 1).await;
        }
        p.says(1, "yes, please", p.w.app().now()).await;
        stream.until(&mut seen, "campaign", |d| d["replied"] == 1).await;
    }

    async fn who_comes_again_gets_hello_and_everything_as_it_is_now(t) {
        let p = Post::new(t).await;
        p.w.customers(5).await;
        let mut stream = Stream::open(&p.w.t, &p.client.key, None).await;
        let mut seen = Vec::new();
        let id = p.w.launch(Audience::Everyone).await;
        let heard = stream.until(&mut seen, "campaign", |d| d["state"] == "running").await;
        drop(stream);
        p.w.run(id).await;
        p.says(1, "I would like one", p.w.app().now()).await;
        // Much later than what everybody hears at first.
        p.w.t.clock.advance(5 * 60_000);

        let mut again = Stream::open(&p.w.t, &p.client.key, heard.id.as_deref()).await;
        let mut seen = Vec::new();
        assert_eq!(again.next().await.name, "hello");
        let campaign = again.until(&mut seen, "campaign", |_| true).await;
        assert_eq!((campaign.data["state"].as_str(), count(&campaign, "sent")), (Some("finished"), 5));
        let conversation = again.until(&mut seen, "conversation", |_| true).await;
        assert_eq!(conversation.data["last_text"], "I would like one");
        assert_eq!((conversation.data["direction"].as_str(), count(&conversation, "unread")), (Some("in"), 1));
        assert!(conversation.data["profile_id"].as_str().unwrap().starts_with("pro_"));
        let account = again.until(&mut seen, "account", |_| true).await;
        assert_eq!((account.data["state"].as_str(), account.data["last_inbound_at"].is_i64()), (Some("active"), true));
    }

    async fn an_answer_is_told_as_it_goes(t) {
        let p = Post::new(t).await;
        let mut stream = Stream::open(&p.w.t, &p.client.key, None).await;
        let mut seen = Vec::new();
        p.says(1, "Hello?", p.w.app().now()).await;
        let conversation = stream.until(&mut seen, "conversation", |d| d["unread"] == 1).await;
        let path = format!("/api/v1/conversations/{}/messages", conversation.data["id"].as_str().unwrap());
        // Said in the same millisecond, it would count as the person's.
        p.w.t.clock.advance(1_000);
        p.client.post(&path, json!({"content": {"type": "text", "body": "Hello, Asha"}})).await.expect(202);
        stream.until(&mut seen, "conversation", |d| d["direction"] == "out" && d["last_text"] == "Hello, Asha").await;
        let queued = stream.until(&mut seen, "message", |d| d["state"] == "queued").await;
        assert_eq!(queued.data["conversation_id"], conversation.data["id"]);
        for _ in 0..30 {
            p.w.step(100).await;
        }
        stream.until(&mut seen, "message", |d| d["id"] == queued.data["id"] && d["state"] == "sent").await;
    }

    async fn who_is_written_is_told_and_of_many_only_how_many(t) {
        let p = Post::new(t).await;
        let mut stream = Stream::open(&p.w.t, &p.client.key, None).await;
        stream.next().await;
        let mut seen = Vec::new();
        let written = p.client.post("/api/v1/profiles", json!({"phone": "+919999960001", "name": "Meera"})).await.expect(201);
        let id = &written["profile"]["id"];
        let told = |event: &Value| event["ids"].as_array().unwrap().contains(id);
        stream.until(&mut seen, "profile", told).await;
        // The same again is a change again: another name, or what the person says.
        p.client.patch(&format!("/api/v1/profiles/{}", id.as_str().unwrap()), json!({"name": "Meera R"})).await.expect(200);
        stream.until(&mut seen, "profile", told).await;
        let out = json!({"action": "opt_out", "source": "phone call"});
        p.client.post(&format!("/api/v1/profiles/{}/consent", id.as_str().unwrap()), out).await.expect(200);
        stream.until(&mut seen, "profile", told).await;
        let rows: String = (0..60).map(|n| format!("+9199999{:05},yes\n", 61_000 + n)).collect();
        p.client.call("POST", "/api/v1/imports?source=form", format!("phone,opt_in\n{rows}")).await.expect(202);
        let many = stream.until(&mut seen, "profile", |event| event["count"].as_i64() > Some(50)).await;
        assert_eq!(many.data["ids"], json!([]));
    }

    async fn nobody_works_when_nobody_listens(t) {
        let p = Post::new(t).await;
        assert!(!p.w.app().db.news().is_heard());
        let mut stream = Stream::open(&p.w.t, &p.client.key, None).await;
        stream.next().await;
        assert!(p.w.app().db.news().is_heard());
        drop(stream);
        for _ in 0..200 {
            if !p.w.app().db.news().is_heard() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the task did not end");
    }

    async fn a_stranger_hears_nothing(t) {
        let request = Request::get("/api/v1/live").body(Body::empty()).unwrap();
        let response = router(t.app.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 401);
    }

    async fn an_open_stream_does_not_keep_the_server_from_stopping(t) {
        let p = Post::new(t).await;
        let mut stream = Stream::open(&p.w.t, &p.client.key, None).await;
        p.w.app().shutdown.cancel();
        for _ in 0..1_000 {
            if tokio::time::timeout(PATIENCE, stream.body.next()).await.unwrap().is_none() {
                return;
            }
        }
        panic!("the stream does not end");
    }
}

#[tokio::test]
async fn what_another_server_does_is_told_too() {
    let t = TestApp::new(crate::support::Engine::Postgres).await;
    let p = Post::new(t).await;
    p.w.customers(3).await;
    let other = p.w.t.beside(2, p.w.app().now()).await;
    let id = p.w.draft(Audience::Everyone, &[]).await;
    let mut stream = Stream::open(&p.w.t, &p.client.key, None).await;
    let mut seen = Vec::new();
    let mut tx = other.app.db.write().await.unwrap();
    campaign::launch(&other.app, &mut tx, id, campaign::When::default())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    stream
        .until(&mut seen, "campaign", |d| d["state"] == "running")
        .await;

    p.post(
        "inbound",
        &crate::post::says(1, "From elsewhere", other.app.now()),
    )
    .await
    .expect(200);
    while arrival::apply_new(&other.app).await.unwrap().callbacks > 0 {}
    stream
        .until(&mut seen, "conversation", |d| d["last_text"] == "From elsewhere")
        .await;
    stream
        .until(&mut seen, "message", |d| d["state"] == "received")
        .await;
}
