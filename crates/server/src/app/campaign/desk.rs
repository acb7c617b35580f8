//! Campaigns put in order: who wrote them, labels, and those that are out of the way.

use std::collections::HashSet;

use crate::app::audit::{Actor, AuditChange, Object, note};
use crate::app::{App, AppError};
use crate::domain::campaign::{FINISHED, STOPPED, name};
use crate::domain::label::{self, Label};
use crate::store::Tx;
use crate::store::campaign::{self, Desk};
use crate::store::campaign_list::{self as store, Brief};

use super::Checked;

/// Campaigns in one act at most.
const MOST: usize = 1_000;

/// Notes who wrote a new campaign.
pub async fn owned(tx: &mut Tx, mut checked: Checked, by: &Actor) -> Result<Checked, AppError> {
    let kind = by.kind.name();
    store::set_owner(tx, checked.row.id, kind, by.id, &by.name).await?;
    checked.row.desk = Desk {
        owner_kind: kind.to_owned(),
        owner_id: by.id,
        owner_name: by.name.clone(),
        ..Desk::default()
    };
    Ok(checked)
}

/// What became of an act on several campaigns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Those that it changed.
    pub changed: Vec<i64>,
    /// Those that it could not be done with: id, name and state.
    pub left_out: Vec<(i64, String, i16)>,
}

async fn lock(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Brief>, AppError> {
    if ids.is_empty() || ids.len() > MOST {
        let detail = format!("Give 1 to {MOST} campaigns.");
        return Err(AppError::field("/campaign_ids", "out_of_range", detail));
    }
    let rows = store::lock(tx, ids).await?;
    let there: HashSet<i64> = rows.iter().map(|row| row.id).collect();
    if ids.iter().any(|id| !there.contains(id)) {
        let detail = "One of the campaigns is not there any more. Load the list again.";
        return Err(AppError::field("/campaign_ids", "not_found", detail));
    }
    Ok(rows)
}

/// Puts campaigns that are over out of the list, or takes any back into it.
pub async fn archive(
    app: &App,
    tx: &mut Tx,
    by: &Actor,
    ids: &[i64],
    archived: bool,
) -> Result<Done, AppError> {
    let mut done = Done::default();
    let mut named = Vec::new();
    for row in lock(tx, ids).await? {
        if archived && !matches!(row.state, FINISHED | STOPPED) {
            if ids.len() == 1 {
                return Err(AppError::conflict(
                    "campaign_state",
                    format!("The campaign \"{}\" is {}.", row.name, name(row.state)),
                    "Only campaigns that have ended can be archived. Delete a draft, stop what runs.",
                ));
            }
            done.left_out.push((row.id, row.name, row.state));
        } else if row.archived_at.is_some() != archived {
            done.changed.push(row.id);
            named.push(row);
        }
    }
    let now = app.now();
    store::archive(tx, &done.changed, archived.then_some(now), now).await?;
    let act = if archived {
        "campaign.archive"
    } else {
        "campaign.unarchive"
    };
    for row in named {
        let object = Object {
            id: row.id,
            name: row.name,
        };
        note(app, tx, by, act, &object, &[]).await?;
    }
    Ok(done)
}

/// Puts a label on campaigns, or takes it off.
pub async fn label(
    app: &App,
    tx: &mut Tx,
    by: &Actor,
    ids: &[i64],
    text: &str,
    on: bool,
) -> Result<Done, AppError> {
    let label = Label::read(text).map_err(|why| AppError::field("/label", "label", why))?;
    let rows = lock(tx, ids).await?;
    let have: HashSet<i64> = store::with_label(tx, ids, &label.key)
        .await?
        .into_iter()
        .collect();
    let mut done = Done::default();
    let mut named = Vec::new();
    let mut counted = std::collections::HashMap::<i64, usize>::new();
    for (id, _) in store::labels_of(tx, ids).await? {
        *counted.entry(id).or_default() += 1;
    }
    for row in rows {
        if have.contains(&row.id) == on {
            continue;
        }
        if on && counted.get(&row.id).copied().unwrap_or(0) >= label::MOST {
            done.left_out.push((row.id, row.name, row.state));
        } else {
            done.changed.push(row.id);
            named.push(row);
        }
    }
    if on {
        let rows: Vec<_> = done
            .changed
            .iter()
            .map(|id| (*id, label.key.as_str(), label.text.as_str()))
            .collect();
        store::add_labels(tx, &rows).await?;
    } else {
        store::take_labels(tx, &done.changed, &label.key).await?;
    }
    for row in named {
        let object = Object {
            id: row.id,
            name: row.name,
        };
        let (before, after) = (label.text.as_str().into(), serde_json::Value::Null);
        let (before, after) = if on { (after, before) } else { (before, after) };
        let change = AuditChange {
            field: "label".into(),
            before,
            after,
        };
        note(app, tx, by, "campaign.label", &object, &[change]).await?;
    }
    Ok(done)
}

/// Gives a campaign these labels, and no others.
pub async fn set_labels(tx: &mut Tx, id: i64, texts: &[String]) -> Result<Vec<String>, AppError> {
    campaign::lock(tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    let labels = label::read_all(texts).map_err(AppError::Invalid)?;
    store::take_labels(tx, &[id], "").await?;
    let rows: Vec<_> = labels
        .iter()
        .map(|label| (id, label.key.as_str(), label.text.as_str()))
        .collect();
    store::add_labels(tx, &rows).await?;
    labels_of(tx, id).await
}

/// The labels of a campaign.
pub async fn labels_of(tx: &mut Tx, id: i64) -> Result<Vec<String>, AppError> {
    let labels = store::labels_of(tx, &[id]).await?;
    Ok(labels.into_iter().map(|(_, label)| label).collect())
}
