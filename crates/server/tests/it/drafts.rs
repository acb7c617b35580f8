//! Drafts of several people: the time that one of them plans holds for all, and nobody writes over anybody.

use harkara::clock::{HOUR, MINUTE};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::store;
use harkara::worker::Worker;
use harkara::worker::schedule::Scheduler;
use harkara_provider::wire::rfc3339;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{START, TestApp, on_both_engines};
use crate::world::World;

struct Office {
    w: World,
    creator: Browser,
    approver: Browser,
}

impl Office {
    async fn new(t: TestApp) -> Self {
        let w = World::new(t, Options::default()).await;
        w.customers(2).await;
        let creator = Browser::of(&w.t, Role::Creator).await;
        let approver = Browser::of(&w.t, Role::Approver).await;
        Self { w, creator, approver }
    }

    fn input(&self, name: &str) -> Value {
        json!({"name": name, "template_id": id::TEMPLATE.show(self.w.template), "audience": {"type": "everyone"}})
    }

    fn planned(&self, local: &str, zone: &str) -> Value {
        let mut input = self.input("Planned");
        input["starts"] = json!({"local": local, "zone": zone});
        input
    }

    async fn draft(&mut self, input: Value) -> (String, Value) {
        let made = self.creator.call("POST", "/campaigns", input).await.expect(201);
        (format!("/campaigns/{}", made["id"].as_str().unwrap()), made)
    }

    /// What the clocks of Kolkata show so long after the beginning.
    fn in_kolkata(after: i64) -> String {
        rfc3339(START + after + 5 * HOUR + 30 * MINUTE)[..16].to_owned()
    }
}

fn time(preflight: &Value) -> Option<&Value> {
    let checks = preflight["checks"].as_array().unwrap();
    checks.iter().find(|check| check["key"] == "time")
}

on_both_engines! {
    async fn what_a_creator_plans_is_when_an_approver_launches_it(t) {
        let mut office = Office::new(t).await;
        let local = Office::in_kolkata(2 * HOUR);
        let input = office.planned(&local, "Asia/Kolkata");
        let (path, made) = office.draft(input).await;
        let starts = json!({"local": local, "zone": "Asia/Kolkata", "at": START + 2 * HOUR});
        assert_eq!(made["starts"], starts);
        assert_eq!(office.approver.get(&path).await["starts"], starts);
        assert_eq!(office.approver.get("/campaigns?state=draft").await["data"][0]["starts"], starts);
        let preflight = office.approver.get(&format!("{path}/preflight")).await;
        assert_eq!(time(&preflight).unwrap()["level"], "green");
        assert!(preflight["finish_at"].as_i64().unwrap() >= START + 2 * HOUR);
        // Ten seconds to take it back are for what starts now.
        let launch = format!("{path}/launch");
        let launched = office.approver.call("POST", &launch, json!({"undo_seconds": 10})).await.expect(200);
        assert_eq!((&launched["state"], &launched["scheduled_at"]), (&json!("scheduled"), &json!(START + 2 * HOUR)));
        let back = office.approver.call("POST", &format!("{path}/unschedule"), json!({})).await.expect(200);
        assert_eq!((&back["starts"], &back["scheduled_at"]), (&starts, &Value::Null), "the plan stays with the draft");
        office.approver.call("POST", &launch, json!({})).await.expect(200);
        office.w.t.clock.advance(2 * HOUR);
        Scheduler::new(office.w.app().clone()).tick().await.unwrap();
        assert_eq!(office.approver.get(&path).await["state"], "running");
        let copy = office.creator.call("POST", &format!("{path}/clone"), json!({})).await.expect(201);
        assert_eq!(copy["starts"], Value::Null, "a copy is for another day");
    }

    async fn a_planned_time_that_has_passed_never_means_now(t) {
        let mut office = Office::new(t).await;
        let input = office.planned(&Office::in_kolkata(HOUR), "Asia/Kolkata");
        let (path, _) = office.draft(input.clone()).await;
        office.w.t.clock.advance(HOUR);
        let preflight = office.approver.get(&format!("{path}/preflight")).await;
        let check = time(&preflight).unwrap();
        assert_eq!((&check["level"], &check["fix"]), (&json!("red"), &json!("when")));
        let launch = format!("{path}/launch");
        for body in [json!({}), json!({"undo_seconds": 10})] {
            assert_eq!(office.approver.refused(409, "POST", &launch, body).await, "planned_time_passed");
        }
        assert_eq!(office.approver.get(&path).await["state"], "draft");
        // A time of the launch itself is another one; and without a plan it starts at once.
        let at = json!({"at": rfc3339(START + 3 * HOUR)});
        let launched = office.approver.call("POST", &launch, at).await.expect(200);
        assert_eq!(launched["scheduled_at"], START + 3 * HOUR);
        let (path, _) = office.draft(input).await;
        let now = office.input("Now");
        assert_eq!(office.creator.call("PUT", &path, now).await.expect(200)["starts"], Value::Null);
        assert!(time(&office.approver.get(&format!("{path}/preflight")).await).is_none());
        let launched = office.approver.call("POST", &format!("{path}/launch"), json!({})).await.expect(200);
        assert_eq!(launched["state"], "running");
    }

    async fn a_plan_that_is_no_time_is_refused_at_its_place(t) {
        let mut office = Office::new(t).await;
        for (local, zone, pointer) in [("soon", "Asia/Kolkata", "/starts/local"), ("2026-12-24T18:00", "Mars", "/starts/zone")] {
            let input = office.planned(local, zone);
            let refused = office.creator.call("POST", "/campaigns", input).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
    }

    async fn who_read_an_older_version_of_a_draft_is_told_who_changed_it(t) {
        let mut office = Office::new(t).await;
        let input = office.input("Offer");
        let (path, read) = office.draft(input).await;
        let version = &read["updated_at"];
        let mut theirs = office.input("Theirs");
        theirs["version"] = version.clone();
        let changed = office.approver.call("PUT", &path, theirs.clone()).await.expect(200);
        assert!(changed["updated_at"].as_i64() > version.as_i64(), "also within a millisecond");
        let mut mine = office.input("Mine");
        mine["version"] = version.clone();
        let refused = office.creator.call("PUT", &path, mine.clone()).await.expect(409);
        assert_eq!(refused["code"], "changed_meanwhile");
        assert_eq!(refused["changed"], json!({"by": "approver", "at": changed["updated_at"]}));
        let launch = json!({"version": version});
        assert_eq!(office.approver.refused(409, "POST", &format!("{path}/launch"), launch).await, "changed_meanwhile");
        assert_eq!(office.creator.get(&path).await["name"], "Theirs");
        mine["version"] = changed["updated_at"].clone();
        assert_eq!(office.creator.call("PUT", &path, mine).await.expect(200)["name"], "Mine");
        let last = office.input("Without a version");
        assert_eq!(office.approver.call("PUT", &path, last).await.expect(200)["name"], "Without a version");
    }

    async fn of_two_who_save_at_once_one_is_told(t) {
        let mut office = Office::new(t).await;
        let input = office.input("Offer");
        let (campaign, read) = office.draft(input.clone()).await;
        let (mut a, mut b) = (input.clone(), input);
        for (who, name) in [(&mut a, "A"), (&mut b, "B")] {
            who["name"] = json!(name);
            who["version"] = read["updated_at"].clone();
        }
        let template = format!("/templates/{}", id::TEMPLATE.show(office.w.template));
        let version = office.creator.get(&template).await["updated_at"].clone();
        let said = |body: &str| json!({"content": {"body": body}, "mapping": {}, "version": version});
        for (method, path, a, b) in [
            ("PUT", &campaign, a, b),
            ("PATCH", &template, said("One"), said("Two")),
        ] {
            let (one, two) = tokio::join!(office.creator.call(method, path, a), office.approver.call(method, path, b));
            let mut told = [one.status.as_u16(), two.status.as_u16()];
            told.sort_unstable();
            assert_eq!(told, [200, 409], "{} {}", one.text, two.text);
        }
    }

    async fn who_read_an_older_version_of_a_template_is_told(t) {
        let mut office = Office::new(t).await;
        let path = format!("/templates/{}", id::TEMPLATE.show(office.w.template));
        let read = office.creator.get(&path).await;
        let change = |body: &str, version: &Value| json!({"content": {"body": body}, "mapping": {}, "version": version});
        let changed = office.approver.call("PATCH", &path, change("Theirs", &read["updated_at"])).await.expect(200);
        let refused = office.creator.call("PATCH", &path, change("Mine", &read["updated_at"])).await.expect(409);
        assert_eq!((&refused["code"], &refused["changed"]["by"]), (&json!("changed_meanwhile"), &json!("approver")));
        assert_eq!(office.creator.get(&path).await["content"]["body"], "Theirs");
        office.creator.call("PATCH", &path, change("Mine", &changed["updated_at"])).await.expect(200);
        office.approver.call("PATCH", &path, change("Theirs again", &Value::Null)).await.expect(200);
    }

    async fn the_first_campaign_to_real_people_is_told_by_the_server(t) {
        let mut office = Office::new(t).await;
        let input = office.input("First");
        let (first, _) = office.draft(input.clone()).await;
        let (second, _) = office.draft(input).await;
        let asked = format!("{second}/preflight?count=false");
        assert_eq!(office.creator.get(&asked).await["first_send"], true);
        let later = json!({"at": rfc3339(START + HOUR)});
        office.approver.call("POST", &format!("{first}/launch"), later).await.expect(200);
        assert_eq!(office.creator.get(&asked).await["first_send"], true, "what waits was not sent");
        let sent = office.w.launch(Audience::Everyone).await;
        office.w.run(sent).await;
        assert_eq!(office.creator.get(&asked).await["first_send"], false);
    }

    async fn the_demo_sends_to_nobody_real(t) {
        let mut office = Office::new(t).await;
        let mut tx = office.w.app().db.write().await.unwrap();
        store::demo::mark(&mut tx, store::demo::ACCOUNT, office.w.account).await.unwrap();
        tx.commit().await.unwrap();
        let input = office.input("Demo");
        let (path, _) = office.draft(input).await;
        assert_eq!(office.creator.get(&format!("{path}/preflight?count=false")).await["first_send"], false);
    }
}
