//! Where a campaign stands: counts that add up, and the reason when it does not move.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::trouble::Trouble;
use crate::app::{App, AppError};
use crate::domain::audience::Exclusion;
use crate::domain::campaign::{CUT_OFF, PAUSED, RUNNING, SCHEDULED, STOPPED, name};
use crate::domain::id;
use crate::domain::settle::Failure;
use crate::domain::state::{
    self, CANCELLED, DELIVERED, FAILED, OUTBOUND, QUEUED, READ, SENDING, SENT, SKIPPED, UNKNOWN,
};
use crate::domain::timetable::{OpenSpan, Standing, Timetable};
use crate::domain::zone::zone;
use crate::store::account::{self, ACTIVE};
use crate::store::campaign::{self, CampaignRow};
use crate::store::{Tx, from_json};

pub use crate::domain::campaign::REPLIED;

/// The funnel. Each number counts people; a person who read it is also among delivered and sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Funnel {
    /// People who got a row in the ledger: everybody who was not left out.
    pub recipients: i64,
    /// The provider accepted it.
    pub sent: i64,
    /// It reached the phone.
    pub delivered: i64,
    /// It was seen.
    pub read: i64,
    /// It will not arrive.
    pub failed: i64,
    /// Nobody can say yet whether the provider took it.
    pub unknown: i64,
    /// Waits for another try.
    pub queued: i64,
    /// On its way.
    pub sending: i64,
    /// Left out at the last moment, mostly because the person opted out meanwhile.
    pub skipped: i64,
    /// Those of the skipped whom the cut-off came before.
    pub cut_off: i64,
    /// Stopped before it left.
    pub cancelled: i64,
    /// People left out before.
    pub excluded: i64,
    /// The same by reason.
    pub excluded_by_reason: BTreeMap<String, i64>,
}

/// Answers to a campaign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Replies {
    /// People who answered.
    pub replied: i64,
}

/// A campaign in a line of a list. Each number counts people, as in the funnel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignCounts {
    /// People who got a row in the ledger.
    pub recipients: i64,
    /// The provider accepted it.
    pub sent: i64,
    /// It reached the phone.
    pub delivered: i64,
    /// It was seen.
    pub read: i64,
    /// It will not arrive.
    pub failed: i64,
    /// People who answered.
    pub replied: i64,
}

/// The counts of several campaigns, as they are kept: nobody looks at the ledger.
pub async fn counts_of(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, CampaignCounts>, AppError> {
    let mut buckets: HashMap<i64, Vec<(i16, i64)>> = HashMap::new();
    for (id, bucket, n) in campaign::counts_of(tx, ids).await? {
        buckets.entry(id).or_default().push((bucket, n));
    }
    let counts = buckets.into_iter().map(|(id, buckets)| (id, summed(&buckets)));
    Ok(counts.collect())
}

/// What buckets of a funnel come to.
pub fn summed(buckets: &[(i16, i64)]) -> CampaignCounts {
    let funnel = funnel(buckets);
    CampaignCounts {
        recipients: funnel.recipients,
        sent: funnel.sent,
        delivered: funnel.delivered,
        read: funnel.read,
        failed: funnel.failed,
        replied: count(buckets, REPLIED),
    }
}

/// Messages that stand where they stand for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailureGroup {
    /// State of the messages: `failed`, `unknown` or `queued`.
    pub state: String,
    /// Stable kind.
    pub kind: String,
    /// Provider's code.
    pub code: Option<String>,
    /// Provider's words.
    pub detail: String,
    /// What to do.
    pub help: String,
    /// How many.
    pub count: i64,
}

/// Where a campaign stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Progress {
    /// Campaign.
    pub id: String,
    /// Name.
    pub name: String,
    /// `draft`, `scheduled`, `running`, `paused`, `finished` or `stopped`.
    pub state: String,
    /// Whole audience looked at: nobody is left to plan.
    pub planned: bool,
    /// People expected to get it; absent until counted, shortly after launch.
    pub expected: Option<i64>,
    /// Counts.
    pub funnel: Funnel,
    /// Answers.
    #[serde(flatten)]
    pub replies: Replies,
    /// Why it does not move, or moves slower than it could.
    pub waiting: Option<Trouble>,
    /// The next spans in which messages may leave, for a campaign with quiet hours or a cut-off that is not over: outside of them
    /// it waits. Empty: they leave at any time, or no more.
    pub open_spans: Vec<OpenSpan>,
    /// The moment of its cut-off.
    pub ends_at: Option<i64>,
    /// When it started, milliseconds since 1970 UTC.
    pub launched_at: Option<i64>,
    /// When the last message became terminal or unknown.
    pub finished_at: Option<i64>,
    /// The server's clock.
    pub now: i64,
}

/// Reads the progress.
pub async fn progress(app: &App, tx: &mut Tx, id: i64) -> Result<Progress, AppError> {
    let row = campaign::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("campaign"))?;
    let counts = campaign::counts(tx, id).await?;
    let waiting = waiting(app, tx, &row).await?;
    let open_spans = match super::timetable(&row) {
        Ok(table) if matches!(row.state, RUNNING | PAUSED | SCHEDULED) => open_spans(&table, app.now()),
        _ => Vec::new(),
    };
    Ok(Progress {
        id: id::CAMPAIGN.show(row.id),
        name: row.name,
        state: name(row.state).into(),
        planned: row.planned == 1,
        expected: row.expected,
        funnel: funnel(&counts),
        replies: Replies {
            replied: count(&counts, REPLIED),
        },
        waiting,
        open_spans,
        ends_at: row.ends_at,
        launched_at: row.launched_at,
        finished_at: row.finished_at,
        now: app.now(),
    })
}

/// How many are in this bucket.
pub(in crate::app) fn count(counts: &[(i16, i64)], bucket: i16) -> i64 {
    counts.iter().find(|(b, _)| *b == bucket).map_or(0, |(_, n)| *n)
}

pub(in crate::app) fn funnel(counts: &[(i16, i64)]) -> Funnel {
    let n = |state| count(counts, state);
    let excluded_by_reason: BTreeMap<String, i64> = Exclusion::ALL
        .iter()
        .map(|e| (e.name().to_owned(), n(e.bucket())))
        .filter(|(_, n)| *n > 0)
        .collect();
    Funnel {
        recipients: OUTBOUND.into_iter().map(n).sum(),
        sent: n(SENT) + n(DELIVERED) + n(READ),
        delivered: n(DELIVERED) + n(READ),
        read: n(READ),
        failed: n(FAILED),
        unknown: n(UNKNOWN),
        queued: n(QUEUED),
        sending: n(SENDING),
        skipped: n(SKIPPED),
        cut_off: n(CUT_OFF),
        cancelled: n(CANCELLED),
        excluded: excluded_by_reason.values().sum(),
        excluded_by_reason,
    }
}

/// A running campaign that stands still always says why and since when.
async fn waiting(app: &App, tx: &mut Tx, row: &CampaignRow) -> Result<Option<Trouble>, AppError> {
    let stated = row.waiting_reason.as_ref().map(|reason| Trouble {
        code: if row.state == STOPPED {
            "stopped"
        } else {
            "needs_a_person"
        }
        .into(),
        reason: reason.clone(),
        since: row.waiting_since.unwrap_or(row.updated_at),
        until: None,
    });
    if matches!(row.state, PAUSED | STOPPED) {
        return Ok(stated);
    }
    if row.state != RUNNING {
        return Ok(None);
    }
    if let Some(rest) = rests(row, app.now()) {
        return Ok(Some(rest));
    }
    let account = account::by_id(tx, row.account_id).await?;
    if let Some(account) = account.filter(|a| a.state != ACTIVE) {
        return Ok(Some(Trouble {
            code: "account_held".into(),
            reason: account
                .held_reason
                .unwrap_or_else(|| "The account was archived.".into()),
            since: account.held_at.unwrap_or(account.updated_at),
            until: None,
        }));
    }
    Ok(app.troubles.of(row.account_id))
}

/// Spans that are told at a time: a month of days.
const SPANS: usize = 30;

/// The next spans in which messages may leave, where they may not always.
pub fn open_spans(table: &Timetable, from: i64) -> Vec<OpenSpan> {
    if table.is_always() {
        return Vec::new();
    }
    table.open_spans(from, SPANS)
}

/// Quiet hours, or a cut-off that has passed.
fn rests(row: &CampaignRow, now: i64) -> Option<Trouble> {
    let table = match super::timetable(row) {
        Ok(table) => table,
        Err(error) => {
            return Some(Trouble {
                code: "needs_a_person".into(),
                reason: error.to_string(),
                since: row.launched_at.unwrap_or(row.updated_at),
                until: None,
            });
        }
    };
    match table.at(now) {
        Standing::Open { .. } => None,
        Standing::Quiet { since, until } => {
            let quiet = super::quiet_hours(row).ok().flatten()?;
            let wall = zone(&quiet.zone)
                .zip(jiff::Timestamp::from_millisecond(until).ok())
                .map(|(zone, until)| until.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string());
            Some(Trouble {
                code: "quiet_hours".into(),
                reason: format!("Quiet hours until {} ({}).", wall.unwrap_or_default(), quiet.zone),
                since: since.max(row.launched_at.unwrap_or(since)),
                until: Some(until),
            })
        }
        Standing::Over => Some(Trouble {
            code: "cut_off".into(),
            reason: "The cut-off has passed: what has not left is skipped.".into(),
            since: row.ends_at.unwrap_or(now),
            until: None,
        }),
    }
}

/// Why messages stand where they stand, largest group first.
pub async fn failures(tx: &mut Tx, id: i64) -> Result<Vec<FailureGroup>, AppError> {
    let rows = campaign::failures(tx, id).await?;
    let group = |(state, failure, count): (i16, String, i64)| {
        let failure: Failure = from_json("failure", &failure)?;
        let Failure {
            kind,
            code,
            detail,
            help,
        } = failure;
        Ok(FailureGroup {
            state: state::name(state).into(),
            kind,
            code,
            detail,
            help,
            count,
        })
    };
    rows.into_iter().map(group).collect()
}
