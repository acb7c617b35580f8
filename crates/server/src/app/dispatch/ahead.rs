//! Look-up ahead: the next people of a slice in the order of their numbers, beside the sending. See [`crate::store::ahead`].

use std::ops::RangeInclusive;

use crate::app::{App, AppError};
use crate::store::slice::SliceRow;
use crate::store::turn::Lane;
use crate::store::{ahead, profile};

/// Looks up the next people of a slice, when there are as many as this at least, and so many at most. Answers whether there
/// were.
///
/// May come at any time and on any server: who was planned meanwhile is left out, and until it is done people are planned by id.
pub async fn look_ahead(
    app: &App,
    slice: &SliceRow,
    lists: &[i64],
    people: RangeInclusive<usize>,
) -> Result<bool, AppError> {
    let after = slice.reached();
    let mut tx = app.db.read().await?;
    let least = (*people.start()).max(1) as i64;
    if !profile::at_least(&mut tx, after, slice.upper, lists, least).await? {
        return Ok(false);
    }
    let range = (after, slice.upper);
    let found = ahead::by_number(&mut tx, range, lists, *people.end()).await?;
    drop(tx);
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    ahead::add(&mut tx, (slice.campaign_id, slice.n), after, found).await?;
    tx.commit().await?;
    Ok(true)
}
