//! People who work in the dashboard.

use sqlx::FromRow;

use super::db::on;
use super::{StoreError, Tx};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UserRow {
    /// Id.
    pub id: i64,
    /// In small letters, unique.
    pub email: String,
    /// Name.
    pub name: String,
    /// Name of the role.
    pub role: String,
    /// Argon2id with its salt and costs.
    pub password: String,
    /// Language of the dashboard; `None`: the browser's.
    pub language: Option<String>,
    /// 1: may sign in.
    pub active: i16,
    /// Milliseconds UTC.
    pub created_at: i64,
    /// Milliseconds UTC.
    pub updated_at: i64,
    /// Milliseconds UTC.
    pub last_sign_in_at: Option<i64>,
    /// Since when a password is not enough, milliseconds UTC; `None`: it is. Only [`set_factor`] changes it.
    pub factor_since: Option<i64>,
}

/// All columns, and what comes after them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, role, password, language, active, created_at, updated_at, last_sign_in_at, \
             factor_since ",
            $rest
        )
    };
}

const ALONE: &str = "SELECT pg_advisory_xact_lock(7235714234)";

/// Waits until nobody else changes who the users are, and keeps others waiting until the transaction ends. On SQLite
/// every transaction that writes is alone already.
pub async fn alone(tx: &mut Tx) -> Result<(), StoreError> {
    if let Tx::Postgres(transaction) = tx {
        sqlx::query(ALONE).execute(&mut **transaction).await?;
    }
    Ok(())
}

const INSERT: &str = r#"
INSERT INTO "user" (id, email, name, role, password, language, active, created_at, updated_at, last_sign_in_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"#;

/// Keeps a new user.
pub async fn insert(tx: &mut Tx, row: &UserRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(INSERT)
        .bind(row.id)
        .bind(&row.email)
        .bind(&row.name)
        .bind(&row.role)
        .bind(&row.password)
        .bind(&row.language)
        .bind(row.active)
        .bind(row.created_at)
        .bind(row.updated_at)
        .bind(row.last_sign_in_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const UPDATE: &str = r#"
UPDATE "user"
SET name = $2, role = $3, password = $4, language = $5, active = $6, updated_at = $7, last_sign_in_at = $8
WHERE id = $1"#;

/// Keeps a changed user.
pub async fn update(tx: &mut Tx, row: &UserRow) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(row.id)
        .bind(&row.name)
        .bind(&row.role)
        .bind(&row.password)
        .bind(&row.language)
        .bind(row.active)
        .bind(row.updated_at)
        .bind(row.last_sign_in_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const BY_ID: &str = select!(r#"FROM "user" WHERE id = $1"#);

/// The user of this id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<UserRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, UserRow>(BY_ID).bind(id).fetch_optional(c).await)?)
}

const BY_EMAIL: &str = select!(r#"FROM "user" WHERE email = $1"#);

/// The user of this address, written in small letters.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<UserRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, UserRow>(BY_EMAIL).bind(email).fetch_optional(c).await)?)
}

const LIST: &str = select!(r#"FROM "user" ORDER BY id"#);

/// All users, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<UserRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as::<_, UserRow>(LIST).fetch_all(c).await)?)
}

const COUNT: &str = r#"
SELECT COUNT(*)
FROM "user""#;

/// How many users there are, active or not.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await)?)
}

const OTHERS: &str = r#"
SELECT COUNT(*)
FROM "user"
WHERE role = $1 AND active = 1 AND id <> $2"#;

/// How many active users beside this one have the role.
pub async fn others_in(tx: &mut Tx, role: &str, id: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OTHERS).bind(role).bind(id).fetch_one(c).await)?)
}

const SET_FACTOR: &str = r#"
UPDATE "user"
SET factor_since = $2, updated_at = $3
WHERE id = $1"#;

/// From now on a password is not enough (`Some`), or is (`None`). Apart from [`update`], so that a change of a name that
/// began before cannot take the second factor away.
pub async fn set_factor(tx: &mut Tx, id: i64, since: Option<i64>, now: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SET_FACTOR).bind(id).bind(since).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
