//! The ledger.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;
use crate::domain::state::State;

/// A message.
#[derive(Debug, Clone, FromRow)]
pub struct MessageRow {
    /// Id; its [`crate::domain::id::MESSAGE`] text is the reference that the provider echoes.
    pub id: i64,
    /// Business number.
    pub number_id: i64,
    /// Campaign, when it is of one.
    pub campaign_id: Option<i64>,
    /// Profile, when known.
    pub profile_id: Option<i64>,
    /// The person, E.164.
    pub phone: String,
    /// See [`crate::domain::state`].
    pub state: i16,
    /// 0 conversation, 1 API, 2 campaign.
    pub lane: i16,
    /// Attempts that counted so far.
    pub attempt: i16,
    /// Queued: next attempt; sending: when the attempt began; received: when.
    pub due_at: i64,
    /// JSON array of placeholder values.
    pub params: Option<String>,
    /// JSON content.
    pub content: Option<String>,
    /// Vendor's id.
    pub external_id: Option<String>,
    /// JSON of [`crate::domain::settle::Failure`].
    pub failure: Option<String>,
    /// When the provider took it.
    pub accepted_at: Option<i64>,
    /// When it was on the phone.
    pub delivered_at: Option<i64>,
    /// When it was seen.
    pub read_at: Option<i64>,
    /// When it failed.
    pub failed_at: Option<i64>,
    /// What an inbound message answers.
    pub in_reply_to: Option<String>,
}

/// Lane of answers to people: first.
pub const CONVERSATION: i16 = 0;
/// Lane of messages sent by programs.
pub const API: i16 = 1;
/// Lane of campaigns.
pub const CAMPAIGN: i16 = 2;

/// A row for [`insert`], in this order on the wire.
#[derive(Debug, Clone, Serialize)]
pub struct NewMessage {
    /// Id.
    pub id: i64,
    /// Number.
    pub number_id: i64,
    /// Campaign.
    pub campaign_id: Option<i64>,
    /// Profile.
    pub profile_id: Option<i64>,
    /// Person.
    pub phone: String,
    /// State.
    pub state: State,
    /// Lane.
    pub lane: i16,
    /// 1 when inserted as sending, 0 when queued.
    pub attempt: i16,
    /// See [`MessageRow::due_at`].
    pub due_at: Millis,
    /// Placeholder values.
    pub params: Option<String>,
    /// Content.
    pub content: Option<String>,
    /// What an inbound message answers.
    pub in_reply_to: Option<String>,
    /// Key of the inbound event: a second arrival of the same event is not inserted.
    pub event_key: Option<String>,
}

const INSERT: Batch = batch!(
    "INSERT INTO message (
         id, number_id, campaign_id, profile_id, phone, state, lane, attempt, due_at, params, content, in_reply_to,
         event_key)
     SELECT
         CAST(r.value ->> 'id' AS BIGINT), CAST(r.value ->> 'number_id' AS BIGINT),
         CAST(r.value ->> 'campaign_id' AS BIGINT), CAST(r.value ->> 'profile_id' AS BIGINT), r.value ->> 'phone',
         CAST(r.value ->> 'state' AS SMALLINT), CAST(r.value ->> 'lane' AS SMALLINT),
         CAST(r.value ->> 'attempt' AS SMALLINT), CAST(r.value ->> 'due_at' AS BIGINT), r.value ->> 'params',
         r.value ->> 'content', r.value ->> 'in_reply_to', r.value ->> 'event_key'
     FROM",
    rows,
    "WHERE true
     ON CONFLICT DO NOTHING
     RETURNING id"
);

/// Inserts rows; gives back the ids that were new. A person who has a message of the campaign already, or an event that
/// came before, is left out.
pub async fn insert(tx: &mut Tx, rows: &[NewMessage]) -> Result<Vec<i64>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&INSERT);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(rows)).fetch_all(c).await)?)
}

const BY_ID: &str = "
SELECT *
FROM message
WHERE id = $1";

/// The message of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<MessageRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const LOCK: Batch = Batch {
    sqlite: "SELECT * FROM message WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres: "SELECT * FROM message
        WHERE id IN (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT)) ORDER BY id FOR UPDATE",
};

/// Reads rows to be changed in this transaction, in id order and locked.
pub async fn lock(tx: &mut Tx, ids: &[i64]) -> Result<Vec<MessageRow>, StoreError> {
    let sql = tx.dialect().pick(&LOCK);
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

// A paused campaign's retries stay where they are.
const DUE: Batch = Batch {
    sqlite: "SELECT * FROM message
        WHERE state < 30 AND number_id = $1 AND state = 10 AND lane = $2 AND due_at <= $3
            AND (campaign_id IS NULL OR campaign_id IN (SELECT id FROM campaign WHERE state = 3))
        ORDER BY due_at LIMIT $4",
    postgres: "SELECT * FROM message
        WHERE state < 30 AND number_id = $1 AND state = 10 AND lane = $2 AND due_at <= $3
            AND (campaign_id IS NULL OR campaign_id IN (SELECT id FROM campaign WHERE state = 3))
        ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED",
};

/// Queued messages of a number whose time has come, oldest first, locked.
pub async fn due(
    tx: &mut Tx,
    number: i64,
    lane: i16,
    now: Millis,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = tx.dialect().pick(&DUE);
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(sql)
        .bind(number).bind(lane).bind(now).bind(limit).fetch_all(c).await)?)
}

const CLAIM: Batch = Batch {
    sqlite: "UPDATE message SET state = 20, attempt = attempt + 1, due_at = $2
        WHERE state = 10 AND id IN (SELECT value FROM json_each($1))",
    postgres: "UPDATE message SET state = 20, attempt = attempt + 1, due_at = $2
        WHERE state = 10 AND id IN (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT))",
};

/// Queued messages become sending: the intent of another attempt.
pub async fn claim(tx: &mut Tx, ids: &[i64], now: Millis) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let sql = tx.dialect().pick(&CLAIM);
    Ok(
        on!(tx, c => sqlx::query(sql).bind(to_json(ids)).bind(now).execute(c).await.map(|r| r.rows_affected()))?,
    )
}

/// A change for [`change`]. What is `None` stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MessageChange {
    /// Id.
    pub id: i64,
    /// New state.
    pub state: State,
    /// New attempt counter.
    pub attempt: i16,
    /// New due time.
    pub due_at: Option<Millis>,
    /// Vendor's id.
    pub external_id: Option<String>,
    /// Failure JSON; an empty text clears it.
    pub failure: Option<String>,
    /// Acceptance; the earliest stays.
    pub accepted_at: Option<Millis>,
    /// Delivery; the earliest stays.
    pub delivered_at: Option<Millis>,
    /// Reading; the earliest stays.
    pub read_at: Option<Millis>,
    /// Failure time; 0 clears it.
    pub failed_at: Option<Millis>,
}

const CHANGE: Batch = batch!(
    "UPDATE message
     SET state = v.state, attempt = v.attempt, due_at = COALESCE(v.due_at, message.due_at),
         external_id = COALESCE(message.external_id, v.external_id),
         failure = NULLIF(COALESCE(v.failure, message.failure), ''),
         accepted_at = CASE WHEN v.accepted_at > message.accepted_at THEN message.accepted_at
             ELSE COALESCE(v.accepted_at, message.accepted_at) END,
         delivered_at = CASE WHEN v.delivered_at > message.delivered_at THEN message.delivered_at
             ELSE COALESCE(v.delivered_at, message.delivered_at) END,
         read_at = CASE WHEN v.read_at > message.read_at THEN message.read_at
             ELSE COALESCE(v.read_at, message.read_at) END,
         failed_at = NULLIF(COALESCE(v.failed_at, message.failed_at), 0)
     FROM (
         SELECT
             CAST(r.value ->> 'id' AS BIGINT) AS id, CAST(r.value ->> 'state' AS SMALLINT) AS state,
             CAST(r.value ->> 'attempt' AS SMALLINT) AS attempt, CAST(r.value ->> 'due_at' AS BIGINT) AS due_at,
             r.value ->> 'external_id' AS external_id, r.value ->> 'failure' AS failure,
             CAST(r.value ->> 'accepted_at' AS BIGINT) AS accepted_at,
             CAST(r.value ->> 'delivered_at' AS BIGINT) AS delivered_at,
             CAST(r.value ->> 'read_at' AS BIGINT) AS read_at, CAST(r.value ->> 'failed_at' AS BIGINT) AS failed_at
         FROM",
    rows,
    ") AS v
     WHERE message.id = v.id"
);

/// Writes changes to rows that this transaction has locked.
pub async fn change(tx: &mut Tx, changes: &[MessageChange]) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&CHANGE);
    on!(tx, c => sqlx::query(sql).bind(to_json(changes)).execute(c).await.map(drop))?;
    Ok(())
}

const OPEN_OF_CAMPAIGN: &str = "
SELECT id
FROM message
WHERE campaign_id = $1 AND state = 10
ORDER BY id
LIMIT 1000";

/// Queued messages of a campaign, a thousand at a time.
pub async fn queued_of_campaign(tx: &mut Tx, campaign: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OPEN_OF_CAMPAIGN).bind(campaign).fetch_all(c).await)?)
}

const IN_FLIGHT: &str = "
SELECT id
FROM message
WHERE state < 30 AND state = 20 AND number_id = $1 AND due_at < $2
ORDER BY id
LIMIT 1000";

/// Attempts of a number that began before a time and have no outcome, a thousand at a time.
pub async fn in_flight(tx: &mut Tx, number: i64, begun_before: Millis) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(IN_FLIGHT).bind(number).bind(begun_before).fetch_all(c).await)?)
}

const NEXT_DUE: &str = "
SELECT MIN(due_at)
FROM message
WHERE state < 30 AND number_id = $1 AND state = 10
    AND (campaign_id IS NULL OR campaign_id IN (SELECT id FROM campaign WHERE state = 3))";

/// When the next queued message of a number is due, of those that may leave.
pub async fn next_due(tx: &mut Tx, number: i64) -> Result<Option<Millis>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(NEXT_DUE).bind(number).fetch_one(c).await)?)
}

const OF_CAMPAIGN: &str = "
SELECT *
FROM message
WHERE campaign_id = $1 AND id < $2 AND ($3 = 0 OR state = $3)
ORDER BY id DESC
LIMIT $4";

/// A page of a campaign's messages, newest first; `state` 0 for all.
pub async fn of_campaign(
    tx: &mut Tx,
    campaign: i64,
    before: i64,
    state: State,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(OF_CAMPAIGN)
        .bind(campaign).bind(before).bind(state).bind(limit).fetch_all(c).await)?)
}

// Campaign messages by person are found campaign by campaign: the unique index has them, and needs no twin.
const OF_PHONE: &str = "
SELECT *
FROM (
    SELECT m.*
    FROM message m
    WHERE m.campaign_id IS NULL AND m.phone = $1 AND m.id < $2
    UNION ALL
    SELECT m.*
    FROM campaign c
    JOIN message m ON m.campaign_id = c.id AND m.phone = $1
    WHERE m.campaign_id IS NOT NULL AND m.id < $2 AND c.state >= 3
) AS t
ORDER BY id DESC
LIMIT $3";

/// A page of everything between us and a person, newest first.
pub async fn of_phone(
    tx: &mut Tx,
    phone: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(OF_PHONE)
        .bind(phone).bind(before).bind(limit).fetch_all(c).await)?)
}

const REF: Batch = batch!(
    "INSERT INTO external_ref (bucket, external_id, message_id)
     SELECT CAST(r.value ->> 0 AS BIGINT), r.value ->> 1, CAST(r.value ->> 2 AS BIGINT)
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (bucket, external_id) DO NOTHING"
);

/// Keeps vendor ids of accepted messages: (hour since 1970, external id, message).
pub async fn keep_refs(tx: &mut Tx, rows: &[(i64, String, i64)]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&REF);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const BY_EXTERNAL: Batch = in_numbers!(
    "SELECT message_id FROM external_ref WHERE bucket IN",
    "AND external_id = $2 ORDER BY bucket DESC LIMIT 1"
);

/// The message with this vendor id, accepted in one of the given hours.
pub async fn by_external_id(
    tx: &mut Tx,
    hours: &[i64],
    external_id: &str,
) -> Result<Option<i64>, StoreError> {
    let sql = tx.dialect().pick(&BY_EXTERNAL);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(hours)).bind(external_id).fetch_optional(c).await)?)
}

/// An attempt worth telling.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct AttemptRow {
    /// Message.
    pub message_id: i64,
    /// From 1.
    pub n: i16,
    /// When the intent was written.
    pub at: i64,
    /// When it ended.
    pub finished_at: i64,
    /// `accepted` or the kind of the error.
    pub outcome: String,
    /// HTTP status of the answer.
    pub http_status: Option<i64>,
    /// What a person reads.
    pub detail: String,
    /// The request, secrets hidden.
    pub request: Option<String>,
    /// The answer, secrets hidden.
    pub answer: Option<String>,
}

const KEEP_ATTEMPTS: Batch = batch!(
    "INSERT INTO attempt (message_id, n, at, finished_at, outcome, http_status, detail, request, answer)
     SELECT
         CAST(r.value ->> 'message_id' AS BIGINT), CAST(r.value ->> 'n' AS SMALLINT),
         CAST(r.value ->> 'at' AS BIGINT), CAST(r.value ->> 'finished_at' AS BIGINT), r.value ->> 'outcome',
         CAST(r.value ->> 'http_status' AS BIGINT), r.value ->> 'detail', r.value ->> 'request', r.value ->> 'answer'
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (message_id, n) DO UPDATE SET
         at = excluded.at, finished_at = excluded.finished_at, outcome = excluded.outcome,
         http_status = excluded.http_status, detail = excluded.detail, request = excluded.request,
         answer = excluded.answer"
);

/// Keeps attempts; a throttled one is overwritten by the next, which has its number.
pub async fn keep_attempts(tx: &mut Tx, rows: &[AttemptRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&KEEP_ATTEMPTS);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const ATTEMPTS: &str = "
SELECT message_id, n, at, finished_at, outcome, http_status, detail, request, answer
FROM attempt
WHERE message_id = $1
ORDER BY n";

/// The kept attempts of a message.
pub async fn attempts(tx: &mut Tx, message: i64) -> Result<Vec<AttemptRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, AttemptRow>(ATTEMPTS).bind(message).fetch_all(c).await)?)
}
