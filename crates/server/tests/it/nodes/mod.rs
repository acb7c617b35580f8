//! Several servers on one database.

mod lease;
mod processes;
mod proxy;
mod roles;
