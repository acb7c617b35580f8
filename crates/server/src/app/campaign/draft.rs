//! Drafts: made of another campaign, of one that has not begun, and thrown away.

use super::{Checked, allowed, load, load_to_change};
use crate::app::{App, AppError, template};
use crate::domain::campaign::{Act, DRAFT};
use crate::store::campaign::{self, CampaignRow, Desk};
use crate::store::campaign_list;
use crate::store::{Tx, number, retired, slice};

/// Characters of a campaign's name at most.
const LONGEST_NAME: usize = 200;

/// A new draft that says the same to the same people. Numbers that are out of use are left out; when none is left, the
/// default number of the account takes their place.
pub async fn copy(app: &App, tx: &mut Tx, id: i64, name: Option<&str>) -> Result<Checked, AppError> {
    let from = load(tx, id).await?;
    template::not_deleted(&from.template)?;
    let now = app.now();
    let name = match name.map(str::trim) {
        Some(name) if name.is_empty() || name.chars().count() > LONGEST_NAME => {
            let detail = "Give the copy a name of 1 to 200 characters, or leave it out.";
            return Err(AppError::field("/name", "required", detail));
        }
        Some(name) => name.to_owned(),
        None => copy_name(&from.row.name),
    };
    let in_use = retired::in_use(tx, from.row.account_id).await?;
    let mut numbers = from.numbers.clone();
    if numbers.is_empty() {
        numbers.push(from.row.number_id);
    }
    numbers.retain(|number| in_use.contains(number));
    if numbers.is_empty() {
        let mut own = number::of_account(tx, from.row.account_id).await?;
        own.retain(|number| in_use.contains(&number.id));
        numbers.extend(
            own.into_iter()
                .max_by_key(|n| (n.is_default, -n.id))
                .map(|n| n.id),
        );
    }
    let row = CampaignRow {
        id: app.id(),
        name,
        // Without any number in use it keeps what it had: a launch will say so.
        number_id: numbers.first().copied().unwrap_or(from.row.number_id),
        state: DRAFT,
        frozen: None,
        // The copy is for another day.
        starts_local: None,
        starts_zone: None,
        ends_local: None,
        ends_zone: None,
        ends_at: None,
        scheduled_at: None,
        launched_at: None,
        finished_at: None,
        upper: 0,
        planned: 0,
        expected: None,
        waiting_reason: None,
        waiting_since: None,
        desk: Desk::default(),
        created_at: now,
        updated_at: now,
        ..from.row
    };
    campaign::insert(tx, &row).await?;
    let labels = super::labels_of(tx, id).await?;
    let keys: Vec<String> = labels.iter().map(|label| label.to_lowercase()).collect();
    let labels: Vec<_> = keys
        .iter()
        .zip(&labels)
        .map(|(key, label)| (row.id, key.as_str(), label.as_str()))
        .collect();
    campaign_list::add_labels(tx, &labels).await?;
    if numbers.len() > 1 {
        slice::set_numbers(tx, row.id, &numbers).await?;
    }
    load(tx, row.id).await
}

fn copy_name(name: &str) -> String {
    const MARK: &str = " (copy)";
    let room = LONGEST_NAME - MARK.len();
    let kept: String = name.chars().take(room).collect();
    kept + MARK
}

/// Makes a scheduled campaign a draft again; one that was held before it began too.
pub async fn unschedule(app: &App, tx: &mut Tx, id: i64) -> Result<Checked, AppError> {
    // The start locks the same row: either it comes first and is seen here, or it finds a draft.
    let mut checked = load_to_change(tx, id).await?;
    if let Some(at) = checked.row.launched_at {
        return Err(AppError::conflict(
            "already_started",
            format!(
                "The campaign \"{}\" started at {}.",
                checked.row.name,
                harkara_provider::wire::rfc3339(at)
            ),
            "Stop it: what has not left is cancelled, what is in flight still arrives.",
        ));
    }
    allowed(&checked.row, Act::Unschedule)?;
    checked.row.state = DRAFT;
    checked.row.scheduled_at = None;
    checked.row.ends_at = None;
    checked.row.waiting_reason = None;
    checked.row.waiting_since = None;
    checked.row.updated_at = app.now();
    campaign::update(tx, &checked.row).await?;
    Ok(checked)
}

/// Throws a draft away.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), AppError> {
    let checked = load_to_change(tx, id).await?;
    allowed(&checked.row, Act::Delete)?;
    slice::set_numbers(tx, id, &[]).await?;
    campaign::delete(tx, id).await?;
    Ok(())
}
