//! Both template modes, the template API, and delayed approval.

use harkara_sim::{TemplateButton, TemplateSeed};
use serde_json::Value;

use crate::support::{Sim, TO, sim};

/// Sends as the notification account and answers what became of it: the FAILED code, or "ok".
async fn fate(sim: &Sim, fields: &[(&str, &str)]) -> String {
    let before = sim.state().messages(0, 0).0;
    let fields = [&[("send_to", TO)], fields].concat();
    let answer = sim.call(false, &fields).await;
    if answer["response"]["status"] != "success" {
        return format!("refused {}", answer["response"]["id"].as_str().unwrap());
    }
    sim.quiet().await;
    let id = sim.state().messages(before, 1).1[0].id.clone();
    let reports = sim.reports();
    let failed = reports
        .iter()
        .find(|r| r["externalId"] == id.as_str() && r["eventType"] == "FAILED");
    failed.map_or("ok".into(), |report| {
        report["errorCode"].as_str().unwrap().to_owned()
    })
}

const ORDER: &[(&str, &str)] = &[
    ("method", "SendMessage"),
    ("msg_type", "TEXT"),
    ("isTemplate", "true"),
    ("msg", "Hello Asha, your order 17 is on its way."),
    ("header", "Order 17"),
    ("footer", "Example Store"),
];

fn without<'a>(fields: &[(&'a str, &'a str)], name: &str) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().filter(|(key, _)| *key != name).collect()
}

#[tokio::test]
async fn text_mode_wants_the_approved_text_header_and_footer() {
    let sim = sim(|_| {}).await;
    assert_eq!(fate(&sim, ORDER).await, "ok");
    for name in ["header", "footer"] {
        assert_eq!(fate(&sim, &without(ORDER, name)).await, "038", "{name}");
    }
    let unmarked = [&without(ORDER, "isTemplate")[..], &[("isHSM", "true")]].concat();
    assert_eq!(fate(&sim, &unmarked).await, "038");
    let other = [&[("msg", "Hello Asha, your parcel 17 is here.")], ORDER].concat();
    assert_eq!(fate(&sim, &other).await, "038");
    let rejected = [
        ("method", "SendMessage"),
        ("msg_type", "HSM"),
        ("msg", "Happy festival Asha!"),
    ];
    assert_eq!(fate(&sim, &rejected).await, "038");
    sim.state().update(|o| o.enforce_templates = false).unwrap();
    assert_eq!(fate(&sim, &other).await, "ok");
}

#[tokio::test]
async fn text_mode_with_media_location_and_a_dynamic_link() {
    let sim = sim(|_| {}).await;
    let offer = [
        ("method", "SendMediaMessage"),
        ("msg_type", "image"),
        ("media_url", "http://127.0.0.1/offer.jpg"),
        (
            "caption",
            "Hi Asha, your *20% off* is ready. It is valid until Sunday.",
        ),
        ("footer", "Reply STOP to opt out"),
        ("isTemplate", "true"),
        ("buttonUrlParam", "asha-20"),
    ];
    assert_eq!(fate(&sim, &offer).await, "ok");
    let shown = sim.get(&format!("/__sim/customers/{TO}")).await;
    let content = &shown["messages"][0]["content"];
    assert_eq!(
        content["buttons"][0]["value"],
        "https://shop.example.com/offer/asha-20"
    );
    assert_eq!(content["header"]["media"], "image");
    assert_eq!(fate(&sim, &without(&offer, "buttonUrlParam")).await, "038");
    let by_json = [
        &without(&offer, "buttonUrlParam")[..],
        &[(
            "wa_template_json",
            r#"{"components":[{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"x"}]}]}"#,
        )],
    ]
    .concat();
    assert_eq!(fate(&sim, &by_json).await, "ok");
    let place = [
        ("method", "SendMessage"),
        ("msg_type", "LOCATION"),
        (
            "location",
            r#"{"longitude":"77.59","latitude":"12.97","name":"Shop","address":"MG Road"}"#,
        ),
        ("msg", "Hello Asha, we look forward to seeing you on Monday."),
        ("isTemplate", "true"),
    ];
    assert_eq!(fate(&sim, &place).await, "ok");
}

#[tokio::test]
async fn id_mode_fills_the_template() {
    let sim = sim(|_| {}).await;
    let id = sim
        .state()
        .templates()
        .into_iter()
        .find(|t| t.name == "order_update")
        .unwrap();
    let (short, long) = (id.id.to_string(), id.meta_id);
    let variables = [
        ("hvar1", "17"),
        ("var1", "Asha"),
        ("var2", "17"),
        ("var3", "on its way"),
    ];
    for id in [
        ("whatsAppTemplateId", long.as_str()),
        ("template_id", short.as_str()),
    ] {
        let fields = [
            &[("method", "SendMessage"), ("isHSM", "true"), id],
            &variables[..],
        ]
        .concat();
        assert_eq!(fate(&sim, &fields).await, "ok");
    }
    let shown = sim.get(&format!("/__sim/customers/{TO}")).await;
    let content = &shown["messages"][0]["content"];
    assert_eq!(content["body"], "Hello Asha, your order 17 is on its way.");
    assert_eq!(content["header"]["text"], "Order 17");
    let base = [
        ("method", "SendMessage"),
        ("isHSM", "true"),
        ("whatsAppTemplateId", long.as_str()),
    ];
    let missing = [&base[..], &variables[..3]].concat();
    assert_eq!(fate(&sim, &missing).await, "132000");
    let broken = [&base[..], &variables[..3], &[("var3", "a\nb")]].concat();
    assert_eq!(fate(&sim, &broken).await, "132012");
    let unknown = [
        ("method", "SendMessage"),
        ("isHSM", "true"),
        ("whatsAppTemplateId", "1"),
    ];
    assert_eq!(fate(&sim, &unknown).await, "038");
}

#[tokio::test]
async fn two_link_buttons_need_the_json() {
    let sim = sim(|_| {}).await;
    let link = |text: &str| TemplateButton {
        kind: "URL".into(),
        text: text.into(),
        url: Some("https://example.com".into()),
        ..TemplateButton::default()
    };
    sim.seed(TemplateSeed {
        name: "links".into(),
        body: "Two links".into(),
        buttons: vec![link("a"), link("b")],
        ..TemplateSeed::default()
    });
    let fields = [
        ("method", "SendMessage"),
        ("isTemplate", "true"),
        ("msg", "Two links"),
    ];
    assert_eq!(fate(&sim, &fields).await, "038");
    let fields = [&fields[..], &[("wa_template_json", r#"{"components":[]}"#)]].concat();
    assert_eq!(fate(&sim, &fields).await, "ok");
}

#[tokio::test]
async fn the_list_filters_and_has_no_envelope() {
    let sim = sim(|_| {}).await;
    let all = sim
        .call(false, &[("method", "get_whatsapp_hsm"), ("limit", "2")])
        .await;
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
    assert_eq!(all["meta"]["total"], 7);
    assert!(all["data"][0].get("buttons").is_none());
    let fields = r#"["buttons","previouscategory"]"#;
    let one = [
        ("method", "get_whatsapp_hsm"),
        ("name", "weekend_offer"),
        ("fields", fields),
    ];
    let one = sim.call(false, &one).await;
    let item = &one["data"][0];
    assert_eq!(
        (&item["type"], &item["status"]),
        (&"IMAGE".into(), &"ENABLED".into())
    );
    assert_eq!(
        (&item["button_type"], &item["buttons"][0]["type"]),
        (&"CALL_TO_ACTION".into(), &"URL".into())
    );
    let id = item["id"].to_string();
    let by_id = sim
        .call(false, &[("method", "get_whatsapp_hsm"), ("id", &id)])
        .await;
    assert_eq!(by_id["meta"]["total"], 1);
}

async fn create(sim: &Sim, name: &str, more: &[(&str, &str)]) -> Value {
    let fields = [
        ("method", "create_whatsapp_hsm"),
        ("template_name", name),
        ("category", "utility"),
    ];
    let common = [
        ("language", "en_US"),
        ("type", "text"),
        ("template", "Hello {{1}}!"),
    ];
    let examples = [("template_variable_examples", r#"["Asha"]"#)];
    let fields = [more, &fields[..], &common[..], &examples[..]].concat();
    let fields = sim.as_account(false, &fields);
    let boundary = "XBOUNDARYX";
    let mut body = String::new();
    for (name, value) in fields {
        body +=
            &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!("--{boundary}--\r\n");
    let kind = format!("multipart/form-data; boundary={boundary}");
    let request = sim
        .http
        .post(sim.gateway())
        .header("content-type", kind)
        .body(body);
    serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_created_template_is_usable_after_its_approval() {
    let sim = sim(|o| o.template_approval_ms = 3_600_000).await;
    let buttons =
        r#"[{"type":"url","text":"Open","urlType":"dynamic","url":"https://example.com/","example":["x"]}]"#;
    let made = create(&sim, "greeting", &[("call_to_action_buttons", buttons)]).await;
    let id = made["details"][0]["template_id"].to_string();
    let find = async || {
        let fields = [
            ("method", "get_whatsapp_hsm"),
            ("id", id.as_str()),
            ("fields", r#"["buttons"]"#),
        ];
        sim.call(false, &fields).await["data"][0].clone()
    };
    assert_eq!(find().await["status"], "PENDING");
    assert_eq!(find().await["buttons"][0]["url"], "https://example.com/{{1}}");
    let send = [
        ("method", "SendMessage"),
        ("isTemplate", "true"),
        ("msg", "Hello Asha!"),
        ("buttonUrlParam", "1"),
    ];
    assert_eq!(fate(&sim, &send).await, "038");

    sim.state().update(|o| o.template_approval_ms = 0).unwrap();
    create(&sim, "second_rejected", &[]).await;
    create(&sim, "second", &[("template", "Bye {{1}}!")]).await;
    let status = async |name| {
        sim.call(false, &[("method", "get_whatsapp_hsm"), ("name", name)])
            .await["data"][0]["status"]
            .clone()
    };
    assert_eq!(
        (status("second").await, status("second_rejected").await),
        ("ENABLED".into(), "REJECTED".into())
    );
    assert_eq!(
        fate(
            &sim,
            &[("method", "SendMessage"), ("isHSM", "true"), ("msg", "Bye Asha!")]
        )
        .await,
        "ok"
    );
}

#[tokio::test]
async fn a_faulty_draft_is_refused_with_words() {
    let sim = sim(|_| {}).await;
    for fields in [
        vec![("template_variable_examples", "[]")],
        vec![("category", "spam")],
        vec![("type", "image")],
        vec![("type", "poem")],
    ] {
        let answer = create(&sim, "faulty", &fields).await;
        assert_eq!(
            (&answer["status"], &answer["id"]),
            (&"error".into(), &"101".into()),
            "{fields:?}"
        );
    }
    create(&sim, "twice", &[]).await;
    assert!(
        create(&sim, "twice", &[]).await["details"]
            .as_str()
            .unwrap()
            .contains("exists")
    );
    let answer = create(&sim, "x", &[("password", "wrong")]).await;
    assert_eq!(answer["id"], "401");
}
