//! Campaigns and their funnel.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::news::Topic::Campaign;
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// A campaign.
#[derive(Debug, Clone, FromRow)]
pub struct CampaignRow {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Account that sends.
    pub account_id: i64,
    /// Number that sends.
    pub number_id: i64,
    /// Template.
    pub template_id: i64,
    /// JSON of [`crate::domain::audience::Audience`].
    pub audience: String,
    /// JSON of [`crate::domain::exclude::Exclude`]; none: nobody is left out on purpose.
    pub exclude: Option<String>,
    /// How many in a thousand of those who would get it are held out.
    pub control_permille: i16,
    /// 1: the frequency cap is not asked, and its messages do not count towards it.
    pub ignores_cap: i16,
    /// JSON of the placeholder mapping.
    pub mapping: String,
    /// JSON of template and mapping as they were at launch.
    pub frozen: Option<String>,
    /// See [`crate::domain::campaign`].
    pub state: i16,
    /// Own limit, messages a second.
    pub messages_per_second: Option<i64>,
    /// When the draft is to start, on the clocks of `starts_zone`; none: as soon as it is launched.
    pub starts_local: Option<String>,
    /// Whose clocks.
    pub starts_zone: Option<String>,
    /// JSON of [`crate::domain::timetable::QuietHours`]; none: messages leave at any hour.
    pub quiet: Option<String>,
    /// When the draft has its cut-off, on the clocks of `ends_zone`; none: it goes on until everybody had their turn.
    pub ends_local: Option<String>,
    /// Whose clocks.
    pub ends_zone: Option<String>,
    /// The moment of the cut-off, once it is launched.
    pub ends_at: Option<i64>,
    /// When it is to start, once it is launched.
    pub scheduled_at: Option<i64>,
    /// When it started.
    pub launched_at: Option<i64>,
    /// When the last message became terminal or unknown.
    pub finished_at: Option<i64>,
    /// Profiles above this id came after the launch.
    pub upper: i64,
    /// 1: nothing is left to plan.
    pub planned: i16,
    /// People expected to get it, counted at launch.
    pub expected: Option<i64>,
    /// Why it stands still, when a person must act.
    pub waiting_reason: Option<String>,
    /// Since when.
    pub waiting_since: Option<i64>,
    /// Where it stands in lists.
    #[sqlx(flatten)]
    pub desk: Desk,
    /// When it was written.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// Where a campaign stands in lists; written by [`super::campaign_list`] alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct Desk {
    /// Who wrote it: `user`, `api_key`; empty when nobody knows.
    pub owner_kind: String,
    /// Id of the user or the key.
    pub owner_id: i64,
    /// Their name.
    pub owner_name: String,
    /// Since when it is archived.
    pub archived_at: Option<i64>,
}

const INSERT: &str = "
INSERT INTO campaign (
    id, name, account_id, number_id, template_id, audience, mapping, state, messages_per_second,
    starts_local, starts_zone, exclude, quiet, ends_local, ends_zone, control_permille, ignores_cap,
    position, upper, planned, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, $12, $13, $14, $15, $16, $17, $18, 0, 0, 0, $10, $10)";

/// Keeps a new campaign.
pub async fn insert(tx: &mut Tx, row: &CampaignRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id).bind(&row.name).bind(row.account_id).bind(row.number_id).bind(row.template_id)
        .bind(&row.audience).bind(&row.mapping).bind(row.state).bind(row.messages_per_second).bind(row.created_at)
        .bind(&row.starts_local).bind(&row.starts_zone).bind(&row.exclude).bind(&row.quiet)
        .bind(&row.ends_local).bind(&row.ends_zone).bind(row.control_permille).bind(row.ignores_cap)
        .execute(c).await.map(drop))?;
    tx.note(Campaign, row.id);
    Ok(())
}

const UPDATE: &str = "
UPDATE campaign
SET name = $2, account_id = $3, number_id = $4, template_id = $5, audience = $6, mapping = $7, frozen = $8, state = $9,
    messages_per_second = $10, scheduled_at = $11, launched_at = $12, finished_at = $13, upper = $14,
    waiting_reason = $15, waiting_since = $16, updated_at = $17, starts_local = $18, starts_zone = $19,
    exclude = $20, quiet = $21, ends_local = $22, ends_zone = $23, ends_at = $24,
    control_permille = $25, ignores_cap = $26
WHERE id = $1";

/// Writes everything but `planned`, which only the planner sets.
pub async fn update(tx: &mut Tx, row: &CampaignRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(row.id).bind(&row.name).bind(row.account_id).bind(row.number_id).bind(row.template_id)
        .bind(&row.audience).bind(&row.mapping).bind(&row.frozen).bind(row.state).bind(row.messages_per_second)
        .bind(row.scheduled_at).bind(row.launched_at).bind(row.finished_at).bind(row.upper)
        .bind(&row.waiting_reason).bind(row.waiting_since).bind(row.updated_at)
        .bind(&row.starts_local).bind(&row.starts_zone).bind(&row.exclude).bind(&row.quiet)
        .bind(&row.ends_local).bind(&row.ends_zone).bind(row.ends_at)
        .bind(row.control_permille).bind(row.ignores_cap)
        .execute(c).await.map(drop))?;
    tx.note(Campaign, row.id);
    Ok(())
}

const BY_ID: &str = "
SELECT *
FROM campaign
WHERE id = $1";

/// The campaign of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<CampaignRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, CampaignRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const LOCK: Batch = Batch {
    sqlite: "SELECT * FROM campaign WHERE id = $1",
    postgres: "SELECT * FROM campaign WHERE id = $1 FOR UPDATE",
};

/// The campaign of this id, to be changed in this transaction: nobody else changes it meanwhile.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<Option<CampaignRow>, StoreError> {
    let sql = tx.dialect().pick(&LOCK);
    Ok(on!(tx, c => sqlx::query_as::<_, CampaignRow>(sql).bind(id).fetch_optional(c).await)?)
}

const OF_TEMPLATE: &str = "
SELECT *
FROM campaign
WHERE template_id = $1 AND id < $2
ORDER BY id DESC
LIMIT $3";

/// The campaigns and drafts that were made with a template, newest first.
pub async fn of_template(
    tx: &mut Tx,
    template: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<CampaignRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, CampaignRow>(OF_TEMPLATE)
        .bind(template).bind(before).bind(limit).fetch_all(c).await)?)
}

const DELETE: &str = "
DELETE FROM campaign
WHERE id = $1";

/// Deletes a campaign that nothing depends on.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    super::campaign_list::take_labels(tx, &[id], "").await?;
    on!(tx, c => sqlx::query(DELETE).bind(id).execute(c).await.map(drop))?;
    tx.note(Campaign, id);
    Ok(())
}

const IN_STATE: &str = "
SELECT *
FROM campaign
WHERE state = $1
ORDER BY id";

/// All campaigns in a state, oldest first.
pub async fn in_state(tx: &mut Tx, state: i16) -> Result<Vec<CampaignRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, CampaignRow>(IN_STATE).bind(state).fetch_all(c).await)?)
}

const PAST_CUT_OFF: &str = "
SELECT id
FROM campaign
WHERE state IN (3, 4) AND launched_at IS NOT NULL AND ends_at <= $1
ORDER BY id";

/// Campaigns that began, are not over, and whose cut-off has passed.
pub async fn past_cut_off(tx: &mut Tx, now: Millis) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(PAST_CUT_OFF).bind(now).fetch_all(c).await)?)
}

const TOUCH: &str = "
UPDATE campaign
SET updated_at = $2
WHERE id = $1 AND state = 3";

/// Lets whoever looks at a running campaign look again, on every server.
pub async fn touch(tx: &mut Tx, id: i64, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(TOUCH).bind(id).bind(now).execute(c).await.map(drop))?;
    tx.note(Campaign, id);
    Ok(())
}

const SET_STATE: &str = "
UPDATE campaign
SET state = $3, finished_at = COALESCE($4, finished_at), waiting_reason = NULL, waiting_since = NULL, updated_at = $5
WHERE id = $1 AND state = $2";

/// Changes the state if it is still `from`.
pub async fn set_state(
    tx: &mut Tx,
    id: i64,
    from: i16,
    to: i16,
    finished_at: Option<Millis>,
    now: Millis,
) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(SET_STATE)
        .bind(id).bind(from).bind(to).bind(finished_at).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Campaign, id);
    Ok(rows == 1)
}

const HAS_SENT: &str = "
SELECT id
FROM campaign
WHERE account_id = $1 AND launched_at IS NOT NULL
LIMIT 1";

/// Whether a campaign of this account ever began.
pub async fn has_sent(tx: &mut Tx, account: i64) -> Result<bool, StoreError> {
    let found: Option<i64> =
        on!(tx, c => sqlx::query_scalar(HAS_SENT).bind(account).fetch_optional(c).await)?;
    Ok(found.is_some())
}

const EXPECT: &str = "
UPDATE campaign
SET expected = $2
WHERE id = $1";

/// Keeps the reach that was counted at launch.
pub async fn expect(tx: &mut Tx, id: i64, expected: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(EXPECT).bind(id).bind(expected).execute(c).await.map(drop))?;
    tx.note(Campaign, id);
    Ok(())
}

// FOR SHARE: a stop that runs at the same time waits for this transaction, or this one sees it.
const STOPPED: Batch = Batch {
    sqlite: "SELECT id, state FROM campaign WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres:
        "SELECT id, state FROM campaign
        WHERE id IN (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT)) ORDER BY id FOR SHARE",
};

/// Which of these campaigns were stopped.
pub async fn stopped(tx: &mut Tx, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = tx.dialect().pick(&STOPPED);
    let rows: Vec<(i64, i16)> = on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .filter(|(_, state)| *state == crate::domain::campaign::STOPPED)
        .map(|(id, _)| id)
        .collect())
}

const FINISH_IF_DONE: &str = "
UPDATE campaign
SET state = 5, finished_at = $2, updated_at = $2, waiting_reason = NULL, waiting_since = NULL
WHERE id = $1 AND state = 3 AND planned = 1 AND NOT EXISTS (
    SELECT 1
    FROM campaign_count
    WHERE campaign_id = $1 AND bucket IN (10, 20) AND n > 0)";

/// Ends a running campaign that is planned to the end and has nothing queued or in flight.
pub async fn finish_if_done(tx: &mut Tx, id: i64, now: Millis) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(FINISH_IF_DONE)
        .bind(id).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    if rows == 1 {
        tx.note(Campaign, id);
    }
    Ok(rows == 1)
}

const COUNTS: &str = "
SELECT bucket, n
FROM campaign_count
WHERE campaign_id = $1 AND n <> 0
ORDER BY bucket";

/// The funnel: bucket and number of messages.
pub async fn counts(tx: &mut Tx, id: i64) -> Result<Vec<(i16, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, (i16, i64)>(COUNTS).bind(id).fetch_all(c).await)?)
}

const COUNTS_OF: Batch = in_numbers!(
    "SELECT campaign_id, bucket, n FROM campaign_count WHERE n <> 0 AND campaign_id IN",
    ""
);

/// The funnels of several campaigns: campaign, bucket and number of messages.
pub async fn counts_of(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, i16, i64)>, StoreError> {
    let sql = tx.dialect().pick(&COUNTS_OF);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

const ADD_COUNTS: super::dialect::Batch = batch!(
    "INSERT INTO campaign_count (campaign_id, bucket, n)
     SELECT CAST(r.value ->> 0 AS BIGINT), CAST(r.value ->> 1 AS SMALLINT), CAST(r.value ->> 2 AS BIGINT)
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (campaign_id, bucket) DO UPDATE SET n = campaign_count.n + excluded.n"
);

/// Adds to the funnel, and to the course that it took: (campaign, bucket, difference) each once.
pub async fn add_counts(tx: &mut Tx, counts: &Counts, now: Millis) -> Result<(), StoreError> {
    let rows: Vec<_> = counts
        .0
        .iter()
        .filter(|(_, n)| **n != 0)
        .map(|((c, b), n)| (*c, *b, *n))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&ADD_COUNTS);
    on!(tx, c => sqlx::query(sql).bind(to_json(&rows)).execute(c).await.map(drop))?;
    super::series::add(tx, &rows, now).await?;
    for id in counts.campaigns() {
        tx.note(Campaign, id);
    }
    Ok(())
}

/// Differences of funnels, gathered in one transaction; sorted, so that two writers lock rows in the same order.
#[derive(Debug, Default)]
pub struct Counts(std::collections::BTreeMap<(i64, i16), i64>);

impl Counts {
    /// Adds `n` to a bucket; a message outside campaigns counts nowhere.
    pub fn add(&mut self, campaign: Option<i64>, bucket: i16, n: i64) {
        if let Some(campaign) = campaign {
            *self.0.entry((campaign, bucket)).or_default() += n;
        }
    }

    /// One message goes from a state to another.
    pub fn moved(&mut self, campaign: Option<i64>, from: i16, to: i16) {
        self.add(campaign, from, -1);
        self.add(campaign, to, 1);
    }

    /// The campaigns touched.
    pub fn campaigns(&self) -> impl Iterator<Item = i64> {
        let mut ids: Vec<i64> = self.0.keys().map(|(campaign, _)| *campaign).collect();
        ids.dedup();
        ids.into_iter()
    }
}

const EXCLUDE: super::dialect::Batch = batch!(
    "INSERT INTO exclusion (campaign_id, profile_id, reason)
     SELECT CAST(r.value ->> 0 AS BIGINT), CAST(r.value ->> 1 AS BIGINT), CAST(r.value ->> 2 AS SMALLINT)
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (campaign_id, profile_id) DO NOTHING"
);

/// Keeps who was left out and why: (campaign, profile, reason).
pub async fn exclude(tx: &mut Tx, rows: &[(i64, i64, i16)]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&EXCLUDE);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    Ok(())
}

const EXCLUDED: &str = "
SELECT e.profile_id, p.identity, p.phone, e.reason
FROM exclusion e
LEFT JOIN profile p ON p.id = e.profile_id
WHERE e.campaign_id = $1 AND e.profile_id > $2
ORDER BY e.profile_id
LIMIT $3";

/// A page of those left out: profile id, identity, phone, reason.
pub async fn excluded(
    tx: &mut Tx,
    id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Option<String>, Option<String>, i16)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(EXCLUDED).bind(id).bind(after).bind(limit).fetch_all(c).await)?)
}

const FAILURES: &str = "
SELECT state, failure, COUNT(*) AS n
FROM message
WHERE campaign_id = $1 AND failure IS NOT NULL AND state IN (10, 25, 35)
GROUP BY state, failure
ORDER BY n DESC
LIMIT 50";

/// Why messages of a campaign stand where they stand: state, failure JSON, number.
pub async fn failures(tx: &mut Tx, id: i64) -> Result<Vec<(i16, String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(FAILURES).bind(id).fetch_all(c).await)?)
}
