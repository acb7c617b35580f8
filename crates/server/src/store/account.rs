//! Accounts: saved provider configurations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::db::on;
use super::news::Topic::Account;
use super::{StoreError, Tx, from_json, to_json};
use crate::clock::Millis;
use crate::domain::auto_reply::{AutoReply, Rules};

/// Sends and receives.
pub const ACTIVE: i16 = 1;
/// Sending stands still until a person mends it; callbacks are still taken.
pub const HELD: i16 = 2;
/// Out of use. Callbacks of what was sent before are still taken.
pub const ARCHIVED: i16 = 3;
/// Out of use for good: its credentials and callback URLs are gone, what happened stays.
pub const DELETED: i16 = 4;

/// An account.
#[derive(Debug, Clone, FromRow)]
pub struct AccountRow {
    /// Id.
    pub id: i64,
    /// The unguessable part of its callback URLs.
    pub token: String,
    /// Id of its provider.
    pub provider: String,
    /// Name given by a person.
    pub nickname: String,
    /// JSON of the plain settings: texts by key.
    pub settings: String,
    /// JSON of the sealed secrets, see [`Sealed`].
    pub secrets: String,
    /// [`ACTIVE`], [`HELD`], [`ARCHIVED`] or [`DELETED`].
    pub state: i16,
    /// Why it is held, as a sentence.
    pub held_reason: Option<String>,
    /// Since when, milliseconds UTC.
    pub held_at: Option<i64>,
    /// Requests a second at most.
    pub requests_per_second: i64,
    /// 1: people without a profile get an answer.
    pub auto_reply: i16,
    /// That answer.
    pub auto_reply_text: String,
    /// JSON of what else it keeps to, see [`Rules`]; `None`: it is given at any time.
    pub auto_reply_rules: Option<String>,
    /// When a message last came in, milliseconds UTC.
    pub last_inbound_at: Option<i64>,
    /// When a report last came in, milliseconds UTC.
    pub last_report_at: Option<i64>,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub updated_at: i64,
}

/// A secret at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// What the vault made of it.
    pub sealed: String,
    /// When it was set; unknown of those from before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
}

impl AccountRow {
    /// The plain settings.
    pub fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        from_json("account settings", &self.settings)
    }

    /// The sealed secrets.
    pub fn secrets(&self) -> Result<BTreeMap<String, Sealed>, StoreError> {
        from_json("account secrets", &self.secrets)
    }

    /// The answer to people without a profile, with all that it keeps to.
    pub fn auto_reply(&self) -> Result<AutoReply, StoreError> {
        let rules: Rules = match &self.auto_reply_rules {
            Some(text) => from_json("account auto-reply", text)?,
            None => Rules::default(),
        };
        Ok(AutoReply::of(self.auto_reply == 1, &self.auto_reply_text, rules))
    }

    /// Keeps these settings and secrets in the row.
    pub fn keep(&mut self, settings: &BTreeMap<String, String>, secrets: &BTreeMap<String, Sealed>) {
        self.settings = to_json(settings);
        self.secrets = to_json(secrets);
    }
}

/// All columns, and what comes after them.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, token, provider, nickname, settings, secrets, state, held_reason, held_at, requests_per_second, auto_reply,
    auto_reply_text, auto_reply_rules, last_inbound_at, last_report_at, created_at, updated_at", $rest)
    };
}

const INSERT: &str = "
INSERT INTO account (
    id, token, provider, nickname, settings, secrets, state, requests_per_second, auto_reply, auto_reply_text,
    auto_reply_rules, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// Keeps a new account.
pub async fn insert(tx: &mut Tx, row: &AccountRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(&row.token)
        .bind(&row.provider)
        .bind(&row.nickname)
        .bind(&row.settings)
        .bind(&row.secrets)
        .bind(row.state)
        .bind(row.requests_per_second)
        .bind(row.auto_reply)
        .bind(&row.auto_reply_text)
        .bind(&row.auto_reply_rules)
        .bind(row.created_at)
        .bind(row.updated_at)
        .execute(c).await.map(drop))?;
    tx.note(Account, row.id);
    Ok(())
}

const UPDATE: &str = "
UPDATE account
SET nickname = $2,
    settings = $3,
    secrets = $4,
    requests_per_second = $5,
    auto_reply = $6,
    auto_reply_text = $7,
    auto_reply_rules = $8,
    updated_at = $9
WHERE id = $1";

/// Keeps what a person changed.
pub async fn update(tx: &mut Tx, row: &AccountRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(row.id)
        .bind(&row.nickname)
        .bind(&row.settings)
        .bind(&row.secrets)
        .bind(row.requests_per_second)
        .bind(row.auto_reply)
        .bind(&row.auto_reply_text)
        .bind(&row.auto_reply_rules)
        .bind(row.updated_at)
        .execute(c).await.map(drop))?;
    tx.note(Account, row.id);
    Ok(())
}

const BY_ID: &str = select!(
    "
FROM account
WHERE id = $1"
);

/// The account of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<AccountRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, AccountRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const BY_TOKEN: &str = select!(
    "
FROM account
WHERE token = $1 AND state <> 4"
);

/// The account that callbacks with this token are for, in whatever state it is, unless it was deleted.
pub async fn by_token(tx: &mut Tx, token: &str) -> Result<Option<AccountRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, AccountRow>(BY_TOKEN).bind(token).fetch_optional(c).await)?)
}

const TOKEN_IS_KNOWN: &str = "
SELECT COUNT(*)
FROM account
WHERE token = $1";

/// Has, or had, any account this token?
pub async fn token_is_known(tx: &mut Tx, token: &str) -> Result<bool, StoreError> {
    let n: i64 = on!(tx, c => sqlx::query_scalar(TOKEN_IS_KNOWN).bind(token).fetch_one(c).await)?;
    Ok(n > 0)
}

const BY_NICKNAME: &str = select!(
    "
FROM account
WHERE nickname = $1"
);

/// The account of this nickname.
pub async fn by_nickname(tx: &mut Tx, nickname: &str) -> Result<Option<AccountRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, AccountRow>(BY_NICKNAME).bind(nickname).fetch_optional(c).await)?)
}

const LIST: &str = select!(
    "
FROM account
WHERE id < $1 AND state <> 4
ORDER BY id DESC
LIMIT $2"
);

/// A page of accounts below the id `before`, newest first, without those that were deleted.
pub async fn list(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<AccountRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, AccountRow>(LIST).bind(before).bind(limit).fetch_all(c).await)?)
}

const HOLD: &str = "
UPDATE account
SET state = 2,
    held_reason = $2,
    held_at = $3,
    updated_at = $3
WHERE id = $1 AND state = 1 AND updated_at <= $4";

/// Holds an active account. False when it was not active: then the first reason stays; or when it was changed after
/// `version`: then the reason is about settings of the past.
pub async fn hold(
    tx: &mut Tx,
    id: i64,
    reason: &str,
    version: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(HOLD).bind(id).bind(reason).bind(now).bind(version)
        .execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Account, id);
    Ok(rows == 1)
}

const RELEASE: &str = "
UPDATE account
SET state = 1,
    held_reason = NULL,
    held_at = NULL,
    updated_at = $2
WHERE id = $1 AND state = 2";

/// Lets a held account send again. False when it was not held.
pub async fn release(tx: &mut Tx, id: i64, now: Millis) -> Result<bool, StoreError> {
    let rows =
        on!(tx, c => sqlx::query(RELEASE).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Account, id);
    Ok(rows == 1)
}

const ARCHIVE: &str = "
UPDATE account
SET state = 3,
    nickname = $2,
    updated_at = $3
WHERE id = $1 AND state < 3";

/// Takes an account out of use; `nickname` frees its old one. False when it was out of use before.
pub async fn archive(tx: &mut Tx, id: i64, nickname: &str, now: Millis) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(ARCHIVE).bind(id).bind(nickname).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    tx.note(Account, id);
    Ok(rows == 1)
}

const SAW_INBOUND: &str = "
UPDATE account
SET last_inbound_at = $2
WHERE id = $1 AND (last_inbound_at IS NULL OR last_inbound_at < $2)";

/// Notes that a message came in.
pub async fn saw_inbound(tx: &mut Tx, id: i64, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SAW_INBOUND).bind(id).bind(at).execute(c).await.map(drop))?;
    tx.note(Account, id);
    Ok(())
}

const SAW_REPORT: &str = "
UPDATE account
SET last_report_at = $2
WHERE id = $1 AND (last_report_at IS NULL OR last_report_at < $2)";

/// Notes that a report came in.
pub async fn saw_report(tx: &mut Tx, id: i64, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SAW_REPORT).bind(id).bind(at).execute(c).await.map(drop))?;
    tx.note(Account, id);
    Ok(())
}
