//! Real servers on one PostgreSQL: one is killed, one freezes, one loses its database, all are restarted in turn. Whatever
//! happens, nothing is lost, nothing is doubled, the limits hold as the gateway counted them, and everything ends.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use harkara::app::campaign::{self, CampaignInput};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{self, SENT, UNKNOWN};
use harkara::store;
use harkara::store::number::NumberRow;
use harkara_sim::Options;
use tempfile::TempDir;

use super::proxy::Proxy;
use crate::support::{Engine, START, TestApp};
use crate::world::World;

const LEASE_MS: &str = "2000";
const NUMBERS: usize = 3;
const PEOPLE: i64 = 500;
/// Messages a second of each number, and requests a second of the account: the account's limit is what binds.
const NUMBER_RATE: i64 = 80;
const ACCOUNT_RATE: u32 = 180;

/// Waits for something outside this process; the limit only ends a test that hangs.
async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    for _ in 0..2_400 {
        if happened().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("waited a minute in vain until {what}");
}

/// A server process with its own data folder.
struct Server {
    folder: TempDir,
    database: String,
    child: Option<Child>,
    /// `127.0.0.1:PORT`
    address: String,
}

impl Server {
    fn new(w: &World, database: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = PathBuf::from("secret.key");
        std::fs::copy(w.t.folder.path().join(&key), folder.path().join(&key)).unwrap();
        Self {
            folder,
            database: database.to_owned(),
            child: None,
            address: String::new(),
        }
    }

    /// Starts it, and waits until it serves.
    fn start(&mut self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_harkara"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &self.database])
            .arg("--data")
            .arg(self.folder.path())
            .env(
                "HARKARA_LOG",
                std::env::var("HARKARA_TEST_LOG").unwrap_or_else(|_| "error".into()),
            )
            .env("HARKARA_LEASE_MS", LEASE_MS)
            .env("HARKARA_ALLOWED_TARGETS", "127.0.0.1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        self.child = Some(child);
        let url = line.trim().rsplit(' ').next().unwrap_or_default();
        self.address = url.trim_start_matches("http://").to_owned();
        assert!(!self.address.is_empty(), "the server did not start");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    async fn ended(&mut self) {
        let mut child = self.child.take().unwrap();
        until("the server has stopped", async || {
            child.try_wait().unwrap().is_some()
        })
        .await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Three numbers with a campaign each, three servers, reports that go to whichever server answers.
struct Cluster {
    w: World,
    campaigns: Vec<i64>,
    servers: Vec<Server>,
    door: Proxy,
    /// Between the first server and the database.
    wire: Proxy,
}

impl Cluster {
    async fn start() -> Self {
        let options = Options {
            latency_ms: 40,
            latency_jitter_ms: 40,
            report_delay_ms: 50,
            report_reorder: 0.2,
            report_duplicates: 0.1,
            report_batch: 10,
            ..Options::default()
        };
        let t = TestApp::new(Engine::Postgres).await;
        let w = World::with(
            t,
            options,
            serde_json::json!({"requests_per_second": ACCOUNT_RATE}),
        )
        .await;
        w.customers(PEOPLE).await;
        let mut tx = w.app().db.write().await.unwrap();
        let token = store::account::by_id(&mut tx, w.account)
            .await
            .unwrap()
            .unwrap()
            .token;
        let mut numbers = vec![store::number::of_account(&mut tx, w.account).await.unwrap()[0].clone()];
        numbers[0].messages_per_second = NUMBER_RATE;
        store::number::update(&mut tx, &numbers[0]).await.unwrap();
        for i in 1..NUMBERS {
            let row = NumberRow {
                id: w.app().id(),
                account_id: w.account,
                phone: format!("+91999990099{i}"),
                is_default: 0,
                messages_per_second: NUMBER_RATE,
                created_at: START,
            };
            store::number::insert(&mut tx, &row).await.unwrap();
            numbers.push(row);
        }
        tx.commit().await.unwrap();
        let database = w.app().config.database_url();
        let (_, rest) = database.split_once('@').unwrap();
        let (host, name) = rest.split_once('/').unwrap();
        let wire = Proxy::to(vec![host.to_owned()]).await;
        let mut servers = vec![Server::new(
            &w,
            &format!("postgres://harkara@{}/{name}", wire.addr),
        )];
        for _ in 1..3 {
            servers.push(Server::new(&w, &database));
        }
        servers.iter_mut().for_each(Server::start);
        let door = Proxy::to(servers.iter().map(|s| s.address.clone()).collect()).await;
        let reports = format!("http://{}/callbacks/{token}/reports", door.addr);
        w.sim
            .state()
            .update(|options| options.reports_url = Some(reports))
            .unwrap();
        let mut cluster = Self {
            w,
            campaigns: Vec::new(),
            servers,
            door,
            wire,
        };
        until("each server holds a number", async || {
            let holders = cluster.holders().await;
            holders.iter().flatten().collect::<HashSet<_>>().len() == NUMBERS
        })
        .await;
        cluster.launch(&numbers).await;
        cluster.until_accepted(150).await;
        cluster
    }

    async fn launch(&mut self, numbers: &[NumberRow]) {
        let app = self.w.app();
        let mut tx = app.db.write().await.unwrap();
        for number in numbers {
            let input = CampaignInput {
                name: format!("From {}", number.phone),
                account_id: None,
                template_id: id::TEMPLATE.show(self.w.template),
                number_id: Some(id::NUMBER.show(number.id)),
                number_ids: Vec::new(),
                audience: Audience::Everyone,
                mapping: None,
                messages_per_second: None,
                starts: None,
                ends: None,
                quiet: None,
                exclude: None,
                control_percent: None,
                respect_frequency_cap: None,
                version: None,
            };
            let campaign = campaign::create(app, &mut tx, &input).await.unwrap().row.id;
            campaign::launch(app, &mut tx, campaign, campaign::When::default())
                .await
                .unwrap();
            self.campaigns.push(campaign);
        }
        tx.commit().await.unwrap();
    }

    /// Who holds each number.
    async fn holders(&self) -> Vec<Option<i64>> {
        let mut tx = self.w.app().db.read().await.unwrap();
        let rows = store::node::leases(&mut tx).await.unwrap();
        rows.into_iter().map(|row| row.node_id).collect()
    }

    /// PostgreSQL ends every session of a node.
    async fn end_sessions(&self, node: i64) -> usize {
        let pool = sqlx::PgPool::connect(&self.w.app().config.database_url())
            .await
            .unwrap();
        let text = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name IN ('harkara node ' || $1, 'harkara lease ' || $1) AND datname = current_database()";
        let ended = sqlx::query(text)
            .bind(node.to_string())
            .fetch_all(&pool)
            .await
            .unwrap();
        pool.close().await;
        ended.len()
    }

    /// The id of a server among the nodes.
    fn node(&self, server: usize) -> i64 {
        let text = std::fs::read_to_string(self.servers[server].folder.path().join("node.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["id"]
            .as_i64()
            .unwrap()
    }

    async fn until_free_of(&self, server: usize) {
        let node = self.node(server);
        until("its numbers went to others", async || {
            let holders = self.holders().await;
            holders.iter().all(|holder| holder.is_some_and(|id| id != node))
        })
        .await;
    }

    fn accepted(&self) -> u64 {
        self.w.sim.state().stats().accepted
    }

    async fn until_accepted(&self, n: u64) {
        until("more is accepted", async || self.accepted() >= n).await;
    }

    /// Everything ends, and the gateway's record and the ledger agree. At most `unknown` messages may be unknown.
    async fn audit(&self, unknown: usize) {
        let db = &self.w.app().db;
        until("the campaigns are finished", async || {
            let mut tx = db.read().await.unwrap();
            for id in &self.campaigns {
                let row = store::campaign::by_id(&mut tx, *id).await.unwrap().unwrap();
                if row.finished_at.is_none() {
                    return false;
                }
            }
            true
        })
        .await;
        until("the reports are in", async || {
            self.w.sim.state().stats().reports.pending == 0
        })
        .await;
        let stats = self.w.sim.state().stats();
        assert_eq!(stats.repeated_refs, 0, "doubled");
        assert_eq!(stats.throttled, 0);
        // A request may spend a moment on its way in a busy machine.
        let most = u64::from(ACCOUNT_RATE) * 105 / 100;
        assert!(
            stats.max_per_second <= most,
            "{} in one second",
            stats.max_per_second
        );
        let accepted = self.w.sim.state().accepted();
        let accepted: HashSet<i64> = accepted
            .iter()
            .map(|a| id::MESSAGE.read(&a.reference).unwrap())
            .collect();
        let mut open = 0;
        for campaign in &self.campaigns {
            let rows = self.rows(*campaign).await;
            assert_eq!(rows.len() as i64, PEOPLE, "everybody has exactly one row");
            for row in rows {
                let name = state::name(row.state);
                open += usize::from(row.state == UNKNOWN);
                if accepted.contains(&row.id) {
                    assert!(
                        row.state == UNKNOWN || row.state >= SENT,
                        "the gateway took {} and it is {name}",
                        row.id
                    );
                } else {
                    assert!(
                        row.state == UNKNOWN && row.failure.is_some(),
                        "{} never arrived and is {name}",
                        row.id
                    );
                }
            }
        }
        assert!(open <= unknown, "{open} unknown, more than {unknown}");
    }

    async fn rows(&self, campaign: i64) -> Vec<store::message::MessageRow> {
        let mut tx = self.w.app().db.read().await.unwrap();
        let (mut rows, mut before) = (Vec::new(), i64::MAX);
        loop {
            let page = store::message::of_campaign(&mut tx, campaign, before, 0, 500)
                .await
                .unwrap();
            let Some(last) = page.last() else { return rows };
            before = last.id;
            rows.extend(page);
        }
    }
}

/// What may be in flight from one server: its places, and what was claimed and waits for its moment.
const IN_FLIGHT: usize = 128;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_replaced() {
    let mut cluster = Cluster::start().await;
    let mut child = cluster.servers[1].child.take().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    cluster.until_free_of(1).await;
    let before = cluster.accepted();
    cluster.until_accepted(before + 100).await;
    // It comes back on another port, and gets a number again.
    cluster.servers[1].start();
    cluster
        .door
        .set(cluster.servers.iter().map(|s| s.address.clone()).collect());
    let node = cluster.node(1);
    until("it holds a number again", async || {
        cluster.holders().await.contains(&Some(node))
    })
    .await;
    cluster.audit(IN_FLIGHT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_server_that_wakes_up_sends_and_settles_nothing_that_is_not_its_own() {
    let cluster = Cluster::start().await;
    cluster.servers[2].signal("-STOP");
    // The gateway's reports would wait for the frozen one.
    cluster
        .door
        .set(cluster.servers[..2].iter().map(|s| s.address.clone()).collect());
    cluster.until_free_of(2).await;
    let before = cluster.accepted();
    cluster.until_accepted(before + 50).await;
    cluster.servers[2].signal("-CONT");
    let node = cluster.node(2);
    until("it holds a number again", async || {
        cluster.holders().await.contains(&Some(node))
    })
    .await;
    cluster.audit(IN_FLIGHT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_its_database_stops_and_comes_back() {
    let cluster = Cluster::start().await;
    // Its sessions end again and again: they heal, and it keeps what it holds.
    let node = cluster.node(0);
    for _ in 0..5 {
        // On a busy machine it has none for a while after they ended.
        until("it has sessions", async || cluster.end_sessions(node).await > 0).await;
    }
    until("it holds a number", async || {
        cluster.holders().await.contains(&Some(node))
    })
    .await;
    // And then it is cut off for longer than its lease.
    cluster.wire.cut();
    cluster.until_free_of(0).await;
    let before = cluster.accepted();
    cluster.until_accepted(before + 50).await;
    cluster.wire.mend();
    until("it holds a number again", async || {
        cluster.holders().await.contains(&Some(node))
    })
    .await;
    cluster.audit(2 * IN_FLIGHT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_leaves_nothing_unknown() {
    let mut cluster = Cluster::start().await;
    for server in 0..3 {
        let all: Vec<String> = cluster.servers.iter().map(|s| s.address.clone()).collect();
        cluster.door.set(
            all.into_iter()
                .filter(|a| *a != cluster.servers[server].address)
                .collect(),
        );
        cluster.servers[server].signal("-TERM");
        cluster.servers[server].ended().await;
        cluster.until_free_of(server).await;
        cluster.servers[server].start();
        let node = cluster.node(server);
        until("it holds a number again", async || {
            cluster.holders().await.contains(&Some(node))
        })
        .await;
    }
    cluster
        .door
        .set(cluster.servers.iter().map(|s| s.address.clone()).collect());
    cluster.audit(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_another_key_is_refused_while_others_work() {
    let w = World::new(TestApp::new(Engine::Postgres).await, Options::default()).await;
    let database = w.app().config.database_url();
    let mut first = Server::new(&w, &database);
    first.start();
    let stranger = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_harkara"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database",
            &database,
            "--data",
        ])
        .arg(stranger.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("secret.key"), "{said}");
    // And so is a second one on the same folder.
    let output = Command::new(env!("CARGO_BIN_EXE_harkara"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database",
            &database,
            "--data",
        ])
        .arg(first.folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--data"));
}
