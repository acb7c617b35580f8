//! The simulated Messages API, by a client that is made from its documentation.

use std::path::Path;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use harkara_sim::vonage::{Failure, Inbound, Options, PRACTICE_KEY, Running, Signing, start};
use ring::{hmac, rand, rsa, signature};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// A callback: Authorization header and body.
type Callback = (Option<String>, Vec<u8>);

struct World {
    sim: Running,
    callbacks: mpsc::UnboundedReceiver<Callback>,
    client: reqwest::Client,
}

#[derive(Clone)]
struct Receiver {
    seen: mpsc::UnboundedSender<Callback>,
    refuse: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let token = headers
        .get("authorization")
        .map(|v| v.to_str().unwrap().to_owned());
    receiver.seen.send((token, body.to_vec())).unwrap();
    let left = receiver.refuse.load(std::sync::atomic::Ordering::SeqCst);
    if left > 0 {
        receiver
            .refuse
            .store(left - 1, std::sync::atomic::Ordering::SeqCst);
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

async fn world(refuse: usize, change: impl FnOnce(&mut Options)) -> World {
    let (seen, callbacks) = mpsc::unbounded_channel();
    let receiver = Receiver {
        seen,
        refuse: std::sync::Arc::new(refuse.into()),
    };
    let app = axum::Router::new().fallback(take).with_state(receiver);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/callback", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let mut options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        status_url: Some(url.clone()),
        inbound_url: Some(url),
        status_delay_ms: 1,
        callback_backoff_ms: 5,
        enforce_window: false,
        ..Options::default()
    };
    change(&mut options);
    let sim = start(options).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    World {
        sim,
        callbacks,
        client,
    }
}

impl World {
    async fn post(&self, authorization: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}/v1/messages", self.sim.base_url()));
        let request = request
            .header("authorization", authorization)
            .body(body.to_string());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or_else(|_| json!(text)),
        )
    }

    async fn next(&mut self) -> (Option<String>, Value, Vec<u8>) {
        let (token, body) = tokio::time::timeout(Duration::from_secs(20), self.callbacks.recv())
            .await
            .unwrap()
            .unwrap();
        (token, serde_json::from_slice(&body).unwrap(), body)
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulator has real time")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn token(head: &Value, claims: &Value) -> String {
    let inside: String = PRACTICE_KEY
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let key = rsa::KeyPair::from_pkcs8(&STANDARD.decode(inside).unwrap()).unwrap();
    let text = format!("{}.{}", encode(head), encode(claims));
    let mut signed = vec![0; key.public().modulus_len()];
    let random = rand::SystemRandom::new();
    key.sign(
        &signature::RSA_PKCS1_SHA256,
        &random,
        text.as_bytes(),
        &mut signed,
    )
    .unwrap();
    format!("Bearer {text}.{}", URL_SAFE_NO_PAD.encode(signed))
}

fn claims() -> Value {
    json!({
        "application_id": Options::default().application_id, "iat": now(), "exp": now() + 900,
        "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
    })
}

fn good() -> String {
    token(&json!({"alg": "RS256", "typ": "JWT"}), &claims())
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode("abcd1234:practice-secret"))
}

fn text(to: &str, reference: &str) -> Value {
    json!({"channel": "whatsapp", "message_type": "text", "to": to, "from": "919999900001", "text": "Hello", "client_ref": reference})
}

const CUSTOMER: &str = "919999911110";

#[tokio::test]
async fn only_the_applications_token_and_the_accounts_secret_open_the_door() {
    let world = world(0, |_| {}).await;
    let body = text(CUSTOMER, "r");
    let head = json!({"alg": "RS256", "typ": "JWT"});
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        token(&head, &claims)
    };
    assert_eq!(world.post(&good(), &body).await.0, 202);
    assert_eq!(world.post(&basic(), &body).await.0, 202);
    let mut tampered = good();
    tampered.truncate(tampered.len() - 8);
    let refused = [
        String::new(),
        "Basic YTpi".into(),
        tampered,
        token(&json!({"alg": "none", "typ": "JWT"}), &claims()),
        token(&json!({"alg": "HS256", "typ": "JWT"}), &claims()),
        with("application_id", json!("another")),
        with("exp", json!(now() - 1)),
        with("iat", json!(now() + 600)),
        with("exp", json!(now() + 90_000)),
        with("jti", json!(null)),
    ];
    for (n, authorization) in refused.iter().enumerate() {
        let (status, problem) = world.post(authorization, &body).await;
        assert_eq!(status, 401, "{n}: {problem}");
        assert!(
            problem["type"]
                .as_str()
                .unwrap()
                .starts_with("https://developer.vonage.com/api-errors")
        );
    }
    assert_eq!(world.sim.stats().refusals, [(401, refused.len() as u64)].into());
}

/// Every recorded request of other clients, with the sender that the account has.
#[tokio::test]
async fn every_recorded_request_is_taken() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut taken = Vec::new();
    let world = world(0, |_| {}).await;
    for folder in ["tests/it/samples", "../provider/cases/vonage/samples"] {
        for file in std::fs::read_dir(here.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !name.starts_with("request-") || name.contains("as-read") {
                continue;
            }
            let body: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            world
                .sim
                .update(|o| o.number = body["from"].as_str().unwrap().to_owned())
                .unwrap();
            let (status, answer) = world.post(&good(), &body).await;
            assert_eq!(status, 202, "{name}: {answer}");
            assert_eq!(
                answer["workflow_id"].is_string(),
                name.contains("failover"),
                "{name}"
            );
            taken.push(name);
        }
    }
    assert_eq!(taken.len(), 17, "{taken:?}");
}

#[tokio::test]
async fn what_the_documentation_forbids_is_refused() {
    let world = world(0, |_| {}).await;
    let change = |name: &str, value: Value| {
        let mut body = text(CUSTOMER, "r");
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value;
        }
        body
    };
    for body in [
        change("channel", json!("sms")),
        change("to", json!("+919999911110")),
        change("to", json!("123")),
        change("from", json!("919999900009")),
        change("client_ref", json!("r".repeat(41))),
        change("text", json!("x".repeat(4097))),
        change("text", json!(null)),
        change("message_type", json!("location")),
        change("message_type", json!("template")),
        change("webhook_version", json!("v2")),
        change("failover", json!([{}])),
    ] {
        let (status, problem) = world.post(&good(), &body).await;
        assert_eq!(
            (status, problem["title"].is_string()),
            (422, true),
            "{body}: {problem}"
        );
    }
    let stats = world.sim.stats();
    assert_eq!((stats.accepted, stats.refusals[&422]), (0, 11));
}

#[tokio::test]
async fn statuses_come_signed_until_they_are_taken() {
    let mut world = world(2, |_| {}).await;
    let (_, answer) = world.post(&good(), &text(CUSTOMER, "ref1")).await;
    let mut words = Vec::new();
    for _ in 0..5 {
        let (token, body, bytes) = world.next().await;
        assert_eq!(
            (&body["message_uuid"], &body["client_ref"]),
            (&answer["message_uuid"], &json!("ref1"))
        );
        let token = token.unwrap();
        let token = token.strip_prefix("Bearer ").unwrap();
        let (text, tag) = token.rsplit_once('.').unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"practice-signature-secret");
        hmac::verify(&key, text.as_bytes(), &URL_SAFE_NO_PAD.decode(tag).unwrap()).unwrap();
        let (head, claims) = text.split_once('.').unwrap();
        let read =
            |part| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        assert_eq!(read(head), json!({"alg": "HS256", "typ": "JWT"}));
        let hash = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let hash: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        let claims = read(claims);
        assert_eq!(claims["payload_hash"], json!(hash));
        assert_eq!(
            (&claims["iss"], &claims["api_key"]),
            (&json!("Vonage"), &json!("abcd1234"))
        );
        words.push(body["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        words,
        ["submitted", "submitted", "submitted", "delivered", "read"]
    );
    for _ in 0..200 {
        if world.sim.stats().statuses.pending == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let stats = world.sim.stats().statuses;
    assert_eq!(
        (stats.sent, stats.acknowledged, stats.retried, stats.pending),
        (3, 3, 2, 0)
    );
    assert_eq!(
        world.sim.sent()[0].acknowledged,
        ["submitted", "delivered", "read"]
    );
}

#[tokio::test]
async fn failures_limits_and_the_window_are_as_they_are_set() {
    let mut world = world(0, |o| {
        o.limit_per_second = Some(2);
        o.retry_after = Some(3);
        o.enforce_window = true;
        o.fail_suffix = vec![("13".into(), Failure::Rejected(1300))];
        o.read_rate = 0.0;
    })
    .await;
    world.sim.fail_next(Failure::Refused(500), 1);
    assert_eq!(world.post(&good(), &text(CUSTOMER, "a")).await.0, 500);
    assert_eq!(world.post(&good(), &text("919999911113", "b")).await.0, 202);
    assert_eq!(world.post(&good(), &text(CUSTOMER, "c")).await.0, 202);
    let (status, problem) = world.post(&good(), &text(CUSTOMER, "d")).await;
    assert_eq!((status, &problem["title"]), (429, &json!("Rate Limit Hit")));
    let mut codes = Vec::new();
    for _ in 0..2 {
        let (_, body, _) = world.next().await;
        let code = body["error"]["title"].clone();
        codes.push(
            code.as_i64()
                .unwrap_or_else(|| code.as_str().unwrap().parse().unwrap()),
        );
    }
    codes.sort_unstable();
    assert_eq!(codes, [1300, 1340]);
    let stats = world.sim.stats();
    assert_eq!(
        (
            stats.accepted,
            stats.refused,
            stats.unique_refs,
            stats.max_per_second
        ),
        (2, 2, 2, 2)
    );
}

#[tokio::test]
async fn customers_write_every_kind_in_both_versions() {
    let mut world = world(0, |_| {}).await;
    for version in ["v1", "v0.1"] {
        world.sim.update(|o| o.webhook_version = version.into()).unwrap();
        for kind in [
            "text",
            "image",
            "video",
            "audio",
            "file",
            "sticker",
            "location",
            "contacts",
            "reply",
            "button",
            "order",
            "reaction",
            "unsupported",
        ] {
            let inbound = Inbound {
                customer: CUSTOMER.into(),
                kind: kind.into(),
                name: Some("Asha".into()),
                ..Inbound::default()
            };
            let posted = world.sim.inject(&inbound).unwrap();
            let (token, body, _) = world.next().await;
            assert_eq!(body, posted);
            assert!(token.is_some());
            if version == "v1" {
                assert_eq!(
                    (&body["from"], &body["message_type"]),
                    (&json!(CUSTOMER), &json!(kind))
                );
                if let Some(url) = body[kind]["url"].as_str() {
                    assert_eq!(world.client.get(url).send().await.unwrap().status(), 401);
                    let file = world
                        .client
                        .get(url)
                        .header("authorization", good())
                        .send()
                        .await
                        .unwrap();
                    assert_eq!(file.status(), 200);
                }
            } else {
                assert_eq!(body["from"], json!({"type": "whatsapp", "number": CUSTOMER}));
                assert_eq!(body["message"]["content"]["type"], kind);
            }
        }
    }
    let id = world
        .sim
        .inject(&Inbound {
            customer: CUSTOMER.into(),
            ..Inbound::default()
        })
        .unwrap()["message_uuid"]
        .clone();
    let url = format!("{}/v1/messages/{}", world.sim.base_url(), id.as_str().unwrap());
    let read = std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../provider/cases/vonage/samples/request-update-a-message-as-read.json"),
    )
    .unwrap();
    for (authorization, status) in [(good(), 202), (basic(), 401)] {
        let request = world
            .client
            .patch(&url)
            .header("authorization", authorization)
            .body(read.clone());
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    assert_eq!(world.sim.stats().marked_read, 1);
}

#[tokio::test]
async fn signatures_can_be_left_out_or_wrong() {
    let mut world = world(0, |o| o.signing = Signing::Unsigned).await;
    let inbound = Inbound {
        customer: CUSTOMER.into(),
        ..Inbound::default()
    };
    world.sim.inject(&inbound).unwrap();
    assert_eq!(world.next().await.0, None);
    world.sim.update(|o| o.signing = Signing::WrongHash).unwrap();
    world.sim.inject(&inbound).unwrap();
    assert!(world.next().await.0.is_some());
}

#[tokio::test]
async fn the_control_api_does_the_same_over_http() {
    let world = world(0, |_| {}).await;
    let url = |path: &str| format!("{}/__sim/{path}", world.sim.base_url());
    let post = async |path: &str, body: Value| {
        let response = world
            .client
            .post(url(path))
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        (
            response.status().as_u16(),
            serde_json::from_str::<Value>(&response.text().await.unwrap()).unwrap(),
        )
    };
    let get = async |path: &str| -> Value {
        serde_json::from_str(
            &world
                .client
                .get(url(path))
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap(),
        )
        .unwrap()
    };
    assert_eq!(post("fail", json!({"next": 1, "kind": "503"})).await.0, 200);
    assert_eq!(post("fail", json!({"next": 1, "kind": "teapot"})).await.0, 422);
    assert_eq!(world.post(&basic(), &text(CUSTOMER, "a")).await.0, 503);
    assert_eq!(
        post("config", json!({"latency_ms": 1})).await.1["signature_secret"],
        "***"
    );
    assert_eq!(post("config", json!({"novel": 1})).await.0, 422);
    world.post(&basic(), &text(CUSTOMER, "a")).await;
    world.post(&basic(), &text(CUSTOMER, "a")).await;
    let stats = get("stats").await;
    assert_eq!(
        (&stats["accepted"], &stats["unique_refs"], &stats["repeated_refs"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(get("accepted").await["accepted"][1]["ref"], "a");
    assert_eq!(
        get("messages?limit=1").await["messages"][0]["body"]["text"],
        "Hello"
    );
    assert_eq!(
        post("inbound", json!({"customer": CUSTOMER, "content": "Hi"}))
            .await
            .1["posted"]["text"],
        "Hi"
    );
    assert_eq!(post("reset", json!({})).await.0, 200);
    assert_eq!(get("stats").await["accepted"], 0);
}
