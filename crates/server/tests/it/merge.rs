//! Two profiles of one number become one.

use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::store;
use harkara::store::profile::ProfileRow;
use serde_json::{Value, json};

use crate::post::Post;
use crate::support::{START, on_both_engines};
use crate::world::phone;

async fn twins(p: &Post) -> (ProfileRow, ProfileRow) {
    p.w.customers(2).await;
    let twin = json!({"identity": "crm-7", "phone": phone(1), "name": "Asha Rao", "attributes": {"city": "Goa", "pet": "Bruno"}});
    p.client.post("/api/v1/profiles", twin).await.expect(201);
    let mut tx = p.w.app().db.read().await.unwrap();
    let mut both = store::profile::by_phone(&mut tx, &phone(1)).await.unwrap();
    let twin = both.remove(1);
    (both.remove(0), twin)
}

async fn merge(p: &Post, keep: &ProfileRow, other: &ProfileRow, dry_run: bool) -> Value {
    let path = format!("/api/v1/profiles/{}/merge", id::PROFILE.show(keep.id));
    let body = json!({"other_id": id::PROFILE.show(other.id), "dry_run": dry_run});
    p.client.post(&path, body).await.expect(200)
}

on_both_engines! {
    async fn the_open_one_wins_and_gets_what_it_does_not_have(t) {
        let p = Post::new(t).await;
        let (keep, twin) = twins(&p).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        for (list, of) in [("VIP", vec![keep.id, twin.id]), ("Goa", vec![twin.id])] {
            let list = store::list::find_or_add(&mut tx, p.w.app().id(), list, START).await.unwrap();
            store::list::add(&mut tx, list, &of).await.unwrap();
        }
        let event = store::timeline::EventRow { id: p.w.app().id(), profile_id: twin.id, name: "Bought".into(), at: START, data: "{}".into() };
        store::timeline::add_events(&mut tx, &[event]).await.unwrap();
        tx.commit().await.unwrap();
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        let preview = merge(&p, &keep, &twin, true).await;
        let mut told = merge(&p, &keep, &twin, false).await;
        assert_eq!(told["done"], true);
        told["done"] = false.into();
        assert_eq!(told, preview, "what was shown is what was done");
        assert_eq!(told["differ"], json!([
            {"field": "name", "kept": "Customer 1", "lost": "Asha Rao"}, {"field": "city", "kept": "Delhi", "lost": "Goa"},
        ]));
        assert_eq!(told["filled"], json!([{"field": "pet", "kept": "Bruno", "lost": null}]));
        assert_eq!((&told["lost_identity"], &told["events"], &told["list_entries"]), (&json!("crm-7"), &json!(1), &json!(1)));
        let shown = p.client.get(&format!("/api/v1/profiles/{}", id::PROFILE.show(keep.id))).await;
        assert_eq!(shown["attributes"], json!({"city": "Delhi", "pet": "Bruno"}));
        let timeline = p.client.get(&format!("/api/v1/profiles/{}/timeline", id::PROFILE.show(keep.id))).await;
        assert!(timeline.to_string().contains("Bought"), "{timeline}");
        assert_eq!(p.client.get(&format!("/api/v1/profiles?phone={}", &phone(1)[1..])).await["data"].as_array().unwrap().len(), 1);
        p.client.call("GET", &format!("/api/v1/profiles/{}", id::PROFILE.show(twin.id)), "").await.expect(404);
    }

    async fn an_opt_out_of_either_wins_and_a_running_campaign_reaches_the_number_once(t) {
        let p = Post::new(t).await;
        let (keep, twin) = twins(&p).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        store::profile::update_many(&mut tx, &[ProfileRow { opt_in: 2, opt_source: Some("branch".into()), ..twin.clone() }]).await.unwrap();
        tx.commit().await.unwrap();
        let told = merge(&p, &keep, &twin, false).await;
        assert_eq!((&told["consent"], &told["consent_from_other"]), (&json!("opted_out"), &json!(true)));
        p.w.run(campaign).await;
        assert_eq!(p.w.accepted().into_keys().collect::<Vec<_>>(), [phone(2)]);
    }

    async fn messages_come_over(t) {
        let p = Post::new(t).await;
        let (keep, twin) = twins(&p).await;
        p.says(1, "hello", START).await;
        let told = merge(&p, &twin, &keep, false).await;
        assert_eq!((&told["messages"], p.thread(1).await[0].profile_id), (&json!(1), Some(twin.id)));
        assert_eq!((&told["consent"], &told["consent_from_other"]), (&json!("opted_in"), &json!(true)));
    }

    async fn only_profiles_of_one_number_are_merged(t) {
        let p = Post::new(t).await;
        let (keep, _) = twins(&p).await;
        let mut tx = p.w.app().db.read().await.unwrap();
        let stranger = store::profile::by_phone(&mut tx, &phone(2)).await.unwrap().remove(0);
        drop(tx);
        for other in [&stranger, &keep] {
            let path = format!("/api/v1/profiles/{}/merge", id::PROFILE.show(keep.id));
            let refused = p.client.post(&path, json!({"other_id": id::PROFILE.show(other.id)})).await.expect(409);
            assert_eq!(refused["code"], "not_duplicates");
        }
    }
}
