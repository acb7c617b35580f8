//! Lists over HTTP.

use harkara::store::list::find_or_add;

use crate::client::Client;
use crate::support::{START, on_both_engines};

on_both_engines! {
    async fn lists_are_shown_with_their_size_newest_first(t) {
        let mut tx = t.app.db.write().await.unwrap();
        for name in ["Diwali", "Holi"] {
            find_or_add(&mut tx, t.app.id(), name, START).await.unwrap();
        }
        tx.commit().await.unwrap();
        let client = Client::new(&t).await;
        let lists = client.call("GET", "/api/v1/lists", "").await.expect(200);
        assert_eq!(lists["data"][0]["name"], "Holi");
        assert_eq!(lists["data"][0]["size"], 0);
        let id = lists["data"][1]["id"].as_str().unwrap();
        let one = client.call("GET", &format!("/api/v1/lists/{id}"), "").await.expect(200);
        assert_eq!((&one["name"], &one["created_at"]), (&"Diwali".into(), &START.into()));
        let page = client.call("GET", "/api/v1/lists?limit=1", "").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let next = client.call("GET", &format!("/api/v1/lists?limit=1&cursor={cursor}"), "").await.expect(200);
        assert_eq!(next["data"][0]["name"], "Diwali");
        client.call("GET", "/api/v1/lists/lst_0000000000000", "").await.expect(404);
    }
}
