//! `/callbacks/{token}/inbound` and `/callbacks/{token}/reports`: what providers tell us. Either takes either kind; a
//! callback is durable before it is answered, and read afterwards.

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use futures::StreamExt;
use harkara_provider::{Callback, Reject};

use super::Shared;
use super::problem::Problem;
use crate::app::account::{CHECK_HEADER, reserved};
use crate::app::callback_log::{NotKept, door, keep};
use crate::app::{App, AppError, arrival};
use crate::store::callback::Raw;
use crate::store::to_json;

/// Bytes of a body at most.
const BODY_LIMIT: usize = 1024 * 1024;
/// The answer to what was kept.
const KEPT: &str = r#"{"status":"success"}"#;
/// Bytes of a kept header value at most.
const HEADER_LIMIT: usize = 2048;

/// Routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/callbacks/{token}/inbound", any(take))
        .route("/callbacks/{token}/reports", any(take))
}

async fn take(
    State(app): State<Shared>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let known = match door(&app, &token).await {
        Ok(known) => known,
        // Whatever keeps us from it is ours to mend: the provider must not take it for its own fault and give up.
        Err(AppError::Store(error)) => return Err(not_kept(&NotKept::Storage(error.to_string()))),
        Err(error) => {
            tracing::error!(%error, "a callback cannot be taken");
            return Err(not_kept(&NotKept::Storage(error.to_string())));
        }
    };
    if let Some(answer) = ours(&app, &token, known.is_some(), &request) {
        return Ok(answer);
    }
    let Some(account) = known else {
        return early(&app, &token, request).await;
    };
    if matches!(*request.method(), Method::HEAD | Method::OPTIONS) {
        return Ok(StatusCode::OK.into_response());
    }
    let (parts, body) = request.into_parts();
    let body = read(body).await?;
    let headers: Vec<(String, String)> = parts.headers.iter().map(text).collect();
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
    let row = Raw {
        id: app.id(),
        account_id: account.row.id,
        method: parts.method.as_str().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        content_type: content_type.unwrap_or_default(),
        headers: to_json(&worth_keeping(&parts.headers)),
        body,
    };
    let call = Callback {
        method: arrival::method(&row.method),
        query: &row.query,
        content_type: &row.content_type,
        headers: &headers,
        body: &row.body,
        at: app.now(),
    };
    if let Err(reject @ Reject::Signature(_)) = account.provider.verify(&account.account, &call) {
        app.callback_log
            .refuse(account.row.id, reject.to_string(), call.at);
        app.wake_callbacks.notify_one();
        tracing::warn!(account = account.row.nickname, %reject, "callback refused");
        return Err(Problem::new(
            // When it is our secret that is wrong, the callback is a true one: this answer is what every provider takes
            // as a request to send it again.
            StatusCode::SERVICE_UNAVAILABLE,
            "bad_signature",
            "The signature of this callback does not match.",
            "Check the signing secret in the account's settings, and that nothing between changes the body.",
        ));
    }
    keep(&app, row).await.map_err(|e| not_kept(&e))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], KEPT).into_response())
}

/// The answer to ourselves when we look whether a callback URL leads here: it brings nothing, so nothing is kept of it.
fn ours(app: &App, token: &str, known: bool, request: &Request) -> Option<Response> {
    let nonce = request.headers().get(CHECK_HEADER)?;
    let plain = nonce.len() <= 64 && nonce.as_bytes().iter().all(u8::is_ascii_alphanumeric);
    let empty = request.uri().query().is_none() && request.body().is_end_stream();
    let brings_nothing = *request.method() == Method::GET && empty;
    if !plain || !brings_nothing || !(known || reserved(app, token).is_some()) {
        return None;
    }
    Some((StatusCode::OK, [(CHECK_HEADER, nonce.clone())]).into_response())
}

/// A callback for an account that is not saved yet, or never will be. What brings nothing is only a look whether somebody is
/// there, as some consoles take before they accept a URL; anything else must come again.
async fn early(app: &Shared, token: &str, request: Request) -> Result<Response, Problem> {
    if reserved(app, token).is_none() {
        return Err(unknown());
    }
    let (parts, body) = request.into_parts();
    let inbound = parts.uri.path().ends_with("/inbound");
    app.callback_log.early.note(token, inbound, app.now());
    let look = matches!(parts.method, Method::HEAD | Method::OPTIONS);
    if look || (parts.uri.query().unwrap_or_default().is_empty() && read(body).await?.is_empty()) {
        return Ok(StatusCode::OK.into_response());
    }
    Err(Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "account_not_saved",
        "The account of this callback URL is not saved yet.",
        "Save the account in the settings, and send it again.",
    ))
}

/// The body, or a sentence when it is too large.
async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|e| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "body_broken",
                format!("The body broke off: {e}."),
                "Send it again.",
            )
        })?;
        if bytes.len() + chunk.len() > BODY_LIMIT {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "A callback has at most 1 MiB.",
                "Send fewer events in one callback.",
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn text((name, value): (&header::HeaderName, &header::HeaderValue)) -> (String, String) {
    (
        name.as_str().to_owned(),
        String::from_utf8_lossy(value.as_bytes()).into_owned(),
    )
}

/// The headers that help to understand a callback later. Never one that carries a secret as it is: the signature was
/// checked, and `authorization` is of no use after that.
fn worth_keeping(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| **name == header::USER_AGENT || name.as_str().contains("signature"))
        .map(text)
        .filter(|(_, value)| value.len() <= HEADER_LIMIT)
        .collect()
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown_callback_url",
        "No account has this callback URL.",
        "Copy the callback URLs from the account's settings; an account that was deleted has none.",
    )
}

fn not_kept(why: &NotKept) -> Problem {
    tracing::error!(%why, "a callback was not kept");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not_kept",
        "The callback could not be made durable.",
        "Send it again; check disk space and the database.",
    )
}
