//! Lists of templates and campaigns: what stands in them, in which order, and what is put out of the way.

use harkara::clock::DAY;
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::store;
use harkara::worker::Worker;
use harkara::worker::retention::Retention;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::client::{Answer, Client};
use crate::support::{TestApp, on_both_engines};
use crate::world::World;

struct Catalog {
    w: World,
    client: Client,
}

impl Catalog {
    async fn new(t: TestApp) -> Self {
        let w = World::new(t, Options::default()).await;
        w.customers(2).await;
        let client = Client::new(&w.t).await;
        Self { w, client }
    }

    fn welcome(&self) -> String {
        id::TEMPLATE.show(self.w.template)
    }

    async fn template(&self, name: &str, language: &str) -> Answer {
        let body = json!({
            "account_id": id::ACCOUNT.show(self.w.account), "name": name, "language": language, "category": "utility",
            "content": {"body": "Your order has left our shop."}, "status": "approved",
        });
        self.client.post("/api/v1/templates", body).await
    }

    async fn new_template(&self, name: &str, language: &str) -> String {
        text(&self.template(name, language).await.expect(201)["id"])
    }

    async fn draft(&self, name: &str, template: &str) -> String {
        let body = json!({"name": name, "template_id": template, "audience": {"type": "everyone"}});
        text(&self.client.post("/api/v1/campaigns", body).await.expect(201)["id"])
    }

    async fn ended(&self, name: &str) -> String {
        let id = self.draft(name, &self.welcome()).await;
        let path = format!("/api/v1/campaigns/{id}");
        self.client
            .post(&format!("{path}/launch"), json!({"at": "2027-01-01T10:00:00Z"}))
            .await
            .expect(200);
        self.client
            .post(&format!("{path}/stop"), json!({}))
            .await
            .expect(200);
        id
    }

    async fn delete(&self, template: &str, how: &str) -> Answer {
        let path = format!("/api/v1/templates/{template}{how}");
        self.client.call("DELETE", &path, String::new()).await
    }

    /// The names of a list, read in pages of this size.
    async fn names(&self, path: &str, limit: usize) -> Vec<String> {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self
                .client
                .get(&format!("/api/v1/{path}&limit={limit}{cursor}"))
                .await;
            let rows = page["data"].as_array().unwrap();
            assert!(rows.len() <= limit);
            names.extend(rows.iter().map(|row| text(&row["name"])));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return names,
            }
        }
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.client
            .call("PUT", &format!("/api/v1/{path}"), body.to_string())
            .await
    }

    async fn forget(&self) {
        let worker = Retention::new(self.w.app().clone());
        for _ in 0..20 {
            worker.tick().await.unwrap();
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

on_both_engines! {
    async fn a_template_tells_its_campaigns_and_what_became_of_the_recent_ones(t) {
        let c = Catalog::new(t).await;
        let done = c.w.launch(Audience::Everyone).await;
        c.w.run(done).await;
        c.draft("Later", &c.welcome()).await;
        let spare = c.new_template("spare", "en").await;
        let list = c.client.get("/api/v1/templates?sort=last_sent").await;
        let [welcome, other] = list["data"].as_array().unwrap().as_slice() else { panic!("{list}") };
        assert_eq!(welcome["used_by"], json!({"drafts": 1, "scheduled": 0, "running": 0, "ended": 1}));
        assert_eq!(welcome["recent"], json!({"campaigns": 1, "sent": 2, "delivered": 0, "read": 0}));
        let row = {
            let mut tx = c.w.app().db.read().await.unwrap();
            store::campaign::by_id(&mut tx, done).await.unwrap().unwrap()
        };
        assert_eq!(welcome["last_sent_at"], json!(row.launched_at));
        assert_eq!((&other["id"], other.get("last_sent_at")), (&json!(spare), None));
        assert_eq!(other["used_by"], json!({"drafts": 0, "scheduled": 0, "running": 0, "ended": 0}));
        c.w.t.clock.advance(31 * DAY);
        let later = c.client.get("/api/v1/templates?sort=last_sent&limit=1").await;
        assert_eq!(later["data"][0]["recent"], json!({"campaigns": 0, "sent": 0, "delivered": 0, "read": 0}));
        assert_eq!(later["data"][0]["used_by"]["ended"], 1);
    }

    async fn templates_are_in_order_and_narrowed_whatever_the_size_of_a_page(t) {
        let c = Catalog::new(t).await;
        for (name, language) in [("zebra", "en"), ("apple", "hi"), ("apple", "en"), ("mango", "en")] {
            c.new_template(name, language).await;
        }
        let done = c.w.launch(Audience::Everyone).await;
        c.w.run(done).await;
        for limit in [1, 2, 3, 50] {
            let of = async |sort: &str| c.names(&format!("templates?sort={sort}"), limit).await;
            assert_eq!(of("name").await, ["apple", "apple", "mango", "welcome_offer", "zebra"], "{limit}");
            assert_eq!(of("newest").await, ["mango", "apple", "apple", "zebra", "welcome_offer"], "{limit}");
            assert_eq!(of("last_sent").await, ["welcome_offer", "mango", "apple", "apple", "zebra"], "{limit}");
        }
        assert_eq!(c.names("templates?sort=name&language=hi", 9).await, ["apple"]);
        assert_eq!(c.names("templates?sort=name&category=marketing", 9).await, ["welcome_offer"]);
        let wrong = c.client.call("GET", "/api/v1/templates?sort=name&cursor=c_1", "").await;
        assert_eq!(wrong.status, 400, "a cursor of another order is refused");
    }

    async fn a_deleted_template_is_out_of_use_until_it_is_restored(t) {
        let c = Catalog::new(t).await;
        let id = c.new_template("spare", "en").await;
        let draft = c.draft("Diwali", &id).await;
        let refused = c.delete(&id, "").await.expect(409);
        assert_eq!(refused["code"], "template_in_use");
        assert_eq!(refused["detail"], "1 draft(s) were made with the template \"spare\": Diwali.");
        let path = format!("/api/v1/campaigns/{draft}");
        assert_eq!(c.client.call("DELETE", &path, String::new()).await.status, 204);
        assert_eq!(c.delete(&id, "").await.status, 204);
        assert_eq!(c.delete(&id, "").await.status, 204, "twice is once");
        assert_eq!(c.names("templates?sort=name", 9).await, ["welcome_offer"]);
        assert_eq!(c.names("templates?deleted=true", 9).await, ["spare"]);
        let body = json!({"name": "Again", "template_id": id, "audience": {"type": "everyone"}});
        let draft = c.client.post("/api/v1/campaigns", body).await.expect(422);
        assert_eq!((&draft["errors"][0]["pointer"], &draft["errors"][0]["code"]), (&json!("/template_id"), &json!("deleted")));
        let message = c.client.post("/api/v1/messages", json!({"to": "+919999900001", "template_id": id})).await;
        assert_eq!(message.expect(409)["code"], "template_deleted");
        let change = c.client.patch(&format!("/api/v1/templates/{id}"), json!({"status": "draft"})).await;
        assert_eq!(change.expect(409)["code"], "template_deleted");
        assert_eq!(c.template("spare", "en").await.expect(422)["errors"][0]["code"], "taken");
        let back = c.client.post(&format!("/api/v1/templates/{id}/restore"), json!({})).await.expect(200);
        assert_eq!((&back["name"], back.get("deleted_at")), (&json!("spare"), None));
        assert_eq!(c.names("templates?deleted=true", 9).await, [""; 0]);
        c.draft("Again", &id).await;
    }

    async fn a_deleted_template_needs_nobody(t) {
        let c = Catalog::new(t).await;
        let id = c.new_template("spare", "en").await;
        c.client.patch(&format!("/api/v1/templates/{id}"), json!({"status": "disabled"})).await.expect(200);
        let needs = async || {
            let home = c.client.get("/api/v1/home").await;
            home["needs"].as_array().unwrap().iter().filter(|need| need["title"].to_string().contains("spare")).count()
        };
        assert_eq!(needs().await, 1);
        assert_eq!(c.delete(&id, "").await.status, 204);
        assert_eq!(needs().await, 0);
    }

    async fn a_template_deleted_between_draft_and_launch_is_not_sent(t) {
        let c = Catalog::new(t).await;
        let id = c.new_template("spare", "en").await;
        let draft = c.draft("Diwali", &id).await;
        let mut tx = c.w.app().db.write().await.unwrap();
        let template = id::TEMPLATE.read(&id).unwrap();
        store::template_shelf::set_deleted(&mut tx, template, Some(1), 1).await.unwrap();
        tx.commit().await.unwrap();
        let path = format!("/api/v1/campaigns/{draft}");
        let refused = c.client.post(&format!("{path}/launch"), json!({})).await.expect(409);
        assert_eq!(refused["code"], "template_deleted");
        assert_eq!(c.client.post(&format!("{path}/clone"), json!({})).await.expect(409)["code"], "template_deleted");
    }

    async fn after_thirty_days_a_deleted_template_is_gone_and_its_campaigns_keep_their_record(t) {
        let c = Catalog::new(t).await;
        let done = c.w.launch(Audience::Everyone).await;
        c.w.run(done).await;
        let spare = c.new_template("spare", "en").await;
        assert_eq!(c.delete(&c.welcome(), "").await.status, 204);
        assert_eq!(c.delete(&spare, "").await.status, 204);
        c.w.t.clock.advance(29 * DAY);
        c.forget().await;
        assert_eq!(c.names("templates?deleted=true", 9).await, ["spare", "welcome_offer"]);
        c.w.t.clock.advance(2 * DAY);
        c.forget().await;
        assert_eq!(c.names("templates?deleted=true", 9).await, [""; 0]);
        c.client.call("GET", &format!("/api/v1/templates/{spare}"), "").await.expect(404);
        let kept = c.client.get(&format!("/api/v1/templates/{}", c.welcome())).await;
        assert_eq!(kept["name"], "welcome_offer", "as its campaigns knew it");
        let restore = format!("/api/v1/templates/{}/restore", c.welcome());
        c.client.post(&restore, json!({})).await.expect(404);
        c.client.get(&format!("/api/v1/campaigns/{}", id::CAMPAIGN.show(done))).await;
        c.new_template("welcome_offer", "en").await;
        c.new_template("spare", "en").await;
    }

    async fn a_name_is_free_when_a_template_is_deleted_for_good(t) {
        let c = Catalog::new(t).await;
        let id = c.new_template("spare", "en").await;
        assert_eq!(c.delete(&id, "").await.status, 204);
        assert_eq!(c.delete(&id, "?for_good=true").await.status, 204);
        c.client.call("GET", &format!("/api/v1/templates/{id}"), "").await.expect(404);
        c.new_template("spare", "en").await;
    }

    async fn an_import_does_not_bring_back_what_was_deleted_here(t) {
        let c = Catalog::new(t).await;
        assert_eq!(c.delete(&c.welcome(), "").await.status, 204);
        let path = format!("/api/v1/accounts/{}/templates/import", id::ACCOUNT.show(c.w.account));
        let report = c.client.post(&path, json!({})).await.expect(200);
        assert_eq!(report["updated"], 0, "{report}");
        let told = report["problems"].as_array().unwrap().iter().map(text);
        let told: Vec<String> = told.filter(|said| said.contains("were deleted here")).collect();
        assert_eq!(told, ["1 template(s) that the provider holds were deleted here, and stay so until somebody restores them."]);
        assert!(!c.names("templates?sort=name", 9).await.contains(&"welcome_offer".to_owned()));
    }

    async fn campaigns_that_have_ended_are_archived_and_taken_back(t) {
        let c = Catalog::new(t).await;
        let (holi, diwali) = (c.ended("Holi").await, c.ended("Diwali").await);
        let draft = c.draft("Draft", &c.welcome()).await;
        let archive = async |ids: &[&String], archived: bool| {
            c.client.post("/api/v1/campaigns/archive", json!({"campaign_ids": ids, "archived": archived})).await
        };
        let done = archive(&[&holi, &diwali, &draft], true).await.expect(200);
        assert_eq!(done["changed"], json!([holi, diwali]));
        assert_eq!((&done["left_out"][0]["id"], &done["left_out"][0]["state"]), (&json!(draft), &json!("draft")));
        assert_eq!(c.names("campaigns?archived=false", 9).await, ["Draft"]);
        assert_eq!(c.names("campaigns?archived=true", 9).await, ["Diwali", "Holi"]);
        assert_eq!(c.names("campaigns?sort=newest", 9).await, ["Draft", "Diwali", "Holi"], "all when nobody says");
        let alone = archive(&[&draft], true).await.expect(409);
        assert_eq!(alone["detail"], "The campaign \"Draft\" is draft.");
        assert_eq!(archive(&[&holi], true).await.expect(200)["changed"], json!([]), "it is already");
        assert_eq!(archive(&[&holi], false).await.expect(200)["changed"], json!([holi]));
        assert_eq!(c.names("campaigns?archived=false", 9).await, ["Draft", "Holi"]);
        assert_eq!(archive(&[], true).await.status, 422);
        let gone = id::CAMPAIGN.show(1);
        assert_eq!(archive(&[&gone], true).await.expect(422)["errors"][0]["code"], "not_found");
        let acts = c.client.get("/api/v1/audit?action=campaign.archive").await;
        assert_eq!(acts["data"].as_array().unwrap().len(), 2, "{acts}");
    }

    async fn labels_are_set_found_and_taken_off(t) {
        let c = Catalog::new(t).await;
        let (holi, diwali) = (c.ended("Holi").await, c.draft("Diwali", &c.welcome()).await);
        let set = c.put(&format!("campaigns/{holi}/labels"), json!({"labels": ["North", " north ", "VIP"]})).await.expect(200);
        assert_eq!(set["labels"], json!(["North", "VIP"]));
        let label = async |ids: &[&String], label: &str, on: bool| {
            let body = json!({"campaign_ids": ids, "label": label, "on": on});
            c.client.post("/api/v1/campaigns/label", body).await
        };
        assert_eq!(label(&[&holi, &diwali], "NORTH", true).await.expect(200)["changed"], json!([diwali]));
        assert_eq!(c.names("campaigns?label=north", 1).await, ["Diwali", "Holi"]);
        let facets = c.client.get("/api/v1/campaigns/facets").await;
        assert_eq!(facets["labels"], json!([{"label": "NORTH", "campaigns": 2}, {"label": "VIP", "campaigns": 1}]));
        assert_eq!(label(&[&holi, &diwali], "north", false).await.expect(200)["changed"], json!([holi, diwali]));
        assert_eq!(c.names("campaigns?label=north", 9).await, [""; 0]);
        let copy = c.client.post(&format!("/api/v1/campaigns/{holi}/clone"), json!({})).await.expect(201);
        assert_eq!(copy["labels"], json!(["VIP"]), "a copy belongs to the same");
        let wrong = c.put(&format!("campaigns/{holi}/labels"), json!({"labels": ["ok", ""]})).await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/labels/1");
        assert_eq!(label(&[&holi], " ", true).await.expect(422)["errors"][0]["pointer"], "/label");
        let before = c.client.get(&format!("/api/v1/campaigns/{diwali}")).await["updated_at"].clone();
        label(&[&diwali], "later", true).await.expect(200);
        let after = c.client.get(&format!("/api/v1/campaigns/{diwali}")).await["updated_at"].clone();
        assert_eq!(before, after, "who writes the draft is not disturbed");
    }

    async fn campaigns_are_in_order_whatever_the_size_of_a_page(t) {
        let c = Catalog::new(t).await;
        for name in ["banana", "Apple", "cherry", "apple"] {
            c.draft(name, &c.welcome()).await;
        }
        let done = c.w.launch(Audience::Everyone).await;
        c.w.run(done).await;
        for limit in [1, 2, 50] {
            let of = async |sort: &str| c.names(&format!("campaigns?sort={sort}"), limit).await;
            assert_eq!(of("name").await, ["Apple", "apple", "banana", "cherry", "Welcome"], "{limit}");
            assert_eq!(of("start").await, ["Welcome", "apple", "cherry", "Apple", "banana"], "{limit}");
        }
    }

    async fn a_campaign_tells_who_wrote_it_also_under_a_new_name(t) {
        let c = Catalog::new(t).await;
        let mut browser = Browser::new(&c.w.t);
        let url = harkara::app::sign_in::setup_url(c.w.app()).unwrap();
        let code = url.rsplit_once("code=").unwrap().1;
        let owner = json!({"email": "asha@shop.example", "name": "Asha", "password": PASSWORD, "code": code});
        let session = browser.call("POST", "/owner", owner).await.expect(201);
        let body = json!({"name": "Diwali", "template_id": c.welcome(), "audience": {"type": "everyone"}});
        let made = browser.call("POST", "/campaigns", body).await.expect(201);
        assert_eq!(made["owner"], json!({"kind": "user", "id": session["user"]["id"], "name": "Asha"}));
        c.draft("By a program", &c.welcome()).await;
        browser.call("PATCH", "/session", json!({"name": "Asha Rao"})).await.expect(200);
        let user = text(&session["user"]["id"]);
        let list = c.client.get(&format!("/api/v1/campaigns?owner={user}")).await;
        let rows = list["data"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["owner"]["name"]), (1, &json!("Asha Rao")));
        let facets = c.client.get("/api/v1/campaigns/facets").await;
        let names: Vec<_> = facets["owners"].as_array().unwrap().iter().map(|owner| text(&owner["name"])).collect();
        assert_eq!(names, ["Asha Rao", "test"]);
        c.client.call("GET", "/api/v1/campaigns?owner=nobody", "").await.expect(422);
    }
}
