//! Answers of providers: any status, headers and body to every kind of call.

use std::collections::BTreeSet;

use harkara_provider::registry::PROVIDERS;
use harkara_provider::{Account, Provider, Reply};
use serde_json::Value;

use super::support::{self, Call, Case};
use super::{Target, head, with_head};

/// Stands between the answers to several requests.
const NEXT: &[u8] = b"\n=====\n";

struct Known {
    name: String,
    provider: &'static dyn Provider,
    account: Account,
    case: Case,
    /// The provider's answers have ids of messages.
    gives_ids: bool,
}

/// The target: the first line is `<provider>/<case> <status>`.
pub fn target() -> Target {
    let mut known = Vec::new();
    let mut seeds = BTreeSet::new();
    let mut words: BTreeSet<String> = BTreeSet::new();
    for provider in PROVIDERS {
        let gives_ids = support::cases(*provider).values().any(|case| {
            let id = case.expect["receipt"]["external_id"].as_str();
            id.is_some_and(|id| !id.is_empty())
        });
        for (name, case) in support::cases(*provider) {
            if matches!(case.call, Call::Receive(_)) {
                continue;
            }
            let name = format!("{}/{name}", provider.spec().id);
            let replies = case
                .exchange
                .iter()
                .filter_map(|exchange| exchange.reply.as_ref());
            let texts = replies.map(|reply| {
                let body = support::bytes(*provider, &reply.body);
                with_head(&format!("{name} {}", reply.status), &reply.headers, &body)
            });
            let texts: Vec<Vec<u8>> = texts.collect();
            seeds.insert(texts.join(NEXT));
            words.insert(name.clone());
            let account = support::account(*provider, &case.account);
            words.extend(account.secret_values().into_iter().map(str::to_owned));
            known.push(Known {
                name,
                provider: *provider,
                account,
                case,
                gives_ids,
            });
        }
    }
    for word in [
        "retry-after: ",
        " 200",
        " 429",
        " 503",
        "\n=====\n",
        "\"status\":\"error\"",
        "null",
        "\\u0000",
    ] {
        words.insert(word.to_owned());
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Target::new(
        "answers",
        move |data| check(&known, data),
        seeds.into_iter().collect(),
        &words,
    )
}

fn check(known: &[Known], data: &[u8]) {
    let answers = split(data);
    let heads: Vec<_> = answers.iter().map(|answer| head(answer)).collect();
    let (name, _) = heads[0].0.rsplit_once(' ').unwrap_or_default();
    let picked = known.iter().find(|known| known.name == name);
    let sum: usize = name.bytes().map(usize::from).sum();
    let picked = picked.unwrap_or(&known[sum % known.len()]);
    let mut replies: Vec<Reply> = heads
        .into_iter()
        .map(|(first, headers, body)| {
            let status = first.rsplit_once(' ').and_then(|(_, status)| status.parse().ok());
            Reply {
                status: status
                    .filter(|status| (100..1000).contains(status))
                    .unwrap_or(200),
                headers,
                body: body.to_vec(),
            }
        })
        .collect();
    replies.truncate(4);
    let last = replies.last().cloned();
    replies.extend(last);

    let run = support::run(
        picked.provider,
        &picked.account,
        &picked.case.call,
        picked.case.at,
        &replies,
    );
    let again = support::run(
        picked.provider,
        &picked.account,
        &picked.case.call,
        picked.case.at,
        &replies,
    );
    assert_eq!(
        (&run.requests, &run.outcome),
        (&again.requests, &again.outcome),
        "run twice"
    );

    let secrets = picked.account.secret_values();
    let hides = |text: &str| secrets.iter().all(|secret| !text.contains(secret));
    for request in &run.requests {
        assert!(hides(&request.url), "a secret in {}", request.url);
        assert!(
            hides(&request.redacted(&secrets)),
            "a secret in the trace of a request"
        );
    }
    let warning = run.outcome["receipt"]["warning"].as_str().unwrap_or("");
    assert!(hides(warning), "a secret in {warning}");
    if let Some(error) = run.outcome.get("error") {
        check_error(error, &run.shown, &hides);
    }
    let used = &replies[..run.requests.len().min(replies.len())];
    if let (Call::Send { .. }, Some(last)) = (&picked.case.call, used.last()) {
        check_send(&run.outcome, last, picked.gives_ids);
    }
}

/// The answers of an input, at least one.
fn split(data: &[u8]) -> Vec<&[u8]> {
    let mut answers = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(NEXT.len()).position(|part| part == NEXT) {
        answers.push(&rest[..at]);
        rest = &rest[at + NEXT.len()..];
    }
    answers.push(rest);
    answers
}

/// Every error says what a person can do, and no secret, even when the vendor repeats it.
fn check_error(error: &Value, shown: &[String], hides: &dyn Fn(&str) -> bool) {
    for text in shown {
        assert!(hides(text), "a secret in {text}");
    }
    let help = error["help"].as_str().unwrap_or("");
    assert!(!help.trim().is_empty() && !help.contains('{'), "help {help:?}");
}

/// A message counts as taken only when the vendor said so, and as not taken only when that can be known.
fn check_send(outcome: &Value, reply: &Reply, gives_ids: bool) {
    let is_success = (200..300).contains(&reply.status);
    if let Some(receipt) = outcome.get("receipt") {
        assert!(is_success, "taken, with HTTP {}", reply.status);
        assert!(!reply.body.trim_ascii().is_empty(), "taken, without a word");
        let id = receipt["external_id"].as_str().unwrap_or("");
        let is_warned = receipt["warning"]
            .as_str()
            .is_some_and(|warning| !warning.is_empty());
        assert!(
            !gives_ids || !id.trim().is_empty() || is_warned,
            "taken, with neither an id nor a warning"
        );
    }
    let kind = outcome["error"]["kind"].as_str().unwrap_or("");
    let says_nothing = reply.body.trim_ascii().is_empty();
    let may_be_inside = is_success || matches!(reply.status, 408 | 500..=502 | 504..=599);
    if says_nothing && may_be_inside {
        assert_eq!(kind, "unknown", "HTTP {} without a body", reply.status);
    }
    if kind == "unavailable" {
        assert!(!says_nothing || reply.status == 503, "not taken, says nobody");
    }
}
