//! Numbers and accounts that go out of use, and what depends on them.

use sqlx::FromRow;

use super::account::{ARCHIVED, HELD};
use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// Whether a number can send.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Standing {
    /// The number.
    pub phone: String,
    /// Since when it is out of use.
    pub archived_at: Option<i64>,
    /// Its account.
    pub nickname: String,
    /// State of the account.
    pub state: i16,
}

impl Standing {
    /// Nothing is ever sent from it again.
    pub fn is_retired(&self) -> bool {
        self.state >= ARCHIVED || self.archived_at.is_some()
    }

    /// Nothing is sent from it until a person mends its account.
    pub fn is_held(&self) -> bool {
        self.state == HELD
    }
}

// The key of the account alone is locked: who takes it out of use waits for this transaction, others do not.
const STANDING: Batch = Batch {
    sqlite: "
SELECT n.phone, n.archived_at, a.nickname, a.state
FROM number n
JOIN account a ON a.id = n.account_id
WHERE n.id = $1",
    postgres: "
SELECT n.phone, n.archived_at, a.nickname, a.state
FROM number n
JOIN account a ON a.id = n.account_id
WHERE n.id = $1
FOR KEY SHARE OF a",
};

/// Whether a number can send; it stays so until this transaction ends.
pub async fn standing(tx: &mut Tx, number_id: i64) -> Result<Option<Standing>, StoreError> {
    let sql = tx.dialect().pick(&STANDING);
    Ok(on!(tx, c => sqlx::query_as::<_, Standing>(sql).bind(number_id).fetch_optional(c).await)?)
}

const RETIRED: Batch = Batch {
    sqlite: "
SELECT n.id
FROM number n
JOIN account a ON a.id = n.account_id
WHERE (a.state >= 3 OR n.archived_at IS NOT NULL) AND n.id IN (SELECT value FROM json_each($1))",
    postgres: "
SELECT t.id
FROM (
    SELECT n.id, n.archived_at, a.state
    FROM number n
    JOIN account a ON a.id = n.account_id
    WHERE n.id IN (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT))
    ORDER BY a.id
    FOR KEY SHARE OF a) AS t
WHERE t.state >= 3 OR t.archived_at IS NOT NULL",
};

/// Which of these numbers are out of use; the others stay in use until this transaction ends.
pub async fn retired(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<i64>, StoreError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&RETIRED);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(numbers)).fetch_all(c).await)?)
}

const LOCK: Batch = Batch {
    sqlite: "SELECT id FROM account WHERE id = $1",
    postgres: "SELECT id FROM account WHERE id = $1 FOR UPDATE",
};

/// Waits for everybody who is about to queue something for the account; who comes later waits for this transaction. False
/// when there is no such account.
pub async fn lock(tx: &mut Tx, account_id: i64) -> Result<bool, StoreError> {
    let sql = tx.dialect().pick(&LOCK);
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(sql).bind(account_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// A campaign that sends, or will.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CampaignOf {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Its state.
    pub state: i16,
}

const CAMPAIGNS: Batch = in_numbers!(
    "
SELECT c.id, c.name, c.state
FROM campaign c
WHERE c.state < 5 AND EXISTS (
    SELECT 1
    FROM number n
    WHERE (n.id = c.number_id OR n.id IN (SELECT m.number_id FROM campaign_number m WHERE m.campaign_id = c.id))
        AND n.id IN",
    ")
ORDER BY c.id"
);

/// Campaigns that are not over and use one of these numbers.
pub async fn campaigns(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<CampaignOf>, StoreError> {
    let sql = tx.dialect().pick(&CAMPAIGNS);
    Ok(on!(tx, c => sqlx::query_as::<_, CampaignOf>(sql).bind(to_json(numbers)).fetch_all(c).await)?)
}

const OPEN: Batch = in_numbers!(
    "
SELECT state, COUNT(*)
FROM message
WHERE state < 30 AND state IN (10, 20) AND number_id IN",
    "
GROUP BY state"
);

/// Messages of these numbers that are (queued, on their way).
pub async fn open(tx: &mut Tx, numbers: &[i64]) -> Result<(i64, i64), StoreError> {
    let sql = tx.dialect().pick(&OPEN);
    let rows: Vec<(i16, i64)> = on!(tx, c => sqlx::query_as(sql).bind(to_json(numbers)).fetch_all(c).await)?;
    let of = |state: i16| rows.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    Ok((of(10), of(20)))
}

const CHATS: Batch = in_numbers!(
    "
SELECT COUNT(*)
FROM conversation
WHERE last_inbound_at > $2 AND last_number_id IN",
    ""
);

/// Conversations that are answered from these numbers, in which the person wrote after `since`.
pub async fn chats(tx: &mut Tx, numbers: &[i64], since: Millis) -> Result<i64, StoreError> {
    let sql = tx.dialect().pick(&CHATS);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(numbers)).bind(since).fetch_one(c).await)?)
}

const QUEUED: Batch = in_numbers!(
    "
SELECT id
FROM message
WHERE state < 30 AND state = 10 AND number_id IN",
    "
ORDER BY id
LIMIT 1000"
);

/// Queued messages of these numbers, a thousand at a time.
pub async fn queued(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&QUEUED);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(numbers)).fetch_all(c).await)?)
}

const ARCHIVE_NUMBER: &str = "
UPDATE number
SET archived_at = $2, is_default = 0
WHERE id = $1";

/// Takes a number out of use.
pub async fn archive_number(tx: &mut Tx, id: i64, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ARCHIVE_NUMBER).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

const REVIVE_NUMBER: &str = "
UPDATE number
SET archived_at = NULL
WHERE id = $1";

/// Takes a number into use again.
pub async fn revive_number(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(REVIVE_NUMBER).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const DELETE_NUMBER: &str = "
DELETE FROM number
WHERE id = $1";

const DELETE_LEASE: &str = "
DELETE FROM number_lease
WHERE number_id = $1";

/// Removes a number that nothing was ever sent from or came to.
pub async fn delete_number(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(DELETE_LEASE).bind(id).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(DELETE_NUMBER).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const IN_USE: &str = "
SELECT id
FROM number
WHERE account_id = $1 AND archived_at IS NULL";

/// The numbers of an account that are in use.
pub async fn in_use(tx: &mut Tx, account_id: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(IN_USE).bind(account_id).fetch_all(c).await)?)
}

const DELETE_ACCOUNT: &str = "
UPDATE account
SET state = 4, nickname = $2, settings = '{}', secrets = '{}', auto_reply = 0, auto_reply_text = '', auto_reply_rules = NULL,
    held_reason = NULL, held_at = NULL, updated_at = $3
WHERE id = $1";

/// Forgets everything of an account that its history does not need: credentials and settings above all.
pub async fn delete_account(tx: &mut Tx, id: i64, nickname: &str, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(DELETE_ACCOUNT).bind(id).bind(nickname).bind(now).execute(c).await.map(drop))?;
    tx.note(super::news::Topic::Account, id);
    Ok(())
}
