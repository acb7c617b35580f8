//! When a template says something else here than at its provider.

use harkara_provider::TemplateStatus;

use super::{Act, busy, content, history, mapping, row_to_change};
use crate::app::audit::Actor;
use crate::app::{App, AppError, version};
use crate::domain::template::{TemplateContent, realign, says_the_same};
use crate::store::template::{Held, TemplateRow};
use crate::store::{self, StoreError, Tx, from_json, to_json};

/// What the provider holds, when anybody knows.
pub fn theirs(row: &TemplateRow) -> Result<Option<TemplateContent>, StoreError> {
    let held = row.held.theirs.as_ref();
    held.map(|text| from_json("template content", text)).transpose()
}

/// Notes what the provider holds, and whether `ours` says something else.
pub(super) fn hold(ours: &TemplateContent, theirs: &TemplateContent, status: &str, buttons: bool) -> Held {
    Held {
        theirs: Some(to_json(theirs)),
        theirs_status: Some(status.to_owned()),
        theirs_buttons: i16::from(buttons),
        differs: i16::from(!says_the_same(ours, theirs, buttons)),
    }
}

/// Looks again whether the row says what its provider holds.
pub(super) fn compare(row: &mut TemplateRow, ours: &TemplateContent) -> Result<(), StoreError> {
    let theirs = theirs(row)?;
    let same = theirs.is_none_or(|theirs| says_the_same(ours, &theirs, row.held.theirs_buttons == 1));
    row.held.differs = i16::from(!same);
    Ok(())
}

/// Takes over what the provider holds, in place of what the template says here. What is mapped by the same names stays. The second
/// value says how many launched campaigns go on with what it said until now.
///
/// # Errors
/// It says the same already, or nobody knows what the provider holds.
pub async fn take_theirs(
    app: &App,
    tx: &mut Tx,
    id: i64,
    by: &Actor,
) -> Result<(TemplateRow, i64), AppError> {
    let before = row_to_change(tx, id).await?;
    let theirs = theirs(&before)?.filter(|_| before.held.differs == 1);
    let Some(mut theirs) = theirs else {
        return Err(AppError::conflict(
            "template_same",
            format!(
                "As far as is known, the provider holds the template \"{}\" as it is here.",
                before.name
            ),
            "Import the templates of the account to ask the provider.",
        ));
    };
    let ours = content(&before)?;
    if before.held.theirs_buttons == 0 {
        theirs.buttons.clone_from(&ours.buttons);
    }
    let mapping = realign(&ours, &theirs, &mapping(&before)?);
    let mut after = TemplateRow {
        content: to_json(&theirs),
        mapping: to_json(&mapping),
        updated_at: version::next(before.updated_at, app.now()),
        ..before.clone()
    };
    // Who took it out of use here meant the name, not the words.
    if after.status != TemplateStatus::Disabled.name()
        && let Some(status) = &after.held.theirs_status
        && *status != after.status
    {
        after.status.clone_from(status);
        after.status_detail = None;
    }
    after.held.differs = 0;
    let busy = busy(tx, id).await?;
    store::template::update(tx, &after).await?;
    history::keep(tx, Some(&before), &after, by, Act::TakenOver).await?;
    Ok((after, busy))
}
