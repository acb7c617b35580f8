//! The recipients of a campaign in pages, by number: the indexes of the ledger have them in that order, whatever is wanted of
//! them, and a page looks at no more of them than a window.

use sqlx::FromRow;

use super::db::on;
use super::dialect::{Batch, batch, in_numbers};
use super::message::MessageRow;
use super::{StoreError, Tx, to_json};
use crate::clock::Millis;
use crate::domain::state::{CANCELLED, FAILED, SKIPPED, State, UNKNOWN};

/// Rows of a campaign that one page looks at.
pub const WINDOW: i64 = 50_000;

/// What is wanted of a campaign's messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// In this state; 0 for all.
    pub state: State,
    /// With a failure of this kind; empty for all.
    pub kind: String,
    /// Whose number contains these digits; empty for all.
    pub digits: String,
    /// Only those that the person answered.
    pub replied: bool,
    /// Only those that left, and that this did not become of.
    pub without: Without,
}

/// What did not become of a message that left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Without {
    /// Whatever became of it.
    #[default]
    Nothing,
    /// Nobody is known to have read it.
    Read,
    /// The person did not answer it.
    Reply,
}

impl Without {
    fn number(self) -> i64 {
        self as i64
    }
}

impl Wanted {
    fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Only what did not go the usual way: those few have an index.
    fn is_odd(&self) -> bool {
        [UNKNOWN, FAILED, SKIPPED, CANCELLED].contains(&self.state)
    }
}

// The kind of a failure, which each engine takes out of JSON in its own way.
macro_rules! fits {
    ($kind:literal) => {
        concat!(
            "($4 = 0 OR m.state = $4) AND ($5 = '' OR ",
            $kind,
            " = $5) AND ($6 = '' OR m.phone LIKE '+%' || $6 || '%') AND ($7 = 0 OR m.replied_at IS NOT NULL)
              AND ($8 <> 1 OR m.state IN (30, 40))
              AND ($8 <> 2 OR (m.state IN (30, 40, 50) AND m.replied_at IS NULL))"
        )
    };
}

macro_rules! page {
    ($from:literal, $kind:literal, $odd:literal) => {
        concat!(
            "SELECT m.* FROM (SELECT id, phone FROM message ",
            $from,
            " WHERE campaign_id = $1 AND campaign_id IS NOT NULL AND phone > $2",
            $odd,
            " ORDER BY phone LIMIT $3) AS w CROSS JOIN message m WHERE m.id = w.id AND ",
            fits!($kind),
            " ORDER BY w.phone LIMIT $9"
        )
    };
}

macro_rules! window {
    ($from:literal, $kind:literal, $odd:literal) => {
        concat!(
            "SELECT m.profile_id, w.phone, CAST(CASE WHEN ",
            fits!($kind),
            " THEN 1 ELSE 0 END AS BIGINT) FROM (SELECT id, phone FROM message ",
            $from,
            " WHERE campaign_id = $1 AND campaign_id IS NOT NULL AND phone > $2",
            $odd,
            " ORDER BY phone LIMIT $3) AS w CROSS JOIN message m WHERE m.id = w.id ORDER BY w.phone"
        )
    };
}

/// A statement over all messages of a campaign, and the same over the odd ones, which have an index: it is named, because to
/// SQLite the index of all messages looks as good.
macro_rules! all_and_odd {
    ($all:ident, $odd:ident, $build:ident) => {
        pub(super) const $all: Batch = Batch {
            sqlite: $build!("", "m.failure ->> 'kind'", ""),
            postgres: $build!("", "CAST(m.failure AS json) ->> 'kind'", ""),
        };

        pub(super) const $odd: Batch = Batch {
            sqlite: $build!(
                "INDEXED BY message_odd",
                "m.failure ->> 'kind'",
                " AND state IN (25, 35, 60, 61)"
            ),
            postgres: $build!(
                "",
                "CAST(m.failure AS json) ->> 'kind'",
                " AND state IN (25, 35, 60, 61)"
            ),
        };
    };
}

all_and_odd!(ALL, ODD, page);
all_and_odd!(WINDOW_OF_ALL, WINDOW_OF_ODD, window);

macro_rules! end {
    ($from:literal, $odd:literal) => {
        concat!(
            "SELECT phone FROM message ",
            $from,
            " WHERE campaign_id = $1 AND campaign_id IS NOT NULL AND phone > $2",
            $odd,
            " ORDER BY phone LIMIT 1 OFFSET $3"
        )
    };
}

const ALL_ENDS: Batch = Batch {
    sqlite: end!("", ""),
    postgres: end!("", ""),
};

const ODD_ENDS: Batch = Batch {
    sqlite: end!("INDEXED BY message_odd", " AND state IN (25, 35, 60, 61)"),
    postgres: end!("", " AND state IN (25, 35, 60, 61)"),
};

/// A page of a campaign's messages by number, those after a number, and where to go on when not all were looked at.
pub async fn page(
    tx: &mut Tx,
    campaign: i64,
    wanted: &Wanted,
    after: &str,
    limit: i64,
) -> Result<(Vec<MessageRow>, Option<String>), StoreError> {
    let window = if wanted.is_all() { limit } else { WINDOW.max(limit) };
    let (page, ends) = if wanted.is_odd() {
        (&ODD, &ODD_ENDS)
    } else {
        (&ALL, &ALL_ENDS)
    };
    let sql = tx.dialect().pick(page);
    let rows: Vec<MessageRow> = on!(tx, c => sqlx::query_as(sql)
        .bind(campaign).bind(after).bind(window).bind(wanted.state).bind(&wanted.kind).bind(&wanted.digits)
        .bind(i64::from(wanted.replied)).bind(wanted.without.number()).bind(limit)
        .fetch_all(c).await)?;
    if rows.len() as i64 >= limit {
        let last = rows.last().map(|row| row.phone.clone());
        return Ok((rows, last));
    }
    let sql = tx.dialect().pick(ends);
    let end = on!(tx, c => sqlx::query_scalar(sql)
        .bind(campaign).bind(after).bind(window - 1).fetch_optional(c).await)?;
    Ok((rows, end))
}

/// Somebody who was looked at: the profile unless it is gone, the number, and 1 when the message is wanted.
pub type LookedAt = (Option<i64>, String, i64);

/// The next recipients after a number, wanted or not, `limit` at most: fewer means that these are the last.
pub async fn window(
    tx: &mut Tx,
    campaign: i64,
    wanted: &Wanted,
    after: &str,
    limit: i64,
) -> Result<Vec<LookedAt>, StoreError> {
    let sql = tx.dialect().pick(if wanted.is_odd() {
        &WINDOW_OF_ODD
    } else {
        &WINDOW_OF_ALL
    });
    Ok(on!(tx, c => sqlx::query_as(sql)
        .bind(campaign).bind(after).bind(limit).bind(wanted.state).bind(&wanted.kind).bind(&wanted.digits)
        .bind(i64::from(wanted.replied)).bind(wanted.without.number())
        .fetch_all(c).await)?)
}

macro_rules! of_phones {
    ($phones:literal, $kind:literal) => {
        concat!(
            "SELECT m.* FROM message m WHERE m.campaign_id = $1 AND m.campaign_id IS NOT NULL AND m.phone > $2
              AND m.phone IN (",
            $phones,
            ") AND ",
            fits!($kind),
            " ORDER BY m.phone LIMIT $9"
        )
    };
}

const OF_PHONES: Batch = Batch {
    sqlite: of_phones!("SELECT value FROM json_each($3)", "m.failure ->> 'kind'"),
    postgres: of_phones!(
        "SELECT json_array_elements_text(CAST($3 AS json))",
        "CAST(m.failure AS json) ->> 'kind'"
    ),
};

/// The same for these numbers only.
pub async fn of_phones(
    tx: &mut Tx,
    campaign: i64,
    phones: &[String],
    wanted: &Wanted,
    after: &str,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = tx.dialect().pick(&OF_PHONES);
    Ok(on!(tx, c => sqlx::query_as(sql)
        .bind(campaign).bind(after).bind(to_json(phones)).bind(wanted.state).bind(&wanted.kind).bind(&wanted.digits)
        .bind(i64::from(wanted.replied)).bind(wanted.without.number()).bind(limit)
        .fetch_all(c).await)?)
}

const PHONES: Batch = in_numbers!("SELECT phone FROM profile WHERE phone IS NOT NULL AND id IN", "");

/// The numbers of these profiles.
pub async fn phones(tx: &mut Tx, profiles: &[i64]) -> Result<Vec<String>, StoreError> {
    let sql = tx.dialect().pick(&PHONES);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(profiles)).fetch_all(c).await)?)
}

/// A failed message that may be sent again.
#[derive(Debug, Clone, FromRow)]
pub struct Resendable {
    /// Id.
    pub id: i64,
    /// Number that sent it.
    pub number_id: i64,
    /// Profile.
    pub profile_id: Option<i64>,
    /// The person.
    pub phone: String,
    /// JSON array of placeholder values.
    pub params: Option<String>,
    /// What is recorded about the profile's consent.
    pub opt_in: Option<i16>,
}

macro_rules! resendable {
    ($what:literal, $from:literal, $kinds:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM message m ",
            $from,
            " LEFT JOIN resent r ON r.message_id = m.id
              LEFT JOIN profile p ON p.id = m.profile_id
              WHERE m.campaign_id = $2 AND m.campaign_id IS NOT NULL AND m.state IN (25, 35, 60, 61) AND m.state = 35
                AND m.phone > $3 AND m.phone LIKE '+%' AND r.message_id IS NULL AND ",
            $kinds,
            $rest
        )
    };
}

macro_rules! resendables {
    ($what:literal, $rest:literal) => {
        Batch {
            sqlite: resendable!(
                $what,
                "INDEXED BY message_odd",
                "m.failure ->> 'kind' IN (SELECT value FROM json_each($1))
                 AND (m.accepted_at IS NULL OR m.failure ->> 'kind' <> 'unavailable')",
                $rest
            ),
            postgres: resendable!(
                $what,
                "",
                "CAST(m.failure AS json) ->> 'kind' IN (SELECT json_array_elements_text(CAST($1 AS json)))
                 AND (m.accepted_at IS NULL OR CAST(m.failure AS json) ->> 'kind' <> 'unavailable')",
                $rest
            ),
        }
    };
}

pub(super) const RESENDABLE: Batch = resendables!(
    "m.id, m.number_id, m.profile_id, m.phone, m.params, p.opt_in",
    " ORDER BY m.phone LIMIT $4"
);

const RESENDABLE_COUNT: Batch = resendables!("COUNT(*)", "");

/// Failed messages of a campaign with a failure of one of these kinds that nobody sent again, by number. What the provider took
/// and then reported as unavailable is not among them: some say so of what they still try, and it may yet arrive.
pub async fn resendable(
    tx: &mut Tx,
    campaign: i64,
    kinds: &[&str],
    after: &str,
    limit: i64,
) -> Result<Vec<Resendable>, StoreError> {
    let sql = tx.dialect().pick(&RESENDABLE);
    Ok(on!(tx, c => sqlx::query_as(sql)
        .bind(to_json(kinds)).bind(campaign).bind(after).bind(limit).fetch_all(c).await)?)
}

/// How many of them there are after a number.
pub async fn count_resendable(
    tx: &mut Tx,
    campaign: i64,
    kinds: &[&str],
    after: &str,
) -> Result<i64, StoreError> {
    let sql = tx.dialect().pick(&RESENDABLE_COUNT);
    Ok(on!(tx, c => sqlx::query_scalar(sql)
        .bind(to_json(kinds)).bind(campaign).bind(after).fetch_one(c).await)?)
}

const KEEP_RESENT: Batch = batch!(
    "INSERT INTO resent (message_id, resent_as, at)
     SELECT CAST(r.value ->> 0 AS BIGINT), CAST(r.value ->> 1 AS BIGINT), $2
     FROM",
    rows,
    "WHERE true
     ON CONFLICT (message_id) DO NOTHING
     RETURNING message_id"
);

/// Keeps what is sent in place of messages: (message, its successor). Gives back those that nobody had sent again.
pub async fn keep_resent(tx: &mut Tx, rows: &[(i64, i64)], now: Millis) -> Result<Vec<i64>, StoreError> {
    let sql = tx.dialect().pick(&KEEP_RESENT);
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(to_json(rows)).bind(now).fetch_all(c).await)?)
}
