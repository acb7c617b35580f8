//! Decisions, as pure functions: no clock, no randomness, no row, no request.

pub mod id;
pub mod state;
