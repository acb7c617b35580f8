//! The gateway's own record against the ledger.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use harkara_sim::{Message, Stage};
use serde_json::Value;

/// What the comparison found. Every list holds sentences.
#[derive(Debug, Default)]
pub struct Audit {
    pub lost: Vec<String>,
    pub doubled: Vec<String>,
    /// States that contradict what the gateway reported.
    pub wrong: Vec<String>,
    /// Messages that nobody can say anything about: no answer was seen and no report came.
    pub unknown: Vec<String>,
}

/// The furthest stage whose report the server acknowledged, as the ledger names it.
fn reported(message: &Message) -> Option<&'static str> {
    let furthest = message.acknowledged.iter().max_by_key(|stage| match stage {
        Stage::Sent => 0,
        Stage::Failed => 1,
        Stage::Delivered => 2,
        Stage::Read => 3,
    })?;
    Some(match furthest {
        Stage::Sent => "sent",
        Stage::Failed => "failed",
        Stage::Delivered => "delivered",
        Stage::Read => "read",
    })
}

/// Compares a campaign's ledger with what the gateway accepted for its people. `should` is known from the source and
/// not from the ledger.
pub fn compare(should: &BTreeSet<String>, accepted: &[Message], ledger: &[Value]) -> Audit {
    let mut audit = Audit::default();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for message in accepted {
        *times.entry(&message.to).or_default() += 1;
        if message.times_accepted > 1 {
            audit.doubled.push(format!(
                "{} was accepted {} times",
                message.reference, message.times_accepted
            ));
        }
    }
    for (to, n) in times.iter().filter(|(_, n)| **n > 1) {
        audit.doubled.push(format!("+{to} got {n} messages"));
    }

    let mut rows: HashMap<&str, Vec<&Value>> = HashMap::new();
    for row in ledger {
        rows.entry(row["phone"].as_str().unwrap_or_default())
            .or_default()
            .push(row);
    }
    for phone in should {
        match rows.get(phone.as_str()).map_or(0, Vec::len) {
            1 => {}
            n => audit.lost.push(format!("{phone} has {n} rows")),
        }
    }
    for phone in rows.keys().filter(|phone| !should.contains(**phone)) {
        audit
            .wrong
            .push(format!("{phone} has a row and is not in the audience"));
    }

    let taken: HashMap<&str, &Message> = accepted.iter().map(|m| (m.reference.as_str(), m)).collect();
    let known: BTreeSet<&str> = ledger.iter().filter_map(|row| row["id"].as_str()).collect();
    for message in accepted.iter().filter(|m| !known.contains(m.reference.as_str())) {
        audit.lost.push(format!(
            "{} was accepted and is not in the ledger",
            message.reference
        ));
    }
    for row in ledger {
        judge(&mut audit, row, &taken);
    }
    audit
}

fn judge(audit: &mut Audit, row: &Value, taken: &HashMap<&str, &Message>) {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let (id, state) = (text("id"), text("state"));
    let unknown = state == "unknown" && !row["failure"].is_null();
    match taken.get(id) {
        Some(message) => {
            let right = match reported(message) {
                Some(expected) => state == expected,
                None => state == "sent" || unknown,
            };
            if !right {
                let told = reported(message).unwrap_or("nothing");
                audit.wrong.push(format!(
                    "{id} is {state}: it was accepted, and the gateway reported {told}"
                ));
            }
        }
        // It was on its way when the server died, and never reached the gateway.
        None if unknown => {}
        None => audit
            .lost
            .push(format!("{id} is {state}, and the gateway never accepted it")),
    }
    if unknown {
        audit.unknown.push(id.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use harkara_sim::AccountKind;
    use serde_json::json;

    use super::*;

    fn message(reference: &str, to: &str, acknowledged: &[Stage]) -> Message {
        Message {
            n: 1,
            reference: reference.into(),
            to: to.into(),
            id: String::new(),
            account: AccountKind::Hsm,
            method: "SendMessage",
            template: None,
            text: String::new(),
            accepted_at: 0,
            times_accepted: 1,
            requests: 1,
            statuses: acknowledged.to_vec(),
            acknowledged: acknowledged.to_vec(),
            problem: None,
        }
    }

    fn row(id: &str, phone: &str, state: &str) -> Value {
        json!({"id": id, "phone": phone, "state": state, "failure": {"kind": "unknown"}})
    }

    fn faults(accepted: &[Message], ledger: &[Value]) -> (usize, usize, usize, usize) {
        let audit = compare(&["+1".to_owned()].into(), accepted, ledger);
        (
            audit.lost.len(),
            audit.doubled.len(),
            audit.wrong.len(),
            audit.unknown.len(),
        )
    }

    #[test]
    fn books_that_agree_show_nothing() {
        for (acknowledged, state) in [
            (&[][..], "sent"),
            (&[Stage::Sent, Stage::Delivered], "delivered"),
            (&[Stage::Read, Stage::Sent], "read"),
            (&[Stage::Failed, Stage::Sent], "failed"),
        ] {
            assert_eq!(
                faults(&[message("a", "1", acknowledged)], &[row("a", "+1", state)]),
                (0, 0, 0, 0)
            );
        }
        assert_eq!(faults(&[], &[row("a", "+1", "unknown")]), (0, 0, 0, 1));
        assert_eq!(
            faults(&[message("a", "1", &[])], &[row("a", "+1", "unknown")]),
            (0, 0, 0, 1)
        );
    }

    #[test]
    fn every_kind_of_fault_is_found() {
        let taken = |acknowledged: &[Stage]| [message("a", "1", acknowledged)];
        assert_eq!(faults(&taken(&[]), &[]).0, 2, "nobody has a row");
        assert_eq!(faults(&[], &[row("a", "+1", "queued")]).0, 1, "waits for ever");
        assert_eq!(
            faults(&[], &[row("a", "+1", "sent")]).0,
            1,
            "said to be sent and was not"
        );
        assert_eq!(
            faults(&taken(&[]), &[row("a", "+1", "read"), row("b", "+1", "unknown")]).0,
            1,
            "two rows"
        );
        assert_eq!(
            faults(&taken(&[]), &[row("a", "+1", "sending")]).2,
            1,
            "on its way for ever"
        );
        assert_eq!(
            faults(&taken(&[Stage::Sent]), &[row("a", "+1", "unknown")]).2,
            1,
            "a report and still unknown"
        );
        assert_eq!(
            faults(&taken(&[Stage::Read]), &[row("a", "+1", "delivered")]).2,
            1,
            "a report is missing"
        );
        let twice = [message("a", "1", &[]), message("b", "1", &[])];
        assert_eq!(
            faults(&twice, &[row("a", "+1", "sent")]).1,
            1,
            "one person, two messages"
        );
        let repeated = [Message {
            times_accepted: 2,
            ..message("a", "1", &[])
        }];
        assert_eq!(
            faults(&repeated, &[row("a", "+1", "sent")]).1,
            1,
            "one reference, twice accepted"
        );
    }
}
