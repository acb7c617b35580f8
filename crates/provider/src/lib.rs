//! The words a WhatsApp provider is spoken to in, and the providers that speak them.
//!
//! This crate is pure: no sockets, no clock, no randomness, no database; where the time matters, it is an argument. A [`Provider`] turns what should be sent
//! into HTTP [`Request`]s, reads the [`Reply`]s, and turns callbacks into [`Event`]s. The server's engine does the
//! input and output. `docs/adding-a-provider.md` says how a new one is made.

mod callback;
mod capability;
mod error;
mod exchange;
mod message;
pub mod providers;
pub mod registry;
mod spec;
mod template;
pub mod wire;

pub use callback::{
    Callback, Click, Event, Failure, Inbound, InboundContent, Location, Media, Received, Reject,
    Reply as ButtonReply, Report, ReportStatus, decode_lines, event_lines,
};
pub use error::{Blame, NOT_OFFERED, Retry, SendError, SendErrorKind};
pub use exchange::{Body, Method, Part, Reply, Request, Step};
pub use message::{
    Button, COPY_TEXT, Card, Content, Header, ListRow, ListSection, MediaKind, Offer, Outgoing, Receipt,
    TemplateButton, TemplateMessage,
};
pub use spec::{
    ANSWER_BUDGET_MS, Account, CONCURRENCY, Capability, Field, FieldKind, Limits, SIGNATURE_SECRET,
    SettingProblem, Spec,
};
pub use template::{
    ButtonKind, CardSpec, Category, HeaderKind, OfferSpec, TemplateButtonSpec, TemplateDraft, TemplateList,
    TemplateStatus, TemplateSummary,
};

/// One vendor's dialect. Pure: no sockets, no clock, no database. The engine performs the steps.
///
/// Every method that returns a [`Step`] is called again with the replies so far (`prior`) until it says
/// [`Step::Done`] or an error: upload-then-send is two `Call`s and a `Done`.
///
/// `at` is the moment of the call in milliseconds since 1970 UTC, for vendors whose credentials carry a time. It stays
/// the same over the steps of one call. A message and a callback bring their own: [`Outgoing::at`], [`Callback::at`].
pub trait Provider: Send + Sync + 'static {
    /// Identity, settings form, capabilities and limits: drives the form, docs, routes and redaction.
    fn spec(&self) -> &'static Spec;

    /// What is wrong with settings that are each well-formed: a key that is none, settings that need each other. Asked
    /// when an account is saved.
    fn problems(&self, _account: &Account) -> Vec<SettingProblem> {
        Vec::new()
    }

    /// Sends one message. With no prior replies this is the pure preparation of the request.
    fn send(&self, account: &Account, msg: &Outgoing, prior: &[Reply]) -> Result<Step<Receipt>, SendError>;

    /// Is this callback really from the vendor? The default trusts the unguessable token in the URL.
    fn verify(&self, _account: &Account, _call: &Callback<'_>) -> Result<(), Reject> {
        Ok(())
    }

    /// Reads a callback of either kind. Must never panic, whatever the bytes; a body that cannot be read at all is
    /// a [`Reject`], one that is merely not understood is [`Event::Ignored`].
    fn receive(&self, account: &Account, call: &Callback<'_>) -> Result<Received, Reject>;

    /// The credential sets of this vendor that can be checked, by the label a person knows them by
    /// (Gupshup: "Notification account" and "Two-way account"). Empty: the vendor has no harmless call to try.
    fn credentials(&self) -> &'static [&'static str] {
        &[]
    }

    /// Checks one of [`Provider::credentials`] without sending anything to a person. `Ok(Done(text))` says what was
    /// proven, in a sentence.
    fn check(
        &self,
        _account: &Account,
        _credential: usize,
        _at: i64,
        _prior: &[Reply],
    ) -> Result<Step<String>, SendError> {
        Err(SendError::unsupported("checking credentials"))
    }

    /// Tells the vendor that a person opted in (`true`) or out (`false`). `to` is digits with a leading `+`.
    fn consent(
        &self,
        _account: &Account,
        _to: &str,
        _opted_in: bool,
        _at: i64,
        _prior: &[Reply],
    ) -> Result<Step<()>, SendError> {
        Err(SendError::unsupported("opt-in and opt-out at the provider"))
    }

    /// Lists the templates that the vendor holds.
    fn list_templates(
        &self,
        _account: &Account,
        _at: i64,
        _prior: &[Reply],
    ) -> Result<Step<TemplateList>, SendError> {
        Err(SendError {
            help: "This provider does not list templates by API. Enter here what it has approved, with the status approved."
                .into(),
            ..SendError::unsupported("listing templates")
        })
    }

    /// Submits a template for approval. Done carries the vendor's template id.
    fn create_template(
        &self,
        _account: &Account,
        _draft: &TemplateDraft,
        _at: i64,
        _prior: &[Reply],
    ) -> Result<Step<String>, SendError> {
        Err(SendError::unsupported("creating templates"))
    }

    /// The request that fetches a received media file, when the link in the event is not simply fetchable.
    fn media(&self, _account: &Account, media: &Media, _at: i64) -> Result<Request, SendError> {
        Ok(Request::get(media.url.clone()))
    }
}
