//! Encryption of secrets at rest.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use super::durable::write_private;
use crate::clock::random_bytes;

/// Holds the key; seals and opens.
#[derive(Clone)]
pub struct Vault(XChaCha20Poly1305);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

/// The key or a sealed value cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file is there but not readable, or cannot be made.
    #[error("the key file {path}: {why}. Secrets cannot be read without it.")]
    File {
        /// Path.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// The key is not 32 bytes in base64.
    #[error("the key from {from} is not 32 bytes in base64. Restore the key that this data was made with.")]
    BadKey {
        /// Where it came from.
        from: String,
    },
    /// Sealed with another key, or damaged.
    #[error(
        "a stored secret does not open with this key. Restore the key file that belongs to this database."
    )]
    DoesNotOpen,
}

impl Vault {
    /// Takes the key from `environment` (base64) when given, else from `folder/secret.key`, made at first start with
    /// mode 0600.
    pub fn open(folder: &Path, environment: Option<&str>) -> Result<Self, VaultError> {
        if let Some(text) = environment {
            return Self::from_text(text, "HARKARA_SECRET_KEY");
        }
        let path = folder.join("secret.key");
        let shown = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::from_text(&text, &shown),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let text = STANDARD_NO_PAD.encode(random_bytes::<32>());
                write_private(&path, &text).map_err(|why| VaultError::File {
                    path: shown.clone(),
                    why,
                })?;
                Self::from_text(&text, &shown)
            }
            Err(why) => Err(VaultError::File { path: shown, why }),
        }
    }

    fn from_text(text: &str, from: &str) -> Result<Self, VaultError> {
        let bad = || VaultError::BadKey {
            from: from.to_owned(),
        };
        let bytes = STANDARD_NO_PAD
            .decode(text.trim().trim_end_matches('='))
            .map_err(|_| bad())?;
        Ok(Self(
            XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| bad())?,
        ))
    }

    /// Encrypts a text; `context` (such as the account id) must be the same when opening.
    pub fn seal(&self, context: &str, text: &str) -> Result<String, VaultError> {
        let nonce = random_bytes::<24>();
        let payload = chacha20poly1305::aead::Payload {
            msg: text.as_bytes(),
            aad: context.as_bytes(),
        };
        let sealed = self
            .0
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| VaultError::DoesNotOpen)?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// A code that only holders of the key can know, always the same for one purpose: 12 capital letters and digits.
    pub fn code(&self, purpose: &str) -> Result<String, VaultError> {
        // The nonce belongs to the purpose alone; those of `seal` are drawn from a space in which none meets it.
        let digest = Sha256::digest(purpose.as_bytes());
        let payload = chacha20poly1305::aead::Payload {
            msg: &[],
            aad: purpose.as_bytes(),
        };
        let tag = self
            .0
            .encrypt(XNonce::from_slice(&digest[..24]), payload)
            .map_err(|_| VaultError::DoesNotOpen)?;
        let letters = b"ABCDEFGHJKMNPQRSTVWXYZ23456789AB";
        let letter = |byte: &u8| char::from(letters[usize::from(*byte) & 31]);
        Ok(tag.iter().take(12).map(letter).collect())
    }

    /// Decrypts what [`Vault::seal`] made.
    pub fn unseal(&self, context: &str, sealed: &str) -> Result<String, VaultError> {
        let bytes = STANDARD_NO_PAD
            .decode(sealed)
            .map_err(|_| VaultError::DoesNotOpen)?;
        let (nonce, sealed) = bytes.split_at_checked(24).ok_or(VaultError::DoesNotOpen)?;
        let payload = chacha20poly1305::aead::Payload {
            msg: sealed,
            aad: context.as_bytes(),
        };
        let text = self
            .0
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| VaultError::DoesNotOpen)?;
        String::from_utf8(text).map_err(|_| VaultError::DoesNotOpen)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_file_is_private_and_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let sealed = Vault::open(dir.path(), None)
            .unwrap()
            .seal("acc", "pässword")
            .unwrap();
        assert!(!sealed.contains("ssword"));
        let mode = std::fs::metadata(dir.path().join("secret.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = Vault::open(dir.path(), None).unwrap();
        assert_eq!(again.unseal("acc", &sealed).unwrap(), "pässword");
        assert!(again.unseal("other", &sealed).is_err());
    }

    #[test]
    fn a_code_belongs_to_key_and_purpose() {
        let vault = |byte: u8| {
            let key = STANDARD_NO_PAD.encode([byte; 32]);
            Vault::from_text(&key, "test").unwrap()
        };
        let code = vault(1).code("setup").unwrap();
        assert_eq!(code.len(), 12);
        assert_eq!(code, vault(1).code("setup").unwrap());
        assert_ne!(code, vault(1).code("other").unwrap());
        assert_ne!(code, vault(2).code("setup").unwrap());
    }

    #[test]
    fn another_key_says_what_to_do() {
        let key = STANDARD_NO_PAD.encode([1u8; 32]);
        let dir = tempfile::tempdir().unwrap();
        let sealed = Vault::open(dir.path(), Some(&key))
            .unwrap()
            .seal("a", "x")
            .unwrap();
        let error = Vault::open(dir.path(), None)
            .unwrap()
            .unseal("a", &sealed)
            .unwrap_err();
        assert!(error.to_string().contains("Restore the key"));
        assert!(Vault::open(dir.path(), Some("short")).is_err());
    }
}
