//! Plan and claim in one: the next people of a campaign's audience become messages already in state sending, in the
//! transaction that moves the slice's position. Nothing is planned twice and nothing is skipped.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::PairBook;
use super::claim::{Claimed, Payload};
use super::keep::Habits;
use crate::app::{App, AppError};
use crate::clock::Millis;
use crate::domain::audience::{Audience, Exclusion, Person, reachable};
use crate::domain::state::{QUEUED, SENDING};
use crate::domain::template::{Frozen, fill};
use crate::store::campaign::{self, CampaignRow, Counts};
use crate::store::kept_number::{self, Kept};
use crate::store::message::{self, CAMPAIGN, NewMessage};
use crate::store::profile::{self, ProfileRow};
use crate::store::slice::{self, SliceRow};
use crate::store::{Tx, consent, from_json, to_json};

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
    pub audience: Audience,
    /// The list, when it is for one.
    pub list_id: Option<i64>,
    /// What it says.
    pub frozen: Arc<Frozen>,
}

impl Running {
    /// Reads a launched campaign of one number.
    pub fn read(row: &CampaignRow) -> Result<Self, AppError> {
        let audience: Audience = from_json("audience", &row.audience)?;
        let list_id = list_of(&audience);
        let frozen = from_json("frozen template", row.frozen.as_deref().unwrap_or_default())?;
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            numbers: Vec::new(),
            audience,
            list_id,
            frozen: Arc::new(frozen),
        })
    }
}

fn list_of(audience: &Audience) -> Option<i64> {
    match audience {
        Audience::List { list_id } => crate::domain::id::LIST.read(list_id),
        _ => None,
    }
}

/// The list that a campaign is for, when it is for one.
pub(super) fn audience_list(row: &CampaignRow) -> Result<Option<i64>, AppError> {
    Ok(list_of(&from_json("audience", &row.audience)?))
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
}

fn judge(
    profile: &ProfileRow,
    attributes: &Map<String, Value>,
    suppressed: &HashSet<String>,
    run: &Running,
) -> Verdict {
    let person = Person {
        identity: &profile.identity,
        phone: profile.phone.as_deref(),
        name: profile.name.as_deref(),
        opt_in: profile.opt_in,
        suppressed: profile.phone.as_ref().is_some_and(|p| suppressed.contains(p)),
        attributes,
    };
    if !run.audience.includes(&person) {
        return Verdict::Outside;
    }
    if let Err(reason) = reachable(&person) {
        return Verdict::Excluded(reason);
    }
    match fill(&run.frozen, &|name| person.text(name)) {
        Ok((values, message)) => {
            Verdict::Sends(profile.phone.clone().unwrap_or_default(), values, message.into())
        }
        Err(_) => Verdict::Excluded(Exclusion::MissingValue),
    }
}

/// Plans the next people, `want` at most: claims them, or lets them wait for their turn or for the number that they know.
/// The transaction must be dropped when this fails.
pub async fn plan(
    app: &App,
    tx: &mut Tx,
    (slice, run): (&SliceRow, &Running),
    pairs: &mut PairBook,
    want: usize,
    counts: &mut Counts,
) -> Result<Planned, AppError> {
    let now = app.now();
    let look_at = (want as i64 * 2).clamp(100, LOOK_AT);
    let people = profile::slice(tx, slice.position, slice.upper, run.list_id, look_at).await?;
    let phones: Vec<&str> = people.iter().filter_map(|p| p.phone.as_deref()).collect();
    let suppressed = consent::suppressed(tx, &phones).await?;
    pairs.recall(tx, slice.number_id, now).await?;

    let (mut position, mut excluded, mut drafts) = (slice.position, Vec::new(), Vec::new());
    let mut looked_at_all = true;
    for profile in &people {
        if drafts.len() == want {
            looked_at_all = false;
            break;
        }
        position = profile.id;
        let attributes: Map<String, Value> = from_json("attributes", &profile.attributes)?;
        match judge(profile, &attributes, &suppressed, run) {
            Verdict::Outside => {}
            Verdict::Excluded(reason) => excluded.push((run.id, profile.id, reason as i16)),
            Verdict::Sends(phone, values, payload) => {
                let id = app.ids.next(now);
                let row = row(id, slice, run.id, (profile.id, phone.clone()), &values, now);
                drafts.push((
                    row,
                    Claimed {
                        id,
                        campaign_id: Some(run.id),
                        number_id: slice.number_id,
                        phone,
                        attempt: 1,
                        at: now,
                        payload,
                    },
                ));
            }
        }
    }
    let planned = looked_at_all && (people.len() as i64) < look_at;
    if (position != slice.position || planned) && !slice::move_on(tx, slice, position, planned, now).await? {
        return Err(AppError::conflict(
            "campaign_moved",
            "The campaign is no longer running.",
            "Nothing was sent.",
        ));
    }
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
    let planned: Vec<(i64, i64)> = rows
        .iter()
        .map(|row| (row.id, row.profile_id.unwrap_or_default()))
        .collect();
    let news = habits.news(run, &rows);
    let new: HashSet<i64> = message::insert(tx, rows).await?.into_iter().collect();
    let twins = planned.into_iter().filter(|(id, _)| !new.contains(id));
    excluded.extend(twins.map(|(_, profile)| (run.id, profile, Exclusion::DuplicateNumber as i16)));
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
    for (_, _, reason) in &excluded {
        counts.add(Some(run.id), 100 + reason, 1);
    }
    campaign::exclude(tx, &excluded).await?;
    Ok(Planned {
        claimed,
        handed_over: handed_over.len(),
    })
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
