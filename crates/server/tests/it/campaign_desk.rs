//! Campaigns as the pages of the dashboard need them: in lists with counts, as copies, taken back, looked at before a launch.

use harkara::clock::{DAY, HOUR, SECOND};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::store;
use harkara::worker::Worker;
use harkara::worker::schedule::Scheduler;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};
use crate::world::{World, phone};

struct Desk {
    w: World,
    client: Client,
}

impl Desk {
    async fn new(t: TestApp, customers: i64) -> Self {
        let w = World::new(t, Options::default()).await;
        w.customers(customers).await;
        let client = Client::new(&w.t).await;
        Self { w, client }
    }

    async fn draft(&self, name: &str) -> String {
        let body = json!({
            "name": name, "template_id": id::TEMPLATE.show(self.w.template), "audience": {"type": "everyone"},
        });
        let made = self.client.post("/api/v1/campaigns", body).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    async fn act(&self, id: &str, act: &str, body: Value, status: u16) -> Value {
        let path = format!("/api/v1/campaigns/{id}/{act}");
        self.client.post(&path, body).await.expect(status)
    }

    async fn names(&self, query: &str) -> Vec<String> {
        let listing = self.client.get(&format!("/api/v1/campaigns?{query}")).await;
        let rows = listing["data"].as_array().unwrap();
        rows.iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn set_template(&self, status: &str, mapping: Value) {
        let mut tx = self.w.app().db.write().await.unwrap();
        let mut row = store::template::by_id(&mut tx, self.w.template)
            .await
            .unwrap()
            .unwrap();
        row.status = status.into();
        row.mapping = mapping.to_string();
        store::template::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn check<'a>(preflight: &'a Value, key: &str) -> &'a Value {
    let checks = preflight["checks"].as_array().unwrap();
    checks.iter().find(|check| check["key"] == key).unwrap()
}

on_both_engines! {
    async fn a_list_has_counts_and_is_narrowed_by_states_and_name(t) {
        let desk = Desk::new(t, 4).await;
        let done = desk.w.launch(Audience::Everyone).await;
        desk.w.run(done).await;
        let held = desk.draft("100% Diwali").await;
        desk.act(&held, "launch", json!({"at": "2026-12-24T18:00:00+05:30"}), 200).await;
        desk.draft("Élan of Holi").await;
        let all = desk.client.get("/api/v1/campaigns").await;
        let counts = json!({"recipients": 4, "sent": 4, "delivered": 0, "read": 0, "failed": 0, "replied": 0});
        assert_eq!((&all["data"][2]["counts"], &all["data"][2]["state"]), (&counts, &json!("finished")));
        assert_eq!(all["data"][0]["counts"]["recipients"], 0);
        assert_eq!(desk.names("state=draft,scheduled").await, ["Élan of Holi", "100% Diwali"]);
        assert_eq!(desk.names("state=running").await, [""; 0]);
        for (search, expected) in [("diwali", "100% Diwali"), ("100%25", "100% Diwali"), ("LAN%20OF", "Élan of Holi")] {
            assert_eq!(desk.names(&format!("search={search}")).await, [expected], "{search}");
        }
        assert_eq!(desk.names("search=_").await, [""; 0], "an underscore is no wildcard");
        assert_eq!(desk.names("search=o&state=draft,finished&limit=1").await, ["Élan of Holi"]);
        desk.client.call("GET", "/api/v1/campaigns?state=draft,done", "").await.expect(400);
    }

    async fn a_copy_is_a_draft_of_its_own_and_only_drafts_are_thrown_away(t) {
        let desk = Desk::new(t, 1).await;
        let second = desk.w.number(1, 10).await;
        let numbers = {
            let mut tx = desk.w.app().db.read().await.unwrap();
            store::number::of_account(&mut tx, desk.w.account).await.unwrap()
        };
        let ids: Vec<i64> = numbers.iter().map(|n| n.id).collect();
        let done = desk.w.launch_over(Audience::Everyone, &ids).await;
        desk.w.run(done).await;
        let from = desk.client.get(&format!("/api/v1/campaigns/{}", id::CAMPAIGN.show(done))).await;
        let from_id = from["id"].as_str().unwrap();
        let made = desk.act(from_id, "clone", json!({}), 201).await;
        assert_eq!((&made["name"], &made["state"]), (&json!("Welcome (copy)"), &json!("draft")));
        for same in ["audience", "mapping", "template_id", "number_ids", "messages_per_second"] {
            assert_eq!(made[same], from[same], "{same}");
        }
        assert_eq!((&made["launched_at"], &made["finished_at"]), (&Value::Null, &Value::Null));
        let mut tx = desk.w.app().db.write().await.unwrap();
        store::retired::archive_number(&mut tx, second, START).await.unwrap();
        tx.commit().await.unwrap();
        let named = desk.act(from_id, "clone", json!({"name": " Again "}), 201).await;
        assert_eq!((&named["name"], named["number_ids"].as_array().unwrap().len()), (&json!("Again"), 1), "{named}");
        desk.act(from_id, "clone", json!({"name": " "}), 422).await;
        let id = named["id"].as_str().unwrap();
        let path = format!("/api/v1/campaigns/{id}");
        assert_eq!(desk.client.call("DELETE", &path, "").await.status, 204);
        desk.client.call("GET", &path, "").await.expect(404);
        desk.client.call("DELETE", &path, "").await.expect(404);
        let kept = desk.client.call("DELETE", &format!("/api/v1/campaigns/{from_id}"), "").await.expect(409);
        assert_eq!(kept["code"], "campaign_state");
        desk.act(made["id"].as_str().unwrap(), "launch", json!({}), 409).await;
    }

    async fn a_launch_can_be_taken_back_until_it_begins(t) {
        let desk = Desk::new(t, 2).await;
        let id = desk.draft("Undo").await;
        for (body, field) in [
            (json!({"undo_seconds": 61}), "/undo_seconds"),
            (json!({"undo_seconds": 5, "at": "2026-12-24T18:00:00+05:30"}), "/undo_seconds"),
        ] {
            assert_eq!(desk.act(&id, "launch", body, 422).await["errors"][0]["pointer"], field);
        }
        let waits = desk.act(&id, "launch", json!({"undo_seconds": 10}), 200).await;
        assert_eq!((&waits["state"], &waits["scheduled_at"]), (&json!("scheduled"), &json!(START + 10 * SECOND)));
        let scheduler = Scheduler::new(desk.w.app().clone());
        desk.w.t.clock.advance(9 * SECOND);
        scheduler.tick().await.unwrap();
        let back = desk.act(&id, "unschedule", json!({}), 200).await;
        assert_eq!((&back["state"], &back["scheduled_at"]), (&json!("draft"), &Value::Null));
        desk.w.t.clock.advance(SECOND);
        scheduler.tick().await.unwrap();
        assert_eq!(desk.client.get(&format!("/api/v1/campaigns/{id}")).await["state"], "draft");
        assert_eq!(desk.act(&id, "unschedule", json!({}), 409).await["code"], "campaign_state");
        desk.act(&id, "launch", json!({"undo_seconds": 10}), 200).await;
        desk.act(&id, "pause", json!({}), 200).await;
        assert_eq!(desk.act(&id, "unschedule", json!({}), 200).await["state"], "draft", "held before it began");
        desk.act(&id, "launch", json!({"undo_seconds": 10}), 200).await;
        desk.w.t.clock.advance(10 * SECOND);
        scheduler.tick().await.unwrap();
        let late = desk.act(&id, "unschedule", json!({}), 409).await;
        assert_eq!(late["code"], "already_started");
        assert!(late["help"].as_str().unwrap().contains("Stop it"), "{late}");
        let number = id::CAMPAIGN.read(&id).unwrap();
        assert_eq!(desk.w.run(number).await.funnel.sent, 2);
        assert_eq!(desk.act(&id, "unschedule", json!({}), 409).await["code"], "already_started");
        let now = desk.draft("Now").await;
        assert_eq!(desk.act(&now, "launch", json!({"undo_seconds": 0}), 200).await["state"], "running");
    }

    async fn who_takes_a_launch_back_as_it_begins_is_in_time_or_is_told(t) {
        let desk = Desk::new(t, 1).await;
        let scheduler = Scheduler::new(desk.w.app().clone());
        for round in 0..12 {
            let id = desk.draft(&format!("Round {round}")).await;
            desk.act(&id, "launch", json!({"undo_seconds": 1}), 200).await;
            desk.w.t.clock.advance(SECOND);
            let path = format!("/api/v1/campaigns/{id}/unschedule");
            let (answer, tick) = tokio::join!(desk.client.post(&path, json!({})), scheduler.tick());
            tick.unwrap();
            let now = desk.client.get(&format!("/api/v1/campaigns/{id}")).await;
            match answer.status.as_u16() {
                200 => assert_eq!((&now["state"], &now["launched_at"]), (&json!("draft"), &Value::Null)),
                409 => {
                    assert_eq!(answer.json()["code"], "already_started");
                    assert_eq!(now["state"], "running");
                }
                other => panic!("{other}: {}", answer.text),
            }
        }
    }

    async fn a_preflight_tells_all_that_a_launch_would_refuse(t) {
        let desk = Desk::new(t, 4).await;
        let mut tx = desk.w.app().db.write().await.unwrap();
        harkara::app::consent::opt_out(desk.w.app(), &mut tx, &phone(1), "message", None, START).await.unwrap();
        tx.commit().await.unwrap();
        let id = desk.draft("Look").await;
        let path = format!("/api/v1/campaigns/{id}/preflight");
        let good = desk.client.get(&path).await;
        for key in ["template", "values", "numbers", "account", "audience"] {
            assert_eq!(check(&good, key)["level"], "green", "{good}");
        }
        assert_eq!(check(&good, "reports")["level"], "amber", "no report has come yet");
        assert_eq!((&good["audience"], &good["reachable"], &good["excluded"]["opted_out"]), (&json!(4), &json!(3), &json!(1)));
        assert_eq!((&good["rate"], &good["finish_at"]), (&json!(1000), &json!(START + 3)));
        let previews = good["previews"].as_array().unwrap();
        assert_eq!((previews.len(), &previews[0]["phone"]), (3, &json!(phone(2))));
        assert!(previews[0]["message"].to_string().contains("Customer 2"), "{}", previews[0]);
        let quick = desk.client.get(&format!("{path}?count=false")).await;
        assert_eq!((&quick["reachable"], &quick["finish_at"], quick["previews"].as_array().unwrap().len()), (&Value::Null, &Value::Null, 3));
        let full = json!({"body": [{"from": "attribute", "name": "name", "default": "friend"}, {"from": "text", "text": "x"}]});
        for (status, code) in [("paused", "template_not_approved"), ("rejected", "template_not_approved")] {
            desk.set_template(status, full.clone()).await;
            let red = desk.client.get(&path).await;
            assert_eq!((&check(&red, "template")["level"], &check(&red, "template")["fix"]), (&json!("red"), &json!("what")));
            assert_eq!(desk.act(&id, "launch", json!({}), 409).await["code"], code);
        }
        desk.set_template("approved", full).await;
        let mut tx = desk.w.app().db.write().await.unwrap();
        let campaign = id::CAMPAIGN.read(&id).unwrap();
        let mut row = store::campaign::by_id(&mut tx, campaign).await.unwrap().unwrap();
        let mapping = std::mem::replace(&mut row.mapping, "{}".into());
        store::campaign::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        let red = desk.client.get(&path).await;
        assert_eq!(check(&red, "values")["level"], "red", "{red}");
        let refused = desk.act(&id, "launch", json!({}), 422).await;
        assert!(check(&red, "values")["detail"].as_str().unwrap().contains(refused["errors"][0]["detail"].as_str().unwrap()));
        let mut tx = desk.w.app().db.write().await.unwrap();
        row.mapping = mapping;
        store::campaign::update(&mut tx, &row).await.unwrap();
        let version = store::account::by_id(&mut tx, desk.w.account).await.unwrap().unwrap().updated_at;
        assert!(store::account::hold(&mut tx, desk.w.account, "The password is wrong.", version, START).await.unwrap());
        tx.commit().await.unwrap();
        let red = desk.client.get(&path).await;
        assert_eq!((&check(&red, "account")["level"], &check(&red, "account")["fix"]), (&json!("red"), &json!("account")));
        assert!(check(&red, "account")["detail"].as_str().unwrap().contains("The password is wrong."));
        assert_eq!(desk.act(&id, "launch", json!({}), 409).await["code"], "account_held");
        let mut tx = desk.w.app().db.write().await.unwrap();
        store::account::release(&mut tx, desk.w.account, START).await.unwrap();
        tx.commit().await.unwrap();
        desk.act(&id, "launch", json!({}), 200).await;
    }

    async fn an_audience_above_the_daily_limit_is_told_and_not_refused(t) {
        let desk = Desk::new(t, 4).await;
        let earlier = desk.w.launch(Audience::Everyone).await;
        desk.w.run(earlier).await;
        let id = desk.draft("Much").await;
        let path = format!("/api/v1/campaigns/{id}/preflight");
        let unknown = desk.client.get(&path).await;
        assert_eq!((&unknown["daily_limit"], &unknown["daily_left"]), (&Value::Null, &Value::Null));
        let number = &desk.client.get("/api/v1/numbers").await["data"][0]["id"];
        let number = format!("/api/v1/numbers/{}", number.as_str().unwrap());
        for (limit, left, level) in [(8, 4, "green"), (7, 3, "amber"), (2, 0, "amber")] {
            desk.client.patch(&number, json!({"daily_limit": limit})).await.expect(200);
            let seen = desk.client.get(&path).await;
            assert_eq!((&seen["daily_limit"], &seen["daily_left"]), (&json!(limit), &json!(left)));
            assert_eq!(check(&seen, "daily_limit")["level"], level, "{seen}");
            let quick = desk.client.get(&format!("{path}?count=false")).await;
            assert_eq!(quick["daily_left"], left, "what is left is known without a count");
        }
        let later = json!({
            "name": "Later", "template_id": id::TEMPLATE.show(desk.w.template), "audience": {"type": "everyone"},
            "starts": {"local": "2030-01-01T10:00", "zone": "UTC"},
        });
        let later = desk.client.post("/api/v1/campaigns", later).await.expect(201);
        let later = format!("/api/v1/campaigns/{}/preflight", later["id"].as_str().unwrap());
        assert_eq!(desk.client.get(&later).await["daily_left"], 2, "what left today does not count on the day that is planned");
        desk.w.t.clock.advance(DAY + HOUR);
        assert_eq!(desk.client.get(&path).await["daily_left"], 2, "a day later all of it is left");
        desk.act(&id, "launch", json!({}), 200).await;
    }

    async fn a_campaign_for_nobody_is_told_and_not_refused(t) {
        let desk = Desk::new(t, 0).await;
        let id = desk.draft("Nobody").await;
        let seen = desk.client.get(&format!("/api/v1/campaigns/{id}/preflight")).await;
        assert_eq!((&check(&seen, "audience")["level"], &check(&seen, "audience")["fix"]), (&json!("amber"), &json!("who")));
        assert_eq!(seen["previews"], json!([]));
        desk.act(&id, "launch", json!({}), 200).await;
    }

    async fn a_sample_shows_real_people_who_would_get_it(t) {
        let desk = Desk::new(t, 9).await;
        let mut tx = desk.w.app().db.write().await.unwrap();
        harkara::app::consent::opt_out(desk.w.app(), &mut tx, &phone(2), "message", None, START).await.unwrap();
        tx.commit().await.unwrap();
        let pune = json!({"type": "conditions", "all": [{"attribute": "city", "is": "equal", "value": "Pune"}]});
        let template_id = id::TEMPLATE.show(desk.w.template);
        let ask = json!({"audience": pune, "template_id": template_id, "limit": 2});
        let two = desk.client.post("/api/v1/reach/sample", ask).await.expect(200);
        let phones: Vec<_> = two["data"].as_array().unwrap().iter().map(|p| p["phone"].clone()).collect();
        assert_eq!(phones, [json!(phone(4)), json!(phone(6))], "opted out ones and other cities are left out");
        assert_eq!(two["complete"], false);
        let mapping = json!({"body": [{"from": "text", "text": "Mira"}, {"from": "attribute", "name": "city"}]});
        let ask = json!({"audience": pune, "template_id": template_id, "mapping": mapping, "limit": 20});
        let all = desk.client.post("/api/v1/reach/sample", ask).await.expect(200);
        assert_eq!((all["data"].as_array().unwrap().len(), &all["complete"], &all["looked_at"]), (3, &json!(true), &json!(9)));
        let text = all["data"][0]["message"].to_string();
        assert!(text.contains("Mira") && text.contains("Pune"), "{text}");
        for (field, value) in [("limit", json!(21)), ("audience", json!({"type": "conditions", "all": []}))] {
            let mut ask = json!({"audience": pune, "template_id": template_id});
            ask[field] = value;
            desk.client.post("/api/v1/reach/sample", ask).await.expect(422);
        }
    }
}
