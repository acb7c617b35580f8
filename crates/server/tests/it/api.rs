//! The REST API as a program meets it: keys, problems, repeats, live progress.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use harkara::app::api_key;
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::http::router;
use harkara_sim::Options;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::on_both_engines;
use crate::world::{World, phone};

struct Api<'a> {
    world: &'a World,
    key: String,
}

impl<'a> Api<'a> {
    async fn new(world: &'a World) -> Self {
        let mut tx = world.app().db.write().await.unwrap();
        let (_, key) = api_key::create(world.app(), &mut tx, "test").await.unwrap();
        tx.commit().await.unwrap();
        Self { world, key }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        repeat: Option<&str>,
        body: Value,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key));
        if let Some(key) = repeat {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        let response = router(self.world.t.app.clone())
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn post(&self, path: &str, repeat: Option<&str>, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, repeat, body).await
    }

    fn campaign(&self, name: &str) -> Value {
        let template = id::TEMPLATE.show(self.world.template);
        json!({"name": name, "template_id": template, "audience": {"type": "everyone"}})
    }
}

on_both_engines! {
    async fn a_creation_repeated_with_its_key_happens_once(t) {
        let w = World::new(t, Options::default()).await;
        let api = Api::new(&w).await;
        let (first, again) = (
            api.post("/campaigns", Some("k1"), api.campaign("Diwali")).await,
            api.post("/campaigns", Some("k1"), api.campaign("Diwali")).await,
        );
        assert_eq!(first.0, StatusCode::CREATED);
        assert_eq!(first, again);
        let other = api.post("/campaigns", Some("k1"), api.campaign("Holi")).await;
        assert_eq!((other.0, other.1["code"].as_str()), (StatusCode::CONFLICT, Some("idempotency_key_reused")));
        let (_, list) = api.call(Method::GET, "/campaigns", None, Value::Null).await;
        assert_eq!(list["data"].as_array().unwrap().len(), 1);
    }

    async fn a_message_asked_for_twice_at_once_is_sent_once(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(1).await;
        let api = Api::new(&w).await;
        let message = json!({"to": phone(1), "template_id": id::TEMPLATE.show(w.template)});
        let (a, b) = futures::join!(
            api.post("/messages", Some("m1"), message.clone()),
            api.post("/messages", Some("m1"), message.clone()),
        );
        assert!([a.0, b.0].contains(&StatusCode::ACCEPTED), "{a:?} {b:?}");
        for _ in 0..15 {
            w.step(100).await;
        }
        assert_eq!(w.sim.state().stats().accepted, 1);
    }

    async fn a_problem_names_the_field_and_what_to_do(t) {
        let w = World::new(t, Options::default()).await;
        let api = Api::new(&w).await;
        let mut bad = api.campaign("");
        bad["audience"] = json!({"type": "conditions", "all": [{"attribute": "age", "is": "above", "value": "old"}]});
        let (status, problem) = api.post("/campaigns", None, bad).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid")));
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/name", "/audience/all/0/value"]);
        assert!(problem["help"].as_str().unwrap().ends_with('.'));
        let unknown = api.post("/campaigns", None, json!({"nmae": "x"})).await;
        assert!(unknown.1["detail"].as_str().unwrap().contains("nmae"), "{unknown:?}");
        let stranger = Api { world: &w, key: "hk_wrong".into() };
        let refused = stranger.call(Method::GET, "/campaigns", None, Value::Null).await;
        assert_eq!((refused.0, refused.1["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("bad_api_key")));
    }

    async fn what_the_framework_refuses_is_a_problem_too(t) {
        let w = World::new(t, Options::default()).await;
        let api = Api::new(&w).await;
        let (status, problem) = api.call(Method::GET, "/campaigns?limit=abc", None, Value::Null).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::BAD_REQUEST, Some("bad_request")));
        let (status, problem) = api.call(Method::DELETE, "/campaigns", None, Value::Null).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed")));
    }

    async fn the_document_of_the_api_is_served(t) {
        let w = World::new(t, Options::default()).await;
        let (status, document) = Api::new(&w).await.call(Method::GET, "/openapi.json", None, Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert!(document["paths"]["/api/v1/campaigns/{id}/launch"]["post"].is_object());
        assert_eq!(document, serde_json::to_value(harkara::http::openapi()).unwrap());
    }

    async fn a_rejected_template_is_not_launched(t) {
        let w = World::new(t, Options::default()).await;
        let api = Api::new(&w).await;
        let (_, draft) = api.post("/campaigns", None, api.campaign("Diwali")).await;
        let mut tx = w.app().db.write().await.unwrap();
        let row = harkara::store::template::by_id(&mut tx, w.template).await.unwrap().unwrap();
        let rejected = harkara::store::template::TemplateRow { status: "rejected".into(), ..row };
        harkara::store::template::update(&mut tx, &rejected).await.unwrap();
        tx.commit().await.unwrap();
        let path = format!("/campaigns/{}/launch", draft["id"].as_str().unwrap());
        let (status, problem) = api.post(&path, None, json!({})).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("template_not_approved")));
    }

    async fn live_progress_ends_with_the_campaign(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(30).await;
        let api = Api::new(&w).await;
        let id = w.launch(Audience::Everyone).await;
        let path = format!("/api/v1/campaigns/{}/live", id::CAMPAIGN.show(id));
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {}", api.key));
        let response = router(w.t.app.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let (_, stream) = futures::join!(w.run(id), to_bytes(response.into_body(), 1 << 20));
        let text = String::from_utf8(stream.unwrap().to_vec()).unwrap();
        let last = text.lines().rfind(|line| line.starts_with("data:")).unwrap();
        let last: Value = serde_json::from_str(last.trim_start_matches("data:")).unwrap();
        assert_eq!((last["state"].as_str(), last["funnel"]["sent"].as_i64()), (Some("finished"), Some(30)));
    }

    async fn a_campaign_starts_at_its_time_and_one_that_is_too_late_asks(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(5).await;
        let api = Api::new(&w).await;
        let scheduler = harkara::worker::schedule::Scheduler::new(w.t.app.clone());
        let launch = async |name: &str, at: &str| {
            let (_, draft) = api.post("/campaigns", None, api.campaign(name)).await;
            let id = draft["id"].as_str().unwrap().to_owned();
            let (status, body) = api.post(&format!("/campaigns/{id}/launch"), None, json!({"at": at})).await;
            assert_eq!((status, body["state"].as_str()), (StatusCode::OK, Some("scheduled")));
            id::CAMPAIGN.read(&id).unwrap()
        };
        // The clock stands at 10:00 UTC, which is 15:30 in India.
        let soon = launch("soon", "2026-01-05T15:40:00+05:30").await;
        let late = launch("late", "2026-01-05T11:00:00Z").await;
        use harkara::worker::Worker;
        scheduler.tick().await.unwrap();
        assert_eq!(w.progress(soon).await.state, "scheduled");
        w.t.clock.advance(10 * 60_000);
        scheduler.tick().await.unwrap();
        assert_eq!(w.progress(soon).await.state, "running");
        w.t.clock.advance(4 * 3_600_000);
        scheduler.tick().await.unwrap();
        let waiting = w.progress(late).await;
        assert_eq!(waiting.state, "paused");
        assert!(waiting.waiting.unwrap().reason.contains("Resume it to send it now"));
    }
}
