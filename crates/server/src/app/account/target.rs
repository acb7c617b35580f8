//! A look at the URLs of an account's form before they are saved: do they lead where this server may connect to, and may
//! the host there have the secrets that are kept?

use std::collections::BTreeMap;

use harkara_provider::{Field, FieldKind, Spec, registry};
use serde_json::Value;

use super::{by_id, provider_of};
use crate::app::{App, AppError};
use crate::domain::problem::FieldProblem;
use crate::domain::settings::{Before, Checked, Given};
use crate::engine::{Guard, TARGET_REFUSED};

/// Looks at a new form. Asks for the addresses of hosts, so that it must not stand in a transaction.
pub async fn look_at(app: &App, provider: &str, given: &Given) -> Result<(), AppError> {
    match registry::find(provider) {
        Some(provider) => urls(app, provider.spec(), given).await,
        // Told by the check of the form.
        None => Ok(()),
    }
}

/// Looks at what is changed of an account.
pub async fn look_at_change(app: &App, id: i64, given: &Given) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let row = by_id(&mut tx, id).await?;
    drop(tx);
    urls(app, provider_of(&row)?.spec(), given).await
}

async fn urls(app: &App, spec: &Spec, given: &Given) -> Result<(), AppError> {
    let mut problems = Vec::new();
    for field in spec.fields.iter().filter(|f| f.kind == FieldKind::Url) {
        let Some(Value::String(url)) = given.get(field.key) else {
            continue;
        };
        if let Err(why) = app.engine.guard().foresee(url.trim()).await {
            let detail = format!(
                "{why}. Give a URL on the internet, or let the operator add the host or network to the setting \
                 allowed_targets (HARKARA_ALLOWED_TARGETS)."
            );
            problems.push(FieldProblem::new(
                format!("/settings/{}", field.key),
                TARGET_REFUSED,
                detail,
            ));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(problems))
    }
}

/// A secret was given for the host that it went to. When a URL leads to another one (scheme, host or port), every secret that
/// is kept has to be typed again: whoever may change settings cannot make this server tell secrets to a host of theirs.
///
/// # Errors
/// The kept secrets that were not given again.
pub(super) fn entrusted(spec: &Spec, before: &Before, after: &Checked) -> Result<(), AppError> {
    let Some((field, to)) = urls_of(spec)
        .filter_map(|field| Some((field, effective(field, &after.plain)?)))
        .find(|(field, to)| !is_known(spec, field, to, &before.plain))
    else {
        return Ok(());
    };
    let to = Guard::origin(to).unwrap_or_else(|| to.to_owned());
    let kept = spec.fields.iter().filter(|secret| {
        let key = secret.key;
        secret.kind == FieldKind::Secret && before.secrets.contains(key) && !after.secrets.contains_key(key)
    });
    let problems: Vec<FieldProblem> = kept
        .map(|secret| {
            let detail = format!(
                "\"{}\" now leads to {to}, and \"{}\" was given for another host. Type it again if {to} may have it.",
                field.label, secret.label
            );
            FieldProblem::new(format!("/settings/{}", secret.key), "secret_needed_again", detail)
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(problems))
    }
}

fn urls_of(spec: &Spec) -> impl Iterator<Item = &Field> {
    spec.fields.iter().filter(|field| field.kind == FieldKind::Url)
}

fn effective<'a>(field: &Field, plain: &'a BTreeMap<String, String>) -> Option<&'a str> {
    plain.get(field.key).map(String::as_str).or(field.default)
}

/// Does the URL lead to the host that it led to before; or, when it was empty, to one that another URL leads to?
fn is_known(spec: &Spec, field: &Field, to: &str, before: &BTreeMap<String, String>) -> bool {
    let to = Guard::origin(to);
    let leads_there = |field: &Field| effective(field, before).is_some_and(|url| Guard::origin(url) == to);
    to.is_some()
        && match effective(field, before) {
            Some(_) => leads_there(field),
            None => urls_of(spec).any(leads_there),
        }
}
