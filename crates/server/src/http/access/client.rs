//! From where a request comes, and with which cookie.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::app::App;
use crate::app::sign_in::Client;
use crate::domain::sign_in::client;
use crate::http::Shared;

/// Name of the cookie of a session.
pub const COOKIE: &str = "harkara_session";

/// Headers of proxies: whoever sends one is not the machine that connects.
const OF_PROXIES: [&str; 5] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
    "forwarded",
    "via",
];

/// From where a request comes.
pub fn of(app: &App, request: &Request) -> Client {
    let headers = request.headers();
    let text = |name| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_canonical());
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let proxied = OF_PROXIES.iter().any(|name| headers.contains_key(*name));
    let host = text(header::HOST.as_str());
    let asks_here = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        let rest = host.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    // A list that cannot be read, which `Config` refuses before, trusts nobody.
    let trusted = app.config.proxies().unwrap_or_default();
    Client {
        address: peer.map(|peer| client(peer, &forwarded.join(","), &trusted)),
        user_agent: text(header::USER_AGENT.as_str()).to_owned(),
        is_here: peer.is_some_and(|ip| ip.is_loopback()) && asks_here && !proxied,
    }
}

/// The token in the cookie.
pub fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE);
    let mut pairs = all
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE && !value.is_empty()).then(|| value.to_owned())
    })
}

impl FromRequestParts<Shared> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
