//! SQLite's log, made durable beside the writer instead of by it: while the disk writes what was committed, the next transaction
//! goes on, and one wait covers all that were committed before it began.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::SqlitePool;
use tokio::sync::Mutex;

use super::checkpoint::Copier;
use super::db::begin_immediate;
use super::turn::{Lane, Turn, Turns};

/// The log of one database file, whose connections all have `synchronous = NORMAL`.
#[derive(Debug, Clone)]
pub struct LogSync(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    write: SqlitePool,
    turns: Turns,
    copier: Copier,
    /// Transactions that were committed.
    committed: AtomicU64,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    log: Option<Arc<File>>,
    /// Of the committed, so many are durable.
    durable: u64,
    /// The disk refused some of the log, and it was not written again yet.
    refused: bool,
}

impl LogSync {
    /// Of the log at this path, which SQLite makes at the first transaction.
    pub(super) fn new(path: PathBuf, write: SqlitePool, turns: Turns, copier: Copier) -> Self {
        Self(Arc::new(Inner {
            path,
            write,
            turns,
            copier,
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
        heard.map_err(io::Error::from)?
    }

    pub(super) fn copier(&self) -> &Copier {
        &self.0.copier
    }

    pub(super) async fn turn(&self, lane: Lane) -> Turn {
        self.0.turns.take(lane).await
    }

    /// From now on the log counts as refused by the disk.
    pub(super) async fn doubt(&self) {
        self.0.state.lock().await.refused = true;
    }

    /// Writes a log again that the disk refused.
    pub(super) async fn heal(&self) -> Result<(), sqlx::Error> {
        let mut state = self.0.state.clone().lock_owned().await;
        if !state.refused {
            return Ok(());
        }
        let log = self.clone();
        let healed = tokio::spawn(async move { log.make_durable(&mut state).await }).await;
        healed.map_err(io::Error::from)?
    }

    async fn make_durable(&self, state: &mut State) -> Result<(), sqlx::Error> {
        let all = self.0.committed.load(Ordering::SeqCst);
        if !state.refused
            && let Err(error) = self.sync(state).await
        {
            tracing::error!(%error, "the disk did not take the log of the database; writing it again");
            state.refused = true;
        }
        if state.refused {
            self.write_again().await?;
            state.refused = false;
        }
        state.durable = all;
        Ok(())
    }

    async fn sync(&self, state: &mut State) -> Result<(), io::Error> {
        let log = match &state.log {
            Some(log) => log.clone(),
            None => state.log.insert(Arc::new(File::open(&self.0.path)?)).clone(),
        };
        tokio::task::spawn_blocking(move || log.sync_data()).await?
    }

    // After a failure the kernel holds for written what it could not write, and the next sync would succeed without it. So all that
    // it shows is written to the same places, while nobody else writes. To copy the log into the database instead is not enough: on
    // the disk there may be a hole in the log, and what stands before it is older than the database, but SQLite would believe it.
    async fn write_again(&self) -> Result<(), sqlx::Error> {
        let _turn = self.0.turns.take(Lane::First).await;
        let nobody_else = begin_immediate(&self.0.write).await?;
        let path = self.0.path.clone();
        let written = tokio::task::spawn_blocking(move || rewrite(&path)).await;
        nobody_else.rollback().await?;
        Ok(written.map_err(io::Error::from)??)
    }
}

/// Writes what stands in a file into it once more, and waits for the disk.
fn rewrite(path: &Path) -> io::Result<()> {
    let file = File::options().read(true).write(true).open(path)?;
    let (mut part, mut at) = (vec![0; 256 << 10], 0);
    loop {
        let read = file.read_at(&mut part, at)?;
        if read == 0 {
            return file.sync_data();
        }
        file.write_all_at(&part[..read], at)?;
        at += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::store::db::on;
    use crate::store::{Db, StoreError};

    const MADE: &str = "CREATE TABLE kept (what TEXT NOT NULL)";

    /// A database with a table, whose log cannot be made durable: nothing can be synced to this device.
    async fn on_an_ill_disk() -> (TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let mut db = Db::open(folder.path().join("ill.db").to_str().unwrap())
            .await
            .unwrap();
        let log_path = folder.path().join("log");
        std::os::unix::fs::symlink("/dev/null", &log_path).unwrap();
        let Db::Sqlite {
            log,
            write: pool,
            turns,
            ..
        } = &mut db
        else {
            unreachable!()
        };
        let copier = log.as_ref().unwrap().copier().clone();
        *log = Some(LogSync::new(log_path, pool.clone(), turns.clone(), copier));
        write(&db, Lane::Bulk, MADE).await.unwrap();
        (folder, db)
    }

    async fn write(db: &Db, lane: Lane, sql: &'static str) -> Result<(), StoreError> {
        let mut tx = db.write_in(lane).await?;
        on!(&mut tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
        tx.commit().await
    }

    #[tokio::test]
    async fn nobody_is_told_until_a_log_that_was_refused_is_written_again() {
        let (folder, db) = on_an_ill_disk().await;
        write(&db, Lane::Bulk, "INSERT INTO kept VALUES ('bulk')")
            .await
            .expect("bulk does not wait");
        for lane in [Lane::First, Lane::Soon] {
            let refused = write(&db, lane, "INSERT INTO kept VALUES ('refused')").await;
            assert!(refused.unwrap_err().is_transient());
        }
        // The disk is well.
        std::fs::remove_file(folder.path().join("log")).unwrap();
        std::os::unix::fs::symlink("ill.db-wal", folder.path().join("log")).unwrap();
        write(&db, Lane::First, "INSERT INTO kept VALUES ('told')")
            .await
            .unwrap();
        let mut tx = db.read().await.unwrap();
        let kept: Vec<String> =
            on!(&mut tx, c => sqlx::query_scalar("SELECT what FROM kept").fetch_all(c).await).unwrap();
        assert_eq!(kept, ["bulk", "refused", "refused", "told"]);
    }

    #[tokio::test]
    async fn nobody_writes_while_the_log_is_written_again() {
        let (_folder, db) = on_an_ill_disk().await;
        let Db::Sqlite { log: Some(log), .. } = &db else {
            unreachable!()
        };
        let writing = db.write().await.unwrap();
        let mut again = Box::pin(log.write_again());
        assert!(futures::poll!(&mut again).is_pending());
        drop(writing);
        again.await.unwrap_err();
        write(&db, Lane::Bulk, "INSERT INTO kept VALUES ('after')")
            .await
            .unwrap();
    }

    #[test]
    fn a_file_that_is_written_again_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let text: Vec<u8> = (0..600_000_u32).map(|n| n as u8).collect();
        std::fs::write(&path, &text).unwrap();
        rewrite(&path).unwrap();
        assert!(std::fs::read(&path).unwrap() == text);
    }

    #[tokio::test]
    async fn what_the_disk_says_is_heard_when_nobody_waits_any_more() {
        let (_folder, db) = on_an_ill_disk().await;
        let Db::Sqlite { log: Some(log), .. } = &db else {
            unreachable!()
        };
        let mut wait = Box::pin(log.wait());
        assert!(futures::poll!(&mut wait).is_pending());
        drop(wait);
        // Given free when the disk has answered.
        let state = log.0.state.lock().await;
        assert_eq!((state.durable, state.refused), (0, true));
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
