//! After a crash: what was in flight is unknown. It is shown, waits for a report, and is never sent again blindly.

use std::collections::HashSet;

use super::finish_campaigns;
use crate::app::{App, AppError};
use crate::clock::Millis;
use crate::domain::settle::crashed;
use crate::domain::state::{SENDING, UNKNOWN};
use crate::store::campaign::{self, Counts};
use crate::store::message::{self, MessageChange};
use crate::store::{number, to_json};

/// Parks attempts that began before this time, but for those in `waited_for`, whose answers are still to come. Returns
/// how many.
pub async fn recover(app: &App, begun_before: Millis, waited_for: &HashSet<i64>) -> Result<usize, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let numbers = number::all(&mut tx).await?;
    drop(tx);
    let mut parked = 0;
    for number in numbers {
        loop {
            let mut tx = app.db.write().await?;
            let ids = message::in_flight(&mut tx, number.id, begun_before).await?;
            if ids.is_empty() {
                break;
            }
            let rows = message::lock(&mut tx, &ids).await?;
            let mut counts = Counts::default();
            let changes: Vec<MessageChange> = rows
                .iter()
                .filter(|row| {
                    row.state == SENDING && row.due_at < begun_before && !waited_for.contains(&row.id)
                })
                .map(|row| {
                    counts.moved(row.campaign_id, SENDING, UNKNOWN);
                    MessageChange {
                        id: row.id,
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
            message::change(&mut tx, &changes).await?;
            campaign::add_counts(&mut tx, &counts).await?;
            finish_campaigns(&mut tx, counts.campaigns(), now).await?;
            tx.commit().await?;
            parked += changes.len();
        }
    }
    Ok(parked)
}
