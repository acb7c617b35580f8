//! The ledger.

use futures::TryStreamExt;
use serde::Deserialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::Batch;
use super::news::Topic::Message;
use super::progress::tell;
use super::rows::Column::{Int, Text};
use super::rows::Rows;
use super::{StoreError, Tx, from_json, to_json};
use crate::clock::Millis;
use crate::domain::state::State;
use crate::domain::variant::variant;

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
    /// When the person first answered it; of a campaign's message only.
    pub replied_at: Option<i64>,
    /// What an inbound message answers.
    pub in_reply_to: Option<String>,
}

/// Lane of answers to people: first.
pub const CONVERSATION: i16 = 0;
/// Lane of messages sent by programs.
pub const API: i16 = 1;
/// Lane of campaigns.
pub const CAMPAIGN: i16 = 2;

/// A row for [`insert`].
#[derive(Debug, Clone)]
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

const INSERT: Rows<13> = Rows {
    before: "INSERT INTO message (
         id, number_id, campaign_id, profile_id, phone, state, lane, attempt, due_at, params, content, in_reply_to,
         event_key)
     SELECT * FROM",
    columns: [
        Int("id"),
        Int("number_id"),
        Int("campaign_id"),
        Int("profile_id"),
        Text("phone"),
        Int("state"),
        Int("lane"),
        Int("attempt"),
        Int("due_at"),
        Text("params"),
        Text("content"),
        Text("in_reply_to"),
        Text("event_key"),
    ],
    after: "AS v
     WHERE true
     ON CONFLICT DO NOTHING
     RETURNING id",
};

/// Inserts rows; gives back the ids that were new. A person who has a message of the campaign already, or an event that
/// came before, is left out.
pub async fn insert(tx: &mut Tx, rows: Vec<NewMessage>) -> Result<Vec<i64>, StoreError> {
    for row in rows.iter().filter(|row| row.campaign_id.is_none()) {
        tx.note(Message, row.id);
    }
    super::file::sent_with(tx, &rows).await?;
    let cells = |row: NewMessage| {
        [
            row.id.into(),
            row.number_id.into(),
            row.campaign_id.into(),
            row.profile_id.into(),
            row.phone.into(),
            row.state.into(),
            row.lane.into(),
            row.attempt.into(),
            row.due_at.into(),
            row.params.into(),
            row.content.into(),
            row.in_reply_to.into(),
            row.event_key.into(),
        ]
    };
    INSERT.run(tx, rows.into_iter().map(cells).collect()).await
}

const BY_ID: &str = "
SELECT *
FROM message
WHERE id = $1";

/// The message of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<MessageRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

/// A message that is to be changed: what the change depends on.
#[derive(Debug, Clone, FromRow, Deserialize)]
pub struct LockedMessage {
    /// See [`MessageRow`], as all of these.
    pub id: i64,
    /// Business number.
    pub number_id: i64,
    /// Campaign.
    pub campaign_id: Option<i64>,
    /// The person.
    pub phone: String,
    /// State.
    pub state: i16,
    /// Attempts.
    pub attempt: i16,
    /// When the attempt began, while sending.
    pub due_at: i64,
    /// Vendor's id.
    pub external_id: Option<String>,
    /// JSON.
    pub failure: Option<String>,
    /// When the provider took it.
    pub accepted_at: Option<i64>,
    /// When it was on the phone.
    pub delivered_at: Option<i64>,
    /// When it was seen.
    pub read_at: Option<i64>,
    /// When it failed.
    pub failed_at: Option<i64>,
}

// One row of JSON crosses to us from SQLite in a third of the time of many rows.
const LOCK_ON_SQLITE: &str = "
SELECT json_group_array(json_array(
    id, number_id, campaign_id, phone, state, attempt, due_at, external_id, failure, accepted_at, delivered_at, read_at,
    failed_at) ORDER BY id)
FROM message
WHERE id IN (SELECT value FROM json_each($1))";

const LOCK_ON_POSTGRES: &str = "
SELECT id, number_id, campaign_id, phone, state, attempt, due_at, external_id, failure, accepted_at, delivered_at, read_at,
    failed_at
FROM message
WHERE id = ANY($1)
ORDER BY id
FOR UPDATE";

/// Reads rows to be changed in this transaction, in id order and locked.
pub async fn lock(tx: &mut Tx, ids: &[i64]) -> Result<Vec<LockedMessage>, StoreError> {
    match tx {
        Tx::Sqlite(transaction) => {
            let rows: String = sqlx::query_scalar(LOCK_ON_SQLITE)
                .bind(to_json(ids))
                .fetch_one(&mut **transaction)
                .await?;
            from_json("messages", &rows)
        }
        Tx::Postgres(transaction) => Ok(sqlx::query_as(LOCK_ON_POSTGRES)
            .bind(ids)
            .fetch_all(&mut **transaction)
            .await?),
    }
}

/// Campaigns whose messages may leave: running, and none of those that rest.
macro_rules! awake {
    ($resting:literal) => {
        concat!(
            "(campaign_id IS NULL OR campaign_id IN (SELECT id FROM campaign WHERE state = 3 AND id NOT IN ",
            $resting,
            "))"
        )
    };
}

// A paused campaign's retries stay where they are.
macro_rules! due {
    ($resting:literal, $lock:literal) => {
        concat!(
            "SELECT * FROM message
        WHERE state < 30 AND number_id = $1 AND state = 10 AND lane = $2 AND due_at <= $3 AND ",
            awake!($resting),
            " ORDER BY due_at, id LIMIT $4",
            $lock
        )
    };
}

const DUE: Batch = Batch {
    sqlite: due!("(SELECT value FROM json_each($5))", ""),
    postgres: due!(
        "(SELECT CAST(json_array_elements_text(CAST($5 AS json)) AS BIGINT))",
        " FOR UPDATE SKIP LOCKED"
    ),
};

/// Queued messages of a number and lane whose time has come, oldest first, locked; none of campaigns that rest.
pub async fn due(
    tx: &mut Tx,
    (number, lane): (i64, i16),
    now: Millis,
    resting: &[i64],
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = tx.dialect().pick(&DUE);
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(sql)
        .bind(number).bind(lane).bind(now).bind(limit).bind(to_json(resting)).fetch_all(c).await)?)
}

pub(super) const LEFT_SINCE: &str = "
SELECT phone, due_at
FROM message
WHERE campaign_id IS NULL AND state IN (20, 25, 30, 35, 40, 50) AND id >= $1 AND number_id = $2 AND due_at < $3
ORDER BY due_at";

/// Messages outside campaigns that began to leave from a number before a time: phone and time, oldest first, one by one. Only
/// those with ids from `since_id` on.
pub async fn left_since(
    tx: &mut Tx,
    number: i64,
    since_id: i64,
    before: Millis,
    mut each: impl FnMut(&str, Millis),
) -> Result<(), StoreError> {
    on!(tx, c => {
        let mut rows = sqlx::query_as::<_, (String, Millis)>(LEFT_SINCE)
            .bind(since_id).bind(number).bind(before).fetch(c);
        while let Some((phone, at)) = rows.try_next().await? {
            each(&phone, at);
        }
    });
    Ok(())
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
#[derive(Debug, Clone, Default)]
pub struct MessageChange {
    /// Id.
    pub id: i64,
    /// Its campaign. Nothing is changed by it: of campaigns not every message is told of.
    pub campaign_id: Option<i64>,
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

const CHANGE: Rows<10> = Rows {
    before: "UPDATE message
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
     FROM",
    columns: [
        Int("id"),
        Int("state"),
        Int("attempt"),
        Int("due_at"),
        Text("external_id"),
        Text("failure"),
        Int("accepted_at"),
        Int("delivered_at"),
        Int("read_at"),
        Int("failed_at"),
    ],
    after: "AS v
     WHERE message.id = v.id",
};

/// Writes changes to rows that this transaction has locked.
pub async fn change(tx: &mut Tx, changes: Vec<MessageChange>) -> Result<(), StoreError> {
    tell(tx, changes.iter().map(|change| (change.id, change.campaign_id)));
    let cells = |change: MessageChange| {
        [
            change.id.into(),
            change.state.into(),
            change.attempt.into(),
            change.due_at.into(),
            change.external_id.into(),
            change.failure.into(),
            change.accepted_at.into(),
            change.delivered_at.into(),
            change.read_at.into(),
            change.failed_at.into(),
        ]
    };
    CHANGE
        .run(tx, changes.into_iter().map(cells).collect())
        .await
        .map(drop)
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

/// The first due message of each lane, of those that may leave. Lane by lane and with a bound on due_at: otherwise SQLite walks
/// through all that is open, unknown messages too.
macro_rules! next_due {
    ($resting:literal, $($lane:literal),*) => {
        concat!(
            "SELECT MIN(at) FROM (SELECT CAST(NULL AS BIGINT) AS at",
            $("
    UNION ALL
    SELECT MIN(due_at) AS at
    FROM message
    WHERE state < 30 AND number_id = $1 AND state = 10 AND lane = ", $lane, " AND due_at >= 0
        AND ", awake!($resting),)*
            ") AS lanes"
        )
    };
}

const NEXT_DUE: Batch = Batch {
    sqlite: next_due!("(SELECT value FROM json_each($2))", 0, 1, 2),
    postgres: next_due!(
        "(SELECT CAST(json_array_elements_text(CAST($2 AS json)) AS BIGINT))",
        0,
        1,
        2
    ),
};

/// When the next queued message of a number is due, of those that may leave; none of campaigns that rest.
pub async fn next_due(tx: &mut Tx, number: i64, resting: &[i64]) -> Result<Option<Millis>, StoreError> {
    let sql = tx.dialect().pick(&NEXT_DUE);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(number).bind(to_json(resting)).fetch_one(c).await)?)
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
// The cross join and the plus keep SQLite from walking through the whole ledger, newest first.
pub(super) const OF_PHONE: &str = "
SELECT *
FROM (
    SELECT m.*
    FROM message m
    WHERE m.campaign_id IS NULL AND m.phone IN ($1, $4) AND m.id < $2
    UNION ALL
    SELECT m.*
    FROM campaign c
    CROSS JOIN message m
    WHERE m.campaign_id = c.id AND m.campaign_id IS NOT NULL AND m.phone IN ($1, $4) AND +m.id < $2 AND c.state >= 3
) AS t
ORDER BY id DESC
LIMIT $3";

/// A page of everything between us and a person, in whatever way the number is written, newest first.
pub async fn of_phone(
    tx: &mut Tx,
    phone: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(OF_PHONE)
        .bind(phone).bind(before).bind(limit).bind(variant(phone)).fetch_all(c).await)?)
}
