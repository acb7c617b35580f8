//! What handlers take: the caller, ids, JSON with helpful errors, and acts that happen once.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Shared;
use super::problem::Problem;
use crate::app::idempotency::{self, Asked};
use crate::app::{AppError, api_key};
use crate::domain::id::Kind;
use crate::store::Tx;
use crate::store::idempotency::KeptAnswer;

/// Who calls: a living API key.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Id of the key.
    pub api_key_id: i64,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let given = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok());
        let key = given.and_then(|v| v.strip_prefix("Bearer ").or_else(|| v.strip_prefix("bearer ")));
        let Some(key) = key else {
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "no_api_key",
                "The request carries no API key.",
                "Send `Authorization: Bearer hk_...`. `harkara key create NAME` makes a key.",
            ));
        };
        match api_key::authenticate(app, key.trim()).await? {
            Some(row) => Ok(Self { api_key_id: row.id }),
            None => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "bad_api_key",
                "This API key is not known, or was revoked.",
                "Check it for a missing character, or make a new one with `harkara key create NAME`.",
            )),
        }
    }
}

/// A JSON body read into `T`, with what makes the request repeatable. Wrong JSON is a 400 or 422 that names the place.
#[derive(Debug)]
pub struct Body<T> {
    /// The value.
    pub value: T,
    /// Who asks for what, for [`once`].
    pub asked: Asked,
}

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let key = parts
            .headers
            .get("idempotency-key")
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned);
        if key.as_ref().is_some_and(|k| k.is_empty() || k.len() > 200) {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "bad_idempotency_key",
                "The Idempotency-Key must have 1 to 200 characters.",
                "A random UUID is a good key.",
            ));
        }
        let method = parts.method.clone();
        let path = parts.uri.path().to_owned();
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|e| {
                Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "body_too_large",
                    format!("The body could not be read: {e}"),
                    "Send at most 2 MB of JSON; large files go to /api/v1/imports.",
                )
            })?;
        let asked = Asked::new(caller.api_key_id, key, method.as_str(), &path, &bytes);
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        let value = serde_json::from_slice(text).map_err(|e| {
            let status = if e.is_data() {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::BAD_REQUEST
            };
            Problem::new(
                status,
                if e.is_data() { "invalid" } else { "not_json" },
                format!("The body does not fit: {e}."),
                "GET /api/v1/openapi.json describes every body.",
            )
        })?;
        Ok(Self { value, asked })
    }
}

/// An id of some kind from the path.
pub fn path_id(kind: Kind, what: &'static str, Path(text): Path<String>) -> Result<i64, Problem> {
    kind.read(&text).ok_or_else(|| AppError::NotFound(what).into())
}

/// Carries out an act in one write transaction; with an idempotency key, at most once. The act returns the status and
/// the JSON body of its answer.
pub async fn once<T, F>(app: &Shared, asked: &Asked, act: F) -> Result<Response, Problem>
where
    T: Serialize,
    F: AsyncFnOnce(&mut Tx) -> Result<(StatusCode, T), AppError>,
{
    let mut tx = app.db.write().await?;
    if let Some(kept) = idempotency::earlier(&mut tx, asked).await? {
        return Ok(replay(&kept));
    }
    let (status, value) = act(&mut tx).await?;
    let body = serde_json::to_string(&value).map_err(|e| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unwritable",
            e.to_string(),
            "Please report this as a bug.",
        )
    })?;
    idempotency::remember(app, &mut tx, asked, status.as_u16(), &body).await?;
    tx.commit().await?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

fn replay(kept: &KeptAnswer) -> Response {
    let status = u16::try_from(kept.status)
        .ok()
        .and_then(|s| StatusCode::from_u16(s).ok())
        .unwrap_or(StatusCode::OK);
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-replayed", "true"),
    ];
    (status, headers, kept.body.clone()).into_response()
}

/// Answer for a path that is not there.
pub async fn no_such_path(request: Request) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_such_path",
        format!(
            "There is nothing at {} {}.",
            request.method(),
            request.uri().path()
        ),
        "GET /api/v1/openapi.json lists every path.",
    )
}
