//! Sends what failed for a reason of the moment again, for all of a campaign: each message once, and never one of which
//! nobody knows whether it arrived.

use std::collections::{BTreeMap, HashSet};

use harkara_provider::Content;

use super::{Checked, load, quiet_hours, timetable};
use crate::app::frequency_cap::{Cap, Decided};
use crate::app::{App, AppError, file};
use crate::clock::Millis;
use crate::domain::campaign::{PAUSED, STOPPED, name};
use crate::domain::settle::WORTH_RESENDING;
use crate::domain::state::{FAILED, QUEUED};
use crate::domain::template::{Frozen, compose};
use crate::domain::timetable::Standing;
use crate::store::message::{self, CAMPAIGN, NewMessage};
use crate::store::profile::OPTED_OUT;
use crate::store::recipient::{self, Resendable};
use crate::store::turn::Lane;
use crate::store::{Tx, consent, from_json, retired, to_json};

/// What is to be sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resend {
    /// Failures of this kind only.
    pub kind: Option<String>,
    /// Numbers after this one; empty from the beginning.
    pub after: String,
    /// Only count.
    pub dry_run: bool,
}

/// What was sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resent {
    /// Failed messages that may be sent again and were not, when it began.
    pub resendable: i64,
    /// Messages that are on their way anew.
    pub resent: i64,
    /// Those left out this time, by reason.
    pub left_out: BTreeMap<&'static str, i64>,
    /// Where to go on.
    pub next: Option<String>,
}

const BATCH: i64 = 500;
/// Messages that are looked at before the answer.
const MOST: i64 = 10_000;

/// Sends failed messages of a campaign again, as messages of their own; up to [`MOST`] at a time.
pub async fn resend(app: &App, id: i64, what: &Resend) -> Result<Resent, AppError> {
    let kinds = kinds(what.kind.as_deref())?;
    let mut tx = app.db.read().await?;
    let checked = load(&mut tx, id).await?;
    let mut answer = Resent {
        resendable: recipient::count_resendable(&mut tx, id, &kinds, &what.after).await?,
        ..Resent::default()
    };
    drop(tx);
    if what.dry_run || answer.resendable == 0 {
        return Ok(answer);
    }
    awake(&checked, app.now())?;
    let frozen = frozen_of(&checked)?;
    let mut after = what.after.clone();
    for _ in 0..MOST / BATCH {
        let mut tx = app.db.write_in(Lane::Bulk).await?;
        let rows = recipient::resendable(&mut tx, id, &kinds, &after, BATCH).await?;
        let Some(last) = rows.last().map(|row| row.phone.clone()) else {
            return Ok(answer);
        };
        let full = rows.len() as i64 >= BATCH;
        send(app, &mut tx, (&checked, &frozen), rows, &mut answer).await?;
        tx.commit().await?;
        app.wake_dispatch.notify_one();
        if !full {
            return Ok(answer);
        }
        after = last;
    }
    answer.next = Some(after);
    Ok(answer)
}

fn kinds(wanted: Option<&str>) -> Result<Vec<&'static str>, AppError> {
    let all = WORTH_RESENDING.map(harkara_provider::SendErrorKind::name);
    let Some(wanted) = wanted else {
        return Ok(all.to_vec());
    };
    let found: Vec<&'static str> = all.into_iter().filter(|kind| *kind == wanted).collect();
    if found.is_empty() {
        let detail = format!(
            "Sending again does not help against \"{wanted}\": it is about the message or the person. It may help against {}.",
            all.join(", ")
        );
        return Err(AppError::field("/kind", "not_resendable", detail));
    }
    Ok(found)
}

/// What nobody may get now, nobody gets by hand either.
fn awake(checked: &Checked, now: Millis) -> Result<(), AppError> {
    let row = &checked.row;
    match timetable(row)?.at(now) {
        Standing::Open { .. } => Ok(()),
        Standing::Quiet { .. } => Err(AppError::conflict(
            "quiet_hours",
            format!(
                "The campaign \"{}\" has quiet hours now, on the clocks of {}.",
                row.name,
                quiet_hours(row)?.map_or_else(String::new, |quiet| quiet.zone)
            ),
            "Send it again after them.",
        )),
        Standing::Over => Err(AppError::conflict(
            "cut_off_passed",
            format!("The cut-off of the campaign \"{}\" has passed.", row.name),
            "Make a new campaign for those who are still to get it.",
        )),
    }
}

fn frozen_of(checked: &Checked) -> Result<Frozen, AppError> {
    let row = &checked.row;
    if matches!(row.state, PAUSED | STOPPED) {
        return Err(AppError::conflict(
            "campaign_state",
            format!("The campaign \"{}\" is {}.", row.name, name(row.state)),
            "Resume a paused campaign first. What a stopped one did not reach stays so; make a new campaign.",
        ));
    }
    Ok(from_json(
        "frozen template",
        row.frozen.as_deref().unwrap_or_default(),
    )?)
}

async fn send(
    app: &App,
    tx: &mut Tx,
    (checked, frozen): (&Checked, &Frozen),
    rows: Vec<Resendable>,
    answer: &mut Resent,
) -> Result<(), AppError> {
    // Since the campaign is over, the file of its header may have been deleted.
    file::hold(app, tx, &to_json(&frozen.mapping), "/mapping/header").await?;
    let phones: Vec<&str> = rows.iter().map(|row| row.phone.as_str()).collect();
    let suppressed = consent::suppressed(tx, &phones).await?;
    let numbers: HashSet<i64> = rows.iter().map(|row| row.number_id).collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let retired = retired::retired(tx, &numbers).await?;
    let mut fit: Vec<(Resendable, String)> = Vec::with_capacity(rows.len());
    let mut leave_out = |reason| *answer.left_out.entry(reason).or_default() += 1;
    for row in rows {
        if row.opt_in == Some(OPTED_OUT) || suppressed.contains(&row.phone) {
            leave_out("opted_out");
        } else if retired.contains(&row.number_id) {
            leave_out("number_retired");
        } else {
            let values: Vec<String> = from_json("message values", row.params.as_deref().unwrap_or("[]"))?;
            match compose(frozen, &values) {
                Ok(said) => fit.push((row, to_json(&Content::Template(said)))),
                Err(_) => leave_out("not_composable"),
            }
        }
    }
    // Since it failed, the person may have got as much as they may from other campaigns.
    let campaign = checked.row.id;
    let cap = Cap::hold(tx, app.now()).await?;
    let decided = match cap.filter(|_| checked.row.ignores_cap == 0) {
        Some(cap) => {
            let phones = fit.iter().map(|(row, _)| row.phone.as_str());
            cap.decide(tx, campaign, phones).await?
        }
        None => Decided::default(),
    };
    fit.retain(|(row, _)| {
        let over = decided.is_over(&row.phone);
        if over {
            leave_out("over_cap");
        }
        !over
    });
    // A report may prove at this very moment that one arrived after all.
    let ids: Vec<i64> = fit.iter().map(|(row, _)| row.id).collect();
    let locked = message::lock(tx, &ids).await?;
    let failed: HashSet<i64> = locked
        .iter()
        .filter(|row| row.state == FAILED)
        .map(|row| row.id)
        .collect();
    fit.retain(|(row, _)| failed.contains(&row.id));
    let again: Vec<(i64, i64)> = fit.iter().map(|(row, _)| (row.id, app.id())).collect();
    let ours: HashSet<i64> = recipient::keep_resent(tx, &again, app.now())
        .await?
        .into_iter()
        .collect();
    let now = app.now();
    let new: Vec<NewMessage> = fit
        .into_iter()
        .zip(again)
        .filter(|((row, _), _)| ours.contains(&row.id))
        .map(|((row, content), (_, id))| NewMessage {
            id,
            number_id: row.number_id,
            campaign_id: None,
            profile_id: row.profile_id,
            phone: row.phone,
            state: QUEUED,
            lane: CAMPAIGN,
            attempt: 0,
            due_at: now,
            params: None,
            content: Some(content),
            in_reply_to: None,
            event_key: None,
        })
        .collect();
    answer.resent += new.len() as i64;
    let planned = new.iter().map(|row| (row.phone.as_str(), row.id));
    decided.keep(tx, campaign, planned).await?;
    message::insert(tx, new).await?;
    Ok(())
}
