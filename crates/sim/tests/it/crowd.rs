//! Crowds: what their people do, and a clock that is moved.

use std::collections::BTreeSet;

use harkara_sim::{Behaviour, Crowd, Stage};
use serde_json::json;

use crate::support::{Sim, TO, sim};

const FIRST: u64 = 919_999_920_000;
const HOUR: i64 = 3_600_000;

async fn with_crowd(behaviour: Behaviour) -> Sim {
    sim(|options| {
        options.crowds = vec![Crowd {
            first: FIRST,
            last: FIRST + 99,
            behaviour,
        }];
    })
    .await
}

/// Who read, who failed and who wrote what, an hour after the same message to all.
async fn course(sim: &Sim) -> (BTreeSet<String>, BTreeSet<String>, BTreeSet<(String, String)>) {
    for number in FIRST..FIRST + 100 {
        sim.welcome(&number.to_string(), &format!("r{number}")).await;
    }
    assert_eq!(sim.control("clock", &json!({"forward_ms": HOUR})).await.0, 200);
    sim.quiet().await;
    let (_, messages) = sim.state().messages(0, 1_000);
    let those = |stage: Stage| {
        let fits = messages.iter().filter(|m| m.statuses.contains(&stage));
        fits.map(|m| m.to.clone()).collect::<BTreeSet<_>>()
    };
    let mut wrote = BTreeSet::new();
    for number in FIRST..FIRST + 100 {
        let chat = sim.get(&format!("/__sim/customers/{number}")).await;
        let own = chat["messages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|m| m.get("id").is_none());
        for message in own {
            wrote.insert((
                number.to_string(),
                message["content"]["body"].as_str().unwrap().to_owned(),
            ));
        }
    }
    (those(Stage::Read), those(Stage::Failed), wrote)
}

#[tokio::test]
async fn people_behave_as_their_crowd_does_and_the_same_each_time() {
    let keen = with_crowd(Behaviour::Keen).await;
    let first = course(&keen).await;
    let (read, failed, wrote) = &first;
    assert!((88..=99).contains(&read.len()), "{}", read.len());
    assert!(failed.len() <= 5, "{}", failed.len());
    assert!((18..=42).contains(&wrote.len()), "{}", wrote.len());
    let words: BTreeSet<&str> = wrote.iter().map(|(_, words)| words.as_str()).collect();
    assert!(words.len() > 5, "{words:?}");
    assert_eq!(keen.state().stats().inbound.acknowledged, wrote.len() as u64);
    assert_eq!(course(&with_crowd(Behaviour::Keen).await).await, first);

    let (read, failed, wrote) = course(&with_crowd(Behaviour::HardToReach).await).await;
    assert!((28..=52).contains(&failed.len()), "{}", failed.len());
    assert!((10..=34).contains(&read.len()), "{}", read.len());
    assert!(wrote.len() <= 8, "{}", wrote.len());
    assert!(read.is_disjoint(&failed));
}

#[tokio::test]
async fn silent_people_answer_nothing_and_nobody_answers_an_answer() {
    let sim = with_crowd(Behaviour::Silent).await;
    assert_eq!(course(&sim).await.2, BTreeSet::new());
    let keen = with_crowd(Behaviour::Keen).await;
    for number in FIRST..FIRST + 20 {
        keen.control(
            "inbound",
            &json!({"customer": number.to_string(), "text": "Hello"}),
        )
        .await;
        let to = number.to_string();
        let fields = [
            ("method", "SendMessage"),
            ("msg_type", "TEXT"),
            ("msg", "Gladly"),
            ("send_to", to.as_str()),
        ];
        keen.call(true, &fields).await;
    }
    keen.control("clock", &json!({"forward_ms": HOUR})).await;
    keen.quiet().await;
    assert_eq!(keen.state().stats().inbound.sent, 20);
}

#[tokio::test]
async fn a_moved_clock_closes_windows_and_never_goes_back() {
    let sim = sim(|_| ()).await;
    sim.control("inbound", &json!({"customer": TO, "text": "Hello"}))
        .await;
    let before = sim.get("/__sim/clock").await;
    assert_eq!(before["ahead_ms"], 0);
    for wrong in [
        json!({"forward_ms": 0}),
        json!({"forward_ms": -HOUR}),
        json!({"forward_ms": 32 * 24 * HOUR}),
        json!({}),
    ] {
        assert_eq!(sim.control("clock", &wrong).await.0, 422);
    }
    let (_, moved) = sim.control("clock", &json!({"forward_ms": 25 * HOUR})).await;
    assert_eq!(moved["ahead_ms"], 25 * HOUR);
    assert!(moved["now"].as_i64().unwrap() >= before["now"].as_i64().unwrap() + 25 * HOUR);
    let fields = [
        ("method", "SendMessage"),
        ("msg_type", "TEXT"),
        ("msg", "Too late"),
        ("send_to", TO),
    ];
    sim.call(true, &fields).await;
    sim.quiet().await;
    let failed = sim
        .reports()
        .into_iter()
        .find(|r| r["eventType"] == "FAILED")
        .unwrap();
    assert_eq!(failed["errorCode"], "131047");
}

#[tokio::test]
async fn what_somebody_sent_stays_on_their_phone_when_its_link_has_ended() {
    let sim = sim(|_| ()).await;
    let link = |chat: &serde_json::Value| {
        chat["messages"][0]["content"]["header"]["url"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let chat = format!("/__sim/customers/{TO}");
    sim.control("inbound", &json!({"customer": TO, "type": "image"}))
        .await;
    let first = link(&sim.get(&chat).await);
    sim.control("clock", &json!({"forward_ms": 49 * HOUR})).await;
    let (second, again) = (link(&sim.get(&chat).await), link(&sim.get(&chat).await));
    assert_eq!(second, again);
    for (url, status) in [(first, 403), (second, 200)] {
        assert_eq!(
            sim.http.get(&url).send().await.unwrap().status().as_u16(),
            status,
            "{url}"
        );
    }
}
