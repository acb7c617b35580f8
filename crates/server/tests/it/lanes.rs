//! Who does not wait for whom: a message to one person not for a campaign, an account not for another that is stuck.

use std::time::Duration;

use harkara::app::campaign::{self, CampaignInput};
use harkara::app::message::{self, MessageInput};
use harkara::app::{account, lease};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::store;
use harkara::store::template::TemplateRow;
use harkara::worker::Worker;
use harkara_sim::Options;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::on_both_engines;
use crate::world::{World, phone};

/// Takes requests and never answers one.
async fn silent_provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/GatewayAPI/rest", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    url
}

/// Launches the same campaign from an account at this provider.
async fn launch_at(w: &World, url: &str) -> i64 {
    let app = w.app();
    let given = json!({
        "nickname": "Silent", "number": "+919999900555", "base_url": url, "template_base_url": url,
        "hsm_user_id": "2000000011", "hsm_password": "a", "two_way_user_id": "2000000012", "two_way_password": "b",
        "requests_per_second": 1000,
    });
    let mut tx = app.db.write().await.unwrap();
    let account = account::create(app, &mut tx, "gupshup-enterprise", given.as_object().unwrap())
        .await
        .unwrap();
    let own = store::template::by_id(&mut tx, w.template)
        .await
        .unwrap()
        .unwrap();
    let template = TemplateRow {
        id: app.id(),
        account_id: account,
        ..own
    };
    store::template::insert(&mut tx, &template).await.unwrap();
    let input = CampaignInput {
        name: "Silent".into(),
        account_id: None,
        template_id: id::TEMPLATE.show(template.id),
        number_id: None,
        number_ids: Vec::new(),
        audience: Audience::Everyone,
        mapping: None,
        messages_per_second: None,
        starts: None,
        ends: None,
        quiet: None,
        exclude: None,
        control_percent: None,
        respect_frequency_cap: None,
        version: None,
    };
    let id = campaign::create(app, &mut tx, &input).await.unwrap().row.id;
    campaign::launch(app, &mut tx, id, campaign::When::default())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    lease::keep(app).await.unwrap();
    id
}

on_both_engines! {
    async fn a_message_to_a_person_leaves_within_200_ms_in_the_middle_of_a_campaign(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 20})).await;
        w.customers(400).await;
        let campaign = w.launch(Audience::Everyone).await;
        for _ in 0..40 {
            w.step(100).await;
        }
        let sent = w.progress(campaign).await.funnel.sent;
        assert!((40..200).contains(&sent), "{sent} sent");
        let input = MessageInput {
            to: Some(phone(400)),
            profile_id: None,
            content: None,
            template_id: Some(id::TEMPLATE.show(w.template)),
            mapping: None,
            number_id: None,
        };
        let mut tx = w.app().db.write().await.unwrap();
        message::send(w.app(), &mut tx, &input).await.unwrap();
        tx.commit().await.unwrap();
        w.step(100).await;
        w.step(100).await;
        assert!(w.accepted().contains_key(&phone(400)));
        assert!(w.progress(campaign).await.funnel.sent < 210);
    }

    async fn an_account_that_is_never_answered_does_not_delay_another(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(300).await;
        let stuck = launch_at(&w, &silent_provider().await).await;
        let campaign = w.launch(Audience::Everyone).await;
        let began = w.app().now();
        for _ in 0..600 {
            w.t.clock.advance(100);
            w.dispatcher.tick().await.unwrap();
            if w.progress(campaign).await.state == "finished" {
                break;
            }
            // Answers are real input and output.
            let _ = tokio::time::timeout(Duration::from_millis(20), w.app().wake_dispatch.notified()).await;
        }
        let funnel = w.progress(stuck).await.funnel;
        assert!(funnel.sending > 0 && funnel.sent == 0, "{funnel:?}");
        assert_eq!(w.progress(campaign).await.funnel.sent, 300);
        assert!(w.app().now() - began < 20_000, "{} ms", w.app().now() - began);
        w.assert_nobody_doubled();
    }
}
