//! SQLite's log, made durable beside the writer instead of by it: while the disk writes what was committed, the next transaction
//! goes on, and one wait covers all that were committed before it began.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::SqlitePool;
use tokio::sync::Mutex;

use super::turn::{Lane, Turns};

/// The log of one database file, whose connections all have `synchronous = NORMAL`.
#[derive(Debug, Clone)]
pub struct LogSync(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    write: SqlitePool,
    turns: Turns,
    /// Transactions that were committed.
    committed: AtomicU64,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    log: Option<Arc<File>>,
    /// Of the committed, so many are durable.
    durable: u64,
    /// The disk refused the log, and the database does not have all of it yet.
    refused: bool,
}

impl LogSync {
    /// Of the log at this path, which SQLite makes at the first transaction.
    pub fn new(path: PathBuf, write: SqlitePool, turns: Turns) -> Self {
        Self(Arc::new(Inner {
            path,
            write,
            turns,
            committed: AtomicU64::new(0),
            state: Arc::default(),
        }))
    }

    /// Returns when a transaction that was committed before this call survives a loss of power.
    pub async fn wait(&self) -> Result<(), sqlx::Error> {
        let mine = self.0.committed.fetch_add(1, Ordering::SeqCst) + 1;
        let mut state = self.0.state.clone().lock_owned().await;
        if state.durable >= mine {
            return Ok(());
        }
        let log = self.clone();
        // Whoever waits may go away, but what the disk says must be heard: it says it once.
        let heard = tokio::spawn(async move { log.make_durable(&mut state).await }).await;
        heard.map_err(std::io::Error::from)?
    }

    async fn make_durable(&self, state: &mut State) -> Result<(), sqlx::Error> {
        let all = self.0.committed.load(Ordering::SeqCst);
        if !state.refused
            && let Err(error) = self.sync(state).await
        {
            tracing::error!(%error, "the disk did not take the log of the database; copying the log into the database");
            state.refused = true;
        }
        if state.refused {
            self.checkpoint().await?;
            state.refused = false;
        }
        state.durable = all;
        Ok(())
    }

    async fn sync(&self, state: &mut State) -> Result<(), std::io::Error> {
        let log = match &state.log {
            Some(log) => log.clone(),
            None => state.log.insert(Arc::new(File::open(&self.0.path)?)).clone(),
        };
        tokio::task::spawn_blocking(move || log.sync_data()).await?
    }

    // After a failure the kernel holds for written what it could not write, and the next sync would succeed without it.
    // Copying the log into the database writes all of it once more, to another place.
    async fn checkpoint(&self) -> Result<(), sqlx::Error> {
        let _turn = self.0.turns.take(Lane::First).await;
        let checkpoint = sqlx::query_as("PRAGMA wal_checkpoint(FULL)");
        let (busy, _, _): (i64, i64, i64) = checkpoint.fetch_one(&self.0.write).await?;
        if busy != 0 {
            return Err(sqlx::Error::Io(std::io::Error::other(
                "the log of the database is in use",
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tempfile::TempDir;

    use super::*;
    use crate::store::db::on;
    use crate::store::{Db, StoreError};

    const MADE: &str = "CREATE TABLE kept (what TEXT NOT NULL)";

    /// A database with a table, whose log cannot be made durable: nothing can be synced to this device. It is below the folder.
    async fn on_an_ill_disk() -> (TempDir, PathBuf, Db) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ill.db");
        let mut db = Db::open(path.to_str().unwrap()).await.unwrap();
        let Db::Sqlite {
            log,
            write: pool,
            turns,
            ..
        } = &mut db
        else {
            unreachable!()
        };
        *log = Some(LogSync::new("/dev/null".into(), pool.clone(), turns.clone()));
        write(&db, Lane::Bulk, MADE).await.unwrap();
        (folder, path, db)
    }

    async fn write(db: &Db, lane: Lane, sql: &'static str) -> Result<(), StoreError> {
        let mut tx = db.write_in(lane).await?;
        on!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
        tx.commit().await
    }

    /// What the file itself has, without its log.
    async fn in_the_file(path: &Path) -> Vec<String> {
        let copy = path.with_extension("copy");
        std::fs::copy(path, &copy).unwrap();
        let db = Db::open(copy.to_str().unwrap()).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let kept =
            on!(&mut tx, c => sqlx::query_scalar("SELECT what FROM kept ORDER BY what").fetch_all(c).await);
        drop(tx);
        db.close().await;
        std::fs::remove_file(&copy).unwrap();
        kept.unwrap_or_default()
    }

    #[tokio::test]
    async fn what_the_log_cannot_keep_the_file_has_before_somebody_is_told() {
        let (_folder, path, db) = on_an_ill_disk().await;
        write(&db, Lane::Bulk, "INSERT INTO kept VALUES ('bulk')")
            .await
            .unwrap();
        assert!(in_the_file(&path).await.is_empty(), "bulk does not wait");
        for (lane, kept) in [(Lane::First, 2), (Lane::Soon, 3)] {
            write(&db, lane, "INSERT INTO kept VALUES ('told')")
                .await
                .unwrap();
            assert_eq!(in_the_file(&path).await.len(), kept);
        }
    }

    #[tokio::test]
    async fn nobody_is_told_when_neither_the_log_nor_the_file_has_it() {
        let (_folder, path, db) = on_an_ill_disk().await;
        let Db::Sqlite { write: pool, .. } = &db else {
            unreachable!()
        };
        let soon = sqlx::query("PRAGMA busy_timeout = 1000");
        soon.execute(pool).await.unwrap();
        // While somebody reads an old state, the file cannot have the new one.
        let mut reader = db.read().await.unwrap();
        on!(&mut reader, c => sqlx::query("SELECT * FROM kept").execute(c).await.map(drop)).unwrap();
        for lane in [Lane::First, Lane::Soon] {
            let refused = write(&db, lane, "INSERT INTO kept VALUES ('refused')").await;
            assert!(refused.unwrap_err().is_transient());
        }
        reader.commit().await.unwrap();
        write(&db, Lane::First, "INSERT INTO kept VALUES ('told')")
            .await
            .unwrap();
        assert_eq!(in_the_file(&path).await, ["refused", "refused", "told"]);
    }

    #[tokio::test]
    async fn what_the_disk_says_is_heard_when_nobody_waits_any_more() {
        let (_folder, _, db) = on_an_ill_disk().await;
        let Db::Sqlite { log: Some(log), .. } = &db else {
            unreachable!()
        };
        let mut wait = Box::pin(log.wait());
        assert!(futures::poll!(&mut wait).is_pending());
        drop(wait);
        // Given free when the disk and the file have answered.
        let state = log.0.state.lock().await;
        assert_eq!((state.durable, state.refused), (1, false));
    }

    #[tokio::test]
    async fn one_wait_is_enough_for_all_that_were_committed_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("well.db");
        let db = Db::open(path.to_str().unwrap()).await.unwrap();
        write(&db, Lane::First, MADE).await.unwrap();
        let Db::Sqlite { log: Some(log), .. } = &db else {
            unreachable!()
        };
        let holds = log.0.state.lock().await;
        let mut waits: Vec<_> = (0..3).map(|_| Box::pin(log.wait())).collect();
        for wait in &mut waits {
            assert!(futures::poll!(wait).is_pending());
        }
        drop(holds);
        waits.remove(0).await.unwrap();
        drop(waits);
        let log = &log.0;
        assert_eq!(
            log.state.lock().await.durable,
            log.committed.load(Ordering::SeqCst)
        );
    }
}
