//! Hours by the clock on somebody's wall. When clocks are set, the wall decides: an hour that they jump over does not
//! come, one that comes twice counts both times.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Millis;
use crate::domain::problem::FieldProblem;

const DAY: i32 = 24 * 60;
const WEEK: i32 = 7 * DAY;
/// Spans of a day at most.
const MOST: usize = 6;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AutoReplyDay)]
pub enum Day {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Day {
    /// As weeks go.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// As the API calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        Self::ALL[usize::try_from(day.to_monday_zero_offset()).unwrap_or_default() % 7]
    }
}

/// From one time to another. The end itself is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutoReplySpan)]
pub struct Span {
    /// Such as `09:00`.
    pub from: String,
    /// Such as `18:30`, and `24:00` for the end of the day.
    pub to: String,
    /// It ends on the next day, at that time or before the time at which it begins.
    #[serde(default)]
    pub next_day: bool,
}

/// The spans of each day. A day without any is a day off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AutoReplyWeek)]
pub struct Week {
    /// Monday.
    pub monday: Vec<Span>,
    /// Tuesday.
    pub tuesday: Vec<Span>,
    /// Wednesday.
    pub wednesday: Vec<Span>,
    /// Thursday.
    pub thursday: Vec<Span>,
    /// Friday.
    pub friday: Vec<Span>,
    /// Saturday.
    pub saturday: Vec<Span>,
    /// Sunday.
    pub sunday: Vec<Span>,
}

impl Week {
    /// The minutes of a week that are outside of all spans, as long as no two of them overlap.
    pub fn minutes_outside(&self) -> i32 {
        let spans = Day::ALL.iter().flat_map(|day| self.of(*day));
        let inside: i32 = spans.filter_map(Span::reach).map(|(from, to)| to - from).sum();
        WEEK - inside
    }

    fn of(&self, day: Day) -> &[Span] {
        match day {
            Day::Monday => &self.monday,
            Day::Tuesday => &self.tuesday,
            Day::Wednesday => &self.wednesday,
            Day::Thursday => &self.thursday,
            Day::Friday => &self.friday,
            Day::Saturday => &self.saturday,
            Day::Sunday => &self.sunday,
        }
    }

    /// No day has any.
    pub fn is_empty(&self) -> bool {
        Day::ALL.iter().all(|day| self.of(*day).is_empty())
    }
}

/// Minutes since midnight.
fn minutes(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

impl Span {
    /// When it ends: `24:00` is the end of the day.
    fn end(&self) -> Option<i32> {
        if self.to == "24:00" {
            return Some(DAY);
        }
        minutes(&self.to)
    }

    /// Minutes from the midnight before its day, as far as it is right.
    fn reach(&self) -> Option<(i32, i32)> {
        let (from, to) = (minutes(&self.from)?, self.end()?);
        match self.next_day {
            true => (to <= from).then_some((from, to + DAY)),
            false => (from < to).then_some((from, to)),
        }
    }
}

fn wall(at: Millis, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(at).ok()?.to_zoned(zone.clone()))
}

/// Do the clocks of the zone show a time in one of the spans?
pub fn is_open(week: &Week, zone: &TimeZone, at: Millis) -> bool {
    let Some(wall) = wall(at, zone) else { return false };
    let now = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
    let within = |day: Weekday, now: i32| {
        let mut spans = week.of(day.into()).iter().filter_map(Span::reach);
        spans.any(|(from, to)| (from..to).contains(&now))
    };
    within(wall.weekday(), now) || within(wall.weekday().previous(), now + DAY)
}

/// All moments between two at which a span may begin or end, in order: when the clocks show such a time, and when they are set.
pub fn edges(week: &Week, zone: &TimeZone, from: Millis, to: Millis) -> Vec<Millis> {
    let (Some(first), Some(last)) = (wall(from, zone), wall(to, zone)) else {
        return Vec::new();
    };
    let mut found: Vec<Millis> = Vec::new();
    let set = zone.following(first.timestamp()).map(|change| change.timestamp());
    found.extend(
        set.take_while(|at| *at <= last.timestamp())
            .map(|at| at.as_millisecond()),
    );
    // A span of the day before may end today.
    let mut date = first.date().yesterday().unwrap_or(first.date());
    while date <= last.date() {
        for span in week.of(date.weekday().into()) {
            for minute in span.reach().into_iter().flat_map(|(from, to)| [from, to]) {
                let shown = date
                    .at(0, 0, 0, 0)
                    .checked_add(jiff::Span::new().minutes(i64::from(minute)));
                let Ok(shown) = shown else { continue };
                // A time that comes twice is an edge twice.
                let shown = zone.to_ambiguous_timestamp(shown);
                let both = [shown.earlier(), shown.later()];
                found.extend(both.into_iter().flatten().map(|at| at.as_millisecond()));
            }
        }
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    found.retain(|at| (from..=to).contains(at));
    found.sort_unstable();
    found.dedup();
    found
}

/// The next time that the clocks of the zone show this on such a day, today included, and today when no day is named. A time
/// that they jump over becomes the one after the jump.
///
/// # Errors
/// A sentence, when it is no time.
pub fn moment(day: Option<Day>, time: &str, zone: &TimeZone, now: Millis) -> Result<Millis, String> {
    let shown = minutes(time.trim());
    let (Some(shown), Some(today)) = (shown, wall(now, zone)) else {
        return Err(NO_TIME.into());
    };
    let mut days = (0..7).filter_map(|n| today.date().checked_add(jiff::Span::new().days(n)).ok());
    let date = days.find(|date| day.is_none_or(|day| Day::from(date.weekday()) == day));
    let part = |n: i32| i8::try_from(n).unwrap_or_default();
    date.map(|date| date.at(part(shown / 60), part(shown % 60), 0, 0))
        .and_then(|wall| wall.to_zoned(zone.clone()).ok())
        .map(|zoned| zoned.timestamp().as_millisecond())
        .ok_or_else(|| NO_TIME.into())
}

const NO_TIME: &str = "Give a time as 09:00 or 18:30.";

/// What is wrong with a week. `at`: its pointer.
pub fn problems(week: &Week, at: &str) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if week.is_empty() {
        let detail = "Give at least one day its hours: like this nobody would ever be inside of them.";
        found.push(FieldProblem::new(at, "required", detail));
    }
    let mut all: Vec<(i32, i32, String)> = Vec::new();
    for (n, day) in (0..).zip(Day::ALL) {
        let place = format!("{at}/{}", day.name());
        let spans = week.of(day);
        if spans.len() > MOST {
            let detail = format!("Give a day at most {MOST} spans.");
            found.push(FieldProblem::new(&place, "too_many", detail));
        }
        for (i, span) in spans.iter().enumerate() {
            let place = format!("{place}/{i}");
            match (span.reach(), wrong(span, &place)) {
                (Some((from, to)), _) => all.push((n * DAY + from, n * DAY + to, place)),
                (None, wrong) => found.extend(wrong),
            }
        }
    }
    found.extend(overlaps(all));
    found
}

fn wrong(span: &Span, place: &str) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if minutes(&span.from).is_none() {
        found.push(FieldProblem::new(format!("{place}/from"), "time", NO_TIME));
    }
    if span.end().is_none() {
        found.push(FieldProblem::new(format!("{place}/to"), "time", NO_TIME));
    }
    if found.is_empty() {
        let detail = match span.next_day {
            true => "This is more than a day: let it end on the next day before the time at which it begins.",
            false => {
                "It ends before it begins. Say that it ends on the next day, or change one of the times."
            }
        };
        found.push(FieldProblem::new(format!("{place}/to"), "order", detail));
    }
    found
}

/// Spans that begin while another goes on; the week is a circle.
fn overlaps(mut all: Vec<(i32, i32, String)>) -> Vec<FieldProblem> {
    all.sort();
    let over = all.iter().map(|(_, end, _)| end - WEEK).max();
    let mut end = over.unwrap_or(0);
    let mut found = Vec::new();
    for (from, to, place) in all {
        if from < end {
            let detail = "This begins while another span goes on. Make one of both, or move one.";
            found.push(FieldProblem::new(format!("{place}/from"), "overlap", detail));
        }
        end = end.max(to);
    }
    found
}

#[cfg(test)]
mod tests;
