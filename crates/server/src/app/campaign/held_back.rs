//! What a launch should know about the frequency cap and the control group.

use super::preflight::{Finding, Step};
use crate::app::{AppError, frequency_cap};
use crate::domain::control::Control;
use crate::store::campaign::CampaignRow;
use crate::store::{self, Tx};

/// What holds people back from a campaign beside its audience.
pub(super) async fn held_back(tx: &mut Tx, row: &CampaignRow) -> Result<Vec<Finding>, AppError> {
    let mut all = Vec::new();
    let cap = store::frequency_cap::read(tx).await?;
    if !frequency_cap::limits(&cap)?.is_empty() {
        all.push(if row.ignores_cap == 0 {
            Finding::green(
                "frequency_cap",
                "Frequency cap respected",
                "Whoever got as many campaign messages lately as the frequency cap allows is left out.",
            )
        } else {
            Finding::green(
                "frequency_cap",
                "Frequency cap ignored",
                "It also goes to people who got as many campaign messages lately as the frequency cap allows, and does not count towards it.",
            )
            .amber(
                "That is for what people wait for, such as the news about an order. Let it respect the cap otherwise.",
                Step::Who,
            )
        });
    }
    let control = Control::of_permille(row.control_permille);
    if control.is_some() {
        let percent = control.percent();
        let detail = format!("{percent} % of those who would get it do not get it, to compare with.");
        all.push(Finding::green("control_group", "Control group", detail));
    }
    Ok(all)
}
