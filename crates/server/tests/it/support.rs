//! What tests stand on: a fresh database on each engine, and an [`App`] with a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use harkara::app::App;
use harkara::app::vault::Vault;
use harkara::clock::ManualClock;
use harkara::config::Config;
use harkara::store::consent::SuppressionRow;
use harkara::store::{Db, Tx};
use tempfile::TempDir;

/// 2026-01-05T10:00:00Z, a Monday.
pub const START: i64 = 1_767_607_200_000;

/// The engines that a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Makes one test per engine: `on_both_engines! { async fn name(t: TestApp) { ... } }`.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($t:ident) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn story($t: $crate::support::TestApp) $body
            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() { story($crate::support::TestApp::new($crate::support::Engine::Sqlite).await).await }
            $(#[$meta])*
            #[tokio::test]
            async fn postgres() { story($crate::support::TestApp::new($crate::support::Engine::Postgres).await).await }
        })*
    };
}
pub(crate) use on_both_engines;

/// An app on a fresh database, with a clock that stands still.
pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Arc<ManualClock>,
    pub folder: TempDir,
}

impl TestApp {
    pub async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::load(None).unwrap();
        config.data = folder.path().to_owned();
        config.public_url = "https://harkara.example".into();
        config.allowed_targets = vec!["127.0.0.1".into()];
        config.egress_addresses = vec!["203.0.113.7".into()];
        if engine == Engine::Postgres {
            config.database = fresh_postgres().await;
        }
        let db = Db::open(&config.database_url()).await.unwrap();
        db.migrate().await.unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let vault = Vault::open(folder.path(), None).unwrap();
        let app = App::new(db, clock.clone(), 1, vault, config);
        Self { app, clock, folder }
    }
}

impl TestApp {
    /// Another server on the same database and with the same key, with a clock of its own that shows another time.
    pub async fn beside(&self, node: u16, clock: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = self.app.config.clone();
        let db = Db::open(&config.database_url()).await.unwrap();
        config.data = folder.path().to_owned();
        let clock = Arc::new(ManualClock::at(clock));
        let vault = Vault::open(self.folder.path(), None).unwrap();
        let app = App::new(db, clock.clone(), node, vault, config);
        Self { app, clock, folder }
    }
}

/// What is kept of the suppression of a number.
pub async fn suppression(tx: &mut Tx, phone: &str) -> Option<SuppressionRow> {
    let sql = "SELECT phone, source, detail, at FROM suppression WHERE phone = $1";
    match tx {
        Tx::Sqlite(c) => sqlx::query_as(sql).bind(phone).fetch_optional(&mut **c).await,
        Tx::Postgres(c) => sqlx::query_as(sql).bind(phone).fetch_optional(&mut **c).await,
    }
    .unwrap()
}

/// A new database on the cluster that `bin/with-postgres` started; it goes with the cluster.
pub async fn fresh_postgres() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let admin = std::env::var("HARKARA_TEST_POSTGRES").expect(
        "the tests need PostgreSQL: run them as `bin/with-postgres cargo nextest run`, or use bin/test",
    );
    let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let pool = sqlx::PgPool::connect(&admin).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let (base, _) = admin.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}
