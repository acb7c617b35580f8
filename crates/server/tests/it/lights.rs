//! The lights of an account, switched by the faults of the simulator.

use harkara::app::callback_log::write_refusals;
use harkara::app::message::{self, MessageInput};
use harkara::app::retention::{Pass, step};
use harkara::clock::{HOUR, MINUTE};
use harkara::domain::id;
use harkara::store;
use harkara_sim::{FailureKind, Options};
use serde_json::{Value, json};

use crate::client::Client;
use crate::post::{Post, report, says};
use crate::support::{START, on_both_engines};
use crate::world::{World, phone};

fn path(w: &World) -> String {
    format!("/api/v1/accounts/{}", id::ACCOUNT.show(w.account))
}

/// How the account does, and one of its lights.
async fn light(w: &World, client: &Client, key: &str) -> (String, Value) {
    let all = client.get(&format!("{}/trouble", path(w))).await;
    let lights = all["lights"].as_array().unwrap();
    assert_eq!(lights.len(), 4);
    let light = lights.iter().find(|light| light["key"] == key).unwrap().clone();
    (light["level"].as_str().unwrap().to_owned(), light)
}

/// Queues the template to customer `i`.
async fn queue(w: &World, i: i64) -> i64 {
    let input = MessageInput {
        to: Some(phone(i)),
        profile_id: None,
        content: None,
        template_id: Some(id::TEMPLATE.show(w.template)),
        mapping: None,
        number_id: None,
    };
    let mut tx = w.app().db.write().await.unwrap();
    let id = message::send(w.app(), &mut tx, &input).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn send(w: &World, i: i64) -> i64 {
    let id = queue(w, i).await;
    for _ in 0..10 {
        w.step(200).await;
    }
    id
}

on_both_engines! {
    async fn a_wrong_password_turns_credentials_red_until_it_is_mended_and_proven(t) {
        let w = World::with(t, Options::default(), json!({"hsm_password": "wrong"})).await;
        let client = Client::new(&w.t).await;
        assert_eq!(light(&w, &client, "credentials").await.0, "grey");
        assert_eq!(light(&w, &client, "sending").await.0, "grey");
        send(&w, 1).await;
        let (level, red) = light(&w, &client, "credentials").await;
        assert_eq!(level, "red");
        assert!(red["help"].as_str().unwrap().contains("notification account"), "{red}");
        assert!(red["since"].as_i64().unwrap() > START, "{red}");
        assert_eq!(light(&w, &client, "sending").await.0, "red");
        let all = client.get(&format!("{}/trouble", path(&w))).await;
        let error = &all["errors"][0];
        assert_eq!((&error["kind"], &error["code"], &error["count"]), (&json!("auth"), &json!("102"), &json!(1)), "{all}");
        assert_eq!((&error["numbers"], &error["reported"]), (&json!(["+919999900000"]), &json!(false)));
        assert_eq!((&all["egress_addresses"], &all["state"]), (&json!(["203.0.113.7"]), &json!("held")));
        assert!(all["network_hint"].as_str().unwrap().contains("public addresses"));
        assert_eq!(all["click_to_chat_url"], "https://wa.me/919999900000");

        let right = w.sim.state().options().hsm.1;
        w.t.clock.advance(1_000);
        client.patch(&path(&w), json!({"settings": {"hsm_password": right}})).await.expect(200);
        assert_eq!(light(&w, &client, "credentials").await.0, "amber");
        for _ in 0..20 {
            w.step(200).await;
        }
        assert_eq!(light(&w, &client, "credentials").await.0, "green");
        assert_eq!(light(&w, &client, "sending").await.0, "green");
        client.call("DELETE", &path(&w), "").await.expect(200);
        assert_eq!(light(&w, &client, "credentials").await.0, "grey");
    }

    async fn a_check_tells_which_of_the_two_accounts_is_blocked(t) {
        let w = World::new(t, Options { block_two_way_ip: true, ..Options::default() }).await;
        let client = Client::new(&w.t).await;
        client.post(&format!("{}/check", path(&w)), json!({})).await.expect(200);
        let (level, red) = light(&w, &client, "credentials").await;
        assert_eq!(level, "red");
        let detail = red["detail"].as_str().unwrap();
        assert!(detail.starts_with("Two-way account:") && !detail.contains("Notification"), "{red}");
        assert!(red["help"].as_str().unwrap().contains("allow the public addresses"), "{red}");
        // A template goes by the other account: it does not prove this one.
        send(&w, 1).await;
        assert_eq!(light(&w, &client, "credentials").await.0, "red");
        w.sim.state().update(|o| o.block_two_way_ip = false).unwrap();
        client.post(&format!("{}/check", path(&w)), json!({})).await.expect(200);
        assert_eq!(light(&w, &client, "credentials").await.0, "green");
        w.t.clock.advance(MINUTE);
        client.patch(&path(&w), json!({"settings": {"app_name": "shop"}})).await.expect(200);
        assert_eq!(light(&w, &client, "credentials").await.0, "amber");
        let change = json!({"settings": {"app_name": "other"}, "check": true});
        client.patch(&path(&w), change).await.expect(200);
        assert_eq!(light(&w, &client, "credentials").await.0, "green");
    }

    async fn reports_that_do_not_come_are_missed_after_ten_minutes(t) {
        let p = Post::new(t).await;
        let (w, client) = (&p.w, &p.client);
        assert_eq!(light(w, client, "reports").await.0, "grey");
        let first = send(w, 1).await;
        assert_eq!(light(w, client, "reports").await.0, "grey");
        w.t.clock.advance(9 * MINUTE);
        assert_eq!(light(w, client, "reports").await.0, "grey");
        w.t.clock.advance(2 * MINUTE);
        let (level, amber) = light(w, client, "reports").await;
        assert_eq!(level, "amber");
        assert!(amber["help"].as_str().unwrap().contains("URL is pasted"), "{amber}");
        // What is sent later does not make the wait shorter.
        send(w, 2).await;
        assert_eq!(light(w, client, "reports").await.0, "amber");
        w.t.clock.advance(HOUR);
        assert_eq!(light(w, client, "reports").await.0, "red");

        p.reports(&[report(first, "DELIVERED", w.app().now())]).await;
        assert_eq!(light(w, client, "reports").await.0, "green");
        // A report counts for everything that left before it, and for nothing that leaves later.
        w.t.clock.advance(3 * HOUR);
        assert_eq!(light(w, client, "reports").await.0, "green");
        send(w, 3).await;
        assert_eq!(light(w, client, "reports").await.0, "green");
        w.t.clock.advance(11 * MINUTE);
        assert_eq!(light(w, client, "reports").await.0, "amber");

        p.bytes(&format!("/callbacks/{}/reports", p.token), b"{\"response\": ".to_vec()).await.expect(200);
        p.apply().await;
        assert_eq!(light(w, client, "reports").await.0, "amber");
        let (level, amber) = light(w, client, "inbound").await;
        assert!(level == "amber" && amber["detail"].as_str().unwrap().contains("could not be used"), "{amber}");
    }

    async fn messages_for_another_number_and_refused_callbacks_are_told(t) {
        let p = Post::new(t).await;
        let (w, client) = (&p.w, &p.client);
        assert_eq!(light(w, client, "inbound").await.0, "grey");
        let mut stray = says(1, "hello", START);
        stray["waNumber"] = json!("919999900777");
        p.post("inbound", &stray).await.expect(200);
        p.apply().await;
        let (level, amber) = light(w, client, "inbound").await;
        assert!(level == "amber" && amber["detail"].as_str().unwrap().contains("919999900777"), "{amber}");
        w.t.clock.advance(MINUTE);
        p.says(1, "hello", START).await;
        let (level, green) = light(w, client, "inbound").await;
        assert_eq!((level.as_str(), &green["since"]), ("green", &json!(START + MINUTE)));

        w.t.clock.advance(MINUTE);
        let reason = "the signature does not match".to_owned();
        w.app().callback_log.refuse(w.account, reason, w.app().now());
        write_refusals(w.app()).await.unwrap();
        let (level, red) = light(w, client, "inbound").await;
        assert!(level == "red" && red["help"].as_str().unwrap().contains("signing secret"), "{red}");
        assert_eq!(light(w, client, "reports").await.0, "red");
        let all = client.get(&format!("{}/trouble", path(w))).await;
        assert_eq!(all["refused_callbacks"]["count"], 1);
        w.t.clock.advance(2 * MINUTE);
        p.says(1, "hello again", START).await;
        assert_eq!(light(w, client, "inbound").await.0, "green");
        assert_eq!(light(w, client, "reports").await.0, "grey");
    }

    async fn a_provider_that_is_slow_or_away_shows_in_sending(t) {
        let w = World::new(t, Options { limit_per_second: Some(1), ..Options::default() }).await;
        let client = Client::new(&w.t).await;
        for i in 1..=8 {
            queue(&w, i).await;
        }
        for _ in 0..8 {
            w.step(200).await;
        }
        let (level, amber) = light(&w, &client, "sending").await;
        assert!(level == "amber" && amber["detail"].as_str().unwrap().contains("slow down"), "{amber}");
        let all = client.get(&format!("{}/trouble", path(&w))).await;
        assert_eq!(all["pressure"]["code"], "throttled");
        assert_eq!(all["errors"][0]["kind"], "throttled");

        w.sim.state().update(|o| { o.limit_per_second = None; o.fail_503 = 1.0; }).unwrap();
        for i in 11..=18 {
            queue(&w, i).await;
        }
        for _ in 0..40 {
            w.step(100).await;
        }
        let (level, red) = light(&w, &client, "sending").await;
        assert!(level == "red" && red["help"].as_str().unwrap().contains("by itself"), "{red}");
        let all = client.get(&format!("{}/trouble", path(&w))).await;
        assert!(all["pressure"]["code"] == "unavailable" && all["pressure"]["until"].is_i64(), "{all}");

        w.sim.state().update(|o| o.fail_503 = 0.0).unwrap();
        for _ in 0..300 {
            w.step(500).await;
        }
        assert_eq!(light(&w, &client, "sending").await.0, "green");
        assert_eq!(w.sim.state().accepted().len(), 16);
    }

    async fn errors_are_grouped_by_kind_and_code_and_forgotten_after_a_day(t) {
        let p = Post::new(t).await;
        let (w, client) = (&p.w, &p.client);
        w.sim.state().update(|o| o.fail_suffix = vec![("7".into(), FailureKind::Error("105".into()))]).unwrap();
        send(w, 7).await;
        send(w, 17).await;
        w.t.clock.advance(HOUR);
        send(w, 27).await;
        let reported = send(w, 1).await;
        let failed_at = w.app().now();
        p.reports(&[report(reported, "FAILED", failed_at)]).await;
        // The same report again says nothing new.
        p.replay_everything().await;
        let errors = async || client.get(&format!("{}/trouble", path(w))).await["errors"].clone();
        let all = errors().await;
        let told: Vec<(&Value, &Value, &Value)> = all
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (&e["kind"], &e["reported"], &e["count"]))
            .collect();
        assert_eq!(told.len(), 2, "{all}");
        assert_eq!((told[0].1, told[0].2), (&json!(true), &json!(1)));
        assert_eq!(told[1], (&json!("invalid"), &json!(false), &json!(3)));
        assert_eq!((&all[0]["last_at"], &all[0]["numbers"]), (&json!(failed_at), &json!(["+919999900000"])));
        assert_eq!(all[1]["code"], "105");
        w.t.clock.advance(24 * HOUR + 1);
        assert_eq!(errors().await, json!([]));

        let kept = async || {
            let mut tx = w.app().db.read().await.unwrap();
            let errors = store::health::errors(&mut tx, w.account, 0, 0).await.unwrap().len();
            (errors, store::health::sent_since(&mut tx, &[p.number], 0).await.unwrap())
        };
        assert_eq!(kept().await, (3, vec![(p.number, 1)]));
        w.t.clock.advance(48 * HOUR);
        assert_eq!(step(w.app(), Pass::Counts).await.unwrap(), Pass::Imports);
        // When anything last left stays known.
        assert_eq!(kept().await, (0, vec![(p.number, 1)]));
        assert_eq!(light(w, client, "sending").await.0, "green");
    }
}
