//! The course of a campaign: its counts over time, which end at the counts of its funnel.

use serde::Serialize;
use utoipa::ToSchema;

use super::progress::{count, funnel};
use crate::app::{App, AppError};
use crate::clock::{HOUR, Millis, SECOND};
use crate::domain::campaign::{REPLIED, RUNNING};
use crate::domain::state::State;
use crate::store::Tx;
use crate::store::campaign as rows;
use crate::store::series::{self, SLOT};

/// Steps at most.
const MOST: i64 = 120;
/// Lengths of a step, in slots: 10 and 30 seconds, 1, 5, 10 and 30 minutes, 1, 2, 6 and 12 hours, 1 and 7 days.
const LENGTHS: [i64; 12] = [1, 3, 6, 30, 60, 180, 360, 720, 2_160, 4_320, 8_640, 60_480];

/// Where the counts of a campaign stood at a moment. A person who read it is also among delivered and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeriesPoint {
    /// Milliseconds since 1970 UTC.
    pub at: i64,
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
    /// People who answered.
    pub replied: i64,
}

/// The course of a campaign's counts, as the server learned of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Series {
    /// Seconds between two moments.
    pub step: i64,
    /// There is more after the last moment.
    pub more: bool,
    /// In order of time, a step apart, the last one not later than now; at most 121. None while nothing was sent. The last one, without `more`, has the counts of the funnel.
    pub points: Vec<SeriesPoint>,
}

/// Reads the course of the first so many `hours`, or all of it.
pub async fn series(app: &App, tx: &mut Tx, id: i64, hours: Option<i64>) -> Result<Series, AppError> {
    let row = rows::by_id(tx, id).await?.ok_or(AppError::NotFound("campaign"))?;
    let Some((first, last)) = series::span(tx, id).await? else {
        return Ok(Series {
            step: SLOT / SECOND,
            more: false,
            points: Vec::new(),
        });
    };
    let now = app.now();
    let end = if row.state == RUNNING {
        last.max(now / SLOT)
    } else {
        last
    } + 1;
    let wanted = hours.map_or(end, |hours| end.min(first + hours * HOUR / SLOT));
    let slots = length(wanted - first);
    let steps = (wanted - first + slots - 1) / slots;
    let to = first + steps * slots;
    let changes = series::steps(tx, id, (first, to), slots).await?;
    // What was counted before there were series stands at the beginning: the end has to be the funnel.
    let mut counts = rows::counts(tx, id).await?;
    for (bucket, n) in series::totals(tx, id).await? {
        add(&mut counts, bucket, -n);
    }
    Ok(Series {
        step: slots * SLOT / SECOND,
        more: to <= last,
        points: points(
            counts,
            &changes,
            |step| now.min((first + step * slots) * SLOT),
            steps,
        ),
    })
}

/// What the counts were before the first step and after each: changes are sorted by their step.
fn points(
    mut counts: Vec<(State, i64)>,
    changes: &[(i64, State, i64)],
    begin: impl Fn(i64) -> Millis,
    steps: i64,
) -> Vec<SeriesPoint> {
    let mut changes = changes.iter().peekable();
    let mut points = vec![moment(begin(0), &counts)];
    for step in 0..steps {
        while let Some((_, bucket, n)) = changes.next_if(|(of, _, _)| *of == step) {
            add(&mut counts, *bucket, *n);
        }
        points.push(moment(begin(step + 1), &counts));
    }
    points
}

/// How many slots a step has, so that there are few enough.
fn length(slots: i64) -> i64 {
    let fits = |length: &i64| (slots + length - 1) / length <= MOST;
    LENGTHS
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| (slots + MOST - 1) / MOST)
}

fn add(counts: &mut Vec<(State, i64)>, bucket: State, n: i64) {
    match counts.iter_mut().find(|(b, _)| *b == bucket) {
        Some((_, now)) => *now += n,
        None => counts.push((bucket, n)),
    }
}

fn moment(at: Millis, counts: &[(State, i64)]) -> SeriesPoint {
    let funnel = funnel(counts);
    SeriesPoint {
        at,
        sent: funnel.sent,
        delivered: funnel.delivered,
        read: funnel.read,
        failed: funnel.failed,
        unknown: funnel.unknown,
        replied: count(counts, REPLIED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::state::{READ, SENT};

    #[test]
    fn steps_are_few_and_as_short_as_they_can_be() {
        for (slots, length_of) in [
            (1, 1),
            (120, 1),
            (121, 3),
            (360, 3),
            (361, 6),
            (8_640, 180),
            (60_480, 720),
        ] {
            assert_eq!(length(slots), length_of, "{slots} slots");
        }
        for slots in 1..2_000_000 {
            assert!(
                (slots + length(slots) - 1) / length(slots) <= MOST,
                "{slots} slots"
            );
        }
    }

    #[test]
    fn a_course_begins_with_what_was_counted_before_and_ends_at_the_counts() {
        let before = vec![(SENT, 5), (READ, 2)];
        let changes = [(0, SENT, 10), (2, SENT, -4), (2, READ, 4), (2, REPLIED, 1)];
        let course = points(before, &changes, |step| step * 1_000, 4);
        let seen: Vec<_> = course
            .iter()
            .map(|m| (m.at, m.sent, m.delivered, m.read, m.replied))
            .collect();
        assert_eq!(
            seen,
            [
                (0, 7, 2, 2, 0),
                (1_000, 17, 2, 2, 0),
                (2_000, 17, 2, 2, 0),
                (3_000, 17, 6, 6, 1),
                (4_000, 17, 6, 6, 1)
            ]
        );
    }
}
