//! The words of what was said in conversations, for the search.

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::message::MessageRow;
use super::{StoreError, Tx, to_json};

// Any number will do, as long as nothing else in the product uses it.
const ALONE: &str = "SELECT pg_advisory_xact_lock(7235714236)";

/// Keeps others from adding or forgetting words until the transaction ends: what is erased while it is read would come back. On
/// SQLite every transaction that writes is alone already.
pub async fn alone(tx: &mut Tx) -> Result<(), StoreError> {
    if let Tx::Postgres(transaction) = tx {
        sqlx::query(ALONE).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// How far the words have been taken from the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Mark {
    /// Everything up to this message is found.
    pub sure: i64,
    /// What came lately is found up to this message, but for what another node was writing at that moment. 0: not begun.
    pub fresh: i64,
}

const MARK: &str = "
SELECT sure, fresh
FROM said_mark
WHERE id = 1";

/// How far the words have been taken.
pub async fn mark(tx: &mut Tx) -> Result<Mark, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, Mark>(MARK).fetch_one(c).await)?)
}

const SET_MARK: &str = "
UPDATE said_mark
SET sure = $1, fresh = $2
WHERE id = 1";

/// Notes how far the words have been taken.
pub async fn set_mark(tx: &mut Tx, mark: Mark) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SET_MARK).bind(mark.sure).bind(mark.fresh).execute(c).await.map(drop))?;
    Ok(())
}

const AHEAD: &str = "
SELECT id, CAST(CASE WHEN campaign_id IS NULL AND (state = 70 OR lane = 0) THEN 1 ELSE 0 END AS BIGINT)
FROM message
WHERE id > $1 AND id < $2
ORDER BY id
LIMIT $3";

/// The next messages of the ledger between these, and which of them (1) were said in a conversation.
pub async fn ahead(tx: &mut Tx, after: i64, before: i64, limit: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, (i64, i64)>(AHEAD)
        .bind(after).bind(before).bind(limit).fetch_all(c).await)?)
}

const BY_IDS: Batch = in_numbers!("SELECT * FROM message WHERE id IN", "ORDER BY id DESC");

/// These messages, newest first.
pub async fn messages(tx: &mut Tx, ids: &[i64]) -> Result<Vec<MessageRow>, StoreError> {
    let sql = tx.dialect().pick(&BY_IDS);
    Ok(on!(tx, c => sqlx::query_as::<_, MessageRow>(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// A word of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SaidWord {
    /// The word.
    pub word: String,
    /// The message.
    pub message_id: i64,
}

const ADD: Batch = batch!(
    "
INSERT INTO said_word (word, message_id)
SELECT r.value ->> 'word', CAST(r.value ->> 'message_id' AS BIGINT)
FROM",
    rows,
    "
WHERE true
ON CONFLICT (word, message_id) DO NOTHING"
);

/// Adds words; those that are there already stay.
pub async fn add(tx: &mut Tx, words: &[SaidWord]) -> Result<(), StoreError> {
    if words.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&ADD);
    on!(tx, c => sqlx::query(sql).bind(to_json(words)).execute(c).await.map(drop))?;
    Ok(())
}

const FORGET: Batch = in_numbers!("DELETE FROM said_word WHERE message_id IN", "");

/// Forgets the words of these messages.
pub async fn forget(tx: &mut Tx, messages: &[i64]) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&FORGET);
    on!(tx, c => sqlx::query(sql).bind(to_json(messages)).execute(c).await.map(drop))?;
    Ok(())
}

const HOW_MANY: &str = "
SELECT COUNT(*)
FROM (
    SELECT message_id
    FROM said_word
    WHERE word = $1
    LIMIT $2
) AS w";

/// How many messages have a word; no more than `most` are counted.
pub async fn how_many(tx: &mut Tx, word: &str, most: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(HOW_MANY).bind(word).bind(most).fetch_one(c).await)?)
}

const WITH: &str = "
SELECT message_id
FROM said_word
WHERE word = $1 AND message_id < $2
ORDER BY message_id DESC
LIMIT $3";

/// Messages with a word, newest first, those below this id.
pub async fn with(tx: &mut Tx, word: &str, before: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(WITH).bind(word).bind(before).bind(limit).fetch_all(c).await)?)
}

const THOSE_WITH: Batch = in_numbers!(
    "SELECT DISTINCT message_id FROM said_word WHERE word >= $2 AND word < $3 AND message_id IN",
    ""
);

/// Those of these messages that have a word in this range.
pub async fn those_with(tx: &mut Tx, ids: &[i64], from: &str, to: &str) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&THOSE_WITH);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(ids)).bind(from).bind(to).fetch_all(c).await)?)
}

// From word to word, however many messages have each.
const WORDS: &str = "
WITH RECURSIVE w(word, n) AS (
    SELECT (SELECT MIN(word) FROM said_word WHERE word >= $1 AND word < $2), CAST(1 AS BIGINT)
    UNION ALL
    SELECT (SELECT MIN(s.word) FROM said_word AS s WHERE s.word > w.word AND s.word < $2), w.n + 1
    FROM w
    WHERE w.word IS NOT NULL AND w.n < $3
)
SELECT word
FROM w
WHERE word IS NOT NULL";

/// The first words in this range.
pub async fn words(tx: &mut Tx, from: &str, to: &str, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(WORDS).bind(from).bind(to).bind(limit).fetch_all(c).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn words_are_found_without_a_walk_through_all_of_them() {
        for (sql, wanted) in [
            (
                WITH,
                "SEARCH said_word USING PRIMARY KEY (word=? AND message_id<?)",
            ),
            (HOW_MANY, "SEARCH said_word USING PRIMARY KEY (word=?)"),
            (
                THOSE_WITH.sqlite,
                "SEARCH said_word USING COVERING INDEX said_word_message (message_id=? AND word>? AND word<?)",
            ),
            (
                FORGET.sqlite,
                "SEARCH said_word USING COVERING INDEX said_word_message (message_id=?)",
            ),
            (WORDS, "SEARCH s USING PRIMARY KEY (word>? AND word<?)"),
            (
                AHEAD,
                "SEARCH message USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
            ),
            (
                BY_IDS.sqlite,
                "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)",
            ),
        ] {
            let plan = steps(sql).await;
            let found = has(&plan, wanted) || plan.iter().any(|step| step.trim_start().starts_with(wanted));
            assert!(found, "{sql} {plan:#?}");
        }
    }
}
