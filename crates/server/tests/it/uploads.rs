//! The reference's public API, in its own shapes.

use axum::http::Request;
use harkara::app::consent::opt_out;
use harkara::store;
use harkara::store::profile::{OPTED_IN, OPTED_OUT, ProfileRow};
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::consent::{ASHA, RAVI, add};
use crate::support::{START, TestApp, on_both_engines};

async fn post(client: &Client, path: &str, body: impl ToString) -> Answer {
    let request = Request::post(path)
        .header("x-clevertap-account-id", "ACCOUNT")
        .header("x-clevertap-passcode", &client.key)
        .body(body.to_string().into())
        .unwrap();
    client.send(request).await
}

fn profile(identity: &str, data: Value) -> Value {
    json!({"identity": identity, "type": "profile", "profileData": data})
}

async fn read(t: &TestApp, identity: &str) -> ProfileRow {
    let mut tx = t.app.db.read().await.unwrap();
    store::profile::by_identity(&mut tx, identity)
        .await
        .unwrap()
        .unwrap()
}

async fn is_suppressed(t: &TestApp, phone: &str) -> bool {
    let mut tx = t.app.db.read().await.unwrap();
    !store::consent::suppressed(&mut tx, &[phone])
        .await
        .unwrap()
        .is_empty()
}

on_both_engines! {
    async fn profiles_and_events_come_in_together(t) {
        let client = Client::new(&t).await;
        let event = json!({"identity": "new", "type": "event", "evtName": "Charged", "evtData": {"Amount": 5}, "ts": 1_700_000_000});
        let body = json!({"d": [profile("j", json!({"Name": "Jack", "Phone": ASHA, "MSG-whatsapp": true, "VIP": true})), event]});
        let answer = post(&client, "/1/upload", &body).await.expect(200);
        assert_eq!(answer, json!({"status": "success", "processed": 2, "unprocessed": []}));
        let jack = read(&t, "j").await;
        assert_eq!((jack.phone.as_deref(), jack.opt_in, jack.attributes.as_str()), (Some(ASHA), OPTED_IN, "{\"VIP\":true}"));
        let new = read(&t, "new").await;
        let mut tx = t.app.db.read().await.unwrap();
        let events = store::timeline::events(&mut tx, new.id, i64::MAX, 9).await.unwrap();
        assert_eq!((events.len(), events[0].name.as_str(), events[0].at), (1, "Charged", 1_700_000_000_000));
    }

    async fn refused_records_are_named_and_the_others_accepted(t) {
        let client = Client::new(&t).await;
        let nobody = json!({"type": "profile", "profileData": {"Name": "No Id"}});
        let body = json!({"d": [nobody, profile("ok", json!({"Age": 4})), profile("p", json!({"Phone": "12"}))]});
        let answer = post(&client, "/1/upload", &body).await.expect(200);
        assert_eq!((&answer["status"], &answer["processed"]), (&json!("partial"), &json!(1)));
        let expected = json!({"status": "fail", "code": 523, "error": "Missing identity", "record": nobody});
        assert_eq!(answer["unprocessed"][0], expected);
        assert_eq!(answer["unprocessed"][1]["code"], 516);
        assert_eq!(read(&t, "ok").await.attributes, "{\"Age\":4}");
        let answer = post(&client, "/1/upload", json!({"d": [nobody]})).await.expect(200);
        assert_eq!((&answer["status"], &answer["processed"]), (&json!("fail"), &json!(0)));
    }

    async fn a_profile_with_too_many_keys_is_refused_alone(t) {
        let client = Client::new(&t).await;
        let many: serde_json::Map<String, Value> = (0..200).map(|n| (format!("a{n}"), json!(n))).collect();
        let more: serde_json::Map<String, Value> = (0..60).map(|n| (format!("b{n}"), json!(n))).collect();
        let body = json!({"d": [profile("x", many.into()), profile("x", more.into()), profile("y", json!({}))]});
        let answer = post(&client, "/1/upload", &body).await.expect(200);
        assert_eq!((&answer["processed"], &answer["unprocessed"][0]["code"]), (&json!(2), &json!(555)));
    }

    async fn the_flag_of_a_profile_does_not_lift_the_opt_out_of_its_number(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "a", ASHA).await;
        add(&t, &mut tx, "b", RAVI).await;
        opt_out(&t.app, &mut tx, ASHA, "message", Some("STOP"), START).await.unwrap();
        tx.commit().await.unwrap();
        let on = json!({"MSG-whatsapp": true});
        post(&client, "/1/upload", json!({"d": [profile("a", on.clone())]})).await.expect(200);
        assert!(read(&t, "a").await.opt_in == OPTED_OUT && is_suppressed(&t, ASHA).await);
        post(&client, "/1/upload", json!({"d": [profile("b", json!({"MSG-whatsapp": false}))]})).await.expect(200);
        assert!(read(&t, "b").await.opt_in == OPTED_OUT && !is_suppressed(&t, RAVI).await, "the flag is the profile's own");
        post(&client, "/1/upload", json!({"d": [profile("b", on)]})).await.expect(200);
        assert_eq!(read(&t, "b").await.opt_in, OPTED_IN);
    }

    async fn do_not_disturb_holds_for_the_number_and_is_lifted_by_number(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "a", ASHA).await;
        add(&t, &mut tx, "shares", ASHA).await;
        tx.commit().await.unwrap();
        post(&client, "/1/upload", json!({"d": [profile("a", json!({"MSG-DNDwhatsapp": true}))]})).await.expect(200);
        assert!(read(&t, "shares").await.opt_in == OPTED_OUT && is_suppressed(&t, ASHA).await);
        post(&client, "/1/upload", json!({"d": [profile("shares", json!({"MSG-dndWhatsApp": false}))]})).await.expect(200);
        assert!(read(&t, "a").await.opt_in == OPTED_IN && !is_suppressed(&t, ASHA).await);
    }

    async fn a_nightly_upload_never_undoes_a_stop(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "a", ASHA).await;
        tx.commit().await.unwrap();
        let nightly = |dnd: bool| json!({"d": [profile("a", json!({"MSG-whatsapp": true, "MSG-dndWhatsApp": dnd}))]});
        post(&client, "/1/upload", nightly(true)).await.expect(200);
        let mut tx = t.app.db.write().await.unwrap();
        harkara::app::consent::opt_out(&t.app, &mut tx, ASHA, "keyword", Some("STOP"), t.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        post(&client, "/1/upload", nightly(false)).await.expect(200);
        assert!(is_suppressed(&t, ASHA).await);
        let entry = json!({"type": "whatsapp", "value": ASHA, "status": "Resubscribe"});
        post(&client, "/1/subscribe", json!({"d": [entry]})).await.expect(200);
        assert!(!is_suppressed(&t, ASHA).await);
    }

    async fn a_nightly_upload_never_undoes_an_unsubscribe(t) {
        let client = Client::new(&t).await;
        let entry = json!({"type": "whatsapp", "value": ASHA, "status": "Unsubscribe"});
        post(&client, "/1/subscribe", json!({"d": [entry]})).await.expect(200);
        let data = json!({"Phone": ASHA, "MSG-whatsapp": true, "MSG-dndWhatsApp": false});
        post(&client, "/1/upload", json!({"d": [profile("a", data)]})).await.expect(200);
        assert!(is_suppressed(&t, ASHA).await);
    }

    async fn false_where_nothing_is_suppressed_opts_nobody_in(t) {
        let client = Client::new(&t).await;
        let data = json!({"Phone": ASHA, "MSG-dndWhatsApp": false});
        post(&client, "/1/upload", json!({"d": [profile("a", data)]})).await.expect(200);
        assert_eq!(read(&t, "a").await.opt_in, store::profile::NOT_RECORDED);
        let entry = json!({"type": "whatsapp", "value": ASHA, "status": "Resubscribe"});
        post(&client, "/1/subscribe", json!({"d": [entry]})).await.expect(200);
        assert_eq!(read(&t, "a").await.opt_in, store::profile::NOT_RECORDED);
    }

    async fn subscriptions_reach_every_profile_of_the_number(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        for (identity, phone) in [("a", ASHA), ("b", ASHA), ("r", RAVI)] {
            add(&t, &mut tx, identity, phone).await;
        }
        tx.commit().await.unwrap();
        let entry = |value: &str, status: &str| json!({"type": "whatsapp", "value": value, "status": status});
        let body = json!({"d": [entry(ASHA, "Resubscribe"), entry(ASHA, "Unsubscribe"), entry("x", "Unsubscribe")]});
        let answer = post(&client, "/1/subscribe", &body).await.expect(200);
        assert_eq!((&answer["status"], &answer["processed"]), (&json!("partial"), &json!(2)));
        let states = [read(&t, "a").await.opt_in, read(&t, "b").await.opt_in, read(&t, "r").await.opt_in];
        assert_eq!(states, [OPTED_OUT, OPTED_OUT, OPTED_IN]);
        post(&client, "/1/subscribe", json!({"d": [entry(ASHA, "Resubscribe")]})).await.expect(200);
        assert!(read(&t, "b").await.opt_in == OPTED_IN && !is_suppressed(&t, ASHA).await);
    }

    async fn a_call_that_does_not_fit_is_refused_in_the_shape_of_the_reference(t) {
        let client = Client::new(&t).await;
        let many: Vec<Value> = (0..1001).map(|n| profile(&n.to_string(), json!({}))).collect();
        for body in ["{\"d\": [] /* none */}".to_owned(), "{}".into(), "[]".into(), json!({"d": many}).to_string()] {
            let answer = post(&client, "/1/upload", body).await.expect(400);
            assert_eq!((&answer["status"], &answer["processed"]), (&json!("fail"), &json!(0)));
        }
        let no_key = Request::post("/1/upload").header("x-clevertap-account-id", "A").body("{}".into()).unwrap();
        assert_eq!(client.send(no_key).await.expect(401)["status"], "fail");
        let no_account = Request::post("/1/upload").header("x-clevertap-passcode", &client.key).body("{}".into()).unwrap();
        client.send(no_account).await.expect(401);
    }
}

/// Needs the writer to stand still, so only where there is one writer.
#[tokio::test]
async fn the_sixteenth_call_in_flight_is_told_to_wait() {
    let t = TestApp::new(crate::support::Engine::Sqlite).await;
    let client = Client::new(&t).await;
    let body = json!({"d": [profile("a", json!({}))]});
    post(&client, "/1/upload", &body).await.expect(200);
    let held = t.app.db.write().await.unwrap();
    let refused_one = std::cell::Cell::new(false);
    let call = async || {
        let answer = post(&client, "/1/upload", &body).await;
        refused_one.set(refused_one.get() || answer.status.as_u16() == 429);
        answer
    };
    let calls: Vec<_> = (0..16).map(|_| call()).collect();
    let release = async {
        for _ in 0..5000 {
            if refused_one.get() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        drop(held);
    };
    let (answers, ()) = tokio::join!(futures::future::join_all(calls), release);
    let refused = answers.iter().filter(|a| a.status.as_u16() == 429).count();
    let accepted = answers.iter().filter(|a| a.status.as_u16() == 200).count();
    assert_eq!((refused, accepted), (1, 15));
}
