//! Second factors: the sealed secret, the recovery codes that are left, and sign-ins that still owe a code.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// The secret of a user, in use or being set up.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FactorRow {
    /// Whose.
    pub user_id: i64,
    /// Sealed.
    pub secret: String,
    /// The 30 seconds whose code was used last.
    pub last_step: i64,
    /// Milliseconds UTC.
    pub created_at: i64,
}

const PUT: &str = "
INSERT INTO factor (user_id, secret, last_step, created_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id) DO UPDATE
SET secret = excluded.secret, last_step = excluded.last_step, created_at = excluded.created_at";

/// Keeps a new secret, in place of an earlier one.
pub async fn put(tx: &mut Tx, row: &FactorRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(row.user_id)
        .bind(&row.secret)
        .bind(row.last_step)
        .bind(row.created_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const OF_USER: &str = "
SELECT user_id, secret, last_step, created_at
FROM factor
WHERE user_id = $1";

/// The secret of a user.
pub async fn of_user(tx: &mut Tx, user_id: i64) -> Result<Option<FactorRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, FactorRow>(OF_USER).bind(user_id).fetch_optional(c).await)?)
}

const USE_STEP: &str = "
UPDATE factor
SET last_step = $2
WHERE user_id = $1 AND last_step < $2";

/// Uses the code of a step. False when it, or a later one, was used before.
pub async fn use_step(tx: &mut Tx, user_id: i64, step: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(USE_STEP).bind(user_id).bind(step).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const REMOVE: &str = "
DELETE FROM factor
WHERE user_id = $1";

/// Deletes the secret of a user, and the recovery codes.
pub async fn remove(tx: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(REMOVE).bind(user_id).execute(c).await.map(drop))?;
    remove_codes(tx, user_id).await
}

const FORGET: &str = r#"
DELETE FROM factor
WHERE created_at < $1
  AND user_id IN (SELECT id FROM "user" WHERE factor_since IS NULL)"#;

/// Deletes secrets whose setting up began before this moment and never ended.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}

const REMOVE_CODES: &str = "
DELETE FROM recovery_code
WHERE user_id = $1";

/// Deletes the recovery codes of a user.
pub async fn remove_codes(tx: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(REMOVE_CODES).bind(user_id).execute(c).await.map(drop))?;
    Ok(())
}

const ADD_CODE: &str = "
INSERT INTO recovery_code (user_id, hash)
VALUES ($1, $2)";

/// Keeps the hash of a recovery code.
pub async fn add_code(tx: &mut Tx, user_id: i64, hash: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD_CODE).bind(user_id).bind(hash).execute(c).await.map(drop))?;
    Ok(())
}

const USE_CODE: &str = "
DELETE FROM recovery_code
WHERE user_id = $1 AND hash = $2";

/// Uses a recovery code up. False when there is none of this hash.
pub async fn use_code(tx: &mut Tx, user_id: i64, hash: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(USE_CODE).bind(user_id).bind(hash).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const COUNT_CODES: &str = "
SELECT COUNT(*)
FROM recovery_code
WHERE user_id = $1";

/// How many recovery codes a user has left.
pub async fn count_codes(tx: &mut Tx, user_id: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT_CODES).bind(user_id).fetch_one(c).await)?)
}

const ADD_HALF: &str = "
INSERT INTO half_sign_in (hash, user_id, expires_at)
VALUES ($1, $2, $3)";

/// Keeps that somebody gave the right password and owes the code.
pub async fn add_half(tx: &mut Tx, hash: &str, user_id: i64, expires_at: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD_HALF).bind(hash).bind(user_id).bind(expires_at).execute(c).await.map(drop))?;
    Ok(())
}

const HALF: &str = "
SELECT user_id
FROM half_sign_in
WHERE hash = $1 AND expires_at > $2";

/// Who owes the code of this half sign-in, when it has not ended.
pub async fn half(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(HALF).bind(hash).bind(now).fetch_optional(c).await)?)
}

const TAKE_HALF: &str = "
DELETE FROM half_sign_in
WHERE hash = $1 AND expires_at > $2";

/// Uses a half sign-in up. False when it ended, or somebody was quicker.
pub async fn take_half(tx: &mut Tx, hash: &str, now: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(TAKE_HALF).bind(hash).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const END_HALVES: &str = "
DELETE FROM half_sign_in
WHERE user_id = $1";

/// Ends the half sign-ins of a user.
pub async fn end_halves(tx: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(END_HALVES).bind(user_id).execute(c).await.map(drop))?;
    Ok(())
}

const FORGET_HALVES: &str = "
DELETE FROM half_sign_in
WHERE expires_at <= $1";

/// Deletes half sign-ins that ended before this moment.
pub async fn forget_halves(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET_HALVES).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}
