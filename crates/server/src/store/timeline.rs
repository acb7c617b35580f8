//! What happened to one person, read together from where each kind is kept. All ids grow with time, so one cursor
//! runs through all kinds.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch};
use super::{StoreError, Tx, to_json};

/// A stored event of a profile.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct EventRow {
    /// Id.
    pub id: i64,
    /// Whose.
    pub profile_id: i64,
    /// Name.
    pub name: String,
    /// When it happened, milliseconds UTC.
    pub at: i64,
    /// JSON object.
    pub data: String,
}

const ADD_EVENTS: Batch = batch!(
    "
INSERT INTO profile_event (id, profile_id, name, at, data)
SELECT CAST(r.value ->> 'id' AS BIGINT),
       CAST(r.value ->> 'profile_id' AS BIGINT),
       r.value ->> 'name',
       CAST(r.value ->> 'at' AS BIGINT),
       r.value ->> 'data'
FROM",
    rows,
    ""
);

/// Adds events.
pub async fn add_events(tx: &mut Tx, rows: &[EventRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&ADD_EVENTS);
    let json = to_json(rows);
    on!(tx, c => sqlx::query(sql).bind(&json).execute(c).await.map(drop))?;
    Ok(())
}

const EVENTS: &str = "
SELECT id, profile_id, name, at, data
FROM profile_event
WHERE profile_id = $1 AND id < $2
ORDER BY id DESC
LIMIT $3";

/// Events of a profile, newest first, ids below `before`.
pub async fn events(
    tx: &mut Tx,
    profile_id: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, EventRow>(EVENTS)
        .bind(profile_id)
        .bind(before)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// A message as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct MessageOfPerson {
    /// Id.
    pub id: i64,
    /// The campaign it belongs to.
    pub campaign_id: Option<i64>,
    /// Name of the campaign.
    pub campaign: Option<String>,
    /// See [`crate::domain::state`].
    pub state: i16,
    /// JSON content of a message outside campaigns.
    pub content: Option<String>,
    /// JSON, why it is not where it should be.
    pub failure: Option<String>,
    /// Milliseconds UTC.
    pub accepted_at: Option<i64>,
    /// Milliseconds UTC.
    pub delivered_at: Option<i64>,
    /// Milliseconds UTC.
    pub read_at: Option<i64>,
    /// Milliseconds UTC.
    pub failed_at: Option<i64>,
}

// Campaigns first, and of each the index on (campaign_id, phone) finds the one message of this person. CROSS JOIN and
// MATERIALIZED keep the planners from walking the ledger from its newest row instead.
const CAMPAIGN_MESSAGES: &str = "
WITH found AS MATERIALIZED (
    SELECT m.id, m.campaign_id, c.name AS campaign, m.state, m.content, m.failure,
           m.accepted_at, m.delivered_at, m.read_at, m.failed_at
    FROM campaign c
    CROSS JOIN message m
    WHERE m.campaign_id = c.id AND m.phone = $1
)
SELECT id, campaign_id, campaign, state, content, failure, accepted_at, delivered_at, read_at, failed_at
FROM found
WHERE id < $2
ORDER BY id DESC
LIMIT $3";

const DIRECT_MESSAGES: &str = "
SELECT id, campaign_id, CAST(NULL AS TEXT) AS campaign, state, content, failure,
       accepted_at, delivered_at, read_at, failed_at
FROM message
WHERE campaign_id IS NULL AND phone = $1 AND id < $2
ORDER BY id DESC
LIMIT $3";

/// Messages from and to a number, newest first, ids below `before`.
pub async fn messages(
    tx: &mut Tx,
    phone: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<MessageOfPerson>, StoreError> {
    let mut rows = Vec::new();
    for sql in [CAMPAIGN_MESSAGES, DIRECT_MESSAGES] {
        let found = on!(tx, c => sqlx::query_as::<_, MessageOfPerson>(sql)
            .bind(phone)
            .bind(before)
            .bind(limit)
            .fetch_all(c)
            .await)?;
        rows.extend(found);
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(rows)
}
