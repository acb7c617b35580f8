//! The demo inside a server, and the phones of its people: through the real server, with its real workers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use harkara::clock::{Clock, MovedClock, SystemClock};
use harkara::config::Config;
use harkara::serve::{self, CliFile, Running};
use harkara::store::Db;
use serde_json::{Value, json};

pub struct Server {
    pub running: Running,
    pub client: reqwest::Client,
    pub key: String,
}

impl Server {
    /// As `harkara serve` is.
    async fn start(data: &Path) -> Self {
        Self::with(data, Arc::new(SystemClock), |_| ()).await
    }

    /// As `harkara demo` is.
    pub async fn demo(data: &Path) -> Self {
        let clock = MovedClock::over(Arc::new(SystemClock));
        let anywhere = Some("127.0.0.1:0".parse().unwrap());
        Self::with(data, Arc::new(clock), |config| config.simulator = anywhere).await
    }

    pub async fn with(data: &Path, clock: Arc<dyn Clock>, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::load(None).unwrap();
        config.data = data.to_owned();
        config.listen = "127.0.0.1:0".into();
        // What the world calls it: the simulator must find it all the same.
        config.public_url = "https://harkara.example".into();
        change(&mut config);
        let running = serve::start(config, clock).await.unwrap();
        let key = CliFile::read(data).unwrap().key;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { running, client, key }
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/api/v1{path}", self.running.url());
        let mut request = self
            .client
            .request(method.parse().unwrap(), url)
            .bearer_auth(&self.key);
        if !body.is_null() {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call("POST", path, body).await;
        assert!((200..300).contains(&status), "{path}: {answer}");
        answer
    }

    /// Asks again and again until it fits; the limit only guards against a hang.
    pub async fn until(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..600 {
            last = self.get(path).await;
            if fits(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} stays {last}");
    }

    async fn launch_draft(&self) -> Value {
        let draft = self.get("/campaigns").await["data"][0].clone();
        assert_eq!(draft["name"], "Welcome offer");
        let path = format!("/campaigns/{}", draft["id"].as_str().unwrap());
        self.post(&format!("{path}/launch"), json!({})).await;
        self.until(&format!("{path}/progress"), |p| {
            p["state"] == "finished" && p["funnel"]["failed"] == 1
        })
        .await
    }
}

/// Rows in every table of the product but those that a server has by itself.
pub async fn rows(db: &Db) -> Vec<(String, i64)> {
    let Db::Sqlite { read, .. } = db else {
        panic!("not SQLite");
    };
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(read).await.unwrap();
    let mut left = Vec::new();
    for name in names {
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{name}\""));
        let count: i64 = sqlx::query_scalar(count).fetch_one(read).await.unwrap();
        if count > 0 && !["api_key", "audit", "node"].contains(&name.as_str()) {
            left.push((name, count));
        }
    }
    left
}

#[tokio::test]
async fn the_story_of_the_demo_from_nothing_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::start(folder.path()).await;
    let before = rows(&s.running.app.db).await;
    assert_eq!(
        s.get("/demo").await,
        json!({"on": false, "people": 0, "account_id": null, "handset": false})
    );
    assert_eq!(
        s.call("GET", "/handset/customers", Value::Null).await.1["code"],
        "no_handset"
    );

    let demo = s.post("/demo", json!({})).await;
    assert_eq!(
        (&demo["on"], &demo["people"], &demo["handset"]),
        (&json!(true), &json!(25), &json!(true))
    );
    assert_eq!(s.post("/demo", json!({})).await, demo, "twice is once");
    let account = s.get("/accounts").await["data"][0].clone();
    assert_eq!(
        (&account["nickname"], &account["id"]),
        (&json!("Gupshup demo"), &demo["account_id"])
    );
    let templates = s.get("/templates").await;
    assert_eq!(templates["data"].as_array().unwrap().len(), 3);
    assert!(
        templates["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|t| t["status"] == "approved")
    );
    let phones = s.get("/handset/customers").await;
    assert_eq!(
        (&phones["customers"][0]["name"], &phones["customers"][0]["last"]),
        (&json!("Asha Kulkarni"), &json!(""))
    );
    assert_eq!(phones["customers"].as_array().unwrap().len(), 25);

    // 25 people, of whom 3 opted out; one number cannot be reached.
    let progress = s.launch_draft().await;
    assert_eq!(
        (&progress["funnel"]["recipients"], &progress["funnel"]["excluded"]),
        (&json!(22), &json!(3))
    );

    let asha = s.get("/handset/customers?q=asha").await["customers"][0].clone();
    let number = asha["customer"].as_str().unwrap().to_owned();
    let chat = s
        .until(&format!("/handset/customers/{number}"), |c| {
            c["messages"][0]["happened"].as_i64() >= Some(3)
        })
        .await;
    let message = &chat["messages"][0];
    assert!(
        message["content"].to_string().contains("Hi Asha, welcome"),
        "{chat}"
    );
    s.post("/handset/read", json!({"customer": number})).await;
    let tapped = json!({"customer": number, "name": "Asha", "type": "button", "text": "Tell me more", "reply_to": message["id"]});
    s.post("/handset/inbound", tapped).await;
    let inbox = s.until("/conversations", |c| c["data"][0]["unread"] == 1).await;
    let path = format!(
        "/conversations/{}/messages",
        inbox["data"][0]["id"].as_str().unwrap()
    );
    s.post(
        &path,
        json!({"content": {"type": "text", "body": "Gladly, Asha"}}),
    )
    .await;
    s.until(&format!("/handset/customers/{number}"), |c| {
        c.to_string().contains("Gladly, Asha")
    })
    .await;
    assert_eq!(
        s.get("/handset/customers").await["customers"][0]["customer"],
        number
    );
    let steps = s
        .until("/home", |h| {
            h["checklist"]
                .as_array()
                .unwrap()
                .iter()
                .all(|s| s["done"] == true)
        })
        .await;
    assert_eq!(steps["today"]["replies"], 1);

    assert_eq!(s.call("DELETE", "/demo", Value::Null).await.0, 204);
    assert_eq!(rows(&s.running.app.db).await, before);
    assert_eq!(s.get("/demo").await["on"], false);
    assert_eq!(
        s.call("POST", "/handset/read", json!({"customer": number}))
            .await
            .1["code"],
        "no_handset"
    );
    assert_eq!(s.call("DELETE", "/demo", Value::Null).await.0, 204);
    s.running.shutdown().await;
}

#[tokio::test]
async fn an_opt_out_of_a_real_number_outlives_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::start(folder.path()).await;
    s.post("/demo", json!({})).await;
    let real = "+447400123456";
    let asha = s.get("/profiles?search=Asha").await["data"][0]["id"].clone();
    let path = format!("/profiles/{}", asha.as_str().unwrap());
    assert_eq!(s.call("PATCH", &path, json!({"phone": real})).await.0, 200);
    s.post(
        &format!("{path}/consent"),
        json!({"action": "opt_out", "source": "phone call"}),
    )
    .await;
    // Another person of the demo shares the number with somebody real.
    let shared = s.get("/profiles?phone=%2B919999900102").await["data"][0].clone();
    let path = format!("/profiles/{}", shared["id"].as_str().unwrap());
    s.post(
        &format!("{path}/consent"),
        json!({"action": "opt_out", "source": "phone call"}),
    )
    .await;
    s.post(
        "/profiles",
        json!({"identity": "shop-1", "phone": "+919999900102"}),
    )
    .await;

    assert_eq!(s.call("DELETE", "/demo", Value::Null).await.0, 204);
    let again = s
        .post("/profiles", json!({"identity": "shop-2", "phone": real}))
        .await;
    assert_eq!(again["profile"]["number_opted_out"], true, "{again}");
    let kept = s.get("/profiles?identity=shop-1").await;
    assert_eq!(kept["data"][0]["number_opted_out"], true, "{kept}");
    s.running.shutdown().await;
}

#[tokio::test]
async fn the_demo_comes_back_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::start(folder.path()).await;
    let demo = first.post("/demo", json!({})).await;
    let url = first.get("/accounts").await["data"][0]["settings"]["base_url"].clone();
    first.running.shutdown().await;

    let again = Server::start(folder.path()).await;
    assert_eq!(again.get("/demo").await, demo);
    assert_ne!(
        again.get("/accounts").await["data"][0]["settings"]["base_url"],
        url
    );
    assert_eq!(again.launch_draft().await["funnel"]["recipients"], 22);
    again.running.shutdown().await;
}

#[tokio::test]
async fn only_the_simulator_is_let_through_and_it_calls_only_us() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::start(folder.path()).await;
    s.post("/demo", json!({})).await;
    let elsewhere = json!({"provider": "gupshup-enterprise", "settings": {
        "nickname": "Trap", "number": "+919999900077", "hsm_user_id": "1", "hsm_password": "x", "two_way_user_id": "2",
        "two_way_password": "y", "base_url": format!("{}/GatewayAPI/rest", s.running.url()),
    }});
    let (status, problem) = s.call("POST", "/accounts", elsewhere).await;
    assert_eq!(
        (status, &problem["errors"][0]["code"]),
        (422, &json!("target_refused")),
        "{problem}"
    );
    let trap = json!({"reports_url": "http://127.0.0.1:1/"});
    let (status, problem) = s.call("POST", "/handset/config", trap).await;
    assert_eq!((status, &problem["code"]), (422, &json!("handset_refused")));
    let options = s.post("/handset/config", json!({"read_rate": 1.0})).await;
    assert_eq!(options["read_rate"], 1.0);
    assert!(options.get("hsm").is_none() && options.get("inbound_url").is_none());
    let (status, problem) = s.call("POST", "/handset/config", json!({"read_rate": 7})).await;
    assert_eq!(status, 422);
    assert!(
        problem["detail"].as_str().unwrap().contains("read_rate"),
        "{problem}"
    );
    s.running.shutdown().await;
}

#[tokio::test]
async fn the_phones_tell_what_changes_and_what_fails() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::start(folder.path()).await;
    s.post("/demo", json!({})).await;
    let url = format!("{}/api/v1/handset/live", s.running.url());
    let response = s.client.get(url).bearer_auth(&s.key).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut stream = response.bytes_stream();
    let first = stream.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"data:"), "{first:?}");

    assert_eq!(
        s.get("/handset/fail").await["fail_suffix"][0][1],
        "failed:UNKNOWN_SUBSCRIBER"
    );
    // What went over the wire is told without what only the two sides may know.
    s.post(
        "/handset/inbound",
        json!({"customer": "919999900101", "text": "Anybody there?"}),
    )
    .await;
    let wire = s
        .until("/handset/wire", |wire| wire.to_string().contains("Anybody"))
        .await;
    let callback = &wire["exchanges"][0];
    assert_eq!(
        (&callback["direction"], &callback["status"]),
        (&json!("callback"), &json!(200))
    );
    assert!(callback["url"].as_str().unwrap().contains("/***"), "{callback}");
    let asked = wire["exchanges"].as_array().unwrap().last().unwrap();
    assert_eq!((&asked["n"], &asked["direction"]), (&json!(1), &json!("request")));
    assert!(
        asked["body"].as_str().unwrap().contains("password=***"),
        "{asked}"
    );
    assert!(!wire.to_string().contains("demo-notification"), "{wire}");
    let older = s.get("/handset/wire?before=2&limit=5").await;
    assert_eq!(older["exchanges"].as_array().unwrap().len(), 1);
    s.post("/handset/fail", json!({"suffix": "00102", "kind": "error:105"}))
        .await;
    assert_eq!(
        s.get("/handset/fail").await["fail_suffix"][0],
        json!(["00102", "error:105"])
    );
    assert_eq!(s.call("DELETE", "/handset/fail", Value::Null).await.0, 200);
    assert_eq!(s.get("/handset/fail").await["fail_suffix"], json!([]));

    let url = format!("{}/api/v1/handset/media", s.running.url());
    let upload = s
        .client
        .post(url)
        .bearer_auth(&s.key)
        .header("content-type", "image/png")
        .body(vec![7; 3 << 20]);
    let id: Value = serde_json::from_str(&upload.send().await.unwrap().text().await.unwrap()).unwrap();
    let picture =
        json!({"customer": "919999900101", "type": "image", "media": id["media"], "caption": "Look"});
    let posted = s.post("/handset/inbound", picture).await.to_string();
    assert!(posted.contains("/media/"), "{posted}");
    let chat = s.get("/handset/customers/919999900101").await.to_string();
    let link = chat
        .split("/media/")
        .nth(1)
        .unwrap()
        .split(['"', '\\'])
        .next()
        .unwrap();
    let url = format!("{}/api/v1/handset/media/{link}", s.running.url());
    let file = s.client.get(url).bearer_auth(&s.key).send().await.unwrap();
    assert_eq!(
        (file.status().as_u16(), &file.headers()["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
    assert_eq!(
        file.headers()["content-security-policy"],
        "default-src 'none'; sandbox"
    );
    assert_eq!(file.bytes().await.unwrap().len(), 3 << 20);
    // The open stream does not hold up the end.
    s.running.shutdown().await;
}
