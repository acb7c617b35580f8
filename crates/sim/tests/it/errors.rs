//! Every error id, the rights of both accounts, and the shapes of answers.

use harkara_sim::{FailureKind, Script};

use crate::support::{TO, sim};

const TEXT: &[(&str, &str)] = &[
    ("method", "SendMessage"),
    ("msg_type", "TEXT"),
    ("msg", "Hello"),
    ("send_to", TO),
];

#[tokio::test]
async fn wrong_credentials_are_refused_with_http_200() {
    let sim = sim(|_| {}).await;
    let wrong = [TEXT, &[("password", "nope")]].concat();
    assert_eq!(sim.call(true, &wrong).await["response"]["id"], "102");
    let unknown = [TEXT, &[("userid", "2000000009")]].concat();
    assert_eq!(sim.call(true, &unknown).await["response"]["id"], "103");
    assert_eq!(
        sim.call(true, &[("password", "x"), ("send_to", TO)]).await["response"]["id"],
        "101"
    );
    let list = [("method", "get_whatsapp_hsm"), ("password", "nope")];
    let answer = sim.call(false, &list).await;
    assert_eq!(
        (&answer["id"], &answer["status"]),
        (&"401".into(), &"error".into())
    );
    assert!(answer.get("response").is_none());
    assert_eq!(sim.state().stats().accepted, 0);
}

#[tokio::test]
async fn a_missing_parameter_is_101_and_names_it() {
    let sim = sim(|_| {}).await;
    for (absent, fields) in [
        (
            "send_to",
            vec![("method", "SendMessage"), ("msg_type", "TEXT"), ("msg", "Hello")],
        ),
        (
            "msg",
            vec![("method", "SendMessage"), ("msg_type", "TEXT"), ("send_to", TO)],
        ),
        (
            "media_url",
            vec![
                ("method", "SendMediaMessage"),
                ("msg_type", "IMAGE"),
                ("send_to", TO),
            ],
        ),
        (
            "location",
            vec![
                ("method", "SendMessage"),
                ("msg_type", "LOCATION"),
                ("send_to", TO),
            ],
        ),
        ("method", vec![("send_to", TO)]),
    ] {
        let response = sim.call(true, &fields).await["response"].clone();
        assert_eq!(response["id"], "101", "{absent}");
        assert!(
            response["details"].as_str().unwrap().contains(absent),
            "{response}"
        );
    }
}

#[tokio::test]
async fn each_account_has_its_own_rights() {
    let sim = sim(|_| {}).await;
    assert_eq!(sim.call(true, TEXT).await["response"]["status"], "success");
    assert_eq!(sim.call(false, TEXT).await["response"]["id"], "106");
    assert_eq!(sim.welcome(TO, "a").await["status"], "success");
    let template = [TEXT, &[("isHSM", "true")]].concat();
    for fields in [
        template.clone(),
        vec![("method", "OPT_IN"), ("phone_number", TO)],
        vec![
            ("method", "SendMessage"),
            ("whatsAppTemplateId", "1"),
            ("send_to", TO),
        ],
    ] {
        assert_eq!(
            sim.call(true, &fields).await["response"]["id"],
            "106",
            "{fields:?}"
        );
    }
    assert_eq!(
        sim.call(true, &[("method", "get_whatsapp_hsm")]).await["id"],
        "106"
    );
    assert_eq!(
        sim.call(true, &[("method", "Teleport")]).await["response"]["id"],
        "106"
    );
    let list = r#"{"button":"Open","sections":[{"rows":[{"id":"1","title":"One"}]}]}"#;
    let interactive = [TEXT, &[("interactive_type", "list"), ("action", list)]].concat();
    assert_eq!(sim.call(false, &interactive).await["response"]["id"], "106");
    assert_eq!(
        sim.call(true, &interactive).await["response"]["status"],
        "success"
    );
}

#[tokio::test]
async fn numbers_are_checked_one_by_one() {
    let sim = sim(|o| o.international = false).await;
    let numbers = [TEXT, &[]].concat();
    let numbers: Vec<_> = numbers
        .into_iter()
        .filter(|(name, _)| *name != "send_to")
        .collect();
    let batch = [&numbers[..], &[("send_to", "919999900001,+91,14155550100")]].concat();
    let answer = sim.call(true, &batch).await;
    let items = answer["data"]["response_messages"].as_array().unwrap();
    let ids: Vec<&str> = items.iter().map(|i| i["id"].as_str().unwrap()).collect();
    assert_eq!((ids[1], ids[2]), ("105", "175"));
    assert_eq!(
        (items[0]["phone"].as_str(), items[0]["status"].as_str()),
        (Some(TO), Some("success"))
    );
    assert_eq!(answer["response"]["status"], "success");
    let stats = sim.state().stats();
    assert_eq!((stats.attempted, stats.accepted, stats.refused), (3, 1, 2));
}

#[tokio::test]
async fn a_repeated_opt_in_is_322() {
    let sim = sim(|o| o.enforce_opt_in = true).await;
    let refused = sim.welcome(TO, "a").await;
    assert!(
        refused["details"].as_str().unwrap().contains("not opted in"),
        "{refused}"
    );
    let opt_in = [("method", "opt_in"), ("phone_number", TO)];
    assert_eq!(sim.call(false, &opt_in).await["response"]["status"], "success");
    assert_eq!(sim.call(false, &opt_in).await["response"]["id"], "322");
    assert_eq!(sim.welcome(TO, "b").await["status"], "success");
    let opt_out = [("method", "OPT_OUT"), ("phone_number", TO)];
    assert_eq!(sim.call(false, &opt_out).await["response"]["status"], "success");
    assert!(
        sim.call(false, &opt_out).await["response"]["details"]
            .as_str()
            .unwrap()
            .ends_with("Opt-out")
    );
    assert_eq!(sim.welcome(TO, "c").await["status"], "error");
}

#[tokio::test]
async fn ids_have_the_shape_of_the_gateway() {
    let sim = sim(|_| {}).await;
    let id = sim.welcome(TO, "a").await["id"].as_str().unwrap().to_owned();
    let (left, right) = id.split_once('-').unwrap();
    assert!(
        left.len() == 19 && right.len() == 18 && left.parse::<u64>().is_ok(),
        "{id}"
    );
    sim.state().update(|o| o.uuid_ids = true).unwrap();
    let id = sim.welcome(TO, "b").await["id"].as_str().unwrap().to_owned();
    assert_eq!(id.split_once('-').unwrap().1.len(), 36, "{id}");
}

#[tokio::test]
async fn text_answers_and_get_requests_work() {
    let sim = sim(|_| {}).await;
    let fields: Vec<_> = sim
        .as_account(true, TEXT)
        .into_iter()
        .filter(|(name, _)| *name != "format")
        .collect();
    let url = format!("{}?{}", sim.gateway(), crate::support::form(&fields));
    let body = sim.http.get(url).send().await.unwrap().text().await.unwrap();
    let parts: Vec<&str> = body.trim_end().split(" | ").collect();
    assert_eq!((parts[0], parts[1], parts.len()), ("success", TO, 3), "{body}");
    let wrong = [&fields[..], &[]].concat();
    let wrong: Vec<_> = wrong.into_iter().filter(|(name, _)| *name != "msg").collect();
    let (_, body) = sim.raw(&wrong).await;
    assert!(body.starts_with("error | 101 | "), "{body}");
}

#[tokio::test]
async fn a_blocked_ip_concerns_one_account() {
    let sim = sim(|o| o.block_two_way_ip = true).await;
    let response = sim.call(true, TEXT).await["response"].clone();
    assert!(
        response["details"].as_str().unwrap().contains("IP address"),
        "{response}"
    );
    assert_eq!(sim.welcome(TO, "a").await["status"], "success");
}

#[tokio::test]
async fn accepted_messages_without_an_answer_are_counted() {
    let sim = sim(|o| o.hang_ms = 20).await;
    let fields = [TEXT, &[("extra", "m1")]].concat();
    let fields = sim.as_account(true, &fields);
    let script = |kind| {
        sim.state().fail(Script {
            next: 1,
            kind,
            method: None,
        })
    };
    for (kind, expected) in [
        (FailureKind::Unavailable, 503),
        (FailureKind::AcceptedThen500, 500),
        (FailureKind::Throttled, 429),
    ] {
        script(kind);
        assert_eq!(sim.raw(&fields).await.0, expected);
    }
    for kind in [FailureKind::Hang, FailureKind::Cut] {
        script(kind);
        let request = sim.http.post(sim.gateway()).body(crate::support::form(&fields));
        let request = request.header("content-type", crate::support::FORM);
        let broken = match request.send().await {
            Ok(response) => response.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(broken);
    }
    script(FailureKind::Garbage);
    assert!(sim.raw(&fields).await.1.contains("<html>"));
    script(FailureKind::Error("100".into()));
    assert!(sim.raw(&fields).await.1.contains("\"100\""));
    let stats = sim.state().stats();
    assert_eq!(
        (stats.attempted, stats.accepted, stats.refused, stats.throttled),
        (7, 4, 3, 1)
    );
    assert_eq!(
        (
            stats.accepted_without_answer,
            stats.unique_refs,
            stats.repeated_refs
        ),
        (4, 1, 1)
    );
    let (_, messages) = sim.state().messages(0, 10);
    assert_eq!((messages[0].times_accepted, messages[0].requests), (4, 7));
}

#[tokio::test]
async fn an_ending_decides_a_numbers_fate() {
    let sim = sim(|o| {
        o.fail_suffix = vec![
            ("05".into(), FailureKind::Error("105".into())),
            ("06".into(), FailureKind::Failed("UNKNOWN_SUBSCRIBER".into())),
        ];
    })
    .await;
    assert_eq!(sim.welcome("919999900005", "a").await["id"], "105");
    assert_eq!(sim.welcome("919999900006", "b").await["status"], "success");
    sim.quiet().await;
    let reports = sim.reports();
    assert_eq!(reports.len(), 1);
    assert_eq!(
        (
            &reports[0]["eventType"],
            &reports[0]["cause"],
            &reports[0]["errorCode"]
        ),
        (&"FAILED".into(), &"UNKNOWN_SUBSCRIBER".into(), &"003".into())
    );
}

#[tokio::test]
async fn rates_of_failure_are_kept() {
    let sim = sim(|o| o.fail_503 = 1.0).await;
    let fields = sim.as_account(true, TEXT);
    assert_eq!(sim.raw(&fields).await.0, 503);
    sim.state()
        .update(|o| (o.fail_503, o.fail_500_accepted) = (0.0, 1.0))
        .unwrap();
    assert_eq!(sim.raw(&fields).await.0, 500);
    sim.state()
        .update(|o| (o.fail_500_accepted, o.fail_100) = (0.0, 1.0))
        .unwrap();
    assert_eq!(sim.call(true, TEXT).await["response"]["id"], "100");
    assert_eq!(sim.state().stats().accepted, 1);
}
