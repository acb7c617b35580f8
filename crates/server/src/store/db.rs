//! One database handle for both engines. Every store function takes a [`Tx`], so that reads see one moment and writes
//! are whole or not at all.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, Sqlite, Transaction};

use super::StoreError;
use super::checkpoint::Copier;
use super::dialect::{Dialect, MIGRATIONS};
use super::log_sync::LogSync;
use super::news::{News, Notes, Topic};
use super::turn::{Lane, Turns};
use super::watch::{Open, Watch, Watching};

/// The database: SQLite with one writer connection and a few readers, or a PostgreSQL pool.
#[derive(Clone, Debug)]
pub enum Db {
    /// A SQLite file in WAL mode.
    Sqlite {
        /// Readers.
        read: SqlitePool,
        /// The one writer.
        write: SqlitePool,
        /// The line in front of it.
        turns: Turns,
        /// What makes its transactions durable; without it they need not be, as in tests.
        log: Option<LogSync>,
        /// Where commits are told.
        news: News,
    },
    /// PostgreSQL, and where commits are told.
    Postgres(PgPool, News),
    /// Either, with somebody who decides when each transaction goes on, and whether it fails.
    Watched(Box<Self>, Arc<dyn Watch>),
}

/// A transaction on either engine. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// SQLite.
    Sqlite(Open<Sqlite>),
    /// PostgreSQL.
    Postgres(Open<Postgres>),
}

/// Pastes a statement for each engine: `on!(tx, c => sqlx::query(SQL).bind(x).execute(c).await)`.
macro_rules! on {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx {
            $crate::store::db::Tx::Sqlite(transaction) => {
                let $c = &mut **transaction;
                $body
            }
            $crate::store::db::Tx::Postgres(transaction) => {
                let $c = &mut **transaction;
                $body
            }
        }
    };
}
pub(crate) use on;

/// How a server speaks to PostgreSQL.
#[derive(Debug, Clone)]
pub struct Session {
    /// What PostgreSQL shows of its connections.
    pub name: String,
    /// Connections at most.
    pub connections: u32,
    /// How long a transaction may stand still before PostgreSQL ends it, in milliseconds: one of a frozen server must not
    /// keep what others wait for.
    pub patience_ms: i64,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            name: "harkara".into(),
            connections: 16,
            patience_ms: 60_000,
        }
    }
}

// tcp_user_timeout: neither must one whose network is gone.
const PATIENCE: &str = "
SELECT set_config('idle_in_transaction_session_timeout', $1, false), set_config('tcp_user_timeout', $1, false)";

/// How long a transaction waits for the one writer, and for a connection.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

impl Db {
    /// Opens (and makes) the SQLite file, or connects to `postgres://...`. Does not migrate.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_as(url, Session::default()).await
    }

    /// The same, when it is PostgreSQL, with sessions of this kind.
    pub async fn open_as(url: &str, session: Session) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.application_name(&session.name);
            let patience = session.patience_ms.to_string();
            let pool = PgPoolOptions::new()
                .max_connections(session.connections)
                .acquire_timeout(Duration::from_secs(10))
                .after_connect(move |connection, _| {
                    let patience = patience.clone();
                    Box::pin(async move {
                        sqlx::query(PATIENCE).bind(patience).execute(connection).await?;
                        Ok(())
                    })
                })
                .connect_with(options)
                .await?;
            return Ok(Self::Postgres(pool, News::default()));
        }
        Self::open_sqlite(Path::new(url.strip_prefix("sqlite:").unwrap_or(url))).await
    }

    async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("cache_size", "-12288")
            // For whoever works without the worker that copies the log: a long log is one that the worker cannot keep short.
            .pragma("wal_autocheckpoint", "64000")
            .pragma("temp_store", "memory")
            // Rows come from the thread of the connection: let it run ahead, each pause costs more than the row.
            .row_buffer_size(2_048)
            .statement_cache_capacity(256);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // A file does not go away as a connection does.
            .test_before_acquire(false)
            .acquire_timeout(LONGEST_WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        // All opened now and kept: opening one sets the journal mode, which waits for a running write transaction.
        let read = SqlitePoolOptions::new()
            .min_connections(4)
            .max_connections(4)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(LONGEST_WAIT)
            .connect_with(
                options
                    .clone()
                    .pragma("query_only", "1")
                    .pragma("cache_size", "-4096"),
            )
            .await?;
        let copier = Copier::new(options).await?;
        let turns = Turns::default();
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Ok(Self::Sqlite {
            log: Some(LogSync::new(log.into(), write.clone(), turns.clone(), copier)),
            read,
            write,
            turns,
            news: News::default(),
        })
    }

    /// Which engine.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres(..) => Dialect::Postgres,
            Self::Watched(db, _) => db.dialect(),
        }
    }

    /// Where commits of this process are told.
    pub fn news(&self) -> &News {
        match self {
            Self::Sqlite { news, .. } | Self::Postgres(_, news) => news,
            Self::Watched(db, _) => db.news(),
        }
    }

    /// Brings the tables up to date. Safe to run at every start, and by several nodes at once.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrations = MIGRATIONS.iter().map(|(version, name, text)| {
            let sql = self.dialect().ddl(text);
            let sql = AssertSqlSafe(sql).into_sql_str();
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        match self {
            Self::Sqlite { read, write, .. } => {
                migrator.run(write).await?;
                know_the_tables(read).await?;
            }
            Self::Postgres(pool, _) => migrator.run(pool).await?,
            Self::Watched(db, _) => Box::pin(db.migrate()).await?,
        }
        Ok(())
    }

    /// A transaction that only reads.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { read, news, .. } => Tx::Sqlite(Open::new(read.begin().await?, Notes::new(news))),
            Self::Postgres(pool, news) => Tx::Postgres(Open::new(pool.begin().await?, Notes::new(news))),
            Self::Watched(db, watch) => {
                let watching = watch.begin(false).await?;
                Box::pin(db.read()).await?.watched(watching)
            }
        })
    }

    /// A transaction that writes. On SQLite it waits its turn at the one writer.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        self.write_in(Lane::Soon).await
    }

    /// The same, more or less urgent than others that wait for the one writer.
    pub async fn write_in(&self, lane: Lane) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite {
                write,
                turns,
                log,
                news,
                ..
            } => {
                let turn = tokio::time::timeout(LONGEST_WAIT, turns.take(lane));
                let turn = turn.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
                let begun = begin_immediate(write).await?;
                let open = Open::new(begun, Notes::new(news)).in_turn(turn);
                Tx::Sqlite(match lane {
                    Lane::First | Lane::Soon => open.durable(log.clone()),
                    // What is done in bulk is written down as done in the same transaction, and can be done again: should the
                    // power fail, both are gone together. The next transaction that waits for the disk takes it along.
                    Lane::Bulk => open,
                })
            }
            Self::Postgres(pool, news) => Tx::Postgres(Open::new(pool.begin().await?, Notes::new(news))),
            Self::Watched(db, watch) => {
                let watching = watch.begin(true).await?;
                Box::pin(db.write_in(lane)).await?.watched(watching)
            }
        })
    }

    /// Does it answer?
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        on!(&mut tx, c => sqlx::query("SELECT 1").execute(c).await.map(drop))?;
        Ok(())
    }

    /// Closes all connections, after what runs has finished.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, log, .. } => {
                if let Some(log) = log {
                    log.copier().close().await;
                }
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
            Self::Watched(db, _) => Box::pin(db.close()).await,
        }
    }
}

// A reader that was opened before believes in the tables of then until a statement tells it otherwise. A `SELECT *` that was
// prepared on such a belief gets more columns than sqlx made room for.
async fn know_the_tables(read: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut readers = Vec::new();
    for _ in 0..read.options().get_max_connections() {
        let mut reader = read.acquire().await?;
        sqlx::query("SELECT COUNT(*) FROM sqlite_schema")
            .execute(&mut *reader)
            .await?;
        readers.push(reader);
    }
    Ok(())
}

/// The one transaction that writes.
pub(super) async fn begin_immediate(write: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match write.begin_with(BEGIN).await {
        // SQLite itself rolls back when the disk is full or fails, and then refuses sqlx's own ROLLBACK, so that sqlx
        // believes for ever that a transaction is open. Only a new connection helps.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            write.acquire().await?.close().await?;
            write.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

impl Tx {
    /// Which engine.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Something changed, to be told when it is durable.
    pub fn note(&mut self, topic: Topic, id: i64) {
        match self {
            Self::Sqlite(open) => open.note(topic, id),
            Self::Postgres(open) => open.note(topic, id),
        }
    }

    fn watched(self, watching: Box<dyn Watching>) -> Self {
        match self {
            Self::Sqlite(open) => Self::Sqlite(open.watched(watching)),
            Self::Postgres(open) => Self::Postgres(open.watched(watching)),
        }
    }

    /// Makes it durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
