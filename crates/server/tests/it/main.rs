//! The product, tested through its parts and as a whole: the store on both engines, the acts, and stories through
//! the real server against the simulator.

mod api_keys;
mod consent;
mod engine;
mod support;
