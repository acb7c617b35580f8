//! Quiet hours and the cut-off: nothing leaves inside of the one or after the other, nothing is lost, nothing doubled.

use harkara::app::campaign::{self, CampaignInput};
use harkara::app::message;
use harkara::clock::{HOUR, MINUTE, Millis};
use harkara::domain::audience::Audience;
use harkara::domain::campaign::PAUSED;
use harkara::domain::start::PlannedStart;
use harkara::domain::timetable::{QuietHours, Standing, Timetable};
use harkara::store;
use harkara::worker::Worker;
use harkara::worker::dispatch::Dispatcher;
use harkara::worker::schedule::Scheduler;
use harkara_sim::Options;
use serde_json::json;

use crate::client::Client;
use crate::support::{START, on_both_engines};
use crate::world::World;

/// What the clocks of UTC show so many minutes after the start of a test, a Monday at ten.
fn wall(minutes: i64) -> String {
    let minutes = 10 * 60 + minutes;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Quiet on that Monday, from and to so many minutes after the start.
fn quiet(spans: &[(i64, i64)]) -> QuietHours {
    let spans: Vec<_> = spans
        .iter()
        .map(|(from, to)| json!({"from": wall(*from), "to": wall(*to)}))
        .collect();
    serde_json::from_value(json!({"zone": "UTC", "days": {"monday": spans}})).unwrap()
}

fn ends(minutes: i64) -> PlannedStart {
    PlannedStart {
        local: format!("2026-01-05T{}", wall(minutes)),
        zone: "UTC".into(),
    }
}

fn sent(w: &World) -> usize {
    usize::try_from(w.sim.state().stats().accepted).unwrap()
}

async fn act(w: &World, id: i64, pause: bool) {
    let mut tx = w.app().db.write().await.unwrap();
    match pause {
        true => campaign::pause(w.app(), &mut tx, id).await.unwrap(),
        false => campaign::resume(w.app(), &mut tx, id).await.unwrap(),
    };
    tx.commit().await.unwrap();
}

struct Rng(u64);

impl Rng {
    fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + (self.0 % (high - low + 1) as u64) as i64
    }
}

/// One campaign to everybody at random hours, paces and numbers, with restarts and pauses; whatever happens, no step lets a
/// message out that its timetable forbids. Answers how many had no turn before the cut-off; with `early` it comes in a minute.
async fn live_through(w: &mut World, rng: &mut Rng, (people, second): (i64, i64), early: bool) -> i64 {
    let base = (w.app().now() - START) / MINUTE + 1;
    let first = base + rng.between(0, 1);
    let hours = quiet(&[
        (first, first + rng.between(1, 4)),
        (first + 6, first + 6 + rng.between(1, 9)),
    ]);
    let last = match early {
        true => Some(ends(base)),
        false => (rng.between(0, 2) == 0).then(|| ends(base + rng.between(1, 9))),
    };
    let table = Timetable::new(Some(&hours), last.as_ref().map(|last| last.moment().unwrap())).unwrap();
    let main = {
        let mut tx = w.app().db.read().await.unwrap();
        store::number::of_account(&mut tx, w.account).await.unwrap()[0].id
    };
    let numbers = [main, second];
    let input = CampaignInput {
        messages_per_second: Some(rng.between(2, 4) as u32),
        quiet: Some(hours),
        ends: last,
        ..w.input(
            Audience::Everyone,
            if rng.between(0, 1) == 0 { &[] } else { &numbers },
        )
    };
    let id = w.launch_as(&input).await;
    let scheduler = Scheduler::new(w.app().clone());
    let before = sent(w);
    let mut seen = before;
    for _ in 0..4_000 {
        let progress = w.progress(id).await;
        if progress.state == "finished" {
            let funnel = progress.funnel;
            assert_eq!(funnel.recipients, people, "{input:?}");
            assert_eq!(
                (funnel.sent + funnel.cut_off, funnel.skipped),
                (people, funnel.cut_off),
                "{input:?}"
            );
            assert_eq!(sent(w) - before, funnel.sent as usize);
            return funnel.cut_off;
        }
        let pause = [50, 100, 300, 1_000, 7_000][rng.between(0, 4) as usize];
        w.step(pause).await;
        let now = w.app().now();
        if sent(w) > seen {
            seen = sent(w);
            assert!(
                matches!(table.at(now), Standing::Open { .. }),
                "one left at {now}: {input:?}"
            );
        }
        scheduler.tick().await.unwrap();
        match rng.between(0, 60) {
            0 => w.dispatcher = Dispatcher::new(w.t.app.clone()),
            1 if w.progress(id).await.state == "running" => {
                act(w, id, true).await;
                w.step(rng.between(0, 30_000)).await;
                scheduler.tick().await.unwrap();
                // The cut-off ends a paused one as well.
                if w.progress(id).await.state == "paused" {
                    act(w, id, false).await;
                }
            }
            _ => {}
        }
    }
    panic!("it does not end: {:?} {input:?}", w.progress(id).await);
}

on_both_engines! {
    async fn whatever_happens_nothing_leaves_in_quiet_hours_or_after_the_cut_off(t) {
        let mut w = World::new(t, Options::default()).await;
        w.customers(300).await;
        let second = w.number(1, 100).await;
        let mut rng = Rng(0xfeed_5eed);
        let mut cut = 0;
        for round in 0..4 {
            cut += live_through(&mut w, &mut rng, (300, second), round == 0).await;
        }
        assert!(cut > 0, "no cut-off came early");
        assert_eq!(w.sim.state().stats().repeated_refs, 0);
    }

    async fn a_campaign_waits_in_its_quiet_hours_and_says_until_when(t) {
        let mut w = World::new(t, Options::default()).await;
        w.customers(200).await;
        let id = w.launch_as(&CampaignInput {
            messages_per_second: Some(2),
            quiet: Some(quiet(&[(1, 50)])),
            ..w.input(Audience::Everyone, &[])
        }).await;
        for _ in 0..61 {
            w.step(1_000).await;
        }
        let before = sent(&w);
        assert!((100..130).contains(&before), "{before}");
        let waiting = w.progress(id).await.waiting.unwrap();
        assert_eq!((waiting.code.as_str(), waiting.since, waiting.until),
            ("quiet_hours", START + MINUTE, Some(START + 50 * MINUTE)));
        assert_eq!(waiting.reason, "Quiet hours until 2026-01-05 10:50 (UTC).");
        // Who looks is told, though no message moves: once when they begin, and once when they end.
        let scheduler = Scheduler::new(w.app().clone());
        let changed = async || {
            let mut tx = w.app().db.read().await.unwrap();
            store::campaign::by_id(&mut tx, id).await.unwrap().unwrap().updated_at
        };
        scheduler.tick().await.unwrap();
        assert_eq!(changed().await, w.app().now());

        // A restart in the night changes nothing, and what a person asks for is not held.
        w.dispatcher = Dispatcher::new(w.t.app.clone());
        w.step(20 * MINUTE).await;
        assert_eq!(sent(&w), before);
        let mut tx = w.app().db.write().await.unwrap();
        let checked = campaign::load(&mut tx, id).await.unwrap();
        message::test_send(w.app(), &mut tx, &checked, Some("+919999977777".into()), None).await.unwrap();
        tx.commit().await.unwrap();
        w.step(2_000).await;
        assert_eq!(sent(&w), before + 1);

        w.t.clock.advance(30 * MINUTE);
        scheduler.tick().await.unwrap();
        assert_eq!(w.progress(id).await.waiting, None);
        assert_eq!(w.run(id).await.funnel.sent, 200);
        assert_eq!(w.sim.state().stats().repeated_refs, 0);
    }

    async fn what_the_cut_off_leaves_is_skipped_with_the_reason(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(5_000).await;
        let client = Client::new(&w.t).await;
        let input = CampaignInput {
            messages_per_second: Some(4),
            ends: Some(ends(2)),
            ..w.input(Audience::Everyone, &[])
        };
        let (id, paused) = (w.launch_as(&input).await, w.launch_as(&input).await);
        act(&w, paused, true).await;
        for _ in 0..119 {
            w.step(1_000).await;
        }
        let scheduler = Scheduler::new(w.app().clone());
        scheduler.tick().await.unwrap();
        assert_eq!(w.progress(id).await.state, "running");
        let before = sent(&w);
        w.step(1_000).await;
        w.step(1_000).await;
        assert_eq!(sent(&w), before);
        assert_eq!(w.progress(id).await.waiting.unwrap().code, "cut_off");
        scheduler.tick().await.unwrap();
        for (id, sent) in [(id, before as i64), (paused, 0)] {
            let progress = w.progress(id).await;
            assert_eq!(progress.state, "finished");
            let funnel = progress.funnel;
            assert_eq!((funnel.recipients, funnel.sent, funnel.skipped, funnel.cut_off, funnel.excluded),
                (5_000, sent, 5_000 - sent, 5_000 - sent, 0));
        }
        let path = format!("/api/v1/campaigns/{}/messages?state=skipped&limit=1", harkara::domain::id::CAMPAIGN.show(id));
        let skipped = client.get(&path).await;
        assert_eq!(skipped["data"][0]["failure"]["kind"], "cut_off");
        w.assert_nobody_doubled();
    }

    async fn a_draft_keeps_its_hours_and_its_cut_off_and_a_late_one_does_not_start(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(1_000).await;
        let client = Client::new(&w.t).await;
        let template = harkara::domain::id::TEMPLATE.show(w.template);
        let days = json!({"monday": [{"from": "10:01", "to": "12:00", "next_day": false}], "tuesday": [], "wednesday": [],
            "thursday": [], "friday": [], "saturday": [], "sunday": []});
        let body = json!({
            "name": "Late", "template_id": template, "audience": {"type": "everyone"}, "messages_per_second": 10,
            "quiet": {"zone": "UTC", "days": days}, "ends": {"local": "2026-01-05T12:01", "zone": "UTC"},
        });
        let made = client.post("/api/v1/campaigns", body.clone()).await.expect(201);
        assert_eq!(made["quiet"], body["quiet"]);
        assert_eq!(made["ends"]["at"], START + 121 * MINUTE);
        let path = format!("/api/v1/campaigns/{}", made["id"].as_str().unwrap());
        let checks = client.get(&format!("{path}/preflight")).await;
        // One minute before the quiet hours, one minute after: 1,200 people.
        assert_eq!((&checks["finish_at"], &checks["cut_off"]), (&json!(START + 120 * MINUTE + 40_000), &json!(0)));
        assert_eq!(checks["open_spans"], json!([
            {"from": START, "to": START + MINUTE}, {"from": START + 120 * MINUTE, "to": START + 121 * MINUTE},
        ]));
        let mut wrong = body.clone();
        wrong["starts"] = json!({"local": "2026-01-05T13:00", "zone": "UTC"});
        let refused = client.put(&path, wrong).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/ends/local");
        let mut wrong = body.clone();
        wrong["quiet"]["days"]["monday"][0]["to"] = json!("09:00");
        let refused = client.put(&path, wrong).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/quiet/days/monday/0/to");
        let mut slower = body.clone();
        slower["messages_per_second"] = json!(5);
        client.put(&path, slower).await.expect(200);
        let checks = client.get(&format!("{path}/preflight")).await;
        assert_eq!((&checks["finish_at"], &checks["cut_off"]), (&json!(START + 121 * MINUTE), &json!(400)));

        // Scheduled, and the server was away until after the cut-off: it waits for a person.
        let at = |after: Millis| jiff::Timestamp::from_millisecond(START + after).unwrap().to_string();
        client.post(&format!("{path}/launch"), json!({"at": at(3 * HOUR)})).await.expect(409);
        client.post(&format!("{path}/launch"), json!({"at": at(HOUR)})).await.expect(200);
        let scheduler = Scheduler::new(w.app().clone());
        w.t.clock.advance(122 * MINUTE);
        scheduler.tick().await.unwrap();
        let mut tx = w.app().db.read().await.unwrap();
        let paused = store::campaign::in_state(&mut tx, PAUSED).await.unwrap();
        drop(tx);
        assert_eq!(paused.len(), 1);
        client.post(&format!("{path}/resume"), json!({})).await.expect(409);
        let back = client.post(&format!("{path}/unschedule"), json!({})).await.expect(200);
        assert_eq!((&back["state"], &back["ends"]["local"]), (&json!("draft"), &json!("2026-01-05T12:01")));
        assert_eq!(sent(&w), 0);
        client.post(&format!("{path}/launch"), json!({})).await.expect(409);
    }
}
