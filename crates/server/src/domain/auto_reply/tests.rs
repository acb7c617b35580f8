use proptest::prelude::*;

use super::*;

const AT: Millis = 1_793_620_800_000; // 2 November 2026, 12:00 UTC, a Monday

fn reply(text: &str) -> AutoReply {
    AutoReply {
        enabled: true,
        text: text.into(),
        name_fallback: "friend".into(),
        hours: None,
    }
}

fn open_until(to: &str, outside: &str) -> AutoReply {
    let span = Span {
        from: "09:00".into(),
        to: to.into(),
        next_day: false,
    };
    AutoReply {
        hours: Some(Hours {
            zone: "UTC".into(),
            days: Week {
                monday: vec![span],
                ..Week::default()
            },
            outside: outside.into(),
        }),
        ..reply("We are here, {{name}}.")
    }
}

fn codes(reply: &AutoReply) -> Vec<(String, &'static str)> {
    let found = reply.problems("Shop");
    found.into_iter().map(|p| (p.pointer, p.code)).collect()
}

#[test]
fn names_are_filled_in_and_stay_what_they_are() {
    let said = |name: Option<&str>| {
        reply("Hi {{name}} of {{account}}{{x}}")
            .answer(name, "Shop", AT)
            .unwrap()
    };
    for (name, expected) in [
        (Some("Asha"), "Hi Asha of Shop{{x}}"),
        (Some("  Asha \n\t Rao\u{0} "), "Hi Asha Rao of Shop{{x}}"),
        (Some("{{account}}"), "Hi {{account}} of Shop{{x}}"),
        (Some("{{name}}"), "Hi {{name}} of Shop{{x}}"),
        (Some("\u{202e}ahsA"), "Hi ahsA of Shop{{x}}"),
        (Some("आशा"), "Hi आशा of Shop{{x}}"),
        (Some(""), "Hi friend of Shop{{x}}"),
        (Some(" \u{200b}\u{200d}"), "Hi friend of Shop{{x}}"),
        (None, "Hi friend of Shop{{x}}"),
    ] {
        assert_eq!(said(name), expected, "{name:?}");
    }
    let long = said(Some(&"ä".repeat(500)));
    assert_eq!(long, format!("Hi {} of Shop{{{{x}}}}", "ä".repeat(60)));
}

#[test]
fn hours_choose_the_text_and_silence_is_one() {
    for (to, outside, hour, said) in [
        (
            "18:00",
            "Closed, {{name}}.",
            Hour::Inside,
            Some("We are here, Asha."),
        ),
        ("11:00", "Closed, {{name}}.", Hour::Outside, Some("Closed, Asha.")),
        ("11:00", "", Hour::Outside, None),
    ] {
        let reply = open_until(to, outside);
        assert_eq!(reply.hour(AT), hour);
        assert_eq!(
            reply.answer(Some("Asha"), "Shop", AT).as_deref(),
            said,
            "{to} {outside}"
        );
    }
    let mut gone = open_until("11:00", "");
    gone.hours.as_mut().unwrap().zone = "Atlantis/Capital".into();
    assert_eq!(gone.answer(None, "Shop", AT).unwrap(), "We are here, friend.");
    assert_eq!(reply("Hi").hour(AT), Hour::Always);
}

#[test]
fn what_is_wrong_is_named_by_field() {
    assert_eq!(codes(&open_until("18:00", "Closed, {{account}}")), []);
    assert_eq!(codes(&AutoReply::default()), []);
    let mut zoneless = open_until("18:00", "");
    zoneless.hours.as_mut().unwrap().zone = "Mars/Olympus".into();
    let nameless = AutoReply {
        name_fallback: String::new(),
        ..reply("Hi {{name}}")
    };
    let nameless_outside = AutoReply {
        name_fallback: String::new(),
        text: "Hi".into(),
        ..open_until("18:00", "Closed, {{name}}")
    };
    for (bad, at, code) in [
        (reply(""), "/text", "required"),
        (reply("Hi {{first_name}}"), "/text", "unknown_variable"),
        (reply("Hi {{ name }}"), "/text", "placeholder"),
        (reply("Hi {{Name}}"), "/text", "placeholder"),
        (reply("Hi name}}"), "/text", "placeholder"),
        (
            reply(&format!("{{{{name}}}}{}", "x".repeat(4037))),
            "/text",
            "too_long",
        ),
        (reply(&"x".repeat(4097)), "/text", "too_long"),
        (nameless, "/name_fallback", "required"),
        (nameless_outside, "/name_fallback", "required"),
        (zoneless, "/hours/zone", "bad_zone"),
        (
            open_until("18:00", "Closed, {{when}}"),
            "/hours/outside",
            "unknown_variable",
        ),
        (open_until("08:00", ""), "/hours/days/monday/0/to", "order"),
    ] {
        assert_eq!(codes(&bad), [(at.to_owned(), code)], "{bad:?}");
    }
    assert_eq!(codes(&reply(&format!("{{{{name}}}}{}", "x".repeat(4036)))), []);
    assert_eq!(codes(&reply(&"{{account}}".repeat(1024))), []);
    assert_eq!(
        codes(&reply(&"{{account}}".repeat(1025))),
        [("/text".to_owned(), "too_long")]
    );
}

#[test]
fn it_is_kept_tidy_and_nothing_is_kept_of_what_is_usual() {
    let mut given = open_until("18:00", "  Closed ");
    given.name_fallback = " dear\nfriend ".into();
    given.hours.as_mut().unwrap().zone = "asia/kolkata".into();
    let tidy = given.tidy();
    let hours = tidy.hours.as_ref().unwrap();
    assert_eq!(
        (
            tidy.name_fallback.as_str(),
            hours.zone.as_str(),
            hours.outside.as_str()
        ),
        ("dear friend", "Asia/Kolkata", "Closed")
    );
    assert_eq!(AutoReply::of(true, &tidy.text, tidy.rules().unwrap()), tidy);
    assert_eq!(AutoReply::of(true, "Hi", Rules::default()).rules(), None);
}

proptest! {
    #[test]
    fn a_name_is_never_expanded(name in "[{}a-z \\PC]{0,80}", before in "[{} é]{0,6}", after in "[{} é]{0,6}") {
        let text = format!("{before}{{{{name}}}}{after}");
        let said = reply(&text).answer(Some(&name), "THE SHOP", AT).unwrap();
        prop_assert!(!said.contains("THE SHOP"), "{}", said);
        let named = plain(&name);
        let named = if has_signs(&named) { named } else { "friend".into() };
        let fits = named.chars().count() <= LONGEST_NAME && !named.contains(['\n', '\u{202e}']);
        prop_assert!(fits, "it is a name: {:?}", named);
        prop_assert!(said.contains(&named));
        prop_assert_eq!(said.chars().count(), text.chars().count() - 8 + named.chars().count());
    }

    #[test]
    fn what_may_be_saved_fits_whoever_writes(name in "\\PC{0,120}", words in "[a-z{}_ ]{0,40}") {
        let reply = AutoReply { text: format!("{words}{{{{name}}}}{}", "x".repeat(4010)), ..reply("") };
        if reply.problems("Shop").is_empty() {
            let said = reply.answer(Some(&name), "Shop", AT).unwrap();
            prop_assert!(said.ends_with('x') && said.chars().count() <= LONGEST);
        }
    }
}
