//! What others wrote about the same formats: Vonage's own token library and OpenAPI document against our provider and our
//! simulator, in both directions. See README.md here.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of tests stand outside #[test] functions"
)]

#[path = "../../../provider/tests/support/mod.rs"]
#[expect(dead_code, reason = "the conformance test uses the rest")]
mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use harkara::clock::{Clock, SystemClock};
use harkara_provider::{Account, Body, Callback, Method, Provider, registry};
use harkara_sim::vonage::{Failure, Inbound, Options, PRACTICE_KEY, start};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::Call;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// JSON pointers into the OpenAPI document.
const REQUEST: &str = "/paths/~1v1~1messages/post/requestBody/content/application~1json/schema";
const STATUS: &str = "/components/schemas/messageStatusBase";
/// The document puts `read` in a part of its own, which contradicts the part above.
const STATUS_READ: &str = "/components/schemas/messageStatusWhatsApp/allOf/1";
const INBOUND: &str = "/x-webhooks/inbound-message/%7B$request.body%23~1callback%7D/post/requestBody/content/application~1json/schema";

const KINDS: &[&str] = &[
    "text", "image", "video", "audio", "file", "sticker", "location", "reply", "button", "order", "reaction",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn here(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers")
        .join(file)
}

/// Asks the libraries.
fn ask(question: &Value) -> Value {
    let python = root().join("target/peers/bin/python");
    let mut peer = Command::new(&python)
        .arg(here("peers.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; run bin/setup --tests", python.display()));
    peer.stdin
        .take()
        .unwrap()
        .write_all(question.to_string().as_bytes())
        .unwrap();
    let output = peer.wait_with_output().unwrap();
    assert!(output.status.success(), "the peer failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn provider() -> &'static dyn Provider {
    registry::find("vonage").unwrap()
}

/// The request of every case that sends, and the credential of the first one.
fn requests() -> (Vec<Value>, String) {
    let provider = provider();
    let mut bodies = Vec::new();
    let mut token = String::new();
    for (name, case) in support::cases(provider) {
        if !matches!(case.call, Call::Send { .. }) || case.exchange.is_empty() {
            continue;
        }
        let account = support::account(provider, &case.account);
        let run = support::run(provider, &account, &case.call, case.at, &[]);
        let Body::Json(body) = &run.requests[0].body else {
            panic!("{name}: no JSON");
        };
        if name == "send-text" {
            run.requests[0].credentials()[0].clone_into(&mut token);
        }
        bodies.push(json!({ "name": name, "schema": REQUEST, "body": body, "valid": true }));
    }
    assert!(bodies.len() > 40, "{} requests", bodies.len());
    (bodies, token)
}

/// Bodies that the validator must refuse: one that takes everything proves nothing.
fn wrong() -> Vec<Value> {
    let text = json!({ "channel": "whatsapp", "message_type": "text", "to": "919999911110", "from": "919999900001" });
    let template = json!({ "channel": "whatsapp", "message_type": "template", "to": "919999911110", "from": "919999900001",
        "template": { "name": "t" }, "whatsapp": { "policy": "deterministic" } });
    [("no text", text), ("no locale", template)]
        .map(|(name, body)| json!({ "name": name, "schema": REQUEST, "body": body, "valid": false }))
        .to_vec()
}

/// The document knows only buttons that carry the answer to a flow; the sample of every other kind will do.
fn content(kind: &str) -> Value {
    match kind {
        "button" => json!({ "payload": { "flow_token": "t" }, "text": "sent", "subtype": "flow" }),
        _ => Value::Null,
    }
}

type Posted = (String, Vec<u8>);

async fn take(State(sender): State<UnboundedSender<Posted>>, headers: HeaderMap, body: Bytes) {
    let token = headers["authorization"].to_str().unwrap().to_owned();
    sender.send((token, body.to_vec())).unwrap();
}

async fn receiver() -> (String, UnboundedReceiver<Posted>) {
    let (sender, receiver) = unbounded_channel();
    let app = axum::Router::new().fallback(take).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, receiver)
}

fn bearer(authorization: &str) -> &str {
    authorization.strip_prefix("Bearer ").unwrap()
}

#[tokio::test]
#[ignore = "needs the libraries in target/peers: bin/setup --tests"]
async fn vonages_own_words_and_ours_are_the_same() {
    let (url, mut posted) = receiver().await;
    let options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        status_url: Some(url.clone()),
        inbound_url: Some(url),
        status_delay_ms: 1,
        ..Options::default()
    };
    let sim = start(options.clone()).await.unwrap();
    let (mut bodies, token) = requests();
    bodies.extend(wrong());

    // What the simulator posts is what Vonage documents, signed as Vonage's library expects.
    let message = |to: &str| json!({ "channel": "whatsapp", "message_type": "text", "to": to, "from": options.number, "text": "Hi", "client_ref": "r" });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let send = async |authorization: String, to: &str| {
        let request = client
            .post(format!("{}/v1/messages", sim.base_url()))
            .body(message(to).to_string());
        request
            .header("authorization", authorization)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    let basic = "Basic YWJjZDEyMzQ6cHJhY3RpY2Utc2VjcmV0".to_owned();
    for kind in KINDS {
        let inbound = Inbound {
            customer: "919999911110".into(),
            kind: (*kind).into(),
            content: content(kind),
            ..Inbound::default()
        };
        sim.inject(&inbound).unwrap();
    }
    assert_eq!(send(basic.clone(), "919999911110").await, 202);
    sim.fail_next(Failure::Rejected(1300), 1);
    assert_eq!(send(basic, "919999911111").await, 202);
    let mut signed = Vec::new();
    for _ in 0..KINDS.len() + 4 {
        let (authorization, body) = tokio::time::timeout(Duration::from_secs(20), posted.recv())
            .await
            .unwrap()
            .unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let schema = match body["status"].as_str() {
            None => INBOUND,
            Some("read") => STATUS_READ,
            Some(_) => STATUS,
        };
        bodies.push(json!({ "name": "posted", "schema": schema, "body": body, "valid": true }));
        for (secret, valid) in [(options.signature_secret.as_str(), true), ("another", false)] {
            signed.push(json!({ "token": bearer(&authorization), "secret": secret, "valid": valid }));
        }
    }

    let settings: Value = serde_json::from_str(
        &std::fs::read_to_string(support::folder(provider()).join("account.json")).unwrap(),
    )
    .unwrap();
    let public_key = std::fs::read_to_string(root().join("crates/provider/tests/vonage-public.pem")).unwrap();
    let body = br#"{"channel":"whatsapp","status":"read","message_uuid":"1"}"#;
    let hash: String = Sha256::digest(body).iter().map(|b| format!("{b:02x}")).collect();
    let now = SystemClock.now();
    let answer = ask(&json!({
        "document": here("vonage-messages-1.11.0.json"),
        "bodies": bodies,
        "tokens": [{ "token": token, "public_key": public_key, "application_id": settings["application_id"], "private_key": settings["private_key"] }],
        "signed": signed,
        "mint": { "application_id": options.application_id, "private_key": PRACTICE_KEY },
        "sign": { "secret": settings["signature_secret"], "claims": {
            "iat": now / 1000, "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5", "iss": "Vonage", "payload_hash": hash,
            "api_key": settings["api_key"], "application_id": settings["application_id"],
        } },
    }));
    assert_eq!(answer["problems"], json!([]));

    // And their tokens are taken here: the simulator takes what their client mints, the provider what their library signs.
    assert_eq!(
        send(
            format!("Bearer {}", answer["minted"].as_str().unwrap()),
            "919999911110"
        )
        .await,
        202
    );
    let headers = [(
        "authorization".to_owned(),
        format!("Bearer {}", answer["signed"].as_str().unwrap()),
    )];
    let account = Account::new(provider().spec(), serde_json::from_value(settings).unwrap());
    let verify = |body: &[u8]| {
        let call = Callback {
            method: Method::Post,
            query: "",
            content_type: "",
            headers: &headers,
            body,
            at: now,
        };
        provider().verify(&account, &call)
    };
    assert_eq!(verify(body), Ok(()));
    assert!(verify(b"{}").is_err());
    sim.shutdown().await;
}
