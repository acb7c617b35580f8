//! Filters that a user keeps under a name: their own, a bounded number, and each name once for a list.

use harkara::domain::permission::Role;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Client;
use crate::support::on_both_engines;

const VIEWS: &str = "/me/views";

fn view(name: &str) -> Value {
    json!({"page": "profiles", "name": name, "query": "?consent=opted_in"})
}

on_both_engines! {
    async fn a_view_is_kept_changed_and_forgotten(t) {
        let mut asha = Browser::of(&t, Role::Viewer).await;
        let made = asha.call("POST", VIEWS, view("  May write to ")).await.expect(201);
        assert_eq!((&made["name"], &made["page"]), (&json!("May write to"), &json!("profiles")));
        let path = format!("{VIEWS}/{}", made["id"].as_str().unwrap());
        let renamed = asha.call("PATCH", &path, json!({"name": "Friends"})).await.expect(200);
        assert_eq!((&renamed["name"], &renamed["query"]), (&json!("Friends"), &json!("?consent=opted_in")));
        asha.call("PATCH", &path, json!({"query": "?q=asha"})).await.expect(200);
        let all = asha.get("/me/views?page=profiles").await["data"].clone();
        assert_eq!(all, json!([{"id": made["id"], "page": "profiles", "name": "Friends", "query": "?q=asha"}]));
        assert_eq!(asha.get("/me/views?page=audit").await["data"], json!([]));
        assert_eq!(asha.call("DELETE", &path, Value::Null).await.status.as_u16(), 204);
        assert_eq!(asha.refused(404, "DELETE", &path, Value::Null).await, "not_found");
        assert_eq!(asha.get("/me/views?page=profiles").await["data"], json!([]));
    }

    async fn nobody_else_sees_or_changes_a_view(t) {
        let mut asha = Browser::of(&t, Role::Viewer).await;
        let mut ravi = Browser::of(&t, Role::Owner).await;
        let made = asha.call("POST", VIEWS, view("Mine")).await.expect(201);
        let path = format!("{VIEWS}/{}", made["id"].as_str().unwrap());
        assert_eq!(ravi.get("/me/views?page=profiles").await["data"], json!([]));
        assert_eq!(ravi.refused(404, "PATCH", &path, json!({"name": "His"})).await, "not_found");
        assert_eq!(ravi.refused(404, "DELETE", &path, Value::Null).await, "not_found");
        ravi.call("POST", VIEWS, view("Mine")).await.expect(201);
        assert_eq!(asha.get("/me/views?page=profiles").await["data"][0]["id"], made["id"]);
        let key = Client::new(&t).await;
        let body = axum::body::Body::empty();
        key.call("GET", "/api/v1/me/views?page=profiles", body).await.expect(403);
    }

    async fn a_name_is_taken_once_and_fifty_are_enough(t) {
        let mut asha = Browser::of(&t, Role::Viewer).await;
        for n in 0..50 {
            asha.call("POST", VIEWS, view(&format!("View {n}"))).await.expect(201);
        }
        assert_eq!(asha.refused(409, "POST", VIEWS, view("One more")).await, "too_many_views");
        let other = json!({"page": "audit", "name": "View 1", "query": ""});
        let made = asha.call("POST", VIEWS, other.clone()).await.expect(201);
        let again = asha.call("POST", VIEWS, other).await.expect(422);
        assert_eq!((&again["errors"][0]["pointer"], &again["errors"][0]["code"]), (&json!("/name"), &json!("taken")));
        asha.call("POST", VIEWS, json!({"page": "audit", "name": "View 2", "query": ""})).await.expect(201);
        let path = format!("{VIEWS}/{}", made["id"].as_str().unwrap());
        let taken = asha.call("PATCH", &path, json!({"name": "View 2"})).await.expect(422);
        assert_eq!(taken["errors"][0]["code"], "taken");
    }

    async fn what_does_not_fit_is_named(t) {
        let mut asha = Browser::of(&t, Role::Viewer).await;
        for (pointer, body) in [
            ("/page", json!({"page": "nowhere", "name": "A", "query": ""})),
            ("/name", json!({"page": "audit", "name": " ", "query": ""})),
            ("/query", json!({"page": "audit", "name": "A", "query": "x".repeat(2_001)})),
        ] {
            let problem = asha.call("POST", VIEWS, body).await.expect(422);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        asha.call("GET", "/me/views?page=nowhere", Value::Null).await.expect(422);
    }
}
