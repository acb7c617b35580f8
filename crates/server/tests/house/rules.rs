//! The rules of the house. Each takes the tree (or a part of it) and names what breaks it; nothing means kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Source;

/// Crates that do input or output, know the time or make random numbers.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "curl",
    "getrandom",
    "h2",
    "hyper",
    "isahc",
    "libsqlite3-sys",
    "mio",
    "native-tls",
    "rand",
    "reqwest",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "tokio",
    "ureq",
    "uuid",
];

/// Vendors, as they may only stand in their own file and where one is chosen.
const VENDORS: &[&str] = &["gupshup", "vonage", "nexmo", "twilio", "infobip"];

/// What may ask for an impure crate all the same: a library of signatures has a source of randomness, which it is
/// handed as an argument where it needs one.
const EXCUSED: &[(&str, &str)] = &[("ring", "getrandom")];

/// Nothing among the dependencies of the provider crate, however deep, does input or output. `tree` is what
/// `cargo tree --prefix depth` prints.
pub fn provider_has_no_io_dependency(tree: &str) -> Vec<String> {
    let mut above: Vec<&str> = Vec::new();
    let mut wrong: BTreeSet<&str> = BTreeSet::new();
    for line in tree.lines() {
        let at = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        let (depth, name) = (line[..at].parse().unwrap_or(0), line[at..].split(' ').next());
        let Some(name) = name else { continue };
        above.truncate(depth);
        let parent = above.last().copied().unwrap_or_default();
        if IMPURE.contains(&name) && !EXCUSED.contains(&(parent, name)) {
            wrong.insert(name);
        }
        above.push(name);
    }
    wrong
        .iter()
        .map(|name| format!("the provider crate depends on {name}"))
        .collect()
}

/// The code of the provider crate asks the machine for nothing.
pub fn provider_code_is_pure(tree: &[Source]) -> Vec<String> {
    let forbidden = |path: &str| {
        let std = [
            "fs",
            "net",
            "env",
            "process",
            "thread",
            "io::stdin",
            "time::SystemTime",
            "time::Instant",
        ];
        std.iter().any(|part| under(path, &format!("std::{part}")))
            || ["Timestamp::now", "Zoned::now"]
                .iter()
                .any(|end| path.ends_with(end))
            || matches!(path, "async" | "await" | "SystemTime" | "Instant")
    };
    let files = tree.iter().filter(|s| s.path.starts_with("crates/provider/src/"));
    files
        .flat_map(|s| paths_that(&s.without_tests(), forbidden))
        .collect()
}

/// SQL statements, and the library that carries them, stand only under `store/`.
pub fn sql_stands_in_the_store(tree: &[Source]) -> Vec<String> {
    let files = tree.iter().filter(|s| {
        s.path.starts_with("crates/")
            && s.path.contains("/src/")
            && !s.path.starts_with("crates/server/src/store/")
    });
    files
        .flat_map(|s| {
            let s = s.without_tests();
            let texts = s.strings.iter().filter(|(_, text)| is_sql(text));
            let mut wrong: Vec<String> = texts
                .map(|(line, _)| format!("{}:{line}: SQL outside store/", s.path))
                .collect();
            wrong.extend(paths_that(&s, |path| under(path, "sqlx")));
            wrong
        })
        .collect()
}

fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let has = |word: &str| words.contains(&word);
    let pair = |a: &str, b: &str| words.windows(2).any(|w| w == [a, b]);
    (has("SELECT") && has("FROM"))
        || pair("INSERT", "INTO")
        || pair("DELETE", "FROM")
        || (has("UPDATE") && has("SET"))
        || pair("CREATE", "TABLE")
        || pair("ALTER", "TABLE")
}

/// Whoever shares the number of an advisory lock waits for strangers: each number is one file's own.
pub fn advisory_locks_are_not_shared(tree: &[Source]) -> Vec<String> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let mut wrong = Vec::new();
    for source in tree.iter().filter(|s| s.path.contains("/src/")) {
        for (line, text) in &source.strings {
            for part in text.split("advisory_xact_lock").skip(1) {
                let Some((_, number)) = part.split_once('(') else {
                    continue;
                };
                let number = number.split(')').next().unwrap_or_default();
                let owner = *owners.entry(number).or_insert(&source.path);
                if owner != source.path {
                    let path = &source.path;
                    wrong.push(format!(
                        "{path}:{line}: the advisory lock {number} is that of {owner}"
                    ));
                }
            }
        }
    }
    wrong
}

/// `domain/` is synchronous and sees no clock, randomness, row or request.
pub fn domain_is_pure(tree: &[Source]) -> Vec<String> {
    let forbidden = |path: &str| {
        [
            "sqlx",
            "axum",
            "tokio",
            "reqwest",
            "getrandom",
            "rand",
            "std::fs",
            "std::net",
            "std::time::SystemTime",
            "std::time::Instant",
        ]
        .iter()
        .chain(&[
            "crate::store",
            "crate::app",
            "crate::http",
            "crate::worker",
            "crate::engine",
            "crate::cli",
        ])
        .any(|part| under(path, part))
            || path
                .split("::")
                .any(|part| matches!(part, "Clock" | "SystemClock" | "Ids" | "random_bytes"))
            || ["Timestamp::now", "Zoned::now"]
                .iter()
                .any(|end| path.ends_with(end))
            || matches!(path, "async" | "await" | "SystemTime" | "Instant")
    };
    let files = tree
        .iter()
        .filter(|s| s.path.starts_with("crates/server/src/domain/"));
    files
        .flat_map(|s| paths_that(&s.without_tests(), forbidden))
        .collect()
}

/// Who may not know whom: `http` and `worker` call `app`, never each other; `app` and `store` know nobody above them.
pub fn arrows_point_down(tree: &[Source]) -> Vec<String> {
    let forbidden: &[(&str, &[&str])] = &[
        ("http", &["worker", "cli", "serve"]),
        ("worker", &["http", "cli", "serve"]),
        ("app", &["http", "worker", "cli", "serve"]),
        ("store", &["app", "http", "worker", "cli", "serve", "engine"]),
        ("engine", &["app", "http", "worker", "cli", "serve", "store"]),
    ];
    let mut wrong = Vec::new();
    for (module, above) in forbidden {
        let folder = format!("crates/server/src/{module}/");
        let file = format!("crates/server/src/{module}.rs");
        for s in tree
            .iter()
            .filter(|s| s.path.starts_with(&folder) || s.path == file)
        {
            wrong.extend(paths_that(&s.without_tests(), |path| {
                above.iter().any(|name| under(path, &format!("crate::{name}")))
            }));
        }
    }
    wrong
}

/// A vendor's name stands in the vendor's file, the registry, the simulator and the commands that name one.
pub fn vendors_stay_in_their_files(tree: &[Source]) -> Vec<String> {
    let allowed = [
        "crates/provider/src/providers/",
        "crates/provider/src/registry.rs",
        "crates/provider/cases/",
        "crates/sim/",
        "crates/server/src/cli/",
        "crates/server/src/demo/",
        "crates/server/src/bench/",
    ];
    let files = tree.iter().filter(|s| {
        s.path.contains("/src/")
            && s.path.starts_with("crates/")
            && !allowed.iter().any(|a| s.path.starts_with(a))
    });
    files
        .flat_map(|s| {
            let s = s.without_tests();
            let code = s
                .code
                .lines()
                .enumerate()
                .map(|(n, line)| (n + 1, line.to_lowercase()));
            let strings = s.strings.iter().map(|(n, text)| (*n, text.to_lowercase()));
            let named = code
                .chain(strings)
                .filter(|(_, text)| VENDORS.iter().any(|v| text.contains(v)));
            named
                .map(|(line, _)| format!("{}:{line}: names a vendor", s.path))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A file fits in a head.
pub fn files_are_short(tree: &[Source]) -> Vec<String> {
    let lines = tree.iter().map(|s| (s, s.text.lines().count()));
    let long = lines.filter(|(_, n)| *n > 500);
    long.map(|(s, n)| format!("{}: {n} lines, more than 500", s.path))
        .collect()
}

/// No excuse lives forever: `#[expect(.., reason = "..")]` instead of `allow`; nothing left to do, no unsafe code.
pub fn no_lasting_excuses(tree: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for s in tree {
        for (n, line) in s.code.lines().enumerate() {
            let squeezed: String = line.split_whitespace().collect();
            let bad = ["[allow(", "todo!(", "unimplemented!(", "dbg!(", "unsafe{"];
            if let Some(bad) = bad.iter().find(|bad| squeezed.contains(*bad)) {
                wrong.push(format!("{}:{}: {bad}", s.path, n + 1));
            }
        }
        for (n, line) in s.text.lines().enumerate() {
            if ["TODO", "FIXME", "XXX"]
                .iter()
                .any(|mark| line.contains(&format!("// {mark}")))
            {
                wrong.push(format!("{}:{}: unfinished", s.path, n + 1));
            }
        }
    }
    wrong
}

/// The lock files are committed, and fetch from the public registries alone.
pub fn lock_files(files: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let text_of = |name: &str| {
        files
            .iter()
            .find(|(path, _)| path == name)
            .map(|(_, text)| text.as_str())
    };
    if text_of("Cargo.lock").is_none() {
        wrong.push("Cargo.lock is not committed".into());
    }
    if text_of("web/package.json").is_some() && text_of("web/package-lock.json").is_none() {
        wrong.push("web/package-lock.json is not committed".into());
    }
    for (path, text) in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            let fetched = match name {
                "Cargo.lock" => line
                    .strip_prefix("source = ")
                    .filter(|from| *from != "\"registry+https://github.com/rust-lang/crates.io-index\""),
                "package-lock.json" => line
                    .strip_prefix("\"resolved\": ")
                    .filter(|from| !from.starts_with("\"https://registry.npmjs.org/")),
                // What keeps addresses out of the lock is welcome.
                ".npmrc" => (line.contains("registry") && line != "omit-lockfile-registry-resolved=true")
                    .then_some(line),
                _ if path.starts_with(".cargo/") => {
                    (line.contains("registry") || line.starts_with("[source")).then_some(line)
                }
                _ => None,
            };
            if let Some(from) = fetched {
                wrong.push(format!("{path}:{}: fetches from {from}", n + 1));
            }
        }
    }
    wrong
}

/// Nothing in the repository points into the folders of one machine.
pub fn no_machine_paths(files: &[(String, String)]) -> Vec<String> {
    // Put together here, so that this file does not break its own rule.
    let roots: Vec<String> = ["home", "Users", "root", "work", "tmp/dev", "mnt"]
        .iter()
        .map(|name| format!("/{name}/"))
        .collect();
    let mut wrong = Vec::new();
    for (path, text) in files {
        for (n, line) in text.lines().enumerate() {
            let hit = roots.iter().find(|root| {
                line.match_indices(root.as_str()).any(|(at, _)| {
                    // `https://host/home/` and `src/work/` are not paths of a machine.
                    line[..at]
                        .chars()
                        .next_back()
                        .is_none_or(|c| !(c.is_alphanumeric() || "./_-}".contains(c)))
                })
            });
            if let Some(root) = hit {
                wrong.push(format!("{path}:{}: {root}", n + 1));
            }
        }
    }
    wrong
}

/// `docs/dependencies.md` names every direct dependency, with a reason.
pub fn dependencies_have_reasons(manifests: &[String], document: &str) -> Vec<String> {
    let mut names = BTreeSet::new();
    for manifest in manifests {
        let table: toml::Table = manifest.parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            names.extend(table_keys(&table, section));
        }
    }
    let has_reason = |name: &str| {
        document.lines().any(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            cells
                .get(1)
                .is_some_and(|cell| cell.split(", ").any(|n| n.trim_matches('`') == name))
                && cells.get(2).is_some_and(|reason| reason.len() > 15)
        })
    };
    let missing = names
        .iter()
        .filter(|name| !name.starts_with("harkara") && !has_reason(name));
    missing
        .map(|name| format!("docs/dependencies.md gives no reason for {name}"))
        .collect()
}

fn table_keys(table: &toml::Table, section: &str) -> Vec<String> {
    let section = table.get(section).and_then(|t| t.as_table());
    section.map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

fn under(path: &str, part: &str) -> bool {
    path.strip_prefix(part)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// One fault a line, however often the line breaks the rule.
fn paths_that(source: &Source, forbidden: impl Fn(&str) -> bool) -> Vec<String> {
    let paths = source.paths().into_iter().filter(|(_, path)| forbidden(path));
    let wrong: BTreeMap<usize, String> = paths.collect();
    wrong
        .into_iter()
        .map(|(line, path)| format!("{}:{line}: {path}", source.path))
        .collect()
}
