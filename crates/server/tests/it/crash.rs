//! The real program, killed in the middle of a campaign and started again, while the gateway goes on sending reports.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{self, SENT, UNKNOWN};
use harkara::store::{self, Db};
use harkara_sim::Options;

use crate::support::on_both_engines;
use crate::world::World;

const PEOPLE: i64 = 1_500;

/// A server on the world's data; killed when dropped.
struct Server(Child);

impl Server {
    fn start(folder: &Path, database: &str, listen: &str) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_harkara"))
            .args(["serve", "--listen", listen, "--database", database])
            .arg("--data")
            .arg(folder)
            .env("HARKARA_LOG", "warn")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// `kill -9`: no goodbye.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

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

on_both_engines! {
    async fn a_killed_server_finishes_its_campaign_with_nothing_lost_and_nothing_doubled(t) {
        let database = t.app.config.database.clone();
        let listen = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().to_string()
        };
        let options = Options {
            latency_ms: 10,
            latency_jitter_ms: 30,
            report_delay_ms: 50,
            report_reorder: 0.2,
            report_duplicates: 0.2,
            report_batch: 5,
            read_rate: 0.5,
            fail_503: 0.02,
            fail_500_accepted: 0.01,
            ..Options::default()
        };
        let w = World::new(t, options).await;
        w.customers(PEOPLE).await;
        let mut tx = w.app().db.read().await.unwrap();
        let account = store::account::by_id(&mut tx, w.account).await.unwrap().unwrap();
        drop(tx);
        let reports = format!("http://{listen}/callbacks/{}/reports", account.token);
        w.sim.state().update(|options| options.reports_url = Some(reports)).unwrap();
        let campaign = w.launch(Audience::Everyone).await;
        w.app().db.close().await;

        for kill_at in [200, 700, 1_100] {
            let server = Server::start(w.t.folder.path(), &database, &listen);
            until("enough was accepted", async || w.sim.state().stats().accepted >= kill_at).await;
            server.kill();
        }
        let _last = Server::start(w.t.folder.path(), &database, &listen);
        let db = Db::open(&w.app().config.database_url()).await.unwrap();
        until("the campaign is finished", async || {
            let mut tx = db.read().await.unwrap();
            store::campaign::by_id(&mut tx, campaign).await.unwrap().unwrap().finished_at.is_some()
        })
        .await;
        until("the reports are in", async || {
            let reports = w.sim.state().stats().reports;
            reports.pending == 0
        })
        .await;

        let mut tx = db.read().await.unwrap();
        let mut rows = Vec::new();
        let mut before = i64::MAX;
        loop {
            let page = store::message::of_campaign(&mut tx, campaign, before, 0, 500).await.unwrap();
            let Some(last) = page.last() else { break };
            before = last.id;
            rows.extend(page);
        }
        assert_eq!(rows.len() as i64, PEOPLE, "everybody has exactly one row");
        w.assert_nobody_doubled();
        let accepted: HashSet<i64> =
            w.sim.state().accepted().iter().map(|a| id::MESSAGE.read(&a.reference).unwrap()).collect();
        for row in &rows {
            let name = state::name(row.state);
            if accepted.contains(&row.id) {
                assert!(row.state == UNKNOWN || row.state >= SENT, "the gateway took {} and the ledger says {name}", row.id);
            } else {
                assert!(row.state == UNKNOWN && row.failure.is_some(), "{} is {name} and the gateway never saw it", row.id);
            }
        }
        let unknown = rows.iter().filter(|row| row.state == UNKNOWN).count();
        assert!(unknown < 200, "{unknown} unknown: only what was in flight at a kill may be");
    }
}
