//! Slices of a campaign's audience: a range of profile ids, worked through by one number. A number that has nothing left
//! to do takes the upper half of another's, so that a campaign over several numbers ends for all of them together.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// A slice.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SliceRow {
    /// Campaign.
    pub campaign_id: i64,
    /// Place in the campaign, from 0 in the order of their making.
    pub n: i64,
    /// The number that works on it.
    pub number_id: i64,
    /// Profiles up to this id are planned.
    pub position: i64,
    /// Profiles above this id are not of this slice.
    pub upper: i64,
    /// The position that the people belong to who were looked up before their turn.
    pub ahead_from: i64,
    /// They are all of the slice's people above the position up to this id.
    pub ahead_to: i64,
    /// How many they are.
    pub ahead: i64,
    /// How many of them are planned, in their order.
    pub taken: i64,
}

impl SliceRow {
    /// How many people were looked up and are not planned. None when somebody who does not know of them, an older version,
    /// moved the slice on or cut it.
    pub fn left(&self) -> i64 {
        let holds = self.ahead_from == self.position && self.ahead_to <= self.upper;
        if holds { self.ahead - self.taken } else { 0 }
    }

    /// Profiles up to this id are planned or looked up.
    pub fn reached(&self) -> i64 {
        if self.left() > 0 {
            self.ahead_to
        } else {
            self.position
        }
    }
}

const NEXT_OF: Batch = Batch {
    sqlite: "
SELECT s.campaign_id, s.n, s.number_id, s.position, s.upper, s.ahead_from, s.ahead_to, s.ahead, s.taken
FROM campaign_slice s
JOIN campaign c ON c.id = s.campaign_id
WHERE s.campaign_id = $1 AND s.planned = 0 AND c.state = 3
ORDER BY s.n
LIMIT 1",
    postgres: "
SELECT s.campaign_id, s.n, s.number_id, s.position, s.upper, s.ahead_from, s.ahead_to, s.ahead, s.taken
FROM campaign_slice s
JOIN campaign c ON c.id = s.campaign_id
WHERE s.campaign_id = $1 AND s.planned = 0 AND c.state = 3
ORDER BY s.n
LIMIT 1
FOR UPDATE OF s FOR SHARE OF c",
};

/// An open slice of a running campaign, whatever number works on it, locked as by [`open`].
pub async fn next_of(tx: &mut Tx, campaign_id: i64) -> Result<Option<SliceRow>, StoreError> {
    let sql = tx.dialect().pick(&NEXT_OF);
    Ok(on!(tx, c => sqlx::query_as::<_, SliceRow>(sql).bind(campaign_id).fetch_optional(c).await)?)
}

const BEGIN: &str = "
INSERT INTO campaign_slice (campaign_id, n, number_id, position, upper, planned)
VALUES ($1, 0, $2, 0, $3, 0)";

/// The first slice of a campaign: everybody up to `upper`.
pub async fn begin(tx: &mut Tx, campaign_id: i64, number_id: i64, upper: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(BEGIN).bind(campaign_id).bind(number_id).bind(upper).execute(c).await.map(drop))?;
    Ok(())
}

// The lock on the campaign: who pauses or stops it waits for this transaction, or this one sees it.
const OPEN: Batch = Batch {
    sqlite: "
SELECT s.campaign_id, s.n, s.number_id, s.position, s.upper, s.ahead_from, s.ahead_to, s.ahead, s.taken
FROM campaign_slice s
JOIN campaign c ON c.id = s.campaign_id
WHERE s.number_id = $1 AND s.planned = 0 AND c.state = 3
ORDER BY s.campaign_id, s.n",
    postgres: "
SELECT s.campaign_id, s.n, s.number_id, s.position, s.upper, s.ahead_from, s.ahead_to, s.ahead, s.taken
FROM campaign_slice s
JOIN campaign c ON c.id = s.campaign_id
WHERE s.number_id = $1 AND s.planned = 0 AND c.state = 3
ORDER BY s.campaign_id, s.n
FOR UPDATE OF s FOR SHARE OF c",
};

/// The open slices of a number in running campaigns, locked.
pub async fn open(tx: &mut Tx, number_id: i64) -> Result<Vec<SliceRow>, StoreError> {
    let sql = tx.dialect().pick(&OPEN);
    Ok(on!(tx, c => sqlx::query_as::<_, SliceRow>(sql).bind(number_id).fetch_all(c).await)?)
}

/// Is there anything to plan, in campaigns that do not rest?
macro_rules! has_work {
    ($resting:literal) => {
        concat!(
            "
SELECT CAST(
    EXISTS (
        SELECT 1
        FROM campaign_slice s
        JOIN campaign c ON c.id = s.campaign_id
        WHERE s.number_id = $1 AND s.planned = 0 AND c.state = 3 AND c.id NOT IN ",
            $resting,
            ")
    OR EXISTS (
        SELECT 1
        FROM campaign_number m
        JOIN campaign c ON c.id = m.campaign_id
        WHERE $2 = 1 AND m.number_id = $1 AND c.state = 3 AND c.planned = 0 AND c.id NOT IN ",
            $resting,
            ")
    AS INTEGER)"
        )
    };
}

const HAS_WORK: Batch = Batch {
    sqlite: has_work!("(SELECT value FROM json_each($3))"),
    postgres: has_work!("(SELECT CAST(json_array_elements_text(CAST($3 AS json)) AS BIGINT))"),
};

/// Has a number something to plan of its own, or, with `to_share`, perhaps something to take from another? Campaigns that rest
/// do not count.
pub async fn has_work(
    tx: &mut Tx,
    number_id: i64,
    to_share: bool,
    resting: &[i64],
) -> Result<bool, StoreError> {
    let sql = tx.dialect().pick(&HAS_WORK);
    let found: i32 = on!(tx, c => sqlx::query_scalar(sql)
        .bind(number_id).bind(i16::from(to_share)).bind(to_json(resting)).fetch_one(c).await)?;
    Ok(found != 0)
}

const MOVE_ON: &str = "
UPDATE campaign_slice
SET position = $5, planned = $6
WHERE campaign_id = $1 AND n = $2 AND number_id = $3 AND position = $4 AND planned = 0";

const LOCK_RUNNING: &str = "
UPDATE campaign
SET updated_at = $2
WHERE id = $1 AND state = 3";

// A statement of its own, after the lock: it sees what another node has just finished.
const ALL_PLANNED: &str = "
UPDATE campaign
SET planned = 1
WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM campaign_slice WHERE campaign_id = $1 AND planned = 0)";

/// Moves planning on, in the transaction that inserts the rows; with the last slice the campaign is planned. False when
/// somebody else moved it, or the campaign is no longer running: then the whole transaction must be dropped.
pub async fn move_on(
    tx: &mut Tx,
    slice: &SliceRow,
    to: i64,
    planned: bool,
    now: Millis,
) -> Result<bool, StoreError> {
    let moved = on!(tx, c => sqlx::query(MOVE_ON)
        .bind(slice.campaign_id).bind(slice.n).bind(slice.number_id).bind(slice.position).bind(to)
        .bind(i16::from(planned))
        .execute(c).await.map(|r| r.rows_affected()))?;
    if moved != 1 || !planned {
        return Ok(moved == 1);
    }
    let running = on!(tx, c => sqlx::query(LOCK_RUNNING)
        .bind(slice.campaign_id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    on!(tx, c => sqlx::query(ALL_PLANNED).bind(slice.campaign_id).execute(c).await.map(drop))?;
    Ok(running == 1)
}

const SHARED: &str = "
SELECT m.campaign_id
FROM campaign_number m
JOIN campaign c ON c.id = m.campaign_id
WHERE m.number_id = $1 AND c.state = 3 AND c.planned = 0 AND NOT EXISTS (
    SELECT 1
    FROM campaign_slice s
    WHERE s.campaign_id = m.campaign_id AND s.number_id = $1 AND s.planned = 0)
ORDER BY m.campaign_id";

/// Running campaigns of several numbers in which this one has nothing left to do.
pub async fn idle_in(tx: &mut Tx, number_id: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(SHARED).bind(number_id).fetch_all(c).await)?)
}

const WIDEST: Batch = Batch {
    sqlite: "
SELECT campaign_id, n, number_id, position, upper, ahead_from, ahead_to, ahead, taken
FROM campaign_slice
WHERE campaign_id = $1 AND planned = 0
ORDER BY upper - position DESC
LIMIT 1",
    postgres: "
SELECT campaign_id, n, number_id, position, upper, ahead_from, ahead_to, ahead, taken
FROM campaign_slice
WHERE campaign_id = $1 AND planned = 0
ORDER BY upper - position DESC
LIMIT 1
FOR UPDATE SKIP LOCKED",
};

/// The open slice of a campaign with the widest range, locked; one that somebody works on at this moment is left out.
pub async fn widest(tx: &mut Tx, campaign_id: i64) -> Result<Option<SliceRow>, StoreError> {
    let sql = tx.dialect().pick(&WIDEST);
    Ok(on!(tx, c => sqlx::query_as::<_, SliceRow>(sql).bind(campaign_id).fetch_optional(c).await)?)
}

const CUT: &str = "
UPDATE campaign_slice
SET upper = $3
WHERE campaign_id = $1 AND n = $2";

const ADD: &str = "
INSERT INTO campaign_slice (campaign_id, n, number_id, position, upper, planned)
SELECT $1, MAX(n) + 1, $2, $3, $4, 0
FROM campaign_slice
WHERE campaign_id = $1";

/// Gives the part above `middle` of a locked slice to another number.
pub async fn split(tx: &mut Tx, slice: &SliceRow, middle: i64, number_id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(CUT).bind(slice.campaign_id).bind(slice.n).bind(middle).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(ADD)
        .bind(slice.campaign_id).bind(number_id).bind(middle).bind(slice.upper)
        .execute(c).await.map(drop))?;
    Ok(())
}

const NUMBERS: Batch = in_numbers!(
    "
SELECT campaign_id, number_id
FROM campaign_number
WHERE campaign_id IN",
    "
ORDER BY campaign_id, number_id"
);

/// (campaign, number) of those of these campaigns that have several numbers.
pub async fn numbers(tx: &mut Tx, campaigns: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = tx.dialect().pick(&NUMBERS);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(campaigns)).fetch_all(c).await)?)
}

const FORGET_NUMBERS: &str = "
DELETE FROM campaign_number
WHERE campaign_id = $1";

const KEEP_NUMBER: &str = "
INSERT INTO campaign_number (campaign_id, number_id)
VALUES ($1, $2)";

/// Keeps the numbers of a campaign; none when it has only its main one.
pub async fn set_numbers(tx: &mut Tx, campaign_id: i64, numbers: &[i64]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGET_NUMBERS).bind(campaign_id).execute(c).await.map(drop))?;
    for number in numbers {
        on!(tx, c => sqlx::query(KEEP_NUMBER).bind(campaign_id).bind(number).execute(c).await.map(drop))?;
    }
    Ok(())
}
