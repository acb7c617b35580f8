//! Every provider, sorted by id. A new one is one line here.

use crate::{Provider, providers};

/// All providers.
pub static PROVIDERS: &[&dyn Provider] = &[
    &providers::generic::Generic,
    &providers::gupshup_enterprise::GupshupEnterprise,
    &providers::vonage::Vonage,
];

/// The provider that the form preselects.
pub const FORM_DEFAULT: &str = "vonage";

/// Finds a provider by its id.
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    PROVIDERS.iter().copied().find(|p| p.spec().id == id)
}
