//! What happens at the edges: a report before its answer, an answer that the database will not take, a clock that steps
//! back, two people who decide at once.

use harkara::app::dispatch::{Claimed, Finished, PairBook, Running, Trace, plan, settle};
use harkara::app::vault::Vault;
use harkara::app::{App, AppError, campaign};
use harkara::domain::audience::Audience;
use harkara::domain::campaign::SCHEDULED;
use harkara::domain::state::{DELIVERED, QUEUED, SENDING};
use harkara::store::{self, campaign::CampaignRow};
use harkara::worker::Worker;
use harkara::worker::dispatch::Dispatcher;
use harkara::worker::schedule::Scheduler;
use harkara_provider::{Receipt, SendError, SendErrorKind};
use harkara_sim::{FailureKind, Options, Script};
use serde_json::json;

use crate::post::{Post, report};
use crate::support::{START, TestApp, on_both_engines};
use crate::world::World;

/// The only message of a campaign.
async fn only(w: &World, campaign: i64) -> store::message::MessageRow {
    let mut tx = w.app().db.read().await.unwrap();
    let mut rows = store::message::of_campaign(&mut tx, campaign, i64::MAX, 0, 2)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// Claims the people of a campaign as the dispatcher does, without sending.
async fn claim(w: &World, campaign: i64) -> Vec<Claimed> {
    let mut tx = w.app().db.write().await.unwrap();
    let row = store::campaign::by_id(&mut tx, campaign).await.unwrap().unwrap();
    let run = Running::read(&row).unwrap();
    let mut counts = store::campaign::Counts::default();
    let slice = store::slice::open(&mut tx, row.number_id)
        .await
        .unwrap()
        .remove(0);
    let mut pairs = PairBook::new(w.app().now());
    let claimed = plan(
        w.app(),
        &mut tx,
        (&slice, &run, None),
        &mut pairs,
        10,
        &mut counts,
    )
    .await
    .unwrap()
    .claimed;
    store::campaign::add_counts(&mut tx, &counts, w.app().now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    claimed
}

on_both_engines! {
    async fn a_report_on_the_last_message_that_waits_for_a_retry_ends_the_campaign(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        p.w.sim.state().fail(Script { next: 1, kind: FailureKind::Unavailable, method: None });
        let id = p.w.launch(Audience::Everyone).await;
        p.w.step(0).await;
        for _ in 0..11 {
            p.w.step(100).await;
        }
        let row = only(&p.w, id).await;
        assert_eq!(row.state, QUEUED);
        p.reports(&[report(row.id, "DELIVERED", p.w.app().now())]).await;
        for _ in 0..5 {
            p.w.step(1_000).await;
        }
        assert_eq!(only(&p.w, id).await.state, DELIVERED);
        assert_eq!(p.w.progress(id).await.state, "finished");
    }

    async fn a_report_on_the_last_message_in_flight_ends_the_campaign_though_its_answer_is_lost(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        let id = p.w.launch(Audience::Everyone).await;
        let claimed = claim(&p.w, id).await;
        assert_eq!(only(&p.w, id).await.state, SENDING);
        p.reports(&[report(claimed[0].id, "DELIVERED", p.w.app().now())]).await;
        // The server died before the answer came.
        let dispatcher = Dispatcher::new(p.w.app().clone());
        let p = Post { w: World { dispatcher, ..p.w }, ..p };
        for _ in 0..5 {
            p.w.step(1_000).await;
        }
        assert_eq!(p.w.progress(id).await.state, "finished");
    }

    async fn an_answer_with_strange_characters_is_settled_like_any_other(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(2).await;
        let id = w.launch(Audience::Everyone).await;
        let claimed = claim(&w, id).await;
        let strange = |n: usize| "x\0y".repeat(n);
        let refused = SendError::new(SendErrorKind::Rejected, Some("1\0"), strange(2), "help\0");
        let accepted = Receipt { external_id: strange(4_000), wa_id: None, warning: Some(strange(1)) };
        let trace = || Trace { request: Some(strange(1)), http_status: Some(200), answer: Some(strange(1)) };
        let finished: Vec<Finished> = claimed
            .iter()
            .zip([Err(refused), Ok(accepted)])
            .map(|(c, outcome)| Finished {
                held: false,
                id: c.id,
                account_id: w.account,
                account_version: START,
                number_id: c.number_id,
                attempt: c.attempt,
                at: c.at,
                outcome,
                trace: trace(),
            })
            .collect();
        settle(w.app(), w.term().await, &finished).await.unwrap();
        let progress = w.progress(id).await;
        assert_eq!((progress.funnel.sent, progress.funnel.failed, progress.state.as_str()), (1, 1, "finished"));
    }

    async fn a_clock_that_steps_back_does_not_stop_the_sending(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(300).await;
        let id = w.launch(Audience::Everyone).await;
        for _ in 0..12 {
            w.step(100).await;
        }
        let before = w.progress(id).await.funnel.sent;
        assert!(before > 0 && before < 300, "{before}");
        w.t.clock.advance(-3_600_000);
        for _ in 0..60 {
            w.step(100).await;
        }
        assert_eq!(w.progress(id).await.funnel.sent, 300);
        w.assert_nobody_doubled();
    }

    async fn a_pause_that_comes_with_a_stop_does_not_bring_the_campaign_back(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(3).await;
        let id = w.launch(Audience::Everyone).await;
        let mut tx = w.app().db.write().await.unwrap();
        campaign::stop(w.app(), &mut tx, id).await.unwrap();
        let app = w.app().clone();
        let pausing = tokio::spawn(async move {
            let mut tx = app.db.write().await.unwrap();
            campaign::pause(&app, &mut tx, id).await?;
            tx.commit().await.unwrap();
            Ok::<_, AppError>(())
        });
        // Time for it to look at the campaign; without it the test proves nothing, and never fails for it.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        tx.commit().await.unwrap();
        assert!(matches!(pausing.await.unwrap(), Err(AppError::Conflict { .. })));
        assert_eq!(w.progress(id).await.state, "stopped");
    }

    async fn a_campaign_whose_account_cannot_be_opened_says_so(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(1).await;
        let id = w.launch(Audience::Everyone).await;
        let other = tempfile::tempdir().unwrap();
        let vault = Vault::open(other.path(), None).unwrap();
        let config = w.app().config.clone();
        let app = App::new(w.app().db.clone(), w.t.clock.clone(), 1, vault, config);
        let dispatcher = Dispatcher::new(app.clone());
        let w = World { t: TestApp { app, ..w.t }, dispatcher, ..w };
        w.step(1_100).await;
        let waiting = w.progress(id).await.waiting.unwrap();
        assert_eq!((waiting.code.as_str(), waiting.since), ("account_unreadable", w.app().now()));
    }

    async fn an_answer_that_took_long_is_still_its_messages_answer(t) {
        let w = World::new(t, Options { latency_ms: 300, ..Options::default() }).await;
        w.customers(1).await;
        w.sim.state().fail(Script { next: 1, kind: FailureKind::Throttled, method: None });
        let id = w.launch(Audience::Everyone).await;
        w.dispatcher.tick().await.unwrap();
        w.t.clock.advance(1_100);
        w.dispatcher.tick().await.unwrap();
        assert_eq!(only(&w, id).await.state, SENDING);
        w.t.clock.advance(3_600_000);
        assert_eq!(w.run(id).await.funnel.sent, 1);
        w.assert_nobody_doubled();
    }

    async fn an_old_refusal_does_not_hold_an_account_that_was_mended_since(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(1).await;
        let id = w.launch(Audience::Everyone).await;
        let claimed = claim(&w, id).await;
        let mut tx = w.app().db.write().await.unwrap();
        let version = store::account::by_id(&mut tx, w.account).await.unwrap().unwrap().updated_at;
        w.t.clock.advance(5_000);
        let given = json!({"hsm_password": Options::default().hsm.1});
        harkara::app::account::update(w.app(), &mut tx, w.account, given.as_object().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        let refused = Finished {
            held: false,
            id: claimed[0].id,
            account_id: w.account,
            account_version: version,
            number_id: claimed[0].number_id,
            attempt: 1,
            at: claimed[0].at,
            outcome: Err(SendError::new(SendErrorKind::Auth, None, "wrong password", "help")),
            trace: Trace::default(),
        };
        settle(w.app(), w.term().await, &[refused]).await.unwrap();
        assert_eq!(w.run(id).await.funnel.sent, 1);
    }

    async fn a_text_that_the_database_will_never_take_is_not_tried_again_for_ever(t) {
        let mut tx = t.app.db.read().await.unwrap();
        if let Err(error) = store::consent::suppressed(&mut tx, &["nul\0"]).await {
            assert!(!error.is_transient(), "{error}");
        }
    }

    async fn a_scheduled_campaign_that_cannot_be_read_does_not_hold_up_the_next(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(1).await;
        let (broken, sound) = (w.draft(Audience::Everyone, &[]).await, w.draft(Audience::Everyone, &[]).await);
        let mut tx = w.app().db.write().await.unwrap();
        for (id, template_id) in [(broken, 1), (sound, w.template)] {
            let row = store::campaign::by_id(&mut tx, id).await.unwrap().unwrap();
            let scheduled = CampaignRow { state: SCHEDULED, scheduled_at: Some(START), ..row };
            store::campaign::update(&mut tx, &CampaignRow { template_id, ..scheduled }).await.unwrap();
        }
        tx.commit().await.unwrap();
        let _ = Scheduler::new(w.app().clone()).tick().await;
        assert_eq!(w.progress(sound).await.state, "running");
    }

    async fn the_retries_of_a_campaign_keep_its_own_limit_after_a_restart(t) {
        let w = World::new(t, Options::default()).await;
        w.t.clock.wait_really();
        w.customers(4).await;
        let id = w.launch(Audience::Everyone).await;
        let mut tx = w.app().db.write().await.unwrap();
        let row = store::campaign::by_id(&mut tx, id).await.unwrap().unwrap();
        store::campaign::update(&mut tx, &CampaignRow { messages_per_second: Some(2), ..row }).await.unwrap();
        tx.commit().await.unwrap();
        let throttled = |c: &Claimed| Finished {
            held: false,
            id: c.id,
            account_id: w.account,
            account_version: START,
            number_id: c.number_id,
            attempt: c.attempt,
            at: c.at,
            outcome: Err(SendError::new(SendErrorKind::Throttled { after_ms: None }, None, "slow", "help")),
            trace: Trace::default(),
        };
        let finished: Vec<Finished> = claim(&w, id).await.iter().map(throttled).collect();
        settle(w.app(), w.term().await, &finished).await.unwrap();
        w.step(0).await;
        w.step(5_000).await;
        assert_eq!(w.run(id).await.funnel.sent, 4);
        assert!(w.sim.state().stats().max_per_second <= 2, "{}", w.sim.state().stats().max_per_second);
    }
}
