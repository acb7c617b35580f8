//! How SQLite will find the rows of a statement, for tests: what walks through a table of millions works well in a test of ten
//! rows.

use sqlx::{AssertSqlSafe, Row};

use super::conversation::{UNREAD, UNREAD_PAGE, WAITING_PAGE};
use super::find;
use super::message::{LEFT_SINCE, OF_PHONE};
use super::profile::SLICE_OF_LISTS;
use super::recipient;
use super::vendor_id::IN_RUNS;
use super::{Db, Tx};

/// The steps of SQLite's plan for a statement.
pub(super) async fn steps(sql: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(dir.path().join("plan.db").to_str().unwrap())
        .await
        .unwrap();
    db.migrate().await.unwrap();
    let Tx::Sqlite(mut tx) = db.read().await.unwrap() else {
        panic!("not SQLite");
    };
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(sql).fetch_all(&mut *tx).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Is there a step that begins so?
pub(super) fn has(steps: &[String], step: &str) -> bool {
    steps.iter().any(|s| s.starts_with(step))
}

#[tokio::test]
async fn a_thread_is_found_without_a_walk_through_the_ledger() {
    let plan = steps(OF_PHONE).await;
    for wanted in [
        "SEARCH m USING INDEX message_direct (phone=? AND id<?)",
        "SEARCH m USING INDEX message_once (campaign_id=? AND phone=?)",
    ] {
        assert!(has(&plan, wanted), "{plan:#?}");
    }
}

#[tokio::test]
async fn what_left_lately_is_found_without_a_walk_through_the_ledger() {
    let plan = steps(LEFT_SINCE).await;
    let wanted = "SEARCH message USING INDEX message_outside (state=? AND id>?)";
    assert!(has(&plan, wanted), "{plan:#?}");
}

#[tokio::test]
async fn people_are_found_by_indexes() {
    for (sql, wanted) in [
        (
            find::BY_NAME.sqlite,
            "SEARCH profile USING INDEX profile_name_begins (<expr>>? AND <expr><?)",
        ),
        (
            find::BY_IDENTITY.sqlite,
            "SEARCH profile USING INDEX profile_identity_begins (<expr>>? AND <expr><?)",
        ),
        (
            find::BY_PHONE,
            "SEARCH profile USING COVERING INDEX profile_phone (phone>? AND phone<?)",
        ),
        (
            find::OF_CONSENT,
            "SEARCH profile USING INDEX profile_consent (opt_in=? AND id<?)",
        ),
        (find::OF_LIST, "SEARCH p USING INTEGER PRIMARY KEY (rowid=?)"),
        (
            find::AHEAD_CONSENT,
            "SEARCH profile USING COVERING INDEX profile_consent (opt_in=? AND id>?)",
        ),
        (
            find::AHEAD_LIST,
            "SEARCH list_entry USING PRIMARY KEY (list_id=? AND profile_id>?)",
        ),
    ] {
        let plan = steps(sql).await;
        assert!(has(&plan, wanted), "{sql}: {plan:#?}");
        assert!(!has(&plan, "SCAN p"), "{sql}: {plan:#?}");
    }
}

#[tokio::test]
async fn recipients_are_found_in_the_order_of_the_index() {
    for (sql, wanted) in [
        (
            recipient::ALL.sqlite,
            "SEARCH message USING COVERING INDEX message_once (campaign_id=? AND phone>?)",
        ),
        (
            recipient::ODD.sqlite,
            "SEARCH message USING INDEX message_odd (campaign_id=? AND phone>?)",
        ),
        (
            recipient::WINDOW_OF_ALL.sqlite,
            "SEARCH message USING COVERING INDEX message_once (campaign_id=? AND phone>?)",
        ),
        (
            recipient::WINDOW_OF_ODD.sqlite,
            "SEARCH message USING INDEX message_odd (campaign_id=? AND phone>?)",
        ),
        (
            recipient::RESENDABLE.sqlite,
            "SEARCH m USING INDEX message_odd (campaign_id=? AND phone>?)",
        ),
    ] {
        let plan = steps(sql).await;
        assert!(has(&plan, wanted), "{sql}: {plan:#?}");
        assert!(!has(&plan, "SCAN m"), "{sql}: {plan:#?}");
    }
}

#[tokio::test]
async fn unread_conversations_are_found_without_a_walk_through_all() {
    for sql in [UNREAD, UNREAD_PAGE] {
        let plan = steps(sql).await;
        let found = plan.iter().any(|step| step.contains("INDEX conversation_unread"));
        assert!(found, "{sql}: {plan:#?}");
    }
}

#[tokio::test]
async fn who_waits_is_found_without_a_walk_through_all() {
    let plan = steps(WAITING_PAGE).await;
    let wanted =
        "SEARCH conversation USING INDEX conversation_recent (last_message_at>? AND last_message_at<?)";
    assert!(has(&plan, wanted), "{plan:#?}");
}

#[tokio::test]
async fn people_of_several_lists_are_found_by_index() {
    let plan = steps(SLICE_OF_LISTS.sqlite).await;
    for wanted in [
        "SEARCH profile USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH list_entry USING PRIMARY KEY (list_id=? AND profile_id>? AND profile_id<?)",
    ] {
        assert!(has(&plan, wanted), "{plan:#?}");
    }
}

#[tokio::test]
async fn a_vendor_id_is_looked_up_in_each_run_and_not_in_what_lies_between() {
    let plan = steps(IN_RUNS).await;
    for wanted in [
        "SEARCH external_ref USING PRIMARY KEY (bucket<?)",
        "SEARCH r USING PRIMARY KEY (bucket<?)",
        "SEARCH r USING PRIMARY KEY (bucket=? AND external_id=?)",
    ] {
        assert!(has(&plan, wanted), "{plan:#?}");
    }
    // Not all runs first, and then a look into each.
    assert!(has(&plan, "CO-ROUTINE run"), "{plan:#?}");
}
