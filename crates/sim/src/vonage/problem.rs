//! Refusals: Vonage's error objects, after RFC 7807.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub status: u16,
    kind: &'static str,
    title: &'static str,
    detail: String,
    parameter: Option<&'static str>,
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: u16, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            title,
            detail: detail.into(),
            parameter: None,
            retry_after: None,
        }
    }

    /// The object that belongs to a status.
    pub(super) fn of(status: u16) -> Self {
        match status {
            401 => Self::new(
                401,
                "/#unathorized",
                "You did not provide correct credentials.",
                "Check that you're using the correct credentials, and that your account has this feature enabled",
            ),
            402 => Self::new(
                402,
                "/#low-balance",
                "Low balance",
                "This request could not be performed due to your account balance being low.",
            ),
            403 => Self::new(
                403,
                "#forbidden",
                "Forbidden",
                "Your account does not have permission to perform this action.",
            ),
            404 => Self::new(404, "#not-found", "Not Found", "There is no such message."),
            422 => Self::new(
                422,
                "/messages#1150",
                "Invalid params",
                "The value of one or more parameters is invalid.",
            ),
            429 => Self::new(
                429,
                "/messages#1000",
                "Rate Limit Hit",
                "Please wait, then retry your request",
            ),
            // The published sample of this answer carries the code of a throttle too.
            500 => Self::new(
                500,
                "/messages#1000",
                "Internal error",
                "An error occurred, please try again.",
            ),
            _ => Self::new(
                status,
                "#unavailable",
                "Service unavailable",
                "Please try again later.",
            ),
        }
    }

    /// Too fast; `seconds` to wait, where that is said.
    pub(super) fn throttled(seconds: Option<u64>) -> Self {
        Self {
            retry_after: seconds,
            ..Self::of(429)
        }
    }

    pub(super) fn json() -> Self {
        Self::new(
            422,
            "#invalid-json",
            "The request body did not contain valid JSON",
            "Unexpected end of input",
        )
    }

    pub(super) fn parameter(name: &'static str, reason: impl Into<String>) -> Self {
        Self {
            parameter: Some(name),
            ..Self::new(422, "/messages#1150", "Invalid params", reason)
        }
    }

    pub(super) fn sender() -> Self {
        Self::new(
            422,
            "/messages#1120",
            "Invalid sender",
            "The `from` parameter is invalid for the given channel.",
        )
    }

    pub(super) fn recipient() -> Self {
        Self::new(
            422,
            "/messages#110",
            "Invalid recipient",
            "The `to` parameter is invalid for the given channel.",
        )
    }

    pub(super) fn reference() -> Self {
        Self::new(
            422,
            "/messages#1060",
            "Invalid client reference",
            "The client reference can be a string of up to 40 characters.",
        )
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "type": format!("https://developer.vonage.com/api-errors{}", self.kind),
            "title": self.title,
            "detail": self.detail,
            "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
        });
        if let Some(name) = self.parameter {
            body["invalid_parameters"] = json!([{ "name": name, "reason": self.detail }]);
        }
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.body())).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert("retry-after", seconds.into());
        }
        response
    }
}
