//! API keys: made once, shown once, kept as a hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{App, AppError};
use crate::clock::{MINUTE, random_bytes};
use crate::store::Tx;
use crate::store::api_key::{self, ApiKeyRow};

/// Makes a key in the given transaction; the second value is the key itself, which is never shown again.
pub async fn create(app: &App, tx: &mut Tx, name: &str) -> Result<(i64, String), AppError> {
    if name.trim().is_empty() || name.len() > 100 {
        return Err(AppError::field(
            "/name",
            "required",
            "Give the key a name of 1 to 100 characters, such as who uses it.",
        ));
    }
    let key = format!("hk_{}", URL_SAFE_NO_PAD.encode(random_bytes::<24>()));
    let id = app.id();
    let hint = &key[key.len() - 4..];
    api_key::insert(tx, id, name.trim(), &hash(&key), hint, app.now()).await?;
    Ok((id, key))
}

/// The key that this text is, if it lives.
pub async fn authenticate(app: &App, key: &str) -> Result<Option<ApiKeyRow>, AppError> {
    let mut tx = app.db.read().await?;
    let Some(row) = api_key::by_hash(&mut tx, &hash(key)).await? else {
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

/// Keys are 192 random bits, so a plain hash cannot be guessed back.
fn hash(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(key.as_bytes()))
}
