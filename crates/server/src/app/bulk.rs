//! One act on many people: chosen ones, or all that a filter finds. It is done a part at a time in the background, each in
//! one transaction with how far it is: a stop of the server skips nobody.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::campaign::{Recipients, people_of};
use super::find::{self, Looked};
use super::profile::{Change, Outcome, Who, Wish, write_many};
use super::{App, AppError};
use crate::clock::Millis;
use crate::domain::audience::Condition;
use crate::domain::id::LIST;
use crate::domain::state::{CANCELLED as NOT_SENT, FAILED as NOT_ARRIVED, SKIPPED, UNKNOWN};
use crate::store::bulk::{
    self, Advance, BulkRow, CANCELLED, FAILED, FINISHED, OFF_LIST, ONTO_LIST, OPT_OUT, RUNNING,
};
use crate::store::find::{Wanted, among};
use crate::store::profile::max_id;
use crate::store::turn::Lane;
use crate::store::{self, StoreError, Tx, from_json, list, to_json};

/// People in one transaction.
const AT_ONCE: i64 = 500;
/// People that one transaction looks at, to see whether the act is for them.
const LOOKED_AT: i64 = 2_000;

/// People that can be named one by one.
pub const MOST: usize = 10_000;

/// What is done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BulkAct {
    /// Their numbers are opted out, and so is every profile that shares one. Only the people themselves can take that back.
    OptOut,
    /// They are put on the list of this name, which is made when there is none.
    AddToList {
        /// Name of the list.
        list: String,
    },
    /// They are taken off this list.
    RemoveFromList {
        /// Id of the list (`lst_...`).
        list_id: String,
    },
}

/// Who.
#[derive(Debug, Clone, PartialEq)]
pub enum People {
    /// These.
    These(Vec<i64>),
    /// Who fits.
    Who(Looked),
    /// Recipients of this campaign.
    Of(i64, Picked),
}

/// Which recipients of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// Those who have a row in the ledger.
    pub which: Recipients,
    /// Rather those who were left out before.
    pub left_out: bool,
}

/// Begins an act; the worker carries it out.
pub async fn begin(
    app: &App,
    tx: &mut Tx,
    act: &BulkAct,
    people: People,
    source: &str,
) -> Result<BulkRow, AppError> {
    let position = max_id(tx).await?.saturating_add(1);
    let (kind, onto_list) = aim(app, tx, act, source).await?;
    let mut row = BulkRow {
        id: app.id(),
        kind,
        state: RUNNING,
        ids: None,
        consent: None,
        list_id: None,
        position,
        onto_list,
        source: source.to_owned(),
        total: 0,
        done: 0,
        changed: 0,
        problem: None,
        created_at: app.now(),
        finished_at: None,
        campaign_id: None,
        recipients: None,
        reached: None,
        conditions: None,
        matched: None,
    };
    choose(app, tx, people, &mut row).await?;
    bulk::insert(tx, &row).await?;
    Ok(row)
}

/// What kind of act it is, and with which list.
async fn aim(app: &App, tx: &mut Tx, act: &BulkAct, source: &str) -> Result<(i16, Option<i64>), AppError> {
    Ok(match act {
        BulkAct::OptOut => (OPT_OUT, None),
        BulkAct::AddToList { list: name } => {
            let name = super::list::check_name(name, "/act/list")?;
            let list = list::find_or_make(tx, (app.id(), name), Some(source), app.now()).await?;
            (ONTO_LIST, Some(list))
        }
        BulkAct::RemoveFromList { list_id } => {
            let found = match LIST.read(list_id) {
                Some(id) => list::by_id(tx, id).await?,
                None => None,
            };
            let detail = "There is no list with this id. GET /api/v1/lists shows the lists.";
            let row = found.ok_or_else(|| AppError::field("/act/list_id", "not_found", detail))?;
            (OFF_LIST, Some(row.id))
        }
    })
}

/// Keeps who it is for, and how many there are: of recipients and of conditions, how many must be looked at.
async fn choose(app: &App, tx: &mut Tx, people: People, row: &mut BulkRow) -> Result<(), AppError> {
    match people {
        People::These(ids) => {
            let (ids, total) = these(ids)?;
            (row.ids, row.total) = (Some(to_json(&ids)), total);
        }
        People::Who(looked) if looked.search.is_some() => {
            let (found, _) = find::page_within(app, tx, &looked, i64::MAX, i64::MAX, i64::MAX).await?;
            if found.partial {
                let detail = "This search fits more people than are looked at. Type more of it, or choose the people by a list.";
                return Err(AppError::field("/filter/search", "too_many", detail));
            }
            let (ids, total) = these(found.rows.iter().map(|row| row.id).collect())?;
            (row.ids, row.total) = (Some(to_json(&ids)), total);
        }
        People::Who(looked) => {
            let exact = looked.conditions.is_empty();
            row.total = find::count(app, tx, &looked, exact).await?.count;
            row.consent = looked.wanted.consent;
            row.list_id = looked.wanted.list;
            if !exact {
                row.conditions = Some(to_json(&looked.conditions));
                row.matched = Some(0);
            }
        }
        People::Of(campaign, picked) => {
            row.total = recipients(tx, campaign, &picked).await?;
            row.campaign_id = Some(campaign);
            row.recipients = Some(to_json(&picked));
            row.matched = Some(0);
        }
    }
    Ok(())
}

/// How many rows must be looked at, by the funnel.
async fn recipients(tx: &mut Tx, campaign: i64, picked: &Picked) -> Result<i64, AppError> {
    let odd = [UNKNOWN, NOT_ARRIVED, SKIPPED, NOT_SENT];
    let counts = store::campaign::counts(tx, campaign).await?;
    let among_them = |bucket: i16| match picked.left_out {
        true => (100..200).contains(&bucket),
        false if odd.contains(&picked.which.state) => odd.contains(&bucket),
        false => bucket < 100,
    };
    Ok(counts
        .into_iter()
        .filter_map(|(bucket, n)| among_them(bucket).then_some(n))
        .sum())
}

fn these(mut ids: Vec<i64>) -> Result<(Vec<i64>, i64), AppError> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST {
        let detail = format!("Name 1 to {MOST} people, or give a filter.");
        return Err(AppError::field("/ids", "out_of_range", detail));
    }
    let total = ids.len() as i64;
    Ok((ids, total))
}

/// Does the next part of the oldest act. False when there is nothing to do.
pub async fn step(app: &App) -> Result<bool, AppError> {
    let mut tx = app.db.read().await?;
    // Not to take the writer's turn for nothing.
    if !bulk::any(&mut tx).await? {
        return Ok(false);
    }
    drop(tx);
    let mut tx = app.db.write_in(Lane::Bulk).await?;
    let Some(row) = bulk::next(&mut tx).await? else {
        return Ok(false);
    };
    match part(app, &mut tx, &row).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(true)
        }
        Err(AppError::Store(error)) if error.is_transient() => Err(error.into()),
        Err(error) => {
            drop(tx);
            let problem = format!("It could not go on: {error}. Who was done stays so.");
            let mut tx = app.db.write().await?;
            bulk::end(&mut tx, row.id, FAILED, Some(&problem), app.now()).await?;
            tx.commit().await?;
            Ok(true)
        }
    }
}

async fn part(app: &App, tx: &mut Tx, row: &BulkRow) -> Result<(), AppError> {
    let now = app.now();
    let part = next_part(app, tx, row).await?;
    let changed = carry_out(app, tx, row, &part.profiles, now).await?;
    let by = Advance {
        position: part.position.unwrap_or(0),
        reached: part.reached,
        done: part.looked_at,
        matched: part.profiles.len() as i64,
        changed,
    };
    bulk::advance(tx, row.id, &by).await?;
    if part.position.is_none() {
        bulk::end(tx, row.id, FINISHED, None, now).await?;
    }
    Ok(())
}

/// The next people of an act.
struct Part {
    profiles: Vec<i64>,
    /// Also who is gone meanwhile, or is not meant.
    looked_at: i64,
    /// Where it goes on; `None`: this is the last one.
    position: Option<i64>,
    reached: Option<String>,
}

async fn next_part(app: &App, tx: &mut Tx, row: &BulkRow) -> Result<Part, AppError> {
    if let (Some(campaign), Some(recipients)) = (row.campaign_id, &row.recipients) {
        let picked: Picked = from_json("recipients of an act on many people", recipients)?;
        return part_of_campaign(app, tx, row, campaign, &picked).await;
    }
    if let Some(ids) = &row.ids {
        let ids: Vec<i64> = from_json("ids of an act on many people", ids)?;
        let left = ids.iter().rev().filter(|id| **id < row.position);
        let these: Vec<i64> = left.take(AT_ONCE as usize).copied().collect();
        return Ok(Part {
            looked_at: these.len() as i64,
            position: these.last().copied(),
            profiles: these,
            reached: None,
        });
    }
    let conditions: Vec<Condition> = match &row.conditions {
        Some(conditions) => from_json("conditions of an act on many people", conditions)?,
        None => Vec::new(),
    };
    let looked = Looked {
        search: None,
        wanted: row.wanted(),
        conditions,
    };
    let (found, looked_at) = find::page_within(app, tx, &looked, row.position, AT_ONCE, LOOKED_AT).await?;
    Ok(Part {
        profiles: found.rows.iter().map(|row| row.id).collect(),
        looked_at,
        position: found.next,
        reached: None,
    })
}

async fn part_of_campaign(
    app: &App,
    tx: &mut Tx,
    row: &BulkRow,
    campaign: i64,
    picked: &Picked,
) -> Result<Part, AppError> {
    let limit = if row.kind == OPT_OUT { AT_ONCE } else { LOOKED_AT };
    let reached = row.reached.clone().unwrap_or_default();
    if picked.left_out {
        let after = reached.parse().unwrap_or(0);
        let rows = store::campaign::excluded(tx, campaign, after, limit).await?;
        let last = rows.last().map(|row| row.0);
        return Ok(Part {
            profiles: rows.iter().map(|row| row.0).collect(),
            looked_at: rows.len() as i64,
            position: last.filter(|_| rows.len() as i64 >= limit).map(|_| row.position),
            reached: last.map(|id| id.to_string()),
        });
    }
    let part = people_of(app, tx, campaign, &picked.which, &reached, limit).await?;
    Ok(Part {
        profiles: part.profiles,
        looked_at: part.looked_at,
        position: part.next.is_some().then_some(row.position),
        reached: part.next,
    })
}

async fn carry_out(
    app: &App,
    tx: &mut Tx,
    row: &BulkRow,
    ids: &[i64],
    now: Millis,
) -> Result<i64, StoreError> {
    match (row.kind, row.onto_list) {
        (OFF_LIST, Some(list)) => return Ok(store::list::take_off(tx, list, ids).await?.len() as i64),
        (_, Some(list)) => return store::list::add(tx, list, ids).await,
        _ => {}
    }
    let people = among(tx, ids, Wanted::default(), i64::MAX, i64::MAX).await?;
    let changes: Vec<Change> = people
        .iter()
        .map(|person| Change {
            wish: Wish::Out,
            ..Change::of(Who::Identity(person.identity.clone()))
        })
        .collect();
    let written = write_many(app, tx, &changes, &row.source, now).await?;
    let changed = written
        .iter()
        .flatten()
        .filter(|written| written.outcome != Outcome::Unchanged);
    Ok(changed.count() as i64)
}

/// The stable name of a state.
pub fn state_name(state: i16) -> &'static str {
    match state {
        FINISHED => "finished",
        FAILED => "failed",
        CANCELLED => "cancelled",
        _ => "running",
    }
}

/// Ends an act. Who was done stays so.
pub async fn cancel(app: &App, tx: &mut Tx, bulk: i64) -> Result<BulkRow, AppError> {
    let cancelled = bulk::end(tx, bulk, CANCELLED, None, app.now()).await?;
    let row = find(tx, bulk).await?;
    if !cancelled && row.state != CANCELLED {
        return Err(AppError::conflict(
            "bulk_over",
            "This is at its end already.",
            "Look at its counts. Who was done stays so.",
        ));
    }
    Ok(row)
}

/// The act of this id.
pub async fn find(tx: &mut Tx, id: i64) -> Result<BulkRow, AppError> {
    bulk::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("act on many people"))
}
