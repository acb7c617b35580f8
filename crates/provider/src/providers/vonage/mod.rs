//! Vonage's Messages API (Vonage was Nexmo; both host names live).
//!
//! One POST per message, by a JWT that the application's private key signs, or by the API key and secret. Callbacks are
//! signed by a JWT of their own. Reference: <https://developer.vonage.com/en/api/messages>, its OpenAPI document 1.11.0,
//! <https://developer.vonage.com/en/messages/concepts/signed-webhooks>, and the tests of Vonage's own SDKs; where those
//! disagree, everything seen is accepted and the newest form is sent.

mod answer;
mod auth;
mod callback;
mod check;
mod content;
mod errors;
mod inbound;
mod jwt;
mod report;
mod send;
mod signature;
mod spec;
mod template;

use crate::exchange::Request;
use crate::{
    Account, Callback, Media, Outgoing, Provider, Receipt, Received, Reject, Reply, SendError,
    SettingProblem, Spec, Step,
};

/// The provider.
pub struct Vonage;

impl Provider for Vonage {
    fn spec(&self) -> &'static Spec {
        &spec::SPEC
    }

    fn problems(&self, account: &Account) -> Vec<SettingProblem> {
        auth::problems(account)
    }

    fn send(&self, account: &Account, msg: &Outgoing, prior: &[Reply]) -> Result<Step<Receipt>, SendError> {
        send::send(account, msg, prior)
    }

    fn verify(&self, account: &Account, call: &Callback<'_>) -> Result<(), Reject> {
        signature::verify(account, call)
    }

    fn receive(&self, _account: &Account, call: &Callback<'_>) -> Result<Received, Reject> {
        callback::receive(call)
    }

    fn credentials(&self) -> &'static [&'static str] {
        check::CREDENTIALS
    }

    fn check(
        &self,
        account: &Account,
        credential: usize,
        at: i64,
        prior: &[Reply],
    ) -> Result<Step<String>, SendError> {
        check::check(account, credential, at, prior)
    }

    fn media(&self, account: &Account, media: &Media, at: i64) -> Result<Request, SendError> {
        check::media(account, media, at)
    }
}
