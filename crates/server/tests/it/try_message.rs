//! One real message before the settings are saved.

use axum::body::Body;
use axum::http::Request;
use harkara::app::consent;
use harkara::app::idempotency::{Asked, begin};
use harkara::domain::id;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::support::{START, on_both_engines};
use crate::world::{World, phone};

const PATH: &str = "/api/v1/accounts/try-message";

/// A form that was never saved, for the simulator of this world.
fn form(w: &World) -> Value {
    let options = w.sim.state().options();
    let base = format!("{}/GatewayAPI/rest", w.sim.base_url());
    json!({
        "nickname": "Not saved", "hsm_user_id": options.hsm.0, "hsm_password": options.hsm.1,
        "two_way_user_id": options.two_way.0, "two_way_password": options.two_way.1, "number": "+919999900000",
        "base_url": base, "template_base_url": base,
    })
}

fn trial(w: &World, content: Value) -> Value {
    json!({"provider": "gupshup-enterprise", "settings": form(w), "to": phone(1), "content": content})
}

fn text() -> Value {
    json!({"type": "text", "body": "Is this on?"})
}

async fn with_key(client: &Client, key: &str, body: &Value) -> (Answer, bool) {
    let request = Request::post(PATH)
        .header("authorization", format!("Bearer {}", client.key))
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = client.send(request).await;
    let kept = answer.headers.contains_key("idempotency-replayed");
    (answer, kept)
}

on_both_engines! {
    async fn one_message_leaves_with_the_settings_of_the_form_and_nothing_is_saved(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let tried = client.post(PATH, trial(&w, text())).await.expect(200);
        assert_eq!((&tried["accepted"], &tried["http_status"]), (&json!(true), &json!(200)), "{tried}");
        let accepted = w.sim.state().accepted();
        assert_eq!(accepted.len(), 1);
        assert_eq!((&tried["external_id"], &tried["reference"]), (&json!(accepted[0].id), &json!(accepted[0].reference)));
        let request = tried["request"].as_str().unwrap();
        assert!(request.starts_with("POST http://127.0.0.1") && request.contains("Is this on?"), "{request}");
        let secrets = w.sim.state().options();
        for secret in [secrets.hsm.1, secrets.two_way.1] {
            assert!(!tried.to_string().contains(&secret), "{tried}");
        }
        assert!(tried["hint"].as_str().unwrap().contains("24 hours"), "{tried}");
        assert_eq!(tried["click_to_chat_url"], "https://wa.me/919999900000");
        assert_eq!(tried["egress_addresses"], json!(["203.0.113.7"]));
        assert_eq!(tried.get("problem"), None);
        assert_eq!(client.get("/api/v1/accounts").await["data"].as_array().unwrap().len(), 1);
        let shown = client.call("GET", &format!("/api/v1/messages/{}", accepted[0].reference), "").await;
        assert_eq!(shown.status, 404, "it is in no ledger");
    }

    async fn a_template_and_a_saved_account_with_its_secrets(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let content = json!({
            "type": "template", "name": "welcome_offer", "language": "en",
            "body": "Hello Asha, your offer from Pune is ready.", "parameters": ["Asha", "Pune"],
        });
        let body = json!({"account_id": id::ACCOUNT.show(w.account), "to": "99999 00001", "content": content});
        let tried = client.post(PATH, body).await.expect(200);
        assert_eq!((&tried["accepted"], tried.get("hint")), (&json!(true), None), "{tried}");
        assert_eq!(w.accepted()[&phone(1)].len(), 1);
        let elsewhere = json!({
            "account_id": id::ACCOUNT.show(w.account), "settings": {"base_url": "http://127.0.0.1:1/"}, "to": phone(1), "content": text(),
        });
        let problem = client.post(PATH, elsewhere).await.expect(422);
        assert_eq!(problem["errors"][0]["code"], "secret_needed_again");
        assert_eq!(w.sim.state().accepted().len(), 1);
    }

    async fn a_template_of_this_server_goes_with_its_defaults(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let template = id::TEMPLATE.show(w.template);
        let mut asked = trial(&w, Value::Null);
        asked["template_id"] = json!(template);
        let tried = client.post(PATH, asked.clone()).await.expect(200);
        assert_eq!((&tried["accepted"], &tried["hint"]), (&json!(true), &Value::Null), "{tried}");
        assert!(tried["request"].as_str().unwrap().contains("isTemplate") || tried["request"].as_str().unwrap().contains("HSM"), "{tried}");
        asked["content"] = text();
        client.post(PATH, asked.clone()).await.expect(422);
        asked["content"] = Value::Null;
        asked["template_id"] = json!("tpl_0000000000000");
        let refused = client.post(PATH, asked).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/template_id");
    }

    async fn a_refusal_is_told_with_what_to_do(t) {
        let w = World::new(t, Options { block_two_way_ip: true, ..Options::default() }).await;
        let client = Client::new(&w.t).await;
        let tried = client.post(PATH, trial(&w, text())).await.expect(200);
        assert_eq!((&tried["accepted"], &tried["problem"]["kind"]), (&json!(false), &json!("config")), "{tried}");
        assert!(tried["problem"]["help"].as_str().unwrap().contains("two-way account"), "{tried}");
        assert!(tried["network_hint"].as_str().unwrap().contains("public addresses"), "{tried}");
        let mut wrong = trial(&w, text());
        w.sim.state().update(|o| o.block_two_way_ip = false).unwrap();
        wrong["settings"]["two_way_password"] = json!("not-the-password");
        let tried = client.post(PATH, wrong).await.expect(200);
        assert_eq!(tried["problem"]["kind"], "auth");
        assert!(!tried.to_string().contains("not-the-password") && tried.get("network_hint").is_none(), "{tried}");
        assert!(w.sim.state().accepted().is_empty());
    }

    async fn nothing_leaves_for_who_opted_out_or_what_cannot_be(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let mut wrong = trial(&w, json!({"type": "text", "body": ""}));
        wrong["to"] = json!("12");
        let problem = client.post(PATH, wrong).await.expect(422);
        let pointers: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/content/body", "/to"]);
        let mut inside = trial(&w, text());
        inside["settings"]["base_url"] = json!("http://10.0.0.8/rest");
        assert_eq!(client.post(PATH, inside).await.expect(422)["errors"][0]["code"], "target_refused");
        let mut both = trial(&w, text());
        both["account_id"] = json!(id::ACCOUNT.show(w.account));
        client.post(PATH, both).await.expect(422);

        let mut tx = w.app().db.write().await.unwrap();
        consent::opt_out(w.app(), &mut tx, &phone(1), "message", Some("STOP"), START).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(client.post(PATH, trial(&w, text())).await.expect(409)["code"], "opted_out");
        assert_eq!(w.sim.state().stats().requests, 0);
    }

    async fn with_a_key_it_leaves_at_most_once(t) {
        let w = World::new(t, Options { latency_ms: 300, ..Options::default() }).await;
        let client = Client::new(&w.t).await;
        let body = trial(&w, text());
        let (first, second) = tokio::join!(with_key(&client, "one", &body), with_key(&client, "one", &body));
        let mut answers = [first, second].map(|(answer, kept)| (answer.status.as_u16(), kept));
        answers.sort_unstable();
        assert_eq!(answers[0], (200, false));
        // The other one came while the first was on its way, or just after it.
        assert!(answers[1] == (409, false) || answers[1] == (200, true), "{answers:?}");
        let (again, kept) = with_key(&client, "one", &body).await;
        assert!(kept && again.expect(200)["accepted"] == true);
        assert_eq!(w.sim.state().accepted().len(), 1);
        let mut other = body.clone();
        other["to"] = json!(phone(2));
        assert_eq!(with_key(&client, "one", &other).await.0.expect(409)["code"], "idempotency_key_reused");

        // The server stopped in the middle: nobody knows, so it does not leave again.
        let mut tx = w.app().db.read().await.unwrap();
        let key = harkara::store::api_key::list(&mut tx).await.unwrap()[0].id;
        drop(tx);
        let asked = Asked::new(key, Some("cut".into()), "POST", PATH.trim_start_matches("/api/v1"), body.to_string().as_bytes());
        assert!(begin(w.app(), &asked).await.unwrap().is_none());
        assert_eq!(with_key(&client, "cut", &body).await.0.expect(409)["code"], "outcome_unknown");
        assert_eq!(w.sim.state().accepted().len(), 1);
    }
}
