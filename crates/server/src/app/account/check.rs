//! Does an account work? Every credential set is tried, of an account that is saved or is about to be.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use harkara_provider::{
    Account, FieldKind, Provider, Reply, Request, SendError, SendErrorKind, Step, registry,
};

use serde::{Deserialize, Serialize};

use super::{callback_urls, engine_of, entrusted, load, look_at, look_at_change, not_archived, read_only};
use crate::app::dispatch::Trace;
use crate::app::{App, AppError};
use crate::domain::problem::FieldProblem;
use crate::domain::settings::{self, Before, Given};
use crate::engine::Engine;
use crate::store::{Tx, health, to_json};

/// What trying one credential set gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The credential set, as its provider calls it.
    pub credential: &'static str,
    /// What was proven, or why not.
    pub outcome: Result<String, SendError>,
    /// The last request and answer, secrets hidden.
    pub trace: Trace,
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
    let report = attempt(app, engine, loaded.provider, &loaded.account).await;
    let mut tx = app.db.write().await?;
    keep_proof(app, &mut tx, id, &report).await?;
    tx.commit().await?;
    Ok(report)
}

/// Remembers what a check gave of settings that are saved. A provider without a call to try proves nothing.
pub async fn keep_proof(app: &App, tx: &mut Tx, id: i64, report: &CheckReport) -> Result<(), AppError> {
    if report.results.is_empty() {
        return Ok(());
    }
    let failed: Vec<Failed> = report.results.iter().filter_map(Failed::of).collect();
    let failed = (!failed.is_empty()).then(|| to_json(&failed).replace('\0', ""));
    Ok(health::keep_proof(tx, id, app.now(), failed.as_deref()).await?)
}

/// A credential set that did not work, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failed {
    /// As its provider calls it.
    pub credential: String,
    /// The provider's words.
    pub detail: String,
    /// What to do.
    pub help: String,
}

impl Failed {
    fn of(result: &CheckResult) -> Option<Self> {
        let error = result.outcome.as_ref().err()?;
        Some(Self {
            credential: result.credential.to_owned(),
            detail: error.detail.clone(),
            help: error.help.clone(),
        })
    }
}

/// Whose settings are tried before they are saved.
#[derive(Debug, Clone, Copy)]
pub enum Trial<'a> {
    /// A new account of this provider.
    New(&'a str),
    /// This account, changed.
    Change(i64),
}

/// Tries settings as they would be saved, and saves nothing. Nothing leaves for a URL that could not be saved.
///
/// # Errors
/// Settings that could not be saved either.
pub async fn try_settings(
    app: &App,
    engine: &Engine,
    of: Trial<'_>,
    given: &Given,
) -> Result<CheckReport, AppError> {
    let (provider, account) = form(app, of, given).await?;
    Ok(attempt(app, engine, provider, &account).await)
}

/// The provider and the settings of a form as they would be saved, with URLs that lead where this server may connect to.
pub(super) async fn form(
    app: &App,
    of: Trial<'_>,
    given: &Given,
) -> Result<(&'static dyn Provider, Account), AppError> {
    match of {
        Trial::New(id) => look_at(app, id, given).await?,
        Trial::Change(id) => look_at_change(app, id, given).await?,
    }
    match of {
        Trial::New(id) => {
            let provider = registry::find(id).ok_or_else(|| {
                let detail = format!("There is no provider \"{id}\". GET /api/v1/providers shows them.");
                AppError::field("/provider", "unknown", detail)
            })?;
            let none = Account::default();
            let account = laid_over(app, provider, &Before::default(), &none, given)?;
            Ok((provider, account))
        }
        Trial::Change(id) => {
            let mut tx = app.db.read().await?;
            let loaded = load(app, &mut tx, id).await?;
            drop(tx);
            not_archived(&loaded.row)?;
            let spec = loaded.provider.spec();
            let before = Before {
                plain: loaded.row.settings()?,
                secrets: loaded.row.secrets()?.into_keys().collect(),
                read_only: read_only(spec, &callback_urls(app, &loaded.row.token)),
            };
            let account = laid_over(app, loaded.provider, &before, &loaded.account, given)?;
            Ok((loaded.provider, account))
        }
    }
}

/// The settings as they would be after the change.
fn laid_over(
    app: &App,
    provider: &'static dyn Provider,
    before: &Before,
    kept: &Account,
    given: &Given,
) -> Result<Account, AppError> {
    let spec = provider.spec();
    let checked =
        settings::check(spec, before, given, &app.config.default_region).map_err(AppError::Invalid)?;
    entrusted(spec, before, &checked)?;
    let secrets = spec.fields.iter().filter(|field| field.kind == FieldKind::Secret);
    let mut all: BTreeMap<String, String> = secrets
        .map(|field| (field.key.to_owned(), kept.get(field.key).to_owned()))
        .collect();
    all.extend(checked.secrets);
    all.extend(checked.plain);
    let account = Account::new(spec, all);
    let found = provider.problems(&account).into_iter();
    let found: Vec<FieldProblem> = found
        .map(|p| FieldProblem::new(format!("/settings/{}", p.field), "unfit", p.detail))
        .collect();
    if found.is_empty() {
        Ok(account)
    } else {
        Err(AppError::Invalid(found))
    }
}

async fn attempt(
    app: &App,
    engine: &Engine,
    provider: &'static dyn Provider,
    account: &Account,
) -> CheckReport {
    let now = app.now();
    let engine = engine_of(engine, account);
    let mut results = Vec::new();
    for (n, credential) in provider.credentials().iter().enumerate() {
        let seen: Mutex<(Option<Request>, Option<Reply>)> = Mutex::default();
        let step = |prior: &[Reply]| {
            let step = provider.check(account, n, now, prior);
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Ok(Step::Call(request)) = &step {
                seen.0 = Some(request.clone());
            }
            seen.1 = prior.last().cloned();
            step
        };
        let outcome = engine.run(step).await.map(|(text, _)| text);
        let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.push(CheckResult {
            credential,
            outcome,
            trace: Trace::of(account, seen.0.as_ref(), seen.1.as_ref()),
        });
    }
    let blocked = results
        .iter()
        .filter_map(|r| r.outcome.as_ref().err())
        .any(|e| may_be_blocked(e.kind));
    let spec = provider.spec();
    CheckReport {
        nickname: account.get("nickname").to_owned(),
        results,
        network_hint: (blocked && !spec.network_hint.is_empty()).then_some(spec.network_hint),
        egress_addresses: if blocked {
            app.config.egress_addresses.clone()
        } else {
            Vec::new()
        },
    }
}

/// Refuses settings that the provider did not take, with what was asked and answered.
///
/// # Errors
/// The first credential set that does not work.
pub fn passes(report: &CheckReport) -> Result<(), AppError> {
    let failed = report
        .results
        .iter()
        .find_map(|r| Some((r, r.outcome.as_ref().err()?)));
    let Some((result, error)) = failed else {
        return Ok(());
    };
    let request = result.trace.request.as_deref().unwrap_or("nothing was asked");
    let answer = match (result.trace.http_status, &result.trace.answer) {
        (Some(status), Some(answer)) => format!("HTTP {status}\n{answer}"),
        _ => "no answer".to_owned(),
    };
    let detail = format!(
        "{}: {} ({})\n\nThe request:\n{request}\nThe answer:\n{answer}",
        result.credential, error.help, error.detail
    );
    Err(AppError::field("/settings", "check_failed", detail))
}

/// Could an address that the provider does not allow look like this? Vendors give it no code of its own; only a
/// clear word on the password or on the speed speaks against it.
pub(super) fn may_be_blocked(kind: SendErrorKind) -> bool {
    !matches!(
        kind,
        SendErrorKind::Auth | SendErrorKind::Throttled { .. } | SendErrorKind::Capped
    )
}
