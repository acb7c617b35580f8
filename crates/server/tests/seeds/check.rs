//! What must hold. Triggers watch every write; the rest is compared when everything has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use harkara::domain::id::MESSAGE;
use harkara::store::Db;
use sqlx::sqlite::SqlitePool;

use crate::gateway::{Arrival, Gateway, Tells};
use crate::world::template;

/// Notes every write that must not happen.
const TRIGGERS: &str = "
CREATE TABLE wrong (why TEXT NOT NULL);
CREATE TABLE owed (campaign_id BIGINT NOT NULL, profile_id BIGINT NOT NULL);
CREATE TRIGGER launched AFTER UPDATE OF launched_at ON campaign
WHEN NEW.launched_at IS NOT NULL AND OLD.launched_at IS NULL
BEGIN
    INSERT INTO owed SELECT NEW.id, id FROM profile;
END;
CREATE TABLE lifted (phone TEXT NOT NULL);
CREATE TRIGGER lifts AFTER DELETE ON suppression
BEGIN
    INSERT INTO lifted VALUES (OLD.phone);
END;
CREATE TRIGGER state_back AFTER UPDATE OF state ON message
WHEN NEW.state < OLD.state AND NOT (OLD.state = 20 AND NEW.state = 10)
BEGIN
    INSERT INTO wrong VALUES ('message ' || NEW.id || ' went back from ' || OLD.state || ' to ' || NEW.state);
END;
CREATE TRIGGER claim_inserted AFTER INSERT ON message
WHEN NEW.state = 20 AND NEW.campaign_id IS NOT NULL
BEGIN
    INSERT INTO wrong SELECT 'claimed for ' || NEW.phone || ', who opted out' WHERE EXISTS (
        SELECT 1 FROM suppression WHERE phone = NEW.phone);
    INSERT INTO wrong SELECT 'claimed for campaign ' || id || ' in state ' || state
        FROM campaign WHERE id = NEW.campaign_id AND state <> 3;
END;
CREATE TRIGGER claim_updated AFTER UPDATE OF state ON message
WHEN NEW.state = 20 AND OLD.state <> 20
BEGIN
    INSERT INTO wrong SELECT 'claimed for ' || NEW.phone || ', who opted out' WHERE EXISTS (
        SELECT 1 FROM suppression WHERE phone = NEW.phone) AND NEW.lane <> 0;
    INSERT INTO wrong SELECT 'claimed for campaign ' || id || ' in state ' || state
        FROM campaign WHERE id = NEW.campaign_id AND state <> 3;
    INSERT INTO wrong SELECT 'claimed from state ' || OLD.state WHERE OLD.state <> 10;
END;
CREATE TRIGGER finished AFTER UPDATE OF state ON campaign
WHEN NEW.state = 5 AND OLD.state <> 5
BEGIN
    INSERT INTO wrong SELECT 'campaign ' || NEW.id || ' finished with open messages' WHERE EXISTS (
        SELECT 1 FROM message WHERE campaign_id = NEW.id AND state IN (10, 20));
    INSERT INTO wrong SELECT 'campaign ' || NEW.id || ' finished before everybody was looked at' WHERE NEW.planned = 0;
END;
CREATE TRIGGER over AFTER UPDATE OF state ON campaign
WHEN OLD.state IN (5, 6) AND NEW.state <> OLD.state
BEGIN
    INSERT INTO wrong VALUES ('campaign ' || NEW.id || ' came back from ' || OLD.state || ' to ' || NEW.state);
END;
";

pub async fn watch(db: &Db) {
    sqlx::raw_sql(TRIGGERS).execute(writer(db)).await.unwrap();
}

pub fn writer(db: &Db) -> &SqlitePool {
    match db {
        Db::Sqlite { write, .. } => write,
        other => panic!("not SQLite: {other:?}"),
    }
}

fn reader(db: &Db) -> &SqlitePool {
    match db {
        Db::Sqlite { read, .. } => read,
        other => panic!("not SQLite: {other:?}"),
    }
}

const OPEN: &str = "
SELECT (SELECT COUNT(*) FROM message WHERE state IN (10, 20))
    + (SELECT COUNT(*) FROM callback WHERE state IN (0, 4))
    + (SELECT COUNT(*) FROM campaign WHERE state IN (2, 3, 4))";

/// How much is not at its end.
pub async fn open(db: &Db) -> i64 {
    sqlx::query_scalar(OPEN).fetch_one(reader(db)).await.unwrap()
}

/// Nobody has to wait for the rest of a slow campaign.
pub async fn hurry(db: &Db) {
    let faster = "UPDATE number SET messages_per_second = 500; UPDATE account SET requests_per_second = 500;";
    sqlx::raw_sql(faster).execute(writer(db)).await.unwrap();
}

/// What the story knows beside the ledger.
pub struct Known<'a> {
    pub gateway: &'a Gateway,
    /// Callbacks that were answered with 2xx.
    pub acknowledged: &'a [Tells],
    /// Messages per second, the most that was ever allowed: numbers, then accounts.
    pub rates: ([i64; 3], [i64; 2]),
    /// From here on the limits are others.
    pub healed_at: i64,
    /// Moments at which the clock was set forward.
    pub jumps: &'a [i64],
}

type Row = (i64, i64, Option<i64>, Option<i64>, String, i16, i16, i16);

/// Everything, at rest. Empty: all is well.
pub async fn all(db: &Db, known: &Known<'_>) -> Vec<String> {
    let pool = reader(db);
    let mut wrong: Vec<String> = sqlx::query_scalar("SELECT why FROM wrong")
        .fetch_all(pool)
        .await
        .unwrap();
    wrong.extend(known.gateway.wrong());
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, number_id, campaign_id, profile_id, phone, state, lane, attempt FROM message ORDER BY id",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    wrong.extend(ledger(&rows, known));
    wrong.extend(limits(&rows, known));
    wrong.extend(inbound(pool, known).await);
    for (what, sql) in QUERIES {
        let found: Vec<String> = sqlx::query_scalar(*sql).fetch_all(pool).await.unwrap();
        wrong.extend(found.iter().map(|text| format!("{what}: {text}")));
    }
    wrong
}

/// Every row that one of these gives is a fault.
const QUERIES: &[(&str, &str)] = &[
    (
        "the funnel is not what the rows say (campaign, bucket, funnel, rows)",
        "WITH counted AS (
             SELECT campaign_id, state AS bucket, COUNT(*) AS n FROM message WHERE campaign_id IS NOT NULL GROUP BY 1, 2
             UNION ALL
             SELECT campaign_id, 100 + reason, COUNT(*) FROM exclusion GROUP BY 1, 2
             UNION ALL
             SELECT campaign_id, 200, COUNT(*) FROM message
             WHERE campaign_id IS NOT NULL AND replied_at IS NOT NULL GROUP BY 1)
         SELECT campaign_id || ', ' || bucket || ', ' || SUM(kept) || ', ' || SUM(n) FROM (
             SELECT campaign_id, bucket, n AS kept, 0 AS n FROM campaign_count
             UNION ALL SELECT campaign_id, bucket, 0, n FROM counted)
         GROUP BY campaign_id, bucket HAVING SUM(kept) <> SUM(n)",
    ),
    (
        "a person of a finished campaign has neither message nor reason (campaign, profile)",
        "SELECT c.id || ', ' || o.profile_id FROM campaign c JOIN owed o ON o.campaign_id = c.id
         WHERE c.state = 5 AND c.audience LIKE '%everyone%'
             AND NOT EXISTS (SELECT 1 FROM message m WHERE m.campaign_id = c.id AND m.profile_id = o.profile_id)
             AND NOT EXISTS (SELECT 1 FROM exclusion e WHERE e.campaign_id = c.id AND e.profile_id = o.profile_id)",
    ),
    (
        "a person has a message and a reason for none (campaign, profile)",
        "SELECT m.campaign_id || ', ' || m.profile_id FROM message m
         JOIN exclusion e ON e.campaign_id = m.campaign_id AND e.profile_id = m.profile_id",
    ),
    (
        "a callback was left (id, state, problem)",
        "SELECT id || ', ' || state || ', ' || COALESCE(problem, '') FROM callback WHERE state <> 1",
    ),
    (
        "a stranger was answered from a number that they did not write to (message)",
        "SELECT CAST(m.id AS TEXT) FROM message m
         WHERE m.lane = 0 AND m.state < 70 AND NOT EXISTS (
             SELECT 1 FROM message r WHERE r.state = 70 AND r.phone = m.phone AND r.number_id = m.number_id)",
    ),
    (
        "an opt-out was lifted that nobody asked for",
        "SELECT phone FROM lifted l WHERE NOT EXISTS (
             SELECT 1 FROM consent c WHERE c.phone = l.phone AND c.action = 1)",
    ),
    (
        "something is open (message, state)",
        "SELECT id || ', ' || state FROM message WHERE state IN (10, 20)",
    ),
];

/// The rows beside the gateway's own record.
fn ledger(rows: &[Row], known: &Known<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let accepted = known.gateway.accepted();
    let by_ref: BTreeMap<String, &Row> = rows.iter().map(|row| (MESSAGE.show(row.0), row)).collect();
    for (reference, times) in &accepted {
        if *times > 1 {
            wrong.push(format!("{reference} was accepted {times} times"));
        }
        match by_ref.get(reference) {
            None => wrong.push(format!("{reference} was accepted and stands in no ledger")),
            Some(row) if !(20..60).contains(&row.5) => {
                wrong.push(format!("{reference} was accepted and stands in state {}", row.5));
            }
            Some(_) => {}
        }
    }
    for (reference, row) in &by_ref {
        if matches!(row.5, 30 | 40 | 50) && !accepted.contains_key(reference) {
            wrong.push(format!(
                "{reference} stands in state {} and was never accepted",
                row.5
            ));
        }
    }
    for told in known.acknowledged {
        if let Tells::Reached(reference, state) = told {
            match by_ref.get(reference) {
                Some(row) if row.5 < *state => wrong.push(format!(
                    "{reference} was reported in state {state} and stands in {}",
                    row.5
                )),
                Some(_) => {}
                None => wrong.push(format!("{reference} was reported and is not there")),
            }
        }
    }
    wrong
}

/// No second holds more than was ever allowed in one.
fn limits(rows: &[Row], known: &Known<'_>) -> Vec<String> {
    let template = template();
    let number_of: BTreeMap<String, i64> = rows.iter().map(|row| (MESSAGE.show(row.0), row.1)).collect();
    let arrivals = known.gateway.arrivals();
    let mut wrong = Vec::new();
    let mut most = |what: String, limit: i64, of: &dyn Fn(&Arrival) -> bool| {
        let times: Vec<i64> = arrivals
            .iter()
            .filter(|a| of(a) && a.at < known.healed_at)
            .map(|a| a.at)
            .collect();
        let limit = usize::try_from(limit).unwrap();
        for window in times.windows(limit + 1) {
            let (first, last) = (window[0], window[limit]);
            let jumped = known.jumps.iter().any(|at| (first..=last).contains(at));
            if last - first < 1_000 && !jumped {
                wrong.push(format!(
                    "{what}: {} in a second at {first}, {limit} allowed",
                    limit + 1
                ));
                break;
            }
        }
    };
    for (n, id) in template.numbers.iter().enumerate() {
        let of = |a: &Arrival| number_of.get(&a.reference) == Some(id);
        most(format!("number {n}"), known.rates.0[n], &of);
    }
    for n in 0..2 {
        let own = [crate::world::USERS[n * 2], crate::world::USERS[n * 2 + 1]];
        most(format!("account {n}"), known.rates.1[n], &|a| {
            own.contains(&a.user.as_str())
        });
    }
    wrong
}

/// Every message that we took is there, once.
async fn inbound(pool: &SqlitePool, known: &Known<'_>) -> Vec<String> {
    let template = template();
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT number_id, phone, content FROM message WHERE state = 70")
            .fetch_all(pool)
            .await
            .unwrap();
    let mut kept: BTreeMap<(i64, String, String), usize> = BTreeMap::new();
    for (number, phone, content) in rows {
        let content: serde_json::Value = serde_json::from_str(&content).unwrap();
        let text = content["text"].as_str().unwrap_or_default().to_owned();
        *kept.entry((number, phone, text)).or_default() += 1;
    }
    let mut wanted: BTreeMap<(i64, String, String), BTreeSet<i64>> = BTreeMap::new();
    for told in known.acknowledged {
        if let Tells::Wrote { from, to, text, at } = told {
            let place = crate::world::NUMBERS.iter().position(|n| n == to).unwrap();
            let key = (template.numbers[place], from.clone(), text.clone());
            wanted.entry(key).or_default().insert(*at);
        }
    }
    let mut wrong = Vec::new();
    for (key, times) in &wanted {
        let have = kept.get(key).copied().unwrap_or(0);
        if have != times.len() {
            wrong.push(format!(
                "{key:?} was taken {} times and is there {have} times",
                times.len()
            ));
        }
    }
    wrong
}

/// The ledger as text.
pub async fn dump(db: &Db) -> String {
    let lines: Vec<String> = sqlx::query_scalar(
        "SELECT id || ' ' || phone || ' ' || state || ' ' || attempt || ' ' || due_at FROM message ORDER BY id",
    )
    .fetch_all(reader(db))
    .await
    .unwrap();
    lines.join("\n")
}
