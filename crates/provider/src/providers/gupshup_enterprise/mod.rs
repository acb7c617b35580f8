//! Gupshup's Enterprise WhatsApp gateway.
//!
//! One business number has two gateway accounts, each with a user id and a password: the *notification account* sends
//! templates and keeps opt-ins, the *two-way account* sends free-form messages and receives. The gateway answers HTTP
//! 200 to almost everything; the body decides. There is no public reference of this gateway, only
//! <https://docs.gupshup.io/docs/real-time-delivery-reports>, <https://docs.clevertap.com/docs/gupshup> and public
//! clients; where those disagree, everything seen is accepted and the most common form is sent.

mod account;
mod answer;
mod callback;
mod check;
mod errors;
mod failure;
mod inbound;
mod report;
mod send;
mod spec;
mod template_create;
mod template_message;
mod templates;

use crate::exchange::Request;
use crate::{
    Account, Callback, Media, Outgoing, Provider, Receipt, Received, Reject, Reply, SendError, Spec, Step,
    TemplateDraft, TemplateList,
};

/// The provider.
pub struct GupshupEnterprise;

impl Provider for GupshupEnterprise {
    fn spec(&self) -> &'static Spec {
        &spec::SPEC
    }

    fn send(&self, account: &Account, msg: &Outgoing, prior: &[Reply]) -> Result<Step<Receipt>, SendError> {
        send::send(account, msg, prior)
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

    fn consent(
        &self,
        account: &Account,
        to: &str,
        opted_in: bool,
        _at: i64,
        prior: &[Reply],
    ) -> Result<Step<()>, SendError> {
        check::consent(account, to, opted_in, prior)
    }

    fn list_templates(
        &self,
        account: &Account,
        _at: i64,
        prior: &[Reply],
    ) -> Result<Step<TemplateList>, SendError> {
        templates::list(account, prior)
    }

    fn create_template(
        &self,
        account: &Account,
        draft: &TemplateDraft,
        _at: i64,
        prior: &[Reply],
    ) -> Result<Step<String>, SendError> {
        template_create::create(account, draft, prior)
    }

    fn media(&self, account: &Account, media: &Media, _at: i64) -> Result<Request, SendError> {
        check::media(account, media)
    }
}
