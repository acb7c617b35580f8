//! Inbound messages of every type, as the gateway posts them.

use harkara_sim::{Inbound, InboundEncoding, InboundKind};
use serde_json::{Value, json};

use crate::support::{Call, Sim, TO, sim};

async fn post(sim: &Sim, body: Value) -> Call {
    let (status, answer) = sim.control("inbound", &body).await;
    assert_eq!(status, 200, "{answer}");
    sim.quiet().await;
    sim.receiver
        .calls()
        .into_iter()
        .rfind(|call| call.path == "/inbound")
        .unwrap()
}

fn object(call: &Call, field: &str) -> Value {
    serde_json::from_str(&call.field(field).unwrap()).unwrap()
}

#[tokio::test]
async fn text_has_the_fields_of_the_wire() {
    let sim = sim(|_| {}).await;
    let call = post(
        &sim,
        json!({"customer": TO, "name": "Asha", "text": "When?", "timestamp": 1736500000000i64}),
    )
    .await;
    let expected = [
        ("waNumber", "919999900000"),
        ("mobile", TO),
        ("timestamp", "1736500000000"),
        ("name", "Asha"),
        ("type", "text"),
        ("text", "When?"),
    ];
    for (field, value) in expected {
        assert_eq!(call.field(field).as_deref(), Some(value), "{field}");
    }
    assert_eq!(call.query, "a=1");
}

#[tokio::test]
async fn media_of_every_kind_can_be_fetched() {
    let sim = sim(|_| {}).await;
    for (kind, mime) in [
        ("image", "image/jpeg"),
        ("video", "video/mp4"),
        ("audio", "audio/mpeg"),
        ("voice", "audio/ogg; codecs=opus"),
        ("document", "application/pdf"),
        ("sticker", "image/webp"),
    ] {
        let call = post(&sim, json!({"customer": TO, "type": kind, "caption": "look"})).await;
        assert_eq!(call.field("type").as_deref(), Some(kind));
        let media = object(&call, kind);
        assert_eq!(
            (&media["mime_type"], &media["caption"]),
            (&mime.into(), &"look".into())
        );
        let url = media["url"].as_str().unwrap();
        assert!(url.ends_with("X-Amz-Signature="), "{url}");
        assert_eq!(sim.http.get(url).send().await.unwrap().status().as_u16(), 403);
        let file = sim
            .http
            .get(format!("{url}{}", media["signature"].as_str().unwrap()))
            .send()
            .await
            .unwrap();
        assert_eq!(file.headers()["content-type"], mime);
        assert!(file.bytes().await.unwrap().len() > 100, "{kind}");
    }
}

#[tokio::test]
async fn an_uploaded_picture_comes_back_by_link_and_by_id() {
    let sim = sim(|_| {}).await;
    let url = format!("{}/__sim/media", sim.running.base_url());
    let upload = sim
        .http
        .post(url)
        .header("content-type", "image/png")
        .body("not really a png");
    let answer: Value = serde_json::from_str(&upload.send().await.unwrap().text().await.unwrap()).unwrap();
    let message = json!({"customer": TO, "type": "image", "media": answer["media"]});
    let media = object(&post(&sim, message.clone()).await, "image");
    let link = format!(
        "{}{}",
        media["url"].as_str().unwrap(),
        media["signature"].as_str().unwrap()
    );
    assert_eq!(
        sim.http.get(link).send().await.unwrap().text().await.unwrap(),
        "not really a png"
    );

    sim.state().update(|o| o.legacy_media = true).unwrap();
    let call = post(&sim, message).await;
    assert_eq!(call.field("text").as_deref(), Some("attachment"));
    let id = object(&call, "image")["id"].as_str().unwrap().to_owned();
    let fetch = async |password: &str| {
        let query = format!("userid=2000000002&password={password}&mediaid={id}");
        let url = format!("{}/WhatsApp/apis/getMedia.php?{query}", sim.running.base_url());
        sim.http.get(url).send().await.unwrap().status().as_u16()
    };
    assert_eq!((fetch("two-way-secret").await, fetch("nope").await), (200, 401));
}

#[tokio::test]
async fn taps_carry_the_id_of_the_message() {
    let sim = sim(|_| {}).await;
    let id = sim.welcome(TO, "a").await["id"].as_str().unwrap().to_owned();
    let tap = json!({"customer": TO, "type": "button", "text": "Yes", "payload": "YES_1", "reply_to": id});
    let call = post(&sim, tap).await;
    assert_eq!(
        object(&call, "button"),
        json!({"payload": "YES_1", "text": "Yes"})
    );
    assert_eq!(
        format!(
            "{}-{}",
            call.field("replyId").unwrap(),
            call.field("messageId").unwrap()
        ),
        id
    );
    assert!(call.field("text").is_none() && call.field("context").is_some());

    let tap = json!({"customer": TO, "type": "button_reply", "id": "b1", "title": "One"});
    let reply = object(&post(&sim, tap).await, "interactive");
    assert_eq!(
        reply,
        json!({"type": "button_reply", "button_reply": {"id": "b1", "title": "One"}})
    );
    let tap =
        json!({"customer": TO, "type": "list_reply", "id": "r1", "title": "Row", "description": "second"});
    let reply = object(&post(&sim, tap).await, "interactive");
    assert_eq!(
        reply["list_reply"],
        json!({"id": "r1", "title": "Row", "description": "second"})
    );
}

#[tokio::test]
async fn places_and_contacts() {
    let sim = sim(|_| {}).await;
    let place = json!({"customer": TO, "type": "location", "latitude": 12.9716, "longitude": 77.5946, "place": "Home"});
    let place = object(&post(&sim, place).await, "location");
    assert_eq!(
        place,
        json!({"latitude": 12.9716, "longitude": 77.5946, "name": "Home"})
    );
    let cards = object(
        &post(&sim, json!({"customer": TO, "type": "contacts"})).await,
        "contacts",
    );
    assert_eq!(cards[0]["name"]["formatted_name"], "Asha Rao");
}

#[tokio::test]
async fn json_encodings_keep_or_decode_the_inner_value() {
    let sim = sim(|o| o.inbound_encoding = InboundEncoding::Json).await;
    let image = Inbound {
        customer: TO.into(),
        kind: InboundKind::Image,
        ..Inbound::default()
    };
    sim.state().inject(&image).unwrap();
    sim.quiet().await;
    let decoded = Inbound {
        encoding: Some(InboundEncoding::JsonObjects),
        ..image
    };
    sim.state().inject(&decoded).unwrap();
    sim.quiet().await;
    let calls = sim.receiver.calls();
    assert!(calls[0].json()["image"].is_string());
    assert!(calls[1].json()["image"].is_object());
    assert!(calls.iter().all(|call| call.kind == "application/json"));
}

#[tokio::test]
async fn an_inbound_message_is_tried_again() {
    let sim = sim(|_| {}).await;
    sim.receiver.refuse(3);
    post(&sim, json!({"customer": TO, "text": "Hello"})).await;
    let stats = sim.state().stats().inbound;
    assert_eq!((stats.sent, stats.acknowledged, stats.retried), (1, 1, 3));
}

#[tokio::test]
async fn faults_are_explained() {
    let sim = sim(|_| {}).await;
    for (body, word) in [
        (json!({"customer": "Asha", "text": "x"}), "phone number"),
        (json!({"customer": TO, "type": "telegram"}), "telegram"),
        (
            json!({"customer": TO, "type": "image", "media": "nothing"}),
            "no media",
        ),
        (
            json!({"customer": TO, "text": "x", "reply_to": "1-2"}),
            "no message",
        ),
    ] {
        let (status, answer) = sim.control("inbound", &body).await;
        assert_eq!(status, 422);
        assert!(answer["error"].as_str().unwrap().contains(word), "{answer}");
    }
}
