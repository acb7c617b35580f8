//! People found by beginnings, consent and list, counted, and their attributes.

use harkara::store;
use harkara::store::profile::ProfileRow;
use serde_json::{Value, json};

use crate::client::Client;
use crate::consent::ASHA;
use crate::support::{START, TestApp, on_both_engines};

fn row(t: &TestApp, identity: &str, phone: Option<&str>, name: Option<&str>) -> ProfileRow {
    ProfileRow {
        id: t.app.id(),
        identity: identity.into(),
        phone: phone.map(str::to_owned),
        name: name.map(str::to_owned),
        attributes: "{}".into(),
        opt_in: 1,
        opt_source: None,
        opt_at: None,
        created_at: START,
        updated_at: START,
    }
}

async fn write(t: &TestApp, rows: &[ProfileRow]) {
    let mut tx = t.app.db.write().await.unwrap();
    for rows in rows.chunks(1_000) {
        store::profile::insert_many(&mut tx, rows).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    let listing = client.get(&format!("/api/v1/profiles?{query}")).await;
    let rows = listing["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["identity"].as_str().unwrap().to_owned())
        .collect()
}

on_both_engines! {
    async fn people_are_found_by_how_their_name_identity_or_number_begins(t) {
        let client = Client::new(&t).await;
        write(&t, &[
            row(&t, "CRM-1", Some(ASHA), Some("Asha Rao")),
            row(&t, "crm-2", Some("+919999900002"), Some("Élodie")),
            row(&t, "+919999900003", Some("+919999900003"), None),
            row(&t, "mail", None, Some("100% real_name")),
            row(&t, "abroad", Some("+4915112345678"), Some("Zoë ASHA")),
        ]).await;
        for (query, expected) in [
            ("asha", &["CRM-1"][..]),
            ("ASHA%20R", &["CRM-1"]),
            ("crm", &["crm-2", "CRM-1"]),
            ("%C3%A9lo", &["crm-2"]),
            ("100%25", &["mail"]),
            ("100_", &[]),
            ("99999%2000", &["+919999900003", "crm-2", "CRM-1"]),
            ("0999990000", &["+919999900003", "crm-2", "CRM-1"]),
            ("%2B9199999-00003", &["+919999900003"]),
            ("919999900002", &["crm-2"]),
            ("4915", &["abroad"]),
            ("nobody", &[]),
        ] {
            assert_eq!(found(&client, &format!("search={query}")).await, expected, "{query}");
        }
        let count = client.get("/api/v1/profiles/count?search=crm").await;
        assert_eq!(count, json!({"count": 2, "exact": true}));
    }

    async fn a_search_that_fits_too_many_says_so_and_stays_small(t) {
        let client = Client::new(&t).await;
        let rows: Vec<ProfileRow> = (0..2_100)
            .map(|n| row(&t, &format!("c{n}"), Some(&format!("+91999991{n:04}")), Some(&format!("Person {n:04}"))))
            .collect();
        write(&t, &rows).await;
        let all = client.get("/api/v1/profiles?search=pers&limit=3").await;
        assert_eq!(all["partial"], true);
        let count = client.get("/api/v1/profiles/count?search=pers").await;
        assert_eq!(count, json!({"count": 2_000, "exact": false}), "at least so many");
        let some = client.get("/api/v1/profiles?search=person%20200&limit=4").await;
        assert_eq!(some["partial"], false);
        assert_eq!(some["data"][0]["name"], "Person 2009");
        let next = format!("/api/v1/profiles?search=person%20200&limit=4&cursor={}", some["next_cursor"].as_str().unwrap());
        assert_eq!(client.get(&next).await["data"][0]["name"], "Person 2005");
    }

    async fn consent_and_list_narrow_what_is_listed_and_counted(t) {
        let client = Client::new(&t).await;
        let mut rows: Vec<ProfileRow> = (0..10_500)
            .map(|n| row(&t, &format!("c{n:05}"), Some(&format!("+9199999{n:05}")), None))
            .collect();
        for (n, consent) in [(0, 2), (5, 2), (7, 0), (10_400, 2)] {
            rows[n].opt_in = consent;
        }
        write(&t, &rows).await;
        let mut tx = t.app.db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, t.app.id(), "all but ten", START).await.unwrap();
        let ids: Vec<i64> = rows[..10_490].iter().map(|row| row.id).collect();
        store::list::add(&mut tx, list, &ids).await.unwrap();
        tx.commit().await.unwrap();
        let list = harkara::domain::id::LIST.show(list);
        assert_eq!(found(&client, "consent=opted_out").await, ["c10400", "c00005", "c00000"]);
        assert_eq!(found(&client, "consent=opted_out&limit=1").await, ["c10400"]);
        assert_eq!(found(&client, "consent=not_recorded").await, ["c00007"]);
        assert_eq!(found(&client, &format!("list={list}&limit=2")).await, ["c10489", "c10488"]);
        assert_eq!(found(&client, &format!("list={list}&search=c1049&consent=opted_in")).await, [""; 0]);
        assert_eq!(found(&client, &format!("list={list}&identity=c00005&consent=opted_out")).await, ["c00005"]);
        assert_eq!(found(&client, "identity=c00005&consent=opted_in").await, [""; 0]);
        // The rare ones of a long list come in several pages, each with bounded work.
        let first = client.get(&format!("/api/v1/profiles?list={list}&consent=opted_out&limit=3")).await;
        assert_eq!(first["data"].as_array().unwrap().len(), 1);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(
            found(&client, &format!("list={list}&consent=opted_out&limit=3&cursor={cursor}")).await,
            ["c00005", "c00000"]
        );
        for (query, expected) in [
            ("".to_owned(), json!({"count": 10_500, "exact": true})),
            ("consent=opted_in".into(), json!({"count": 10_496, "exact": true})),
            (format!("list={list}"), json!({"count": 10_490, "exact": true})),
            (format!("list={list}&consent=opted_out"), json!({"count": 1, "exact": false})),
            (format!("list={list}&consent=opted_out&exact=true"), json!({"count": 3, "exact": true})),
            ("phone=99999-00005".into(), json!({"count": 1, "exact": true})),
        ] {
            assert_eq!(client.get(&format!("/api/v1/profiles/count?{query}")).await, expected, "{query}");
        }
        client.call("GET", "/api/v1/profiles?consent=maybe", "").await.expect(422);
        client.call("GET", "/api/v1/profiles/count?list=lst_0000000000000", "").await.expect(422);
    }

    async fn attributes_are_known_by_name_type_and_sample(t) {
        let client = Client::new(&t).await;
        for (n, attributes) in [
            (1, json!({"city": "Pune", "orders": 3})),
            (2, json!({"city": "Delhi", "orders": "many"})),
            (3, json!({"city": "Pune", "vip": true})),
            (4, json!({"gone": "x"})),
            (4, json!({"gone": null})),
        ] {
            let body = json!({"identity": format!("c{n}"), "attributes": attributes});
            assert!(client.post("/api/v1/profiles", body).await.status.is_success());
        }
        // Written past the acts, as before names were kept.
        let mut old = row(&t, "old", None, None);
        old.attributes = json!({"legacy": 1}).to_string();
        write(&t, &[old]).await;
        let known = client.get("/api/v1/profiles/attributes").await;
        assert_eq!(known["sampled"], 5);
        let of = |name: &str| {
            let all = known["data"].as_array().unwrap();
            all.iter().find(|a| a["name"] == name).cloned().unwrap_or(Value::Null)
        };
        assert_eq!(of("city"), json!({"name": "city", "types": ["text"], "filled_estimate": 0.6, "samples": ["Pune", "Delhi"]}));
        assert_eq!(of("orders")["types"], json!(["text", "number"]));
        assert_eq!(of("vip")["samples"], json!([true]));
        assert_eq!((&of("gone")["types"], &of("gone")["filled_estimate"]), (&json!(["text"]), &json!(0.0)));
        assert_eq!(of("legacy")["types"], json!(["number"]));
        let mut tx = t.app.db.read().await.unwrap();
        let kept = store::attribute::all(&mut tx).await.unwrap();
        assert_eq!(kept, [("city".into(), 1), ("gone".into(), 1), ("orders".into(), 3), ("vip".into(), 4)]);
    }

    async fn attributes_of_long_ago_are_in_the_sample(t) {
        let client = Client::new(&t).await;
        let mut rows: Vec<ProfileRow> = (0..2_500).map(|n| row(&t, &format!("c{n}"), None, None)).collect();
        rows[3].attributes = json!({"first_shop": "Camp"}).to_string();
        write(&t, &rows).await;
        let known = client.get("/api/v1/profiles/attributes").await;
        assert_eq!(known["data"][0]["name"], "first_shop", "{known}");
        assert!(known["sampled"].as_u64().unwrap() > 2_000);
    }
}
