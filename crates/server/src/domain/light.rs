//! Four lights for an account: do its credentials work, do reports come, do messages come, does it send? Each says what is
//! the matter and what to do.

use crate::clock::{DAY, HOUR, MINUTE, Millis};

/// Reports are missed after this time.
pub const REPORTS_LATE: Millis = 10 * MINUTE;
/// After this time nobody believes any more that they will come.
pub const REPORTS_MISSING: Millis = HOUR;
/// When a report came is known to the minute.
pub const REPORTS_KNOWN: Millis = MINUTE;
/// How long a throttle or a failure is news.
const RECENT: Millis = 10 * MINUTE;

/// How well it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Works, and that was seen.
    Green,
    /// Something is not as it should be, or was not proven since the settings changed.
    Amber,
    /// Does not work.
    Red,
    /// Nothing is known yet.
    Grey,
}

impl Level {
    /// Stable name, used in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

/// A light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Light {
    /// `credentials`, `reports`, `inbound` or `sending`.
    pub key: &'static str,
    /// How well it is.
    pub level: Level,
    /// Since when, as far as that is known.
    pub since: Option<Millis>,
    /// What was seen.
    pub detail: String,
    /// What to do; empty when there is nothing.
    pub help: String,
}

/// Something that went wrong: when, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// When.
    pub at: Millis,
    /// What.
    pub detail: String,
    /// What to do.
    pub help: String,
}

/// What keeps sending back at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressure {
    /// The provider cannot be reached or does not answer: nothing leaves until it does.
    Away(Wrong),
    /// It asked to slow down.
    Throttled(Wrong),
    /// The account cannot be opened.
    Unreadable(Wrong),
}

/// What is known of an account.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// It is archived or deleted.
    pub retired: bool,
    /// It stands still until a person mends it.
    pub held: Option<Wrong>,
    /// What keeps sending back.
    pub pressure: Option<Pressure>,
    /// When settings were last changed.
    pub updated_at: Millis,
    /// When the credentials were last checked, and what did not work.
    pub checked: Option<(Millis, Option<Wrong>)>,
    /// The last refusal of the credentials or the configuration.
    pub refused_us: Option<Wrong>,
    /// The last failure of any kind that the provider answered.
    pub failed: Option<Wrong>,
    /// When the provider last took a message.
    pub accepted_at: Option<Millis>,
    /// The first message that it took after the last report.
    pub waiting_since: Option<Millis>,
    /// When a report last came.
    pub last_report_at: Option<Millis>,
    /// When a message last came in.
    pub last_inbound_at: Option<Millis>,
    /// The last callback that was not signed as the settings say.
    pub refused_callback: Option<Wrong>,
    /// The last callback that cannot be read.
    pub unreadable: Option<Wrong>,
    /// The last message to a number that the account does not have.
    pub stray: Option<Wrong>,
}

/// All four, in the order in which an account is set up.
pub fn lights(facts: &Facts, now: Millis) -> [Light; 4] {
    if facts.retired {
        return ["credentials", "reports", "inbound", "sending"]
            .map(|key| light(key, Level::Grey, None, "The account is out of use.", ""));
    }
    [
        credentials(facts),
        reports(facts, now),
        inbound(facts, now),
        sending(facts, now),
    ]
}

fn light(
    key: &'static str,
    level: Level,
    since: Option<Millis>,
    detail: impl Into<String>,
    help: impl Into<String>,
) -> Light {
    Light {
        key,
        level,
        since,
        detail: detail.into(),
        help: help.into(),
    }
}

fn wrong(key: &'static str, level: Level, wrong: &Wrong) -> Light {
    light(
        key,
        level,
        Some(wrong.at),
        wrong.detail.clone(),
        wrong.help.clone(),
    )
}

const CHECK: &str = "Check the credentials now, or send a test message.";

fn credentials(facts: &Facts) -> Light {
    let key = "credentials";
    if let Some(held) = &facts.held {
        // What the provider answered says it better than that we stopped.
        let why = facts.refused_us.as_ref().unwrap_or(held);
        return Light {
            since: Some(held.at),
            ..wrong(key, Level::Red, why)
        };
    }
    if let Some(Pressure::Unreadable(why)) = &facts.pressure {
        return wrong(key, Level::Red, why);
    }
    let checked = facts.checked.as_ref().filter(|(at, _)| *at >= facts.updated_at);
    if let Some((_, Some(why))) = checked {
        return wrong(key, Level::Red, why);
    }
    let proof = checked.map(|(at, _)| *at).max(facts.accepted_at);
    let refused = facts.refused_us.as_ref();
    if let Some(why) = refused.filter(|why| proof.is_none_or(|proof| proof < why.at)) {
        let detail = format!(
            "The provider refused them, and nothing was proven since: {}",
            why.detail
        );
        return light(key, Level::Amber, Some(why.at), detail, CHECK);
    }
    match proof {
        Some(at) if at >= facts.updated_at => {
            light(key, Level::Green, Some(at), "The provider took them.", "")
        }
        _ if proof.is_some() || facts.checked.is_some() => {
            let detail = "The settings were changed, and nothing was proven since.";
            light(key, Level::Amber, Some(facts.updated_at), detail, CHECK)
        }
        _ => light(key, Level::Grey, None, "They were not tried yet.", CHECK),
    }
}

/// A callback that was refused, unless a good one came after it.
fn refused(facts: &Facts, now: Millis) -> Option<&Wrong> {
    let heard = facts.last_report_at.max(facts.last_inbound_at).unwrap_or(0);
    facts
        .refused_callback
        .as_ref()
        .filter(|why| why.at > heard && why.at > now - DAY)
}

fn reports(facts: &Facts, now: Millis) -> Light {
    let key = "reports";
    if let Some(why) = refused(facts, now) {
        return wrong(key, Level::Red, why);
    }
    if let Some(since) = facts.waiting_since.filter(|since| now - since >= REPORTS_LATE) {
        let level = if now - since >= REPORTS_MISSING {
            Level::Red
        } else {
            Level::Amber
        };
        let detail = "The provider took messages, and no delivery report has come since.";
        let help = "Look whether the delivery report URL is pasted at the provider, for every credential set, and whether the \
                    provider can reach this server at its public address.";
        return light(key, level, Some(since), detail, help);
    }
    let last = facts.last_report_at;
    if let Some(why) = facts
        .unreadable
        .as_ref()
        .filter(|why| last.is_none_or(|at| why.at > at))
    {
        return wrong(key, Level::Amber, why);
    }
    match (last, facts.accepted_at) {
        (Some(at), _) => light(key, Level::Green, Some(at), "Delivery reports come.", ""),
        (None, Some(at)) => {
            let detail = "A message was taken, and its report has not come yet.";
            light(key, Level::Grey, Some(at), detail, "Wait some minutes.")
        }
        (None, None) => {
            let help = "Paste the delivery report URL at the provider, and send a message.";
            light(
                key,
                Level::Grey,
                None,
                "Nothing was sent that could be reported.",
                help,
            )
        }
    }
}

fn inbound(facts: &Facts, now: Millis) -> Light {
    let key = "inbound";
    if let Some(why) = refused(facts, now) {
        return wrong(key, Level::Red, why);
    }
    let last = facts.last_inbound_at;
    // A stray message is noted as one that came in, too.
    let newer = |why: &&Wrong| last.is_none_or(|at| why.at >= at);
    let odd = [&facts.stray, &facts.unreadable];
    let odd = odd.into_iter().flatten().filter(newer).max_by_key(|why| why.at);
    if let Some(why) = odd {
        return wrong(key, Level::Amber, why);
    }
    match last {
        Some(at) => light(key, Level::Green, Some(at), "Messages come in.", ""),
        None => {
            let help =
                "Paste the URL for inbound messages at the provider, and write to the number from any phone.";
            light(key, Level::Grey, None, "Nobody has written yet.", help)
        }
    }
}

fn sending(facts: &Facts, now: Millis) -> Light {
    let key = "sending";
    if let Some(held) = &facts.held {
        return wrong(key, Level::Red, held);
    }
    match &facts.pressure {
        Some(Pressure::Unreadable(why) | Pressure::Away(why)) => return wrong(key, Level::Red, why),
        Some(Pressure::Throttled(why)) if now - why.at < RECENT => return wrong(key, Level::Amber, why),
        _ => {}
    }
    let failed = facts.failed.as_ref().filter(|why| now - why.at < RECENT);
    if let Some(why) = failed.filter(|why| facts.accepted_at.is_none_or(|at| at < why.at)) {
        return wrong(key, Level::Amber, why);
    }
    match facts.accepted_at {
        Some(at) => light(key, Level::Green, Some(at), "The provider takes messages.", ""),
        None => light(key, Level::Grey, None, "Nothing was sent yet.", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_800_000_000_000;

    fn why(at: Millis) -> Wrong {
        Wrong {
            at,
            detail: "The signature does not match".into(),
            help: "Compare the secret.".into(),
        }
    }

    fn level(facts: &Facts, key: &str) -> Level {
        let all = lights(facts, NOW);
        all.iter().find(|light| light.key == key).unwrap().level
    }

    #[test]
    fn nothing_is_known_of_a_new_account() {
        for key in ["credentials", "reports", "inbound", "sending"] {
            assert_eq!(level(&Facts::default(), key), Level::Grey, "{key}");
        }
    }

    #[test]
    fn reports_are_missed_after_ten_minutes_and_given_up_after_an_hour() {
        for (minutes, expected) in [
            (9, Level::Green),
            (10, Level::Amber),
            (59, Level::Amber),
            (60, Level::Red),
        ] {
            let facts = Facts {
                last_report_at: Some(NOW - DAY),
                waiting_since: Some(NOW - minutes * MINUTE),
                accepted_at: Some(NOW),
                ..Facts::default()
            };
            assert_eq!(level(&facts, "reports"), expected, "{minutes}");
        }
    }

    #[test]
    fn a_refused_callback_is_forgiven_by_a_good_one_of_either_kind() {
        let refused = Facts {
            refused_callback: Some(why(NOW - HOUR)),
            ..Facts::default()
        };
        let good = Facts {
            last_report_at: Some(NOW - MINUTE),
            ..refused.clone()
        };
        let old = Facts {
            refused_callback: Some(why(NOW - DAY)),
            ..Facts::default()
        };
        for (facts, reports, inbound) in [
            (refused, Level::Red, Level::Red),
            (good, Level::Green, Level::Grey),
            (old, Level::Grey, Level::Grey),
        ] {
            assert_eq!(
                (level(&facts, "reports"), level(&facts, "inbound")),
                (reports, inbound)
            );
        }
    }

    #[test]
    fn a_check_holds_until_the_settings_change() {
        let failed = Facts {
            updated_at: NOW - HOUR,
            checked: Some((NOW - MINUTE, Some(why(NOW - MINUTE)))),
            // One credential set works: that does not prove the other.
            accepted_at: Some(NOW),
            ..Facts::default()
        };
        assert_eq!(level(&failed, "credentials"), Level::Red);
        let changed = Facts {
            updated_at: NOW,
            accepted_at: None,
            ..failed.clone()
        };
        assert_eq!(level(&changed, "credentials"), Level::Amber);
        let good = Facts {
            checked: Some((NOW, None)),
            ..failed.clone()
        };
        assert_eq!(level(&good, "credentials"), Level::Green);
        let later = Facts {
            updated_at: NOW + 1,
            ..good
        };
        assert_eq!(level(&later, "credentials"), Level::Amber);
    }

    #[test]
    fn what_the_provider_answered_is_told_rather_than_that_we_stopped() {
        let facts = Facts {
            held: Some(Wrong {
                at: NOW,
                detail: "held".into(),
                help: String::new(),
            }),
            refused_us: Some(why(NOW - 1)),
            ..Facts::default()
        };
        let [credentials, .., sending] = lights(&facts, NOW);
        assert_eq!(
            (credentials.level, credentials.since, credentials.help.as_str()),
            (Level::Red, Some(NOW), "Compare the secret.")
        );
        assert_eq!((sending.level, sending.detail.as_str()), (Level::Red, "held"));
        let retired = Facts {
            retired: true,
            ..facts
        };
        assert_eq!(level(&retired, "sending"), Level::Grey);
    }

    #[test]
    fn trouble_of_the_past_is_no_news() {
        let throttled = |at| Facts {
            pressure: Some(Pressure::Throttled(why(at))),
            failed: Some(why(at)),
            ..Facts::default()
        };
        assert_eq!(level(&throttled(NOW), "sending"), Level::Amber);
        assert_eq!(level(&throttled(NOW - RECENT), "sending"), Level::Grey);
        let away = Facts {
            pressure: Some(Pressure::Away(why(NOW - DAY))),
            ..Facts::default()
        };
        assert_eq!(level(&away, "sending"), Level::Red);
    }
}
