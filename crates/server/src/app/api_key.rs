//! API keys: made once, shown once, kept as a hash.

use super::{App, AppError, token};
use crate::clock::MINUTE;
use crate::domain::permission::{Permission, Rights};
use crate::store::api_key::{self, ApiKeyRow};
use crate::store::{Tx, from_json, to_json};

/// Makes a key that may do everything, in the given transaction; the second value is the key itself, which is never
/// shown again.
pub async fn create(app: &App, tx: &mut Tx, name: &str) -> Result<(i64, String), AppError> {
    create_for(app, tx, name, None).await
}

/// The same with these permissions and no others.
pub async fn create_for(
    app: &App,
    tx: &mut Tx,
    name: &str,
    scopes: Option<&[Permission]>,
) -> Result<(i64, String), AppError> {
    if name.trim().is_empty() || name.len() > 100 {
        return Err(AppError::field(
            "/name",
            "required",
            "Give the key a name of 1 to 100 characters, such as who uses it.",
        ));
    }
    let key = format!("hk_{}", token::new());
    let names = |some: &[Permission]| some.iter().map(|p| p.name()).collect::<Vec<_>>();
    let row = ApiKeyRow {
        id: app.id(),
        name: name.trim().to_owned(),
        hint: key[key.len() - 4..].to_owned(),
        created_at: app.now(),
        last_used_at: None,
        revoked_at: None,
        scopes: scopes.map(|some| to_json(&names(some))),
    };
    api_key::insert(tx, &row, &token::hash(&key)).await?;
    Ok((row.id, key))
}

/// The names of what a key may do; `None`: all that keys can.
pub fn scopes(row: &ApiKeyRow) -> Result<Option<Vec<String>>, AppError> {
    let read = |text: &String| from_json("scopes of an API key", text);
    Ok(row.scopes.as_ref().map(read).transpose()?)
}

/// What a key may do. A permission that this version does not know allows nothing.
pub fn rights(row: &ApiKeyRow) -> Result<Rights, AppError> {
    Ok(match scopes(row)? {
        None => Rights::Key,
        Some(names) => Rights::Only(names.iter().filter_map(|name| Permission::read(name)).collect()),
    })
}

/// The key that this text is, if it lives.
pub async fn authenticate(app: &App, key: &str) -> Result<Option<ApiKeyRow>, AppError> {
    let mut tx = app.db.read().await?;
    let Some(row) = api_key::by_hash(&mut tx, &token::hash(key)).await? else {
        return Ok(None);
    };
    drop(tx);
    if row.last_used_at.is_none_or(|at| at < app.now() - MINUTE) {
        let mut tx = app.db.write().await?;
        api_key::used(&mut tx, row.id, app.now()).await?;
        tx.commit().await?;
    }
    Ok(Some(row))
}
