//! Launch, pause, resume, stop.

use super::preflight::{end_of, preflight, still_to_come};
use super::{Checked, allowed, frozen, load, load_to_change, planned_start, reach, who_of};
use crate::app::audit::{Actor, look, note_change};
use crate::app::{App, AppError, account, version};
use crate::clock::Millis;
use crate::domain::campaign::{Act, PAUSED, RUNNING, SCHEDULED, STOPPED};
use crate::domain::id;
use crate::domain::state::{CANCELLED, QUEUED};
use crate::store::campaign::{self, Counts};
use crate::store::message::{self, MessageChange};
use crate::store::{Tx, ahead, profile, slice, template_shelf, to_json};

/// When a launch begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// At this time, whatever the draft plans; one that has passed means now.
    pub at: Option<Millis>,
    /// So long after now, where neither `at` nor the draft names a time.
    pub held_for: Millis,
    /// The version of the draft that was read; absent: whatever is there.
    pub version: Option<Millis>,
}

/// Launches a draft: at a time, at the one that it plans, or now. Refuses what could not work: a template that is not
/// approved, placeholders without a source, an account that stands still, a planned time that has passed.
pub async fn launch(app: &App, tx: &mut Tx, id: i64, when: When) -> Result<Checked, AppError> {
    let mut checked = load_to_change(tx, id).await?;
    let row = &checked.row;
    allowed(row, Act::Launch)?;
    version::as_read(tx, "campaign", (id, &row.name), row.updated_at, when.version).await?;
    preflight(app, tx, &checked).await?;
    let now = app.now();
    let at = match (when.at, planned_start(&checked.row)) {
        (None, Some(planned)) => Some(still_to_come(&planned, now)?),
        (None, None) => Some(now + when.held_for),
        (at, _) => at,
    };
    checked.row.ends_at = end_of(&checked.row, at.unwrap_or(now).max(now))?;
    checked.row.updated_at = now;
    match at.filter(|at| *at > now) {
        Some(at) => {
            checked.row.scheduled_at = Some(at);
            checked.row.state = SCHEDULED;
        }
        None => begin(tx, &mut checked, now).await?,
    }
    campaign::update(tx, &checked.row).await?;
    Ok(checked)
}

/// Starts a scheduled campaign whose time has come. What cannot start waits, paused, with the reason.
pub async fn launch_now(app: &App, tx: &mut Tx, id: i64, late: Option<String>) -> Result<(), AppError> {
    let mut checked = load_to_change(tx, id).await?;
    if checked.row.state != SCHEDULED {
        return Ok(());
    }
    let now = app.now();
    let obstacle = match late {
        Some(late) => Some(late),
        None => match preflight(app, tx, &checked).await {
            Ok(()) => None,
            Err(error @ AppError::Store(_)) => return Err(error),
            Err(error) => Some(error.to_string()),
        },
    };
    checked.row.updated_at = now;
    let before = look(tx, "campaign", id).await?.into();
    let action = match obstacle {
        Some(_) => "campaign.pause",
        None => "campaign.launch",
    };
    match obstacle {
        Some(reason) => {
            checked.row.state = PAUSED;
            checked.row.waiting_reason = Some(reason);
            checked.row.waiting_since = Some(now);
        }
        None => begin(tx, &mut checked, now).await?,
    }
    campaign::update(tx, &checked.row).await?;
    note_change(app, tx, &Actor::system(), action, id, before).await
}

/// From here on the campaign's text, values and audience are fixed.
async fn begin(tx: &mut Tx, checked: &mut Checked, now: Millis) -> Result<(), AppError> {
    checked.row.frozen = Some(to_json(&frozen(checked)?));
    checked.row.upper = profile::max_id(tx).await?;
    slice::begin(tx, checked.row.id, checked.row.number_id, checked.row.upper).await?;
    template_shelf::sent(tx, checked.row.template_id, now).await?;
    checked.row.launched_at = Some(now);
    checked.row.state = RUNNING;
    checked.row.waiting_reason = None;
    checked.row.waiting_since = None;
    Ok(())
}

/// Holds a campaign. What is in flight still arrives.
pub async fn pause(app: &App, tx: &mut Tx, id: i64) -> Result<Checked, AppError> {
    let mut checked = load_to_change(tx, id).await?;
    allowed(&checked.row, Act::Pause)?;
    checked.row.state = PAUSED;
    checked.row.updated_at = app.now();
    campaign::update(tx, &checked.row).await?;
    Ok(checked)
}

/// Goes on where it was held; a scheduled one that was held begins, or waits for its time again.
pub async fn resume(app: &App, tx: &mut Tx, id: i64) -> Result<Checked, AppError> {
    let mut checked = load_to_change(tx, id).await?;
    allowed(&checked.row, Act::Resume)?;
    let now = app.now();
    if checked.row.launched_at.is_some() {
        checked.row.state = RUNNING;
    } else if checked.row.scheduled_at.is_some_and(|at| at > now) {
        checked.row.state = SCHEDULED;
    } else {
        preflight(app, tx, &checked).await?;
        begin(tx, &mut checked, now).await?;
    }
    checked.row.waiting_reason = None;
    checked.row.waiting_since = None;
    checked.row.updated_at = now;
    campaign::update(tx, &checked.row).await?;
    // It may have been paused after its very last message.
    campaign::finish_if_done(tx, id, now).await?;
    load(tx, id).await
}

/// Ends a campaign for good: what has not left is cancelled, what is in flight still arrives.
pub async fn stop(app: &App, tx: &mut Tx, id: i64) -> Result<Checked, AppError> {
    stop_because(app, tx, id, None).await
}

/// The same for a reason, which the campaign and every message that has not left then show.
pub async fn stop_because(
    app: &App,
    tx: &mut Tx,
    id: i64,
    reason: Option<&str>,
) -> Result<Checked, AppError> {
    let mut checked = load_to_change(tx, id).await?;
    allowed(&checked.row, Act::Stop)?;
    let now = app.now();
    // First the state: an answer that comes at the same moment then knows that nothing is to be tried again.
    checked.row.state = STOPPED;
    checked.row.finished_at = Some(now);
    checked.row.waiting_reason = reason.map(str::to_owned);
    checked.row.waiting_since = reason.map(|_| now);
    checked.row.updated_at = now;
    campaign::update(tx, &checked.row).await?;
    ahead::forget_all(tx, id).await?;
    let mut counts = Counts::default();
    loop {
        let ids = message::queued_of_campaign(tx, id).await?;
        if ids.is_empty() {
            break;
        }
        let rows = message::lock(tx, &ids).await?;
        let changes: Vec<MessageChange> = rows
            .iter()
            .filter(|row| row.state == QUEUED)
            .map(|row| MessageChange {
                id: row.id,
                campaign_id: Some(id),
                state: CANCELLED,
                attempt: row.attempt,
                failure: reason.map(|why| to_json(&account::cancelled(why))),
                failed_at: Some(now),
                ..MessageChange::default()
            })
            .collect();
        counts.add(Some(id), QUEUED, -(changes.len() as i64));
        counts.add(Some(id), CANCELLED, changes.len() as i64);
        message::change(tx, changes).await?;
    }
    campaign::add_counts(tx, &counts, now).await?;
    Ok(checked)
}

/// Counts, beside the sending, how many people a launched campaign should reach; the progress bar needs it.
pub async fn count_expected(app: &App, id: i64) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let checked = load(&mut tx, id).await?;
    drop(tx);
    let who = who_of(&checked.row)?;
    let found = reach::reach(app, &who, Some(&frozen(&checked)?), Some(checked.row.upper)).await?;
    let mut tx = app.db.write().await?;
    campaign::expect(&mut tx, id, found.reachable).await?;
    tx.commit().await?;
    tracing::debug!(
        campaign = id::CAMPAIGN.show(id),
        expected = found.reachable,
        "counted"
    );
    Ok(())
}
