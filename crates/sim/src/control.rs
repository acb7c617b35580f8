//! The control API under `/__sim`. Errors are `{"error": "<a sentence>"}`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::handle::Handle;
use crate::handset;
use crate::inbound::Inbound;
use crate::options::FailureKind;
use crate::shared::Shared;
use crate::template::TemplateSeed;
use crate::world::Script;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sim/stats", get(stats))
        .route("/__sim/messages", get(messages))
        .route("/__sim/accepted", get(accepted))
        .route("/__sim/config", get(config).post(configure))
        .route("/__sim/fail", post(fail).delete(clear))
        .route("/__sim/inbound", post(inbound))
        .route("/__sim/media", post(upload))
        .route("/__sim/read", post(read))
        .route("/__sim/click", post(click))
        .route(
            "/__sim/templates",
            get(templates).post(add_templates).put(set_templates),
        )
        .route("/__sim/reset", post(reset))
        .route("/__sim/customers", get(customers))
        .route("/__sim/customers/{customer}", get(conversation))
        .route("/__sim/clock", get(clock).post(forward))
        .route("/__sim/wire", get(wire))
        .route("/__sim/live", get(live))
        .route("/__sim/{*rest}", get(unknown).post(unknown))
}

/// What went wrong, in a sentence.
struct Problem(StatusCode, String);

impl Problem {
    fn unfit(sentence: impl Into<String>) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, sentence.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// A JSON body whatever its Content-Type says, with the reason in the answer when it does not fit.
struct Body<T>(T);

impl<T: serde::de::DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|e| Problem::unfit(e.body_text()))?;
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::unfit(format!("The body does not fit: {error}.")))?;
        Ok(Self(value))
    }
}

type Sim = State<Arc<Shared>>;

async fn stats(State(shared): Sim) -> Response {
    Json(Handle(shared).stats()).into_response()
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

async fn messages(State(shared): Sim, Query(page): Query<Page>) -> Response {
    let (total, messages) = Handle(shared).messages(page.after, page.limit.unwrap_or(100).min(10_000));
    Json(json!({"total": total, "messages": messages})).into_response()
}

async fn accepted(State(shared): Sim, Query(page): Query<Page>) -> Response {
    let handle = Handle(shared);
    let rows = handle.accepted_after(page.after, page.limit.unwrap_or(usize::MAX));
    Json(json!({"total": handle.messages(0, 0).0, "accepted": rows})).into_response()
}

async fn config(State(shared): Sim) -> Response {
    let mut options = json!(Handle(shared).options());
    for account in ["hsm", "two_way"] {
        options[account][1] = "***".into();
    }
    Json(options).into_response()
}

/// Changes the options that the body names and leaves the others.
async fn configure(State(shared): Sim, Body(change): Body<Value>) -> Result<Response, Problem> {
    let Value::Object(change) = change else {
        return Err(Problem::unfit(
            "The body is an object with the options to change.",
        ));
    };
    let handle = Handle(Arc::clone(&shared));
    let mut all = json!(handle.options());
    for (name, value) in change {
        all[name] = value;
    }
    let options = serde_json::from_value(all)
        .map_err(|error| Problem::unfit(format!("An option does not fit: {error}.")))?;
    handle.set_options(options).map_err(Problem::unfit)?;
    Ok(config(State(shared)).await)
}

/// A script for the next sends, or a failure for all numbers with an ending.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fail {
    Suffix { suffix: String, kind: FailureKind },
    Script(Script),
}

async fn fail(State(shared): Sim, Body(fail): Body<Value>) -> Result<Response, Problem> {
    let handle = Handle(shared);
    let wrong = "The body is {\"next\": 3, \"kind\": \"503\", \"method\": optional} or {\"suffix\": \"007\", \
                 \"kind\": \"error:105\"}. Kinds: 503, 500, hang, cut, garbage, 429, blocked_ip, error:<id>, \
                 failed:<CAUSE>.";
    match serde_json::from_value(fail).map_err(|_| Problem::unfit(wrong))? {
        Fail::Suffix { suffix, kind } => {
            handle
                .update(|o| o.fail_suffix.insert(0, (suffix, kind)))
                .map_err(Problem::unfit)?;
        }
        Fail::Script(script) if script.next == 0 => return Err(Problem::unfit("next is at least 1.")),
        Fail::Script(script) => handle.fail(script),
    }
    Ok(ok())
}

/// Forgets scripts and endings.
async fn clear(State(shared): Sim) -> Result<Response, Problem> {
    let handle = Handle(shared);
    handle.clear_scripts();
    handle.update(|o| o.fail_suffix.clear()).map_err(Problem::unfit)?;
    Ok(ok())
}

async fn inbound(State(shared): Sim, Body(inbound): Body<Inbound>) -> Result<Response, Problem> {
    let fields = Handle(shared).inject(&inbound).map_err(Problem::unfit)?;
    Ok(Json(json!({ "fields": fields })).into_response())
}

/// Takes a file as it is; its `Content-Type` is the media's. Answers the id for `POST /__sim/inbound`.
async fn upload(State(shared): Sim, headers: HeaderMap, bytes: Bytes) -> Result<Response, Problem> {
    let mime = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if bytes.is_empty() || !mime.contains('/') {
        return Err(Problem::unfit(
            "The body is the file and Content-Type says what it is.",
        ));
    }
    let mut world = shared.lock();
    let id = format!("{:016x}", world.rng.next());
    world.media.add(id.clone(), mime.to_owned(), bytes);
    Ok(Json(json!({ "media": id })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    customer: String,
    id: Option<String>,
}

async fn read(State(shared): Sim, Body(read): Body<Read>) -> Result<Response, Problem> {
    let count = Handle(shared)
        .read(&read.customer, read.id.as_deref())
        .map_err(Problem::unfit)?;
    Ok(Json(json!({ "read": count })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Click {
    id: String,
    button: Option<usize>,
}

async fn click(State(shared): Sim, Body(click): Body<Click>) -> Result<Response, Problem> {
    let posted = Handle(shared)
        .click(&click.id, click.button)
        .map_err(Problem::unfit)?;
    Ok(Json(json!({ "posted": posted })).into_response())
}

async fn templates(State(shared): Sim) -> Response {
    Json(json!({ "templates": Handle(shared).templates() })).into_response()
}

/// One template or an array of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seeds {
    Many(Vec<TemplateSeed>),
    One(Box<TemplateSeed>),
}

async fn add_templates(State(shared): Sim, Body(seeds): Body<Seeds>) -> Result<Response, Problem> {
    let handle = Handle(shared);
    each(seeds, |seed| handle.add_template(seed))
}

async fn set_templates(State(shared): Sim, Body(seeds): Body<Seeds>) -> Result<Response, Problem> {
    let handle = Handle(shared);
    each(seeds, |seed| handle.set_template(seed))
}

fn each(seeds: Seeds, take: impl Fn(TemplateSeed) -> Result<u64, String>) -> Result<Response, Problem> {
    let seeds = match seeds {
        Seeds::Many(seeds) => seeds,
        Seeds::One(seed) => vec![*seed],
    };
    let ids: Vec<u64> = seeds
        .into_iter()
        .map(take)
        .collect::<Result<_, _>>()
        .map_err(Problem::unfit)?;
    Ok(Json(json!({ "ids": ids })).into_response())
}

async fn reset(State(shared): Sim) -> Response {
    Handle(shared).reset();
    ok()
}

async fn customers(State(shared): Sim) -> Response {
    let number = shared.lock().options.number.clone();
    Json(json!({"number": number, "customers": Handle(shared).customers()})).into_response()
}

async fn conversation(State(shared): Sim, Path(customer): Path<String>) -> Result<Response, Problem> {
    let number = customer
        .parse()
        .map_err(|_| Problem::unfit("The customer is a phone number in digits."))?;
    let mut world = shared.lock();
    world.phones.hold(number);
    let now_ms = shared.clock.now_ms();
    Ok(Json(handset::conversation(&world, number, now_ms)).into_response())
}

async fn clock(State(shared): Sim) -> Response {
    let (now, ahead) = Handle(shared).time();
    Json(json!({"now": now, "ahead_ms": ahead})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    forward_ms: i64,
}

/// Moves the clock forward; it never goes back.
async fn forward(State(shared): Sim, Body(forward): Body<Forward>) -> Result<Response, Problem> {
    Handle(Arc::clone(&shared))
        .forward(forward.forward_ms)
        .map_err(Problem::unfit)?;
    Ok(clock(State(shared)).await)
}

#[derive(Deserialize)]
struct WirePage {
    before: Option<u64>,
    limit: Option<usize>,
}

/// What went over the wire, newest first.
async fn wire(State(shared): Sim, Query(page): Query<WirePage>) -> Response {
    let kept = shared.lock().options.wire_log;
    let limit = page.limit.unwrap_or(50).min(500);
    let exchanges = Handle(shared).wire(page.before.unwrap_or(u64::MAX), limit);
    Json(json!({"kept": kept, "exchanges": exchanges})).into_response()
}

/// Server-sent events: the version of the world whenever it changed, at most five times a second.
async fn live(State(shared): Sim) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let end = Arc::clone(&shared);
    let events = futures::stream::unfold((shared, 0), |(shared, seen)| async move {
        loop {
            let version = shared.version();
            if version != seen {
                return Some((Ok(Event::default().data(version.to_string())), (shared, version)));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let events = events.take_until(async move { end.stopped().await });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn unknown() -> Problem {
    Problem(
        StatusCode::NOT_FOUND,
        "There is no such control; docs/simulator.md lists them.".into(),
    )
}

fn ok() -> Response {
    Json(json!({ "ok": true })).into_response()
}
