//! Measurements of the real program: the server under test is always a child process, and what it is compared with
//! runs in child processes on the same machine, in the same run.

pub mod bare;
pub mod callbacks;
pub mod callers;
pub mod dispatch;
pub mod figures;
pub mod growth;
pub mod import;
pub mod keeper;
pub mod launch;
pub mod life;
pub mod nodes;
pub mod pace;
pub mod pages;
pub mod process;
pub mod reporter;
pub mod server;
pub mod sink;
pub mod world;
