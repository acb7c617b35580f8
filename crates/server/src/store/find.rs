//! People found by how their name, identity or number begins, by consent and by list: always by an index, and never more of
//! it than a page is worth.

use super::db::on;
use super::dialect::{Batch, in_numbers};
use super::profile::ProfileRow;
use super::{StoreError, Tx, to_json};

/// The same with texts compared byte by byte, as the indexes have them.
macro_rules! beginning {
    ($column:literal, $among:literal) => {
        Batch {
            sqlite: concat!(
                "SELECT id FROM profile WHERE LOWER(",
                $column,
                ") >= $1 AND LOWER(",
                $column,
                ") < $2 AND ",
                $among,
                " ORDER BY LOWER(",
                $column,
                ") LIMIT $3"
            ),
            postgres: concat!(
                "SELECT id FROM profile WHERE LOWER(",
                $column,
                ") COLLATE \"C\" >= $1 AND LOWER(",
                $column,
                ") COLLATE \"C\" < $2 AND ",
                $among,
                " ORDER BY LOWER(",
                $column,
                ") COLLATE \"C\" LIMIT $3"
            ),
        }
    };
}

pub(super) const BY_NAME: Batch = beginning!("name", "name IS NOT NULL");
pub(super) const BY_IDENTITY: Batch = beginning!("identity", "(phone IS NULL OR identity <> phone)");

// Digits are in the same order everywhere, and no number has more than 15 of them.
pub(super) const BY_PHONE: &str = "
SELECT id
FROM profile
WHERE phone >= $1 AND phone <= $2 AND phone IS NOT NULL
ORDER BY phone
LIMIT $3";

/// Profiles whose name begins with this text, as `LOWER` shows it; `limit` at most, in the order of names.
pub async fn by_name(tx: &mut Tx, begins: &str, limit: i64) -> Result<Vec<i64>, StoreError> {
    range(tx, &BY_NAME, begins, limit).await
}

/// Profiles whose identity begins with this text and is not their number; `limit` at most.
pub async fn by_identity(tx: &mut Tx, begins: &str, limit: i64) -> Result<Vec<i64>, StoreError> {
    range(tx, &BY_IDENTITY, begins, limit).await
}

async fn range(tx: &mut Tx, batch: &Batch, begins: &str, limit: i64) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(batch);
    let end = format!("{begins}\u{10ffff}");
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(begins).bind(&end).bind(limit).fetch_all(c).await)?)
}

/// Profiles whose number begins with these digits, after a `+`; `limit` at most.
pub async fn by_phone(tx: &mut Tx, begins: &str, limit: i64) -> Result<Vec<i64>, StoreError> {
    let end = format!("{begins}9999999999999999");
    Ok(on!(tx, c => sqlx::query_scalar(BY_PHONE).bind(begins).bind(&end).bind(limit).fetch_all(c).await)?)
}

const PHONES: Batch = in_numbers!("SELECT phone FROM profile WHERE phone IS NOT NULL AND id IN", "");

/// The numbers of these profiles.
pub async fn phones(tx: &mut Tx, ids: &[i64]) -> Result<Vec<String>, StoreError> {
    let sql = tx.dialect().pick(&PHONES);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(ids)).fetch_all(c).await)?)
}

/// Which people; see [`crate::store::profile`] for consent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// With this consent.
    pub consent: Option<i16>,
    /// On this list.
    pub list: Option<i64>,
}

impl Wanted {
    fn consent(self) -> i16 {
        self.consent.unwrap_or(-1)
    }

    fn list(self) -> i64 {
        self.list.unwrap_or(0)
    }
}

const AMONG: Batch = in_numbers!(
    "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE id IN",
    "AND id < $2
    AND ($3 = -1 OR opt_in = $3)
    AND ($4 = 0 OR EXISTS (SELECT 1 FROM list_entry e WHERE e.list_id = $4 AND e.profile_id = profile.id))
ORDER BY id DESC
LIMIT $5"
);

/// Of these profiles those that are wanted, newest first, ids below `before`.
pub async fn among(
    tx: &mut Tx,
    ids: &[i64],
    wanted: Wanted,
    before: i64,
    limit: i64,
) -> Result<Vec<ProfileRow>, StoreError> {
    let sql = tx.dialect().pick(&AMONG);
    Ok(on!(tx, c => sqlx::query_as(sql)
        .bind(to_json(ids)).bind(before).bind(wanted.consent()).bind(wanted.list()).bind(limit)
        .fetch_all(c).await)?)
}

pub(super) const OF_CONSENT: &str = "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE opt_in = $2 AND id < $1
ORDER BY id DESC
LIMIT $3";

/// Profiles with this consent, newest first, ids below `before`.
pub async fn of_consent(
    tx: &mut Tx,
    consent: i16,
    before: i64,
    limit: i64,
) -> Result<Vec<ProfileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(OF_CONSENT).bind(before).bind(consent).bind(limit).fetch_all(c).await)?)
}

/// Entries of a list that one page looks at.
pub const WINDOW: i64 = 10_000;

// The cross join keeps the list outside: it is looked at from its newest on, and no further than the window.
pub(super) const OF_LIST: &str = "
SELECT p.id, p.identity, p.phone, p.name, p.attributes, p.opt_in, p.opt_source, p.opt_at, p.created_at, p.updated_at
FROM (
    SELECT profile_id
    FROM list_entry
    WHERE list_id = $2 AND profile_id < $1
    ORDER BY profile_id DESC
    LIMIT $5
) AS e
CROSS JOIN profile p
WHERE p.id = e.profile_id AND ($3 = -1 OR p.opt_in = $3)
ORDER BY p.id DESC
LIMIT $4";

/// Where the next page of a list with a condition goes on.
const WINDOW_ENDS: &str = "
SELECT profile_id
FROM list_entry
WHERE list_id = $2 AND profile_id < $1
ORDER BY profile_id DESC
LIMIT 1
OFFSET $3";

/// Profiles of a list, newest first, ids below `before`, and where to go on when not all of the list was looked at. With a
/// condition, a page looks at no more than [`WINDOW`] entries.
pub async fn of_list(
    tx: &mut Tx,
    list: i64,
    consent: Option<i16>,
    before: i64,
    limit: i64,
) -> Result<(Vec<ProfileRow>, Option<i64>), StoreError> {
    let window = if consent.is_some() { WINDOW } else { limit };
    let rows: Vec<ProfileRow> = on!(tx, c => sqlx::query_as(OF_LIST)
        .bind(before).bind(list).bind(consent.unwrap_or(-1)).bind(limit).bind(window)
        .fetch_all(c).await)?;
    if rows.len() as i64 >= limit {
        let last = rows.last().map(|row| row.id);
        return Ok((rows, last));
    }
    let end = on!(tx, c => sqlx::query_scalar(WINDOW_ENDS)
        .bind(before).bind(list).bind(window - 1).fetch_optional(c).await)?;
    Ok((rows, end))
}

const COUNT: &str = "
SELECT COUNT(*)
FROM profile";

const COUNT_CONSENT: &str = "
SELECT COUNT(*)
FROM profile
WHERE opt_in = $1";

const COUNT_LIST_CONSENT: &str = "
SELECT COUNT(*)
FROM list_entry e
JOIN profile p ON p.id = e.profile_id
WHERE e.list_id = $1 AND p.opt_in = $2";

/// How many people are wanted, counted.
pub async fn count(tx: &mut Tx, wanted: Wanted) -> Result<i64, StoreError> {
    match (wanted.list, wanted.consent) {
        (None, None) => Ok(on!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await)?),
        (None, Some(consent)) => {
            Ok(on!(tx, c => sqlx::query_scalar(COUNT_CONSENT).bind(consent).fetch_one(c).await)?)
        }
        (Some(list), None) => super::list::size(tx, list).await,
        (Some(list), Some(consent)) => Ok(on!(tx, c => sqlx::query_scalar(COUNT_LIST_CONSENT)
            .bind(list).bind(consent).fetch_one(c).await)?),
    }
}

/// In what order people are walked through, by an index that holds nothing else.
#[derive(Debug, Clone, Copy)]
pub enum Walk {
    /// All with this consent.
    Consent(i16),
    /// All of a list.
    List(i64),
}

pub(super) const AHEAD_CONSENT: &str = "
SELECT id
FROM profile
WHERE opt_in = $1 AND id > $2
ORDER BY id
LIMIT 1 OFFSET $3";

pub(super) const AHEAD_LIST: &str = "
SELECT profile_id
FROM list_entry
WHERE list_id = $1 AND profile_id > $2
ORDER BY profile_id
LIMIT 1 OFFSET $3";

/// The profile that comes after a profile when so many are passed over.
pub async fn ahead(tx: &mut Tx, walk: Walk, after: i64, over: i64) -> Result<Option<i64>, StoreError> {
    Ok(match walk {
        Walk::Consent(consent) => on!(tx, c => sqlx::query_scalar(AHEAD_CONSENT)
            .bind(consent).bind(after).bind(over).fetch_optional(c).await)?,
        Walk::List(list) => on!(tx, c => sqlx::query_scalar(AHEAD_LIST)
            .bind(list).bind(after).bind(over).fetch_optional(c).await)?,
    })
}

const COUNT_WINDOW: &str = "
SELECT COUNT(*), COALESCE(SUM(CASE WHEN p.opt_in = $2 THEN 1 ELSE 0 END), 0)
FROM (
    SELECT profile_id
    FROM list_entry
    WHERE list_id = $1
    ORDER BY profile_id DESC
    LIMIT $3
) AS e
CROSS JOIN profile p
WHERE p.id = e.profile_id";

/// How many of the newest entries of a list were looked at, and how many of them have this consent.
pub async fn count_window(tx: &mut Tx, list: i64, consent: i16) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(COUNT_WINDOW).bind(list).bind(consent).bind(WINDOW).fetch_one(c).await)?)
}

const ESTIMATE: &str = "
EXPLAIN
SELECT id
FROM profile";

const ESTIMATE_CONSENT: &str = "
EXPLAIN
SELECT id
FROM profile
WHERE opt_in = $1";

/// How many people there are with this consent, as PostgreSQL believes; SQLite counts fast enough and believes nothing.
pub async fn estimate(tx: &mut Tx, consent: Option<i16>) -> Result<Option<i64>, StoreError> {
    let Tx::Postgres(transaction) = tx else {
        return Ok(None);
    };
    let plan: String = match consent {
        None => sqlx::query_scalar(ESTIMATE).fetch_one(&mut **transaction).await?,
        Some(consent) => {
            sqlx::query_scalar(ESTIMATE_CONSENT)
                .bind(consent)
                .fetch_one(&mut **transaction)
                .await?
        }
    };
    let rows = plan.split_once("rows=").and_then(|(_, rest)| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    Ok(rows)
}
