//! What is thrown at everything that reads bytes of strangers, and what must hold whatever the bytes are.
//!
//! A target is a plain function over bytes that panics when a property does not hold. It runs guided by coverage
//! (`bin/fuzz`, which makes each a program of its own) and, with a fixed number of changed seeds, among the tests
//! (`crates/server/tests/fuzz`, which takes in this very folder). Seeds are the conformance cases of the providers, a
//! few written here, and everything that ever failed (`regressions/<target>/`).
#![expect(clippy::expect_used, reason = "a target stops at what it cannot read")]

mod answer;
mod callback;
mod import;
mod message;
mod person;
#[path = "../../crates/provider/tests/support/mod.rs"]
#[expect(dead_code, reason = "the conformance test uses the rest")]
mod support;
mod wire;

use std::path::{Path, PathBuf};

use harkara_provider::Provider;
use harkara_provider::registry::PROVIDERS;

/// What must hold for any bytes.
type Property = dyn Fn(&[u8]) + Send + Sync;

/// Something that reads bytes of strangers.
pub struct Target {
    /// Name, as `cargo fuzz` knows it.
    pub name: String,
    /// Panics when a property does not hold.
    pub run: Box<Property>,
    /// Inputs to begin with.
    pub seeds: Vec<Vec<u8>>,
    /// Words that mean something in an input.
    pub words: Vec<String>,
}

impl Target {
    fn new(
        name: &str,
        run: impl Fn(&[u8]) + Send + Sync + 'static,
        seeds: Vec<Vec<u8>>,
        words: &[&str],
    ) -> Self {
        Self {
            name: name.to_owned(),
            run: Box::new(run),
            seeds,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }
}

/// All targets, with their seeds.
pub fn targets() -> Vec<Target> {
    let mut all: Vec<Target> = PROVIDERS
        .iter()
        .map(|provider| callback::target(*provider))
        .collect();
    all.extend([
        answer::target(),
        wire::target(),
        import::target(),
        person::phone(),
        person::upload(),
        message::template(),
        message::words(),
    ]);
    for target in &mut all {
        target.seeds.extend(regressions(&target.name));
    }
    all
}

/// The target of this name.
pub fn target(name: &str) -> Target {
    let mut all = targets();
    let at = all.iter().position(|target| target.name == name);
    all.swap_remove(at.unwrap_or_else(|| panic!("there is no target {name}")))
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here
        .ancestors()
        .find(|folder| folder.join("crates/provider/cases").is_dir());
    root.expect("the repository").to_owned()
}

/// Inputs that failed once.
fn regressions(name: &str) -> Vec<Vec<u8>> {
    let Ok(files) = std::fs::read_dir(root().join("fuzz/regressions").join(name)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("readable folder").path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).expect("readable file"))
        .collect()
}

/// Writes the seeds of a target where `cargo fuzz` looks for its corpus, and its words beside them.
pub fn write_seeds(target: &Target) {
    let folder = root().join("fuzz/corpus").join(&target.name);
    std::fs::create_dir_all(&folder).expect("a folder for the corpus");
    for (at, seed) in target.seeds.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{at:03}")), seed).expect("a seed");
    }
    let words: String = target
        .words
        .iter()
        .map(|word| format!("{}\n", quoted(word)))
        .collect();
    std::fs::write(
        root().join("fuzz/corpus").join(format!("{}.dict", target.name)),
        words,
    )
    .expect("words");
}

/// As the dictionaries of libFuzzer want it.
fn quoted(word: &str) -> String {
    let bytes = word.bytes().map(|byte| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    });
    format!("\"{}\"", bytes.collect::<String>())
}

/// The `main` of a target: the program's name says which.
#[macro_export]
macro_rules! fuzz {
    () => {
        use std::sync::LazyLock;

        static TARGET: LazyLock<$crate::Target> = LazyLock::new(|| $crate::target(env!("CARGO_BIN_NAME")));

        libfuzzer_sys::fuzz_target!(init: $crate::write_seeds(&TARGET), |data: &[u8]| { (TARGET.run)(data) });
    };
}

/// The first line and the rest.
fn split_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The account that the cases of a provider use.
fn account(provider: &dyn Provider) -> harkara_provider::Account {
    support::account(provider, &std::collections::BTreeMap::new())
}

/// A head of HTTP up to the empty line: first line, headers with names in lower case, and the rest. Without an empty
/// line everything is rest.
fn head(data: &[u8]) -> (String, Vec<(String, String)>, &[u8]) {
    let Some(end) = data.windows(2).position(|pair| pair == b"\n\n") else {
        return (String::new(), Vec::new(), data);
    };
    let (first, headers) = split_line(&data[..end]);
    let headers = text(headers);
    let headers = headers.lines().filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    (text(first), headers.collect(), &data[end + 2..])
}

/// What [`head`] reads.
fn with_head(first: &str, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut out = format!("{first}\n");
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\n"));
    }
    out.push('\n');
    let mut out = out.into_bytes();
    out.extend_from_slice(body);
    out
}
