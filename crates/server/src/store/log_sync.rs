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
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    log: Option<Arc<File>>,
    /// Of the committed, so many are durable.
    durable: u64,
    /// The disk refused the log once.
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
            state: Mutex::default(),
        }))
    }

    /// Returns when a transaction that was committed before this call survives a loss of power.
    pub async fn wait(&self) -> Result<(), sqlx::Error> {
        let Inner { committed, state, .. } = &*self.0;
        let mine = committed.fetch_add(1, Ordering::SeqCst) + 1;
        let mut state = state.lock().await;
        if state.durable >= mine {
            return Ok(());
        }
        let all = committed.load(Ordering::SeqCst);
        if state.refused {
            self.checkpoint().await?;
        } else {
            let synced = self.sync(&mut state).await;
            state.refused = synced.is_err();
            synced?;
        }
        state.refused = false;
        state.durable = all;
        Ok(())
    }

    async fn sync(&self, state: &mut State) -> Result<(), sqlx::Error> {
        let log = match &state.log {
            Some(log) => log.clone(),
            None => state.log.insert(Arc::new(File::open(&self.0.path)?)).clone(),
        };
        let synced = tokio::task::spawn_blocking(move || log.sync_data()).await;
        Ok(synced.map_err(std::io::Error::from)??)
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

    use super::*;
    use crate::store::db::on;
    use crate::store::{Db, StoreError};

    const MADE: &str = "CREATE TABLE kept (what TEXT NOT NULL)";

    /// A database whose log cannot be made durable: nothing can be synced to this device.
    async fn on_an_ill_disk(path: &Path) -> Db {
        match Db::open(path.to_str().unwrap()).await.unwrap() {
            Db::Sqlite {
                read,
                write,
                turns,
                news,
                ..
            } => Db::Sqlite {
                log: Some(LogSync::new("/dev/null".into(), write.clone(), turns.clone())),
                read,
                write,
                turns,
                news,
            },
            _ => unreachable!(),
        }
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
    async fn nobody_is_told_that_something_is_durable_when_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ill.db");
        let db = on_an_ill_disk(&path).await;
        write(&db, Lane::Bulk, MADE).await.unwrap();
        for lane in [Lane::First, Lane::Soon] {
            let refused = write(&db, lane, "INSERT INTO kept VALUES ('refused')").await;
            assert!(refused.unwrap_err().is_transient());
            assert!(in_the_file(&path).await.is_empty());
            // The next one does not believe the log, and puts everything into the file.
            write(&db, lane, "INSERT INTO kept VALUES ('told')")
                .await
                .unwrap();
            assert_eq!(in_the_file(&path).await, ["refused", "told"]);
            write(&db, Lane::Bulk, "DELETE FROM kept").await.unwrap();
            let refused = write(&db, lane, "INSERT INTO kept VALUES ('again')").await;
            assert!(refused.is_err(), "the log is tried again");
            write(&db, lane, "DELETE FROM kept").await.unwrap();
        }
    }

    #[tokio::test]
    async fn while_somebody_reads_an_old_state_the_file_is_not_believed_to_have_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ill.db");
        let db = on_an_ill_disk(&path).await;
        write(&db, Lane::Bulk, MADE).await.unwrap();
        let Db::Sqlite { write: pool, .. } = &db else {
            unreachable!()
        };
        sqlx::query("PRAGMA busy_timeout = 0")
            .execute(pool)
            .await
            .unwrap();
        let mut reader = db.read().await.unwrap();
        on!(&mut reader, c => sqlx::query("SELECT * FROM kept").execute(c).await.map(drop)).unwrap();
        for _ in 0..2 {
            let refused = write(&db, Lane::First, "INSERT INTO kept VALUES ('refused')").await;
            assert!(refused.unwrap_err().is_transient());
        }
        drop(reader);
        // A rollback is told to SQLite behind the scenes.
        db.read().await.unwrap();
        write(&db, Lane::First, "INSERT INTO kept VALUES ('told')")
            .await
            .unwrap();
        assert_eq!(in_the_file(&path).await, ["refused", "refused", "told"]);
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
