//! Answers in JSON and in text, and the ways in which none arrives.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::Refusal;
use crate::params::Params;

/// One line of an answer: a recipient that was accepted or refused.
#[derive(Debug)]
pub(super) struct Item {
    accepted: bool,
    id: String,
    phone: String,
    details: String,
}

impl Item {
    pub(super) fn accepted(id: String, phone: String) -> Self {
        Self {
            accepted: true,
            id,
            phone,
            details: String::new(),
        }
    }

    pub(super) fn refused(refusal: &Refusal, phone: &str) -> Self {
        Self {
            accepted: false,
            id: refusal.0.clone(),
            phone: phone.to_owned(),
            details: refusal.1.clone(),
        }
    }

    fn json(&self) -> Value {
        let status = if self.accepted { "success" } else { "error" };
        let mut object = json!({"id": self.id, "details": self.details, "status": status});
        // A refusal that concerns no number has no `phone`.
        if !self.phone.is_empty() {
            object["phone"] = Value::String(self.phone.clone());
        }
        object
    }

    fn text(&self) -> String {
        if self.accepted {
            format!("success | {} | {}\n", self.phone, self.id)
        } else {
            format!("error | {} | {}\n", self.id, self.details)
        }
    }
}

#[derive(Debug)]
pub(super) enum Answer {
    /// Wrapped in `response`; several items add `data.response_messages`.
    Envelope(Vec<Item>),
    /// Unwrapped, from the template API.
    Template(Value),
    /// HTTP 503 from something in front of the gateway.
    Unavailable,
    /// HTTP 429 with the gateway's envelope.
    Throttled(Refusal),
}

impl Answer {
    pub(super) fn render(&self, params: &Params) -> Response {
        match self {
            Self::Envelope(items) => envelope(items, params).into_response(),
            Self::Template(value) => typed("application/json", value.to_string()).into_response(),
            Self::Unavailable => {
                let page = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>";
                (StatusCode::SERVICE_UNAVAILABLE, typed("text/html", page.into())).into_response()
            }
            Self::Throttled(refusal) => {
                let body = envelope(&[Item::refused(refusal, "")], params);
                (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "1")], body).into_response()
            }
        }
    }
}

type Typed = ([(axum::http::HeaderName, &'static str); 1], String);

fn typed(kind: &'static str, body: String) -> Typed {
    ([(CONTENT_TYPE, kind)], body)
}

fn envelope(items: &[Item], params: &Params) -> Typed {
    if !params.text("format").eq_ignore_ascii_case("json") {
        return typed(
            "text/plain; charset=utf-8",
            items.iter().map(Item::text).collect(),
        );
    }
    let body = match items {
        [one] => json!({ "response": one.json() }),
        many => json!({
            "response": {"id": "", "phone": "", "details": "", "status": "success"},
            "data": {"response_messages": many.iter().map(Item::json).collect::<Vec<_>>()},
        }),
    };
    typed("application/json", body.to_string())
}

pub(super) fn server_error() -> Response {
    let page = "<html><body><h1>500 Internal Server Error</h1></body></html>";
    (StatusCode::INTERNAL_SERVER_ERROR, typed("text/html", page.into())).into_response()
}

pub(super) fn garbage() -> Response {
    typed("text/html", "<html><body>It works!</body></html>".into()).into_response()
}

/// An answer whose body breaks off: the caller sees a closed connection and can not know what happened.
pub(super) fn cut() -> Response {
    let pieces = [
        Ok(Bytes::from_static(b"{\"response\":")),
        Err(std::io::Error::new(
            std::io::ErrorKind::ConnectionReset,
            "cut by the simulator",
        )),
    ];
    let body = Body::from_stream(futures::stream::iter(pieces));
    (
        [(CONTENT_TYPE, "application/json"), (CONTENT_LENGTH, "180")],
        body,
    )
        .into_response()
}
