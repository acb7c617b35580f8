//! The course of a campaign's counts: what changed, by the ten seconds in which it was learned.

use super::db::on;
use super::dialect::batch;
use super::{StoreError, Tx, to_json};
use crate::clock::{Millis, SECOND};
use crate::domain::campaign::REPLIED;
use crate::domain::state::{DELIVERED, FAILED, READ, SENT, State, UNKNOWN};

/// Length of a slot, milliseconds.
pub const SLOT: Millis = 10 * SECOND;

/// What a course is told of. What only passes by, such as [`crate::domain::state::SENDING`], would be two rows more for nothing.
const TOLD: [State; 6] = [UNKNOWN, SENT, FAILED, DELIVERED, READ, REPLIED];

const ADD: super::dialect::Batch = batch!(
    "INSERT INTO campaign_series (campaign_id, slot, bucket, n)
     SELECT CAST(r.value ->> 0 AS BIGINT), CAST($2 AS BIGINT), CAST(r.value ->> 1 AS SMALLINT), CAST(r.value ->> 2 AS BIGINT)
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (campaign_id, slot, bucket) DO UPDATE SET n = campaign_series.n + excluded.n"
);

/// Adds differences of counts, (campaign, bucket, difference) each once and in order, to the slot of `now`.
pub(super) async fn add(tx: &mut Tx, counts: &[(i64, State, i64)], now: Millis) -> Result<(), StoreError> {
    let rows: Vec<_> = counts.iter().filter(|(_, b, _)| TOLD.contains(b)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&ADD);
    on!(tx, c => sqlx::query(sql).bind(to_json(&rows)).bind(now / SLOT).execute(c).await.map(drop))?;
    Ok(())
}

const SPAN: &str = "SELECT MIN(slot), MAX(slot) FROM campaign_series WHERE campaign_id = $1";

/// The first and the last slot in which something changed.
pub async fn span(tx: &mut Tx, campaign: i64) -> Result<Option<(i64, i64)>, StoreError> {
    let (first, last): (Option<i64>, Option<i64>) =
        on!(tx, c => sqlx::query_as(SPAN).bind(campaign).fetch_one(c).await)?;
    Ok(first.zip(last))
}

const TOTALS: &str = "
SELECT bucket, CAST(SUM(n) AS BIGINT)
FROM campaign_series
WHERE campaign_id = $1
GROUP BY bucket";

/// What all changes come to: bucket and number.
pub async fn totals(tx: &mut Tx, campaign: i64) -> Result<Vec<(State, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(TOTALS).bind(campaign).fetch_all(c).await)?)
}

const STEPS: &str = "
SELECT (slot - $2) / $4, bucket, CAST(SUM(n) AS BIGINT)
FROM campaign_series
WHERE campaign_id = $1 AND slot >= $2 AND slot < $3
GROUP BY 1, 2
ORDER BY 1, 2";

/// What changed from slot `from` up to and without slot `to`, in steps of `slots` slots: step, bucket and difference, in order of
/// time.
pub async fn steps(
    tx: &mut Tx,
    campaign: i64,
    (from, to): (i64, i64),
    slots: i64,
) -> Result<Vec<(i64, State, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(STEPS)
        .bind(campaign).bind(from).bind(to).bind(slots).fetch_all(c).await)?)
}
