//! Share: a number of a campaign that has nothing left to do takes over a part of what another has.

use super::plan::audience_lists;
use crate::app::AppError;
use crate::store::slice::{self, SliceRow};
use crate::store::{Tx, campaign, profile};

/// People on either side of a cut at least: fewer are not worth it.
const LEAST: i64 = 200;

/// Gives a number the upper half of the widest slice in every running campaign in which it has none. Answers whether
/// there was any to take.
pub async fn share(tx: &mut Tx, number_id: i64) -> Result<bool, AppError> {
    let mut taken = false;
    for id in slice::idle_in(tx, number_id).await? {
        let (Some(row), Some(widest)) = (campaign::by_id(tx, id).await?, slice::widest(tx, id).await?) else {
            continue;
        };
        if let Some(middle) = middle(tx, &widest, &audience_lists(&row)?).await? {
            slice::split(tx, &widest, middle, number_id).await?;
            taken = true;
        }
    }
    Ok(taken)
}

/// An id near the middle of a slice with enough people on both sides. Ids are times, and people come in heaps: halving the
/// range finds a heap within 64 steps, without counting it.
async fn middle(tx: &mut Tx, slice: &SliceRow, lists: &[i64]) -> Result<Option<i64>, AppError> {
    let (begin, mut high) = (slice.reached(), slice.upper);
    let mut low = begin;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if !profile::at_least(tx, middle, slice.upper, lists, LEAST).await? {
            high = middle;
        } else if !profile::at_least(tx, begin, middle, lists, LEAST).await? {
            low = middle;
        } else {
            return Ok(Some(middle));
        }
    }
    Ok(None)
}
