//! The frequency cap, and which campaign messages a number was planned to get lately.

use std::collections::HashMap;

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch};
use super::{StoreError, Tx, from_json, to_json};
use crate::clock::Millis;

/// The cap as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CapRow {
    /// JSON of [`crate::domain::frequency_cap::CapLimit`]s; none while it is off.
    pub limits: String,
    /// Since when it is on.
    pub since: Option<i64>,
    /// When it last changed, which tells versions apart; 0: never.
    pub updated_at: i64,
    /// Who changed it.
    pub updated_by: String,
}

const READ: &str = "
SELECT limits, since, updated_at, updated_by
FROM frequency_cap
WHERE id = 1";

/// The cap.
pub async fn read(tx: &mut Tx) -> Result<CapRow, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, CapRow>(READ).fetch_one(c).await)?)
}

// Not locks of the row: many who share one could keep whoever changes it waiting, and each would write to the row. SQLite has one
// writer anyway.
const SHARED: &str = "SELECT pg_advisory_xact_lock_shared(7235714235)";
const ALONE: &str = "SELECT pg_advisory_xact_lock(7235714235)";

async fn wait(tx: &mut Tx, lock: &'static str) -> Result<(), StoreError> {
    if let Tx::Postgres(transaction) = tx {
        sqlx::query(lock).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// The cap, which nobody changes before this transaction ends: whoever turns it on counts what was planned without it.
pub async fn hold(tx: &mut Tx) -> Result<CapRow, StoreError> {
    wait(tx, SHARED).await?;
    read(tx).await
}

/// The cap, to be changed in this transaction.
pub async fn lock(tx: &mut Tx) -> Result<CapRow, StoreError> {
    wait(tx, ALONE).await?;
    read(tx).await
}

const WRITE: &str = "
UPDATE frequency_cap
SET limits = $1, since = $2, updated_at = $3, updated_by = $4
WHERE id = 1";

/// Writes it.
pub async fn write(tx: &mut Tx, row: &CapRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(WRITE)
        .bind(&row.limits).bind(row.since).bind(row.updated_at).bind(&row.updated_by)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// (message, campaign), as they were planned.
pub type Planned = Vec<(i64, i64)>;

const RECENT: Batch = Batch {
    sqlite: "
SELECT phone, messages
FROM recent_campaign
WHERE phone IN (SELECT value FROM json_each($1))",
    postgres: "
SELECT phone, messages
FROM recent_campaign
WHERE phone = ANY(ARRAY(SELECT json_array_elements_text(CAST($1 AS json))))",
};

/// What was planned lately for these numbers.
pub async fn recent(tx: &mut Tx, phones: &[&str]) -> Result<HashMap<String, Planned>, StoreError> {
    planned(tx, &RECENT, &to_json(phones)).await
}

async fn planned(tx: &mut Tx, batch: &Batch, phones: &str) -> Result<HashMap<String, Planned>, StoreError> {
    let sql = tx.dialect().pick(batch);
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(sql).bind(phones).fetch_all(c).await)?;
    let read = |(phone, messages): (String, String)| Ok((phone, from_json("recent messages", &messages)?));
    rows.into_iter().map(read).collect()
}

const MAKE: Batch = batch!(
    "
INSERT INTO recent_campaign (phone, messages)
SELECT CAST(r.value ->> 0 AS TEXT), '[]'
FROM",
    rows,
    "
WHERE true
ON CONFLICT (phone) DO NOTHING"
);

const LOCK_RECENT: Batch = Batch {
    sqlite: "
SELECT phone, messages
FROM recent_campaign
WHERE phone IN (SELECT value FROM json_each($1))",
    postgres: "
SELECT phone, messages
FROM recent_campaign
WHERE phone = ANY(ARRAY(SELECT json_array_elements_text(CAST($1 AS json))))
ORDER BY phone
FOR UPDATE",
};

/// The same, locked until this transaction ends: another campaign that comes to one of these people waits, and then sees what
/// this one planned. Numbers are locked in one order, so that two transactions that call this once never wait for each other.
pub async fn lock_recent(
    tx: &mut Tx,
    phones: &std::collections::BTreeSet<&str>,
) -> Result<HashMap<String, Planned>, StoreError> {
    let sql = tx.dialect().pick(&MAKE);
    let rows: Vec<[&str; 1]> = phones.iter().map(|phone| [*phone]).collect();
    on!(tx, c => sqlx::query(sql).bind(to_json(&rows)).execute(c).await.map(drop))?;
    planned(tx, &LOCK_RECENT, &to_json(phones)).await
}

const KEEP: Batch = batch!(
    "
INSERT INTO recent_campaign (phone, messages)
SELECT CAST(r.value ->> 0 AS TEXT), CAST(r.value ->> 1 AS TEXT)
FROM",
    rows,
    "
WHERE true
ON CONFLICT (phone) DO UPDATE SET messages = excluded.messages"
);

/// Keeps what is planned for these numbers, in place of what was kept of them.
pub async fn keep(tx: &mut Tx, rows: &[(String, Planned)]) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&KEEP);
    let rows: Vec<(&String, String)> = rows
        .iter()
        .map(|(phone, planned)| (phone, to_json(planned)))
        .collect();
    on!(tx, c => sqlx::query(sql).bind(to_json(&rows)).execute(c).await.map(drop))?;
    Ok(())
}

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Stands {
    /// Message.
    pub id: i64,
    /// Its campaign; none for one that was sent again.
    pub campaign_id: Option<i64>,
    /// The person.
    pub phone: String,
    /// See [`crate::domain::state`].
    pub state: i16,
    /// When it was accepted, or was to be tried last.
    pub at: i64,
}

const STANDING: Batch = Batch {
    sqlite: "
SELECT id, campaign_id, phone, state, COALESCE(accepted_at, due_at) AS at
FROM message
WHERE id IN (SELECT value FROM json_each($1))",
    postgres: "
SELECT id, campaign_id, phone, state, COALESCE(accepted_at, due_at) AS at
FROM message
WHERE id = ANY(ARRAY(SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT)))",
};

/// Where these messages stand; those that are gone are left out.
pub async fn standing(tx: &mut Tx, messages: &[i64]) -> Result<Vec<Stands>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&STANDING);
    Ok(on!(tx, c => sqlx::query_as::<_, Stands>(sql).bind(to_json(messages)).fetch_all(c).await)?)
}

const BEGUN_BEFORE: &str = "
SELECT id
FROM campaign
WHERE launched_at < $1 AND (finished_at IS NULL OR finished_at > $2) AND ignores_cap = 0
ORDER BY id";

/// Campaigns that count, began before a moment and were not over at another.
pub async fn begun_before(tx: &mut Tx, before: Millis, over: Millis) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(BEGUN_BEFORE).bind(before).bind(over).fetch_all(c).await)?)
}

const OF_CAMPAIGNS: Batch = Batch {
    sqlite: "
SELECT m.id, m.campaign_id, m.phone, m.state, COALESCE(m.accepted_at, m.due_at) AS at
FROM message m
WHERE m.campaign_id IS NOT NULL AND m.campaign_id IN (SELECT value FROM json_each($1))
    AND m.phone IN (SELECT value FROM json_each($2))",
    postgres: "
SELECT m.id, m.campaign_id, m.phone, m.state, COALESCE(m.accepted_at, m.due_at) AS at
FROM message m
WHERE m.campaign_id IS NOT NULL
    AND m.campaign_id = ANY(ARRAY(SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT)))
    AND m.phone = ANY(ARRAY(SELECT json_array_elements_text(CAST($2 AS json))))",
};

/// What these campaigns have for these numbers.
pub async fn of_campaigns(
    tx: &mut Tx,
    campaigns: &[i64],
    phones: &[&str],
) -> Result<Vec<Stands>, StoreError> {
    if campaigns.is_empty() || phones.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&OF_CAMPAIGNS);
    Ok(on!(tx, c => sqlx::query_as::<_, Stands>(sql)
        .bind(to_json(campaigns)).bind(to_json(phones)).fetch_all(c).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn what_a_person_got_lately_is_found_person_by_person() {
        for (sql, wanted) in [
            (
                RECENT.sqlite,
                "SEARCH recent_campaign USING PRIMARY KEY (phone=?)",
            ),
            (
                LOCK_RECENT.sqlite,
                "SEARCH recent_campaign USING PRIMARY KEY (phone=?)",
            ),
            (
                STANDING.sqlite,
                "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)",
            ),
            (
                OF_CAMPAIGNS.sqlite,
                "SEARCH m USING INDEX message_once (campaign_id=? AND phone=?)",
            ),
        ] {
            let plan = steps(sql).await;
            assert!(has(&plan, wanted), "{plan:#?}");
            let walks = ["SCAN m", "SCAN message", "SCAN recent_campaign"];
            assert!(!walks.iter().any(|walk| has(&plan, walk)), "{plan:#?}");
        }
    }
}
