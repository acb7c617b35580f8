//! The open format: any vendor, or middleware, that already takes the reference product's "Generic (Other)" requests.
//!
//! One POST a message, JSON, one endpoint. The message id that we give is the only key: no answer and no callback has one
//! of the vendor. Published samples contradict each other; what is read takes every variant, what is sent is the first.
//! Source: <https://docs.clevertap.com/docs/generic-whatsapp>.

mod account;
mod answer;
mod callback;
mod check;
mod send;
mod spec;
mod template;
mod templates;

use crate::exchange::Request;
use crate::{
    Account, Callback, Media, Outgoing, Provider, Receipt, Received, Reject, Reply, SendError,
    SettingProblem, Spec, Step, TemplateList,
};

/// The provider.
pub struct Generic;

impl Provider for Generic {
    fn spec(&self) -> &'static Spec {
        &spec::SPEC
    }

    fn problems(&self, account: &Account) -> Vec<SettingProblem> {
        account::problems(account)
    }

    fn send(&self, account: &Account, msg: &Outgoing, prior: &[Reply]) -> Result<Step<Receipt>, SendError> {
        match prior.last() {
            None => send::request(account, msg).map(Step::Call),
            Some(reply) => answer::receipt(account, reply).map(Step::Done),
        }
    }

    fn receive(&self, account: &Account, call: &Callback<'_>) -> Result<Received, Reject> {
        callback::receive(account, call)
    }

    fn credentials(&self) -> &'static [&'static str] {
        check::CREDENTIALS
    }

    fn check(
        &self,
        account: &Account,
        credential: usize,
        _at: i64,
        prior: &[Reply],
    ) -> Result<Step<String>, SendError> {
        check::check(account, credential, prior)
    }

    fn list_templates(
        &self,
        account: &Account,
        _at: i64,
        prior: &[Reply],
    ) -> Result<Step<TemplateList>, SendError> {
        templates::list(account, prior)
    }

    /// Links come without `https://` in some samples.
    fn media(&self, _account: &Account, media: &Media, _at: i64) -> Result<Request, SendError> {
        let url = media.url.trim();
        Ok(Request::get(if url.contains("://") {
            url.to_owned()
        } else {
            format!("https://{url}")
        }))
    }
}
