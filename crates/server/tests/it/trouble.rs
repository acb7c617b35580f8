//! The disk is full: nothing is acknowledged that is not kept, nothing is sent that is not written down, and it heals by
//! itself.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use harkara::domain::audience::Audience;
use harkara::http::router;
use harkara::store::{self, Db};
use harkara::worker::Worker;
use harkara_sim::Options;
use tower::ServiceExt;

use crate::support::{Engine, TestApp};
use crate::world::World;

/// Lets the database file grow by so many pages at most; a page has 4 KB.
async fn pages_left(db: &Db, pages: i64) {
    let Db::Sqlite { write, .. } = db else {
        panic!("a full disk is played on SQLite")
    };
    let now: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(write)
        .await
        .unwrap();
    let most = format!("PRAGMA max_page_count = {}", now + pages);
    sqlx::query(sqlx::AssertSqlSafe(most))
        .execute(write)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_full_disk_answers_503_and_acknowledges_nothing_it_does_not_keep() {
    let w = World::new(TestApp::new(Engine::Sqlite).await, Options::default()).await;
    let mut tx = w.app().db.read().await.unwrap();
    let token = store::account::by_id(&mut tx, w.account)
        .await
        .unwrap()
        .unwrap()
        .token;
    drop(tx);
    let post = async || {
        let body = format!(
            "waNumber=919999900000&mobile=919999900001&type=text&timestamp=1&text={}",
            "a".repeat(9_000)
        );
        let request = Request::post(format!("/callbacks/{token}/inbound"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        router(w.t.app.clone()).oneshot(request).await.unwrap().status()
    };
    let kept = async || {
        let mut tx = w.app().db.read().await.unwrap();
        !store::callback::lock_new(&mut tx, 1).await.unwrap().is_empty()
    };
    pages_left(&w.app().db, 0).await;
    assert_eq!(
        (post().await, kept().await),
        (StatusCode::SERVICE_UNAVAILABLE, false)
    );
    pages_left(&w.app().db, 1_000).await;
    assert_eq!((post().await, kept().await), (StatusCode::OK, true));
}

#[tokio::test]
async fn a_disk_that_fills_in_the_middle_of_a_campaign_loses_and_doubles_nothing() {
    let w = World::new(TestApp::new(Engine::Sqlite).await, Options::default()).await;
    w.customers(400).await;
    let id = w.launch(Audience::Everyone).await;
    for _ in 0..13 {
        w.step(100).await;
    }
    let before = w.accepted().len();
    assert!(before > 0 && before < 400, "{before}");
    pages_left(&w.app().db, 0).await;
    let mut refused = 0;
    for _ in 0..20 {
        w.t.clock.advance(50);
        refused += i32::from(w.dispatcher.tick().await.is_err());
        tokio::task::yield_now().await;
    }
    assert!(refused > 0, "the full disk was not met");
    pages_left(&w.app().db, 10_000).await;
    let funnel = w.run(id).await.funnel;
    assert_eq!((funnel.recipients, funnel.sent, funnel.failed), (400, 400, 0));
    w.assert_nobody_doubled();
}
