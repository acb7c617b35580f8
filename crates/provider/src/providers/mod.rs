//! One vendor, one module.

pub mod gupshup_enterprise;
pub mod vonage;
