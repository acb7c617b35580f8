//! The dashboard: a page and its files, from inside the binary. Every path without a dot that is not the API's is the page,
//! which finds its own way from there.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use super::extract::no_such_path;
use super::{Shared, role};
use crate::clock::random_bytes;
use crate::config::Config;

/// What was built before this program was compiled.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Built;

/// The page.
const INDEX: &str = "index.html";
/// Where the page wants the nonce of its styles.
const NONCE: &str = "__CSP_NONCE__";
/// Paths that belong to programs: what is not there is told as a problem, never as a page.
const PROGRAMS: [&str; 4] = ["api", "callbacks", "files", "1"];
/// Names below this folder hold a hash of what is in the file.
const HASHED: &str = "assets/";

/// A file of the dashboard.
struct File {
    bytes: Bytes,
    kind: &'static str,
    tag: String,
}

/// All files by path, without a leading slash. What is compressed stands beside its file with `.br` or `.gz` behind.
struct Site {
    files: HashMap<String, File>,
    missing: String,
}

static BUILT: LazyLock<Arc<Site>> = LazyLock::new(|| {
    let files = Built::iter().filter_map(|path| Some((path.to_string(), built(Built::get(&path)?))));
    Arc::new(Site::of(
        files,
        "It was not built when this program was compiled".into(),
    ))
});

/// The content of a file, and its SHA-256.
type Content = (Bytes, [u8; 32]);

/// Its hash was made with the program: making it now would bring every page of every file into memory.
fn built(file: EmbeddedFile) -> Content {
    let bytes = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => bytes.into(),
    };
    (bytes, file.metadata.sha256_hash())
}

fn read(bytes: Vec<u8>) -> Content {
    let hash = Sha256::digest(&bytes).into();
    (bytes.into(), hash)
}

/// Answers every path that nothing else does.
pub fn pages(config: &Config) -> MethodRouter<Shared> {
    let folder = (!config.dashboard.as_os_str().is_empty()).then(|| config.dashboard.clone());
    let given = folder.map(|folder| Arc::new(Site::read(&folder)));
    axum::routing::any(move |State(app): State<Shared>, request: Request| async move {
        let path = request.uri().path().trim_start_matches('/');
        let first = path.split('/').next().unwrap_or_default();
        let answer = if PROGRAMS.contains(&first) || request.method() != Method::GET {
            None
        } else if !app.config.has_role("http") {
            Some(role::missing("http"))
        } else {
            let site = given.clone().unwrap_or_else(|| BUILT.clone());
            site.answer(path, request.headers())
        };
        match answer {
            Some(response) => response,
            None => no_such_path(request).await.into_response(),
        }
    })
}

impl Site {
    fn of(files: impl Iterator<Item = (String, Content)>, missing: String) -> Self {
        let file = |(path, (bytes, hash)): (String, Content)| {
            let kind = kind(path.trim_end_matches(".br").trim_end_matches(".gz"));
            let tag = format!("\"{}\"", &BASE64_STANDARD.encode(hash)[..22]);
            (path, File { bytes, kind, tag })
        };
        // Names with a dot in front are of the build, not of the site.
        let files = files.filter(|(path, _)| !path.split('/').any(|name| name.starts_with('.')));
        Self {
            files: files.map(file).collect(),
            missing,
        }
    }

    fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let (Ok(name), Ok(bytes)) = (path.strip_prefix(folder), std::fs::read(&path)) {
                    files.push((name.to_string_lossy().into_owned(), read(bytes)));
                }
            }
        }
        let missing = format!("There is no {INDEX} in {}", folder.display());
        Self::of(files.into_iter(), missing)
    }

    /// The file of this path, or the page when the path has no dot.
    fn answer(&self, path: &str, asked: &HeaderMap) -> Option<Response> {
        match self.files.get(path) {
            Some(file) if path != INDEX => Some(self.file(path, file, asked)),
            _ if path == INDEX || !path.contains('.') && !path.starts_with(HASHED) => Some(self.page()),
            _ => None,
        }
    }

    /// The page, with a nonce of its own each time.
    fn page(&self) -> Response {
        let nonce = BASE64_STANDARD.encode(random_bytes::<16>());
        let html = match self.files.get(INDEX) {
            Some(file) => String::from_utf8_lossy(&file.bytes).replace(NONCE, &nonce),
            None => self.how_to_build(),
        };
        let policy = format!(
            "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; \
             media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, &policy),
        ];
        (headers, SAFE, html).into_response()
    }

    fn how_to_build(&self) -> String {
        format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Harkara</title><h1>Harkara runs, without its \
             dashboard</h1><p>{}. In the source, run <code>bin/web</code> and then build the program again. The API is \
             here all the same: <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a> describes it.</p></html>",
            self.missing.replace('&', "&amp;").replace('<', "&lt;")
        )
    }

    fn file(&self, path: &str, plain: &File, asked: &HeaderMap) -> Response {
        let accepts = |coding: &str| accepts(asked, coding);
        let packed = |ending: &str| self.files.get(&format!("{path}{ending}"));
        let (file, coding) = match (packed(".br"), packed(".gz")) {
            (Some(file), _) if accepts("br") => (file, Some("br")),
            (_, Some(file)) if accepts("gzip") => (file, Some("gzip")),
            _ => (plain, None),
        };
        let keep = if path.starts_with(HASHED) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let headers = [
            (header::ETAG, file.tag.as_str()),
            (header::CACHE_CONTROL, keep),
            (header::VARY, "accept-encoding"),
        ];
        let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        if known.is_some_and(|tags| tags.contains(&file.tag)) {
            return (StatusCode::NOT_MODIFIED, headers, SAFE).into_response();
        }
        let coding = coding.map(|coding| [(header::CONTENT_ENCODING, coding)]);
        let kind = [(header::CONTENT_TYPE, plain.kind)];
        let mut response = (headers, SAFE, kind, file.bytes.clone()).into_response();
        response.headers_mut().extend(
            coding
                .into_iter()
                .flatten()
                .map(|(name, coding)| (name, HeaderValue::from_static(coding))),
        );
        response
    }
}

/// What every answer of the dashboard says.
const SAFE: [(HeaderName, &str); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// Does the browser take this coding?
fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let given = asked.get_all(header::ACCEPT_ENCODING).iter();
    given
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let weight = weight.trim().trim_start_matches("q=");
            name.trim().eq_ignore_ascii_case(coding) && weight.parse::<f32>() != Ok(0.0)
        })
}

/// The media type of a file's name.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("gif") => "image/gif",
        Some("html") => "text/html; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("webmanifest") => "application/manifest+json",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
