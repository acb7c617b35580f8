use super::*;
use crate::domain::zone::zone;

fn span(from: &str, to: &str) -> Span {
    Span {
        from: from.into(),
        to: to.into(),
        next_day: false,
    }
}

fn night(from: &str, to: &str) -> Span {
    Span {
        next_day: true,
        ..span(from, to)
    }
}

/// When the clocks of a zone that is `offset` hours ahead show this.
fn at(text: &str) -> Millis {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn shop() -> Week {
    Week {
        monday: vec![span("09:00", "13:00"), span("14:00", "18:00")],
        friday: vec![night("20:00", "02:00")],
        saturday: vec![span("10:00", "24:00")],
        sunday: vec![night("23:00", "23:00")],
        ..Week::default()
    }
}

#[test]
fn a_week_is_open_and_closed_by_the_minute() {
    let kolkata = zone("Asia/Kolkata").unwrap();
    // 2 November 2026 is a Monday.
    for (wall, open) in [
        ("2026-11-02T08:59:59", true), // until 23:00, since Sunday
        ("2026-11-02T13:30:00", true),
        ("2026-11-02T23:00:00", false),
        ("2026-11-09T08:59:59.999", true),
        ("2026-11-03T12:00:00", false),
        ("2026-11-04T00:00:00", false),
        ("2026-11-06T19:59:59", false),
        ("2026-11-06T20:00:00", true),
        ("2026-11-06T23:59:59", true),
        ("2026-11-07T00:00:00", true),
        ("2026-11-07T01:59:59", true),
        ("2026-11-07T02:00:00", false),
        ("2026-11-07T10:00:00", true),
        ("2026-11-07T23:59:59", true),
        ("2026-11-08T00:00:00", false),
        ("2026-11-08T22:59:59", false),
        ("2026-11-08T23:00:00", true),
    ] {
        let at = at(&format!("{wall}+05:30"));
        assert_eq!(is_open(&shop(), &kolkata, at), open, "{wall}");
    }
    let plain = Week {
        sunday: Vec::new(),
        ..shop()
    };
    for (wall, open) in [
        ("08:59:59", false),
        ("09:00:00", true),
        ("12:59:59", true),
        ("13:00:00", false),
        ("14:00:00", true),
        ("18:00:00", false),
    ] {
        let at = at(&format!("2026-11-02T{wall}+05:30"));
        assert_eq!(is_open(&plain, &kolkata, at), open, "{wall}");
    }
}

#[test]
fn when_clocks_are_set_the_wall_decides() {
    let berlin = zone("Europe/Berlin").unwrap();
    let early = Week {
        sunday: vec![span("02:00", "03:00")],
        ..Week::default()
    };
    // 29 March 2026: at 01:00 UTC the clocks go from 02:00 to 03:00, so that hour does not come.
    for (utc, open) in [("00:59:59", false), ("01:00:00", false), ("01:30:00", false)] {
        let at = at(&format!("2026-03-29T{utc}Z"));
        assert_eq!(is_open(&early, &berlin, at), open, "gap {utc}");
    }
    // 25 October 2026: at 01:00 UTC they go from 03:00 back to 02:00, so that hour comes twice.
    for (utc, open) in [
        ("2026-10-24T23:59:59", false),
        ("2026-10-25T00:00:00", true),
        ("2026-10-25T00:59:59", true),
        ("2026-10-25T01:00:00", true),
        ("2026-10-25T01:59:59", true),
        ("2026-10-25T02:00:00", false),
    ] {
        assert_eq!(
            is_open(&early, &berlin, at(&format!("{utc}Z"))),
            open,
            "overlap {utc}"
        );
    }
    // A night that clocks are set in still ends by the wall.
    let night = Week {
        saturday: vec![night("22:00", "04:00")],
        ..Week::default()
    };
    for (utc, open) in [
        ("2026-03-29T01:59:59", true),
        ("2026-03-29T02:00:00", false),
        ("2026-10-25T02:59:59", true),
        ("2026-10-25T03:00:00", false),
    ] {
        assert_eq!(
            is_open(&night, &berlin, at(&format!("{utc}Z"))),
            open,
            "night {utc}"
        );
    }
}

#[test]
fn a_moment_is_the_next_one_that_the_wall_shows() {
    let berlin = zone("Europe/Berlin").unwrap();
    let now = at("2026-03-25T12:00:00Z"); // Wednesday
    let next = |day: Day, time: &str| {
        moment(Some(day), time, &berlin, now).map(|at| Timestamp::from_millisecond(at).unwrap().to_string())
    };
    for (day, time, expected) in [
        (Day::Wednesday, "22:10", "2026-03-25T21:10:00Z"),
        (Day::Wednesday, "00:00", "2026-03-24T23:00:00Z"),
        (Day::Tuesday, "22:10", "2026-03-31T20:10:00Z"),
        // The clocks jump over it.
        (Day::Sunday, "02:30", "2026-03-29T01:30:00Z"),
    ] {
        assert_eq!(next(day, time).unwrap(), expected, "{day:?} {time}");
    }
    for time in ["", "24:00", "9:00", "25:00", "10:60", "noon"] {
        assert!(next(Day::Monday, time).is_err(), "{time}");
    }
    assert_eq!(
        moment(None, "13:30", &berlin, now).unwrap(),
        at("2026-03-25T12:30:00Z")
    );
    assert!(is_open(
        &Week {
            sunday: vec![span("03:00", "04:00")],
            ..Week::default()
        },
        &berlin,
        at("2026-03-29T01:30:00Z")
    ));
}

#[test]
fn what_is_wrong_with_a_week_is_named() {
    let monday = |spans: Vec<Span>| Week {
        monday: spans,
        ..Week::default()
    };
    let found = |week: &Week| {
        let all = problems(week, "");
        all.into_iter().map(|p| (p.pointer, p.code)).collect::<Vec<_>>()
    };
    let named = |pairs: &[(&str, &'static str)]| {
        pairs
            .iter()
            .map(|(at, code)| ((*at).to_owned(), *code))
            .collect::<Vec<_>>()
    };
    for good in [
        monday(vec![span("00:00", "24:00")]),
        monday(vec![span("13:00", "18:00"), span("09:00", "13:00")]),
        Week {
            monday: vec![span("02:00", "03:00")],
            sunday: vec![night("22:00", "02:00")],
            ..Week::default()
        },
    ] {
        assert_eq!(found(&good), [], "{good:?}");
    }
    for (week, wrong) in [
        (Week::default(), named(&[("", "required")])),
        (
            monday(vec![span("18:00", "09:00")]),
            named(&[("/monday/0/to", "order")]),
        ),
        (
            monday(vec![span("09:00", "09:00")]),
            named(&[("/monday/0/to", "order")]),
        ),
        (
            monday(vec![night("09:00", "10:00")]),
            named(&[("/monday/0/to", "order")]),
        ),
        (
            monday(vec![night("09:00", "24:00")]),
            named(&[("/monday/0/to", "order")]),
        ),
        (
            monday(vec![span("9", "25:00")]),
            named(&[("/monday/0/from", "time"), ("/monday/0/to", "time")]),
        ),
        (
            monday(vec![span("24:00", "24:00")]),
            named(&[("/monday/0/from", "time")]),
        ),
        (
            monday(vec![span("09:00", "13:00"), span("12:59", "18:00")]),
            named(&[("/monday/1/from", "overlap")]),
        ),
        (
            monday(vec![
                span("09:00", "18:00"),
                span("10:00", "11:00"),
                span("17:00", "19:00"),
            ]),
            named(&[("/monday/1/from", "overlap"), ("/monday/2/from", "overlap")]),
        ),
        (
            Week {
                monday: vec![night("22:00", "09:00")],
                tuesday: vec![span("08:59", "18:00")],
                ..Week::default()
            },
            named(&[("/tuesday/0/from", "overlap")]),
        ),
        (
            Week {
                monday: vec![span("01:59", "18:00")],
                sunday: vec![night("22:00", "02:00")],
                ..Week::default()
            },
            named(&[("/monday/0/from", "overlap")]),
        ),
        (
            monday(
                (0..7)
                    .map(|n| span(&format!("0{n}:00"), &format!("0{n}:30")))
                    .collect(),
            ),
            named(&[("/monday", "too_many")]),
        ),
    ] {
        assert_eq!(found(&week), wrong, "{week:?}");
    }
}
