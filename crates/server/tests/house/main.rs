//! The architecture, kept by tests: every rule is shown to hold for the repository, and to notice a small sample that
//! breaks it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of tests stand outside #[test] functions"
)]

mod rules;
mod source;
mod texts;

use std::path::{Path, PathBuf};
use std::process::Command;

use source::Source;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Path and text of every file that is committed, or would be with `git add .`; pictures and other bytes left out.
fn files() -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root())
        .output()
        .expect("the rules look at what git tracks: install git");
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let names = String::from_utf8(listed.stdout).unwrap();
    let read = |name: &str| Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?));
    let files: Vec<_> = names
        .split('\0')
        .filter(|n| !n.is_empty())
        .filter_map(read)
        .collect();
    assert!(files.len() > 30, "only {} files found", files.len());
    files
}

fn sources() -> Vec<Source> {
    let rust = files().into_iter().filter(|(path, _)| path.ends_with(".rs"));
    rust.map(|(path, text)| Source::new(&path, &text)).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[track_caller]
fn kept(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The rule finds `count` faults in one file.
#[track_caller]
fn notices(rule: impl Fn(&[Source]) -> Vec<String>, count: usize, path: &str, text: &str) {
    let wrong = rule(&[Source::new(path, text)]);
    assert_eq!(wrong.len(), count, "{path}: {text}: {wrong:?}");
}

#[test]
fn the_provider_crate_does_no_input_or_output() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--frozen",
            "--package",
            "harkara-provider",
            "--edges",
            "normal",
            "--prefix",
            "depth",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(
        tree.starts_with("0harkara-provider ") && tree.contains("serde_json v"),
        "{tree}"
    );
    kept(rules::provider_has_no_io_dependency(&tree));
    kept(rules::provider_code_is_pure(&sources()));

    let tree = |deep: &str| {
        format!("0harkara-provider v0.1.0 (path)\n1serde v1.0.0\n1ring v0.17.0\n2{deep} v1.0.0 (*)\n")
    };
    assert_eq!(rules::provider_has_no_io_dependency(&tree("tokio")).len(), 1);
    assert_eq!(rules::provider_has_no_io_dependency(&tree("tokio-free")).len(), 0);
    assert_eq!(rules::provider_has_no_io_dependency(&tree("getrandom")).len(), 0);
    let other = "0harkara-provider v0.1.0\n1ring v0.17.0\n1rand v0.9.0\n2getrandom v0.3.0\n";
    assert_eq!(rules::provider_has_no_io_dependency(other).len(), 2);
    let rule = rules::provider_code_is_pure;
    notices(rule, 1, "crates/provider/src/a.rs", "use std::{fmt, fs};");
    notices(
        rule,
        1,
        "crates/provider/src/a.rs",
        "let now = jiff::Timestamp::now();",
    );
    notices(rule, 1, "crates/provider/src/a.rs", "async fn f() {}");
    notices(
        rule,
        0,
        "crates/provider/src/a.rs",
        "use std::time::Duration; // never std::fs",
    );
    notices(
        rule,
        0,
        "crates/provider/src/a.rs",
        "fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }",
    );
}

#[test]
fn sql_stands_only_in_the_store() {
    kept(rules::sql_stands_in_the_store(&sources()));
    let rule = rules::sql_stands_in_the_store;
    notices(
        rule,
        1,
        "crates/server/src/app/a.rs",
        "const A: &str = \"\nSELECT id\nFROM profile\";",
    );
    notices(
        rule,
        1,
        "crates/server/src/http/a.rs",
        "f(\"DELETE FROM profile\");",
    );
    notices(
        rule,
        1,
        "crates/server/src/worker/a.rs",
        "let q = format!(\"UPDATE {table} SET a = 1\");",
    );
    notices(rule, 1, "crates/server/src/worker/a.rs", "sqlx::query(text)");
    notices(
        rule,
        0,
        "crates/server/src/worker/a.rs",
        "say(\"SELECT a customer, then write\"); // SELECT a FROM b",
    );
    notices(
        rule,
        0,
        "crates/server/src/store/a.rs",
        "const A: &str = \"SELECT id FROM profile\";",
    );
}

#[test]
fn advisory_locks_are_not_shared() {
    let rule = rules::advisory_locks_are_not_shared;
    kept(rule(&sources()));
    let one = Source::new(
        "crates/server/src/store/a.rs",
        "f(\"SELECT pg_advisory_xact_lock_shared(7)\"); f(\"SELECT pg_advisory_xact_lock(7)\");",
    );
    let other = |number: u8| {
        let text = format!("f(\"SELECT CASE WHEN pg_try_advisory_xact_lock({number}) THEN 1 END\");");
        Source::new("crates/server/src/store/b.rs", &text)
    };
    assert_eq!(rule(&[one.clone(), other(8)]), [""; 0]);
    assert_eq!(rule(&[one, other(7)]).len(), 1);
}

#[test]
fn decisions_are_pure() {
    kept(rules::domain_is_pure(&sources()));
    let rule = rules::domain_is_pure;
    notices(
        rule,
        1,
        "crates/server/src/domain/a.rs",
        "pub async fn decide() {}",
    );
    notices(
        rule,
        1,
        "crates/server/src/domain/a.rs",
        "use crate::store::profile::ProfileRow;",
    );
    notices(
        rule,
        2,
        "crates/server/src/domain/a.rs",
        "use crate::clock::{Millis, Clock};\nfn f(c: &dyn Clock) {}",
    );
    notices(
        rule,
        1,
        "crates/server/src/domain/a.rs",
        "#[derive(sqlx::FromRow)]\nstruct A;",
    );
    notices(
        rule,
        0,
        "crates/server/src/domain/a.rs",
        "use crate::clock::{MINUTE, Millis};",
    );
}

#[test]
fn http_and_worker_do_not_know_each_other_and_nobody_looks_up() {
    kept(rules::arrows_point_down(&sources()));
    let rule = rules::arrows_point_down;
    notices(
        rule,
        1,
        "crates/server/src/http/a.rs",
        "use crate::{app::App, worker};",
    );
    notices(
        rule,
        1,
        "crates/server/src/worker/a/b.rs",
        "crate::http::problem::Problem::new()",
    );
    notices(
        rule,
        1,
        "crates/server/src/store/a.rs",
        "use crate::app::AppError;",
    );
    notices(rule, 1, "crates/server/src/app/a.rs", "use crate::http::Shared;");
    notices(
        rule,
        0,
        "crates/server/src/app/a.rs",
        "use http::StatusCode; use crate::store::Tx;",
    );
}

#[test]
fn vendor_names_stay_where_they_belong() {
    kept(rules::vendors_stay_in_their_files(&sources()));
    let rule = rules::vendors_stay_in_their_files;
    notices(
        rule,
        1,
        "crates/server/src/app/a.rs",
        "if provider == \"gupshup-enterprise\" {}",
    );
    notices(rule, 1, "crates/server/src/domain/a.rs", "fn is_twilio() {}");
    notices(
        rule,
        0,
        "crates/server/src/app/a.rs",
        "// as seen at Gupshup\nfn f() {}",
    );
    notices(
        rule,
        0,
        "crates/provider/src/providers/vonage.rs",
        "const ID: &str = \"vonage\";",
    );
}

#[test]
fn files_fit_in_a_head() {
    kept(rules::files_are_short(&sources()));
    notices(rules::files_are_short, 0, "a.rs", &"\n".repeat(500));
    notices(rules::files_are_short, 1, "a.rs", &"\n".repeat(501));
}

#[test]
fn there_are_no_lasting_excuses() {
    kept(rules::no_lasting_excuses(&sources()));
    let rule = rules::no_lasting_excuses;
    notices(rule, 1, "a.rs", "#[allow (dead_code)]\nfn f() {}");
    notices(rule, 1, "a.rs", "#![allow(unused)]");
    notices(rule, 1, "a.rs", "fn f() { todo!() }");
    notices(rule, 1, "a.rs", "fn f() { unsafe { g() } }");
    notices(
        rule,
        0,
        "a.rs",
        "#[expect(dead_code, reason = \"[allow(x)]\")]\nfn f() { is_allowed(x) }",
    );
    let unfinished = format!("// {}: later", "TODO");
    notices(rule, 1, "a.rs", &unfinished);
}

#[test]
fn lock_files_are_committed_and_fetch_from_public_registries() {
    kept(rules::lock_files(&files()));
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let good = file(
        "Cargo.lock",
        "source = \"registry+https://github.com/rust-lang/crates.io-index\"",
    );
    assert_eq!(rules::lock_files(&[]).len(), 1);
    assert_eq!(rules::lock_files(std::slice::from_ref(&good)).len(), 0);
    assert_eq!(
        rules::lock_files(&[good.clone(), file("web/package.json", "{}")]).len(),
        1
    );
    assert_eq!(
        rules::lock_files(&[file(
            "Cargo.lock",
            "source = \"registry+https://mirror.example/index\""
        )])
        .len(),
        1
    );
    let npm = file(
        "web/package-lock.json",
        "  \"resolved\": \"https://mirror.example/a.tgz\",",
    );
    assert_eq!(rules::lock_files(&[good.clone(), npm]).len(), 1);
    assert_eq!(
        rules::lock_files(&[good, file(".cargo/config.toml", "[source.crates-io]")]).len(),
        1
    );
}

#[test]
fn nothing_points_into_one_machine() {
    kept(rules::no_machine_paths(&files()));
    let sample = |text: String| rules::no_machine_paths(&[("a.md".into(), text)]).len();
    assert_eq!(sample(format!("see {}home/ann/notes", "/")), 1);
    assert_eq!(sample(format!("{}work/shared", "/")), 1);
    assert_eq!(
        sample("https://harkara.example/home/ and src/work/a.rs".into()),
        0
    );
}

#[test]
fn every_dependency_has_a_reason() {
    let manifests: Vec<String> = files()
        .into_iter()
        .filter(|(path, _)| path.starts_with("crates/") && path.ends_with("/Cargo.toml"))
        .map(|(_, text)| text)
        .collect();
    assert!(manifests.len() >= 3);
    kept(rules::dependencies_have_reasons(
        &manifests,
        &read("docs/dependencies.md"),
    ));

    let manifest = ["[dependencies]\nserde = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n".to_owned()];
    let table = "| crate | reason |\n| `serde` | typed wire formats, everywhere |\n| `proptest` | |\n";
    let wrong = rules::dependencies_have_reasons(&manifest, table);
    assert_eq!(wrong, ["docs/dependencies.md gives no reason for proptest"]);
}

fn catalogues() -> Vec<(String, String)> {
    let ours = |path: &str| path.starts_with("crates/") && path.ends_with(".po");
    let found: Vec<_> = files().into_iter().filter(|(path, _)| ours(path)).collect();
    assert!(found.len() >= 2);
    found
}

#[test]
fn translations_belong_to_sentences_that_are_there() {
    kept(texts::stale(&catalogues(), &sources()));

    let code = Source::new(
        "crates/provider/src/providers/ringo/send.rs",
        "let a = format!(\"Ringo refused {account:?} \\\n   {} times.\", n);\nlet b = \"Write {{1}}.\";\n#[cfg(test)]\nlet c = \"Only a test.\";",
    );
    let told = |id: &str, text: &str| {
        let file = format!("msgid \"{id}\"\nmsgstr \"{text}\"\n");
        let path = "crates/provider/src/providers/ringo/hi.po".to_owned();
        texts::stale(&[(path, file)], std::slice::from_ref(&code)).join(" ")
    };
    assert_eq!(
        told("Ringo refused {account} {0} times.", "{0} {account|said}"),
        ""
    );
    assert_eq!(told("Write {{1}}.", "{{1}} xy"), "");
    for (id, text, fault) in [
        (
            "Ringo refused {account} {0} time.",
            "{0} {account}",
            "hi.po:1: no code",
        ),
        ("Only a test.", "x", "no code"),
        ("Ringo refused {account} {0} times.", "{0}", "other holes"),
        ("Write {{1}}.", "", "no translation"),
        ("{a} is {b}", "{a} {b}", "nearly any text"),
        ("some {a}{b} words", "{a} {b}", "where one hole ends"),
    ] {
        assert!(told(id, text).contains(fault), "{id}: {}", told(id, text));
    }
}

#[test]
fn what_people_read_is_translated() {
    let hindi: std::collections::BTreeSet<String> =
        harkara::domain::texts::texts("hi").unwrap().into_keys().collect();
    let catalogues = catalogues();
    kept(texts::untranslated(&sources(), &catalogues, &hindi));
    kept(texts::unsaid_forms(&catalogues));

    let of_ringo = [(
        "crates/provider/src/providers/ringo/hi.po".to_owned(),
        String::new(),
    )];
    let known = ["Wait {0} minutes.".to_owned()].into();
    let rule = |code: &[Source]| texts::untranslated(code, &of_ringo, &known);
    let vendor = |name: &str| format!("crates/provider/src/providers/{name}/send.rs");
    notices(rule, 1, &vendor("ringo"), "f(\"Wait two hours.\")");
    notices(rule, 0, &vendor("bingo"), "f(\"Wait two hours.\")");
    let path = "crates/server/src/app/a.rs";
    notices(rule, 0, path, "f(format!(\"Wait {} minutes.\"))");
    notices(rule, 1, path, "f(format!(\"Wait {} hours.\"))");
    notices(rule, 1, path, "f(\"\\\"{name}\\\" is long.\")");
    notices(rule, 0, path, "warn!(\"it is tried again\"); // Wait a day.");
    notices(rule, 0, "crates/server/src/cli/a.rs", "f(\"Wait two hours.\")");
    notices(rule, 1, "crates/server/src/domain/light.rs", "f(\"two hours\")");
}
