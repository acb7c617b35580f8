//! Callback URLs that are pasted at the provider before the account is saved.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use futures::future::BoxFuture;
use harkara::app::account::{CHECK_HEADER, reach};
use harkara::app::arrival;
use harkara::engine::{Exchange, Transport};
use harkara_provider::{self as provider, Reply};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

use crate::client::Client;
use crate::post::says;
use crate::support::{START, on_both_engines};

const PATH: &str = "/api/v1/accounts/callback-urls";

fn account(token: &str) -> Value {
    json!({"provider": "gupshup-enterprise", "callback_token": token, "settings": {
        "nickname": "Shop", "hsm_user_id": "2000000009", "hsm_password": "a", "two_way_user_id": "2000000010",
        "two_way_password": "b", "number": "+919999900000",
    }})
}

/// What the provider gets when it calls a URL.
async fn called(client: &Client, method: &str, url: &Value, body: &str) -> (u16, String) {
    let path = url
        .as_str()
        .unwrap()
        .strip_prefix("https://harkara.example")
        .unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let answer = client.send(request).await;
    let code = serde_json::from_str::<Value>(&answer.text).unwrap_or_default();
    let code = code["code"].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), code)
}

/// The internet, which leads back to this server.
struct Loop(axum::Router);

impl Exchange for Loop {
    fn exchange(&self, asked: provider::Request) -> BoxFuture<'static, Result<Reply, Transport>> {
        let router = self.0.clone();
        Box::pin(async move {
            let path = asked.url.strip_prefix("https://harkara.example").unwrap();
            let mut request = Request::builder().uri(path);
            for (name, value) in &asked.headers {
                request = request.header(name, value);
            }
            let response = router
                .oneshot(request.body(Body::empty()).unwrap())
                .await
                .unwrap();
            let text = |(n, v): (&HeaderName, &HeaderValue)| (n.to_string(), v.to_str().unwrap().to_owned());
            Ok(Reply {
                status: response.status().as_u16(),
                headers: response.headers().iter().map(text).collect(),
                body: Vec::new(),
            })
        })
    }
}

on_both_engines! {
    async fn a_check_calls_ourselves_and_leaves_no_trace(t) {
        let client = Client::new(&t).await;
        let made = client.post(PATH, json!({})).await.expect(201);
        let token = made["token"].as_str().unwrap().to_owned();
        let urls = |made: &Value| ["inbound_url", "reports_url"].map(|url| made[url].as_str().unwrap().to_owned());
        let engine = t.app.engine.clone().instead(Arc::new(Loop(harkara::http::router(t.app.clone()))));
        let early = reach(&t.app, &engine, urls(&made)).await;
        assert!(early.iter().all(|one| one.ok), "{early:?}");
        assert_eq!(client.get(&format!("{PATH}/{token}")).await["inbound"]["count"], 0);

        let saved = client.post("/api/v1/accounts", account(&token)).await.expect(201);
        let late = reach(&t.app, &engine, urls(&saved)).await;
        assert!(late.iter().all(|one| one.ok), "{late:?}");
        assert_eq!(client.get("/api/v1/callbacks").await["data"], json!([]));
        // Somebody else's URL is none of ours, and what brings something is kept, whatever its headers say.
        let strange = urls(&saved).map(|url| url.replace(&token, "nobody"));
        let strange = reach(&t.app, &engine, strange).await;
        assert_eq!((strange[0].ok, strange[0].http_status), (false, Some(404)));
        let path = urls(&saved)[0].strip_prefix("https://harkara.example").unwrap().to_owned();
        let brings = Request::builder().uri(format!("{path}?text=Hello")).header(CHECK_HEADER, "abc");
        client.send(brings.body(Body::empty()).unwrap()).await;
        assert_eq!(client.get("/api/v1/callbacks").await["data"].as_array().unwrap().len(), 1);

        client.post(&format!("{PATH}/check"), json!({"token": "nobody"})).await.expect(404);
        client.post(&format!("{PATH}/check"), json!({"account_id": "acc_0000000000000"})).await.expect(404);
        client.post(&format!("{PATH}/check"), json!({})).await.expect(422);
    }

    async fn the_saved_account_has_exactly_the_urls_that_were_pasted(t) {
        let client = Client::new(&t).await;
        let made = client.post(PATH, json!({})).await.expect(201);
        let token = made["token"].as_str().unwrap();
        assert_eq!(made["created_at"], START);
        assert_eq!(made["inbound_url"], format!("https://harkara.example/callbacks/{token}/inbound"));
        assert_eq!(made["reports_url"], format!("https://harkara.example/callbacks/{token}/reports"));
        let path = format!("{PATH}/{token}");
        let quiet = json!({"count": 0, "last_at": null});
        let shown = client.get(&path).await;
        assert_eq!((&shown["inbound"], &shown["reports"], shown.get("account_id")), (&quiet, &quiet, None));
        assert_eq!(shown["inbound_url"], made["inbound_url"]);

        // A look is answered, what brings something has to come again; both are seen.
        let message = says(1, "hello", START).to_string();
        assert_eq!(called(&client, "GET", &made["inbound_url"], "").await, (200, String::new()));
        assert_eq!(called(&client, "HEAD", &made["inbound_url"], "").await, (200, String::new()));
        t.clock.advance(5_000);
        assert_eq!(called(&client, "POST", &made["reports_url"], "{}").await, (503, "account_not_saved".into()));
        let query = json!(format!("{}?externalId=1", made["reports_url"].as_str().unwrap()));
        assert_eq!(called(&client, "GET", &query, "").await, (503, "account_not_saved".into()));
        assert_eq!(called(&client, "POST", &made["inbound_url"], &message).await.0, 503);
        let shown = client.get(&path).await;
        assert_eq!(shown["inbound"], json!({"count": 3, "last_at": START + 5_000}));
        assert_eq!(shown["reports"], json!({"count": 2, "last_at": START + 5_000}));

        let saved = client.post("/api/v1/accounts", account(token)).await.expect(201);
        assert_eq!((&saved["inbound_url"], &saved["reports_url"]), (&made["inbound_url"], &made["reports_url"]));
        assert_eq!(client.get(&path).await["account_id"], saved["id"]);
        // The provider sends it again, and now it is taken.
        assert_eq!(called(&client, "POST", &made["inbound_url"], &message).await.0, 200);
        arrival::apply_new(&t.app).await.unwrap();
        assert_eq!(client.get("/api/v1/conversations").await["data"].as_array().unwrap().len(), 1);
    }

    async fn a_token_is_ours_and_of_one_account(t) {
        let client = Client::new(&t).await;
        let made = client.post(PATH, json!({})).await.expect(201);
        let token = made["token"].as_str().unwrap();
        let other = client.post(PATH, json!({})).await.expect(201);
        assert_ne!(made["token"], other["token"]);
        let mut forged = token.to_owned();
        forged.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
        for foreign in ["", "a", "0123456789012345678901234567890123456789012", &forged, &format!("{token}A"), &token.replace('-', "+")] {
            if foreign == token {
                continue;
            }
            let problem = client.post("/api/v1/accounts", account(foreign)).await.expect(422);
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/callback_token"), &json!("unknown")));
        }
        assert_eq!(client.call("GET", &format!("{PATH}/{forged}"), "").await.expect(404)["code"], "not_found");
        let stranger = json!(format!("https://harkara.example/callbacks/{forged}/inbound"));
        assert_eq!(called(&client, "POST", &stranger, "{}").await, (404, "unknown_callback_url".into()));

        let saved = client.post("/api/v1/accounts", account(token)).await.expect(201);
        let mut second = account(token);
        second["settings"]["nickname"] = json!("Second");
        let taken = client.post("/api/v1/accounts", second.clone()).await.expect(422);
        assert_eq!(taken["errors"][0]["code"], "taken");
        // Also when the first one is gone for good: its provider may still call there.
        let gone = format!("/api/v1/accounts/{}?forget=true", saved["id"].as_str().unwrap());
        client.call("DELETE", &gone, "").await.expect(200);
        assert_eq!(client.post("/api/v1/accounts", second).await.expect(422)["errors"][0]["code"], "taken");
    }

    async fn urls_outlive_a_restart_and_hold_on_every_server(t) {
        let client = Client::new(&t).await;
        let made = client.post(PATH, json!({})).await.expect(201);
        let token = made["token"].as_str().unwrap();
        let second = t.beside(2, START + 60_000).await;
        let elsewhere = Client::new(&second).await;
        assert_eq!(elsewhere.get(&format!("{PATH}/{token}")).await["created_at"], START);
        let saved = elsewhere.post("/api/v1/accounts", account(token)).await.expect(201);
        assert_eq!(saved["inbound_url"], made["inbound_url"]);
        assert_eq!(called(&client, "POST", &made["inbound_url"], &says(1, "hello", START).to_string()).await.0, 200);
    }
}
