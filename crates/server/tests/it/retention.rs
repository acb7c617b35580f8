//! What is old and done with goes, little by little; what is not done with stays.

use std::sync::Arc;
use std::time::Duration;

use harkara::app::App;
use harkara::app::vault::Vault;
use harkara::app::vendor_ids::{Sort, sort};
use harkara::clock::{DAY, HOUR, first_id_at};
use harkara::domain::id::CALLBACK;
use harkara::store::callback::{APPLIED, NEW, NOT_OURS, Raw, UNREADABLE, Verdict, WAITING};
use harkara::store::dialect::Dialect;
use harkara::store::{self, retention};
use harkara::worker::retention::Retention;
use harkara::worker::{Tick, Worker};
use serde_json::json;

use crate::post::Post;
use crate::support::{START, TestApp, on_both_engines};

/// Callbacks that come now, one in each of these states.
async fn come(app: &App, states: &[i16], length: usize) -> Vec<i64> {
    let rows: Vec<Raw> = states
        .iter()
        .map(|_| Raw {
            id: app.id(),
            account_id: 1,
            method: "POST".into(),
            query: String::new(),
            content_type: String::new(),
            headers: "[]".into(),
            body: vec![b'x'; length],
        })
        .collect();
    let judge = |(row, state): (&Raw, &i16)| Verdict {
        id: row.id,
        state: *state,
        events: 1,
        problem: None,
    };
    let verdicts = rows.iter().zip(states).map(judge).collect();
    let mut tx = app.db.write().await.unwrap();
    store::callback::insert(&mut tx, &rows.iter().collect::<Vec<_>>())
        .await
        .unwrap();
    store::callback::judge(&mut tx, verdicts).await.unwrap();
    tx.commit().await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

/// How many callbacks there are.
async fn kept(app: &App) -> usize {
    let mut tx = app.db.read().await.unwrap();
    retention::next_callbacks(&mut tx, 0, i64::MAX, i64::MAX)
        .await
        .unwrap()
        .len()
}

/// One whole pass; how many callbacks each step of it left.
async fn pass(app: &App, worker: &Retention) -> Vec<usize> {
    let mut left = Vec::new();
    for _ in 0..200 {
        let tick = worker.tick().await.unwrap();
        left.push(kept(app).await);
        if tick == Tick::After(Duration::from_secs(60)) {
            return left;
        }
    }
    panic!("the pass does not end: {left:?}");
}

/// A server on the same database that keeps callbacks for other days.
fn keeping(t: &TestApp, days: i64) -> Arc<App> {
    let mut config = t.app.config.clone();
    config.callback_days = days;
    let vault = Vault::open(t.folder.path(), None).unwrap();
    App::new(t.app.db.clone(), t.clock.clone(), 2, vault, config)
}

on_both_engines! {
    async fn old_callbacks_go_when_they_are_done_with(t) {
        let (app, worker) = (t.app.clone(), Retention::new(t.app.clone()));
        let old = come(&app, &[NEW, APPLIED, NOT_OURS, UNREADABLE, WAITING], 9).await;
        t.clock.advance(DAY);
        let young = come(&app, &[NEW, APPLIED, NOT_OURS, UNREADABLE, WAITING], 9).await;
        t.clock.advance(89 * DAY - HOUR);
        pass(&app, &worker).await;
        assert_eq!(kept(&app).await, 10, "nothing is older than 90 days");
        t.clock.advance(HOUR + 1);
        pass(&app, &worker).await;
        let mut tx = app.db.read().await.unwrap();
        let rows = retention::next_callbacks(&mut tx, 0, i64::MAX, 100).await.unwrap();
        let ids: Vec<i64> = rows.into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [&[old[0], old[4]][..], &young[..]].concat());
    }

    async fn they_go_little_by_little_and_once_an_hour(t) {
        let (app, worker) = (t.app.clone(), Retention::new(t.app.clone()));
        come(&app, &[APPLIED; 4_100], 9).await;
        let long = come(&app, &[APPLIED; 6], 1_500_000).await;
        t.clock.advance(91 * DAY);
        let left = pass(&app, &worker).await;
        // Long ones count by their bytes: three of these are more than four megabytes.
        assert_eq!(left[..4], [2_106, 106, 3, 0], "{left:?}");
        assert_eq!(long.len(), 6);
        t.clock.advance(-91 * DAY);
        come(&app, &[APPLIED], 9).await;
        t.clock.advance(91 * DAY + HOUR - 1);
        assert_eq!(pass(&app, &worker).await, [1], "not yet time for another pass");
        t.clock.advance(1);
        pass(&app, &worker).await;
        assert_eq!(kept(&app).await, 0);
    }

    async fn they_stay_for_ever_when_the_operator_wants_it(t) {
        let app = keeping(&t, 0);
        come(&app, &[APPLIED, UNREADABLE], 9).await;
        t.clock.advance(20_000 * DAY);
        pass(&app, &Retention::new(app.clone())).await;
        assert_eq!(kept(&app).await, 2);
        let app = keeping(&t, 1);
        pass(&app, &Retention::new(app.clone())).await;
        assert_eq!(kept(&app).await, 0);
    }

    async fn two_servers_do_not_disturb_each_other(t) {
        let beside = keeping(&t, 90);
        come(&t.app, &[APPLIED; 5_000], 9).await;
        t.clock.advance(91 * DAY);
        let (one, two) = (Retention::new(t.app.clone()), Retention::new(beside.clone()));
        if t.app.db.dialect() == Dialect::Postgres {
            let mut tx = t.app.db.write().await.unwrap();
            assert!(retention::take_turn(&mut tx).await.unwrap());
            pass(&beside, &two).await;
            assert_eq!(kept(&beside).await, 5_000, "somebody else is at it");
            drop(tx);
            t.clock.advance(HOUR);
        }
        for _ in 0..10 {
            let (one, two) = futures::join!(one.tick(), two.tick());
            one.unwrap();
            two.unwrap();
        }
        assert_eq!(kept(&t.app).await, 0);
    }

    async fn vendor_ids_are_kept_as_long_as_a_callback_can_name_them(t) {
        let (app, worker) = (t.app.clone(), Retention::new(t.app.clone()));
        let hour = START / HOUR;
        let mut tx = app.db.write().await.unwrap();
        let refs = (0..4_100).map(|n| (format!("v-{n}"), n)).collect();
        store::vendor_id::keep(&mut tx, app.id(), hour, refs).await.unwrap();
        store::vendor_id::keep(&mut tx, app.id(), hour + 1, vec![("later".into(), 1)]).await.unwrap();
        tx.commit().await.unwrap();
        while sort(&app, Sort::All).await.unwrap() {}
        let known = async |hour: i64, id: &str| {
            let mut tx = app.db.read().await.unwrap();
            store::vendor_id::by_external_id(&mut tx, hour..=hour, id).await.unwrap().is_some()
        };
        t.clock.advance(97 * DAY);
        pass(&app, &worker).await;
        assert!(known(hour, "v-0").await && known(hour, "v-4099").await);
        t.clock.advance(HOUR);
        pass(&app, &worker).await;
        assert!(!known(hour, "v-0").await && !known(hour, "v-999").await && !known(hour, "v-4099").await);
        assert!(known(hour + 1, "later").await);
        // Kept for ten days only, but reports of the last 30 may still be looked into.
        let short = keeping(&t, 10);
        pass(&short, &Retention::new(short.clone())).await;
        assert!(!known(hour + 1, "later").await);
    }

    async fn a_file_that_is_mostly_empty_shrinks(t) {
        let app = t.app.clone();
        come(&app, &[APPLIED; 1_000], 6_000).await;
        t.clock.advance(91 * DAY);
        let mut tx = app.db.read().await.unwrap();
        let (before, _) = retention::pages(&mut tx).await.unwrap();
        drop(tx);
        pass(&app, &Retention::new(app.clone())).await;
        let mut tx = app.db.read().await.unwrap();
        let (after, free) = retention::pages(&mut tx).await.unwrap();
        match app.db.dialect() {
            Dialect::Sqlite => assert!(after * 4 < before && free * 8 <= after, "{before}, {after}, {free}"),
            Dialect::Postgres => assert_eq!((before, after, free), (0, 0, 0)),
        }
    }

    async fn a_replay_says_what_is_gone(t) {
        let p = Post::new(t).await;
        let app = p.w.app().clone();
        let gone = come(&app, &[APPLIED, UNREADABLE], 9).await;
        p.w.t.clock.advance(91 * DAY);
        let here = come(&app, &[UNREADABLE], 9).await;
        pass(&app, &Retention::new(app.clone())).await;
        let ids: Vec<String> = gone.iter().chain(&here).chain(&here).map(|id| CALLBACK.show(*id)).collect();
        let replayed = p.client.post("/api/v1/callbacks/replay", json!({"ids": ids})).await.expect(202);
        assert_eq!(replayed["callbacks"], 1);
        let note = replayed["note"].as_str().unwrap();
        assert!(note.starts_with("2 of 3 callbacks are not there.") && note.contains("callback_days = 90"), "{note}");
        let span = p.client.post("/api/v1/callbacks/replay", json!({"since": START})).await.expect(202);
        assert!(span["note"].as_str().unwrap().contains("2026-01-06T10:00:00"), "{span}");
        let late = p.client.post("/api/v1/callbacks/replay", json!({"since": START + DAY + 1})).await.expect(202);
        assert_eq!((&late["callbacks"], late["note"].is_null()), (&json!(1), true));
        let shown = p.client.call("GET", &format!("/api/v1/callbacks/{}", ids[0]), "").await;
        assert_eq!(shown.expect(410)["code"], "gone");
        let never = CALLBACK.show(first_id_at(app.now()) + 77);
        p.client.call("GET", &format!("/api/v1/callbacks/{never}"), "").await.expect(404);
    }
}
