//! After a crash, or when another node gave a number up: what was in flight is unknown. It is shown, waits for a report, and is never sent again blindly.

use std::collections::HashMap;

use super::finish_campaigns;
use crate::app::{App, AppError};
use crate::clock::Millis;
use crate::domain::settle::crashed;
use crate::domain::state::{SENDING, UNKNOWN};
use crate::store::campaign::{self, Counts};
use crate::store::message::{self, MessageChange};
use crate::store::to_json;

/// Parks attempts of these numbers, held in this term, that began before this time, but for those in `waited_for`, whose
/// answers are still to come. Returns how many.
pub async fn recover(
    app: &App,
    (numbers, term): (&[i64], i64),
    begun_before: Millis,
    waited_for: &HashMap<i64, i64>,
) -> Result<usize, AppError> {
    let now = app.now();
    let mut parked = 0;
    for number in numbers {
        loop {
            let mut tx = app.db.write().await?;
            app.leases.fence(app, &mut tx, term).await?;
            let ids = message::in_flight(&mut tx, *number, begun_before).await?;
            if ids.is_empty() {
                break;
            }
            let rows = message::lock(&mut tx, &ids).await?;
            let mut counts = Counts::default();
            let changes: Vec<MessageChange> = rows
                .iter()
                .filter(|row| {
                    row.state == SENDING && row.due_at < begun_before && !waited_for.contains_key(&row.id)
                })
                .map(|row| {
                    counts.moved(row.campaign_id, SENDING, UNKNOWN);
                    MessageChange {
                        id: row.id,
                        campaign_id: row.campaign_id,
                        state: UNKNOWN,
                        attempt: row.attempt,
                        failure: Some(to_json(&crashed())),
                        failed_at: Some(now),
                        ..MessageChange::default()
                    }
                })
                .collect();
            if changes.is_empty() {
                break;
            }
            parked += changes.len();
            message::change(&mut tx, changes).await?;
            campaign::add_counts(&mut tx, &counts, now).await?;
            finish_campaigns(&mut tx, counts.campaigns(), now).await?;
            tx.commit().await?;
        }
    }
    Ok(parked)
}
