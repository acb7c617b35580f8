//! Is a callback from Vonage? It carries a JWT that the account's signature secret signed, with the hash of the body.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::jwt;
use crate::wire::lenient;
use crate::{Account, Callback, Reject};

/// How far Vonage's clock and ours may differ, in seconds.
const SKEW: i64 = 60;

/// Refuses what Vonage did not sign, or signed for somebody else.
pub(super) fn verify(account: &Account, call: &Callback<'_>) -> Result<(), Reject> {
    if !account.is_on("signed_callbacks") {
        return Ok(());
    }
    check(account, call).map_err(Reject::Signature)
}

fn check(account: &Account, call: &Callback<'_>) -> Result<(), String> {
    let secret = account.get("signature_secret");
    if secret.is_empty() {
        return Err("the account has no signature secret to check it with".to_owned());
    }
    let header = call.headers.iter().find(|(name, _)| name == "authorization");
    let (_, header) = header.ok_or("it is not signed: it has no Authorization header")?;
    let token = header
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("bearer "))
        .map(|_| header[7..].trim())
        .ok_or("its Authorization header is no Bearer token")?;
    let claims = jwt::claims_of(token, secret)?;
    let text = |name: &str| claims.get(name).and_then(lenient::text);
    if let Some(hash) = text("payload_hash") {
        let body: String = Sha256::digest(call.body)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        if !jwt::same(&hash.to_ascii_lowercase(), &body) {
            return Err(
                "its body is not the one that was signed: something changed it on the way".to_owned(),
            );
        }
    }
    for (claim, what) in [("api_key", "API key"), ("application_id", "application")] {
        let ours = account.get(claim);
        if text(claim).is_some_and(|theirs| !ours.is_empty() && !theirs.eq_ignore_ascii_case(ours)) {
            return Err(format!("it is signed for another {what} than the account's"));
        }
    }
    age(account, &claims, call.at.div_euclid(1000))
}

/// Only when the account sets a limit: what is repeated after an outage may carry its first signature.
fn age(account: &Account, claims: &Value, now: i64) -> Result<(), String> {
    let minutes: i64 = account.get("callback_max_age").parse().unwrap_or(0);
    if minutes == 0 {
        return Ok(());
    }
    let issued = claims["iat"]
        .as_i64()
        .ok_or("its signature does not say when it was made")?;
    let age = now.saturating_sub(issued);
    if age < -SKEW {
        return Err("its signature was made in the future: compare this server's clock".to_owned());
    }
    if age > minutes.saturating_mul(60).saturating_add(SKEW) {
        return Err(format!("its signature is {} minutes old", age / 60));
    }
    Ok(())
}
