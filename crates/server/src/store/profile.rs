//! Profiles.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers, in_texts};
use super::news::Topic::Profile;
use super::{StoreError, Tx, from_json, to_json};

/// Nothing is recorded about consent.
pub const NOT_RECORDED: i16 = 0;
/// The person agreed to be written to.
pub const OPTED_IN: i16 = 1;
/// The person asked not to be written to.
pub const OPTED_OUT: i16 = 2;
/// Every consent that there is.
pub const CONSENTS: [i16; 3] = [NOT_RECORDED, OPTED_IN, OPTED_OUT];

/// A stored profile.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct ProfileRow {
    /// Id.
    pub id: i64,
    /// The business's own id of the person; the phone number when it gave none.
    pub identity: String,
    /// E.164 with `+`.
    pub phone: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// JSON object of scalars.
    pub attributes: String,
    /// [`NOT_RECORDED`], [`OPTED_IN`] or [`OPTED_OUT`].
    pub opt_in: i16,
    /// Where the consent comes from.
    pub opt_source: Option<String>,
    /// When it was given or taken back, milliseconds UTC.
    pub opt_at: Option<i64>,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub updated_at: i64,
}

const INSERT: &str = "
INSERT INTO profile (id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Adds a profile.
pub async fn insert(tx: &mut Tx, row: &ProfileRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(&row.identity)
        .bind(&row.phone)
        .bind(&row.name)
        .bind(&row.attributes)
        .bind(row.opt_in)
        .bind(&row.opt_source)
        .bind(row.opt_at)
        .bind(row.created_at)
        .bind(row.updated_at)
        .execute(c)
        .await
        .map(drop))?;
    tx.note(Profile, row.id);
    Ok(())
}

const BY_ID: &str = "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE id = $1";

/// The profile of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<ProfileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ProfileRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const BY_IDENTITY: &str = "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE identity = $1";

/// The profile of this identity.
pub async fn by_identity(tx: &mut Tx, identity: &str) -> Result<Option<ProfileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ProfileRow>(BY_IDENTITY).bind(identity).fetch_optional(c).await)?)
}

const BY_PHONE: &str = "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE phone = $1
ORDER BY id";

/// The profiles that share this number, oldest first.
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Vec<ProfileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ProfileRow>(BY_PHONE).bind(phone).fetch_all(c).await)?)
}

const FIRST_OF_PHONES: Batch = in_texts!(
    "
SELECT phone, MIN(id)
FROM profile
WHERE phone IN",
    "
GROUP BY phone"
);

/// The oldest profile of each of these numbers that has one.
pub async fn first_of_phones(tx: &mut Tx, phones: &[&str]) -> Result<HashMap<String, i64>, StoreError> {
    if phones.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = tx.dialect().pick(&FIRST_OF_PHONES);
    let json = to_json(phones);
    let rows = on!(tx, c => sqlx::query_as::<_, (String, i64)>(sql).bind(&json).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

const NAMES: Batch = in_numbers!(
    "
SELECT id, name
FROM profile
WHERE name IS NOT NULL AND id IN",
    ""
);

/// The names of those of these profiles that have one.
pub async fn names(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = tx.dialect().pick(&NAMES);
    let json = to_json(ids);
    let rows = on!(tx, c => sqlx::query_as::<_, (i64, String)>(sql).bind(&json).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

// Locked on PostgreSQL, so that an opt-out that arrives meanwhile is not overwritten; SQLite has one writer anyway.
const LOCK_BY_IDENTITIES: Batch = Batch {
    sqlite: "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE identity IN (SELECT value FROM json_each($1))",
    postgres: "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE identity IN (SELECT json_array_elements_text(CAST($1 AS json)))
ORDER BY id
FOR UPDATE",
};

/// The profiles of these identities, in no order, kept from others until the transaction ends.
pub async fn lock_by_identities(tx: &mut Tx, identities: &[&str]) -> Result<Vec<ProfileRow>, StoreError> {
    fetch_many(tx, &LOCK_BY_IDENTITIES, identities).await
}

const BY_IDENTITIES: Batch = in_texts!(
    "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE identity IN",
    ""
);

/// The profiles of these identities, in no order.
pub async fn by_identities(tx: &mut Tx, identities: &[&str]) -> Result<Vec<ProfileRow>, StoreError> {
    fetch_many(tx, &BY_IDENTITIES, identities).await
}

const BY_PHONES: Batch = in_texts!(
    "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE phone IN",
    ""
);

/// The profiles of these numbers, in no order.
pub async fn by_phones(tx: &mut Tx, phones: &[&str]) -> Result<Vec<ProfileRow>, StoreError> {
    fetch_many(tx, &BY_PHONES, phones).await
}

const LOCK_BY_PHONES: Batch = Batch {
    sqlite: "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE phone IN (SELECT value FROM json_each($1))",
    postgres: "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE phone IN (SELECT json_array_elements_text(CAST($1 AS json)))
ORDER BY id
FOR UPDATE",
};

/// The profiles of these numbers, in no order, kept from others until the transaction ends.
pub async fn lock_by_phones(tx: &mut Tx, phones: &[&str]) -> Result<Vec<ProfileRow>, StoreError> {
    fetch_many(tx, &LOCK_BY_PHONES, phones).await
}

async fn fetch_many(tx: &mut Tx, batch: &Batch, keys: &[&str]) -> Result<Vec<ProfileRow>, StoreError> {
    let sql = tx.dialect().pick(batch);
    let json = to_json(keys);
    Ok(on!(tx, c => sqlx::query_as::<_, ProfileRow>(sql).bind(&json).fetch_all(c).await)?)
}

const PAGE: &str = "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE id < $1
ORDER BY id DESC
LIMIT $2";

/// Profiles, newest first, ids below `before`.
pub async fn page(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<ProfileRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, ProfileRow>(PAGE).bind(before).bind(limit).fetch_all(c).await)?)
}

/// The statement of a slice, and for SQLite the same as one JSON text: many rows cost time and memory to bring over from the
/// thread of the connection.
macro_rules! slice {
    ($rows:literal) => {
        Batch {
            sqlite: concat!(
                "
SELECT json_group_array(json_array(
    id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at) ORDER BY id)
FROM (",
                $rows,
                ")"
            ),
            postgres: $rows,
        }
    };
}

const SLICE: Batch = slice!(
    "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE id > $1 AND id <= $2
ORDER BY id
LIMIT $3"
);

const SLICE_OF_LIST: Batch = Batch {
    // The list's first, and then their profiles: PostgreSQL would rather sort the whole list for each slice when it was just
    // imported, and later merge the two from the first profile of all on.
    postgres: "
SELECT p.id, p.identity, p.phone, p.name, p.attributes, p.opt_in, p.opt_source, p.opt_at, p.created_at, p.updated_at
FROM (
    SELECT profile_id
    FROM list_entry
    WHERE list_id = $4 AND profile_id > $1 AND profile_id <= $2
    ORDER BY profile_id
    LIMIT $3
) AS e
JOIN profile AS p ON p.id = e.profile_id
ORDER BY p.id",
    ..slice!(
        "
SELECT p.id, p.identity, p.phone, p.name, p.attributes, p.opt_in, p.opt_source, p.opt_at, p.created_at, p.updated_at
FROM list_entry e
JOIN profile p ON p.id = e.profile_id
WHERE e.list_id = $4 AND e.profile_id > $1 AND e.profile_id <= $2
ORDER BY e.profile_id
LIMIT $3"
    )
};

/// The profiles of several lists in a range of ids, in `$4`: the first `$3` of each list, found by its index, are enough to
/// know the first `$3` of all of them.
macro_rules! of_lists {
    (sqlite) => {
        "(
    SELECT e.value
    FROM json_each($4) AS l
    CROSS JOIN json_each((
        SELECT json_group_array(profile_id)
        FROM (
            SELECT profile_id
            FROM list_entry
            WHERE list_id = l.value AND profile_id > $1 AND profile_id <= $2
            ORDER BY profile_id
            LIMIT $3))) AS e)"
    };
    (postgres) => {
        "(
    SELECT e.profile_id
    FROM json_array_elements_text(CAST($4 AS json)) AS l(value)
    CROSS JOIN LATERAL (
        SELECT profile_id
        FROM list_entry
        WHERE list_id = CAST(l.value AS BIGINT) AND profile_id > $1 AND profile_id <= $2
        ORDER BY profile_id
        LIMIT $3) AS e)"
    };
}
pub(super) use of_lists;

/// A slice of the profiles whose id is in a subquery.
macro_rules! slice_in {
    ($subquery:expr) => {
        concat!(
            "
SELECT id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at
FROM profile
WHERE id IN ",
            $subquery,
            "
ORDER BY id
LIMIT $3"
        )
    };
}

pub(super) const SLICE_OF_LISTS: Batch = Batch {
    sqlite: concat!(
        "
SELECT json_group_array(json_array(
    id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at) ORDER BY id)
FROM (",
        slice_in!(of_lists!(sqlite)),
        ")"
    ),
    postgres: slice_in!(of_lists!(postgres)),
};

/// The next profiles after `after` up to `upper` by id, of a list when given.
pub async fn slice(
    tx: &mut Tx,
    after: i64,
    upper: i64,
    list_id: Option<i64>,
    limit: i64,
) -> Result<Vec<ProfileRow>, StoreError> {
    slice_of(tx, after, upper, list_id.as_slice(), limit).await
}

/// The same of whoever is on any of these lists; of all profiles when there is none.
pub async fn slice_of(
    tx: &mut Tx,
    after: i64,
    upper: i64,
    lists: &[i64],
    limit: i64,
) -> Result<Vec<ProfileRow>, StoreError> {
    let sql = tx.dialect().pick(match lists {
        [] => &SLICE,
        [_] => &SLICE_OF_LIST,
        _ => &SLICE_OF_LISTS,
    });
    match tx {
        Tx::Sqlite(transaction) => {
            let query = sqlx::query_scalar(sql).bind(after).bind(upper).bind(limit);
            let query = match lists {
                [] => query,
                [list] => query.bind(list),
                lists => query.bind(to_json(lists)),
            };
            let rows: String = query.fetch_one(&mut **transaction).await?;
            from_json("profiles", &rows)
        }
        Tx::Postgres(transaction) => {
            let query = sqlx::query_as(sql).bind(after).bind(upper).bind(limit);
            let query = match lists {
                [] => query,
                [list] => query.bind(list),
                lists => query.bind(to_json(lists)),
            };
            Ok(query.fetch_all(&mut **transaction).await?)
        }
    }
}

const NTH: &str = "
SELECT id
FROM profile
WHERE id > $1 AND id <= $2
ORDER BY id
LIMIT 1
OFFSET $3";

const NTH_OF_LIST: &str = "
SELECT profile_id
FROM list_entry
WHERE list_id = $4 AND profile_id > $1 AND profile_id <= $2
ORDER BY profile_id
LIMIT 1
OFFSET $3";

const COUNT_OF_LISTS: Batch = Batch {
    sqlite: concat!("SELECT COUNT(DISTINCT value) FROM ", of_lists!(sqlite)),
    postgres: concat!(
        "SELECT COUNT(DISTINCT profile_id) FROM ",
        of_lists!(postgres),
        " AS t"
    ),
};

/// Are there at least `n` profiles (1 or more) after `after` up to `upper`, on any of these lists when there are some?
pub async fn at_least(
    tx: &mut Tx,
    after: i64,
    upper: i64,
    lists: &[i64],
    n: i64,
) -> Result<bool, StoreError> {
    let found: Option<i64> = match lists {
        [] => on!(tx, c => sqlx::query_scalar(NTH)
            .bind(after).bind(upper).bind(n - 1).fetch_optional(c).await)?,
        [list_id] => on!(tx, c => sqlx::query_scalar(NTH_OF_LIST)
            .bind(after).bind(upper).bind(n - 1).bind(list_id).fetch_optional(c).await)?,
        lists => {
            let sql = tx.dialect().pick(&COUNT_OF_LISTS);
            let count: i64 = on!(tx, c => sqlx::query_scalar(sql)
                .bind(after).bind(upper).bind(n).bind(to_json(lists)).fetch_one(c).await)?;
            return Ok(count >= n);
        }
    };
    Ok(found.is_some())
}

const MAX_ID: &str = "
SELECT COALESCE(MAX(id), 0)
FROM profile";

/// The largest id; 0 when there is no profile.
pub async fn max_id(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar::<_, i64>(MAX_ID).fetch_one(c).await)?)
}

const INSERT_MANY: Batch = batch!(
    "
INSERT INTO profile (id, identity, phone, name, attributes, opt_in, opt_source, opt_at, created_at, updated_at)
SELECT CAST(r.value ->> 'id' AS BIGINT),
       r.value ->> 'identity',
       r.value ->> 'phone',
       r.value ->> 'name',
       r.value ->> 'attributes',
       CAST(r.value ->> 'opt_in' AS SMALLINT),
       r.value ->> 'opt_source',
       CAST(r.value ->> 'opt_at' AS BIGINT),
       CAST(r.value ->> 'created_at' AS BIGINT),
       CAST(r.value ->> 'updated_at' AS BIGINT)
FROM",
    rows,
    ""
);

/// Adds many profiles.
pub async fn insert_many(tx: &mut Tx, rows: &[ProfileRow]) -> Result<(), StoreError> {
    run_many(tx, &INSERT_MANY, rows).await
}

const UPDATE_MANY: Batch = batch!(
    "
UPDATE profile
SET phone = n.phone, name = n.name, attributes = n.attributes,
    opt_in = n.opt_in, opt_source = n.opt_source, opt_at = n.opt_at, updated_at = n.updated_at
FROM (
    SELECT CAST(r.value ->> 'id' AS BIGINT) AS id,
           r.value ->> 'phone' AS phone,
           r.value ->> 'name' AS name,
           r.value ->> 'attributes' AS attributes,
           CAST(r.value ->> 'opt_in' AS SMALLINT) AS opt_in,
           r.value ->> 'opt_source' AS opt_source,
           CAST(r.value ->> 'opt_at' AS BIGINT) AS opt_at,
           CAST(r.value ->> 'updated_at' AS BIGINT) AS updated_at
    FROM",
    rows,
    ") AS n
WHERE profile.id = n.id"
);

/// Writes many profiles, all but identity and creation.
pub async fn update_many(tx: &mut Tx, rows: &[ProfileRow]) -> Result<(), StoreError> {
    run_many(tx, &UPDATE_MANY, rows).await
}

async fn run_many(tx: &mut Tx, batch: &Batch, rows: &[ProfileRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect().pick(batch);
    let json = to_json(rows);
    on!(tx, c => sqlx::query(sql).bind(&json).execute(c).await.map(drop))?;
    for row in rows {
        tx.note(Profile, row.id);
    }
    Ok(())
}
