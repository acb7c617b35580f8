//! Authentication, and words of the vendor without it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::spec::{HEADERS, SPEC};
use crate::{Account, SendError, SendErrorKind, SettingProblem};

type Headers = Vec<(String, String)>;

/// Where a set of credentials stands in the form: user name and password, and names and values of headers.
type Set = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const SENDING: Set = ("username", "password", HEADERS);
const IMPORT: Set = (
    "template_username",
    "template_password",
    &[("template_header_name", "template_header_value")],
);

/// Headers of a send.
pub(super) fn headers(account: &Account) -> Result<Headers, SendError> {
    of(account, SENDING).map_err(held)
}

/// Headers of the template import: its own, or those of sending when it has none.
pub(super) fn template_headers(account: &Account) -> Result<Headers, SendError> {
    let own = of(account, IMPORT).map_err(held)?;
    if own.is_empty() { headers(account) } else { Ok(own) }
}

/// Settings that are not right together.
pub(super) fn problems(account: &Account) -> Vec<SettingProblem> {
    [SENDING, IMPORT]
        .iter()
        .filter_map(|set| of(account, *set).err())
        .collect()
}

fn of(account: &Account, (user_key, password_key, pairs): Set) -> Result<Headers, SettingProblem> {
    let mut headers = Vec::new();
    let (user, password) = (account.get(user_key), account.get(password_key));
    if !user.is_empty() {
        headers.push(("authorization".to_owned(), basic(user, password)));
    } else if !password.is_empty() {
        return Err(unfit(user_key, "is empty, although there is a password"));
    }
    for (name_key, value_key) in pairs {
        let (name, value) = (account.get(name_key).trim(), account.get(value_key).trim());
        match (name, value) {
            ("", "") => {}
            ("", _) => return Err(unfit(name_key, "is empty, although its value is there")),
            (_, "") => return Err(unfit(value_key, "is empty, although the header has a name")),
            _ if !is_name(name) => return Err(unfit(name_key, "is not the name of an HTTP header")),
            _ if !value.bytes().all(|b| (b' '..=b'~').contains(&b)) => {
                return Err(unfit(
                    value_key,
                    "has characters that HTTP does not allow in a header",
                ));
            }
            _ => headers.push((name.to_ascii_lowercase(), value.to_owned())),
        }
    }
    Ok(headers)
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn is_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    // These two are the engine's.
    name.bytes().all(fits)
        && !["content-length", "content-type"].contains(&name.to_ascii_lowercase().as_str())
}

fn unfit(field: &'static str, why: &str) -> SettingProblem {
    let label = SPEC.field(field).map_or(field, |field| field.label);
    SettingProblem {
        field,
        detail: format!("'{label}' {why}. Mend it."),
    }
}

/// An account that was saved all the same holds.
fn held(problem: SettingProblem) -> SendError {
    SendError::new(
        SendErrorKind::Config,
        None,
        format!("{}: {}", problem.field, problem.detail),
        format!("A setting of this account is not right: {}", problem.detail),
    )
}

/// A setting that a call cannot do without.
pub(super) fn needed<'a>(account: &'a Account, field: &'static str) -> Result<&'a str, SendError> {
    match account.get(field) {
        "" => Err(held(unfit(field, "is empty"))),
        value => Ok(value),
    }
}

/// The vendor's words without the credentials, plain or as Basic authentication writes them.
pub(super) fn hidden(account: &Account, words: &str) -> String {
    let mut words = words.to_owned();
    for (user, password, _) in [SENDING, IMPORT] {
        if !account.get(password).is_empty() {
            let code = basic(account.get(user), account.get(password));
            words = words.replace(code.trim_start_matches("Basic "), "***");
        }
    }
    account
        .secret_values()
        .iter()
        .fold(words, |words, secret| words.replace(secret, "***"))
}
