//! The business of every story: made once, copied for each seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::Duration;

use harkara::app::lease::Identity;
use harkara::app::vault::Vault;
use harkara::app::{App, account};
use harkara::config::Config;
use harkara::engine::{Engine, Guard};
use harkara::store::news::News;
use harkara::store::node::About;
use harkara::store::number::NumberRow;
use harkara::store::profile::ProfileRow;
use harkara::store::template::TemplateRow;
use harkara::store::turn::Turns;
use harkara::store::{self, Db, Tx};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tempfile::TempDir;

use crate::desk::{Desk, Seat};
use crate::gateway::{Gateway, Line};
use crate::time::{START, SimClock};

/// Gateway users: of the first account for templates and for answers, then of the second.
pub const USERS: [&str; 4] = ["2000000001", "2000000002", "2000000003", "2000000004"];
/// Numbers: two of the first account, one of the second.
pub const NUMBERS: [&str; 3] = ["+919999900001", "+919999900002", "+919999900003"];
/// Profiles.
pub const PEOPLE: i64 = 26;

/// What the copies share.
pub struct Template {
    pub bytes: Vec<u8>,
    pub folder: TempDir,
    pub accounts: [i64; 2],
    pub numbers: [i64; 3],
    pub templates: [i64; 2],
    pub engine: Engine,
    pub config: Config,
}

/// The number of person `i`.
pub fn phone(i: i64) -> String {
    format!("+9199999{i:05}")
}

/// A folder in memory where there is one: nothing here has to outlive the process.
pub fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(folder) = tempfile::tempdir_in(memory)
    {
        return folder;
    }
    tempfile::tempdir().unwrap()
}

/// Made at the first call.
pub fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(make())
    })
}

async fn open(path: PathBuf) -> Db {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(true)
        .statement_cache_capacity(256);
    let pool = |most| {
        SqlitePoolOptions::new()
            .max_connections(most)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    Db::Sqlite {
        write: pool(1).connect_with(options.clone()).await.unwrap(),
        read: pool(2).connect_with(options).await.unwrap(),
        turns: Turns::default(),
        log: None,
        news: News::default(),
    }
}

async fn make() -> Template {
    let folder = scratch();
    let path = folder.path().join("template.db");
    let db = open(path.clone()).await;
    db.migrate().await.unwrap();
    let mut config = Config::load(None).unwrap();
    config.data = folder.path().to_owned();
    config.public_url = "https://harkara.example".into();
    let vault = Vault::open(folder.path(), None).unwrap();
    let engine = Engine::new(Duration::from_secs(30), Guard::default());
    let clock = Arc::new(SimClock::default());
    let app = App::with_engine(db, clock, 1, vault, config.clone(), engine.clone());
    let mut tx = app.db.write().await.unwrap();
    let mut accounts = Vec::new();
    for n in 0..2 {
        let base = "https://gateway.example/GatewayAPI/rest";
        let given = json!({
            "nickname": format!("Shop {n}"), "number": NUMBERS[n * 2],
            "hsm_user_id": USERS[n * 2], "hsm_password": "secret", "two_way_user_id": USERS[n * 2 + 1],
            "two_way_password": "secret", "base_url": base, "template_base_url": base, "requests_per_second": 50,
            "auto_reply": (n == 1).to_string(), "auto_reply_text": "We will answer soon.",
        });
        let id = account::create(&app, &mut tx, "gupshup-enterprise", given.as_object().unwrap())
            .await
            .unwrap();
        accounts.push(id);
    }
    let second = NumberRow {
        id: app.id(),
        account_id: accounts[0],
        phone: NUMBERS[1].into(),
        is_default: 0,
        messages_per_second: 10,
        created_at: START,
    };
    store::number::insert(&mut tx, &second).await.unwrap();
    let mut numbers = Vec::new();
    for account in &accounts {
        let mut own = store::number::of_account(&mut tx, *account).await.unwrap();
        own.sort_by_key(|n| n.phone.clone());
        numbers.extend(own.iter().map(|n| n.id));
    }
    let mut templates = Vec::new();
    for account in &accounts {
        templates.push(welcome(&app, &mut tx, *account).await);
    }
    let people: Vec<ProfileRow> = (1..=PEOPLE).map(|i| person(&app, i)).collect();
    store::profile::insert_many(&mut tx, &people).await.unwrap();
    tx.commit().await.unwrap();
    crate::check::watch(&app.db).await;
    app.db.close().await;
    Template {
        bytes: std::fs::read(path).unwrap(),
        folder,
        accounts: accounts.try_into().unwrap(),
        numbers: numbers.try_into().unwrap(),
        templates: templates.try_into().unwrap(),
        engine,
        config,
    }
}

async fn welcome(app: &App, tx: &mut Tx, account: i64) -> i64 {
    let row = TemplateRow {
        id: app.id(),
        account_id: account,
        name: "welcome_offer".into(),
        language: "en".into(),
        category: "marketing".into(),
        status: "approved".into(),
        status_detail: None,
        addressing: "text".into(),
        provider_template_id: None,
        content: json!({"body": "Hello {{1}}, your offer from {{2}} is ready."}).to_string(),
        mapping: json!({"body": [
            {"from": "attribute", "name": "name", "default": "friend"},
            {"from": "attribute", "name": "city", "default": "your city"},
        ]})
        .to_string(),
        quality: None,
        held: harkara::store::template::Held::default(),
        shelf: harkara::store::template::Shelf::default(),
        created_at: START,
        updated_at: START,
    };
    store::template::insert(tx, &row).await.unwrap();
    row.id
}

/// Most people can be written to. Some share a number, have none, did not opt in, or lack a value.
pub fn person(app: &App, i: i64) -> ProfileRow {
    let attributes = match i % 13 {
        4 => json!({}),
        n if n % 2 == 0 => json!({"city": "Pune"}),
        _ => json!({"city": "Delhi"}),
    };
    ProfileRow {
        id: app.id(),
        identity: format!("c{i}"),
        phone: match i % 13 {
            6 => None,
            8 => Some(phone(i - 1)),
            _ => Some(phone(i)),
        },
        name: (i % 3 > 0).then(|| format!("Customer {i}")),
        attributes: attributes.to_string(),
        opt_in: [1, 0, 2][usize::from(i % 13 == 10) + 2 * usize::from(i % 13 == 11)],
        opt_source: Some("test".into()),
        opt_at: Some(START),
        created_at: START,
        updated_at: START,
    }
}

/// One seed's own database.
pub struct Copy {
    pub db: Db,
    _folder: TempDir,
}

impl Copy {
    pub async fn new() -> Self {
        let folder = scratch();
        let path = folder.path().join("h.db");
        std::fs::write(&path, &template().bytes).unwrap();
        let db = open(path).await;
        Self { db, _folder: folder }
    }

    /// A server on it.
    pub fn app(
        &self,
        node: usize,
        desk: &Arc<Desk>,
        gateway: &Arc<Gateway>,
        clock: &Arc<SimClock>,
        config: &Config,
    ) -> Arc<App> {
        let seat = Seat {
            desk: desk.clone(),
            node,
        };
        let line = Line {
            gateway: gateway.clone(),
            node,
        };
        let template = template();
        let db = Db::Watched(Box::new(self.db.clone()), Arc::new(seat));
        let id = u16::try_from(node).unwrap() + 2;
        let app = App::with_engine(
            db.clone(),
            clock.clone(),
            id,
            Vault::open(template.folder.path(), None).unwrap(),
            config.clone(),
            template.engine.clone().instead(Arc::new(line)),
        );
        // As on SQLite: one server after the other, and the one before is known to be dead.
        let identity = Identity {
            id: i64::from(id),
            token: format!("server {node}"),
            about: About {
                name: format!("server {node}"),
                roles: config.roles.join(","),
                url: config.public_url.clone(),
                lease_ms: config.lease_ms,
            },
            alone: true,
        };
        app.leases.introduce(identity, db);
        app
    }
}
