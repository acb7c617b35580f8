//! Undoing an import: what it made and changed goes back, what somebody used or changed since stays, and no opt-out goes.

use std::collections::BTreeMap;
use std::fmt::Write;

use bytes::Bytes;
use harkara::app::consent::opt_out;
use harkara::app::import::{self, OptIn, Options};
use harkara::app::import_undo::{self, POSSIBLE_FOR};
use harkara::clock::{DAY, HOUR, SECOND};
use harkara::domain::audience::Audience;
use harkara::domain::id::{IMPORT, LIST, PROFILE};
use harkara::domain::permission::Role;
use harkara::domain::undo::Counts;
use harkara::store;
use harkara::store::consent::ConsentRow;
use harkara::store::conversation::{Heard, hear};
use harkara::store::import::{FINISHED, ImportRow, UNDOING, UNDONE};
use harkara::store::profile::{NOT_RECORDED, OPTED_IN, OPTED_OUT, ProfileRow};
use harkara::store::timeline::{EventRow, add_events};
use harkara::worker::retention::Retention;
use harkara::worker::undo::Undo;
use harkara::worker::{Tick, Worker};
use harkara_sim::Options as SimOptions;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Client;
use crate::consent::{ASHA, RAVI};
use crate::support::{TestApp, on_both_engines};
use crate::world::World;

/// Imports a file, a second later than what was before, to its end.
async fn run(t: &TestApp, csv: &str, options: &Options) -> ImportRow {
    let id = receive(t, csv, options).await;
    import::run(&t.app, id).await.unwrap();
    let row = row(t, id).await;
    assert_eq!(row.state, FINISHED, "{row:?}");
    t.clock.advance(SECOND);
    row
}

async fn receive(t: &TestApp, csv: &str, options: &Options) -> i64 {
    t.clock.advance(SECOND);
    let chunk = Ok::<_, std::io::Error>(Bytes::copy_from_slice(csv.as_bytes()));
    let body = futures::stream::iter([chunk]);
    let row = import::receive(&t.app, "people.csv", options, body).await;
    row.unwrap().id
}

async fn row(t: &TestApp, id: i64) -> ImportRow {
    let mut tx = t.app.db.read().await.unwrap();
    store::import::by_id(&mut tx, id).await.unwrap().unwrap()
}

async fn person(t: &TestApp, identity: &str) -> Option<ProfileRow> {
    let mut tx = t.app.db.read().await.unwrap();
    store::profile::by_identity(&mut tx, identity).await.unwrap()
}

async fn begin(t: &TestApp, import: &ImportRow) {
    let mut tx = t.app.db.write().await.unwrap();
    import_undo::begin(&t.app, &mut tx, import.id).await.unwrap();
    tx.commit().await.unwrap();
}

/// Undoes to the end; what it came to, which is what the preview had said.
async fn undo(t: &TestApp, import: &ImportRow) -> Counts {
    let said = import_undo::preview(&t.app, import.id).await.unwrap().counts;
    begin(t, import).await;
    let worker = Undo::new(t.app.clone());
    while worker.tick().await.unwrap() == Tick::Again {}
    let row = row(t, import.id).await;
    assert_eq!((row.undo_state, kept(t, import).await), (UNDONE, 0));
    let counts = import_undo::counts(&row).unwrap().unwrap();
    assert_eq!(counts, said);
    counts
}

/// Transactions of an import that are kept.
async fn kept(t: &TestApp, import: &ImportRow) -> usize {
    let mut tx = t.app.db.read().await.unwrap();
    let (mut n, mut before) = (0, i64::MAX);
    while let Some(change) = store::undo::last(&mut tx, import.id, before).await.unwrap() {
        before = change.n;
        n += 1;
    }
    n
}

fn record(list: Option<&str>) -> Options {
    Options {
        opt_in: OptIn::Record,
        source: Some("shop form".into()),
        list: list.map(str::to_owned),
        ..Options::default()
    }
}

fn many(rows: std::ops::Range<u32>) -> String {
    let mut text = "id,phone,name,city\n".to_owned();
    for n in rows {
        writeln!(text, "c{n},+9199999{n:05},Person {n},Pune").unwrap();
    }
    text
}

on_both_engines! {
    async fn what_an_import_made_and_changed_goes_back(t) {
        run(&t, &format!("id,phone,name,city,points\na,{ASHA},Asha,Pune,3\n"), &Options::default()).await;
        let before = person(&t, "a").await.unwrap();
        let csv = format!("id,phone,name,city,vip\na,{ASHA},Asha Rao,Delhi,true\nb,{RAVI},Ravi,Goa,\n");
        let import = run(&t, &csv, &record(Some("Diwali"))).await;
        assert_eq!((import.created, import.updated, import.kept), (1, 1, 2));
        let changed = person(&t, "a").await.unwrap();
        assert_eq!((changed.name.as_deref(), changed.opt_in), (Some("Asha Rao"), OPTED_IN));
        let counts = undo(&t, &import).await;
        let expected = Counts { done: 2, removed: 1, restored: 1, unlisted: 1, opt_ins: 1, ..Counts::default() };
        assert_eq!(counts, expected);
        assert_eq!(person(&t, "a").await, Some(before.clone()), "wholly as before");
        assert_eq!(person(&t, "b").await, None);
        let mut tx = t.app.db.read().await.unwrap();
        let list = store::list::page(&mut tx, (false, ""), i64::MAX, 9).await.unwrap().remove(0);
        assert_eq!((list.name.as_str(), store::list::size(&mut tx, list.id).await.unwrap()), ("Diwali", 0));
        let history = store::consent::history(&mut tx, &before, i64::MAX, 9).await.unwrap();
        let said: Vec<_> = history.iter().map(|row| (row.action, row.source.as_str())).collect();
        assert_eq!(said, [(NOT_RECORDED, "undo of an import"), (OPTED_IN, "shop form")]);
    }

    async fn what_was_changed_since_stays_field_by_field(t) {
        run(&t, &format!("id,phone,name,city\na,{ASHA},Asha,Pune\n"), &Options::default()).await;
        let csv = format!("id,phone,name,city\na,{ASHA},Asha Rao,Delhi\nb,{RAVI},Ravi,Goa\n");
        let import = run(&t, &csv, &Options::default()).await;
        let client = Client::new(&t).await;
        for (identity, change) in [("a", json!({"name": "Asha Iyer"})), ("b", json!({"attributes": {"city": "Kochi"}}))] {
            let id = PROFILE.show(person(&t, identity).await.unwrap().id);
            client.patch(&format!("/api/v1/profiles/{id}"), change).await.expect(200);
        }
        let counts = undo(&t, &import).await;
        assert_eq!(counts, Counts { done: 2, restored: 1, changed: 2, ..Counts::default() });
        let asha = person(&t, "a").await.unwrap();
        assert_eq!((asha.name.as_deref(), asha.attributes.as_str()), (Some("Asha Iyer"), r#"{"city":"Pune"}"#));
        assert_eq!(person(&t, "b").await.unwrap().attributes, r#"{"city":"Kochi"}"#);
    }

    async fn an_opt_out_of_the_file_stays(t) {
        let before = format!("id,phone,name,optin\na,{ASHA},Asha,yes\n");
        run(&t, &before, &Options::default()).await;
        let csv = format!("id,phone,name,optin\na,{ASHA},Asha Rao,no\nb,{RAVI},Ravi,no\n");
        let import = run(&t, &csv, &Options::default()).await;
        let counts = undo(&t, &import).await;
        assert_eq!(counts, Counts { done: 2, removed: 1, restored: 1, opt_outs: 2, ..Counts::default() });
        let asha = person(&t, "a").await.unwrap();
        assert_eq!((asha.name.as_deref(), asha.opt_in), (Some("Asha"), OPTED_OUT));
        let mut tx = t.app.db.read().await.unwrap();
        let out = store::consent::suppressed(&mut tx, &[ASHA, RAVI]).await.unwrap();
        assert_eq!(out.len(), 2, "the numbers are still suppressed");
        drop(tx);
        run(&t, &csv.replace("no", "yes"), &Options::default()).await;
        assert_eq!(person(&t, "b").await.unwrap().opt_in, OPTED_OUT, "whoever comes back is still out");
    }

    async fn an_opt_in_of_somebody_who_wrote_and_an_opt_out_since_stay(t) {
        run(&t, &format!("id,phone,name\na,{ASHA},A\nb,{RAVI},B\n"), &Options::default()).await;
        let import = run(&t, &format!("id,phone,name\na,{ASHA},Asha\nb,{RAVI},B\n"), &record(None)).await;
        let mut tx = t.app.db.write().await.unwrap();
        let heard = Heard {
            id: t.app.id(),
            phone: ASHA.into(),
            name: None,
            number_id: 1,
            at: t.app.now(),
            text: "START".into(),
            unread: 1,
        };
        hear(&mut tx, &[heard]).await.unwrap();
        assert!(opt_out(&t.app, &mut tx, RAVI, "message", Some("STOP"), t.app.now()).await.unwrap());
        tx.commit().await.unwrap();
        let counts = undo(&t, &import).await;
        assert_eq!(counts, Counts { done: 2, restored: 1, changed: 2, ..Counts::default() });
        let asha = person(&t, "a").await.unwrap();
        assert_eq!((asha.name.as_deref(), asha.opt_in), (Some("A"), OPTED_IN));
        assert_eq!(person(&t, "b").await.unwrap().opt_in, OPTED_OUT);
    }

    async fn new_people_who_were_used_stay(t) {
        let w = World::new(t, SimOptions::default()).await;
        let t = &w.t;
        let import = run(t, &many(1..8), &record(Some("Diwali"))).await;
        let one = json!([{"attribute": "name", "is": "equal", "value": "Person 1"}]);
        let run_of_one = w.launch(Audience::Conditions { all: serde_json::from_value(one).unwrap() }).await;
        w.run(run_of_one).await;
        let id = async |n: u32| person(t, &format!("c{n}")).await.unwrap().id;
        let event = EventRow { id: t.app.id(), profile_id: id(2).await, name: "Bought".into(), at: t.app.now(), data: "{}".into() };
        let mut tx = t.app.db.write().await.unwrap();
        add_events(&mut tx, &[event]).await.unwrap();
        opt_out(&t.app, &mut tx, "+919999900003", "message", Some("STOP"), t.app.now()).await.unwrap();
        // Decided about the number, and it changed nothing of the profile.
        let decided = ConsentRow {
            id: t.app.id(),
            phone: Some("+919999900004".into()),
            profile_id: None,
            action: OPTED_IN,
            source: "phone call".into(),
            detail: None,
            at: t.app.now(),
        };
        store::consent::record(&mut tx, &[decided]).await.unwrap();
        tx.commit().await.unwrap();
        run(t, &many(5..6), &record(Some("Holi"))).await;
        let counts = undo(t, &import).await;
        let expected = Counts {
            done: 7, removed: 2, unlisted: 5, message: 1, event: 1, changed: 1, consent: 1, list: 1, ..Counts::default()
        };
        assert_eq!(counts, expected);
        for n in 1..6 {
            assert!(person(t, &format!("c{n}")).await.is_some(), "c{n}");
        }
        let mut tx = t.app.db.read().await.unwrap();
        let lists = store::list::page(&mut tx, (false, ""), i64::MAX, 9).await.unwrap();
        let mut sizes = BTreeMap::new();
        for list in lists {
            let size = store::list::size(&mut tx, list.id).await.unwrap();
            sizes.insert(list.name, size);
        }
        assert_eq!(sizes, BTreeMap::from([("Diwali".into(), 0), ("Holi".into(), 1)]));
    }

    async fn a_change_of_an_earlier_import_can_be_undone_after_the_later_one(t) {
        let first = run(&t, &many(1..4), &Options::default()).await;
        let second = run(&t, &many(1..4).replace("Pune", "Delhi"), &Options::default()).await;
        assert_eq!(undo(&t, &second).await.restored, 3);
        let counts = undo(&t, &first).await;
        assert_eq!(counts, Counts { done: 3, removed: 3, ..Counts::default() });
        assert_eq!(person(&t, "c1").await, None);
    }

    async fn an_undo_goes_on_where_it_stopped(t) {
        let import = run(&t, &many(1..2501), &record(Some("Diwali"))).await;
        assert_eq!((kept(&t, &import).await, import.kept), (3, 2500));
        begin(&t, &import).await;
        let worker = Undo::new(t.app.clone());
        assert_eq!(worker.tick().await.unwrap(), Tick::Again);
        assert_eq!(row(&t, import.id).await.undo_state, UNDOING);
        // Another server, or this one after a restart.
        let (one, other) = (Undo::new(t.app.clone()), Undo::new(t.app.clone()));
        for _ in 0..4 {
            let (a, b) = tokio::join!(one.tick(), other.tick());
            a.unwrap();
            b.unwrap();
        }
        let counts = import_undo::counts(&row(&t, import.id).await).unwrap().unwrap();
        assert_eq!(counts, Counts { done: 2500, removed: 2500, ..Counts::default() });
        let mut tx = t.app.db.read().await.unwrap();
        assert_eq!(store::profile::max_id(&mut tx).await.unwrap(), 0, "nobody is left");
    }

    async fn an_import_that_is_cut_and_goes_on_keeps_each_change_once(t) {
        let id = receive(&t, &many(1..3501), &record(None)).await;
        let app = t.app.clone();
        let cut = tokio::spawn(async move { import::run(&app, id).await });
        while row(&t, id).await.rows_read == 0 {
            tokio::task::yield_now().await;
        }
        // At whatever point it is: what was not committed is gone, as in a crash.
        cut.abort();
        drop(cut.await);
        let (a, b) = tokio::join!(import::run(&t.app, id), import::run(&t.app, id));
        assert!(a.is_ok() && b.is_ok());
        let import = row(&t, id).await;
        assert_eq!((import.state, import.created, import.kept, kept(&t, &import).await), (FINISHED, 3500, 3500, 4));
        assert_eq!(undo(&t, &import).await.removed, 3500);
    }

    async fn somebody_twice_in_a_file_goes_back_to_before_the_file(t) {
        run(&t, &many(1..2), &Options::default()).await;
        let before = person(&t, "c1").await;
        let twice = format!("{}c1,+919999900001,Twice,Goa\nc2,+919999900002,Twice,Goa\n", many(1..1500).replace("Pune", "Delhi"));
        let import = run(&t, &twice, &Options::default()).await;
        assert_eq!((import.created, import.updated), (1498, 3));
        begin(&t, &import).await;
        let worker = Undo::new(t.app.clone());
        while worker.tick().await.unwrap() == Tick::Again {}
        assert_eq!((person(&t, "c1").await, person(&t, "c2").await), (before, None));
    }

    async fn an_undo_is_asked_for_over_http_and_only_for_a_day(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        let import = run(&t, &many(1..3), &record(Some("Diwali"))).await;
        let path = format!("/imports/{}", IMPORT.show(import.id));
        let shown = owner.get(&path).await;
        assert_eq!(shown["undo_until"], json!(import.finished_at.unwrap() + POSSIBLE_FOR));
        assert_eq!(shown["undo"], Value::Null);
        let list = owner.get("/lists").await["data"][0]["id"].clone();
        assert!(LIST.read(list.as_str().unwrap()).is_some());
        let said = owner.get(&format!("{path}/undo")).await;
        assert_eq!((&said["people"]["removed"], &said["campaigns"]), (&json!(2), &json!([])));
        let begun = owner.call("POST", &format!("{path}/undo"), json!({})).await.expect(202);
        assert_eq!((&begun["undo"]["finished"], &begun["undo"]["total"]), (&json!(false), &json!(2)));
        let again = owner.call("POST", &format!("{path}/undo"), json!({})).await.expect(202);
        assert_eq!(again["undo_until"], Value::Null);
        let worker = Undo::new(t.app.clone());
        while worker.tick().await.unwrap() == Tick::Again {}
        let done = owner.get(&path).await;
        assert_eq!((&done["undo"]["finished"], &done["undo"]["people"]["removed"]), (&json!(true), &json!(2)));
        let acts = owner.get("/audit?action=import.undo").await["data"].clone();
        assert_eq!(acts[0]["object_name"], "people.csv");

        let late = run(&t, &many(5..7), &record(None)).await;
        t.clock.advance(DAY);
        let path = format!("/imports/{}/undo", IMPORT.show(late.id));
        assert_eq!(owner.refused(409, "POST", &path, json!({})).await, "undo_over");
        let same = run(&t, &many(5..7), &record(None)).await;
        let path = format!("/imports/{}/undo", IMPORT.show(same.id));
        assert_eq!(owner.refused(409, "GET", &path, Value::Null).await, "nothing_to_undo");
        let running = receive(&t, &many(7..9), &record(None)).await;
        let path = format!("/imports/{}/undo", IMPORT.show(running));
        assert_eq!(owner.refused(409, "POST", &path, json!({})).await, "import_not_over");
    }

    async fn what_can_no_longer_be_undone_is_forgotten(t) {
        let old = run(&t, &many(1..1501), &Options::default()).await;
        t.clock.advance(23 * HOUR);
        let new = run(&t, &many(2000..2003), &Options::default()).await;
        let worker = Retention::new(t.app.clone());
        t.clock.advance(HOUR);
        while worker.tick().await.unwrap() != Tick::After(std::time::Duration::from_secs(60)) {}
        assert_eq!((kept(&t, &old).await, kept(&t, &new).await), (0, 1));
        assert_eq!(undo(&t, &new).await.removed, 3);
    }

    async fn campaigns_to_the_list_are_named(t) {
        let w = World::new(t, SimOptions::default()).await;
        let import = run(&w.t, &many(1..3), &record(Some("Diwali"))).await;
        let client = Client::new(&w.t).await;
        let list = client.get("/api/v1/lists").await["data"][0]["id"].clone();
        let mut states = BTreeMap::new();
        for (name, audience) in [("Lamps", json!({"type": "list", "list_id": list})), ("All", json!({"type": "everyone"}))] {
            let draft = json!({"name": name, "template_id": harkara::domain::id::TEMPLATE.show(w.template), "audience": audience});
            let made = client.post("/api/v1/campaigns", draft).await.expect(201);
            let path = format!("/api/v1/campaigns/{}/launch", made["id"].as_str().unwrap());
            let at = json!({"at": "2099-01-06T10:00:00Z"});
            states.insert(name, client.post(&path, at).await.expect(200)["state"].clone());
        }
        assert_eq!(states["All"], "scheduled");
        let said = client.get(&format!("/api/v1/imports/{}/undo", IMPORT.show(import.id))).await;
        let named: Vec<_> = said["campaigns"].as_array().unwrap().iter().map(|one| (&one["name"], &one["state"])).collect();
        assert_eq!(named, [(&json!("Lamps"), &json!("scheduled"))]);
    }
}
