//! How SQLite will find the rows of a statement, for tests: what walks through a table of millions works well in a test of ten
//! rows.

use sqlx::{AssertSqlSafe, Row};

use super::message::OF_PHONE;
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
