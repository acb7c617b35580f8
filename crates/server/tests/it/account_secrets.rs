//! A secret that is kept goes to the host it was given for, and to no other.

use harkara::domain::id;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::engine::{answer, listener};
use crate::support::on_both_engines;
use crate::world::World;

fn told(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect()
}

const BOTH: [(&str, &str); 2] = [
    ("/settings/hsm_password", "secret_needed_again"),
    ("/settings/two_way_password", "secret_needed_again"),
];

on_both_engines! {
    async fn a_url_that_leads_to_another_host_wants_every_secret_again(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let shown = id::ACCOUNT.show(w.account);
        let path = format!("/api/v1/accounts/{shown}");
        let before = client.get(&path).await;
        let base = before["settings"]["base_url"].as_str().unwrap().to_owned();
        let thief = listener(Some(answer(b"thanks"))).await;
        let other_host = format!("http://{thief}/GatewayAPI/rest");
        for (key, url) in [
            ("base_url", other_host.clone()),
            ("template_base_url", other_host.clone()),
            ("media_base_url", other_host.clone()),
            // The same name over another scheme, or with another port, is somebody else.
            ("base_url", base.replacen("http:", "https:", 1)),
            // So is the provider's own host, when the account did not use it before.
            ("base_url", String::new()),
        ] {
            for change in [
                json!({key: url}),
                json!({key: url, "hsm_password": {"set": true}, "two_way_password": ""}),
            ] {
                let problem = client.patch(&path, json!({"settings": change})).await.expect(422);
                assert_eq!(told(&problem), BOTH, "{key} {url}: {problem}");
                assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("another host"), "{problem}");
                let trial = json!({"account_id": shown, "settings": change});
                let problem = client.post("/api/v1/accounts/try", trial).await.expect(422);
                assert_eq!(told(&problem), BOTH, "{key} {url}: {problem}");
            }
        }
        let half = json!({"settings": {"base_url": other_host, "hsm_password": "typed again"}, "check": true});
        assert_eq!(told(&client.patch(&path, half).await.expect(422)), BOTH[1..]);
        assert_eq!(client.get(&path).await, before);
        assert_eq!(w.sim.state().stats().requests, 0);

        // Whoever knows the secrets may take them elsewhere.
        let settings = json!({"base_url": other_host, "hsm_password": "typed again", "two_way_password": "this too"});
        let moved = client.patch(&path, json!({"settings": settings})).await.expect(200);
        assert_eq!(moved["settings"]["base_url"], json!(other_host));
    }

    async fn on_the_same_host_the_secrets_stay(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let shown = id::ACCOUNT.show(w.account);
        let path = format!("/api/v1/accounts/{shown}");
        let base = client.get(&path).await["settings"]["base_url"].as_str().unwrap().to_owned();
        let same = format!("{base}/v2");
        let change = json!({"base_url": same, "facebook_url": "https://facebook.example/shop", "nickname": "Moved"});
        let moved = client.patch(&path, json!({"settings": change})).await.expect(200);
        assert_eq!((&moved["settings"]["base_url"], &moved["nickname"]), (&json!(same), &json!("Moved")));
        let trial = json!({"account_id": shown, "settings": {"base_url": base}});
        let report = client.post("/api/v1/accounts/try", trial).await.expect(200);
        assert_eq!(report["ok"], true, "{report}");
    }

    async fn a_url_that_was_empty_may_lead_to_a_host_that_has_the_secrets(t) {
        let client = Client::new(&t).await;
        let form = json!({
            "nickname": "Open", "number": "+919999900009", "username": "a", "password": "kept-77",
            "endpoint": "https://one.example/send",
        });
        let saved = client.post("/api/v1/accounts", json!({"provider": "generic", "settings": form})).await.expect(201);
        let path = format!("/api/v1/accounts/{}", saved["id"].as_str().unwrap());
        let to = |url: &str| json!({"settings": {"template_endpoint": url}});
        let problem = client.patch(&path, to("https://two.example/templates")).await.expect(422);
        assert_eq!(told(&problem), [("/settings/password", "secret_needed_again")]);
        client.patch(&path, to("https://one.example:443/templates")).await.expect(200);
        client.patch(&path, to("")).await.expect(200);
    }
}
