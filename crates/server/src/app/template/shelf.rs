//! Templates that are put away: deleted, restored, gone for good; and what campaigns made of those in a list.

use std::collections::HashMap;

use super::row_of_any;
use crate::app::campaign::{CampaignCounts, summed};
use crate::app::{App, AppError};
use crate::clock::{DAY, Millis};
use crate::domain::campaign::{DRAFT, FINISHED, PAUSED, RUNNING, SCHEDULED, STOPPED};
use crate::store::template::TemplateRow;
use crate::store::{self, Tx, template_shelf};

/// How long a deleted template can be restored.
pub const RESTORABLE_FOR: Millis = 30 * DAY;
/// How far back the figures of a template go.
pub const RECENT: Millis = 30 * DAY;
/// Campaigns that a refusal names.
const NAMED: usize = 3;

/// Refuses a template that was deleted.
pub fn not_deleted(row: &TemplateRow) -> Result<(), AppError> {
    if row.shelf.deleted_at.is_none() {
        return Ok(());
    }
    Err(AppError::conflict(
        "template_deleted",
        format!(
            "The template \"{}\" was deleted.",
            template_shelf::plain_name(row)
        ),
        "Restore it among the recently deleted templates, or choose another one.",
    ))
}

/// Deletes a template that no draft and no campaign needs any more: it is put away, and can be restored for 30 days. What
/// campaigns say of it stays. `for_good`: one that was deleted before cannot be restored any more.
pub async fn delete(app: &App, tx: &mut Tx, id: i64, for_good: bool) -> Result<(), AppError> {
    let row = row_of_any(tx, id).await?;
    let now = app.now();
    if row.shelf.purged == 1 {
        return Err(AppError::NotFound("template"));
    }
    if row.shelf.deleted_at.is_some() {
        if for_good {
            template_shelf::purge(tx, i64::MAX, id).await?;
        }
        return Ok(());
    }
    let open = template_shelf::open(tx, id).await?;
    if !open.is_empty() {
        return Err(in_use(&row, &open));
    }
    template_shelf::set_deleted(tx, id, Some(now), now).await?;
    if for_good {
        template_shelf::purge(tx, i64::MAX, id).await?;
    }
    Ok(())
}

fn in_use(row: &TemplateRow, open: &[(String, i16)]) -> AppError {
    let drafts = open.iter().filter(|(_, state)| *state == DRAFT).count();
    let campaigns = open.len() - drafts;
    let name = &row.name;
    let mut names: Vec<&str> = open.iter().take(NAMED).map(|(name, _)| name.as_str()).collect();
    if open.len() > NAMED {
        names.push("…");
    }
    let names = names.join(", ");
    let detail = match (drafts, campaigns) {
        (0, _) => format!(
            "{campaigns} campaign(s) that are not over were made with the template \"{name}\": {names}."
        ),
        (_, 0) => format!("{drafts} draft(s) were made with the template \"{name}\": {names}."),
        _ => format!(
            "{campaigns} campaign(s) that are not over and {drafts} draft(s) were made with the template \"{name}\": {names}."
        ),
    };
    AppError::conflict(
        "template_in_use",
        detail,
        "Give the drafts another template or delete them, and wait until the campaigns are over. To let no new campaign be \
         launched with it, set its status to \"disabled\".",
    )
}

/// Takes a deleted template back.
pub async fn restore(app: &App, tx: &mut Tx, id: i64) -> Result<TemplateRow, AppError> {
    let row = row_of_any(tx, id).await?;
    if row.shelf.purged == 1 {
        return Err(AppError::NotFound("template"));
    }
    if row.shelf.deleted_at.is_some() {
        template_shelf::set_deleted(tx, id, None, app.now()).await?;
    }
    super::row(tx, id).await
}

/// What campaigns made of a template.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uses {
    /// Drafts.
    pub drafts: i64,
    /// Campaigns that wait for their time.
    pub scheduled: i64,
    /// Campaigns that run or are paused.
    pub running: i64,
    /// Campaigns that are over.
    pub ended: i64,
    /// Campaigns that began in the time of [`RECENT`].
    pub recent: i64,
    /// What became of their messages.
    pub counts: CampaignCounts,
}

/// What campaigns made of these templates, from what is counted anyway: nobody looks at the ledger.
pub async fn uses(app: &App, tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Uses>, AppError> {
    let since = app.now() - RECENT;
    let mut uses: HashMap<i64, Uses> = HashMap::new();
    for (template, state, all, recent) in store::template_shelf::uses(tx, ids, since).await? {
        let of = uses.entry(template).or_default();
        match state {
            DRAFT => of.drafts += all,
            SCHEDULED => of.scheduled += all,
            RUNNING | PAUSED => of.running += all,
            FINISHED | STOPPED => of.ended += all,
            _ => {}
        }
        of.recent += recent;
    }
    let mut buckets: HashMap<i64, Vec<(i16, i64)>> = HashMap::new();
    for (template, bucket, n) in store::template_shelf::counts(tx, ids, since).await? {
        buckets.entry(template).or_default().push((bucket, n));
    }
    for (template, buckets) in buckets {
        uses.entry(template).or_default().counts = summed(&buckets);
    }
    Ok(uses)
}
