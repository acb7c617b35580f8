//! Templates: where they are used, copied, found and judged while they are written.

use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::store;
use harkara::store::account::{ACTIVE, AccountRow};
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};
use crate::world::World;

async fn world(t: TestApp) -> (World, Client, String) {
    let w = World::new(t, Options::default()).await;
    let client = Client::new(&w.t).await;
    let path = format!("/api/v1/templates/{}", id::TEMPLATE.show(w.template));
    (w, client, path)
}

/// An account of a provider, without any settings.
async fn account_of(t: &TestApp, provider: &str) -> i64 {
    let row = AccountRow {
        id: t.app.id(),
        token: provider.into(),
        provider: provider.into(),
        nickname: provider.into(),
        settings: "{}".into(),
        secrets: "{}".into(),
        state: ACTIVE,
        held_reason: None,
        held_at: None,
        requests_per_second: 1,
        auto_reply: 0,
        auto_reply_text: String::new(),
        auto_reply_rules: None,
        last_inbound_at: None,
        last_report_at: None,
        created_at: START,
        updated_at: START,
    };
    let mut tx = t.app.db.write().await.unwrap();
    store::account::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row.id
}

fn remarks(answer: &Value, level: &str) -> Vec<(String, String)> {
    let all = answer["problems"].as_array().unwrap();
    let of_level = all.iter().filter(|p| p["level"] == level);
    of_level
        .map(|p| {
            (
                p["pointer"].as_str().unwrap().to_owned(),
                p["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

on_both_engines! {
    async fn a_template_tells_who_uses_it(t) {
        let (w, client, path) = world(t).await;
        w.customers(2).await;
        assert_eq!(client.get(&format!("{path}/uses")).await["data"], json!([]));
        let done = w.launch(Audience::Everyone).await;
        w.run(done).await;
        w.draft(Audience::Everyone, &[]).await;
        let uses = client.get(&format!("{path}/uses?limit=1")).await;
        assert_eq!(uses["data"][0]["state"], "draft");
        let next = client.get(&format!("{path}/uses?cursor={}", uses["next_cursor"].as_str().unwrap())).await;
        assert_eq!((&next["data"][0]["state"], &next["data"][0]["counts"]["sent"]), (&json!("finished"), &json!(2)));
        client.call("GET", "/api/v1/templates/tpl_0000000000000/uses", "").await.expect(404);
    }

    async fn a_copy_of_a_template_is_a_draft_with_a_free_name(t) {
        let (w, client, path) = world(t).await;
        let from = client.get(&path).await;
        let first = client.post(&format!("{path}/clone"), json!({})).await.expect(201);
        assert_eq!((&first["name"], &first["status"]), (&json!("welcome_offer_copy"), &json!("draft")));
        assert_eq!((&first["content"], &first["mapping"]), (&from["content"], &from["mapping"]));
        let second = client.post(&format!("{path}/clone"), json!({})).await.expect(201);
        assert_eq!(second["name"], "welcome_offer_copy_2");
        let hindi = client.post(&format!("{path}/clone"), json!({"language": "hi"})).await.expect(201);
        assert_eq!((&hindi["name"], &hindi["language"]), (&json!("welcome_offer"), &json!("hi")));
        let taken = client.post(&format!("{path}/clone"), json!({"name": "welcome_offer"})).await.expect(422);
        assert_eq!(taken["errors"][0]["code"], "taken");
        let nowhere = json!({"account_id": "acc_0000000000000"});
        client.post(&format!("{path}/clone"), nowhere).await.expect(422);
        let found = client.get("/api/v1/templates?search=OFFER_copy").await;
        assert_eq!(found["data"].as_array().unwrap().len(), 2);
        let account = id::ACCOUNT.show(w.account);
        let found = client.get(&format!("/api/v1/templates?search=welcome&status=approved&account_id={account}")).await;
        assert_eq!(found["data"].as_array().unwrap().len(), 1);
    }

    async fn a_template_is_judged_while_it_is_written(t) {
        let (w, client, path) = world(t).await;
        let account = id::ACCOUNT.show(w.account);
        let check = async |body: Value| client.post("/api/v1/templates/check", body).await.expect(200);
        let good = json!({"content": {"body": "Hello there, your parcel is on its way."}});
        assert_eq!(check(good).await, json!({"problems": []}));
        let bad = check(json!({
            "account_id": account, "name": "Order Update", "language": "en",
            "content": {
                "body": "HELLO {{1}} YOUR ORDER IS HERE BIT.LY/X {{3}}",
                "footer": "x".repeat(61),
                "buttons": [{"type": "url", "text": "Track", "url": "https://bit.ly/x"}],
            },
        })).await;
        let errors = remarks(&bad, "error");
        for (pointer, code) in [
            ("/name", "name"), ("/content/body", "numbering"), ("/content/body", "variable_at_edge"),
            ("/content/footer", "too_long"),
        ] {
            assert!(errors.contains(&(pointer.into(), code.into())), "{pointer} {code}: {bad}");
        }
        let hints = remarks(&bad, "warning");
        assert!(hints.contains(&("/content/body".into(), "capitals".into())), "{bad}");
        assert!(hints.contains(&("/content/buttons/0/url".into(), "shortened_link".into())), "{bad}");
        assert!(hints.iter().any(|(_, code)| code == "unmapped"), "{bad}");
        let here = json!({"account_id": account, "name": "welcome_offer", "language": "en", "content": {"body": "Hello there, Asha."}});
        let taken = check(here.clone()).await;
        assert_eq!(remarks(&taken, "error"), [("/name".to_owned(), "taken".to_owned())]);
        let mut own = here;
        own["template_id"] = json!(path.rsplit('/').next().unwrap());
        assert_eq!(check(own).await, json!({"problems": []}), "it does not stand in its own way");
        let unknown = json!({"account_id": "acc_0000000000000", "content": {"body": "Hello there, Asha."}});
        client.post("/api/v1/templates/check", unknown).await.expect(422);
        assert_eq!(client.get("/api/v1/templates").await["data"].as_array().unwrap().len(), 1, "nothing is saved");
    }

    async fn what_the_provider_of_the_account_cannot_carry_is_told(t) {
        let client = Client::new(&t).await;
        let providers = client.get("/api/v1/providers").await;
        let mut told = 0;
        for provider in providers["data"].as_array().unwrap() {
            let spec = harkara_provider::registry::find(provider["id"].as_str().unwrap()).unwrap().spec();
            let account = account_of(&t, spec.id).await;
            let content = json!({"body": "Hello there, pick one.", "offer": {"text": "Today"}});
            let answer = client.post("/api/v1/templates/check", json!({"account_id": id::ACCOUNT.show(account), "content": content})).await.expect(200);
            let refused = remarks(&answer, "error").contains(&("/content/offer".into(), "unsupported".into()));
            assert_eq!(refused, !spec.can(harkara_provider::Capability::TemplateOffer), "{}: {answer}", spec.id);
            told += 1;
        }
        assert!(told > 1);
    }
}
