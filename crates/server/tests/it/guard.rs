//! What this server does not connect to, whoever typed the URL.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use harkara::app::audit::Actor;
use harkara::app::message::{self, MessageInput};
use harkara::app::{AppError, account, template};
use harkara::domain::id;
use harkara::domain::state::{QUEUED, SENT};
use harkara::domain::target::Allowed;
use harkara::engine::{Engine, Guard, MAX_HOPS, Transport};
use harkara::store;
use harkara_provider::{Request, SendError, SendErrorKind};
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::engine::{answer, listener};
use crate::support::{TestApp, on_both_engines};
use crate::world::{World, phone};

/// Lets tests speak to this machine.
pub fn loopback() -> Guard {
    Guard::new(Allowed::read(&["127.0.0.1".to_owned()]).unwrap())
}

fn allowing(entries: &[&str]) -> Engine {
    let entries: Vec<String> = entries.iter().map(|e| (*e).to_owned()).collect();
    Engine::new(
        Duration::from_secs(10),
        Guard::new(Allowed::read(&entries).unwrap()),
    )
}

#[tokio::test]
async fn nothing_leaves_for_this_machine_in_whatever_notation() {
    let port = listener(Some(answer(b"inside"))).await.port();
    let strict = allowing(&[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "localhost",
        "LOCALHOST",
    ] {
        for request in [
            Request::get(format!("http://{host}:{port}/")),
            Request::post_form(
                format!("http://{host}:{port}/"),
                vec![("password".into(), "secret".into())],
            ),
        ] {
            let error = strict.exchange(&request).await.unwrap_err();
            assert!(matches!(error, Transport::Refused { .. }), "{host}: {error:?}");
            let error = SendError::from(error);
            assert_eq!(error.kind, SendErrorKind::Config);
            assert!(error.help.contains("HARKARA_ALLOWED_TARGETS"), "{error}");
        }
    }
    for host in [
        "169.254.169.254",
        "10.0.0.1",
        "100.100.100.200",
        "[fd00:ec2::254]",
        "224.0.0.1",
    ] {
        let error = strict
            .exchange(&Request::get(format!("http://{host}/")))
            .await
            .unwrap_err();
        assert!(matches!(error, Transport::Refused { .. }), "{host}: {error:?}");
    }
    let error = strict
        .exchange(&Request::get("ftp://8.8.8.8/x"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Transport::Refused { why } if why.contains("https")),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_the_operator_allows_is_reached_by_address_and_by_name() {
    let port = listener(Some(answer(b"inside"))).await.port();
    for (entry, host) in [
        ("127.0.0.0/8", "127.0.0.1"),
        ("127.0.0.1", "localhost"),
        ("localhost", "localhost"),
    ] {
        let reply = allowing(&[entry])
            .exchange(&Request::get(format!("http://{host}:{port}/")))
            .await;
        assert_eq!(reply.unwrap().body, b"inside", "{entry}");
    }
    let error = allowing(&["localhost"])
        .exchange(&Request::get(format!("http://127.0.0.1:{port}/")))
        .await;
    assert!(
        matches!(error, Err(Transport::Refused { .. })),
        "an address is not a name"
    );
}

fn moved(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .into_bytes()
}

#[tokio::test]
async fn a_bare_get_follows_redirects_and_each_is_judged() {
    let file = listener(Some(answer(b"file"))).await;
    let second = listener(Some(moved(&format!("http://{file}/a.png")))).await;
    let first = listener(Some(moved(&format!("http://{second}/")))).await;
    let open = allowing(&["127.0.0.1"]);
    let get = Request::get(format!("http://{first}/"));
    assert_eq!(open.exchange(&get).await.unwrap().body, b"file");

    for inside in [
        "http://[::1]:1/",
        "http://169.254.169.254/latest/meta-data",
        "ftp://127.0.0.1/",
        "//127.0.0.2/",
    ] {
        let out = listener(Some(moved(inside))).await;
        let error = open
            .exchange(&Request::get(format!("http://{out}/")))
            .await
            .unwrap_err();
        assert!(matches!(error, Transport::Refused { .. }), "{inside}: {error:?}");
    }
}

#[tokio::test]
async fn what_may_hold_credentials_goes_nowhere_else() {
    let elsewhere = listener(Some(answer(b"elsewhere"))).await;
    let first = listener(Some(moved(&format!("http://{elsewhere}/")))).await;
    let mut named = Request::get(format!("http://{first}/"));
    named
        .headers
        .push(("authorization".into(), "Basic c2VjcmV0".into()));
    let form = Request::post_form(
        format!("http://{first}/"),
        vec![("password".into(), "secret".into())],
    );
    for request in [named, form] {
        assert_eq!(
            allowing(&["127.0.0.1"]).exchange(&request).await.unwrap().status,
            302
        );
    }
}

#[tokio::test]
async fn redirects_come_to_an_end() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked: &'static AtomicUsize = Box::leak(Box::default());
    let app = axum::Router::new().fallback(async move || {
        asked.fetch_add(1, Ordering::SeqCst);
        (axum::http::StatusCode::FOUND, [("location", "/again")])
    });
    tokio::spawn(axum::serve(listener, app).into_future());
    let reply = allowing(&["127.0.0.1"])
        .exchange(&Request::get(format!("http://{address}/")))
        .await;
    assert_eq!(reply.unwrap().status, 302);
    assert_eq!(asked.load(Ordering::SeqCst), MAX_HOPS + 1);
}

fn codes(error: AppError) -> Vec<(String, &'static str)> {
    match error {
        AppError::Invalid(problems) => problems.into_iter().map(|p| (p.pointer, p.code)).collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn whoever_saves_a_url_learns_at_once() {
    let t = TestApp::new(crate::support::Engine::Sqlite).await;
    let form = |url: &str| {
        json!({"base_url": url, "template_base_url": "http://8.8.8.8/"})
            .as_object()
            .unwrap()
            .clone()
    };
    let app = &t.app;
    for url in [
        "http://10.0.0.8/GatewayAPI",
        " http://[::1]:8080",
        "https://0x7f.0.0.2/",
        "http://192.168.0.1",
    ] {
        let error = account::look_at(app, "gupshup-enterprise", &form(url))
            .await
            .unwrap_err();
        let said = error.to_string();
        assert!(said.contains("allowed_targets"), "{said}");
        assert_eq!(
            codes(error),
            [("/settings/base_url".to_owned(), "target_refused")]
        );
    }
    for url in [
        "http://127.0.0.1:1/",
        "https://no-such-host.invalid/",
        "https://1.1.1.1/",
        "not a url",
    ] {
        account::look_at(app, "gupshup-enterprise", &form(url))
            .await
            .unwrap();
    }
}

on_both_engines! {
    async fn nothing_leaves_for_a_url_that_is_only_tried(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let inside = listener(Some(answer(b"inside"))).await;
        let form = json!({
            "nickname": "Inside", "number": "+919999900009", "username": "a", "password": "b",
            "endpoint": format!("http://localhost:{}/send", inside.port()),
        });
        let mut config = w.app().config.clone();
        config.allowed_targets = Vec::new();
        let vault = harkara::app::vault::Vault::open(w.t.folder.path(), None).unwrap();
        let strict = TestApp {
            app: harkara::app::App::new(w.app().db.clone(), w.t.clock.clone(), 1, vault, config),
            clock: w.t.clock.clone(), folder: tempfile::tempdir().unwrap(),
        };
        let closed = Client::new(&strict).await;
        let new = json!({"provider": "generic", "settings": form});
        let change = json!({"account_id": id::ACCOUNT.show(w.account), "settings": {"base_url": form["endpoint"]}});
        for (trial, pointer) in [(&new, "/settings/endpoint"), (&change, "/settings/base_url")] {
            let problem = closed.post("/api/v1/accounts/try", trial.clone()).await.expect(422);
            let told = &problem["errors"][0];
            assert_eq!((told["pointer"].as_str(), told["code"].as_str()), (Some(pointer), Some("target_refused")), "{problem}");
            assert!(told["detail"].as_str().unwrap().contains("HARKARA_ALLOWED_TARGETS"), "{problem}");
        }
        // What is kept and not allowed any more is told by the trial.
        let kept = json!({"account_id": id::ACCOUNT.show(w.account), "settings": {"nickname": "Other"}});
        let report = closed.post("/api/v1/accounts/try", kept).await.expect(200);
        assert_eq!(report["results"][0]["problem"]["kind"], "config", "{report}");
        assert_eq!(w.sim.state().stats().requests, 0);
        // Where it is allowed, the same trial reaches it: what is shown above is the guard.
        let report = client.post("/api/v1/accounts/try", new).await.expect(200);
        assert_eq!(report["results"][0]["answer"], "inside", "{report}");
    }

    /// The settings were saved where this was allowed; then it was not any more.
    async fn a_refused_target_holds_the_account_and_loses_nothing(t) {
        let mut w = World::new(t, Options::default()).await;
        w.customers(1).await;
        let mut config = w.app().config.clone();
        config.allowed_targets = Vec::new();
        let vault = harkara::app::vault::Vault::open(w.t.folder.path(), None).unwrap();
        let open = w.app().clone();
        let closed = harkara::app::App::new(open.db.clone(), w.t.clock.clone(), 1, vault, config);
        w.t.app = closed;
        w.dispatcher = harkara::worker::dispatch::Dispatcher::new(w.t.app.clone());

        let mut tx = w.app().db.write().await.unwrap();
        let input = MessageInput {
            to: Some(phone(1)), profile_id: None, content: None, template_id: Some(id::TEMPLATE.show(w.template)),
            mapping: None, number_id: None,
        };
        let sent = message::send(w.app(), &mut tx, &input).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..20 {
            w.step(500).await;
        }
        let mut tx = w.app().db.read().await.unwrap();
        let row = store::message::by_id(&mut tx, sent).await.unwrap().unwrap();
        assert_eq!((row.state, row.attempt), (QUEUED, 0));
        let held = store::account::by_id(&mut tx, w.account).await.unwrap().unwrap();
        let reason = held.held_reason.unwrap();
        assert_eq!(held.state, store::account::HELD);
        assert!(reason.contains("127.0.0.1") && reason.contains("allowed_targets"), "{reason}");
        drop(tx);
        assert_eq!(w.sim.state().stats().requests, 0);

        // Allowed again and released, it goes on.
        w.t.app = open;
        w.dispatcher = harkara::worker::dispatch::Dispatcher::new(w.t.app.clone());
        let mut tx = w.app().db.write().await.unwrap();
        account::resume(w.app(), &mut tx, w.account).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..20 {
            w.step(500).await;
        }
        let mut tx = w.app().db.read().await.unwrap();
        let row = store::message::by_id(&mut tx, sent).await.unwrap().unwrap();
        assert_eq!(row.state, SENT);
        w.assert_nobody_doubled();
    }
}

#[tokio::test]
async fn a_template_example_inside_the_network_is_not_fetched() {
    let t = TestApp::new(crate::support::Engine::Sqlite).await;
    let w = World::new(t, Options::default()).await;
    let change: Value = json!({
        "header": {"type": "image"}, "body": "Look at our new saris today.",
    });
    let mut tx = w.app().db.write().await.unwrap();
    let change = template::Change {
        name: Some("new_saris".into()),
        language: Some("en".into()),
        category: Some(harkara_provider::Category::Marketing),
        content: Some(serde_json::from_value(change).unwrap()),
        mapping: Some(
            serde_json::from_value(
                json!({"header": {"from": "text", "text": "http://169.254.169.254/x.png"}}),
            )
            .unwrap(),
        ),
        ..template::Change::default()
    };
    let row = template::create(w.app(), &mut tx, w.account, change, &Actor::system())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let error = template::submit(w.app(), &w.app().engine, row.id)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("169.254.169.254") && error.contains("link-local"),
        "{error}"
    );
    let mut tx = w.app().db.read().await.unwrap();
    assert_eq!(template::row(&mut tx, row.id).await.unwrap().status, "draft");
}
