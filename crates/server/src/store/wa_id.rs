//! What providers call a person, and the number of our books that this belongs to.

use std::collections::HashMap;

use serde::Serialize;

use super::db::on;
use super::dialect::{Batch, batch, in_texts};
use super::{StoreError, Tx, reply_draft, to_json};
use crate::clock::Millis;
use crate::domain::variant::Known;

/// The person wrote from it.
pub const INBOUND: i16 = 1;
/// A provider answered with it.
pub const PROVIDER: i16 = 2;

const BELONGS: Batch = in_texts!(
    "
SELECT wa_id, phone
FROM wa_id
WHERE wa_id IN",
    ""
);

/// The numbers of our books that these belong to, as far as that was found out.
pub async fn belongs(tx: &mut Tx, wa_ids: &[&str]) -> Result<HashMap<String, String>, StoreError> {
    let sql = tx.dialect().pick(&BELONGS);
    let rows: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(sql).bind(to_json(wa_ids)).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

const KNOWN: Batch = batch!(
    "
SELECT p.phone,
       CAST(EXISTS (SELECT 1 FROM profile q WHERE q.phone = p.phone) AS INTEGER),
       CAST(EXISTS (SELECT 1 FROM conversation v WHERE v.phone = p.phone) AS INTEGER),
       CAST(EXISTS (SELECT 1 FROM message m WHERE m.campaign_id IS NULL AND m.phone = p.phone) AS INTEGER)
FROM (
    SELECT r.value ->> 0 AS phone
    FROM",
    rows,
    ") AS p"
);

/// What we know of each of these numbers.
pub async fn known(tx: &mut Tx, phones: &[&str]) -> Result<HashMap<String, Known>, StoreError> {
    let sql = tx.dialect().pick(&KNOWN);
    let rows: Vec<[&str; 1]> = phones.iter().map(|phone| [*phone]).collect();
    let rows: Vec<(String, i32, i32, i32)> =
        on!(tx, c => sqlx::query_as(sql).bind(to_json(&rows)).fetch_all(c).await)?;
    let known = |(phone, profile, conversation, written)| {
        let known = Known {
            profile: profile == 1,
            conversation: conversation == 1,
            written: written == 1,
        };
        (phone, known)
    };
    Ok(rows.into_iter().map(known).collect())
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What the provider calls the person.
    pub wa_id: String,
    /// The number in our books.
    pub phone: String,
    /// [`INBOUND`] or [`PROVIDER`].
    pub source: i16,
    /// When.
    pub at: Millis,
}

const REMEMBER: Batch = batch!(
    "
INSERT INTO wa_id (wa_id, phone, source, at)
SELECT r.value ->> 'wa_id',
       r.value ->> 'phone',
       CAST(r.value ->> 'source' AS SMALLINT),
       CAST(r.value ->> 'at' AS BIGINT)
FROM",
    rows,
    "
WHERE true
ON CONFLICT (wa_id) DO NOTHING"
);

/// Remembers; what was found out first stays.
pub async fn remember(tx: &mut Tx, rows: &[Found]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&REMEMBER);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const ADD_TO_CONVERSATION: &str = "
UPDATE conversation
SET unread = conversation.unread + o.unread,
    name = COALESCE(conversation.name, o.name),
    last_number_id = CASE
        WHEN o.last_inbound_at > conversation.last_inbound_at THEN o.last_number_id
        ELSE conversation.last_number_id END,
    last_inbound_at = CASE
        WHEN o.last_inbound_at > conversation.last_inbound_at THEN o.last_inbound_at
        ELSE conversation.last_inbound_at END,
    last_text = CASE
        WHEN o.last_message_at > conversation.last_message_at THEN o.last_text
        ELSE conversation.last_text END,
    last_message_at = CASE
        WHEN o.last_message_at > conversation.last_message_at THEN o.last_message_at
        ELSE conversation.last_message_at END
FROM conversation AS o
WHERE conversation.phone = $2 AND o.phone = $1";

const RENAME_CONVERSATION: &str = "
UPDATE conversation
SET phone = $2
WHERE phone = $1 AND NOT EXISTS (SELECT 1 FROM conversation o WHERE o.phone = $2)";

const DROP_CONVERSATION: &str = "
DELETE FROM conversation
WHERE phone = $1";

/// The conversation with `wa_id` becomes the one with `phone`, or is added to it. Messages stay as they were dialled: the
/// thread shows both.
pub async fn join(tx: &mut Tx, wa_id: &str, phone: &str) -> Result<(), StoreError> {
    let renamed = on!(tx, c => sqlx::query(RENAME_CONVERSATION).bind(wa_id).bind(phone)
        .execute(c).await.map(|r| r.rows_affected()))?;
    if renamed == 0 {
        on!(tx, c => sqlx::query(ADD_TO_CONVERSATION).bind(wa_id).bind(phone).execute(c).await.map(drop))?;
        reply_draft::join(tx, wa_id, phone).await?;
        on!(tx, c => sqlx::query(DROP_CONVERSATION).bind(wa_id).execute(c).await.map(drop))?;
    }
    Ok(())
}

const KEEP: Batch = batch!(
    "
UPDATE message
SET wa_id = v.wa_id
FROM (
    SELECT CAST(r.value ->> 0 AS BIGINT) AS id, r.value ->> 1 AS wa_id
    FROM",
    rows,
    ") AS v
WHERE message.id = v.id"
);

/// Keeps with messages what the provider calls their recipients: (message, wa_id).
pub async fn keep(tx: &mut Tx, rows: &[(i64, &str)]) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&KEEP);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const OF_MESSAGE: &str = "
SELECT wa_id
FROM message
WHERE id = $1";

/// What the provider calls the recipient of a message, when that is not the number that was dialled.
pub async fn of_message(tx: &mut Tx, id: i64) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> =
        on!(tx, c => sqlx::query_scalar(OF_MESSAGE).bind(id).fetch_optional(c).await)?;
    Ok(found.flatten())
}
