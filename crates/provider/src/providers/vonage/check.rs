//! Calls about the account itself: credential checks, and received files.

use super::{answer, auth};
use crate::exchange::Request;
use crate::wire::rules;
use crate::{Account, Media, Reply, SendError, SendErrorKind, Step};

/// The credential sets, in the order of [`check`]'s index.
pub(super) const CREDENTIALS: &[&str] = &["Application", "API key"];

/// Posts a message that says nothing to nobody. Vonage looks at the credentials first, then refuses the message (422),
/// which can never reach a person.
pub(super) fn check(
    account: &Account,
    credential: usize,
    at: i64,
    prior: &[Reply],
) -> Result<Step<String>, SendError> {
    let (name, setting) = match credential {
        0 => ("application ID and its private key", "application_id"),
        1 => ("API key and the API secret", "api_secret"),
        _ => return Err(SendError::unsupported("a third set of credentials")),
    };
    let Some(reply) = prior.last() else {
        if account.get(setting).is_empty() {
            let other = if credential == 0 {
                "API key and secret"
            } else {
                "the application"
            };
            return Ok(Step::Done(format!(
                "Not set, and not needed: messages are sent with {other}."
            )));
        }
        let header = if credential == 0 {
            auth::bearer(account, at)?
        } else {
            auth::basic(account)?
        };
        let mut request = Request::post_json(
            super::send::url(account),
            serde_json::json!({ "channel": "whatsapp" }),
        );
        request.headers.push(header);
        return Ok(Step::Call(request));
    };
    let error = answer::refusal(account, reply);
    match (reply.status, error.kind) {
        (400 | 422, _) => Ok(Step::Done(format!(
            "Vonage accepts the {name}: it refused an empty message only because it is empty."
        ))),
        (_, SendErrorKind::Unknown) => Err(SendError {
            kind: SendErrorKind::Unavailable,
            help: "Vonage's answer could not be read. Try again in a moment.".to_owned(),
            ..error
        }),
        _ => Err(error),
    }
}

/// Files on Vonage's own hosts are fetched with the application's token. It is shown to nobody else: links come from
/// callbacks.
pub(super) fn media(account: &Account, media: &Media, at: i64) -> Result<Request, SendError> {
    let link = rules::public_url(&media.url).map_err(|_| {
        rules::invalid(
            "received media: no link",
            "Vonage sent a file whose link cannot be followed. Ask the person to send it again.",
        )
    })?;
    let mut request = Request::get(link);
    if is_vonage(account, &request.url) {
        request.headers.push(auth::header(account, at)?);
    }
    Ok(request)
}

fn is_vonage(account: &Account, url: &str) -> bool {
    let origin = |url: &str| {
        let (scheme, rest) = url.split_once("://")?;
        let host = rest.split(['/', '?', '#', '\\']).next()?;
        Some((scheme.to_ascii_lowercase(), host.to_ascii_lowercase()))
    };
    let Some((scheme, host)) = origin(url) else {
        return false;
    };
    let own = scheme == "https"
        && [".nexmo.com", ".vonage.com"]
            .iter()
            .any(|end| host.ends_with(end))
        && !host.contains('@');
    own || origin(account.get("base_url")) == Some((scheme, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_vonage_and_the_configured_host_see_the_token() {
        let settings = [("base_url".to_owned(), "http://127.0.0.1:8471".to_owned())];
        let account = Account::new(&super::super::spec::SPEC, settings.into());
        for (url, own) in [
            ("https://api-eu.nexmo.com/v3/media/1", true),
            ("https://API-US.Vonage.com/v3/media/1", true),
            ("http://127.0.0.1:8471/v3/media/1", true),
            ("http://api-eu.nexmo.com/v3/media/1", false),
            ("https://nexmo.com.evil.example/a", false),
            ("https://evilnexmo.com/a", false),
            ("https://evil.example/.nexmo.com", false),
            ("https://evil.example\\.nexmo.com", false),
            ("https://x@api.nexmo.com", false),
            ("http://127.0.0.1:8472/v3/media/1", false),
        ] {
            assert_eq!(is_vonage(&account, url), own, "{url}");
        }
    }
}
