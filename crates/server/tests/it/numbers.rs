//! What numbers are used for, and what follows when one becomes the default.

use harkara::clock::{DAY, HOUR};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use serde_json::{Value, json};

use crate::post::Post;
use crate::support::{START, on_both_engines};

fn path(p: &Post) -> String {
    format!("/api/v1/numbers?account={}", id::ACCOUNT.show(p.w.account))
}

fn names(campaigns: &Value) -> Vec<&str> {
    let all = campaigns.as_array().unwrap().iter();
    all.map(|c| c["name"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn a_number_shows_what_it_sent_and_what_uses_it(t) {
        let p = Post::new(t).await;
        let second = p.second_number().await;
        p.w.customers(3).await;
        let run = p.w.launch(Audience::Everyone).await;
        p.w.run(run).await;
        let draft = p.w.draft(Audience::Everyone, &[second]).await;
        let waiting = p.w.launch_over(Audience::Everyone, &[p.number, second]).await;
        let all = p.client.get(&path(&p)).await;
        let [first, other] = [&all["data"][0], &all["data"][1]];
        assert_eq!((&first["id"], &first["default"]), (&json!(id::NUMBER.show(p.number)), &json!(true)));
        assert_eq!((&first["sent_today"], &first["sent_24h"], &first["daily_limit"]), (&json!(3), &json!(3), &json!(null)));
        assert_eq!((&first["messages_per_second"], &first["account"]), (&json!(1000), &json!("Shop")));
        assert_eq!(names(&first["campaigns"]), ["Welcome"]);
        assert_eq!(first["campaigns"][0]["id"], id::CAMPAIGN.show(waiting));
        assert_eq!((&other["campaigns"][0]["id"], &other["sent_today"]), (&json!(id::CAMPAIGN.show(waiting)), &json!(0)));
        assert_eq!((&first["drafts"], &other["drafts"][0]["id"]), (&json!([]), &json!(id::CAMPAIGN.show(draft))));
        assert_eq!(other["drafts"][0]["state"], "draft");
        assert_eq!(p.client.get("/api/v1/numbers").await, all);

        // Today is the day of whoever looks; WhatsApp's is the last 24 hours.
        p.w.t.clock.advance(HOUR);
        let later = p.client.get(&format!("{}&today={}", path(&p), START + HOUR)).await;
        assert_eq!((&later["data"][0]["sent_today"], &later["data"][0]["sent_24h"]), (&json!(0), &json!(3)));
        p.w.t.clock.advance(DAY);
        let later = p.client.get(&path(&p)).await;
        assert_eq!((&later["data"][0]["sent_today"], &later["data"][0]["sent_24h"]), (&json!(0), &json!(0)));
        p.client.call("GET", "/api/v1/numbers?account=acc_0", "").await.expect(404);
    }

    async fn a_limit_is_entered_and_cleared(t) {
        let p = Post::new(t).await;
        let number = format!("/api/v1/numbers/{}", id::NUMBER.show(p.number));
        let limit = async || p.client.get(&path(&p)).await["data"][0]["daily_limit"].clone();
        p.client.patch(&number, json!({"daily_limit": 10_000})).await.expect(200);
        assert_eq!(limit().await, 10_000);
        p.client.patch(&number, json!({"messages_per_second": 70})).await.expect(200);
        assert_eq!(limit().await, 10_000);
        let problem = p.client.patch(&number, json!({"daily_limit": 0})).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/daily_limit");
        p.client.patch(&number, json!({"daily_limit": null})).await.expect(200);
        assert_eq!(limit().await, Value::Null);
    }

    async fn another_default_names_its_consequences_and_a_dry_run_changes_nothing(t) {
        let p = Post::new(t).await;
        let second = p.second_number().await;
        p.w.customers(1).await;
        p.w.draft(Audience::Everyone, &[]).await;
        p.says(1, "hello", START).await;
        let number = format!("/api/v1/numbers/{}", id::NUMBER.show(second));
        let before = p.client.get(&path(&p)).await;
        let change = json!({"default": true, "messages_per_second": 40, "daily_limit": 250});
        let told = p.client.patch(&format!("{number}?dry_run=true"), change.clone()).await.expect(200);
        let said = told["consequences"].to_string();
        for part in ["sends 40 messages", "leave from +919999900999", "The draft \\\"Welcome\\\" stays with +919999900000", "1 open chat(s)"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!((&told["default"], &told["messages_per_second"]), (&json!(true), &json!(40)));
        assert_eq!(p.client.get(&path(&p)).await, before);
        let done = p.client.patch(&number, change).await.expect(200);
        assert_eq!(done["consequences"], told["consequences"]);
        let after = p.client.get(&path(&p)).await;
        let first = &after["data"][0];
        assert_eq!((&first["id"], &first["daily_limit"]), (&json!(id::NUMBER.show(second)), &json!(250)));
        assert_eq!(after["data"][1]["default"], false);
        let again = p.client.patch(&number, json!({"default": true})).await.expect(200);
        assert!(again["consequences"].to_string().contains("already"), "{again}");
        let problem = p.client.patch(&format!("{number}?dry_run=true"), json!({"default": false})).await.expect(422);
        assert_eq!(problem["errors"][0]["code"], "needs_default");
        assert!(p.client.get(&path(&p)).await["data"][0].get("consequences").is_none());
    }
}
