//! Accounts over the API, against the simulated gateway.

use harkara::domain::id;
use harkara::store;
use harkara_sim::Options;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::client::Client;
use crate::support::{START, on_both_engines};
use crate::world::World;

fn form() -> Value {
    json!({"provider": "gupshup-enterprise", "settings": {
        "nickname": "Second shop",
        "hsm_user_id": "2000000009", "hsm_password": "correct-horse-4f2a",
        "two_way_user_id": "2000000010", "two_way_password": "short",
        "number": "099999 00009",
    }})
}

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect()
}

on_both_engines! {
    async fn a_saved_account_shows_its_callback_urls_and_no_secret(t) {
        let client = Client::new(&t).await;
        let saved = client.post("/api/v1/accounts", form()).await.expect(201);
        let path = format!("/api/v1/accounts/{}", saved["id"].as_str().unwrap());
        let shown = client.get(&path).await;
        assert_eq!(shown, saved);
        assert_eq!(shown["settings"]["hsm_password"], json!({"set": true, "at": START}));
        assert_eq!(shown["settings"]["two_way_password"], json!({"set": true, "at": START}));
        assert_eq!(shown["numbers"][0]["phone"], "+919999900009");
        assert_eq!(shown["numbers"][0]["messages_per_second"], 80);
        assert_eq!(shown["requests_per_second"], 20);
        let inbound = shown["inbound_url"].as_str().unwrap();
        let token = inbound.strip_prefix("https://harkara.example/callbacks/").unwrap().strip_suffix("/inbound").unwrap();
        assert_eq!(token.len(), 43);
        assert_eq!(shown["reports_url"], json!(inbound.replace("/inbound", "/reports")));
        let row = store::account::by_token(&mut t.app.db.read().await.unwrap(), token).await.unwrap().unwrap();
        let kept = format!("{}{}", row.settings, row.secrets);
        assert!(!kept.contains("correct-horse") && !kept.contains("short"), "{kept}");
        assert_eq!(client.get("/api/v1/accounts?limit=1").await["data"], json!([shown]));
    }

    async fn every_wrong_field_is_named_by_its_pointer(t) {
        let client = Client::new(&t).await;
        let mut wrong = form();
        wrong["settings"]["hsm_pasword"] = json!("x");
        wrong["settings"]["number"] = json!("12");
        wrong["settings"]["requests_per_second"] = json!(0);
        wrong["settings"].as_object_mut().unwrap().remove("nickname");
        let problem = client.post("/api/v1/accounts", wrong).await.expect(422);
        let mut named = pointers(&problem);
        named.sort_unstable();
        let expected = ["/settings/hsm_pasword", "/settings/nickname", "/settings/number", "/settings/requests_per_second"];
        assert_eq!(named, expected);
        let problem = client.post("/api/v1/accounts", json!({"provider": "pigeon", "settings": {}})).await.expect(422);
        assert!(pointers(&problem) == ["/provider"] && problem.to_string().contains("gupshup-enterprise"));
        let mut silent = form();
        silent["settings"]["auto_reply"] = json!(true);
        let problem = client.post("/api/v1/accounts", silent).await.expect(422);
        assert_eq!(pointers(&problem), ["/settings/auto_reply_text"]);
        client.post("/api/v1/accounts", form()).await.expect(201);
        let problem = client.post("/api/v1/accounts", form()).await.expect(422);
        assert_eq!(pointers(&problem), ["/settings/nickname"]);
    }

    async fn a_new_password_releases_a_held_account_and_a_blank_one_keeps_the_old(t) {
        let client = Client::new(&t).await;
        let saved = client.post("/api/v1/accounts", form()).await.expect(201);
        let path = format!("/api/v1/accounts/{}", saved["id"].as_str().unwrap());
        let id = id::ACCOUNT.read(saved["id"].as_str().unwrap()).unwrap();
        let hold = async || {
            let mut tx = t.app.db.write().await.unwrap();
            assert!(store::account::hold(&mut tx, id, "wrong password", t.app.now(), t.app.now()).await.unwrap());
            tx.commit().await.unwrap();
        };
        let password = async || {
            let mut tx = t.app.db.read().await.unwrap();
            let loaded = harkara::app::account::load(&t.app, &mut tx, id).await.unwrap();
            loaded.account.get("hsm_password").to_owned()
        };
        hold().await;
        let held = client.get(&path).await;
        assert_eq!((&held["state"], &held["held_reason"]), (&json!("held"), &json!("wrong password")));
        let same = client.patch(&path, json!({"settings": held["settings"]})).await.expect(200);
        assert_eq!(same["state"], "held", "nothing changed");
        assert_eq!(password().await, "correct-horse-4f2a");
        let mended = client.patch(&path, json!({"settings": {"hsm_password": "another-one-77", "two_way_password": ""}})).await.expect(200);
        assert_eq!((&mended["state"], &mended["held_reason"]), (&json!("active"), &Value::Null));
        assert_eq!(password().await, "another-one-77");
        hold().await;
        let resume = format!("{path}/resume");
        assert_eq!(client.post(&resume, json!({})).await.expect(200)["state"], "active");
        assert_eq!(client.post(&resume, json!({})).await.expect(409)["code"], "account_not_held");
    }

    async fn a_number_without_a_history_is_corrected_and_one_with_is_kept(t) {
        let world = World::new(t, Options::default()).await;
        let client = Client::new(&world.t).await;
        let path = format!("/api/v1/accounts/{}", id::ACCOUNT.show(world.account));
        let phones = |account: &Value| -> Vec<(String, bool)> {
            let numbers = account["numbers"].as_array().unwrap();
            numbers.iter().map(|n| (n["phone"].as_str().unwrap().to_owned(), n["default"] == true)).collect()
        };
        let corrected = client.patch(&path, json!({"settings": {"number": "+919999900001"}})).await.expect(200);
        assert_eq!(phones(&corrected), [("+919999900001".into(), true)]);
        world.customers(1).await;
        world.launch(harkara::domain::audience::Audience::Everyone).await;
        let moved = client.patch(&path, json!({"settings": {"number": "56161"}})).await.expect(200);
        assert_eq!(phones(&moved), [("56161".into(), true), ("+919999900001".into(), false)]);
        let added = client.post(&format!("{path}/numbers"), json!({"phone": "99999 00002", "messages_per_second": 5})).await.expect(201);
        assert_eq!((&added["phone"], &added["default"]), (&json!("+919999900002"), &json!(false)));
        let again = client.post(&format!("{path}/numbers"), json!({"phone": "+919999900002", "messages_per_second": 0})).await.expect(422);
        assert_eq!(pointers(&again), ["/messages_per_second", "/phone"]);
        let number = format!("/api/v1/numbers/{}", added["id"].as_str().unwrap());
        client.patch(&number, json!({"default": true, "messages_per_second": 1000})).await.expect(200);
        assert_eq!(phones(&client.get(&path).await)[0], ("+919999900002".into(), true));
        let in_use = client.call("DELETE", &path, String::new()).await.expect(409);
        assert_eq!(in_use["code"], "account_in_use");
    }

    async fn a_wrong_password_on_one_credential_set_names_that_one(t) {
        let world = World::with(t, Options::default(), json!({"two_way_password": "wrong"})).await;
        let client = Client::new(&world.t).await;
        let path = format!("/api/v1/accounts/{}/check", id::ACCOUNT.show(world.account));
        let checked = client.post(&path, json!({})).await.expect(200);
        assert_eq!((&checked["ok"], &checked["nickname"]), (&json!(false), &json!("Shop")));
        let results = checked["results"].as_array().unwrap();
        assert_eq!(results[0]["credential"], "Notification account");
        assert!(results[0]["ok"].is_string() && results[0].get("problem").is_none());
        assert_eq!(results[1]["credential"], "Two-way account");
        assert_eq!(results[1]["problem"]["kind"], "auth");
        assert!(results[1]["problem"]["help"].as_str().unwrap().contains("wo-way"), "{checked}");
        assert!(checked.get("network_hint").is_none(), "{checked}");
        assert!(!checked.to_string().contains("wrong\""), "{checked}");
    }

    async fn a_blocked_address_names_the_account_and_the_allow_list(t) {
        let options = Options { block_hsm_ip: true, ..Options::default() };
        let world = World::new(t, options).await;
        let client = Client::new(&world.t).await;
        let path = format!("/api/v1/accounts/{}/check", id::ACCOUNT.show(world.account));
        let checked = client.post(&path, json!({})).await.expect(200);
        let results = checked["results"].as_array().unwrap();
        assert!(results[0]["problem"].is_object() && results[1]["ok"].is_string(), "{checked}");
        assert!(checked["network_hint"].as_str().unwrap().contains("allow"));
        assert_eq!(checked["egress_addresses"], json!(["203.0.113.7"]));
    }

    async fn an_unreachable_provider_says_what_to_check(t) {
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let base = format!("http://{gone}/GatewayAPI/rest");
        let world = World::with(t, Options::default(), json!({"template_base_url": base})).await;
        let client = Client::new(&world.t).await;
        let path = format!("/api/v1/accounts/{}", id::ACCOUNT.show(world.account));
        let checked = client.post(&format!("{path}/check"), json!({})).await.expect(200);
        let problem = &checked["results"][0]["problem"];
        assert_eq!(problem["kind"], "unavailable");
        assert!(problem["help"].as_str().unwrap().contains("base URL"), "{checked}");
        let refused = client.post(&format!("{path}/templates/import"), json!({})).await.expect(502);
        assert_eq!(refused["code"], "unavailable");
        assert!(refused["detail"].as_str().unwrap().contains("\"Shop\""), "{refused}");
    }

    async fn the_form_is_described_and_one_provider_preselected(t) {
        let client = Client::new(&t).await;
        let providers = client.get("/api/v1/providers").await;
        let all = providers["data"].as_array().unwrap();
        assert_eq!(all.iter().filter(|p| p["preselected"] == true).count(), 1);
        let fields = all.iter().find(|p| p["id"] == "gupshup-enterprise").unwrap()["fields"].as_array().unwrap();
        let kinds: Vec<&str> = ["nickname", "inbound_url", "hsm_password", "number", "auto_reply"]
            .iter()
            .map(|key| fields.iter().find(|f| f["key"] == *key).unwrap()["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["text", "inbound_url", "secret", "phone_or_code", "checkbox"]);
    }
}
