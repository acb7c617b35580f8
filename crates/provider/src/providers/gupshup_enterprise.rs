//! placeholder replaced at once
use crate::*;
/// Gupshup Enterprise.
pub struct GupshupEnterprise;
impl Provider for GupshupEnterprise {
    fn spec(&self) -> &'static Spec {
        static S: Spec = Spec {
            id: "gupshup-enterprise",
            name: "Gupshup (Enterprise)",
            docs: "",
            fields: &[],
            capabilities: &[],
            limits: Limits {
                text: 4096,
                caption: 1024,
                requests_per_second: 20,
            },
            network_hint: "",
            echoes_reference: true,
        };
        &S
    }
    fn send(&self, _a: &Account, _m: &Outgoing, _p: &[Reply]) -> Result<Step<Receipt>, SendError> {
        Err(SendError::unsupported("x"))
    }
    fn receive(&self, _a: &Account, _c: &Callback<'_>) -> Result<Received, Reject> {
        Err(Reject::Unreadable("x".into()))
    }
}
