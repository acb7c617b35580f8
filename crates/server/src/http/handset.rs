//! `/api/v1/handset`: the phones of the demo's people, and what goes wrong at its simulated provider. What is asked here is
//! asked of the simulator inside this server.

use std::collections::HashMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::Caller;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::store::demo;

/// Bytes of a request at most: media that a person sends.
const LIMIT: usize = 32 << 20;
/// Options that a person may change. Not where the simulator sends its callbacks: it would send them anywhere.
const CHANGEABLE: &[&str] = &[
    "latency_ms",
    "latency_jitter_ms",
    "limit_per_second",
    "report_delay_ms",
    "report_loss",
    "report_reorder",
    "report_duplicates",
    "report_batch",
    "read_rate",
    "fail_503",
    "fail_500_accepted",
    "fail_100",
    "hang",
    "hang_ms",
    "fail_suffix",
    "block_hsm_ip",
    "block_two_way_ip",
    "enforce_opt_in",
    "enforce_window",
    "template_approval_ms",
    "template_reject_word",
    "wire_log",
];

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(customers))
        .routes(routes!(chat))
        .routes(routes!(live))
        .routes(routes!(wire))
        .routes(routes!(inbound))
        .routes(routes!(read))
        .routes(routes!(click))
        .routes(routes!(failures, fail, heal))
        .routes(routes!(options, change))
        .routes(routes!(upload))
        .routes(routes!(media))
}

/// The phones.
#[derive(Debug, Serialize, ToSchema)]
struct Handsets {
    /// The business's number, digits.
    number: String,
    /// The person of the story first, then those who got something last, then the others.
    customers: Vec<Handset>,
}

/// A phone.
#[derive(Debug, Serialize, ToSchema)]
struct Handset {
    /// Its number, digits.
    customer: String,
    /// Whose it is, when a profile tells.
    name: String,
    /// Words of the last message; empty when there is none.
    last: String,
    /// When it came, milliseconds since 1970 UTC.
    at: Option<i64>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// A part of the name or the number.
    q: Option<String>,
}

/// The phones of the demo's people.
#[utoipa::path(get, path = "/handset/customers", tag = "Handset", params(Wanted), responses((status = 200, body = Handsets), (status = 404, body = Problem)))]
async fn customers(
    _: Caller,
    State(app): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Handsets>, Problem> {
    let (simulator, _) = app.demo.simulator().await.ok_or_else(no_handset)?;
    let used = simulator.customers();
    let mut tx = app.db.read().await?;
    let people = demo::phones(&mut tx).await?;
    let phones: Vec<String> = used.iter().map(|c| format!("+{}", c.customer)).collect();
    let names: HashMap<String, String> = demo::names(&mut tx, &phones)
        .await?
        .into_iter()
        .rev()
        .map(|row| (row.phone, row.name))
        .collect();
    let mut shown: Vec<Handset> = used
        .into_iter()
        .map(|c| Handset {
            name: names
                .get(&format!("+{}", c.customer))
                .cloned()
                .or(c.name)
                .unwrap_or_default(),
            customer: c.customer,
            last: c.last,
            at: Some(c.at),
        })
        .collect();
    for person in &people {
        let digits = person.phone.trim_start_matches('+');
        if !shown.iter().any(|h| h.customer == digits) {
            shown.push(Handset {
                customer: digits.to_owned(),
                name: person.name.clone(),
                last: String::new(),
                at: None,
            });
        }
    }
    let first = people.first().map(|p| p.phone.trim_start_matches('+').to_owned());
    shown.sort_by_key(|h| Some(&h.customer) != first.as_ref());
    if let Some(q) = wanted.q.map(|q| q.trim().to_lowercase()) {
        let digits = q.trim_start_matches('+');
        shown.retain(|h| h.name.to_lowercase().contains(&q) || h.customer.contains(digits));
    }
    let number = simulator.options().number;
    Ok(Json(Handsets {
        number,
        customers: shown,
    }))
}

/// What is on a phone, oldest first: `{customer, name, messages}`.
#[utoipa::path(get, path = "/handset/customers/{number}", tag = "Handset", params(("number" = String, Path, description = "Digits")), responses((status = 200, body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn chat(_: Caller, State(app): State<Shared>, Path(number): Path<String>) -> Result<Response, Problem> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    ask(
        &app,
        Method::GET,
        &format!("/__sim/customers/{digits}"),
        None,
        Body::empty(),
    )
    .await
}

/// Server-sent events: a number that rises whenever something changed on any phone.
#[utoipa::path(get, path = "/handset/live", tag = "Handset", responses((status = 200, content_type = "text/event-stream", body = String), (status = 404, body = Problem)))]
async fn live(_: Caller, State(app): State<Shared>) -> Result<Response, Problem> {
    let mut response = ask(&app, Method::GET, "/__sim/live", None, Body::empty()).await?;
    let headers = response.headers_mut();
    headers.insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    // An open page does not keep the server from stopping.
    let stop = app.shutdown.clone().cancelled_owned();
    Ok(response.map(|body| Body::from_stream(body.into_data_stream().take_until(stop))))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WirePage {
    /// Only what came before the one of this number `n`.
    before: Option<u64>,
    /// Rows at most, 1 to 500; 50 when not given.
    limit: Option<u64>,
}

/// What went between this server and its simulated provider, newest first, without passwords and tokens:
/// `{kept, exchanges: [{n, at, direction, method, url, content_type, body, status, answer, took_ms}]}`.
#[utoipa::path(get, path = "/handset/wire", tag = "Handset", params(WirePage), responses((status = 200, body = Value), (status = 404, body = Problem)))]
async fn wire(
    _: Caller,
    State(app): State<Shared>,
    Query(page): Query<WirePage>,
) -> Result<Response, Problem> {
    let before = page.before.unwrap_or(u64::MAX);
    let limit = page.limit.unwrap_or(50).clamp(1, 500);
    let path = format!("/__sim/wire?before={before}&limit={limit}");
    ask(&app, Method::GET, &path, None, Body::empty()).await
}

/// A person writes: `{customer, type, text, ..}`.
#[utoipa::path(post, path = "/handset/inbound", tag = "Handset", request_body = Value, responses((status = 200, body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn inbound(_: Caller, State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    pass(&app, "/__sim/inbound", request).await
}

/// A person reads what arrived, or one message: `{customer, id}`.
#[utoipa::path(post, path = "/handset/read", tag = "Handset", request_body = Value, responses((status = 200, body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn read(_: Caller, State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    pass(&app, "/__sim/read", request).await
}

/// A person taps the link of a message's button: `{id, button}`.
#[utoipa::path(post, path = "/handset/click", tag = "Handset", request_body = Value, responses((status = 200, body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn click(_: Caller, State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    pass(&app, "/__sim/click", request).await
}

/// What goes wrong for numbers with certain endings: `{fail_suffix: [[ending, kind], ..]}`.
#[utoipa::path(get, path = "/handset/fail", tag = "Handset", responses((status = 200, body = Value), (status = 404, body = Problem)))]
async fn failures(_: Caller, State(app): State<Shared>) -> Result<Json<Value>, Problem> {
    let (simulator, _) = app.demo.simulator().await.ok_or_else(no_handset)?;
    Ok(Json(json!({"fail_suffix": simulator.options().fail_suffix})))
}

/// Lets the next sends fail, `{next, kind}`, or those to numbers with an ending, `{suffix, kind}`.
#[utoipa::path(post, path = "/handset/fail", tag = "Handset", request_body = Value, responses((status = 200, body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn fail(_: Caller, State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    pass(&app, "/__sim/fail", request).await
}

/// Nothing fails on purpose any more.
#[utoipa::path(delete, path = "/handset/fail", tag = "Handset", responses((status = 200, body = Value), (status = 404, body = Problem)))]
async fn heal(_: Caller, State(app): State<Shared>) -> Result<Response, Problem> {
    ask(&app, Method::DELETE, "/__sim/fail", None, Body::empty()).await
}

/// How the simulated provider behaves, as far as it can be changed.
#[utoipa::path(get, path = "/handset/config", tag = "Handset", responses((status = 200, body = Value), (status = 404, body = Problem)))]
async fn options(_: Caller, State(app): State<Shared>) -> Result<Json<Value>, Problem> {
    let (simulator, _) = app.demo.simulator().await.ok_or_else(no_handset)?;
    let mut all = json!(simulator.options());
    if let Some(all) = all.as_object_mut() {
        all.retain(|key, _| CHANGEABLE.contains(&key.as_str()));
    }
    Ok(Json(all))
}

/// Changes how it behaves: what the body names, the rest stays.
#[utoipa::path(post, path = "/handset/config", tag = "Handset", request_body = Value, responses((status = 200, body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(caller: Caller, State(app): State<Shared>, bytes: Bytes) -> Result<Json<Value>, Problem> {
    let asked: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let Some(named) = asked.as_object() else {
        return Err(unfit("The body is an object with the options to change."));
    };
    if let Some(key) = named.keys().find(|key| !CHANGEABLE.contains(&key.as_str())) {
        return Err(unfit(format!(
            "{key} is none of the options that can be changed."
        )));
    }
    ask(&app, Method::POST, "/__sim/config", None, Body::from(bytes)).await?;
    options(caller, State(app)).await
}

/// Takes a file that a person will send; `Content-Type` says what it is. Answers `{media}`, the id for `/handset/inbound`.
#[utoipa::path(post, path = "/handset/media", tag = "Handset", request_body(content = String, content_type = "application/octet-stream"), responses((status = 200, body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn upload(_: Caller, State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    pass(&app, "/__sim/media", request).await
}

/// A file that a person sent; the query is that of the link in the message.
#[utoipa::path(get, path = "/handset/media/{id}", tag = "Handset", params(("id" = String, Path)), responses((status = 200, content_type = "application/octet-stream", body = String), (status = 404, body = Problem)))]
async fn media(
    _: Caller,
    State(app): State<Shared>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !id.chars().all(plain) {
        return Err(unfit("The id of a file has letters, digits and hyphens only."));
    }
    let query = request.uri().query().unwrap_or_default();
    let mut response = ask(
        &app,
        Method::GET,
        &format!("/media/{id}?{query}"),
        None,
        Body::empty(),
    )
    .await?;
    // Whatever the file says that it is, it must not act as a page of ours.
    let safe = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in safe {
        response
            .headers_mut()
            .insert(name, header::HeaderValue::from_static(value));
    }
    Ok(response)
}

/// Hands a request with its body on.
async fn pass(app: &Shared, path: &str, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LIMIT)
        .await
        .map_err(|_| unfit("The body is larger than 32 MiB."))?;
    ask(app, parts.method, path, Some(&parts.headers), Body::from(bytes)).await
}

async fn ask(
    app: &Shared,
    method: Method,
    path: &str,
    headers: Option<&HeaderMap>,
    body: Body,
) -> Result<Response, Problem> {
    let (_, router) = app.demo.simulator().await.ok_or_else(no_handset)?;
    let mut request = Request::builder().method(method).uri(path);
    if let Some(kind) = headers.and_then(|h| h.get(header::CONTENT_TYPE)) {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    let request = request.body(body).map_err(|e| unfit(format!("{e}.")))?;
    told(answer(router, request).await).await
}

async fn answer(router: Router, request: Request) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What the simulator refuses is told as everything else is.
async fn told(response: Response) -> Result<Response, Problem> {
    let status = response.status();
    let (parts, body) = response.into_parts();
    if status.is_success() {
        let kind = parts.headers.get(header::CONTENT_TYPE).cloned();
        let mut response = (status, body).into_response();
        if let Some(kind) = kind {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        return Ok(response);
    }
    let said = to_bytes(body, 4096).await.unwrap_or_default();
    let said: Value = serde_json::from_slice(&said).unwrap_or_default();
    let sentence = said["error"].as_str().unwrap_or("The simulator refused this.");
    Err(Problem::new(
        status,
        "handset_refused",
        sentence,
        "docs/simulator.md describes what the simulator takes.",
    ))
}

fn unfit(sentence: impl Into<String>) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "handset_refused",
        sentence,
        "docs/simulator.md describes what the simulator takes.",
    )
}

pub(super) fn no_handset() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_handset",
        "There is no simulated phone: the demo is not on in this server.",
        "Switch it on with POST /api/v1/demo, or start `harkara demo`.",
    )
}
