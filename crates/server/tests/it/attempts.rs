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
}
