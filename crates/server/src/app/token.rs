//! Secrets that we give away once and know again by their hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock::random_bytes;

/// 192 random bits as text.
pub fn new() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<24>())
}

/// What is kept of it. It is random, so a plain hash cannot be guessed back.
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
