//! `/1/upload` and `/1/subscribe`: the reference product's public API, in its own shapes, so that a back end moves over
//! by changing the host name.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::Shared;
use super::routes::{Routes, routes};
use crate::app::sign_in::Client;
use crate::app::upload::{Refused, subscribe as act_subscribe, upload as act_upload};
use crate::app::{AppError, api_key};
use crate::domain::permission::Permission;
use crate::domain::upload::MOST_RECORDS;

/// Calls in flight at most.
const IN_FLIGHT: usize = 15;
/// Bytes of a body at most.
const BODY: usize = 32 << 20;

/// Routes, at the root.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(upload))
        .routes(routes!(subscribe))
        .around(|router| {
            router
                .layer(DefaultBodyLimit::max(BODY))
                .layer(Extension(Arc::new(Semaphore::new(IN_FLIGHT))))
        })
}

/// The answer to a call.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadAnswer {
    /// `success`, `partial` when some records were refused, `fail` when none was accepted.
    pub status: &'static str,
    /// Records that were accepted.
    pub processed: usize,
    /// Records that were refused.
    pub unprocessed: Vec<Unprocessed>,
    /// Why the whole call was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A record that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unprocessed {
    /// Always `fail`.
    pub status: &'static str,
    /// Why, as a number: 509 to 555.
    pub code: u16,
    /// Why.
    pub error: String,
    /// The record.
    #[schema(value_type = Object)]
    pub record: Value,
}

/// A call that is refused as a whole.
struct CallRefused(StatusCode, String);

impl IntoResponse for CallRefused {
    fn into_response(self) -> Response {
        let answer = UploadAnswer {
            status: "fail",
            processed: 0,
            unprocessed: Vec::new(),
            error: Some(self.1),
        };
        (self.0, Json(answer)).into_response()
    }
}

impl From<AppError> for CallRefused {
    fn from(error: AppError) -> Self {
        tracing::error!(%error, "upload");
        Self(
            StatusCode::SERVICE_UNAVAILABLE,
            "The database did not take the call: nothing was changed, try again".into(),
        )
    }
}

/// A caller with an account id and one of our API keys as passcode.
struct Passcode;

impl FromRequestParts<Shared> for Passcode {
    type Rejection = CallRefused;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, CallRefused> {
        let header = |name: &str| {
            let value = parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::trim);
            value.filter(|text| !text.is_empty())
        };
        let refuse = |text: &str| Err(CallRefused(StatusCode::UNAUTHORIZED, text.into()));
        if header("x-clevertap-account-id").is_none() {
            return refuse("The header X-CleverTap-Account-Id is missing: any text will do");
        }
        let Some(key) = header("x-clevertap-passcode") else {
            return refuse("The header X-CleverTap-Passcode is missing: it is an API key of this server");
        };
        let from = parts.extensions.get::<Client>().map(Client::shown);
        match api_key::authenticate(app, key, &from.unwrap_or_default()).await? {
            Some(row) if api_key::rights(&row)?.may(Permission::ProfilesWrite) => Ok(Self),
            Some(_) => Err(CallRefused(
                StatusCode::FORBIDDEN,
                "This API key may not write profiles: it lacks the permission profiles.write".into(),
            )),
            None => refuse("X-CleverTap-Passcode is not a living API key of this server"),
        }
    }
}

fn records(body: Result<Bytes, BytesRejection>) -> Result<Vec<Value>, CallRefused> {
    let refuse = |text: String| Err(CallRefused(StatusCode::BAD_REQUEST, text));
    let body = match body {
        Ok(body) => body,
        Err(e) => return refuse(format!("The body could not be read: {}", e.body_text())),
    };
    let mut value: Value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(e) => return refuse(format!("The body is not JSON (comments are not allowed): {e}")),
    };
    match value.get_mut("d").map(Value::take) {
        Some(Value::Array(records)) if records.len() > MOST_RECORDS => refuse(format!(
            "{} records are more than {MOST_RECORDS}: send several calls",
            records.len()
        )),
        Some(Value::Array(records)) => Ok(records),
        _ => refuse("The mandatory parameter d, a list of records, is missing".into()),
    }
}

fn answer(mut records: Vec<Value>, refused: Vec<Refused>) -> Json<UploadAnswer> {
    let processed = records.len() - refused.len();
    let status = match (processed, refused.len()) {
        (_, 0) => "success",
        (0, _) => "fail",
        _ => "partial",
    };
    let unprocessed = refused
        .into_iter()
        .map(|refused| Unprocessed {
            status: "fail",
            code: refused.refusal.code,
            error: refused.refusal.error,
            record: records
                .get_mut(refused.index)
                .map(Value::take)
                .unwrap_or_default(),
        })
        .collect();
    Json(UploadAnswer {
        status,
        processed,
        unprocessed,
        error: None,
    })
}

fn too_many() -> CallRefused {
    CallRefused(
        StatusCode::TOO_MANY_REQUESTS,
        format!("More than {IN_FLIGHT} calls are in flight: wait for one to end"),
    )
}

/// Uploads profiles and events in the reference's format, up to 1000 records. `MSG-whatsapp` is the profile's own flag
/// and does not lift an opt-out of the number; `MSG-dndWhatsApp` opts the number out (true) or lifts that (false).
#[utoipa::path(post, path = "/1/upload", tag = "Reference API", security(()),
    params(("X-CleverTap-Account-Id" = String, Header, description = "Any text"), ("X-CleverTap-Passcode" = String, Header, description = "An API key of this server")),
    request_body(content = Object, description = "`{\"d\": [records]}`"),
    responses((status = 200, body = UploadAnswer), (status = 400, body = UploadAnswer), (status = 401, body = UploadAnswer), (status = 429, body = UploadAnswer), (status = 503, body = UploadAnswer)))]
async fn upload(
    _: Passcode,
    State(app): State<Shared>,
    Extension(in_flight): Extension<Arc<Semaphore>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<UploadAnswer>, CallRefused> {
    let _permit = in_flight.try_acquire().map_err(|_| too_many())?;
    let records = records(body)?;
    let refused = act_upload(&app, &records).await?;
    Ok(answer(records, refused))
}

/// Unsubscribes and resubscribes numbers, up to 1000: every profile that shares a number is affected.
#[utoipa::path(post, path = "/1/subscribe", tag = "Reference API", security(()),
    params(("X-CleverTap-Account-Id" = String, Header, description = "Any text"), ("X-CleverTap-Passcode" = String, Header, description = "An API key of this server")),
    request_body(content = Object, description = "`{\"d\": [{\"type\": \"whatsapp\", \"value\": number, \"status\": \"Unsubscribe\"}]}`"),
    responses((status = 200, body = UploadAnswer), (status = 400, body = UploadAnswer), (status = 401, body = UploadAnswer), (status = 429, body = UploadAnswer), (status = 503, body = UploadAnswer)))]
async fn subscribe(
    _: Passcode,
    State(app): State<Shared>,
    Extension(in_flight): Extension<Arc<Semaphore>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<UploadAnswer>, CallRefused> {
    let _permit = in_flight.try_acquire().map_err(|_| too_many())?;
    let records = records(body)?;
    let refused = act_subscribe(&app, &records).await?;
    Ok(answer(records, refused))
}
