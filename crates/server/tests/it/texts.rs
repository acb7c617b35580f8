//! What the server says in other languages, as a browser gets it before anybody signed in.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use harkara::http::router;
use harkara_sim::Options;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::on_both_engines;
use crate::world::World;

async fn get(w: &World, language: &str, known: &str) -> (StatusCode, HeaderMap, Value) {
    let request = Request::get(format!("/api/v1/texts/{language}")).header(header::IF_NONE_MATCH, known);
    let response = router(w.t.app.clone())
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    (
        status,
        headers,
        serde_json::from_slice(&bytes).unwrap_or_default(),
    )
}

on_both_engines! {
    async fn a_language_is_told_to_everybody_and_kept_by_browsers(t) {
        let w = World::new(t, Options::default()).await;
        let (status, headers, hindi) = get(&w, "hi", "").await;
        assert_eq!(status, StatusCode::OK);
        // Of the server, of what providers share, and of one vendor.
        for sentence in ["Nothing was sent yet.", "free text", "Two-way account user ID"] {
            assert!(hindi["texts"][sentence].as_str().is_some_and(|text| !text.is_ascii()), "{sentence}");
        }
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        let tag = headers[header::ETAG].to_str().unwrap();
        let (status, _, nothing) = get(&w, "hi", tag).await;
        assert_eq!((status, nothing), (StatusCode::NOT_MODIFIED, Value::Null));
        assert_eq!(get(&w, "hi", "\"another\"").await.0, StatusCode::OK);
    }

    async fn english_needs_no_texts_and_an_unknown_language_has_none(t) {
        let w = World::new(t, Options::default()).await;
        let (status, _, english) = get(&w, "en", "").await;
        assert_eq!((status, english), (StatusCode::OK, serde_json::json!({"texts": {}})));
        let (status, _, problem) = get(&w, "tlh", "").await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")));
        assert_eq!(problem["help"], "Use one of these: en, hi.");
    }
}
