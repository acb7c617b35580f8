//! Callback URLs for an account that is not saved yet: a person pastes them at the provider first, and saves the account
//! with them afterwards. The token itself proves that this installation made it, so that nothing is kept until then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{CallbackUrls, callback_urls};
use crate::app::{App, AppError};
use crate::clock::Millis;
use crate::store::{self, Tx};

/// What a token is sealed for.
const CONTEXT: &str = "callback urls";
/// Tokens remembered at most with who called.
const REMEMBERED: usize = 1_000;

/// Callback URLs that this installation made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// The unguessable part of both.
    pub token: String,
    /// The URLs.
    pub urls: CallbackUrls,
    /// When they were made.
    pub created_at: Millis,
}

/// Makes callback URLs that no account has yet.
pub fn reserve(app: &App) -> Result<Reserved, AppError> {
    let created_at = app.now();
    // The vault puts 24 random bytes in front: nobody can guess a token, and none is made twice.
    let sealed = app.vault.seal(CONTEXT, &format!("{created_at:012x}"));
    let sealed = sealed.map_err(|e| super::vault_trouble("of these callback URLs", &e))?;
    let token = sealed.replace('+', "-").replace('/', "_");
    Ok(Reserved {
        urls: callback_urls(app, &token),
        token,
        created_at,
    })
}

/// The callback URLs of a token; nothing when we did not make it.
pub fn reserved(app: &App, token: &str) -> Option<Reserved> {
    // As long as ours are: whatever else a stranger sends is not worth opening.
    if token.len() > 100 || token.contains(['+', '/']) {
        return None;
    }
    let sealed = token.replace('-', "+").replace('_', "/");
    let made = app.vault.unseal(CONTEXT, &sealed).ok()?;
    Some(Reserved {
        token: token.to_owned(),
        urls: callback_urls(app, token),
        created_at: Millis::from_str_radix(&made, 16).ok()?,
    })
}

/// Refuses a token that no new account can have.
pub(super) async fn may_be_taken(app: &App, tx: &mut Tx, token: &str) -> Result<(), AppError> {
    if reserved(app, token).is_none() {
        return Err(AppError::field(
            "/callback_token",
            "unknown",
            "This server did not make this token. POST /api/v1/accounts/callback-urls makes one, with its URLs.",
        ));
    }
    if store::account::token_is_known(tx, token).await? {
        return Err(AppError::field(
            "/callback_token",
            "taken",
            "An account has, or had, these callback URLs. Make new ones with POST /api/v1/accounts/callback-urls.",
        ));
    }
    Ok(())
}

/// Calls to one URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calls {
    /// How many.
    pub count: u64,
    /// When the last one came.
    pub last_at: Option<Millis>,
}

/// Who called before the account was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Called {
    /// The URL for inbound messages.
    pub inbound: Calls,
    /// The URL for delivery reports.
    pub reports: Calls,
}

impl Called {
    fn last_at(&self) -> Option<Millis> {
        self.inbound.last_at.max(self.reports.last_at)
    }
}

/// Calls to URLs of accounts that are not saved yet: in memory, of this server alone.
#[derive(Debug, Default)]
pub struct EarlyCalls(Mutex<HashMap<String, Called>>);

impl EarlyCalls {
    /// Notes a call.
    pub fn note(&self, token: &str, inbound: bool, at: Millis) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED && !all.contains_key(token) {
            let oldest = all.iter().min_by_key(|(_, called)| called.last_at());
            if let Some(oldest) = oldest.map(|(token, _)| token.clone()) {
                all.remove(&oldest);
            }
        }
        let called = all.entry(token.to_owned()).or_default();
        let calls = if inbound {
            &mut called.inbound
        } else {
            &mut called.reports
        };
        calls.count += 1;
        calls.last_at = Some(at);
    }

    /// Who called these URLs.
    pub fn of(&self, token: &str) -> Called {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(token).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_thousand_are_remembered() {
        let calls = EarlyCalls::default();
        for i in 0..1_500 {
            calls.note(&format!("t{i}"), i % 2 == 0, i);
        }
        assert_eq!(calls.of("t0"), Called::default());
        assert_eq!(calls.of("t499"), Called::default());
        let inbound = Calls {
            count: 1,
            last_at: Some(500),
        };
        assert_eq!(calls.of("t500").inbound, inbound);
        assert_eq!(calls.0.lock().unwrap().len(), REMEMBERED);
    }
}
