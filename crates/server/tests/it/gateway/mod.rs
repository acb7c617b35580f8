//! Two programs written apart from one description: our provider against the simulated gateway, by the engine.

mod callbacks;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use harkara::engine::Engine;
use harkara_provider::{Account, Content, Outgoing, Provider, Receipt, SendError, SendErrorKind, registry};
use harkara_sim::{Options, Running, start};
use serde_json::{Value, json};

const CUSTOMER: &str = "+919999911110";
const NOW: i64 = 1_772_359_200_000;

struct Gateway {
    running: Running,
    provider: &'static dyn Provider,
    engine: Engine,
    account: Account,
}

impl Gateway {
    async fn start(options: Options) -> Self {
        let running = start(Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            ..options
        })
        .await
        .unwrap();
        let provider = registry::find("gupshup-enterprise").unwrap();
        let url = format!("{}/GatewayAPI/rest", running.base_url());
        let defaults = Options::default();
        let settings = [
            ("hsm_user_id", defaults.hsm.0),
            ("hsm_password", defaults.hsm.1),
            ("two_way_user_id", defaults.two_way.0),
            ("two_way_password", defaults.two_way.1),
            ("number", format!("+{}", defaults.number)),
            ("base_url", url.clone()),
            ("template_base_url", url),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value));
        let account = Account::new(provider.spec(), BTreeMap::from(settings));
        Self {
            running,
            provider,
            engine: Engine::new(Duration::from_secs(20), crate::guard::loopback()),
            account,
        }
    }

    async fn send(&self, reference: &str, content: Value) -> Result<Receipt, SendError> {
        let content: Content = serde_json::from_value(content).unwrap();
        let message = Outgoing {
            to: CUSTOMER.into(),
            from: self.account.get("number").into(),
            reference: reference.into(),
            at: NOW,
            content,
        };
        let step = |prior: &[_]| self.provider.send(&self.account, &message, prior);
        self.engine.run(step).await.map(|(receipt, _)| receipt)
    }

    async fn check(&self, credential: usize) -> Result<String, SendError> {
        self.engine
            .run(|prior| self.provider.check(&self.account, credential, NOW, prior))
            .await
            .map(|done| done.0)
    }

    async fn consent(&self, opted_in: bool) -> Result<(), SendError> {
        let step = |prior: &[_]| {
            self.provider
                .consent(&self.account, CUSTOMER, opted_in, NOW, prior)
        };
        self.engine.run(step).await.map(|_| ())
    }

    /// References of accepted messages that the gateway will report as failed, with its reason.
    fn problems(&self) -> Vec<(String, String)> {
        let (_, messages) = self.running.state().messages(0, usize::MAX);
        messages
            .into_iter()
            .filter_map(|message| Some((message.reference, message.problem?)))
            .collect()
    }
}

fn template(rest: Value) -> Value {
    let mut content = json!({ "type": "template", "name": "t", "language": "en_US" });
    content
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    content
}

/// The sample templates of the gateway, filled in.
fn templates() -> Vec<(&'static str, Value)> {
    let place = json!({ "type": "location", "latitude": 12.97, "longitude": 77.59, "name": "Shop" });
    let image = json!({ "type": "media", "kind": "image", "url": "https://shop.example/a.png" });
    let file = json!({ "type": "media", "kind": "document", "url": "https://shop.example/i.pdf", "filename": "i.pdf" });
    vec![
        (
            "welcome",
            json!({
                "body": "Hello Asha, welcome to the shop! Write to us here whenever you need help.",
                "parameters": ["Asha", "the shop"],
            }),
        ),
        (
            "weekend_offer",
            json!({
                "header": image,
                "body": "Hi Asha, your *20 % off* is ready. It is valid until Sunday.",
                "parameters": ["Asha", "20 %", "Sunday"],
                "footer": "Reply STOP to opt out",
                "buttons": [
                    { "type": "dynamic_url", "text": "Shop now", "base": "https://shop.example.com/offer/", "suffix": "17" },
                    { "type": "quick_reply", "text": "Not interested" },
                ],
            }),
        ),
        (
            "order_update",
            json!({
                "header": { "type": "text", "text": "Order 17", "parameter": "17" },
                "body": "Hello Asha, your order 17 is on its way.",
                "parameters": ["Asha", "17", "on its way"],
                "footer": "Example Store",
                "buttons": [
                    { "type": "quick_reply", "text": "Where is it?" },
                    { "type": "quick_reply", "text": "Talk to us" },
                ],
            }),
        ),
        (
            "invoice",
            json!({
                "header": file,
                "body": "Dear Asha, here is your invoice for May.",
                "parameters": ["Asha", "May"],
            }),
        ),
        (
            "store_visit",
            json!({
                "header": place,
                "body": "Hello Asha, we look forward to seeing you on Sunday.",
                "parameters": ["Asha", "Sunday"],
                "buttons": [{ "type": "phone", "text": "Call the store", "number": "+919999900000" }],
            }),
        ),
        (
            "login_code",
            json!({
                "body": "123456 is your verification code.",
                "parameters": ["123456"],
                "buttons": [{ "type": "copy_code", "code": "123456" }],
            }),
        ),
    ]
}

#[tokio::test]
async fn every_kind_of_template_matches_by_its_text_and_by_either_id() {
    let gateway = Gateway::start(Options::default()).await;
    let seeds = gateway.running.state().templates();
    for (name, content) in templates() {
        let seed = seeds.iter().find(|seed| seed.name == name).unwrap();
        for (mode, id) in [
            ("text", None),
            ("short", Some(seed.id.to_string())),
            ("meta", Some(seed.meta_id.clone())),
        ] {
            let mut content = content.clone();
            content["provider_template_id"] = json!(id);
            let receipt = gateway
                .send(&format!("{name}-{mode}"), template(content))
                .await
                .unwrap();
            assert!(!receipt.external_id.is_empty(), "{name} by {mode}");
        }
    }
    assert_eq!(gateway.problems(), []);
    assert_eq!(gateway.running.state().accepted().len(), 3 * templates().len());
    gateway.running.shutdown().await;
}

#[tokio::test]
async fn every_kind_of_session_message_is_taken() {
    let gateway = Gateway::start(Options {
        enforce_window: false,
        ..Options::default()
    })
    .await;
    let rows = json!([{ "rows": [{ "id": "1", "title": "One", "description": "the first" }, { "id": "2", "title": "Two" }] }]);
    let buttons = json!([{ "id": "y", "title": "Yes" }, { "id": "n", "title": "No" }]);
    let image = json!({ "type": "media", "kind": "image", "url": "https://shop.example/a.png" });
    let mut contents = vec![
        json!({ "type": "text", "body": "नमस्ते 👋 a+b & c=d", "preview_url": true }),
        json!({ "type": "location", "latitude": 12.97, "longitude": 77.59 }),
        json!({ "type": "list", "body": "Choose", "button": "Open", "sections": rows, "header": "Menu", "footer": "f" }),
        json!({ "type": "buttons", "body": "Well?", "buttons": buttons, "header": { "type": "text", "text": "h" } }),
        json!({ "type": "buttons", "body": "Well?", "buttons": buttons, "header": image, "footer": "f" }),
    ];
    for kind in ["image", "video", "audio", "document", "sticker"] {
        contents
            .push(json!({ "type": "media", "kind": kind, "url": format!("https://shop.example/{kind}") }));
    }
    for (at, content) in contents.iter().enumerate() {
        let receipt = gateway.send(&format!("m{at}"), content.clone()).await;
        assert!(receipt.is_ok(), "{content}: {receipt:?}");
    }
    assert_eq!(gateway.problems(), []);
    gateway.running.shutdown().await;
}

#[tokio::test]
async fn either_account_is_checked_and_a_blocked_address_is_named() {
    let gateway = Gateway::start(Options::default()).await;
    assert!(gateway.check(0).await.unwrap().contains("notification account"));
    assert!(gateway.check(1).await.unwrap().contains("two-way account"));

    gateway
        .running
        .state()
        .update(|options| options.block_two_way_ip = true)
        .unwrap();
    assert!(gateway.check(0).await.is_ok());
    let error = gateway.check(1).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Config);
    assert!(
        error.help.contains("two-way account") && error.help.contains("both ids"),
        "{}",
        error.help
    );

    gateway
        .running
        .state()
        .update(|options| options.hsm.1 = "changed".into())
        .unwrap();
    let error = gateway.check(0).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Auth);
    assert!(error.help.contains("notification account"), "{}", error.help);
    gateway.running.shutdown().await;
}

#[tokio::test]
async fn opt_in_may_be_said_twice_and_a_missing_one_is_an_opt_out() {
    let gateway = Gateway::start(Options {
        enforce_opt_in: true,
        ..Options::default()
    })
    .await;
    let welcome = templates().swap_remove(0).1;
    let error = gateway.send("r1", template(welcome.clone())).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::OptedOut, "{error}");
    for opted_in in [true, true, false, false, true] {
        gateway.consent(opted_in).await.unwrap();
    }
    gateway.send("r2", template(welcome)).await.unwrap();
    gateway.running.shutdown().await;
}

#[tokio::test]
async fn a_template_is_created_and_listed() {
    let gateway = Gateway::start(Options {
        sample_templates: false,
        ..Options::default()
    })
    .await;
    let draft = serde_json::from_value(json!({
        "name": "diwali", "language": "en_US", "category": "marketing",
        "header": { "type": "text", "text": "Hi {{1}}" }, "header_example": "Asha",
        "body": "Your code is {{1}}, enjoy.", "body_examples": ["A1"], "footer": "Reply STOP to opt out",
        "buttons": [
            { "type": "quick_reply", "text": "Stop" },
            { "type": "url", "text": "Open", "url": "https://shop.example/{{1}}" },
            { "type": "phone", "text": "Call", "phone": "+919999900000" },
        ],
        "url_examples": ["https://shop.example/1"],
    }))
    .unwrap();
    let (id, _) = gateway
        .engine
        .run(|prior| {
            gateway
                .provider
                .create_template(&gateway.account, &draft, NOW, prior)
        })
        .await
        .unwrap();
    let (list, _) = gateway
        .engine
        .run(|prior| gateway.provider.list_templates(&gateway.account, NOW, prior))
        .await
        .unwrap();
    assert_eq!(list.problems, Vec::<String>::new());
    let [found] = list.templates.as_slice() else {
        panic!("{list:?}")
    };
    assert_eq!(
        (&found.provider_template_id, &found.name, &found.header),
        (&id, &draft.name, &draft.header)
    );
    assert_eq!(
        (&found.body, &found.footer, found.buttons_known),
        (&draft.body, &draft.footer, true)
    );
    assert_eq!(found.buttons, draft.buttons);
    gateway.running.shutdown().await;
}
