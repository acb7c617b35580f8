//! SQLite's log, copied into the database beside the writer instead of by it: left to SQLite, a transaction in a hundred copies
//! thousands of pages before it is done.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::Db;
use super::StoreError;
use super::log_sync::LogSync;
use super::turn::Lane;

/// Pages that may be left for the moment in which nobody writes.
const FEW: i64 = 500;
/// Copies beside the writer, in each of which it adds less than in the one before.
const COPIES: usize = 3;

/// Of one database file.
#[derive(Debug, Clone)]
pub(super) struct Copier {
    own: SqlitePool,
    index: PathBuf,
}

impl Copier {
    /// Of the file at this path.
    pub(super) async fn new(path: &Path, options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let own = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.pragma("cache_size", "-64"))
            .await?;
        let mut index = path.as_os_str().to_owned();
        index.push("-shm");
        Ok(Self {
            own,
            index: index.into(),
        })
    }

    /// Pages of the log that the database does not have, as the index of the log says: its format is documented at
    /// <https://www.sqlite.org/walformat.html>. It is made with the first transaction.
    fn pages(&self) -> io::Result<u32> {
        let file = match File::open(&self.index) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            file => file?,
        };
        let at = |place| {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, place)?;
            io::Result::Ok(u32::from_ne_bytes(bytes))
        };
        let (written, copied) = (at(16)?, at(96)?);
        Ok(written.saturating_sub(copied))
    }

    /// Copies what nobody prevents. Answers how many pages of the log are left.
    async fn copy(&self) -> Result<i64, sqlx::Error> {
        let copy = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)");
        let (_, written, copied): (i64, i64, i64) = copy.fetch_one(&self.own).await?;
        Ok(written - copied)
    }

    pub(super) async fn close(&self) {
        self.own.close().await;
    }
}

impl LogSync {
    /// Copies the log into the database when it has so many pages. Answers whether it had.
    async fn shorten(&self, pages: u32) -> Result<bool, sqlx::Error> {
        let copier = self.copier();
        if copier.pages()? < pages {
            return Ok(false);
        }
        // Of a log with a hole nothing may be copied: after a loss of power SQLite would read older pages over newer ones.
        self.heal().await?;
        let copied = async {
            for _ in 0..COPIES {
                if copier.copy().await? < FEW {
                    break;
                }
            }
            // With nobody writing all of it is copied, and the next transaction begins the log anew.
            let _turn = self.turn(Lane::First).await;
            copier.copy().await
        };
        let copied = copied.await;
        if copied.is_err() {
            // The disk may have refused the log, and says so once.
            self.doubt().await;
        }
        copied.map(|_| true)
    }
}

impl Db {
    /// Copies SQLite's log into the database when it has so many pages that are not in there, beside everything else. Answers
    /// whether it had.
    pub async fn shorten_log(&self, pages: u32) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite { log: Some(log), .. } => Ok(log.shorten(pages).await?),
            Self::Sqlite { .. } | Self::Postgres(..) => Ok(false),
            Self::Watched(db, _) => Box::pin(db.shorten_log(pages)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::store::db::on;

    const MANY: u32 = 4_000;

    /// A database with a table and this many kilobytes in it.
    async fn with(kilobytes: u32) -> (TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.db");
        let db = Db::open(path.to_str().unwrap()).await.unwrap();
        execute(&db, "CREATE TABLE kept (what BLOB NOT NULL)").await;
        for _ in 0..kilobytes / 1_000 {
            execute(&db, "INSERT INTO kept VALUES (zeroblob(1000000))").await;
        }
        (folder, db)
    }

    async fn execute(db: &Db, sql: &'static str) {
        let mut tx = db.write_in(Lane::Bulk).await.unwrap();
        on!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
    }

    fn log(db: &Db) -> &LogSync {
        match db {
            Db::Sqlite { log: Some(log), .. } => log,
            _ => unreachable!(),
        }
    }

    #[tokio::test]
    async fn a_long_log_is_copied_beside_a_transaction_and_begins_anew() {
        let (folder, db) = with(30_000).await;
        assert!(log(&db).copier().pages().unwrap() > MANY);
        let file = folder.path().join("long.db");
        let before = file.metadata().unwrap().len();
        // The last part waits for whoever writes; the most does not.
        let writing = db.write().await.unwrap();
        let mut shorten = Box::pin(db.shorten_log(MANY));
        while log(&db).copier().pages().unwrap() > 0 {
            assert!(futures::poll!(&mut shorten).is_pending());
            tokio::task::yield_now().await;
        }
        assert!(file.metadata().unwrap().len() > before + 29_000_000);
        writing.commit().await.unwrap();
        assert!(shorten.await.unwrap());
        assert!(!db.shorten_log(MANY).await.unwrap(), "there is nothing left");
        let long = folder.path().join("long.db-wal").metadata().unwrap().len();
        execute(&db, "INSERT INTO kept VALUES (zeroblob(5000))").await;
        assert!(log(&db).copier().pages().unwrap() < 10);
        assert_eq!(
            folder.path().join("long.db-wal").metadata().unwrap().len(),
            long,
            "over the old pages"
        );
        db.close().await;
    }

    #[tokio::test]
    async fn a_short_log_is_left_alone() {
        let (_folder, db) = with(2_000).await;
        let pages = log(&db).copier().pages().unwrap();
        assert!(pages > 400 && pages < MANY, "{pages}");
        assert!(!db.shorten_log(MANY).await.unwrap());
        assert_eq!(log(&db).copier().pages().unwrap(), pages);
    }

    #[tokio::test]
    async fn a_log_that_the_disk_refused_is_written_again_before_anything_is_copied() {
        let (folder, db) = with(30_000).await;
        log(&db).doubt().await;
        let hidden = folder.path().join("hidden");
        let wal = folder.path().join("long.db-wal");
        std::fs::rename(&wal, &hidden).unwrap();
        let pages = log(&db).copier().pages().unwrap();
        db.shorten_log(MANY).await.unwrap_err();
        assert_eq!(log(&db).copier().pages().unwrap(), pages, "it cannot be written");
        std::fs::rename(&hidden, &wal).unwrap();
        assert!(db.shorten_log(MANY).await.unwrap());
        assert_eq!(log(&db).copier().pages().unwrap(), 0);
    }
}
