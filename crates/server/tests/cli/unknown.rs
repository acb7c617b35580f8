//! An operator finds unknown messages, and sends one again.

use std::path::Path;
use std::process::{Output, Stdio};

use harkara::domain::id::MESSAGE;
use harkara::domain::state::UNKNOWN;
use harkara::store::account::{ACTIVE, AccountRow};
use harkara::store::message::{API, NewMessage};
use harkara::store::number::NumberRow;
use harkara::store::{self, Db};
use serde_json::json;

use crate::server::Server;
use crate::{err, harkara, out, output};

/// Half an hour after the beginning of 2026, as time and as id.
const AT: i64 = 1_767_227_400_000;
const ID: i64 = (AT - 1_735_689_600_000) << 21;

/// One unknown message from +919999900000 of the account "Shop".
async fn unknown(file: &Path) {
    let db = Db::open(&file.to_string_lossy()).await.unwrap();
    db.migrate().await.unwrap();
    let mut tx = db.write().await.unwrap();
    let account = AccountRow {
        id: 1,
        token: "token".into(),
        provider: "gupshup-enterprise".into(),
        nickname: "Shop".into(),
        settings: "{}".into(),
        secrets: "{}".into(),
        state: ACTIVE,
        held_reason: None,
        held_at: None,
        requests_per_second: 20,
        auto_reply: 0,
        auto_reply_text: String::new(),
        auto_reply_rules: None,
        last_inbound_at: None,
        last_report_at: None,
        created_at: AT,
        updated_at: AT,
    };
    store::account::insert(&mut tx, &account).await.unwrap();
    let number = NumberRow {
        id: 2,
        account_id: 1,
        phone: "+919999900000".into(),
        is_default: 1,
        messages_per_second: 80,
        created_at: AT,
    };
    store::number::insert(&mut tx, &number).await.unwrap();
    let content = json!({"type": "template", "name": "hello", "language": "en", "body": "Hello"});
    let message = NewMessage {
        id: ID,
        number_id: 2,
        campaign_id: None,
        profile_id: None,
        phone: "+919999900001".into(),
        state: UNKNOWN,
        lane: API,
        attempt: 1,
        due_at: AT,
        params: None,
        content: Some(content.to_string()),
        in_reply_to: None,
        event_key: None,
    };
    store::message::insert(&mut tx, vec![message]).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn an_unknown_message_is_listed_and_sent_again_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    unknown(&folder.path().join("data/harkara.db")).await;
    let serve = [
        "serve",
        "--data",
        "data",
        "--listen",
        "127.0.0.1:0",
        "--roles",
        "http",
    ];
    let _server = Server::of(harkara(folder.path()).args(serve), Stdio::null());
    let message = |args: &[&str]| -> Output { output(harkara(folder.path()).arg("message").args(args)) };
    let id = MESSAGE.show(ID);

    let listed = message(&[
        "list",
        "--state",
        "unknown",
        "--account",
        "Shop",
        "--number",
        "91 99999 00000",
    ]);
    let line = out(&listed);
    assert!(
        line.contains(&id) && line.contains("2026-01-01T00:30:00") && line.contains("+919999900001"),
        "{line}{}",
        err(&listed)
    );
    let none = message(&["list", "--until", "2026-01-01T00:30:00Z"]);
    assert_eq!(out(&none).trim(), "No message is unknown.");
    let wrong = message(&["list", "--number", "+919999900777"]);
    assert!(
        err(&wrong).contains("There are: +919999900000"),
        "{}",
        err(&wrong)
    );

    let refused = message(&["resend", &id]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("--accept-possible-double"),
        "{}",
        err(&refused)
    );
    let sent = message(&["resend", &id, "--accept-possible-double"]);
    assert!(
        out(&sent).starts_with(&format!("{id} is sent again as msg_")),
        "{}",
        err(&sent)
    );
    let twice = message(&["resend", &id, "--accept-possible-double"]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(
        err(&twice).contains("sent again already, as msg_"),
        "{}",
        err(&twice)
    );
    assert!(out(&message(&["list", "--json"])).contains("\"resent_as\":\"msg_"));
}
