//! Decisions, as pure functions: no clock, no randomness, no row, no request.

pub mod attributes;
pub mod audience;
pub mod breaker;
pub mod campaign;
pub mod columns;
pub mod consent;
pub mod content;
pub mod csv_row;
pub mod id;
pub mod lease;
pub mod limiter;
pub mod pair;
pub mod permission;
pub mod phone;
pub mod preview;
pub mod problem;
pub mod report;
pub mod settings;
pub mod settle;
pub mod sign_in;
pub mod state;
pub mod target;
pub mod template;
pub mod upload;
pub mod variant;
pub mod window;
