//! Prepare (pure) and exchange: a claimed message becomes requests in the provider's dialect, and their answers an
//! outcome.

use harkara_provider::{
    Account, Content, Outgoing, Provider, Reply, Request, SendError, SendErrorKind, Step,
};

use super::claim::{Claimed, Payload};
use crate::app::account::{LoadedAccount, engine_of};
use crate::clock::Millis;
use crate::domain::id::MESSAGE;
use crate::domain::settle::Outcome;
use crate::domain::template::compose;
use crate::engine::{Engine, MAX_STEPS};

/// The last request and answer, for people: secrets hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Request.
    pub request: Option<String>,
    /// HTTP status.
    pub http_status: Option<u16>,
    /// Answer, cut to a readable length.
    pub answer: Option<String>,
}

/// An attempt that is over.
#[derive(Debug)]
pub struct Finished {
    /// Message.
    pub id: i64,
    /// Account that sent.
    pub account_id: i64,
    /// When the settings that it was sent with were saved.
    pub account_version: Millis,
    /// Number that sent.
    pub number_id: i64,
    /// Attempt, from 1.
    pub attempt: i16,
    /// When it was claimed.
    pub at: Millis,
    /// It was not tried: nothing of its campaign may leave for now.
    pub held: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Request and answer, unless a campaign's message was simply accepted: that can be told from the ledger.
    pub trace: Trace,
}

/// The message as the provider gets it.
pub fn outgoing(claimed: Claimed, from: &str, at: Millis) -> Result<Outgoing, SendError> {
    let content = match claimed.payload {
        Payload::Content(content) => *content,
        Payload::Campaign(frozen, values) => Content::Template(compose(&frozen, &values).map_err(|why| {
            let help =
                "The template and the stored values do not fit together. Check the template's placeholders.";
            SendError::new(SendErrorKind::Invalid, None, why.to_string(), help)
        })?),
    };
    Ok(Outgoing {
        to: claimed.phone,
        from: from.to_owned(),
        reference: MESSAGE.show(claimed.id),
        at,
        content,
    })
}

/// Longest answer kept for people, in characters.
const ANSWER_SHOWN: usize = 2_000;

/// Makes one attempt, at the moment `at`. Never fails: whatever happens is an outcome.
pub async fn attempt(
    engine: &Engine,
    loaded: &LoadedAccount,
    from: &str,
    claimed: Claimed,
    at: Millis,
) -> (Outcome, Trace) {
    let of_campaign = claimed.campaign_id.is_some();
    let message = match outgoing(claimed, from, at) {
        Ok(message) => message,
        Err(error) => return (Err(error), Trace::default()),
    };
    let mut seen = Seen::default();
    let outcome = exchange(engine, loaded.provider, &loaded.account, &message, &mut seen).await;
    if outcome.is_ok() && of_campaign {
        return (outcome, Trace::default());
    }
    let trace = seen.trace(&loaded.account);
    (outcome, trace)
}

/// Sends one message with settings that need not be saved.
pub async fn send_with(
    engine: &Engine,
    provider: &'static dyn Provider,
    account: &Account,
    message: &Outgoing,
) -> (Outcome, Trace) {
    let mut seen = Seen::default();
    let outcome = exchange(engine, provider, account, message, &mut seen).await;
    (outcome, seen.trace(account))
}

/// What was asked and answered so far.
#[derive(Default)]
struct Seen {
    replies: Vec<Reply>,
    last: Option<Request>,
}

impl Seen {
    fn trace(&self, account: &Account) -> Trace {
        Trace::of(account, self.last.as_ref(), self.replies.last())
    }
}

impl Trace {
    /// What was asked and answered, without the account's secrets and without what it proves itself with.
    pub fn of(account: &Account, request: Option<&Request>, reply: Option<&Reply>) -> Self {
        let secrets = account.secret_values();
        let mut hidden = secrets.clone();
        hidden.extend(request.iter().flat_map(|request| request.credentials()));
        Self {
            request: request.map(|request| request.redacted(&secrets)),
            http_status: reply.map(|reply| reply.status),
            answer: reply.map(|reply| shown(&reply.text(), &hidden)),
        }
    }
}

/// An answer for people. Secrets go first: the cut could leave half of one, which nobody would recognise.
fn shown(answer: &str, secrets: &[&str]) -> String {
    let mut text = answer.to_owned();
    for secret in secrets {
        text = text.replace(secret, "***");
    }
    text.chars().take(ANSWER_SHOWN).collect()
}

async fn exchange(
    engine: &Engine,
    provider: &'static dyn Provider,
    account: &Account,
    message: &Outgoing,
    seen: &mut Seen,
) -> Outcome {
    let engine = engine_of(engine, account);
    // What was queued before the account or the program changed may be more than the provider carries.
    provider.spec().carries(&message.content)?;
    for _ in 0..MAX_STEPS {
        match provider.send(account, message, &seen.replies)? {
            Step::Done(receipt) => return Ok(receipt),
            Step::Call(request) => {
                let answer = engine.exchange(&request).await;
                seen.last = Some(request);
                seen.replies.push(answer?);
            }
        }
    }
    Err(SendError::new(
        SendErrorKind::Unknown,
        None,
        "the exchange did not come to an end",
        "The provider asked for more and more requests. Please report this as a bug.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_across_the_cut_is_hidden_whole() {
        let answer = format!("{}hunter2-and-more", "x".repeat(ANSWER_SHOWN - 7));
        let text = shown(&answer, &["hunter2-and-more"]);
        assert!(text.ends_with("x***") && !text.contains("hunter"), "{text}");
    }
}
