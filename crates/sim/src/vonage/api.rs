//! `/v1/messages`: who calls, what is asked, and what is answered.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::books::Sent;
use super::message::{self, Request};
use super::options::{Failure, Options};
use super::problem::Problem;
use super::{Shared, World, status, token};
use crate::media;
use crate::rng::Rng;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/messages", post(send))
        .route("/v1/messages/{id}", patch(mark))
        .route("/v3/media/{id}", get(file))
}

/// A UUID of version 4.
pub(super) fn uuid(rng: &mut Rng) -> String {
    let hex = format!("{:016x}{:016x}", rng.next(), rng.next());
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// Basic by key and secret, or the token of the application. `tokens_only`: as `PATCH` has it.
fn authorize(options: &Options, headers: &HeaderMap, now_ms: i64, tokens_only: bool) -> Result<(), Problem> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some(token) = given.strip_prefix("Bearer ") {
        let now = now_ms.div_euclid(1000);
        return token::check(token, &options.public_key, &options.application_id, now).map_err(|why| {
            tracing::debug!(why, "a token is refused");
            Problem::of(401)
        });
    }
    let pair = format!("{}:{}", options.api_key, options.api_secret);
    if !tokens_only && given == format!("Basic {}", STANDARD.encode(pair)) {
        return Ok(());
    }
    Err(Problem::of(401))
}

/// How an answer leaves.
enum Answer {
    Whole(Response),
    Hang,
}

async fn send(State(shared): State<Arc<Shared>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let (answer, pause) = {
        let mut world = shared.lock();
        world.books.counts.requests += 1;
        let pause = world.options.latency_ms;
        let answer = match decide(&shared, &mut world, &headers, &bytes) {
            Ok(answer) => answer,
            Err(problem) => {
                world.books.refuse(problem.status);
                Answer::Whole(problem.into_response())
            }
        };
        (answer, pause)
    };
    if pause > 0 {
        shared.sleep(Duration::from_millis(pause)).await;
    }
    match answer {
        Answer::Whole(response) => response,
        Answer::Hang => {
            shared.sleep(Duration::from_secs(3600)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
    }
}

fn decide(
    shared: &Arc<Shared>,
    world: &mut World,
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<Answer, Problem> {
    let micros = shared.clock.micros();
    let now_ms = shared.clock.epoch_ms(micros);
    authorize(&world.options, headers, now_ms, false)?;
    let request = message::read(bytes, &world.options.number)?;
    let failure = failure(world, &request.to);
    let retry_after = world.options.retry_after;
    match failure {
        Some(Failure::Refused(429)) => return Err(Problem::throttled(retry_after)),
        Some(Failure::Refused(status)) => return Err(Problem::of(status)),
        _ => {}
    }
    let full = world.options.limit_per_second;
    if full.is_some_and(|limit| world.books.window.count(micros) >= limit) {
        return Err(Problem::throttled(retry_after));
    }
    let id = accept(world, &request, micros);
    let fate = fate(world, &request, failure.as_ref(), now_ms);
    status::follow(shared, world, id.clone(), fate);
    let mut body = json!({ "message_uuid": id });
    if request.has_failover {
        body["workflow_id"] =
            format!("3TcNjguHxr2vcCZ9Ddsnq6tw8yQUpZ9rMHv9QXSx{:x}", world.rng.next()).into();
    }
    let page = |status: StatusCode, text: &'static str| Answer::Whole((status, Html(text)).into_response());
    if matches!(
        failure,
        Some(Failure::AcceptedThen502 | Failure::Garbage | Failure::Hang)
    ) {
        world.books.counts.accepted_without_answer += 1;
    }
    Ok(match failure {
        Some(Failure::AcceptedThen502) => page(StatusCode::BAD_GATEWAY, "<html>Bad Gateway</html>"),
        Some(Failure::Garbage) => page(StatusCode::OK, "<html>Welcome</html>"),
        Some(Failure::Hang) => Answer::Hang,
        _ => Answer::Whole((StatusCode::ACCEPTED, Json(body)).into_response()),
    })
}

fn failure(world: &mut World, to: &str) -> Option<Failure> {
    let scripted = world.books.scripts.pop_front();
    let by_ending = || {
        let fits = world
            .options
            .fail_suffix
            .iter()
            .find(|(ending, _)| to.ends_with(ending.as_str()));
        fits.map(|(_, failure)| failure.clone())
    };
    scripted.or_else(by_ending)
}

fn accept(world: &mut World, request: &Request, micros: u64) -> String {
    let id = uuid(&mut world.rng);
    let options = &world.options;
    let sent = Sent {
        n: 0,
        message_uuid: id.clone(),
        client_ref: request.client_ref.clone().unwrap_or_default(),
        to: request.to.clone(),
        message_type: request.kind.clone(),
        body: request.body.clone(),
        statuses: Vec::new(),
        acknowledged: Vec::new(),
        status_url: request.webhook_url.clone().or_else(|| options.status_url.clone()),
        version: request
            .webhook_version
            .clone()
            .unwrap_or_else(|| options.webhook_version.clone()),
    };
    world.books.accept(sent, micros);
    id
}

/// What becomes of a message that was accepted.
fn fate(world: &mut World, request: &Request, failure: Option<&Failure>, now_ms: i64) -> status::Fate {
    const DAY_MS: i64 = 86_400_000;
    match failure {
        Some(Failure::Rejected(code)) => return status::Fate::Rejected(*code),
        Some(Failure::Undeliverable) => return status::Fate::Undeliverable,
        _ => {}
    }
    let is_open = world
        .books
        .wrote
        .get(&request.to)
        .is_some_and(|at| now_ms - at < DAY_MS);
    match &request.template {
        None if world.options.enforce_window && !is_open => return status::Fate::Rejected(1340),
        Some(name) => {
            let known = world.options.templates.as_ref();
            if known.is_some_and(|known| !known.contains(name)) {
                return status::Fate::Rejected(1022);
            }
        }
        None => {}
    }
    let rate = world.options.read_rate;
    status::Fate::Delivered {
        read: world.rng.chance(rate),
    }
}

/// Marks a message of a customer as read.
async fn mark(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<StatusCode, Problem> {
    let mut world = shared.lock();
    authorize(&world.options, &headers, shared.clock.now_ms(), true)?;
    let body: Value = serde_json::from_slice(&bytes).map_err(|_| Problem::json())?;
    if body["status"] != "read" {
        return Err(Problem::parameter("status", "must be read"));
    }
    if !world.books.inbound.contains(&id) {
        return Err(Problem::of(404));
    }
    world.books.counts.marked_read += 1;
    Ok(StatusCode::ACCEPTED)
}

/// A file that a customer sent; the application's token opens it.
async fn file(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    authorize(&shared.lock().options, &headers, shared.clock.now_ms(), true)?;
    let file = media::sample(&id).ok_or_else(|| Problem::of(404))?;
    Ok(([(header::CONTENT_TYPE, file.mime)], file.bytes).into_response())
}
