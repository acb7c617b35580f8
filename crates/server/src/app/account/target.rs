//! A look at the URLs of an account's form before they are saved: do they lead where this server may connect to?

use harkara_provider::{FieldKind, Spec, registry};
use serde_json::Value;

use super::{by_id, provider_of};
use crate::app::{App, AppError};
use crate::domain::problem::FieldProblem;
use crate::domain::settings::Given;
use crate::engine::TARGET_REFUSED;

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
