//! Callbacks: durable before they are answered, applied in any order and number to the same end.

use harkara::app::{arrival, campaign};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{DELIVERED, FAILED, READ, SENDING, SENT, UNKNOWN};
use harkara::store::callback::{APPLIED, NEW, NOT_OURS, UNREADABLE, WAITING};
use harkara::store::{self, message::MessageRow};
use serde_json::{Value, json};

use crate::post::{Post, report, says};
use crate::support::{START, TestApp, on_both_engines, suppression};
use crate::world::phone;

/// What reports decide about a message.
fn outcome(row: MessageRow) -> (i16, Option<String>, [Option<i64>; 4], Option<String>) {
    let times = [row.accepted_at, row.delivered_at, row.read_at, row.failed_at];
    (row.state, row.external_id, times, row.failure)
}

on_both_engines! {
    async fn a_callback_is_in_the_table_before_it_is_answered(t) {
        let p = Post::new(t).await;
        let body = b"{\"mobile\": \"\xff\x00 cut off".to_vec();
        p.bytes(&format!("/callbacks/{}/inbound?a=1&b=%00", p.token), body.clone()).await.expect(200);
        let log = p.log().await;
        assert_eq!((log.len(), log[0].state, log[0].method.as_str()), (1, NEW, "POST"));
        assert_eq!((log[0].query.as_str(), log[0].content_type.as_str()), ("a=1&b=%00", "application/json"));
        assert_eq!(log[0].headers, r#"[["user-agent","Gateway/1"]]"#);
        let mut tx = p.w.app().db.read().await.unwrap();
        assert_eq!(store::callback::raw(&mut tx, &[log[0].id]).await.unwrap()[0].body, body);
    }

    async fn what_comes_together_is_all_kept(t) {
        let p = Post::new(t).await;
        let texts: Vec<Value> = (1..=40).map(|i| says(i, "hello", START)).collect();
        let answers = futures::future::join_all(texts.iter().map(|body| p.post("inbound", body))).await;
        assert!(answers.iter().all(|a| a.status == 200 && a.json() == json!({"status": "success"})));
        assert_eq!(p.log().await.len(), 40);
        p.apply().await;
        assert!(p.log().await.iter().all(|row| row.state == APPLIED));
    }

    async fn storage_trouble_asks_the_provider_to_try_again(t) {
        let p = Post::new(t).await;
        p.post("inbound", &says(1, "hello", START)).await.expect(200);
        p.w.app().db.close().await;
        let known = p.post("inbound", &says(1, "again", START)).await;
        p.w.t.clock.advance(60_000);
        let forgotten = p.post("inbound", &says(1, "again", START)).await;
        for answer in [known, forgotten] {
            assert_eq!(answer.expect(503)["code"], "not_kept");
        }
        assert!(arrival::apply_new(p.w.app()).await.is_err());
    }

    async fn a_wrong_url_and_a_body_too_large_are_named(t) {
        let p = Post::new(t).await;
        let unknown = p.bytes("/callbacks/nobody/reports", b"{}".to_vec()).await;
        assert_eq!(unknown.expect(404)["code"], "unknown_callback_url");
        let large = p.bytes(&format!("/callbacks/{}/reports", p.token), vec![b' '; 1024 * 1024 + 1]).await;
        assert_eq!(large.expect(413)["code"], "body_too_large");
        assert!(p.log().await.is_empty());
    }

    async fn reports_settle_a_message_and_its_funnel(t) {
        let p = Post::new(t).await;
        p.w.customers(3).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        let refs: Vec<i64> = p.w.accepted().into_values().map(|a| id::MESSAGE.read(&a[0].reference).unwrap()).collect();
        p.reports(&[
            report(refs[0], "READ", START), report(refs[1], "DELIVERED", START), report(refs[2], "FAILED", START),
        ]).await;
        let funnel = p.w.progress(campaign).await.funnel;
        assert_eq!((funnel.sent, funnel.delivered, funnel.read, funnel.failed), (2, 2, 1, 1));
        let failed = p.row(refs[2]).await;
        assert!(failed.failure.unwrap().contains("UNKNOWN_SUBSCRIBER") && failed.failed_at.is_some());
    }

    async fn any_order_and_number_of_reports_and_callbacks_ends_the_same(t) {
        let p = Post::new(t).await;
        let all = ["SENT", "DELIVERED", "READ", "FAILED", "SOMETHING_NEW"];
        let at = |n: usize| START - 10_000 + 1_000 * n as i64;
        // Every order of the five, each once in one callback, once in five that are applied together, once one by one.
        let mut ends = Vec::new();
        for order in orders(all.len()) {
            let id = p.message(ends.len() as i64 + 1, UNKNOWN, None).await;
            let told: Vec<Value> = order.iter().map(|n| report(id, all[*n], at(*n))).collect();
            match ends.len() % 3 {
                0 => p.post("reports", &json!({"response": told})).await.expect(200),
                1 => { for one in told.iter().chain(&told) { p.post("reports", one).await.expect(200); } Value::Null }
                _ => { for one in &told { p.reports(std::slice::from_ref(one)).await; } Value::Null }
            };
            ends.push(id);
        }
        p.apply().await;
        for id in ends {
            let expected = (READ, Some(format!("4340925846643462155-{id}")),
                [Some(at(0)), Some(at(1)), Some(at(2)), None], None);
            assert_eq!(outcome(p.row(id).await), expected);
        }
    }

    async fn a_report_of_another_account_moves_nothing(t) {
        let p = Post::new(t).await;
        let mine = p.message(1, SENT, None).await;
        let app = p.w.app();
        let mut tx = app.db.write().await.unwrap();
        let mut other = store::account::by_id(&mut tx, p.w.account).await.unwrap().unwrap();
        (other.id, other.token, other.nickname, other.secrets) = (app.id(), "other".into(), "Other".into(), "{}".into());
        store::account::insert(&mut tx, &other).await.unwrap();
        store::vendor_id::keep(&mut tx, 1, START / 3_600_000, vec![("their-1".into(), mine)]).await.unwrap();
        tx.commit().await.unwrap();
        let by_external = json!({"externalId": "their-1", "eventType": "READ", "eventTs": START});
        for body in [report(mine, "READ", START), by_external.clone()] {
            p.bytes("/callbacks/other/reports", body.to_string().into()).await.expect(200);
        }
        p.apply().await;
        assert_eq!(p.row(mine).await.state, SENT);
        p.reports(&[by_external]).await;
        assert_eq!(p.row(mine).await.state, READ);
    }

    async fn a_report_that_is_faster_than_the_answer_waits_for_it(t) {
        let p = Post::new(t).await;
        let early = json!({"externalId": "e-1", "eventType": "DELIVERED", "eventTs": START});
        p.reports(&[early]).await;
        assert_eq!(p.log().await[0].state, WAITING);
        let id = p.message(1, SENT, None).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        store::vendor_id::keep(&mut tx, 1, START / 3_600_000, vec![("e-1".into(), id)]).await.unwrap();
        tx.commit().await.unwrap();
        p.apply().await;
        assert_eq!(p.row(id).await.state, SENT);
        p.w.t.clock.advance(61_000);
        p.apply().await;
        assert_eq!((p.row(id).await.state, p.log().await[0].state), (DELIVERED, APPLIED));
    }

    async fn what_is_not_for_us_or_cannot_be_read_is_kept_and_holds_up_nothing(t) {
        let p = Post::new(t).await;
        let id = p.message(1, SENDING, None).await;
        let foreign = json!({"externalId": "x", "extra": "Samagra", "eventType": "READ", "eventTs": START});
        for body in [b"{broken".to_vec(), b"\xff\xfe".to_vec(), foreign.to_string().into(), b"{\"ping\": 1}".to_vec()] {
            p.bytes(&format!("/callbacks/{}/reports", p.token), body).await.expect(200);
        }
        p.w.t.clock.advance(61_000);
        p.reports(&[report(id, "SENT", START)]).await;
        let states: Vec<i16> = p.log().await.iter().map(|row| row.state).collect();
        assert_eq!(states, [UNREADABLE, UNREADABLE, NOT_OURS, NOT_OURS, APPLIED]);
        assert!(p.log().await[..4].iter().all(|row| row.problem.as_ref().is_some_and(|why| !why.is_empty())));
        assert_eq!(p.row(id).await.state, SENT);
        let listed = p.client.get("/api/v1/callbacks?state=unreadable").await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
        let shown = p.client.get(&format!("/api/v1/callbacks/{}", listed["data"][0]["id"].as_str().unwrap())).await;
        assert_eq!((shown["body_base64"].as_str(), shown["body"].is_null()), (Some("//4="), true));
        let applied = p.client.get("/api/v1/callbacks?state=applied").await;
        let shown = p.client.get(&format!("/api/v1/callbacks/{}", applied["data"][0]["id"].as_str().unwrap())).await;
        assert_eq!((shown["decoded"][0]["event"].as_str(), shown["decoded"][0]["status"].as_str()), (Some("report"), Some("sent")));
        assert!(!shown.to_string().contains("a-secret-of-somebody"));
    }

    async fn what_became_of_each_callback_is_kept_however_many_events_it_has(t) {
        let p = Post::new(t).await;
        let mut ids = Vec::new();
        for i in 1..=5 {
            ids.push(p.message(i, SENT, None).await);
        }
        let of = |some: &[usize]| -> Value { some.iter().map(|n| report(ids[*n], "READ", START)).collect() };
        let foreign = json!({"extra": "msg_of_somebody", "externalId": "x", "eventType": "SOMETHING", "eventTs": START});
        let bodies = [of(&[0]), of(&[1, 2]), json!([report(ids[3], "READ", START), foreign]), json!("?"), of(&[4])];
        for body in &bodies {
            p.post("reports", body).await.expect(200);
        }
        for _ in 0..2 {
            p.apply().await;
            let log = p.log().await;
            let kept: Vec<_> = log.iter().map(|row| (row.state, row.events, row.problem.is_some())).collect();
            assert_eq!(kept, [(APPLIED, 1, false), (APPLIED, 2, false), (APPLIED, 2, true), (UNREADABLE, 0, true), (APPLIED, 1, false)]);
            for id in &ids {
                assert_eq!(p.row(*id).await.state, READ);
            }
            // From memory first, then from the log.
            p.replay_everything().await;
        }
    }

    async fn a_callback_that_the_database_will_not_take_does_not_hold_up_the_others(t) {
        let p = Post::new(t).await;
        let (first, second) = (p.message(1, SENT, None).await, p.message(2, SENT, None).await);
        let click = json!({"gsurl": "g.example/1", "clickTime": "2026-01-05 15:00:00",
            "originalURL": "https://shop.example", "extra": id::MESSAGE.show(first)});
        drop_the_table_of_clicks(&p.w.t).await;
        for body in [report(first, "READ", START), click, report(second, "READ", START)] {
            p.post("reports", &body).await.expect(200);
        }
        p.apply().await;
        assert_eq!((p.row(first).await.state, p.row(second).await.state), (READ, READ));
        let states: Vec<i16> = p.log().await.iter().map(|row| row.state).collect();
        assert_eq!(states, [APPLIED, UNREADABLE, APPLIED]);
    }

    async fn a_tap_on_a_link_is_told_once(t) {
        let p = Post::new(t).await;
        let id = p.message(1, SENT, None).await;
        let click = json!({"gsurl": "g.example/1", "clickTime": "2026-01-05 15:00:00",
            "originalURL": "https://shop.example/offer", "extra": id::MESSAGE.show(id)});
        for body in [&click, &click, &json!({"gsurl": "g.example/1", "clickTime": "2026-01-05 15:00:00",
            "originalURL": "https://shop.example/offer", "extra": "somebody else's"})] {
            p.post("reports", body).await.expect(200);
        }
        p.apply().await;
        p.replay_everything().await;
        let told = p.client.get(&format!("/api/v1/messages/{}", id::MESSAGE.show(id))).await;
        let clicks: Vec<_> = told["timeline"].as_array().unwrap().iter().filter(|m| m["what"] == "clicked").collect();
        assert_eq!(clicks.len(), 1, "{told}");
        // 15:00 in India is 09:30 UTC.
        assert_eq!((clicks[0]["at"].as_i64(), clicks[0]["detail"].as_str()),
            (Some(START - 1_800_000), Some("The person opened https://shop.example/offer.")));
    }

    async fn what_a_provider_tells_in_whole_seconds_comes_after_our_request(t) {
        let p = Post::new(t).await;
        p.w.t.clock.advance(305);
        let id = p.message(1, SENT, None).await;
        p.w.t.clock.advance(2_000);
        let click = json!({"gsurl": "g.example/1", "clickTime": "2026-01-05 15:30:00",
            "originalURL": "https://shop.example/offer", "extra": id::MESSAGE.show(id)});
        p.post("reports", &click).await.expect(200);
        p.reports(&[report(id, "DELIVERED", START), report(id, "READ", START + 1_000)]).await;
        let told = p.client.get(&format!("/api/v1/messages/{}", id::MESSAGE.show(id))).await;
        let order: Vec<_> = told["timeline"].as_array().unwrap().iter().map(|m| m["what"].as_str().unwrap()).collect();
        assert_eq!(order, ["created", "accepted", "delivered", "clicked", "read"], "{told}");
    }

    async fn nul_characters_are_no_reason_to_fail(t) {
        let p = Post::new(t).await;
        let id = p.message(1, SENT, None).await;
        let mut told = report(id, "FAILED", START);
        told["cause"] = json!("no\u{0}body");
        told["errorCode"] = json!("\u{0}");
        p.reports(&[told]).await;
        p.says(2, "a\u{0}b", START).await;
        assert!(p.log().await.iter().all(|row| row.state == APPLIED));
        assert_eq!((p.row(id).await.state, p.thread(2).await.len()), (FAILED, 1));
    }

    async fn a_not_opted_in_report_flips_our_flag_once(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        let id = p.message(1, SENT, None).await;
        let mut told = report(id, "FAILED", START - 5_000);
        told["cause"] = json!("BLOCKED_FOR_USER");
        told["errorCode"] = Value::Null;
        p.reports(std::slice::from_ref(&told)).await;
        assert!(p.is_suppressed(1).await);
        p.says(1, "START", START - 1_000).await;
        assert!(!p.is_suppressed(1).await);
        p.reports(&[told]).await;
        p.replay_everything().await;
        assert!(!p.is_suppressed(1).await, "an old report must not undo what the person said later");
    }

    async fn replaying_everything_changes_nothing(t) {
        let p = Post::with(t, json!({"auto_reply": "true", "auto_reply_text": "We will answer soon."})).await;
        p.w.customers(4).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        for (to, accepted) in p.w.accepted() {
            let id = id::MESSAGE.read(&accepted[0].reference).unwrap();
            let last = if to == phone(1) { "FAILED" } else { "READ" };
            p.reports(&[report(id, "SENT", START), report(id, last, START + 1_000)]).await;
        }
        p.says(2, "thank you", START + 2_000).await;
        p.says(3, "STOP", START + 2_000).await;
        p.says(4, "STOP", START + 2_000).await;
        p.says(4, "START", START + 3_000).await;
        p.says(99, "who are you?", START + 2_000).await;
        let before = picture(&p, campaign).await;
        assert!(before.contains("\"replied\":3"), "{before}");
        for _ in 0..2 {
            p.replay_everything().await;
            assert_eq!(picture(&p, campaign).await, before);
        }
        assert!(p.log().await.iter().all(|row| row.state == APPLIED));
    }
}

/// Everything that callbacks can change, as text.
async fn picture(p: &Post, campaign: i64) -> String {
    let app = p.w.app();
    let mut tx = app.db.read().await.unwrap();
    let progress = campaign::progress(app, &mut tx, campaign).await.unwrap();
    let mut text = serde_json::to_string(&(progress.funnel, progress.replies)).unwrap();
    for i in [1, 2, 3, 4, 99] {
        let rows = store::message::of_phone(&mut tx, &phone(i), i64::MAX, 100)
            .await
            .unwrap();
        let conversation = store::conversation::by_phone(&mut tx, &phone(i)).await.unwrap();
        let suppression = suppression(&mut tx, &phone(i)).await;
        let profiles = store::profile::by_phone(&mut tx, &phone(i)).await.unwrap();
        text.push_str(&format!(
            "\n{rows:?}\n{conversation:?}\n{suppression:?}\n{profiles:?}"
        ));
    }
    text
}

async fn drop_the_table_of_clicks(t: &TestApp) {
    match &t.app.db {
        store::Db::Sqlite { write, .. } => sqlx::query("DROP TABLE click")
            .execute(write)
            .await
            .map(drop)
            .unwrap(),
        store::Db::Postgres(pool, _) => sqlx::query("DROP TABLE click")
            .execute(pool)
            .await
            .map(drop)
            .unwrap(),
        store::Db::Watched(..) => panic!("nobody watches here"),
    }
}

/// All orders of `n` things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(n - 1);
    let with = |order: &Vec<usize>| {
        (0..n)
            .map(|at| {
                let mut o = order.clone();
                o.insert(at, n - 1);
                o
            })
            .collect::<Vec<_>>()
    };
    shorter.iter().flat_map(with).collect()
}
