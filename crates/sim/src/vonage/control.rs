//! The control API under `/__sim`. Errors are `{"error": "<a sentence>"}`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::inbound::{self, Inbound};
use super::options::{Failure, Options};
use super::{Shared, status};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sim/stats", get(stats))
        .route("/__sim/messages", get(messages))
        .route("/__sim/accepted", get(accepted))
        .route("/__sim/config", get(config).post(configure))
        .route("/__sim/fail", post(fail).delete(clear))
        .route("/__sim/inbound", post(write))
        .route("/__sim/read", post(read))
        .route("/__sim/reset", post(reset))
}

type Sim = State<Arc<Shared>>;

/// What went wrong, in a sentence.
struct Unfit(String);

impl IntoResponse for Unfit {
    fn into_response(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": self.0 }))).into_response()
    }
}

fn body<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Unfit> {
    serde_json::from_slice(bytes).map_err(|error| Unfit(format!("The body does not fit: {error}.")))
}

async fn stats(State(shared): Sim) -> Response {
    Json(shared.lock().books.stats()).into_response()
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

async fn messages(State(shared): Sim, Query(page): Query<Page>) -> Response {
    let world = shared.lock();
    let rows = world
        .books
        .page(page.after, page.limit.unwrap_or(100).min(10_000));
    Json(json!({ "total": world.books.counts.accepted, "messages": rows })).into_response()
}

/// The compact rows for comparing with a sender's own books.
async fn accepted(State(shared): Sim, Query(page): Query<Page>) -> Response {
    let world = shared.lock();
    let rows: Vec<Value> = world
        .books
        .page(page.after, page.limit.unwrap_or(usize::MAX))
        .into_iter()
        .map(|sent| json!({ "ref": sent.client_ref, "to": sent.to, "id": sent.message_uuid }))
        .collect();
    Json(json!({ "total": world.books.counts.accepted, "accepted": rows })).into_response()
}

fn shown(options: &Options) -> Value {
    let mut options = json!(options);
    for secret in ["api_secret", "signature_secret"] {
        options[secret] = "***".into();
    }
    options
}

async fn config(State(shared): Sim) -> Response {
    Json(shown(&shared.lock().options)).into_response()
}

/// Changes the options that the body names and leaves the others.
async fn configure(State(shared): Sim, bytes: Bytes) -> Result<Response, Unfit> {
    let change: serde_json::Map<String, Value> = body(&bytes)?;
    let mut world = shared.lock();
    let mut all = json!(world.options);
    for (name, value) in change {
        all[name] = value;
    }
    let options: Options =
        serde_json::from_value(all).map_err(|error| Unfit(format!("An option does not fit: {error}.")))?;
    options.check().map_err(Unfit)?;
    if options.listen != world.options.listen {
        return Err(Unfit(
            "listen can not be changed while the simulator runs.".into(),
        ));
    }
    world.options = options;
    Ok(Json(shown(&world.options)).into_response())
}

/// A script for the next sends, or a failure for all numbers with an ending.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fail {
    Suffix { suffix: String, kind: Failure },
    Next { next: usize, kind: Failure },
}

async fn fail(State(shared): Sim, bytes: Bytes) -> Result<Response, Unfit> {
    let wrong = "The body is {\"next\": 3, \"kind\": \"503\"} or {\"suffix\": \"007\", \"kind\": \"rejected:1300\"}. Kinds: \
                 401, 402, 403, 422, 429, 500, 503, accepted-502, hang, garbage, rejected:<code>, undeliverable.";
    let fail: Fail = serde_json::from_slice(&bytes).map_err(|_| Unfit(wrong.into()))?;
    let mut world = shared.lock();
    match fail {
        Fail::Suffix { suffix, kind } => world.options.fail_suffix.insert(0, (suffix, kind)),
        Fail::Next { next, kind } => world
            .books
            .scripts
            .extend(std::iter::repeat_n(kind, next.min(100_000))),
    }
    Ok(ok())
}

/// Forgets scripts and endings.
async fn clear(State(shared): Sim) -> Response {
    let mut world = shared.lock();
    world.books.scripts.clear();
    world.options.fail_suffix.clear();
    ok()
}

async fn write(State(shared): Sim, bytes: Bytes) -> Result<Response, Unfit> {
    let inbound: Inbound = body(&bytes)?;
    let posted = inbound::inject(&shared, &inbound).map_err(Unfit)?;
    Ok(Json(json!({ "posted": posted })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    message_uuid: String,
}

async fn read(State(shared): Sim, bytes: Bytes) -> Result<Response, Unfit> {
    let read: Read = body(&bytes)?;
    status::read(&shared, &read.message_uuid).map_err(Unfit)?;
    Ok(ok())
}

/// Forgets messages, scripts and counts. Options stay.
async fn reset(State(shared): Sim) -> Response {
    let mut world = shared.lock();
    world.books = world.books.next();
    ok()
}

fn ok() -> Response {
    Json(json!({ "ok": true })).into_response()
}
