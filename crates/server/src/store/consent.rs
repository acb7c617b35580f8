//! Consent: numbers that are suppressed, and the history of every change with its proof.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_texts};
use super::news::Topic::Profile;
use super::profile::ProfileRow;
use super::{StoreError, Tx, to_json};
use crate::domain::variant::variant;

/// A stored change of consent.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct ConsentRow {
    /// Id.
    pub id: i64,
    /// The number it is about.
    pub phone: Option<String>,
    /// The profile it is about; absent when it is about all profiles of the number.
    pub profile_id: Option<i64>,
    /// 1 opted in, 2 opted out.
    pub action: i16,
    /// Where it comes from.
    pub source: String,
    /// Its proof, in words.
    pub detail: Option<String>,
    /// Milliseconds UTC.
    pub at: i64,
}

/// A number that must not be written to.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct SuppressionRow {
    /// E.164 with `+`.
    pub phone: String,
    /// Where the opt-out came from.
    pub source: String,
    /// Its proof, in words.
    pub detail: Option<String>,
    /// Milliseconds UTC.
    pub at: i64,
}

const SUPPRESSED: Batch = in_texts!(
    "
SELECT phone
FROM suppression
WHERE phone IN",
    ""
);

/// Which of these numbers are suppressed, in whatever way they are written.
pub async fn suppressed(tx: &mut Tx, phones: &[&str]) -> Result<HashSet<String>, StoreError> {
    if phones.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = tx.dialect().pick(&SUPPRESSED);
    let others = others(phones);
    let json = to_json(&with_others(phones, &others));
    let rows = on!(tx, c => sqlx::query_scalar::<_, String>(sql).bind(&json).fetch_all(c).await)?;
    let mut found: HashSet<String> = rows.into_iter().collect();
    for (phone, other) in &others {
        if found.contains(other) {
            found.insert((*phone).to_owned());
        }
    }
    Ok(found)
}

/// Numbers that can be written in another way, with that.
fn others<'p>(phones: &[&'p str]) -> Vec<(&'p str, String)> {
    let other = |phone: &&'p str| Some((*phone, variant(phone)?));
    phones.iter().filter_map(other).collect()
}

fn with_others<'a>(phones: &[&'a str], others: &'a [(&'a str, String)]) -> Vec<&'a str> {
    let mut all = phones.to_vec();
    all.extend(others.iter().map(|(_, other)| other.as_str()));
    all
}

const SUPPRESS: Batch = batch!(
    "
INSERT INTO suppression (phone, source, detail, at)
SELECT r.value ->> 'phone',
       r.value ->> 'source',
       r.value ->> 'detail',
       CAST(r.value ->> 'at' AS BIGINT)
FROM",
    rows,
    "
WHERE true
ON CONFLICT (phone) DO UPDATE SET source = excluded.source, detail = excluded.detail, at = excluded.at
WHERE suppression.source = 'upload' AND excluded.source <> 'upload'
RETURNING phone"
);

/// Suppresses numbers; those that are so already keep their first reason, but the person's own word replaces what a back
/// end uploaded, because an upload may lift only what an upload said. Answers the new and the replaced ones.
pub async fn suppress(tx: &mut Tx, rows: &[SuppressionRow]) -> Result<HashSet<String>, StoreError> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = tx.dialect().pick(&SUPPRESS);
    let json = to_json(rows);
    let rows = on!(tx, c => sqlx::query_scalar::<_, String>(sql).bind(&json).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

const SOURCES: Batch = in_texts!(
    "
SELECT phone, source
FROM suppression
WHERE phone IN",
    ""
);

/// Which of these numbers are suppressed by nothing but an upload.
pub async fn suppressed_by_upload(tx: &mut Tx, phones: &[&str]) -> Result<HashSet<String>, StoreError> {
    let sql = tx.dialect().pick(&SOURCES);
    let others = others(phones);
    let json = to_json(&with_others(phones, &others));
    let rows = on!(tx, c => sqlx::query_as::<_, (String, String)>(sql).bind(&json).fetch_all(c).await)?;
    let sources: HashMap<String, String> = rows.into_iter().collect();
    let others: HashMap<&str, &str> = others
        .iter()
        .map(|(phone, other)| (*phone, other.as_str()))
        .collect();
    let uploaded = |phone: &&&str| {
        let both = [Some(**phone), others.get(**phone).copied()];
        let mut found = both
            .into_iter()
            .flatten()
            .filter_map(|name| sources.get(name))
            .peekable();
        found.peek().is_some() && found.all(|source| source == "upload")
    };
    Ok(phones
        .iter()
        .filter(uploaded)
        .map(|phone| (*phone).to_owned())
        .collect())
}

const LIFT: Batch = in_texts!(
    "
DELETE FROM suppression
WHERE phone IN",
    ""
);

/// Lifts the suppression of numbers, in whatever way they are written. Only an explicit act of the person or for the number may call this: see
/// [`crate::app::consent`]. Answers how many were lifted.
pub async fn lift(tx: &mut Tx, phones: &[&str]) -> Result<u64, StoreError> {
    if phones.is_empty() {
        return Ok(0);
    }
    let sql = tx.dialect().pick(&LIFT);
    let others = others(phones);
    let json = to_json(&with_others(phones, &others));
    Ok(on!(tx, c => sqlx::query(sql).bind(&json).execute(c).await.map(|r| r.rows_affected()))?)
}

const RECORD: Batch = batch!(
    "
INSERT INTO consent (id, phone, profile_id, action, source, detail, at)
SELECT CAST(r.value ->> 'id' AS BIGINT),
       r.value ->> 'phone',
       CAST(r.value ->> 'profile_id' AS BIGINT),
       CAST(r.value ->> 'action' AS SMALLINT),
       r.value ->> 'source',
       r.value ->> 'detail',
       CAST(r.value ->> 'at' AS BIGINT)
FROM",
    rows,
    ""
);

/// Adds to the history.
pub async fn record(tx: &mut Tx, rows: &[ConsentRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(&RECORD);
    let json = to_json(rows);
    on!(tx, c => sqlx::query(sql).bind(&json).execute(c).await.map(drop))?;
    Ok(())
}

const OPT_OUT_PROFILES: Batch = batch!(
    "
UPDATE profile
SET opt_in = 2, opt_source = n.source, opt_at = n.at, updated_at = n.at
FROM (
    SELECT r.value ->> 'phone' AS phone,
           r.value ->> 'source' AS source,
           CAST(r.value ->> 'at' AS BIGINT) AS at
    FROM",
    rows,
    ") AS n
WHERE profile.phone = n.phone AND profile.opt_in <> 2
RETURNING profile.id, profile.phone"
);

/// Marks every profile of these numbers as opted out; those that are so already keep their first reason. Answers the
/// numbers of the profiles that changed.
pub async fn opt_out_profiles(tx: &mut Tx, rows: &[SuppressionRow]) -> Result<HashSet<String>, StoreError> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = tx.dialect().pick(&OPT_OUT_PROFILES);
    let json = to_json(rows);
    let rows = on!(tx, c => sqlx::query_as::<_, (i64, String)>(sql).bind(&json).fetch_all(c).await)?;
    for (id, _) in &rows {
        tx.note(Profile, *id);
    }
    Ok(rows.into_iter().map(|(_, phone)| phone).collect())
}

const OPT_IN_PROFILES: &str = "
UPDATE profile
SET opt_in = 1, opt_source = $2, opt_at = $3, updated_at = $3
WHERE phone = $1 AND opt_in <> 1
RETURNING id";

/// Marks every profile of this number as opted in. Answers how many changed.
pub async fn opt_in_profiles(tx: &mut Tx, phone: &str, source: &str, at: i64) -> Result<u64, StoreError> {
    let changed: Vec<i64> = on!(tx, c => sqlx::query_scalar(OPT_IN_PROFILES)
        .bind(phone)
        .bind(source)
        .bind(at)
        .fetch_all(c)
        .await)?;
    for id in &changed {
        tx.note(Profile, *id);
    }
    Ok(changed.len() as u64)
}

// The plus keeps SQLite from walking through what was decided about all numbers: it would look for the missing profile.
const LATEST: Batch = in_texts!(
    "
SELECT phone, MAX(at)
FROM consent
WHERE +profile_id IS NULL AND phone IN",
    "
GROUP BY phone"
);

/// When something was last decided about these numbers as a whole, in whatever way they are written, as far as it was.
pub async fn latest(tx: &mut Tx, phones: &[&str]) -> Result<HashMap<String, i64>, StoreError> {
    if phones.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = tx.dialect().pick(&LATEST);
    let others = others(phones);
    let json = to_json(&with_others(phones, &others));
    let rows = on!(tx, c => sqlx::query_as::<_, (String, i64)>(sql).bind(&json).fetch_all(c).await)?;
    let mut found: HashMap<String, i64> = rows.into_iter().collect();
    for (phone, other) in &others {
        if let Some(at) = found.get(other).copied() {
            let own = found.entry((*phone).to_owned()).or_insert(at);
            *own = at.max(*own);
        }
    }
    Ok(found)
}

// The plus as in `LATEST`.
const OF_PROFILE: &str = "
SELECT id, phone, profile_id, action, source, detail, at
FROM (
    SELECT * FROM (
        SELECT id, phone, profile_id, action, source, detail, at
        FROM consent
        WHERE profile_id = $1 AND id < $3
        ORDER BY id DESC
        LIMIT $4
    ) AS own
    UNION ALL
    SELECT * FROM (
        SELECT id, phone, profile_id, action, source, detail, at
        FROM consent
        WHERE phone IN ($2, $5) AND +profile_id IS NULL AND id < $3
        ORDER BY id DESC
        LIMIT $4
    ) AS shared
) AS both_kinds
ORDER BY id DESC
LIMIT $4";

/// The history of a profile and of its number, newest first, ids below `before`.
pub async fn history(
    tx: &mut Tx,
    profile: &ProfileRow,
    before: i64,
    limit: i64,
) -> Result<Vec<ConsentRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ConsentRow>(OF_PROFILE)
        .bind(profile.id)
        .bind(&profile.phone)
        .bind(before)
        .bind(limit)
        .bind(profile.phone.as_deref().and_then(variant))
        .fetch_all(c)
        .await)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::plan::{has, steps};

    #[tokio::test]
    async fn decisions_are_found_by_number_however_many_there_are() {
        for sql in [LATEST.sqlite, OF_PROFILE] {
            let plan = steps(sql).await;
            let wanted = "SEARCH consent USING INDEX consent_phone (phone=?";
            assert!(has(&plan, wanted), "{plan:#?}");
        }
    }
}
