//! The first page: today in numbers, what needs a person, what was done.

use axum::body::Body;
use harkara::app::campaign;
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{SENT, UNKNOWN};
use harkara::store::refused::RefusedRow;
use harkara::store::{self, template::TemplateRow};
use serde_json::{Value, json};

use crate::post::{Post, report};
use crate::support::on_both_engines;

const HOUR: i64 = 3_600_000;

async fn home(p: &Post) -> Value {
    p.client.get("/api/v1/home?zone=Asia/Kolkata").await
}

fn today(home: &Value) -> Vec<i64> {
    let n = |name: &str| home["today"][name].as_i64().unwrap();
    ["sent", "delivered", "read", "failed", "replies", "waiting"]
        .map(n)
        .into()
}

fn done(home: &Value) -> Vec<&str> {
    let steps = home["checklist"].as_array().unwrap().iter();
    steps
        .filter(|s| s["done"] == true)
        .map(|s| s["key"].as_str().unwrap())
        .collect()
}

fn needs(home: &Value) -> Vec<(&str, &str)> {
    let needs = home["needs"].as_array().unwrap().iter();
    let all = needs.map(|n| {
        assert!(
            ["title", "detail", "help"]
                .iter()
                .all(|k| !n[*k].as_str().unwrap().is_empty()),
            "{n}"
        );
        (n["kind"].as_str().unwrap(), n["link"]["type"].as_str().unwrap())
    });
    all.collect()
}

on_both_engines! {
    async fn today_is_what_was_made_since_midnight_where_people_are(t) {
        let p = Post::new(t).await;
        p.w.customers(10).await;
        assert_eq!(today(&home(&p).await), [0, 0, 0, 0, 0, 0]);
        assert_eq!(done(&home(&p).await), ["account", "number", "template", "profiles"]);

        let id = p.w.launch(Audience::Everyone).await;
        p.w.run(id).await;
        let mut tx = p.w.app().db.read().await.unwrap();
        let rows = store::message::of_campaign(&mut tx, id, i64::MAX, 0, 100).await.unwrap();
        drop(tx);
        let now = p.w.app().now();
        let mut reports: Vec<Value> = rows[..6].iter().map(|m| report(m.id, "DELIVERED", now)).collect();
        reports.extend(rows[..2].iter().map(|m| report(m.id, "READ", now)));
        reports.push(report(rows[9].id, "FAILED", now));
        p.reports(&reports).await;
        for from in [1, 2] {
            p.says(from, "Tell me more", now).await;
        }
        p.w.t.clock.advance(1_000);
        let thread = p.conversation(1).await;
        let path = format!("/api/v1/conversations/{}/messages", id::CONVERSATION.show(thread.id));
        p.client.post(&path, json!({"content": {"type": "text", "body": "Of course"}})).await.expect(202);
        p.w.step(1_000).await;

        let home_now = home(&p).await;
        // Ten of the campaign, one of them failed, and the answer.
        assert_eq!(today(&home_now), [10, 6, 2, 1, 2, 1]);
        // 15:30 in India.
        assert_eq!(home_now["today"]["since"], now / HOUR * HOUR - 15 * HOUR - HOUR / 2);
        assert_eq!(done(&home_now), ["account", "number", "callback", "template", "profiles", "campaign", "reply"]);

        p.w.t.clock.advance(9 * HOUR);
        assert_eq!(today(&home(&p).await), [0, 0, 0, 0, 0, 1]);
        let wrong = p.client.call("GET", "/api/v1/home?zone=Mars/Olympus", Body::empty()).await;
        assert_eq!(wrong.expect(422)["code"], "bad_zone");
    }

    async fn a_campaign_over_midnight_counts_with_what_it_sends_today(t) {
        let p = Post::new(t).await;
        p.w.customers(5).await;
        let id = p.w.launch(Audience::Everyone).await;
        for _ in 0..100 {
            p.w.step(100).await;
            if today(&home(&p).await)[0] == 5 {
                break;
            }
        }
        let mut tx = p.w.app().db.write().await.unwrap();
        // Whether it is over already depends on the pace of the machine.
        let paused = campaign::pause(p.w.app(), &mut tx, id).await.is_ok();
        tx.commit().await.unwrap();
        assert_eq!(today(&home(&p).await)[0], 5);
        p.w.t.clock.advance(24 * HOUR);
        assert_eq!(today(&home(&p).await)[0], 0);
        p.message(50, SENT, Some(id)).await;
        p.message(51, UNKNOWN, Some(id)).await;
        assert_eq!(today(&home(&p).await)[0], i64::from(paused));
    }

    async fn what_needs_a_person_is_told_with_its_reason(t) {
        let p = Post::new(t).await;
        p.w.customers(3).await;
        assert_eq!(needs(&home(&p).await), []);
        let app = p.w.app();
        let id = p.w.launch(Audience::Everyone).await;
        p.w.run(id).await;
        let second = p.w.draft(Audience::Everyone, &[]).await;
        assert_eq!(needs(&home(&p).await), [], "a callback may still come");
        p.w.t.clock.advance(11 * 60_000);
        assert_eq!(needs(&home(&p).await), [("callbacks_missing", "account")]);

        p.says(1, "Is anybody there?", app.now()).await;
        assert_eq!(needs(&home(&p).await), []);
        p.w.t.clock.advance(23 * HOUR + HOUR / 2);
        let mut tx = app.db.write().await.unwrap();
        campaign::launch(app, &mut tx, second, campaign::When::default()).await.unwrap();
        campaign::pause(app, &mut tx, second).await.unwrap();
        let row = store::template::by_id(&mut tx, p.w.template).await.unwrap().unwrap();
        let paused = TemplateRow { status: "paused".into(), status_detail: Some("Low quality".into()), ..row };
        store::template::update(&mut tx, &paused).await.unwrap();
        store::import::insert(&mut tx, (app.id(), 1, store::import::RUNNING), "people.csv", "{}", 10, app.now()).await.unwrap();
        let import = store::import::page(&mut tx, i64::MAX, 1).await.unwrap()[0].id;
        let failed = store::import::FAILED;
        store::import::end(&mut tx, import, failed, Some("Line 3 has no end."), app.now()).await.unwrap();
        let refused = RefusedRow { account_id: p.w.account, refused: 4, reason: "No signature.".into(), at: app.now() };
        store::refused::add(&mut tx, &refused).await.unwrap();
        store::account::hold(&mut tx, p.w.account, "The wallet is empty.", i64::MAX, app.now()).await.unwrap();
        tx.commit().await.unwrap();

        let home = home(&p).await;
        assert_eq!(needs(&home), [
            ("account_held", "account"), ("callbacks_refused", "account"), ("campaign_paused", "campaign"),
            ("windows_closing", "conversation"), ("template_paused", "template"), ("import_failed", "import"),
        ]);
        let of = |kind: &str| home["needs"].as_array().unwrap().iter().find(|n| n["kind"] == kind).unwrap().clone();
        assert_eq!(of("account_held")["detail"], "The wallet is empty.");
        assert_eq!(of("template_paused")["detail"], "Low quality One campaign needs it.");
        assert_eq!(of("windows_closing")["title"], "Asha waits for an answer");
        assert_eq!(of("import_failed")["detail"], "Line 3 has no end.");
        p.w.t.clock.advance(HOUR);
        assert!(!needs(&crate::home::home(&p).await).contains(&("windows_closing", "conversation")));
    }

    async fn a_running_campaign_stands_with_its_progress(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        let id = p.w.launch(Audience::Everyone).await;
        let home = home(&p).await;
        assert_eq!(home["running"][0]["id"], id::CAMPAIGN.show(id));
        assert_eq!(home["running"][0]["funnel"]["sent"], 0);
        p.w.run(id).await;
        assert_eq!(crate::home::home(&p).await["running"], json!([]));
    }
}
