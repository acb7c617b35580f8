//! Trying the endpoint when an account is saved, as the format has it: a template that no vendor holds, with values that
//! mean nothing.

use serde_json::json;

use super::{answer, send};
use crate::{Account, Reply, SendError, Step};

/// What can be tried.
pub(super) const CREDENTIALS: &[&str] = &["Endpoint"];

/// Sends the validation payload. It is addressed to the business number itself, which can receive nothing from itself.
pub(super) fn check(
    account: &Account,
    credential: usize,
    prior: &[Reply],
) -> Result<Step<String>, SendError> {
    if credential > 0 {
        return Err(SendError::unsupported("a second set of credentials"));
    }
    let Some(reply) = prior.last() else {
        let number = account.get("number").trim_start_matches('+');
        let values = ["1", "2", "3"].map(|value| json!({ "type": "text", "text": value }));
        let payload = json!({
            "payloadVersion": 0.1, "wabaNumber": number, "to": number, "isTemplate": true, "msgId": "0|0|0|0",
            "template": { "namespace": "whatsapp:hsm:technology:generic:verify", "languageCode": "en" },
            "components": [{
                "type": "body",
                "body": { "text": "1 code: 2.Valid for 3 minutes.", "parameters": values },
            }],
        });
        return send::post(account, payload).map(Step::Call);
    };
    answer::accepted(account, reply)?;
    Ok(Step::Done(
        "The endpoint answered the validation request with success.".to_owned(),
    ))
}
