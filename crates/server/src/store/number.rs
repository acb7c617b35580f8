//! Numbers: what an account sends from and is written to.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::{StoreError, Tx, to_json};

/// A business number or short code.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct NumberRow {
    /// Id.
    pub id: i64,
    /// Its account.
    pub account_id: i64,
    /// Digits with a leading `+`, or the digits of a short code.
    pub phone: String,
    /// 1: what the account sends from when nothing else is said.
    pub is_default: i16,
    /// Messages a second at most.
    pub messages_per_second: i64,
    /// Milliseconds UTC.
    pub created_at: i64,
}

/// All columns, and what comes after them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, phone, is_default, messages_per_second, created_at",
            $rest
        )
    };
}

const INSERT: &str = "
INSERT INTO number (id, account_id, phone, is_default, messages_per_second, created_at)
VALUES ($1, $2, $3, $4, $5, $6)";

/// Keeps a new number.
pub async fn insert(tx: &mut Tx, row: &NumberRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.account_id)
        .bind(&row.phone)
        .bind(row.is_default)
        .bind(row.messages_per_second)
        .bind(row.created_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const UPDATE: &str = "
UPDATE number
SET phone = $2,
    is_default = $3,
    messages_per_second = $4
WHERE id = $1";

/// Keeps a changed number.
pub async fn update(tx: &mut Tx, row: &NumberRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(row.id)
        .bind(&row.phone)
        .bind(row.is_default)
        .bind(row.messages_per_second)
        .execute(c).await.map(drop))?;
    Ok(())
}

const NO_OTHER_DEFAULT: &str = "
UPDATE number
SET is_default = 0
WHERE account_id = $1 AND id <> $2";

/// Takes the default flag from every number of the account but this one.
pub async fn no_other_default(tx: &mut Tx, account_id: i64, id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(NO_OTHER_DEFAULT).bind(account_id).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const BY_ID: &str = select!(
    "
FROM number
WHERE id = $1"
);

/// The number of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<NumberRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, NumberRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const OF_ACCOUNT: &str = select!(
    "
FROM number
WHERE account_id = $1
ORDER BY is_default DESC, id"
);

/// The numbers of an account, the default one first.
pub async fn of_account(tx: &mut Tx, account_id: i64) -> Result<Vec<NumberRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, NumberRow>(OF_ACCOUNT).bind(account_id).fetch_all(c).await)?)
}

const ALL: &str = "
SELECT *
FROM number
ORDER BY id";

/// Every number, of archived accounts too.
pub async fn all(tx: &mut Tx) -> Result<Vec<NumberRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, NumberRow>(ALL).fetch_all(c).await)?)
}

const ALL_ACTIVE: &str = "
SELECT n.id, n.account_id, n.phone, n.is_default, n.messages_per_second, n.created_at
FROM number n
JOIN account a ON a.id = n.account_id
WHERE a.state = 1 AND n.archived_at IS NULL
ORDER BY n.id";

/// The numbers that may send: those in use, of active accounts.
pub async fn all_active(tx: &mut Tx) -> Result<Vec<NumberRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, NumberRow>(ALL_ACTIVE).fetch_all(c).await)?)
}

const DAILY_LIMITS: Batch = in_numbers!(
    "
SELECT id, daily_limit
FROM number
WHERE daily_limit IS NOT NULL AND id IN",
    ""
);

/// How many people these numbers may begin to write to in 24 hours, as far as a person entered it.
pub async fn daily_limits(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = tx.dialect().pick(&DAILY_LIMITS);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(numbers)).fetch_all(c).await)?)
}

const SET_DAILY_LIMIT: &str = "
UPDATE number
SET daily_limit = $2
WHERE id = $1";

/// Keeps that limit of a number.
pub async fn set_daily_limit(tx: &mut Tx, id: i64, limit: Option<i64>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SET_DAILY_LIMIT).bind(id).bind(limit).execute(c).await.map(drop))?;
    Ok(())
}

const USED: &str = "
SELECT CAST(
    EXISTS (SELECT 1 FROM campaign WHERE number_id = $1)
    OR EXISTS (SELECT 1 FROM campaign_number WHERE number_id = $1)
    OR EXISTS (SELECT 1 FROM service_window WHERE number_id = $1)
    OR EXISTS (SELECT 1 FROM message WHERE number_id = $1)
    AS INTEGER)";

/// Has anything been sent from it, or come to it, or is planned to be? Reads the ledger only when the small tables
/// do not know the number.
pub async fn is_used(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let used: i32 = on!(tx, c => sqlx::query_scalar(USED).bind(id).fetch_one(c).await)?;
    Ok(used != 0)
}

/// Which of an account's numbers a callback means. Vendors write it with and without `+`, so that only digits are
/// compared; when the callback names none, it is the account's number if there is but one.
pub fn pick_own<'n>(numbers: &'n [NumberRow], named: &str) -> Option<&'n NumberRow> {
    let wanted = digits(named);
    if wanted.is_empty() {
        return if numbers.len() == 1 { numbers.first() } else { None };
    }
    numbers.iter().find(|n| digits(&n.phone) == wanted)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
