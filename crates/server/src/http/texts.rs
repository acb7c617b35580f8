//! `/api/v1/texts/{language}`: what the server and its providers say, in another language than English. The dashboard
//! shows it to people; programs go on reading English.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::domain::texts::{languages, texts};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(show))
}

/// Sentences of the server in one language.
#[derive(Debug, Serialize, ToSchema)]
pub struct Texts {
    /// Translations by the English sentence. `{name}` stands for what the server puts in; in a translation, `{name|said}`
    /// for what is looked up itself.
    pub texts: BTreeMap<String, String>,
}

/// By language an answer and its tag, made once: what is in the binary does not change.
static ANSWERS: LazyLock<BTreeMap<&str, (Bytes, String)>> = LazyLock::new(|| {
    let answers = languages().into_iter().filter_map(|language| {
        let body = Bytes::from(
            serde_json::json!(Texts {
                texts: texts(language)?
            })
            .to_string(),
        );
        let digest = Sha256::digest(&body);
        let tag: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Some((language, (body, format!("\"{tag}\""))))
    });
    answers.collect()
});

/// What the server and its providers say, in another language. Empty for `en`, which is what the API speaks.
#[utoipa::path(get, path = "/texts/{language}", tag = "Texts", params(("language" = String, Path, description = "`en` or `hi`")), responses((status = 200, body = Texts), (status = 304, description = "As `if-none-match` has it"), (status = 404, body = Problem)))]
async fn show(Path(language): Path<String>, asked: HeaderMap) -> Result<Response, Problem> {
    let (body, tag) = ANSWERS.get(language.as_str()).ok_or_else(|| {
        let known = Vec::from_iter(languages()).join(", ");
        Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There are no texts in the language \"{language}\"."),
            format!("Use one of these: {known}."),
        )
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ETAG, tag),
    ];
    let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|tags| tags.contains(tag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, body.clone()).into_response())
}
