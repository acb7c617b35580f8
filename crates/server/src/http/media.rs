//! `/api/v1/messages/{id}/media`: files that people sent.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::extract::{Caller, path_id};
use super::problem::Problem;
use crate::app::media;
use crate::domain::id::MESSAGE;

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(file))
}

/// What a browser may show in a page; everything else is only downloaded.
const SHOWN: [&str; 13] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "video/mp4",
    "video/3gpp",
    "video/webm",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/amr",
    "audio/ogg",
    "audio/wav",
];
/// What a download may be called.
const DOWNLOADED: [&str; 1] = ["application/pdf"];

/// The file of a message that a person sent, fetched from the provider now. Providers keep files for some days only.
#[utoipa::path(get, path = "/messages/{id}/media", tag = "Messages", params(("id" = String, Path)), responses((status = 200, content_type = "application/octet-stream", body = String), (status = 404, body = Problem), (status = 502, body = Problem)))]
async fn file(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Response, Problem> {
    let file = media::open(&app, path_id(MESSAGE, "message", path)?).await?;
    let (kind, shown) = kind(&file.mime);
    let disposition = match (&file.name, shown) {
        (Some(name), _) => format!(
            "{}; filename*=UTF-8''{}",
            if shown { "inline" } else { "attachment" },
            utf8_percent_encode(name, NON_ALPHANUMERIC)
        ),
        (None, true) => "inline".to_owned(),
        (None, false) => "attachment".to_owned(),
    };
    let mut response = Body::from_stream(file.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(length) = file.length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    // A stranger made it: whatever it is, it must not act as a page of ours. A browser keeps it for as long as somebody reads a
    // chat, and not when the person is erased or the reader has gone home.
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, max-age=600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The type that is told to a browser, and whether it may show it.
fn kind(said: &str) -> (&'static str, bool) {
    let bare = said
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let find = |all: &[&'static str]| all.iter().copied().find(|known| *known == bare);
    match (find(&SHOWN), find(&DOWNLOADED)) {
        (Some(shown), _) => (shown, true),
        (None, Some(known)) => (known, false),
        (None, None) => ("application/octet-stream", false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_page_is_only_downloaded() {
        assert_eq!(kind("image/jpeg"), ("image/jpeg", true));
        assert_eq!(kind("Audio/OGG; codecs=opus"), ("audio/ogg", true));
        assert_eq!(kind("application/pdf"), ("application/pdf", false));
        for page in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "",
            "image/jpeg, text/html",
        ] {
            assert_eq!(kind(page), ("application/octet-stream", false), "{page}");
        }
    }
}
