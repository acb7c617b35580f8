//! Accounts and numbers go out of use. First it is told what that stops; nothing that is queued is lost silently.

use super::{by_id, not_archived};
use crate::app::campaign::stop_because;
use crate::app::{App, AppError};
use crate::clock::DAY;
use crate::domain::campaign::{self as states, DRAFT};
use crate::domain::id;
use crate::domain::settle::Failure;
use crate::domain::state::{CANCELLED, QUEUED};
use crate::store::account::{self, AccountRow, DELETED};
use crate::store::campaign::Counts;
use crate::store::message::{self, MessageChange};
use crate::store::number::{self, NumberRow};
use crate::store::retired::{self, CampaignOf};
use crate::store::{Tx, to_json};

/// How an account goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It sends nothing any more; what customers and providers tell is still taken.
    Archive,
    /// The same, and its credentials, settings and callback URLs are gone. What happened stays readable.
    Delete,
}

/// What stops when an account or a number goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stops {
    /// What goes, in words.
    pub what: String,
    /// Stable code of the refusal while it is in use.
    code: &'static str,
    /// Campaigns that run, wait or are paused: they are stopped.
    pub campaigns: Vec<CampaignOf>,
    /// Drafts that can no longer be launched as they are.
    pub drafts: Vec<CampaignOf>,
    /// Queued messages: they are cancelled.
    pub queued: i64,
    /// Messages on their way: they still arrive.
    pub in_flight: i64,
    /// Open chats that are answered from there: no free-form answer can follow.
    pub open_chats: i64,
    /// Everything that follows, in sentences.
    pub said: Vec<String>,
}

impl Stops {
    /// Would anything be cut off that somebody waits for?
    pub fn is_busy(&self) -> bool {
        !self.campaigns.is_empty() || self.queued > 0
    }

    async fn look(
        app: &App,
        tx: &mut Tx,
        (what, code): (String, &'static str),
        numbers: &[i64],
    ) -> Result<Self, AppError> {
        let (drafts, campaigns) = retired::campaigns(tx, numbers)
            .await?
            .into_iter()
            .partition(|campaign| campaign.state == DRAFT);
        let (queued, in_flight) = retired::open(tx, numbers).await?;
        let open_chats = retired::chats(tx, numbers, app.now() - DAY).await?;
        let mut stops = Self {
            what,
            code,
            campaigns,
            drafts,
            queued,
            in_flight,
            open_chats,
            said: Vec::new(),
        };
        stops.said = stops.sentences();
        Ok(stops)
    }

    fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        for campaign in &self.campaigns {
            said.push(format!(
                "The campaign \"{}\" is {}: it is stopped, and whoever has not got it does not get it.",
                campaign.name,
                states::name(campaign.state)
            ));
        }
        for draft in &self.drafts {
            said.push(format!(
                "The draft \"{}\" can no longer be launched as it is.",
                draft.name
            ));
        }
        let (queued, in_flight, chats) = (self.queued, self.in_flight, self.open_chats);
        if queued > 0 {
            said.push(format!(
                "{queued} queued message(s) are cancelled, each with the reason."
            ));
        }
        if in_flight > 0 {
            said.push(format!(
                "{in_flight} message(s) that are on their way still arrive."
            ));
        }
        if chats > 0 {
            said.push(format!(
                "{chats} open chat(s) are answered from there: only a template from another number can go on with them."
            ));
        }
        said
    }

    /// Carries out what it says, or refuses when something would be cut off and that was not accepted.
    async fn happen(&self, app: &App, tx: &mut Tx, numbers: &[i64], accepted: bool) -> Result<(), AppError> {
        if self.is_busy() && !accepted {
            let campaigns = self.campaigns.len();
            return Err(AppError::conflict(
                self.code,
                format!(
                    "{campaigns} running or scheduled campaign(s) send with {}, and {} message(s) are queued.",
                    self.what, self.queued
                ),
                "Let them finish, or stop them with it: repeat the request with ?stop=true. ?dry_run=true says what \
                 follows.",
            ));
        }
        let reason = format!("It was stopped because {} went out of use.", self.what);
        for campaign in &self.campaigns {
            stop_because(app, tx, campaign.id, Some(&reason)).await?;
        }
        cancel(
            app,
            tx,
            numbers,
            &format!("It was cancelled because {} went out of use.", self.what),
        )
        .await
    }
}

/// Cancels what is queued, each with the reason.
async fn cancel(app: &App, tx: &mut Tx, numbers: &[i64], reason: &str) -> Result<(), AppError> {
    let failure = to_json(&cancelled(reason));
    let now = app.now();
    loop {
        let ids = retired::queued(tx, numbers).await?;
        let rows = message::lock(tx, &ids).await?;
        let mut counts = Counts::default();
        let changes: Vec<MessageChange> = rows
            .iter()
            .filter(|row| row.state == QUEUED)
            .map(|row| {
                counts.moved(row.campaign_id, QUEUED, CANCELLED);
                MessageChange {
                    id: row.id,
                    campaign_id: row.campaign_id,
                    state: CANCELLED,
                    attempt: row.attempt,
                    failure: Some(failure.clone()),
                    failed_at: Some(now),
                    ..MessageChange::default()
                }
            })
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        message::change(tx, changes).await?;
        crate::store::campaign::add_counts(tx, &counts, now).await?;
    }
}

/// Why a message was cancelled.
pub fn cancelled(reason: &str) -> Failure {
    Failure {
        kind: "cancelled".into(),
        code: None,
        detail: reason.to_owned(),
        help: "It was not sent. Send it again from another number if it still matters.".into(),
    }
}

/// What stops when an account goes.
pub async fn account_stops(app: &App, tx: &mut Tx, id: i64, way: Way) -> Result<Stops, AppError> {
    let row = by_id(tx, id).await?;
    may_go(&row, way)?;
    let numbers = numbers_of(tx, id).await?;
    let mut stops = Stops::look(
        app,
        tx,
        (format!("the account \"{}\"", row.nickname), "account_in_use"),
        &numbers,
    )
    .await?;
    if row.auto_reply == 1 {
        stops
            .said
            .push("People without a profile get no automatic answer any more.".into());
    }
    stops.said.push(match way {
        Way::Archive => "Nothing is sent with this account any more: no campaigns, no answers, no automatic replies. \
                         Reports of what was sent before, and messages from customers, are still taken."
            .into(),
        Way::Delete => "Its credentials and settings are removed for good, and its callback URLs answer 404: reports \
                        of what was sent before and messages from customers are no longer taken. What happened stays \
                        readable."
            .into(),
    });
    Ok(stops)
}

fn may_go(row: &AccountRow, way: Way) -> Result<(), AppError> {
    match way {
        Way::Delete if row.state < DELETED => Ok(()),
        Way::Delete | Way::Archive => not_archived(row),
    }
}

async fn numbers_of(tx: &mut Tx, account_id: i64) -> Result<Vec<i64>, AppError> {
    let numbers = number::of_account(tx, account_id).await?;
    Ok(numbers.into_iter().map(|n| n.id).collect())
}

/// Takes an account out of use. With `stop` what would be cut off is stopped with it, without it that is refused.
pub async fn retire(app: &App, tx: &mut Tx, id: i64, way: Way, stop: bool) -> Result<Stops, AppError> {
    retired::lock(tx, id).await?;
    let stops = account_stops(app, tx, id, way).await?;
    let numbers = numbers_of(tx, id).await?;
    stops.happen(app, tx, &numbers, stop).await?;
    let row = by_id(tx, id).await?;
    let shown = id::ACCOUNT.show(id);
    let now = app.now();
    match way {
        Way::Archive => {
            let nickname = format!("{} (archived, {shown})", row.nickname);
            account::archive(tx, id, &nickname, now).await?;
        }
        Way::Delete => {
            let plain = row.nickname.replace(&format!(" (archived, {shown})"), "");
            retired::delete_account(tx, id, &format!("{plain} (deleted, {shown})"), now).await?;
        }
    }
    Ok(stops)
}

/// A number that can go: its row, and the number that becomes the default in its place.
struct Leaving {
    row: NumberRow,
    heir: Option<NumberRow>,
}

async fn leaving(tx: &mut Tx, id: i64) -> Result<Leaving, AppError> {
    let row = number::by_id(tx, id).await?.ok_or(AppError::NotFound("number"))?;
    not_archived(&by_id(tx, row.account_id).await?)?;
    let in_use = retired::in_use(tx, row.account_id).await?;
    if !in_use.contains(&id) {
        return Err(AppError::conflict(
            "number_archived",
            format!("The number {} is out of use already.", row.phone),
            "Nothing needs to be done.",
        ));
    }
    let mut others = number::of_account(tx, row.account_id).await?;
    others.retain(|n| n.id != id && in_use.contains(&n.id));
    if others.is_empty() {
        return Err(AppError::conflict(
            "last_number",
            format!("{} is the only number of its account.", row.phone),
            "Add another number first, or archive the account.",
        ));
    }
    let heir = (row.is_default == 1).then(|| others.swap_remove(0));
    Ok(Leaving { row, heir })
}

/// What stops when a number goes.
pub async fn number_stops(app: &App, tx: &mut Tx, id: i64) -> Result<Stops, AppError> {
    let Leaving { row, heir } = leaving(tx, id).await?;
    let mut stops = Stops::look(
        app,
        tx,
        (format!("the number {}", row.phone), "number_in_use"),
        &[id],
    )
    .await?;
    if let Some(heir) = heir {
        stops.said.push(format!(
            "{} becomes the default number of the account.",
            heir.phone
        ));
    }
    stops.said.push(if number::is_used(tx, id).await? {
        "Nothing is sent from it any more. Messages to it and reports are still taken, and its history stays."
            .into()
    } else {
        "Nothing was ever sent from it, so that it is removed.".into()
    });
    Ok(stops)
}

/// Takes a number out of use; one that was never used is removed. With `stop` what would be cut off is stopped with it,
/// without it that is refused.
pub async fn retire_number(app: &App, tx: &mut Tx, id: i64, stop: bool) -> Result<Stops, AppError> {
    let account_id = number::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("number"))?
        .account_id;
    retired::lock(tx, account_id).await?;
    let stops = number_stops(app, tx, id).await?;
    stops.happen(app, tx, &[id], stop).await?;
    let Leaving { heir, .. } = leaving(tx, id).await?;
    if number::is_used(tx, id).await? {
        retired::archive_number(tx, id, app.now()).await?;
    } else {
        retired::delete_number(tx, id).await?;
    }
    if let Some(mut heir) = heir {
        heir.is_default = 1;
        number::update(tx, &heir).await?;
        number::no_other_default(tx, account_id, heir.id).await?;
    }
    Ok(stops)
}
