//! Every provider, sorted by id. A new one is one line here.

use crate::{Provider, providers};

/// All providers.
pub static PROVIDERS: &[&dyn Provider] = &[&providers::gupshup_enterprise::GupshupEnterprise];

/// The provider that the form preselects, once it is there; else the first.
pub const FORM_DEFAULT: &str = "vonage";

/// Finds a provider by its id.
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    PROVIDERS.iter().copied().find(|p| p.spec().id == id)
}
