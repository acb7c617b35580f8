//! The fuzz targets of `fuzz/`, each with a fixed number of changed seeds: the same inputs on every machine.
//! `HARKARA_FUZZ_RUNS` makes it longer; `bin/fuzz` looks for new paths, guided by coverage.
#![expect(
    clippy::expect_used,
    reason = "the helpers of tests stand outside #[test] functions"
)]

mod mutate;
#[path = "../../../../fuzz/src/lib.rs"]
#[expect(dead_code, reason = "what writes the corpus for cargo-fuzz")]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};

use mutate::Mutator;
use targets::Target;

/// Inputs of a target.
const RUNS: u64 = 50_000;

/// All seeds as they are, then `RUNS` changed ones.
fn run(target: &Target) {
    assert!(!target.seeds.is_empty(), "{} has no seeds", target.name);
    for seed in &target.seeds {
        one(target, seed, "seed");
    }
    let runs = std::env::var("HARKARA_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().expect("a number"));
    for at in 0..runs {
        let mut mutator = Mutator::new(&target.name, at);
        one(
            target,
            &mutator.input(&target.seeds, &target.words),
            &at.to_string(),
        );
    }
}

fn one(target: &Target, input: &[u8], which: &str) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(input))) {
        let file = std::env::temp_dir().join(format!("harkara-fuzz-{}", target.name));
        std::fs::write(&file, input).expect("a file for the input");
        eprintln!(
            "target {}, input {which}, kept as {}:\n{}",
            target.name,
            file.display(),
            input.escape_ascii()
        );
        std::panic::resume_unwind(panic);
    }
}

fn run_named(name: &str) {
    run(&targets::target(name));
}

#[test]
fn callbacks_of_every_provider() {
    let all = targets::targets();
    let callbacks: Vec<&Target> = all
        .iter()
        .filter(|target| target.name.starts_with("callback_"))
        .collect();
    assert_eq!(callbacks.len(), harkara_provider::registry::PROVIDERS.len());
    callbacks.into_iter().for_each(run);
}

#[test]
fn answers_of_every_provider() {
    run_named("answers");
}

#[test]
fn helpers_of_every_provider() {
    run_named("wire");
}

#[test]
fn files_of_people() {
    run_named("import");
}

#[test]
fn phone_numbers() {
    run_named("phone");
}

#[test]
fn uploads() {
    run_named("upload");
}

#[test]
fn templates() {
    run_named("template");
}

#[test]
fn words_of_consent() {
    run_named("words");
}

/// A target that `cargo fuzz` does not know is never run guided by coverage.
#[test]
fn every_target_is_a_program() {
    let manifest = std::fs::read_to_string(targets::root().join("fuzz/Cargo.toml")).expect("fuzz/Cargo.toml");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let programs = manifest["bin"].as_array().expect("programs");
    let mut programs: Vec<&str> = programs.iter().filter_map(|bin| bin["name"].as_str()).collect();
    let all = targets::targets();
    let mut names: Vec<&str> = all.iter().map(|target| target.name.as_str()).collect();
    programs.sort_unstable();
    names.sort_unstable();
    assert_eq!(programs, names);
}

/// The runner itself finds what is there to be found.
#[test]
fn a_wrong_property_is_noticed() {
    let all = targets::targets();
    let target = all
        .iter()
        .find(|target| target.name == "phone")
        .expect("a target");
    let found = (0..RUNS).any(|at| {
        let input = Mutator::new("phone", at).input(&target.seeds, &target.words);
        let text = String::from_utf8_lossy(&input).into_owned();
        let number = text.lines().nth(1).unwrap_or_default();
        harkara::domain::phone::Phone::parse(number, "IN")
            .is_ok_and(|phone| phone.as_str().starts_with("+9199997"))
    });
    assert!(found, "no changed seed is another number");
}
