//! Errors on the wire: RFC 9457 `application/problem+json` with a stable `code` and a sentence of help.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::AppError;

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer to the field.
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// A change by somebody else.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemChange {
    /// Who, when that is known.
    pub by: Option<String>,
    /// When, milliseconds since 1970 UTC: the version that is there now.
    pub at: i64,
}

/// An error, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells them apart.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Stable code, such as `not_found`.
    pub code: String,
    /// What happened, in short.
    pub title: String,
    /// What happened, in a sentence.
    pub detail: String,
    /// What to do.
    pub help: String,
    /// Who changed it meanwhile, with `changed_meanwhile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<ProblemChange>,
    /// Wrong fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// Seconds to wait, for the header.
    #[serde(skip)]
    pub retry_after: Option<i64>,
}

impl Problem {
    /// Builds one.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            status: status.as_u16(),
            code: code.to_owned(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            detail: detail.into(),
            help: help.into(),
            changed: None,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// The cursor of a listing cannot be read.
    pub fn bad_cursor() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad_cursor",
            "The cursor is not one of ours.",
            "Use `next_cursor` of the page before as it is, or leave it out for the first page.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        if let Some(seconds) = retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::new(
                StatusCode::NOT_FOUND,
                "not_found",
                format!("There is no {what} with this id."),
                "Check the id; the list endpoint shows the ones there are.",
            ),
            AppError::Gone(detail) => Self::new(
                StatusCode::GONE,
                "gone",
                detail,
                "Nothing brings it back but a backup of the database.",
            ),
            AppError::Invalid(fields) => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    if fields.len() == 1 {
                        "One field is not right.".into()
                    } else {
                        format!("{} fields are not right.", fields.len())
                    },
                    "Mend what `errors` names and send the request again; nothing was changed.",
                );
                problem.errors = fields
                    .into_iter()
                    .map(|f| ProblemField {
                        pointer: f.pointer,
                        code: f.code.to_owned(),
                        detail: f.detail,
                    })
                    .collect();
                problem
            }
            AppError::Conflict { code, detail, help } => Self::new(StatusCode::CONFLICT, code, detail, help),
            AppError::ChangedMeanwhile { name, by, at } => {
                let detail = match &by {
                    Some(by) => format!("{by} changed \"{name}\" after it was read for this change."),
                    None => format!("\"{name}\" was changed after it was read for this change."),
                };
                let mut problem = Self::new(
                    StatusCode::CONFLICT,
                    "changed_meanwhile",
                    detail,
                    "Nothing was changed. Read it again, and send the change with its `updated_at` as `version`.",
                );
                problem.changed = Some(ProblemChange { by, at });
                problem
            }
            AppError::SignIn { code, detail, help } => {
                Self::new(StatusCode::UNAUTHORIZED, code, detail, help)
            }
            AppError::NotAllowed { detail, help } => {
                Self::new(StatusCode::FORBIDDEN, "not_allowed", detail, help)
            }
            AppError::TooManyTries { wait } => {
                let mut problem = Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_tries",
                    format!(
                        "There were too many wrong passwords or codes. Try again in {}.",
                        crate::domain::sign_in::in_words(wait)
                    ),
                    "Forgot it? Somebody who manages users can make you a link to choose a new one.",
                );
                problem.retry_after = Some((wait + 999) / 1000);
                problem
            }
            AppError::Provider { code, detail, help } => {
                Self::new(StatusCode::BAD_GATEWAY, code, detail, help)
            }
            AppError::Store(e) => {
                tracing::error!(error = %e, "storage");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "storage",
                    "The database did not take the request.",
                    "Nothing was changed. Check disk space and the database, then try again.",
                )
            }
            AppError::LeaseLost => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "lease_lost",
                error.to_string(),
                "Send the request again.",
            ),
            AppError::File { what, why } => {
                tracing::error!(%what, %why, "file");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "file",
                    format!("{what}: {why}"),
                    "Check the disk of the server, then try again.",
                )
            }
        }
    }
}

impl From<crate::store::StoreError> for Problem {
    fn from(error: crate::store::StoreError) -> Self {
        AppError::from(error).into()
    }
}

/// Refusals of the framework itself (a method that is not there, a query that does not parse) become problems like all
/// others; what is JSON already stays.
pub async fn in_words(response: Response) -> Response {
    let json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("json"));
    if !response.status().is_client_error() || json {
        return response;
    }
    let status = response.status();
    let said = axum::body::to_bytes(response.into_body(), 4096)
        .await
        .unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    let (code, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "This path does not know this method.".to_owned(),
        ),
        _ if said.is_empty() => ("bad_request", "The request cannot be read.".to_owned()),
        _ => ("bad_request", format!("{}.", said.trim_end_matches('.'))),
    };
    Problem::new(
        status,
        code,
        detail,
        "GET /api/v1/openapi.json describes every path.",
    )
    .into_response()
}
