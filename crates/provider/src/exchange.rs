//! HTTP as plain data: what the engine is asked to do, and what came back.

use serde::{Deserialize, Serialize};

/// HTTP method of a request to a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// DELETE
    Delete,
}

impl Method {
    /// The method as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One part of a `multipart/form-data` body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Field name.
    pub name: String,
    /// File name, for a file part.
    pub filename: Option<String>,
    /// Content type of the part, when it is not plain text.
    pub content_type: Option<String>,
    /// The bytes.
    pub data: Vec<u8>,
}

/// A request body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// No body.
    Empty,
    /// `application/x-www-form-urlencoded`, in order.
    Form(Vec<(String, String)>),
    /// `application/json`.
    Json(serde_json::Value),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
}

/// A request for the engine to perform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute URL. Never carries credentials.
    pub url: String,
    /// Headers besides content type and length.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Body,
}

impl Request {
    /// A GET request.
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            url: url.into(),
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// A POST of an urlencoded form.
    pub fn post_form(url: impl Into<String>, fields: Vec<(String, String)>) -> Self {
        Self {
            method: Method::Post,
            url: url.into(),
            headers: Vec::new(),
            body: Body::Form(fields),
        }
    }

    /// A POST of JSON.
    pub fn post_json(url: impl Into<String>, body: serde_json::Value) -> Self {
        Self {
            method: Method::Post,
            url: url.into(),
            headers: Vec::new(),
            body: Body::Json(body),
        }
    }

    /// The credentials in its headers, without the word before them (`Bearer`): a vendor that repeats a request
    /// repeats them too.
    pub fn credentials(&self) -> Vec<&str> {
        let sensitive = self.headers.iter().filter(|(name, _)| is_sensitive(name));
        sensitive
            .map(|(_, value)| value.rsplit(' ').next().unwrap_or_default())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The request as lines of text for a person or a log, with every value in `secrets` and every sensitive
    /// field or header replaced by `***`.
    pub fn redacted(&self, secrets: &[&str]) -> String {
        let hide = |text: &str| -> String {
            let mut text = text.to_owned();
            for secret in secrets.iter().filter(|s| !s.is_empty()) {
                text = text.replace(secret, "***");
            }
            text
        };
        let mut out = format!("{} {}\n", self.method.as_str(), hide(&self.url));
        for (name, value) in &self.headers {
            let value = if is_sensitive(name) {
                "***".to_owned()
            } else {
                hide(value)
            };
            out.push_str(&format!("{name}: {value}\n"));
        }
        match &self.body {
            Body::Empty => {}
            Body::Form(fields) => {
                out.push('\n');
                for (name, value) in fields {
                    let value = if is_sensitive(name) {
                        "***".to_owned()
                    } else {
                        hide(value)
                    };
                    out.push_str(&format!("{name}={value}\n"));
                }
            }
            Body::Json(value) => out.push_str(&format!("\n{}\n", hide(&value.to_string()))),
            Body::Multipart(parts) => {
                out.push('\n');
                for part in parts {
                    let value = match std::str::from_utf8(&part.data) {
                        _ if is_sensitive(&part.name) => "***".to_owned(),
                        Ok(text) if part.filename.is_none() => hide(text),
                        _ => format!("<{} bytes>", part.data.len()),
                    };
                    out.push_str(&format!("{}={value}\n", part.name));
                }
            }
        }
        out
    }
}

/// Field and header names whose values never appear in a trace, whatever they hold.
fn is_sensitive(name: &str) -> bool {
    [
        "password",
        "encrdata",
        "authorization",
        "token",
        "api-key",
        "apikey",
        "secret",
    ]
    .iter()
    .any(|word| name.eq_ignore_ascii_case(word))
}

/// What the vendor answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Response headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body bytes, as received (bounded by the engine).
    pub body: Vec<u8>,
}

impl Reply {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The body as text, with anything that is not UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The next thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// Perform this request and come back with the reply appended to `prior`.
    Call(Request),
    /// Finished.
    Done(T),
}
