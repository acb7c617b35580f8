//! Simulated WhatsApp providers over real HTTP: the Gupshup Enterprise gateway with a handset page, and in [`vonage`]
//! Vonage's Messages API.
//!
//! # The Gupshup Enterprise gateway
//!
//! It answers on the gateway's own path (`/GatewayAPI/rest`), keeps a template store, posts delivery reports and
//! inbound messages to the URLs it is given, and counts what it accepted, so that a test can say that nothing was
//! lost or doubled. `/__sim/...` controls it; `/` is a phone on which a person reads what customers got.
//!
//! What no public source tells was chosen here and is marked where it is made: the error ids `9001` (IP not
//! allowed) and `9002` (not opted in), the shape of a throttle answer (HTTP 429, id 100), and that a text without a
//! matching approved template is accepted and then fails with cause `MSG_DOES_NOT_MATCH_TEMPLATE` (`038`).
//!
//! Not simulated: the encrypted variant (`encrdata`), carousel and flow templates, and fetching of media links.

mod callback;
mod clock;
mod content;
mod control;
mod crowd;
mod gateway;
pub mod generic;
mod handle;
mod handset;
mod inbound;
mod ledger;
mod media;
mod options;
mod params;
mod phone;
mod report;
mod rng;
mod samples;
mod server;
mod shared;
mod stats;
mod template;
pub mod vonage;
mod wire;
mod world;

pub use crowd::{Behaviour, Crowd, Habits};
pub use handle::Handle;
pub use inbound::{Inbound, InboundKind};
pub use ledger::{Accepted, AccountKind, Message, Stage};
pub use options::{FailureKind, InboundEncoding, Options, ReportEncoding};
pub use phone::Customer;
pub use server::{Running, start, start_following};
pub use stats::{CallbackStats, ReportStats, Second, Stats};
pub use template::{TemplateButton, TemplateSeed};
pub use wire::Exchange;
pub use world::Script;
