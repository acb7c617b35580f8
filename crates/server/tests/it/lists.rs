//! Lists over HTTP.

use harkara::app::retention::{Pass, step};
use harkara::clock::DAY;
use harkara::domain::audience::Audience;
use harkara::domain::permission::Role;
use harkara::store::list::find_or_add;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Client;
use crate::support::{START, on_both_engines};
use crate::world::World;

/// Ids of the newest profiles.
async fn some(client: &Client, n: usize) -> Vec<String> {
    let rows = client.get("/api/v1/profiles").await;
    let rows = rows["data"].as_array().unwrap().iter();
    rows.take(n)
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn make(client: &Client, name: &str) -> String {
    let made = client
        .post("/api/v1/lists", json!({"name": name}))
        .await
        .expect(201);
    format!("/api/v1/lists/{}", made["id"].as_str().unwrap())
}

on_both_engines! {
    async fn lists_are_shown_with_their_size_newest_first(t) {
        let mut tx = t.app.db.write().await.unwrap();
        for name in ["Diwali", "Holi"] {
            find_or_add(&mut tx, t.app.id(), name, START).await.unwrap();
        }
        tx.commit().await.unwrap();
        let client = Client::new(&t).await;
        let lists = client.call("GET", "/api/v1/lists", "").await.expect(200);
        assert_eq!(lists["data"][0]["name"], "Holi");
        assert_eq!(lists["data"][0]["size"], 0);
        let id = lists["data"][1]["id"].as_str().unwrap();
        let one = client.call("GET", &format!("/api/v1/lists/{id}"), "").await.expect(200);
        assert_eq!((&one["name"], &one["created_at"]), (&"Diwali".into(), &START.into()));
        let page = client.call("GET", "/api/v1/lists?limit=1", "").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let next = client.call("GET", &format!("/api/v1/lists?limit=1&cursor={cursor}"), "").await.expect(200);
        assert_eq!(next["data"][0]["name"], "Diwali");
        client.call("GET", "/api/v1/lists/lst_0000000000000", "").await.expect(404);
    }

    async fn people_come_and_go_and_the_answer_says_who_so_that_it_can_be_taken_back(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(4).await;
        let client = Client::new(&w.t).await;
        let list = make(&client, " VIP ").await;
        assert_eq!(client.get(&list).await["source"], "API: test");
        let people = some(&client, 3).await;
        let path = format!("{list}/people");
        let came = client.post(&path, json!({"add": &people[..2]})).await.expect(200);
        assert_eq!((came["moved"].as_array().unwrap().len(), &came["list"]["size"]), (2, &json!(2)));
        let came = client.post(&path, json!({"add": people})).await.expect(200);
        assert_eq!(came["moved"], json!([people[2]]), "the others are on it");
        let went = client.post(&path, json!({"remove": [people[0], people[2]]})).await.expect(200);
        assert_eq!(went["list"]["size"], 1);
        let back = client.post(&path, json!({"add": went["moved"]})).await.expect(200);
        assert_eq!(back["list"]["size"], 3);
        for wrong in [json!({}), json!({"add": []}), json!({"add": ["x"]}), json!({"add": [], "remove": []})] {
            client.post(&path, wrong).await.expect(422);
        }
        let mut owner = Browser::of(&w.t, Role::Owner).await;
        let noted = owner.get("/audit?action=list.remove_people").await["data"][0].clone();
        assert_eq!((&noted["object_name"], &noted["changes"][0]["after"]), (&json!("VIP"), &json!(2)));
        let mut viewer = Browser::of(&w.t, Role::Viewer).await;
        viewer.call("POST", path.strip_prefix("/api/v1").unwrap(), json!({"add": people})).await.expect(403);
    }

    async fn a_name_belongs_to_one_list_and_a_deleted_one_lets_it_go(t) {
        let client = Client::new(&t).await;
        let (vip, old) = (make(&client, "VIP").await, make(&client, "Old").await);
        let taken = client.post("/api/v1/lists", json!({"name": "VIP"})).await.expect(422);
        assert_eq!(taken["errors"][0]["code"], "taken");
        client.patch(&old, json!({"name": "VIP"})).await.expect(422);
        client.patch(&old, json!({"name": "  "})).await.expect(422);
        assert_eq!(client.patch(&old, json!({"name": "Older"})).await.expect(200)["name"], "Older");
        let gone = client.call("DELETE", &vip, "").await.expect(200);
        assert_eq!((&gone["name"], gone["deleted_at"].is_i64()), (&json!("VIP"), true));
        client.call("GET", &vip, "").await.expect(404);
        client.call("DELETE", &vip, "").await.expect(404);
        client.patch(&vip, json!({"name": "x"})).await.expect(404);
        let names = async |query: &str| -> Vec<Value> {
            let lists = client.get(&format!("/api/v1/lists?{query}")).await;
            lists["data"].as_array().unwrap().iter().map(|list| list["name"].clone()).collect()
        };
        assert_eq!((names("").await, names("deleted=true").await), (vec![json!("Older")], vec![json!("VIP")]));
        assert_eq!((names("search=OLD").await.len(), names("search=young").await.len()), (1, 0));
        let other = make(&client, "VIP").await;
        let refused = client.post(&format!("{vip}/restore"), json!({})).await.expect(409);
        assert_eq!(refused["code"], "name_taken");
        client.patch(&other, json!({"name": "New VIP"})).await.expect(200);
        assert_eq!(client.post(&format!("{vip}/restore"), json!({})).await.expect(200)["name"], "VIP");
        assert_eq!(names("").await.len(), 3);
    }

    async fn a_list_that_a_campaign_is_still_to_go_to_is_not_deleted(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(2).await;
        let client = Client::new(&w.t).await;
        let list = make(&client, "VIP").await;
        let people = some(&client, 2).await;
        client.post(&format!("{list}/people"), json!({"add": people})).await.expect(200);
        let list_id = list.rsplit('/').next().unwrap().to_owned();
        // However its id was written.
        let shouted = format!("lst_{}", list_id[4..].to_uppercase());
        let campaign = w.draft(Audience::List { list_id: shouted }, &[]).await;
        let refused = client.call("DELETE", &list, "").await.expect(409);
        assert_eq!(refused["code"], "list_in_use");
        assert!(refused["detail"].as_str().unwrap().contains("\"Welcome\" (draft)"), "{refused}");
        let shown = client.get(&list).await;
        assert_eq!((&shown["used"], &shown["campaigns"][0]["state"]), (&json!(1), &json!("draft")), "it is still there");
        let path = format!("/api/v1/campaigns/{}", harkara::domain::id::CAMPAIGN.show(campaign));
        client.post(&format!("{path}/launch"), json!({})).await.expect(200);
        client.call("DELETE", &list, "").await.expect(409);
        w.run(campaign).await;
        client.call("DELETE", &list, "").await.expect(200);
        // A copy of it cannot be launched, until the list is back.
        let copy = client.post(&format!("{path}/clone"), json!({})).await.expect(201);
        let launch = format!("/api/v1/campaigns/{}/launch", copy["id"].as_str().unwrap());
        assert_eq!(client.post(&launch, json!({})).await.expect(422)["errors"][0]["code"], "list_deleted");
        client.post(&format!("{list}/restore"), json!({})).await.expect(200);
        client.post(&launch, json!({})).await.expect(200);
    }

    async fn a_deleted_list_is_kept_for_30_days_with_everybody_on_it(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(2_100).await;
        let client = Client::new(&w.t).await;
        let list = make(&client, "VIP").await;
        let id = harkara::domain::id::LIST.read(list.rsplit('/').next().unwrap()).unwrap();
        let mut tx = w.app().db.write().await.unwrap();
        let people = harkara::store::profile::page(&mut tx, i64::MAX, 9_999).await.unwrap();
        let people: Vec<i64> = people.iter().map(|row| row.id).collect();
        harkara::store::list::add(&mut tx, id, &people).await.unwrap();
        tx.commit().await.unwrap();
        client.call("DELETE", &list, "").await.expect(200);
        let pass = async || {
            let mut pass = Pass::Lists;
            while pass != Pass::Done {
                pass = step(w.app(), pass).await.unwrap();
            }
        };
        w.t.clock.advance(30 * DAY - 1);
        pass().await;
        assert_eq!(client.post(&format!("{list}/restore"), json!({})).await.expect(200)["size"], 2_100);
        client.call("DELETE", &list, "").await.expect(200);
        w.t.clock.advance(30 * DAY);
        client.post(&format!("{list}/restore"), json!({})).await.expect(410);
        w.t.clock.advance(1);
        pass().await;
        client.post(&format!("{list}/restore"), json!({})).await.expect(404);
        let mut tx = w.app().db.read().await.unwrap();
        assert_eq!(harkara::store::list::size(&mut tx, id).await.unwrap(), 0);
    }
}
