//! The demo: a simulated provider, fictional customers, and the main job from file to funnel.

pub mod audit;
pub mod file;
pub mod live;
pub mod once;
pub mod people;
pub mod shop;
