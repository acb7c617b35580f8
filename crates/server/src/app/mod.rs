//! Acts: what a person, a program or a worker can make the product do. `http`, `worker` and the command line call here.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub mod account;
pub mod api_key;
pub mod arrival;
pub mod attribute;
mod audience;
pub mod audit;
pub mod bulk;
pub mod callback;
pub mod callback_log;
pub mod campaign;
pub mod consent;
pub mod conversation;
pub mod dispatch;
pub mod durable;
pub mod erase;
pub mod error;
pub mod factor;
pub mod file;
pub mod find;
pub mod frequency_cap;
pub mod health;
pub mod home;
pub mod idempotency;
pub mod import;
pub mod import_check;
pub mod import_draft;
pub mod import_file;
mod import_options;
pub mod import_preview;
mod import_text;
pub mod import_undo;
mod import_window;
mod import_write;
pub mod lease;
pub mod list;
pub mod live;
pub mod media;
pub mod merge;
pub mod message;
pub mod password;
pub mod person;
pub mod profile;
mod profile_slot;
pub mod reply_draft;
pub mod retention;
pub mod said;
pub mod saved_view;
pub mod sign_in;
pub mod template;
mod token;
pub mod trouble;
pub mod upload;
pub mod user;
pub mod vault;
pub mod vendor_ids;
pub mod version;

pub use error::{AppError, FieldProblem};

use crate::clock::{Clock, Ids, Millis, Moment};
use crate::config::Config;
use crate::demo::stage::Stage;
use crate::domain::consent::Words;
use crate::engine::{Engine, Guard};
use crate::store::Db;
use vault::Vault;

/// Everything an act needs, built once in `main`.
pub struct App {
    /// Database.
    pub db: Db,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Ids,
    /// Secrets.
    pub vault: Vault,
    /// Requests to providers.
    pub engine: Engine,
    /// Settings.
    pub config: Config,
    /// What people say to be left alone, and to be written to again.
    pub consent_words: Words,
    /// What changes, for live pages.
    pub live: live::Live,
    /// The simulated provider inside, while the demo is on.
    pub demo: Stage,
    /// What keeps sending back at this moment.
    pub troubles: trouble::Troubles,
    /// Which numbers this node sends from.
    pub leases: lease::Leases,
    /// Callbacks on their way to the database.
    pub callback_log: callback_log::CallbackLog,
    /// Lets a few passwords be hashed at a time.
    pub passwords: password::Turn,
    /// Attributes of people that were seen before.
    pub known_attributes: attribute::Known,
    /// Wakes the dispatcher when there is new work.
    pub wake_dispatch: Notify,
    /// Wakes the worker for acts on many people.
    pub wake_bulk: Notify,
    /// Wakes the callback worker.
    pub wake_callbacks: Notify,
    /// Cancelled when the server stops: workers and open event streams end.
    pub shutdown: CancellationToken,
}

impl App {
    /// Puts the parts together.
    pub fn new(db: Db, clock: Arc<dyn Clock>, node: u16, vault: Vault, config: Config) -> Arc<Self> {
        // A list that cannot be read, which `Config` refuses before, allows nothing.
        let guard = Guard::new(config.targets().unwrap_or_default());
        let engine = Engine::new(Duration::from_millis(config.request_timeout_ms), guard);
        Self::with_engine(db, clock, node, vault, config, engine)
    }

    /// The same with an engine of its own.
    pub fn with_engine(
        db: Db,
        clock: Arc<dyn Clock>,
        node: u16,
        vault: Vault,
        config: Config,
        engine: Engine,
    ) -> Arc<Self> {
        Arc::new(Self {
            db,
            clock,
            ids: Ids::new(node),
            vault,
            engine,
            consent_words: Words::new(&config.opt_out_words, &config.opt_in_words),
            config,
            live: live::Live::default(),
            demo: Stage::default(),
            troubles: trouble::Troubles::default(),
            leases: lease::Leases::new(node),
            callback_log: callback_log::CallbackLog::default(),
            passwords: password::Turn::default(),
            known_attributes: attribute::Known::default(),
            wake_dispatch: Notify::new(),
            wake_bulk: Notify::new(),
            wake_callbacks: Notify::new(),
            shutdown: CancellationToken::new(),
        })
    }

    /// Now.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Now, on the machine's clock: for what others count by their own time, such as requests in a second, leases, and codes
    /// of authenticators. In a demo [`App::now`] may be ahead of it.
    pub fn machine_now(&self) -> Millis {
        self.clock.unmoved(self.clock.now())
    }

    /// Now, on both clocks of the machine.
    pub fn moment(&self) -> Moment {
        Moment {
            wall: self.machine_now(),
            steady: self.clock.steady(),
        }
    }

    /// A new id.
    pub fn id(&self) -> i64 {
        self.ids.next(self.clock.now())
    }

    /// The first of so many new ids; [`id_after`](crate::clock::id_after) tells the others.
    pub fn take_ids(&self, count: u32) -> i64 {
        self.ids.take(self.clock.now(), count)
    }
}
