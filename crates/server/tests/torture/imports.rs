//! Files are imported while the power fails. One that was received must come to its end, with every row of it, good or bad.

use std::fmt::Write;
use std::time::{Duration, Instant};

use harkara::cli::client::Client;
use serde_json::{Value, json};

use crate::campaign;
use crate::dice::Dice;
use crate::ground::Ground;
use crate::shop::{phone, within};
use crate::tally::Tally;

const ROWS: u64 = 1_500;
/// Every so many rows a bad one.
const BAD: u64 = 50;
const QUERY: &str = "?file_name=c.csv&phone_column=mobile&identity_column=customer_id&opt_in_column=optin";

fn file(n: u64) -> String {
    let mut csv = String::from("mobile,customer_id,optin\n");
    for i in 1..=ROWS {
        let row = n * ROWS + i;
        let phone = if i.is_multiple_of(BAD) {
            "none".into()
        } else {
            phone(row)
        };
        writeln!(csv, "{phone},c{row},yes").unwrap();
    }
    csv
}

/// One round: `points` files, and for each a loss of power while it is received or imported.
pub async fn round(ground: Ground<'_>, seed: u64, points: u64) -> Tally {
    let mut tally = Tally::new(&format!("imports, {}", ground.name()), seed);
    let started = Instant::now();
    let mut dice = Dice::new(seed);
    let mut server = ground.server(seed).await;
    server.ready().await;
    let client = server.client();
    let mut imports = Vec::new();
    for n in 0..points {
        let as_draft = dice.chance(0.5);
        let path = if as_draft { "/imports/drafts" } else { "/imports" };
        let received = keep_asking(async || {
            client
                .upload(&format!("{path}{QUERY}"), "text/csv", file(n))
                .await
        });
        let received = received.await;
        let id = received["id"].as_str().or(received["import"]["id"].as_str());
        let id = id.unwrap_or_else(|| panic!("{received}")).to_owned();
        // Often right after the answer.
        tokio::time::sleep(Duration::from_millis(dice.pick(&[0, 0, 30, 200, 600]))).await;
        campaign::trouble("power", &mut dice, &mut server, ground).await;
        tally.point("power");
        if as_draft {
            server.ready().await;
            let path = format!("/imports/{id}/start");
            let begun = keep_asking(async || match client.post(&path, &json!({})).await {
                // It may have begun without telling.
                Err(_) => client.get(&format!("/imports/{id}")).await.and_then(|import| {
                    anyhow::ensure!(import["state"] != "draft");
                    Ok(import)
                }),
                begun => begun,
            });
            begun.await;
        }
        imports.push(id);
    }
    server.recover();
    server.ready().await;
    for (n, id) in imports.iter().enumerate() {
        let mut wrong = judge(&client, id).await;
        // All who are good are there: the same file changes nobody.
        let again = client
            .upload(&format!("/imports{QUERY}"), "text/csv", file(n as u64))
            .await
            .unwrap();
        let again = finished(&client, again["id"].as_str().unwrap()).await;
        if again["unchanged"] != ROWS - ROWS / BAD {
            wrong.push(format!("{id} does not have all its people: {again}"));
        }
        tally.lost += wrong.len() as u64;
        tally.violations.extend(wrong);
    }
    tally.end(seed, started, &server)
}

/// What is wrong with an import that was received.
async fn judge(client: &Client, id: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let import = finished(client, id).await;
    if import["state"] != "finished" || import["rows"] != ROWS || import["invalid"] != ROWS / BAD {
        wrong.push(format!("{id} was received, and is now {import}"));
    }
    let errors = match client.stream(&format!("/imports/{id}/errors")).await {
        Ok(answer) => answer.text().await.unwrap(),
        Err(why) => why.to_string(),
    };
    let lines: Vec<&str> = errors
        .lines()
        .skip(1)
        .filter_map(|row| row.split(',').next())
        .collect();
    let bad: Vec<String> = (1..=ROWS / BAD).map(|n| (n * BAD + 1).to_string()).collect();
    if lines != bad {
        wrong.push(format!("the bad rows of {id} are {lines:?}"));
    }
    wrong
}

/// An import at its end.
async fn finished(client: &Client, id: &str) -> Value {
    let path = format!("/imports/{id}");
    let mut import = Value::Null;
    let _ = within("the import is over", 60, async || {
        import = client.get(&path).await.unwrap_or_default();
        import["finished_at"].is_number()
    })
    .await;
    import
}

/// Until there is a good answer.
async fn keep_asking(ask: impl AsyncFn() -> anyhow::Result<Value>) -> Value {
    loop {
        if let Ok(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
