//! Plan and claim in one: the next people of a campaign's audience become messages already in state sending, in the
//! transaction that moves the slice's position. Nothing is planned twice and nothing is skipped.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::PairBook;
use super::claim::{Claimed, Payload};
use super::keep::Habits;
use crate::app::audience::{People, Scope, who_of};
use crate::app::frequency_cap::{Cap, Decided};
use crate::app::{App, AppError};
use crate::clock::Millis;
use crate::domain::audience::Exclusion;
use crate::domain::campaign::CUT_OFF;
use crate::domain::settle::Failure;
use crate::domain::state::{QUEUED, SENDING, SKIPPED};
use crate::domain::template::Frozen;
use crate::store::campaign::{self, CampaignRow, Counts};
use crate::store::kept_number::{self, Kept};
use crate::store::message::{self, CAMPAIGN, MessageChange, NewMessage};
use crate::store::profile::ProfileRow;
use crate::store::slice::{self, SliceRow};
use crate::store::{Tx, ahead, from_json, to_json};

/// A running campaign, read once.
#[derive(Debug, Clone)]
pub struct Running {
    /// Its id.
    pub id: i64,
    /// The account that sends.
    pub account_id: i64,
    /// Its numbers, when there are several.
    pub numbers: Vec<i64>,
    /// Who it is for.
    pub scope: Scope,
    /// What it says.
    pub frozen: Arc<Frozen>,
    /// How many people were looked at since it was read.
    pub looked_at: usize,
    /// How many of them would get it.
    pub fit: usize,
}

impl Running {
    /// Reads a launched campaign of one number.
    pub fn read(row: &CampaignRow) -> Result<Self, AppError> {
        let frozen = from_json("frozen template", row.frozen.as_deref().unwrap_or_default())?;
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            numbers: Vec::new(),
            scope: Scope::read(who_of(row)?)?,
            frozen: Arc::new(frozen),
            looked_at: 0,
            fit: 0,
        })
    }
}

/// The lists whose people a campaign is for.
pub(super) fn audience_lists(row: &CampaignRow) -> Result<Vec<i64>, AppError> {
    Ok(Scope::read(who_of(row)?)?.lists)
}

/// Profiles looked at in one transaction at most, so that a sparse audience does not hold the writer for long.
const LOOK_AT: i64 = 2_000;

/// What became of one profile.
enum Verdict {
    /// Not of the audience.
    Outside,
    /// Of the audience, left out.
    Excluded(Exclusion),
    /// Gets this message at this number; the ledger keeps the values.
    Sends(String, Vec<String>, Payload),
}

/// What became of the next people.
#[derive(Debug, Default)]
pub struct Planned {
    /// Messages that may leave now.
    pub claimed: Vec<Claimed>,
    /// How many wait for another number of the campaign, which their people know.
    pub handed_over: usize,
    /// How many people were looked at.
    pub looked_at: usize,
    /// How many of them would get it.
    pub fit: usize,
}

fn judge(profile: &ProfileRow, attributes: &Map<String, Value>, people: &People, run: &Running) -> Verdict {
    let person = people.person(profile, attributes);
    match people.judge(&run.scope, profile, &person, Some(&run.frozen)) {
        None | Some(Ok(None)) => Verdict::Outside,
        Some(Err(reason)) => Verdict::Excluded(reason),
        Some(Ok(Some((values, message)))) => {
            Verdict::Sends(profile.phone.clone().unwrap_or_default(), values, message.into())
        }
    }
}

/// The next people of a slice, looked at.
#[derive(Default)]
struct Looked {
    drafts: Vec<(NewMessage, Claimed)>,
    /// (campaign, profile, reason).
    excluded: Vec<(i64, i64, i16)>,
    /// How many were looked at.
    count: usize,
}

impl Looked {
    /// Looks at these people until `want` would get it. Answers at how many.
    fn at(
        &mut self,
        app: &App,
        people: &People,
        (slice, run): (&SliceRow, &Running),
        want: usize,
        now: Millis,
    ) -> Result<usize, AppError> {
        for (i, profile) in people.rows.iter().enumerate() {
            if self.drafts.len() == want {
                return Ok(i);
            }
            self.count += 1;
            let attributes: Map<String, Value> = from_json("attributes", &profile.attributes)?;
            match judge(profile, &attributes, people, run) {
                Verdict::Outside => {}
                Verdict::Excluded(reason) => self.excluded.push((run.id, profile.id, reason as i16)),
                Verdict::Sends(phone, values, payload) => {
                    let id = app.ids.next(now);
                    let row = row(id, slice, run.id, (profile.id, phone.clone()), &values, now);
                    let claim = Claimed {
                        id,
                        campaign_id: Some(run.id),
                        number_id: slice.number_id,
                        phone,
                        attempt: 1,
                        at: now,
                        payload,
                    };
                    self.drafts.push((row, claim));
                }
            }
        }
        Ok(people.rows.len())
    }
}

/// Looks at the next people until `want` of them would get it, and moves the slice on behind them. Where few would, it looks
/// at more of them at once: people who are left out must not make the others wait.
async fn look(
    app: &App,
    tx: &mut Tx,
    (slice, run, cap): (&SliceRow, &Running, Option<&Cap>),
    want: usize,
    now: Millis,
) -> Result<Looked, AppError> {
    let mut found = Looked::default();
    let ahead = match slice.left() {
        0 => Vec::new(),
        _ => ahead::next(tx, slice, LOOK_AT as usize).await?,
    };
    let moved = if ahead.is_empty() {
        by_id(app, tx, (slice, run, cap), (want, &mut found), now).await?
    } else {
        by_number(app, tx, (slice, run, cap), &ahead, (want, &mut found), now).await?
    };
    if !moved {
        return Err(AppError::conflict(
            "campaign_moved",
            "The campaign is no longer running.",
            "Nothing was sent.",
        ));
    }
    Ok(found)
}

/// How many are looked at first.
fn first_step(want: usize) -> i64 {
    (want as i64 * 2).clamp(100, LOOK_AT)
}

/// The next people by id. False when somebody else moved the slice.
async fn by_id(
    app: &App,
    tx: &mut Tx,
    (slice, run, cap): (&SliceRow, &Running, Option<&Cap>),
    (want, found): (usize, &mut Looked),
    now: Millis,
) -> Result<bool, AppError> {
    let (mut position, mut planned) = (slice.position, false);
    let (mut look_at, mut left) = (first_step(want), LOOK_AT);
    while !planned && found.drafts.len() < want && left > 0 {
        look_at = look_at.min(left);
        let people = run.scope.next(tx, (position, slice.upper), look_at, cap).await?;
        let count = found.at(app, &people, (slice, run), want, now)?;
        if let Some(last) = count.checked_sub(1).and_then(|i| people.rows.get(i)) {
            position = last.id;
        }
        planned = count == people.rows.len() && (count as i64) < look_at;
        left -= look_at;
        look_at = LOOK_AT;
    }
    if position == slice.position && !planned {
        return Ok(true);
    }
    if planned {
        // Of people who were looked up and do not hold any more.
        ahead::end(tx, slice).await?;
    }
    Ok(slice::move_on(tx, slice, position, planned, now).await?)
}

/// The next of those who were looked up before their turn. False when somebody else moved the slice.
async fn by_number(
    app: &App,
    tx: &mut Tx,
    (slice, run, cap): (&SliceRow, &Running, Option<&Cap>),
    ids: &[i64],
    (want, found): (usize, &mut Looked),
    now: Millis,
) -> Result<bool, AppError> {
    let (mut taken, mut look_at) = (0, first_step(want));
    while taken < ids.len() && found.drafts.len() < want {
        let some = ids.iter().skip(taken).take(look_at as usize);
        let some: Vec<i64> = some.copied().collect();
        let people = run.scope.these(tx, &some, cap).await?;
        let count = found.at(app, &people, (slice, run), want, now)?;
        // Up to the first who was not looked at; who is gone in between was.
        let next = people.rows.get(count).map(|row| row.id);
        taken += some.iter().position(|id| Some(*id) == next).unwrap_or(some.len());
        look_at = LOOK_AT;
    }
    Ok(ahead::take(tx, slice, taken).await?)
}

/// Plans the next people, `want` at most: claims them, or lets them wait for their turn or for the number that they know.
/// The transaction must be dropped when this fails.
pub async fn plan(
    app: &App,
    tx: &mut Tx,
    (slice, run, cap): (&SliceRow, &Running, Option<&Cap>),
    pairs: &mut PairBook,
    want: usize,
    counts: &mut Counts,
) -> Result<Planned, AppError> {
    let now = app.now();
    pairs.recall(tx, slice.number_id, now).await?;
    let Looked {
        mut drafts,
        mut excluded,
        count: looked_at,
    } = look(app, tx, (slice, run, cap), want, now).await?;
    let fit = drafts.len();
    let decided = decide(tx, (run, cap), &mut drafts, &mut excluded).await?;
    let habits = Habits::read(tx, run, &drafts).await?;
    let (mut rows, mut claimed, mut handed_over) = (Vec::new(), Vec::new(), HashSet::new());
    for (mut row, claim) in drafts {
        if let Some(other) = habits.other(&row.phone, slice.number_id) {
            (row.number_id, row.state, row.attempt) = (other, QUEUED, 0);
            handed_over.insert(row.id);
        } else {
            match pairs.take(&row.phone, now) {
                Ok(()) => claimed.push(claim),
                // Planned, and sent when the person's turn comes.
                Err(later) => (row.state, row.attempt, row.due_at) = (QUEUED, 0, later),
            }
        }
        rows.push(row);
    }
    let news = habits.news(run, &rows);
    let reached: Vec<(String, i64)> = rows.iter().map(|row| (row.phone.clone(), row.id)).collect();
    let new = insert(tx, run, rows, &mut excluded).await?;
    let reached = reached.iter().filter(|(_, id)| new.contains(id));
    let reached = reached.map(|(phone, id)| (phone.as_str(), *id));
    decided.keep(tx, run.id, reached).await?;
    claimed.retain(|c| new.contains(&c.id));
    handed_over.retain(|id| new.contains(id));
    counts.add(Some(run.id), SENDING, claimed.len() as i64);
    counts.add(Some(run.id), QUEUED, (new.len() - claimed.len()) as i64);
    let news: Vec<Kept> = news
        .into_iter()
        .filter(|(id, _)| new.contains(id))
        .map(|(_, kept)| kept)
        .collect();
    kept_number::keep(tx, run.account_id, &news).await?;
    leave_out(tx, run, &excluded, counts).await?;
    Ok(Planned {
        claimed,
        handed_over: handed_over.len(),
        looked_at,
        fit,
    })
}

/// Looks once more whether these people are over the cap, so that nobody else plans for them meanwhile; those who are get nothing.
async fn decide(
    tx: &mut Tx,
    (run, cap): (&Running, Option<&Cap>),
    drafts: &mut Vec<(NewMessage, Claimed)>,
    excluded: &mut Vec<(i64, i64, i16)>,
) -> Result<Decided, AppError> {
    let Some(cap) = run.scope.asks(cap) else {
        return Ok(Decided::default());
    };
    let phones = drafts.iter().map(|(row, _)| row.phone.as_str());
    let decided = cap.decide(tx, run.id, phones).await?;
    drafts.retain(|(row, _)| {
        let over = decided.is_over(&row.phone);
        if over {
            let profile = row.profile_id.unwrap_or_default();
            excluded.push((run.id, profile, Exclusion::OverCap as i16));
        }
        !over
    });
    Ok(decided)
}

/// Inserts the rows, and says which were new: who has a message of the campaign already is left out.
async fn insert(
    tx: &mut Tx,
    run: &Running,
    rows: Vec<NewMessage>,
    excluded: &mut Vec<(i64, i64, i16)>,
) -> Result<HashSet<i64>, AppError> {
    let planned: Vec<(i64, i64)> = rows
        .iter()
        .map(|row| (row.id, row.profile_id.unwrap_or_default()))
        .collect();
    let new: HashSet<i64> = message::insert(tx, rows).await?.into_iter().collect();
    let twins = planned.into_iter().filter(|(id, _)| !new.contains(id));
    excluded.extend(twins.map(|(_, profile)| (run.id, profile, Exclusion::DuplicateNumber as i16)));
    Ok(new)
}

async fn leave_out(
    tx: &mut Tx,
    run: &Running,
    excluded: &[(i64, i64, i16)],
    counts: &mut Counts,
) -> Result<(), AppError> {
    for (_, _, reason) in excluded {
        counts.add(Some(run.id), 100 + reason, 1);
    }
    Ok(campaign::exclude(tx, excluded).await?)
}

/// Plans the next people of a campaign whose cut-off has passed: they get their rows in the ledger, and are skipped.
/// The transaction must be dropped when this fails.
pub async fn plan_skipped(
    app: &App,
    tx: &mut Tx,
    (slice, run): (&SliceRow, &Running),
    counts: &mut Counts,
) -> Result<(), AppError> {
    let now = app.now();
    let cap = Cap::read(tx, now).await?;
    let run_with = (slice, run, cap.as_ref());
    let Looked {
        drafts, mut excluded, ..
    } = look(app, tx, run_with, LOOK_AT as usize, now).await?;
    let rows = drafts.into_iter().map(|(row, _)| NewMessage {
        state: QUEUED,
        attempt: 0,
        ..row
    });
    let new = insert(tx, run, rows.collect(), &mut excluded).await?;
    skip(tx, run.id, new.into_iter().map(|id| (id, 0)), counts, now).await?;
    leave_out(tx, run, &excluded, counts).await
}

/// Skips messages, each given with its attempts, whose campaign's cut-off has passed.
pub async fn skip(
    tx: &mut Tx,
    campaign_id: i64,
    messages: impl Iterator<Item = (i64, i16)>,
    counts: &mut Counts,
    now: Millis,
) -> Result<(), AppError> {
    let failure = to_json(&Failure {
        kind: "cut_off".into(),
        code: None,
        detail: "The cut-off of the campaign passed before it left.".into(),
        help: "Nothing leaves after the cut-off. Who is still to get it needs a new campaign.".into(),
    });
    let changes: Vec<MessageChange> = messages
        .map(|(id, attempt)| MessageChange {
            id,
            campaign_id: Some(campaign_id),
            state: SKIPPED,
            attempt,
            failure: Some(failure.clone()),
            failed_at: Some(now),
            ..MessageChange::default()
        })
        .collect();
    counts.add(Some(campaign_id), SKIPPED, changes.len() as i64);
    counts.add(Some(campaign_id), CUT_OFF, changes.len() as i64);
    Ok(message::change(tx, changes).await?)
}

/// A row of a message that leaves now.
fn row(
    id: i64,
    slice: &SliceRow,
    campaign_id: i64,
    (profile_id, phone): (i64, String),
    values: &[String],
    now: Millis,
) -> NewMessage {
    NewMessage {
        id,
        number_id: slice.number_id,
        campaign_id: Some(campaign_id),
        profile_id: Some(profile_id),
        phone,
        state: SENDING,
        lane: CAMPAIGN,
        attempt: 1,
        due_at: now,
        params: (!values.is_empty()).then(|| to_json(values)),
        content: None,
        in_reply_to: None,
        event_key: None,
    }
}
