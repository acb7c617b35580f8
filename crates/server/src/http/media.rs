//! `/api/v1/messages/{id}/media`: files that people sent.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Buf, Bytes};
use futures::{Stream, TryStreamExt, stream};
use http_range_header::parse_range_header;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Shared;
use super::extract::{Caller, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::media::{self, Pieces};
use crate::domain::id::MESSAGE;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(file))
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
const DOWNLOADED: [&str; 7] = [
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
];

/// The file of a message that a person sent, fetched from the provider now. Providers keep files for some days only.
/// A part of it can be asked for with `Range`, when the provider says how long it is.
#[utoipa::path(get, path = "/messages/{id}/media", tag = "Messages", params(("id" = String, Path)), responses((status = 200, content_type = "application/octet-stream", body = String), (status = 206, description = "The part that was asked for", content_type = "application/octet-stream", body = String), (status = 404, body = Problem), (status = 502, body = Problem)))]
async fn file(
    _: Caller,
    State(app): State<Shared>,
    asked: HeaderMap,
    path: Path<String>,
) -> Result<Response, Problem> {
    let mut file = media::open(&app, path_id(MESSAGE, "message", path)?).await?;
    let part = |length| Some((part(asked.get(header::RANGE), length)?, length));
    let mut response = match file.length.and_then(part) {
        None => Body::from_stream(file.body).into_response(),
        Some(((first, last), length)) => {
            let range = format!("bytes {first}-{last}/{length}");
            let body = Body::from_stream(cut(file.body, first, last));
            let headers = [(header::CONTENT_RANGE, range)];
            file.length = Some(last - first + 1);
            (StatusCode::PARTIAL_CONTENT, headers, body).into_response()
        }
    };
    dress(&mut response, &file.mime, file.name.as_deref(), file.length);
    Ok(response)
}

/// Says what a file is, and keeps it from being anything else than a file.
pub(super) fn dress(response: &mut Response, mime: &str, name: Option<&str>, length: Option<u64>) {
    let (kind, shown) = kind(mime);
    let disposition = match (name, shown) {
        (Some(name), _) => format!(
            "{}; filename*=UTF-8''{}",
            if shown { "inline" } else { "attachment" },
            utf8_percent_encode(name, NON_ALPHANUMERIC)
        ),
        (None, true) => "inline".to_owned(),
        (None, false) => "attachment".to_owned(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
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
}

/// The first and the last byte of what is asked for of so many. Several parts, what cannot be read and what is not there are the
/// whole file (RFC 9110, section 14.2).
pub(super) fn part(asked: Option<&HeaderValue>, length: u64) -> Option<(u64, u64)> {
    let asked = asked.and_then(|value| value.to_str().ok())?;
    let ranges = parse_range_header(asked).ok()?.validate(length).ok()?;
    match ranges.as_slice() {
        [range] => Some((*range.start(), *range.end())),
        _ => None,
    }
}

/// The bytes from `first` to `last` of what comes. What lies before them is read and thrown away: not every provider gives parts.
fn cut(body: Pieces, first: u64, last: u64) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::try_unfold(
        (body, first, last - first + 1),
        |(mut body, mut skip, mut left)| async move {
            while left > 0
                && let Some(mut piece) = body.try_next().await?
            {
                let gone = usize::try_from(skip).map_or(piece.len(), |skip| skip.min(piece.len()));
                piece.advance(gone);
                skip -= gone as u64;
                piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                if !piece.is_empty() {
                    left -= piece.len() as u64;
                    return Ok(Some((piece, (body, skip, left))));
                }
            }
            Ok(None)
        },
    )
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
    use futures::StreamExt;

    use super::*;

    #[test]
    fn a_part_is_what_was_asked_for_of_what_is_there() {
        for (asked, found) in [
            ("bytes=0-1", Some((0, 1))),
            ("bytes=4-", Some((4, 9))),
            ("bytes=-3", Some((7, 9))),
            ("bytes=8-200", Some((8, 9))),
            ("bytes=0-9", Some((0, 9))),
            ("bytes=10-", None),
            ("bytes=0-1,4-5", None),
            ("lines=1-2", None),
            ("bytes=x", None),
        ] {
            assert_eq!(part(Some(&HeaderValue::from_static(asked)), 10), found, "{asked}");
        }
        assert_eq!(part(None, 10), None);
    }

    #[tokio::test]
    async fn a_cut_takes_its_bytes_from_pieces_of_any_size_and_waits_for_no_more() {
        for size in 1..=10 {
            for (first, last) in [(0, 0), (0, 9), (3, 7), (9, 9)] {
                let pieces: Vec<_> = b"0123456789".chunks(size).map(|p| Ok(Bytes::from(p))).collect();
                let body = stream::iter(pieces).chain(stream::pending()).boxed();
                let cut: Vec<Bytes> = cut(body, first, last).try_collect().await.unwrap();
                let expected = &b"0123456789"[first as usize..=last as usize];
                assert_eq!(cut.concat(), expected, "{size} {first}-{last}");
            }
        }
    }

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
