//! What imports did, kept as long as it can be undone, and what an undo must know and change.

use std::collections::HashSet;

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_numbers, in_texts};
use super::news::Topic::{Import, Profile};
use super::profile::ProfileRow;
use super::{StoreError, Tx, from_json, to_json};
use crate::domain::undo::{Counts, Done};

/// What one transaction of an import did.
#[derive(Debug, Clone, FromRow)]
pub struct ChangeRow {
    /// Later ones have higher numbers.
    pub n: i64,
    /// The moment that its changes carry.
    pub at: i64,
    /// The list that everyone was put on.
    pub list_id: Option<i64>,
    /// JSON of [`Done`].
    pub done: String,
}

impl ChangeRow {
    /// What it did.
    pub fn read(&self) -> Result<Done, StoreError> {
        from_json("changes of an import", &self.done)
    }
}

const KEEP: &str = "
INSERT INTO import_change (import_id, n, at, list_id, done)
SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4
FROM import_change
WHERE import_id = $1";

/// Keeps what a transaction did, behind those before it.
pub async fn keep(
    tx: &mut Tx,
    import: i64,
    at: i64,
    list_id: Option<i64>,
    done: &Done,
) -> Result<(), StoreError> {
    let done = to_json(done);
    on!(tx, c => sqlx::query(KEEP)
        .bind(import).bind(at).bind(list_id).bind(&done).execute(c).await.map(drop))?;
    Ok(())
}

const LAST: &str = "
SELECT n, at, list_id, done
FROM import_change
WHERE import_id = $1 AND n < $2
ORDER BY n DESC
LIMIT 1";

/// The last transaction before number `before`: what was done last is undone first.
pub async fn last(tx: &mut Tx, import: i64, before: i64) -> Result<Option<ChangeRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ChangeRow>(LAST).bind(import).bind(before).fetch_optional(c).await)?)
}

const FORGET: &str = "
DELETE FROM import_change
WHERE import_id = $1 AND n = $2";

/// Forgets a transaction that is undone.
pub async fn forget(tx: &mut Tx, import: i64, n: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGET).bind(import).bind(n).execute(c).await.map(drop))?;
    Ok(())
}

// An interrupted import may go on, and is ended by a person first.
const FORGET_OLD: &str = "
DELETE FROM import_change
WHERE (import_id, n) IN (
    SELECT c.import_id, c.n
    FROM import i
    JOIN import_change c ON c.import_id = i.id
    WHERE i.finished_at < $1 AND i.state IN (2, 3, 5) AND i.undo_state <> 1
    LIMIT $2)";

/// Forgets what can no longer be undone, at most `limit` transactions. Answers whether there may be more.
pub async fn forget_old(tx: &mut Tx, ended_before: i64, limit: i64) -> Result<bool, StoreError> {
    let gone = on!(tx, c => sqlx::query(FORGET_OLD)
        .bind(ended_before).bind(limit).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(gone >= u64::try_from(limit).unwrap_or(0))
}

const NAMES: &str = "
SELECT import_id, n, done
FROM import_change
WHERE done LIKE $1";

const REWRITE: &str = "
UPDATE import_change
SET done = $3
WHERE import_id = $1 AND n = $2";

/// Forgets what a profile was before imports changed it: nothing of it can be taken back. Walks over what is kept of the imports of
/// the last day.
pub async fn forget_profile(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    let wanted = format!("%\"id\":{id},%");
    let rows: Vec<(i64, i64, String)> = on!(tx, c => sqlx::query_as(NAMES).bind(&wanted).fetch_all(c).await)?;
    for (import, n, done) in rows {
        let mut done: Done = from_json("what an import did", &done)?;
        done.forget(id);
        on!(tx, c => sqlx::query(REWRITE).bind(import).bind(n).bind(to_json(&done))
            .execute(c).await.map(drop))?;
    }
    Ok(())
}

const BEGIN: &str = "
UPDATE import
SET undo_state = 1, undone = $2
WHERE id = $1 AND undo_state = 0 AND state IN (2, 3, 5)";

/// From now on an import is being undone; false when it was before, or runs.
pub async fn begin(tx: &mut Tx, import: i64) -> Result<bool, StoreError> {
    let counts = to_json(&Counts::default());
    let rows = on!(tx, c => sqlx::query(BEGIN)
        .bind(import).bind(&counts).execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Import, import);
    Ok(rows == 1)
}

const NEXT: &str = "
SELECT id
FROM import
WHERE undo_state = 1
ORDER BY id
LIMIT 1";

/// The first import that is being undone.
pub async fn next(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(NEXT).fetch_optional(c).await)?)
}

// Any number will do, as long as nothing else in the product uses it.
const TAKE_TURN: Batch = Batch {
    sqlite: "SELECT 1",
    postgres: "SELECT CASE WHEN pg_try_advisory_xact_lock(7235714233) THEN 1 ELSE 0 END",
};

/// Keeps other nodes from undoing until the transaction ends; false when one of them is at it.
pub async fn take_turn(tx: &mut Tx) -> Result<bool, StoreError> {
    let sql = tx.dialect().pick(&TAKE_TURN);
    let taken: i32 = on!(tx, c => sqlx::query_scalar(sql).fetch_one(c).await)?;
    Ok(taken == 1)
}

const ADVANCE: &str = "
UPDATE import
SET undone = $2, undo_state = $3
WHERE id = $1";

/// Notes how far an undo is, in the transaction that undoes.
pub async fn advance(tx: &mut Tx, import: i64, counts: &Counts, state: i16) -> Result<(), StoreError> {
    let counts = to_json(counts);
    on!(tx, c => sqlx::query(ADVANCE).bind(import).bind(&counts).bind(state).execute(c).await.map(drop))?;
    tx.note(Import, import);
    Ok(())
}

const PROFILES: Batch = in_numbers!(
    "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE id IN",
    ""
);

const LOCK_PROFILES: Batch = Batch {
    sqlite: PROFILES.sqlite,
    postgres: "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE id IN (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT))
ORDER BY id
FOR UPDATE",
};

/// These profiles; with `lock`, kept from others until the transaction ends.
pub async fn profiles(tx: &mut Tx, ids: &[i64], lock: bool) -> Result<Vec<ProfileRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(if lock { &LOCK_PROFILES } else { &PROFILES });
    let json = to_json(ids);
    Ok(on!(tx, c => sqlx::query_as::<_, ProfileRow>(sql).bind(&json).fetch_all(c).await)?)
}

// CROSS keeps SQLite from walking through the ledger: it would begin with the messages.
const WITH_MESSAGE: Batch = in_numbers!(
    "
SELECT p.id
FROM profile p
WHERE (EXISTS (SELECT 1 FROM message m WHERE m.phone = p.phone AND m.campaign_id IS NULL)
    OR EXISTS (
        SELECT 1
        FROM campaign c
        CROSS JOIN message m
        WHERE m.campaign_id = c.id AND m.phone = p.phone
          AND c.launched_at IS NOT NULL AND (c.finished_at IS NULL OR c.finished_at >= $2)))
  AND p.id IN",
    ""
);

/// Those whose number a message went to or came from: outside campaigns ever, of campaigns that ran since `since`.
pub async fn with_message(tx: &mut Tx, ids: &[i64], since: i64) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&WITH_MESSAGE);
    let json = to_json(ids);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(&json).bind(since).fetch_all(c).await)?)
}

const WITH_EVENT: Batch = in_numbers!(
    "
SELECT p.id
FROM profile p
WHERE EXISTS (SELECT 1 FROM profile_event e WHERE e.profile_id = p.id) AND p.id IN",
    ""
);

/// Those with an event.
pub async fn with_event(tx: &mut Tx, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&WITH_EVENT);
    let json = to_json(ids);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(&json).fetch_all(c).await)?)
}

// The plus as in `consent::LATEST`.
const WITH_CONSENT: Batch = in_numbers!(
    "
SELECT p.id
FROM profile p
WHERE (EXISTS (
        SELECT 1
        FROM consent c
        WHERE c.profile_id = p.id AND c.at > $2 AND (c.detail IS NULL OR c.detail <> $3))
    OR EXISTS (
        SELECT 1
        FROM consent c
        WHERE c.phone = p.phone AND +c.profile_id IS NULL AND c.at > $2 AND (c.detail IS NULL OR c.detail <> $3)))
  AND p.id IN",
    ""
);

/// Those about whom something was decided after `since`, with another proof than this one.
pub async fn with_consent(tx: &mut Tx, ids: &[i64], since: i64, but: &str) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&WITH_CONSENT);
    let json = to_json(ids);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(&json).bind(since).bind(but).fetch_all(c).await)?)
}

const WROTE_SINCE: Batch = in_texts!(
    "
SELECT phone
FROM conversation
WHERE last_inbound_at > $2 AND phone IN",
    ""
);

/// From which of these numbers somebody wrote after `since`.
pub async fn wrote_since(tx: &mut Tx, phones: &[&str], since: i64) -> Result<HashSet<String>, StoreError> {
    let sql = tx.dialect().pick(&WROTE_SINCE);
    let json = to_json(phones);
    let rows = on!(tx, c => sqlx::query_scalar::<_, String>(sql).bind(&json).bind(since).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

// CROSS as in `WITH_MESSAGE`.
const ON_OTHER_LIST: Batch = in_numbers!(
    "
SELECT DISTINCT e.profile_id
FROM list l
CROSS JOIN list_entry e
WHERE e.list_id = l.id AND l.id <> $2 AND e.profile_id IN",
    ""
);

/// Those on another list than this one.
pub async fn on_other_list(tx: &mut Tx, ids: &[i64], list: i64) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&ON_OTHER_LIST);
    let json = to_json(ids);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(&json).bind(list).fetch_all(c).await)?)
}

const REMOVE: [Batch; 2] = [
    in_numbers!("DELETE FROM consent WHERE profile_id IN", ""),
    in_numbers!("DELETE FROM profile WHERE id IN", ""),
];

/// Removes profiles, with what was decided about them alone.
pub async fn remove(tx: &mut Tx, ids: &[i64]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let json = to_json(ids);
    for batch in &REMOVE {
        let sql = tx.dialect().pick(batch);
        on!(tx, c => sqlx::query(sql).bind(&json).execute(c).await.map(drop))?;
    }
    for id in ids {
        tx.note(Profile, *id);
    }
    Ok(())
}

/// A campaign that is not at its end and has this list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OpenCampaign {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// State.
    pub state: i16,
}

const CAMPAIGNS: &str = "
SELECT id, name, state
FROM campaign
WHERE state IN (2, 3, 4) AND audience LIKE $1
ORDER BY id";

/// The campaigns that are scheduled, run or pause, and whose audience names this text.
pub async fn campaigns(tx: &mut Tx, list: &str) -> Result<Vec<OpenCampaign>, StoreError> {
    // `_` stands for any one character, and ids have one.
    let like = format!("%\"{list}\"%");
    Ok(on!(tx, c => sqlx::query_as::<_, OpenCampaign>(CAMPAIGNS).bind(&like).fetch_all(c).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn an_undo_walks_through_no_table() {
        for (batch, wanted) in [
            (
                WITH_MESSAGE,
                "SEARCH m USING COVERING INDEX message_once (campaign_id=? AND phone=?",
            ),
            (WITH_MESSAGE, "SEARCH m USING INDEX message_direct (phone=?"),
            (WITH_CONSENT, "SEARCH c USING INDEX consent_phone (phone=?"),
            (
                ON_OTHER_LIST,
                "SEARCH e USING PRIMARY KEY (list_id=? AND profile_id=?",
            ),
        ] {
            let plan = steps(batch.sqlite).await;
            assert!(has(&plan, wanted), "{plan:#?}");
        }
    }
}
