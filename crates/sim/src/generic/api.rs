//! `POST /send` and `GET /templates`: who calls, what is asked, and what is answered.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::books::Sent;
use super::format::{self, Finding, Request};
use super::options::{Failure, Options};
use super::status::Fate;
use super::{Shared, World, status, templates};
use crate::media;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/send", post(send))
        .route("/templates", get(list))
        .route("/media/{id}", get(file))
}

/// A refusal: the HTTP status, the code that counts, and the published body.
struct Refusal(u16, u32, Value);

impl Refusal {
    fn code(code: u32, message: impl Into<String>) -> Self {
        let error = json!({ "code": code, "message": message.into() });
        Self(200, code, json!({ "status": "failure", "error": error }))
    }

    fn status(status: u16) -> Self {
        let body = match status {
            429 => json!({ "message": "Too many requests to process" }),
            403 => json!({ "message": "Bad Request" }),
            _ => json!({ "status": "failure", "error": { "message": "Unable to process the request" } }),
        };
        Self(status, u32::from(status), body)
    }

    /// A number, the components, or something else.
    fn mistakes(wrong: &[Finding]) -> Self {
        let code = match wrong.first().map_or("", |first| first.at.as_str()) {
            "/to" => 2002,
            at if at.starts_with("/components") || at.starts_with("/template") => 2001,
            _ => 2004,
        };
        let told: Vec<String> = wrong
            .iter()
            .map(|one| format!("{}: {}", one.at, one.what))
            .collect();
        Self::code(code, told.join(" "))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.2)).into_response()
    }
}

fn authorized(options: &Options, headers: &HeaderMap) -> bool {
    let has = |name: &str, value: &str| {
        headers
            .get(name)
            .is_some_and(|given| given.as_bytes() == value.as_bytes())
    };
    let basic = options.basic.as_ref().is_none_or(|(user, password)| {
        let code = STANDARD.encode(format!("{user}:{password}"));
        has(header::AUTHORIZATION.as_str(), &format!("Basic {code}"))
    });
    basic && options.headers.iter().all(|(name, value)| has(name, value))
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
        world.books.open += 1;
        let open = world.books.open;
        world.books.counts.max_concurrent = world.books.counts.max_concurrent.max(open);
        let pause = world.options.latency_ms;
        let answer = match decide(&shared, &mut world, &headers, &bytes) {
            Ok(answer) => answer,
            Err(refusal) => {
                world.books.refuse(refusal.1);
                Answer::Whole(refusal.into_response())
            }
        };
        (answer, pause)
    };
    let _open = Open(Arc::clone(&shared));
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

/// A request that is being answered; it ends also when the caller hangs up.
struct Open(Arc<Shared>);

impl Drop for Open {
    fn drop(&mut self) {
        let mut world = self.0.lock();
        world.books.open = world.books.open.saturating_sub(1);
    }
}

fn decide(
    shared: &Arc<Shared>,
    world: &mut World,
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<Answer, Refusal> {
    let micros = shared.clock.micros();
    if !authorized(&world.options, headers) {
        return Err(Refusal::code(2000, "Invalid Credentials"));
    }
    let request = match format::read(bytes) {
        Ok(request) => request,
        Err(found) => {
            let refusal = Refusal::mistakes(&found.wrong);
            world.books.mistake(found.wrong, bytes);
            return Err(refusal);
        }
    };
    if request.is_validation() {
        world.books.counts.validations += 1;
        return Ok(Answer::Whole(success()));
    }
    let failure = failure(world, &request.to);
    match failure {
        Some(Failure::Refused(status)) => return Err(Refusal::status(status)),
        Some(Failure::Error(code)) => {
            return Err(Refusal::code(code, "The simulator was told to refuse this."));
        }
        _ => {}
    }
    let options = &world.options;
    let (rate, most) = (options.limit_per_second, options.max_concurrent);
    let is_full = rate.is_some_and(|limit| world.books.window.count(micros) >= limit);
    if is_full || most.is_some_and(|most| world.books.open > most) {
        return Err(Refusal::status(429));
    }
    if request.body["wabaNumber"]
        .as_str()
        .map(|n| n.trim_start_matches('+'))
        != Some(&world.options.number)
    {
        return Err(Refusal::code(2004, "wabaNumber is not a number of this account"));
    }
    if let Some(why) = templates::mismatch(world, &request) {
        return Err(Refusal::code(2001, why));
    }
    let fate = fate(world, &request, failure.as_ref(), shared.clock.epoch_ms(micros));
    let msg_id = request.msg_id.clone();
    accept(world, request, micros);
    status::follow(shared, world, msg_id, fate);
    Ok(answer(world, failure))
}

fn answer(world: &mut World, failure: Option<Failure>) -> Answer {
    let page = |status: StatusCode, text: &'static str| Answer::Whole((status, Html(text)).into_response());
    let answer = match failure {
        Some(Failure::AcceptedThen500) => page(StatusCode::INTERNAL_SERVER_ERROR, "<html>Error</html>"),
        Some(Failure::Garbage) => page(StatusCode::OK, "<html>Welcome</html>"),
        Some(Failure::Hang) => Answer::Hang,
        _ => return Answer::Whole(success()),
    };
    world.books.counts.accepted_without_answer += 1;
    answer
}

fn success() -> Response {
    Json(json!({ "status": "success" })).into_response()
}

fn failure(world: &mut World, to: &str) -> Option<Failure> {
    let scripted = world.books.scripts.pop_front();
    scripted.or_else(|| {
        let mut endings = world.options.fail_suffix.iter();
        let fits = endings.find(|(ending, _)| to.ends_with(ending.as_str()));
        fits.map(|(_, failure)| failure.clone())
    })
}

fn accept(world: &mut World, request: Request, micros: u64) {
    let sent = Sent {
        n: 0,
        msg_id: request.msg_id,
        to: request.to,
        kind: request.kind,
        body: request.body,
        notes: request.notes,
        statuses: Vec::new(),
        acknowledged: Vec::new(),
    };
    world.books.accept(sent, micros);
}

/// What becomes of a message that was accepted.
fn fate(world: &mut World, request: &Request, failure: Option<&Failure>, now_ms: i64) -> Fate {
    const DAY_MS: i64 = 86_400_000;
    if let Some(Failure::Failed(code)) = failure {
        return Fate::Failed(*code);
    }
    let wrote = world.books.wrote.get(&request.to);
    let is_open = wrote.is_some_and(|at| now_ms - at < DAY_MS);
    if request.template.is_none() && world.options.enforce_window && !is_open {
        return Fate::Failed(1008);
    }
    let rate = world.options.read_rate;
    Fate::Delivered {
        read: world.rng.chance(rate),
    }
}

#[derive(Deserialize)]
struct Listing {
    limit: Option<usize>,
    after: Option<String>,
}

async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(query): Query<Listing>,
) -> Response {
    let mut world = shared.lock();
    if !authorized(&world.options, &headers) {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "message": "Invalid Credentials" })),
        )
            .into_response();
    }
    world.books.counts.template_pages += 1;
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    match templates::page(&world, &shared.base_url, limit, query.after.as_deref()) {
        Ok(page) => Json(page).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, Json(json!({ "message": why }))).into_response(),
    }
}

/// A file that a customer sent.
async fn file(Path(id): Path<String>) -> Response {
    match media::sample(&id) {
        Some(file) => ([(header::CONTENT_TYPE, file.mime)], file.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
