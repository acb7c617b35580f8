//! Delivery reports and clicks.

use std::collections::BTreeMap;

use harkara_provider::{Event, Report, ReportStatus, SendErrorKind};

use super::consent::Act;
use super::found::Known;
use super::{Mail, Notes, plain, plain_option};
use crate::clock::Millis;
use crate::domain::erased::is_erased;
use crate::domain::id::MESSAGE;
use crate::domain::report::{Told, Way};
use crate::domain::settle::Failure;
use crate::domain::state::{DELIVERED, FAILED, READ, RECEIVED, SENT};
use crate::store::callback::{ClickRow, keep_clicks};
use crate::store::message::{LockedMessage, MessageChange, change};
use crate::store::progress::{Progress, get_on};
use crate::store::{StoreError, Tx, from_json, to_json};

impl Mail<'_> {
    /// Moves messages on. Reports on one message are taken together and written once.
    pub(super) async fn apply_reports(
        &self,
        notes: &mut Notes,
        tx: &mut Tx,
        known: &Known,
    ) -> Result<(), StoreError> {
        let mut ways: BTreeMap<i64, (&LockedMessage, Way, Way)> = BTreeMap::new();
        for (place, letter, event) in self.events() {
            let mark = &mut notes.marks[place.0];
            let report = match event {
                Event::Report(report) => report,
                Event::Ignored { reason } => {
                    mark.problem(reason);
                    continue;
                }
                _ => continue,
            };
            let Some(mut told) = told(report, letter.when(report.at)) else {
                mark.problem("a report with a status that is not known");
                continue;
            };
            let Some(row) = self.own(known, place).filter(|row| row.state != RECEIVED) else {
                mark.problem("a report on no message of ours");
                let ours = report.reference.as_deref().and_then(|text| MESSAGE.read(text));
                mark.waits |= ours.is_none();
                continue;
            };
            mark.taken = true;
            notes.links.insert((row.id, letter.id));
            if is_erased(&row.phone) {
                told.failure.iter_mut().for_each(Failure::forget_words);
            }
            let before = way(row)?;
            let (_, _, after) = ways
                .entry(row.id)
                .or_insert_with(|| (row, before.clone(), before));
            let failed_before = after.state == FAILED;
            after.take(&told);
            if after.state == FAILED && !failed_before {
                let whose = (letter.account_id, row.number_id);
                after
                    .failure
                    .iter()
                    .for_each(|why| notes.tally.failed(whose, true, why));
            }
            // Who was erased has no number any more that could be opted out; what was known of it stands.
            if after.state == FAILED && !failed_before && says_opted_out(report) && !is_erased(&row.phone) {
                notes.acts.push(Act {
                    phone: row.phone.clone(),
                    at: told.at,
                    out: true,
                    source: "provider",
                    detail: told.failure.map(|f| f.detail).unwrap_or_default(),
                    fresh: true,
                });
            }
        }
        let (mut changes, mut got_on) = (Vec::new(), Vec::new());
        for (row, before, after) in ways.into_values().filter(|(_, before, after)| before != after) {
            notes.counts.moved(row.campaign_id, before.state, after.state);
            if only_got_on(&before, &after) {
                got_on.push(progress(row, &after));
            } else {
                changes.push(written(row, &before, after));
            }
        }
        get_on(tx, got_on).await?;
        change(tx, changes).await
    }

    /// Keeps taps on links.
    pub(super) async fn keep_clicks(
        &self,
        notes: &mut Notes,
        tx: &mut Tx,
        known: &Known,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for (place, letter, event) in self.events() {
            let Event::Click(click) = event else { continue };
            let mark = &mut notes.marks[place.0];
            let Some(message) = self.own(known, place) else {
                mark.problem("a click in no message of ours");
                continue;
            };
            mark.taken = true;
            notes.links.insert((message.id, letter.id));
            let kept = !is_erased(&message.phone);
            rows.push(ClickRow {
                id: self.app.id(),
                message_id: message.id,
                url: if kept { plain(&click.url) } else { String::new() },
                short_url: plain_option(click.short_url.as_ref().filter(|_| kept)),
                user_agent: plain_option(click.user_agent.as_ref().filter(|_| kept)),
                at: letter.when(click.at),
                event_key: letter.key(&click.key),
            });
        }
        keep_clicks(tx, &rows).await
    }
}

fn told(report: &Report, at: Millis) -> Option<Told> {
    let state = match report.status {
        ReportStatus::Sent => SENT,
        ReportStatus::Delivered => DELIVERED,
        ReportStatus::Read => READ,
        ReportStatus::Failed => FAILED,
        ReportStatus::Unknown => return None,
    };
    let external_id = (!report.external_id.is_empty()).then(|| plain(&report.external_id));
    let failure = (state == FAILED).then(|| match &report.failure {
        Some(failure) => Failure {
            kind: failure.kind.name().into(),
            code: plain_option(failure.code.as_ref()),
            detail: plain(failure.cause.as_deref().unwrap_or("reported as failed")),
            help: plain(&failure.help),
        },
        None => Failure {
            kind: SendErrorKind::Rejected.name().into(),
            code: None,
            detail: "reported as failed, without a reason".into(),
            help: "The provider gave no reason. Ask it with the message's id if this happens often.".into(),
        },
    });
    Some(Told {
        state,
        at,
        external_id,
        failure,
    })
}

fn says_opted_out(report: &Report) -> bool {
    report
        .failure
        .as_ref()
        .is_some_and(|failure| failure.kind == SendErrorKind::OptedOut)
}

fn way(row: &LockedMessage) -> Result<Way, StoreError> {
    let failure = row.failure.as_deref().map(|text| from_json("failure", text));
    Ok(Way {
        state: row.state,
        external_id: row.external_id.clone(),
        failure: failure.transpose()?,
        accepted_at: row.accepted_at,
        delivered_at: row.delivered_at,
        read_at: row.read_at,
        failed_at: row.failed_at,
    })
}

/// Whether nothing else came of the reports than state and times, as of nearly all.
fn only_got_on(before: &Way, after: &Way) -> bool {
    let rest = |way: &Way| (way.failed_at, way.external_id.is_some());
    rest(before) == rest(after) && before.failure == after.failure
}

fn progress(row: &LockedMessage, after: &Way) -> Progress {
    Progress {
        id: row.id,
        campaign_id: row.campaign_id,
        state: after.state,
        accepted_at: after.accepted_at,
        delivered_at: after.delivered_at,
        read_at: after.read_at,
    }
}

fn written(row: &LockedMessage, before: &Way, after: Way) -> MessageChange {
    let failure =
        (before.failure != after.failure).then(|| after.failure.as_ref().map_or_else(String::new, to_json));
    MessageChange {
        id: row.id,
        campaign_id: row.campaign_id,
        state: after.state,
        attempt: row.attempt,
        due_at: None,
        external_id: after.external_id,
        failure,
        accepted_at: after.accepted_at,
        delivered_at: after.delivered_at,
        read_at: after.read_at,
        failed_at: (before.failed_at != after.failed_at).then(|| after.failed_at.unwrap_or(0)),
    }
}
