//! API keys and acts that happen once.

use harkara::app::api_key;
use harkara::app::idempotency::{Asked, earlier, remember};

use crate::support::on_both_engines;

on_both_engines! {
    async fn a_key_works_until_it_is_revoked(t) {
        let mut tx = t.app.db.write().await.unwrap();
        let (id, key) = api_key::create(&t.app, &mut tx, "back end").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api_key::authenticate(&t.app, &key).await.unwrap().unwrap().id, id);
        assert!(api_key::authenticate(&t.app, "hk_wrong").await.unwrap().is_none());
        let mut tx = t.app.db.write().await.unwrap();
        assert!(harkara::store::api_key::revoke(&mut tx, id, t.app.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert!(api_key::authenticate(&t.app, &key).await.unwrap().is_none());
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
