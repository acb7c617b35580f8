//! Messages that have no outcome yet, of all campaigns and of none, and what was sent in their place.

use sqlx::FromRow;

use super::db::on;
use super::message::MessageRow;
use super::{StoreError, Tx};
use crate::clock::Millis;
use crate::domain::state::State;

/// A message without an outcome.
#[derive(Debug, Clone, FromRow)]
pub struct UnsettledRow {
    /// The message.
    #[sqlx(flatten)]
    pub message: MessageRow,
    /// Its business number, as people see it.
    pub number: String,
    /// Account of that number.
    pub account_id: i64,
    /// The message that was sent in its place.
    pub resent_as: Option<i64>,
}

/// Which of them.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// State below [`crate::domain::state::SENT`].
    pub state: State,
    /// Of this account; 0 for all.
    pub account_id: i64,
    /// From this number; 0 for all.
    pub number_id: i64,
    /// With this id or a later one.
    pub from: i64,
    /// With ids before this one.
    pub before: i64,
}

// `id + 0` is out of reach of the primary key: with it, both engines would walk through the whole ledger for the few
// that are open, where the index of those that are open has them together.
const PAGE: &str = "
SELECT m.*, n.phone AS number, n.account_id, r.resent_as
FROM (
    SELECT id
    FROM message
    WHERE state < 30 AND state = $1 AND id + 0 >= $4 AND id + 0 < $5
        AND number_id IN (SELECT id FROM number WHERE ($2 = 0 OR account_id = $2) AND ($3 = 0 OR id = $3))
    ORDER BY id + 0 DESC
    LIMIT $6
) AS u
JOIN message m ON m.id = u.id
JOIN number n ON n.id = m.number_id
LEFT JOIN resent r ON r.message_id = m.id
ORDER BY m.id DESC";

/// A page of them, newest first.
pub async fn page(tx: &mut Tx, wanted: Wanted, limit: i64) -> Result<Vec<UnsettledRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, UnsettledRow>(PAGE)
        .bind(wanted.state)
        .bind(wanted.account_id)
        .bind(wanted.number_id)
        .bind(wanted.from)
        .bind(wanted.before)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const RESENT_AS: &str = "
SELECT resent_as
FROM resent
WHERE message_id = $1";

/// The message that was last sent in place of this one.
pub async fn resent_as(tx: &mut Tx, id: i64) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(RESENT_AS).bind(id).fetch_optional(c).await)?)
}

const KEEP: &str = "
INSERT INTO resent (message_id, resent_as, at)
VALUES ($1, $2, $3)
ON CONFLICT (message_id) DO UPDATE SET resent_as = excluded.resent_as, at = excluded.at
WHERE resent.resent_as = $4";

/// Keeps what was sent in place of a message; `instead_of` is what was known to be sent before. False when somebody
/// else has sent it again in the meantime.
pub async fn keep_resent(
    tx: &mut Tx,
    id: i64,
    resent_as: i64,
    instead_of: Option<i64>,
    now: Millis,
) -> Result<bool, StoreError> {
    let kept = on!(tx, c => sqlx::query(KEEP)
        .bind(id)
        .bind(resent_as)
        .bind(now)
        .bind(instead_of.unwrap_or(0))
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    Ok(kept > 0)
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row};

    use super::*;
    use crate::store::Db;

    #[tokio::test]
    async fn what_is_open_is_found_without_a_walk_through_the_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("h.db");
        let db = Db::open(&file.to_string_lossy()).await.unwrap();
        db.migrate().await.unwrap();
        let Tx::Sqlite(mut tx) = db.read().await.unwrap() else {
            panic!("a file is SQLite's");
        };
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {PAGE}")));
        let plan = plan.fetch_all(&mut *tx).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        let uses = |words: &str| steps.iter().any(|step| step.contains(words));
        assert!(
            uses("SEARCH message USING COVERING INDEX message_open (number_id=? AND state=?)"),
            "{steps:#?}"
        );
        assert!(
            !uses("SCAN message") && !uses("SCAN m") && !uses("SCAN r"),
            "{steps:#?}"
        );
    }
}
