//! Campaigns in lists: in an order, with owners and labels, and out of the way.

use sqlx::FromRow;

use super::campaign::CampaignRow;
use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::news::Topic::Campaign;
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;

/// Which campaigns of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// In one of these states.
    pub states: &'a [i16],
    /// A part of the name; empty for all.
    pub search: &'a str,
    /// With the label of this key; empty for all.
    pub label: &'a str,
    /// Of this user or key; 0 for all.
    pub owner: i64,
    /// Made with this template; 0 for all.
    pub template: i64,
    /// Only those that are archived, or only the others.
    pub archived: Option<bool>,
}

/// In which order, and behind which row: the page before ended with it.
#[derive(Debug, Clone, Copy)]
pub enum After<'a> {
    /// Newest first, ids below this.
    Newest(i64),
    /// By name; on the first page none.
    Name(Option<(&'a str, i64)>),
    /// What began, or is to begin, last: first on the list.
    Start(i64, i64),
}

/// A campaign with what it is sorted by.
#[derive(Debug, Clone, FromRow)]
pub struct Sorted {
    /// The campaign.
    #[sqlx(flatten)]
    pub row: CampaignRow,
    /// Its name, as the engine makes it small.
    pub sort_name: String,
    /// When it began or is to begin; 0: nobody knows yet.
    pub sort_at: i64,
}

// Campaigns are some thousands at most: those of the states are found by an index, and sorted.
// Texts are made small by the engine, which may know ASCII only: the given beginning comes in both ways.
macro_rules! page {
    ($states:literal, $after:literal, $order:literal) => {
        concat!(
            "
SELECT campaign.*, LOWER(name) AS sort_name, COALESCE(launched_at, scheduled_at, 0) AS sort_at
FROM campaign
WHERE state IN ",
            $states,
            " AND ($2 = '' OR LOWER(name) LIKE $2 ESCAPE '!' OR LOWER(name) LIKE $3 ESCAPE '!')
    AND ($4 = '' OR EXISTS (SELECT 1 FROM campaign_label l WHERE l.campaign_id = campaign.id AND l.key = $4))
    AND ($5 = 0 OR owner_id = $5)
    AND ($7 = 0 OR template_id = $7)
    AND ($6 < 0 OR $6 = 0 AND archived_at IS NULL OR $6 = 1 AND archived_at IS NOT NULL)
    AND ",
            $after,
            "
ORDER BY ",
            $order,
            "
LIMIT $8"
        )
    };
}

macro_rules! pages {
    ($sqlite_after:literal, $sqlite_order:literal, $postgres_after:literal, $postgres_order:literal) => {
        Batch {
            sqlite: page!("(SELECT value FROM json_each($1))", $sqlite_after, $sqlite_order),
            postgres: page!(
                "(SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT))",
                $postgres_after,
                $postgres_order
            ),
        }
    };
}

const NEWEST: Batch = pages!("id < $9", "id DESC", "id < $9", "id DESC");
const BY_NAME: Batch = pages!(
    "(LOWER(name), id) > ($9, $10)",
    "LOWER(name), id",
    "(LOWER(name) COLLATE \"C\", id) > ($9, $10)",
    "LOWER(name) COLLATE \"C\", id"
);
const BY_START: Batch = pages!(
    "(COALESCE(launched_at, scheduled_at, 0), id) < ($9, $10)",
    "COALESCE(launched_at, scheduled_at, 0) DESC, id DESC",
    "(COALESCE(launched_at, scheduled_at, 0), id) < ($9, $10)",
    "COALESCE(launched_at, scheduled_at, 0) DESC, id DESC"
);

/// A page of campaigns.
pub async fn list(
    tx: &mut Tx,
    after: After<'_>,
    wanted: &Wanted<'_>,
    limit: i64,
) -> Result<Vec<Sorted>, StoreError> {
    let sql = tx.dialect().pick(match after {
        After::Newest(_) => &NEWEST,
        After::Name(_) => &BY_NAME,
        After::Start(..) => &BY_START,
    });
    let (ascii, all) = (
        containing(&wanted.search.to_ascii_lowercase()),
        containing(&wanted.search.to_lowercase()),
    );
    Ok(on!(tx, c => {
        let page = sqlx::query_as::<_, Sorted>(sql)
            .bind(to_json(wanted.states)).bind(ascii).bind(all).bind(wanted.label).bind(wanted.owner)
            .bind(wanted.archived.map_or(-1, i16::from)).bind(wanted.template).bind(limit);
        let page = match after {
            After::Newest(id) => page.bind(id),
            After::Name(place) => {
                let (name, id) = place.unwrap_or(("", i64::MIN));
                page.bind(name).bind(id)
            }
            After::Start(at, id) => page.bind(at).bind(id),
        };
        page.fetch_all(c).await
    })?)
}

/// The pattern of what contains a text; empty for an empty one.
pub(super) fn containing(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

const SET_OWNER: &str = "
UPDATE campaign
SET owner_kind = $2, owner_id = $3, owner_name = $4
WHERE id = $1";

/// Keeps who wrote a campaign.
pub async fn set_owner(tx: &mut Tx, id: i64, kind: &str, owner: i64, name: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SET_OWNER).bind(id).bind(kind).bind(owner).bind(name).execute(c).await.map(drop))?;
    Ok(())
}

const RENAME_OWNER: &str = "
UPDATE campaign
SET owner_name = $2
WHERE owner_id = $1 AND owner_name <> $2";

/// A user has another name now.
pub async fn rename_owner(tx: &mut Tx, owner: i64, name: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(RENAME_OWNER).bind(owner).bind(name).execute(c).await.map(drop))?;
    Ok(())
}

/// A campaign, as far as acts on many need it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Brief {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Its state.
    pub state: i16,
    /// Since when it is archived.
    pub archived_at: Option<i64>,
}

const LOCK: Batch = Batch {
    sqlite: "
SELECT id, name, state, archived_at
FROM campaign
WHERE id IN (SELECT value FROM json_each($1))
ORDER BY id",
    postgres: "
SELECT id, name, state, archived_at
FROM campaign
WHERE id IN (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT))
ORDER BY id
FOR UPDATE",
};

/// These campaigns, which nobody else changes until this transaction ends.
pub async fn lock(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Brief>, StoreError> {
    let sql = tx.dialect().pick(&LOCK);
    Ok(on!(tx, c => sqlx::query_as::<_, Brief>(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

const ARCHIVE: Batch = in_numbers!(
    "
UPDATE campaign
SET archived_at = $2,
    updated_at = CASE WHEN updated_at < $3 THEN $3 ELSE updated_at + 1 END
WHERE id IN",
    ""
);

/// Puts campaigns out of the list since `at`, or back into it.
pub async fn archive(tx: &mut Tx, ids: &[i64], at: Option<Millis>, now: Millis) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&ARCHIVE);
    on!(tx, c => sqlx::query(sql).bind(to_json(ids)).bind(at).bind(now).execute(c).await.map(drop))?;
    ids.iter().for_each(|id| tx.note(Campaign, *id));
    Ok(())
}

const LABELS_OF: Batch = in_numbers!(
    "SELECT campaign_id, label FROM campaign_label WHERE campaign_id IN",
    "ORDER BY campaign_id, key"
);

/// The labels of campaigns: campaign and label.
pub async fn labels_of(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
    let sql = tx.dialect().pick(&LABELS_OF);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

const ADD_LABELS: Batch = batch!(
    "INSERT INTO campaign_label (campaign_id, key, label)
     SELECT CAST(r.value ->> 0 AS BIGINT), r.value ->> 1, r.value ->> 2
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (campaign_id, key) DO NOTHING"
);

/// Adds labels: (campaign, key, label).
pub async fn add_labels(tx: &mut Tx, rows: &[(i64, &str, &str)]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&ADD_LABELS);
    on!(tx, c => sqlx::query(sql).bind(to_json(rows)).execute(c).await.map(drop))?;
    rows.iter().for_each(|(id, ..)| tx.note(Campaign, *id));
    Ok(())
}

const WITH_LABEL: Batch = in_numbers!(
    "SELECT campaign_id FROM campaign_label WHERE key = $2 AND campaign_id IN",
    ""
);

/// Which of these campaigns have a label.
pub async fn with_label(tx: &mut Tx, ids: &[i64], key: &str) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&WITH_LABEL);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(ids)).bind(key).fetch_all(c).await)?)
}

const TAKE_LABEL: Batch = in_numbers!(
    "DELETE FROM campaign_label WHERE ($2 = '' OR key = $2) AND campaign_id IN",
    ""
);

/// Takes a label off campaigns; all of them when the key is empty.
pub async fn take_labels(tx: &mut Tx, ids: &[i64], key: &str) -> Result<(), StoreError> {
    let sql = tx.dialect().pick(&TAKE_LABEL);
    on!(tx, c => sqlx::query(sql).bind(to_json(ids)).bind(key).execute(c).await.map(drop))?;
    ids.iter().for_each(|id| tx.note(Campaign, *id));
    Ok(())
}

const ALL_LABELS: &str = "
SELECT key, MIN(label), COUNT(*)
FROM campaign_label
GROUP BY key
ORDER BY key";

/// Every label: its key, how it is written, and how many campaigns have it.
pub async fn all_labels(tx: &mut Tx) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(ALL_LABELS).fetch_all(c).await)?)
}

const OWNERS: &str = "
SELECT owner_kind, owner_id, MIN(owner_name), COUNT(*)
FROM campaign
WHERE owner_id <> 0
GROUP BY owner_kind, owner_id
ORDER BY MIN(owner_name), owner_id";

/// Everybody who wrote campaigns: kind, id, name, and how many.
pub async fn owners(tx: &mut Tx) -> Result<Vec<(String, i64, String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(OWNERS).fetch_all(c).await)?)
}
