//! SQLite's log, copied into the database beside the writer instead of by it: left to SQLite, a transaction in a hundred copies
//! thousands of pages before it is done.

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
}

impl Copier {
    /// Of the file of these options.
    pub(super) async fn new(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let own = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.pragma("cache_size", "-64"))
            .await?;
        Ok(Self { own })
    }

    /// Pages of the log that the database does not have. SQLite is asked: who opens its files beside it and closes them takes
    /// its locks away.
    async fn pages(&self) -> Result<i64, sqlx::Error> {
        self.left("PRAGMA wal_checkpoint(NOOP)").await
    }

    /// Copies what nobody prevents. Answers how many pages of the log are left.
    async fn copy(&self) -> Result<i64, sqlx::Error> {
        self.left("PRAGMA wal_checkpoint(PASSIVE)").await
    }

    async fn left(&self, checkpoint: &'static str) -> Result<i64, sqlx::Error> {
        let checkpoint = sqlx::query_as(checkpoint);
        let (_, written, copied): (i64, i64, i64) = checkpoint.fetch_one(&self.own).await?;
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
        if copier.pages().await? < i64::from(pages) {
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
    use std::path::Path;
    use std::process::Command;

    use rustix::process::{Flock, FlockType};
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
        assert!(log(&db).copier().pages().await.unwrap() > i64::from(MANY));
        let file = folder.path().join("long.db");
        let before = file.metadata().unwrap().len();
        // The last part waits for whoever writes; the most does not.
        let writing = db.write().await.unwrap();
        let mut shorten = Box::pin(db.shorten_log(MANY));
        while file.metadata().unwrap().len() < before + 29_000_000 {
            assert!(futures::poll!(&mut shorten).is_pending());
            tokio::task::yield_now().await;
        }
        writing.commit().await.unwrap();
        assert!(shorten.await.unwrap());
        assert!(!db.shorten_log(MANY).await.unwrap(), "there is nothing left");
        let long = folder.path().join("long.db-wal").metadata().unwrap().len();
        execute(&db, "INSERT INTO kept VALUES (zeroblob(5000))").await;
        assert!(log(&db).copier().pages().await.unwrap() < 10);
        assert_eq!(
            folder.path().join("long.db-wal").metadata().unwrap().len(),
            long,
            "over the old pages"
        );
        db.close().await;
    }

    /// The variable in which the test below gets its file.
    const FILE: &str = "HARKARA_TEST_LOCKED_FILE";

    /// Whether another process is kept out of a part of this file: who holds a lock does not see it.
    fn is_locked(path: &Path) -> bool {
        let answer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture"])
            .arg("store::checkpoint::tests::what_another_process_sees_of_a_lock")
            .env(FILE, path)
            .output()
            .unwrap();
        let said = String::from_utf8(answer.stdout).unwrap();
        assert!(answer.status.success(), "{said}");
        said.contains("it is locked")
    }

    #[test]
    #[ignore = "is run by the test below, as a process of its own"]
    fn what_another_process_sees_of_a_lock() {
        let file = std::env::var_os(FILE).unwrap();
        let file = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(file)
            .unwrap();
        let whole = Flock::from(FlockType::WriteLock);
        if rustix::process::fcntl_getlk(&file, &whole).unwrap().is_some() {
            println!("it is locked");
        }
    }

    #[tokio::test]
    async fn sqlite_keeps_its_locks_while_the_log_is_looked_at_and_copied() {
        let (folder, db) = with(2_000).await;
        let shared = folder.path().join("long.db-shm");
        assert!(is_locked(&shared));
        assert!(!db.shorten_log(MANY).await.unwrap());
        assert!(is_locked(&shared));
        assert!(db.shorten_log(1).await.unwrap());
        db.write().await.unwrap().commit().await.unwrap();
        assert!(
            is_locked(&shared),
            "another process would begin the index of the log anew"
        );
        assert!(is_locked(&folder.path().join("long.db")));
    }

    #[tokio::test]
    async fn a_short_log_is_left_alone() {
        let (_folder, db) = with(2_000).await;
        let pages = log(&db).copier().pages().await.unwrap();
        assert!(pages > 400 && pages < i64::from(MANY), "{pages}");
        assert!(!db.shorten_log(MANY).await.unwrap());
        assert_eq!(log(&db).copier().pages().await.unwrap(), pages);
    }

    #[tokio::test]
    async fn a_log_that_the_disk_refused_is_written_again_before_anything_is_copied() {
        let (folder, db) = with(30_000).await;
        log(&db).doubt().await;
        let hidden = folder.path().join("hidden");
        let wal = folder.path().join("long.db-wal");
        std::fs::rename(&wal, &hidden).unwrap();
        let pages = log(&db).copier().pages().await.unwrap();
        db.shorten_log(MANY).await.unwrap_err();
        assert_eq!(
            log(&db).copier().pages().await.unwrap(),
            pages,
            "it cannot be written"
        );
        std::fs::rename(&hidden, &wal).unwrap();
        assert!(db.shorten_log(MANY).await.unwrap());
        assert_eq!(log(&db).copier().pages().await.unwrap(), 0);
    }
}
