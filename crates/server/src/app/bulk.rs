//! One act on many people: chosen ones, or all that a filter finds. It is done a part at a time in the background, each in
//! one transaction with how far it is: a stop of the server skips nobody.

use serde::Deserialize;
use utoipa::ToSchema;

use super::find::{self, Looked};
use super::profile::{Change, Outcome, Who, Wish, write_many};
use super::{App, AppError};
use crate::clock::Millis;
use crate::domain::attributes;
use crate::store::bulk::{self, BulkRow, CANCELLED, FAILED, FINISHED, ONTO_LIST, OPT_OUT, RUNNING};
use crate::store::find::{Wanted, among};
use crate::store::profile::{ProfileRow, max_id};
use crate::store::turn::Lane;
use crate::store::{self, StoreError, Tx, from_json, list, to_json};

/// People in one transaction.
const AT_ONCE: i64 = 500;

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
}

/// Who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
    /// These.
    These(Vec<i64>),
    /// Who fits.
    Who(Looked),
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
    let (ids, wanted, total) = match people {
        People::These(ids) => these(ids)?,
        People::Who(looked) if looked.search.is_some() => {
            let found = find::page(app, tx, &looked, i64::MAX, i64::MAX).await?;
            if found.partial {
                let detail = "This search fits more people than are looked at. Type more of it, or choose the people by a list.";
                return Err(AppError::field("/filter/search", "too_many", detail));
            }
            these(found.rows.iter().map(|row| row.id).collect())?
        }
        People::Who(looked) => {
            let count = find::count(app, tx, &looked, true).await?;
            (None, looked.wanted, count.count)
        }
    };
    let (kind, onto_list) = match act {
        BulkAct::OptOut => (OPT_OUT, None),
        BulkAct::AddToList { list: name } => {
            let name = name.trim();
            if name.is_empty() || attributes::check_text("list", name).is_err() {
                let detail = "Give the list a name of at most 512 bytes.";
                return Err(AppError::field("/act/list", "text_invalid", detail));
            }
            (
                ONTO_LIST,
                Some(list::find_or_add(tx, app.id(), name, app.now()).await?),
            )
        }
    };
    let row = BulkRow {
        id: app.id(),
        kind,
        state: RUNNING,
        ids: ids.map(|ids| to_json(&ids)),
        consent: wanted.consent,
        list_id: wanted.list,
        position,
        onto_list,
        source: source.to_owned(),
        total,
        done: 0,
        changed: 0,
        problem: None,
        created_at: app.now(),
        finished_at: None,
    };
    bulk::insert(tx, &row).await?;
    Ok(row)
}

type Named = (Option<Vec<i64>>, Wanted, i64);

fn these(mut ids: Vec<i64>) -> Result<Named, AppError> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST {
        let detail = format!("Name 1 to {MOST} people, or give a filter.");
        return Err(AppError::field("/ids", "out_of_range", detail));
    }
    let total = ids.len() as i64;
    Ok((Some(ids), Wanted::default(), total))
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
    let (people, looked_at, next) = match &row.ids {
        None => {
            let looked = Looked {
                search: None,
                wanted: row.wanted(),
            };
            let found = find::page(app, tx, &looked, row.position, AT_ONCE).await?;
            (found.rows, None, found.next)
        }
        Some(ids) => {
            let ids: Vec<i64> = from_json("ids of an act on many people", ids)?;
            let left = ids.iter().rev().filter(|id| **id < row.position);
            let these: Vec<i64> = left.take(AT_ONCE as usize).copied().collect();
            let next = these.last().copied();
            let people = among(tx, &these, Wanted::default(), row.position, AT_ONCE).await?;
            (people, Some(these.len() as i64), next)
        }
    };
    // Also who is gone meanwhile is done.
    let done = looked_at.unwrap_or(people.len() as i64);
    let changed = carry_out(app, tx, row, &people, now).await?;
    bulk::advance(tx, row.id, next.unwrap_or(0), done, changed).await?;
    if next.is_none() {
        bulk::end(tx, row.id, FINISHED, None, now).await?;
    }
    Ok(())
}

async fn carry_out(
    app: &App,
    tx: &mut Tx,
    row: &BulkRow,
    people: &[ProfileRow],
    now: Millis,
) -> Result<i64, StoreError> {
    if let Some(list) = row.onto_list {
        let ids: Vec<i64> = people.iter().map(|person| person.id).collect();
        return store::list::add(tx, list, &ids).await;
    }
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
