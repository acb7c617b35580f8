//! Templates over the API, against the simulated gateway.

use axum::Router;
use axum::routing::any;
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::on_both_engines;
use crate::world::World;

struct Story {
    world: World,
    client: Client,
    account: String,
}

impl Story {
    async fn new(t: crate::support::TestApp, options: Options, settings: Value) -> Self {
        let world = World::with(t, options, settings).await;
        let client = Client::new(&world.t).await;
        let account = id::ACCOUNT.show(world.account);
        Self {
            world,
            client,
            account,
        }
    }

    async fn import(&self) -> Value {
        let path = format!("/api/v1/accounts/{}/templates/import", self.account);
        self.client.post(&path, json!({})).await.expect(200)
    }

    async fn named(&self, name: &str) -> Value {
        let listed = self.client.get("/api/v1/templates?limit=500").await;
        listed["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|t| t["name"] == name)
            .cloned()
            .unwrap()
    }

    fn path(&self) -> String {
        format!("/api/v1/templates/{}", id::TEMPLATE.show(self.world.template))
    }

    fn new_template(&self, name: &str) -> Value {
        json!({
            "account_id": self.account, "name": name, "language": "en", "category": "utility",
            "content": {
                "header": {"type": "text", "text": "Order {{1}}"},
                "body": "Hello {{1}}, your order {{2}} has left our shop.",
                "footer": "Reply STOP to end",
                "buttons": [
                    {"type": "quick_reply", "text": "Thanks"},
                    {"type": "url", "text": "Track", "url": "https://shop.example/o/{{1}}"},
                ],
            },
            "mapping": {
                "header": {"from": "attribute", "name": "order", "default": "17"},
                "body": [
                    {"from": "attribute", "name": "name", "default": "friend"},
                    {"from": "attribute", "name": "order", "default": "17"},
                ],
                "buttons": {"1": {"from": "attribute", "name": "order", "default": "17"}},
            },
        })
    }
}

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect()
}

fn seed(name: &str, body: &str, status: &str) -> harkara_sim::TemplateSeed {
    serde_json::from_value(json!({
        "name": name, "body": body, "status": status, "language": "en", "category": "UTILITY",
    }))
    .unwrap()
}

/// A template API that answers every call with this list.
async fn listing(data: Value) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/GatewayAPI/rest", listener.local_addr().unwrap());
    let answer = json!({"data": data, "meta": {"total": data.as_array().unwrap().len()}}).to_string();
    let router = Router::new().fallback(any(async move || answer.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

on_both_engines! {
    async fn an_import_takes_over_what_is_new_and_keeps_what_was_mapped(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        let first = story.import().await;
        let there = story.world.sim.state().templates().len();
        assert_eq!(first["created"].as_u64().unwrap() + first["updated"].as_u64().unwrap(), there as u64, "{first}");
        story.world.sim.state().add_template(seed("parcel", "Hello {{1}}, your parcel {{2}} has left.", "ENABLED")).unwrap();
        let second = story.import().await;
        assert_eq!((&second["created"], &second["updated"], &second["unchanged"]), (&json!(1), &json!(0), &json!(there)));
        let problems = second["problems"].to_string();
        assert!(problems.contains("parcel (en): map 2 placeholder(s)") && problems.contains("{{2}} in the body"), "{problems}");
        let welcome = story.named("welcome_offer").await;
        assert_eq!(welcome["mapping"]["body"][1]["name"], "city");
        assert_eq!((&welcome["problems"], &welcome["category"]), (&json!([]), &json!("marketing")));
        let parcel = story.named("parcel").await;
        assert_eq!((&parcel["status"], &parcel["addressing"]), (&json!("approved"), &json!("text")));
        assert_eq!(parcel["problems"].as_array().unwrap().len(), 2);
    }

    async fn an_import_tells_a_rejection_and_what_the_provider_no_longer_has(t) {
        let list = json!([
            {"id": 5, "name": "welcome_offer", "language": "en", "category": "MARKETING", "type": "TEXT",
             "body": "Hello {{1}}, your offer is ready.", "status": "REJECTED", "reason": "Promotion in a utility"},
            {"id": 6, "name": "twice", "language": "en", "type": "TEXT", "body": "Old words here.", "status": "REJECTED"},
            {"id": 7, "name": "twice", "language": "en", "type": "TEXT", "body": "New words here.", "status": "ENABLED"},
        ]);
        let settings = json!({"template_base_url": listing(list).await});
        let story = Story::new(t, Options::default(), settings).await;
        let mut lost = story.new_template("lost_one");
        lost["status"] = json!("approved");
        story.client.post("/api/v1/templates", lost).await.expect(201);
        let report = story.import().await;
        let welcome = story.named("welcome_offer").await;
        assert_eq!((&welcome["status"], &welcome["status_detail"]), (&json!("rejected"), &json!("Promotion in a utility")));
        // What was written here stays, and the difference is told.
        assert_eq!(welcome["mapping"]["body"].as_array().unwrap().len(), 2);
        assert_eq!(welcome["at_provider"]["content"]["body"], "Hello {{1}}, your offer is ready.");
        assert_eq!(story.named("twice").await["content"]["body"], "New words here.");
        let problems = report["problems"].to_string();
        assert!(problems.contains("more than once") && problems.contains("welcome_offer (en) says something else here"), "{problems}");
        // The list had a problem of its own, but was complete.
        assert!(problems.contains("lost_one (en) is approved here"), "{problems}");
    }

    async fn words_that_somebody_changed_here_stay_until_theirs_are_taken_over(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        let at = |body: &str| seed("parcel", body, "ENABLED");
        story.world.sim.state().add_template(at("Hello {{1}}, parcel {{2}} has left.")).unwrap();
        story.import().await;
        let path = format!("/api/v1/templates/{}", story.named("parcel").await["id"].as_str().unwrap());
        let take = format!("{path}/take-theirs");
        let mapped = json!({"body": [{"from": "attribute", "name": "name", "default": "friend"}, {"from": "text", "text": "17"}]});
        story.client.patch(&path, json!({"mapping": mapped})).await.expect(200);
        // Nobody wrote anything here: what changes there comes over.
        story.world.sim.state().set_template(at("Dear {{1}}, parcel {{2}} has left.")).unwrap();
        assert_eq!(story.import().await["updated"], 1);
        let parcel = story.client.get(&path).await;
        assert_eq!((&parcel["content"]["body"], &parcel["at_provider"]), (&json!("Dear {{1}}, parcel {{2}} has left."), &Value::Null));
        assert_eq!(story.client.post(&take, json!({})).await.expect(409)["code"], "template_same");

        // Reworded here: told at once, and an import takes nothing away.
        let own = json!({"content": {"body": "Good news {{1}}, {{2}} is on its way."}});
        let reworded = story.client.patch(&path, own).await.expect(200);
        assert_eq!((&reworded["status"], &reworded["at_provider"]["status"]), (&json!("draft"), &json!("approved")));
        let report = story.import().await;
        assert_eq!((&report["differing"], &report["updated"]), (&json!(1), &json!(0)), "{report}");
        assert!(report["problems"].to_string().contains("parcel (en) says something else here"), "{report}");
        let kept = story.client.get(&path).await;
        assert_eq!((&kept["status"], &kept["content"]["body"]), (&json!("draft"), &json!("Good news {{1}}, {{2}} is on its way.")));
        let listed = story.client.get("/api/v1/templates?differs=true").await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 1);

        let taken = story.client.post(&take, json!({})).await.expect(200);
        assert_eq!((&taken["status"], &taken["content"]["body"]), (&json!("approved"), &json!("Dear {{1}}, parcel {{2}} has left.")));
        assert_eq!((&taken["mapping"], &taken["at_provider"]), (&mapped, &Value::Null));
        assert_eq!(story.client.get("/api/v1/templates?differs=true").await["data"], json!([]));

        // The provider changed it, and somebody here says otherwise: ours stays approved, with a warning before a launch.
        let declared = json!({"content": {"body": "Hi {{1}}, parcel {{2}} has left."}, "status": "approved"});
        assert_eq!(story.client.patch(&path, declared).await.expect(200)["at_provider"], Value::Null);
        assert_eq!(story.import().await["differing"], 1);
        let draft = json!({"name": "Parcels", "template_id": taken["id"], "audience": {"type": "everyone"}});
        let draft = story.client.post("/api/v1/campaigns", draft).await.expect(201);
        let checks = format!("/api/v1/campaigns/{}/preflight?count=false", draft["id"].as_str().unwrap());
        let checks = story.client.get(&checks).await;
        let found = checks["checks"].as_array().unwrap().iter().find(|check| check["key"] == "template").unwrap();
        assert_eq!(found["level"], "amber", "{found}");
        // As soon as the provider holds the same, nothing differs.
        story.world.sim.state().set_template(at("Hi {{1}}, parcel {{2}} has left.")).unwrap();
        assert_eq!(story.import().await["differing"], 0);
        assert_eq!(story.client.get(&path).await["at_provider"], Value::Null);
    }

    async fn who_took_a_template_out_of_use_is_not_overruled_by_an_import(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        story.import().await;
        let path = story.path();
        story.client.patch(&path, json!({"status": "disabled"})).await.expect(200);
        story.import().await;
        assert_eq!(story.client.get(&path).await["status"], "disabled");
        story.client.patch(&path, json!({"status": "approved"})).await.expect(200);
        story.import().await;
        assert_eq!(story.client.get(&path).await["status"], "approved");
    }

    async fn buttons_that_the_provider_does_not_list_stay_ours(t) {
        let list = json!([{"id": 5, "name": "order_update", "language": "en", "category": "UTILITY", "type": "TEXT",
            "header": "Order {{1}}", "footer": "Reply STOP to end", "button_type": "QUICK_REPLY",
            "body": "Hello {{1}}, your order {{2}} has left our shop.", "status": "ENABLED"}]);
        let settings = json!({"template_base_url": listing(list).await});
        let story = Story::new(t, Options::default(), settings).await;
        let report = story.import().await;
        assert!(report["problems"].to_string().contains("Add them to the template here"), "{report}");
        let imported = story.named("order_update").await;
        let path = format!("/api/v1/templates/{}", imported["id"].as_str().unwrap());
        let full = story.new_template("order_update");
        let change = json!({"content": full["content"], "mapping": full["mapping"], "status": "approved"});
        story.client.patch(&path, change).await.expect(200);
        let report = story.import().await;
        assert_eq!(report["unchanged"], 1, "{report}");
        assert_eq!(story.client.get(&path).await["content"]["buttons"].as_array().unwrap().len(), 2);
    }

    async fn a_submitted_template_is_pending_until_an_import_tells_more(t) {
        let options = Options { template_approval_ms: 0, template_reject_word: "casino".into(), ..Options::default() };
        let story = Story::new(t, options, json!({})).await;
        for (name, becomes) in [("parcel_left", "approved"), ("casino_night", "rejected")] {
            let saved = story.client.post("/api/v1/templates", story.new_template(name)).await.expect(201);
            let path = format!("/api/v1/templates/{}", saved["id"].as_str().unwrap());
            assert_eq!((&saved["status"], &saved["problems"]), (&json!("draft"), &json!([])));
            let submitted = story.client.post(&format!("{path}/submit"), json!({})).await.expect(200);
            assert_eq!(submitted["status"], "pending");
            assert!(submitted["provider_template_id"].is_string());
            assert_eq!(submitted["at_provider"], Value::Null);
            let again = story.client.post(&format!("{path}/submit"), json!({})).await.expect(409);
            assert_eq!(again["code"], "template_not_draft");
            story.import().await;
            assert_eq!(story.client.get(&path).await["status"], becomes);
        }
        let same = story.world.sim.state().templates().iter().filter(|t| t.name == "parcel_left").count();
        assert_eq!(same, 1);
    }

    async fn a_submission_that_could_not_leave_changes_nothing(t) {
        let story = Story::new(t, Options::default(), json!({"hsm_password": "wrong"})).await;
        let saved = story.client.post("/api/v1/templates", story.new_template("order_update")).await.expect(201);
        let path = format!("/api/v1/templates/{}", saved["id"].as_str().unwrap());
        let refused = story.client.post(&format!("{path}/submit"), json!({})).await.expect(502);
        assert_eq!(refused["code"], "auth");
        assert_eq!(story.client.get(&path).await["status"], "draft");
        story.client.patch(&path, json!({"mapping": {}})).await.expect(200);
        let open = story.client.post(&format!("{path}/submit"), json!({})).await.expect(422);
        assert_eq!(pointers(&open), ["/mapping/header", "/mapping/body/0", "/mapping/body/1", "/mapping/buttons/1"]);
    }

    async fn what_whatsapp_would_refuse_is_not_saved(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        let mut bad = story.new_template("Order-Update");
        bad["content"]["body"] = json!("{{1}}");
        bad["content"]["footer"] = json!("x".repeat(61));
        bad["mapping"]["buttons"]["0"] = json!({"from": "text", "text": "x".repeat(129)});
        bad["mapping"]["body"] = json!([]);
        let problem = story.client.post("/api/v1/templates", bad).await.expect(422);
        let named = pointers(&problem);
        for expected in ["/name", "/content/body", "/content/footer", "/mapping/buttons/0"] {
            assert!(named.contains(&expected), "{expected}: {problem}");
        }
        let mut nowhere = story.new_template("a");
        nowhere["account_id"] = json!(id::ACCOUNT.show(1));
        assert_eq!(pointers(&story.client.post("/api/v1/templates", nowhere).await.expect(422)), ["/account_id"]);
        story.client.post("/api/v1/templates", story.new_template("twice")).await.expect(201);
        assert_eq!(pointers(&story.client.post("/api/v1/templates", story.new_template("twice")).await.expect(422)), ["/name"]);
    }

    async fn a_template_that_the_provider_holds_can_be_declared_approved(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        let mut by_id = story.new_template("order_update");
        by_id["status"] = json!("approved");
        by_id["addressing"] = json!("id");
        let problem = story.client.post("/api/v1/templates", by_id.clone()).await.expect(422);
        assert_eq!(pointers(&problem), ["/provider_template_id"]);
        by_id["provider_template_id"] = json!("123456789012345");
        let saved = story.client.post("/api/v1/templates", by_id).await.expect(201);
        assert_eq!(saved["status"], "approved");
        let path = format!("/api/v1/templates/{}", saved["id"].as_str().unwrap());
        let problem = story.client.patch(&path, json!({"status": "paused"})).await.expect(422);
        assert_eq!(pointers(&problem), ["/status"]);
        let renamed = story.client.patch(&path, json!({"name": "other"})).await.expect(409);
        assert_eq!(renamed["code"], "template_name_fixed");
        let mut content = saved["content"].clone();
        content["footer"] = json!("Bye");
        let reworded = story.client.patch(&path, json!({"content": content})).await.expect(200);
        assert_eq!(reworded["status"], "draft");
        assert!(reworded["status_detail"].as_str().unwrap().contains("Submit it again"));
        let declared = story.client.patch(&path, json!({"status": "approved"})).await.expect(200);
        assert_eq!((&declared["status"], declared.get("status_detail")), (&json!("approved"), None));
    }

    async fn a_launched_campaign_keeps_its_words_and_its_template(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        story.world.customers(1).await;
        let campaign = story.world.launch(Audience::Everyone).await;
        let change = json!({"content": {"body": "Dear {{1}}, come and see {{2}} soon."}, "status": "approved"});
        let changed = story.client.patch(&story.path(), change).await.expect(200);
        assert!(changed["note"].as_str().unwrap().starts_with("1 launched campaign(s) go on"), "{changed}");
        let mut tx = story.world.app().db.read().await.unwrap();
        let row = harkara::store::campaign::by_id(&mut tx, campaign).await.unwrap().unwrap();
        assert!(row.frozen.unwrap().contains("your offer from"));
        drop(tx);
        let refused = story.client.call("DELETE", &story.path(), String::new()).await.expect(409);
        assert_eq!(refused["code"], "template_in_use");
        assert!(refused["detail"].as_str().unwrap().starts_with("1 campaign(s) that are not over"), "{refused}");
        story.world.run(campaign).await;
        assert_eq!(story.client.call("DELETE", &story.path(), String::new()).await.status, 204);
    }

    async fn a_preview_shows_one_person_or_the_defaults(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        let template = story.new_template("x");
        let ask = json!({"content": template["content"], "mapping": template["mapping"]});
        let plain = story.client.post("/api/v1/templates/preview", ask.clone()).await.expect(200);
        assert_eq!(plain["message"]["body"], "Hello friend, your order 17 has left our shop.");
        let person = json!({"identity": "c1", "phone": "+919999900077", "name": "Asha", "attributes": {"order": 42}});
        let profile = story.client.post("/api/v1/profiles", person).await.json();
        let mut for_one = ask;
        for_one["profile_id"] = profile["profile"]["id"].clone();
        let shown = story.client.post("/api/v1/templates/preview", for_one.clone()).await.expect(200);
        assert_eq!(shown["message"]["body"], "Hello Asha, your order 42 has left our shop.");
        assert_eq!((&shown["message"]["buttons"][1]["suffix"], &shown["problems"]), (&json!("42"), &json!([])));
        for_one["mapping"]["body"][0] = json!({"from": "attribute", "name": "nick"});
        let missing = story.client.post("/api/v1/templates/preview", for_one).await.expect(200);
        assert_eq!((&missing["message"], &missing["problems"][0]["code"]), (&Value::Null, &json!("needs_default")));
    }

    async fn templates_are_listed_by_account_and_status_in_pages(t) {
        let story = Story::new(t, Options::default(), json!({})).await;
        for name in ["a", "b", "c"] {
            story.client.post("/api/v1/templates", story.new_template(name)).await.expect(201);
        }
        let names = |page: &Value| -> Vec<String> {
            page["data"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect()
        };
        let drafts = format!("/api/v1/templates?status=draft&account_id={}&limit=2", story.account);
        let first = story.client.get(&drafts).await;
        assert_eq!(names(&first), ["c", "b"]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = story.client.get(&format!("{drafts}&cursor={cursor}")).await;
        assert_eq!((names(&second), second.get("next_cursor")), (vec!["a".to_owned()], None));
        assert_eq!(names(&story.client.get("/api/v1/templates?status=approved").await), ["welcome_offer"]);
    }
}
