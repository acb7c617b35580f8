//! Versions of templates: every saved change is one, with who made it, and each is a way back.

use harkara::app::audit::Actor;
use harkara::clock::MINUTE;
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::store;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{TestApp, on_both_engines};
use crate::world::World;

struct Desk {
    w: World,
    creator: Browser,
    approver: Browser,
    path: String,
}

impl Desk {
    /// Two people and a draft that says "One".
    async fn new(t: TestApp) -> Self {
        let w = World::new(t, Options::default()).await;
        let mut creator = Browser::of(&w.t, Role::Creator).await;
        let approver = Browser::of(&w.t, Role::Approver).await;
        let new = json!({
            "account_id": id::ACCOUNT.show(w.account), "name": "offer", "language": "en", "category": "marketing",
            "content": {"body": "One"},
        });
        let made = creator.call("POST", "/templates", new).await.expect(201);
        let path = format!("/templates/{}", made["id"].as_str().unwrap());
        Self {
            w,
            creator,
            approver,
            path,
        }
    }

    async fn type_in(&mut self, body: &str) {
        let change = json!({"content": {"body": body}, "typed": true});
        self.creator.call("PATCH", &self.path, change).await.expect(200);
    }

    /// What each version says, how it came about and by whom, newest first.
    async fn versions(&mut self) -> Vec<(String, String, String)> {
        let all = self.creator.get(&format!("{}/versions", self.path)).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rows = all["data"].as_array().unwrap().iter();
        rows.map(|v| (text(&v["content"]["body"]), text(&v["act"]), text(&v["by"])))
            .collect()
    }
}

fn rows(of: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned = |&(body, act, by): &(&str, &str, &str)| (body.into(), act.into(), by.into());
    of.iter().map(owned).collect()
}

on_both_engines! {
    async fn every_saved_change_of_a_template_is_a_version(t) {
        let mut desk = Desk::new(t).await;
        let path = desk.path.clone();
        desk.approver.call("PATCH", &path, json!({"content": {"body": "Two"}})).await.expect(200);
        // What changes nothing that it says is none.
        desk.approver.call("PATCH", &path, json!({"content": {"body": "Two"}})).await.expect(200);
        desk.approver.call("PATCH", &path, json!({"status": "disabled"})).await.expect(200);
        assert_eq!(desk.versions().await, rows(&[("Two", "saved", "approver"), ("One", "saved", "creator")]));
        let newest = desk.creator.get(&format!("{path}/versions?limit=1")).await;
        let next = format!("{path}/versions?cursor={}", newest["next_cursor"].as_str().unwrap());
        assert_eq!(desk.creator.get(&next).await["data"][0]["content"]["body"], "One");
    }

    async fn what_one_person_types_goes_into_one_version_for_a_while(t) {
        let mut desk = Desk::new(t).await;
        desk.type_in("One m").await;
        desk.w.t.clock.advance(MINUTE);
        desk.type_in("One more").await;
        assert_eq!(desk.versions().await, rows(&[("One more", "typed", "creator"), ("One", "saved", "creator")]));
        desk.w.t.clock.advance(10 * MINUTE);
        desk.type_in("One more word").await;
        let path = desk.path.clone();
        desk.approver.call("PATCH", &path, json!({"content": {"body": "Mine"}, "typed": true})).await.expect(200);
        assert_eq!(desk.versions().await, rows(&[
            ("Mine", "typed", "approver"),
            ("One more word", "typed", "creator"),
            ("One more", "typed", "creator"),
            ("One", "saved", "creator"),
        ]));
    }

    async fn typing_alone_changes_no_template_that_went_to_the_provider(t) {
        let mut desk = Desk::new(t).await;
        let approved = format!("/templates/{}", id::TEMPLATE.show(desk.w.template));
        let change = json!({"content": {"body": "Half a sen"}, "mapping": {}, "typed": true});
        let refused = desk.creator.call("PATCH", &approved, change).await.expect(409);
        assert_eq!(refused["code"], "template_not_draft");
        assert_ne!(desk.creator.get(&approved).await["content"]["body"], "Half a sen");
    }

    async fn going_back_makes_a_new_version(t) {
        let mut desk = Desk::new(t).await;
        let path = desk.path.clone();
        let one = desk.creator.get(&path).await["updated_at"].clone();
        desk.w.t.clock.advance(MINUTE);
        let two = json!({"content": {"body": "Hi {{1}}, how are you doing today?"}, "mapping": {"body": [{"from": "text", "text": "you"}]}, "name": "other"});
        let two = desk.creator.call("PATCH", &path, two).await.expect(200)["updated_at"].clone();
        let back = format!("{path}/versions/{one}/restore");
        // Who has read an older version is told, as with every other change.
        desk.approver.call("POST", &back, json!({"version": one})).await.expect(409);
        let now = desk.approver.call("POST", &back, json!({"version": two})).await.expect(200);
        assert_eq!((&now["content"]["body"], &now["name"], &now["mapping"]), (&json!("One"), &json!("offer"), &json!({})));
        assert_eq!(desk.versions().await, rows(&[
            ("One", "restored", "approver"), ("Hi {{1}}, how are you doing today?", "saved", "creator"), ("One", "saved", "creator"),
        ]));
        let newest = desk.creator.get(&format!("{path}/versions")).await["data"][0].clone();
        assert_eq!((&newest["restored"], &newest["version"]), (&one, &now["updated_at"]));
        let nothing = desk.creator.call("POST", &format!("{path}/versions/7/restore"), json!({})).await.expect(404);
        assert_eq!(nothing["detail"], "There is no version with this id.");
    }

    async fn other_words_of_an_approved_template_need_approval_again(t) {
        let mut desk = Desk::new(t).await;
        let path = format!("/templates/{}", id::TEMPLATE.show(desk.w.template));
        let before = desk.creator.get(&path).await;
        let change = json!({"content": {"body": "Other words"}, "mapping": {}, "status": "approved"});
        desk.creator.call("PATCH", &path, change).await.expect(200);
        // It came into the table without any version: what it said is kept all the same.
        let versions = desk.creator.get(&format!("{path}/versions")).await;
        let first = &versions["data"][1];
        assert_eq!((&first["act"], &first["content"]), (&json!("unknown"), &before["content"]));
        let back = format!("{path}/versions/{}/restore", first["version"]);
        let now = desk.creator.call("POST", &back, json!({})).await.expect(200);
        assert_eq!((&now["status"], &now["content"], &now["name"]), (&json!("draft"), &before["content"], &before["name"]));
        let now = desk.creator.call("POST", &back, json!({"status": "approved"})).await.expect(200);
        assert_eq!(now["status"], "approved");
    }

    async fn an_import_a_copy_and_a_removal_keep_the_books(t) {
        let mut desk = Desk::new(t).await;
        let import = format!("/accounts/{}/templates/import", id::ACCOUNT.show(desk.w.account));
        desk.creator.call("POST", &import, json!({})).await.expect(200);
        let copy = desk.creator.call("POST", &format!("{}/clone", desk.path), json!({})).await.expect(201);
        let of_copy = format!("/templates/{}", copy["id"].as_str().unwrap());
        let versions = desk.creator.get(&format!("{of_copy}/versions")).await;
        assert_eq!((&versions["data"][0]["act"], &versions["data"][0]["by"]), (&json!("copied"), &json!("creator")));
        let gone = desk.creator.call("DELETE", &format!("{of_copy}?for_good=true"), Value::Null).await;
        assert_eq!(gone.status, 204);
        let copy = id::TEMPLATE.read(copy["id"].as_str().unwrap()).unwrap();
        let mut tx = desk.w.t.app.db.write().await.unwrap();
        assert!(store::template_version::page(&mut tx, copy, i64::MAX, 10).await.unwrap().is_empty());
        // The oldest go when there are too many.
        let offer = id::TEMPLATE.read(desk.path.rsplit('/').next().unwrap()).unwrap();
        for n in 0..3 {
            let change = harkara::app::template::Change {
                content: Some(serde_json::from_value(json!({"body": format!("Number {n}")})).unwrap()),
                ..Default::default()
            };
            harkara::app::template::update(&desk.w.t.app, &mut tx, offer, change, &Actor::system()).await.unwrap();
        }
        store::template_version::forget(&mut tx, offer, 2).await.unwrap();
        let left = store::template_version::page(&mut tx, offer, i64::MAX, 10).await.unwrap();
        assert_eq!(left.len(), 2);
        assert!(left[0].content.contains("Number 2") && left[1].content.contains("Number 1"));
    }
}
