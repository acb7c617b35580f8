//! One real message with settings that need not be saved: does sending work as the form stands?

use harkara_provider::{Account, Content, Outgoing, Provider, SendError};

use super::check::{Trial, form, may_be_blocked};
use crate::app::dispatch::{Trace, send_with};
use crate::app::message::not_opted_out;
use crate::app::{App, AppError, FieldProblem, person};
use crate::clock::Millis;
use crate::domain::phone::Phone;
use crate::domain::settings::Given;
use crate::domain::settle::Outcome;
use crate::domain::{content, id, window};
use crate::store::{conversation, number};

/// A message that is ready to leave.
pub struct Ready {
    provider: &'static dyn Provider,
    account: Account,
    message: Outgoing,
    /// Until when the person's window is open, as far as a saved account knows.
    open_until: Option<Millis>,
}

/// What became of it.
#[derive(Debug)]
pub struct Tried {
    /// What reports and the callback log call it.
    pub reference: String,
    /// The provider's id, or why it did not take the message.
    pub outcome: Result<String, SendError>,
    /// Request and answer, secrets hidden.
    pub trace: Trace,
    /// What free-form content needs beside good settings.
    pub hint: Option<String>,
    /// Opens a chat with the business number of the settings; nothing for a short code.
    pub click_to_chat_url: Option<String>,
    /// What the operator should know of network access, when the failure may come from there.
    pub network_hint: Option<&'static str>,
}

/// Checks everything that can be told before anything leaves: the settings, whom it goes to, what it says.
///
/// # Errors
/// Settings that could not be saved, content that the provider does not carry, or a person who opted out.
pub async fn ready(
    app: &App,
    of: Trial<'_>,
    given: &Given,
    to: &str,
    said: &Content,
) -> Result<Ready, AppError> {
    let (provider, account) = form(app, of, given).await?;
    let spec = provider.spec();
    let mut problems = content::check(said, &spec.limits, "/content");
    if let Err(refusal) = spec.carries(said) {
        problems.push(FieldProblem::new("/content", "unsupported", refusal.help));
    }
    let to = Phone::parse(to, &app.config.default_region)
        .map_err(|e| problems.push(FieldProblem::new("/to", "invalid_number", e.to_string())));
    let (Ok(to), true) = (to, problems.is_empty()) else {
        return Err(AppError::Invalid(problems));
    };
    let to = to.into_string();
    let mut tx = app.db.read().await?;
    let profile = person::profile_of(&mut tx, &to).await?;
    not_opted_out(&mut tx, &to, profile.as_ref()).await?;
    let from = account.get("number").to_owned();
    let mut open_until = None;
    if let Trial::Change(id) = of {
        let numbers = number::of_account(&mut tx, id).await?;
        if let Some(own) = numbers.iter().find(|n| n.phone == from) {
            let last = conversation::last_inbound_at(&mut tx, own.id, &to).await?;
            open_until = last
                .filter(|at| window::is_open(*at, app.now()))
                .map(window::closes_at);
        }
    }
    drop(tx);
    let message = Outgoing {
        to,
        from,
        // As of a message, so that its reports are known not to wait for anything; the ledger never has it.
        reference: id::MESSAGE.show(app.id()),
        at: app.now(),
        content: said.clone(),
    };
    Ok(Ready {
        provider,
        account,
        message,
        open_until,
    })
}

/// Sends it, once.
pub async fn try_message(app: &App, ready: Ready) -> Tried {
    let Ready {
        provider,
        account,
        message,
        open_until,
    } = ready;
    let (outcome, trace): (Outcome, Trace) = send_with(&app.engine, provider, &account, &message).await;
    let spec = provider.spec();
    let blocked = matches!(&outcome, Err(e) if may_be_blocked(e.kind));
    Tried {
        hint: message.content.needs_window().then(|| window_hint(open_until)),
        click_to_chat_url: click_to_chat(&message.from),
        network_hint: (blocked && !spec.network_hint.is_empty()).then_some(spec.network_hint),
        reference: message.reference,
        outcome: outcome.map(|receipt| receipt.external_id),
        trace,
    }
}

fn window_hint(open_until: Option<Millis>) -> String {
    match open_until {
        Some(at) => format!(
            "Free-form content reaches a person within 24 hours of their last message to this number: until {}.",
            harkara_provider::wire::rfc3339(at)
        ),
        None => "Free-form content reaches a person only within 24 hours of their last message to this number. Let them \
                 write to it first, or send an approved template: a provider may take what then never arrives."
            .into(),
    }
}

/// The link that opens a chat with a business number; short codes have none.
pub fn click_to_chat(phone: &str) -> Option<String> {
    let digits = phone.strip_prefix('+')?;
    Some(format!("https://wa.me/{digits}"))
}
