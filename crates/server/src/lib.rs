//! Harkara: the self-hosted WhatsApp engagement platform. `docs/architecture.md` is the map.

pub mod app;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod http;
pub mod serve;
pub mod store;
pub mod worker;
