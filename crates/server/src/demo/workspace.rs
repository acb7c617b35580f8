//! The demo inside a server: a simulated provider, an account on it, people, templates and a draft. All of it is marked, so that
//! it can go without a trace.

use std::net::SocketAddr;
use std::sync::Arc;

use harkara_sim::{FailureKind, Handle, Running};
use serde_json::{Map, Value, json};

use super::cast::{CAST, UNREACHABLE, known_as};
use super::people::Consent;
use super::{crowd, script, shop, time};
use crate::app::account::{Way, retire};
use crate::app::audit::Actor;
use crate::app::profile::{Change, Set, Who, Wish, write_many};
use crate::app::vendor_ids::{Sort, sort};
use crate::app::{App, AppError, account, campaign, template};
use crate::domain::audience::Audience;
use crate::domain::id;
use crate::serve::local_url;
use crate::store::demo::{self, ACCOUNT, PEOPLE};
use crate::store::node::ALIVE;
use crate::store::{self, Tx, demo_crowd};

/// Nickname of the demo's account.
pub const NICKNAME: &str = "Gupshup demo";
/// Name of the list of its people.
const LIST: &str = "Demo people";
/// Name of its draft.
const DRAFT: &str = "Welcome offer";
/// Requests a second: slow enough that one sees a small campaign move.
const PER_SECOND: u32 = 10;
/// The same for a crowd.
const PER_SECOND_WITH_CROWD: u32 = 200;

/// Requests and callbacks of the simulator that can be looked at.
const WIRE_LOG: usize = 500;

/// What there is of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Its people.
    pub people: i64,
    /// Its account.
    pub account: Option<i64>,
}

/// What there is; without an account, the demo is off.
pub async fn state(tx: &mut Tx) -> Result<Demo, AppError> {
    Ok(Demo {
        people: demo::people(tx).await?,
        account: demo::made(tx, ACCOUNT).await?,
    })
}

/// Switches the demo on. Doing it again mends what is missing.
pub async fn begin(app: &Arc<App>) -> Result<Demo, AppError> {
    alone(app).await?;
    let (simulator, url) = start(app).await?;
    let mut tx = app.db.write().await?;
    let account = cast(app, &mut tx, &url).await?;
    tx.commit().await?;
    connect(app, &simulator, account).await?;
    template::import(app, &app.engine, account, &Actor::system()).await?;
    let mut tx = app.db.write().await?;
    if demo::campaigns(&mut tx, account).await? == 0 {
        draft(app, &mut tx, account).await?;
    }
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    state(&mut tx).await
}

/// After a start of the server: the simulator comes back, if the demo is on, and the account leads to it.
pub async fn resume(app: &Arc<App>) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let Some(account) = demo::made(&mut tx, ACCOUNT).await? else {
        return Ok(());
    };
    drop(tx);
    let (simulator, url) = start(app).await?;
    let mut tx = app.db.write().await?;
    account::update(app, &mut tx, account, &addresses(&url)).await?;
    for row in store::template::of_account(&mut tx, account).await? {
        // What it has already it has from the script.
        if let Some(seed) = script::seed(&row) {
            drop(simulator.add_template(seed));
        }
    }
    let crowds = demo_crowd::all(&mut tx).await?;
    tx.commit().await?;
    crowd::tell(app, &crowds).await?;
    connect(app, &simulator, account).await
}

/// Switches it off: everything that it made goes, and the simulator ends. Answers which account it was.
pub async fn end(app: &Arc<App>) -> Result<Option<i64>, AppError> {
    crowd::stop(app).await?;
    let mut tx = app.db.write().await?;
    let begun = demo::begun(&mut tx).await?;
    let made = demo::made(&mut tx, ACCOUNT).await?;
    if let Some(id) = made {
        let row = account::by_id(&mut tx, id).await?;
        if row.state < store::account::ARCHIVED {
            retire(app, &mut tx, id, Way::Archive, true).await?;
        }
    }
    tx.commit().await?;
    app.demo.stop().await;
    app.engine.guard().also(None);
    if let Some(begun) = begun {
        while sort(app, Sort::All).await? {}
        let mut tx = app.db.write().await?;
        demo::remove(&mut tx, begun).await?;
        tx.commit().await?;
        if let Some(account) = made {
            let mut tx = app.db.write().await?;
            demo::remove_late(&mut tx, begun, account).await?;
            tx.commit().await?;
        }
        time::reset(app).await?;
    }
    Ok(made)
}

/// Another server would look for the simulator on its own machine.
async fn alone(app: &App) -> Result<(), AppError> {
    let own = app.leases.identity(app).id;
    let mut tx = app.db.read().await?;
    let nodes = store::node::all(&mut tx).await?;
    if nodes.iter().any(|n| n.id != own && n.state == ALIVE) {
        return Err(AppError::conflict(
            "demo_needs_one_server",
            "The demo's simulated provider lives inside one server, and there are several on this database.",
            "Try the demo on a server of its own: `harkara demo`.",
        ));
    }
    Ok(())
}

/// Starts the simulator, unless it runs, and lets requests out to it; where it is.
async fn start(app: &App) -> Result<(Handle, String), AppError> {
    let mut stage = app.demo.open().await;
    if let Some(running) = stage.as_ref() {
        return Ok((running.state(), running.base_url()));
    }
    let failed = |why| AppError::File {
        what: "the simulated provider does not start".into(),
        why: std::io::Error::other(why),
    };
    let running = simulator(app).await.map_err(|e| failed(format!("{e:#}")))?;
    app.engine.guard().also(Some(running.addr()));
    let found = (running.state(), running.base_url());
    *stage = Some(running);
    app.demo.runs();
    Ok(found)
}

async fn simulator(app: &App) -> anyhow::Result<Running> {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut options = shop::simulator(app.config.simulator.unwrap_or(anywhere));
    options.read_rate = 0.3;
    options.latency_ms = 20;
    options.wire_log = WIRE_LOG;
    options.sample_templates = false;
    let cause = FailureKind::Failed("UNKNOWN_SUBSCRIBER".into());
    options.fail_suffix = vec![(UNREACHABLE.into(), cause)];
    let running = match app.clock.movable() {
        Some(clock) => harkara_sim::start_following(options, clock.share()).await?,
        None => harkara_sim::start(options).await?,
    };
    script::add_templates(&running.state())?;
    Ok(running)
}

/// Tells the simulator where this server takes the account's callbacks: on this machine, whatever the world calls it.
async fn connect(app: &App, simulator: &Handle, account: i64) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let row = account::by_id(&mut tx, account).await?;
    let listen = app.config.listen.parse().map(local_url);
    let base = listen.unwrap_or_else(|_| app.config.public_base());
    let url = |kind: &str| Some(format!("{base}/callbacks/{}/{kind}", row.token));
    let connected = simulator.update(|options| {
        options.inbound_url = url("inbound");
        options.reports_url = url("reports");
    });
    connected.map_err(|why| AppError::conflict("simulator", why, "Switch the demo off and on again."))
}

/// The account and its people, made or pointed at today's simulator.
async fn cast(app: &App, tx: &mut Tx, url: &str) -> Result<i64, AppError> {
    if let Some(account) = demo::made(tx, ACCOUNT).await? {
        let row = account::by_id(tx, account).await?;
        if row.state < store::account::ARCHIVED {
            account::update(app, tx, account, &addresses(url)).await?;
            return Ok(account);
        }
    }
    let rate = if app.config.simulator.is_some() {
        PER_SECOND_WITH_CROWD
    } else {
        PER_SECOND
    };
    let mut nickname = NICKNAME.to_owned();
    let mut n = 1;
    while store::account::by_nickname(tx, &nickname).await?.is_some() {
        n += 1;
        nickname = format!("{NICKNAME} {n}");
    }
    let settings = shop::settings(&nickname, url, rate);
    let account = account::create(app, tx, shop::PROVIDER, &object(settings)).await?;
    demo::mark(tx, ACCOUNT, account).await?;
    people(app, tx).await?;
    Ok(account)
}

async fn people(app: &App, tx: &mut Tx) -> Result<(), AppError> {
    let change = |(at, role): (usize, &super::cast::Role)| {
        let (identity, phone) = known_as(at);
        let mut change = Change::of(Who::Identity(identity));
        change.phone = Set::To(phone);
        change.name = Set::To(format!("{} {}", role.first, role.last));
        let attributes = [
            ("first_name", json!(role.first)),
            ("city", json!(role.city)),
            ("language", json!(role.language)),
            ("points", json!(role.points)),
        ];
        change.attributes = attributes.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        change.wish = match role.consent {
            Consent::In => Wish::In,
            Consent::Out => Wish::Out,
            Consent::Unknown => Wish::Leave,
        };
        change.detail = Some("A fictional person of the demo".into());
        change
    };
    let changes: Vec<Change> = CAST.iter().enumerate().map(change).collect();
    let written = write_many(app, tx, &changes, "demo", app.now()).await?;
    let profiles: Vec<i64> = written
        .iter()
        .flatten()
        .map(|written| written.profile_id)
        .collect();
    let list = store::list::find_or_add(tx, app.id(), LIST, app.now()).await?;
    store::list::add(tx, list, &profiles).await?;
    Ok(demo::mark(tx, PEOPLE, list).await?)
}

/// The campaign that the story sends: to everyone, when there is nobody but the demo's people.
async fn draft(app: &App, tx: &mut Tx, account: i64) -> Result<(), AppError> {
    let templates = store::template::of_account(tx, account).await?;
    let (Some(offer), Some(list)) = (
        templates.iter().find(|t| t.name == script::WELCOME),
        demo::made(tx, PEOPLE).await?,
    ) else {
        return Ok(());
    };
    let own = store::list::size(tx, list).await?;
    let all = store::profile::page(tx, i64::MAX, own + 1).await?.len();
    let audience = if i64::try_from(all) == Ok(own) {
        Audience::Everyone
    } else {
        Audience::List {
            list_id: id::LIST.show(list),
        }
    };
    let draft = json!({
        "name": DRAFT,
        "template_id": id::TEMPLATE.show(offer.id),
        "audience": audience,
        "mapping": script::welcome_mapping(),
    });
    let draft =
        serde_json::from_value(draft).map_err(|e| AppError::field("/demo", "unfit", e.to_string()))?;
    campaign::create(app, tx, &draft).await?;
    Ok(())
}

/// Where the simulator is now. Secrets are never sent to another host than they were given for, so they come along.
fn addresses(url: &str) -> Map<String, Value> {
    let mut settings = object(shop::settings(NICKNAME, url, PER_SECOND));
    settings.retain(|key, _| key.ends_with("base_url") || key.ends_with("_password"));
    settings
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
