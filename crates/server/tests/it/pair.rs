//! WhatsApp's limit of one number towards one person: 45 at once, then one in six seconds; over a restart too.

use harkara::app::message::{self, MessageInput};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::store;
use harkara::store::message::{API, NewMessage};
use harkara_sim::Options;

use crate::support::on_both_engines;
use crate::world::{World, phone};
use harkara::worker::dispatch::Dispatcher;

/// Queues template messages to customer 1.
async fn queue(w: &World, count: usize) -> Vec<i64> {
    queue_to(w, &phone(1), count).await
}

/// The same to this number.
async fn queue_to(w: &World, to: &str, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let input = MessageInput {
            to: Some(to.to_owned()),
            profile_id: None,
            content: None,
            template_id: Some(id::TEMPLATE.show(w.template)),
            mapping: None,
            number_id: None,
        };
        let mut tx = w.app().db.write().await.unwrap();
        ids.push(message::send(w.app(), &mut tx, &input).await.unwrap());
        tx.commit().await.unwrap();
    }
    ids
}

/// Steps through this time; what customer 1 got by then.
async fn after(w: &World, seconds: i64) -> usize {
    for _ in 0..seconds * 5 {
        w.step(200).await;
    }
    w.accepted().get(&phone(1)).map_or(0, Vec::len)
}

on_both_engines! {
    async fn a_person_gets_a_burst_and_then_one_message_in_six_seconds_over_a_restart(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(1).await;
        let ids = queue(&w, 50).await;
        assert_eq!(after(&w, 5).await, 45);
        let mut tx = w.app().db.read().await.unwrap();
        let waits = message::tell(w.app(), &mut tx, ids[49]).await.unwrap();
        drop(tx);
        assert_eq!(waits.state, "queued");
        assert!(format!("{waits:?}").contains("pair_limit"), "{waits:?}");
        assert_eq!(after(&w, 4).await, 46);
        // Another process: what was sent is known from the ledger.
        let w = World { dispatcher: Dispatcher::new(w.t.app.clone()), ..w };
        assert_eq!(after(&w, 5).await, 47);
        assert_eq!(after(&w, 30).await, 50);
        let mut tx = w.app().db.read().await.unwrap();
        let last = store::message::by_id(&mut tx, ids[49]).await.unwrap().unwrap();
        assert_eq!((last.failure, last.attempt), (None, 1));
        let order: Vec<i64> = w.sim.state().accepted().iter().filter_map(|a| id::MESSAGE.read(&a.reference)).collect();
        assert_eq!(order[45..], ids[45..]);
    }

    async fn a_campaign_waits_for_the_person_and_delays_nobody_else(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(3).await;
        queue(&w, 45).await;
        assert_eq!(after(&w, 2).await, 45);
        let campaign = w.launch(Audience::Everyone).await;
        w.step(200).await;
        let funnel = w.progress(campaign).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.queued), (3, 2, 1));
        assert_eq!(after(&w, 6).await, 46);
        assert_eq!(w.run(campaign).await.funnel.sent, 3);
    }
    async fn a_number_that_is_written_in_two_ways_is_one_person_over_a_restart(t) {
        let w = World::new(t, Options::default()).await;
        let ways = ["+5551999990001", "+555199990001"];
        let ids = queue_to(&w, ways[0], 25).await;
        let mut tx = w.app().db.write().await.unwrap();
        for id in ids {
            let row = store::message::by_id(&mut tx, id).await.unwrap().unwrap();
            let other = NewMessage {
                id: w.app().id(),
                number_id: row.number_id,
                campaign_id: None,
                profile_id: None,
                phone: ways[1].into(),
                state: row.state,
                lane: API,
                attempt: 0,
                due_at: row.due_at,
                params: None,
                content: row.content,
                in_reply_to: None,
                event_key: None,
            };
            store::message::insert(&mut tx, vec![other]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let sent = |w: &World| w.sim.state().accepted().len();
        after(&w, 5).await;
        assert_eq!(sent(&w), 45);
        let w = World { dispatcher: Dispatcher::new(w.t.app.clone()), ..w };
        after(&w, 4).await;
        assert_eq!(sent(&w), 46);
        after(&w, 30).await;
        assert_eq!(sent(&w), 50);
        assert_eq!(ways.map(|way| w.accepted()[way].len()), [25, 25]);
    }
}
