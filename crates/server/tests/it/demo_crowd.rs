//! Crowds of the demo: they come, behave as they should while the time jumps, and go without a trace.

use std::collections::BTreeSet;

use harkara::clock::HOUR;
use harkara::demo::audit::{Accepted, Audit, Entry, compare};
use harkara_sim::AccountKind;
use serde_json::{Value, json};

use crate::demo::{Server, rows};

async fn crowd(s: &Server, people: u32, behaviour: &str) -> Value {
    let made = s
        .post(
            "/handset/crowds",
            json!({"people": people, "behaviour": behaviour}),
        )
        .await;
    let path = format!("/imports/{}", made["import_id"].as_str().unwrap());
    let import = s.until(&path, |i| i["state"] == "finished").await;
    assert_eq!(
        (&import["created"], &import["invalid"]),
        (&json!(people), &json!(0)),
        "{import}"
    );
    made
}

/// The provider's books against the ledger.
async fn books(s: &Server, campaign: &str, should: BTreeSet<String>) -> Audit {
    let (simulator, _) = s.running.app.demo.simulator().await.unwrap();
    let (_, messages) = simulator.messages(0, usize::MAX);
    let accepted: Vec<Accepted> = messages
        .iter()
        .filter(|m| m.account == AccountKind::Hsm)
        .map(|m| Accepted {
            reference: m.reference.clone(),
            phone: format!("+{}", m.to),
        })
        .collect();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let ledger = s.get(&format!("{campaign}/messages?limit=500")).await;
    let ledger: Vec<Entry> = ledger["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| Entry {
            reference: text(row, "id"),
            phone: text(row, "phone"),
            state: text(row, "state"),
        })
        .collect();
    assert!(should.len() <= ledger.len());
    compare(&should, &accepted, &ledger)
}

#[tokio::test]
async fn a_crowd_behaves_while_the_time_jumps_and_nothing_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::demo(folder.path()).await;
    let before = rows(&s.running.app.db).await;
    s.post("/demo", json!({})).await;
    let there = s.get("/handset/crowds").await;
    assert_eq!(
        (&there["most"], &there["behaviours"][0]["name"]),
        (&json!(80_000), &json!("keen"))
    );
    let made = crowd(&s, 40, "keen").await;
    assert_eq!(made["name"], "Crowd: 40 keen");
    assert_eq!(s.get("/demo").await["people"], 65);

    let templates = s.get("/templates").await;
    let template = templates["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["name"] == "welcome_offer")
        .unwrap();
    let campaign = s
        .post(
            "/campaigns",
            json!({
                "name": "To the crowd", "template_id": template["id"],
                "audience": {"type": "list", "list_id": made["list_id"]},
                "mapping": {"body": [
                    {"from": "attribute", "name": "first_name", "default": "there"},
                    {"from": "attribute", "name": "city", "default": "nearest"},
                ]},
            }),
        )
        .await;
    let path = format!("/campaigns/{}", campaign["id"].as_str().unwrap());
    assert_eq!(s.get(&format!("{path}/reach")).await["reachable"], 40);
    s.post(&format!("{path}/launch"), json!({})).await;
    let progress = format!("{path}/progress");
    s.until(&progress, |p| p["funnel"]["sent"].as_i64() > Some(8))
        .await;
    s.post("/handset/clock", json!({"forward_ms": HOUR})).await;
    s.until(&progress, |p| p["state"] == "finished").await;
    // Whoever will read and answer has done so an hour later.
    s.post("/handset/clock", json!({"forward_ms": HOUR})).await;
    let done = s
        .until(&progress, |p| {
            let f = &p["funnel"];
            let n = |key: &str| f[key].as_i64().unwrap_or(0);
            n("read") >= 32 && p["replied"].as_i64() >= Some(6) && n("delivered") + n("failed") == 40
        })
        .await;
    let n = |key: &str| done["funnel"][key].as_i64().unwrap();
    assert_eq!(n("recipients"), 40);
    assert_eq!(
        (n("unknown"), n("queued"), n("sending"), n("skipped")),
        (0, 0, 0, 0),
        "{done}"
    );
    assert!(n("failed") <= 4, "{done}");

    let should = (0..40).map(|i| format!("+9199999{:05}", 20_000 + i)).collect();
    let audit = books(&s, &path, should).await;
    assert_eq!(audit, Audit::default());
    let answers = s.get("/conversations?limit=100").await.to_string();
    assert!(answers.contains("Tell me more") && answers.contains("Not now"));

    // Another one has other numbers, and what cannot be is said.
    crowd(&s, 5, "silent").await;
    let (status, problem) = s
        .call(
            "POST",
            "/handset/crowds",
            json!({"people": 80_000, "behaviour": "keen"}),
        )
        .await;
    assert_eq!(status, 422);
    assert!(
        problem["errors"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("1 to 79955"),
        "{problem}"
    );
    let (status, problem) = s
        .call(
            "POST",
            "/handset/crowds",
            json!({"people": 1, "behaviour": "angry"}),
        )
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/behaviour"))
    );

    // They behave so after a restart, too, and go with the demo.
    s.running.shutdown().await;
    let s = Server::demo(folder.path()).await;
    let (simulator, _) = s.running.app.demo.simulator().await.unwrap();
    let crowds = simulator.options().crowds;
    assert_eq!(
        crowds.iter().map(|c| (c.first, c.last)).collect::<Vec<_>>(),
        [
            (919_999_920_000, 919_999_920_039),
            (919_999_920_040, 919_999_920_044)
        ]
    );
    assert_eq!(s.call("DELETE", "/demo", Value::Null).await.0, 204);
    assert_eq!(rows(&s.running.app.db).await, before);
    s.running.shutdown().await;
}

#[tokio::test]
async fn a_crowd_that_is_still_coming_goes_with_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let s = Server::demo(folder.path()).await;
    let before = rows(&s.running.app.db).await;
    s.post("/demo", json!({})).await;
    let wish = json!({"people": 4000, "behaviour": "ordinary"});
    let made = s.post("/handset/crowds", wish).await;
    let path = format!("/imports/{}", made["import_id"].as_str().unwrap());
    s.until(&path, |i| i["rows"].as_i64() > Some(0)).await;
    assert_eq!(s.call("DELETE", "/demo", Value::Null).await.0, 204);
    assert_eq!(rows(&s.running.app.db).await, before);
    // Nothing writes on, and the file of the people goes too.
    for _ in 0..100 {
        let files = std::fs::read_dir(folder.path().join("imports")).unwrap();
        if files
            .filter(|f| {
                f.as_ref()
                    .is_ok_and(|f| !f.file_name().to_string_lossy().contains("errors"))
            })
            .count()
            == 0
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let left: Vec<String> = std::fs::read_dir(folder.path().join("imports"))
        .unwrap()
        .map(|f| f.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(left.iter().all(|name| name.contains("errors")), "{left:?}");
    assert_eq!(rows(&s.running.app.db).await, before);
    s.running.shutdown().await;
}
