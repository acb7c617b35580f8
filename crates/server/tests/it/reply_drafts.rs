//! Drafts of answers: kept for their writer alone, never written over unawares, and gone with the answer and with the person.

use harkara::app::retention::KEEP_DRAFTS;
use harkara::clock::HOUR;
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::store;
use harkara::worker::Worker;
use harkara::worker::retention::Retention;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::post::Post;
use crate::support::{START, on_both_engines};
use crate::world::phone;

/// The path of the conversation with customer `i`, who has just written.
async fn wrote(p: &Post, i: i64) -> String {
    p.says(i, "hello", START).await;
    format!(
        "/conversations/{}",
        id::CONVERSATION.show(p.conversation(i).await.id)
    )
}

async fn keep(who: &mut Browser, path: &str, text: &str, since: &Value) -> Value {
    let body = json!({"text": text, "since": since});
    who.call("PUT", &format!("{path}/draft"), body).await.expect(200)
}

on_both_engines! {
    async fn a_draft_is_there_in_another_browser_and_for_nobody_else(t) {
        let p = Post::new(t).await;
        let path = wrote(&p, 1).await;
        let other = wrote(&p, 2).await;
        let draft = format!("{path}/draft");
        let mut asha = Browser::of(&p.w.t, Role::Agent).await;
        let mut ravi = Browser::of(&p.w.t, Role::Owner).await;
        assert_eq!(asha.get(&draft).await, json!({"text": "", "version": null}));
        let first = keep(&mut asha, &path, "\n Yes,\nsince", &Value::Null).await;
        let second = keep(&mut asha, &path, "Yes, since\nthis morning. ", &first["version"]).await;
        assert_ne!(first["version"], second["version"]);
        assert_eq!(asha.get(&draft).await, second);
        assert_eq!(ravi.get(&draft).await["text"], "");
        let line = |list: &Value| {
            let find = |row: &&Value| path.ends_with(row["id"].as_str().unwrap());
            list["data"].as_array().unwrap().iter().find(find).unwrap()["draft"].clone()
        };
        assert_eq!(line(&asha.get("/conversations").await), "Yes, since this morning.");
        assert_eq!(asha.get(&path).await["draft"], "Yes, since this morning.");
        assert_eq!(asha.get(&other).await["draft"], Value::Null);
        assert_eq!(line(&ravi.get("/conversations").await), Value::Null);
        assert_eq!(line(&p.client.get("/api/v1/conversations").await), Value::Null);
        assert_eq!(keep(&mut asha, &path, "  ", &second["version"]).await, json!({"text": "", "version": null}));
        assert_eq!(asha.get(&path).await["draft"], Value::Null);
        assert_eq!(ravi.get("/audit").await["data"].to_string().matches("draft").count(), 0);
    }

    async fn a_draft_of_another_tab_is_not_written_over(t) {
        let p = Post::new(t).await;
        let path = wrote(&p, 1).await;
        let draft = format!("{path}/draft");
        let mut asha = Browser::of(&p.w.t, Role::Agent).await;
        let first = keep(&mut asha, &path, "one", &Value::Null).await;
        let second = keep(&mut asha, &path, "two", &first["version"]).await;
        for (text, since) in [
            ("mine", &Value::Null), ("mine", &first["version"]), ("", &Value::Null), ("", &first["version"]),
        ] {
            let body = json!({"text": text, "since": since});
            assert_eq!(asha.refused(409, "PUT", &draft, body).await, "draft_changed");
        }
        assert_eq!(asha.get(&draft).await, second);
        // One that is gone is not written anew by a request that comes late.
        keep(&mut asha, &path, "", &second["version"]).await;
        let late = json!({"text": "two and", "since": second["version"]});
        assert_eq!(asha.refused(409, "PUT", &draft, late).await, "draft_changed");
        assert_eq!(asha.get(&draft).await["text"], "");
    }

    async fn what_does_not_fit_is_named_and_who_may_not_answer_has_none(t) {
        let p = Post::new(t).await;
        let path = wrote(&p, 1).await;
        let draft = format!("{path}/draft");
        let mut asha = Browser::of(&p.w.t, Role::Agent).await;
        for (pointer, body) in [
            ("/text", json!({"text": "é".repeat(10_001)})),
            ("/text", json!({"text": "a\0b"})),
            ("/since", json!({"text": "a", "since": "yesterday"})),
        ] {
            let problem = asha.call("PUT", &draft, body).await.expect(422);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        keep(&mut asha, &path, &"é".repeat(10_000), &Value::Null).await;
        let nowhere = format!("/conversations/{}/draft", id::CONVERSATION.show(1));
        assert_eq!(asha.refused(404, "GET", &nowhere, Value::Null).await, "not_found");
        assert_eq!(asha.refused(404, "PUT", &nowhere, json!({"text": "a"})).await, "not_found");
        let mut viewer = Browser::of(&p.w.t, Role::Viewer).await;
        assert_eq!(viewer.refused(403, "GET", &draft, Value::Null).await, "not_allowed");
        let key = p.client.call("GET", &format!("/api/v1{draft}"), "").await.expect(403);
        assert!(key["detail"].as_str().unwrap().contains("API key"), "{key}");
    }

    async fn the_answer_takes_its_draft_along_and_no_other(t) {
        let p = Post::new(t).await;
        let path = wrote(&p, 1).await;
        let (draft, answers) = (format!("{path}/draft"), format!("{path}/messages"));
        let mut asha = Browser::of(&p.w.t, Role::Agent).await;
        let mut ravi = Browser::of(&p.w.t, Role::Agent).await;
        keep(&mut ravi, &path, "his", &Value::Null).await;
        let answer = |body: &str, draft: &Value| {
            json!({"content": {"type": "text", "body": body}, "draft": draft})
        };
        let first = keep(&mut asha, &path, "Yes", &Value::Null).await;
        // Refused, so nothing is lost.
        asha.call("POST", &answers, answer(" ", &first["version"])).await.expect(422);
        assert_eq!(asha.get(&draft).await, first);
        asha.call("POST", &answers, answer("Yes", &json!("cnv_1"))).await.expect(422);
        asha.call("POST", &answers, answer("Yes", &first["version"])).await.expect(202);
        assert_eq!(asha.get(&draft).await["text"], "");
        let second = keep(&mut asha, &path, "And", &Value::Null).await;
        let third = keep(&mut asha, &path, "And more", &second["version"]).await;
        asha.call("POST", &answers, answer("And", &second["version"])).await.expect(202);
        assert_eq!(asha.get(&draft).await, third, "it was written in another tab since");
        assert_eq!(ravi.get(&draft).await["text"], "his");
    }

    async fn a_draft_goes_with_the_person_and_after_ninety_days(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        let (known, stranger) = (wrote(&p, 1).await, wrote(&p, 2).await);
        let mut asha = Browser::of(&p.w.t, Role::Owner).await;
        for path in [&known, &stranger] {
            keep(&mut asha, path, "Namaste", &Value::Null).await;
        }
        let (mine, his) = (p.conversation(1).await.id, p.conversation(2).await.id);
        let kept = async |conversation: i64| {
            let mut tx = p.w.app().db.read().await.unwrap();
            let users = store::user::list(&mut tx).await.unwrap();
            let of = store::reply_draft::of(&mut tx, users[0].id, conversation).await.unwrap();
            of.is_some()
        };
        assert!(kept(mine).await && kept(his).await);
        let profile = asha.get(&known).await["profile_id"].as_str().unwrap().to_owned();
        let erase = format!("/profiles/{profile}/erase");
        asha.call("POST", &erase, json!({})).await.expect(200);
        assert!(!kept(mine).await && kept(his).await);
        let worker = Retention::new(p.w.t.app.clone());
        for (later, still) in [(KEEP_DRAFTS - HOUR, true), (2 * HOUR, false)] {
            p.w.t.clock.advance(later);
            for _ in 0..12 {
                worker.tick().await.unwrap();
            }
            assert_eq!(kept(his).await, still);
        }
    }

    async fn drafts_follow_when_two_conversations_turn_out_to_be_of_one_person(t) {
        let p = Post::new(t).await;
        let (from, to) = (wrote(&p, 1).await, wrote(&p, 2).await);
        let mut asha = Browser::of(&p.w.t, Role::Agent).await;
        let mut ravi = Browser::of(&p.w.t, Role::Agent).await;
        keep(&mut asha, &from, "one", &Value::Null).await;
        let before = keep(&mut asha, &to, "two", &Value::Null).await;
        let moved = keep(&mut ravi, &from, "three", &Value::Null).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        store::wa_id::join(&mut tx, &phone(1), &phone(2)).await.unwrap();
        tx.commit().await.unwrap();
        let both = asha.get(&format!("{to}/draft")).await;
        assert_eq!(both["text"], "two\none");
        assert_ne!(both["version"], before["version"]);
        assert_eq!(ravi.get(&format!("{to}/draft")).await, moved);
    }
}
