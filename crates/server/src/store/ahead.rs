//! People of a slice who were looked up before their turn, in the order of their numbers.
//!
//! Nobody gets a campaign twice because an index by number says so. Ids of people say nothing about their numbers, so that
//! each message that is planned by id changes a page of its own of that index: with a million people three quarters of all that
//! is written. Of some ten thousand people in the order of their numbers, neighbours share a page.

use sqlx::FromRow;

use super::db::on;
use super::dialect::Batch;
use super::profile::{ProfileRow, of_lists};
use super::slice::SliceRow;
use super::{StoreError, Tx, from_json, to_json};

/// Ids in a row of the table.
const CHUNK: usize = 500;

/// People of a range, in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// Their ids.
    pub ids: Vec<i64>,
    /// They are all who are above the beginning of the range up to this.
    pub to: i64,
}

/// The ids and numbers of `$3` people, ordered.
macro_rules! by_number {
    ($sqlite:expr, $postgres:expr) => {
        Batch {
            sqlite: concat!(
                "
SELECT json_group_array(id ORDER BY phone, id), COUNT(*), COALESCE(MAX(id), 0)
FROM (",
                $sqlite,
                ")"
            ),
            postgres: concat!(
                "
SELECT COALESCE(CAST(json_agg(id ORDER BY phone COLLATE \"C\", id) AS TEXT), '[]'), COUNT(*), COALESCE(MAX(id), 0)
FROM (",
                $postgres,
                ") AS p"
            ),
        }
    };
    ($both:expr) => {
        by_number!($both, $both)
    };
}

const OF_ALL: Batch = by_number!(
    "
SELECT id, phone
FROM profile
WHERE id > $1 AND id <= $2
ORDER BY id
LIMIT $3"
);

// The list's first, as for a slice of people.
const OF_LIST: Batch = by_number!(
    "
SELECT p.id, p.phone
FROM (
    SELECT profile_id
    FROM list_entry
    WHERE list_id = $4 AND profile_id > $1 AND profile_id <= $2
    ORDER BY profile_id
    LIMIT $3
) AS e
JOIN profile AS p ON p.id = e.profile_id"
);

macro_rules! of_several {
    ($ids:expr) => {
        concat!(
            "
SELECT id, phone
FROM profile
WHERE id IN ",
            $ids,
            "
ORDER BY id
LIMIT $3"
        )
    };
}

const OF_LISTS: Batch = by_number!(of_several!(of_lists!(sqlite)), of_several!(of_lists!(postgres)));

/// The next `most` people after `after` up to `upper` by id, on any of these lists when there are some.
pub async fn by_number(
    tx: &mut Tx,
    (after, upper): (i64, i64),
    lists: &[i64],
    most: usize,
) -> Result<Ordered, StoreError> {
    let sql = tx.dialect().pick(match lists {
        [] => &OF_ALL,
        [_] => &OF_LIST,
        _ => &OF_LISTS,
    });
    let (ids, count, last): (String, i64, i64) = on!(tx, c => {
        let query = sqlx::query_as(sql).bind(after).bind(upper).bind(most as i64);
        let query = match lists {
            [] => query,
            [list] => query.bind(list),
            lists => query.bind(to_json(lists)),
        };
        query.fetch_one(c).await
    })?;
    Ok(Ordered {
        ids: from_json("ids of people", &ids)?,
        to: if count < most as i64 { upper } else { last },
    })
}

const LOCK: Batch = Batch {
    sqlite: "
SELECT campaign_id, n, number_id, position, upper, ahead_from, ahead_to, ahead, taken
FROM campaign_slice
WHERE campaign_id = $1 AND n = $2 AND planned = 0
AND EXISTS (SELECT 1 FROM campaign WHERE id = $1 AND state = 3)",
    postgres: "
SELECT campaign_id, n, number_id, position, upper, ahead_from, ahead_to, ahead, taken
FROM campaign_slice
WHERE campaign_id = $1 AND n = $2 AND planned = 0
AND EXISTS (SELECT 1 FROM campaign WHERE id = $1 AND state = 3)
FOR UPDATE",
};

const BEGIN: &str = "
UPDATE campaign_slice
SET ahead_from = position, ahead_to = position, ahead = 0, taken = 0
WHERE campaign_id = $1 AND n = $2";

const EXTEND: &str = "
UPDATE campaign_slice
SET ahead_to = $3, ahead = $4
WHERE campaign_id = $1 AND n = $2";

const ADD: &str = "
INSERT INTO campaign_ahead (campaign_id, n, first, ids)
VALUES ($1, $2, $3, $4)";

/// Adds people behind those who were looked up before; `after`: where their range begins. What was planned by id meanwhile, and
/// what belongs to another slice by now, is left out. Answers how many were added.
pub async fn add(
    tx: &mut Tx,
    (campaign_id, n): (i64, i64),
    after: i64,
    people: Ordered,
) -> Result<usize, StoreError> {
    let sql = tx.dialect().pick(&LOCK);
    // Nothing for a campaign that was stopped: what it had is forgotten.
    let slice: Option<SliceRow> =
        on!(tx, c => sqlx::query_as(sql).bind(campaign_id).bind(n).fetch_optional(c).await)?;
    let Some(slice) = slice else {
        return Ok(0);
    };
    let (reached, to) = (slice.reached(), people.to.min(slice.upper));
    if after > reached {
        // Somebody went back: who is between is not among these.
        return Ok(0);
    }
    let mut ids = people.ids;
    ids.retain(|id| *id > reached && *id <= to);
    if ids.is_empty() {
        return Ok(0);
    }
    let first = if slice.left() > 0 {
        slice.ahead
    } else {
        forget(tx, (campaign_id, n), i64::MAX).await?;
        on!(tx, c => sqlx::query(BEGIN).bind(campaign_id).bind(n).execute(c).await.map(drop))?;
        0
    };
    for (i, some) in ids.chunks(CHUNK).enumerate() {
        let first = first + (i * CHUNK) as i64;
        on!(tx, c => sqlx::query(ADD)
            .bind(campaign_id).bind(n).bind(first).bind(to_json(some))
            .execute(c).await.map(drop))?;
    }
    on!(tx, c => sqlx::query(EXTEND)
        .bind(campaign_id).bind(n).bind(to).bind(first + ids.len() as i64)
        .execute(c).await.map(drop))?;
    Ok(ids.len())
}

#[derive(FromRow)]
struct ChunkRow {
    first: i64,
    ids: String,
}

const NEXT: &str = "
SELECT first, ids
FROM campaign_ahead
WHERE campaign_id = $1 AND n = $2 AND first > $3
ORDER BY first
LIMIT $4";

/// The next people of a slice who were looked up and are not planned, `limit` at most, in their order.
pub async fn next(tx: &mut Tx, slice: &SliceRow, limit: usize) -> Result<Vec<i64>, StoreError> {
    // The first of these rows may be used up in part, and rows may be short.
    let rows = (limit / CHUNK + 2) as i64;
    let chunks: Vec<ChunkRow> = on!(tx, c => sqlx::query_as(NEXT)
        .bind(slice.campaign_id).bind(slice.n).bind(slice.taken - CHUNK as i64).bind(rows)
        .fetch_all(c).await)?;
    let mut next = Vec::new();
    for chunk in chunks {
        let ids: Vec<i64> = from_json("ids of people", &chunk.ids)?;
        let used = usize::try_from(slice.taken - chunk.first).unwrap_or(0);
        next.extend(ids.into_iter().skip(used));
    }
    next.truncate(limit);
    Ok(next)
}

const TAKE: &str = "
UPDATE campaign_slice
SET taken = $6, position = CASE WHEN $6 = ahead THEN ahead_to ELSE position END
WHERE campaign_id = $1 AND n = $2 AND number_id = $3 AND position = $4 AND taken = $5 AND planned = 0";

/// So many more of the people who were looked up are planned, in the transaction that inserts the rows; with the last of them the
/// slice's position moves behind all. False when somebody else was there: then the whole transaction must be dropped.
pub async fn take(tx: &mut Tx, slice: &SliceRow, count: usize) -> Result<bool, StoreError> {
    let taken = slice.taken + count as i64;
    let moved = on!(tx, c => sqlx::query(TAKE)
        .bind(slice.campaign_id).bind(slice.n).bind(slice.number_id).bind(slice.position).bind(slice.taken).bind(taken)
        .execute(c).await.map(|r| r.rows_affected()))?;
    let chunk = CHUNK as i64;
    if taken == slice.ahead {
        forget(tx, (slice.campaign_id, slice.n), i64::MAX).await?;
    } else if taken / chunk > slice.taken / chunk {
        forget(tx, (slice.campaign_id, slice.n), taken - chunk).await?;
    }
    Ok(moved == 1)
}

const FORGET: &str = "
DELETE FROM campaign_ahead
WHERE campaign_id = $1 AND n = $2 AND first <= $3";

async fn forget(tx: &mut Tx, (campaign_id, n): (i64, i64), up_to: i64) -> Result<(), StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET)
        .bind(campaign_id).bind(n).bind(up_to).execute(c).await.map(drop))?)
}

/// Forgets whom a slice was to come to, which ends.
pub async fn end(tx: &mut Tx, slice: &SliceRow) -> Result<(), StoreError> {
    forget(tx, (slice.campaign_id, slice.n), i64::MAX).await
}

const FORGET_ALL: &str = "
DELETE FROM campaign_ahead
WHERE campaign_id = $1";

/// Forgets whom a campaign that ends was to come to.
pub async fn forget_all(tx: &mut Tx, campaign_id: i64) -> Result<(), StoreError> {
    Ok(on!(tx, c => sqlx::query(FORGET_ALL).bind(campaign_id).execute(c).await.map(drop))?)
}

// One by one by their ids, whatever PostgreSQL believes of tables that grew a moment ago: without statistics it reads all people.
macro_rules! these {
    (sqlite, $on_list:literal) => {
        concat!(
            "
SELECT json_group_array(json_array(
    p.id, identity, phone, name, attributes, opt_in, opt_source, opt_at, p.created_at, p.updated_at))
FROM json_each($1) AS a
CROSS JOIN profile AS p ON p.id = a.value",
            $on_list
        )
    };
    (postgres, $on_list:literal) => {
        concat!(
            "
SELECT p.id, identity, phone, name, attributes, opt_in, opt_source, opt_at, p.created_at, p.updated_at
FROM (SELECT CAST(json_array_elements_text(CAST($1 AS json)) AS BIGINT) AS wanted) AS a
CROSS JOIN LATERAL (SELECT * FROM profile WHERE id = a.wanted LIMIT 1) AS p",
            $on_list
        )
    };
}

const THESE: Batch = Batch {
    sqlite: these!(sqlite, ""),
    postgres: these!(postgres, ""),
};

const THESE_ON_LISTS: Batch = Batch {
    sqlite: these!(
        sqlite,
        "
WHERE EXISTS (
    SELECT 1
    FROM list_entry AS e
    WHERE e.list_id IN (SELECT value FROM json_each($2)) AND e.profile_id = p.id)"
    ),
    postgres: these!(
        postgres,
        "
WHERE (
    SELECT TRUE
    FROM list_entry AS e
    WHERE e.list_id = ANY (ARRAY(SELECT CAST(json_array_elements_text(CAST($2 AS json)) AS BIGINT)))
    AND e.profile_id = p.id
    LIMIT 1)"
    ),
};

/// Those of these people who still are there, on any of these lists when there are some, in any order.
pub async fn these(tx: &mut Tx, ids: &[i64], lists: &[i64]) -> Result<Vec<ProfileRow>, StoreError> {
    let sql = tx.dialect().pick(match lists {
        [] => &THESE,
        _ => &THESE_ON_LISTS,
    });
    let (ids, lists) = (to_json(ids), (!lists.is_empty()).then(|| to_json(lists)));
    match tx {
        Tx::Sqlite(transaction) => {
            let query = sqlx::query_scalar(sql).bind(ids);
            let query = match lists {
                None => query,
                Some(lists) => query.bind(lists),
            };
            let rows: String = query.fetch_one(&mut **transaction).await?;
            from_json("profiles", &rows)
        }
        Tx::Postgres(transaction) => {
            let query = sqlx::query_as(sql).bind(ids);
            let query = match lists {
                None => query,
                Some(lists) => query.bind(lists),
            };
            Ok(query.fetch_all(&mut **transaction).await?)
        }
    }
}
