//! People keep the number that they know, from one campaign to the next.

use std::collections::HashMap;

use harkara::app::campaign;
use harkara::domain::audience::Audience;
use harkara::domain::state::QUEUED;
use harkara::store;
use harkara::store::conversation::{Heard, Opening, open_windows};
use harkara::store::kept_number::{Kept, UsedTo, keep, reached, used_to};
use harkara_sim::Options;
use serde_json::json;

use crate::support::on_both_engines;
use crate::world::{World, phone};

/// The number that each person got a campaign from.
async fn numbers(w: &World, campaign: i64) -> HashMap<String, i64> {
    let mut tx = w.app().db.read().await.unwrap();
    let rows = store::message::of_campaign(&mut tx, campaign, i64::MAX, 0, 5_000)
        .await
        .unwrap();
    rows.into_iter().map(|row| (row.phone, row.number_id)).collect()
}

async fn first_number(w: &World) -> i64 {
    let mut tx = w.app().db.read().await.unwrap();
    store::number::of_account(&mut tx, w.account).await.unwrap()[0].id
}

async fn rate(w: &World, number: i64, messages_per_second: i64) {
    let mut tx = w.app().db.write().await.unwrap();
    harkara::app::account::update_number(&mut tx, number, Some(messages_per_second), None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn wrote_to(w: &World, i: i64, number_id: i64) {
    let heard = Heard {
        id: w.app().id(),
        phone: phone(i),
        name: None,
        number_id,
        at: w.app().now(),
        text: "Hi".into(),
        unread: 1,
    };
    let mut tx = w.app().db.write().await.unwrap();
    store::conversation::hear(&mut tx, &[heard]).await.unwrap();
    tx.commit().await.unwrap();
}

fn twice_at_most(w: &World, campaigns: usize) {
    for (to, accepted) in w.accepted() {
        assert_eq!(accepted.len(), campaigns, "{to}");
    }
    assert_eq!(w.sim.state().stats().repeated_refs, 0);
}

on_both_engines! {
    async fn whoever_got_one_campaign_from_a_number_gets_the_next_from_it(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 5000})).await;
        w.customers(1_200).await;
        let (a, b) = (first_number(&w).await, w.number(1, 400).await);
        let first = w.launch_over(Audience::Everyone, &[a, b]).await;
        w.run(first).await;
        let before = numbers(&w, first).await;
        assert!(before.values().filter(|n| **n == b).count() > 100);
        // The other one is the fast one now; that changes nothing for people, only when it ends.
        rate(&w, a, 300).await;
        rate(&w, b, 1_000).await;
        w.t.clock.advance(60_000);
        let second = w.launch_over(Audience::Everyone, &[b, a]).await;
        let funnel = w.run(second).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.excluded), (1_200, 1_200, 0));
        assert_eq!(numbers(&w, second).await, before);
        twice_at_most(&w, 2);
    }

    async fn a_number_that_is_not_of_the_campaign_is_not_used_and_not_forgotten(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(60).await;
        let (a, b, c) = (first_number(&w).await, w.number(1, 500).await, w.number(2, 500).await);
        // A campaign of one number: nothing is remembered, the ledger knows.
        let only_b = w.launch_over(Audience::Everyone, &[b]).await;
        w.run(only_b).await;
        let spread = w.launch_over(Audience::Everyone, &[a, b]).await;
        w.run(spread).await;
        assert!(numbers(&w, spread).await.values().all(|n| *n == b));
        // Somebody who writes to a number knows that one best.
        wrote_to(&w, 1, a).await;
        wrote_to(&w, 2, c).await;
        let again = w.launch_over(Audience::Everyone, &[a, b]).await;
        w.run(again).await;
        let got = numbers(&w, again).await;
        assert_eq!((got[&phone(1)], got[&phone(2)]), (a, b));
        let others = w.launch_over(Audience::Everyone, &[a, c]).await;
        w.run(others).await;
        let got = numbers(&w, others).await;
        assert_eq!((got[&phone(1)], got[&phone(2)]), (a, c));
        assert!(got.values().all(|n| [a, c].contains(n)));
        twice_at_most(&w, 4);
    }

    async fn what_waits_for_another_number_stops_with_the_campaign(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(50).await;
        let (a, b) = (first_number(&w).await, w.number(1, 1).await);
        let first = w.launch_over(Audience::Everyone, &[b]).await;
        w.run(first).await;
        rate(&w, b, 1).await;
        let second = w.launch_over(Audience::Everyone, &[a, b]).await;
        for _ in 0..30 { w.step(100).await; }
        let funnel = w.progress(second).await.funnel;
        assert!(funnel.queued > 30 && funnel.sent < 15, "{funnel:?}");
        assert_eq!(funnel.recipients, 50);
        let mut tx = w.app().db.write().await.unwrap();
        campaign::stop(w.app(), &mut tx, second).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..20 { w.step(100).await; }
        let funnel = w.progress(second).await.funnel;
        assert_eq!((funnel.queued, funnel.sending), (0, 0));
        assert_eq!(funnel.cancelled + funnel.sent, 50);
    }

    async fn a_limit_of_the_campaign_counts_both_numbers(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(60).await;
        let (a, b) = (first_number(&w).await, w.number(1, 500).await);
        let first = w.launch_over(Audience::List { list_id: half(&w).await }, &[b]).await;
        w.run(first).await;
        w.t.clock.advance(10_000);
        let before = w.sim.state().accepted().len();
        let second = w.draft(Audience::Everyone, &[a, b]).await;
        let mut tx = w.app().db.write().await.unwrap();
        let mut row = store::campaign::by_id(&mut tx, second).await.unwrap().unwrap();
        row.messages_per_second = Some(10);
        store::campaign::update(&mut tx, &row).await.unwrap();
        campaign::launch(w.app(), &mut tx, second, campaign::When::default()).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..30 { w.step(100).await; }
        let sent = w.sim.state().accepted().len() - before;
        assert!(sent <= 31, "{sent} in three seconds");
        // What is planned does not run ahead of what may leave.
        let funnel = w.progress(second).await.funnel;
        assert!(funnel.recipients <= 40, "{funnel:?}");
        assert_eq!(w.run(second).await.funnel.sent, 60);
        let got = numbers(&w, second).await;
        assert!((1..=30).all(|i| got[&phone(i)] == b));
    }

    async fn what_was_said_to_a_number_of_the_campaign_counts_also_when_another_was_written_to_since(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(3).await;
        let (a, b, c) = (first_number(&w).await, w.number(1, 500).await, w.number(2, 500).await);
        let spread = w.draft(Audience::Everyone, &[a, b]).await;
        let mut tx = w.app().db.write().await.unwrap();
        let opening = |i, number_id, at| Opening { number_id, phone: phone(i), at };
        open_windows(&mut tx, &[opening(1, a, 1), opening(1, b, 2), opening(1, c, 3), opening(2, b, 2), opening(2, a, 3), opening(3, c, 1)]).await.unwrap();
        tx.commit().await.unwrap();
        for i in 1..=3 {
            wrote_to(&w, i, c).await;
        }
        let mut tx = w.app().db.read().await.unwrap();
        let phones = [phone(1), phone(2), phone(3)];
        let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
        let found = used_to(&mut tx, &phones, w.account, spread).await.unwrap();
        let wrote: Vec<Option<i64>> = phones.iter().map(|phone| found[*phone].wrote_to).collect();
        assert_eq!(wrote, [Some(b), Some(a), None]);
    }

    async fn the_store_tells_which_number_people_are_used_to(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(4).await;
        let (a, b) = (first_number(&w).await, w.number(1, 500).await);
        let old = w.launch_over(Audience::Everyone, &[b]).await;
        w.run(old).await;
        let draft = w.draft(Audience::Everyone, &[a, b]).await;
        wrote_to(&w, 1, a).await;
        let app = w.app();
        let mut tx = app.db.write().await.unwrap();
        let kept = |i, number_id| Kept { phone: phone(i), number_id };
        keep(&mut tx, w.account, &[kept(1, b), kept(2, a)]).await.unwrap();
        keep(&mut tx, w.account, &[kept(2, b)]).await.unwrap();
        keep(&mut tx, w.account, &[]).await.unwrap();
        let phones = [phone(1), phone(2), phone(3)];
        let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
        let found = used_to(&mut tx, &phones, w.account, draft).await.unwrap();
        assert_eq!(found[&phone(1)], UsedTo { wrote_to: Some(a), kept: Some(b) });
        assert_eq!(found[&phone(2)], UsedTo { wrote_to: None, kept: Some(b) });
        assert_eq!(found[&phone(3)], UsedTo::default());
        let before = reached(&mut tx, &phones, w.account, draft).await.unwrap();
        assert!(before.len() == 3 && before.values().all(|n| *n == b));
        assert!(reached(&mut tx, &phones, w.account + 1, draft).await.unwrap().is_empty());
        let due = store::message::due(&mut tx, (b, 2), app.now(), &[], 10).await.unwrap();
        assert!(due.iter().all(|row| row.state == QUEUED) && due.is_empty());
    }
}

/// A list of the first thirty people.
async fn half(w: &World) -> String {
    let app = w.app();
    let mut tx = app.db.write().await.unwrap();
    let list = store::list::find_or_add(&mut tx, app.id(), "half", app.now())
        .await
        .unwrap();
    let mut people = Vec::new();
    for i in 1..=30 {
        people.push(store::profile::by_phone(&mut tx, &phone(i)).await.unwrap()[0].id);
    }
    store::list::add(&mut tx, list, &people).await.unwrap();
    tx.commit().await.unwrap();
    harkara::domain::id::LIST.show(list)
}
