//! JSON Web Tokens: RS256 for what we send, HS256 for what Vonage signs. Nothing else of the standard is spoken here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::{hmac, signature};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Seconds that one token is used. All calls within such a span carry the same one: to sign costs a thousand times
/// more than to look it up.
const SPAN: i64 = 300;
/// Seconds that a token is valid, as Vonage's SDKs have it; so one in use is valid for ten more minutes at least.
const VALID: i64 = 900;

const PASTE: &str = "Open the file private.key that Vonage gave you when you made the application, and paste all of it, from \
     -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.";

/// The key of an application from its PEM text. People paste it with its line breaks, without, or with `\n` for them.
///
/// # Errors
/// What is wrong and what to paste, in sentences. Never a part of what was pasted.
pub(super) fn private_key(pem: &str) -> Result<KeyPair, String> {
    let trouble = |what: &str| format!("{what} {PASTE}");
    let begin = pem
        .split_once("-----BEGIN ")
        .and_then(|(_, rest)| rest.split_once("-----"));
    let Some((label, rest)) = begin else {
        return Err(trouble("This is no private key in PEM form."));
    };
    match label {
        "PRIVATE KEY" | "RSA PRIVATE KEY" => {}
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {
            return Err(trouble(
                "This is the public key, which Vonage keeps; the private one is needed here.",
            ));
        }
        "ENCRYPTED PRIVATE KEY" => {
            return Err(trouble(
                "This private key is protected by a passphrase, which nobody could type here.",
            ));
        }
        _ => return Err(trouble("This is another kind of PEM file than a private key.")),
    }
    let Some((inside, _)) = rest.split_once("-----END ") else {
        return Err(trouble("The private key is cut off: its last line is missing."));
    };
    let text: String = inside
        .replace("\\r", "")
        .replace("\\n", "")
        .split_whitespace()
        .collect();
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let der = GeneralPurpose::new(&ALPHABET, lenient)
        .decode(text)
        .map_err(|_| trouble("The private key is damaged between its first and its last line."))?;
    let key = if label == "PRIVATE KEY" {
        KeyPair::from_pkcs8(&der)
    } else {
        KeyPair::from_der(&der)
    };
    key.map_err(|why| {
        trouble(&format!(
            "This is no RSA key of 2048 to 4096 bits that can be used ({why})."
        ))
    })
}

/// The application's token for a call at `at` (milliseconds). Equal for all calls of the same few minutes, whichever
/// server makes it, since it is a function of what it is given; so its id is fresh for each token without any chance.
///
/// # Errors
/// What is wrong with the key, see [`private_key`].
pub(super) fn application_token(application: &str, pem: &str, at: i64) -> Result<String, String> {
    /// Tokens by what they were made of. A memory, not a state: without it the same tokens would be made again.
    static MADE: Mutex<BTreeMap<[u8; 32], (i64, String)>> = Mutex::new(BTreeMap::new());
    let seconds = at.div_euclid(1000);
    let issued = seconds - seconds.rem_euclid(SPAN);
    let made_of = digest(&[application.as_bytes(), pem.as_bytes(), &issued.to_le_bytes()]);
    // Held while one is made: when a span begins, the first call makes the token and the others wait for it.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, token)) = made.get(&made_of) {
        return Ok(token.clone());
    }
    let key = private_key(pem)?;
    let token = sign(&key, &claims(application, issued, &made_of))?;
    made.retain(|_, (of, _)| *of >= issued - SPAN);
    made.insert(made_of, (issued, token.clone()));
    Ok(token)
}

fn claims(application: &str, issued: i64, made_of: &[u8; 32]) -> Value {
    json!({
        "application_id": application,
        "iat": issued,
        "exp": issued + VALID,
        "jti": uuid(made_of),
    })
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Written as a version 4 UUID, which is what Vonage documents.
fn uuid(hash: &[u8; 32]) -> String {
    let mut hex: Vec<char> = hash
        .iter()
        .take(16)
        .flat_map(|b| format!("{b:02x}").chars().collect::<Vec<_>>())
        .collect();
    hex[12] = '4';
    hex[16] = ['8', '9', 'a', 'b'][usize::from(hash[8] >> 6)];
    let part = |from: usize, to: usize| hex[from..to].iter().collect::<String>();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

fn sign(key: &KeyPair, claims: &Value) -> Result<String, String> {
    let head = json!({ "alg": "RS256", "typ": "JWT" });
    let text = format!("{}.{}", encoded(&head), encoded(claims));
    let mut signed = vec![0; key.public().modulus_len()];
    // The padding of RS256 draws nothing from the randomness that ring asks for: same key and text, same signature.
    key.sign(
        &signature::RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signed,
    )
    .map_err(|_| "The private key could not sign.".to_owned())?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signed)))
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The claims of a token that this secret signed by HS256, and by nothing else: a token says itself how it is signed,
/// and must not be believed.
///
/// # Errors
/// What is wrong, in a few words.
pub(super) fn claims_of(token: &str, secret: &str) -> Result<Value, String> {
    let (text, signed) = token.rsplit_once('.').ok_or("the token is no JWT")?;
    let (head, claims) = text.split_once('.').ok_or("the token is no JWT")?;
    let read = |part: &str| -> Option<Value> {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice(&bytes).ok().filter(Value::is_object)
    };
    let head = read(head).ok_or("the token's header cannot be read")?;
    if head["alg"] != "HS256" {
        return Err("the token is not signed with HS256".to_owned());
    }
    let signed = URL_SAFE_NO_PAD
        .decode(signed)
        .map_err(|_| "the token's signature cannot be read")?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, text.as_bytes(), &signed)
        .map_err(|_| "it is not signed with this account's signature secret")?;
    read(claims).ok_or_else(|| "the token's claims cannot be read".to_owned())
}

/// Are these texts equal? Takes the same time whatever they are.
pub(super) fn same(one: &str, other: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"compare");
    hmac::verify(&key, one.as_bytes(), hmac::sign(&key, other.as_bytes()).as_ref()).is_ok()
}
