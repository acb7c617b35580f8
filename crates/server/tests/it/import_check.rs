//! What a person sees before an import: preview, mapping of columns, dry run; and the way out of one.

use std::fmt::Write;

use bytes::Bytes;
use harkara::app::consent::opt_out;
use harkara::app::import::{self, Options};
use harkara::store;
use harkara::store::import::{CANCELLED, RUNNING};
use serde_json::json;

use crate::client::Client;
use crate::consent::{ASHA, RAVI, add};
use crate::support::{START, TestApp, on_both_engines};

const PREVIEW: &str = "/api/v1/imports/preview";
const CHECK: &str = "/api/v1/imports/check";

async fn import(t: &TestApp, client: &Client, query: &str, csv: &str) -> serde_json::Value {
    let accepted = client
        .call("POST", &format!("/api/v1/imports?{query}"), csv.to_owned())
        .await
        .expect(202);
    let path = format!("/api/v1/imports/{}", accepted["id"].as_str().unwrap());
    for _ in 0..1_000 {
        let import = client.get(&path).await;
        if import["state"] != "running" {
            assert!(t.folder.path().join("imports").exists());
            return import;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the import does not end");
}

fn files_left(t: &TestApp) -> Vec<String> {
    let files = std::fs::read_dir(t.folder.path().join("imports")).unwrap();
    let mut names: Vec<String> = files
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.ends_with(".errors.csv"));
    names
}

on_both_engines! {
    async fn a_preview_shows_columns_with_what_they_most_likely_are(t) {
        let client = Client::new(&t).await;
        let mut csv = "\u{feff}Customer ID;Call me;Full name;City;Orders;Consent\r\n".to_owned();
        for n in 1..=30 {
            write!(csv, "c{n};99999 000{n:02};\"Asha\n{n}\";Pune;{n};yes\r\n").unwrap();
        }
        let seen = client.call("POST", &format!("{PREVIEW}?ignore=City"), csv.clone()).await.expect(200);
        assert_eq!((&seen["delimiter"], &seen["encoding"]), (&json!(";"), &json!("utf-8")));
        let columns = seen["columns"].as_array().unwrap();
        let guesses: Vec<_> = columns.iter().map(|c| c["guess"]["as"].as_str().unwrap()).collect();
        assert_eq!(guesses, ["identity", "phone", "name", "ignore", "attribute", "opt_in"]);
        assert_eq!(columns[4]["guess"], json!({"as": "attribute", "attribute": "Orders", "types": ["number"]}));
        assert_eq!(columns[1]["samples"].as_array().unwrap().len(), 5);
        assert_eq!(seen["rows"].as_array().unwrap().len(), 10);
        assert_eq!(seen["rows"][1], json!(["c2", "99999 00002", "Asha\n2", "Pune", "2", "yes"]));
        let problem = seen["problem"].as_str().unwrap();
        assert!(problem.contains("No column looks like the phone number"), "{problem}");
        let query = format!("{PREVIEW}?phone_column=Call%20me&attribute=City:town");
        let mapped = client.call("POST", &query, csv).await.expect(200);
        assert_eq!((&mapped["problem"], &mapped["columns"][3]["guess"]["attribute"]), (&json!(null), &json!("town")));
        let latin: &[u8] = b"phone,city\n9999900001,Z\xfcrich\n";
        let seen = client.call("POST", PREVIEW, latin).await.expect(200);
        assert_eq!((&seen["encoding"], &seen["rows"][0][1], &seen["misread"]), (&json!("windows-1252"), &json!("Zürich"), &json!(false)));
        let seen = client.call("POST", &format!("{PREVIEW}?encoding=utf-8"), latin).await.expect(200);
        assert_eq!((&seen["encoding"], &seen["misread"]), (&json!("utf-8"), &json!(true)));
        let excel = client.call("POST", PREVIEW, "PK\u{3}\u{4}\0").await.expect(422);
        assert!(excel["errors"][0]["detail"].as_str().unwrap().contains("Excel workbook"), "{excel}");
        client.call("POST", PREVIEW, "x".repeat((256 << 10) + 1)).await.expect(413);
        let mut long = "phone,note\n".to_owned();
        while long.len() < 256 << 10 {
            long.push_str("9999900001,\"some words\"\n");
        }
        long.truncate(256 << 10);
        assert_eq!(client.call("POST", PREVIEW, long).await.expect(200)["columns"][1]["samples"], json!(["some words"]));
        let mut tx = t.app.db.read().await.unwrap();
        assert!(store::profile::page(&mut tx, i64::MAX, 1).await.unwrap().is_empty(), "a preview writes nothing");
    }

    async fn a_check_tells_what_the_import_then_does(t) {
        let client = Client::new(&t).await;
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "same", ASHA).await;
        add(&t, &mut tx, "other", RAVI).await;
        add(&t, &mut tx, "gone", "+919999900003").await;
        opt_out(&t.app, &mut tx, "+919999900003", "message", Some("STOP"), START).await.unwrap();
        tx.commit().await.unwrap();
        let mut csv = format!("id,phone,name,optin\nsame,{ASHA},,\nother,{RAVI},Ravi,yes\ngone,+919999900003,,yes\n");
        for n in 0..2_500 {
            writeln!(csv, "n{n},+91999991{n:04},Person,").unwrap();
        }
        csv.push_str("n7,+919999910007,Again,yes\nout,+919999900009,,no\n");
        // More than a batch later: the same number says yes.
        for n in 2_500..3_600 {
            writeln!(csv, "n{n},+91999991{n:04},Person,yes").unwrap();
        }
        csv.push_str("shares,+919999900009,,yes\nbad,12,,\nodd,+919999900010,,perhaps\n");
        let check = client.call("POST", CHECK, csv.clone()).await.expect(200);
        assert_eq!(check["rows"], 3_608);
        assert_eq!((&check["new"], &check["updated"], &check["unchanged"]), (&json!(3_602), &json!(1), &json!(2)));
        assert_eq!((&check["duplicate_in_file"], &check["invalid"]), (&json!(1), &json!(2)));
        assert_eq!((&check["opt_outs_kept"], &check["no_consent"]), (&json!(2), &json!(2_500)));
        assert_eq!(check["problems"], json!([
            {"line": 3608, "column": "phone", "value": "12", "fields": ["bad", "12", "", ""], "corrected": false,
             "reason": "\"12\" is not a number of IN: write it with + and the country code, or check for missing digits"},
            {"line": 3609, "column": "optin", "value": "perhaps", "fields": ["odd", "+919999900010", "", "perhaps"],
             "corrected": false, "reason": "\"optin\" is \"perhaps\": write yes or no, or leave it empty"},
        ]));
        assert!(files_left(&t).is_empty(), "{:?}", files_left(&t));
        let done = import(&t, &client, "", &csv).await;
        assert_eq!((&done["created"], &done["invalid"], &done["opt_outs_kept"]), (&check["new"], &check["invalid"], &check["opt_outs_kept"]));
        assert_eq!(done["unchanged"], check["unchanged"]);
        let again = client.call("POST", CHECK, csv).await.expect(200);
        assert_eq!((&again["new"], &again["no_consent"]), (&json!(0), &json!(2_499)), "one said yes further down");
    }

    async fn a_check_of_what_is_no_table_says_so(t) {
        let client = Client::new(&t).await;
        for (csv, words) in [("", "is empty"), ("city\nPune\n", "No column looks like"), ("phone,\"x\n", "never closed")] {
            let refused = client.call("POST", CHECK, csv).await.expect(422);
            let detail = refused["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains(words), "{detail}");
        }
        client.call("POST", &format!("{CHECK}?opt_in=record"), "phone\n").await.expect(422);
        assert!(files_left(&t).is_empty());
        std::fs::write(t.folder.path().join("imports/9.check"), "x").unwrap();
        import::recover(&t.app).await.unwrap();
        assert!(files_left(&t).is_empty(), "what a stop left is removed");
    }

    async fn problems_are_told_one_by_one_up_to_a_hundred(t) {
        let client = Client::new(&t).await;
        let mut csv = "phone,name\n".to_owned();
        for n in 0..150 {
            writeln!(csv, "x{n},A").unwrap();
        }
        let check = client.call("POST", CHECK, csv).await.expect(200);
        assert_eq!((&check["invalid"], check["problems"].as_array().unwrap().len()), (&json!(150), 100));
        assert_eq!(check["problems"][99]["value"], "x99");
    }

    async fn columns_are_ignored_and_renamed_by_the_import(t) {
        let client = Client::new(&t).await;
        let csv = "phone,name,City,a:b,Notes\n9999900001,Asha,Pune,3,secret\n";
        let query = "ignore=Notes&ignore=name&attribute=City:home_town&attribute=a:b:ab";
        assert_eq!(import(&t, &client, query, csv).await["created"], 1);
        let people = client.get("/api/v1/profiles").await;
        assert_eq!((&people["data"][0]["name"], &people["data"][0]["attributes"]), (&json!(null), &json!({"home_town": "Pune", "ab": 3})));
        for query in ["attribute=City", "attribute=City:", "attribute=:x"] {
            client.call("POST", &format!("{CHECK}?{query}"), csv).await.expect(422);
        }
        client.call("POST", &format!("{CHECK}?list=a&list=b"), csv).await.expect(400);
        let both = client.call("POST", &format!("{CHECK}?ignore=City&attribute=City:x"), csv).await.expect(422);
        assert!(both.to_string().contains("choose one"), "{both}");
    }

    async fn a_cancelled_import_stops_and_keeps_what_it_wrote(t) {
        let client = Client::new(&t).await;
        let csv = Bytes::from("phone\n+919999900001\n");
        let body = futures::stream::iter([Ok::<_, std::io::Error>(csv)]);
        let row = import::receive(&t.app, "a.csv", &Options::default(), body).await.unwrap();
        assert_eq!(row.state, RUNNING);
        let path = format!("/api/v1/imports/{}/cancel", harkara::domain::id::IMPORT.show(row.id));
        let cancelled = client.post(&path, json!({})).await.expect(200);
        assert_eq!(cancelled["state"], "cancelled");
        assert!(cancelled["problem"].as_str().unwrap().contains("import the file again"));
        assert!(files_left(&t).is_empty());
        import::run(&t.app, row.id).await.unwrap();
        assert_eq!(client.post(&path, json!({})).await.expect(200)["rows"], 0, "cancelled twice is cancelled");
        let mut tx = t.app.db.read().await.unwrap();
        assert_eq!(store::import::by_id(&mut tx, row.id).await.unwrap().unwrap().state, CANCELLED);
        drop(tx);
        let done = import(&t, &client, "", "phone\n+919999900001\n").await;
        let path = format!("/api/v1/imports/{}/cancel", done["id"].as_str().unwrap());
        assert_eq!(client.post(&path, json!({})).await.expect(409)["code"], "import_over");
        client.post("/api/v1/imports/imp_0000000000000/cancel", json!({})).await.expect(404);
    }

    async fn an_import_that_is_cancelled_between_two_batches_writes_no_more(t) {
        let mut csv = "phone\n".to_owned();
        for n in 0..3_000 {
            writeln!(csv, "+91999991{n:04}").unwrap();
        }
        let body = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(csv))]);
        let id = import::receive(&t.app, "a.csv", &Options::default(), body).await.unwrap().id;
        let (ran, ()) = tokio::join!(import::run(&t.app, id), async {
            let mut rows = 0;
            for _ in 0..10_000 {
                let mut tx = t.app.db.read().await.unwrap();
                rows = store::import::by_id(&mut tx, id).await.unwrap().unwrap().rows_read;
                drop(tx);
                if rows > 0 {
                    break;
                }
                tokio::task::yield_now().await;
            }
            assert!(rows > 0, "it never began");
            let mut tx = t.app.db.write().await.unwrap();
            let _ = import::cancel(&t.app, &mut tx, id).await;
            tx.commit().await.unwrap();
        });
        ran.unwrap();
        let mut tx = t.app.db.read().await.unwrap();
        let row = store::import::by_id(&mut tx, id).await.unwrap().unwrap();
        let there = store::profile::page(&mut tx, i64::MAX, 5_000).await.unwrap().len() as i64;
        assert_eq!(there, row.created, "{row:?}");
        assert!(files_left(&t).is_empty(), "{row:?}");
    }
}
