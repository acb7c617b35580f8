//! Settle: answers become states, in batches, with the funnel in the same transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use harkara_provider::{Retry, SendErrorKind};

use super::{Finished, finish_campaigns};
use crate::app::health::Tally;
use crate::app::{App, AppError, consent};
use crate::clock::{HOUR, Millis};
use crate::domain::settle::{self, Failure, Now};
use crate::domain::state::{CANCELLED, FAILED, QUEUED, SENDING, SENT, UNKNOWN};
use crate::store::attempt::{self, AttemptRow};
use crate::store::campaign::{self, Counts};
use crate::store::message::{self, LockedMessage, MessageChange};
use crate::store::{account, retired, to_json, vendor_id};

/// Longest vendor's id that reports can be found by, in bytes; an index has no room for more than about 2,700.
const LONGEST_REF: usize = 1_000;

/// What the worker must know of a settled batch.
#[derive(Debug, Default)]
pub struct Aftermath {
    /// Campaigns that moved.
    pub campaigns: BTreeSet<i64>,
    /// Accounts that now stand still.
    pub held: BTreeSet<i64>,
}

/// Settles attempts of this term. Safe to repeat with the same batch when the database failed.
pub async fn settle(app: &App, term: i64, finished: &[Finished]) -> Result<Aftermath, AppError> {
    let now = app.now();
    let by_id: HashMap<i64, &Finished> = finished.iter().map(|f| (f.id, f)).collect();
    let mut ids: Vec<i64> = by_id.keys().copied().collect();
    ids.sort_unstable();

    let mut tx = app.db.write().await?;
    app.leases.fence(app, &mut tx, term).await?;
    let rows = message::lock(&mut tx, &ids).await?;
    let (mut counts, mut changes, mut refs, mut attempts) =
        (Counts::default(), Vec::new(), Vec::new(), Vec::new());
    let mut after = Aftermath::default();
    let decided = decide(app, &rows, &by_id, now);
    let again: BTreeSet<i64> = decided
        .iter()
        .filter(|(_, _, c)| c.state == QUEUED)
        .filter_map(|(row, ..)| row.campaign_id)
        .collect();
    let stopped = campaign::stopped(&mut tx, &again.into_iter().collect::<Vec<_>>()).await?;
    let back: BTreeSet<i64> = decided
        .iter()
        .filter(|(_, _, c)| c.state == QUEUED)
        .map(|(row, ..)| row.number_id)
        .collect();
    let retired = retired::retired(&mut tx, &back.into_iter().collect::<Vec<_>>()).await?;
    let mut tally = Tally::default();
    for (row, done, mut change) in decided {
        match &done.outcome {
            Ok(_) => tally.accepted(row.number_id),
            Err(error) if row.state == SENDING && !done.held => {
                tally.failed((done.account_id, row.number_id), false, &Failure::from(error));
            }
            Err(_) => {}
        }
        if change.state == QUEUED && retired.contains(&row.number_id) {
            // Its number went out of use meanwhile: nothing would ever try it again.
            change.state = CANCELLED;
        }
        if change.state == QUEUED && row.campaign_id.is_some_and(|id| stopped.contains(&id)) {
            // Its campaign was stopped while it was on its way: nothing would ever try it again.
            change.state = CANCELLED;
        }
        counts.moved(row.campaign_id, row.state, change.state);
        after.campaigns.extend(row.campaign_id);
        if let Ok(receipt) = &done.outcome {
            let external_id = plain(&receipt.external_id);
            if (1..=LONGEST_REF).contains(&external_id.len()) {
                refs.push((external_id, row.id));
            }
        }
        if row.campaign_id.is_none() || matches!(&done.outcome, Err(e) if !is_throttle(e.kind)) {
            attempts.push(told(row, done, now));
        }
        changes.push(written(row, done, change, now));
    }
    message::change(&mut tx, changes).await?;
    vendor_id::keep(&mut tx, app.id(), now / HOUR, refs).await?;
    attempt::keep(&mut tx, &attempts).await?;
    super::wa_id::learn(app, &mut tx, &rows, &by_id).await?;
    campaign::add_counts(&mut tx, &counts, now).await?;
    for (phone, detail) in opt_outs(&rows, &by_id) {
        consent::opt_out(app, &mut tx, &phone, "provider", Some(&detail), now).await?;
    }
    for done in finished {
        let Err(error) = &done.outcome else { continue };
        if error.kind.retry() == Retry::HoldAccount {
            account::hold(
                &mut tx,
                done.account_id,
                &plain(&format!("{} ({})", error.help, error.detail)),
                done.account_version,
                now,
            )
            .await?;
            after.held.insert(done.account_id);
        }
    }
    finish_campaigns(&mut tx, after.campaigns.iter().copied(), now).await?;
    tally.keep(&mut tx, now).await?;
    tx.commit().await?;
    Ok(after)
}

fn decide<'a>(
    app: &App,
    rows: &'a [LockedMessage],
    by_id: &HashMap<i64, &'a Finished>,
    now: Millis,
) -> Vec<(&'a LockedMessage, &'a Finished, settle::Change)> {
    rows.iter()
        .filter_map(|row| {
            let done = *by_id.get(&row.id)?;
            let seen = Now {
                state: row.state,
                attempt: row.attempt,
            };
            Some((
                row,
                done,
                settle::settle(seen, &done.outcome, now, app.config.max_attempts, row.id),
            ))
        })
        .collect()
}

/// Text as both engines keep it: PostgreSQL has no NUL in texts.
fn plain(text: &str) -> String {
    text.replace('\0', "")
}

fn is_throttle(kind: SendErrorKind) -> bool {
    matches!(kind, SendErrorKind::Throttled { .. })
}

fn written(row: &LockedMessage, done: &Finished, change: settle::Change, now: Millis) -> MessageChange {
    let accepted = done.outcome.is_ok();
    // A message that comes through after trouble no longer has a failure to show.
    let cleared = (accepted && row.failure.is_some() && row.state < SENT).then(String::new);
    MessageChange {
        id: row.id,
        campaign_id: row.campaign_id,
        state: change.state,
        attempt: change.attempt,
        due_at: change.due_at,
        external_id: change.external_id.as_deref().map(plain),
        failure: change.failure.as_ref().map(to_json).or(cleared),
        accepted_at: accepted.then_some(now),
        failed_at: matches!(change.state, FAILED | UNKNOWN).then_some(now),
        ..MessageChange::default()
    }
}

fn told(row: &LockedMessage, done: &Finished, now: Millis) -> AttemptRow {
    let (outcome, detail) = match &done.outcome {
        Ok(receipt) => ("accepted".to_owned(), receipt.warning.clone().unwrap_or_default()),
        Err(e) => (e.kind.name().to_owned(), format!("{} ({})", e.help, e.detail)),
    };
    AttemptRow {
        message_id: row.id,
        n: done.attempt,
        at: done.at,
        finished_at: now,
        outcome,
        http_status: done.trace.http_status.map(i64::from),
        detail: plain(&detail),
        request: done.trace.request.as_deref().map(plain),
        answer: done.trace.answer.as_deref().map(plain),
    }
}

/// People the provider calls not opted in, each once.
fn opt_outs(rows: &[LockedMessage], by_id: &HashMap<i64, &Finished>) -> BTreeMap<String, String> {
    rows.iter()
        .filter_map(|row| match &by_id.get(&row.id)?.outcome {
            Err(e) if e.kind == SendErrorKind::OptedOut => Some((row.phone.clone(), plain(&e.detail))),
            _ => None,
        })
        .collect()
}
