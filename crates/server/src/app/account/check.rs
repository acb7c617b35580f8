//! Does an account work? Every credential set is tried.

use harkara_provider::{SendError, SendErrorKind};

use super::load;
use crate::app::{App, AppError};
use crate::engine::Engine;

/// What trying one credential set gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The credential set, as its provider calls it.
    pub credential: &'static str,
    /// What was proven, or why not.
    pub outcome: Result<String, SendError>,
}

/// What trying an account gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Nickname of the account.
    pub nickname: String,
    /// One result per credential set; none when the provider has no harmless call to try.
    pub results: Vec<CheckResult>,
    /// What the operator should know of network access, when a failure may come from there.
    pub network_hint: Option<&'static str>,
    /// Addresses to allow at the provider, as configured; empty with no network hint.
    pub egress_addresses: Vec<String>,
}

impl CheckReport {
    /// Every credential set works.
    pub fn is_ok(&self) -> bool {
        self.results.iter().all(|r| r.outcome.is_ok())
    }
}

/// Tries every credential set of an account, without sending anything to a person. Holds no transaction while it
/// waits for the provider.
pub async fn check(app: &App, engine: &Engine, id: i64) -> Result<CheckReport, AppError> {
    let mut tx = app.db.read().await?;
    let loaded = load(app, &mut tx, id).await?;
    drop(tx);
    let now = app.now();
    let mut results = Vec::new();
    for (n, credential) in loaded.provider.credentials().iter().enumerate() {
        let outcome = engine
            .run(|prior| loaded.provider.check(&loaded.account, n, now, prior))
            .await
            .map(|(text, _)| text);
        results.push(CheckResult { credential, outcome });
    }
    let blocked = results
        .iter()
        .filter_map(|r| r.outcome.as_ref().err())
        .any(|e| may_be_blocked(e.kind));
    let spec = loaded.provider.spec();
    Ok(CheckReport {
        nickname: loaded.row.nickname,
        results,
        network_hint: (blocked && !spec.network_hint.is_empty()).then_some(spec.network_hint),
        egress_addresses: if blocked {
            app.config.egress_addresses.clone()
        } else {
            Vec::new()
        },
    })
}

/// Could an address that the provider does not allow look like this? Vendors give it no code of its own; only a
/// clear word on the password or on the speed speaks against it.
fn may_be_blocked(kind: SendErrorKind) -> bool {
    !matches!(
        kind,
        SendErrorKind::Auth | SendErrorKind::Throttled { .. } | SendErrorKind::Capped
    )
}
