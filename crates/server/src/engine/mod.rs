//! The engine performs what providers prepare: HTTP out, nothing else. It decides nothing about a message; it only
//! says what came back, or whether anything can have been sent at all.

mod body;
mod exchange;
mod guard;

pub use exchange::{
    ANSWER_LIMIT, Engine, Exchange, LISTING_LIMIT, MAX_HOPS, MAX_STEPS, Opened, TARGET_REFUSED, Transport,
};
pub use guard::Guard;
