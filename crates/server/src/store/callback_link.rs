//! Which callback told of which message.

use super::callback::Entry;
use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::rows::Column::Int;
use super::rows::Rows;
use super::{StoreError, Tx, to_json};

const LINK: Rows<2> = Rows {
    before: "INSERT INTO callback_message (message_id, callback_id)
     SELECT * FROM",
    columns: [Int("message_id"), Int("callback_id")],
    after: "AS v
     WHERE true
     ON CONFLICT (message_id, callback_id) DO NOTHING",
};

/// Keeps what told of what: (message, callback), each once.
pub async fn link(tx: &mut Tx, rows: impl IntoIterator<Item = (i64, i64)>) -> Result<(), StoreError> {
    let rows = rows
        .into_iter()
        .map(|(message, callback)| [message.into(), callback.into()]);
    LINK.run(tx, rows.collect()).await.map(drop)
}

// The callbacks of few messages are few: they are looked up one by one, not searched for in the log.
const LIST_OF: Batch = in_numbers!(
    "
WITH told AS MATERIALIZED (
    SELECT DISTINCT callback_id
    FROM callback_message
    WHERE message_id IN",
    "
)
SELECT c.id, c.account_id, c.method, c.query, c.content_type, c.headers, CAST(LENGTH(c.body) AS BIGINT) AS length,
       c.state, c.events, c.problem
FROM told t
CROSS JOIN callback c
WHERE c.id = t.callback_id AND c.id < $2 AND c.id >= $3 AND ($4 = -1 OR c.state = $4) AND ($5 = 0 OR c.account_id = $5)
ORDER BY c.id DESC
LIMIT $6"
);

/// A page of the callbacks that told of these messages, newest first, with ids from `from` up to, not with, `before`; of one
/// state, of one account when given.
pub async fn list_of(
    tx: &mut Tx,
    messages: &[i64],
    (from, before): (i64, i64),
    state: Option<i16>,
    account_id: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let sql = tx.dialect().pick(&LIST_OF);
    Ok(on!(tx, c => sqlx::query_as::<_, Entry>(sql)
        .bind(to_json(messages))
        .bind(before)
        .bind(from)
        .bind(state.unwrap_or(-1))
        .bind(account_id.unwrap_or(0))
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const OF_ACCOUNT: Batch = in_numbers!(
    "
SELECT m.id
FROM message m
JOIN number n ON n.id = m.number_id
WHERE n.account_id = $2 AND m.id IN",
    ""
);

/// Which of these messages left from, or came to, numbers of an account.
pub async fn of_account(tx: &mut Tx, ids: &[i64], account: i64) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&OF_ACCOUNT);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(ids)).bind(account).fetch_all(c).await)?)
}

const BY_KEY: &str = "
SELECT id
FROM message
WHERE event_key = $1";

/// The message that came with this key.
pub async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(BY_KEY).bind(key).fetch_optional(c).await)?)
}

const FORGET: &str = "
DELETE FROM callback_message
WHERE message_id < $1";

/// Forgets what told of messages older than this id.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGET).bind(before).execute(c).await.map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn callbacks_of_a_message_are_looked_up_and_not_searched_for() {
        let plan = steps(LIST_OF.sqlite).await;
        assert!(
            has(&plan, "SEARCH callback_message USING PRIMARY KEY (message_id=?)"),
            "{plan:#?}"
        );
        assert!(
            has(&plan, "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"),
            "{plan:#?}"
        );
        let plan = steps(FORGET).await;
        assert!(
            has(&plan, "SEARCH callback_message USING PRIMARY KEY (message_id<?)"),
            "{plan:#?}"
        );
    }
}
