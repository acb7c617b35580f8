//! `harkara callback decode`: the contract, on payloads as they come.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::{ended, err, harkara, out, output};

/// Decodes a body given on standard input.
fn decode(args: &[&str], body: &[u8]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut process = harkara(folder.path())
        .args(["callback", "decode", "--provider", "gupshup-enterprise"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(body).unwrap();
    ended(process)
}

fn events(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", err(output));
    out(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_cannot_be_read_at_all_ends_with_2_and_one_line() {
    for body in [&b"\xff\xfe\x00"[..], b"{\"response\":"] {
        let output = decode(&[], body);
        assert_eq!(output.status.code(), Some(2), "{body:?}: {}", out(&output));
        assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
        assert_eq!(out(&output), "");
    }
}

#[test]
fn an_unknown_provider_names_the_known_ones() {
    let folder = tempfile::tempdir().unwrap();
    let output = output(harkara(folder.path()).args(["callback", "decode", "--provider", "x", "-"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("gupshup-enterprise"), "{}", err(&output));
}

const REPORT: &str = r#"[{"srcAddr":"919999900000","channel":"WHATSAPP","externalId":"4567890123456789012-345678901234567890","cause":"SUCCESS","errorCode":"000","destAddr":"919999912345","eventType":"DELIVERED","eventTs":"1767607200000","extra":"hk-1"}]"#;

#[test]
fn a_report_has_the_members_of_the_contract() {
    let output = decode(&[], REPORT.as_bytes());
    let events = events(&output);
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["event"], "report");
    assert_eq!(event["status"], "delivered");
    assert_eq!(event["external_id"], "4567890123456789012-345678901234567890");
    assert_eq!(event["ref"], "hk-1");
    assert_eq!(event["recipient"], "+919999912345");
    assert_eq!(event["at"], "2026-01-05T10:00:00Z");
    assert!(event.get("error").is_none());
    assert_eq!(
        event["key"],
        self::events(&decode(&[], REPORT.as_bytes()))[0]["key"]
    );
}

#[test]
fn the_same_report_reads_the_same_in_every_encoding_it_comes_in() {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("response", REPORT)
        .finish();
    let plain = events(&decode(&[], REPORT.as_bytes()));
    let wrapped = format!("{{\"response\":{REPORT}}}");
    let text = serde_json::json!({ "response": REPORT }).to_string();
    for (args, body) in [
        (
            &["--content-type", "application/x-www-form-urlencoded"][..],
            form.as_str(),
        ),
        (&[], &form),
        (&["--content-type", "application/json"], &wrapped),
        (&["-"], &text),
    ] {
        assert_eq!(events(&decode(args, body.as_bytes())), plain, "{args:?} {body}");
    }
}

#[test]
fn a_message_from_a_person_has_the_members_of_the_contract() {
    let form = "waNumber=919999900000&mobile=919999912345&replyId=&messageId=&timestamp=1767607200000&name=Asha&type=text&text=Hello%20there";
    let events = events(&decode(&[], form.as_bytes()));
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["event"], "message");
    assert_eq!(event["from"], "+919999912345");
    assert_eq!(event["to"], "+919999900000");
    assert_eq!(
        (&event["name"], &event["type"], &event["text"]),
        (&"Asha".into(), &"text".into(), &"Hello there".into())
    );
    assert_eq!(event["at"], "2026-01-05T10:00:00Z");
    assert!(event["key"].as_str().is_some_and(|k| !k.is_empty()));
    // The same by GET.
    let by_get = self::events(&decode(&["--method", "GET", "--query", form], b""));
    assert_eq!(by_get[0]["text"], "Hello there");
}

/// The vendor's callback cases, which hold its real shapes, through the command line.
#[test]
fn every_case_of_the_vendor_decodes_as_the_case_says() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../provider/cases/gupshup-enterprise"
    );
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("callback-") {
            continue;
        }
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let call = &case["call"]["receive"];
        let body = match &call["body"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => match other["sample"].as_str() {
                Some(file) => std::fs::read_to_string(format!("{folder}/samples/{file}")).unwrap(),
                None => other.to_string(),
            },
        };
        let body = match call["in_form_field"].as_str() {
            Some(field) => form_urlencoded::Serializer::new(String::new())
                .append_pair(field, &body)
                .finish(),
            None => body,
        };
        let mut args = Vec::new();
        for (option, key) in [
            ("--method", "method"),
            ("--query", "query"),
            ("--content-type", "content_type"),
        ] {
            args.extend(call[key].as_str().into_iter().flat_map(|value| [option, value]));
        }
        let output = decode(&args, body.as_bytes());
        if case["expect"].get("reject").is_some() {
            assert_eq!(output.status.code(), Some(2), "{name}: {}", out(&output));
            assert_eq!(err(&output).lines().count(), 1, "{name}");
        } else {
            let mut got = events(&output);
            let mut expected = case["expect"]["events"].as_array().unwrap().clone();
            for event in got.iter_mut().chain(&mut expected) {
                let event = event.as_object_mut().unwrap();
                event.remove("key");
                // A callback that does not say which number it is for gets the account's, which a file has not.
                if event
                    .get("to")
                    .is_some_and(|to| to == "" || to == "+919999900001")
                {
                    event.remove("to");
                }
            }
            assert_eq!(got, expected, "{name}");
        }
        seen += 1;
    }
    assert!(seen > 40, "only {seen} cases");
}

/// A sample with its signature: token, secret and body.
fn signed(name: &str) -> (String, String, String) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../provider/cases/vonage/samples/");
    let sample: Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{folder}{name}")).unwrap()).unwrap();
    let text = |member: &str| sample[member].as_str().unwrap().to_owned();
    (text("authorization"), text("signature_secret"), text("raw_body"))
}

fn decode_signed(args: &[&str], body: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut process = harkara(folder.path())
        .args(["callback", "decode", "--provider", "vonage"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    ended(process)
}

#[test]
fn with_the_secret_only_what_the_provider_signed_is_read() {
    let (token, secret, body) = signed("webhook-signed-derived-valid.json");
    let header = format!("Authorization: {token}");
    let url = "https://harkara.example/callbacks/t/inbound";
    let good = [
        "--header",
        "X-Other: 1",
        "--header",
        &header,
        "--url",
        url,
        "--secret",
        &secret,
    ];
    assert_eq!(
        events(&decode_signed(&good, &body))[0]["text"],
        "Hello from Vonage!"
    );
    let (_, _, tampered) = signed("webhook-signed-derived-body-tampered.json");
    assert_eq!(
        events(&decode_signed(&[], &tampered))[0]["text"],
        "Hullo from Vonage!"
    );
    for (args, body) in [
        (&good[..], &tampered),
        (&["--header", &header, "--secret", "another"], &body),
        (&["--secret", &secret], &body),
    ] {
        let output = decode_signed(args, body);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            err(&output).contains("signature") && !err(&output).contains(&secret),
            "{}",
            err(&output)
        );
        assert_eq!(out(&output), "");
    }
}

#[test]
fn the_query_may_come_with_the_url() {
    let url =
        "https://harkara.example/callbacks/t/reports?externalId=1-2&eventType=SENT&eventTs=1767607200000#x";
    let events = events(&decode(&["--method", "GET", "--url", url], b""));
    assert_eq!(
        (&events[0]["external_id"], &events[0]["status"]),
        (&"1-2".into(), &"sent".into())
    );
    let output = decode(&["--secret", "x"], REPORT.as_bytes());
    assert!(
        err(&output).contains("does not sign its callbacks"),
        "{}",
        err(&output)
    );
    let output = decode(&["--header", "nonsense"], b"");
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
}
