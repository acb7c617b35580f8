//! Ids that vendors gave to messages, by the hour in which they were accepted.
//!
//! They are random. Put one by one into a table in their order, each of them changes a page of its own, which is nine tenths of
//! all that sending writes. So the many that are accepted together are kept as they come, and later sorted, as a *run*, behind
//! all that are there. A bucket is one run of an hour, and run 0 has those that came alone.

use std::ops::RangeInclusive;

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::rows::Column::{Int, Text};
use super::rows::Rows;
use super::{StoreError, Tx, from_json, to_json};

/// Runs that an hour can have. Before there were runs a bucket was the hour itself, which is less than this.
const RUNS: i64 = 1 << 20;

/// So many at once are sorted later.
const MANY: usize = 8;

/// The hour of a bucket.
pub(super) fn hour_of(bucket: i64) -> i64 {
    if bucket < RUNS { bucket } else { bucket / RUNS }
}

const REF: Rows<3> = Rows {
    before: "INSERT INTO external_ref (bucket, external_id, message_id)
     SELECT * FROM",
    columns: [Int("bucket"), Text("external_id"), Int("message_id")],
    after: "AS v
     WHERE true
     ON CONFLICT (bucket, external_id) DO NOTHING",
};

const ADD_FRESH: &str = "
INSERT INTO external_fresh (id, bucket, n, refs)
VALUES ($1, $2, $3, $4)";

/// A vendor's id, and the message that has it.
pub type Ref = (String, i64);

/// Keeps vendor ids of messages that were accepted in this hour since 1970. `id`: for this batch of them.
pub async fn keep(tx: &mut Tx, id: i64, hour: i64, refs: Vec<Ref>) -> Result<(), StoreError> {
    if refs.len() < MANY {
        return add(tx, hour * RUNS, refs).await;
    }
    let n = refs.len() as i64;
    on!(tx, c => sqlx::query(ADD_FRESH)
        .bind(id).bind(hour * RUNS).bind(n).bind(to_json(&refs))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Adds vendor ids to a bucket; those that are there stay.
pub async fn add(tx: &mut Tx, bucket: i64, refs: Vec<Ref>) -> Result<(), StoreError> {
    let cells = |(external_id, message): Ref| [bucket.into(), external_id.into(), message.into()];
    REF.run(tx, refs.into_iter().map(cells).collect()).await.map(drop)
}

const WAITING: &str = "
SELECT bucket, CAST(SUM(n) AS BIGINT)
FROM external_fresh
GROUP BY bucket
ORDER BY bucket
LIMIT 1";

/// The first hour of which some are not sorted yet, and how many.
pub async fn waiting(tx: &mut Tx) -> Result<Option<(i64, i64)>, StoreError> {
    let first: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(WAITING).fetch_optional(c).await)?;
    Ok(first.map(|(bucket, n)| (hour_of(bucket), n)))
}

/// Vendor ids that were kept together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Fresh {
    /// Its id.
    pub id: i64,
    /// How many.
    pub n: i64,
}

const FRESH: Batch = Batch {
    sqlite: "SELECT id, n FROM external_fresh WHERE bucket = $1 ORDER BY id",
    postgres: "SELECT id, n FROM external_fresh WHERE bucket = $1 ORDER BY id FOR UPDATE SKIP LOCKED",
};

/// What is not sorted yet of an hour, oldest first. On PostgreSQL only what nobody else sorts, which nobody else can until
/// the transaction ends.
pub async fn fresh(tx: &mut Tx, hour: i64) -> Result<Vec<Fresh>, StoreError> {
    let sql = tx.dialect().pick(&FRESH);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(hour * RUNS).fetch_all(c).await)?)
}

const FRESH_REFS: Batch = in_numbers!("SELECT refs FROM external_fresh WHERE id IN", "");

/// The vendor ids of these batches.
pub async fn refs(tx: &mut Tx, batches: &[i64]) -> Result<Vec<Ref>, StoreError> {
    let sql = tx.dialect().pick(&FRESH_REFS);
    let texts: Vec<String> = on!(tx, c => sqlx::query_scalar(sql).bind(to_json(batches)).fetch_all(c).await)?;
    let mut all = Vec::new();
    for text in texts {
        all.append(&mut from_json::<Vec<Ref>>("vendor ids", &text)?);
    }
    Ok(all)
}

const LAST_RUN: &str = "
SELECT MAX(bucket)
FROM external_ref
WHERE bucket >= $1 AND bucket < $2";

/// A bucket behind all others of this hour.
pub async fn next_run(tx: &mut Tx, hour: i64) -> Result<i64, StoreError> {
    let last: Option<i64> = on!(tx, c => sqlx::query_scalar(LAST_RUN)
        .bind(hour * RUNS).bind((hour + 1) * RUNS).fetch_one(c).await)?;
    Ok(last.unwrap_or(hour * RUNS) + 1)
}

const FORGET_FRESH: Batch = in_numbers!("DELETE FROM external_fresh WHERE id IN", "");

/// Forgets batches that are in a run now.
pub async fn forget_fresh(tx: &mut Tx, batches: &[i64]) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&FORGET_FRESH);
    on!(tx, c => sqlx::query(sql).bind(to_json(batches)).execute(c).await.map(drop))?;
    Ok(())
}

// From bucket to bucket, newest first, and no further than where it is found.
pub(super) const IN_RUNS: &str = "
WITH RECURSIVE run (bucket) AS (
    SELECT MAX(bucket)
    FROM external_ref
    WHERE bucket < $1
    UNION ALL
    SELECT (SELECT MAX(r.bucket) FROM external_ref AS r WHERE r.bucket < run.bucket)
    FROM run
    WHERE run.bucket > $2
)
SELECT found.message_id
FROM (
    SELECT (
        SELECT r.message_id
        FROM external_ref AS r
        WHERE r.bucket = run.bucket AND r.external_id = $5
    ) AS message_id
    FROM run
    WHERE run.bucket >= $3 OR (run.bucket >= $2 AND run.bucket <= $4)
) AS found
WHERE found.message_id IS NOT NULL
LIMIT 1";

const IN_FRESH: Batch = Batch {
    sqlite: "
SELECT refs
FROM external_fresh
WHERE bucket >= $1 AND bucket <= $2 AND instr(refs, $3) > 0
LIMIT 1",
    postgres: "
SELECT refs
FROM external_fresh
WHERE bucket >= $1 AND bucket <= $2 AND strpos(refs, $3) > 0
LIMIT 1",
};

/// The message with this vendor id, accepted in one of the given hours.
pub async fn by_external_id(
    tx: &mut Tx,
    hours: RangeInclusive<i64>,
    external_id: &str,
) -> Result<Option<i64>, StoreError> {
    let (first, last) = (*hours.start(), *hours.end());
    let found: Option<i64> = on!(&mut *tx, c => sqlx::query_scalar(IN_RUNS)
        .bind((last + 1) * RUNS).bind(first).bind(first * RUNS).bind(last).bind(external_id)
        .fetch_optional(c).await)?;
    if found.is_some() {
        return Ok(found);
    }
    let sql = tx.dialect().pick(&IN_FRESH);
    // A quotation mark inside of an id has a backslash before it.
    let words = format!("[{},", to_json(external_id));
    let batch: Option<String> = on!(tx, c => sqlx::query_scalar(sql)
        .bind(first * RUNS).bind(last * RUNS).bind(words)
        .fetch_optional(c).await)?;
    let refs: Vec<Ref> = batch.map_or(Ok(Vec::new()), |text| from_json("vendor ids", &text))?;
    Ok(refs
        .into_iter()
        .find(|(id, _)| id == external_id)
        .map(|(_, message)| message))
}
