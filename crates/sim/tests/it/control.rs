//! The control API: its names are a contract for tests and load runs.

use serde_json::json;

use crate::support::{TO, sim};

#[tokio::test]
async fn stats_have_their_names() {
    let sim = sim(|_| {}).await;
    sim.welcome(TO, "a").await;
    sim.welcome(TO, "a").await;
    sim.welcome(TO, "b").await;
    sim.quiet().await;
    let stats = sim.get("/__sim/stats").await;
    for (name, value) in [
        ("requests", 3),
        ("attempted", 3),
        ("accepted", 3),
        ("refused", 0),
        ("throttled", 0),
        ("accepted_without_answer", 0),
        ("unique_refs", 2),
        ("repeated_refs", 1),
    ] {
        assert_eq!(stats[name], value, "{name}");
    }
    assert!(stats["max_per_second"].as_u64().unwrap() >= 1);
    assert!(stats["max_attempted_per_second"].is_u64());
    assert_eq!(
        stats["per_second"][0]["attempted"],
        stats["per_second"][0]["accepted"]
    );
    for name in ["sent", "acknowledged"] {
        assert_eq!(stats["reports"][name], 6, "{name}");
    }
    for name in [
        "lost",
        "pending",
        "duplicated",
        "reordered",
        "retried",
        "given_up",
    ] {
        assert_eq!(stats["reports"][name], 0, "{name}");
    }
}

#[tokio::test]
async fn messages_are_paged_and_compared() {
    let sim = sim(|_| {}).await;
    for n in 0..5 {
        sim.welcome(TO, &format!("m{n}")).await;
    }
    let page = sim.get("/__sim/messages?after=2&limit=2").await;
    assert_eq!(
        (
            &page["total"],
            &page["messages"][0]["ref"],
            &page["messages"][1]["n"]
        ),
        (&json!(5), &json!("m2"), &json!(4))
    );
    assert_eq!(page["messages"][0]["text"].as_str().unwrap().chars().count(), 60);
    let accepted = sim.get("/__sim/accepted").await;
    assert_eq!(accepted["accepted"].as_array().unwrap().len(), 5);
    assert_eq!(accepted["accepted"][4]["ref"], "m4");
    assert_eq!(sim.state().accepted()[4].to, TO);
}

#[tokio::test]
async fn options_change_while_it_runs() {
    let sim = sim(|_| {}).await;
    let (status, options) = sim
        .control("config", &json!({"limit_per_second": 1, "report_loss": 0.5}))
        .await;
    assert_eq!(
        (status, &options["limit_per_second"], &options["hsm"][1]),
        (200, &json!(1), &json!("***"))
    );
    assert_eq!(sim.state().options().hsm.1, "hsm-secret");
    for (change, word) in [
        (json!({"report_loss": 2}), "report_loss"),
        (json!({"no_such": 1}), "no_such"),
        (json!({"listen": "127.0.0.1:1"}), "listen"),
    ] {
        let (status, answer) = sim.control("config", &change).await;
        assert_eq!(status, 422);
        assert!(answer["error"].as_str().unwrap().contains(word), "{answer}");
    }
}

#[tokio::test]
async fn failures_are_scripted_over_http() {
    let sim = sim(|_| {}).await;
    sim.control("fail", &json!({"next": 2, "kind": "error:100"}))
        .await;
    sim.control("fail", &json!({"suffix": "0007", "kind": "error:105"}))
        .await;
    let id = async |to| sim.welcome(to, "x").await["id"].as_str().unwrap().to_owned();
    assert_eq!((id(TO).await, id(TO).await), ("100".into(), "100".into()));
    assert!(id(TO).await.len() > 30);
    assert_eq!(id("919999900007").await, "105");
    let url = format!("{}/__sim/fail", sim.running.base_url());
    sim.http.delete(url).send().await.unwrap();
    assert!(id("919999900007").await.len() > 30);
    let (status, answer) = sim.control("fail", &json!({"kind": "teapot"})).await;
    assert_eq!(status, 422);
    assert!(answer["error"].as_str().unwrap().contains("failed:<CAUSE>"));
}

#[tokio::test]
async fn a_click_is_posted_with_the_reference() {
    let sim = sim(|_| {}).await;
    let fields = [
        ("method", "SendMediaMessage"),
        ("msg_type", "IMAGE"),
        ("media_url", "http://127.0.0.1/offer.jpg"),
        (
            "caption",
            "Hi Asha, your *20% off* is ready. It is valid until Sunday.",
        ),
        ("footer", "Reply STOP to opt out"),
        ("isTemplate", "true"),
        ("buttonUrlParam", "asha"),
        ("send_to", TO),
        ("extra", "ours"),
    ];
    let id = sim.call(false, &fields).await["response"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    sim.quiet().await;
    for generic in [false, true] {
        sim.control("config", &json!({"generic_clicks": generic})).await;
        let (status, _) = sim.control("click", &json!({"id": id})).await;
        assert_eq!(status, 200);
        sim.quiet().await;
    }
    let calls = sim.receiver.calls();
    let (own, generic) = (calls[calls.len() - 2].json(), calls[calls.len() - 1].json());
    assert_eq!(
        (&own["extra"], &own["originalURL"]),
        (&json!("ours"), &json!("https://shop.example.com/offer/asha"))
    );
    assert_eq!(own["causeId"].as_str(), id.split('-').next());
    assert_eq!(own["clickTime"].as_str().unwrap().len(), 19);
    assert_eq!(
        (
            &generic["statuses"][0]["msgId"],
            &generic["statuses"][0]["status"]
        ),
        (&json!("ours"), &json!("clicked"))
    );
    let (status, answer) = sim.control("click", &json!({"id": id, "button": 1})).await;
    assert_eq!(status, 422, "{answer}");
}

#[tokio::test]
async fn templates_are_seeded_and_a_reset_forgets() {
    let sim = sim(|_| {}).await;
    let seed = json!([{"name": "hi", "body": "Hi {{1}}"}, {"name": "ho", "body": "Ho"}]);
    let (_, answer) = sim.control("templates", &seed).await;
    assert_eq!(answer["ids"].as_array().unwrap().len(), 2);
    let (status, _) = sim
        .control("templates", &json!({"name": "hi", "body": "again"}))
        .await;
    assert_eq!(status, 422);
    sim.welcome(TO, "a").await;
    let (status, _) = sim.control("reset", &json!({})).await;
    assert_eq!(status, 200);
    sim.quiet().await;
    let stats = sim.state().stats();
    assert_eq!((stats.accepted, stats.unique_refs, stats.reports.sent), (0, 0, 0));
    assert_eq!(sim.state().templates().len(), 7);
    assert!(sim.state().customers().is_empty());
    assert_eq!(sim.control("templates", &seed).await.0, 200);
}

#[tokio::test]
async fn the_handset_sees_customers_and_their_messages() {
    let sim = sim(|_| {}).await;
    sim.welcome(TO, "a").await;
    sim.control(
        "inbound",
        &json!({"customer": "919999900002", "name": "Ravi", "text": "Hello"}),
    )
    .await;
    sim.quiet().await;
    let list = sim.get("/__sim/customers").await;
    assert_eq!(
        (&list["customers"][0]["name"], &list["customers"][1]["customer"]),
        (&json!("Ravi"), &json!(TO))
    );
    let phone = sim.get(&format!("/__sim/customers/{TO}")).await;
    assert_eq!(phone["messages"][0]["happened"], 3);
    for (path, kind) in [
        ("/", "text/html"),
        ("/handset.js", "text/javascript"),
        ("/handset.css", "text/css"),
    ] {
        let response = sim
            .http
            .get(format!("{}{path}", sim.running.base_url()))
            .send()
            .await
            .unwrap();
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with(kind)
        );
        assert!(
            response.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("default-src 'none'")
        );
    }
}

#[tokio::test]
async fn the_page_hears_of_changes() {
    let sim = sim(|_| {}).await;
    let url = format!("{}/__sim/live", sim.running.base_url());
    let mut events = sim.http.get(url).send().await.unwrap();
    let first = events.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"data: "), "{first:?}");
    sim.welcome(TO, "a").await;
    let second = events.chunk().await.unwrap().unwrap();
    assert_ne!(first, second);
    sim.running.shutdown().await;
    while let Ok(Some(_)) = events.chunk().await {}
}

#[tokio::test]
async fn a_stopped_simulator_frees_its_address() {
    let sim = sim(|_| {}).await;
    let addr = sim.running.addr();
    sim.running.shutdown().await;
    let again = harkara_sim::Options {
        listen: addr,
        ..crate::support::options()
    };
    harkara_sim::start(again).await.unwrap().shutdown().await;
}
