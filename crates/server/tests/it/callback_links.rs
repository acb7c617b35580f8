//! Logs are asked about a person, a message, a time: what callbacks told of is known.

use harkara::clock::DAY;
use harkara::domain::id;
use harkara::domain::state::SENT;
use harkara::store;
use harkara::store::message::NewMessage;
use harkara::worker::Worker;
use harkara::worker::retention::Retention;
use serde_json::json;

use crate::post::{Post, report};
use crate::support::{START, on_both_engines};
use crate::world::phone;

fn new_message(p: &Post, i: i64) -> NewMessage {
    NewMessage {
        id: p.w.app().id(),
        number_id: p.number,
        campaign_id: None,
        profile_id: None,
        phone: phone(i),
        state: SENT,
        lane: 2,
        attempt: 1,
        due_at: START,
        params: None,
        content: Some(json!({"type": "text", "body": "hello"}).to_string()),
        in_reply_to: None,
        event_key: None,
    }
}

on_both_engines! {
    async fn a_callback_is_found_by_what_it_told_of(t) {
        let p = Post::new(t).await;
        let (first, second) = (p.message(1, SENT, None).await, p.message(2, SENT, None).await);
        p.reports(&[report(first, "DELIVERED", START)]).await;
        p.w.t.clock.advance(60_000);
        p.reports(&[report(first, "READ", START), report(second, "DELIVERED", START)]).await;
        p.says(1, "hello", START).await;
        let of = async |filter: &str| -> Vec<i64> {
            let page = p.client.get(&format!("/api/v1/callbacks?{filter}")).await;
            let ids = page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap());
            ids.map(|text| id::CALLBACK.read(text).unwrap()).collect()
        };
        let log: Vec<i64> = p.log().await.iter().map(|row| row.id).collect();
        let [delivered, both, said] = log[..] else { panic!("{log:?}") };
        assert_eq!(of(&format!("message={}", id::MESSAGE.show(first))).await, [both, delivered]);
        assert_eq!(of(&format!("message={}", id::MESSAGE.show(second))).await, [both]);
        assert_eq!(of("phone=9999900001").await, [said, both, delivered], "what they wrote, too");
        assert_eq!(of("phone=9999900001&state=unreadable").await, [0; 0]);
        let at = harkara::clock::id_time(both);
        assert_eq!(of(&format!("until={at}")).await, [delivered]);
        assert_eq!(of(&format!("phone=9999900001&since={at}")).await, [said, both]);
        let shown = p.client.get(&format!("/api/v1/callbacks/{}", id::CALLBACK.show(both))).await;
        assert_eq!(shown["message_ids"], json!([id::MESSAGE.show(first), id::MESSAGE.show(second)]));
        let shown = p.client.get(&format!("/api/v1/callbacks/{}", id::CALLBACK.show(said))).await;
        let thread = p.thread(1).await;
        assert_eq!(shown["message_ids"], json!([id::MESSAGE.show(thread.last().unwrap().id)]));
        p.replay_everything().await;
        assert_eq!(of(&format!("message={}", id::MESSAGE.show(first))).await, [both, delivered], "twice is once");
    }

    async fn a_callback_does_not_name_the_message_of_another_account(t) {
        let p = Post::new(t).await;
        let foreign = NewMessage { number_id: p.number + 1, ..new_message(&p, 1) };
        let mut tx = p.w.app().db.write().await.unwrap();
        store::message::insert(&mut tx, vec![foreign.clone()]).await.unwrap();
        tx.commit().await.unwrap();
        p.reports(&[report(foreign.id, "DELIVERED", START)]).await;
        let callback = id::CALLBACK.show(p.log().await[0].id);
        assert_eq!(p.client.get(&format!("/api/v1/callbacks/{callback}")).await["message_ids"], json!([null]));
        let asked = format!("/api/v1/callbacks?message={}", id::MESSAGE.show(foreign.id));
        assert_eq!(p.client.get(&asked).await["data"], json!([]));
    }

    async fn what_told_of_old_messages_is_forgotten_after_the_callbacks(t) {
        let p = Post::new(t).await;
        let (app, clock) = (p.w.app().clone(), p.w.t.clock.clone());
        let mut messages = Vec::new();
        for days in [31, 91] {
            messages.push(p.message(1, SENT, None).await);
            p.reports(&[report(messages[messages.len() - 1], "DELIVERED", START)]).await;
            clock.advance(days * DAY);
        }
        let mut tx = app.db.read().await.unwrap();
        let ids: Vec<i64> = p.log().await.iter().map(|row| row.id).collect();
        let raw = store::callback::raw(&mut tx, &ids).await.unwrap();
        drop(tx);
        let worker = Retention::new(app.clone());
        for _ in 0..20 {
            worker.tick().await.unwrap();
        }
        assert_eq!(p.log().await, []);
        // Had they come back, the younger one would still be found by its message.
        let mut tx = app.db.write().await.unwrap();
        store::callback::insert(&mut tx, &raw.iter().collect::<Vec<_>>()).await.unwrap();
        let found = store::callback_link::list_of(&mut tx, &messages, (0, i64::MAX), None, None, 9).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), ids[1..]);
    }
}
