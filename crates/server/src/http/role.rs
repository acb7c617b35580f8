//! Routes of a role that this server does not have: they are there, and say which server to ask.

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::problem::Problem;
use crate::config::Config;

/// The routes, when this server has the role; otherwise each of them refuses.
pub fn only(config: &Config, role: &'static str, routes: Router<Shared>) -> Router<Shared> {
    if config.has_role(role) {
        return routes;
    }
    // A layer that never calls what it covers.
    routes.layer(axum::middleware::from_fn(
        move |_: axum::extract::Request, _: axum::middleware::Next| async move { missing(role) },
    ))
}

/// 503: a load balancer tries another server, and a provider sends its callback again.
pub fn missing(role: &str) -> Response {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "role_missing",
        format!("This server runs without the role {role:?}."),
        format!("Ask a server that has it (`harkara node list` shows them), or start this one with `{role}` in --roles."),
    )
    .into_response()
}
