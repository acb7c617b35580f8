//! An act with an idempotency key happens once, however often it is asked for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{App, AppError};
use crate::store::Tx;
use crate::store::idempotency::{KeptAnswer, find, keep};

/// Who asks, and for what.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Id of the API key or the user that asks.
    pub caller_id: i64,
    /// The `Idempotency-Key` header, when there is one.
    pub key: Option<String>,
    /// Hash of method, path and body.
    pub request_hash: String,
}

impl Asked {
    /// Describes a request.
    pub fn new(caller_id: i64, key: Option<String>, method: &str, path: &str, body: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [method.as_bytes(), path.as_bytes(), body] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self {
            caller_id,
            key,
            request_hash: URL_SAFE_NO_PAD.encode(hash.finalize()),
        }
    }
}

/// The kept answer, or `None` when the act is new. A reused key with another request is a conflict.
pub async fn earlier(tx: &mut Tx, asked: &Asked) -> Result<Option<KeptAnswer>, AppError> {
    let Some(key) = &asked.key else { return Ok(None) };
    let Some(kept) = find(tx, asked.caller_id, key).await? else {
        return Ok(None);
    };
    if kept.request_hash != asked.request_hash {
        return Err(AppError::conflict(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request.",
            "Use a new key for a new request; repeat the very same request to get its first answer again.",
        ));
    }
    Ok(Some(kept))
}

/// Keeps the answer in the transaction of the act.
pub async fn remember(
    app: &App,
    tx: &mut Tx,
    asked: &Asked,
    status: u16,
    body: &str,
) -> Result<(), AppError> {
    let Some(key) = &asked.key else { return Ok(()) };
    let kept = KeptAnswer {
        request_hash: asked.request_hash.clone(),
        status: i64::from(status),
        body: body.to_owned(),
    };
    keep(tx, asked.caller_id, key, &kept, app.now())
        .await
        .map_err(|e| {
            if e.is_duplicate() {
                AppError::conflict(
                    "idempotency_key_in_use",
                    "The same request is being carried out at this moment.",
                    "Repeat it in a second to get its answer.",
                )
            } else {
                e.into()
            }
        })
}
