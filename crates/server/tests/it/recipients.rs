//! Who got a campaign: searched, filtered, exported, and sent again to those whom a passing failure kept from it.

use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{FAILED, State, UNKNOWN};
use harkara::store;
use harkara::store::message::MessageChange;
use harkara::store::reply::Answered;
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};
use crate::world::{World, phone};

struct Sent {
    w: World,
    client: Client,
    campaign: i64,
    path: String,
}

impl Sent {
    /// A finished campaign to so many people.
    async fn new(t: TestApp, people: i64) -> Self {
        let w = World::new(t, Options::default()).await;
        w.customers(people).await;
        let campaign = w.launch(Audience::Everyone).await;
        w.run(campaign).await;
        let client = Client::new(&w.t).await;
        let path = format!("/api/v1/campaigns/{}", id::CAMPAIGN.show(campaign));
        Self {
            w,
            client,
            campaign,
            path,
        }
    }

    /// The message to person `i` did not go well.
    async fn spoil(&self, i: i64, state: State, kind: &str) {
        let mut tx = self.w.app().db.write().await.unwrap();
        let rows = store::message::of_campaign(&mut tx, self.campaign, i64::MAX, 0, 500)
            .await
            .unwrap();
        let row = rows.into_iter().find(|row| row.phone == phone(i)).unwrap();
        let failure = json!({"kind": kind, "detail": "d", "help": "h"}).to_string();
        let change = MessageChange {
            id: row.id,
            state,
            attempt: row.attempt,
            failure: Some(failure),
            failed_at: Some(START),
            ..MessageChange::default()
        };
        store::message::change(&mut tx, vec![change]).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn phones(&self, query: &str) -> Vec<String> {
        let listing = self.client.get(&format!("{}/messages?{query}", self.path)).await;
        phones(&listing)
    }

    async fn resend(&self, body: Value) -> Value {
        self.client
            .post(&format!("{}/resend", self.path), body)
            .await
            .expect(200)
    }
}

fn phones(listing: &Value) -> Vec<String> {
    let rows = listing["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["phone"].as_str().unwrap().to_owned())
        .collect()
}

on_both_engines! {
    async fn recipients_are_searched_filtered_and_exported(t) {
        let s = Sent::new(t, 12).await;
        s.spoil(3, FAILED, "capped").await;
        s.spoil(4, FAILED, "invalid").await;
        s.spoil(5, UNKNOWN, "unknown").await;
        for (query, expected) in [
            ("state=failed", &[3, 4][..]),
            ("state=failed&kind=capped", &[3]),
            ("kind=unknown", &[5]),
            ("state=unknown", &[5]),
            ("state=cancelled", &[]),
            ("search=99999%2000007", &[7]),
            ("search=0004", &[4]),
            ("search=00011&state=sent", &[11]),
            ("search=customer%201", &[1, 10, 11, 12]),
            ("search=customer%201&limit=2", &[1, 10]),
            ("search=customer%204&state=failed", &[4]),
            ("search=customer%204&kind=capped", &[]),
            ("search=nobody", &[]),
        ] {
            let expected: Vec<String> = expected.iter().map(|i| phone(*i)).collect();
            assert_eq!(s.phones(query).await, expected, "{query}");
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        for _ in 0..9 {
            let page = s.client.get(&format!("{}/messages?limit=5{cursor}", s.path)).await;
            seen.extend(phones(&page));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, (1..=12).map(phone).collect::<Vec<_>>(), "each once, by number");
        s.client.call("GET", &format!("{}/messages?state=odd", s.path), "").await.expect(400);
        let csv = s.client.call("GET", &format!("{}/export?state=failed", s.path), "").await;
        let lines: Vec<&str> = csv.text.lines().collect();
        assert_eq!(lines.len(), 3, "{}", csv.text);
        assert!(lines[1].contains(&phone(3)) && lines[1].contains("capped"), "{}", lines[1]);
        let all = s.client.call("GET", &format!("{}/export", s.path), "").await;
        assert_eq!(all.text.lines().count(), 13);
    }

    async fn those_who_answered_are_listed_and_exported(t) {
        let s = Sent::new(t, 6).await;
        let mut tx = s.w.app().db.write().await.unwrap();
        let rows = store::message::of_campaign(&mut tx, s.campaign, i64::MAX, 0, 500).await.unwrap();
        let of = |i: i64| rows.iter().find(|row| row.phone == phone(i)).unwrap().id;
        let answers = [2, 4, 5].map(|i| Answered { id: of(i), at: START + i });
        store::reply::mark(&mut tx, &answers).await.unwrap();
        tx.commit().await.unwrap();
        for (query, expected) in [
            ("replied=true", &[2, 4, 5][..]),
            ("replied=true&limit=2", &[2, 4]),
            ("replied=true&state=sent&search=0004", &[4]),
            ("replied=true&search=customer%202", &[2]),
            ("replied=true&search=customer%203", &[]),
            ("replied=true&state=failed", &[]),
        ] {
            let expected: Vec<String> = expected.iter().map(|i| phone(*i)).collect();
            assert_eq!(s.phones(query).await, expected, "{query}");
        }
        let first = s.client.get(&format!("{}/messages?replied=true&limit=2", s.path)).await;
        assert_eq!(first["data"][0]["replied_at"], START + 2);
        let next = first["next_cursor"].as_str().unwrap();
        assert_eq!(s.phones(&format!("replied=true&limit=2&cursor={next}")).await, [phone(5)]);
        let csv = s.client.call("GET", &format!("{}/export?replied=true", s.path), "").await.text;
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 4, "{csv}");
        assert!(lines[0].ends_with(",replied_at") && lines[1].ends_with('Z'), "{csv}");
    }

    async fn recipients_and_those_left_out_have_their_names(t) {
        let w = World::new(t, Options::default()).await;
        let mut rows: Vec<_> = (1..=3).map(|i| w.customer(i)).collect();
        rows[0].name = Some("=1+1".into());
        rows[1].name = None;
        rows[2].name = Some("Ravi".into());
        rows[2].opt_in = 0;
        let mut tx = w.app().db.write().await.unwrap();
        store::profile::insert_many(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let campaign = w.launch(Audience::Everyone).await;
        w.run(campaign).await;
        let client = Client::new(&w.t).await;
        let path = format!("/api/v1/campaigns/{}", id::CAMPAIGN.show(campaign));
        let got = client.get(&format!("{path}/messages")).await;
        assert_eq!((&got["data"][0]["name"], &got["data"][1]["name"]), (&json!("=1+1"), &Value::Null));
        assert_eq!(client.get(&format!("{path}/excluded")).await["data"][0]["name"], "Ravi");
        // A spreadsheet takes no name for a formula.
        let all = client.call("GET", &format!("{path}/export"), "").await.text;
        let lines: Vec<&str> = all.lines().collect();
        assert!(lines[0].ends_with(",reason,name,replied_at") && lines[1].ends_with(",'=1+1,"), "{all}");
        let left_out = client.call("GET", &format!("{path}/export?left_out=true"), "").await.text;
        let lines: Vec<&str> = left_out.lines().collect();
        assert_eq!(lines.len(), 2, "{left_out}");
        assert!(lines[1].contains(&phone(3)) && lines[1].ends_with("not_opted_in,Ravi,"), "{left_out}");
    }

    async fn a_name_that_thousands_have_is_found_among_the_recipients(t) {
        let w = World::new(t, Options::default()).await;
        let mut rows: Vec<_> = (1..=2_300).map(|i| w.customer(i)).collect();
        for (n, row) in rows.iter_mut().enumerate() {
            row.name = Some("Asha".into());
            // Only the last ones get it.
            row.opt_in = i16::from(n >= 2_290);
        }
        let mut tx = w.app().db.write().await.unwrap();
        for rows in rows.chunks(500) {
            store::profile::insert_many(&mut tx, rows).await.unwrap();
        }
        tx.commit().await.unwrap();
        let campaign = w.launch(Audience::Everyone).await;
        w.run(campaign).await;
        let client = Client::new(&w.t).await;
        let path = format!("/api/v1/campaigns/{}/messages?search=asha", id::CAMPAIGN.show(campaign));
        let expected: Vec<String> = (2_291..=2_300).map(phone).collect();
        assert_eq!(phones(&client.get(&path).await), expected);
    }

    async fn passing_failures_are_sent_again_each_once_and_unknown_ones_never(t) {
        let s = Sent::new(t, 6).await;
        s.spoil(1, FAILED, "unavailable").await;
        s.spoil(2, FAILED, "invalid").await;
        s.spoil(3, UNKNOWN, "unknown").await;
        s.spoil(4, FAILED, "capped").await;
        s.spoil(5, FAILED, "capped").await;
        let mut tx = s.w.app().db.write().await.unwrap();
        harkara::app::consent::opt_out(s.w.app(), &mut tx, &phone(4), "message", None, START).await.unwrap();
        tx.commit().await.unwrap();
        let counted = s.resend(json!({"dry_run": true})).await;
        assert_eq!(counted, json!({"resendable": 2, "resent": 0, "left_out": {}}));
        // The provider took it: whoever reports "unavailable" then may still try.
        assert_eq!(s.resend(json!({"dry_run": true, "kind": "unavailable"})).await["resendable"], 0);
        let refused = s.client.post(&format!("{}/resend", s.path), json!({"kind": "invalid"})).await.expect(422);
        assert_eq!(refused["errors"][0]["code"], "not_resendable");
        let (a, b) = tokio::join!(s.resend(json!({})), s.resend(json!({})));
        assert_eq!(a["resent"].as_i64().unwrap() + b["resent"].as_i64().unwrap(), 1, "{a} {b}");
        assert_eq!(a["left_out"], json!({"opted_out": 1}));
        let after = s.resend(json!({})).await;
        assert_eq!((&after["resendable"], &after["resent"]), (&json!(1), &json!(0)), "{after}");
        for _ in 0..50 {
            s.w.step(100).await;
        }
        let accepted = s.w.accepted();
        for (i, times) in [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (6, 1)] {
            assert_eq!(accepted[&phone(i)].len(), times, "person {i}");
        }
        // One of them by hand: it was sent again already.
        let failed = s.client.get(&format!("{}/messages?state=failed&kind=capped", s.path)).await;
        let message = failed["data"][1]["id"].as_str().unwrap();
        let again = s.client.post(&format!("/api/v1/messages/{message}/resend"), json!({})).await.expect(409);
        assert_eq!(again["code"], "already_resent");
    }

    async fn a_stopped_campaign_is_not_sent_again(t) {
        let s = Sent::new(t, 1).await;
        s.spoil(1, FAILED, "capped").await;
        let mut tx = s.w.app().db.write().await.unwrap();
        let mut row = store::campaign::by_id(&mut tx, s.campaign).await.unwrap().unwrap();
        row.state = harkara::domain::campaign::STOPPED;
        store::campaign::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        let refused = s.client.post(&format!("{}/resend", s.path), json!({})).await.expect(409);
        assert_eq!(refused["code"], "campaign_state");
        s.client.post("/api/v1/campaigns/cmp_0000000000000/resend", json!({})).await.expect(404);
    }
}
