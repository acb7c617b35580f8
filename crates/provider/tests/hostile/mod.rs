//! Whatever bytes come from the network, nothing panics and nothing is lost without a word.

use std::collections::BTreeMap;

use crate::support::{self, Call};
use harkara_provider::registry::PROVIDERS;
use harkara_provider::{Account, Callback, Event, Method, Provider, Reply};
use proptest::prelude::*;

/// A callback of these bytes gives events or a rejection, twice the same.
fn receive(provider: &dyn Provider, account: &Account, query: &str, content_type: &str, body: &[u8]) {
    for method in [Method::Get, Method::Post] {
        let call = Callback {
            method,
            query,
            content_type,
            headers: &[],
            body,
            at: 0,
        };
        let first = provider.receive(account, &call);
        assert_eq!(first, provider.receive(account, &call));
        let Ok(received) = first else { continue };
        assert!(!received.events.is_empty(), "neither an event nor a rejection");
        for event in &received.events {
            let (key, at) = match event {
                Event::Message(message) => (&message.key, message.at),
                Event::Report(report) => (&report.key, report.at),
                Event::Click(click) => (&click.key, click.at),
                Event::Ignored { reason } => {
                    assert!(!reason.is_empty());
                    continue;
                }
            };
            assert_eq!(key.len(), 32);
            assert!((0..253_402_300_800_000).contains(&at), "time {at}");
            serde_json::to_string(event).expect("printable");
        }
    }
}

/// Replies of these bytes to every kind of call.
fn answer(provider: &dyn Provider, account: &Account, status: u16, body: &[u8]) {
    let reply = Reply {
        status,
        headers: vec![("retry-after".into(), String::from_utf8_lossy(body).into())],
        body: body.into(),
    };
    for case in support::cases(provider)
        .values()
        .filter(|case| !matches!(case.call, Call::Receive(_)))
        .step_by(9)
    {
        support::run(
            provider,
            account,
            &case.call,
            case.at,
            &vec![reply.clone(); case.exchange.len()],
        );
    }
}

fn each(check: impl Fn(&'static dyn Provider, &Account)) {
    for provider in PROVIDERS {
        check(*provider, &support::account(*provider, &BTreeMap::new()));
    }
}

/// Pieces of the vendors' words in any order: reaches deeper than plain noise.
fn almost_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\""),
        Just("\\\""),
        Just("null"),
        Just("1e999"),
        Just("-0"),
        Just("9223372036854775808"),
        Just("\"response\":"),
        Just("\"statuses\":"),
        Just("\"externalId\":\"1-2\""),
        Just("\"eventTs\":"),
        Just("\"mobile\":\"9\""),
        Just("\"type\":\"image\""),
        Just("\"image\":"),
        Just("\"interactive\":"),
        Just("\"location\":"),
        Just("\"latitude\":"),
        Just("\"gsurl\":"),
        Just("\"extra\":\"r\""),
        Just("\"errorCode\":"),
        Just("response="),
        Just("&"),
        Just("%5B"),
        Just("%"),
        Just("\u{0}"),
        Just("\u{10ffff}"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read_or_rejected(body in proptest::collection::vec(any::<u8>(), 0..300), status in 100_u16..600) {
        let text = String::from_utf8_lossy(&body).into_owned();
        each(|provider, account| {
            for content_type in ["", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"] {
                receive(provider, account, &text, content_type, &body);
            }
            answer(provider, account, status, &body);
        });
    }

    #[test]
    fn almost_json_is_read_or_rejected(text in almost_json(), status in 200_u16..204) {
        each(|provider, account| {
            receive(provider, account, &text, "", text.as_bytes());
            answer(provider, account, status, text.as_bytes());
        });
    }

    #[test]
    fn any_number_is_a_time_or_none(time in prop_oneof![any::<i64>().prop_map(|n| n.to_string()), any::<f64>().prop_map(|n| n.to_string())]) {
        each(|provider, account| {
            let body = format!(r#"[{{"externalId":"1","eventType":"READ","eventTs":"{time}"}}]"#);
            receive(provider, account, "", "", body.as_bytes());
        });
    }
}

/// JSON nested deeper than any parser's stack.
#[test]
fn deep_nesting_is_rejected() {
    each(|provider, account| {
        for open in ["[", "{\"response\":", "{\"response\":\"["] {
            receive(provider, account, "", "", open.repeat(50_000).as_bytes());
        }
    });
}
