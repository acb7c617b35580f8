//! Campaigns that leave from several numbers.

use std::collections::HashMap;

use harkara::app::campaign;
use harkara::domain::audience::Audience;
use harkara::store::{self, Db};
use harkara::worker::dispatch::Dispatcher;
use harkara_sim::Options;
use serde_json::json;

use crate::support::on_both_engines;
use crate::world::World;

/// How many messages of a campaign left from each number.
async fn by_number(w: &World, campaign: i64) -> HashMap<i64, i64> {
    let mut tx = w.app().db.read().await.unwrap();
    let (mut found, mut before) = (HashMap::new(), i64::MAX);
    loop {
        let page = store::message::of_campaign(&mut tx, campaign, before, 0, 500)
            .await
            .unwrap();
        let Some(last) = page.last() else { return found };
        before = last.id;
        for row in page {
            *found.entry(row.number_id).or_default() += 1;
        }
    }
}

async fn main_number(w: &World) -> i64 {
    let mut tx = w.app().db.read().await.unwrap();
    store::number::of_account(&mut tx, w.account).await.unwrap()[0].id
}

/// The main number at this rate, and its id.
async fn slow_down(w: &World, messages_per_second: i64) -> i64 {
    let mut tx = w.app().db.write().await.unwrap();
    let number = store::number::of_account(&mut tx, w.account)
        .await
        .unwrap()
        .remove(0);
    let row = store::number::NumberRow {
        messages_per_second,
        ..number
    };
    store::number::update(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row.id
}

on_both_engines! {
    async fn several_numbers_share_a_campaign_and_nobody_gets_it_twice(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 5000})).await;
        w.customers(3_000).await;
        let numbers = [main_number(&w).await, w.number(1, 500).await, w.number(2, 250).await];
        let id = w.launch_over(Audience::Everyone, &numbers).await;
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.excluded), (3_000, 3_000, 0));
        w.assert_nobody_doubled();
        let shares = by_number(&w, id).await;
        assert!(numbers.iter().all(|n| shares.get(n).is_some_and(|n| *n >= 200)), "{shares:?}");
    }

    async fn a_slow_number_does_not_hold_up_the_fast_ones(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(2_000).await;
        let slow = slow_down(&w, 5).await;
        let fast = w.number(1, 500).await;
        let id = w.launch_over(Audience::Everyone, &[slow, fast]).await;
        let started = w.app().now();
        let funnel = w.run(id).await.funnel;
        assert_eq!(funnel.sent, 2_000);
        w.assert_nobody_doubled();
        let shares = by_number(&w, id).await;
        // What it is left with in the end is less than what is worth sharing: 400 people, 80 seconds.
        assert!(shares[&slow] < 420, "{shares:?}");
        assert!(w.app().now() - started < 90_000, "{} ms", w.app().now() - started);
    }

    async fn a_campaign_over_several_numbers_goes_on_after_a_restart_and_a_pause(t) {
        let mut w = World::new(t, Options::default()).await;
        w.customers(2_500).await;
        let numbers = [slow_down(&w, 300).await, w.number(1, 300).await, w.number(2, 300).await];
        let id = w.launch_over(Audience::Everyone, &numbers).await;
        for _ in 0..18 {
            w.step(100).await;
        }
        w.dispatcher = Dispatcher::new(w.t.app.clone());
        let mut tx = w.app().db.write().await.unwrap();
        campaign::pause(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        let before = w.progress(id).await.funnel.recipients;
        assert!(before > 0 && before < 2_500, "{before}");
        for _ in 0..20 {
            w.step(100).await;
        }
        assert_eq!(w.progress(id).await.funnel.recipients, before, "a paused campaign sends nothing");
        let mut tx = w.app().db.write().await.unwrap();
        campaign::resume(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent), (2_500, 2_500));
        w.assert_nobody_doubled();
    }

    async fn a_campaign_to_a_list_is_shared_too(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 5000})).await;
        w.customers(1_500).await;
        let mut tx = w.app().db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, w.app().id(), "Half", w.app().now()).await.unwrap();
        let everybody = store::profile::slice(&mut tx, 0, i64::MAX, None, 1_500).await.unwrap();
        let half: Vec<i64> = everybody.iter().step_by(2).map(|p| p.id).collect();
        store::list::add(&mut tx, list, &half).await.unwrap();
        tx.commit().await.unwrap();
        let numbers = [main_number(&w).await, w.number(1, 400).await];
        let list_id = harkara::domain::id::LIST.show(list);
        let id = w.launch_over(Audience::List { list_id }, &numbers).await;
        assert_eq!(w.run(id).await.funnel.sent, 750);
        assert_eq!(by_number(&w, id).await.len(), 2);
        w.assert_nobody_doubled();
    }

    async fn a_campaign_that_ran_before_slices_came_goes_on_where_it_stood(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(40).await;
        let id = w.launch(Audience::Everyone).await;
        let mut tx = w.app().db.read().await.unwrap();
        let half = store::profile::slice(&mut tx, 0, i64::MAX, None, 40).await.unwrap()[24].id;
        drop(tx);
        before_slices(&w.app().db, id, half).await;
        w.app().db.migrate().await.unwrap();
        assert_eq!(w.run(id).await.funnel.recipients, 15, "25 were planned already");
    }
}

/// The database as it was before there were slices, with a campaign that stands at this profile.
async fn before_slices(db: &Db, campaign: i64, position: i64) {
    let sql = [
        "DROP TABLE campaign_slice".to_owned(),
        "DROP TABLE campaign_number".to_owned(),
        "DROP TABLE campaign_ahead".to_owned(),
        "DELETE FROM _sqlx_migrations WHERE version IN (5, 39)".to_owned(),
        format!("UPDATE campaign SET position = {position} WHERE id = {campaign}"),
    ];
    for sql in sql {
        let sql = sqlx::AssertSqlSafe(sql);
        match db {
            Db::Sqlite { write, .. } => drop(sqlx::query(sql).execute(write).await.unwrap()),
            Db::Postgres(pool, _) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
            Db::Watched(..) => unreachable!(),
        }
    }
}
