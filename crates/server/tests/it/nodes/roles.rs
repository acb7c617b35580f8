//! What a server does not do, it says; and anybody can ask who does what.

use axum::body::Body;
use axum::http::Request;
use harkara::app::App;
use harkara::app::lease;
use harkara::app::vault::Vault;
use harkara_sim::Options;

use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};
use crate::world::World;

/// The same server with other roles.
fn with_roles(t: TestApp, node: u16, roles: &[&str]) -> TestApp {
    let mut config = t.app.config.clone();
    config.roles = roles.iter().map(|role| (*role).to_owned()).collect();
    let vault = Vault::open(t.folder.path(), None).unwrap();
    let app = App::new(t.app.db.clone(), t.clock.clone(), node, vault, config);
    TestApp { app, ..t }
}

on_both_engines! {
    async fn a_role_that_is_off_is_off(t) {
        let t = with_roles(t, 1, &["send"]);
        let client = Client::new(&t).await;
        for path in ["/api/v1/campaigns", "/api/v1/nodes", "/callbacks/token/inbound", "/callbacks/token/reports"] {
            let problem = client.call("GET", path, "").await.expect(503);
            assert_eq!(problem["code"], "role_missing", "{path}");
        }
        let health = Request::builder().uri("/healthz").body(Body::empty()).unwrap();
        assert_eq!(client.send(health).await.status, 200);
        let upload = client.call("POST", "/1/upload", "{}").await;
        assert_eq!(upload.status, 503);

        let t = with_roles(t, 2, &["http"]);
        let client = Client::new(&t).await;
        client.get("/api/v1/campaigns").await;
        assert_eq!(client.call("POST", "/callbacks/token/reports", "{}").await.status, 503);
    }

    async fn the_servers_are_listed_with_what_they_do_and_hold(t) {
        let w = World::new(t, Options::default()).await;
        lease::keep(w.app()).await.unwrap();
        let other = w.t.beside(7, START).await;
        lease::keep(&other.app).await.unwrap();
        let nodes = Client::new(&w.t).await.get("/api/v1/nodes").await;
        let nodes = nodes["data"].as_array().unwrap();
        assert_eq!(nodes.len(), 2);
        assert_eq!((nodes[0]["id"].as_i64(), nodes[1]["id"].as_i64()), (Some(1), Some(7)));
        assert_eq!((nodes[0]["answers"].as_bool(), nodes[1]["answers"].as_bool()), (Some(true), Some(false)));
        assert_eq!(nodes[0]["state"], "alive");
        assert_eq!(nodes[0]["roles"][0], "send");
        assert_eq!(nodes[0]["numbers"].as_array().unwrap().len(), 1);
        assert_eq!(nodes[1]["numbers"].as_array().unwrap().len(), 0);

        lease::leave(w.app()).await.unwrap();
        let nodes = Client::new(&other).await.get("/api/v1/nodes").await;
        assert_eq!((&nodes["data"][0]["state"], &nodes["data"][0]["numbers"]), (&"stopped".into(), &serde_json::json!([])));
    }
}
