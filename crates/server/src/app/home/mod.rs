//! The first page: today in numbers, what runs, what needs a person, and what was done at least once.

mod needs;

pub use needs::{Link, Need, open_since};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::campaign::{self, Progress};
use super::{App, AppError};
use crate::clock::{DAY, Millis};
use crate::domain::campaign::RUNNING;
use crate::domain::state::{DELIVERED, FAILED, READ, SENT};
use crate::store::home::{self, Done};
use crate::store::{Tx, campaign as campaigns};

/// Running campaigns shown at most.
const SHOWN: usize = 20;

/// The first page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Home {
    /// Today in numbers.
    pub today: Today,
    /// Campaigns that send, the newest first.
    pub running: Vec<Progress>,
    /// What needs a person, the most urgent first.
    pub needs: Vec<Need>,
    /// What was done at least once, in the order in which one begins.
    pub checklist: Vec<Step>,
}

/// Messages that were made since midnight, and where they are now; and people.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Today {
    /// Midnight, milliseconds since 1970 UTC.
    pub since: i64,
    /// The provider accepted it.
    pub sent: i64,
    /// It reached the phone.
    pub delivered: i64,
    /// It was seen.
    pub read: i64,
    /// It will not arrive.
    pub failed: i64,
    /// People who wrote since midnight.
    pub replies: i64,
    /// People who spoke last, and whose window is open still.
    pub waiting: i64,
}

/// A step of the checklist.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// `account`, `number`, `callback`, `template`, `profiles`, `campaign` or `reply`.
    pub key: &'static str,
    /// A fact, not a click.
    pub done: bool,
}

/// Reads it, for the day that it is in this zone.
pub async fn home(app: &App, tx: &mut Tx, zone: TimeZone) -> Result<Home, AppError> {
    let now = app.now();
    let since = midnight(now, zone);
    let mut progress = Vec::new();
    let running = campaigns::in_state(tx, RUNNING).await?;
    for row in running.iter().rev() {
        progress.push(campaign::progress(app, tx, row.id).await?);
    }
    let needs = needs::needs(tx, now, &progress).await?;
    progress.truncate(SHOWN);
    Ok(Home {
        today: today(tx, since, now).await?,
        running: progress,
        needs,
        checklist: steps(&home::done(tx).await?),
    })
}

/// The beginning of the day; where a day has no midnight, its first moment.
fn midnight(now: Millis, zone: TimeZone) -> Millis {
    let day = Timestamp::from_millisecond(now).and_then(|at| at.to_zoned(zone).start_of_day());
    // Only at the ends of the calendar there is none.
    day.map_or(now - DAY, |day| day.timestamp().as_millisecond())
}

async fn today(tx: &mut Tx, since: Millis, now: Millis) -> Result<Today, AppError> {
    let counts = home::made_since(tx, since).await?;
    let n = |state: i16| -> i64 { counts.iter().filter(|(s, _)| *s == state).map(|(_, n)| n).sum() };
    Ok(Today {
        since,
        sent: n(SENT) + n(DELIVERED) + n(READ),
        delivered: n(DELIVERED) + n(READ),
        read: n(READ),
        failed: n(FAILED),
        replies: home::wrote_since(tx, since).await?,
        waiting: home::waiting(tx, open_since(now), Millis::MAX).await?.0,
    })
}

fn steps(done: &Done) -> Vec<Step> {
    let step = |(key, done)| Step { key, done: done == 1 };
    [
        ("account", done.account),
        ("number", done.number),
        ("callback", done.callback),
        ("template", done.template),
        ("profiles", done.profiles),
        ("campaign", done.campaign),
        ("reply", done.reply),
    ]
    .map(step)
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn the_day_begins_where_people_are() {
        // 2026-01-05T19:30:00Z is past midnight in India.
        let now = 1_767_641_400_000;
        assert_eq!(midnight(now, TimeZone::UTC), 1_767_571_200_000);
        assert_eq!(midnight(now, zone("Asia/Kolkata")), 1_767_637_800_000);
        // On 2018-11-04 the clocks of São Paulo went from 0:00 to 1:00.
        let noon = 1_541_340_000_000;
        assert_eq!(midnight(noon, zone("America/Sao_Paulo")), 1_541_300_400_000);
    }
}
