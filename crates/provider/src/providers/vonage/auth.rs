//! Who we are at Vonage: an application with its key, or an API key with its secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::jwt;
use crate::{Account, SendError, SendErrorKind, SettingProblem};

/// The header of a request, as Vonage's SDKs decide: with an application ID by its token, else by API key and secret.
pub(super) fn header(account: &Account, at: i64) -> Result<(String, String), SendError> {
    if account.get("application_id").is_empty() {
        basic(account)
    } else {
        bearer(account, at)
    }
}

/// By the application's token.
pub(super) fn bearer(account: &Account, at: i64) -> Result<(String, String), SendError> {
    let token = jwt::application_token(account.get("application_id"), account.get("private_key"), at);
    let token = token.map_err(|why| config("private_key", &why))?;
    Ok(("Authorization".to_owned(), format!("Bearer {token}")))
}

/// By API key and secret.
pub(super) fn basic(account: &Account) -> Result<(String, String), SendError> {
    for key in ["api_key", "api_secret"] {
        if account.get(key).is_empty() {
            return Err(config(
                key,
                "Give the application ID and its private key, or API key and API secret.",
            ));
        }
    }
    let pair = format!("{}:{}", account.get("api_key"), account.get("api_secret"));
    Ok((
        "Authorization".to_owned(),
        format!("Basic {}", STANDARD.encode(pair)),
    ))
}

fn config(key: &str, why: &str) -> SendError {
    let label = super::spec::SPEC.field(key).map_or(key, |field| field.label);
    SendError::new(
        SendErrorKind::Config,
        None,
        format!("{key} cannot be used"),
        format!("The setting '{label}' of this account cannot be used. {why}"),
    )
}

/// What the form alone cannot tell: which settings go together, and whether the key is one.
pub(super) fn problems(account: &Account) -> Vec<SettingProblem> {
    let is_set = |key: &str| !account.get(key).is_empty();
    let mut problems = Vec::new();
    let mut problem = |field: &'static str, detail: String| problems.push(SettingProblem { field, detail });
    if is_set("private_key")
        && let Err(why) = jwt::private_key(account.get("private_key"))
    {
        problem("private_key", why);
    }
    if is_set("application_id") && !is_set("private_key") {
        let detail = "Vonage takes the application ID only together with the application's private key. Paste the \
                      content of the file private.key.";
        problem("private_key", detail.to_owned());
    }
    if is_set("private_key") && !is_set("application_id") {
        let detail =
            "The private key belongs to an application. Fill in its ID, which the Vonage dashboard shows.";
        problem("application_id", detail.to_owned());
    }
    let any = is_set("application_id") || is_set("private_key");
    let pair = is_set("api_key") && is_set("api_secret");
    if !(any || pair) {
        let detail = "Fill in the application ID and its private key; or, without an application, API key and API \
                      secret.";
        problem("application_id", detail.to_owned());
    }
    if account.is_on("signed_callbacks") && !is_set("signature_secret") {
        let detail = "Fill in the signature secret of the Vonage dashboard (Settings), or switch off 'Take signed \
                      callbacks only': without it no callback could be told from a forged one, and all are refused.";
        problem("signature_secret", detail.to_owned());
    }
    problems
}
