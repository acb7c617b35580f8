//! The simulated provider of the open format, by a client that is made from the published samples.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use harkara_sim::generic::{Failure, Inbound, Options, Running, findings, start};
use serde_json::{Value, json};
use tokio::sync::mpsc;

const TO: &str = "919999911110";

struct World {
    sim: Running,
    callbacks: mpsc::UnboundedReceiver<Value>,
    client: reqwest::Client,
}

type Seen = mpsc::UnboundedSender<Value>;

async fn take(State(seen): State<Seen>, body: Bytes) -> StatusCode {
    seen.send(serde_json::from_slice(&body).unwrap()).unwrap();
    StatusCode::OK
}

async fn world(change: impl FnOnce(&mut Options)) -> World {
    let (seen, callbacks) = mpsc::unbounded_channel();
    let app = axum::Router::new().fallback(take).with_state(seen);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/callback", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let mut options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        reports_url: Some(url.clone()),
        inbound_url: Some(url),
        report_delay_ms: 1,
        ..Options::default()
    };
    change(&mut options);
    World {
        sim: start(options).await.unwrap(),
        callbacks,
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
    }
}

impl World {
    async fn send(&self, payload: &Value) -> (u16, Value) {
        let request = self
            .client
            .post(format!("{}/send", self.sim.base_url()))
            .basic_auth("vendor", Some("practice-password"))
            .body(payload.to_string());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default(),
        )
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let request = self
            .client
            .get(format!("{}{path}", self.sim.base_url()))
            .basic_auth("vendor", Some("practice-password"));
        let response = request.send().await.unwrap();
        (
            response.status().as_u16(),
            serde_json::from_str(&response.text().await.unwrap()).unwrap(),
        )
    }

    async fn callback(&mut self) -> Value {
        let next = tokio::time::timeout(Duration::from_secs(10), self.callbacks.recv());
        next.await.unwrap().unwrap()
    }
}

fn template(id: &str) -> Value {
    json!({
        "payloadVersion": 0.1, "to": TO, "wabaNumber": "919999900000", "isTemplate": true, "msgId": id,
        "template": { "namespace": "welcome", "languageCode": "en" },
        "components": [
            { "type": "body", "body": { "text": "Hello Asha", "parameters": [{ "type": "text", "text": "Asha" }] } },
            { "type": "button", "index": 0, "subType": "dynamicUrl", "buttonText": "Open", "parameters": [{ "type": "text", "text": "a/1" }] },
        ],
    })
}

fn samples(prefix: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../provider/cases/generic/samples");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let files = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix));
    files
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn every_published_request_is_taken_and_its_variants_are_noted() {
    let all = samples("request-");
    assert_eq!(all.len(), 12);
    let mut noted = Vec::new();
    for (path, payload) in all {
        let found = findings(&payload);
        assert_eq!(found.wrong, [], "{}", path.display());
        noted.extend(found.notes.into_iter().map(|note| note.at));
    }
    for place in [
        "/body",
        "/msg_id",
        "/to",
        "/components/1/footertext",
        "/components",
    ] {
        assert!(noted.iter().any(|at| at == place), "{place} in {noted:?}");
    }
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let good = template("a");
    assert_eq!(findings(good.to_string().as_bytes()).wrong, []);
    let table = [
        ("/payloadVersion", json!("1"), "/payloadVersion"),
        ("/to", json!("12ab"), "/to"),
        ("/isTemplate", json!("yes"), "/isTemplate"),
        ("/msgId", json!(""), "/msgId"),
        ("/template/namespace", json!(1), "/template/namespace"),
        ("/components", json!([]), "/components"),
        ("/components/0/body/text", json!(""), "/components/0/body/text"),
        (
            "/components/0/body/parameters/0",
            json!("Asha"),
            "/components/0/body/parameters/0",
        ),
        ("/components/0/type", json!("bdy"), "/components/0"),
        ("/components/1/subType", json!("url"), "/components/1/subType"),
        (
            "/components/1/parameters",
            json!([]),
            "/components/1/parameters/0",
        ),
        ("/components/1/index", json!("0"), "/components/1/index"),
        (
            "/components/1",
            json!({"type": "header", "header": {"type": "image", "image": {}}}),
            "/components/1/header/image/mediaURL",
        ),
        (
            "/components/1",
            json!({"type": "limited_time_offer", "text": "x", "parameters": [{"limited_time_offer": {"expiration_time_ms": 1712081380}}]}),
            "/components/1/parameters/0/limited_time_offer/expiration_time_ms",
        ),
        (
            "/components/1",
            json!({"type": "carousel", "cards": [{}]}),
            "/components/1/cards/0/components",
        ),
        (
            "/components/1",
            json!({"customProps": [{"a": 1}]}),
            "/components/1/customProps",
        ),
    ];
    for (at, value, told) in table {
        let mut payload = good.clone();
        *payload.pointer_mut(at).unwrap() = value;
        let found = findings(payload.to_string().as_bytes());
        assert!(found.wrong.iter().any(|one| one.at == told), "{at}: {found:?}");
    }
    let free = json!({"payloadVersion": 0.1, "to": TO, "wabaNumber": "919999900000", "isTemplate": false, "msgId": "a", "type": "sticker"});
    assert_eq!(findings(free.to_string().as_bytes()).wrong[0].at, "/type");
    assert_eq!(findings(b"{").wrong.len(), 1);
}

#[tokio::test]
async fn a_message_is_reported_read_and_clicked() {
    let mut world = world(|_| {}).await;
    assert_eq!(
        world.send(&template("m1")).await,
        (200, json!({"status": "success"}))
    );
    for word in ["sent", "delivered", "read"] {
        let report = world.callback().await;
        assert_eq!(
            (&report["statuses"][0]["msgId"], &report["statuses"][0]["status"]),
            (&json!("m1"), &json!(word))
        );
        assert!(report["statuses"][0]["timestamp"].is_string());
    }
    world.sim.click("m1", None).unwrap();
    let click = world.callback().await;
    assert_eq!(click["statuses"][0]["url"], "https://shop.example/a/1");
    assert!(world.sim.click("m1", Some(7)).is_err() && world.sim.click("m2", None).is_err());
    world.send(&template("m1")).await;
    let stats = world.sim.stats();
    assert_eq!(
        (stats.accepted, stats.unique_refs, stats.repeated_refs),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn what_is_wrong_is_answered_and_kept() {
    let mut world = world(|o| o.max_concurrent = Some(50)).await;
    let mut bad = template("m1");
    bad["components"][1]["subType"] = json!("url");
    let (status, answer) = world.send(&bad).await;
    assert_eq!((status, &answer["error"]["code"]), (200, &json!(2001)));
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("/components/1/subType")
    );
    assert_eq!(world.sim.mistakes().len(), 1);
    let response = world
        .client
        .post(format!("{}/send", world.sim.base_url()))
        .body("{}")
        .send()
        .await
        .unwrap();
    assert!(response.text().await.unwrap().contains("2000"));
    for (failure, status, answer) in [
        ("error:2003", 200, json!(2003)),
        ("503", 503, Value::Null),
        ("403", 403, Value::Null),
    ] {
        world.sim.fail_next(failure.parse::<Failure>().unwrap(), 1);
        let got = world.send(&template("m2")).await;
        assert_eq!((got.0, got.1["error"]["code"].clone()), (status, answer));
    }
    world.sim.fail_next("failed:1006".parse().unwrap(), 1);
    world.send(&template("m3")).await;
    let report = world.callback().await;
    assert_eq!(
        report["statuses"][0]["error"],
        json!({"code": 1006, "title": "Number is blacklisted"})
    );
    let text = json!({"payloadVersion": 0.1, "to": TO, "wabaNumber": "919999900000", "isTemplate": false, "msgId": "m4", "type": "text", "text": {"body": "Hi"}});
    world.send(&text).await;
    assert_eq!(world.callback().await["statuses"][0]["error"]["code"], 1008);
    world
        .sim
        .inject(&Inbound {
            customer: TO.into(),
            kind: "file".into(),
            reply_to: Some("m3".into()),
            ..Inbound::default()
        })
        .unwrap();
    let inbound = world.callback().await;
    assert_eq!(
        (&inbound["document"]["mimeType"], &inbound["context"]["id"]),
        (&json!(".pdf"), &json!("m3"))
    );
    world.sim.update(|o| o.limit_per_second = Some(1)).unwrap();
    let (status, answer) = world.send(&template("m5")).await;
    assert_eq!(
        (status, answer),
        (429, json!({"message": "Too many requests to process"}))
    );
    assert_eq!(world.sim.stats().throttled, 1);
}

#[tokio::test]
async fn templates_come_in_pages_and_messages_are_compared_with_them() {
    let world = world(|_| {}).await;
    for (_, listing) in samples("templates-") {
        let listing: Value = serde_json::from_slice(&listing).unwrap();
        world.sim.add_template(listing["data"][0].clone()).unwrap();
    }
    let (_, first) = world.get("/templates?limit=2").await;
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    assert!(first["paging"]["next"].as_str().unwrap().ends_with(after));
    let (_, second) = world.get(&format!("/templates?limit=2&after={after}")).await;
    assert_eq!(
        (
            second["data"].as_array().unwrap().len(),
            second["paging"].get("next")
        ),
        (1, None)
    );
    assert_eq!(world.get("/templates?after=x").await.0, 400);
    let (_, unknown) = world.send(&template("m1")).await;
    assert_eq!(unknown["error"]["code"], 2001);
    let welcome =
        json!({"name": "welcome", "language": "en", "components": [{"type": "BODY", "text": "Hello {{1}}"}]});
    world.sim.add_template(welcome).unwrap();
    assert_eq!(world.send(&template("m1")).await.1["status"], "success");
    let mut two = template("m2");
    two["components"][0]["body"]["parameters"] = json!([]);
    let (_, few) = world.send(&two).await;
    assert!(
        few["error"]["message"]
            .as_str()
            .unwrap()
            .contains("1 placeholder(s) and 0 value(s)"),
        "{few}"
    );
}
