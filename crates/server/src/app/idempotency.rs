//! An act with an idempotency key happens once, however often it is asked for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{App, AppError};
use crate::clock::{DAY, Millis};
use crate::store::Tx;
use crate::store::idempotency::{KeptAnswer, answer, find, keep};

/// How long an answer is kept.
pub const KEPT_FOR: Millis = 7 * DAY;

/// Kept as the status of an act that began and has no answer yet.
const BEGUN: u16 = 102;

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
    if kept.status == i64::from(BEGUN) {
        return Err(AppError::conflict(
            "outcome_unknown",
            "A request with this Idempotency-Key was begun, and its answer is not known: it is being carried out, or the \
             server stopped in the middle. It is not carried out again.",
            "Repeat it in a minute to get its answer. When there is still none, look whether the message arrived, and use a \
             new key to send another one.",
        ));
    }
    Ok(Some(kept))
}

/// Notes that an act begins that no transaction holds together, because it reaches outside: it is never begun twice. Answers
/// what an earlier one gave.
pub async fn begin(app: &App, asked: &Asked) -> Result<Option<KeptAnswer>, AppError> {
    if asked.key.is_none() {
        return Ok(None);
    }
    let mut tx = app.db.write().await?;
    let kept = earlier(&mut tx, asked).await?;
    if kept.is_none() {
        remember(app, &mut tx, asked, BEGUN, "").await?;
    }
    tx.commit().await?;
    Ok(kept)
}

/// Keeps the answer of an act that [`begin`] noted.
pub async fn finish(app: &App, asked: &Asked, status: u16, body: &str) -> Result<(), AppError> {
    let Some(key) = &asked.key else { return Ok(()) };
    let mut tx = app.db.write().await?;
    answer(&mut tx, asked.caller_id, key, i64::from(status), body).await?;
    Ok(tx.commit().await?)
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
