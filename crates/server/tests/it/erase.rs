//! Erasing a person: nothing of them is left, every count is as before, and nobody becomes reachable by it.

use harkara::app::import;
use harkara::clock::DAY;
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::domain::state::{CANCELLED, DELIVERED, FAILED, QUEUED, READ, SENDING, UNKNOWN};
use harkara::store::campaign::CampaignRow;
use harkara::store::profile::ProfileRow;
use harkara::store::{self, Tx};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::browser::Browser;
use crate::post::{Post, report};
use crate::support::{START, on_both_engines};
use crate::world::phone;

/// The tables, but for raw callbacks, in which this text stands anywhere.
async fn mentions(p: &Post, text: &str) -> Vec<String> {
    let mut tx = p.w.app().db.read().await.unwrap();
    let mut found = Vec::new();
    match &mut tx {
        Tx::Sqlite(c) => {
            let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            for table in sqlx::query_scalar::<_, String>(tables)
                .fetch_all(&mut **c)
                .await
                .unwrap()
            {
                let columns = "SELECT group_concat('COALESCE(\"' || name || '\", '''')', ' || ') FROM pragma_table_info($1)";
                let all: String = sqlx::query_scalar(columns)
                    .bind(&table)
                    .fetch_one(&mut **c)
                    .await
                    .unwrap();
                let sql = AssertSqlSafe(format!(
                    "SELECT COUNT(*) FROM \"{table}\" WHERE {all} LIKE '%' || $1 || '%'"
                ));
                if sqlx::query_scalar::<_, i64>(sql)
                    .bind(text)
                    .fetch_one(&mut **c)
                    .await
                    .unwrap()
                    > 0
                {
                    found.push(table);
                }
            }
        }
        Tx::Postgres(c) => {
            let tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'";
            for table in sqlx::query_scalar::<_, String>(tables)
                .fetch_all(&mut **c)
                .await
                .unwrap()
            {
                let sql = AssertSqlSafe(format!(
                    "SELECT COUNT(*) FROM \"{table}\" AS t WHERE CAST(t.* AS TEXT) LIKE '%' || $1 || '%'"
                ));
                if sqlx::query_scalar::<_, i64>(sql)
                    .bind(text)
                    .fetch_one(&mut **c)
                    .await
                    .unwrap()
                    > 0
                {
                    found.push(table);
                }
            }
        }
    }
    found.retain(|table| table != "callback");
    found.sort_unstable();
    found
}

async fn person(p: &Post, i: i64) -> ProfileRow {
    let mut tx = p.w.app().db.read().await.unwrap();
    store::profile::by_phone(&mut tx, &phone(i))
        .await
        .unwrap()
        .remove(0)
}

fn path(row: &ProfileRow) -> String {
    format!("/api/v1/profiles/{}/erase", id::PROFILE.show(row.id))
}

async fn erase(p: &Post, row: &ProfileRow) -> Value {
    p.client.post(&path(row), json!({})).await.expect(200)
}

fn kept(receipt: &Value) -> Vec<&str> {
    let kept = receipt["kept"].as_array().unwrap();
    kept.iter().map(|k| k["what"].as_str().unwrap()).collect()
}

/// The message of a campaign to customer `i`.
async fn sent(p: &Post, campaign: i64, i: i64) -> i64 {
    let mut tx = p.w.app().db.read().await.unwrap();
    let wanted = store::recipient::Wanted::default();
    let rows = store::recipient::of_phones(&mut tx, campaign, &[phone(i)], &wanted, "", 1)
        .await
        .unwrap();
    rows[0].id
}

async fn import(p: &Post, csv: String) {
    let body = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(csv))]);
    let options = import::Options {
        opt_in: import::OptIn::Record,
        source: Some("shop form".into()),
        ..import::Options::default()
    };
    let row = import::receive(p.w.app(), "again.csv", &options, body)
        .await
        .unwrap();
    import::run(p.w.app(), row.id).await.unwrap();
}

on_both_engines! {
    async fn nothing_of_a_person_is_left_and_every_count_is_as_before(t) {
        let p = Post::new(t).await;
        p.w.customers(3).await;
        let row = person(&p, 1).await;
        let mut owner = Browser::of(&p.w.t, Role::Owner).await;
        let profile = format!("/profiles/{}", id::PROFILE.show(row.id));
        import(&p, format!("phone,identity,pet\n{},{},Bruno\n", phone(1), row.identity)).await;
        assert!(mentions(&p, "Bruno").await.contains(&"import_change".to_owned()));
        owner.call("PATCH", &profile, json!({"name": "Asha Rao", "attributes": {"pet": "Bruno"}})).await.expect(200);
        let consent = json!({"action": "opt_in", "source": "phone call", "detail": "Asha Rao said yes"});
        owner.call("POST", &format!("{profile}/consent"), consent).await.expect(200);
        let mut tx = p.w.app().db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, p.w.app().id(), "VIP", START).await.unwrap();
        store::list::add(&mut tx, list, &[row.id]).await.unwrap();
        let event = store::timeline::EventRow { id: p.w.app().id(), profile_id: row.id, name: "Bought".into(), at: START, data: json!({"for": "Bruno"}).to_string() };
        store::timeline::add_events(&mut tx, &[event]).await.unwrap();
        tx.commit().await.unwrap();
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        p.says(1, "Bruno likes it", START).await;
        let reply = json!({"to": phone(1), "content": {"type": "text", "body": "Good for Bruno"}});
        p.client.post("/api/v1/messages", reply).await.expect(202);
        p.w.step(100).await;
        p.reports(&[report(sent(&p, campaign, 1).await, "DELIVERED", START), report(sent(&p, campaign, 2).await, "FAILED", START)]).await;
        let before = p.w.progress(campaign).await;
        assert!(mentions(&p, "Bruno").await.len() >= 4 && mentions(&p, "Asha").await.len() >= 2);

        let receipt = erase(&p, &row).await;
        for (what, n) in [("attributes", 2), ("events", 1), ("list_entries", 1), ("conversations", 1), ("messages", 3), ("cancelled", 0)] {
            assert_eq!(receipt["erased"][what], n, "{what} of {receipt}");
        }
        assert_eq!(kept(&receipt), ["counts", "callbacks", "answers", "audit", "outside"]);
        assert_eq!(receipt["kept"][1]["until"], p.w.app().now() + p.w.app().config.callback_days * DAY);
        for text in ["Asha", "Bruno", phone(1).trim_start_matches('+')] {
            assert_eq!(mentions(&p, text).await, [""; 0], "{text} is still there");
        }
        let after = p.w.progress(campaign).await;
        assert_eq!((after.funnel, after.replies), (before.funnel, before.replies));
        p.client.call("GET", &format!("/api/v1{profile}"), "").await.expect(404);
        let act = owner.get("/audit?action=profile.erase").await["data"][0].clone();
        assert_eq!((&act["object_name"], &act["object_id"]), (&json!(""), &receipt["profile_id"]));
        assert_eq!(erase_again(&p, &row).await, 404);
    }

    async fn an_erased_row_is_still_a_recipient_that_can_be_looked_at_and_is_never_sent_again(t) {
        let p = Post::new(t).await;
        p.w.customers(4).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        let (one, two) = (sent(&p, campaign, 1).await, sent(&p, campaign, 2).await);
        for i in [1, 2] {
            erase(&p, &person(&p, i).await).await;
        }
        // Late reports find it by our reference and by the vendor's id, and bring nothing back.
        let mut failed = report(two, "FAILED", START + 5);
        failed["cause"] = json!(format!("{} is unknown", phone(2)));
        let mut read = report(one, "READ", START + 5);
        read.as_object_mut().unwrap().remove("extra");
        read["externalId"] = json!(p.row(one).await.external_id);
        p.reports(&[read, failed]).await;
        assert_eq!((p.row(one).await.state, p.row(two).await.state), (READ, FAILED));
        assert_eq!(p.w.progress(campaign).await.funnel.failed, 1);
        for i in [1, 2] {
            assert_eq!(mentions(&p, phone(i).trim_start_matches('+')).await, [""; 0]);
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = p.client.get(&format!("/api/v1/campaigns/{}/messages?limit=1{cursor}", id::CAMPAIGN.show(campaign))).await;
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["phone"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let mut expected = vec![phone(3), phone(4), format!("erased-{one}"), format!("erased-{two}")];
        expected.sort_unstable_by_key(|phone| seen.iter().position(|s| s == phone));
        assert_eq!(seen, expected);
        let told = p.client.get(&format!("/api/v1/messages/{}", id::MESSAGE.show(two))).await;
        assert_eq!((&told["content"], &told["next"]), (&Value::Null, &json!("Nothing to do: the person was erased.")));
        let again = p.client.post(&format!("/api/v1/messages/{}/resend", id::MESSAGE.show(two)), json!({})).await;
        assert_eq!(again.expect(409)["code"], "erased");
    }

    async fn what_failed_is_not_sent_again_to_somebody_who_was_erased(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        let late = json!({"phone": phone(3), "opt_in": true, "opt_in_source": "form"});
        p.client.post("/api/v1/profiles", late).await.expect(201);
        let failed = p.message(3, FAILED, Some(campaign)).await;
        let failure = json!({"kind": "unavailable", "detail": format!("no answer for {}", phone(3)), "help": "Try again."});
        let mut tx = p.w.app().db.write().await.unwrap();
        let change = store::message::MessageChange { id: failed, state: FAILED, failure: Some(failure.to_string()), ..Default::default() };
        store::message::change(&mut tx, vec![change]).await.unwrap();
        tx.commit().await.unwrap();
        let path = format!("/api/v1/campaigns/{}/resend", id::CAMPAIGN.show(campaign));
        let count = p.client.post(&path, json!({"dry_run": true})).await.expect(200);
        assert_eq!(count["resendable"], 1);
        erase(&p, &person(&p, 3).await).await;
        let sent = p.client.post(&path, json!({})).await.expect(200);
        assert_eq!((&sent["resendable"], &sent["resent"]), (&json!(0), &json!(0)));
        assert_eq!(mentions(&p, phone(3).trim_start_matches('+')).await, [""; 0]);
    }

    async fn an_opt_out_outlives_the_person_even_one_of_the_profile_alone(t) {
        let p = Post::new(t).await;
        p.w.customers(3).await;
        p.says(1, "STOP please, this is Asha", START).await;
        p.says(1, "stop", START + 10).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        let alone = ProfileRow { opt_in: 2, opt_source: Some("upload".into()), ..p.w.customer(2) };
        let alone = ProfileRow { id: store::profile::by_phone(&mut tx, &phone(2)).await.unwrap()[0].id, ..alone };
        store::profile::update_many(&mut tx, &[alone]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!p.is_suppressed(2).await);
        for i in [1, 2] {
            let receipt = erase(&p, &person(&p, i).await).await;
            assert!(kept(&receipt).contains(&"opt_out"), "{receipt}");
        }
        // What the person said before the opt-out, and reaches us only now, does not undo it.
        p.says(1, "START", START + 5).await;
        import(&p, format!("phone,name\n{},Asha\n{},Ravi\n", phone(1), phone(2))).await;
        assert_eq!((p.is_suppressed(1).await, p.is_suppressed(2).await), (true, true));
        assert_eq!((person(&p, 1).await.opt_in, person(&p, 2).await.opt_in), (2, 2));
        assert!(mentions(&p, "this is Asha").await.iter().all(|table| table == "message" || table == "conversation"));
    }

    async fn what_waits_is_cancelled_and_what_is_on_its_way_is_waited_for(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        let row = person(&p, 1).await;
        let waiting = p.message(1, QUEUED, None).await;
        let sending = p.message(1, SENDING, None).await;
        let unknown = p.message(1, UNKNOWN, None).await;
        let refused = p.client.post(&path(&row), json!({})).await.expect(409);
        assert_eq!(refused["code"], "on_its_way");
        assert_eq!((p.row(waiting).await.state, person(&p, 1).await), (QUEUED, row.clone()));
        let mut tx = p.w.app().db.write().await.unwrap();
        let change = store::message::MessageChange { id: sending, state: 30, attempt: 1, ..Default::default() };
        store::message::change(&mut tx, vec![change]).await.unwrap();
        tx.commit().await.unwrap();
        let receipt = erase(&p, &row).await;
        assert_eq!((&receipt["erased"]["messages"], &receipt["erased"]["cancelled"]), (&json!(3), &json!(1)));
        assert_eq!((p.row(waiting).await.state, p.row(unknown).await.content), (CANCELLED, None));
        p.reports(&[report(unknown, "DELIVERED", START)]).await;
        assert_eq!(p.row(unknown).await.state, DELIVERED);
        p.w.step(100).await;
        assert!(p.w.accepted().is_empty());
    }

    async fn a_running_campaign_does_not_reach_somebody_who_was_erased_and_comes_back(t) {
        let p = Post::new(t).await;
        p.w.customers(6).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        let (first, last) = (person(&p, 1).await, person(&p, 6).await);
        // Before anything of it left, and for the last one before it is planned.
        erase(&p, &last).await;
        import(&p, format!("phone,name\n{},Back\n", phone(6))).await;
        p.w.run(campaign).await;
        erase(&p, &first).await;
        import(&p, format!("phone,identity,name\n{},c1,Back\n", phone(1))).await;
        p.w.step(3_000).await;
        p.w.assert_nobody_doubled();
        assert!(!p.w.accepted().contains_key(&phone(6)));
        assert_eq!((p.w.accepted().len(), p.w.progress(campaign).await.funnel.sent), (5, 5));
        assert_ne!(person(&p, 1).await.id, first.id);
    }

    async fn whom_a_campaign_has_written_to_is_erased_when_it_is_through(t) {
        let p = Post::new(t).await;
        p.w.customers(4).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        let row = store::campaign::by_id(&mut tx, campaign).await.unwrap().unwrap();
        store::campaign::update(&mut tx, &CampaignRow { messages_per_second: Some(1), ..row }).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..20 {
            if p.w.accepted().is_empty() {
                p.w.step(500).await;
            }
        }
        let written: Vec<String> = p.w.accepted().keys().cloned().collect();
        assert!(!written.is_empty() && written.len() < 4, "{written:?}");
        let by_phone = async |number: &str| {
            let mut tx = p.w.app().db.read().await.unwrap();
            store::profile::by_phone(&mut tx, number).await.unwrap().remove(0)
        };
        let one = by_phone(&written[0]).await;
        let refused = p.client.post(&path(&one), json!({})).await.expect(409);
        assert_eq!(refused["code"], "in_campaign");
        // Whoever is given the number meanwhile does not get it there once more.
        let left = (1..=4).map(phone).find(|number| !written.contains(number)).unwrap();
        let other = by_phone(&left).await;
        let moved = json!({"phone": written[0]});
        p.client.patch(&format!("/api/v1/profiles/{}", id::PROFILE.show(other.id)), moved).await.expect(200);
        p.w.run(campaign).await;
        p.w.assert_nobody_doubled();
        assert_eq!(p.w.accepted().len(), 3);
        erase(&p, &by_phone(&written[0]).await).await;
    }

    async fn a_number_of_several_profiles_stays_with_the_others(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        let row = person(&p, 1).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        p.w.run(campaign).await;
        let twin = json!({"identity": "twin", "phone": phone(1), "name": "Twin"});
        p.client.post("/api/v1/profiles", twin).await.expect(201);
        p.says(1, "hello from both", START).await;
        let receipt = erase(&p, &row).await;
        assert_eq!((&receipt["erased"]["conversations"], &receipt["erased"]["messages"]), (&json!(0), &json!(2)));
        assert!(kept(&receipt).contains(&"shared_number"));
        assert_eq!((p.conversation(1).await.last_text.as_str(), p.thread(1).await.len()), ("hello from both", 2));
        assert_eq!(mentions(&p, "Customer 1").await, [""; 0]);
        assert_eq!(person(&p, 1).await.identity, "twin");
    }

    async fn only_owners_and_admins_erase(t) {
        let p = Post::new(t).await;
        p.w.customers(1).await;
        let path = format!("/profiles/{}/erase", id::PROFILE.show(person(&p, 1).await.id));
        for role in [Role::Creator, Role::Approver, Role::Agent, Role::Viewer] {
            Browser::of(&p.w.t, role).await.call("POST", &path, json!({})).await.expect(403);
        }
        let receipt = Browser::of(&p.w.t, Role::Admin).await.call("POST", &path, json!({})).await.expect(200);
        assert_eq!(receipt["erased_by"], "admin");
    }
}

async fn erase_again(p: &Post, row: &ProfileRow) -> u16 {
    p.client.post(&path(row), json!({})).await.status.as_u16()
}
