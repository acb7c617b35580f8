//! What users are writing to people and have not sent.

use std::collections::HashMap;

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::{StoreError, Tx, to_json};

/// A draft of an answer.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DraftRow {
    /// What is written.
    pub text: String,
    /// An id, new each time that it is saved.
    pub version: i64,
}

const OF: &str = "
SELECT text, version
FROM reply_draft
WHERE user_id = $1 AND conversation_id = $2";

/// A user's draft in a conversation.
pub async fn of(tx: &mut Tx, user_id: i64, conversation_id: i64) -> Result<Option<DraftRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, DraftRow>(OF)
        .bind(user_id).bind(conversation_id).fetch_optional(c).await)?)
}

// More than a line of a list shows, in case that it begins with empty lines.
const BEGINNINGS: Batch = in_numbers!(
    "SELECT conversation_id, SUBSTR(text, 1, 400) FROM reply_draft WHERE user_id = $2 AND conversation_id IN",
    ""
);

/// How a user's drafts in these conversations begin.
pub async fn beginnings(
    tx: &mut Tx,
    user_id: i64,
    conversations: &[i64],
) -> Result<HashMap<i64, String>, StoreError> {
    let sql = tx.dialect().pick(&BEGINNINGS);
    let rows: Vec<(i64, String)> = on!(tx, c => sqlx::query_as(sql)
        .bind(to_json(conversations)).bind(user_id).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

const BEGIN: &str = "
INSERT INTO reply_draft (user_id, conversation_id, text, version)
VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, conversation_id) DO NOTHING";

/// Keeps a new draft. False when there is one already.
pub async fn begin(tx: &mut Tx, of: (i64, i64), row: &DraftRow) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(BEGIN)
        .bind(of.0).bind(of.1).bind(&row.text).bind(row.version)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const CHANGE: &str = "
UPDATE reply_draft
SET text = $3, version = $4
WHERE user_id = $1 AND conversation_id = $2 AND version = $5";

/// Keeps a draft in place of the version `since`. False when that is not what stands there.
pub async fn change(tx: &mut Tx, of: (i64, i64), row: &DraftRow, since: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(CHANGE)
        .bind(of.0).bind(of.1).bind(&row.text).bind(row.version).bind(since)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const DELETE: &str = "
DELETE FROM reply_draft
WHERE user_id = $1 AND conversation_id = $2 AND version = $3";

/// Forgets a version of a draft. False when that is not what stands there.
pub async fn delete(tx: &mut Tx, of: (i64, i64), version: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(DELETE)
        .bind(of.0).bind(of.1).bind(version)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const MOVE: &str = "
UPDATE reply_draft
SET conversation_id = (SELECT id FROM conversation WHERE phone = $2)
WHERE conversation_id = (SELECT id FROM conversation WHERE phone = $1)
    AND user_id NOT IN (
        SELECT d.user_id
        FROM reply_draft AS d
        WHERE d.conversation_id = (SELECT id FROM conversation WHERE phone = $2)
    )";

// A page that is open on either of them has a version that is none any more, and says so.
const APPEND: &str = "
UPDATE reply_draft
SET text = reply_draft.text || '\n' || o.text, version = reply_draft.version + 1
FROM reply_draft AS o
WHERE reply_draft.conversation_id = (SELECT id FROM conversation WHERE phone = $2)
    AND o.conversation_id = (SELECT id FROM conversation WHERE phone = $1)
    AND o.user_id = reply_draft.user_id";

/// Drafts in the conversation with `from` go to the one with `to`; who wrote in both has one text after the other.
pub async fn join(tx: &mut Tx, from: &str, to: &str) -> Result<(), StoreError> {
    for sql in [MOVE, APPEND] {
        on!(tx, c => sqlx::query(sql).bind(from).bind(to).execute(c).await.map(drop))?;
    }
    Ok(())
}

const NTH: &str = "
SELECT version
FROM reply_draft
WHERE version < $1
ORDER BY version
LIMIT 1 OFFSET $2";

const FORGET: &str = "
DELETE FROM reply_draft
WHERE version < $1";

/// Forgets about `some` of the drafts with versions below this one, the oldest first. Answers whether there may be more.
pub async fn forget(tx: &mut Tx, before: i64, some: i64) -> Result<bool, StoreError> {
    let nth: Option<i64> = on!(tx, c => sqlx::query_scalar(NTH)
        .bind(before).bind(some).fetch_optional(c).await)?;
    let end = nth.unwrap_or(before);
    on!(tx, c => sqlx::query(FORGET).bind(end).execute(c).await.map(drop))?;
    Ok(nth.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::steps;

    #[tokio::test]
    async fn drafts_are_found_without_a_walk_through_all_of_them() {
        for sql in [OF, BEGINNINGS.sqlite, CHANGE, DELETE, MOVE, APPEND, NTH, FORGET] {
            let plan = steps(sql).await;
            let walks = |step: &String| {
                ["reply_draft", "d", "o"]
                    .iter()
                    .any(|table| *step == format!("SCAN {table}"))
            };
            assert!(!plan.iter().any(walks), "{sql} {plan:#?}");
        }
        let plan = steps("DELETE FROM reply_draft WHERE conversation_id = $1").await;
        let wanted = "SEARCH reply_draft USING INDEX reply_draft_conversation";
        assert!(plan.iter().any(|step| step.starts_with(wanted)), "{plan:#?}");
    }
}
