//! The log of what was asked of providers.

use std::collections::BTreeSet;

use harkara::domain::audience::Audience;
use harkara_provider::SendErrorKind;
use harkara_sim::{FailureKind, Script};
use serde_json::{Value, json};

use crate::post::Post;
use crate::support::{START, on_both_engines};
use crate::world::phone;

/// All pages of this size: attempts as message, number of the attempt and outcome.
async fn all(p: &Post, limit: usize, filter: &str) -> Vec<(String, i64, String)> {
    let (mut rows, mut cursor): (Vec<(String, i64, String)>, String) = (Vec::new(), String::new());
    for _ in 0..100 {
        let page = p
            .client
            .get(&format!("/api/v1/attempts?limit={limit}{filter}{cursor}"))
            .await;
        let data = page["data"].as_array().unwrap();
        assert!(data.len() <= limit);
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        rows.extend(data.iter().map(|row| {
            (
                text(row, "message_id"),
                row["attempt"].as_i64().unwrap(),
                text(row, "outcome"),
            )
        }));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
    panic!("the pages do not end");
}

on_both_engines! {
    async fn what_did_not_succeed_and_what_was_sent_to_one_person_stands_in_the_log_once(t) {
        let p = Post::new(t).await;
        p.w.customers(7).await;
        p.w.sim.state().fail(Script { next: 5, kind: FailureKind::Unavailable, method: None });
        let campaign = p.w.launch(Audience::Everyone).await;
        assert_eq!(p.w.run(campaign).await.funnel.sent, 7);
        p.says(9, "hello", START).await;
        let conversation = harkara::domain::id::CONVERSATION.show(p.conversation(9).await.id);
        let answer = json!({"content": {"type": "text", "body": "hi"}});
        let sent = p.client.post(&format!("/api/v1/conversations/{conversation}/messages"), answer).await.expect(202);
        p.w.step(1_000).await;

        let once = all(&p, 500, "").await;
        assert_eq!(once[0], (sent["message_id"].as_str().unwrap().to_owned(), 1, "accepted".to_owned()));
        let failed: Vec<_> = once[1..].iter().filter(|row| row.2 == "unavailable").collect();
        assert_eq!((failed.len(), failed.len() + 1), (5, once.len()), "{once:?}");
        for limit in [1, 2, 3] {
            assert_eq!(all(&p, limit, "").await, once, "pages of {limit}");
        }
        assert_eq!(once.iter().collect::<BTreeSet<_>>().len(), once.len());
        assert_eq!(all(&p, 2, "&outcome=failed").await, once[1..]);
        assert_eq!(all(&p, 2, "&outcome=accepted").await, once[..1]);
        let row = &p.client.get("/api/v1/attempts?limit=1").await["data"][0];
        assert_eq!((&row["phone"], &row["campaign_id"]), (&json!(phone(9)), &Value::Null));
        let account = row["account_id"].as_str().unwrap();
        assert_eq!(all(&p, 4, &format!("&account={account}")).await, once);
        assert_eq!(all(&p, 4, "&account=acc_0000000000001").await, []);
    }

    async fn a_filter_or_a_cursor_that_means_nothing_is_named(t) {
        let p = Post::new(t).await;
        for kind in SendErrorKind::NAMES {
            assert_eq!(p.client.get(&format!("/api/v1/attempts?outcome={kind}")).await["data"], json!([]));
        }
        let wrong = p.client.call("GET", "/api/v1/attempts?outcome=odd", "").await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/outcome");
        let place = "c_0000000000001.c_0000000000001";
        for cursor in ["x", place, &format!("{place}.a"), &format!("{place}.1.1")] {
            let wrong = p.client.call("GET", &format!("/api/v1/attempts?cursor={cursor}"), "").await.expect(400);
            assert_eq!(wrong["code"], "bad_cursor");
        }
    }

    async fn the_log_is_asked_about_a_person_a_message_and_a_time(t) {
        let p = Post::new(t).await;
        let mut sent = Vec::new();
        // A number that was just taken is silent for a second.
        for _ in 0..3 {
            p.w.step(1_000).await;
        }
        for i in [1, 2, 1] {
            let text = json!({"to": phone(i), "content": {"type": "text", "body": "hi"}});
            p.says(i, "hello", START).await;
            sent.push(p.client.post("/api/v1/messages", text).await.expect(202)["message_id"].as_str().unwrap().to_owned());
            p.w.step(60_000).await;
        }
        let of = async |filter: &str| -> Vec<String> {
            all(&p, 1, filter).await.into_iter().map(|row| row.0).collect()
        };
        assert_eq!(of("&phone=%2B919999900001").await, [sent[2].clone(), sent[0].clone()]);
        assert_eq!(of("&phone=9999900002").await, [sent[1].clone()], "however it is written");
        assert_eq!(of(&format!("&message={}", sent[1])).await, [sent[1].clone()]);
        let vendors = p.client.get(&format!("/api/v1/messages/{}", sent[0])).await["external_id"].clone();
        assert_eq!(of(&format!("&message={}", vendors.as_str().unwrap())).await, [sent[0].clone()]);
        assert_eq!(of("&message=nobody").await, [""; 0]);
        assert_eq!(of(&format!("&phone=9999900002&message={}", sent[0])).await, [""; 0]);
        let ended = p.client.get("/api/v1/attempts").await["data"][1]["finished_at"].as_i64().unwrap();
        assert_eq!(of(&format!("&since={ended}")).await, [sent[2].clone(), sent[1].clone()]);
        assert_eq!(of(&format!("&until={ended}")).await, [sent[0].clone()]);
        assert_eq!(of(&format!("&until={}&phone=9999900001", ended + 1)).await, [sent[0].clone()]);
        let wrong = p.client.call("GET", "/api/v1/attempts?phone=abc", "").await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/phone");
    }
}
