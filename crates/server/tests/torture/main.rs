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
mod disk;
mod ground;
mod imports;
mod postgres;
mod power;
mod server;
mod shop;
mod tally;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use ground::Ground;
use postgres::Cluster;
use tally::Tally;

/// Points of trouble in one round of the short run.
const FEW: u64 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_survives_kills_on_sqlite() {
    for n in 0..dice::rounds(1) {
        campaign::round(Ground::Sqlite, dice::seed() + n, FEW)
            .await
            .judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_survives_kills_on_postgres() {
    let cluster = Cluster::start();
    for n in 0..dice::rounds(1) {
        campaign::round(Ground::Postgres(&cluster), dice::seed() + n, FEW)
            .await
            .judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_survive_kills_on_sqlite() {
    for n in 0..dice::rounds(1) {
        callbacks::round(Ground::Sqlite, dice::seed() + n, FEW)
            .await
            .judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_survive_kills_on_postgres() {
    let cluster = Cluster::start();
    for n in 0..dice::rounds(1) {
        callbacks::round(Ground::Postgres(&cluster), dice::seed() + n, FEW)
            .await
            .judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_survives_losses_of_power() {
    for n in 0..dice::rounds(1) {
        campaign::round(Ground::Power, dice::seed() + n, 3).await.judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_survive_losses_of_power() {
    for n in 0..dice::rounds(1) {
        callbacks::round(Ground::Power, dice::seed() + n, FEW)
            .await
            .judge();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imports_survive_losses_of_power() {
    for n in 0..dice::rounds(1) {
        imports::round(Ground::Power, dice::seed() + n, FEW).await.judge();
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
    let cluster = (engine != "sqlite").then(Cluster::start);
    let mut grounds = Vec::new();
    if engine != "postgres" {
        grounds.extend([Ground::Sqlite, Ground::Power]);
    }
    grounds.extend(cluster.as_ref().map(Ground::Postgres));
    for ground in grounds {
        tallies.push(
            many(seed, rounds, async |seed| {
                campaign::round(ground, seed, MANY).await
            })
            .await,
        );
        tallies.push(
            many(seed, rounds, async |seed| {
                callbacks::round(ground, seed, MANY).await
            })
            .await,
        );
    }
    if engine != "postgres" {
        let round = async |seed| imports::round(Ground::Power, seed, MANY).await;
        tallies.push(many(seed, rounds, round).await);
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
