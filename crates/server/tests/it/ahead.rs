//! People of a campaign who are looked up before their turn, in the order of their numbers: whatever happens between, nobody is
//! passed over and nobody comes twice.

use std::ops::RangeInclusive;

use harkara::app::dispatch::look_ahead;
use harkara::app::{campaign, consent};
use harkara::clock::MINUTE;
use harkara::domain::audience::Audience;
use harkara::domain::id::LIST;
use harkara::store::profile::ProfileRow;
use harkara::store::slice::SliceRow;
use harkara::store::{self, Db};
use harkara::worker::Worker;
use harkara::worker::dispatch::Dispatcher;
use harkara::worker::schedule::Scheduler;
use harkara_sim::Options;
use sqlx::AssertSqlSafe;

use crate::support::on_both_engines;
use crate::world::{World, phone};

/// People whose numbers go down as their ids go up.
async fn upside_down(w: &World, n: i64) -> Vec<ProfileRow> {
    let rows: Vec<ProfileRow> = (1..=n).rev().map(|i| w.customer(i)).collect();
    let mut tx = w.app().db.write().await.unwrap();
    for rows in rows.chunks(500) {
        store::profile::insert_many(&mut tx, rows).await.unwrap();
    }
    tx.commit().await.unwrap();
    rows
}

/// The slice of a campaign over one number.
async fn slice(w: &World, campaign: i64) -> SliceRow {
    let mut tx = w.app().db.write().await.unwrap();
    let slice = store::slice::next_of(&mut tx, campaign).await.unwrap();
    tx.commit().await.unwrap();
    slice.expect("nothing is left to plan")
}

async fn look(w: &World, campaign: i64, lists: &[i64], people: RangeInclusive<usize>) -> bool {
    let slice = slice(w, campaign).await;
    look_ahead(w.app(), &slice, lists, people).await.unwrap()
}

/// Whom it came to, in this order.
async fn order(w: &World, campaign: i64) -> Vec<String> {
    let mut tx = w.app().db.read().await.unwrap();
    let (mut phones, mut before) = (Vec::new(), i64::MAX);
    loop {
        let page = store::message::of_campaign(&mut tx, campaign, before, 0, 500)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        before = last.id;
        phones.extend(page.into_iter().map(|row| row.phone));
    }
    phones.reverse();
    phones
}

async fn execute(db: &Db, sql: String) {
    match db {
        Db::Sqlite { write, .. } => drop(sqlx::query(AssertSqlSafe(sql)).execute(write).await.unwrap()),
        Db::Postgres(pool, _) => drop(sqlx::query(AssertSqlSafe(sql)).execute(pool).await.unwrap()),
        Db::Watched(..) => unreachable!(),
    }
}

/// Rows of people who were looked up.
async fn rows_kept(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) FROM campaign_ahead";
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_one(read).await.unwrap(),
        Db::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        Db::Watched(..) => unreachable!(),
    }
}

/// Goes on until some of a campaign are planned. How many.
async fn some_planned(w: &World, campaign: i64) -> i64 {
    for _ in 0..30 {
        w.step(100).await;
        let planned = w.progress(campaign).await.funnel.recipients;
        if planned > 0 {
            return planned;
        }
    }
    panic!("nobody is planned");
}

fn phones(of: impl IntoIterator<Item = i64>) -> Vec<String> {
    of.into_iter().map(phone).collect()
}

on_both_engines! {
    async fn people_who_were_looked_up_come_in_the_order_of_their_numbers(t) {
        let w = World::new(t, Options::default()).await;
        upside_down(&w, 1_700).await;
        let id = w.launch(Audience::Everyone).await;
        // Ids go down as numbers go up: the first 1,200 by id are those with the highest numbers.
        assert!(look(&w, id, &[], 1..=700).await);
        assert!(look(&w, id, &[], 1..=500).await, "and more, while the first wait");
        assert_eq!(slice(&w, id).await.left(), 1_200);
        for _ in 0..6 {
            w.step(100).await;
        }
        // As after a kill: what was looked up stands in the database.
        let w = World { dispatcher: Dispatcher::new(w.t.app.clone()), ..w };
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.excluded), (1_700, 1_700, 0));
        w.assert_nobody_doubled();
        let order = order(&w, id).await;
        assert_eq!(order[..700], phones(1_001..=1_700));
        assert_eq!(order[700..1_200], phones(501..=1_000));
        assert_eq!(order[1_200..], phones((1..=500).rev()), "the others by id");
        assert_eq!(rows_kept(&w.app().db).await, 0);
    }

    async fn what_changes_before_their_turn_counts(t) {
        let w = World::new(t, Options::default()).await;
        let people = upside_down(&w, 40).await;
        let mut tx = w.app().db.write().await.unwrap();
        let mut lists = Vec::new();
        for (name, range) in [("A", 0..25), ("B", 20..40)] {
            let list = store::list::find_or_add(&mut tx, w.app().id(), name, w.app().now()).await.unwrap();
            let ids: Vec<i64> = people[range].iter().map(|p| p.id).collect();
            store::list::add(&mut tx, list, &ids).await.unwrap();
            lists.push(list);
        }
        tx.commit().await.unwrap();
        let list_ids: Vec<String> = lists.iter().map(|list| LIST.show(*list)).collect();
        for (list_ids, kept) in [(list_ids.clone(), 37), (list_ids[..1].to_vec(), 22)] {
            let lists = &lists[..list_ids.len()];
            let id = w.launch(Audience::Lists { list_ids }).await;
            assert!(look(&w, id, lists, 1..=100).await);
            let mut tx = w.app().db.write().await.unwrap();
            let now = w.app().now();
            let left = &people[3];
            for list in lists {
                store::list::remove(&mut tx, *list, &[left.id]).await.unwrap();
            }
            consent::opt_out(w.app(), &mut tx, people[5].phone.as_ref().unwrap(), "test", None, now).await.unwrap();
            tx.commit().await.unwrap();
            execute(&w.app().db, format!("DELETE FROM profile WHERE id = {}", people[7].id)).await;
            let funnel = w.run(id).await.funnel;
            assert_eq!((funnel.sent, funnel.excluded), (kept, 1), "{funnel:?}");
            let got = order(&w, id).await;
            for gone in [3, 5, 7] {
                assert!(!got.contains(people[gone].phone.as_ref().unwrap()), "{gone}");
            }
            let mut tx = w.app().db.write().await.unwrap();
            store::profile::insert_many(&mut tx, &people[7..8]).await.unwrap();
            for list in lists {
                store::list::add(&mut tx, *list, &[left.id]).await.unwrap();
            }
            consent::opt_in(w.app(), &mut tx, people[5].phone.as_ref().unwrap(), "test", None, now).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn of_two_people_with_one_number_the_earlier_one_gets_it_as_ever(t) {
        let w = World::new(t, Options::default()).await;
        let mut people = upside_down(&w, 20).await;
        let mut tx = w.app().db.write().await.unwrap();
        for (i, person) in people.iter_mut().enumerate().skip(10) {
            person.phone = Some(phone(100 - i as i64 % 10));
        }
        for (i, person) in people.iter_mut().enumerate().take(10) {
            person.phone = Some(phone(100 - i as i64));
        }
        store::profile::update_many(&mut tx, &people).await.unwrap();
        tx.commit().await.unwrap();
        let id = w.launch(Audience::Everyone).await;
        assert!(look(&w, id, &[], 1..=100).await);
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.excluded), (10, 10, 10));
        let mut tx = w.app().db.read().await.unwrap();
        let rows = store::message::of_campaign(&mut tx, id, i64::MAX, 0, 100).await.unwrap();
        let first: Vec<Option<i64>> = people[..10].iter().map(|p| Some(p.id)).collect();
        assert!(rows.iter().all(|row| first.contains(&row.profile_id)), "{rows:?}");
    }

    async fn who_was_planned_while_others_were_looked_up_is_left_out(t) {
        let w = World::new(t, Options::default()).await;
        upside_down(&w, 400).await;
        let id = w.launch(Audience::Everyone).await;
        let before = slice(&w, id).await;
        let mut tx = w.app().db.read().await.unwrap();
        let found = store::ahead::by_number(&mut tx, (0, before.upper), &[], 300).await.unwrap();
        drop(tx);
        assert_eq!(found.ids.len(), 300);
        let planned = some_planned(&w, id).await;
        assert!(planned > 0 && planned < 300, "{planned}");
        for added in [300 - planned, 0] {
            let mut tx = w.app().db.write().await.unwrap();
            let n = store::ahead::add(&mut tx, (id, before.n), 0, found.clone()).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(n as i64, added, "the second of two servers adds nobody");
        }
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.excluded), (400, 400, 0));
        w.assert_nobody_doubled();
    }

    async fn an_older_version_that_plans_by_id_meanwhile_loses_and_doubles_nobody(t) {
        older_version(&World::new(t, Options::default()).await, false).await;
    }

    async fn after_an_older_version_others_are_looked_up(t) {
        older_version(&World::new(t, Options::default()).await, true).await;
    }

    async fn a_pause_keeps_them_and_a_stop_forgets_them(t) {
        let w = World::new(t, Options::default()).await;
        upside_down(&w, 400).await;
        let id = w.launch(Audience::Everyone).await;
        assert!(!look(&w, id, &[], 401..=500).await, "too few to be worth it");
        let running = slice(&w, id).await;
        assert!(look(&w, id, &[], 400..=500).await);
        let mut tx = w.app().db.write().await.unwrap();
        campaign::pause(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        w.step(100).await;
        assert_eq!(w.progress(id).await.funnel.recipients, 0);
        assert_eq!(rows_kept(&w.app().db).await, 1);
        let mut tx = w.app().db.write().await.unwrap();
        campaign::resume(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        some_planned(&w, id).await;
        let mut tx = w.app().db.write().await.unwrap();
        campaign::stop(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows_kept(&w.app().db).await, 0);
        assert!(look_ahead(w.app(), &running, &[], 1..=500).await.unwrap());
        assert_eq!(rows_kept(&w.app().db).await, 0, "one that was under way brings nothing back");
    }

    async fn the_cut_off_skips_those_who_were_looked_up(t) {
        let w = World::new(t, Options::default()).await;
        upside_down(&w, 400).await;
        let id = w.launch(Audience::Everyone).await;
        let ends = w.app().now() + MINUTE;
        execute(&w.app().db, format!("UPDATE campaign SET ends_at = {ends} WHERE id = {id}")).await;
        assert!(look(&w, id, &[], 1..=300).await);
        let sent = some_planned(&w, id).await;
        w.t.clock.advance(MINUTE);
        Scheduler::new(w.app().clone()).tick().await.unwrap();
        let funnel = w.progress(id).await.funnel;
        assert_eq!((funnel.sent, funnel.cut_off, funnel.excluded), (sent, 400 - sent, 0));
    }

    async fn the_dispatcher_looks_up_by_itself(t) {
        let w = World::new(t, Options::default()).await;
        upside_down(&w, 2_600).await;
        let id = w.launch(Audience::Everyone).await;
        some_planned(&w, id).await;
        // It works beside the sending, so that nothing says when it is done.
        let mut looks = 0;
        while slice(&w, id).await.left() == 0 {
            looks += 1;
            assert!(looks < 10_000, "nobody was looked up");
        }
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.excluded), (2_600, 2_600, 0));
        w.assert_nobody_doubled();
        let order = order(&w, id).await;
        assert!(order[500..].is_sorted(), "{:?}", &order[..600]);
    }
}

/// An older version plans by id while people are looked up; `others` are looked up after it.
async fn older_version(w: &World, others: bool) {
    upside_down(w, 400).await;
    let id = w.launch(Audience::Everyone).await;
    assert!(look(w, id, &[], 1..=300).await);
    let planned = some_planned(w, id).await;
    assert!(planned > 0 && planned < 300, "{planned}");
    // It reads the position alone, and that has not moved.
    execute(
        &w.app().db,
        format!("UPDATE campaign_slice SET ahead = taken WHERE campaign_id = {id}"),
    )
    .await;
    w.step(100).await;
    execute(
        &w.app().db,
        format!("UPDATE campaign_slice SET ahead = 300 WHERE campaign_id = {id}"),
    )
    .await;
    assert_eq!(slice(w, id).await.left(), 0, "they do not hold any more");
    assert_eq!(rows_kept(&w.app().db).await, 1);
    if others {
        assert!(look(w, id, &[], 1..=50).await, "and make room for others");
        assert_eq!(slice(w, id).await.left(), 50);
    }
    let funnel = w.run(id).await.funnel;
    assert_eq!((funnel.recipients, funnel.sent), (400, 400));
    assert!(funnel.excluded <= planned, "{funnel:?}");
    w.assert_nobody_doubled();
    assert_eq!(rows_kept(&w.app().db).await, 0);
}
