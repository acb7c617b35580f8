//! Calls about the account itself: credential checks, opt-in and opt-out, received files.

use super::account::{Form, Which, digits};
use super::answer::{self, Effect};
use super::errors;
use crate::exchange::Request;
use crate::wire::rules;
use crate::{Account, Media, Reply, SendError, SendErrorKind, Step};

/// The credential sets, in the order of [`check`]'s index.
pub(super) const CREDENTIALS: &[&str] = &["Notification account", "Two-way account"];

/// Lists one template with either account: that can never reach a person. For the two-way account the gateway refuses
/// the *method* (106) once it has accepted the *credentials*, and says 102 or 401 when it has not.
pub(super) fn check(
    account: &Account,
    credential: usize,
    prior: &[Reply],
) -> Result<Step<String>, SendError> {
    let which = match credential {
        0 => Which::Notification,
        1 => Which::TwoWay,
        _ => return Err(SendError::unsupported("a third pair of credentials")),
    };
    let Some(reply) = prior.last() else {
        let form = Form::new(account, which, "get_whatsapp_hsm", "template_base_url")?.with("limit", "1");
        return Ok(Step::Call(form.into_request()));
    };
    let answer = answer::json(account, which, reply, Effect::Repeatable);
    match (which, answer) {
        (_, Ok(answer)) if !answer.contains_key("data") => {
            Err(answer::unexpected(account, which, reply, Effect::Repeatable))
        }
        (Which::Notification, Ok(_)) => Ok(Step::Done(
            "Gupshup accepts the notification account: it answered with the account's templates.".to_owned(),
        )),
        (Which::TwoWay, Ok(_)) => Ok(Step::Done(
            "Gupshup accepts the credentials of the two-way account. It may list templates, though, which normally \
             only the notification account may: check that the two accounts are not swapped."
                .to_owned(),
        )),
        (Which::TwoWay, Err(error)) if error.code.as_deref() == Some("106") => Ok(Step::Done(
            "Gupshup accepts the credentials of the two-way account (it refused to list templates, as it does for \
             this kind of account)."
                .to_owned(),
        )),
        (Which::Notification, Err(error)) if error.code.as_deref() == Some("106") => Err(SendError {
            help: "Gupshup accepts these credentials, but the account may not list templates. They look like those of \
                   the two-way account: check that the two accounts are not swapped."
                .to_owned(),
            ..error
        }),
        (_, Err(error)) => Err(error),
    }
}

/// Marks a number at Gupshup. Marking it twice is fine.
pub(super) fn consent(
    account: &Account,
    to: &str,
    opted_in: bool,
    prior: &[Reply],
) -> Result<Step<()>, SendError> {
    let digits = digits(to)?;
    if let Some(reply) = prior.last() {
        return answer::marked(account, reply, &digits).map(Step::Done);
    }
    let method = if opted_in { "OPT_IN" } else { "OPT_OUT" };
    let form = Form::new(account, Which::Notification, method, "base_url")?
        .with("channel", "WHATSAPP")
        .with("phone_number", digits);
    Ok(Step::Call(form.into_request()))
}

/// A signed link is fetched as it is. An id of an older number is fetched with the two-way account, which receives;
/// by POST, so that the password stays out of the URL.
pub(super) fn media(account: &Account, media: &Media) -> Result<Request, SendError> {
    let link = media.url.trim();
    if link.contains(['/', '?', ':', ' ']) {
        return rules::public_url(link).map(Request::get).map_err(|_| {
            rules::invalid(
                "received media: neither a link nor an id",
                "Gupshup sent a file whose link cannot be followed. Ask the person to send it again.",
            )
        });
    }
    if link.is_empty() {
        let help = "Gupshup sent a file without a link. Ask the person to send it again.";
        let kind = SendErrorKind::Invalid;
        return Err(errors::error(
            account,
            Which::TwoWay,
            kind,
            None,
            "received media: no link and no id",
            help,
        ));
    }
    let (user, password) = Which::TwoWay.credentials(account)?;
    let fields = [("userid", user), ("password", password), ("mediaid", link)];
    let fields = fields
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Ok(Request::post_form(account.get("media_base_url"), fields))
}
