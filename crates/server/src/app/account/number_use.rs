//! What numbers are used for, and what follows when one is changed.

use super::number::of;
use super::{by_id, not_archived};
use crate::app::{App, AppError};
use crate::clock::{DAY, Millis};
use crate::domain::campaign::{self as states, DRAFT};
use crate::store::health::{self, SLOT};
use crate::store::number::{self, NumberRow};
use crate::store::retired::{self, CampaignOf};
use crate::store::{Tx, account};

/// Bounds of what a person enters as the limit of WhatsApp.
const LIMITS: std::ops::RangeInclusive<i64> = 1..=10_000_000;

/// A number and what it is used for.
#[derive(Debug)]
pub struct NumberUse {
    /// The number.
    pub row: NumberRow,
    /// Nickname of its account.
    pub nickname: String,
    /// Not taken out of use.
    pub in_use: bool,
    /// Messages that the provider took today.
    pub sent_today: i64,
    /// The same in the last 24 hours.
    pub sent_24h: i64,
    /// How many people WhatsApp lets it begin to write to in 24 hours, as a person entered it.
    pub daily_limit: Option<i64>,
    /// Campaigns that are not over and send from it.
    pub campaigns: Vec<CampaignOf>,
    /// Drafts that would.
    pub drafts: Vec<CampaignOf>,
}

/// The numbers of an account, or of all that are in use. `today` is when the day began for whoever looks; midnight UTC when
/// absent.
pub async fn numbers_in_use(
    app: &App,
    tx: &mut Tx,
    account_id: Option<i64>,
    today: Option<Millis>,
) -> Result<Vec<NumberUse>, AppError> {
    let now = app.now();
    let today = today.unwrap_or(now / DAY * DAY).clamp(now - 2 * DAY, now);
    let accounts = match account_id {
        Some(id) => vec![by_id(tx, id).await?],
        None => {
            let mut all = account::list(tx, i64::MAX, 500).await?;
            all.retain(|row| not_archived(row).is_ok());
            all
        }
    };
    let mut used = Vec::new();
    for owner in accounts {
        let numbers = number::of_account(tx, owner.id).await?;
        let in_use = retired::in_use(tx, owner.id).await?;
        let ids: Vec<i64> = numbers.iter().map(|n| n.id).collect();
        let sent_today = health::sent_since(tx, &ids, today / SLOT).await?;
        let sent_24h = health::sent_since(tx, &ids, (now - DAY) / SLOT).await?;
        let limits = number::daily_limits(tx, &ids).await?;
        for row in numbers {
            let of = |all: &[(i64, i64)]| all.iter().find(|(id, _)| *id == row.id).map(|(_, n)| *n);
            let (drafts, campaigns) = using(tx, row.id).await?;
            used.push(NumberUse {
                nickname: owner.nickname.clone(),
                in_use: in_use.contains(&row.id) && not_archived(&owner).is_ok(),
                sent_today: of(&sent_today).unwrap_or(0),
                sent_24h: of(&sent_24h).unwrap_or(0),
                daily_limit: of(&limits),
                campaigns,
                drafts,
                row,
            });
        }
    }
    Ok(used)
}

/// Drafts and campaigns that send from a number.
async fn using(tx: &mut Tx, id: i64) -> Result<(Vec<CampaignOf>, Vec<CampaignOf>), AppError> {
    let all = retired::campaigns(tx, &[id]).await?;
    Ok(all.into_iter().partition(|campaign| campaign.state == DRAFT))
}

/// Keeps how many people WhatsApp lets a number begin to write to in 24 hours.
pub async fn set_daily_limit(tx: &mut Tx, id: i64, limit: Option<i64>) -> Result<(), AppError> {
    of(tx, id).await?;
    if limit.is_some_and(|limit| !LIMITS.contains(&limit)) {
        let (from, to) = (LIMITS.start(), LIMITS.end());
        let detail = format!("Give a whole number from {from} to {to}, or null when there is no limit.");
        return Err(AppError::field("/daily_limit", "number", detail));
    }
    Ok(number::set_daily_limit(tx, id, limit).await?)
}

/// What follows when a number gets another rate or becomes the default, in sentences. To be asked before the change.
pub async fn change_follows(
    app: &App,
    tx: &mut Tx,
    id: i64,
    rate: Option<i64>,
    default: Option<bool>,
) -> Result<Vec<String>, AppError> {
    let row = of(tx, id).await?;
    let mut said = Vec::new();
    if let Some(rate) = rate.filter(|rate| *rate != row.messages_per_second) {
        let (_, campaigns) = using(tx, id).await?;
        let before = row.messages_per_second;
        said.push(format!(
            "{} sends {rate} messages a second at most, and not {before} any more.",
            row.phone
        ));
        said.extend(campaigns.iter().map(|campaign| {
            let state = states::name(campaign.state);
            format!("The campaign \"{}\" ({state}) goes at that rate.", campaign.name)
        }));
    }
    if default != Some(true) {
        return Ok(said);
    }
    if row.is_default == 1 {
        said.push(format!("{} is the default number already.", row.phone));
        return Ok(said);
    }
    let numbers = number::of_account(tx, row.account_id).await?;
    let Some(before) = numbers.into_iter().find(|n| n.is_default == 1) else {
        return Ok(said);
    };
    said.push(format!(
        "New campaigns, and messages with a template, leave from {} when they name no number. Until now they leave from {}.",
        row.phone, before.phone
    ));
    let (drafts, campaigns) = using(tx, before.id).await?;
    let stay = |what: &str, campaign: &CampaignOf| {
        format!("The {what} \"{}\" stays with {}.", campaign.name, before.phone)
    };
    said.extend(campaigns.iter().map(|campaign| stay("campaign", campaign)));
    said.extend(drafts.iter().map(|draft| stay("draft", draft)));
    let chats = retired::chats(tx, &[before.id], app.now() - DAY).await?;
    if chats > 0 {
        said.push(format!(
            "{chats} open chat(s) go on with {}, which the person wrote to.",
            before.phone
        ));
    }
    Ok(said)
}
