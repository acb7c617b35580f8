//! Callbacks that were not taken, counted for each account.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};
use crate::clock::Millis;

/// Refused callbacks of an account.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RefusedRow {
    /// Account.
    pub account_id: i64,
    /// How many.
    pub refused: i64,
    /// Why the last one was, as a sentence.
    pub reason: String,
    /// When it came, milliseconds UTC.
    pub at: Millis,
}

const ADD: &str = "
INSERT INTO callback_refused (account_id, refused, reason, at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE
SET refused = callback_refused.refused + excluded.refused,
    reason = excluded.reason,
    at = excluded.at";

/// Counts these in addition.
pub async fn add(tx: &mut Tx, row: &RefusedRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD)
        .bind(row.account_id)
        .bind(row.refused)
        .bind(&row.reason)
        .bind(row.at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const OF_ACCOUNT: &str = "
SELECT account_id, refused, reason, at
FROM callback_refused
WHERE account_id = $1";

/// What was refused of an account, if anything ever was.
pub async fn of_account(tx: &mut Tx, account_id: i64) -> Result<Option<RefusedRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, RefusedRow>(OF_ACCOUNT).bind(account_id).fetch_optional(c).await)?)
}
