//! JSON Web Tokens, as the documentation has them: RS256 on what comes, HS256 on what goes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::{hmac, signature};
use serde_json::{Value, json};

/// Longest life of a token, in seconds.
const DAY: i64 = 86_400;

/// The key in the form that signatures are checked with: PKCS #1, which a PEM of the usual form wraps.
pub(super) fn public_key(pem: &str) -> Option<Vec<u8>> {
    let inside = pem
        .split_once("-----BEGIN PUBLIC KEY-----")?
        .1
        .split_once("-----END")?
        .0;
    let inside: String = inside.split_whitespace().collect();
    let der = STANDARD.decode(inside).ok()?;
    // SEQUENCE { SEQUENCE { OID rsaEncryption, NULL }, BIT STRING { 0 unused bits, key } }
    let (outer, _) = element(&der, 0x30)?;
    let (algorithm, rest) = element(outer, 0x30)?;
    let rsa = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let (bits, _) = element(rest, 0x03)?;
    (algorithm.starts_with(&rsa) && bits.first() == Some(&0)).then(|| bits[1..].to_vec())
}

/// The content of a DER element of this kind, and what comes after it.
fn element(der: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = der.split_first().filter(|(first, _)| **first == kind)?;
    debug_assert_eq!(first, kind);
    let (&length, mut rest) = rest.split_first()?;
    let length = if length < 0x80 {
        usize::from(length)
    } else {
        let (bytes, after) = rest.split_at_checked(usize::from(length & 0x7f).min(4))?;
        rest = after;
        bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    rest.split_at_checked(length)
}

/// Is this the token of the application, now? The error says what is wrong with it.
pub(super) fn check(token: &str, pem: &str, application: &str, now: i64) -> Result<(), &'static str> {
    let mut parts = token.split('.');
    let (Some(head), Some(claims), Some(signed), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("not three parts");
    };
    let json =
        |part: &str| -> Option<Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    if json(head).is_none_or(|head| head["alg"] != "RS256" || head["typ"] != "JWT") {
        return Err("not RS256");
    }
    let key = public_key(pem).ok_or("no key")?;
    let key = signature::UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, key);
    let signed = URL_SAFE_NO_PAD.decode(signed).map_err(|_| "signature")?;
    let text = &token[..head.len() + 1 + claims.len()];
    key.verify(text.as_bytes(), &signed).map_err(|_| "signature")?;
    let claims = json(claims).ok_or("claims")?;
    if claims["application_id"] != application {
        return Err("another application");
    }
    if claims["jti"].as_str().is_none_or(|id| id.len() != 36) {
        return Err("no jti");
    }
    let issued = claims["iat"].as_i64().ok_or("no iat")?;
    let ends = claims["exp"].as_i64().unwrap_or(issued + DAY);
    if issued > now + 60 || ends <= now || ends > issued + DAY {
        return Err("time");
    }
    Ok(())
}

/// A token for a callback.
pub(super) fn sign(claims: &Value, secret: &str) -> String {
    let head = json!({"alg": "HS256", "typ": "JWT"});
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(&head), encode(claims));
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
        text.as_bytes(),
    );
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// Lower-case hex of the SHA-256.
pub(super) fn hash(bytes: &[u8]) -> String {
    digest(&SHA256, bytes)
        .as_ref()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vonage::Options;

    #[test]
    fn the_practice_key_is_an_rsa_key_and_cut_ones_are_none() {
        let pem = Options::default().public_key;
        assert_eq!(public_key(&pem).unwrap().len(), 270);
        assert_eq!(
            public_key("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"),
            None
        );
        assert_eq!(public_key(""), None);
    }

    #[test]
    fn tokens_that_are_none_are_refused() {
        let options = Options::default();
        for token in [
            "",
            "a.b",
            "a.b.c",
            "a.b.c.d",
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.",
        ] {
            assert!(
                check(token, &options.public_key, &options.application_id, 0).is_err(),
                "{token}"
            );
        }
    }
}
