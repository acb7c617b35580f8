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
use super::{Shared, format, status, templates};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sim/stats", get(stats))
        .route("/__sim/messages", get(messages))
        .route("/__sim/accepted", get(accepted))
        .route("/__sim/mistakes", get(mistakes))
        .route("/__sim/check", post(check))
        .route("/__sim/config", get(config).post(configure))
        .route("/__sim/fail", post(fail).delete(clear))
        .route("/__sim/inbound", post(write))
        .route("/__sim/read", post(read))
        .route("/__sim/click", post(click))
        .route("/__sim/templates", get(held).post(hold))
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
        .map(|sent| json!({ "ref": sent.msg_id, "to": sent.to }))
        .collect();
    Json(json!({ "total": world.books.counts.accepted, "accepted": rows })).into_response()
}

/// Payloads that are not what the format says, with everything that is wrong.
async fn mistakes(State(shared): Sim) -> Response {
    Json(json!({ "mistakes": shared.lock().books.mistakes() })).into_response()
}

/// Says what is wrong with a payload, without sending it.
async fn check(bytes: Bytes) -> Response {
    Json(format::findings(&bytes)).into_response()
}

fn shown(options: &Options) -> Value {
    let mut shown = json!(options);
    if options.basic.is_some() {
        shown["basic"][1] = "***".into();
    }
    for header in shown["headers"].as_array_mut().into_iter().flatten() {
        header[1] = "***".into();
    }
    shown
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
    let wrong = "The body is {\"next\": 3, \"kind\": \"503\"} or {\"suffix\": \"007\", \"kind\": \"failed:1006\"}. Kinds: \
                 403, 429, 500, 503, accepted-500, hang, garbage, error:<code>, failed:<code>.";
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
    id: String,
}

async fn read(State(shared): Sim, bytes: Bytes) -> Result<Response, Unfit> {
    let read: Read = body(&bytes)?;
    status::read(&shared, &read.id).map_err(Unfit)?;
    Ok(ok())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Click {
    id: String,
    button: Option<usize>,
}

async fn click(State(shared): Sim, bytes: Bytes) -> Result<Response, Unfit> {
    let click: Click = body(&bytes)?;
    let posted = status::click(&shared, &click.id, click.button).map_err(Unfit)?;
    Ok(Json(json!({ "posted": posted })).into_response())
}

async fn held(State(shared): Sim) -> Response {
    Json(json!({ "templates": shared.lock().templates })).into_response()
}

/// One template, a list of them, or a whole listing with `data`.
async fn hold(State(shared): Sim, bytes: Bytes) -> Result<Response, Unfit> {
    let mut given: Value = body(&bytes)?;
    if let Some(data) = given.get_mut("data") {
        given = data.take();
    }
    let list = match given {
        Value::Array(list) => list,
        one => vec![one],
    };
    let mut world = shared.lock();
    for template in list {
        templates::add(&mut world, template).map_err(Unfit)?;
    }
    Ok(Json(json!({ "held": world.templates.len() })).into_response())
}

/// Forgets messages, mistakes, templates, scripts and counts. Options stay.
async fn reset(State(shared): Sim) -> Response {
    let mut world = shared.lock();
    world.books = world.books.next();
    world.templates.clear();
    ok()
}

fn ok() -> Response {
    Json(json!({ "ok": true })).into_response()
}
