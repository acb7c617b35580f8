//! The automatic answer: what it says to whom, within hours and outside of them, over the API.

use harkara::domain::id;
use harkara::domain::state::QUEUED;
use harkara::store;
use serde_json::{Value, json};

use crate::post::{Post, says};
use crate::support::{START, on_both_engines};

const HOUR: i64 = 3_600_000;

/// The shop is open on each day from 9 to 18 in Kolkata.
fn reply() -> Value {
    let span = json!([{"from": "09:00", "to": "18:00", "next_day": false}]);
    json!({
        "enabled": true, "text": "Hi {{name}}, {{account}} is *here*.", "name_fallback": "friend",
        "hours": {
            "zone": "Asia/Kolkata", "outside": "Sorry {{name}}, we answer from 9:00.",
            "days": {"monday": span, "tuesday": span, "wednesday": span, "thursday": span, "friday": span, "saturday": span, "sunday": span},
        },
    })
}

fn path(p: &Post) -> String {
    format!("/api/v1/accounts/{}/auto-reply", id::ACCOUNT.show(p.w.account))
}

async fn set(p: &Post, reply: &Value) -> crate::client::Answer {
    p.client.call("PUT", &path(p), reply.to_string()).await
}

/// Puts the clock to this many hours after midnight in Kolkata, some days after the start.
fn wait_until(p: &Post, day: i64, hour: i64) -> i64 {
    let midnight = (START + 5 * HOUR + HOUR / 2) / (24 * HOUR) * 24 * HOUR - 5 * HOUR - HOUR / 2;
    let at = midnight + day * 24 * HOUR + hour * HOUR;
    p.w.t.clock.advance(at - p.w.app().now());
    at
}

/// What person `i` was answered.
async fn answers(p: &Post, i: i64) -> Vec<String> {
    let rows = p.thread(i).await.into_iter().filter(|m| m.state == QUEUED);
    let body = |text: String| {
        serde_json::from_str::<Value>(&text).unwrap()["body"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    rows.map(|m| body(m.content.unwrap())).collect()
}

fn pointers(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect()
}

on_both_engines! {
    async fn hours_choose_the_answer_and_the_name_is_filled_in(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        set(&p, &reply()).await.expect(200);
        let day = wait_until(&p, 1, 10);
        p.says(50, "hi", day).await;
        p.says(1, "I have a profile", day).await;
        let mut nameless = says(51, "hi", day);
        nameless.as_object_mut().unwrap().remove("name");
        let mut tricky = says(52, "hi", day);
        tricky["name"] = json!(" {{account}}\n{{name}} ");
        for body in [nameless, tricky] {
            p.post("inbound", &body).await.expect(200);
        }
        p.apply().await;
        assert_eq!(answers(&p, 50).await, ["Hi Asha, Shop is *here*."]);
        assert_eq!(answers(&p, 51).await, ["Hi friend, Shop is *here*."]);
        assert_eq!(answers(&p, 52).await, ["Hi {{account}} {{name}}, Shop is *here*."]);
        assert!(answers(&p, 1).await.is_empty());
        let night = wait_until(&p, 1, 22);
        p.says(60, "hi", night).await;
        p.says(50, "still there?", night).await;
        assert_eq!(answers(&p, 60).await, ["Sorry Asha, we answer from 9:00."]);
        assert_eq!(answers(&p, 50).await.len(), 1, "once in 24 hours, whatever the hour");
        let shown = p.client.get(&path(&p)).await;
        assert_eq!((&shown["answered_24h"], &shown["answered_7d"]), (&json!(4), &json!(4)));
        let later = wait_until(&p, 3, 8);
        p.says(50, "good morning", later).await;
        assert_eq!(answers(&p, 50).await[1], "Sorry Asha, we answer from 9:00.");
        let shown = p.client.get(&path(&p)).await;
        assert_eq!((&shown["answered_24h"], &shown["answered_7d"]), (&json!(1), &json!(4)));
    }

    async fn nothing_outside_of_the_hours_uses_nothing_up(t) {
        let p = Post::new(t).await;
        let mut silent = reply();
        silent["hours"]["outside"] = json!("  ");
        set(&p, &silent).await.expect(200);
        let night = wait_until(&p, 1, 22);
        p.says(50, "hi", night).await;
        assert!(answers(&p, 50).await.is_empty());
        let morning = wait_until(&p, 2, 9);
        p.says(50, "hello?", morning).await;
        p.says(50, "hello??", morning).await;
        assert_eq!(answers(&p, 50).await, ["Hi Asha, Shop is *here*."]);
    }

    async fn it_is_the_setting_of_the_form_and_an_account_without_hours_is_as_before(t) {
        let p = Post::with(t, json!({"auto_reply": "true", "auto_reply_text": "We will answer."})).await;
        let account = format!("/api/v1/accounts/{}", id::ACCOUNT.show(p.w.account));
        let expected = json!({"enabled": true, "text": "Soon.", "name_fallback": "", "hours": null, "answered_24h": 0, "answered_7d": 0});
        p.client.patch(&account, json!({"settings": {"auto_reply_text": "Soon."}})).await.expect(200);
        assert_eq!(p.client.get(&path(&p)).await, expected);
        let problem = p.client.patch(&account, json!({"settings": {"auto_reply_text": "Hi {{name}}"}})).await.expect(422);
        assert_eq!(pointers(&problem), [("/settings/auto_reply_text", "required")]);
        set(&p, &reply()).await.expect(200);
        let shown = p.client.get(&account).await;
        assert_eq!(shown["settings"]["auto_reply_text"], reply()["text"]);
        p.client.patch(&account, json!({"settings": {"auto_reply_text": "Dear {{name}}", "auto_reply": false}})).await.expect(200);
        let mut kept = reply();
        kept["text"] = json!("Dear {{name}}");
        kept["enabled"] = json!(false);
        let mut shown = p.client.get(&path(&p)).await;
        let counts = shown.as_object_mut().unwrap();
        counts.retain(|key, _| !key.starts_with("answered"));
        assert_eq!(shown, kept);
        let day = wait_until(&p, 1, 10);
        p.says(50, "hi", day).await;
        assert!(answers(&p, 50).await.is_empty());
    }

    async fn a_text_that_was_saved_before_there_were_variables_is_said_as_it_stands(t) {
        let p = Post::with(t, json!({"auto_reply": "true", "auto_reply_text": "Soon."})).await;
        let app = p.w.app();
        let mut tx = app.db.write().await.unwrap();
        let mut row = store::account::by_id(&mut tx, p.w.account).await.unwrap().unwrap();
        row.auto_reply_text = "We will {{answer}} you.".into();
        row.settings = row.settings.replace("Soon.", &row.auto_reply_text);
        store::account::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        p.says(50, "hi", START).await;
        assert_eq!(answers(&p, 50).await, ["We will {{answer}} you."]);
        let account = format!("/api/v1/accounts/{}", id::ACCOUNT.show(p.w.account));
        p.client.patch(&account, json!({"settings": {"requests_per_second": 7}})).await.expect(200);
    }

    async fn what_is_wrong_is_told_by_field_and_changes_nothing(t) {
        let p = Post::new(t).await;
        set(&p, &reply()).await.expect(200);
        let before = p.client.get(&path(&p)).await;
        let mut bad = reply();
        bad["text"] = json!("Hi {{first_name}}");
        bad["name_fallback"] = json!(" ");
        bad["hours"]["zone"] = json!("Mars/Olympus");
        bad["hours"]["days"]["monday"] = json!([{"from": "18:00", "to": "09:00"}]);
        bad["hours"]["days"]["tuesday"] = json!([{"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "9"}]);
        bad["hours"]["days"]["wednesday"] = json!([{"from": "22:00", "to": "10:00", "next_day": true}]);
        bad["hours"]["outside"] = json!("x".repeat(4097));
        let problem = set(&p, &bad).await.expect(422);
        assert_eq!(pointers(&problem), [
            ("/text", "unknown_variable"), ("/hours/zone", "bad_zone"), ("/hours/days/monday/0/to", "order"),
            ("/hours/days/tuesday/1/to", "time"), ("/hours/days/thursday/0/from", "overlap"), ("/hours/outside", "too_long"),
        ]);
        let asked = json!({"reply": bad, "time": "22:10"});
        let problem = p.client.post(&format!("{}/preview", path(&p)), asked).await.expect(422);
        assert_eq!(pointers(&problem)[0], ("/reply/text", "unknown_variable"));
        assert_eq!(p.client.get(&path(&p)).await, before);
    }

    async fn the_preview_is_what_would_be_said(t) {
        let p = Post::new(t).await;
        set(&p, &reply()).await.expect(200);
        let preview = async |asked: Value| {
            let seen = p.client.post(&format!("{}/preview", path(&p)), asked).await.expect(200);
            (seen["hours"].as_str().unwrap().to_owned(), seen["answer"].clone())
        };
        let outside = ("outside".to_owned(), json!("Sorry Asha, we answer from 9:00."));
        assert_eq!(preview(json!({"name": "Asha", "day": "tuesday", "time": "22:10"})).await, outside);
        let inside = ("inside".to_owned(), json!("Hi friend, Shop is *here*."));
        assert_eq!(preview(json!({"day": "tuesday", "time": "09:00"})).await, inside);
        let draft = json!({"enabled": true, "text": "Hello", "hours": null});
        assert_eq!(preview(json!({"reply": draft})).await, ("always".to_owned(), json!("Hello")));
        assert_eq!(preview(json!({"reply": {"enabled": false}})).await, ("off".to_owned(), Value::Null));
        let problem = p.client.post(&format!("{}/preview", path(&p)), json!({"time": "25:00"})).await.expect(422);
        assert_eq!(pointers(&problem), [("/time", "time")]);
        assert!(p.thread(50).await.is_empty() && p.client.get(&path(&p)).await["answered_7d"] == 0);
    }

    async fn an_account_that_is_gone_keeps_nothing_of_it(t) {
        let p = Post::new(t).await;
        set(&p, &reply()).await.expect(200);
        let account = format!("/api/v1/accounts/{}", id::ACCOUNT.show(p.w.account));
        p.client.call("DELETE", &format!("{account}?stop=true"), "").await.expect(200);
        assert_eq!(set(&p, &json!({"enabled": false})).await.expect(409)["code"], "account_archived");
        let day = wait_until(&p, 1, 10);
        p.says(50, "hi", day).await;
        assert!(answers(&p, 50).await.is_empty());
        p.client.call("DELETE", &format!("{account}?stop=true&forget=true"), "").await.expect(200);
        let mut tx = p.w.app().db.read().await.unwrap();
        let row = store::account::by_id(&mut tx, p.w.account).await.unwrap().unwrap();
        assert_eq!((row.auto_reply, row.auto_reply_text.as_str(), row.auto_reply_rules), (0, "", None));
    }

    async fn the_log_of_acts_tells_what_changed(t) {
        let p = Post::new(t).await;
        set(&p, &reply()).await.expect(200);
        set(&p, &reply()).await.expect(200);
        let log = p.client.get("/api/v1/audit?action=account.set_auto_reply").await;
        let entry = log["data"].as_array().unwrap().last().unwrap().to_string();
        assert!(entry.contains("Asia/Kolkata") && entry.contains("settings.auto_reply_text"), "{entry}");
    }
}
