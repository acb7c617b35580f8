//! Which of an account's numbers a person is used to.

use std::collections::HashMap;

use serde::Serialize;

use super::db::on;
use super::dialect::{Batch, batch};
use super::{StoreError, Tx, to_json};

// Windows, one for each number, are asked only of people who wrote, and last to a number outside of the campaign.
const USED_TO: Batch = batch!(
    "
SELECT p.phone,
       (
           SELECT COALESCE(
               (
                   SELECT m.number_id
                   FROM campaign_number m
                   WHERE m.campaign_id = $3 AND m.number_id = v.last_number_id),
               (
                   SELECT m.number_id
                   FROM campaign_number m
                   JOIN service_window w ON w.number_id = m.number_id AND w.phone = v.phone
                   WHERE m.campaign_id = $3
                   ORDER BY w.last_inbound_at DESC
                   LIMIT 1))
           FROM conversation v
           WHERE v.phone = p.phone),
       (
           SELECT k.number_id
           FROM kept_number k
           JOIN campaign_number m ON m.campaign_id = $3 AND m.number_id = k.number_id
           WHERE k.account_id = $2 AND k.phone = p.phone)
FROM (
    SELECT r.value ->> 0 AS phone
    FROM",
    rows,
    ") AS p"
);

/// Which numbers a person knows: those of a campaign alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsedTo {
    /// The one that the person last wrote to.
    pub wrote_to: Option<i64>,
    /// The one that campaigns reached the person from.
    pub kept: Option<i64>,
}

/// Which numbers of this campaign, which has several, these people are used to.
pub async fn used_to(
    tx: &mut Tx,
    phones: &[&str],
    account_id: i64,
    campaign_id: i64,
) -> Result<HashMap<String, UsedTo>, StoreError> {
    let sql = tx.dialect().pick(&USED_TO);
    let rows: Vec<(String, Option<i64>, Option<i64>)> = on!(tx, c => sqlx::query_as(sql)
        .bind(one_each(phones)).bind(account_id).bind(campaign_id).fetch_all(c).await)?;
    let read = |(phone, wrote_to, kept)| (phone, UsedTo { wrote_to, kept });
    Ok(rows.into_iter().map(read).collect())
}

// Campaign by campaign: the unique index finds the one message of a person in each. The cross joins and the plus keep SQLite
// from walking through all messages of these campaigns instead.
const REACHED: Batch = batch!(
    "
SELECT m.phone, m.number_id
FROM (
    SELECT id
    FROM campaign
    WHERE account_id = $2 AND id <> $3 AND launched_at IS NOT NULL
    ORDER BY id DESC
    LIMIT 8) AS c
CROSS JOIN (
    SELECT r.value ->> 0 AS phone
    FROM",
    rows,
    ") AS p
CROSS JOIN message m
CROSS JOIN campaign_number n
WHERE m.campaign_id = c.id AND m.campaign_id IS NOT NULL AND m.phone = p.phone AND m.state IN (20, 25, 30, 40, 50)
    AND n.campaign_id = $3 AND n.number_id = m.number_id
ORDER BY +m.id"
);

/// The numbers of this campaign that one of the last eight campaigns of the account reached these people from.
pub async fn reached(
    tx: &mut Tx,
    phones: &[&str],
    account_id: i64,
    campaign_id: i64,
) -> Result<HashMap<String, i64>, StoreError> {
    let sql = tx.dialect().pick(&REACHED);
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(sql)
        .bind(one_each(phones)).bind(account_id).bind(campaign_id).fetch_all(c).await)?;
    // The last one stays.
    Ok(rows.into_iter().collect())
}

fn one_each(phones: &[&str]) -> String {
    let rows: Vec<[&str; 1]> = phones.iter().map(|phone| [*phone]).collect();
    to_json(&rows)
}

/// A person and a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The person.
    pub phone: String,
    /// The number.
    pub number_id: i64,
}

const KEEP: Batch = batch!(
    "
INSERT INTO kept_number (account_id, phone, number_id)
SELECT $2, r.value ->> 'phone', CAST(r.value ->> 'number_id' AS BIGINT)
FROM",
    rows,
    "
WHERE true
ON CONFLICT (account_id, phone) DO UPDATE SET number_id = excluded.number_id"
);

/// Remembers the number that each of these people is reached from; each person once.
pub async fn keep(tx: &mut Tx, account_id: i64, rows: &[Kept]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&KEEP);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).bind(account_id).execute(c).await.map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn what_campaigns_reached_is_found_person_by_person() {
        let plan = steps(REACHED.sqlite).await;
        let wanted = "SEARCH m USING INDEX message_once (campaign_id=? AND phone=?)";
        assert!(has(&plan, wanted), "{plan:#?}");
    }
}
