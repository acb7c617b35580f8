//! The handset page: a phone on which a person reads what a customer got, and answers.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::{Value, json};

use crate::content::Header;
use crate::media;
use crate::shared::Shared;
use crate::world::World;

/// The page asks nobody but the simulator. Media of a campaign is shown when it lies on this machine, and as a
/// link otherwise.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob: http://127.0.0.1:* http://localhost:*; \
    media-src 'self' blob: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/",
            get(|| async { file("text/html; charset=utf-8", include_str!("handset.html")) }),
        )
        .route(
            "/handset.css",
            get(|| async { file("text/css; charset=utf-8", include_str!("handset.css")) }),
        )
        .route(
            "/handset.js",
            get(|| async { file("text/javascript; charset=utf-8", include_str!("handset.js")) }),
        )
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, POLICY)], text)
}

/// What is on the phone of `customer`, oldest first.
pub(crate) fn conversation(world: &World, customer: u64, now_ms: i64) -> Value {
    let phone = world.phones.get(customer);
    let bubbles: Vec<Value> = phone
        .map(|phone| phone.bubbles.iter())
        .into_iter()
        .flatten()
        .map(|bubble| {
            let mut item = json!({"n": bubble.n, "at": bubble.at_ms, "content": bubble.content});
            // What somebody sent stays on their phone, however long the link of it lasts for others.
            if let Some(Header::Media { url, .. }) = &bubble.content.header
                && bubble.record.is_none()
                && let Some(url) = media::renewed(url, world.options.seed, now_ms)
            {
                item["content"]["header"]["url"] = url.into();
            }
            if let Some(quoted) = &bubble.quoted {
                item["quoted"] = quoted.as_str().into();
            }
            if let Some(record) = bubble.record.and_then(|index| world.ledger.get(index)) {
                item["id"] = record.id.to_string().into();
                item["ref"] = (*record.reference).into();
                item["happened"] = record.happened.into();
                if let Some(failure) = &record.failure {
                    item["problem"] = failure.reason.as_str().into();
                }
            }
            item
        })
        .collect();
    json!({"customer": customer.to_string(), "name": phone.and_then(|p| p.name.clone()), "messages": bubbles})
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_never_set_as_markup() {
        let script = include_str!("handset.js");
        for unsafe_way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!script.contains(unsafe_way), "{unsafe_way}");
        }
    }
}
