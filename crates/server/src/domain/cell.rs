//! A cell of a table, read as what a person says its column is. Dates are kept as texts that sort, `2026-12-31`.

use std::cmp::Ordering;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::attributes;
use super::column_names::{NO, YES, plain};

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Texts, as they are.
    Text,
    /// Numbers with a decimal point: `1234.5`, `1,234.5`.
    Number,
    /// Numbers with a decimal comma: `1234,5`, `1.234,5`.
    NumberComma,
    /// Yes or no.
    Boolean,
    /// Dates with the year first: `2026-12-31`.
    DateYmd,
    /// Dates with the day first: `31/12/2026`.
    DateDmy,
    /// Dates with the month first: `12/31/2026`.
    DateMdy,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Number,
        Self::NumberComma,
        Self::Boolean,
        Self::DateYmd,
        Self::DateDmy,
        Self::DateMdy,
    ];

    /// Stable name, used in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::NumberComma => "number_comma",
            Self::Boolean => "boolean",
            Self::DateYmd => "date_ymd",
            Self::DateDmy => "date_dmy",
            Self::DateMdy => "date_mdy",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The type of the attribute that it becomes.
    pub fn of_attribute(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number | Self::NumberComma => "number",
            Self::Boolean => "boolean",
            Self::DateYmd | Self::DateDmy | Self::DateMdy => "date",
        }
    }

    /// The value of a cell that is not empty; `None` when it is no such thing.
    pub fn read(self, cell: &str) -> Option<Value> {
        match self {
            Self::Text => Some(Value::from(cell)),
            Self::Number => number(cell, '.', &[',', '\'', '\u{2019}']),
            Self::NumberComma => number(cell, ',', &['.', '\'', '\u{2019}']),
            Self::Boolean => yes_or_no(cell).map(Value::from),
            Self::DateYmd | Self::DateDmy | Self::DateMdy => date(self, cell).map(Value::from),
        }
    }

    /// Why a cell is refused.
    pub fn refusal(self, column: &str, cell: &str) -> String {
        let shown: String = cell.chars().take(40).collect();
        match self {
            Self::Text => format!("\"{column}\" is \"{shown}\": write a text, or leave it empty"),
            Self::Number => {
                format!("\"{column}\" is \"{shown}\": write a number, such as 1234.5, or leave it empty")
            }
            Self::NumberComma => format!(
                "\"{column}\" is \"{shown}\": write a number with a decimal comma, such as 1234,5, or leave it empty"
            ),
            Self::Boolean => format!("\"{column}\" is \"{shown}\": write yes or no, or leave it empty"),
            Self::DateYmd => {
                format!("\"{column}\" is \"{shown}\": write a date as 2026-12-31, or leave it empty")
            }
            Self::DateDmy => {
                format!("\"{column}\" is \"{shown}\": write the day first, as 31/12/2026, or leave it empty")
            }
            Self::DateMdy => format!(
                "\"{column}\" is \"{shown}\": write the month first, as 12/31/2026, or leave it empty"
            ),
        }
    }
}

/// Yes or no, in the usual words.
pub fn yes_or_no(cell: &str) -> Option<bool> {
    let word = plain(cell);
    if YES.contains(&word.as_str()) {
        return Some(true);
    }
    NO.contains(&word.as_str()).then_some(false)
}

/// What all these values are; several kinds when they may be read in more than one way, and only a person can say how.
pub fn kinds(values: &[String]) -> Vec<Kind> {
    let fit = |kind: &Kind| values.iter().all(|value| kind.read(value).is_some());
    let all = |kinds: &[Kind]| -> Vec<Kind> { kinds.iter().copied().filter(fit).collect() };
    if values.is_empty() {
        return vec![Kind::Text];
    }
    // 1 and 0 are amounts as often as answers.
    if fit(&Kind::Boolean) && !values.iter().all(|value| attributes::typed(value).is_number()) {
        return vec![Kind::Boolean];
    }
    let dates = all(&[Kind::DateYmd, Kind::DateDmy, Kind::DateMdy]);
    if !dates.is_empty() {
        // Days up to the twelfth leave it open, also where day and month are the same so far.
        let worded = |value: &String| split_time(value).0.contains(|c: char| c.is_ascii_alphabetic());
        let open = dates.len() > 1 && !values.iter().any(worded);
        return if open { dates } else { distinct(dates, values) };
    }
    // A zero in front is a code's or a number's of a phone.
    let coded = |value: &String| {
        let mut chars = value.chars();
        let first = chars.next();
        first == Some('+') || (first == Some('0') && chars.next().is_some_and(|c| c.is_ascii_digit()))
    };
    let numbers = all(&[Kind::Number, Kind::NumberComma]);
    if !numbers.is_empty() && !values.iter().any(coded) {
        return distinct(numbers, values);
    }
    vec![Kind::Text]
}

/// Without the kinds that read every value as the one before does.
fn distinct(kinds: Vec<Kind>, values: &[String]) -> Vec<Kind> {
    let mut kept: Vec<Kind> = Vec::new();
    for kind in kinds {
        let same = |other: &Kind| values.iter().all(|value| other.read(value) == kind.read(value));
        if !kept.iter().any(same) {
            kept.push(kind);
        }
    }
    kept
}

/// A number of at most 15 digits, which a 64-bit float keeps; groups of digits may be parted.
fn number(cell: &str, point: char, parted: &[char]) -> Option<Value> {
    let (minus, digits) = match cell.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", cell.strip_prefix('+').unwrap_or(cell)),
    };
    let (whole, fraction) = match digits.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if fraction.is_some_and(|fraction| !digits(fraction)) {
        return None;
    }
    let is_parting = |c: char| parted.contains(&c) || matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    let mut groups: Vec<&str> = whole.split(is_parting).collect();
    let last = groups.pop()?;
    let grouped = groups
        .first()
        .is_none_or(|first| matches!(first.len(), 1..=3) && !first.starts_with('0'))
        && groups.iter().skip(1).all(|group| matches!(group.len(), 2 | 3))
        && (groups.is_empty() || last.len() == 3);
    let whole = groups.concat() + last;
    if !grouped || !digits(&whole) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    match fraction.map(|fraction| fraction.trim_end_matches('0')) {
        None | Some("") if whole.len() <= 15 => {
            format!("{minus}{whole}").parse::<i64>().ok().map(Value::from)
        }
        Some(fraction) if whole.len() + fraction.len() <= 15 => format!("{minus}{whole}.{fraction}")
            .parse::<f64>()
            .ok()
            .map(Value::from),
        _ => None,
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(word: &str) -> Option<i8> {
    if word.len() <= 2 {
        return word.parse().ok();
    }
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let word = if word == "sept" { "sep" } else { word.as_str() };
    let fits = |name: &&str| word.len() >= 3 && name.starts_with(word);
    let at = MONTHS.iter().position(fits)?;
    i8::try_from(at + 1).ok()
}

/// A date, with the time of day when there is one, as it is kept.
fn date(kind: Kind, cell: &str) -> Option<String> {
    let (day, time) = split_time(cell);
    let mut parts = day
        .split(['-', '/', '.', ' ', ','])
        .filter(|part| !part.is_empty());
    let [a, b, c] = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() {
        return None;
    }
    // A month that is written as a word leaves no doubt.
    let word = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
    let (year, m, d) = match kind {
        Kind::DateYmd => (a, b, c),
        _ if word(b) => (c, b, a),
        _ if word(a) => (c, a, b),
        Kind::DateDmy => (c, b, a),
        _ => (c, a, b),
    };
    let number = |text: &str, longest: usize| {
        let digits = text.len() <= longest && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<i16>().ok()).flatten()
    };
    if year.len() != 4 {
        return None;
    }
    let date = Date::new(number(year, 4)?, month(m)?, i8::try_from(number(d, 2)?).ok()?).ok()?;
    match time.map(clock) {
        None => Some(date.to_string()),
        Some(None) => None,
        Some(Some((0, ""))) => Some(date.to_string()),
        Some(Some((seconds, zone))) => {
            let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            Some(format!("{date}T{hour:02}:{minute:02}:{second:02}{zone}"))
        }
    }
}

/// The date of a cell, and the time of day behind it.
fn split_time(cell: &str) -> (&str, Option<&str>) {
    let Some(colon) = cell.find(':') else {
        return (cell, None);
    };
    // `T`, or a space before the hour.
    match cell[..colon].rfind(['T', 't', ' ']) {
        Some(at) => (cell[..at].trim_end(), Some(&cell[at + 1..])),
        None => (cell, None),
    }
}

/// Seconds since midnight, and the zone as it is written: `14:30`, `2:30:05 PM`, `14:30:00.000Z`, `14:30:00+05:30`.
fn clock(text: &str) -> Option<(u32, &str)> {
    let upper = text.trim();
    let (text, half) = match upper.get(upper.len().saturating_sub(2)..) {
        Some(end) if end.eq_ignore_ascii_case("am") => (upper[..upper.len() - 2].trim_end(), Some(0)),
        Some(end) if end.eq_ignore_ascii_case("pm") => (upper[..upper.len() - 2].trim_end(), Some(12)),
        _ => (upper, None),
    };
    let at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at(at);
    let zoned = zone.is_empty()
        || zone.eq_ignore_ascii_case("z")
        || (matches!(zone.len(), 3 | 5 | 6) && zone[1..].bytes().all(|b| b.is_ascii_digit() || b == b':'));
    let time = time.trim_end();
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let mut parts = time.split(':').map(|part| {
        let digits = matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u32>().ok()).flatten()
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        None => 0,
        Some(second) => second?,
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    let fits = zoned && parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    fits.then_some((hour * 3600 + minute * 60 + second, zone))
}

/// Is this text a date as dates are kept?
pub fn is_date(text: &str) -> bool {
    moment(text).is_some()
}

/// A day, and the second of it when there is one.
fn moment(text: &str) -> Option<(&str, Option<u32>)> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_char_boundary(10) {
        return None;
    }
    let (day, rest) = text.split_at(10);
    day.parse::<Date>().ok()?;
    match rest.strip_prefix(['T', ' ']) {
        None => rest.is_empty().then_some((day, None)),
        Some(rest) => clock(rest).map(|(seconds, _)| (day, Some(seconds))),
    }
}

/// How two dates stand to each other; `None` when one is none. Against a whole day the time of the other does not count.
pub fn order(a: &str, b: &str) -> Option<Ordering> {
    let ((day, seconds), (other, at)) = (moment(a)?, moment(b)?);
    Some(match at {
        None => day.cmp(other),
        Some(at) => (day, seconds.unwrap_or(0)).cmp(&(other, at)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(kind: Kind, cell: &str) -> Value {
        kind.read(cell).unwrap_or(Value::Null)
    }

    #[test]
    fn numbers_are_read_with_point_or_comma() {
        let none = Value::Null;
        for (cell, point, comma) in [
            ("42", json!(42), json!(42)),
            ("-7", json!(-7), json!(-7)),
            ("007", json!(7), json!(7)),
            ("19.90", json!(19.9), none.clone()),
            ("19,90", none.clone(), json!(19.9)),
            ("1,234", json!(1234), json!(1.234)),
            ("1.234", json!(1.234), json!(1234)),
            ("1,234.50", json!(1234.5), none.clone()),
            ("12,34,567.5", json!(1_234_567.5), none.clone()),
            ("1.234,5", none.clone(), json!(1234.5)),
            ("1 234,5", none.clone(), json!(1234.5)),
            ("1,23", none.clone(), json!(1.23)),
            ("0.125", json!(0.125), none.clone()),
            ("12.0", json!(12), none.clone()),
            ("1234567890123456", none.clone(), none.clone()),
            ("1e5", none.clone(), none.clone()),
            ("NaN", none.clone(), none.clone()),
            ("", none.clone(), none.clone()),
            (",", none.clone(), none.clone()),
            ("5 kg", none.clone(), none.clone()),
        ] {
            assert_eq!(
                (read(Kind::Number, cell), read(Kind::NumberComma, cell)),
                (point, comma),
                "{cell}"
            );
        }
    }

    #[test]
    fn dates_are_kept_so_that_they_sort() {
        let none = Value::Null;
        let day = || json!("2026-12-31");
        for (cell, ymd, dmy, mdy) in [
            ("2026-12-31", day(), none.clone(), none.clone()),
            ("2026/12/31", day(), none.clone(), none.clone()),
            ("31/12/2026", none.clone(), day(), none.clone()),
            ("31.12.2026", none.clone(), day(), none.clone()),
            ("12/31/2026", none.clone(), none.clone(), day()),
            ("31-Dec-2026", none.clone(), day(), day()),
            ("Dec 31, 2026", none.clone(), day(), day()),
            ("3/4/2026", none.clone(), json!("2026-04-03"), json!("2026-03-04")),
            ("31/12/2026 00:00", none.clone(), day(), none.clone()),
            (
                "31/12/2026 2:30 PM",
                none.clone(),
                json!("2026-12-31T14:30:00"),
                none.clone(),
            ),
            (
                "2026-12-31T14:30:05.123Z",
                json!("2026-12-31T14:30:05Z"),
                none.clone(),
                none.clone(),
            ),
            (
                "2026-12-31 14:30:05+05:30",
                json!("2026-12-31T14:30:05+05:30"),
                none.clone(),
                none.clone(),
            ),
            ("31/12/26", none.clone(), none.clone(), none.clone()),
            ("30/02/2026", none.clone(), none.clone(), none.clone()),
            ("2026-12", none.clone(), none.clone(), none.clone()),
            ("2026-12-31 25:00", none.clone(), none.clone(), none.clone()),
            ("soon", none.clone(), none.clone(), none.clone()),
        ] {
            let got = (
                read(Kind::DateYmd, cell),
                read(Kind::DateDmy, cell),
                read(Kind::DateMdy, cell),
            );
            assert_eq!(got, (ymd, dmy, mdy), "{cell}");
            for kept in [got.0, got.1, got.2].iter().filter_map(Value::as_str) {
                assert!(is_date(kept), "{kept}");
            }
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_asked() {
        for (values, expected) in [
            (&["3", "4.5"][..], &[Kind::Number][..]),
            (&["19,90", "5"], &[Kind::NumberComma]),
            (&["1,234", "5"], &[Kind::Number, Kind::NumberComma]),
            (&["yes", "NO"], &[Kind::Boolean]),
            (&["true", "FALSE"], &[Kind::Boolean]),
            (&["1", "0"], &[Kind::Number]),
            (&["3", "x"], &[Kind::Text]),
            (&["007"], &[Kind::Text]),
            (&["+919999900001"], &[Kind::Text]),
            (&[], &[Kind::Text]),
            (&["2026-12-31"], &[Kind::DateYmd]),
            (&["3/4/2026", "5/6/2026"], &[Kind::DateDmy, Kind::DateMdy]),
            (&["3/4/2026", "31/6/2026"], &[Kind::Text]),
            (&["3/4/2026", "30/6/2026"], &[Kind::DateDmy]),
            (&["4/4/2026"], &[Kind::DateDmy, Kind::DateMdy]),
            (&["31-Dec-2026", "1 Jan 2027"], &[Kind::DateDmy]),
        ] {
            let values: Vec<String> = values.iter().map(|v| (*v).into()).collect();
            assert_eq!(kinds(&values), expected, "{values:?}");
        }
    }

    #[test]
    fn days_are_compared_as_days() {
        for (a, b, expected) in [
            ("2026-12-31", "2027-01-01", Some(Ordering::Less)),
            ("2026-12-31T14:30:00", "2026-12-31", Some(Ordering::Equal)),
            (
                "2026-12-31T14:30:00Z",
                "2026-12-31T14:00",
                Some(Ordering::Greater),
            ),
            ("2026-12-31", "2026-12-31 00:00", Some(Ordering::Equal)),
            ("2026-13-31", "2026-12-31", None),
            ("Pune", "2026-12-31", None),
            ("2026-12-31x", "2026-12-31", None),
        ] {
            assert_eq!(order(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn every_kind_has_a_name_and_says_what_to_write() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
            assert!(
                kind.refusal("Since", "soon")
                    .starts_with("\"Since\" is \"soon\": write ")
            );
        }
    }
}
