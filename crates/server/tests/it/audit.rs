//! Who changed what: the acts of users, programs and the server, with before and after, and never a secret.

use harkara::clock::{DAY, HOUR};
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::worker::Worker;
use harkara::worker::retention::Retention;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Client;
use crate::support::on_both_engines;
use crate::world::World;

/// The newest act that the filter finds.
async fn last(browser: &mut Browser, filter: &str) -> Value {
    browser.get(&format!("/audit?limit=1&{filter}")).await["data"][0].clone()
}

fn change<'a>(act: &'a Value, field: &str) -> (&'a Value, &'a Value) {
    let changes = act["changes"].as_array().unwrap();
    let found = changes.iter().find(|c| c["field"] == field);
    let found = found.unwrap_or_else(|| panic!("{field} is not in {act}"));
    (&found["before"], &found["after"])
}

on_both_engines! {
    async fn a_changed_account_tells_what_changed_without_its_secret(t) {
        let w = World::new(t, Options::default()).await;
        let mut owner = Browser::of(&w.t, Role::Owner).await;
        let path = format!("/accounts/{}", id::ACCOUNT.show(w.account));
        let change_of = json!({"settings": {"nickname": "Store", "hsm_password": "hunter2hunter2"}});
        owner.call("PATCH", &path, change_of).await.expect(200);
        let act = last(&mut owner, "action=account.update").await;
        assert_eq!((&act["actor"]["type"], &act["actor"]["name"]), (&json!("user"), &json!("owner")));
        assert_eq!((&act["object_id"], &act["object_name"]), (&json!(id::ACCOUNT.show(w.account)), &json!("Store")));
        assert_eq!(change(&act, "settings.nickname"), (&json!("Shop"), &json!("Store")));
        assert_eq!(change(&act, "settings.hsm_password"), (&json!("***"), &json!("***")));
        assert_eq!(act["changes"].as_array().unwrap().len(), 2);
        assert!(!act.to_string().contains("hunter2"));
    }

    async fn the_life_of_a_campaign_is_told(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(2).await;
        let mut approver = Browser::of(&w.t, Role::Approver).await;
        let template = id::TEMPLATE.show(w.template);
        let draft = json!({"name": "Diwali", "template_id": template, "audience": {"type": "everyone"}});
        let made = approver.call("POST", "/campaigns", draft).await.expect(201);
        let path = format!("/campaigns/{}", made["id"].as_str().unwrap());
        let nothing = json!({});
        let at = json!({"at": "2026-01-06T10:00:00Z"});
        approver.call("POST", &format!("{path}/launch"), at).await.expect(200);
        approver.call("POST", &format!("{path}/pause"), nothing.clone()).await.expect(200);
        approver.call("POST", &format!("{path}/stop"), nothing).await.expect(200);
        approver.call("GET", &format!("{path}/export"), Value::Null).await;
        let mut owner = Browser::of(&w.t, Role::Owner).await;
        let acts = owner.get(&format!("/audit?object={}", made["id"].as_str().unwrap())).await["data"].clone();
        let names: Vec<_> = acts.as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
        assert_eq!(names, ["campaign.export", "campaign.stop", "campaign.pause", "campaign.launch", "campaign.create"]);
        assert_eq!(change(&acts[3], "state"), (&json!("draft"), &json!("scheduled")));
        assert_eq!(change(&acts[4], "name"), (&Value::Null, &json!("Diwali")));
        assert_eq!(acts[0]["changes"], json!([]));
    }

    async fn what_was_refused_or_repeated_is_not_noted_again(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let path = format!("/api/v1/accounts/{}", id::ACCOUNT.show(w.account));
        client.patch(&path, json!({"settings": {"nickname": ""}})).await.expect(422);
        for _ in 0..2 {
            let request = axum::http::Request::post("/api/v1/campaigns")
                .header("authorization", format!("Bearer {}", client.key))
                .header("idempotency-key", "k1")
                .body(json!({"name": "A", "template_id": id::TEMPLATE.show(w.template), "audience": {"type": "everyone"}}).to_string().into())
                .unwrap();
            client.send(request).await.expect(201);
        }
        let acts = client.get("/api/v1/audit?actor=api_key").await["data"].clone();
        assert_eq!(acts.as_array().unwrap().len(), 1, "{acts}");
        assert_eq!((&acts[0]["action"], &acts[0]["actor"]["name"]), (&json!("campaign.create"), &json!("test")));
    }

    async fn profiles_are_noted_when_a_person_changes_them(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(1).await;
        let client = Client::new(&w.t).await;
        let profile = client.get("/api/v1/profiles").await["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/profiles/{profile}");
        client.patch(&format!("/api/v1{path}"), json!({"name": "By a program"})).await.expect(200);
        let mut owner = Browser::of(&w.t, Role::Owner).await;
        owner.call("PATCH", &path, json!({"name": "By hand", "attributes": {"city": null, "age": 40}})).await.expect(200);
        let consent = json!({"action": "opt_out", "source": "phone call"});
        owner.call("POST", &format!("{path}/consent"), consent).await.expect(200);
        let acts = owner.get(&format!("/audit?object={profile}")).await["data"].clone();
        let names: Vec<_> = acts.as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
        assert_eq!(names, ["profile.consent", "profile.update"]);
        assert_eq!(change(&acts[1], "name"), (&json!("By a program"), &json!("By hand")));
        assert_eq!(change(&acts[1], "attributes.age"), (&Value::Null, &json!(40)));
        assert_eq!(change(&acts[0], "opt_in"), (&json!("in"), &json!("out")));
    }

    async fn keys_users_and_sign_ins_are_noted(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        owner.address = Some("203.0.113.9:1234".parse().unwrap());
        let key = owner.call("POST", "/api-keys", json!({"name": "CRM", "scopes": ["profiles.read"]})).await.expect(201);
        let path = format!("/api-keys/{}", key["id"].as_str().unwrap());
        owner.call("DELETE", &path, Value::Null).await;
        let mut agent = Browser::of(&t, Role::Agent).await;
        let user = agent.get("/session").await["user"].clone();
        let of_user = format!("/users/{}", user["id"].as_str().unwrap());
        owner.call("PATCH", &of_user, json!({"role": "viewer"})).await.expect(200);
        agent.sign_in(user["email"].as_str().unwrap(), "guess guess guess").await.expect(401);
        let acts = owner.get("/audit").await["data"].clone();
        let names: Vec<_> = acts.as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
        assert_eq!(names, ["session.failed", "user.update", "session.create", "api_key.revoke", "api_key.create", "session.create"]);
        assert_eq!(acts[0]["actor"]["name"], user["email"]);
        assert_eq!(change(&acts[1], "role"), (&json!("agent"), &json!("viewer")));
        assert_eq!(acts[1]["address"], "203.0.113.9");
        assert_eq!(change(&acts[4], "scopes").1, &json!(["profiles.read"]));
        assert!(!acts.to_string().contains(key["key"].as_str().unwrap()));
    }

    async fn the_export_has_the_same_filters_and_no_formulas(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        owner.call("PATCH", "/session", json!({"name": "=1+1"})).await.expect(200);
        owner.call("POST", "/api-keys", json!({"name": "CRM"})).await.expect(201);
        let csv = owner.call("GET", "/audit/export?action=user.update", Value::Null).await;
        let lines: Vec<&str> = csv.text.trim().lines().collect();
        assert_eq!(lines.len(), 2, "{}", csv.text);
        assert!(lines[0].starts_with("id,at,actor_type"));
        assert!(lines[1].contains(",'=1+1,"), "{}", lines[1]);
        assert_eq!(last(&mut owner, "action=audit").await["action"], "audit.export");
        let wrong = owner.call("GET", "/audit?object=nothing", Value::Null).await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/object");
    }

    async fn who_may_not_change_an_account_sees_no_settings_and_no_urls(t) {
        let w = World::new(t, Options::default()).await;
        let path = format!("/accounts/{}", id::ACCOUNT.show(w.account));
        let admin = Browser::of(&w.t, Role::Admin).await.get(&path).await;
        assert_eq!(admin["settings"]["number"], "+919999900000");
        assert!(admin["inbound_url"].as_str().unwrap().contains("/callbacks/"));
        let mut viewer = Browser::of(&w.t, Role::Viewer).await;
        for shown in [viewer.get(&path).await, viewer.get("/accounts").await["data"][0].clone()] {
            assert_eq!((&shown["settings"], &shown["inbound_url"]), (&json!({}), &Value::Null));
            assert_eq!(shown["nickname"], "Shop");
            assert!(!shown.to_string().contains("/callbacks/"));
        }
    }

    async fn old_acts_are_forgotten(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        owner.call("PATCH", "/session", json!({"name": "Asha"})).await.expect(200);
        let worker = Retention::new(t.app.clone());
        let pass = async || {
            for _ in 0..20 {
                worker.tick().await.unwrap();
            }
        };
        t.clock.advance(29 * DAY);
        pass().await;
        assert_eq!(owner.get("/audit").await["data"].as_array().unwrap().len(), 2);
        t.clock.advance((t.app.config.audit_days - 29) * DAY + HOUR);
        pass().await;
        let mut owner = Browser::of(&t, Role::Owner).await;
        let acts = owner.get("/audit").await["data"].clone();
        assert_eq!(acts.as_array().unwrap().len(), 1, "{acts}");
    }
}
