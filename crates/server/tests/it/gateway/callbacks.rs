//! What the simulated gateway posts, in every encoding, read by our provider.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method as HttpMethod};
use harkara_provider::{Callback, Event, InboundContent, Method, ReportStatus};
use harkara_sim::{Inbound, InboundEncoding, InboundKind, Options, ReportEncoding};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{CUSTOMER, Gateway, NOW, template, templates};

/// A callback as it came: method, query, content type, body.
type Raw = (Method, String, String, Vec<u8>);

async fn take(
    State(sender): State<UnboundedSender<Raw>>,
    method: HttpMethod,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: axum::body::Bytes,
) {
    let method = if method == HttpMethod::GET {
        Method::Get
    } else {
        Method::Post
    };
    let content_type = headers
        .get("content-type")
        .map_or("", |value| value.to_str().unwrap())
        .to_owned();
    sender
        .send((method, query.unwrap_or_default(), content_type, body.to_vec()))
        .unwrap();
}

/// A receiver of callbacks, and its URL.
async fn receiver() -> (String, UnboundedReceiver<Raw>) {
    let (sender, receiver) = unbounded_channel();
    let app = axum::Router::new().fallback(take).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/callbacks/token/any?a=1",
        listener.local_addr().unwrap()
    );
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, receiver)
}

impl Gateway {
    async fn next(&self, receiver: &mut UnboundedReceiver<Raw>) -> Vec<Event> {
        let (method, query, content_type, body) =
            tokio::time::timeout(Duration::from_secs(20), receiver.recv())
                .await
                .unwrap()
                .unwrap();
        let call = Callback {
            method,
            query: &query,
            content_type: &content_type,
            headers: &[],
            body: &body,
            at: NOW,
        };
        self.provider.receive(&self.account, &call).unwrap().events
    }
}

#[tokio::test]
async fn every_encoding_of_a_report_is_read() {
    use ReportEncoding::{Array, Form, Json, JsonString, Object, Query};
    let (url, mut receiver) = receiver().await;
    let options = Options {
        reports_url: Some(url),
        report_delay_ms: 1,
        read_rate: 1.0,
        ..Options::default()
    };
    let gateway = Gateway::start(options).await;
    for encoding in [Form, Json, JsonString, Array, Object, Query] {
        gateway
            .running
            .state()
            .update(|options| options.report_encoding = encoding)
            .unwrap();
        let content = template(templates().swap_remove(0).1);
        let sent = gateway.send(&format!("{encoding:?}"), content).await.unwrap();
        // A query has no words for sent and read: one report of it is enough. The others may overtake each other.
        let mut seen = Vec::new();
        while seen.len() < 3 {
            for event in gateway.next(&mut receiver).await {
                let Event::Report(report) = event else {
                    panic!("{encoding:?}: {event:?}")
                };
                assert_eq!(
                    (&report.external_id, report.recipient.as_deref()),
                    (&sent.external_id, Some(CUSTOMER))
                );
                assert_eq!(report.reference.is_some(), encoding != Query);
                assert!(report.at > 0 && report.failure.is_none(), "{report:?}");
                seen.push(report.status);
            }
            if encoding == Query {
                break;
            }
        }
        if encoding != Query {
            seen.sort_by_key(|status| *status as u8);
            assert_eq!(
                seen,
                [ReportStatus::Sent, ReportStatus::Delivered, ReportStatus::Read],
                "{encoding:?}"
            );
        }
    }
    gateway.running.shutdown().await;
}

#[tokio::test]
async fn every_kind_of_message_is_read_in_every_encoding() {
    let (url, mut receiver) = receiver().await;
    let gateway = Gateway::start(Options {
        inbound_url: Some(url),
        ..Options::default()
    })
    .await;
    let kinds = json!([
        "text",
        "image",
        "video",
        "audio",
        "voice",
        "document",
        "sticker",
        "location",
        "contacts",
        "button",
        "list_reply",
        "button_reply",
    ]);
    let kinds: Vec<InboundKind> = serde_json::from_value(kinds).unwrap();
    for encoding in [
        InboundEncoding::Form,
        InboundEncoding::Json,
        InboundEncoding::JsonObjects,
    ] {
        for kind in &kinds {
            let inbound = json!({
                "customer": &CUSTOMER[1..], "type": kind, "text": "hello & good-bye", "payload": "p", "id": "row-1",
                "title": "One", "latitude": 12.5, "longitude": 77.5, "place": "Shop", "encoding": encoding,
                "contacts": [{ "name": { "formatted_name": "A" } }],
            });
            let inbound: Inbound = serde_json::from_value(inbound).unwrap();
            gateway.running.state().inject(&inbound).unwrap();
            let events = gateway.next(&mut receiver).await;
            let [Event::Message(message)] = events.as_slice() else {
                panic!("{kind:?} {encoding:?}: {events:?}")
            };
            assert_eq!(
                (message.from.as_str(), message.to.as_str()),
                (CUSTOMER, gateway.account.get("number"))
            );
            assert!(message.at > 0);
            assert!(is_read(&message.content), "{kind:?} {encoding:?}: {message:?}");
        }
    }
    gateway.running.shutdown().await;
}

fn is_read(content: &InboundContent) -> bool {
    match content.kind.as_str() {
        "text" => content.text.as_deref() == Some("hello & good-bye"),
        "location" => content
            .location
            .as_ref()
            .is_some_and(|place| place.latitude == 12.5),
        "contacts" => content
            .raw
            .as_ref()
            .is_some_and(|raw| raw[0]["name"]["formatted_name"] == "A"),
        "button" | "interactive" => content.reply.is_some() && content.text.is_some(),
        _ => content
            .media
            .as_ref()
            .is_some_and(|media| media.url.starts_with("http") && !media.mime.is_empty()),
    }
}
