//! An answer that is given a second time stands for what is durable: it can be seen before it is.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use futures::FutureExt;
use futures::future::BoxFuture;
use harkara::app::App;
use harkara::app::vault::Vault;
use harkara::store::watch::{Watch, Watching};
use harkara::store::{Db, StoreError};
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::support::{TestApp, on_both_engines};
use crate::world::{World, phone};

/// A disk that takes nothing.
#[derive(Debug)]
struct Ill;

/// A transaction on it, and whether it writes.
#[derive(Debug)]
struct OnIll(bool);

impl Watch for Ill {
    fn begin(&self, write: bool) -> BoxFuture<'static, Result<Box<dyn Watching>, StoreError>> {
        async move { Ok(Box::new(OnIll(write)) as Box<dyn Watching>) }.boxed()
    }
}

impl Watching for OnIll {
    fn commit(&mut self) -> BoxFuture<'_, Result<(), StoreError>> {
        let refused = std::io::Error::other("the disk is ill");
        let result = if self.0 {
            Err(StoreError::Database(refused.into()))
        } else {
            Ok(())
        };
        async move { result }.boxed()
    }

    fn committed(&mut self) -> BoxFuture<'_, Result<(), StoreError>> {
        async { Ok(()) }.boxed()
    }
}

/// The same server, and the same caller, when the disk is ill.
fn ill(t: &TestApp, well: &Client) -> Client {
    let db = Db::Watched(Box::new(t.app.db.clone()), Arc::new(Ill));
    let vault = Vault::open(t.folder.path(), None).unwrap();
    let app = App::new(db, t.clock.clone(), 2, vault, t.app.config.clone());
    Client {
        router: harkara::http::router(app),
        key: well.key.clone(),
    }
}

async fn ask(client: &Client, path: &str, body: &Value) -> Answer {
    let request = Request::post(path)
        .header("authorization", format!("Bearer {}", client.key))
        .header("idempotency-key", path)
        .body(Body::from(body.to_string()))
        .unwrap();
    client.send(request).await
}

/// Asks, asks again when the disk is ill, and once more.
async fn three_times(w: &World, path: &str, body: &Value) {
    let well = Client::new(&w.t).await;
    let first = ask(&well, path, body).await;
    assert!(first.status.is_success(), "{}", first.text);
    ask(&ill(&w.t, &well), path, body).await.expect(503);
    let again = ask(&well, path, body).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert!(again.headers.contains_key("idempotency-replayed"));
}

on_both_engines! {
    async fn an_answer_is_not_repeated_before_it_is_durable(t) {
        let w = World::new(t, Options::default()).await;
        three_times(&w, "/api/v1/lists", &json!({"name": "Regulars"})).await;
        let options = w.sim.state().options();
        let base = format!("{}/GatewayAPI/rest", w.sim.base_url());
        let trial = json!({
            "provider": "gupshup-enterprise", "to": phone(1), "content": {"type": "text", "body": "Is this on?"},
            "settings": {
                "nickname": "Not saved", "hsm_user_id": options.hsm.0, "hsm_password": options.hsm.1,
                "two_way_user_id": options.two_way.0, "two_way_password": options.two_way.1, "number": "+919999900000",
                "base_url": base, "template_base_url": base,
            },
        });
        three_times(&w, "/api/v1/accounts/try-message", &trial).await;
        assert_eq!(w.sim.state().accepted().len(), 1);
    }
}
