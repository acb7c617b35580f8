//! What nobody knows the outcome of is found in one place, and sent again only by a person, and only once.

use harkara::app::consent;
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{DELIVERED, QUEUED, SENDING, UNKNOWN};
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::post::{Post, report};
use crate::support::{START, TestApp, on_both_engines};
use crate::world::{World, phone};

fn column<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    let rows = list["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row[key].as_str().unwrap_or_default())
        .collect()
}

/// Three messages that the gateway took and answered with 500: two of a campaign, one by itself.
async fn three_unknown(t: TestApp) -> (World, Client, i64) {
    let w = World::new(
        t,
        Options {
            fail_500_accepted: 1.0,
            ..Options::default()
        },
    )
    .await;
    let client = Client::new(&w.t).await;
    w.customers(2).await;
    let campaign = w.launch(Audience::Everyone).await;
    w.run(campaign).await;
    w.t.clock.advance(1_000);
    let direct = json!({"to": phone(9), "template_id": id::TEMPLATE.show(w.template)});
    client.post("/api/v1/messages", direct).await.expect(202);
    w.step(10_000).await;
    (w, client, campaign)
}

on_both_engines! {
    async fn unknown_messages_of_campaigns_and_single_ones_are_in_one_list(t) {
        let (w, client, campaign) = three_unknown(t).await;
        let all = client.get("/api/v1/messages").await;
        assert_eq!(column(&all, "state"), ["unknown"; 3]);
        let campaign = id::CAMPAIGN.show(campaign);
        assert_eq!(column(&all, "campaign_id"), ["", &campaign, &campaign]);
        assert_eq!((column(&all, "phone")[0], column(&all, "number")[0]), (phone(9).as_str(), "+919999900000"));
        let row = &all["data"][0];
        assert_eq!(row["since"], row["failed_at"]);
        assert!(row["failure"]["help"].as_str().unwrap().contains("delivery report settles it"), "{row}");
        for (filter, n) in [
            (format!("account={}", row["account_id"].as_str().unwrap()), 3),
            (format!("number={}", row["number_id"].as_str().unwrap()), 3),
            (format!("account={}", id::ACCOUNT.show(77)), 0),
            (format!("number={}", id::NUMBER.show(77)), 0),
            (format!("until={}", w.app().now() - 10_000), 2),
            (format!("since={}&state=unknown", w.app().now() - 60_000), 3),
            ("state=queued".into(), 0),
        ] {
            let listed = client.get(&format!("/api/v1/messages?{filter}")).await;
            assert_eq!(listed["data"].as_array().unwrap().len(), n, "{filter}");
        }
        let page = client.get("/api/v1/messages?limit=2").await;
        let next = client.get(&format!("/api/v1/messages?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!([column(&page, "id"), column(&next, "id")].concat(), column(&all, "id"));
        for wrong in ["state=read", "account=num_1", "number=5"] {
            client.call("GET", &format!("/api/v1/messages?{wrong}"), "").await.expect(422);
        }
    }

    async fn an_unknown_message_is_sent_again_by_hand_with_a_warning_and_once(t) {
        let (w, client, _) = three_unknown(t).await;
        let first = column(&client.get("/api/v1/messages").await, "id")[0].to_owned();
        let resend = async |id: &str, accept: bool| {
            let how = json!({"accept_possible_double": accept});
            client.post(&format!("/api/v1/messages/{id}/resend"), how).await
        };
        let refused = resend(&first, false).await.expect(409);
        assert_eq!(refused["code"], "may_double");
        assert!(refused["help"].as_str().unwrap().contains("--accept-possible-double"));
        let second = resend(&first, true).await.expect(202)["message_id"].as_str().unwrap().to_owned();
        let refused = resend(&first, true).await.expect(409);
        assert_eq!(refused["code"], "already_resent");
        assert!(refused["detail"].as_str().unwrap().contains(&second), "{refused}");
        w.step(10_000).await;
        assert_eq!(w.accepted()[&phone(9)].len(), 2, "the person got it twice, as was accepted");
        let listed = client.get("/api/v1/messages").await;
        assert_eq!(column(&listed, "id")[..2], [second.as_str(), first.as_str()]);
        assert_eq!(column(&listed, "resent_as")[..2], ["", second.as_str()]);
        let told = client.get(&format!("/api/v1/messages/{first}")).await;
        assert_eq!(told["resent_as"], second.as_str());
        assert!(told["next"].as_str().unwrap().contains(&second), "{told}");
        resend(&second, true).await.expect(202);
    }

    async fn what_never_left_in_its_place_does_not_stand_in_the_way(t) {
        let (w, client, _) = three_unknown(t).await;
        let first = column(&client.get("/api/v1/messages").await, "id")[0].to_owned();
        let path = format!("/api/v1/messages/{first}/resend");
        let accept = json!({"accept_possible_double": true});
        client.post(&path, accept.clone()).await.expect(202);
        let mut tx = w.app().db.write().await.unwrap();
        consent::opt_out(w.app(), &mut tx, &phone(9), "api", None, START).await.unwrap();
        tx.commit().await.unwrap();
        w.step(10_000).await;
        assert_eq!(w.accepted()[&phone(9)].len(), 1, "an opt-out wins");
        let mut tx = w.app().db.write().await.unwrap();
        consent::opt_in(w.app(), &mut tx, &phone(9), "api", None, START).await.unwrap();
        tx.commit().await.unwrap();
        client.post(&path, accept).await.expect(202);
        w.step(10_000).await;
        assert_eq!(w.accepted()[&phone(9)].len(), 2);
    }

    async fn a_report_takes_a_message_off_the_list_however_late_it_comes(t) {
        let p = Post::new(t).await;
        let unknown = p.message(1, UNKNOWN, None).await;
        p.message(2, SENDING, None).await;
        p.message(3, QUEUED, None).await;
        for (state, phone) in [("unknown", phone(1)), ("sending", phone(2)), ("queued", phone(3))] {
            let listed = p.client.get(&format!("/api/v1/messages?state={state}")).await;
            assert_eq!((column(&listed, "phone"), &listed["data"][0]["since"]), (vec![phone.as_str()], &json!(START)));
        }
        p.w.t.clock.advance(200 * 86_400_000);
        p.reports(&[report(unknown, "DELIVERED", START)]).await;
        assert_eq!(p.row(unknown).await.state, DELIVERED);
        assert_eq!(p.client.get("/api/v1/messages").await["data"], json!([]));
    }
}
