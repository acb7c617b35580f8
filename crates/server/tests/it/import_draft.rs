//! Imports that are checked, corrected and then started; how files that are not plain UTF-8 with commas are read.

use std::fmt::Write;
use std::time::Duration;

use harkara::app::import::{self, Options};
use harkara::app::import_draft;
use harkara::clock::DAY;
use harkara::store;
use harkara::worker::Worker;
use harkara::worker::schedule::Scheduler;
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::{TestApp, on_both_engines};

const DRAFTS: &str = "/api/v1/imports/drafts";

fn utf_16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

async fn end_of(client: &Client, id: &str) -> Value {
    for _ in 0..2_000 {
        let import = client.get(&format!("/api/v1/imports/{id}")).await;
        if import["state"] != "running" {
            return import;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the import does not end");
}

async fn import(client: &Client, query: &str, file: impl Into<axum::body::Body>) -> Value {
    let accepted = client
        .call("POST", &format!("/api/v1/imports?{query}"), file)
        .await
        .expect(202);
    end_of(client, accepted["id"].as_str().unwrap()).await
}

async fn attributes(client: &Client, phone: &str) -> Value {
    let people = client.get("/api/v1/profiles?limit=200").await;
    let found = people["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["phone"] == phone);
    found.unwrap_or_else(|| panic!("no {phone} in {people}"))["attributes"].clone()
}

fn files(t: &TestApp) -> Vec<String> {
    let files = std::fs::read_dir(t.folder.path().join("imports")).unwrap();
    let mut names: Vec<String> = files
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.ends_with(".errors.csv"));
    names
}

/// They go when the end of their import is kept, and not before.
async fn no_files(t: &TestApp) {
    for _ in 0..2_000 {
        if files(t).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{:?} stay", files(t));
}

on_both_engines! {
    async fn files_of_spreadsheets_are_read_as_they_are(t) {
        let client = Client::new(&t).await;
        let text = "phone;city\r\n+919999900001;Zürich\r\n";
        assert_eq!(import(&client, "", utf_16(text)).await["created"], 1);
        assert_eq!(attributes(&client, "+919999900001").await, json!({"city": "Zürich"}));
        assert_eq!(import(&client, "", &b"phone|city\n+919999900002|S\xe3o Paulo\n"[..]).await["created"], 1);
        assert_eq!(attributes(&client, "+919999900002").await["city"], "São Paulo");
        // What its first bytes say is wrong here, and a person knows better.
        let russian: Vec<u8> = [b"phone,city\n+919999900003,".as_slice(), b"\xcc\xee\xf1\xea\xe2\xe0\n"].concat();
        let done = import(&client, "encoding=windows-1251", russian.clone()).await;
        assert_eq!((&done["created"], &done["invalid"]), (&json!(1), &json!(0)));
        assert_eq!(attributes(&client, "+919999900003").await["city"], "Москва");
        let done = import(&client, "encoding=utf-8", russian).await;
        assert_eq!((&done["unchanged"], &done["invalid"]), (&json!(0), &json!(1)));
        let done = import(&client, "header=no&phone_column=Column%202&attribute=Column%201:city", "Pune,+919999900004\nDelhi,12\n").await;
        assert_eq!((&done["rows"], &done["created"]), (&json!(2), &json!(1)));
        assert_eq!(attributes(&client, "+919999900004").await, json!({"city": "Pune"}));
        for (query, code) in [("encoding=klingon", "encoding_unknown"), ("header=maybe", "unknown"), ("type=city:colour", "type_invalid")] {
            let refused = client.call("POST", &format!("{DRAFTS}?{query}"), "phone\n").await.expect(422);
            assert_eq!(refused["errors"][0]["code"], code, "{refused}");
        }
        no_files(&t).await;
    }

    async fn a_file_without_names_is_seen_as_one(t) {
        let client = Client::new(&t).await;
        let seen = client.call("POST", "/api/v1/imports/preview", "Asha,+919999900001\n").await.expect(200);
        assert_eq!((&seen["header"], &seen["rows"][0][0], &seen["problem"]), (&json!(false), &json!("Asha"), &json!(null)));
        assert_eq!((&seen["columns"][1]["name"], &seen["columns"][1]["guess"]["as"]), (&json!("Column 2"), &json!("phone")));
        let refused = client.call("POST", DRAFTS, "Asha,+919999900001\n").await.expect(422);
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("or say that it has none"), "{refused}");
    }

    async fn columns_have_types_and_what_does_not_fit_is_a_bad_row(t) {
        let client = Client::new(&t).await;
        let file = "phone;since;paid;code;vip\n+919999900001;3/4/2026;1.234,5;42;ja\n+919999900002;12/31/2026;5;x;no\n+919999900003;05-Jun-2026;;7;no\n";
        let seen = client.call("POST", "/api/v1/imports/preview", "phone,since\n+919999900001,3/4/2026\n").await.expect(200);
        assert_eq!(seen["columns"][1]["guess"]["types"], json!(["date_dmy", "date_mdy"]));
        let query = "type=since:date_dmy&type=paid:number_comma&type=code:text&type=vip:boolean";
        let check = client.call("POST", &format!("/api/v1/imports/check?{query}"), file).await.expect(200);
        let told: Vec<_> = check["problems"].as_array().unwrap().iter().map(|p| (p["line"].as_u64().unwrap(), p["column"].as_str().unwrap())).collect();
        assert_eq!(told, [(2, "vip"), (3, "since")]);
        let done = import(&client, query, file).await;
        assert_eq!((&done["created"], &done["invalid"]), (&json!(1), &json!(2)));
        assert_eq!(attributes(&client, "+919999900003").await, json!({"since": "2026-06-05", "code": "7", "vip": false}));
        let known = client.get("/api/v1/profiles/attributes").await;
        let since = known["data"].as_array().unwrap().iter().find(|one| one["name"] == "since").unwrap();
        assert_eq!(since["types"], json!(["date"]));
    }

    async fn bad_rows_are_corrected_and_the_import_takes_them(t) {
        let client = Client::new(&t).await;
        let mut file = "phone,name,since\n".to_owned();
        for n in 0..1_500 {
            writeln!(file, "+91999992{n:04},Person,2026-01-01").unwrap();
        }
        file.push_str("12,Asha,2026-01-01\n+919999900002,Ravi,soon\n+919999900003,\"Meera\n+919999900004,Last,\n");
        let query = "file_name=people.csv&type=since:date_ymd";
        let draft = client.call("POST", &format!("{DRAFTS}?{query}"), file).await.expect(201);
        let id = draft["import"]["id"].as_str().unwrap();
        assert_eq!((&draft["import"]["state"], &draft["check"]["invalid"], &draft["check"]["new"]), (&json!("draft"), &json!(3), &json!(1_501)));
        let problems = draft["check"]["problems"].as_array().unwrap();
        assert_eq!(problems[2]["fields"], json!(["+919999900003", "Meera", ""]), "a torn row is parted");
        let path = format!("/api/v1/imports/{id}");
        let put = async |rows: Value| client.call("PUT", &format!("{path}/corrections"), json!({"rows": rows}).to_string()).await;
        for (rows, code) in [
            (json!([{"line": 2, "fields": ["1", "2", "3"]}]), "unknown"),
            (json!([{"line": 1502, "fields": ["1"]}]), "wrong_count"),
        ] {
            assert_eq!(put(rows).await.expect(422)["errors"][0]["code"], code);
        }
        let check = put(json!([
            {"line": 1502, "fields": ["+919999900001", "Asha", "2026-01-01"]},
            {"line": 1503, "fields": ["+919999900002", "Ravi", "later"]},
            {"line": 1504, "fields": ["+919999900003", "Meera", "2026-05-05"]},
        ])).await.expect(200);
        assert_eq!((&check["corrected"], &check["invalid"]), (&json!(2), &json!(1)));
        assert_eq!((&check["problems"][0]["corrected"], &check["problems"][1]["value"]), (&json!(true), &json!("later")));
        // Another look, and another check of all rows, keep them.
        assert_eq!(client.get(&format!("{path}/draft")).await["check"], check);
        let again = client.call("POST", &format!("{path}/check?{query}&source=form"), "").await.expect(200);
        assert_eq!((&again["check"]["corrected"], &again["check"]["invalid"], &again["check"]["new"]), (&json!(2), &json!(1), &json!(1_501)));
        assert_eq!(again["check"]["problems"][0]["fields"][0], "+919999900001");
        let bad = client.call("GET", &format!("{path}/errors"), "").await;
        assert!(bad.text.contains("1503") && !bad.text.contains("1502"), "{}", bad.text);
        let started = client.post(&format!("{path}/start"), json!({})).await.expect(202);
        assert_eq!(started["state"], "running");
        let done = end_of(&client, id).await;
        assert_eq!((&done["state"], &done["created"], &done["invalid"]), (&json!("finished"), &json!(1_503), &json!(1)));
        let mut tx = t.app.db.read().await.unwrap();
        let meera = store::profile::by_identity(&mut tx, "+919999900003").await.unwrap().unwrap();
        assert_eq!((meera.name.as_deref(), meera.attributes.as_str()), (Some("Meera"), r#"{"since":"2026-05-05"}"#));
        drop(tx);
        no_files(&t).await;
        put(json!([])).await.expect(409);
        client.call("GET", &format!("{path}/draft"), "").await.expect(409);
        client.post(&format!("{path}/start"), json!({})).await.expect(409);
    }

    async fn other_delimiters_make_other_rows_so_corrections_go(t) {
        let client = Client::new(&t).await;
        let draft = client.call("POST", DRAFTS, "phone,name\n12,A;B\n").await.expect(201);
        let path = format!("/api/v1/imports/{}", draft["import"]["id"].as_str().unwrap());
        let rows = json!({"rows": [{"line": 2, "fields": ["+919999900001", "A"]}]});
        client.call("PUT", &format!("{path}/corrections"), rows.to_string()).await.expect(200);
        let wrong = client.call("POST", &format!("{path}/check?phone_column=town"), "").await.expect(422);
        assert!(wrong.to_string().contains("no column"), "{wrong}");
        assert_eq!(client.get(&format!("{path}/draft")).await["check"]["corrected"], 1, "a check that fails changes nothing");
        let again = client.call("POST", &format!("{path}/check?encoding=windows-1252"), "").await.expect(200);
        assert_eq!((&again["check"]["corrected"], &again["check"]["invalid"]), (&json!(0), &json!(1)));
        assert_eq!((&again["settings"]["encoding"], &again["preview"]["encoding"]), (&json!("windows-1252"), &json!("windows-1252")));
        let seen = client.get(&format!("{path}/draft?delimiter=semicolon&header=no")).await;
        assert_eq!((&seen["preview"]["columns"][0]["name"], &seen["preview"]["rows"][0]), (&json!("Column 1"), &json!(["phone,name"])));
        let left = client.post(&format!("{path}/cancel"), json!({})).await.expect(200);
        assert_eq!((&left["state"], &left["rows"]), (&json!("cancelled"), &json!(0)));
        no_files(&t).await;
    }

    async fn a_file_that_is_no_table_leaves_nothing(t) {
        let client = Client::new(&t).await;
        client.call("POST", DRAFTS, "city\nPune\n").await.expect(422);
        no_files(&t).await;
        assert_eq!(client.get("/api/v1/imports").await["data"], json!([]));
    }

    async fn drafts_are_forgotten_after_a_week(t) {
        let client = Client::new(&t).await;
        let draft = client.call("POST", DRAFTS, "phone\n+919999900001\n").await.expect(201);
        let path = format!("/api/v1/imports/{}", draft["import"]["id"].as_str().unwrap());
        t.clock.advance(6 * DAY);
        import_draft::forget_old(&t.app).await.unwrap();
        assert_eq!(client.get(&path).await["state"], "draft");
        t.clock.advance(2 * DAY);
        import_draft::forget_old(&t.app).await.unwrap();
        assert_eq!(client.get(&path).await["state"], "cancelled");
        no_files(&t).await;
    }

    async fn a_paused_import_stands_still_and_goes_on_where_it_was(t) {
        let client = Client::new(&t).await;
        let mut file = "phone\n".to_owned();
        for n in 0..2_500 {
            writeln!(file, "+91999993{n:04}").unwrap();
        }
        let body = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(file))]);
        let id = import::receive(&t.app, "a.csv", &Options::default(), body).await.unwrap().id;
        let path = format!("/api/v1/imports/{}", harkara::domain::id::IMPORT.show(id));
        assert_eq!(client.post(&format!("{path}/pause"), json!({})).await.expect(200)["state"], "paused");
        import::run(&t.app, id).await.unwrap();
        Scheduler::new(t.app.clone()).tick().await.unwrap();
        import::recover(&t.app).await.unwrap();
        let still = client.get(&path).await;
        assert_eq!((&still["state"], &still["rows"]), (&json!("paused"), &json!(0)));
        assert_eq!(client.post(&format!("{path}/resume"), json!({})).await.expect(200)["state"], "running");
        Scheduler::new(t.app.clone()).tick().await.unwrap();
        let done = end_of(&client, &harkara::domain::id::IMPORT.show(id)).await;
        assert_eq!((&done["state"], &done["created"], &done["rows"]), (&json!("finished"), &json!(2_500), &json!(2_500)));
        assert_eq!(client.post(&format!("{path}/pause"), json!({})).await.expect(409)["code"], "import_over");
        assert_eq!(client.post(&format!("{path}/resume"), json!({})).await.expect(409)["code"], "import_over");
    }
}
