//! A list of those recipients of a campaign whom a filter finds, made in the background.

use std::collections::BTreeSet;

use harkara::app::bulk::step;
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::permission::{Permission, Role};
use harkara::domain::state::{DELIVERED, FAILED, READ, State};
use harkara::store;
use harkara::store::message::MessageChange;
use harkara::store::reply::Answered;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};
use crate::world::{World, phone};

struct Sent {
    w: World,
    client: Client,
    campaign: i64,
}

impl Sent {
    /// A finished campaign to so many people; two more are left out.
    async fn new(t: TestApp, people: i64) -> Self {
        let w = World::new(t, Options::default()).await;
        w.customers(people).await;
        let mut tx = w.app().db.write().await.unwrap();
        let mut left_out = vec![w.customer(people + 1), w.customer(people + 2)];
        left_out.iter_mut().for_each(|row| row.opt_in = 0);
        store::profile::insert_many(&mut tx, &left_out).await.unwrap();
        tx.commit().await.unwrap();
        let campaign = w.launch(Audience::Everyone).await;
        w.run(campaign).await;
        let client = Client::new(&w.t).await;
        Self { w, client, campaign }
    }

    /// What became of the message to these people.
    async fn became(&self, people: &[i64], state: State) {
        let mut tx = self.w.app().db.write().await.unwrap();
        let rows = store::message::of_campaign(&mut tx, self.campaign, i64::MAX, 0, 500)
            .await
            .unwrap();
        let changes = people.iter().map(|i| {
            let row = rows.iter().find(|row| row.phone == phone(*i)).unwrap();
            let failure = json!({"kind": "capped", "detail": "d", "help": "h"}).to_string();
            MessageChange {
                id: row.id,
                state,
                attempt: row.attempt,
                failure: (state == FAILED).then_some(failure),
                ..MessageChange::default()
            }
        });
        store::message::change(&mut tx, changes.collect()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn answered(&self, people: &[i64]) {
        let mut tx = self.w.app().db.write().await.unwrap();
        let rows = store::message::of_campaign(&mut tx, self.campaign, i64::MAX, 0, 500)
            .await
            .unwrap();
        let of = |i: &i64| rows.iter().find(|row| row.phone == phone(*i)).unwrap().id;
        let answers: Vec<Answered> = people.iter().map(|i| Answered { id: of(i), at: START }).collect();
        store::reply::mark(&mut tx, &answers).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn order(&self, list: &str, mut which: Value) -> Value {
        which["campaign_id"] = id::CAMPAIGN.show(self.campaign).into();
        json!({"act": {"type": "add_to_list", "list": list}, "recipients": which})
    }

    async fn begin(&self, list: &str, which: Value) -> Value {
        let order = self.order(list, which);
        self.client.post("/api/v1/profiles/bulk", order).await.expect(202)
    }

    async fn look(&self, act: &Value) -> Value {
        let id = act["id"].as_str().unwrap();
        self.client.get(&format!("/api/v1/profiles/bulk/{id}")).await
    }

    async fn done(&self, act: &Value) -> Value {
        while step(self.w.app()).await.unwrap() {}
        self.look(act).await
    }

    /// Numbers of the customers on a list.
    async fn on(&self, list: &Value) -> BTreeSet<i64> {
        let path = format!("/api/v1/profiles?limit=500&list={}", list.as_str().unwrap());
        let listing = self.client.get(&path).await;
        let rows = listing["data"].as_array().unwrap().iter();
        rows.map(|row| row["identity"].as_str().unwrap()[1..].parse().unwrap())
            .collect()
    }
}

on_both_engines! {
    async fn a_list_has_those_whom_the_filter_of_the_page_finds(t) {
        let s = Sent::new(t, 9).await;
        s.became(&[1, 2], READ).await;
        s.became(&[3, 4], DELIVERED).await;
        s.became(&[5], FAILED).await;
        s.answered(&[1, 3]).await;
        for (which, expected, looked_at) in [
            (json!({"without": "read"}), &[3, 4, 6, 7, 8, 9][..], 9),
            (json!({"without": "reply"}), &[2, 4, 6, 7, 8, 9], 9),
            (json!({"state": "delivered", "without": "reply"}), &[4], 9),
            (json!({"replied": true}), &[1, 3], 9),
            (json!({"state": "failed", "kind": "capped"}), &[5], 1),
            (json!({"state": "failed", "kind": "config"}), &[], 1),
            (json!({"search": "0004"}), &[4], 9),
            (json!({"search": "Customer 4", "without": "read"}), &[4], 1),
            (json!({}), &[1, 2, 3, 4, 5, 6, 7, 8, 9], 9),
            (json!({"left_out": true}), &[10, 11], 2),
        ] {
            let name = which.to_string();
            let act = s.begin(&name, which.clone()).await;
            let done = s.done(&act).await;
            assert_eq!((&done["state"], &done["campaign"]), (&json!("finished"), &json!("Welcome")), "{done}");
            assert_eq!(done["done"], looked_at, "{done}");
            let n = json!(expected.len());
            assert_eq!((&done["matched"], &done["changed"]), (&n, &n), "{name}");
            assert_eq!(s.on(&done["list_id"]).await, expected.iter().copied().collect(), "{name}");
            // What the page shows is what the list has.
            if which["left_out"] != true {
                let query: Vec<String> = which.as_object().unwrap().iter()
                    .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or("true").replace(' ', "%20"))).collect();
                let path = format!("/api/v1/campaigns/{}/messages?{}", id::CAMPAIGN.show(s.campaign), query.join("&"));
                let rows = s.client.get(&path).await["data"].as_array().unwrap().len();
                assert_eq!(rows, expected.len(), "{path}");
            }
        }
        let again = s.begin(r#"{"replied":true}"#, json!({})).await;
        let done = s.done(&again).await;
        assert_eq!((&done["matched"], &done["changed"]), (&json!(9), &json!(7)), "who is on it stays");
    }

    async fn many_are_done_a_part_at_a_time_over_a_restart_and_who_was_erased_is_not_among_them(t) {
        let s = Sent::new(t, 2_100).await;
        let gone = s.client.get("/api/v1/profiles?identity=c7").await["data"][0]["id"].clone();
        let erase = format!("/api/v1/profiles/{}/erase", gone.as_str().unwrap());
        s.client.post(&erase, json!({})).await.expect(200);
        let act = s.begin("All", json!({"without": "read"})).await;
        assert!(step(s.w.app()).await.unwrap());
        assert_eq!(act["total"], 2_100, "by the funnel");
        let half = s.look(&act).await;
        assert_eq!((&half["state"], &half["done"]), (&json!("running"), &json!(2_000)));
        let other = s.w.t.beside(2, START).await;
        while step(&other.app).await.unwrap() {}
        let done = s.look(&act).await;
        assert_eq!((&done["state"], &done["done"], &done["changed"]), (&json!("finished"), &json!(2_100), &json!(2_099)));
        let list = format!("/api/v1/lists/{}", done["list_id"].as_str().unwrap());
        let list = s.client.get(&list).await;
        assert_eq!((&list["size"], &list["source"]), (&json!(2_099), &json!("API: test")));
    }

    async fn who_may_not_see_campaigns_makes_no_list_of_one_and_what_is_wrong_is_named(t) {
        let s = Sent::new(t, 1).await;
        let mut viewer = Browser::of(&s.w.t, Role::Viewer).await;
        viewer.call("POST", "/profiles/bulk", s.order("x", json!({}))).await.expect(403);
        let mut tx = s.w.app().db.write().await.unwrap();
        let scopes = [Permission::ProfilesWrite];
        let (_, key) = harkara::app::api_key::create_for(s.w.app(), &mut tx, "lists", Some(&scopes), None).await.unwrap();
        tx.commit().await.unwrap();
        let request = axum::http::Request::builder().method("POST").uri("/api/v1/profiles/bulk")
            .header("authorization", format!("Bearer {key}")).header("content-type", "application/json")
            .body(s.order("x", json!({})).to_string().into()).unwrap();
        s.client.send(request).await.expect(403);
        for (which, status) in [(json!({"state": "odd"}), 400), (json!({"without": "hope"}), 400), (json!({"lst": 1}), 422)] {
            s.client.post("/api/v1/profiles/bulk", s.order("x", which)).await.expect(status);
        }
        let nowhere = json!({"act": {"type": "add_to_list", "list": "x"}, "recipients": {"campaign_id": "cmp_0000000000000"}});
        let refused = s.client.post("/api/v1/profiles/bulk", nowhere).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/recipients/campaign_id");
        assert_eq!(s.client.get("/api/v1/lists").await["data"], json!([]), "nothing is left of what was refused");
    }
}
