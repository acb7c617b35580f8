//! One vendor, one module.

pub mod generic;
pub mod gupshup_enterprise;
pub mod vonage;
