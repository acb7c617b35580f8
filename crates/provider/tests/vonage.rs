//! What case files cannot show about Vonage: signatures by the key they belong to, and that a key never shows.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot read")]

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use harkara_provider::{Account, Content, Outgoing, Provider, SendErrorKind, Step, registry};
use serde_json::{Value, json};

const NOW: i64 = 1_772_359_200_000;

fn provider() -> &'static dyn Provider {
    registry::find("vonage").expect("Vonage")
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/vonage")
}

fn settings() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("account.json")).expect("account.json");
    serde_json::from_str(&text).expect("account.json")
}

fn with(key: &str, value: &str) -> Account {
    let mut settings = settings();
    settings.insert(key.to_owned(), value.to_owned());
    Account::new(provider().spec(), settings)
}

fn key() -> String {
    settings()["private_key"].clone()
}

/// The token of a message at this moment, or the reason why there is none.
fn token(account: &Account, at: i64) -> Result<String, SendErrorKind> {
    let message = Outgoing {
        to: "+919999911110".into(),
        from: "+919999900001".into(),
        reference: "ref1".into(),
        at,
        content: Content::Text {
            body: "Hello".into(),
            preview_url: false,
        },
    };
    match provider().send(account, &message, &[]) {
        Ok(Step::Call(request)) => Ok(request.credentials()[0].to_owned()),
        Ok(Step::Done(_)) => panic!("done without a request"),
        Err(error) => {
            assert!(!format!("{error:?}").contains("MII"), "{error:?}");
            Err(error.kind)
        }
    }
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

/// PKCS #1, which is what ring reads: the last part of the usual form.
fn public_key() -> Vec<u8> {
    let pem = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vonage-public.pem"));
    let pem = pem.expect("the public key");
    let inside: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(inside).expect("base64").split_off(24)
}

#[test]
fn a_token_is_signed_by_the_applications_key() {
    let token = token(&with("nickname", "x"), NOW).expect("a token");
    let (text, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let key =
        ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, public_key());
    key.verify(text.as_bytes(), &signature)
        .expect("signed by the key");
    let tampered = text.replacen('.', ".e", 1);
    assert!(key.verify(tampered.as_bytes(), &signature).is_err());
}

/// Signing costs much; a token costs it once in five minutes, and is never used when it is about to end.
#[test]
fn a_token_serves_some_minutes_and_the_next_one_has_another_id() {
    let account = with("nickname", "x");
    let first = token(&account, NOW).expect("a token");
    assert_eq!(token(&account, NOW + 299_999), Ok(first.clone()));
    let next = token(&account, NOW + 300_000).expect("a token");
    let other = token(&with("application_id", "another"), NOW).expect("a token");
    let ids = [&first, &next, &other].map(|token| claims(token)["jti"].clone());
    assert!(
        ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2],
        "{ids:?}"
    );
    for at in (0..900_000).step_by(70_000) {
        let claims = claims(&token(&account, NOW + at).expect("a token"));
        let left = claims["exp"].as_i64().expect("a time") - (NOW + at) / 1000;
        assert!((600..=900).contains(&left), "{left} seconds left");
        assert!(claims["iat"].as_i64().expect("a time") * 1000 <= NOW + at);
    }
}

#[test]
fn the_key_is_read_as_people_paste_it() {
    let expected = token(&with("nickname", "x"), NOW);
    let pem = key();
    for pasted in [
        pem.replace('\n', "\r\n"),
        pem.replace('\n', " "),
        pem.replace('\n', ""),
        pem.replace('\n', "\\n"),
        format!("Bag Attributes\n  friendlyName: x\n{pem}\n\n"),
    ] {
        let again = token(&with("private_key", &pasted), NOW);
        let text = |token: &Result<String, _>| token.as_ref().ok().map(|t| t.len());
        assert_eq!(text(&again), text(&expected), "{pasted}");
    }
    let traditional =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vonage-traditional.pem"));
    assert!(token(&with("private_key", &traditional.expect("a key")), NOW).is_ok());
}

#[test]
fn a_key_that_is_none_is_named_when_it_is_saved_and_never_shown() {
    let pem = key();
    let cut = &pem[..pem.len() / 2];
    let swapped = pem.replacen("MII", "MIJ", 1);
    let public = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----";
    for (pasted, says) in [
        ("MIIEvQIBADANBg", "no private key in PEM form"),
        (public, "public key"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----",
            "passphrase",
        ),
        (
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "another kind",
        ),
        (cut, "cut off"),
        (
            "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----",
            "damaged",
        ),
        (swapped.as_str(), "no RSA key"),
    ] {
        let account = with("private_key", pasted);
        let problems = provider().problems(&account);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].field, "private_key");
        let detail = &problems[0].detail;
        assert!(
            detail.contains(says) && detail.contains("-----BEGIN PRIVATE KEY-----"),
            "{detail}"
        );
        assert!(!detail.contains("MII"), "{detail}");
        assert!(!format!("{account:?}").contains("MII"));
        assert_eq!(token(&account, NOW), Err(SendErrorKind::Config));
    }
}

#[test]
fn settings_that_need_each_other_are_named() {
    let fields =
        |account: &Account| -> Vec<&str> { provider().problems(account).iter().map(|p| p.field).collect() };
    let given = |pairs: &[(&str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Account::new(provider().spec(), pairs.collect())
    };
    let pem = key();
    assert_eq!(fields(&Account::new(provider().spec(), settings())), [""; 0]);
    assert_eq!(fields(&given(&[])), ["application_id", "signature_secret"]);
    let unsigned = ("signed_callbacks", "false");
    assert_eq!(
        fields(&given(&[unsigned, ("application_id", "a")])),
        ["private_key"]
    );
    assert_eq!(
        fields(&given(&[unsigned, ("private_key", &pem)])),
        ["application_id"]
    );
    assert_eq!(
        fields(&given(&[unsigned, ("api_key", "a"), ("api_secret", "b")])),
        [""; 0]
    );
    assert_eq!(fields(&given(&[unsigned, ("api_key", "a")])), ["application_id"]);
}

/// The cases hold the bodies and tokens of the samples; here the samples speak for themselves.
#[test]
fn signed_samples_are_valid_as_they_say() {
    let read = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder().join("samples").join(name)).expect("a sample");
        serde_json::from_str(&text).expect("JSON")
    };
    for name in [
        "webhook-signed-derived-valid.json",
        "webhook-signed-derived-body-tampered.json",
    ] {
        let sample = read(name);
        let headers = [(
            "authorization".to_owned(),
            sample["authorization"].as_str().expect("text").to_owned(),
        )];
        let call = harkara_provider::Callback {
            method: harkara_provider::Method::Post,
            query: "",
            content_type: "application/json",
            headers: &headers,
            body: sample["raw_body"].as_str().expect("text").as_bytes(),
            at: sample["now"].as_i64().expect("seconds") * 1000,
        };
        let account = with(
            "signature_secret",
            sample["signature_secret"].as_str().expect("text"),
        );
        assert_eq!(
            provider().verify(&account, &call).is_ok(),
            sample["valid"] == json!(true),
            "{name}"
        );
        assert_eq!(
            claims(&headers[0].1),
            claims_sample(&read("webhook-jwt-claims-sample.json"), &sample)
        );
    }
    let vector = read("webhook-jwt-verify-vector.json");
    for (token, secret, valid) in [
        (&vector["token"], &vector["valid_secret"], true),
        (&vector["token"], &vector["invalid_secret"], false),
        (&vector["malformed_token"], &vector["valid_secret"], false),
    ] {
        let headers = [(
            "authorization".to_owned(),
            format!("Bearer {}", token.as_str().expect("text")),
        )];
        let call = harkara_provider::Callback {
            method: harkara_provider::Method::Post,
            query: "",
            content_type: "",
            headers: &headers,
            body: b"",
            at: NOW,
        };
        let account = with("signature_secret", secret.as_str().expect("text"));
        assert_eq!(provider().verify(&account, &call).is_ok(), valid);
    }
}

/// The published claims, with the hash of the body of the derived sample (whose own body was not published).
fn claims_sample(published: &Value, derived: &Value) -> Value {
    let mut expected = published["payload"].clone();
    expected["payload_hash"] =
        claims(derived["authorization"].as_str().expect("text"))["payload_hash"].clone();
    expected
}
