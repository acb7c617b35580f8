//! What goes when a person is erased: everything that is kept by profile or by number, and in the ledger all but the row.

use serde::Serialize;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers, in_texts};
use super::news::Topic::{Conversation, Profile};
use super::{StoreError, Tx, to_json};

const HOLD_CAMPAIGNS: Batch = Batch {
    sqlite: "SELECT id FROM campaign WHERE state = 3",
    postgres: "SELECT id FROM campaign WHERE state = 3 ORDER BY id FOR UPDATE",
};

/// Keeps running campaigns from planning anybody until this transaction ends.
pub async fn hold_campaigns(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&HOLD_CAMPAIGNS);
    on!(tx, c => sqlx::query(sql).fetch_all(c).await.map(drop))?;
    Ok(())
}

const STILL_PLANNING: Batch = in_numbers!(
    "SELECT name FROM campaign WHERE state IN (3, 4) AND planned = 0 AND id IN",
    "ORDER BY id LIMIT 1"
);

/// The name of one of these campaigns that has not gone through its audience yet.
pub async fn still_planning(tx: &mut Tx, campaigns: &[i64]) -> Result<Option<String>, StoreError> {
    let sql = tx.dialect().pick(&STILL_PLANNING);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(campaigns)).fetch_optional(c).await)?)
}

const EARLIER: &str = "
SELECT DISTINCT phone
FROM consent
WHERE profile_id = $1 AND phone IS NOT NULL";

/// The numbers under which this profile decided something for itself: it may have another one now.
pub async fn earlier_phones(tx: &mut Tx, profile: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(EARLIER).bind(profile).fetch_all(c).await)?)
}

// Campaign by campaign, as in the timeline of a person: the unique index has the one message of each.
macro_rules! messages {
    ($phones:literal) => {
        concat!(
            "SELECT id FROM message WHERE campaign_id IS NULL AND phone IN ",
            $phones,
            " AND ($2 = 0 OR profile_id = $2)
             UNION ALL
             SELECT m.id FROM campaign c CROSS JOIN message m
             WHERE m.campaign_id = c.id AND m.campaign_id IS NOT NULL AND m.phone IN ",
            $phones,
            " AND ($2 = 0 OR m.profile_id = $2)"
        )
    };
}

const MESSAGES: Batch = Batch {
    sqlite: messages!("(SELECT value FROM json_each($1))"),
    postgres: messages!("(SELECT json_array_elements_text(CAST($1 AS json)))"),
};

/// Messages to and from these numbers; with a profile only those that are known to be of it.
pub async fn messages(tx: &mut Tx, phones: &[String], profile: Option<i64>) -> Result<Vec<i64>, StoreError> {
    if phones.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&MESSAGES);
    Ok(on!(tx, c => sqlx::query_scalar(sql)
        .bind(to_json(phones)).bind(profile.unwrap_or(0)).fetch_all(c).await)?)
}

/// A row of the ledger that is to say nothing any more.
#[derive(Debug, Serialize)]
pub struct Bare {
    /// Message.
    pub id: i64,
    /// In place of the number; the number itself when it belongs to others, too.
    pub phone: String,
    /// JSON of the failure, without the vendor's words.
    pub failure: Option<String>,
}

// Whose row keeps its number is in a conversation of others, and so is what it says there.
const STRIP: Batch = batch!(
    "
UPDATE message
SET phone = v.phone, profile_id = NULL, params = NULL, wa_id = NULL, failure = v.failure,
    content = CASE WHEN v.phone = message.phone THEN message.content END,
    in_reply_to = CASE WHEN v.phone = message.phone THEN message.in_reply_to END
FROM (
    SELECT CAST(r.value ->> 'id' AS BIGINT) AS id, r.value ->> 'phone' AS phone, r.value ->> 'failure' AS failure
    FROM",
    rows,
    ") AS v
WHERE message.id = v.id"
);

/// Takes the person out of rows of the ledger.
pub async fn strip(tx: &mut Tx, rows: &[Bare]) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&STRIP);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const ATTEMPTS: Batch = in_numbers!("DELETE FROM attempt WHERE message_id IN", "");

const CLICKS: Batch = in_numbers!(
    "UPDATE click SET url = '', short_url = NULL, user_agent = NULL WHERE message_id IN",
    ""
);

/// Forgets the attempts to send these messages, and where taps on their links led. Answers how many attempts and taps.
pub async fn traces(tx: &mut Tx, messages: &[i64]) -> Result<(i64, i64), StoreError> {
    let json = to_json(messages);
    Ok((many(tx, &ATTEMPTS, &json).await?, many(tx, &CLICKS, &json).await?))
}

async fn many(tx: &mut Tx, batch: &Batch, json: &str) -> Result<i64, StoreError> {
    let sql = tx.dialect().pick(batch);
    let gone = on!(tx, c => sqlx::query(sql).bind(json).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}

const CONVERSATIONS: Batch = in_texts!("DELETE FROM conversation WHERE phone IN", "RETURNING id");

const WINDOWS: Batch = in_texts!(
    "DELETE FROM service_window WHERE number_id IN (SELECT id FROM number) AND phone IN",
    ""
);

const KEPT_NUMBERS: Batch = in_texts!(
    "DELETE FROM kept_number WHERE account_id IN (SELECT id FROM account) AND phone IN",
    ""
);

const RECENT_CAMPAIGNS: Batch = in_texts!("DELETE FROM recent_campaign WHERE phone IN", "");

const WA_IDS: Batch = in_texts!("DELETE FROM wa_id WHERE wa_id IN", "");

const WHY_SUPPRESSED: Batch = in_texts!("UPDATE suppression SET detail = NULL WHERE phone IN", "");

/// Forgets what is kept of these numbers but for the ledger and consent; a suppression stays, without its words. Answers how
/// many conversations went.
pub async fn numbers(tx: &mut Tx, phones: &[String]) -> Result<i64, StoreError> {
    let json = to_json(phones);
    let sql = tx.dialect().pick(&CONVERSATIONS);
    let gone: Vec<i64> = on!(tx, c => sqlx::query_scalar(sql).bind(&json).fetch_all(c).await)?;
    for id in &gone {
        tx.note(Conversation, *id);
    }
    for batch in [
        &WINDOWS,
        &KEPT_NUMBERS,
        &RECENT_CAMPAIGNS,
        &WA_IDS,
        &WHY_SUPPRESSED,
    ] {
        many(tx, batch, &json).await?;
    }
    Ok(gone.len() as i64)
}

const CONSENT_OF_NUMBERS: Batch = in_texts!(
    "DELETE FROM consent WHERE ($2 = 0 OR profile_id IS NOT NULL OR action <> 2) AND phone IN",
    ""
);

const WORDS_OF_CONSENT: Batch = in_texts!("UPDATE consent SET detail = NULL WHERE phone IN", "");

/// Forgets what was decided about these numbers. With `keep_out` the opt-outs stay, without their words: they outlast what
/// was said before them and has not reached us yet. Answers how many went.
pub async fn consent_of_numbers(tx: &mut Tx, phones: &[String], keep_out: bool) -> Result<i64, StoreError> {
    let json = to_json(phones);
    let sql = tx.dialect().pick(&CONSENT_OF_NUMBERS);
    let gone = on!(tx, c => sqlx::query(sql).bind(&json).bind(i64::from(keep_out))
        .execute(c).await.map(|r| r.rows_affected()))?;
    many(tx, &WORDS_OF_CONSENT, &json).await?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}

const CONSENT: &str = "
DELETE FROM consent
WHERE profile_id = $1";

const EVENTS: &str = "
DELETE FROM profile_event
WHERE profile_id = $1";

const ENTRIES: &str = "
DELETE FROM list_entry
WHERE list_id IN (SELECT id FROM list) AND profile_id = $1";

const AUDIT: &str = "
UPDATE audit
SET object_name = '', changes = '[]'
WHERE object_id = $1 AND object_type = 'profile'";

const PROFILE: &str = "
DELETE FROM profile
WHERE id = $1";

/// What went with a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// Decisions about this profile alone.
    pub consent: i64,
    /// Events.
    pub events: i64,
    /// Places on lists.
    pub entries: i64,
    /// Acts in the audit log that say no more than who and when.
    pub acts: i64,
}

/// Deletes a profile with its events, its places on lists and its own decisions. The audit log keeps who did something with
/// it and when.
pub async fn profile(tx: &mut Tx, id: i64) -> Result<Gone, StoreError> {
    let gone = Gone {
        consent: one(tx, CONSENT, id).await?,
        events: one(tx, EVENTS, id).await?,
        entries: one(tx, ENTRIES, id).await?,
        acts: one(tx, AUDIT, id).await?,
    };
    one(tx, PROFILE, id).await?;
    tx.note(Profile, id);
    Ok(gone)
}

async fn one(tx: &mut Tx, sql: &'static str, id: i64) -> Result<i64, StoreError> {
    let rows = on!(tx, c => sqlx::query(sql).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn messages_of_a_person_are_found_without_a_walk_through_the_ledger() {
        let plan = steps(MESSAGES.sqlite).await;
        for wanted in [
            "SEARCH m USING INDEX message_once (campaign_id=? AND phone=?)",
            "SEARCH message USING INDEX message_direct (phone=?)",
        ] {
            assert!(has(&plan, wanted), "{plan:#?}");
        }
        for sql in [
            WINDOWS.sqlite,
            KEPT_NUMBERS.sqlite,
            RECENT_CAMPAIGNS.sqlite,
            ENTRIES,
            CONSENT_OF_NUMBERS.sqlite,
            AUDIT,
        ] {
            let plan = steps(sql).await;
            let tables = [
                "service_window",
                "kept_number",
                "recent_campaign",
                "list_entry",
                "consent",
                "audit",
            ];
            let walks = |step: &String| {
                tables
                    .iter()
                    .any(|table| step.starts_with(&format!("SCAN {table}")))
            };
            assert!(!plan.iter().any(walks), "{plan:#?}");
        }
    }
}
