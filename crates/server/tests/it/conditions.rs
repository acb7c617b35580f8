//! People for whom conditions hold: listed, counted, acted on and taken out as a file.

use harkara::app::bulk::step;
use harkara::clock::{DAY, first_id_at};
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::store;
use harkara::store::profile::ProfileRow;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Client;
use crate::support::{START, TestApp, on_both_engines};

fn row(t: &TestApp, n: i64, attributes: Value) -> ProfileRow {
    ProfileRow {
        id: t.app.id(),
        identity: format!("c{n}"),
        phone: Some(format!("+9199999{n:05}")),
        name: Some(format!("Person {n}")),
        attributes: attributes.to_string(),
        opt_in: 1,
        opt_source: Some("form".into()),
        opt_at: Some(START),
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

/// As it stands in an address.
fn query(conditions: &Value) -> String {
    let mut text = String::from("conditions=");
    for byte in conditions.to_string().bytes() {
        text.push_str(&format!("%{byte:02X}"));
    }
    text
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    let listing = client.get(&format!("/api/v1/profiles?{query}")).await;
    let rows = listing["data"].as_array().unwrap().iter();
    rows.map(|row| row["identity"].as_str().unwrap().to_owned())
        .collect()
}

fn pune() -> Value {
    json!([{"attribute": "city", "is": "equal", "value": "pune"}])
}

on_both_engines! {
    async fn conditions_narrow_what_search_list_and_consent_find(t) {
        let client = Client::new(&t).await;
        let mut rows: Vec<ProfileRow> = (0..40)
            .map(|n| row(&t, n, json!({"city": if n % 4 == 0 { "Pune" } else { "Delhi" }, "points": n})))
            .collect();
        rows[8].opt_in = 2;
        write(&t, &rows).await;
        let mut tx = t.app.db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, t.app.id(), "Some", START).await.unwrap();
        store::list::add(&mut tx, list, &[rows[4].id, rows[5].id, rows[8].id]).await.unwrap();
        tx.commit().await.unwrap();
        let list = id::LIST.show(list);
        let pune = query(&pune());
        let rich = query(&json!([{"attribute": "city", "is": "equal", "value": "Pune"}, {"attribute": "points", "is": "above", "value": 30}]));
        for (asked, expected) in [
            (rich.clone(), &["c36", "c32"][..]),
            (format!("{pune}&limit=2"), &["c36", "c32"]),
            (format!("{pune}&search=Person%201"), &["c16", "c12"]),
            (format!("{pune}&list={list}"), &["c8", "c4"]),
            (format!("{pune}&list={list}&consent=opted_in"), &["c4"]),
            (format!("{pune}&consent=opted_out"), &["c8"]),
            (format!("{pune}&identity=c5"), &[]),
            (format!("{pune}&identity=c4"), &["c4"]),
        ] {
            assert_eq!(found(&client, &asked).await, expected, "{asked}");
            if !asked.contains("limit") {
                let count = client.get(&format!("/api/v1/profiles/count?{asked}")).await;
                assert_eq!(count, json!({"count": expected.len(), "exact": true}), "{asked}");
            }
        }
        let first = client.get(&format!("/api/v1/profiles?{pune}&limit=3")).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(found(&client, &format!("{pune}&limit=3&cursor={cursor}")).await, ["c24", "c20", "c16"]);
        let campaign = json!({"audience": {"type": "conditions", "all": [{"attribute": "city", "is": "equal", "value": "pune"}]}});
        let reach = client.post("/api/v1/reach", campaign).await.expect(200);
        let count = client.get(&format!("/api/v1/profiles/count?{pune}")).await;
        assert_eq!(reach["audience"], count["count"], "campaigns find the same people");
    }

    async fn what_is_no_condition_is_named(t) {
        let client = Client::new(&t).await;
        for (conditions, pointer) in [
            (json!([{"attribute": "city", "is": "one_of", "value": "Pune"}]), "/conditions/0/value"),
            (json!([{"attribute": " ", "is": "set"}]), "/conditions/0/attribute"),
            (json!({"attribute": "city"}), "/conditions"),
            (json!([{"attribute": "city", "is": "near"}]), "/conditions"),
            (json!(vec![json!({"attribute": "city", "is": "set"}); 51]), "/conditions"),
        ] {
            for path in ["profiles", "profiles/count", "profiles/export"] {
                let refused = client.call("GET", &format!("/api/v1/{path}?{}", query(&conditions)), "").await.expect(422);
                assert_eq!(refused["errors"][0]["pointer"], pointer, "{path} {conditions}");
            }
        }
    }

    async fn rare_people_come_in_pages_that_look_at_a_part_and_many_are_estimated(t) {
        let client = Client::new(&t).await;
        let rows: Vec<ProfileRow> = (0..21_000)
            .map(|n| row(&t, n, json!({"rare": n == 500, "half": n % 2})))
            .collect();
        write(&t, &rows).await;
        let rare = query(&json!([{"attribute": "rare", "is": "equal", "value": true}]));
        let mut pages = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = client.get(&format!("/api/v1/profiles?{rare}{cursor}")).await;
            pages.push(page["data"].as_array().unwrap().len());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(pages, [0, 0, 1], "10,000 people a page");
        let half = query(&json!([{"attribute": "half", "is": "equal", "value": 1}]));
        let mut tx = t.app.db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, t.app.id(), "Most", START).await.unwrap();
        let most: Vec<i64> = rows[..20_500].iter().map(|row| row.id).collect();
        store::list::add(&mut tx, list, &most).await.unwrap();
        tx.commit().await.unwrap();
        for of in [half.clone(), format!("{half}&list={}", id::LIST.show(list)), format!("{half}&consent=opted_in")] {
            let about = client.get(&format!("/api/v1/profiles/count?{of}")).await;
            assert_eq!(about["exact"], false, "{of}");
            let n = about["count"].as_i64().unwrap();
            assert!((9_000..=12_000).contains(&n), "{n}");
        }
        assert_eq!(client.get(&format!("/api/v1/profiles/count?{half}&exact=true")).await, json!({"count": 10_500, "exact": true}));
    }

    async fn an_estimate_is_even_whenever_people_came(t) {
        let client = Client::new(&t).await;
        // A file of many in one moment, and then somebody each day.
        let mut rows: Vec<ProfileRow> = (0..21_400)
            .map(|n| row(&t, n, json!({"half": if n < 21_000 { n % 2 } else { 1 }, "again": n % 428})))
            .collect();
        for (day, late) in (1..).zip(&mut rows[21_000..]) {
            late.id = first_id_at(START + day * DAY);
        }
        write(&t, &rows).await;
        let one = json!([{"attribute": "half", "is": "equal", "value": 1}]);
        let count = client.get(&format!("/api/v1/profiles/count?{}", query(&one))).await;
        assert_eq!(count["exact"], false);
        let reach = async |body: Value| client.post("/api/v1/reach", body).await.expect(200);
        let audience = json!({"type": "conditions", "all": one});
        let about = reach(json!({"audience": audience, "estimate": true, "control_percent": 10})).await;
        let counted = reach(json!({"audience": audience, "control_percent": 10})).await;
        assert_eq!((&about["exact"], &counted["exact"]), (&json!(false), &json!(true)));
        assert_eq!(counted["audience"], 10_900);
        for (estimate, exact) in [
            (&count["count"], &counted["audience"]),
            (&about["audience"], &counted["audience"]),
            (&about["reachable"], &counted["reachable"]),
        ] {
            let (estimate, exact) = (estimate.as_i64().unwrap(), exact.as_i64().unwrap());
            assert!((estimate - exact).abs() <= exact / 10, "{estimate} for {exact}");
        }
        let left_out = about["excluded"].as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum::<i64>();
        assert_eq!(about["audience"], about["reachable"].as_i64().unwrap() + left_out);
        // What comes again as often as one looks is neither always met nor never.
        let again = query(&json!([{"attribute": "again", "is": "below", "value": 107}]));
        let count = client.get(&format!("/api/v1/profiles/count?{again}")).await["count"].as_i64().unwrap();
        assert!((4_000..=6_700).contains(&count), "{count} of 5,350");
        // Of whom there are few a sample says nothing.
        let rare = json!([{"attribute": "phone", "is": "equal", "value": rows[700].phone}]);
        let rare = reach(json!({"audience": {"type": "conditions", "all": rare}, "estimate": true})).await;
        assert_eq!((&rare["audience"], &rare["exact"]), (&json!(1), &json!(true)));
        // Nor how many are on two lists at once.
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut tx = t.app.db.write().await.unwrap();
        let mut lists = Vec::new();
        for name in ["All", "All again"] {
            let list = store::list::find_or_add(&mut tx, t.app.id(), name, START).await.unwrap();
            store::list::add(&mut tx, list, &ids).await.unwrap();
            lists.push(id::LIST.show(list));
        }
        tx.commit().await.unwrap();
        let of_list = reach(json!({"audience": {"type": "list", "list_id": lists[0]}, "estimate": true})).await;
        assert_eq!((&of_list["audience"], &of_list["exact"]), (&json!(21_400), &json!(false)));
        let of_both = reach(json!({"audience": {"type": "lists", "list_ids": lists}, "estimate": true})).await;
        assert_eq!((&of_both["audience"], &of_both["exact"]), (&json!(21_400), &json!(true)));
    }

    async fn an_act_is_for_those_for_whom_conditions_hold_and_nobody_else(t) {
        let client = Client::new(&t).await;
        let rows: Vec<ProfileRow> = (0..4_500)
            .map(|n| row(&t, n, json!({"city": if n % 3 == 0 { "Pune" } else { "Delhi" }})))
            .collect();
        write(&t, &rows).await;
        let order = |act: Value| json!({"act": act, "filter": {"conditions": pune()}});
        let run = async |act: Value| {
            let begun = client.post("/api/v1/profiles/bulk", order(act)).await.expect(202);
            while step(&t.app).await.unwrap() {}
            let done = client.get(&format!("/api/v1/profiles/bulk/{}", begun["id"].as_str().unwrap())).await;
            assert_eq!((&done["state"], &done["done"]), (&json!("finished"), &json!(4_500)));
            (done["matched"].as_i64().unwrap(), done["changed"].as_i64().unwrap(), done["list_id"].clone())
        };
        let (matched, changed, list) = run(json!({"type": "add_to_list", "list": "Pune"})).await;
        assert_eq!((matched, changed), (1_500, 1_500));
        assert_eq!(run(json!({"type": "opt_out"})).await, (1_500, 1_500, Value::Null));
        let out = client.get("/api/v1/profiles/count?consent=opted_out&exact=true").await;
        assert_eq!(out["count"], 1_500);
        let delhi = query(&json!([{"attribute": "city", "is": "equal", "value": "Delhi"}]));
        let spared = client.get(&format!("/api/v1/profiles/count?{delhi}&consent=opted_in&exact=true")).await;
        assert_eq!(spared["count"], 3_000);
        assert_eq!(run(json!({"type": "remove_from_list", "list_id": list})).await.1, 1_500);
        assert_eq!(client.get(&format!("/api/v1/lists/{}", list.as_str().unwrap())).await["size"], 0);
    }

    async fn a_file_of_people_has_everything_and_no_formulas(t) {
        let client = Client::new(&t).await;
        let mut first = row(&t, 1, json!({"city": "=cmd()", "points": -3, "vip": true, "name": "inner"}));
        first.name = Some("+cmd, \"x\"".into());
        let mut second = row(&t, 2, json!({"-weird": "a\nb"}));
        second.identity = second.phone.clone().unwrap();
        second.opt_in = 0;
        (second.opt_source, second.opt_at) = (None, None);
        write(&t, &[first, second]).await;
        let mut tx = t.app.db.write().await.unwrap();
        harkara::app::consent::opt_out(&t.app, &mut tx, "+919999900002", "STOP", None, START).await.unwrap();
        tx.commit().await.unwrap();
        let csv = client.call("GET", "/api/v1/profiles/export", "").await.text;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(head[..8], ["identity", "phone", "name", "consent", "consent_source", "consent_at", "number_opted_out", "profile_id"]);
        assert_eq!(head[10..], ["'-weird", "city", "name (attribute)", "points", "vip", "other_attributes"]);
        let lines: Vec<Vec<String>> = reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(lines.len(), 2, "{csv}");
        let (second, first) = (&lines[0], &lines[1]);
        assert_eq!(first[..5], ["c1", "+919999900001", "'+cmd, \"x\"", "opted_in", "form"]);
        assert!(first[5].ends_with('Z') && first[6] == "false", "{first:?}");
        assert_eq!(first[10..], ["", "'=cmd()", "inner", "-3", "true", ""]);
        assert_eq!((second[0].as_str(), second[6].as_str(), second[10].as_str()), ("+919999900002", "true", "a\nb"));
        let some = client.call("GET", &format!("/api/v1/profiles/export?{}", query(&json!([{"attribute": "vip", "is": "set"}]))), "").await.text;
        assert_eq!(some.lines().count(), 2, "{some}");
        let one = client.call("GET", "/api/v1/profiles/export?search=Person%202", "").await.text;
        assert_eq!(one.lines().count(), 3, "one person, whose value has two lines: {one}");
    }

    async fn a_file_goes_on_over_parts_and_only_to_whom_it_may(t) {
        let rows: Vec<ProfileRow> = (0..4_200).map(|n| row(&t, n, json!({"n": n}))).collect();
        write(&t, &rows).await;
        let mut owner = Browser::of(&t, Role::Owner).await;
        let csv = owner.call("GET", "/profiles/export?consent=opted_in", Value::Null).await.text;
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!((lines.len(), &lines[1][..6], &lines[4_200][..3]), (4_201, "c4199,", "c0,"));
        let noted = owner.get("/audit?action=profile.export").await["data"][0].clone();
        assert_eq!((&noted["actor"]["name"], &noted["changes"][0]["after"]), (&json!("owner"), &json!("opted_in")));
        for role in [Role::Creator, Role::Approver, Role::Agent, Role::Viewer] {
            let mut browser = Browser::of(&t, role).await;
            browser.call("GET", "/profiles/export", Value::Null).await.expect(403);
        }
    }
}
