//! The real program and its database, killed, stopped, frozen and cut off from the disk while it works; afterwards the
//! gateway's own record is compared with the ledger, through the public API alone. `bin/torture` runs it for long.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of tests stand outside #[test] functions"
)]

mod books;
mod callbacks;
mod campaign;
mod dice;
mod postgres;
mod server;
mod shop;
mod tally;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use postgres::Cluster;
use tally::Tally;

/// Points of trouble in one round of the short run.
const FEW: u64 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_survives_kills_on_sqlite() {
    for n in 0..dice::rounds(1) {
        campaign::round(None, dice::seed() + n, FEW).await.judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_survives_kills_on_postgres() {
    let cluster = Cluster::start();
    for n in 0..dice::rounds(1) {
        campaign::round(Some(&cluster), dice::seed() + n, FEW)
            .await
            .judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_survive_kills_on_sqlite() {
    for n in 0..dice::rounds(1) {
        callbacks::round(None, dice::seed() + n, FEW).await.judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_survive_kills_on_postgres() {
    let cluster = Cluster::start();
    for n in 0..dice::rounds(1) {
        callbacks::round(Some(&cluster), dice::seed() + n, FEW)
            .await
            .judge();
    }
}

/// Points of trouble in one round of the long run.
const MANY: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes many minutes: bin/torture runs it"]
async fn long() {
    let engine = std::env::var("HARKARA_TORTURE_ENGINE").unwrap_or_default();
    let (seed, rounds) = (dice::seed(), dice::rounds(6));
    let mut tallies = Vec::new();
    for on_postgres in [false, true] {
        if engine == if on_postgres { "sqlite" } else { "postgres" } {
            continue;
        }
        let cluster = on_postgres.then(Cluster::start);
        let cluster = cluster.as_ref();
        tallies.push(
            many(seed, rounds, async |seed| {
                campaign::round(cluster, seed, MANY).await
            })
            .await,
        );
        tallies.push(
            many(seed, rounds, async |seed| {
                callbacks::round(cluster, seed, MANY).await
            })
            .await,
        );
    }
    println!("{}", tally::table(&tallies));
    let violations: Vec<String> = tallies.into_iter().flat_map(|t| t.violations).collect();
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

/// Rounds of one story. One that breaks off is a violation like any other, and does not end the run.
async fn many(seed: u64, rounds: u64, round: impl AsyncFn(u64) -> Tally) -> Tally {
    let mut all: Option<Tally> = None;
    for seed in seed..seed + rounds {
        let tally = AssertUnwindSafe(round(seed)).catch_unwind().await;
        let tally = tally.unwrap_or_else(|_| Tally {
            rounds: 1,
            violations: vec![format!("the round of seed {seed} broke off, see above")],
            ..Tally::default()
        });
        for violation in &tally.violations {
            println!("{violation}");
        }
        match &mut all {
            Some(all) => all.add(tally),
            None => all = Some(tally),
        }
    }
    all.unwrap_or_default()
}
