//! API keys: made once, shown once, kept as a hash.

use super::{App, AppError, token};
use crate::clock::{DAY, HOUR, MINUTE};
use crate::domain::permission::{Permission, Rights};
use crate::store::api_key::{self, ApiKeyRow};
use crate::store::{Tx, from_json, to_json};

/// Makes a key that may do everything, in the given transaction; the second value is the key itself, which is never
/// shown again.
pub async fn create(app: &App, tx: &mut Tx, name: &str) -> Result<(i64, String), AppError> {
    create_for(app, tx, name, None, None).await
}

/// The longest life of a key that ends by itself, days.
const LONGEST_LIFE: i64 = 3_650;

/// The same with these permissions and no others, for so many days, 1 to 3650, or without end.
pub async fn create_for(
    app: &App,
    tx: &mut Tx,
    name: &str,
    scopes: Option<&[Permission]>,
    days: Option<i64>,
) -> Result<(i64, String), AppError> {
    if days.is_some_and(|days| !(1..=LONGEST_LIFE).contains(&days)) {
        return Err(AppError::field(
            "/expires_in_days",
            "range",
            "A key lives 1 to 3650 days. Leave the field out for one that does not end by itself.",
        ));
    }
    if name.trim().is_empty() || name.len() > 100 {
        return Err(AppError::field(
            "/name",
            "required",
            "Give the key a name of 1 to 100 characters, such as who uses it.",
        ));
    }
    let names = |some: &[Permission]| some.iter().map(|p| p.name()).collect::<Vec<_>>();
    let scopes = scopes.map(|some| to_json(&names(some)));
    insert(
        app,
        tx,
        name.trim(),
        scopes,
        days.map(|days| app.now() + days * DAY),
    )
    .await
}

async fn insert(
    app: &App,
    tx: &mut Tx,
    name: &str,
    scopes: Option<String>,
    expires_at: Option<i64>,
) -> Result<(i64, String), AppError> {
    let key = format!("hk_{}", token::new());
    let row = ApiKeyRow {
        id: app.id(),
        name: name.to_owned(),
        hint: key[key.len() - 4..].to_owned(),
        created_at: app.now(),
        last_used_at: None,
        revoked_at: None,
        scopes,
        expires_at,
        last_used_from: None,
    };
    api_key::insert(tx, &row, &token::hash(&key)).await?;
    Ok((row.id, key))
}

/// The longest time that a key works beside its successor, hours.
const LONGEST_OVERLAP: i64 = 720;

/// Makes the successor of a living key, with its name, permissions and length of life; the old one works so many hours longer, 0 to
/// 720, unless it ends before.
pub async fn rotate(
    app: &App,
    tx: &mut Tx,
    row: &ApiKeyRow,
    overlap_hours: i64,
) -> Result<(i64, String), AppError> {
    if !(0..=LONGEST_OVERLAP).contains(&overlap_hours) {
        return Err(AppError::field(
            "/overlap_hours",
            "range",
            "The old key may work 0 to 720 hours longer.",
        ));
    }
    let now = app.now();
    api_key::expire(tx, row.id, now + overlap_hours * HOUR).await?;
    let expires_at = row.expires_at.map(|at| now + (at - row.created_at));
    insert(app, tx, &row.name, row.scopes.clone(), expires_at).await
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

/// The key that this text is, if it lives; it is used from this address.
pub async fn authenticate(app: &App, key: &str, from: &str) -> Result<Option<ApiKeyRow>, AppError> {
    let mut tx = app.db.read().await?;
    let Some(row) = api_key::by_hash(&mut tx, &token::hash(key)).await? else {
        return Ok(None);
    };
    drop(tx);
    if !row.lives(app.now()) {
        return Ok(None);
    }
    if row.last_used_at.is_none_or(|at| at < app.now() - MINUTE) {
        let mut tx = app.db.write().await?;
        api_key::used(&mut tx, row.id, app.now(), from).await?;
        tx.commit().await?;
    }
    Ok(Some(row))
}
