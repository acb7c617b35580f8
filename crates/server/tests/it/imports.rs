//! Imports: streamed, safe to repeat, and never an opt-out undone.

use std::fmt::Write;

use bytes::Bytes;
use harkara::app::consent::opt_out;
use harkara::app::import::{self, OptIn, Options};
use harkara::app::lease;
use harkara::clock::{DAY, MINUTE};
use harkara::store;
use harkara::store::import::{FAILED, FINISHED, INTERRUPTED, ImportRow, Place, Progress, RUNNING};
use harkara::store::profile::{OPTED_IN, OPTED_OUT, ProfileRow};
use harkara::worker::Worker;
use harkara::worker::schedule::Scheduler;
use serde_json::json;

use crate::client::Client;
use crate::consent::{ASHA, RAVI, add};
use crate::support::{START, TestApp, on_both_engines, suppression};

async fn receive(t: &TestApp, csv: &[u8], options: &Options) -> i64 {
    let chunks: Vec<_> = csv
        .chunks(7)
        .map(|c| Ok::<_, std::io::Error>(Bytes::copy_from_slice(c)))
        .collect();
    let body = futures::stream::iter(chunks);
    import::receive(&t.app, "people.csv", options, body)
        .await
        .unwrap()
        .id
}

async fn row(t: &TestApp, id: i64) -> ImportRow {
    let mut tx = t.app.db.read().await.unwrap();
    store::import::by_id(&mut tx, id).await.unwrap().unwrap()
}

async fn run(t: &TestApp, csv: &[u8], options: &Options) -> ImportRow {
    let id = receive(t, csv, options).await;
    import::run(&t.app, id).await.unwrap();
    row(t, id).await
}

async fn person(t: &TestApp, identity: &str) -> ProfileRow {
    let mut tx = t.app.db.read().await.unwrap();
    store::profile::by_identity(&mut tx, identity)
        .await
        .unwrap()
        .unwrap()
}

fn errors(t: &TestApp, import: &ImportRow) -> String {
    let bytes = std::fs::read(import::errors_file(&t.app, import.id)).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn record() -> Options {
    Options {
        opt_in: OptIn::Record,
        source: Some("shop form".into()),
        ..Options::default()
    }
}

fn many(rows: std::ops::Range<u32>) -> String {
    let mut text = "phone,name,city\n".to_owned();
    for n in rows {
        writeln!(text, "+9199999{n:05},Person {n},Pune").unwrap();
    }
    text
}

on_both_engines! {
    async fn rows_become_profiles_and_a_repetition_changes_nothing(t) {
        let csv = "\u{feff}Customer ID;Phone;Name;City;Orders;Opt in\r\n\
            c1;99999 00001;Asha;\"Pune;\r\nCamp\";3;yes\r\n\
            c2;99999-00002;;;;\r\n";
        let first = run(&t, csv.as_bytes(), &Options::default()).await;
        assert_eq!((first.state, first.rows_read, first.created, first.invalid), (FINISHED, 2, 2, 0), "{first:?}");
        assert_eq!(Some(first.bytes_read), first.bytes_total);
        let asha = person(&t, "c1").await;
        assert_eq!((asha.phone.as_deref(), asha.name.as_deref(), asha.opt_in), (Some(ASHA), Some("Asha"), OPTED_IN));
        let attributes: serde_json::Value = serde_json::from_str(&asha.attributes).unwrap();
        assert_eq!(attributes, json!({"City": "Pune;\r\nCamp", "Orders": 3}));
        let again = run(&t, csv.as_bytes(), &Options::default()).await;
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 2));
        assert_eq!(person(&t, "c1").await, asha);
        let changed = csv.replace(";3;", ";4;");
        let third = run(&t, changed.as_bytes(), &Options::default()).await;
        assert_eq!((third.updated, third.unchanged), (1, 1));
    }

    async fn no_import_undoes_an_opt_out(t) {
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "a", ASHA).await;
        opt_out(&t.app, &mut tx, ASHA, "message", Some("STOP"), START).await.unwrap();
        tx.commit().await.unwrap();
        let csv = format!("id,phone,optin\na,{ASHA},yes\nother,{ASHA},yes\nr,{RAVI},yes\n");
        for options in [record(), Options::default()] {
            let import = run(&t, csv.as_bytes(), &options).await;
            assert_eq!((import.state, import.opt_outs_kept), (FINISHED, 2));
            for identity in ["a", "other"] {
                assert_eq!(person(&t, identity).await.opt_in, OPTED_OUT, "{identity}");
            }
            assert_eq!(person(&t, "r").await.opt_in, OPTED_IN);
        }
        let mut tx = t.app.db.read().await.unwrap();
        let suppression = suppression(&mut tx, ASHA).await.unwrap();
        assert_eq!(suppression.source, "message");
    }

    async fn a_no_in_the_file_opts_out_the_number_even_against_a_later_yes(t) {
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "shares the number", ASHA).await;
        tx.commit().await.unwrap();
        let csv = format!("id,phone,optin\na,{ASHA},no\nb,{ASHA},yes\n");
        let leave = Options { opt_in: OptIn::Leave, ..Options::default() };
        let import = run(&t, csv.as_bytes(), &leave).await;
        assert_eq!(import.state, FINISHED);
        for identity in ["a", "b", "shares the number"] {
            assert_eq!(person(&t, identity).await.opt_in, OPTED_OUT, "{identity}");
        }
        let import = run(&t, csv.as_bytes(), &Options::default()).await;
        assert_eq!((import.unchanged, import.opt_outs_kept), (2, 1));
    }

    async fn consent_is_recorded_with_its_proof_or_left_alone(t) {
        let csv = format!("phone\n{ASHA}\n");
        let leave = Options { opt_in: OptIn::Leave, ..Options::default() };
        assert_eq!(run(&t, csv.as_bytes(), &leave).await.created, 1);
        assert_eq!(person(&t, ASHA).await.opt_in, store::profile::NOT_RECORDED);
        assert_eq!(run(&t, csv.as_bytes(), &record()).await.updated, 1);
        let asha = person(&t, ASHA).await;
        assert_eq!((asha.opt_in, asha.opt_source.as_deref()), (OPTED_IN, Some("shop form")));
        let mut tx = t.app.db.read().await.unwrap();
        let history = store::consent::history(&mut tx, &asha, i64::MAX, 9).await.unwrap();
        assert_eq!((history.len(), history[0].detail.as_deref()), (1, Some("file people.csv")));
    }

    async fn bad_rows_are_reported_with_line_and_reason(t) {
        let csv = b"phone,name\n+919999900001,ok\n12,short\n\n+919999900002,Z\xfcrich\n+919999900003\n\
            +919999900004,\"two\nlines\"\n+919999900005,a,b\n+919999900006,\"never closed\n+919999900007,ok\n";
        let utf8 = Options { encoding: Some("utf-8".into()), ..Options::default() };
        let import = run(&t, csv, &utf8).await;
        assert_eq!((import.state, import.created, import.invalid, import.rows_read), (FINISHED, 3, 5, 8));
        let errors = errors(&t, &import);
        let lines: Vec<&str> = errors.lines().collect();
        assert_eq!(lines[0], "line,reason,phone,name");
        for (n, begin, reason) in [
            (1, "3,", "not a number of IN"), (2, "5,", "no text in this encoding"), (3, "6,", "1 fields, the first row has 2"),
            (4, "9,", "3 fields"), (5, "10,", "never closed"),
        ] {
            assert!(lines[n].starts_with(begin) && lines[n].contains(reason), "{}", lines[n]);
        }
        assert!(lines[1].ends_with(",12,short"));
        assert_eq!(person(&t, "+919999900007").await.name.as_deref(), Some("ok"), "rows after a torn one are read");
        assert_eq!(person(&t, "+919999900004").await.name.as_deref(), Some("two\nlines"));
    }

    async fn a_file_that_cannot_be_imported_fails_with_a_sentence(t) {
        for (csv, sentence) in [
            (&b""[..], "The file is empty"),
            (b"\xef\xbb\xbf \n", "The file is empty"),
            (b"name,city\nA,B\n", "The columns are: name, city"),
            (b"phone,city,city\n", "Two columns are called"),
            (b"+919999900001,Asha\n", "looks like data"),
            (b"PK\x03\x04\x00\x00", "Excel workbook"),
            (b"phone,name\r+919999900001,A\r", "old Macs"),
            (b"phone,\"name\n", "never closed"),
        ] {
            let import = run(&t, csv, &Options::default()).await;
            let problem = import.problem.unwrap_or_default();
            assert!(import.state == FAILED && problem.contains(sentence), "{csv:?}: {problem}");
        }
    }

    async fn one_person_twice_in_a_file_is_one_profile_and_the_last_wins(t) {
        let csv = format!("phone,name\n{ASHA},First\n99999 00001,Last\n");
        let import = run(&t, csv.as_bytes(), &Options::default()).await;
        assert_eq!((import.created, import.updated), (1, 1));
        assert_eq!(person(&t, ASHA).await.name.as_deref(), Some("Last"));
    }

    async fn without_an_identity_the_number_finds_who_it_is(t) {
        let mut tx = t.app.db.write().await.unwrap();
        let id = add(&t, &mut tx, "crm-7", ASHA).await;
        tx.commit().await.unwrap();
        let import = run(&t, format!("phone,city\n{ASHA},Pune\n").as_bytes(), &Options::default()).await;
        assert_eq!((import.created, import.updated), (0, 1));
        assert_eq!(person(&t, "crm-7").await.id, id);
    }

    async fn everybody_in_the_file_is_on_the_list(t) {
        let options = Options { list: Some("Diwali".into()), ..Options::default() };
        run(&t, many(0..1500).as_bytes(), &options).await;
        let import = run(&t, many(1000..2500).as_bytes(), &options).await;
        assert_eq!((import.created, import.unchanged), (1000, 500));
        let mut tx = t.app.db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, 1, "Diwali", START).await.unwrap();
        assert_eq!(store::list::size(&mut tx, list).await.unwrap(), 2500);
    }

    async fn a_stopped_import_goes_on_where_it_stood(t) {
        let mut csv = many(0..1000);
        csv.insert_str("phone,name,city\n".len(), "bad,early,x\n");
        let half = csv.len();
        csv.push_str("bad,late,x\n");
        csv.push_str(many(1000..1200).strip_prefix("phone,name,city\n").unwrap());
        // As after a crash between two batches: the first half is in, and the file of bad rows ran ahead.
        let id = receive(&t, csv.as_bytes(), &Options::default()).await;
        let mut tx = t.app.db.write().await.unwrap();
        let progress = Progress { rows: 1001, created: 1000, invalid: 1, ..Progress::default() };
        assert!(store::import::advance(&mut tx, id, Place::at(0), Place::at(half as i64), progress).await.unwrap());
        tx.commit().await.unwrap();
        let errors_file = import::errors_file(&t.app, id);
        std::fs::write(&errors_file, "line,reason,phone,name,city\n2,r,bad,early,x\n1003,r,bad,late,x\n").unwrap();
        import::run(&t.app, id).await.unwrap();
        let end = row(&t, id).await;
        assert_eq!((end.state, end.rows_read, end.created, end.invalid), (FINISHED, 1202, 1200, 2));
        let errors = errors(&t, &end);
        let lines: Vec<&str> = errors.lines().skip(1).collect();
        assert_eq!(lines.len(), 2, "{errors}");
        assert!(lines[0].starts_with("2,") && lines[1].starts_with("1003,"), "{errors}");
    }

    async fn two_runs_of_one_import_count_each_row_once(t) {
        let id = receive(&t, many(0..3000).as_bytes(), &record()).await;
        let (a, b) = tokio::join!(import::run(&t.app, id), import::run(&t.app, id));
        assert!(a.is_ok() && b.is_ok());
        let end = row(&t, id).await;
        assert_eq!((end.state, end.rows_read, end.created, end.unchanged), (FINISHED, 3000, 3000, 0), "{end:?}");
    }

    async fn an_import_whose_file_is_gone_says_so_after_a_restart(t) {
        let id = receive(&t, many(0..10).as_bytes(), &Options::default()).await;
        std::fs::remove_dir_all(t.folder.path().join("imports")).unwrap();
        if t.app.db.dialect() == store::dialect::Dialect::Postgres {
            let other = t.beside(2, START).await;
            import::recover(&other.app).await.unwrap();
            assert_eq!(row(&t, id).await.state, RUNNING, "it is another node's");
        }
        import::recover(&t.app).await.unwrap();
        let import = row(&t, id).await;
        assert_eq!(import.state, INTERRUPTED);
        assert!(import.problem.unwrap().contains("Import it again"));
    }

    async fn an_import_rests_while_its_server_is_away_and_goes_on_with_it(t) {
        let id = receive(&t, many(0..10).as_bytes(), &record()).await;
        lease::keep(&t.app).await.unwrap();
        lease::leave(&t.app).await.unwrap();
        let other = t.beside(2, START + DAY).await;
        let scheduler = Scheduler::new(other.app.clone());
        scheduler.tick().await.unwrap();
        other.clock.advance(9 * MINUTE);
        scheduler.tick().await.unwrap();
        assert_eq!(row(&t, id).await.state, RUNNING, "a restart takes some time");
        other.clock.advance(MINUTE);
        scheduler.tick().await.unwrap();
        let import = row(&t, id).await;
        assert_eq!(import.state, INTERRUPTED);
        assert!(import.problem.unwrap().contains("when it is back"));
        import::recover(&t.app).await.unwrap();
        let mut left = 500;
        while row(&t, id).await.state != FINISHED {
            left -= 1;
            assert!(left > 0, "it does not go on");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(row(&t, id).await.created, 10);
    }

    async fn a_file_is_imported_over_http(t) {
        let client = Client::new(&t).await;
        let mut csv = many(0..20);
        csv.push_str("12,bad,x\n");
        let path = "/api/v1/imports?file_name=d.csv&opt_in=record&source=form&list=L";
        let accepted = client.call("POST", path, csv).await.expect(202);
        assert_eq!((&accepted["state"], &accepted["file_name"]), (&json!("running"), &json!("d.csv")));
        let show = format!("/api/v1/imports/{}", accepted["id"].as_str().unwrap());
        let mut import = client.get(&show).await;
        for _ in 0..500 {
            if import["state"] != "running" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            import = client.get(&show).await;
        }
        assert_eq!((&import["state"], &import["created"], &import["invalid"]), (&json!("finished"), &json!(20), &json!(1)));
        let errors = client.call("GET", &format!("{show}/errors"), "").await;
        assert!(errors.text.lines().nth(1).unwrap().starts_with("22,"), "{}", errors.text);
        assert_eq!(client.get("/api/v1/imports").await["data"][0]["id"], accepted["id"]);
        for (query, status) in [("phonecolumn=x", 400), ("opt_in=record", 422), ("region=ZZ", 422), ("delimiter=ab", 422)] {
            client.call("POST", &format!("/api/v1/imports?{query}"), "phone\n").await.expect(status);
        }
    }
}

/// PostgreSQL has no such limit to set, so only where the database can be made full.
#[tokio::test]
async fn a_full_disk_fails_the_import_with_a_sentence_and_the_database_goes_on() {
    let t = TestApp::new(crate::support::Engine::Sqlite).await;
    let store::Db::Sqlite { write, .. } = &t.app.db else {
        panic!("not SQLite")
    };
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(write)
        .await
        .unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 40);
    sqlx::query(sqlx::AssertSqlSafe(limit))
        .execute(write)
        .await
        .unwrap();
    let import = run(&t, many(0..5000).as_bytes(), &record()).await;
    assert_eq!(import.state, FAILED);
    let problem = import.problem.unwrap();
    assert!(
        problem.contains("The disk of the server is full") && problem.contains("import the file again"),
        "{problem}"
    );
    let roomy = "PRAGMA max_page_count = 1000000";
    sqlx::query(roomy).execute(write).await.unwrap();
    let again = run(&t, many(0..5000).as_bytes(), &record()).await;
    assert_eq!((again.state, again.created + again.unchanged), (FINISHED, 5000));
    assert_eq!(again.unchanged, import.created);
}

/// What SQLite does when a disk runs full in the middle of a transaction.
#[tokio::test]
async fn a_transaction_that_sqlite_ends_by_itself_does_not_stop_the_next() {
    let t = TestApp::new(crate::support::Engine::Sqlite).await;
    let mut tx = t.app.db.write().await.unwrap();
    let store::Tx::Sqlite(inner) = &mut tx else {
        panic!("not SQLite")
    };
    sqlx::query("ROLLBACK").execute(&mut **inner).await.unwrap();
    drop(tx);
    let mut tx = t.app.db.write().await.unwrap();
    add(&t, &mut tx, "after", ASHA).await;
    tx.commit().await.unwrap();
    assert_eq!(person(&t, "after").await.phone.as_deref(), Some(ASHA));
}
