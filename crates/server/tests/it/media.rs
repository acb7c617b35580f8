//! Files that people send are fetched from the provider when somebody looks at them.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::post::{Post, SHOP};
use crate::support::on_both_engines;
use crate::world::phone;

async fn file(Path(name): Path<String>) -> Response {
    let of = |kind: &'static str| ([(header::CONTENT_TYPE, kind)], "the bytes").into_response();
    match name.as_str() {
        "photo" => of("image/jpeg"),
        "page" => of("text/html"),
        "moved" => (StatusCode::FOUND, [(header::LOCATION, "photo")]).into_response(),
        "away" => (
            StatusCode::FOUND,
            [(header::LOCATION, "http://169.254.169.254/secret")],
        )
            .into_response(),
        "huge" => (
            [
                (header::CONTENT_TYPE, "video/mp4"),
                (header::CONTENT_LENGTH, "104857601"),
            ],
            Body::from_stream(futures::stream::pending::<Result<bytes::Bytes, std::io::Error>>()),
        )
            .into_response(),
        _ => StatusCode::GONE.into_response(),
    }
}

/// A provider's store of files.
async fn files() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/{name}", get(file));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

/// A person sends a file; answers the path of what we give of it.
async fn sends(p: &Post, kind: &str, media: Value) -> String {
    let at = p.w.app().now();
    p.w.t.clock.advance(1_000);
    let said = json!({
        "waNumber": SHOP.trim_start_matches('+'), "mobile": phone(1).trim_start_matches('+'), "name": "Asha",
        "type": kind, kind: media.to_string(), "timestamp": at.to_string(),
    });
    p.post("inbound", &said).await.expect(200);
    p.apply().await;
    let chat = p.client.get("/api/v1/conversations").await;
    let path = format!(
        "/api/v1/conversations/{}/messages",
        chat["data"][0]["id"].as_str().unwrap()
    );
    let newest = p.client.get(&path).await;
    let newest = &newest["data"][0];
    assert_eq!(newest["content"]["type"], kind, "{newest}");
    format!("/api/v1/messages/{}/media", newest["id"].as_str().unwrap())
}

on_both_engines! {
    async fn a_file_comes_from_the_provider_and_is_no_page_of_ours(t) {
        let p = Post::new(t).await;
        let files = files().await;
        for (kind, name, mime, told, disposition) in [
            ("image", "photo", "image/jpeg", "image/jpeg", "inline"),
            ("image", "moved", "", "image/jpeg", "inline"),
            ("document", "page", "", "application/octet-stream", "attachment"),
            ("document", "photo", "text/html", "application/octet-stream", "attachment"),
            ("voice", "photo", "audio/ogg; codecs=opus", "audio/ogg", "inline"),
        ] {
            let media = json!({"url": format!("{files}/{name}"), "mime_type": mime});
            let path = sends(&p, kind, media).await;
            let answer = p.client.call("GET", &path, "").await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "the bytes"), "{name}");
            assert_eq!(answer.headers["content-type"], told);
            assert_eq!(answer.headers["content-disposition"], disposition);
            assert_eq!(answer.headers["content-security-policy"], "default-src 'none'; sandbox");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        }
        let named = json!({"url": format!("{files}/photo"), "mime_type": "application/pdf", "filename": "a\"b\r\nX: 1.pdf"});
        let answer = p.client.call("GET", &sends(&p, "document", named).await, "").await;
        let disposition = answer.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename*=UTF-8''a%22b"), "{disposition}");
    }

    async fn a_player_gets_the_part_that_it_asks_for(t) {
        let p = Post::new(t).await;
        let files = files().await;
        let path = sends(&p, "voice", json!({"url": format!("{files}/photo"), "mime_type": "audio/ogg"})).await;
        let whole = p.client.call("GET", &path, "").await;
        assert_eq!(whole.headers["accept-ranges"], "bytes");
        for (asked, status, text, told) in [
            ("bytes=0-1", 206, "th", Some("bytes 0-1/9")),
            ("bytes=4-", 206, "bytes", Some("bytes 4-8/9")),
            ("bytes=9-", 200, "the bytes", None),
        ] {
            let request = Request::get(&path)
                .header(header::AUTHORIZATION, format!("Bearer {}", p.client.key))
                .header(header::RANGE, asked);
            let answer = p.client.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (status, text), "{asked}");
            let range = answer.headers.get("content-range").map(|v| v.to_str().unwrap());
            assert_eq!(range, told);
        }
    }

    async fn what_the_provider_does_not_give_says_why(t) {
        let p = Post::new(t).await;
        let files = files().await;
        for (name, status, words) in [
            ("gone", 502, "HTTP 410"),
            ("huge", 502, "larger than 100 MiB"),
            ("away", 409, "169.254.169.254"),
        ] {
            let path = sends(&p, "video", json!({"url": format!("{files}/{name}")})).await;
            let problem = p.client.call("GET", &path, "").await.expect(status);
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
            assert!(!problem["help"].as_str().unwrap().is_empty());
        }
        let at = p.w.app().now();
        p.says(1, "No file", at).await;
        let chat = p.client.get("/api/v1/conversations").await;
        let path = format!("/api/v1/conversations/{}/messages", chat["data"][0]["id"].as_str().unwrap());
        let text = &p.client.get(&path).await["data"][0];
        let path = format!("/api/v1/messages/{}/media", text["id"].as_str().unwrap());
        p.client.call("GET", &path, "").await.expect(404);
    }
}
