//! This crate decides and never acts: no sockets, no files, no clock, no randomness.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot read")]

use std::path::{Path, PathBuf};

/// Crates that do input or output, tell the time or draw random numbers.
const CRATES: &[&str] = &[
    "tokio",
    "reqwest",
    "hyper",
    "axum",
    "sqlx",
    "mio",
    "socket2",
    "ureq",
    "curl",
    "rustls",
    "async-std",
    "smol",
    "rusqlite",
    "getrandom",
    "rand",
    "tempfile",
    "chrono",
    "time",
];

/// Paths of the standard library and of jiff that do the same.
const PATHS: &[&str] = &[
    "std::net",
    "std::fs",
    "std::time::SystemTime",
    "std::time::Instant",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "std::process",
    "std::env",
    "std::thread",
    "std::io",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names in the `[dependencies]` table.
fn dependencies(manifest: &str) -> Vec<String> {
    let table = manifest
        .split("\n[")
        .find_map(|table| table.strip_prefix("dependencies]"));
    let lines = table.expect("a [dependencies] table").lines();
    lines
        .filter_map(|line| line.split(['=', '.']).next())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .collect()
}

fn impure(source: &str) -> Vec<&'static str> {
    PATHS
        .iter()
        .filter(|path| source.contains(**path))
        .copied()
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("readable folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_dependency_does_input_or_output() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let names = dependencies(&manifest);
    assert!(
        names.iter().any(|name| name == "serde_json"),
        "the table was not read: {names:?}"
    );
    let bad: Vec<_> = names
        .iter()
        .filter(|name| CRATES.contains(&name.as_str()))
        .collect();
    assert!(
        bad.is_empty(),
        "{bad:?} in crates/provider/Cargo.toml: move the work to the server's engine"
    );
}

#[test]
fn no_source_reaches_outside() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    assert!(files.len() > 10, "the sources were not found");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("source");
        let bad = impure(&text);
        assert!(
            bad.is_empty(),
            "{} uses {bad:?}: take it as an argument",
            file.display()
        );
    }
}

#[test]
fn the_guards_themselves_see_a_break() {
    assert_eq!(
        dependencies("[package]\nname = \"x\"\n\n[dependencies]\ntokio.workspace = true\nserde = \"1\"\n"),
        ["tokio", "serde"]
    );
    assert_eq!(
        impure("let now = std::time::SystemTime::now();"),
        ["std::time::SystemTime", "SystemTime::now"]
    );
}
