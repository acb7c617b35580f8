//! The send path against the simulated gateway, with a clock that stands still.

use harkara::app::{campaign, consent, message};
use harkara::domain::audience::{Audience, Comparison, Condition};
use harkara::domain::state::{SENDING, UNKNOWN};
use harkara::store;
use harkara::worker::Worker;
use harkara::worker::dispatch::Dispatcher;
use harkara_sim::{FailureKind, Options, Script};
use serde_json::json;

use crate::support::on_both_engines;
use crate::world::{World, phone};

on_both_engines! {
    async fn everybody_of_the_audience_gets_it_once(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(250).await;
        let id = w.launch(Audience::Everyone).await;
        let progress = w.run(id).await;
        assert_eq!((progress.funnel.recipients, progress.funnel.sent, progress.funnel.excluded), (250, 250, 0));
        assert_eq!(w.accepted().len(), 250);
        w.assert_nobody_doubled();
    }

    async fn who_is_left_out_is_named_and_the_estimate_is_what_happens(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(10).await;
        let mut tx = w.app().db.write().await.unwrap();
        let twin = store::profile::ProfileRow { identity: "twin".into(), phone: Some(phone(1)), ..w.customer(11) };
        let silent = store::profile::ProfileRow { identity: "silent".into(), opt_in: 0, ..w.customer(12) };
        let nobody = store::profile::ProfileRow { identity: "nobody".into(), phone: None, ..w.customer(13) };
        store::profile::insert_many(&mut tx, &[twin, silent, nobody]).await.unwrap();
        consent::opt_out(w.app(), &mut tx, &phone(2), "test", None, w.app().now()).await.unwrap();
        tx.commit().await.unwrap();
        let reach = campaign::reach(w.app(), &Audience::Everyone.into(), None, None).await.unwrap();
        let id = w.launch(Audience::Everyone).await;
        let funnel = w.run(id).await.funnel;
        assert_eq!((reach.audience, reach.reachable, funnel.recipients), (13, 9, 9));
        for reason in ["not_opted_in", "opted_out", "no_number", "duplicate_number"] {
            assert_eq!((reach.excluded[reason], funnel.excluded_by_reason[reason]), (1, 1), "{reason}");
        }
        w.assert_nobody_doubled();
    }

    async fn conditions_choose_the_people(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(20).await;
        let pune = Condition { attribute: "city".into(), is: Comparison::Equal, value: json!("pune") };
        let id = w.launch(Audience::Conditions { all: vec![pune] }).await;
        assert_eq!(w.run(id).await.funnel.sent, 10);
        let second = w.sim.state().messages(0, 1).1;
        assert!(format!("{second:?}").contains("your offer from Pune"), "{second:?}");
    }

    async fn throttle_answers_are_never_final(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(120).await;
        w.sim.state().fail(Script { next: 50, kind: FailureKind::Throttled, method: None });
        let id = w.launch(Audience::Everyone).await;
        let progress = w.run(id).await;
        assert_eq!((progress.funnel.sent, progress.funnel.failed), (120, 0));
        assert_eq!(w.sim.state().stats().throttled, 50);
        w.assert_nobody_doubled();
    }

    async fn a_provider_that_is_ill_for_a_while_costs_nobody(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(60).await;
        w.sim.state().fail(Script { next: 12, kind: FailureKind::Unavailable, method: None });
        let id = w.launch(Audience::Everyone).await;
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.sent, funnel.failed, funnel.unknown), (60, 0, 0));
        w.assert_nobody_doubled();
    }

    async fn a_blocked_address_says_which_account_and_what_to_allow(t) {
        let w = World::new(t, Options { block_hsm_ip: true, ..Options::default() }).await;
        w.customers(2).await;
        let id = w.launch(Audience::Everyone).await;
        for _ in 0..30 {
            w.step(100).await;
        }
        let waiting = w.progress(id).await.waiting.unwrap();
        assert_eq!(waiting.code, "account_held");
        assert!(waiting.reason.contains("otification account") && waiting.reason.contains("IP"), "{}", waiting.reason);
    }

    async fn an_opt_out_between_launch_and_sending_wins(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 1})).await;
        w.customers(3).await;
        let id = w.launch(Audience::Everyone).await;
        w.step(1_100).await;
        let mut tx = w.app().db.write().await.unwrap();
        consent::opt_out(w.app(), &mut tx, &phone(3), "keyword", None, w.app().now()).await.unwrap();
        tx.commit().await.unwrap();
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.sent, funnel.excluded_by_reason.get("opted_out")), (2, Some(&1)));
        assert!(!w.accepted().contains_key(&phone(3)));
    }

    async fn a_wrong_password_holds_the_account_and_new_credentials_go_on(t) {
        let w = World::with(t, Options::default(), json!({"hsm_password": "wrong-password"})).await;
        w.customers(5).await;
        let id = w.launch(Audience::Everyone).await;
        for _ in 0..30 {
            w.step(100).await;
        }
        let progress = w.progress(id).await;
        let waiting = progress.waiting.unwrap();
        assert_eq!((progress.state.as_str(), waiting.code.as_str()), ("running", "account_held"));
        assert!(waiting.reason.contains("otification account"), "{}", waiting.reason);
        assert!(!waiting.reason.contains("wrong-password"));
        let mut tx = w.app().db.write().await.unwrap();
        let given = json!({"hsm_password": Options::default().hsm.1});
        harkara::app::account::update(w.app(), &mut tx, w.account, given.as_object().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(w.run(id).await.funnel.sent, 5);
        w.assert_nobody_doubled();
    }

    async fn an_answer_that_was_never_seen_is_unknown_and_not_sent_again(t) {
        let w = World::new(t, Options { fail_500_accepted: 1.0, ..Options::default() }).await;
        w.customers(4).await;
        let id = w.launch(Audience::Everyone).await;
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.unknown, funnel.sent), (4, 0));
        for _ in 0..20 {
            w.step(60_000).await;
        }
        w.assert_nobody_doubled();
        let mut tx = w.app().db.read().await.unwrap();
        let row = store::message::of_campaign(&mut tx, id, i64::MAX, UNKNOWN, 1).await.unwrap().remove(0);
        let told = message::tell(w.app(), &mut tx, row.id).await.unwrap();
        assert!(told.next.contains("delivery report"), "{}", told.next);
        assert!(!format!("{told:?}").contains(&Options::default().hsm.1), "a secret is in the trace");
    }

    async fn what_a_crash_left_in_flight_is_unknown_before_anything_leaves(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(3).await;
        let id = w.launch(Audience::Everyone).await;
        w.dispatcher.tick().await.unwrap();
        w.t.clock.advance(1_100);
        // A claim whose process died before the answer came: the row says sending.
        let mut tx = w.app().db.write().await.unwrap();
        let row = store::campaign::by_id(&mut tx, id).await.unwrap().unwrap();
        let run = harkara::app::dispatch::Running::read(&row).unwrap();
        let mut counts = store::campaign::Counts::default();
        let slice = store::slice::open(&mut tx, row.number_id).await.unwrap().remove(0);
        let mut pairs = harkara::app::dispatch::PairBook::new(w.app().now());
        let claimed = harkara::app::dispatch::plan(w.app(), &mut tx, (&slice, &run, None), &mut pairs, 1, &mut counts).await.unwrap().claimed;
        store::campaign::add_counts(&mut tx, &counts, w.app().now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(w.progress(id).await.funnel.sending, 1);
        let after = World { dispatcher: Dispatcher::new(w.t.app.clone()), ..w };
        let funnel = after.run(id).await.funnel;
        assert_eq!((funnel.recipients, funnel.unknown, funnel.sent), (3, 1, 2));
        let mut tx = after.app().db.read().await.unwrap();
        let row = store::message::by_id(&mut tx, claimed[0].id).await.unwrap().unwrap();
        assert_eq!(row.state, UNKNOWN);
        assert_ne!(row.state, SENDING);
        after.assert_nobody_doubled();
    }

    async fn pause_resume_and_stop_do_what_they_say(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 10})).await;
        w.customers(60).await;
        let id = w.launch(Audience::Everyone).await;
        for _ in 0..15 {
            w.step(100).await;
        }
        let mut tx = w.app().db.write().await.unwrap();
        campaign::pause(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        let before = w.progress(id).await.funnel.sent;
        assert!(before > 0 && before < 60, "{before}");
        for _ in 0..10 {
            w.step(200).await;
        }
        assert_eq!(w.progress(id).await.funnel.sent, before);
        let mut tx = w.app().db.write().await.unwrap();
        campaign::resume(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..10 {
            w.step(100).await;
        }
        assert!(w.progress(id).await.funnel.sent > before);
        let mut tx = w.app().db.write().await.unwrap();
        campaign::stop(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        let stopped = w.progress(id).await;
        for _ in 0..10 {
            w.step(500).await;
        }
        assert_eq!(w.progress(id).await.funnel, stopped.funnel);
        assert_eq!(stopped.state, "stopped");
        w.assert_nobody_doubled();
    }

    async fn an_answer_after_the_stop_leaves_nothing_queued(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(5).await;
        w.sim.state().fail(Script { next: 5, kind: FailureKind::Throttled, method: None });
        let id = w.launch(Audience::Everyone).await;
        w.dispatcher.tick().await.unwrap();
        w.t.clock.advance(1_100);
        w.dispatcher.tick().await.unwrap();
        let sending = w.progress(id).await.funnel.sending;
        assert!(sending > 0);
        let mut tx = w.app().db.write().await.unwrap();
        campaign::stop(w.app(), &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        w.step(100).await;
        let funnel = w.progress(id).await.funnel;
        assert_eq!((funnel.queued, funnel.sending, funnel.cancelled), (0, 0, sending));
    }

    async fn an_unreachable_provider_is_named_and_nothing_is_lost(t) {
        let w = World::new(t, Options::default()).await;
        let options = w.sim.state().options();
        // Another host: the secrets have to come along.
        let at = |url: String| json!({"base_url": url, "hsm_password": options.hsm.1, "two_way_password": options.two_way.1});
        let dead = at("http://127.0.0.1:9/GatewayAPI/rest".into());
        let alive = at(format!("{}/GatewayAPI/rest", w.sim.base_url()));
        let set = async |given: &serde_json::Value| {
            let mut tx = w.app().db.write().await.unwrap();
            harkara::app::account::update(w.app(), &mut tx, w.account, given.as_object().unwrap()).await.unwrap();
            tx.commit().await.unwrap();
        };
        set(&dead).await;
        w.customers(20).await;
        let id = w.launch(Audience::Everyone).await;
        for _ in 0..20 {
            w.step(200).await;
        }
        let waiting = w.progress(id).await.waiting.unwrap();
        assert_eq!(waiting.code, "unavailable", "{waiting:?}");
        set(&alive).await;
        let funnel = w.run(id).await.funnel;
        assert_eq!((funnel.sent, funnel.failed, funnel.unknown), (20, 0, 0));
        w.assert_nobody_doubled();
    }
}
