//! One runner for every provider and every case. A new provider brings case files; nothing here changes.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot read")]

mod hostile;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use harkara_provider::registry::PROVIDERS;
use harkara_provider::{Account, Body, Capability, Method, Provider, Reject, Reply, Request};
use serde_json::Value;
use support::{Call, Case, Incoming};

/// Names that every provider must show.
const ALWAYS: &[&str] = &[
    "send-text",
    "send-template",
    "error-401",
    "error-429",
    "error-5xx",
    "error-garbage",
    "callback-text",
    "callback-delivered",
    "callback-failed",
    "callback-unknown-field",
];

fn each_case(check: impl Fn(&'static dyn Provider, &str, &Case, &Account)) {
    for provider in PROVIDERS {
        for (name, case) in support::cases(*provider) {
            let label = format!("{}/{name} ({})", provider.spec().id, case.about);
            check(
                *provider,
                &label,
                &case,
                &support::account(*provider, &case.account),
            );
        }
    }
}

fn replies(provider: &dyn Provider, case: &Case) -> Vec<Reply> {
    let reply = |answer: &support::Answer| Reply {
        status: answer.status,
        headers: answer.headers.clone(),
        body: support::bytes(provider, &answer.body),
    };
    case.exchange
        .iter()
        .filter_map(|exchange| exchange.reply.as_ref())
        .map(reply)
        .collect()
}

/// The case that shows a capability.
fn shown_by(capability: Capability) -> Vec<String> {
    let word = serde_json::to_value(capability).expect("a word");
    let name = word.as_str().expect("a word").replace('_', "-");
    match capability {
        Capability::TemplateList | Capability::TemplateCreate => vec![name],
        Capability::Consent => vec!["consent-opt-in".to_owned(), "consent-opt-out".to_owned()],
        Capability::Click => vec!["callback-click".to_owned()],
        _ => vec![format!("send-{name}")],
    }
}

#[test]
fn every_provider_shows_everything_that_it_declares() {
    for provider in PROVIDERS {
        let mut wanted: BTreeSet<String> = ALWAYS.iter().map(|name| (*name).to_owned()).collect();
        wanted.extend(provider.spec().capabilities.iter().flat_map(|c| shown_by(*c)));
        let label = |label: &&str| format!("check-{}", label.to_lowercase().replace(' ', "-"));
        wanted.extend(provider.credentials().iter().map(label));
        if verifies(*provider) {
            wanted.insert("bad-signature".to_owned());
        }
        let have: BTreeSet<String> = support::cases(*provider).into_keys().collect();
        let missing: Vec<_> = wanted.difference(&have).collect();
        assert!(
            missing.is_empty(),
            "{} has no case for {missing:?}",
            provider.spec().id
        );
    }
}

/// A provider that signs rejects an unsigned callback.
fn verifies(provider: &dyn Provider) -> bool {
    let call = harkara_provider::Callback {
        method: Method::Post,
        query: "",
        content_type: "application/json",
        headers: &[],
        body: b"{}",
        at: 0,
    };
    let account = support::account(provider, &BTreeMap::new());
    matches!(provider.verify(&account, &call), Err(Reject::Signature(_)))
}

#[test]
fn every_sample_is_used_by_a_case() {
    for provider in PROVIDERS {
        let used: BTreeSet<String> = support::cases(*provider)
            .values()
            .flat_map(support::samples)
            .collect();
        let Ok(files) = std::fs::read_dir(support::folder(*provider).join("samples")) else {
            continue;
        };
        let names = files.map(|file| file.expect("file").file_name().to_string_lossy().into_owned());
        let unused: Vec<_> = names
            .filter(|name| name != "README.md" && !used.contains(name))
            .collect();
        assert!(
            unused.is_empty(),
            "{}: no case uses {unused:?}",
            provider.spec().id
        );
    }
}

#[test]
fn every_exchange_ends_as_its_case_says() {
    each_case(|provider, name, case, account| {
        if matches!(case.call, Call::Receive(_)) {
            return;
        }
        let run = support::run(provider, account, &case.call, case.at, &replies(provider, case));
        assert_eq!(
            run.requests.len(),
            case.exchange.len(),
            "{name}: requests; outcome {}",
            run.outcome
        );
        for (request, exchange) in run.requests.iter().zip(&case.exchange) {
            assert_request(provider, name, request, &exchange.request);
        }
        assert_outcome(name, &run.outcome, &case.expect);
    });
}

fn assert_headers(name: &str, request: &Request, expected: Option<&BTreeMap<String, Value>>) {
    let Some(expected) = expected else { return };
    let lower = |(name, value): &(String, String)| (name.to_ascii_lowercase(), value.clone());
    let have: BTreeMap<String, String> = request.headers.iter().map(lower).collect();
    assert!(
        have.keys().eq(expected.keys()),
        "{name}: headers {:?}",
        have.keys()
    );
    for (header, want) in expected {
        support::assert_header(&format!("{name}: {header}"), &have[header], want);
    }
}

fn assert_request(provider: &dyn Provider, name: &str, request: &Request, expected: &support::Expected) {
    assert_eq!(
        (request.method, &request.url),
        (expected.method, &expected.url),
        "{name}"
    );
    let fields = support::fields(&request.body);
    let want = expected
        .form
        .as_ref()
        .or(expected.multipart.as_ref())
        .cloned()
        .unwrap_or_default();
    support::assert_fields(name, &fields, &want);
    let is_multipart = matches!(request.body, Body::Multipart(_));
    assert_eq!(is_multipart, expected.multipart.is_some(), "{name}: multipart");
    let json = match &request.body {
        Body::Json(json) => Some(json.clone()),
        _ => None,
    };
    let want = expected
        .json
        .as_ref()
        .map(|json| support::expected_json(provider, json));
    assert_eq!(json, want, "{name}: JSON body");
    assert_headers(name, request, expected.headers.as_ref());
    let Some(like) = &expected.like else { return };
    let ours: BTreeSet<String> = fields.into_keys().collect();
    let recorded = support::recorded_names(provider, &like.sample);
    let missing: BTreeSet<_> = recorded.difference(&ours).cloned().collect();
    assert_eq!(
        missing, like.without,
        "{name}: fields of {} that ours lacks",
        like.sample
    );
}

/// Every member that the case writes must be there; `help`, `detail` and `done` need only contain each given text.
fn assert_outcome(name: &str, actual: &Value, expected: &Value) {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => {
            for (member, want) in expected {
                let have = actual.get(member).unwrap_or(&Value::Null);
                if matches!(member.as_str(), "help" | "detail" | "done" | "reject") {
                    let texts: Vec<&Value> = want
                        .as_array()
                        .map_or_else(|| vec![want], |all| all.iter().collect());
                    for text in texts {
                        let (have, text) = (have.as_str().unwrap_or(""), text.as_str().expect("text"));
                        assert!(
                            have.contains(text),
                            "{name}: {member} {have:?} does not say {text:?}"
                        );
                    }
                } else {
                    assert_outcome(&format!("{name}: {member}"), have, want);
                }
            }
        }
        (Value::Array(actual), Value::Array(expected)) => {
            assert_eq!(actual.len(), expected.len(), "{name}: {actual:#?}");
            for (at, (have, want)) in actual.iter().zip(expected).enumerate() {
                assert_event(&format!("{name} [{at}]"), have, want);
            }
        }
        _ => assert_eq!(actual, expected, "{name}"),
    }
}

/// An event has exactly the members that the case writes, and a key.
fn assert_event(name: &str, have: &Value, want: &Value) {
    let (Some(have), Some(want)) = (have.as_object(), want.as_object()) else {
        assert_eq!(have, want, "{name}");
        return;
    };
    let mut have = have.clone();
    let key = have.remove("key");
    assert_eq!(&have, want, "{name}");
    if want.contains_key("event") && want["event"] != "ignored" {
        let key = key.as_ref().and_then(Value::as_str).unwrap_or("");
        assert!(
            key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit()),
            "{name}: key {key:?}"
        );
    }
}

#[test]
fn every_callback_is_read_as_its_case_says() {
    each_case(|provider, name, case, account| {
        let Call::Receive(incoming) = &case.call else {
            return;
        };
        let body = support::callback_body(provider, incoming);
        let outcome = support::receive(provider, account, incoming, &body, case.at);
        assert_outcome(name, &outcome, &case.expect);
        let again = support::receive(provider, account, incoming, &body, case.at);
        assert_eq!(outcome, again, "{name}: the same callback gives the same keys");
    });
}

#[test]
fn different_events_have_different_keys() {
    each_case(|provider, name, case, account| {
        let Call::Receive(incoming) = &case.call else {
            return;
        };
        let body = support::callback_body(provider, incoming);
        let outcome = support::receive(provider, account, incoming, &body, case.at);
        let events = outcome["events"].as_array().cloned().unwrap_or_default();
        let keys: Vec<_> = events.iter().filter_map(|event| event["key"].as_str()).collect();
        let unique: BTreeSet<_> = keys.iter().collect();
        assert_eq!(
            keys.len(),
            unique.len(),
            "{name}: two events of one callback have one key"
        );
    });
}

#[test]
fn no_secret_leaves_the_request() {
    each_case(|provider, name, case, account| {
        let secrets = account.secret_values();
        let hides = |text: &str| secrets.iter().all(|secret| !text.contains(secret));
        assert!(hides(&format!("{account:?}")), "{name}: account in a trace");
        if matches!(case.call, Call::Receive(_)) {
            return;
        }
        let run = support::run(provider, account, &case.call, case.at, &replies(provider, case));
        for request in &run.requests {
            let shown = request.redacted(&secrets);
            let credentials = request.credentials();
            let hidden = credentials.iter().all(|credential| !shown.contains(credential));
            assert!(hidden, "{name}: credential in the trace");
            assert!(hides(&request.redacted(&secrets)), "{name}: secret in the trace");
            let carries = ["password=", "token=", "@"]
                .iter()
                .any(|sign| request.url.contains(sign));
            assert!(
                hides(&request.url) && !carries,
                "{name}: credential in {}",
                request.url
            );
        }
        for text in &run.shown {
            assert!(hides(text), "{name}: secret in {text}");
        }
    });
}

/// Each prefix, and each byte with a flipped bit.
fn damaged(body: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let prefixes = (0..body.len()).map(|length| body[..length].to_vec());
    let flips = (0..body.len()).map(|at| {
        let mut body = body.to_vec();
        body[at] ^= 1 << (at % 8);
        body
    });
    prefixes.chain(flips)
}

#[test]
fn damaged_callbacks_are_read_or_rejected_and_never_panic() {
    each_case(|provider, name, case, account| {
        let Call::Receive(incoming) = &case.call else {
            return;
        };
        for body in damaged(&support::callback_body(provider, incoming)) {
            let outcome = support::receive(provider, account, incoming, &body, case.at);
            let silent = outcome["events"].as_array().is_some_and(Vec::is_empty);
            assert!(
                !silent,
                "{name}: neither an event nor a rejection for {:?}",
                String::from_utf8_lossy(&body)
            );
        }
        let query = incoming.query.clone();
        for query in damaged(query.as_bytes()).filter_map(|query| String::from_utf8(query).ok()) {
            let incoming = Incoming {
                query,
                ..copy(incoming)
            };
            support::receive(
                provider,
                account,
                &incoming,
                &support::callback_body(provider, &incoming),
                case.at,
            );
        }
    });
}

fn copy(incoming: &Incoming) -> Incoming {
    Incoming {
        method: incoming.method,
        query: String::new(),
        content_type: incoming.content_type.clone(),
        headers: incoming.headers.clone(),
        body: incoming.body.clone(),
        in_form_field: incoming.in_form_field.clone(),
    }
}

/// A cut answer to a send never counts as refused for good or as not taken: nobody can say.
#[test]
fn damaged_answers_never_panic_and_a_cut_one_is_unknown() {
    each_case(|provider, name, case, account| {
        let all = replies(provider, case);
        let Some(last) = all.last() else { return };
        for (at, body) in damaged(&last.body).enumerate() {
            let mut replies = all.clone();
            replies[all.len() - 1] = Reply { body, ..last.clone() };
            let run = support::run(provider, account, &case.call, case.at, &replies);
            let is_send = matches!(case.call, Call::Send { .. });
            let is_cut_json = at < last.body.len().saturating_sub(2) && last.body.starts_with(b"{");
            if is_send && is_cut_json && last.status == 200 {
                assert_eq!(run.outcome["error"]["kind"], "unknown", "{name}: cut at {at}");
            }
        }
    });
}
