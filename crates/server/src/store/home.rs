//! What the first page counts and asks for. Nothing here walks through the ledger.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};
use crate::clock::{Millis, first_id_at};

pub(super) const OF_CAMPAIGNS: &str = "
SELECT cc.bucket, CAST(SUM(cc.n) AS BIGINT)
FROM campaign c
JOIN campaign_count cc ON cc.campaign_id = c.id
WHERE c.launched_at >= $1
GROUP BY cc.bucket";

// Campaigns that began before and still ran then: only their messages that were made since. The plus keeps SQLite from
// walking through all messages of the campaign.
pub(super) const OVER_MIDNIGHT: &str = "
SELECT state, COUNT(*)
FROM message
WHERE id >= $1 AND +campaign_id IN (
    SELECT id
    FROM campaign
    WHERE launched_at < $2 AND (state IN (3, 4) OR finished_at >= $2))
GROUP BY state";

const ANY_OVER_MIDNIGHT: &str = "
SELECT COUNT(*)
FROM campaign
WHERE launched_at < $1 AND (state IN (3, 4) OR finished_at >= $1)";

pub(super) const OUTSIDE: &str = "
SELECT state, COUNT(*)
FROM message
WHERE campaign_id IS NULL AND state IN (30, 35, 40, 50) AND id >= $1
GROUP BY state";

/// Messages that were made since a moment: state and how many, each state up to three times.
pub async fn made_since(tx: &mut Tx, since: Millis) -> Result<Vec<(i16, i64)>, StoreError> {
    let mut counts: Vec<(i16, i64)> =
        on!(tx, c => sqlx::query_as(OF_CAMPAIGNS).bind(since).fetch_all(c).await)?;
    let first = first_id_at(since);
    let over: i64 = on!(tx, c => sqlx::query_scalar(ANY_OVER_MIDNIGHT).bind(since).fetch_one(c).await)?;
    if over > 0 {
        let more: Vec<(i16, i64)> = on!(tx, c => sqlx::query_as(OVER_MIDNIGHT)
            .bind(first).bind(since).fetch_all(c).await)?;
        counts.extend(more);
    }
    let more: Vec<(i16, i64)> = on!(tx, c => sqlx::query_as(OUTSIDE).bind(first).fetch_all(c).await)?;
    counts.extend(more);
    Ok(counts)
}

pub(super) const WROTE: &str = "
SELECT COUNT(*)
FROM conversation
WHERE last_message_at >= $1 AND last_inbound_at >= $1";

/// People who wrote since a moment.
pub async fn wrote_since(tx: &mut Tx, since: Millis) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(WROTE).bind(since).fetch_one(c).await)?)
}

pub(super) const WAIT: &str = "
SELECT id, COALESCE(name, phone) AS name
FROM conversation
WHERE last_message_at >= $1 AND last_message_at < $2 AND last_inbound_at >= last_message_at
ORDER BY last_message_at, id
LIMIT $3";

pub(super) const COUNT_WAIT: &str = "
SELECT COUNT(*)
FROM conversation
WHERE last_message_at >= $1 AND last_message_at < $2 AND last_inbound_at >= last_message_at";

/// People who spoke last, between two moments, and wait for an answer: how many, and the one that waits longest.
pub async fn waiting(
    tx: &mut Tx,
    from: Millis,
    to: Millis,
) -> Result<(i64, Option<(i64, String)>), StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(COUNT_WAIT).bind(from).bind(to).fetch_one(c).await)?;
    let first = on!(tx, c => sqlx::query_as(WAIT).bind(from).bind(to).bind(1_i64).fetch_optional(c).await)?;
    Ok((count, first))
}

/// An account that something is wrong with.
#[derive(Debug, FromRow)]
pub struct AccountTrouble {
    /// Account.
    pub id: i64,
    /// Its nickname.
    pub nickname: String,
    /// 2: it is held.
    pub state: i16,
    /// Why.
    pub held_reason: Option<String>,
    /// Callbacks that were refused, when some were within the time asked for and none was taken after them.
    pub refused: Option<i64>,
    /// Why.
    pub refused_reason: Option<String>,
    /// 1: messages were sent long enough ago, and no callback ever came.
    pub silent: i32,
}

// A silent account: what it sent outside campaigns is still where the provider took it, so that the search ends at once.
const ACCOUNTS: &str = "
SELECT a.id, a.nickname, a.state, a.held_reason, r.refused, r.reason AS refused_reason, CAST(
    a.last_report_at IS NULL AND a.last_inbound_at IS NULL AND (
        EXISTS (
            SELECT 1
            FROM campaign c
            JOIN campaign_count cc ON cc.campaign_id = c.id
            WHERE c.account_id = a.id AND c.launched_at < $2 AND cc.bucket = 30 AND cc.n > 0)
        OR EXISTS (
            SELECT 1
            FROM message m
            JOIN number n ON n.id = m.number_id
            WHERE m.campaign_id IS NULL AND m.state = 30 AND m.id >= $3 AND m.id < $4 AND n.account_id = a.id))
    AS INTEGER) AS silent
FROM account a
LEFT JOIN callback_refused r ON r.account_id = a.id AND r.at >= $1
    AND r.at > COALESCE(a.last_report_at, 0) AND r.at > COALESCE(a.last_inbound_at, 0)
WHERE a.state < 3
ORDER BY a.id";

/// The accounts in use. Refused callbacks count from `since` on; messages sent before `patience` should have brought one.
pub async fn accounts(
    tx: &mut Tx,
    since: Millis,
    patience: Millis,
) -> Result<Vec<AccountTrouble>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ACCOUNTS)
        .bind(since).bind(patience).bind(first_id_at(since)).bind(first_id_at(patience)).fetch_all(c).await)?)
}

/// A template that cannot be sent.
#[derive(Debug, FromRow)]
pub struct TemplateTrouble {
    /// Template.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Language.
    pub language: String,
    /// `rejected`, `paused` or `disabled`.
    pub status: String,
    /// The provider's words.
    pub status_detail: Option<String>,
    /// Campaigns with it that are scheduled, running or paused.
    pub open: i64,
}

const TEMPLATES: &str = "
SELECT id, name, language, status, status_detail, open
FROM (
    SELECT t.id, t.name, t.language, t.status, t.status_detail, t.updated_at,
        (SELECT COUNT(*) FROM campaign c WHERE c.template_id = t.id AND c.state IN (2, 3, 4)) AS open
    FROM template t
    JOIN account a ON a.id = t.account_id
    WHERE t.status IN ('rejected', 'paused', 'disabled') AND t.deleted_at IS NULL AND a.state < 3) AS troubled
WHERE open > 0 OR updated_at >= $1
ORDER BY open DESC, updated_at DESC
LIMIT 20";

/// Templates that the provider refused or paused since a moment, or that open campaigns need.
pub async fn templates(tx: &mut Tx, since: Millis) -> Result<Vec<TemplateTrouble>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(TEMPLATES).bind(since).fetch_all(c).await)?)
}

const IMPORTS: &str = "
SELECT id, file_name, state, problem
FROM import
WHERE state IN (3, 4) AND created_at >= $1
ORDER BY id DESC
LIMIT 20";

/// Imports since a moment that failed or were cut off: id, file, state, why.
pub async fn imports(
    tx: &mut Tx,
    since: Millis,
) -> Result<Vec<(i64, String, i16, Option<String>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(IMPORTS).bind(since).fetch_all(c).await)?)
}

/// What was done at least once: each 0 or 1.
#[derive(Debug, FromRow)]
pub struct Done {
    /// An account is there.
    pub account: i32,
    /// It has a number.
    pub number: i32,
    /// A callback came.
    pub callback: i32,
    /// A template is approved.
    pub template: i32,
    /// Profiles are there.
    pub profiles: i32,
    /// A campaign was launched.
    pub campaign: i32,
    /// Somebody wrote.
    pub reply: i32,
}

pub(super) const DONE: &str = "
SELECT
    CAST(EXISTS (SELECT 1 FROM account WHERE state < 3) AS INTEGER) AS account,
    CAST(EXISTS (
        SELECT 1
        FROM number n
        JOIN account a ON a.id = n.account_id
        WHERE a.state < 3 AND n.archived_at IS NULL) AS INTEGER) AS number,
    CAST(EXISTS (
        SELECT 1
        FROM account
        WHERE last_report_at IS NOT NULL OR last_inbound_at IS NOT NULL) AS INTEGER) AS callback,
    CAST(EXISTS (SELECT 1 FROM template WHERE status = 'approved') AS INTEGER) AS template,
    CAST(EXISTS (SELECT 1 FROM profile) AS INTEGER) AS profiles,
    CAST(EXISTS (SELECT 1 FROM campaign WHERE launched_at IS NOT NULL) AS INTEGER) AS campaign,
    CAST(EXISTS (SELECT 1 FROM conversation) AS INTEGER) AS reply";

/// What was done at least once.
pub async fn done(tx: &mut Tx) -> Result<Done, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(DONE).fetch_one(c).await)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn today_is_counted_without_a_walk_through_the_ledger() {
        for (sql, wanted) in [
            (
                OF_CAMPAIGNS,
                "SEARCH c USING COVERING INDEX campaign_launched (launched_at>?)",
            ),
            (
                OVER_MIDNIGHT,
                "SEARCH message USING INTEGER PRIMARY KEY (rowid>?)",
            ),
            (
                OUTSIDE,
                "SEARCH message USING INDEX message_outside (state=? AND id>?)",
            ),
            (
                WROTE,
                "SEARCH conversation USING INDEX conversation_recent (last_message_at>?)",
            ),
            (
                COUNT_WAIT,
                "SEARCH conversation USING INDEX conversation_recent (last_message_at>? AND last_message_at<?)",
            ),
            (
                WAIT,
                "SEARCH conversation USING INDEX conversation_recent (last_message_at>? AND last_message_at<?)",
            ),
        ] {
            let plan = steps(sql).await;
            assert!(has(&plan, wanted), "{sql}: {plan:#?}");
        }
    }

    #[tokio::test]
    async fn the_search_for_accounts_in_trouble_is_bounded_by_time() {
        let plan = steps(ACCOUNTS).await;
        let wanted = "SEARCH m USING INDEX message_outside (state=? AND id>? AND id<?)";
        assert!(has(&plan, wanted), "{plan:#?}");
        for plan in [plan, steps(DONE).await] {
            assert!(!has(&plan, "SCAN m"), "{plan:#?}");
        }
    }
}
