//! Conversations, one per person across all numbers, and the customer service window, one per person and number.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_texts};
use super::news::Topic::Conversation;
use super::rows::Column::{Int, Text};
use super::rows::Rows;
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// The thread of one person.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ConversationRow {
    /// Id.
    pub id: i64,
    /// The person, E.164.
    pub phone: String,
    /// The name that the person goes by on WhatsApp.
    pub name: Option<String>,
    /// The number that the person's last message was sent to: answers leave from it.
    pub last_number_id: i64,
    /// When the person last wrote, milliseconds UTC.
    pub last_inbound_at: i64,
    /// When anything was last said, milliseconds UTC.
    pub last_message_at: i64,
    /// Its beginning, or what kind it was.
    pub last_text: String,
    /// Messages of the person since somebody looked.
    pub unread: i64,
}

/// What new messages of one person make of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Id, should there be no conversation yet.
    pub id: i64,
    /// The person.
    pub phone: String,
    /// The name given with the newest message.
    pub name: Option<String>,
    /// The number that the newest message was sent to.
    pub number_id: i64,
    /// When the newest message was sent.
    pub at: Millis,
    /// Its beginning.
    pub text: String,
    /// How many messages.
    pub unread: i64,
}

const HEAR: Rows<7> = Rows {
    before: "
INSERT INTO conversation (id, phone, name, last_number_id, last_inbound_at, last_message_at, last_text, unread)
SELECT v.id, v.phone, v.name, v.number_id, v.at, v.at, v.text, v.unread
FROM",
    columns: [
        Int("id"),
        Text("phone"),
        Text("name"),
        Int("number_id"),
        Int("at"),
        Text("text"),
        Int("unread"),
    ],
    after: "AS v
WHERE true
ON CONFLICT (phone) DO UPDATE SET
    name = CASE
        WHEN excluded.last_inbound_at >= conversation.last_inbound_at THEN COALESCE(excluded.name, conversation.name)
        ELSE COALESCE(conversation.name, excluded.name) END,
    last_number_id = CASE
        WHEN excluded.last_inbound_at >= conversation.last_inbound_at THEN excluded.last_number_id
        ELSE conversation.last_number_id END,
    last_inbound_at = CASE
        WHEN excluded.last_inbound_at >= conversation.last_inbound_at THEN excluded.last_inbound_at
        ELSE conversation.last_inbound_at END,
    last_text = CASE
        WHEN excluded.last_message_at >= conversation.last_message_at THEN excluded.last_text
        ELSE conversation.last_text END,
    last_message_at = CASE
        WHEN excluded.last_message_at >= conversation.last_message_at THEN excluded.last_message_at
        ELSE conversation.last_message_at END,
    unread = conversation.unread + excluded.unread
RETURNING id",
};

/// Adds new messages to conversations, at most one row per person. A message that comes late moves nothing back.
pub async fn hear(tx: &mut Tx, rows: &[Heard]) -> Result<(), StoreError> {
    let cells = |row: Heard| {
        [
            row.id.into(),
            row.phone.into(),
            row.name.into(),
            row.number_id.into(),
            row.at.into(),
            row.text.into(),
            row.unread.into(),
        ]
    };
    for id in HEAR.run(tx, rows.iter().cloned().map(cells).collect()).await? {
        tx.note(Conversation, id);
    }
    Ok(())
}

const SAY: &str = "
UPDATE conversation
SET last_message_at = $2, last_text = $3
WHERE id = $1 AND last_message_at <= $2";

/// Notes what we answered.
pub async fn say(tx: &mut Tx, id: i64, at: Millis, text: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SAY).bind(id).bind(at).bind(text).execute(c).await.map(drop))?;
    tx.note(Conversation, id);
    Ok(())
}

const MARK_READ: &str = "
UPDATE conversation
SET unread = 0
WHERE id = $1";

/// Somebody looked. False when there is no such conversation.
pub async fn mark_read(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(MARK_READ).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Conversation, id);
    Ok(rows == 1)
}

/// All columns, and what comes after them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, phone, name, last_number_id, last_inbound_at, last_message_at, last_text, unread",
            $rest
        )
    };
}

const BY_ID: &str = select!(
    "
FROM conversation
WHERE id = $1"
);

/// The conversation of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<ConversationRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ConversationRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const BY_PHONE: &str = select!(
    "
FROM conversation
WHERE phone = $1"
);

/// The conversation with this person.
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Option<ConversationRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ConversationRow>(BY_PHONE).bind(phone).fetch_optional(c).await)?)
}

const OF_PHONES: Batch = in_texts!(
    "
SELECT id, phone, name, last_number_id, last_inbound_at, last_message_at, last_text, unread
FROM conversation
WHERE phone IN",
    "
ORDER BY last_message_at DESC, id DESC
LIMIT $2"
);

/// Conversations with these numbers, the liveliest first.
pub async fn of_phones(tx: &mut Tx, phones: &[&str], limit: i64) -> Result<Vec<ConversationRow>, StoreError> {
    let sql = tx.dialect().pick(&OF_PHONES);
    Ok(on!(tx, c => sqlx::query_as::<_, ConversationRow>(sql)
        .bind(to_json(phones)).bind(limit).fetch_all(c).await)?)
}

const PAGE: &str = select!(
    "
FROM conversation
WHERE last_message_at <= $1 AND (last_message_at < $1 OR id < $2)
ORDER BY last_message_at DESC, id DESC
LIMIT $3"
);

// Few have something new: they have an index.
pub(super) const UNREAD_PAGE: &str = select!(
    "
FROM conversation
WHERE unread > 0 AND last_message_at <= $1 AND (last_message_at < $1 OR id < $2)
ORDER BY last_message_at DESC, id DESC
LIMIT $3"
);

// The person spoke last, at a moment or since; as the first page counts them.
pub(super) const WAITING_PAGE: &str = select!(
    "
FROM conversation
WHERE last_message_at <= $1 AND (last_message_at < $1 OR id < $2)
    AND last_message_at >= $4 AND last_inbound_at >= last_message_at
ORDER BY last_message_at DESC, id DESC
LIMIT $3"
);

/// Which conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those with something that nobody looked at.
    Unread,
    /// Those whose person spoke last, at this moment or later.
    WaitingSince(Millis),
}

/// A page of conversations, the liveliest first: those before (`last_message_at`, `id`).
pub async fn page(
    tx: &mut Tx,
    before: (Millis, i64),
    which: Which,
    limit: i64,
) -> Result<Vec<ConversationRow>, StoreError> {
    let (sql, since) = match which {
        Which::All => (PAGE, None),
        Which::Unread => (UNREAD_PAGE, None),
        Which::WaitingSince(since) => (WAITING_PAGE, Some(since)),
    };
    Ok(on!(tx, c => {
        let mut query = sqlx::query_as::<_, ConversationRow>(sql).bind(before.0).bind(before.1).bind(limit);
        if let Some(since) = since {
            query = query.bind(since);
        }
        query.fetch_all(c).await
    })?)
}

pub(super) const UNREAD: &str = "
SELECT COUNT(*)
FROM (
    SELECT id
    FROM conversation
    WHERE unread > 0
    LIMIT $1
) AS u";

/// How many conversations have something that nobody looked at; no more than `most` are counted.
pub async fn unread(tx: &mut Tx, most: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(UNREAD).bind(most).fetch_one(c).await)?)
}

/// A message of a person to a number, which opens the window.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// The number.
    pub number_id: i64,
    /// The person.
    pub phone: String,
    /// When it was sent.
    pub at: Millis,
}

const OPEN_WINDOWS: Rows<3> = Rows {
    before: "
INSERT INTO service_window (number_id, phone, last_inbound_at)
SELECT v.number_id, v.phone, v.at
FROM",
    columns: [Int("number_id"), Text("phone"), Int("at")],
    after: "AS v
WHERE true
ON CONFLICT (number_id, phone) DO UPDATE SET last_inbound_at = excluded.last_inbound_at
WHERE excluded.last_inbound_at > service_window.last_inbound_at",
};

/// Opens windows or makes them last longer; at most one row per number and person.
pub async fn open_windows(tx: &mut Tx, rows: &[Opening]) -> Result<(), StoreError> {
    let cells = |row: Opening| [row.number_id.into(), row.phone.into(), row.at.into()];
    OPEN_WINDOWS
        .run(tx, rows.iter().cloned().map(cells).collect())
        .await
        .map(drop)
}

const LAST_INBOUND: &str = "
SELECT last_inbound_at
FROM service_window
WHERE number_id = $1 AND phone = $2";

/// When this person last wrote to this number: the window is open for 24 hours from then on.
pub async fn last_inbound_at(tx: &mut Tx, number_id: i64, phone: &str) -> Result<Option<Millis>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(LAST_INBOUND).bind(number_id).bind(phone).fetch_optional(c).await)?)
}

const LAST_WRITER: Batch = in_texts!(
    "
SELECT phone
FROM service_window
WHERE number_id = $2 AND phone IN",
    "
ORDER BY last_inbound_at DESC
LIMIT 1"
);

/// Which of these, all of one person, last wrote to this number.
pub async fn last_writer(
    tx: &mut Tx,
    number_id: i64,
    names: &[String],
) -> Result<Option<String>, StoreError> {
    let sql = tx.dialect().pick(&LAST_WRITER);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(names)).bind(number_id).fetch_optional(c).await)?)
}

const CLAIM_AUTO_REPLY: &str = "
UPDATE service_window
SET auto_replied_at = $3
WHERE number_id = $1 AND phone = $2 AND (auto_replied_at IS NULL OR auto_replied_at <= $4)";

/// Takes the one automatic answer of a window. False when it was given after `unless_after`.
pub async fn claim_auto_reply(
    tx: &mut Tx,
    number_id: i64,
    phone: &str,
    now: Millis,
    unless_after: Millis,
) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(CLAIM_AUTO_REPLY)
        .bind(number_id)
        .bind(phone)
        .bind(now)
        .bind(unless_after)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const AUTO_REPLIED: &str = "
SELECT COUNT(*)
FROM service_window
WHERE number_id IN (SELECT id FROM number WHERE account_id = $1) AND auto_replied_at > $2";

/// How many people the numbers of an account answered automatically after `since`, each number counted by itself.
pub async fn auto_replied(tx: &mut Tx, account_id: i64, since: Millis) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(AUTO_REPLIED).bind(account_id).bind(since).fetch_one(c).await)?)
}
