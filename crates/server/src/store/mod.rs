//! SQL, and nothing but SQL: every statement of the product stands in this folder, one text for both engines.

pub mod account;
pub mod ahead;
pub mod api_key;
pub mod attempt;
pub mod attribute;
pub mod audience;
pub mod audit;
pub mod bench;
pub mod bulk;
pub mod callback;
pub mod callback_link;
pub mod campaign;
pub mod campaign_list;
mod checkpoint;
pub mod consent;
pub mod conversation;
pub mod correction;
pub mod db;
pub mod demo;
pub mod demo_crowd;
pub mod dialect;
pub mod erase;
pub mod factor;
pub mod file;
pub mod find;
pub mod frequency_cap;
pub mod health;
pub mod home;
pub mod idempotency;
pub mod import;
pub mod invite;
pub mod kept_number;
pub mod list;
pub mod log_sync;
pub mod merge;
pub mod message;
pub mod news;
pub mod node;
pub mod number;
#[cfg(test)]
mod plan;
pub mod profile;
pub mod recipient;
pub mod refused;
pub mod reply;
pub mod reply_draft;
pub mod retention;
pub mod retired;
pub mod rows;
pub mod said;
pub mod saved_view;
pub mod series;
pub mod session;
pub mod sign_in;
pub mod slice;
pub mod template;
pub mod template_shelf;
pub mod template_version;
pub mod timeline;
pub mod turn;
pub mod undo;
pub mod unsettled;
pub mod user;
pub mod vendor_id;
pub mod wa_id;
pub mod watch;

pub use db::{Db, Tx};

/// Storage trouble.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or is away.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("database migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not what this version understands.
    #[error("database: stored {what} cannot be read: {why}")]
    Corrupt {
        /// Which value.
        what: &'static str,
        /// Why.
        why: String,
    },
}

impl StoreError {
    /// The disk is full, the database is away or too busy: worth trying again later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(e)) => {
                // SQLite: 5 busy, 6 locked, 10 I/O, 13 full, 14 cannot open. PostgreSQL: classes 08, 40, 53, 57, 58; 25P03
                // idle in a transaction for too long, 55P03 waited for a lock for too long.
                let code = e.code().unwrap_or_default();
                let sqlite_primary = code.parse::<i64>().map(|c| c & 0xff);
                // Five characters are PostgreSQL's: some of them are numbers too, 22021 for one.
                if code.len() == 5 {
                    return ["08", "25P03", "40", "53", "55P03", "57", "58"]
                        .iter()
                        .any(|class| code.starts_with(class));
                }
                matches!(sqlite_primary, Ok(5 | 6 | 10 | 13 | 14))
            }
            Self::Database(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_)
                | sqlx::Error::Tls(_),
            ) => true,
            _ => false,
        }
    }

    /// No answer in the time that there was.
    pub fn timed_out() -> Self {
        Self::Database(sqlx::Error::PoolTimedOut)
    }

    /// A unique constraint was hit.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
}

/// Reads a stored JSON text.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt {
        what,
        why: e.to_string(),
    })
}

/// Writes a JSON text; our own types always can be.
pub(crate) fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|e| format!("{{\"unwritable\":\"{e}\"}}"))
}
