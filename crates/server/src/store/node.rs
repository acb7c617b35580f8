//! Nodes (servers on one database) and the numbers that each of them holds.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// It raises its beat.
pub const ALIVE: i16 = 1;
/// It takes nothing new, and ends what it has begun.
pub const STOPPING: i16 = 2;
/// It said goodbye.
pub const STOPPED: i16 = 3;
/// Its beat stood still for too long, and another node freed its numbers.
pub const GIVEN_UP: i16 = 4;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct NodeRow {
    /// Id, 0 to 999.
    pub id: i64,
    /// What the data folder knows it by.
    pub token: String,
    /// What people call it.
    pub name: String,
    /// What it does, separated by commas.
    pub roles: String,
    /// Where it is reached.
    pub url: String,
    /// Version of the program.
    pub version: String,
    /// How long it may be silent.
    pub lease_ms: Millis,
    /// [`ALIVE`], [`STOPPING`], [`STOPPED`] or [`GIVEN_UP`].
    pub state: i16,
    /// How often it joined or was given up.
    pub term: i64,
    /// Rises while it lives.
    pub beat: i64,
    /// By its own clock.
    pub started_at: Millis,
    /// By its own clock.
    pub seen_at: Millis,
}

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What people call it.
    pub name: String,
    /// What it does, separated by commas.
    pub roles: String,
    /// Where it is reached.
    pub url: String,
    /// How long it may be silent.
    pub lease_ms: Millis,
}

const ALL: &str = "
SELECT id, token, name, roles, url, version, lease_ms, state, term, beat, started_at, seen_at
FROM node
ORDER BY id";

/// Every node that ever joined.
pub async fn all(tx: &mut Tx) -> Result<Vec<NodeRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, NodeRow>(ALL).fetch_all(c).await)?)
}

const ENROL: &str = "
INSERT INTO node (id, token, name, roles, url, version, lease_ms, state, term, beat, started_at, seen_at)
VALUES ($1, $2, '', '', '', '', 0, 3, 0, 0, $3, $3)
ON CONFLICT (id) DO NOTHING";

/// Keeps a new node. False when the id is taken.
pub async fn enrol(tx: &mut Tx, id: i64, token: &str, now: Millis) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(ENROL)
        .bind(id).bind(token).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

const INHERIT: &str = "
UPDATE node
SET token = $3, term = term + 1
WHERE id = $1 AND term = $2 AND state IN (3, 4)";

/// Gives the id of a node that is gone to a new one.
pub async fn inherit(tx: &mut Tx, id: i64, term: i64, token: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INHERIT)
        .bind(id).bind(term).bind(token).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

// FOR UPDATE: what the node's last term still has under way at PostgreSQL ends first.
const LOCK_OWN: Batch = Batch {
    sqlite: "SELECT 1 FROM node WHERE id = $1 AND token = $2",
    postgres: "SELECT 1 FROM node WHERE id = $1 AND token = $2 FOR UPDATE",
};
const JOIN: &str = "
UPDATE node
SET name = $2, roles = $3, url = $4, version = $5, lease_ms = $6, started_at = $7, seen_at = $7,
    state = 1, term = term + 1, beat = beat + 1
WHERE id = $1
RETURNING term";

/// Begins a new term of a node. `None` when the id belongs to another.
pub async fn join(
    tx: &mut Tx,
    (id, token): (i64, &str),
    about: &About,
    now: Millis,
) -> Result<Option<i64>, StoreError> {
    let sql = tx.dialect().pick(&LOCK_OWN);
    let own: Option<i32> =
        on!(tx, c => sqlx::query_scalar(sql).bind(id).bind(token).fetch_optional(c).await)?;
    if own.is_none() {
        return Ok(None);
    }
    Ok(on!(tx, c => sqlx::query_scalar(JOIN)
        .bind(id)
        .bind(&about.name)
        .bind(&about.roles)
        .bind(&about.url)
        .bind(env!("CARGO_PKG_VERSION"))
        .bind(about.lease_ms)
        .bind(now)
        .fetch_optional(c).await)?)
}

const BEAT: &str = "
UPDATE node
SET beat = beat + 1, state = $3, seen_at = $4
WHERE id = $1 AND term = $2";

/// Says that a node lives, and in which state. False when its term is over.
pub async fn beat(tx: &mut Tx, id: i64, term: i64, state: i16, now: Millis) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(BEAT)
        .bind(id).bind(term).bind(state).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

// FOR KEY SHARE: beats go on while it is held, and giving up the node (FOR UPDATE) waits for it.
const FENCE: Batch = Batch {
    sqlite: "SELECT 1 FROM node WHERE id = $1 AND term = $2",
    postgres: "SELECT 1 FROM node WHERE id = $1 AND term = $2 FOR KEY SHARE",
};

/// Does this term last until the transaction ends? False when it is over.
pub async fn fence(tx: &mut Tx, id: i64, term: i64) -> Result<bool, StoreError> {
    let sql = tx.dialect().pick(&FENCE);
    let row: Option<i32> = on!(tx, c => sqlx::query_scalar(sql).bind(id).bind(term).fetch_optional(c).await)?;
    Ok(row.is_some())
}

const LOCK_SILENT: Batch = Batch {
    sqlite: "SELECT 1 FROM node WHERE id = $1 AND term = $2 AND beat = $3",
    postgres: "SELECT 1 FROM node WHERE id = $1 AND term = $2 AND beat = $3 FOR UPDATE",
};
const GIVE_UP: &str = "
UPDATE node
SET term = term + 1, state = 4
WHERE id = $1";
const FREE: &str = "
UPDATE number_lease
SET node_id = NULL
WHERE node_id = $1";

/// Ends the term of a node that is still where it was seen last, and frees its numbers. Waits for the transactions that
/// it has open under [`fence`]. False when it moved.
pub async fn give_up(tx: &mut Tx, id: i64, term: i64, beat: i64) -> Result<bool, StoreError> {
    let sql = tx.dialect().pick(&LOCK_SILENT);
    let silent: Option<i32> =
        on!(tx, c => sqlx::query_scalar(sql).bind(id).bind(term).bind(beat).fetch_optional(c).await)?;
    if silent.is_none() {
        return Ok(false);
    }
    on!(tx, c => sqlx::query(GIVE_UP).bind(id).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(FREE).bind(id).execute(c).await.map(drop))?;
    Ok(true)
}

const LEAVE: &str = "
UPDATE node
SET term = term + 1, state = 3, seen_at = $3
WHERE id = $1 AND term = $2";

/// Ends the own term, and frees the numbers. Does nothing when it is over already.
pub async fn leave(tx: &mut Tx, id: i64, term: i64, now: Millis) -> Result<(), StoreError> {
    let rows = on!(tx, c => sqlx::query(LEAVE)
        .bind(id).bind(term).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    if rows == 1 {
        on!(tx, c => sqlx::query(FREE).bind(id).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// A number, and who sends from it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct LeaseRow {
    /// Number.
    pub number_id: i64,
    /// Its account.
    pub account_id: i64,
    /// State of the account.
    pub account_state: i16,
    /// Limit of the account.
    pub requests_per_second: i64,
    /// Who sends from it; `None` when nobody does.
    pub node_id: Option<i64>,
    /// How often it was taken; `None` when it was never noted.
    pub epoch: Option<i64>,
}

const LEASES: &str = "
SELECT n.id AS number_id, n.account_id, a.state AS account_state, a.requests_per_second, l.node_id, l.epoch
FROM number n
JOIN account a ON a.id = n.account_id
LEFT JOIN number_lease l ON l.number_id = n.id
ORDER BY n.id";

/// Every number.
pub async fn leases(tx: &mut Tx) -> Result<Vec<LeaseRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, LeaseRow>(LEASES).fetch_all(c).await)?)
}

const NOTE: Batch = batch!(
    "INSERT INTO number_lease (number_id, node_id, epoch)
     SELECT CAST(r.value ->> 'n' AS BIGINT), NULL, 0
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (number_id) DO NOTHING"
);
const TAKE: Batch = in_numbers!(
    "UPDATE number_lease
     SET node_id = $2, epoch = epoch + 1
     WHERE node_id IS NULL AND number_id IN",
    "RETURNING number_id"
);

/// Takes those of these numbers that are free; answers which.
pub async fn take(tx: &mut Tx, numbers: &[i64], node: i64) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&NOTE);
    let rows: Vec<_> = numbers.iter().map(|n| serde_json::json!({ "n": n })).collect();
    on!(tx, c => sqlx::query(sql).bind(to_json(&rows)).execute(c).await.map(drop))?;
    let sql = tx.dialect().pick(&TAKE);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(numbers)).bind(node).fetch_all(c).await)?)
}

const RELEASE: Batch = in_numbers!(
    "UPDATE number_lease
     SET node_id = NULL
     WHERE node_id = $2 AND number_id IN",
    ""
);

/// Gives numbers back.
pub async fn release(tx: &mut Tx, numbers: &[i64], node: i64) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&RELEASE);
    on!(tx, c => sqlx::query(sql).bind(to_json(numbers)).bind(node).execute(c).await.map(drop))?;
    Ok(())
}

const ONLY: &str = "
UPDATE node
SET term = term + 1, state = 4
WHERE id <> $1 AND state IN (1, 2)";
const FREE_OTHERS: &str = "
UPDATE number_lease
SET node_id = NULL
WHERE node_id <> $1";

/// Gives up every other node: for the server that is known to be the only one.
pub async fn give_up_others(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(ONLY).bind(id).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(FREE_OTHERS).bind(id).execute(c).await.map(drop))?;
    Ok(())
}
