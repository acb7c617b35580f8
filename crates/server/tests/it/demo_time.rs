//! The time of a demo is moved forward: what then is over, due and late, and what must not notice.

use std::collections::VecDeque;
use std::sync::Arc;

use harkara::app::App;
use harkara::app::lease::Standing;
use harkara::app::sign_in::{self, Client, Person};
use harkara::app::vault::Vault;
use harkara::clock::{Clock, DAY, HOUR, MINUTE, Millis, MovedClock};
use harkara::domain::audience::Audience;
use harkara::domain::permission::Role;
use harkara::store::conversation::{self, Opening};
use harkara::store::demo_crowd::{self, CrowdRow};
use harkara::store::session::{self, SessionRow};
use harkara::store::{self, Db, demo};
use harkara::worker::Worker;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::demo::{Server, rows};
use crate::support::{START, TestApp, on_both_engines};
use crate::world::World;

const ASHA: &str = "919999900101";

async fn clock(s: &Server) -> Value {
    s.get(&format!("/handset/clock?customer={ASHA}")).await
}

#[tokio::test]
async fn a_day_passes_for_the_server_and_its_provider_alike() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::demo(folder.path()).await;
    let before = rows(&s.running.app.db).await;
    let (status, problem) = s.call("POST", "/handset/clock", json!({"forward_ms": 1})).await;
    assert_eq!((status, &problem["code"]), (404, &json!("no_handset")));
    s.post("/demo", json!({})).await;
    let there = Person {
        email: "ann@harkara.example",
        name: "Ann",
        password: "a long enough one",
    };
    let client = Client {
        is_here: true,
        ..Client::default()
    };
    let app = &s.running.app;
    let begun = sign_in::first_owner(app, &there, Some(code(app).as_str()), &client)
        .await
        .unwrap();

    // An open window, seen a minute before its end.
    s.post("/handset/inbound", json!({"customer": ASHA, "text": "Hello"}))
        .await;
    let inbox = s.until("/conversations", |c| c["data"][0]["unread"] == 1).await;
    let path = format!(
        "/conversations/{}/messages",
        inbox["data"][0]["id"].as_str().unwrap()
    );
    let (first, machine) = (clock(&s).await, app.machine_now());
    assert_eq!((&first["ahead_ms"], &first["movable"]), (&json!(0), &json!(true)));
    let closes_at = first["window_closes_at"].as_i64().unwrap();
    let moved = s.post("/handset/clock", json!({"to_window_of": ASHA})).await;
    let left = closes_at - moved["now"].as_i64().unwrap();
    assert!((MINUTE - 10_000..=MINUTE).contains(&left), "{left}");
    let (status, problem) = s
        .call("POST", "/handset/clock", json!({"to_window_of": ASHA}))
        .await;
    assert_eq!((status, &problem["code"]), (409, &json!("window_closing")));
    let text = json!({"content": {"type": "text", "body": "Just in time"}});
    s.post(&path, text.clone()).await;
    // The provider agrees: it takes and delivers it.
    s.until(&format!("/handset/customers/{ASHA}"), |chat| {
        let last = chat["messages"].as_array().and_then(|all| all.last());
        last.is_some_and(|m| m["happened"].as_i64() == Some(3) && m.to_string().contains("Just in time"))
    })
    .await;
    let moved = s.post("/handset/clock", json!({"forward_ms": HOUR})).await;
    assert_eq!(moved["window_closes_at"], Value::Null);
    let (status, problem) = s.call("POST", &path, text).await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("window_closed")),
        "{problem}"
    );

    // Browsers hear of it; whoever is signed in stays so; the machine's clock stood where it is.
    let url = format!("{}/api/v1/home", s.running.url());
    let answer = s.client.get(url).bearer_auth(&s.key).send().await.unwrap();
    let told = answer.headers()["date"].to_str().unwrap().to_owned();
    let expected = jiff::Timestamp::from_millisecond(app.now()).unwrap();
    assert!(
        told.contains(&expected.strftime("%d %b %Y").to_string()),
        "{told}"
    );
    for _ in 0..2 {
        s.post("/handset/clock", json!({"forward_ms": 31 * DAY})).await;
    }
    assert!(sign_in::authenticate(app, &begun.token).await.unwrap().is_some());
    assert!(app.machine_now() - machine < MINUTE);
    for wrong in [
        json!({"forward_ms": -1}),
        json!({"forward_ms": 32 * DAY}),
        json!({}),
    ] {
        assert_eq!(s.call("POST", "/handset/clock", wrong).await.0, 422);
    }

    // It is as far ahead after a restart, and the real time again without the demo.
    let ahead = clock(&s).await["ahead_ms"].clone();
    s.running.shutdown().await;
    let s = Server::demo(folder.path()).await;
    assert_eq!(clock(&s).await["ahead_ms"], ahead);
    assert_eq!(s.call("DELETE", "/demo", Value::Null).await.0, 204);
    let app = &s.running.app;
    assert!((app.now() - app.machine_now()).abs() < 1_000);
    let left: Vec<(String, i64)> = rows(&app.db)
        .await
        .into_iter()
        .filter(|(table, _)| !["user", "session"].contains(&table.as_str()))
        .collect();
    assert_eq!(left, before);
    s.running.shutdown().await;
}

fn code(app: &App) -> String {
    sign_in::setup_url(app)
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_server_in_use_keeps_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let system = Arc::new(harkara::clock::SystemClock);
    let s = Server::with(folder.path(), system, |_| ()).await;
    s.post("/demo", json!({})).await;
    assert_eq!(clock(&s).await["movable"], false);
    let (status, problem) = s
        .call("POST", "/handset/clock", json!({"forward_ms": HOUR}))
        .await;
    assert_eq!((status, &problem["code"]), (409, &json!("clock_fixed")));
    s.running.shutdown().await;

    // Nor does one that could send to somebody real.
    let s = Server::demo(folder.path()).await;
    let real = json!({"provider": "vonage", "settings": {
        "nickname": "Real", "number": "+919999900088", "application_id": "5a4e8d2c-6f1b-4c3a-9d7e-0123456789ab",
        "private_key": harkara_sim::vonage::PRACTICE_KEY, "signature_secret": "0123456789abcdef0123456789abcdef",
    }});
    s.post("/accounts", real).await;
    let (status, problem) = s
        .call("POST", "/handset/clock", json!({"forward_ms": HOUR}))
        .await;
    assert_eq!((status, &problem["code"]), (409, &json!("real_accounts")));
    s.running.shutdown().await;
}

#[tokio::test]
async fn what_is_scheduled_begins_and_is_not_called_late() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::demo(folder.path()).await;
    s.post("/demo", json!({})).await;
    let draft = s.get("/campaigns").await["data"][0].clone();
    let path = format!("/campaigns/{}", draft["id"].as_str().unwrap());
    let at = jiff::Timestamp::from_millisecond(s.running.app.now() + 3 * HOUR).unwrap();
    s.post(&format!("{path}/launch"), json!({"at": at.to_string()}))
        .await;
    s.post("/handset/clock", json!({"forward_ms": 24 * HOUR})).await;
    let running = s.until(&path, |c| c["state"] != "scheduled").await;
    assert!(
        ["running", "finished"].contains(&running["state"].as_str().unwrap()),
        "{running}"
    );
    s.running.shutdown().await;
}

/// The same app with a clock that can be moved, over the one that stands still.
async fn movable(t: TestApp) -> (TestApp, Arc<MovedClock>) {
    let config = t.app.config.clone();
    let db = Db::open(&config.database_url()).await.unwrap();
    let clock = Arc::new(MovedClock::over(t.clock.clone()));
    let vault = Vault::open(t.folder.path(), None).unwrap();
    let app = App::new(db, clock.clone(), 1, vault, config);
    (TestApp { app, ..t }, clock)
}

const RATE: usize = 60;

on_both_engines! {
    async fn what_is_kept_of_the_clock_and_of_crowds(t) {
        let w = World::new(t, Options::default()).await;
        let app = w.app();
        let mut tx = app.db.write().await.unwrap();
        assert_eq!(demo::ahead(&mut tx).await.unwrap(), 0);
        for ahead in [HOUR, DAY] {
            demo::set_ahead(&mut tx, ahead).await.unwrap();
            assert_eq!(demo::ahead(&mut tx).await.unwrap(), ahead);
        }
        assert_eq!(demo::other_accounts(&mut tx).await.unwrap(), 1);
        demo::mark(&mut tx, demo::ACCOUNT, w.account).await.unwrap();
        assert_eq!(demo::other_accounts(&mut tx).await.unwrap(), 0);
        let number = store::number::of_account(&mut tx, w.account).await.unwrap().remove(0).id;
        let phone = format!("+{ASHA}");
        assert_eq!(demo::last_wrote(&mut tx, &phone).await.unwrap(), None);
        let wrote = Opening { number_id: number, phone: phone.clone(), at: START };
        conversation::open_windows(&mut tx, &[wrote]).await.unwrap();
        assert_eq!(demo::last_wrote(&mut tx, &phone).await.unwrap(), Some(START));

        assert_eq!(demo_crowd::end(&mut tx).await.unwrap(), 0);
        let crowd = |list_id, first_index, people| CrowdRow { list_id, first_index, people, behaviour: "keen".into() };
        for row in [crowd(7, 10_200, 30), crowd(5, 10_000, 200)] {
            demo_crowd::insert(&mut tx, &row).await.unwrap();
        }
        assert_eq!(demo_crowd::end(&mut tx).await.unwrap(), 10_230);
        assert_eq!(demo_crowd::all(&mut tx).await.unwrap(), [crowd(5, 10_000, 200), crowd(7, 10_200, 30)]);
        demo_crowd::forget(&mut tx, 7).await.unwrap();
        assert_eq!(demo_crowd::end(&mut tx).await.unwrap(), 10_200);
        let new = (app.id(), 1, store::import::RUNNING);
        store::import::insert(&mut tx, new, "Crowd", "{}", 10, START).await.unwrap();
        demo::mark(&mut tx, demo::IMPORT, new.0).await.unwrap();
        assert_eq!(demo_crowd::open_imports(&mut tx).await.unwrap(), [new.0]);
        store::import::cancel(&mut tx, new.0, "Enough.", START).await.unwrap();
        assert_eq!(demo_crowd::open_imports(&mut tx).await.unwrap(), [0; 0]);

        // Everybody who is signed in stays so for a day longer; who was not before does not come back.
        let user = harkara::app::user::insert(app, &mut tx, "a@harkara.example", "Ann", Role::Owner, "x".into()).await.unwrap();
        for (id, expires_at) in [(1, START + 10), (2, START - 1)] {
            let row = SessionRow {
                id, user_id: user.id, hash: id.to_string(), user_agent: String::new(), address: String::new(),
                created_at: START - DAY, last_used_at: START, expires_at,
            };
            session::insert(&mut tx, &row).await.unwrap();
        }
        session::later(&mut tx, DAY, START).await.unwrap();
        let live = session::of_user(&mut tx, user.id, START - DAY).await.unwrap();
        assert_eq!(live.iter().map(|s| s.expires_at).collect::<Vec<_>>(), [START - 1, START + DAY + 10]);

        demo::remove(&mut tx, START).await.unwrap();
        assert_eq!(demo::ahead(&mut tx).await.unwrap(), 0);
        assert_eq!(demo_crowd::all(&mut tx).await.unwrap(), []);
        tx.commit().await.unwrap();
    }

    async fn a_jump_in_a_campaign_costs_no_lease_no_message_and_no_rate(t) {
        let (t, clock) = movable(t).await;
        let options = Options { latency_ms: 10, report_delay_ms: 1, ..Options::default() };
        let w = World::new(t, options).await;
        w.customers(90).await;
        let mut input = w.input(Audience::Everyone, &[]);
        input.messages_per_second = Some(u32::try_from(RATE).unwrap());
        let campaign = w.launch_as(&input).await;
        let term = w.term().await;

        let mut left: VecDeque<(Millis, usize)> = VecDeque::new();
        let mut jumps = 0;
        for _ in 0..200 {
            if w.progress(campaign).await.state == "finished" {
                break;
            }
            w.t.clock.advance(100);
            // What this lets out is on its way when the time jumps.
            w.dispatcher.tick().await.unwrap();
            let sent = w.sim.state().accepted().len();
            if (30..80).contains(&sent) {
                clock.forward(DAY);
                jumps += 1;
                assert_eq!(w.app().leases.standing(w.app(), term), Standing::Holds);
            }
            w.step(0).await;
            left.push_back((w.t.clock.now(), w.sim.state().accepted().len()));
        }
        assert!(jumps > 2, "{jumps}");
        for (at, sent) in &left {
            let before = left.iter().rev().find(|(then, _)| at - then >= 1_000).map_or(0, |(_, n)| *n);
            assert!(sent - before <= RATE, "{} in a second", sent - before);
        }
        let funnel = w.progress(campaign).await;
        assert_eq!(funnel.state, "finished");
        assert_eq!((w.term().await, w.accepted().len()), (term, 90));
        w.assert_nobody_doubled();
        let mut tx = w.app().db.read().await.unwrap();
        let rows = harkara::store::message::of_campaign(&mut tx, campaign, i64::MAX, 0, 500).await.unwrap();
        assert_eq!(rows.len(), 90);
        assert!(rows.iter().all(|row| row.state == harkara::domain::state::SENT));
    }
}
