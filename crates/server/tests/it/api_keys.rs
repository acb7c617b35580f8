//! API keys and acts that happen once.

use harkara::app::api_key;
use harkara::app::idempotency::{Asked, earlier, remember};
use harkara::clock::{DAY, HOUR};
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::on_both_engines;

on_both_engines! {
    async fn a_key_works_until_it_is_revoked(t) {
        let mut tx = t.app.db.write().await.unwrap();
        let (id, key) = api_key::create(&t.app, &mut tx, "back end").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api_key::authenticate(&t.app, &key, "127.0.0.1").await.unwrap().unwrap().id, id);
        assert!(api_key::authenticate(&t.app, "hk_wrong", "127.0.0.1").await.unwrap().is_none());
        let mut tx = t.app.db.write().await.unwrap();
        assert!(harkara::store::api_key::revoke(&mut tx, id, t.app.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert!(api_key::authenticate(&t.app, &key, "127.0.0.1").await.unwrap().is_none());
    }

    async fn a_key_ends_by_itself_and_its_successor_goes_on(t) {
        let client = Client::new(&t).await;
        let body = json!({"name": "shop", "scopes": ["profiles.read"], "expires_in_days": 30});
        let made = client.post("/api/v1/api-keys", body).await.expect(201);
        let works = async |key: &Value| {
            api_key::authenticate(&t.app, key.as_str().unwrap(), "203.0.113.7").await.unwrap().is_some()
        };
        let row = async |id: &Value| {
            let all = client.get("/api/v1/api-keys").await;
            all["data"].as_array().unwrap().iter().find(|key| key["id"] == *id).unwrap().clone()
        };
        assert!(works(&made["key"]).await);
        let old = row(&made["id"]).await;
        assert_eq!((&old["last_used_from"], &old["alive"]), (&json!("203.0.113.7"), &json!(true)));
        assert_eq!(old["expires_at"], t.app.now() + 30 * DAY);

        t.clock.advance(29 * DAY);
        let path = format!("/api/v1/api-keys/{}/rotate", made["id"].as_str().unwrap());
        for (wrong, pointer) in [(json!({"overlap_hours": 721}), "/overlap_hours"), (json!({"overlap_hours": -1}), "/overlap_hours")] {
            assert_eq!(client.post(&path, wrong).await.expect(422)["errors"][0]["pointer"], pointer);
        }
        let next = client.post(&path, json!({"overlap_hours": 2})).await.expect(201);
        let new = row(&next["id"]).await;
        assert_eq!((&new["name"], &new["scopes"]), (&old["name"], &old["scopes"]));
        assert_eq!(new["expires_at"], t.app.now() + 30 * DAY, "it lives as long as the old one did");
        assert!(works(&made["key"]).await && works(&next["key"]).await);
        t.clock.advance(2 * HOUR);
        assert!(!works(&made["key"]).await && works(&next["key"]).await);
        assert_eq!(row(&made["id"]).await["alive"], false);
        client.post(&path, json!({})).await.expect(404);
        t.clock.advance(30 * DAY);
        assert!(!works(&next["key"]).await);

        // A key that ends sooner is not made to live longer by its successor.
        let made = client.post("/api/v1/api-keys", json!({"name": "short", "expires_in_days": 1})).await.expect(201);
        let path = format!("/api/v1/api-keys/{}/rotate", made["id"].as_str().unwrap());
        let end = row(&made["id"]).await["expires_at"].clone();
        client.post(&path, json!({"overlap_hours": 720})).await.expect(201);
        assert_eq!(row(&made["id"]).await["expires_at"], end);
        let refused = client.post("/api/v1/api-keys", json!({"name": "x", "expires_in_days": 0})).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/expires_in_days");
    }

    async fn a_reused_key_with_another_request_is_refused(t) {
        let first = Asked::new(1, Some("k".into()), "POST", "/x", b"{}");
        let mut tx = t.app.db.write().await.unwrap();
        assert!(earlier(&mut tx, &first).await.unwrap().is_none());
        remember(&t.app, &mut tx, &first, 201, "{\"id\":1}").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.app.db.write().await.unwrap();
        assert_eq!(earlier(&mut tx, &first).await.unwrap().unwrap().body, "{\"id\":1}");
        let other = Asked::new(1, Some("k".into()), "POST", "/x", b"{\"a\":1}");
        assert!(earlier(&mut tx, &other).await.unwrap_err().to_string().contains("another request"));
    }
}
