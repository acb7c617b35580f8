//! Messages from people: STOP and START, automatic answers, conversations, answers.

use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{QUEUED, RECEIVED};
use harkara::store;
use serde_json::{Value, json};

use crate::post::{Post, SECOND_SHOP, says, says_to};
use crate::support::{START, on_both_engines};
use crate::world::phone;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

fn auto_reply() -> Value {
    json!({"auto_reply": "true", "auto_reply_text": "We will answer soon."})
}

on_both_engines! {
    async fn stop_works_without_anyone_building_it(t) {
        let p = Post::new(t).await;
        p.w.customers(3).await;
        p.says(1, " Stop! ", START).await;
        let button = json!({"waNumber": "919999900000", "mobile": phone(2).trim_start_matches('+'), "type": "button",
            "timestamp": START.to_string(), "button": "{\"payload\":\"x\",\"text\":\"Stop promotions\"}"});
        p.post("inbound", &button).await.expect(200);
        p.says(3, "please do not stop", START).await;
        p.says(77, "STOP", START).await;
        p.apply().await;
        let flags = [p.is_suppressed(1).await, p.is_suppressed(2).await, p.is_suppressed(3).await, p.is_suppressed(77).await];
        assert_eq!(flags, [true, true, false, true]);
        let campaign = p.w.launch(Audience::Everyone).await;
        assert_eq!(p.w.run(campaign).await.funnel.recipients, 1);
        p.says(1, "START", START + 50).await;
        let mut tx = p.w.app().db.read().await.unwrap();
        let profile = &store::profile::by_phone(&mut tx, &phone(1)).await.unwrap()[0];
        assert_eq!((profile.opt_in, profile.opt_source.as_deref(), profile.opt_at), (1, Some("keyword"), Some(START + 50)));
    }

    async fn what_the_person_said_last_counts_whatever_arrives_first(t) {
        let p = Post::new(t).await;
        let at = |n: i64| START - 100_000 + n * 1_000;
        // STOP, START, STOP and START, STOP, START in every order of arrival; each time the last said wins.
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for (n, order) in orders.iter().enumerate() {
            for (person, words) in [(n as i64 + 10, ["STOP", "START", "STOP"]), (n as i64 + 20, ["START", "STOP", "START"])] {
                for said in order {
                    p.says(person, words[*said], at(*said as i64)).await;
                }
                assert_eq!(p.is_suppressed(person).await, words[2] == "STOP", "{words:?} in {order:?}");
            }
        }
        for said in [says(30, "START", at(5)), says(30, "STOP", at(4))] {
            p.post("inbound", &said).await.expect(200);
        }
        p.apply().await;
        assert!(!p.is_suppressed(30).await);
    }

    async fn stop_to_a_number_that_we_do_not_know_counts_too(t) {
        let p = Post::new(t).await;
        p.post("inbound", &says_to("+919999900555", 1, "STOP", START)).await.expect(200);
        p.apply().await;
        assert!(p.is_suppressed(1).await && p.thread(1).await.is_empty());
        assert!(p.log().await[0].problem.as_ref().unwrap().contains("no number of this account"));
    }

    async fn a_stranger_is_answered_once_a_window_from_the_number_that_was_written_to(t) {
        let p = Post::with(t, auto_reply()).await;
        let second = p.second_number().await;
        p.w.customers(1).await;
        let to_second = |text, at| says_to(SECOND_SHOP, 50, text, at);
        for body in [to_second("hello?", START), to_second("hello?", START), to_second("anybody?", START), says(1, "I have a profile", START)] {
            p.post("inbound", &body).await.expect(200);
        }
        p.apply().await;
        p.post("inbound", &to_second("still here", START)).await.expect(200);
        p.apply().await;
        p.replay_everything().await;
        let answers = |rows: Vec<store::message::MessageRow>| rows.into_iter().filter(|m| m.state != RECEIVED).collect::<Vec<_>>();
        let first = answers(p.thread(50).await);
        assert_eq!(first.len(), 1, "{first:?}");
        assert_eq!((first[0].number_id, first[0].state, first[0].lane), (second, QUEUED, 0));
        assert_eq!(first[0].content.as_deref().unwrap(), r#"{"type":"text","body":"We will answer soon.","preview_url":false}"#);
        assert!(answers(p.thread(1).await).is_empty());
        // The simulator takes the number from the account; the message leaves all the same.
        p.w.step(0).await;
        p.w.t.clock.advance(24 * HOUR);
        p.post("inbound", &to_second("next day", START + 24 * HOUR)).await.expect(200);
        p.apply().await;
        assert_eq!(answers(p.thread(50).await).len(), 2);
    }

    async fn nobody_is_answered_automatically_who_said_stop_or_wrote_long_ago(t) {
        let p = Post::with(t, auto_reply()).await;
        p.says(50, "STOP", START).await;
        p.says(51, "START", START).await;
        p.says(52, "late", START - 24 * HOUR + MINUTE).await;
        p.says(53, "hello", START - 1_000).await;
        p.says(54, "hello", START - 24 * HOUR + MINUTE + 1).await;
        for body in [says(55, "hi", START), says(55, "stop", START)] {
            p.post("inbound", &body).await.expect(200);
        }
        p.apply().await;
        let mut counts = Vec::new();
        for i in 50..=55 {
            counts.push(p.thread(i).await.iter().filter(|m| m.state == QUEUED).count());
        }
        assert_eq!(counts, [0, 0, 0, 1, 1, 0]);
    }

    async fn a_message_is_kept_once_and_a_late_one_moves_nothing_back(t) {
        let p = Post::new(t).await;
        let second = p.second_number().await;
        p.says(1, "newest", START).await;
        p.says(1, "newest", START).await;
        p.post("inbound", &says_to(SECOND_SHOP, 1, "older", START - 5_000)).await.expect(200);
        p.apply().await;
        let c = p.conversation(1).await;
        assert_eq!((c.last_number_id, c.last_inbound_at, c.last_text.as_str(), c.unread), (p.number, START, "newest", 2));
        let mut tx = p.w.app().db.read().await.unwrap();
        let windows = [p.number, second].map(|n| (n, phone(1)));
        assert_eq!(store::conversation::last_inbound_at(&mut tx, windows[0].0, &windows[0].1).await.unwrap(), Some(START));
        assert_eq!(store::conversation::last_inbound_at(&mut tx, windows[1].0, &windows[1].1).await.unwrap(), Some(START - 5_000));
        drop(tx);
        p.says(1, "from the future", START + HOUR).await;
        assert_eq!(p.conversation(1).await.last_inbound_at, START);
    }

    async fn answers_leave_from_the_number_that_was_written_to_last(t) {
        let p = Post::new(t).await;
        let second = p.second_number().await;
        p.says(1, "one", START - 2_000).await;
        p.post("inbound", &says_to(SECOND_SHOP, 1, "two", START - 1_000)).await.expect(200);
        p.apply().await;
        assert_eq!(p.client.get("/api/v1/conversations/unread").await, json!({"conversations": 1}));
        let list = p.client.get("/api/v1/conversations?unread=true").await;
        let conversation = &list["data"][0];
        assert_eq!((conversation["number"].as_str(), conversation["unread"].as_i64()), (Some(SECOND_SHOP), Some(2)));
        let path = format!("/api/v1/conversations/{}", conversation["id"].as_str().unwrap());
        let answer = json!({"content": {"type": "text", "body": "At your service"}});
        let waiting = async || p.client.get("/api/v1/conversations?waiting=true").await["data"].as_array().unwrap().len();
        assert_eq!(waiting().await, 1);
        let sent = p.client.post(&format!("{path}/messages"), answer.clone()).await.expect(202);
        assert_eq!(waiting().await, 0, "we spoke last");
        let row = p.row(id::MESSAGE.read(sent["message_id"].as_str().unwrap()).unwrap()).await;
        assert_eq!((row.number_id, row.lane, row.state), (second, 0, QUEUED));
        p.says(1, "three", START).await;
        let sent = p.client.post(&format!("{path}/messages"), answer).await.expect(202);
        assert_eq!(p.row(id::MESSAGE.read(sent["message_id"].as_str().unwrap()).unwrap()).await.number_id, p.number);
        let messages = p.client.get(&format!("{path}/messages")).await;
        let told: Vec<_> = messages["data"].as_array().unwrap().iter()
            .map(|m| format!("{} {}", m["direction"].as_str().unwrap(), m["content"]["text"].as_str().or(m["content"]["body"].as_str()).unwrap()))
            .collect();
        assert_eq!(told, ["out At your service", "in three", "out At your service", "in two", "in one"]);
        assert_eq!(p.client.call("POST", &format!("{path}/read"), "").await.status, 204);
        assert_eq!(p.client.get(&path).await["unread"], 0);
        assert_eq!(p.client.get("/api/v1/conversations?unread=true").await["data"], json!([]));
        assert_eq!(p.client.get("/api/v1/conversations/unread").await, json!({"conversations": 0}));
        p.says(1, "four", START + 1_000).await;
        assert_eq!(waiting().await, 1, "read or not");
        p.w.t.clock.advance(25 * HOUR);
        assert_eq!(waiting().await, 0, "the window is closed");
    }

    async fn a_closed_window_takes_only_templates_and_an_opt_out_not_even_those(t) {
        let p = Post::new(t).await;
        p.says(1, "hello", START).await;
        let path = format!("/api/v1/conversations/{}/messages", id::CONVERSATION.show(p.conversation(1).await.id));
        let text = json!({"content": {"type": "text", "body": "hi"}});
        let template = json!({"content": {"type": "template", "name": "welcome_offer", "language": "en", "body": "Hello"}});
        let blank = json!({"content": {"type": "text", "body": " "}});
        assert_eq!(p.client.post(&path, blank).await.expect(422)["errors"][0]["pointer"], "/content/body");
        p.w.t.clock.advance(24 * HOUR - MINUTE - 1);
        p.client.post(&path, text.clone()).await.expect(202);
        p.w.t.clock.advance(1);
        let closed = p.client.post(&path, text).await.expect(409);
        assert_eq!(closed["code"], "window_closed");
        assert!(closed["detail"].as_str().unwrap().contains("2026-01-06T09:59") && closed["help"].as_str().unwrap().contains("template"));
        p.client.post(&path, template.clone()).await.expect(202);
        p.says(1, "stop", START + 24 * HOUR - MINUTE).await;
        assert_eq!(p.client.post(&path, template).await.expect(409)["code"], "opted_out");
    }

    async fn an_answer_names_a_template_and_leaves_from_the_number_that_was_written_to(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        let second = p.second_number().await;
        p.post("inbound", &says_to(SECOND_SHOP, 1, "hello", START)).await.expect(200);
        p.apply().await;
        let path = format!("/api/v1/conversations/{}", id::CONVERSATION.show(p.conversation(1).await.id));
        let template = id::TEMPLATE.show(p.w.template);
        p.w.t.clock.advance(25 * HOUR);
        let answers = format!("{path}/messages");
        let sent = p.client.post(&answers, json!({"template_id": template})).await.expect(202);
        let row = p.row(id::MESSAGE.read(sent["message_id"].as_str().unwrap()).unwrap()).await;
        assert_eq!((row.number_id, row.lane, row.state), (second, 0, QUEUED));
        let said: Value = serde_json::from_str(row.content.as_deref().unwrap()).unwrap();
        assert_eq!(said["type"], "template");
        assert!(!said["body"].as_str().unwrap().contains("{{"), "{said}");
        assert_eq!(p.client.get(&path).await["last_text"], said["body"]);
        for wrong in [json!({}), json!({"template_id": template, "content": {"type": "text", "body": "hi"}})] {
            assert_eq!(p.client.post(&answers, wrong).await.expect(422)["errors"][0]["pointer"], "/content");
        }
        assert_eq!(p.client.post(&answers, json!({"template_id": "tpl_none"})).await.expect(404)["code"], "not_found");
    }

    async fn a_conversation_goes_by_the_name_of_the_profile_or_else_by_the_one_on_whatsapp(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        p.says(1, "hello", START - 1_000).await;
        p.says(2, "hello", START).await;
        let list = p.client.get("/api/v1/conversations").await;
        let names: Vec<_> = list["data"].as_array().unwrap().iter().map(|c| c["name"].as_str()).collect();
        assert_eq!(names, [Some("Asha"), Some("Customer 1")]);
    }

    async fn conversations_come_in_pages_the_liveliest_first(t) {
        let p = Post::new(t).await;
        for i in 1..=5 {
            p.says(i, "hello", START - 1_000 * (i % 3)).await;
        }
        let mut seen: Vec<String> = Vec::new();
        let mut path = "/api/v1/conversations?limit=2".to_owned();
        loop {
            let page = p.client.get(&path).await;
            seen.extend(page["data"].as_array().unwrap().iter().map(|c| c["phone"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/api/v1/conversations?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, [3, 4, 1, 5, 2].map(phone));
    }

    async fn a_person_counts_once_as_an_answer_to_a_campaign(t) {
        let p = Post::new(t).await;
        p.w.customers(4).await;
        p.says(4, "before the campaign", START - HOUR).await;
        let first = p.w.launch(Audience::Everyone).await;
        p.w.run(first).await;
        let second = p.w.launch(Audience::Everyone).await;
        p.w.run(second).await;
        let now = p.w.app().now();
        // Names the first campaign's message; the others name nothing, which means the last campaign.
        let mut named = says(1, "yes please", now);
        let to_first = p.w.accepted()[&phone(1)][0].id.clone();
        let (reply_id, message_id) = to_first.split_once('-').unwrap();
        (named["replyId"], named["messageId"]) = (json!(reply_id), json!(message_id));
        for body in [named.clone(), named, says(2, "nice", now), says(2, "and again", now), says(3, "hm", now)] {
            p.post("inbound", &body).await.expect(200);
        }
        p.apply().await;
        p.says(3, "one more", now).await;
        assert_eq!(p.w.progress(first).await.replies.replied, 1);
        assert_eq!(p.w.progress(second).await.replies.replied, 2);
        let answered = p.thread(1).await.into_iter().find(|m| m.state == RECEIVED).unwrap();
        assert_eq!(answered.in_reply_to.as_deref(), Some(p.w.accepted()[&phone(1)][0].reference.as_str()));
    }
}
