//! Media that customers send: samples of every kind and what the handset uploads, behind signed links.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;

use crate::shared::Shared;
use crate::world::World;

const FILES_KEPT: usize = 200;
const BYTES_KEPT: usize = 64 << 20;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a signed link works, in seconds (48 hours).
const EXPIRES: i64 = 172_800;

#[derive(Debug, Clone)]
pub(crate) struct File {
    id: String,
    pub mime: String,
    pub bytes: Bytes,
}

/// Uploaded files, the oldest forgotten first.
#[derive(Debug, Default)]
pub(crate) struct MediaStore {
    files: VecDeque<File>,
    bytes: usize,
}

impl MediaStore {
    pub(crate) fn add(&mut self, id: String, mime: String, bytes: Bytes) {
        self.bytes += bytes.len();
        self.files.push_back(File { id, mime, bytes });
        while self.files.len() > FILES_KEPT || (self.bytes > BYTES_KEPT && self.files.len() > 1) {
            let Some(old) = self.files.pop_front() else { return };
            self.bytes -= old.bytes.len();
        }
    }

    /// An upload, or the sample of a kind under the id `sample-<kind>`.
    pub(crate) fn get(&self, id: &str) -> Option<File> {
        if let Some(kind) = id.strip_prefix("sample-") {
            return sample(kind);
        }
        self.files.iter().find(|file| file.id == id).cloned()
    }
}

/// The sample of a kind.
pub(crate) fn sample(kind: &str) -> Option<File> {
    let (mime, bytes): (_, &'static [u8]) = match kind {
        "image" => ("image/jpeg", include_bytes!("sample.jpg")),
        "video" => ("video/mp4", include_bytes!("sample.mp4")),
        "audio" => ("audio/mpeg", include_bytes!("sample.mp3")),
        "voice" => ("audio/ogg; codecs=opus", include_bytes!("sample.ogg")),
        "document" => ("application/pdf", include_bytes!("sample.pdf")),
        "sticker" => ("image/webp", include_bytes!("sample.webp")),
        _ => return None,
    };
    Some(File {
        id: format!("sample-{kind}"),
        mime: mime.into(),
        bytes: Bytes::from_static(bytes),
    })
}

/// A link in two parts, as the gateway gives it: the download address is `url` followed by `signature`.
pub(crate) fn sign(base: &str, id: &str, seed: u64, now_ms: i64) -> (String, String) {
    let at = now_ms / 1000;
    let url = format!(
        "{base}/media/{id}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={at}&X-Amz-SignedHeaders=host\
         &X-Amz-Expires={EXPIRES}&X-Amz-Credential=simulator&X-Amz-Signature="
    );
    (url, signature(id, at, seed))
}

/// A link in the place of one that is more than a day old; the same all day, so that nobody loads the file again and again.
pub(crate) fn renewed(link: &str, seed: u64, now_ms: i64) -> Option<String> {
    let (base, rest) = link.split_once("/media/")?;
    let (id, query) = rest.split_once('?')?;
    let at = query.split_once("X-Amz-Date=")?.1.split('&').next()?;
    let at: i64 = at.parse().ok()?;
    let today_ms = now_ms - now_ms.rem_euclid(DAY_MS);
    (now_ms - at * 1000 > DAY_MS).then(|| {
        let (url, signature) = sign(base, id, seed, today_ms);
        url + &signature
    })
}

/// Not a secret: it only has to notice a link that lost or changed its ending.
fn signature(id: &str, at: i64, seed: u64) -> String {
    let mut hash = seed ^ 0xcbf2_9ce4_8422_2325;
    for byte in id.bytes().chain(at.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[derive(Debug, Deserialize)]
pub(crate) struct Signed {
    #[serde(rename = "X-Amz-Date")]
    at: Option<i64>,
    #[serde(rename = "X-Amz-Signature")]
    signature: Option<String>,
}

/// `GET /media/{id}`: only with its signature, and only for 48 hours.
pub(crate) async fn fetch(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(signed): Query<Signed>,
) -> Response {
    let world = shared.lock();
    let now = shared.clock.now_ms() / 1000;
    let at = signed.at.unwrap_or_default();
    if signed.signature != Some(signature(&id, at, world.options.seed)) {
        return (StatusCode::FORBIDDEN, "SignatureDoesNotMatch").into_response();
    }
    if now - at > EXPIRES {
        return (StatusCode::FORBIDDEN, "Request has expired").into_response();
    }
    serve(&world, &id)
}

#[derive(Debug, Deserialize)]
pub(crate) struct Legacy {
    userid: String,
    password: String,
    mediaid: String,
}

/// `GET /WhatsApp/apis/getMedia.php`: with the two-way account's credentials.
pub(crate) async fn legacy(State(shared): State<Arc<Shared>>, Query(query): Query<Legacy>) -> Response {
    let world = shared.lock();
    if (query.userid, query.password) != world.options.two_way {
        return (StatusCode::UNAUTHORIZED, "Authentication failed").into_response();
    }
    serve(&world, &query.mediaid)
}

fn serve(world: &World, id: &str) -> Response {
    match world.media.get(id) {
        Some(file) => ([(CONTENT_TYPE, file.mime)], file.bytes).into_response(),
        None => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_are_bounded() {
        let mut store = MediaStore::default();
        for n in 0..300 {
            store.add(n.to_string(), "image/png".into(), Bytes::from_static(b"x"));
        }
        assert!(store.get("0").is_none());
        assert!(store.get("299").is_some());
        assert_eq!(store.files.len(), FILES_KEPT);
        store.add(
            "big".into(),
            "video/mp4".into(),
            Bytes::from(vec![0; BYTES_KEPT + 1]),
        );
        assert_eq!(store.files.len(), 1);
    }
}
