//! The simulator over real HTTP on loopback.
#![expect(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

mod control;
mod crowd;
mod errors;
mod generic;
mod inbound;
mod reports;
mod support;
mod templates;
mod throttle;
mod vonage;
