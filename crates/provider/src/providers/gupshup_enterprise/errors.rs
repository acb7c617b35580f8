//! The gateway's refusals: ids, and words in `details` where no id is public.
//!
//! Ids from public clients (nammayatri shared-kernel, sms-rust and others); every other id is refused for good and its
//! details are shown.

use super::account::Which;
use crate::wire::meta;
use crate::{Account, SendError, SendErrorKind};
use SendErrorKind::{Auth, Config, Invalid, OptedOut, Rejected, Throttled, Unavailable, WindowClosed};

/// Opt-in or opt-out repeated: nothing to do.
pub(super) const ALREADY_MARKED: &str = "322";

const SLOW_DOWN: SendErrorKind = Throttled { after_ms: None };

/// Id, kind, and what a person reads; `{account}` becomes the name of the gateway account.
#[rustfmt::skip]
const IDS: &[(&str, SendErrorKind, &str)] = &[
    ("100", Unavailable, "Gupshup had a fault of its own and asked to try again later. We do so by ourselves."),
    ("101", Invalid, "Gupshup found a parameter of this message missing or wrong. Details are below."),
    ("102", Auth, "Gupshup did not accept the user ID or password of the {account}. Enter them again; if they are right, ask Gupshup whether this server's IP address is allowed on that account, because a blocked address can look the same."),
    ("103", Auth, "Gupshup does not know the user ID of the {account}. Compare it with the mail from Gupshup; if it is right, ask Gupshup whether this server's IP address is allowed on that account."),
    ("105", Invalid, "Gupshup does not take this as a phone number. Check the number and its country code."),
    ("106", Config, "The {account} may not do this at Gupshup. Check that the credentials of the notification account and the two-way account are not swapped, or ask Gupshup to enable the method for that account."),
    ("175", Invalid, "Gupshup has not enabled sending to this country for the {account}. Ask Gupshup to enable it, then send again."),
    (ALREADY_MARKED, Rejected, "Gupshup has this number marked already."),
    ("401", Auth, "Gupshup did not accept the user ID or password of the {account} for its template API. Enter them again; if they are right, ask Gupshup whether this server's IP address is allowed on that account."),
];

/// A row of words: every group must have one of its phrases in the details (lower case).
type Words = (&'static [&'static [&'static str]], SendErrorKind, &'static str);

pub(super) const BLOCKED_ADDRESS: &str = "Gupshup refuses requests of the {account} from this server's IP address. Ask Gupshup to allow the public addresses of this server on both ids, the \
    notification account and the two-way account.";

/// First match wins. `" ip "` stands for the word IP, whatever is around it.
#[rustfmt::skip]
const WORDS: &[Words] = &[
    (&[&[" ip ", " ips ", " ipaddress "], &["not allowed", "whitelist", "allowlist", "allow list", "restrict", "not authori", "unauthori", "blocked", "denied", "not permitted"]],
        Config, BLOCKED_ADDRESS),
    (&[&["not opted", "opt in", "optin", "opted out", "opt out", "optout", "unsubscribed", "blocked for user"]],
        OptedOut, "Not sent: Gupshup has no opt-in (or has an opt-out) for this number. We have marked the person opted out."),
    (&[&["balance", "wallet", "credit"], &["insufficient", " low ", "not enough", " no ", "exhaust", "empty", "expired", "zero", "over"]],
        Config, "Gupshup refused: the wallet of the {account} is empty. Top it up at Gupshup."),
    (&[&["too many requests", "rate limit", "throttl", "limit exceeded", "slow down", "requests per second", " tps "]],
        SLOW_DOWN, "Gupshup asked us to slow down. Sending goes on by itself."),
    (&[&["24 hour", "24 hrs", "24hr", "session window", "session expired", "outside the window", "outside window", "re engagement", "reengagement"]],
        WindowClosed, "Not sent: more than 24 hours since their last message. Send a template."),
    (&[&["template"], &["not match", "mismatch", "not found", "no template", "not approved", "does not exist", "not exist", "paused", "disabled", "rejected"]],
        Invalid, "Gupshup found no approved template that fits this message. Refresh the templates and compare the text with the approved one, letter by letter."),
];

/// Lower case, everything but letters and digits as one space: `OPT-IN` and `opt in` are the same words.
fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            words.push(c);
        } else if !words.ends_with(' ') {
            words.push(' ');
        }
    }
    words.push(' ');
    words
}

/// What the details say by their words.
pub(super) fn by_words(details: &str) -> Option<(SendErrorKind, &'static str)> {
    let text = words(details);
    WORDS
        .iter()
        .find(|(groups, ..)| {
            groups
                .iter()
                .all(|group| group.iter().any(|phrase| text.contains(phrase)))
        })
        .map(|&(_, kind, help)| (kind, help))
}

/// What an id means: the gateway's own, else one of Meta's passed on.
fn by_id(id: &str) -> Option<(SendErrorKind, &'static str)> {
    let own = IDS
        .iter()
        .find(|row| row.0 == id)
        .map(|&(_, kind, help)| (kind, help));
    own.or_else(|| meta::code(id.parse().ok()?))
}

/// Ids whose details quote names (`OPT_IN`) that would be taken for reasons.
const EXACT: &[&str] = &["105", "106", "175", ALREADY_MARKED];

/// The error of a refusal. Words go first: they are more exact than an id that covers many things, and a blocked
/// address has no public id.
pub(super) fn refusal(account: &Account, which: Which, id: Option<&str>, details: &str) -> SendError {
    let exact = id.filter(|id| EXACT.contains(id)).and_then(by_id);
    let known = exact.or_else(|| by_words(details)).or_else(|| id.and_then(by_id));
    let (kind, help) = known.unwrap_or((
        Rejected,
        "Gupshup refused this message for a reason that we do not know. Its own words are below; ask Gupshup with the \
         message's id if they do not help.",
    ));
    error(account, which, kind, id, details, help)
}

/// Builds the error: names the account, and takes credentials out of the vendor's words, which may echo a request.
pub(super) fn error(
    account: &Account,
    which: Which,
    kind: SendErrorKind,
    id: Option<&str>,
    details: &str,
    help: &str,
) -> SendError {
    let mut detail: String = hidden(account, details)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if detail.chars().count() > 500 {
        detail = detail.chars().take(499).chain(['…']).collect();
    }
    if detail.is_empty() {
        detail = "no details given".to_owned();
    }
    SendError::new(
        kind,
        id.map(|id| hidden(account, id)).as_deref(),
        format!("{}: {detail}", which.name()),
        help.replace("{account}", which.name()),
    )
}

/// The vendor's words without the credentials, plain or as they stand in a form.
pub(super) fn hidden(account: &Account, words: &str) -> String {
    account
        .secret_values()
        .iter()
        .fold(words.to_owned(), |words, secret| {
            let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            words.replace(secret, "***").replace(&encoded, "***")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_recognised_whatever_the_punctuation() {
        for (details, kind) in [
            ("The IP address 10.0.0.1 is not allowed", Some(Config)),
            ("Request from unauthorized ip", Some(Config)),
            ("IP_NOT_WHITELISTED", Some(Config)),
            ("The user has not opted-in", Some(OptedOut)),
            ("Recipient OPTED_OUT", Some(OptedOut)),
            ("Insufficient balance in wallet", Some(Config)),
            ("Rate-limit reached", Some(SLOW_DOWN)),
            ("Message sent outside the 24-hour window", Some(WindowClosed)),
            ("Message does not match template", Some(Invalid)),
            ("The recipient is not allowed", None),
            ("Tip not allowed", None),
            ("", None),
        ] {
            assert_eq!(by_words(details).map(|found| found.0), kind, "{details}");
        }
    }
}
