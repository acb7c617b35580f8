//! Delivery reports in every encoding, with loss, copies, late ones and a receiver that is away.

use harkara_sim::ReportEncoding;
use serde_json::Value;

use crate::support::{TO, sim};

fn count(reports: &[Value], event: &str) -> usize {
    reports.iter().filter(|r| r["eventType"] == event).count()
}

#[tokio::test]
async fn every_json_encoding_arrives_and_reads() {
    for encoding in [
        ReportEncoding::Form,
        ReportEncoding::Json,
        ReportEncoding::JsonString,
        ReportEncoding::Array,
        ReportEncoding::Object,
    ] {
        let sim = sim(|o| (o.report_encoding, o.read_rate) = (encoding, 1.0)).await;
        let id = sim.welcome(TO, "ours|1").await["id"].clone();
        sim.quiet().await;
        // They travel on connections of their own: the codes tell the order of events, not their arrival.
        let order = ["025", "000", "026"];
        let mut reports = sim.reports();
        reports.sort_by_key(|r| order.iter().position(|code| r["errorCode"] == *code));
        let events: Vec<&str> = reports.iter().map(|r| r["eventType"].as_str().unwrap()).collect();
        assert_eq!(events, ["SENT", "DELIVERED", "READ"], "{encoding:?}");
        assert!(reports.is_sorted_by_key(|r| r["eventTs"].as_i64()), "{reports:?}");
        for report in &reports {
            assert_eq!((&report["externalId"], &report["extra"]), (&id, &"ours|1".into()));
            assert_eq!(
                (&report["destAddr"], &report["srcAddr"]),
                (&TO.into(), &"919999900000".into())
            );
            assert!(report["eventTs"].as_i64().unwrap() > 1_600_000_000_000);
        }
        assert_eq!(reports[0]["pricing"]["category"], "marketing");
        assert_eq!(reports[0]["conversation"]["origin"]["type"], "marketing");
        assert_eq!(reports[0]["hsmTemplateId"], "6330963");
        let codes: Vec<&str> = reports.iter().map(|r| r["errorCode"].as_str().unwrap()).collect();
        assert_eq!(codes, order);
        assert!(sim.receiver.calls().iter().all(|call| call.query == "a=1"));
    }
}

#[tokio::test]
async fn the_query_encoding_carries_the_old_fields() {
    let sim = sim(|o| o.report_encoding = ReportEncoding::Query).await;
    let id = sim.welcome(TO, "a").await["id"].as_str().unwrap().to_owned();
    sim.quiet().await;
    let calls = sim.receiver.calls();
    assert_eq!(calls.len(), 2);
    let delivered = calls
        .iter()
        .find(|call| call.query.contains("errCode=000"))
        .unwrap();
    assert_eq!(delivered.method, "GET");
    assert!(delivered.query.starts_with("a=1&"));
    for part in [
        format!("externalId={id}"),
        "status=SUCCESS".into(),
        "errCode=000".into(),
        format!("phoneNo={TO}"),
    ] {
        assert!(delivered.query.contains(&part), "{part}: {}", delivered.query);
    }
}

#[tokio::test]
async fn batches_hold_up_to_twenty() {
    let sim = sim(|o| o.report_batch = 20).await;
    for n in 0..30 {
        sim.welcome(TO, &format!("m{n}")).await;
    }
    sim.quiet().await;
    assert_eq!(
        (count(&sim.reports(), "SENT"), count(&sim.reports(), "DELIVERED")),
        (30, 30)
    );
    let sizes: Vec<usize> = sim
        .receiver
        .calls()
        .iter()
        .map(|c| crate::support::reports_of(c).len())
        .collect();
    assert!(sizes.iter().all(|size| (1..=20).contains(size)), "{sizes:?}");
    assert!(sizes.len() < 60, "{sizes:?}");
}

#[tokio::test]
async fn loss_and_copies_are_counted() {
    let sim = sim(|o| (o.report_loss, o.report_duplicates, o.report_reorder) = (0.3, 0.3, 0.3)).await;
    for n in 0..60 {
        sim.welcome(TO, &format!("m{n}")).await;
    }
    sim.quiet().await;
    let stats = sim.state().stats().reports;
    assert_eq!(stats.generated, 120);
    assert_eq!(stats.generated - stats.lost + stats.duplicated, stats.sent);
    assert_eq!(
        (stats.sent, stats.acknowledged, stats.given_up),
        (stats.sent, stats.sent, 0)
    );
    assert_eq!(sim.reports().len() as u64, stats.sent);
    assert!(
        stats.lost > 10 && stats.duplicated > 10 && stats.reordered > 10,
        "{stats:?}"
    );
}

#[tokio::test]
async fn a_late_report_is_overtaken() {
    let sim = sim(|o| o.report_reorder = 0.5).await;
    for n in 0..20 {
        sim.welcome(TO, &n.to_string()).await;
    }
    sim.quiet().await;
    let reports = sim.reports();
    let at = |n: usize, event: &str| {
        reports
            .iter()
            .position(|r| r["extra"].as_str() == Some(n.to_string().as_str()) && r["eventType"] == event)
            .unwrap()
    };
    assert!((0..20).any(|n| at(n, "DELIVERED") < at(n, "SENT")));
}

#[tokio::test]
async fn a_receiver_that_is_away_gets_them_later() {
    let sim = sim(|_| {}).await;
    sim.receiver.refuse(5);
    sim.welcome(TO, "a").await;
    sim.quiet().await;
    let stats = sim.state().stats().reports;
    assert_eq!((stats.sent, stats.acknowledged, stats.retried), (2, 2, 5));
    let (_, messages) = sim.state().messages(0, 1);
    assert_eq!(messages[0].acknowledged.len(), 2);

    sim.state().update(|o| o.callback_tries = 2).unwrap();
    sim.receiver.refuse(1_000);
    sim.welcome(TO, "b").await;
    sim.quiet().await;
    assert_eq!(sim.state().stats().reports.given_up, 2);
}

#[tokio::test]
async fn reading_on_the_handset_reports_read_once() {
    let sim = sim(|_| {}).await;
    let id = sim.welcome(TO, "a").await["id"].as_str().unwrap().to_owned();
    sim.quiet().await;
    for expected in [1, 0] {
        let (_, answer) = sim.control("read", &serde_json::json!({"customer": TO})).await;
        assert_eq!(answer["read"], expected);
        sim.quiet().await;
    }
    let (status, _) = sim
        .control("read", &serde_json::json!({"customer": TO, "id": id}))
        .await;
    assert_eq!((status, count(&sim.reports(), "READ")), (200, 1));
}

#[tokio::test]
async fn a_session_message_outside_the_window_fails() {
    let sim = sim(|_| {}).await;
    let text = [
        ("method", "SendMessage"),
        ("msg_type", "TEXT"),
        ("msg", "Hi"),
        ("send_to", TO),
    ];
    let write = |at: i64| harkara_sim::Inbound {
        customer: TO.into(),
        text: "Hello".into(),
        timestamp: Some(at),
        ..harkara_sim::Inbound::default()
    };
    sim.welcome("919999900002", "clock").await;
    let now = sim.state().messages(0, 1).1[0].accepted_at;
    sim.state().inject(&write(now - 25 * 3_600_000)).unwrap();
    assert_eq!(sim.call(true, &text).await["response"]["status"], "success");
    sim.state().inject(&write(now - 23 * 3_600_000)).unwrap();
    sim.call(true, &text).await;
    sim.quiet().await;
    let (_, messages) = sim.state().messages(1, 2);
    assert_eq!(
        serde_json::to_value(&messages[0].statuses).unwrap(),
        serde_json::json!(["failed"])
    );
    assert!(messages[0].problem.as_ref().unwrap().contains("24 hours"));
    assert_eq!(
        serde_json::to_value(&messages[1].statuses).unwrap(),
        serde_json::json!(["sent", "delivered"])
    );
}

#[tokio::test]
async fn many_messages_settle_quickly() {
    let sim = sim(|o| (o.report_batch, o.read_rate) = (20, 1.0)).await;
    let numbers: Vec<String> = (0..200).map(|n| (919_999_910_000u64 + n).to_string()).collect();
    let list = numbers.join(",");
    let text = "Hello Asha, welcome to Example! Write to us here whenever you need help.";
    let fields = [
        ("method", "SendMessage"),
        ("isHSM", "true"),
        ("msg", text),
        ("send_to", list.as_str()),
    ];
    for _ in 0..10 {
        sim.call(false, &fields).await;
    }
    sim.quiet().await;
    let stats = sim.state().stats();
    assert_eq!((stats.accepted, stats.reports.acknowledged), (2_000, 6_000));
}
