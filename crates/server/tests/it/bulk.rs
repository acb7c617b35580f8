//! One act on many people: all of them, over a restart, and by the consent code that everything uses.

use std::collections::BTreeSet;

use harkara::app::bulk::step;
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::store;
use harkara::store::profile::ProfileRow;
use harkara::worker::Worker;
use harkara::worker::bulk::Bulk;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines, suppression};

struct Desk {
    t: TestApp,
    client: Client,
}

impl Desk {
    /// People numbered from 1, opted in.
    async fn new(t: TestApp, people: i64) -> Self {
        let client = Client::new(&t).await;
        let desk = Self { t, client };
        desk.add((1..=people).map(|i| desk.person(i)).collect()).await;
        desk
    }

    fn person(&self, i: i64) -> ProfileRow {
        ProfileRow {
            id: self.t.app.id(),
            identity: format!("c{i}"),
            phone: Some(format!("+9199999{i:05}")),
            name: Some(format!("Person {i}")),
            attributes: "{}".into(),
            opt_in: 1,
            opt_source: Some("test".into()),
            opt_at: Some(START),
            created_at: START,
            updated_at: START,
        }
    }

    async fn add(&self, rows: Vec<ProfileRow>) {
        let mut tx = self.t.app.db.write().await.unwrap();
        store::profile::insert_many(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn begin(&self, act: Value, who: Value) -> String {
        let mut body = who;
        body["act"] = act;
        let made = self.client.post("/api/v1/profiles/bulk", body).await.expect(202);
        made["id"].as_str().unwrap().to_owned()
    }

    async fn look(&self, bulk: &str) -> Value {
        self.client.get(&format!("/api/v1/profiles/bulk/{bulk}")).await
    }

    async fn run(&self, bulk: &str) -> Value {
        while step(&self.t.app).await.unwrap() {}
        self.look(bulk).await
    }

    async fn count(&self, query: &str) -> i64 {
        let counted = self
            .client
            .get(&format!("/api/v1/profiles/count?exact=true&{query}"))
            .await;
        counted["count"].as_i64().unwrap()
    }

    async fn ids(&self, query: &str) -> BTreeSet<String> {
        let listing = self
            .client
            .get(&format!("/api/v1/profiles?limit=500&{query}"))
            .await;
        let rows = listing["data"].as_array().unwrap();
        rows.iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn opt_out() -> Value {
    json!({"type": "opt_out"})
}

fn counts(bulk: &Value) -> (&str, [i64; 3]) {
    let n = |field: &str| bulk[field].as_i64().unwrap();
    (
        bulk["state"].as_str().unwrap(),
        [n("total"), n("done"), n("changed")],
    )
}

on_both_engines! {
    async fn everybody_is_opted_out_over_a_restart_and_nobody_who_came_later(t) {
        let desk = Desk::new(t, 1_203).await;
        let bulk = desk.begin(opt_out(), json!({"filter": {"consent": "opted_in"}})).await;
        desk.add(vec![desk.person(5_000)]).await;
        assert!(step(&desk.t.app).await.unwrap());
        assert_eq!(counts(&desk.look(&bulk).await), ("running", [1_203, 500, 500]));
        // Another server goes on where this one stopped.
        let other = desk.t.beside(2, START).await;
        while step(&other.app).await.unwrap() {}
        assert_eq!(counts(&desk.look(&bulk).await), ("finished", [1_203, 1_203, 1_203]));
        assert_eq!((desk.count("consent=opted_out").await, desk.count("consent=opted_in").await), (1_203, 1));
        let mut tx = desk.t.app.db.read().await.unwrap();
        let row = suppression(&mut tx, "+919999900007").await.unwrap();
        assert_eq!(row.source, "API: test");
        let profile = store::profile::by_identity(&mut tx, "c7").await.unwrap().unwrap();
        let history = store::consent::history(&mut tx, &profile, i64::MAX, 10).await.unwrap();
        assert_eq!(history.iter().map(|row| (row.action, row.source.as_str())).collect::<Vec<_>>(), [(2, "API: test")]);
    }

    async fn chosen_people_are_opted_out_with_whoever_shares_their_number_and_one_without(t) {
        let desk = Desk::new(t, 4).await;
        let twin = ProfileRow { identity: "twin".into(), ..desk.person(1) };
        let bare = ProfileRow { identity: "bare".into(), phone: None, ..desk.person(9) };
        let (first, bare_id) = (desk.ids("identity=c1").await, id::PROFILE.show(bare.id));
        desk.add(vec![twin, bare]).await;
        let ids: Vec<String> = first.into_iter().chain([bare_id]).collect();
        let mut creator = Browser::of(&desk.t, Role::Creator).await;
        let body = json!({"act": opt_out(), "ids": ids});
        let made = creator.call("POST", "/profiles/bulk", body).await.expect(202);
        let done = desk.run(made["id"].as_str().unwrap()).await;
        assert_eq!(counts(&done), ("finished", [2, 2, 2]));
        let out: Vec<Value> = desk.client.get("/api/v1/profiles?consent=opted_out").await["data"].as_array().unwrap().clone();
        let who: BTreeSet<(&str, &str)> = out.iter().map(|row| (row["identity"].as_str().unwrap(), row["consent_source"].as_str().unwrap())).collect();
        let source = "dashboard: creator";
        assert_eq!(who, BTreeSet::from([("c1", source), ("twin", source), ("bare", source)]));
        let mut owner = Browser::of(&desk.t, Role::Owner).await;
        let act = owner.get("/audit?action=bulk.opt_out").await["data"][0].clone();
        assert_eq!((&act["object_id"], &act["changes"][0]["after"]), (&made["id"], &json!(2)));
    }

    async fn a_list_is_filled_once_whoever_is_found_by_a_search(t) {
        let desk = Desk::new(t, 30).await;
        let act = json!({"type": "add_to_list", "list": " VIP "});
        let bulk = desk.begin(act.clone(), json!({"filter": {"search": "Person 2"}})).await;
        let done = desk.run(&bulk).await;
        assert_eq!((counts(&done), &done["list"]), (("finished", [11, 11, 11]), &json!("VIP")));
        let list = done["list_id"].as_str().unwrap();
        assert_eq!(desk.ids(&format!("list={list}")).await, desk.ids("search=Person%202").await);
        let again = desk.begin(act, json!({"filter": {}})).await;
        assert_eq!(counts(&desk.run(&again).await), ("finished", [30, 30, 19]));
        let narrowed = desk.begin(opt_out(), json!({"filter": {"list": list, "consent": "opted_in"}})).await;
        assert_eq!(counts(&desk.run(&narrowed).await), ("finished", [30, 30, 30]));
    }

    async fn it_can_be_stopped_and_what_cannot_be_begun_says_why(t) {
        let desk = Desk::new(t, 1_100).await;
        let bulk = desk.begin(opt_out(), json!({"filter": {}})).await;
        let worker = Bulk::new(desk.t.app.clone());
        worker.tick().await.unwrap();
        let cancel = format!("/api/v1/profiles/bulk/{bulk}/cancel");
        desk.client.post(&cancel, json!({})).await.expect(200);
        assert_eq!(counts(&desk.run(&bulk).await), ("cancelled", [1_100, 500, 500]));
        assert_eq!(desk.count("consent=opted_out").await, 500);
        let finished = desk.begin(opt_out(), json!({"filter": {"phone": "+919999900001"}})).await;
        assert_eq!(desk.run(&finished).await["state"], "finished");
        let over = desk.client.post(&format!("/api/v1/profiles/bulk/{finished}/cancel"), json!({})).await;
        assert_eq!(over.expect(409)["code"], "bulk_over");
        for (who, pointer) in [
            (json!({}), "/ids"), (json!({"ids": []}), "/ids"), (json!({"ids": ["pro_1"]}), "/ids"),
            (json!({"ids": [], "filter": {}}), "/ids"), (json!({"filter": {"consent": "maybe"}}), "/consent"),
        ] {
            let mut body = who;
            body["act"] = opt_out();
            let refused = desk.client.post("/api/v1/profiles/bulk", body).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
        }
        let typo = json!({"act": opt_out(), "filter": {"lst": "lst_1"}});
        desk.client.post("/api/v1/profiles/bulk", typo).await.expect(422);
        let mut agent = Browser::of(&desk.t, Role::Agent).await;
        agent.call("POST", "/profiles/bulk", json!({"act": opt_out(), "filter": {}})).await.expect(403);
    }

    async fn a_search_for_more_people_than_are_looked_at_is_refused_rather_than_done_in_part(t) {
        let desk = Desk::new(t, 2_001).await;
        let body = json!({"act": opt_out(), "filter": {"search": "Person"}});
        let refused = desk.client.post("/api/v1/profiles/bulk", body).await.expect(422);
        assert_eq!((&refused["errors"][0]["pointer"], desk.count("consent=opted_out").await), (&json!("/filter/search"), 0));
    }
}
