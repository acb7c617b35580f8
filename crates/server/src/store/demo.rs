//! What the demo made, and its removal without a trace.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, in_texts};
use super::{StoreError, Tx, to_json};
use crate::clock::{HOUR, Millis, first_id_at};

/// The demo's account.
pub const ACCOUNT: &str = "account";
/// The list of the people of its story.
pub const PEOPLE: &str = "people";
/// A list of more people.
pub const CROWD: &str = "crowd";
/// An import that made them.
pub const IMPORT: &str = "import";
/// Not a thing, but how far the demo's clock was moved, in milliseconds.
const CLOCK: &str = "clock";

const MARK: &str = "
INSERT INTO demo_item (kind, id)
VALUES ($1, $2)
ON CONFLICT (kind, id) DO NOTHING";

/// Remembers that the demo made this.
pub async fn mark(tx: &mut Tx, kind: &str, id: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(MARK).bind(kind).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const MADE: &str = "
SELECT id
FROM demo_item
WHERE kind = $1
ORDER BY id DESC
LIMIT 1";

/// What the demo made of this kind, the newest.
pub async fn made(tx: &mut Tx, kind: &str) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(MADE).bind(kind).fetch_optional(c).await)?)
}

const IS_MADE: &str = "
SELECT id
FROM demo_item
WHERE kind = $1 AND id = $2";

/// Whether the demo made this.
pub async fn is_made(tx: &mut Tx, kind: &str, id: i64) -> Result<bool, StoreError> {
    let found: Option<i64> =
        on!(tx, c => sqlx::query_scalar(IS_MADE).bind(kind).bind(id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// How far the demo's clock was moved.
pub async fn ahead(tx: &mut Tx) -> Result<Millis, StoreError> {
    Ok(made(tx, CLOCK).await?.unwrap_or(0))
}

const UNMARK: &str = "
DELETE FROM demo_item
WHERE kind = $1";

/// Remembers how far the demo's clock was moved.
pub async fn set_ahead(tx: &mut Tx, ahead: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UNMARK).bind(CLOCK).execute(c).await.map(drop))?;
    mark(tx, CLOCK, ahead).await
}

const OTHERS: &str = "
SELECT COUNT(*)
FROM account
WHERE state < $1 AND id NOT IN (SELECT id FROM demo_item WHERE kind = 'account')";

/// How many accounts there are that are not the demo's and not out of use.
pub async fn other_accounts(tx: &mut Tx) -> Result<i64, StoreError> {
    let archived = super::account::ARCHIVED;
    Ok(on!(tx, c => sqlx::query_scalar(OTHERS).bind(archived).fetch_one(c).await)?)
}

const WINDOW: &str = "
SELECT MAX(last_inbound_at)
FROM service_window
WHERE phone = $1 AND number_id IN (SELECT n.id FROM number n JOIN demo_item d ON d.id = n.account_id WHERE d.kind = 'account')";

/// When this person last wrote to a number of the demo.
pub async fn last_wrote(tx: &mut Tx, phone: &str) -> Result<Option<Millis>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(WINDOW).bind(phone).fetch_one(c).await)?)
}

const COUNT: &str = "
SELECT COUNT(*)
FROM list_entry
WHERE list_id IN (SELECT id FROM demo_item WHERE kind IN ('people', 'crowd'))";

/// How many people it made.
pub async fn people(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await)?)
}

/// A person with a phone.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PhoneRow {
    /// E.164 with `+`.
    pub phone: String,
    /// Name.
    pub name: String,
}

const PHONES: &str = "
SELECT p.phone, COALESCE(p.name, '') AS name
FROM demo_item d
JOIN list_entry e ON e.list_id = d.id
JOIN profile p ON p.id = e.profile_id
WHERE d.kind = 'people' AND p.phone IS NOT NULL
ORDER BY p.identity
LIMIT 100";

/// The people of the story, in their order.
pub async fn phones(tx: &mut Tx) -> Result<Vec<PhoneRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(PHONES).fetch_all(c).await)?)
}

const NAMES: Batch = in_texts!(
    "SELECT phone, COALESCE(name, '') AS name FROM profile WHERE phone IN",
    "ORDER BY id"
);

/// Who these phones belong to, as far as profiles tell.
pub async fn names(tx: &mut Tx, phones: &[String]) -> Result<Vec<PhoneRow>, StoreError> {
    let sql = tx.dialect().pick(&NAMES);
    Ok(on!(tx, c => sqlx::query_as(sql).bind(to_json(phones)).fetch_all(c).await)?)
}

const HAS_CAMPAIGN: &str = "
SELECT COUNT(*)
FROM campaign
WHERE account_id = $1";

/// How many campaigns the account has.
pub async fn campaigns(tx: &mut Tx, account: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(HAS_CAMPAIGN).bind(account).fetch_one(c).await)?)
}

/// The numbers of the demo's account.
macro_rules! numbers {
    () => {
        "(SELECT n.id FROM number n JOIN demo_item d ON d.id = n.account_id AND d.kind = 'account')"
    };
}

/// Its account.
macro_rules! accounts {
    () => {
        "(SELECT id FROM demo_item WHERE kind = 'account')"
    };
}

/// Its campaigns.
macro_rules! campaigns {
    () => {
        concat!("(SELECT id FROM campaign WHERE account_id IN ", accounts!(), ")")
    };
}

/// Messages that left from its numbers or came to them. $1: the first id that there can be.
macro_rules! messages {
    () => {
        concat!(
            "(SELECT id FROM message WHERE id >= $1 AND number_id IN ",
            numbers!(),
            ")"
        )
    };
}

/// Its lists.
macro_rules! lists {
    () => {
        "(SELECT id FROM demo_item WHERE kind IN ('people', 'crowd'))"
    };
}

/// The profiles that it made: real people whom somebody put on its lists stay.
macro_rules! profiles {
    ($column:literal) => {
        concat!(
            "(SELECT p.",
            $column,
            " FROM profile p JOIN list_entry e ON e.profile_id = p.id WHERE e.list_id IN ",
            lists!(),
            " AND p.identity LIKE 'demo-%')"
        )
    };
}

/// Of a table with a column `phone`: the numbers that the demo gave its people, and that nobody else has. Whoever put a real
/// number into a person of the demo keeps what was decided about it: an opt-out outlives the demo.
macro_rules! fictional {
    ($table:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE phone LIKE '+9199999%' AND phone IN ",
            profiles!("phone"),
            " AND NOT EXISTS (SELECT 1 FROM profile q WHERE q.phone = ",
            $table,
            ".phone AND q.identity NOT LIKE 'demo-%')"
        )
    };
}

const BEGUN: &str = concat!("SELECT MIN(created_at) FROM account WHERE id IN ", accounts!());

/// When the demo was begun; `None` when it is off.
pub async fn begun(tx: &mut Tx) -> Result<Option<Millis>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(BEGUN).fetch_one(c).await)?)
}

// What refers to others goes first.
const REMOVE: &[&str] = &[
    concat!("DELETE FROM click WHERE message_id IN ", messages!()),
    concat!("DELETE FROM resent WHERE message_id IN ", messages!()),
    concat!("DELETE FROM attempt WHERE message_id IN ", messages!()),
    concat!("DELETE FROM callback_message WHERE message_id IN ", messages!()),
    concat!("DELETE FROM message WHERE id >= $1 AND number_id IN ", numbers!()),
    concat!(
        "DELETE FROM callback WHERE id >= $1 AND account_id IN ",
        accounts!()
    ),
];

// The same, of what has no time.
const REMOVE_ALL: &[&str] = &[
    concat!("DELETE FROM campaign_count WHERE campaign_id IN ", campaigns!()),
    concat!("DELETE FROM campaign_series WHERE campaign_id IN ", campaigns!()),
    concat!("DELETE FROM exclusion WHERE campaign_id IN ", campaigns!()),
    concat!("DELETE FROM campaign_number WHERE campaign_id IN ", campaigns!()),
    concat!("DELETE FROM campaign_slice WHERE campaign_id IN ", campaigns!()),
    concat!("DELETE FROM campaign_ahead WHERE campaign_id IN ", campaigns!()),
    concat!("DELETE FROM campaign_label WHERE campaign_id IN ", campaigns!()),
    concat!("DELETE FROM campaign WHERE account_id IN ", accounts!()),
    concat!("DELETE FROM template WHERE account_id IN ", accounts!()),
    concat!("DELETE FROM kept_number WHERE account_id IN ", accounts!()),
    concat!("DELETE FROM account_error WHERE account_id IN ", accounts!()),
    concat!("DELETE FROM account_proof WHERE account_id IN ", accounts!()),
    concat!("DELETE FROM number_sent WHERE number_id IN ", numbers!()),
    concat!("DELETE FROM callback_refused WHERE account_id IN ", accounts!()),
    concat!("DELETE FROM service_window WHERE number_id IN ", numbers!()),
    concat!("DELETE FROM conversation WHERE last_number_id IN ", numbers!()),
    concat!("DELETE FROM number_lease WHERE number_id IN ", numbers!()),
    concat!("DELETE FROM number WHERE account_id IN ", accounts!()),
    fictional!("consent"),
    concat!(
        "DELETE FROM consent WHERE phone IS NULL AND profile_id IN ",
        profiles!("id")
    ),
    fictional!("suppression"),
    fictional!("wa_id"),
    fictional!("recent_campaign"),
    concat!("DELETE FROM profile_event WHERE profile_id IN ", profiles!("id")),
    concat!("DELETE FROM exclusion WHERE profile_id IN ", profiles!("id")),
    concat!(
        "DELETE FROM list_entry WHERE profile_id IN ",
        profiles!("id"),
        " AND list_id NOT IN ",
        lists!()
    ),
    concat!("DELETE FROM profile WHERE id IN ", profiles!("id")),
    // Names of attributes are kept for good, but not when nobody is left who could have one.
    "DELETE FROM attribute WHERE NOT EXISTS (SELECT 1 FROM profile)",
    concat!("DELETE FROM list_entry WHERE list_id IN ", lists!()),
    concat!("DELETE FROM list WHERE id IN ", lists!()),
    "DELETE FROM import_change WHERE import_id IN (SELECT id FROM demo_item WHERE kind = 'import')",
    "DELETE FROM import WHERE id IN (SELECT id FROM demo_item WHERE kind = 'import')",
    "DELETE FROM demo_crowd",
    concat!("DELETE FROM account WHERE id IN ", accounts!()),
    "DELETE FROM demo_item",
];

const REMOVE_REFS: &str = concat!(
    "DELETE FROM external_ref WHERE bucket >= $2 AND message_id IN ",
    messages!()
);

const REMOVE_LATE: &str = "
DELETE FROM callback
WHERE id >= $1 AND account_id = $2";

/// Removes callbacks that were on their way into the ledger while the demo was removed.
pub async fn remove_late(tx: &mut Tx, since: Millis, account_id: i64) -> Result<(), StoreError> {
    let first = first_id_at(since);
    on!(tx, c => sqlx::query(REMOVE_LATE).bind(first).bind(account_id).execute(c).await.map(drop))?;
    Ok(())
}

/// Removes everything that the demo made since this moment, and what came of it.
pub async fn remove(tx: &mut Tx, since: Millis) -> Result<(), StoreError> {
    let first = first_id_at(since);
    on!(tx, c => sqlx::query(REMOVE_REFS).bind(first).bind(since / HOUR).execute(c).await.map(drop))?;
    for sql in REMOVE {
        on!(tx, c => sqlx::query(*sql).bind(first).execute(c).await.map(drop))?;
    }
    for sql in REMOVE_ALL {
        on!(tx, c => sqlx::query(*sql).execute(c).await.map(drop))?;
    }
    Ok(())
}
