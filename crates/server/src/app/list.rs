//! Lists: made, renamed, deleted for a while, and who is on them.

use std::collections::HashMap;

use super::audience::{Scope, who};
use super::bulk::MOST;
use super::{App, AppError};
use crate::clock::{DAY, Millis};
use crate::domain::attributes;
use crate::domain::campaign::{DRAFT, PAUSED, RUNNING, SCHEDULED, name as state_name};
use crate::domain::id::LIST;
use crate::store::list::{self, ListRow, UseRow};
use crate::store::news::Topic::Profile;
use crate::store::{StoreError, Tx};

/// For how long a deleted list can be taken back.
pub const KEPT_FOR: Millis = 30 * DAY;

/// Campaigns that a refusal names.
const NAMED: usize = 3;

/// A name that a list can have.
pub fn check_name<'a>(name: &'a str, pointer: &str) -> Result<&'a str, AppError> {
    let name = name.trim();
    if name.is_empty() || attributes::check_text("list", name).is_err() {
        let detail = "Give the list a name of at most 512 bytes.";
        return Err(AppError::field(pointer, "text_invalid", detail));
    }
    Ok(name)
}

fn taken(error: StoreError) -> AppError {
    if error.is_duplicate() {
        let detail = "There is a list of this name already. Choose another name.";
        return AppError::field("/name", "taken", detail);
    }
    error.into()
}

/// The list of this id, unless it was deleted.
pub async fn find(tx: &mut Tx, id: i64) -> Result<ListRow, AppError> {
    list::by_id(tx, id).await?.ok_or(AppError::NotFound("list"))
}

/// Makes an empty list.
pub async fn create(app: &App, tx: &mut Tx, name: &str, source: &str) -> Result<ListRow, AppError> {
    let row = ListRow {
        id: app.id(),
        name: check_name(name, "/name")?.to_owned(),
        source: Some(source.to_owned()),
        created_at: app.now(),
        deleted_at: None,
    };
    list::insert(tx, &row).await.map_err(taken)?;
    Ok(row)
}

/// Gives a list another name.
pub async fn rename(tx: &mut Tx, id: i64, name: &str) -> Result<ListRow, AppError> {
    let name = check_name(name, "/name")?;
    list::rename(tx, id, name).await.map_err(taken)?;
    find(tx, id).await
}

/// Deletes a list, unless a campaign is still to go to it. It can be taken back for [`KEPT_FOR`].
pub async fn delete(app: &App, tx: &mut Tx, id: i64) -> Result<ListRow, AppError> {
    let row = find(tx, id).await?;
    // First, so that whoever writes a campaign for it meanwhile waits, and is seen, or finds no list.
    list::delete(tx, id, &format!("deleted {}", LIST.show(id)), app.now()).await?;
    let uses = uses(tx, &[id]).await?.remove(&id).unwrap_or_default();
    let open: Vec<&UseRow> = uses
        .iter()
        .filter(|campaign| [DRAFT, SCHEDULED, RUNNING, PAUSED].contains(&campaign.state))
        .collect();
    if !open.is_empty() {
        let mut named: Vec<String> = open
            .iter()
            .take(NAMED)
            .map(|campaign| format!("\"{}\" ({})", campaign.name, state_name(campaign.state)))
            .collect();
        if open.len() > NAMED {
            named.push("...".into());
        }
        return Err(AppError::conflict(
            "list_in_use",
            format!(
                "The list \"{}\" is still used by these campaigns: {}.",
                row.name,
                named.join(", ")
            ),
            "Choose other people for the drafts, and wait for the others or stop them. Then delete the list.",
        ));
    }
    any(tx, id).await
}

/// Takes a deleted list back, with everybody on it.
pub async fn restore(app: &App, tx: &mut Tx, id: i64) -> Result<ListRow, AppError> {
    let row = any(tx, id).await?;
    let Some(deleted_at) = row.deleted_at else {
        return Ok(row);
    };
    if deleted_at + KEPT_FOR <= app.now() {
        return Err(AppError::Gone(format!(
            "The list \"{}\" was deleted more than 30 days ago.",
            row.name
        )));
    }
    list::restore(tx, id).await.map_err(|error| match taken(error) {
        AppError::Invalid(_) => AppError::conflict(
            "name_taken",
            format!("There is another list called \"{}\" now.", row.name),
            "Rename that one, then take this one back.",
        ),
        other => other,
    })?;
    find(tx, id).await
}

async fn any(tx: &mut Tx, id: i64) -> Result<ListRow, AppError> {
    list::any_by_id(tx, id).await?.ok_or(AppError::NotFound("list"))
}

/// The campaigns and drafts that are for each of these lists, or leave its people out, newest first.
pub async fn uses(tx: &mut Tx, lists: &[i64]) -> Result<HashMap<i64, Vec<UseRow>>, AppError> {
    let mut found: HashMap<i64, Vec<UseRow>> = HashMap::new();
    for row in list::used(tx).await? {
        let mut named: Vec<i64> = Scope::read(who(&row.audience, row.exclude.as_deref())?)?
            .named_lists()
            .filter(|list| lists.contains(list))
            .collect();
        named.sort_unstable();
        named.dedup();
        for list in named {
            found.entry(list).or_default().push(row.clone());
        }
    }
    Ok(found)
}

/// Puts these people on a list, or takes them off it. Answers who came or went: the others were so already, or are no profiles.
pub async fn change(tx: &mut Tx, id: i64, people: &[i64], on: bool) -> Result<(ListRow, Vec<i64>), AppError> {
    if people.is_empty() || people.len() > MOST {
        let detail = format!("Name 1 to {MOST} people, or give a filter.");
        return Err(AppError::field("/ids", "out_of_range", detail));
    }
    let row = find(tx, id).await?;
    let moved = if on {
        list::add_new(tx, id, people).await?
    } else {
        list::take_off(tx, id, people).await?
    };
    for person in &moved {
        tx.note(Profile, *person);
    }
    Ok((row, moved))
}
