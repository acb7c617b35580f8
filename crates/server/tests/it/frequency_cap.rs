//! How much a person gets at most, and who is held out to compare with: counted, shown and sent alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use harkara::app::campaign::{self, CampaignInput, Progress};
use harkara::app::dispatch::{self, PairBook, Running};
use harkara::app::frequency_cap::Cap;
use harkara::clock::{DAY, HOUR};
use harkara::domain::audience::{Audience, Comparison, Condition};
use harkara::domain::control::Control;
use harkara::domain::exclude::Who;
use harkara::domain::frequency_cap::CapLimit;
use harkara::domain::state::{FAILED, QUEUED, SENT};
use harkara::domain::{frequency_cap, id};
use harkara::store;
use harkara::store::campaign::Counts;
use harkara::store::message::{CAMPAIGN, MessageChange, MessageRow, NewMessage};
use harkara::worker::Worker;
use harkara::worker::dispatch::Dispatcher;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{START, on_both_engines};
use crate::world::{World, phone};

async fn cap(w: &World, limits: Value) -> Value {
    let client = Client::new(&w.t).await;
    client
        .put("/api/v1/frequency-cap", json!({ "limits": limits }))
        .await
        .expect(200)
}

fn one_a_day() -> Value {
    json!([{"messages": 1, "days": 1}])
}

async fn rows(w: &World, campaign: i64) -> Vec<MessageRow> {
    let mut tx = w.app().db.read().await.unwrap();
    rows_in(&mut tx, campaign).await
}

async fn rows_in(tx: &mut store::Tx, campaign: i64) -> Vec<MessageRow> {
    store::message::of_campaign(tx, campaign, i64::MAX, 0, 5_000)
        .await
        .unwrap()
}

async fn fail(w: &World, messages: impl Iterator<Item = &MessageRow>) {
    let failed = messages.map(|row| MessageChange {
        id: row.id,
        campaign_id: row.campaign_id,
        state: FAILED,
        attempt: 1,
        failure: Some(json!({"kind": "capped", "code": null, "detail": "x", "help": "y"}).to_string()),
        ..MessageChange::default()
    });
    let mut tx = w.app().db.write().await.unwrap();
    store::message::change(&mut tx, failed.collect()).await.unwrap();
    tx.commit().await.unwrap();
}

/// What became of everybody: sent, over the cap, held out.
fn told(progress: &Progress) -> (i64, i64, i64) {
    let reasons = &progress.funnel.excluded_by_reason;
    let of = |reason: &str| reasons.get(reason).copied().unwrap_or_default();
    (progress.funnel.sent, of("over_cap"), of("control_group"))
}

async fn everyone(w: &World) -> (i64, i64, i64) {
    let id = w.launch(Audience::Everyone).await;
    told(&w.run(id).await)
}

/// Who it is for, as the page asks.
fn who(input: &CampaignInput, campaign: i64) -> Who {
    Who {
        control: Control::of_percent(input.control_percent.unwrap_or_default()).unwrap(),
        ignores_cap: input.respect_frequency_cap == Some(false),
        campaign,
        ..Who::from(input.audience.clone())
    }
}

/// Plans the next people of a campaign in an open transaction, and says how many would leave.
async fn plan(w: &World, tx: &mut store::Tx, campaign: i64) -> usize {
    let app = w.app();
    let row = store::campaign::by_id(tx, campaign).await.unwrap().unwrap();
    let slice = store::slice::next_of(tx, campaign).await.unwrap().unwrap();
    let run = Running::read(&row).unwrap();
    let cap = Cap::hold(tx, app.now()).await.unwrap();
    let mut pairs = PairBook::new(app.now());
    let mut counts = Counts::default();
    let run = (&slice, &run, cap.as_ref());
    let planned = dispatch::plan(app, tx, run, &mut pairs, 100, &mut counts)
        .await
        .unwrap();
    planned.claimed.len()
}

on_both_engines! {
    async fn nobody_gets_more_than_the_cap_allows(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(30).await;
        assert_eq!(cap(&w, one_a_day()).await["since"], START);
        let first = w.launch(Audience::Everyone).await;
        assert_eq!(told(&w.run(first).await), (30, 0, 0));
        // What failed did not arrive, and does not count.
        let sent = rows(&w, first).await;
        fail(&w, sent.iter().take(4)).await;
        assert_eq!(everyone(&w).await, (4, 26, 0));
        assert_eq!(everyone(&w).await, (0, 30, 0));
        // What people wait for goes to all of them, and counts for nobody.
        w.t.clock.advance(DAY - HOUR);
        let mut news = w.input(Audience::Everyone, &[]);
        news.respect_frequency_cap = Some(false);
        let id = w.launch_as(&news).await;
        assert_eq!(told(&w.run(id).await), (30, 0, 0));
        w.t.clock.advance(2 * HOUR);
        assert_eq!(everyone(&w).await, (30, 0, 0));
        cap(&w, json!([])).await;
        assert_eq!(everyone(&w).await, (30, 0, 0));
    }

    async fn what_was_sent_before_the_cap_was_on_counts(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(20).await;
        let old = w.launch(Audience::Everyone).await;
        w.run(old).await;
        w.t.clock.advance(5 * DAY);
        let delhi = Audience::Conditions {
            all: vec![Condition { attribute: "city".into(), is: Comparison::Equal, value: json!("Delhi") }],
        };
        let new = w.launch(delhi).await;
        assert_eq!(told(&w.run(new).await), (10, 0, 0));
        cap(&w, json!([{"messages": 1, "days": 3}])).await;
        assert_eq!(everyone(&w).await, (10, 10, 0));
        assert_eq!(everyone(&w).await, (0, 20, 0));
        // A longer look back finds the first one, too.
        w.t.clock.advance(3 * DAY);
        cap(&w, json!([{"messages": 3, "days": 9}])).await;
        assert_eq!(everyone(&w).await, (20, 0, 0));
        assert_eq!(everyone(&w).await, (0, 20, 0));
    }

    async fn of_two_campaigns_at_the_same_moment_a_person_gets_one(t) {
        let w = Arc::new(World::new(t, Options::default()).await);
        w.customers(20).await;
        cap(&w, one_a_day()).await;
        // First for people of whom nothing is kept, then for those who got something long ago.
        for _ in 0..2 {
            let a = w.launch(Audience::Everyone).await;
            let b = w.launch(Audience::Everyone).await;
            let mut tx = w.app().db.write().await.unwrap();
            assert_eq!(plan(&w, &mut tx, a).await, 20);
            // The other one has begun before the first is written down: it has to wait for it.
            let mut other = tokio::spawn({
                let w = w.clone();
                async move {
                    let mut tx = w.app().db.write().await.unwrap();
                    let planned = plan(&w, &mut tx, b).await;
                    tx.commit().await.unwrap();
                    planned
                }
            });
            let early = tokio::time::timeout(Duration::from_millis(150), &mut other).await;
            assert!(early.is_err(), "the other one did not wait, and planned {early:?}");
            tx.commit().await.unwrap();
            assert_eq!(other.await.unwrap(), 0);
            assert_eq!(rows(&w, b).await.len(), 0);
            // What was planned by hand was never sent.
            let mut tx = w.app().db.write().await.unwrap();
            let sent = rows_in(&mut tx, a).await.into_iter().map(|row| MessageChange {
                id: row.id,
                campaign_id: row.campaign_id,
                state: SENT,
                attempt: 1,
                accepted_at: Some(w.app().now()),
                ..MessageChange::default()
            });
            store::message::change(&mut tx, sent.collect()).await.unwrap();
            tx.commit().await.unwrap();
            w.t.clock.advance(2 * DAY);
        }
    }

    async fn who_decides_about_a_person_is_alone_with_them(t) {
        let w = Arc::new(World::new(t, Options::default()).await);
        w.customers(2).await;
        cap(&w, one_a_day()).await;
        everyone(&w).await;
        w.t.clock.advance(2 * DAY);
        let a = w.launch(Audience::Everyone).await;
        let (app, now) = (w.app(), w.app().now());
        let mut tx = app.db.write().await.unwrap();
        let one = Cap::hold(&mut tx, now).await.unwrap().unwrap();
        let person = phone(1);
        let decided = one.decide(&mut tx, a, [person.as_str()]).await.unwrap();
        assert!(!decided.is_over(&person));
        // Nothing is written yet, and yet nobody else decides about this person.
        let mut other = tokio::spawn({
            let w = w.clone();
            async move {
                let (first, second) = (phone(1), phone(2));
                let mut tx = w.app().db.write().await.unwrap();
                let cap = Cap::hold(&mut tx, now).await.unwrap().unwrap();
                let decided = cap.decide(&mut tx, 1, [second.as_str(), first.as_str()]).await.unwrap();
                (decided.is_over(&first), decided.is_over(&second))
            }
        });
        let early = tokio::time::timeout(Duration::from_millis(150), &mut other).await;
        assert!(early.is_err(), "the other one did not wait, and decided {early:?}");
        let number = store::number::of_account(&mut tx, w.account).await.unwrap()[0].id;
        let message = NewMessage {
            id: app.id(),
            number_id: number,
            campaign_id: Some(a),
            profile_id: None,
            phone: person.clone(),
            state: QUEUED,
            lane: CAMPAIGN,
            attempt: 0,
            due_at: now,
            params: None,
            content: None,
            in_reply_to: None,
            event_key: None,
        };
        let planned = store::message::insert(&mut tx, vec![message]).await.unwrap();
        decided.keep(&mut tx, a, [(person.as_str(), planned[0])].into_iter()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(other.await.unwrap(), (true, false));
    }

    async fn turning_it_on_waits_for_who_plans_without_it(t) {
        let w = Arc::new(World::new(t, Options::default()).await);
        w.customers(10).await;
        let a = w.launch(Audience::Everyone).await;
        let b = w.launch(Audience::Everyone).await;
        let mut tx = w.app().db.write().await.unwrap();
        assert_eq!(plan(&w, &mut tx, a).await, 10);
        let mut change = tokio::spawn({
            let w = w.clone();
            async move { cap(&w, one_a_day()).await }
        });
        let early = tokio::time::timeout(Duration::from_millis(150), &mut change).await;
        assert!(early.is_err(), "it did not wait");
        tx.commit().await.unwrap();
        change.await.unwrap();
        let mut tx = w.app().db.write().await.unwrap();
        assert_eq!(plan(&w, &mut tx, b).await, 0);
    }

    async fn nor_does_anybody_get_two_from_two_servers(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(300).await;
        let second = w.number(1, 1_000).await;
        let other = w.t.beside(2, START + DAY).await;
        let dispatcher = Dispatcher::new(other.app.clone());
        for _ in 0..40 {
            w.t.clock.advance(300);
            other.clock.advance(300);
            w.dispatcher.tick().await.unwrap();
            dispatcher.tick().await.unwrap();
        }
        assert!(!w.app().leases.held().is_empty());
        cap(&w, json!([{"messages": 1, "days": 30}])).await;
        let a = w.launch(Audience::Everyone).await;
        let b = w.launch_as(&CampaignInput { number_ids: vec![id::NUMBER.show(second)], ..w.input(Audience::Everyone, &[]) }).await;
        for _ in 0..400 {
            w.t.clock.advance(20);
            other.clock.advance(20);
            let (here, there) = tokio::join!(w.dispatcher.tick(), dispatcher.tick());
            here.unwrap();
            there.unwrap();
            while w.dispatcher.in_flight().await > 0 {
                let _ = tokio::time::timeout(Duration::from_secs(10), w.app().wake_dispatch.notified()).await;
                w.dispatcher.tick().await.unwrap();
            }
            while dispatcher.in_flight().await > 0 {
                let _ = tokio::time::timeout(Duration::from_secs(10), other.app.wake_dispatch.notified()).await;
                dispatcher.tick().await.unwrap();
            }
            if w.progress(a).await.state == "finished" && w.progress(b).await.state == "finished" {
                break;
            }
        }
        let (a, b) = (told(&w.progress(a).await), told(&w.progress(b).await));
        assert_eq!((a.0 + b.0, a.1, b.1), (300, b.0, a.0), "{a:?} {b:?}");
        assert!(a.0 > 0 && b.0 > 0, "both took part: {a:?} {b:?}");
        w.assert_nobody_doubled();
    }

    async fn what_is_counted_is_what_is_shown_and_what_is_sent_with_cap_and_control_group(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 5000})).await;
        w.customers(240).await;
        // Three share a number with somebody of the other city.
        let mut tx = w.app().db.write().await.unwrap();
        let twins: Vec<_> = (302..=304).map(|i| store::profile::ProfileRow { phone: Some(phone(i - 301)), ..w.customer(i) }).collect();
        store::profile::insert_many(&mut tx, &twins).await.unwrap();
        tx.commit().await.unwrap();
        let mut random = 0x5eed_u64;
        let mut below = |n: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % n
        };
        let mut counted: HashMap<String, Vec<i64>> = HashMap::new();
        for round in 0..9 {
            let (messages, days) = (1 + below(2) as u32, 1 + below(3) as u32);
            if below(3) > 0 {
                cap(&w, json!([{"messages": messages, "days": days}])).await;
            }
            let mut tx = w.app().db.read().await.unwrap();
            let row = store::frequency_cap::read(&mut tx).await.unwrap();
            drop(tx);
            let limits: Vec<CapLimit> = serde_json::from_str(&row.limits).unwrap();
            let city = ["Pune", "Delhi"][below(2) as usize];
            let one_city = Audience::Conditions {
                all: vec![Condition { attribute: "city".into(), is: Comparison::Equal, value: json!(city) }],
            };
            let mut input = w.input(if below(2) == 0 { Audience::Everyone } else { one_city }, &[]);
            input.control_percent = Some([0.0, 0.0, 12.5, 50.0][below(4) as usize]);
            input.respect_frequency_cap = (below(4) == 0).then_some(false);
            let id = w.launch_as(&input).await;
            let who = who(&input, id);
            let mut tx = w.app().db.read().await.unwrap();
            let frozen = campaign::frozen(&campaign::load(&mut tx, id).await.unwrap()).unwrap();
            drop(tx);
            let reach = campaign::reach(w.app(), &who, Some(&frozen), None).await.unwrap();
            let sample = campaign::sample(w.app(), &who, &frozen, 5_000).await.unwrap();
            let now = w.app().now();
            let funnel = w.run(id).await.funnel;
            let rows = rows(&w, id).await;
            let sent: BTreeSet<String> = rows.iter().map(|row| row.phone.clone()).collect();
            let shown: BTreeSet<String> = sample.people.into_iter().map(|one| one.phone).collect();
            assert_eq!(shown, sent, "round {round}");
            let reasons: BTreeMap<String, i64> = reach.excluded.iter()
                .filter(|(_, n)| **n > 0).map(|(reason, n)| ((*reason).to_owned(), *n)).collect();
            assert_eq!(reasons, funnel.excluded_by_reason, "round {round}");
            assert_eq!((reach.reachable, reach.audience), (funnel.recipients, funnel.recipients + funnel.excluded));
            // Nobody got too much, and nobody else was left out.
            let counts = input.respect_frequency_cap.is_none();
            for i in 1..=240 {
                let number = phone(i);
                let got = counted.entry(number.clone()).or_default();
                let full = limits.iter().any(|limit| {
                    got.iter().filter(|at| **at > now - i64::from(limit.days) * DAY).count() >= limit.messages as usize
                });
                let inside = matches!(input.audience, Audience::Everyone) || city == if i % 2 == 0 { "Pune" } else { "Delhi" };
                // A twin brings the number into either city.
                let inside = inside || i <= 3;
                let held = who.holds_out(&number);
                assert_eq!(sent.contains(&number), inside && !held && !(full && counts), "round {round}: {number} {full} {held}");
                if counts && sent.contains(&number) {
                    got.push(now);
                }
            }
            w.t.clock.advance((6 + below(30) as i64) * HOUR);
        }
    }

    async fn the_control_group_is_recorded_kept_and_adds_up(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(400).await;
        let client = Client::new(&w.t).await;
        let body = |percent: Value| json!({
            "name": "Diwali", "template_id": id::TEMPLATE.show(w.template), "audience": {"type": "everyone"}, "control_percent": percent,
        });
        for wrong in [json!(51), json!(-1), json!(2.55)] {
            let refused = client.post("/api/v1/campaigns", body(wrong.clone())).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], "/control_percent", "{wrong}");
            let asked = json!({"audience": {"type": "everyone"}, "control_percent": wrong});
            assert_eq!(client.post("/api/v1/reach", asked).await.expect(422)["errors"][0]["pointer"], "/control_percent");
        }
        let made = client.post("/api/v1/campaigns", body(json!(7.5))).await.expect(201);
        assert_eq!((&made["control_percent"], &made["respect_frequency_cap"]), (&json!(7.5), &json!(true)));
        let path = format!("/api/v1/campaigns/{}", made["id"].as_str().unwrap());
        let copy = client.post(&format!("{path}/clone"), json!({})).await.expect(201);
        assert_eq!(copy["control_percent"], json!(7.5));
        let reach = client.get(&format!("{path}/reach")).await;
        let held = reach["excluded"]["control_group"].as_i64().unwrap();
        assert!((10..60).contains(&held), "{held}");
        // Asked with its id, the page's question has the same people.
        let asked = json!({"audience": {"type": "everyone"}, "control_percent": 7.5, "campaign_id": made["id"]});
        let page = client.post("/api/v1/reach", asked).await.expect(200);
        assert_eq!((&page["audience"], &page["reachable"], &page["excluded"]), (&reach["audience"], &reach["reachable"], &reach["excluded"]));
        let checks = client.get(&format!("{path}/preflight")).await;
        let check = checks["checks"].as_array().unwrap().iter().find(|check| check["key"] == "control_group").unwrap();
        assert!(check["detail"].as_str().unwrap().starts_with("7.5 %"), "{check}");

        client.post(&format!("{path}/launch"), json!({})).await.expect(200);
        let campaign = id::CAMPAIGN.read(made["id"].as_str().unwrap()).unwrap();
        let funnel = w.run(campaign).await.funnel;
        assert_eq!((funnel.recipients, funnel.sent, funnel.excluded), (400 - held, 400 - held, held));
        let left = client.get(&format!("{path}/excluded?limit=500")).await;
        let left: BTreeSet<String> = left["data"].as_array().unwrap().iter().map(|row| {
            assert_eq!(row["reason"], "control_group");
            row["phone"].as_str().unwrap().to_owned()
        }).collect();
        let control = Control::of_permille(75);
        let wanted: BTreeSet<String> = (1..=400).map(phone).filter(|number| control.holds_out(campaign, number)).collect();
        assert_eq!(left, wanted);
        let series = client.get(&format!("{path}/series")).await;
        assert_eq!(series["points"].as_array().unwrap().last().unwrap()["sent"], json!(400 - held));
    }

    async fn what_failed_is_not_sent_again_over_the_cap(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(3).await;
        cap(&w, one_a_day()).await;
        let first = w.launch(Audience::Everyone).await;
        w.run(first).await;
        fail(&w, rows(&w, first).await.iter().filter(|row| row.phone != phone(3))).await;
        let one = Audience::Conditions {
            all: vec![Condition { attribute: "phone".into(), is: Comparison::Equal, value: json!(phone(1)) }],
        };
        let second = w.launch(one).await;
        assert_eq!(w.run(second).await.funnel.sent, 1);
        let again = campaign::resend(w.app(), first, &campaign::Resend::default()).await.unwrap();
        assert_eq!((again.resendable, again.resent, again.left_out), (2, 1, BTreeMap::from([("over_cap", 1)])));
        // And what was sent again counts.
        assert_eq!(everyone(&w).await, (0, 3, 0));
    }

    async fn the_cap_is_changed_by_who_may_and_written_down(t) {
        let w = World::new(t, Options::default()).await;
        let client = Client::new(&w.t).await;
        let off = client.get("/api/v1/frequency-cap").await;
        assert_eq!(off, json!({"limits": [], "since": null, "updated_by": null, "updated_at": 0}));
        for (wrong, pointer) in [
            (json!([{"messages": 0, "days": 1}]), "/limits/0/messages"),
            (json!([{"messages": 3, "days": 1}, {"messages": 2, "days": 7}]), "/limits/0"),
        ] {
            let refused = client.put("/api/v1/frequency-cap", json!({"limits": wrong})).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        let both = json!([{"messages": 1, "days": 1}, {"messages": 3, "days": 7}]);
        let swapped = json!([{"messages": 3, "days": 7}, {"messages": 1, "days": 1}]);
        let on = client.put("/api/v1/frequency-cap", json!({"limits": swapped, "version": 0})).await.expect(200);
        assert_eq!((&on["limits"], &on["updated_at"]), (&both, &json!(START)));
        let late = client.put("/api/v1/frequency-cap", json!({"limits": [], "version": 0})).await.expect(409);
        assert_eq!((&late["code"], &late["changed"]["by"]), (&json!("changed_meanwhile"), &on["updated_by"]));
        assert_eq!(client.get("/api/v1/frequency-cap").await, on);
        let log = client.get("/api/v1/audit?action=frequency_cap.update").await;
        assert_eq!(log["data"].as_array().unwrap().len(), 1, "{log}");
        assert_eq!(log["data"][0]["changes"][0], json!({"field": "limits", "before": [], "after": both}));

        let draft = client.post("/api/v1/campaigns", json!({
            "name": "News", "template_id": id::TEMPLATE.show(w.template), "audience": {"type": "everyone"},
            "respect_frequency_cap": false,
        })).await.expect(201);
        assert_eq!(draft["respect_frequency_cap"], false);
        let path = format!("/api/v1/campaigns/{}", draft["id"].as_str().unwrap());
        let checks = client.get(&format!("{path}/preflight?count=false")).await;
        let check = checks["checks"].as_array().unwrap().iter().find(|check| check["key"] == "frequency_cap").unwrap();
        assert_eq!((&check["level"], &check["fix"]), (&json!("amber"), &json!("who")));
        assert_eq!(frequency_cap::LONGEST_DAYS, 30);
    }
}
