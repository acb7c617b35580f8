//! Files of the business. Their bytes come and go in pieces.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_numbers, in_texts};
use super::message::NewMessage;
use super::{StoreError, Tx, to_json};
use crate::clock::{DAY, Millis};
use crate::domain::file::{PREFIX, tokens};
use crate::domain::state::QUEUED;

/// Attached to an answer.
pub const ANSWER: i16 = 1;
/// For anything.
pub const ANYTHING: i16 = 2;

/// Bytes of every piece but the last.
pub const PIECE: usize = 512 << 10;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FileRow {
    /// Id.
    pub id: i64,
    /// Stands in its address.
    pub token: String,
    /// Name, as it was given.
    pub name: String,
    /// Media type.
    pub mime: String,
    /// Length.
    pub bytes: i64,
    /// [`ANSWER`] or [`ANYTHING`].
    pub purpose: i16,
    /// Kind of actor who uploaded it first.
    pub actor_type: String,
    /// Its id; 0: neither user nor key.
    pub actor_id: i64,
    /// Its name then.
    pub actor_name: String,
    /// When it was uploaded first.
    pub created_at: Millis,
    /// When it was last uploaded, sent, or, to the day, fetched.
    pub used_at: Millis,
}

const BEGIN: &str = "
INSERT INTO file (id, token, name, mime, bytes, hash, purpose, actor_type, actor_id, actor_name, created_at, used_at)
VALUES ($1, $2, $3, $4, 0, NULL, $5, $6, $7, $8, $9, $9)";

/// Begins a file. Nobody sees it before [`finish`].
pub async fn begin(tx: &mut Tx, row: &FileRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(BEGIN).bind(row.id).bind(&row.token).bind(&row.name).bind(&row.mime).bind(row.purpose)
        .bind(&row.actor_type).bind(row.actor_id).bind(&row.actor_name).bind(row.created_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const ADD: &str = "
INSERT INTO file_piece (file_id, n, bytes)
VALUES ($1, $2, $3)";

/// Adds the piece of this number, from 0.
pub async fn add(tx: &mut Tx, id: i64, n: i64, bytes: &[u8]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ADD).bind(id).bind(n).bind(bytes).execute(c).await.map(drop))?;
    Ok(())
}

const FINISH: &str = "
UPDATE file
SET bytes = $2, hash = $3, used_at = $4
WHERE id = $1";

/// All of it is there. Fails as a duplicate when the same bytes are there already as the same type.
pub async fn finish(tx: &mut Tx, id: i64, bytes: i64, hash: &str, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FINISH).bind(id).bind(bytes).bind(hash).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

const COLUMNS_BY_ID: &str = "
SELECT id, token, name, mime, bytes, purpose, actor_type, actor_id, actor_name, created_at, used_at
FROM file
WHERE id = $1 AND hash IS NOT NULL";

/// The file of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<FileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, FileRow>(COLUMNS_BY_ID).bind(id).fetch_optional(c).await)?)
}

const BY_TOKEN: &str = "
SELECT id, token, name, mime, bytes, purpose, actor_type, actor_id, actor_name, created_at, used_at
FROM file
WHERE token = $1 AND hash IS NOT NULL";

/// The file of this token.
pub async fn by_token(tx: &mut Tx, token: &str) -> Result<Option<FileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, FileRow>(BY_TOKEN).bind(token).fetch_optional(c).await)?)
}

const BY_HASH: &str = "
SELECT id
FROM file
WHERE hash = $1 AND mime = $2";

/// The id of the file with these bytes and this type.
pub async fn by_hash(tx: &mut Tx, hash: &str, mime: &str) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(BY_HASH).bind(hash).bind(mime).fetch_optional(c).await)?)
}

const PAGE: &str = "
SELECT id, token, name, mime, bytes, purpose, actor_type, actor_id, actor_name, created_at, used_at
FROM file
WHERE id < $1 AND hash IS NOT NULL
ORDER BY id DESC
LIMIT $2";

/// Files, newest first, ids below `before`.
pub async fn page(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<FileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, FileRow>(PAGE).bind(before).bind(limit).fetch_all(c).await)?)
}

const READ: &str = "
SELECT bytes
FROM file_piece
WHERE file_id = $1 AND n = $2";

/// A piece.
pub async fn piece(tx: &mut Tx, id: i64, n: i64) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(READ).bind(id).bind(n).fetch_optional(c).await)?)
}

const LOCK: Batch = Batch {
    sqlite: "SELECT id FROM file WHERE id = $1",
    postgres: "SELECT id FROM file WHERE id = $1 FOR UPDATE",
};

/// Keeps others from putting the file into a message until this transaction ends.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&LOCK);
    on!(tx, c => sqlx::query(sql).bind(id).fetch_optional(c).await.map(drop))?;
    Ok(())
}

const HOLD: Batch = Batch {
    sqlite: "SELECT token, used_at FROM file WHERE hash IS NOT NULL AND token IN (SELECT value FROM json_each($1))",
    postgres: "SELECT token, used_at FROM file WHERE hash IS NOT NULL
        AND token IN (SELECT json_array_elements_text(CAST($1 AS json))) ORDER BY id FOR KEY SHARE",
};

/// Those of these tokens that there are; they stay until this transaction ends, and count as used.
pub async fn hold(tx: &mut Tx, tokens: &[&str], now: Millis) -> Result<Vec<String>, StoreError> {
    let sql = tx.dialect().pick(&HOLD);
    let found: Vec<(String, Millis)> =
        on!(tx, c => sqlx::query_as(sql).bind(to_json(tokens)).fetch_all(c).await)?;
    let stale = found.iter().filter(|(_, used_at)| *used_at < now - DAY);
    let stale: Vec<&str> = stale.map(|(token, _)| token.as_str()).collect();
    if !stale.is_empty() {
        let sql = tx.dialect().pick(&TOUCH);
        on!(tx, c => sqlx::query(sql).bind(to_json(&stale)).bind(now).execute(c).await.map(drop))?;
    }
    Ok(found.into_iter().map(|(token, _)| token).collect())
}

const TOUCH: Batch = in_texts!(
    "UPDATE file SET used_at = $2 WHERE used_at < $2 AND hash IS NOT NULL AND token IN",
    ""
);

const USED: &str = "
UPDATE file
SET used_at = $2, purpose = CASE WHEN purpose < $3 THEN $3 ELSE purpose END
WHERE id = $1 AND hash IS NOT NULL";

/// It is used now, and for this; what was for anything stays so.
pub async fn used(tx: &mut Tx, id: i64, purpose: i16, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(USED).bind(id).bind(now).bind(purpose).execute(c).await.map(drop))?;
    Ok(())
}

const SENT: &str = "
INSERT INTO file_message (message_id, file_id)
SELECT $1, id FROM file WHERE token = $2 AND purpose = $3
ON CONFLICT DO NOTHING";

/// Keeps which messages that wait to leave have files that go with their person.
pub async fn sent_with(tx: &mut Tx, rows: &[NewMessage]) -> Result<(), StoreError> {
    for row in rows.iter().filter(|row| row.state == QUEUED) {
        let content = row.content.as_deref().unwrap_or_default();
        if !content.contains(PREFIX) {
            continue;
        }
        for token in tokens(content) {
            on!(tx, c => sqlx::query(SENT).bind(row.id).bind(token).bind(ANSWER).execute(c).await.map(drop))?;
        }
    }
    Ok(())
}

const OF_MESSAGES: Batch = in_numbers!(
    "SELECT DISTINCT file_id FROM file_message WHERE message_id IN",
    ""
);
const FORGET_MESSAGES: Batch = in_numbers!("DELETE FROM file_message WHERE message_id IN", "");
const LEFT: Batch = in_numbers!(
    "SELECT token, id FROM file f WHERE f.purpose = 1 AND f.hash IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM file_message u WHERE u.file_id = f.id) AND f.id IN",
    "ORDER BY f.id"
);

/// Forgets that these messages had files. Answers token and id of the files for answers that no other message has.
pub async fn forget_messages(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(String, i64)>, StoreError> {
    let json = to_json(ids);
    let sql = tx.dialect().pick(&OF_MESSAGES);
    let files: Vec<i64> = on!(tx, c => sqlx::query_scalar(sql).bind(&json).fetch_all(c).await)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&FORGET_MESSAGES);
    on!(tx, c => sqlx::query(sql).bind(&json).execute(c).await.map(drop))?;
    let sql = tx.dialect().pick(&LEFT);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(&files)).fetch_all(c).await)?)
}

/// Something that still sends a file.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UseRow {
    /// `template`, `campaign`, `account` or `message`.
    pub what: String,
    /// Id.
    pub id: i64,
    /// Name; the person's number for a message.
    pub name: String,
}

// Few rows each: templates, accounts, campaigns that are not over, and messages outside of campaigns that are open.
pub(super) const USES: [&str; 4] = [
    "SELECT 'template' AS what, id, name FROM template WHERE purged = 0 AND (mapping LIKE $1 OR content LIKE $1)
     ORDER BY id LIMIT 5",
    "SELECT 'campaign' AS what, id, name FROM campaign
     WHERE state IN (1, 2, 3, 4) AND (mapping LIKE $1 OR COALESCE(frozen, '') LIKE $1)
     ORDER BY id LIMIT 5",
    "SELECT 'account' AS what, id, nickname AS name FROM account
     WHERE auto_reply_text LIKE $1 OR COALESCE(auto_reply_rules, '') LIKE $1
     ORDER BY id LIMIT 5",
    "SELECT 'message' AS what, id, phone AS name FROM message
     WHERE campaign_id IS NULL AND state IN (10, 20, 25) AND content LIKE $1
     LIMIT 5",
];

/// What still sends the file of this token: a few of each sort.
pub async fn uses(tx: &mut Tx, token: &str) -> Result<Vec<UseRow>, StoreError> {
    let like = format!("%{token}%");
    let mut all = Vec::new();
    for sql in USES {
        all.extend(on!(tx, c => sqlx::query_as::<_, UseRow>(sql).bind(&like).fetch_all(c).await)?);
    }
    Ok(all)
}

const HIDE: &str = "
UPDATE file
SET hash = NULL, used_at = 0
WHERE id = $1";

/// Nobody sees it any more; [`crumble`] deletes it.
pub async fn hide(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(HIDE).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const CRUMBLE: &str = "
DELETE FROM file_piece
WHERE file_id = $1 AND n < $2 + (SELECT COALESCE(MIN(n), 0) FROM file_piece WHERE file_id = $1)";
const FORGET_USES: &str = "
DELETE FROM file_message
WHERE file_id = $1";
const FORGET: &str = "
DELETE FROM file
WHERE id = $1 AND hash IS NULL";

/// Deletes some pieces of a hidden file, and with the last of them the file. Answers whether there may be more.
pub async fn crumble(tx: &mut Tx, id: i64, pieces: i64) -> Result<bool, StoreError> {
    let gone =
        on!(tx, c => sqlx::query(CRUMBLE).bind(id).bind(pieces).execute(c).await.map(|r| r.rows_affected()))?;
    if i64::try_from(gone).unwrap_or(i64::MAX) >= pieces {
        return Ok(true);
    }
    for sql in [FORGET_USES, FORGET] {
        on!(tx, c => sqlx::query(sql).bind(id).execute(c).await.map(drop))?;
    }
    Ok(false)
}

const BROKEN: &str = "
SELECT id
FROM file
WHERE used_at < $1 AND hash IS NULL
ORDER BY used_at
LIMIT 1";

/// A file that goes, or that did not come to its end and was begun before this time.
pub async fn broken(tx: &mut Tx, before: Millis) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(BROKEN).bind(before).fetch_optional(c).await)?)
}

const UNUSED: &str = "
SELECT id, token, name, mime, bytes, purpose, actor_type, actor_id, actor_name, created_at, used_at
FROM file
WHERE used_at < $1 AND hash IS NOT NULL
ORDER BY used_at
LIMIT 1";

/// The file that was not used for the longest time, last before this moment.
pub async fn unused(tx: &mut Tx, before: Millis) -> Result<Option<FileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, FileRow>(UNUSED).bind(before).fetch_optional(c).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn what_sends_a_file_is_found_without_a_walk_through_the_ledger() {
        let plan = steps(USES[3]).await;
        assert!(
            has(&plan, "SEARCH message USING INDEX message_outside (state=?)"),
            "{plan:#?}"
        );
        let plan = steps(USES[1]).await;
        assert!(
            has(&plan, "SEARCH campaign USING INDEX campaign_by_state (state=?)"),
            "{plan:#?}"
        );
        for sql in [BROKEN, UNUSED] {
            let plan = steps(sql).await;
            assert!(
                has(&plan, "SEARCH file USING INDEX file_used (used_at<?)"),
                "{plan:#?}"
            );
        }
    }
}
