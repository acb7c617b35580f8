//! Simulation: the real pipeline on a real database, with a clock, a provider and faults that follow from a seed. A seed
//! is the same story every time. `HARKARA_SEED=n` tells one, `HARKARA_SEEDS=n` runs so many.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests stand outside #[test] functions"
)]

mod acts;
mod check;
mod desk;
mod gateway;
mod rest;
mod rng;
mod spoil;
mod story;
mod time;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Seeds of a normal run.
const SEEDS: u64 = 2_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_seed_keeps_every_promise() {
    if let Some(seed) = number("HARKARA_SEED") {
        let outcome = story::run(seed, true);
        assert!(outcome.wrong.is_empty(), "seed {seed}: {:#?}", outcome.wrong);
        return;
    }
    let (next, failed) = (AtomicU64::new(1), Mutex::new(Vec::new()));
    let last = number("HARKARA_SEEDS").unwrap_or(SEEDS);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let sums = Mutex::new([0; 3]);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed > last || failed.lock().unwrap().len() > 9 {
                        break;
                    }
                    let outcome = story::run(seed, false);
                    for (sum, figure) in sums.lock().unwrap().iter_mut().zip(outcome.figures) {
                        *sum += figure;
                    }
                    if !outcome.wrong.is_empty() {
                        failed.lock().unwrap().push((seed, outcome.wrong));
                    }
                }
            });
        }
    });
    let [accepted, crashes, failures] = *sums.lock().unwrap();
    println!("{last} seeds: {accepted} messages accepted, {crashes} crashes, {failures} failed transactions");
    let failed = failed.lock().unwrap();
    for (seed, wrong) in failed.iter() {
        println!(
            "HARKARA_SEED={seed} {wrong:#?}\nto repeat it with its trace: HARKARA_SEED={seed} cargo test -p harkara-server \
             --test seeds -- --nocapture every_seed"
        );
    }
    assert!(failed.is_empty(), "{} seeds failed", failed.len());
}

#[test]
fn a_seed_is_the_same_story_every_time() {
    for seed in [3, 14, 159] {
        let (first, again) = (story::run(seed, false), story::run(seed, false));
        assert!(first.trace.len() > 1_000);
        let differs = first.trace.lines().zip(again.trace.lines()).find(|(a, b)| a != b);
        assert_eq!((first.trace == again.trace, differs), (true, None), "seed {seed}");
    }
}

#[test]
fn what_a_fault_would_do_is_found() {
    for spoil in spoil::Spoil::ALL {
        let found = (1..=60).find(|seed| !story::with(*seed, false, Some(spoil)).wrong.is_empty());
        println!("{spoil:?} is found by seed {found:?}");
        assert!(found.is_some(), "{spoil:?} was never noticed");
    }
}
