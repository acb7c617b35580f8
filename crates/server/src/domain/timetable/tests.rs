use jiff::civil::DateTime;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::clock::{HOUR, MINUTE};
use crate::domain::zone::zone as known;

fn table(zone: &str, days: Value) -> Timetable {
    let quiet = QuietHours {
        zone: zone.into(),
        days: serde_json::from_value(days).unwrap(),
    };
    assert_eq!(quiet.problems(), []);
    Timetable::new(Some(&quiet), None).unwrap()
}

fn at(local: &str, zone: &str) -> Millis {
    let local: DateTime = local.parse().unwrap();
    let zoned = local.to_zoned(known(zone).unwrap()).unwrap();
    zoned.timestamp().as_millisecond()
}

fn every_day(span: Value) -> Value {
    let days = hours::Week::default();
    let mut days = serde_json::to_value(days).unwrap();
    for (_, spans) in days.as_object_mut().unwrap() {
        *spans = json!([span]);
    }
    days
}

/// What a moment is, as a person would write it: open or quiet, and until when on the same clocks.
fn said(table: &Timetable, local: &str, zone: &str) -> String {
    let shown = |at: Millis| {
        let zoned = jiff::Timestamp::from_millisecond(at)
            .unwrap()
            .to_zoned(known(zone).unwrap());
        zoned.strftime("%a %d %H:%M").to_string()
    };
    match table.at(at(local, zone)) {
        Standing::Open { until } => format!("open until {}", shown(until.unwrap())),
        Standing::Quiet { since, until } => format!("quiet {} to {}", shown(since), shown(until)),
        Standing::Over => "over".into(),
    }
}

#[test]
fn nights_weekends_and_days_on_which_clocks_are_set() {
    let night = || every_day(json!({"from": "21:00", "to": "09:00", "next_day": true}));
    let weekend = || {
        json!({"friday": [{"from": "18:00", "to": "24:00"}], "saturday": [{"from": "00:00", "to": "24:00"}],
            "sunday": [{"from": "00:00", "to": "24:00"}], "monday": [{"from": "00:00", "to": "08:00"}]})
    };
    let noon = || json!({"wednesday": [{"from": "12:00", "to": "13:00"}]});
    let two = || every_day(json!({"from": "02:15", "to": "02:45"}));
    let (india, berlin) = ("Asia/Kolkata", "Europe/Berlin");
    // The clocks of Berlin jump from 02:00 to 03:00 on 2026-03-29, and back from 03:00 to 02:00 on 2026-10-25.
    let table_of = [
        (india, night(), "2026-11-27T20:59:59", "open until Fri 27 21:00"),
        (
            india,
            night(),
            "2026-11-27T21:00:00",
            "quiet Fri 27 21:00 to Sat 28 09:00",
        ),
        (
            india,
            night(),
            "2026-11-28T00:00:00",
            "quiet Fri 27 21:00 to Sat 28 09:00",
        ),
        (
            india,
            night(),
            "2026-11-28T08:59:59",
            "quiet Fri 27 21:00 to Sat 28 09:00",
        ),
        (india, night(), "2026-11-28T09:00:00", "open until Sat 28 21:00"),
        (india, weekend(), "2026-11-27T17:00:00", "open until Fri 27 18:00"),
        (
            india,
            weekend(),
            "2026-11-29T12:00:00",
            "quiet Fri 27 18:00 to Mon 30 08:00",
        ),
        (india, weekend(), "2026-11-30T08:00:00", "open until Fri 04 18:00"),
        (india, noon(), "2026-11-25T13:00:00", "open until Wed 02 12:00"),
        (
            berlin,
            night(),
            "2026-03-28T22:00:00",
            "quiet Sat 28 21:00 to Sun 29 09:00",
        ),
        (
            berlin,
            night(),
            "2026-10-25T02:30:00",
            "quiet Sat 24 21:00 to Sun 25 09:00",
        ),
        // The half hour that the clocks jump over does not come, and the one that comes twice is quiet twice.
        (berlin, two(), "2026-03-29T01:50:00", "open until Mon 30 02:15"),
        (
            berlin,
            two(),
            "2026-10-25T02:20:00",
            "quiet Sun 25 02:15 to Sun 25 02:45",
        ),
        (berlin, two(), "2026-10-25T02:50:00", "open until Sun 25 02:15"),
    ];
    for (zone, days, local, expected) in table_of {
        assert_eq!(said(&table(zone, days), local, zone), expected, "{zone} {local}");
    }
}

#[test]
fn nothing_leaves_after_the_cut_off_whatever_the_hours_say() {
    let ends = at("2026-11-27T22:00:00", "UTC");
    let plain = Timetable::new(None, Some(ends)).unwrap();
    assert_eq!(plain.at(ends - 1), Standing::Open { until: Some(ends) });
    assert_eq!(plain.at(ends), Standing::Over);
    let mut night = table("UTC", every_day(json!({"from": "23:00", "to": "24:00"})));
    night.ends = Some(ends);
    assert_eq!(night.at(ends - HOUR), Standing::Open { until: Some(ends) });
    assert_eq!(night.at(ends + 90 * MINUTE), Standing::Over);
    assert!(Timetable::new(None, None).unwrap().is_always());
}

#[test]
fn hours_that_would_hold_it_for_ever_are_refused() {
    let refused = |days: Value| {
        let quiet = QuietHours {
            zone: "UTC".into(),
            days: serde_json::from_value(days).unwrap(),
        };
        quiet.problems().into_iter().map(|p| (p.pointer, p.code)).next()
    };
    let whole = every_day(json!({"from": "00:00", "to": "24:00"}));
    assert_eq!(refused(whole), Some(("/quiet/days".into(), "never_open")));
    let backwards = json!({"monday": [{"from": "21:00", "to": "09:00"}]});
    assert_eq!(
        refused(backwards),
        Some(("/quiet/days/monday/0/to".into(), "order"))
    );
    assert_eq!(refused(json!({})), None);
    let nowhere = QuietHours {
        zone: "Pune".into(),
        days: Week::default(),
    };
    assert_eq!(nowhere.problems()[0].pointer, "/quiet/zone");
}

#[test]
fn the_end_waits_for_the_hours_and_the_cut_off_counts_who_is_left() {
    let zone = "Asia/Kolkata";
    let night = table(
        zone,
        every_day(json!({"from": "21:00", "to": "09:00", "next_day": true})),
    );
    let start = at("2026-11-27T20:00:00", zone);
    // 3,600 people an hour.
    let finish = |table: &Timetable, people| table.finish(start, people, 1).unwrap();
    let end = |local, left| Finish {
        at: at(local, zone),
        left,
    };
    assert_eq!(finish(&night, 0), end("2026-11-27T20:00:00", 0));
    assert_eq!(finish(&night, 1_800), end("2026-11-27T20:30:00", 0));
    assert_eq!(finish(&night, 3_600), end("2026-11-27T21:00:00", 0));
    assert_eq!(finish(&night, 7_200), end("2026-11-28T10:00:00", 0));
    let cut = Timetable {
        ends: Some(at("2026-11-28T09:30:00", zone)),
        ..night.clone()
    };
    assert_eq!(finish(&cut, 7_200), end("2026-11-28T09:30:00", 1_800));
    assert_eq!(finish(&cut, 5_400), end("2026-11-28T09:30:00", 0));
    let asleep = Timetable {
        ends: Some(at("2026-11-28T08:00:00", zone)),
        ..night.clone()
    };
    assert_eq!(finish(&asleep, 7_200), end("2026-11-28T08:00:00", 3_600));
    assert_eq!(night.finish(start, 1 << 40, 1), None);
    let spans = cut.open_spans(start, 9);
    let hours: Vec<i64> = spans
        .iter()
        .map(|span| (span.to.unwrap() - span.from) / MINUTE)
        .collect();
    assert_eq!(hours, [60, 30]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The same answer as a walk from minute to minute, over days on which clocks are set.
    #[test]
    fn the_next_change_is_the_one_that_a_walk_finds(
        spans in prop::collection::vec((0usize..7, 0i32..1440, 1i32..1000), 1..7),
        zone in prop::sample::select(vec!["Europe/Berlin", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]),
        day in 0i64..360,
        minute in 0i64..1440,
    ) {
        let mut days = serde_json::Map::new();
        for (day, from, length) in spans {
            let to = from + length;
            let clock = |m: i32| format!("{:02}:{:02}", m / 60 % 24, m % 60);
            let name = hours::Day::ALL[day].name();
            days.insert(name.into(), json!([{"from": clock(from), "to": clock(to), "next_day": to >= 1440}]));
        }
        let week: Week = serde_json::from_value(Value::Object(days)).unwrap();
        let place = known(zone).unwrap();
        let table = Timetable { quiet: Some((week.clone(), place.clone())), ends: None };
        let at = at("2026-01-01T00:00", "UTC") + day * DAY + minute * MINUTE;
        let quiet = hours::is_open(&week, &place, at);
        let walk = (1..8 * 1440)
            .map(|n| at + n * MINUTE)
            .find(|later| hours::is_open(&week, &place, *later) != quiet);
        let until = match table.at(at) {
            Standing::Open { until } => { prop_assert!(!quiet); until }
            Standing::Quiet { since, until } => {
                prop_assert!(quiet && since <= at);
                prop_assert!(hours::is_open(&week, &place, since) || since == at - SIGHT);
                Some(until)
            }
            Standing::Over => None,
        };
        prop_assert_eq!(until, walk.or(Some(at + SIGHT)));
    }
}
