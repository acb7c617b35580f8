//! What other systems and people say about a person: numbers and uploads.

use harkara::domain::attributes::{LONGEST_KEY, LONGEST_VALUE, MOST_KEYS, check, check_text};
use harkara::domain::phone::{Phone, is_region};
use harkara::domain::upload::{Content, record, subscription};
use serde_json::Value;

use super::{Target, split_line, text};

/// The target of phone numbers: a region, and a text on the next line.
pub fn phone() -> Target {
    let seeds = [
        "IN\n+919999900001",
        "IN\n09999 900001",
        "US\n(201) 555-0123",
        "GB\n07400 123456",
        "IN\n0091-99999-00001",
        "IN\n९९९९९०००01",
        "IN\nwhatsapp:+91 99999 00001",
        "IT\n06 698 12345",
        "AR\n011 15 2345-6789",
        "MX\n+52 1 55 1234 5678",
        "US\n1-800-FLOWERS",
        "IN\n9999900001 x12",
        "XX\n;ext=1;phone-context=+91",
    ];
    let seeds = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let words = [
        "+",
        "00",
        "tel:",
        "whatsapp:",
        "\u{ff0b}",
        "\u{202a}",
        "+44",
        "+1",
        "+52",
        "+54",
        "x",
        ";ext=",
    ];
    Target::new("phone", check_phone, seeds, &words)
}

fn check_phone(data: &[u8]) {
    let (region, number) = split_line(data);
    let (region, number) = (text(region), text(number));
    match Phone::parse(&number, &region) {
        Err(problem) => assert!(!problem.to_string().is_empty()),
        Ok(phone) => {
            let digits = phone.as_str().strip_prefix('+').expect("a plus");
            let is_e164 =
                (6..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            assert!(is_e164 && !digits.starts_with('0'), "{phone}");
            for again in ["IN", "US", "GB"] {
                assert_eq!(
                    Phone::parse(phone.as_str(), again).as_ref(),
                    Ok(&phone),
                    "a number reads as itself"
                );
            }
            let needs_region = !number.contains(['+', '＋']) && !number.contains("00");
            assert!(
                !needs_region || is_region(&region) || !number.is_ascii(),
                "{number:?} without a region"
            );
        }
    }
    if let Some(phone) = Phone::from_provider(&number) {
        assert_eq!(Phone::from_provider(phone.as_str()), Some(phone));
    }
}

/// The target of uploads: a body of `/1/upload` or `/1/subscribe`.
pub fn upload() -> Target {
    let seeds = [
        r#"{"d":[{"identity":"c-17","type":"profile","ts":1700000000,"profileData":{"Name":"Asha","Phone":"+919999900001","Email":"a@b.example","Gender":"F","Age":41,"Married":"Y","MSG-whatsapp":true,"MSG-dndWhatsApp":false,"Customer type":"Platinum","Since":"$D_1700000000","Score":1.5,"Gone":null}}]}"#,
        r#"{"d":[{"FBID":"34322423","type":"event","evtName":"Charged","evtData":{"Amount":300,"Items":[{"Category":"Books","Quantity":1},"x"],"At":"$D_1434443566"},"ts":1468308340}]}"#,
        r#"{"d":[{"objectId":"_asdnkansdjknaskdjnasdkj","type":"event","evtName":"app launched","evtData":null}]}"#,
        r#"{"d":[{"type":"whatsapp","value":"+919999900001","status":"Unsubscribe"},{"type":"whatsapp","value":"+919999900002","status":"Resubscribe"}]}"#,
        r#"{"d":[{"GPID":"1","type":"event","evtName":"e","evtData":{"a\u0000b":{},"":[],"k":{"":{"":1}}}}]}"#,
    ];
    let seeds = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let words = [
        "\"identity\":",
        "\"type\":\"profile\"",
        "\"type\":\"event\"",
        "\"profileData\":{",
        "\"evtName\":",
        "\"evtData\":{",
        "\"ts\":",
        "\"$D_",
        "\"Phone\":\"+",
        "\"Age\":",
        "\"Email\":\"",
        "\"Gender\":",
        "null",
        "\\u0000",
        "-1",
        "9223372036854775807",
        "1e30",
        "true",
    ];
    Target::new("upload", check_upload, seeds, &words)
}

fn check_upload(data: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let records = body.get("d").and_then(Value::as_array);
    for value in records.unwrap_or(&vec![body.clone()]) {
        check_record(value);
        match subscription(value) {
            Ok((phone, _)) => assert!(phone.as_str().starts_with('+')),
            Err(refusal) => assert!(!refusal.error.is_empty() && (509..=555).contains(&refusal.code)),
        }
    }
}

fn check_record(value: &Value) {
    let record = match record(value) {
        Ok(record) => record,
        Err(refusal) => {
            assert!(
                !refusal.error.is_empty() && (509..=555).contains(&refusal.code),
                "{refusal:?}"
            );
            return;
        }
    };
    let identity = &record.identity;
    assert!(!identity.trim().is_empty() && !identity.contains('\0') && identity.len() <= LONGEST_VALUE + 9);
    match &record.content {
        Content::Profile(data) => {
            assert!(data.attributes.len() <= MOST_KEYS);
            for (key, value) in &data.attributes {
                assert_eq!(check(key, value), Ok(()));
            }
            assert!(
                data.name
                    .as_ref()
                    .is_none_or(|name| check_text("Name", name).is_ok())
            );
        }
        Content::Event { name, data, ts } => {
            assert!(!name.trim().is_empty() && check_text("evtName", name).is_ok());
            assert!(ts.is_none_or(|ts| (0..10_000_000_000).contains(&ts)));
            assert!(data.len() <= MOST_KEYS);
            data.iter().for_each(|(key, value)| check_property(key, value));
        }
    }
}

/// Every name and every text of an event keeps the limits, however deep.
fn check_property(key: &str, value: &Value) {
    assert!(
        !key.trim().is_empty() && key.len() <= LONGEST_KEY && !key.contains('\0'),
        "key {key:?}"
    );
    match value {
        Value::Array(items) => items.iter().for_each(|item| check_property(key, item)),
        Value::Object(members) => members.iter().for_each(|(key, value)| check_property(key, value)),
        scalar => assert_eq!(check(key, scalar), Ok(())),
    }
}
