//! Finding what was said, in any script, newest first, and not what was erased.

use harkara::app::said::step;
use harkara::clock::{DAY, MINUTE};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::store;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::post::Post;
use crate::support::{START, on_both_engines};

/// Takes the words of everything that was said.
async fn take(p: &Post) {
    for _ in 0..200 {
        if !step(p.w.app()).await.unwrap() {
            return;
        }
    }
    panic!("it does not end");
}

async fn found(p: &Post, q: &str) -> Value {
    let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    p.client.get(&format!("/api/v1/conversations/search?q={q}")).await
}

/// What was found, with the hits in brackets.
async fn texts(p: &Post, q: &str) -> Vec<String> {
    let found = found(p, q).await;
    let rows = found["data"].as_array().unwrap();
    let show = |piece: &Value| {
        let text = piece["text"].as_str().unwrap();
        if piece["hit"] == true {
            format!("[{text}]")
        } else {
            text.to_owned()
        }
    };
    rows.iter()
        .map(|row| row["snippet"].as_array().unwrap().iter().map(show).collect())
        .collect()
}

on_both_engines! {
    async fn what_people_and_we_said_is_found_by_words_in_any_script(t) {
        let p = Post::new(t).await;
        p.w.customers(3).await;
        for (i, text) in [
            (1, "Is the BLUE kurta back?"),
            (2, "क्या नीला कुर्ता मिलेगा?"),
            (3, "هل القميص الأزرق متوفر"),
            (1, "Blue or green, whatever"),
        ] {
            p.says(i, text, START).await;
        }
        let conversation = id::CONVERSATION.show(p.conversation(1).await.id);
        let answer = json!({"content": {"type": "text", "body": "The blue kurta is back"}});
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let sent = p.client.post(&path, answer).await.expect(202);
        assert_eq!(texts(&p, "blue").await, Vec::<String>::new(), "nobody has taken the words yet");
        take(&p).await;
        assert_eq!(texts(&p, "blue").await, [
            "The [blue] kurta is back", "[Blue] or green, whatever", "Is the [BLUE] kurta back?",
        ]);
        assert_eq!(texts(&p, "kurta bl").await, ["The [blue] [kurta] is back", "Is the [BLUE] [kurta] back?"]);
        assert_eq!(texts(&p, "kur").await.len(), 2);
        assert_eq!(texts(&p, "kur ").await.len(), 0, "a whole word");
        assert_eq!(texts(&p, "blue pink ").await.len(), 0);
        assert_eq!(texts(&p, "कुर").await, ["क्या नीला [कुर्ता] मिलेगा?"]);
        assert_eq!(texts(&p, "الأزرق").await, ["هل القميص [الأزرق] متوفر"]);
        let found = found(&p, "kurta").await;
        let first = &found["data"][0];
        assert_eq!((&first["message_id"], &first["direction"]), (&sent["message_id"], &json!("out")));
        assert_eq!(first["conversation"]["id"], conversation.as_str());
        assert_eq!(found["data"][1]["direction"], "in");
        assert_eq!((&found["many_words"], &found["ready_until"]), (&json!(false), &Value::Null));
        let none = p.client.call("GET", "/api/v1/conversations/search?q=%3F", "").await.expect(422);
        assert_eq!(none["errors"][0]["pointer"], "/q");
    }

    async fn people_who_wrote_are_found_by_the_beginning_of_a_name(t) {
        let p = Post::new(t).await;
        p.w.customers(30).await;
        for i in 1..=8 {
            p.says(i, "Hello", START + i).await;
        }
        let name_of = |i| p.w.customer(i).name.unwrap();
        let known = found(&p, &name_of(3).to_uppercase()).await;
        let people = known["people"].as_array().unwrap();
        assert!(people.iter().any(|one| one["name"] == name_of(3).as_str()), "{known}");
        assert_eq!(found(&p, "+91 99999 00004").await["people"].as_array().unwrap().len(), 1);
        assert_eq!(found(&p, "c5").await["people"][0]["phone"], crate::world::phone(5));
        assert_eq!(found(&p, &name_of(30)).await["data"], json!([]), "who never wrote has no conversation");
        // Five, those who wrote last.
        let all = found(&p, "+919999900").await;
        let phones: Vec<&str> = all["people"].as_array().unwrap().iter().map(|one| one["phone"].as_str().unwrap()).collect();
        assert_eq!(phones, [8, 7, 6, 5, 4].map(crate::world::phone));
        assert_eq!((&all["more_people"], &known["more_people"]), (&json!(true), &json!(false)));
    }

    async fn campaigns_are_not_found_and_pages_go_on_where_the_last_one_ended(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        for n in 0..25 {
            p.says(1, &format!("order number {n}"), START + n).await;
        }
        take(&p).await;
        // Everything is taken a second time when it has settled, and is there once.
        p.w.t.clock.advance(MINUTE);
        take(&p).await;
        for q in ["order", "order%20num", "order%20number%20"] {
            let mut path = format!("/api/v1/conversations/search?limit=10&q={q}");
            let (mut seen, mut pages) = (Vec::new(), 0);
            loop {
                let page = p.client.get(&path).await;
                let ids = page["data"].as_array().unwrap().iter();
                seen.extend(ids.map(|row| row["message_id"].as_str().unwrap().to_owned()));
                pages += 1;
                match page["next_cursor"].as_str() {
                    Some(cursor) => path = format!("/api/v1/conversations/search?limit=10&q={q}&cursor={cursor}"),
                    None => break,
                }
            }
            assert_eq!((seen.len(), pages), (25, 3), "{q}");
            assert!(seen.is_sorted_by(|a, b| a > b), "{q} {seen:?}");
        }
        let thread = p.thread(1).await;
        let sent = thread.iter().find(|m| m.campaign_id.is_some());
        assert!(sent.is_some(), "the person has a message of the campaign");
        let mut tx = p.w.app().db.read().await.unwrap();
        assert_eq!(store::said::words(&mut tx, "", "\u{10ffff}", 100).await.unwrap().len(), 27);
    }

    async fn what_came_late_is_not_missed_and_a_long_way_to_go_is_told(t) {
        let p = Post::new(t).await;
        p.says(1, "before the upgrade", START).await;
        p.w.t.clock.advance(DAY);
        p.says(1, "lately", START + DAY).await;
        assert!(found(&p, "late").await["ready_until"].is_i64());
        take(&p).await;
        assert_eq!(found(&p, "late").await["ready_until"], Value::Null);
        assert_eq!(texts(&p, "upgrade").await.len(), 1);
        assert_eq!(texts(&p, "lately").await.len(), 1);
        // A row that was written by another node meanwhile has an id below what was taken already.
        let mut tx = p.w.app().db.write().await.unwrap();
        let mark = store::said::mark(&mut tx).await.unwrap();
        let ahead = store::said::Mark { fresh: i64::MAX - 1, ..mark };
        store::said::set_mark(&mut tx, ahead).await.unwrap();
        tx.commit().await.unwrap();
        p.says(1, "overtaken", START + DAY + 1).await;
        take(&p).await;
        assert_eq!(texts(&p, "overtaken").await.len(), 0);
        p.w.t.clock.advance(MINUTE);
        take(&p).await;
        assert_eq!(texts(&p, "overtaken").await.len(), 1);
    }

    async fn who_was_erased_is_not_found_and_who_may_not_read_finds_nothing(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        p.says(1, "my secret wish", START).await;
        p.says(2, "another wish", START).await;
        take(&p).await;
        assert_eq!(texts(&p, "wish").await.len(), 2);
        let mut owner = Browser::of(&p.w.t, Role::Owner).await;
        let conversation = id::CONVERSATION.show(p.conversation(1).await.id);
        let known = owner.get(&format!("/conversations/{conversation}")).await;
        let erase = format!("/profiles/{}/erase", known["profile_id"].as_str().unwrap());
        owner.call("POST", &erase, json!({})).await.expect(200);
        assert_eq!(texts(&p, "wish").await, ["another [wish]"]);
        p.w.t.clock.advance(MINUTE);
        take(&p).await;
        let mut tx = p.w.app().db.read().await.unwrap();
        assert_eq!(store::said::words(&mut tx, "", "\u{10ffff}", 100).await.unwrap(), ["another", "wish"]);
        drop(tx);
        let mut creator = Browser::of(&p.w.t, Role::Creator).await;
        let may = creator.get("/session").await["permissions"].to_string().contains("inbox.read");
        let status = creator.call("GET", "/conversations/search?q=wish", Value::Null).await.status.as_u16();
        assert_eq!(status, if may { 200 } else { 403 });
    }
}
