//! Do the callback URLs lead here? We call ourselves through the public address, as a provider would.

use harkara_provider::Request;

use crate::app::App;
use crate::clock::random_bytes;
use crate::engine::{Engine, Transport};

/// The header that asks an instance of ours to say that it is one; the answer has it again.
pub const CHECK_HEADER: &str = "x-harkara-check";

/// What came back from one URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The URL.
    pub url: String,
    /// It leads here.
    pub ok: bool,
    /// HTTP status of the answer; none when there was none.
    pub http_status: Option<u16>,
    /// What happened.
    pub detail: String,
    /// What to do.
    pub help: &'static str,
}

/// Calls both URLs from this server, as far as it may connect there.
pub async fn reach(app: &App, engine: &Engine, urls: [String; 2]) -> Vec<Reached> {
    let nonce = random_bytes::<12>().map(|byte| format!("{byte:02x}")).concat();
    let calls = urls.map(|url| one(app, engine, url, &nonce));
    futures::future::join_all(calls).await
}

async fn one(app: &App, engine: &Engine, url: String, nonce: &str) -> Reached {
    let mut request = Request::get(&url);
    request.headers.push((CHECK_HEADER.into(), nonce.to_owned()));
    let answer = engine.exchange(&request).await;
    let base = app.config.public_base();
    let host = base.split_once("://").map_or(&*base, |(_, host)| host).to_owned();
    let (http_status, (ok, detail, help)) = match answer {
        Ok(reply) => {
            let ours = reply.headers.iter().any(|(n, v)| n == CHECK_HEADER && v == nonce);
            (Some(reply.status), judge(reply.status, ours, &host))
        }
        Err(error) => (None, not_reached(&error, &host)),
    };
    Reached {
        url,
        ok,
        http_status,
        detail,
        help,
    }
}

type Verdict = (bool, String, &'static str);

/// Whether an answer is ours.
fn judge(status: u16, ours: bool, host: &str) -> Verdict {
    match status {
        200 if ours => (
            true,
            format!("This server answered through {host}."),
            "A firewall may still treat the provider's addresses in another way: the light turns green with its first call.",
        ),
        300..=399 => (
            false,
            format!("{host} sends callers on to another address (HTTP {status})."),
            "Providers do not follow that. Set public_url (HARKARA_PUBLIC_URL) to the address that answers itself, mostly the one \
             with https.",
        ),
        401 | 403 => (
            false,
            format!("Something in front of this server refuses the call (HTTP {status})."),
            "Let requests to /callbacks/ pass without a sign-in: each URL holds a secret of its own.",
        ),
        502..=504 => (
            false,
            format!("The proxy at {host} does not reach this server (HTTP {status})."),
            "Check where the proxy leads, and that this server listens there.",
        ),
        _ => (
            false,
            format!("Something else than this server answers at {host} (HTTP {status})."),
            "Check public_url (HARKARA_PUBLIC_URL), and that the proxy passes /callbacks/ on to this server with all headers.",
        ),
    }
}

/// Why nothing answered.
fn not_reached(error: &Transport, host: &str) -> Verdict {
    match error {
        Transport::Refused { .. } => (
            false,
            format!("{host} leads into this server's own network, so it was not called."),
            "No provider on the internet can reach such an address. Set public_url (HARKARA_PUBLIC_URL) to one that the internet \
             knows; if it does, and only this server sees it so, the light tells with the provider's first call.",
        ),
        Transport::NotSent { why } => (
            false,
            format!("{host} cannot be reached from this server: {why}."),
            "Check that the name exists, that the certificate is valid and that the port is open from outside.",
        ),
        Transport::NoAnswer { why } => (
            false,
            format!("{host} did not answer this server: {why}."),
            "Check that the proxy leads to this server, and that no firewall swallows the request.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_answer_counts() {
        let verdict = |status, ours| {
            let (ok, detail, _) = judge(status, ours, "shop.example");
            (ok, detail)
        };
        assert!(verdict(200, true).0);
        for (status, ours, words) in [
            (200, false, "Something else"),
            (404, true, "Something else"),
            (301, false, "another address"),
            (403, false, "refuses"),
            (502, false, "proxy"),
        ] {
            let (ok, detail) = verdict(status, ours);
            assert!(!ok && detail.contains(words), "{status} {ours}: {detail}");
        }
    }

    #[test]
    fn why_nothing_answered_is_told() {
        let why = || "a reason".to_owned();
        for (error, words) in [
            (Transport::Refused { why: why() }, "own network"),
            (Transport::NotSent { why: why() }, "a reason"),
            (Transport::NoAnswer { why: why() }, "did not answer"),
        ] {
            let (ok, detail, _) = not_reached(&error, "shop.example");
            assert!(!ok && detail.contains(words), "{detail}");
        }
    }
}
