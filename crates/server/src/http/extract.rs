//! What handlers take: the caller, ids, JSON with helpful errors, and acts that happen once.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Shared;
pub use super::access::Caller;
use super::problem::Problem;
use crate::app::audit::{Before, id_kind};
use crate::app::{AppError, idempotency};
use crate::domain::id::Kind;
use crate::store::Tx;
use crate::store::idempotency::KeptAnswer;

/// Who asks, for what.
#[derive(Debug)]
pub struct Asked {
    /// Who.
    pub caller: Caller,
    /// For what, so that it happens once.
    pub request: idempotency::Asked,
    /// The ids in the path.
    path: String,
}

impl Asked {
    /// The id in the path of an object that an action is about.
    fn object(&self, action: &str) -> Option<i64> {
        let kind = id_kind(action)?;
        self.path.split('/').find_map(|part| kind.read(part))
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

/// The JSON body of a request that everybody may make.
#[derive(Debug)]
pub struct OpenBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for OpenBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        Ok(Self(read(&bytes(request, app).await?)?))
    }
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
        let bytes = bytes(Request::from_parts(parts, body), app).await?;
        let request = idempotency::Asked::new(caller.actor.id, key, method.as_str(), &path, &bytes);
        let asked = Asked {
            caller,
            request,
            path,
        };
        Ok(Self {
            value: read(&bytes)?,
            asked,
        })
    }
}

async fn bytes(request: Request, app: &Shared) -> Result<Bytes, Problem> {
    Bytes::from_request(request, app).await.map_err(|e| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body could not be read: {e}"),
            "Send at most 2 MB of JSON; large files go to /api/v1/imports.",
        )
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    serde_json::from_slice(text).map_err(|e| {
        let (status, code) = if e.is_data() {
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
        } else {
            (StatusCode::BAD_REQUEST, "not_json")
        };
        Problem::new(
            status,
            code,
            format!("The body does not fit: {e}."),
            "GET /api/v1/openapi.json describes every body.",
        )
    })
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
    if let Some(kept) = idempotency::earlier(&mut tx, &asked.request).await? {
        // What can be seen may not be durable yet; what is committed after it is durable after it.
        tx.commit().await?;
        return Ok(replay(&kept));
    }
    let caller = &asked.caller;
    let action = caller.act_name();
    let object = action.and_then(|action| asked.object(action));
    let before = caller.before(&mut tx, object).await?;
    let (status, value) = act(&mut tx).await?;
    let body = serde_json::to_string(&value).map_err(|e| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unwritable",
            e.to_string(),
            "Please report this as a bug.",
        )
    })?;
    if let Some(action) = action {
        let made = object.or_else(|| answered(action, &body));
        // What was there already, and was found by another name than its id, was not looked at before.
        let before = match before {
            Before::New if status == StatusCode::OK => Before::Unknown,
            before => before,
        };
        caller.note(app, &mut tx, before, made).await?;
    }
    idempotency::remember(app, &mut tx, &asked.request, status.as_u16(), &body).await?;
    tx.commit().await?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// The id in an answer of the object that an action is about.
fn answered(action: &str, body: &str) -> Option<i64> {
    let kind = id_kind(action)?;
    let body: Value = serde_json::from_str(body).ok()?;
    let named = format!("{}_id", action.split('.').next()?);
    let inner = body
        .get(action.split('.').next()?)
        .and_then(|object| object.get("id"));
    let found = body
        .get("id")
        .or_else(|| body.get(&named))
        .or(inner)
        .and_then(Value::as_str);
    kind.read(found?)
}

/// Carries out an act that reaches outside, so that no transaction holds it together: `ready` looks whether it can be, `act`
/// does it and always has an answer. With an idempotency key it is begun at most once; when nobody knows how it ended, that is
/// told rather than done again. It goes on when the caller does not wait for it.
pub async fn at_most_once<R, T, A>(
    app: &Shared,
    asked: &Asked,
    ready: impl Future<Output = Result<R, AppError>>,
    act: impl FnOnce(R) -> A,
) -> Result<Response, Problem>
where
    T: Serialize,
    A: Future<Output = T> + Send + 'static,
{
    let mut tx = app.db.read().await?;
    let kept = idempotency::earlier(&mut tx, &asked.request).await?;
    drop(tx);
    if let Some(kept) = kept {
        app.db.write().await?.commit().await?;
        return Ok(replay(&kept));
    }
    let ready = ready.await?;
    if let Some(kept) = idempotency::begin(app, &asked.request).await? {
        return Ok(replay(&kept));
    }
    // Noted before it is done: it may have happened even when its answer never comes.
    if asked.caller.act_name().is_some() {
        let mut tx = app.db.write().await?;
        asked.caller.note(app, &mut tx, Before::New, None).await?;
        tx.commit().await?;
    }
    let (act, app, asked) = (act(ready), app.clone(), asked.request.clone());
    let done = tokio::spawn(async move {
        let body = serde_json::to_string(&act.await).unwrap_or_default();
        if let Err(error) = idempotency::finish(&app, &asked, StatusCode::OK.as_u16(), &body).await {
            tracing::error!(%error, "the answer of an act was not kept; its key says so");
        }
        body
    });
    let body = done.await.map_err(|_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed_inside",
            "The program failed in the middle.",
            "Nobody can say whether anything left. Please report this as a bug.",
        )
    })?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], body).into_response())
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
