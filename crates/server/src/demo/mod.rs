//! The demo: a simulated provider, fictional customers, and the main job from file to funnel.

pub mod audit;
mod cast;
pub mod crowd;
pub mod file;
pub mod live;
pub mod once;
pub mod people;
mod script;
pub mod shop;
pub mod stage;
pub mod time;
pub mod workspace;
