//! Vendor ids are found as they come, while they are sorted, and afterwards.

use harkara::app::App;
use harkara::app::vendor_ids::{Sort, sort};
use harkara::clock::HOUR;
use harkara::store::vendor_id::{add, by_external_id, fresh, keep};
use harkara::worker::vendor_ids::VendorIds;
use harkara::worker::{Tick, Worker};

use crate::support::{START, on_both_engines};

async fn keep_many(app: &App, hour: i64, names: &str, messages: std::ops::Range<i64>) {
    let mut tx = app.db.write().await.unwrap();
    let refs = messages.rev().map(|n| (format!("{names}-{n}"), n)).collect();
    keep(&mut tx, app.id(), hour, refs).await.unwrap();
    tx.commit().await.unwrap();
}

async fn found(app: &App, hours: std::ops::RangeInclusive<i64>, id: &str) -> Option<i64> {
    let mut tx = app.db.read().await.unwrap();
    by_external_id(&mut tx, hours, id).await.unwrap()
}

async fn unsorted(app: &App, hour: i64) -> i64 {
    let mut tx = app.db.write().await.unwrap();
    let batches = fresh(&mut tx, hour).await.unwrap();
    // Until then nobody else sorts them.
    tx.commit().await.unwrap();
    batches.iter().map(|batch| batch.n).sum()
}

on_both_engines! {
    async fn a_vendor_id_is_found_however_it_is_kept(t) {
        let (app, hour) = (t.app.clone(), START / HOUR);
        keep_many(&app, hour, "alone", 0..3).await;
        keep_many(&app, hour, "crowd", 10..2_600).await;
        keep_many(&app, hour, "other", 3_000..3_100).await;
        for round in 0..3 {
            assert_eq!(found(&app, hour..=hour, "alone-1").await, Some(1), "{round}");
            for n in [10, 1_010, 2_599] {
                assert_eq!(found(&app, hour - 1..=hour + 1, &format!("crowd-{n}")).await, Some(n), "{round}");
            }
            assert_eq!(found(&app, hour..=hour, "other-3042").await, Some(3_042), "{round}");
            for nobody in ["crowd-9", "crowd", "", "crowd-10\",10],[\"", "%", "crowd-2599\\"] {
                assert_eq!(found(&app, hour..=hour, nobody).await, None, "{round}: {nobody}");
            }
            assert_eq!(found(&app, hour + 1..=hour + 9, "crowd-10").await, None, "{round}: after");
            assert_eq!(found(&app, hour - 9..=hour - 1, "crowd-10").await, None, "{round}: before");
            assert_eq!(sort(&app, Sort::All).await.unwrap(), round == 0, "all of it makes one run");
        }
        assert_eq!(unsorted(&app, hour).await, 0);
    }

    async fn ids_with_signs_that_texts_are_written_with_are_found(t) {
        let (app, hour) = (t.app.clone(), START / HOUR);
        let odd = ["\"", "\\", "a\",1],[\"b", "पहचान", "\u{1f600}", "a/b+c==", "[\"x\",", "\n\t"];
        let refs = (0..).zip(odd).map(|(n, id)| (id.to_owned(), n)).chain((100..120).map(|n| (n.to_string(), n)));
        let mut tx = app.db.write().await.unwrap();
        keep(&mut tx, app.id(), hour, refs.collect()).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            for (n, id) in (0..).zip(odd) {
                assert_eq!(found(&app, hour..=hour, id).await, Some(n), "{id:?}");
            }
            sort(&app, Sort::All).await.unwrap();
        }
    }

    async fn enough_make_a_run_and_the_rest_of_an_hour_when_it_is_over(t) {
        let (app, hour) = (t.app.clone(), START / HOUR);
        let worker = VendorIds::new(app.clone());
        let all = async || while worker.tick().await.unwrap() == Tick::Again {};
        keep_many(&app, hour, "few", 0..100).await;
        all().await;
        assert_eq!(unsorted(&app, hour).await, 100, "they wait for more");
        for n in 0..5 {
            keep_many(&app, hour, "many", 1_000 + n * 10_000..1_000 + (n + 1) * 10_000).await;
        }
        all().await;
        assert_eq!(unsorted(&app, hour).await, 20_000, "one run");
        t.clock.advance(HOUR);
        keep_many(&app, hour + 1, "next", 90_000..90_100).await;
        all().await;
        assert_eq!((unsorted(&app, hour).await, unsorted(&app, hour + 1).await), (0, 100));
        for (id, n) in [("few-7", 7), ("many-1000", 1_000), ("many-31000", 31_000), ("many-50999", 50_999)] {
            assert_eq!(found(&app, hour..=hour, id).await, Some(n), "{id}");
            assert_eq!(found(&app, hour + 1..=hour + 1, id).await, None, "{id}");
        }
        assert_eq!(found(&app, hour..=hour + 1, "next-90001").await, Some(90_001));
    }

    async fn two_servers_that_sort_at_once_lose_none(t) {
        let (app, hour) = (t.app.clone(), START / HOUR);
        for n in 0..10 {
            keep_many(&app, hour, "both", n * 1_000..(n + 1) * 1_000).await;
        }
        let (one, other) = futures::join!(sort(&app, Sort::All), sort(&app, Sort::All));
        assert!(one.unwrap() | other.unwrap());
        while sort(&app, Sort::All).await.unwrap() {}
        for n in [0, 999, 1_000, 5_432, 9_999] {
            assert_eq!(found(&app, hour..=hour, &format!("both-{n}")).await, Some(n));
        }
    }

    // What versions before this one wrote.
    async fn vendor_ids_of_an_older_version_are_found(t) {
        let (app, hour) = (t.app.clone(), START / HOUR);
        let mut tx = app.db.write().await.unwrap();
        add(&mut tx, hour, vec![("old".into(), 7)]).await.unwrap();
        tx.commit().await.unwrap();
        keep_many(&app, hour, "new", 0..20).await;
        sort(&app, Sort::All).await.unwrap();
        for (hours, expected) in [(hour..=hour, Some(7)), (hour - 3..=hour + 3, Some(7)), (hour + 1..=hour + 2, None), (hour - 2..=hour - 1, None)] {
            assert_eq!(found(&app, hours.clone(), "old").await, expected, "{hours:?}");
        }
    }
}
