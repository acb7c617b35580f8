//! The cut-off of a campaign: what has not left by then is skipped, each person with that reason, and the campaign ends.

use crate::app::dispatch::{Running, plan_skipped, skip};
use crate::app::{App, AppError};
use crate::domain::campaign::{PAUSED, RUNNING};
use crate::domain::state::QUEUED;
use crate::store::campaign::{self, Counts};
use crate::store::turn::Lane;
use crate::store::{message, slice};

/// Campaigns whose cut-off has passed and that have not ended.
pub async fn past_cut_off(app: &App) -> Result<Vec<i64>, AppError> {
    let mut tx = app.db.read().await?;
    Ok(campaign::past_cut_off(&mut tx, app.now()).await?)
}

/// Skips the next of what has not left. Answers whether there is more; what is in flight still arrives, and ends it then.
pub async fn cut_off(app: &App, id: i64) -> Result<bool, AppError> {
    let now = app.now();
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    let mut counts = Counts::default();
    // One that was paused ends too. Nothing of it leaves: every dispatcher knows the same moment.
    campaign::set_state(&mut tx, id, PAUSED, RUNNING, None, now).await?;
    // Messages or a slice, never both: whoever sends locks them in another order.
    let queued = message::queued_of_campaign(&mut tx, id).await?;
    let more = if queued.is_empty() {
        let open = slice::next_of(&mut tx, id).await?;
        if let Some(slice) = &open {
            let row = campaign::by_id(&mut tx, id)
                .await?
                .ok_or(AppError::NotFound("campaign"))?;
            plan_skipped(app, &mut tx, (slice, &Running::read(&row)?), &mut counts).await?;
        }
        open.is_some()
    } else {
        let rows = message::lock(&mut tx, &queued).await?;
        let waiting = rows.iter().filter(|row| row.state == QUEUED);
        let waiting: Vec<(i64, i16)> = waiting.map(|row| (row.id, row.attempt)).collect();
        counts.add(Some(id), QUEUED, -(waiting.len() as i64));
        skip(&mut tx, id, waiting.into_iter(), &mut counts, now).await?;
        true
    };
    campaign::add_counts(&mut tx, &counts, now).await?;
    campaign::finish_if_done(&mut tx, id, now).await?;
    tx.commit().await?;
    Ok(more)
}
