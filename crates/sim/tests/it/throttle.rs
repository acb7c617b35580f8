//! The throughput limit holds in every window of one second.

use std::time::{Duration, Instant};

use crate::support::{TO, form, sim};

#[tokio::test]
async fn no_second_holds_more_than_the_limit() {
    let sim = sim(|o| o.limit_per_second = Some(20)).await;
    let text = [
        ("method", "SendMessage"),
        ("msg_type", "TEXT"),
        ("msg", "Hello"),
        ("send_to", TO),
    ];
    let body = form(&sim.as_account(true, &text));
    let ends = Instant::now() + Duration::from_millis(1_300);
    let mut throttled = 0;
    while Instant::now() < ends {
        let request = sim
            .http
            .post(sim.gateway())
            .header("content-type", crate::support::FORM);
        let response = request.body(body.clone()).send().await.unwrap();
        if response.status().as_u16() == 429 {
            throttled += 1;
            assert_eq!(response.headers()["retry-after"], "1");
            let answer = response.text().await.unwrap();
            assert!(
                answer.contains("\"id\":\"100\"") && answer.contains("Too many requests"),
                "{answer}"
            );
        }
    }
    let stats = sim.state().stats();
    assert_eq!(stats.max_per_second, 20);
    assert!(stats.max_attempted_per_second > 20, "{stats:?}");
    assert_eq!((stats.throttled, stats.refused), (throttled, throttled));
    assert!((20..=40).contains(&stats.accepted), "{}", stats.accepted);
    assert_eq!(
        stats.per_second.iter().map(|s| s.accepted).sum::<u64>(),
        stats.accepted
    );
}

#[tokio::test]
async fn a_batch_counts_each_recipient() {
    let sim = sim(|o| o.limit_per_second = Some(3)).await;
    let text = [("method", "SendMessage"), ("msg_type", "TEXT"), ("msg", "Hello")];
    let three = [
        &text[..],
        &[("send_to", "919999900001,919999900002,919999900003")],
    ]
    .concat();
    assert!(sim.call(true, &three).await["data"]["response_messages"].is_array());
    let one = [&text[..], &[("send_to", TO)]].concat();
    assert_eq!(sim.raw(&sim.as_account(true, &one)).await.0, 429);
}
