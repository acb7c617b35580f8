//! Passwords, hashed with Argon2id. That takes time and memory by design, so that only a few are hashed at once, and never
//! within a transaction.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use super::{App, AppError};
use crate::clock::random_bytes;

/// Passwords that are hashed at the same time; each takes 19 MiB.
const AT_ONCE: usize = 2;

/// Whose turn it is.
#[derive(Debug, Clone)]
pub struct Turn(Arc<Semaphore>);

impl Default for Turn {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A hash of nothing that anybody knows: checking it takes as long as checking a real one.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3MgcGFzc3dvcmQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a new password.
pub async fn hash(app: &App, password: &str) -> Result<String, AppError> {
    let password = password.to_owned();
    in_turn(app, move || {
        let salt = random_bytes::<16>();
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|e| e.to_string())
    })
    .await
}

/// Is it the password of this hash? Without a hash it takes as long, and it is not.
pub async fn fits(app: &App, password: &str, hash: Option<&str>) -> Result<bool, AppError> {
    let password = password.to_owned();
    let known = hash.is_some();
    let hash = hash.unwrap_or(NOBODYS).to_owned();
    in_turn(app, move || {
        let fits = Argon2::default().verify_password(password.as_bytes(), hash.as_str());
        Ok(fits.is_ok() && known)
    })
    .await
}

async fn in_turn<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, AppError> {
    let trouble = |why: String| AppError::File {
        what: "a password could not be hashed".into(),
        why: std::io::Error::other(why),
    };
    let turn = app.passwords.0.clone().acquire_owned().await;
    let turn = turn.map_err(|e| trouble(e.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await.map_err(|e| trouble(e.to_string()))?.map_err(trouble)
}
