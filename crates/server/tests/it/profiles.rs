//! Profiles over the API.

use harkara::app::consent::opt_out;
use harkara::store;
use serde_json::{Value, json};

use crate::client::Client;
use crate::consent::{ASHA, RAVI, add};
use crate::support::{START, on_both_engines};

fn texts(listing: &Value, field: &str) -> Vec<String> {
    let rows = listing["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row[field].as_str().unwrap().to_owned())
        .collect()
}

on_both_engines! {
    async fn a_profile_is_created_once_and_then_updated(t) {
        let client = Client::new(&t).await;
        let body = json!({
            "identity": "c-1", "phone": "99999 00001", "name": " Asha ",
            "attributes": {"city": "Pune", "vip": true, "orders": 3},
            "opt_in": true, "opt_in_source": "web form",
        });
        let first = client.post("/api/v1/profiles", body.clone()).await.expect(201);
        assert_eq!(first["outcome"], "created");
        assert_eq!(first["profile"]["phone"], ASHA);
        assert_eq!(first["profile"]["name"], "Asha");
        assert_eq!(first["profile"]["reachable"], true);
        assert_eq!(client.post("/api/v1/profiles", body).await.expect(200)["outcome"], "unchanged");
        let change = json!({"phone": ASHA, "attributes": {"city": null, "orders": 4}});
        let second = client.post("/api/v1/profiles", change).await.expect(200);
        assert_eq!(second["profile"]["id"], first["profile"]["id"], "found by its number");
        assert_eq!(second["profile"]["attributes"], json!({"vip": true, "orders": 4}));
        let id = first["profile"]["id"].as_str().unwrap();
        assert_eq!(client.get(&format!("/api/v1/profiles/{id}")).await, second["profile"]);
    }

    async fn wrong_fields_are_named_together(t) {
        let client = Client::new(&t).await;
        let body = json!({"phone": "12", "attributes": {"tags": [1]}, "opt_in": true});
        let problem = client.post("/api/v1/profiles", body).await.expect(422);
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/phone", "/attributes/tags", "/opt_in_source"]);
        let nobody = client.post("/api/v1/profiles", json!({"name": "A"})).await.expect(422);
        assert_eq!(nobody["errors"][0]["pointer"], "/identity");
        client.call("GET", "/api/v1/profiles/pro_0000000000000", "").await.expect(404);
    }

    async fn an_upsert_does_not_undo_an_opt_out_but_an_explicit_act_does(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        opt_out(&t.app, &mut tx, ASHA, "message", Some("STOP"), START).await.unwrap();
        tx.commit().await.unwrap();
        let body = json!({"identity": "new", "phone": ASHA, "opt_in": true, "opt_in_source": "crm"});
        let written = client.post("/api/v1/profiles", body.clone()).await.expect(201);
        assert_eq!(written["opt_out_kept"], true);
        assert_eq!(written["profile"]["consent"], "opted_out");
        assert_eq!(written["profile"]["reachable"], false);
        let path = format!("/api/v1/profiles/{}/consent", written["profile"]["id"].as_str().unwrap());
        let act = json!({"action": "opt_in", "source": "phone call", "proof": "asked for offers on 5 January"});
        assert_eq!(client.post(&path, act).await.expect(200)["reachable"], true);
        let act = json!({"action": "opt_out", "source": "letter"});
        assert_eq!(client.post(&path, act).await.expect(200)["number_opted_out"], true);
        let mut tx = t.app.db.read().await.unwrap();
        assert!(store::consent::suppressed(&mut tx, &[ASHA]).await.unwrap().contains(ASHA));
    }

    async fn a_profile_without_a_number_has_a_consent_of_its_own(t) {
        let client = Client::new(&t).await;
        let profile = client.post("/api/v1/profiles", json!({"identity": "mail-only"})).await.expect(201);
        let id = profile["profile"]["id"].as_str().unwrap().to_owned();
        let act = json!({"action": "opt_out", "source": "letter"});
        let now = client.post(&format!("/api/v1/profiles/{id}/consent"), act).await.expect(200);
        assert_eq!((&now["consent"], &now["consent_source"]), (&json!("opted_out"), &json!("letter")));
        let timeline = client.get(&format!("/api/v1/profiles/{id}/timeline")).await;
        assert_eq!(timeline["data"][0]["action"], "opted_out");
        assert_eq!(timeline["data"][0]["whole_number"], false);
    }

    async fn a_repeated_request_with_its_key_acts_once(t) {
        let client = Client::new(&t).await;
        let ask = async || {
            let request = axum::http::Request::post("/api/v1/profiles")
                .header("authorization", format!("Bearer {}", client.key))
                .header("idempotency-key", "k1")
                .body(json!({"identity": "x"}).to_string().into())
                .unwrap();
            client.send(request).await.expect(201)
        };
        assert_eq!(ask().await, ask().await);
    }

    async fn patching_tells_null_from_absent(t) {
        let client = Client::new(&t).await;
        let body = json!({"identity": "x", "phone": ASHA, "name": "Asha"});
        let id = client.post("/api/v1/profiles", body).await.expect(201)["profile"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/profiles/{id}");
        let patched = client.patch(&path, json!({"name": null})).await.expect(200);
        assert_eq!((&patched["name"], &patched["phone"]), (&Value::Null, &json!(ASHA)));
        let patched = client.patch(&path, json!({"phone": RAVI, "attributes": {"city": "Pune"}})).await.expect(200);
        assert_eq!((&patched["phone"], &patched["attributes"]), (&json!(RAVI), &json!({"city": "Pune"})));
        client.patch(&path, json!({"phone": "1"})).await.expect(422);
        client.patch(&path, json!({"fone": "1"})).await.expect(422);
        client.patch(&path, json!({"name": "a\u{0}b"})).await.expect(422);
    }

    async fn profiles_are_listed_in_pages_and_found(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        for n in 0..5 {
            add(&t, &mut tx, &format!("cust_{n}"), &format!("+9199999000{n:02}")).await;
        }
        add(&t, &mut tx, "custX9", ASHA).await;
        tx.commit().await.unwrap();
        let first = client.get("/api/v1/profiles?limit=4").await;
        assert_eq!(texts(&first, "identity"), ["custX9", "cust_4", "cust_3", "cust_2"]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = client.get(&format!("/api/v1/profiles?limit=4&cursor={cursor}")).await;
        assert_eq!(texts(&second, "identity"), ["cust_1", "cust_0"]);
        assert!(second.get("next_cursor").is_none());
        let shared = client.get("/api/v1/profiles?phone=99999-00001").await;
        assert_eq!(texts(&shared, "identity"), ["custX9", "cust_1"]);
        assert_eq!(texts(&client.get("/api/v1/profiles?identity=cust_3").await, "identity"), ["cust_3"]);
        let found = client.get("/api/v1/profiles?search=CUST_&limit=2").await;
        assert_eq!(texts(&found, "identity"), ["cust_4", "cust_3"], "an underscore is no wildcard");
        assert_eq!(texts(&client.get("/api/v1/profiles?search=%2B919999900004").await, "identity"), ["cust_4"]);
    }

    async fn the_timeline_shows_all_kinds_newest_first_in_pages(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        let id = add(&t, &mut tx, "a", ASHA).await;
        let event = |name: &str, at| store::timeline::EventRow {
            id: t.app.id(), profile_id: id, name: name.into(), at, data: "{\"amount\":5}".into(),
        };
        store::timeline::add_events(&mut tx, &[event("Charged", START - 9), event("Viewed", START - 5)]).await.unwrap();
        opt_out(&t.app, &mut tx, ASHA, "message", Some("STOP"), START).await.unwrap();
        tx.commit().await.unwrap();
        let path = format!("/api/v1/profiles/{}/timeline", harkara::domain::id::PROFILE.show(id));
        let all = client.get(&path).await;
        assert_eq!(texts(&all, "kind"), ["consent", "event", "event"]);
        assert_eq!((&all["data"][1]["name"], &all["data"][1]["data"]["amount"]), (&json!("Viewed"), &json!(5)));
        let first = client.get(&format!("{path}?limit=2")).await;
        let rest = client.get(&format!("{path}?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!(rest["data"][0]["name"], "Charged");
    }
}
