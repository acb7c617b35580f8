//! Parameters of a gateway request: query, form and multipart fields in one map.

use std::collections::HashMap;

use axum::RequestExt;
use axum::extract::{Multipart, Request};
use axum::http::header::CONTENT_TYPE;

/// Fields by their exact name. The first value of a repeated name counts; an empty value counts as absent.
#[derive(Debug, Default, Clone)]
pub(crate) struct Params(HashMap<String, String>);

impl Params {
    /// Reads query and body. The error is a sentence about the part that could not be read.
    pub(crate) async fn read(request: Request) -> Result<Self, String> {
        let mut params = Self::default();
        if let Some(query) = request.uri().query() {
            params.add_form(query.as_bytes());
        }
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            let mut parts = request
                .extract::<Multipart, _>()
                .await
                .map_err(|e| e.body_text())?;
            while let Some(part) = parts.next_field().await.map_err(|e| e.body_text())? {
                let name = part.name().unwrap_or_default().to_owned();
                let file = part.file_name().map(str::to_owned);
                let bytes = part.bytes().await.map_err(|e| e.body_text())?;
                // A file part stands for itself: its name is enough to know that an example was given.
                let value = match file {
                    Some(file) => format!("{file} ({} bytes)", bytes.len()),
                    None => String::from_utf8_lossy(&bytes).into_owned(),
                };
                params.0.entry(name).or_insert(value);
            }
        } else {
            let body = axum::body::to_bytes(request.into_body(), 4 << 20)
                .await
                .map_err(|e| e.to_string())?;
            params.add_form(&body);
        }
        Ok(params)
    }

    fn add_form(&mut self, form: &[u8]) {
        for (name, value) in form_urlencoded::parse(form) {
            self.0
                .entry(name.into_owned())
                .or_insert_with(|| value.into_owned());
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// `true` in any case.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name).eq_ignore_ascii_case("true")
    }
}
