//! Leases, step by step, with clocks that stand still and show different times.

use std::sync::Arc;
use std::time::Duration;

use harkara::app::AppError;
use harkara::app::dispatch::{Finished, Trace, settle};
use harkara::app::lease::{self, Standing};
use harkara::clock::DAY;
use harkara::domain::audience::Audience;
use harkara::domain::state::{SENDING, UNKNOWN};
use harkara::store;
use harkara::store::message::MessageRow;
use harkara::store::number::NumberRow;
use harkara::worker::Worker;
use harkara::worker::dispatch::Dispatcher;
use harkara::worker::lease::Keeper;
use harkara_provider::{Receipt, SendError, SendErrorKind};
use harkara_sim::Options;

use crate::support::{START, TestApp, on_both_engines};
use crate::world::World;

const LEASE: i64 = 10_000;

/// Another server with a dispatcher.
struct Node {
    t: TestApp,
    dispatcher: Arc<Dispatcher>,
}

impl Node {
    /// Its clock is a day ahead: nobody may compare.
    async fn beside(w: &World, id: u16) -> Self {
        let t = w.t.beside(id, START + DAY).await;
        let dispatcher = Dispatcher::new(t.app.clone());
        Self { t, dispatcher }
    }

    async fn tick(&self) {
        self.dispatcher.tick().await.unwrap();
    }

    fn held(&self) -> usize {
        self.t.app.leases.held().len()
    }
}

async fn numbers(w: &World, which: std::ops::Range<i64>) {
    let mut tx = w.app().db.write().await.unwrap();
    for i in which {
        let row = NumberRow {
            id: w.app().id(),
            account_id: w.account,
            phone: format!("+91999990099{i}"),
            is_default: 0,
            messages_per_second: 80,
            created_at: START,
        };
        store::number::insert(&mut tx, &row).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn rows(w: &World, campaign: i64) -> Vec<MessageRow> {
    let mut tx = w.app().db.read().await.unwrap();
    store::message::of_campaign(&mut tx, campaign, i64::MAX, 0, 500)
        .await
        .unwrap()
}

/// Time passes for both.
fn pass(w: &World, other: &Node, ms: i64) {
    w.t.clock.advance(ms);
    other.t.clock.advance(ms);
}

fn answer(w: &World, row: &MessageRow, outcome: Result<Receipt, SendError>) -> Finished {
    Finished {
        held: false,
        id: row.id,
        account_id: w.account,
        account_version: START,
        number_id: row.number_id,
        attempt: row.attempt,
        at: row.due_at,
        outcome,
        trace: Trace::default(),
    }
}

on_both_engines! {
    async fn a_silent_node_is_given_up_after_its_lease_and_not_before(t) {
        let w = World::new(t, Options::default()).await;
        w.dispatcher.tick().await.unwrap();
        let own = w.app().leases.held();
        assert_eq!(own.len(), 1);
        let term = w.app().leases.term();
        let other = Node::beside(&w, 2).await;
        other.tick().await;
        assert_eq!(other.held(), 0, "what another holds is not taken");

        // Just before, the owner itself stops; and a beat moves the end.
        pass(&w, &other, LEASE - 1_001);
        assert_eq!(w.app().leases.standing(w.app(), term), Standing::Holds);
        pass(&w, &other, 1);
        assert_eq!(w.app().leases.standing(w.app(), term), Standing::InDoubt);
        other.tick().await;
        assert_eq!(other.held(), 0);
        w.dispatcher.tick().await.unwrap();
        assert_eq!(w.app().leases.standing(w.app(), term), Standing::Holds);
        pass(&w, &other, 300);
        other.tick().await;
        pass(&w, &other, LEASE - 1);
        other.tick().await;
        assert_eq!(other.held(), 0, "not a millisecond too early");
        pass(&w, &other, 251);
        other.tick().await;
        pass(&w, &other, 251);
        other.tick().await;
        assert_eq!(other.t.app.leases.held(), own);
        w.dispatcher.tick().await.unwrap();
        assert_eq!(w.app().leases.standing(w.app(), term), Standing::Lost);
        assert_eq!(w.app().leases.held().len(), 0);
    }

    async fn a_former_owner_settles_nothing_and_claims_nothing(t) {
        let w = World::new(t, Options { latency_ms: 60_000, ..Options::default() }).await;
        w.customers(40).await;
        let campaign = w.launch(Audience::Everyone).await;
        w.dispatcher.tick().await.unwrap();
        w.t.clock.advance(1_100);
        w.dispatcher.tick().await.unwrap();
        let begun = rows(&w, campaign).await;
        assert!(!begun.is_empty() && begun.iter().all(|row| row.state == SENDING));
        let term = w.app().leases.term();

        let other = Node::beside(&w, 2).await;
        other.tick().await;
        for _ in 0..3 {
            other.t.clock.advance(LEASE);
            other.tick().await;
        }
        assert_eq!(other.held(), 1);
        let parked = rows(&w, campaign).await;
        assert_eq!(parked.len(), begun.len());
        assert!(parked.iter().all(|row| row.state == UNKNOWN), "parked before anything else leaves");

        // For the former owner no time has passed: it knows nothing yet.
        assert_eq!(w.app().leases.standing(w.app(), term), Standing::Holds);
        let refused = Err(SendError::new(SendErrorKind::Invalid, None, "no", "no"));
        let accepted = Ok(Receipt { external_id: "1".into(), wa_id: None, warning: None });
        for outcome in [refused, accepted] {
            let error = settle(w.app(), term, &[answer(&w, &begun[0], outcome)]).await.unwrap_err();
            assert!(matches!(error, AppError::LeaseLost), "{error}");
        }
        w.t.clock.advance(100);
        w.dispatcher.tick().await.unwrap();
        assert_eq!(w.dispatcher.in_flight().await, 0, "what it had begun is not its own any more");
        let seen = |rows: &[MessageRow]| rows.iter().map(|row| (row.id, row.state, row.attempt)).collect::<Vec<_>>();
        assert_eq!(seen(&rows(&w, campaign).await), seen(&parked), "neither settled nor claimed");
        assert!(w.app().leases.held().is_empty());
    }

    async fn a_number_goes_over_only_when_nothing_of_it_is_in_flight(t) {
        let w = World::new(t, Options { latency_ms: 150, ..Options::default() }).await;
        w.customers(300).await;
        let campaign = w.launch(Audience::Everyone).await;
        w.dispatcher.tick().await.unwrap();
        w.t.clock.advance(1_100);
        w.dispatcher.tick().await.unwrap();
        let begun = rows(&w, campaign).await.len();
        assert!((1..300).contains(&begun));
        let other = Node::beside(&w, 2).await;
        other.tick().await;
        w.app().leases.stop();
        pass(&w, &other, 300);
        w.dispatcher.tick().await.unwrap();
        other.tick().await;
        assert_eq!(other.held(), 0, "answers are still to come");
        while w.dispatcher.in_flight().await > 0 {
            let _ = tokio::time::timeout(Duration::from_secs(10), w.app().wake_dispatch.notified()).await;
            w.dispatcher.tick().await.unwrap();
        }
        let keeper = Keeper::new(w.app().clone());
        keeper.finish().await;
        let settled = rows(&w, campaign).await;
        assert_eq!(settled.len(), begun, "nothing new was claimed");
        assert!(settled.iter().all(|row| row.state != UNKNOWN && row.state != SENDING));
        pass(&w, &other, 300);
        other.tick().await;
        assert_eq!(other.held(), 1, "at once, without waiting for a lease to run out");
        for _ in 0..100 {
            if w.progress(campaign).await.state == "finished" {
                break;
            }
            pass(&w, &other, 100);
            other.tick().await;
            while other.dispatcher.in_flight().await > 0 {
                let _ = tokio::time::timeout(Duration::from_secs(10), other.t.app.wake_dispatch.notified()).await;
                other.tick().await;
            }
        }
        assert_eq!(w.progress(campaign).await.funnel.sent, 300);
        w.assert_nobody_doubled();
    }

    async fn the_own_limit_of_a_campaign_holds_over_all_nodes_together(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(150).await;
        let numbers = [w.number(1, 1_000).await, w.number(2, 1_000).await];
        let other = Node::beside(&w, 2).await;
        for _ in 0..60 {
            pass(&w, &other, 300);
            w.dispatcher.tick().await.unwrap();
            other.tick().await;
        }
        assert!(w.app().leases.held().len() < 3 && other.held() > 0);
        let campaign = w.draft(Audience::Everyone, &numbers).await;
        let mut tx = w.app().db.write().await.unwrap();
        let row = store::campaign::by_id(&mut tx, campaign).await.unwrap().unwrap();
        let limited = store::campaign::CampaignRow { messages_per_second: Some(30), ..row };
        store::campaign::update(&mut tx, &limited).await.unwrap();
        harkara::app::campaign::launch(w.app(), &mut tx, campaign, harkara::app::campaign::When::default()).await.unwrap();
        tx.commit().await.unwrap();
        let mut accepted = Vec::new();
        for _ in 0..200 {
            other.t.clock.advance(100);
            w.step(100).await;
            other.tick().await;
            while other.dispatcher.in_flight().await > 0 {
                let _ = tokio::time::timeout(Duration::from_secs(10), other.t.app.wake_dispatch.notified()).await;
                other.tick().await;
            }
            accepted.push(w.sim.state().stats().accepted);
            if w.progress(campaign).await.state == "finished" {
                break;
            }
        }
        assert_eq!(w.progress(campaign).await.funnel.sent, 150);
        let fullest = accepted.windows(10).map(|second| second[9] - second[0]).max().unwrap();
        assert!(fullest <= 30, "{fullest} in a second");
        assert!(accepted.len() < 120, "no number was left behind: {} steps", accepted.len());
        w.assert_nobody_doubled();
    }

    async fn the_shares_of_an_accounts_limit_never_exceed_it(t) {
        let w = World::new(t, Options::default()).await;
        let limit = 10;
        let mut tx = w.app().db.write().await.unwrap();
        let mut row = store::account::by_id(&mut tx, w.account).await.unwrap().unwrap();
        row.requests_per_second = limit;
        store::account::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        numbers(&w, 0..2).await;
        let nodes = [Node::beside(&w, 2).await, Node::beside(&w, 3).await];
        let mut whole = 0;
        for step in 0..600 {
            if step == 200 {
                numbers(&w, 2..3).await;
            }
            if step == 400 {
                nodes[1].t.app.leases.stop();
            }
            w.t.clock.advance(50);
            lease::keep(w.app()).await.unwrap();
            let mut apps = vec![w.app()];
            for node in &nodes {
                node.t.clock.advance(50);
                node.tick().await;
                apps.push(&node.t.app);
            }
            // The first node has no dispatcher at work here that would let go.
            for number in w.app().leases.asked_back() {
                w.app().leases.let_go(number);
            }
            let shares: u32 = apps
                .iter()
                .map(|app| app.leases.account_share(w.account, limit as u32, app.moment()))
                .sum();
            assert!(shares <= limit as u32, "{shares}/s at step {step}");
            whole += i32::from(shares == limit as u32);
            if [199, 399, 599].contains(&step) {
                assert_eq!(shares, limit as u32, "at rest nothing of the limit is lost, step {step}");
                let held: Vec<usize> = apps.iter().map(|app| app.leases.held().len()).collect();
                let expected: &[usize] = match step {
                    199 => &[1, 1, 1],
                    399 => &[1, 1, 2],
                    _ => &[0, 2, 2],
                };
                let mut sorted = held.clone();
                sorted.sort_unstable();
                assert_eq!(sorted, expected, "step {step}");
            }
        }
        assert!(whole > 300, "{whole} of 600 steps had the whole limit");
    }

    async fn an_account_with_less_than_one_a_second_for_each_number_stays_on_one_node(t) {
        let w = World::new(t, Options::default()).await;
        let mut tx = w.app().db.write().await.unwrap();
        let mut row = store::account::by_id(&mut tx, w.account).await.unwrap().unwrap();
        row.requests_per_second = 2;
        store::account::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        numbers(&w, 0..2).await;
        let other = Node::beside(&w, 2).await;
        for _ in 0..40 {
            pass(&w, &other, 300);
            w.dispatcher.tick().await.unwrap();
            other.tick().await;
        }
        let held = [w.app().leases.held().len(), other.held()];
        assert!(held == [3, 0], "{held:?}");
        assert_eq!(w.app().leases.account_share(w.account, 2, w.app().moment()), 2);
    }
}
