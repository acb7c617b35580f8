//! Callbacks: any request at all to the URLs that providers report to.

use std::collections::BTreeSet;

use harkara_provider::{Account, Callback, Event, Method, Provider, Received, Reject};

use super::support::{self, Call, Incoming};
use super::{Target, account, head, with_head};

/// When every callback arrives.
const NOW: i64 = 1_772_359_200_000;

/// The target of a provider.
pub fn target(provider: &'static dyn Provider) -> Target {
    let account = account(provider);
    let cases = support::cases(provider);
    let incoming = cases.values().filter_map(|case| match &case.call {
        Call::Receive(incoming) => Some(encode(incoming, &support::callback_body(provider, incoming))),
        _ => None,
    });
    let seeds: BTreeSet<Vec<u8>> = incoming.collect();
    let name = format!("callback_{}", provider.spec().id.replace('-', "_"));
    let mut words: Vec<&str> = vec![
        "GET ",
        "POST ",
        "content-type: ",
        "null",
        "1e999",
        "-0",
        "9223372036854775808",
        "%5B",
        "%00",
        "\\u0000",
        "{\"",
        "\":",
        "\"}",
        "[{",
        "}]",
        "&",
        "=",
    ];
    words.extend(account.secret_values());
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Target::new(
        &name,
        move |data| check(provider, &account, data),
        seeds.into_iter().collect(),
        &words,
    )
}

fn encode(incoming: &Incoming, body: &[u8]) -> Vec<u8> {
    let mut headers = vec![("content-type".to_owned(), incoming.content_type.clone())];
    headers.extend(incoming.headers.clone());
    with_head(
        &format!("{} {}", incoming.method.as_str(), incoming.query),
        &headers,
        body,
    )
}

fn check(provider: &dyn Provider, account: &Account, data: &[u8]) {
    let (first, headers, body) = head(data);
    let (method, query) = first.split_once(' ').unwrap_or(("POST", ""));
    let content_type = headers.iter().find(|(name, _)| name == "content-type");
    let call = Callback {
        method: match method {
            "GET" => Method::Get,
            "PUT" => Method::Put,
            "DELETE" => Method::Delete,
            _ => Method::Post,
        },
        query,
        content_type: content_type.map_or("", |(_, value)| value),
        headers: &headers,
        body,
        at: NOW,
    };
    // What the stranger already knows is no secret any more.
    let told = String::from_utf8_lossy(data);
    let secrets = account.secret_values();
    let hides = |text: &str| {
        secrets
            .iter()
            .all(|secret| told.contains(secret) || !text.contains(secret))
    };

    if let Err(reject) = provider.verify(account, &call) {
        assert!(matches!(reject, Reject::Signature(_)), "{reject:?}");
        assert!(hides(&reject.to_string()), "a secret in {reject}");
    }
    let first = provider.receive(account, &call);
    assert_eq!(
        first,
        provider.receive(account, &call),
        "the same callback, read twice"
    );
    match &first {
        Err(reject) => assert!(hides(&reject.to_string()), "a secret in {reject}"),
        Ok(received) => check_events(received, &hides),
    }
}

fn check_events(received: &Received, hides: &dyn Fn(&str) -> bool) {
    assert!(!received.events.is_empty(), "neither an event nor a rejection");
    for event in &received.events {
        let line = serde_json::to_string(event).expect("an event can be printed");
        assert!(hides(&line), "a secret in {line}");
        let (key, at) = match event {
            Event::Ignored { reason } => {
                assert!(!reason.trim().is_empty(), "ignored without a reason");
                continue;
            }
            Event::Message(message) => {
                assert!(!message.from.trim().is_empty(), "a message of nobody");
                assert!(!message.content.kind.trim().is_empty(), "a message of no kind");
                (&message.key, message.at)
            }
            Event::Report(report) => {
                let names_one = !report.external_id.is_empty() || report.reference.is_some();
                assert!(names_one, "a report on no message");
                assert_eq!(
                    report.status == harkara_provider::ReportStatus::Failed,
                    report.failure.is_some(),
                    "a failure has a reason, and only a failure"
                );
                if let Some(failure) = &report.failure {
                    assert!(!failure.help.is_empty() && hides(&failure.help), "{failure:?}");
                }
                (&report.key, report.at)
            }
            Event::Click(click) => {
                assert!(!click.reference.is_empty() && !click.url.is_empty(), "{click:?}");
                (&click.key, click.at)
            }
        };
        let is_hex = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_hex, "key {key:?}");
        assert!((0..253_402_300_800_000).contains(&at), "time {at}");
    }
}
