//! What belongs to one profile goes over to another.

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::news::Topic::Profile;
use super::{StoreError, Tx, to_json};

/// How much goes over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Events.
    pub events: i64,
    /// Decisions about messages.
    pub consents: i64,
    /// Places on lists that the other one does not have.
    pub list_entries: i64,
}

const EVENTS: &str = "
SELECT COUNT(*)
FROM profile_event
WHERE profile_id = $1";

const CONSENTS: &str = "
SELECT COUNT(*)
FROM consent
WHERE profile_id = $1";

const ENTRIES: &str = "
SELECT COUNT(*)
FROM list_entry o
WHERE o.list_id IN (SELECT id FROM list) AND o.profile_id = $1
    AND NOT EXISTS (SELECT 1 FROM list_entry k WHERE k.list_id = o.list_id AND k.profile_id = $2)";

/// Counts what would go over from one profile to another.
pub async fn count(tx: &mut Tx, from: i64, to: i64) -> Result<Moved, StoreError> {
    Ok(Moved {
        events: on!(tx, c => sqlx::query_scalar(EVENTS).bind(from).fetch_one(c).await)?,
        consents: on!(tx, c => sqlx::query_scalar(CONSENTS).bind(from).fetch_one(c).await)?,
        list_entries: on!(tx, c => sqlx::query_scalar(ENTRIES).bind(from).bind(to).fetch_one(c).await)?,
    })
}

const MOVE_EVENTS: &str = "
UPDATE profile_event
SET profile_id = $2
WHERE profile_id = $1";

const MOVE_CONSENTS: &str = "
UPDATE consent
SET profile_id = $2
WHERE profile_id = $1";

const MOVE_ENTRIES: &str = "
INSERT INTO list_entry (list_id, profile_id)
SELECT list_id, $2
FROM list_entry
WHERE list_id IN (SELECT id FROM list) AND profile_id = $1
ON CONFLICT (list_id, profile_id) DO NOTHING";

const DROP_ENTRIES: &str = "
DELETE FROM list_entry
WHERE list_id IN (SELECT id FROM list) AND profile_id = $1 AND profile_id <> $2";

const DROP_PROFILE: &str = "
DELETE FROM profile
WHERE id = $1 AND id <> $2";

const MOVE_MESSAGES: Batch = in_numbers!("UPDATE message SET profile_id = $2 WHERE id IN", "");

/// Brings everything over, and deletes the profile that it came from.
pub async fn bring(tx: &mut Tx, from: i64, to: i64, messages: &[i64]) -> Result<(), StoreError> {
    for sql in [
        MOVE_EVENTS,
        MOVE_CONSENTS,
        MOVE_ENTRIES,
        DROP_ENTRIES,
        DROP_PROFILE,
    ] {
        on!(tx, c => sqlx::query(sql).bind(from).bind(to).execute(c).await.map(drop))?;
    }
    let sql = tx.dialect().pick(&MOVE_MESSAGES);
    on!(tx, c => sqlx::query(sql).bind(to_json(messages)).bind(to).execute(c).await.map(drop))?;
    tx.note(Profile, from);
    tx.note(Profile, to);
    Ok(())
}
