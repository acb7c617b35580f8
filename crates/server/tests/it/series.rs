//! The course of a campaign: how its counts grew, which ends at its funnel.

use harkara::clock::{HOUR, MINUTE};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::SENT;
use harkara::store;
use serde_json::{Value, json};

use crate::post::{Post, report};
use crate::support::{START, on_both_engines};

fn counts(moment: &Value) -> [i64; 6] {
    ["sent", "delivered", "read", "failed", "unknown", "replied"].map(|name| moment[name].as_i64().unwrap())
}

fn points(series: &Value) -> &Vec<Value> {
    series["points"].as_array().unwrap()
}

on_both_engines! {
    async fn the_course_of_a_campaign_grows_to_its_funnel(t) {
        let p = Post::new(t).await;
        p.w.customers(5).await;
        let draft = p.w.draft(Audience::Everyone, &[p.number]).await;
        let path = |campaign| format!("/api/v1/campaigns/{}/series", id::CAMPAIGN.show(campaign));
        let nothing = p.client.get(&path(draft)).await;
        assert_eq!(nothing, json!({"step": 10, "more": false, "points": []}));

        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        let mut tx = p.w.app().db.read().await.unwrap();
        let rows = store::message::of_campaign(&mut tx, campaign, i64::MAX, 0, 500).await.unwrap();
        drop(tx);
        assert!(rows.iter().all(|row| row.state == SENT));
        let told = |i: usize, event, at| report(rows[i].id, event, at);
        p.w.t.clock.advance(5 * MINUTE);
        p.reports(&[told(0, "DELIVERED", START), told(1, "DELIVERED", START), told(2, "FAILED", START)]).await;
        p.w.t.clock.advance(3 * HOUR);
        p.reports(&[told(0, "READ", START), told(3, "READ", START)]).await;

        let whole = p.client.get(&path(campaign)).await;
        assert_eq!(whole["more"], false);
        let course = points(&whole);
        assert_eq!(counts(&course[0]), [0; 6]);
        let funnel = p.w.progress(campaign).await.funnel;
        let last = counts(course.last().unwrap());
        assert_eq!(last, [4, 3, 2, 1, 0, 0]);
        assert_eq!(last[..5], [funnel.sent, funnel.delivered, funnel.read, funnel.failed, funnel.unknown]);
        let at = |point: &Value| point["at"].as_i64().unwrap();
        for pair in course[..course.len() - 1].windows(2) {
            assert_eq!(at(&pair[1]) - at(&pair[0]), whole["step"].as_i64().unwrap() * 1_000);
            assert!(counts(&pair[1])[1] >= counts(&pair[0])[1], "what arrived stays arrived: {pair:?}");
        }
        assert_eq!(at(course.last().unwrap()), p.w.app().now());

        let hour = p.client.get(&format!("{}?hours=1", path(campaign))).await;
        assert_eq!((&hour["more"], &hour["step"]), (&json!(true), &json!(30)));
        let course = points(&hour);
        assert_eq!(course.len(), 121);
        assert_eq!(counts(&course[1]), [5, 0, 0, 0, 0, 0]);
        assert_eq!(counts(course.last().unwrap()), [4, 2, 0, 1, 0, 0]);
        let refused = p.client.call("GET", &format!("{}?hours=0", path(campaign)), String::new()).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/hours");
    }
}
