//! The dashboard as a browser gets it, from the real server.

use std::path::Path;
use std::sync::Arc;

use harkara::clock::SystemClock;
use harkara::config::Config;
use harkara::serve::{self, Running};
use reqwest::Response;

const PAGE: &str =
    "<meta name=\"csp-nonce\" content=\"__CSP_NONCE__\"><style nonce=\"__CSP_NONCE__\"></style>";

struct Site {
    server: Running,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Site {
    /// A server with a dashboard of these files.
    async fn with(files: &[(&str, &str)], roles: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::load(None).unwrap();
        config.data = folder.path().join("data");
        config.dashboard = folder.path().join("dist");
        config.listen = "127.0.0.1:0".into();
        config.roles = roles.iter().map(|r| (*r).to_owned()).collect();
        for (name, text) in files {
            let path = config.dashboard.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(Path::new(&path), text).unwrap();
        }
        let server = serve::start(config, Arc::new(SystemClock)).await.unwrap();
        // The first one of a process stays, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            server,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _folder: folder,
        }
    }

    async fn usual() -> Self {
        let files = [
            ("index.html", PAGE),
            ("assets/app-1a2b.js", "plain"),
            ("assets/app-1a2b.js.br", "brotli"),
            ("assets/app-1a2b.js.gz", "gzip"),
            ("icon.svg", "<svg/>"),
            (".vite/manifest.json", "{}"),
        ];
        Self::with(&files, &["http", "callbacks", "send", "schedule"]).await
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.get(format!("{}{path}", self.server.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |v| v.to_str().unwrap())
}

#[tokio::test]
async fn the_page_comes_with_a_fresh_nonce_each_time_on_every_path_of_its_own() {
    let site = Site::usual().await;
    let mut nonces = Vec::new();
    for path in ["/", "/index.html", "/campaigns/cmp_1/edit?step=2", "/inbox"] {
        let response = site.get(path, &[]).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "cache-control")),
            (200, "no-store"),
            "{path}"
        );
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "same-origin");
        let policy = header(&response, "content-security-policy").to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(
            policy.contains("img-src 'self' data: blob:; media-src 'self' blob:;"),
            "{policy}"
        );
        assert_eq!(
            response.text().await.unwrap(),
            PAGE.replace("__CSP_NONCE__", &nonce)
        );
        assert!(nonce.len() >= 22 && !nonces.contains(&nonce), "{nonce}");
        nonces.push(nonce);
    }
    site.server.shutdown().await;
}

#[tokio::test]
async fn files_come_as_the_browser_takes_them_and_are_kept() {
    let site = Site::usual().await;
    let app = "/assets/app-1a2b.js";
    for (accepts, coding, text) in [
        ("gzip, deflate, br", "br", "brotli"),
        ("gzip;q=0.5, br;q=0", "gzip", "gzip"),
        ("identity", "", "plain"),
    ] {
        let response = site.get(app, &[("accept-encoding", accepts)]).await;
        assert_eq!(header(&response, "content-encoding"), coding);
        assert_eq!(
            header(&response, "content-type"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(
            header(&response, "cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header(&response, "vary"), "accept-encoding");
        assert_eq!(response.text().await.unwrap(), text);
    }
    let icon = site.get("/icon.svg", &[]).await;
    assert_eq!(
        (header(&icon, "cache-control"), header(&icon, "content-type")),
        ("no-cache", "image/svg+xml")
    );
    let again = site
        .get("/icon.svg", &[("if-none-match", header(&icon, "etag"))])
        .await;
    assert_eq!(
        (again.status().as_u16(), again.text().await.unwrap().as_str()),
        (304, "")
    );
    site.server.shutdown().await;
}

#[tokio::test]
async fn what_is_not_the_pages_stays_a_problem() {
    let site = Site::usual().await;
    for path in [
        "/api/v1/nothing",
        "/api",
        "/callbacks/token",
        "/1/nothing",
        "/assets/app-of-yesterday.js",
        "/assets/nothing",
        "/favicon.ico",
        "/.vite/manifest.json",
        "/..%2f..%2fdata/secret.key",
    ] {
        let response = site.get(path, &[]).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(
            header(&response, "content-type"),
            "application/problem+json",
            "{path}"
        );
    }
    let posted = site.client.post(site.server.url()).send().await.unwrap();
    assert_eq!(posted.status(), 404);
    site.server.shutdown().await;
}

#[tokio::test]
async fn without_a_dashboard_the_page_says_how_to_build_it() {
    let site = Site::with(&[], &["http"]).await;
    let response = site.get("/", &[]).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "content-type")),
        (200, "text/html; charset=utf-8")
    );
    let text = response.text().await.unwrap();
    assert!(
        text.contains("bin/web") && text.contains("/api/v1/openapi.json"),
        "{text}"
    );
    site.server.shutdown().await;
}

#[tokio::test]
async fn a_server_for_other_work_sends_the_browser_elsewhere() {
    let site = Site::with(&[("index.html", PAGE)], &["send"]).await;
    let response = site.get("/", &[]).await;
    assert_eq!(response.status(), 503);
    assert!(response.text().await.unwrap().contains("role_missing"));
    site.server.shutdown().await;
}
