//! What the server and its providers say, in other languages than English: each translation belongs to a sentence that
//! still stands in the code, and each sentence that a person may read has a translation.

use std::collections::{BTreeMap, BTreeSet};

use harkara::domain::texts::{Entry, parse, texts};
use harkara_provider::registry;

use crate::source::Source;

/// Files whose sentences no person reads in the dashboard.
const FOR_PROGRAMS: &[&str] = &[
    // The command line, the demo and measurements speak to whoever runs the server.
    "crates/server/src/bench/",
    "crates/server/src/cli/",
    "crates/server/src/config/",
    "crates/server/src/demo/",
    "crates/server/src/main.rs",
    "crates/server/src/serve.rs",
    // Answers to the vendors' own servers and to uploads in the format of another product.
    "crates/server/src/domain/upload.rs",
    "crates/server/src/http/callback_in.rs",
    "crates/server/src/http/upload.rs",
    // A page for whoever built the program without the dashboard.
    "crates/server/src/http/dashboard.rs",
    // SQL.
    "crates/server/src/store/",
];

/// Sentences that look as if a person read them.
const NOT_SHOWN: &[&str] = &[
    // In logs; the API says it in other words.
    "There were too many wrong passwords or codes. Wait {0}.",
    // In the document of the API.
    "A user who signed in. What is not GET also sends the header `x-harkara: 1`.",
    "Deleted because of its age.",
];

/// Files that say nothing but what people read: also what is no whole sentence there is translated.
const ALL_SAID: &[&str] = &[
    "crates/provider/src/capability.rs",
    "crates/provider/src/wire/cards.rs",
    "crates/provider/src/wire/meta.rs",
    "crates/provider/src/wire/meta_templates.rs",
    "crates/provider/src/wire/open.rs",
    "crates/provider/src/wire/rules.rs",
    "crates/server/src/domain/attributes.rs",
    "crates/server/src/domain/audience.rs",
    "crates/server/src/domain/campaign.rs",
    "crates/server/src/domain/columns.rs",
    "crates/server/src/domain/content.rs",
    "crates/server/src/domain/light.rs",
    "crates/server/src/domain/permission.rs",
    "crates/server/src/domain/phone.rs",
    "crates/server/src/domain/settings.rs",
    "crates/server/src/domain/settle.rs",
    "crates/server/src/domain/target.rs",
    "crates/server/src/domain/template/check.rs",
    "crates/server/src/domain/template/check/rich.rs",
    "crates/server/src/domain/template/place.rs",
];

/// A hole of a sentence: `{}`, `{0}`, `{name}` or `{name:?}`, and in a translation `{name|said}`.
struct Hole<'t> {
    name: &'t str,
    /// Where it stands in the text, braces included.
    span: std::ops::Range<usize>,
}

fn holes(text: &str) -> Vec<Hole<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|n| at + n) {
        at = open + 1;
        let inside = text[at..].split(['{', '}']).next().unwrap_or_default();
        let name = inside.split([':', '|']).next().unwrap_or_default();
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_name && text[at + inside.len()..].starts_with('}') {
            at += inside.len() + 1;
            found.push(Hole { name, span: open..at });
        }
    }
    found
}

/// A sentence as it is written in a catalogue: holes numbered or named, without what says how they are shown.
fn in_catalogue(sentence: &str) -> String {
    let mut text = String::with_capacity(sentence.len());
    let (mut from, mut number) = (0, 0);
    for hole in holes(sentence) {
        text.push_str(&sentence[from..hole.span.start]);
        from = hole.span.end;
        if hole.name.is_empty() {
            text.push_str(&format!("{{{number}}}"));
            number += 1;
        } else {
            text.push_str(&format!("{{{}}}", hole.name));
        }
    }
    text.push_str(&sentence[from..]);
    text.trim().to_owned()
}

/// What a string literal says: lines that go on, and what stands for signs that cannot be written.
fn unescaped(literal: &str) -> String {
    let mut said = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        said.push_str(&rest[..at]);
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some('\n') => {
                rest = after.as_str().trim_start();
                continue;
            }
            Some('n') => said.push('\n'),
            Some('t') => said.push('\t'),
            Some(c) => said.push(c),
            None => {}
        }
        rest = after.as_str();
    }
    said.push_str(rest);
    said
}

/// A literal as catalogues may have it: what `format!` writes for doubled braces is one.
fn spellings(literal: &str) -> [String; 2] {
    let plain = in_catalogue(&unescaped(literal));
    let formatted = plain.replace("{{", "{").replace("}}", "}");
    [plain, formatted]
}

/// The folder whose code a catalogue is about, and the one in it that has catalogues of its own.
fn code_of(catalogue: &str) -> (&str, Option<&str>) {
    match catalogue.rsplit_once('/').map(|(folder, _)| folder) {
        Some("crates/server/texts") => ("crates/server/src/", None),
        Some("crates/provider/texts") => ("crates/provider/src/", Some("crates/provider/src/providers/")),
        other => (other.unwrap_or_default(), None),
    }
}

/// Translations of what is not there, that lose a value, or that cannot be told apart from any text.
pub fn stale(catalogues: &[(String, String)], code: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in catalogues {
        let (folder, but) = code_of(path);
        let there: BTreeSet<String> = code
            .iter()
            .filter(|s| s.path.starts_with(folder) && but.is_none_or(|but| !s.path.starts_with(but)))
            .flat_map(|s| s.without_tests().strings)
            .flat_map(|(_, literal)| spellings(&literal))
            .collect();
        let entries = parse(text).unwrap_or_else(|why| {
            wrong.push(format!("{path}: {why}"));
            Vec::new()
        });
        for entry in entries {
            let mut fault = |what: &str| wrong.push(format!("{path}:{}: {what}: {}", entry.line, entry.id));
            if !there.contains(&entry.id) {
                fault("no code under its folder says this");
            }
            if let Some(what) = wrong_holes(&entry) {
                fault(what);
            }
            if entry.text.trim().is_empty() {
                fault("it has no translation");
            }
            let before = all.insert(entry.id.clone(), entry.text.clone());
            if before.is_some_and(|before| before != entry.text) {
                fault("another catalogue translates it differently");
            }
        }
    }
    wrong
}

fn wrong_holes(entry: &Entry) -> Option<&'static str> {
    let names = |text| {
        let mut names: Vec<String> = holes(text).iter().map(|hole| hole.name.to_owned()).collect();
        names.sort();
        names
    };
    let found = holes(&entry.id);
    let letters = in_between(&entry.id, &found)
        .filter(|c| c.is_alphabetic())
        .count();
    let touching = found.windows(2).any(|two| two[0].span.end == two[1].span.start);
    if names(&entry.id) != names(&entry.text) {
        Some("the translation has other holes")
    } else if !found.is_empty() && letters < 4 {
        Some("nearly any text would fit")
    } else if touching {
        Some("nobody can say where one hole ends and the next begins")
    } else {
        None
    }
}

fn in_between<'t>(text: &'t str, holes: &'t [Hole<'t>]) -> impl Iterator<Item = char> + 't {
    let inside = |at: usize| holes.iter().any(|hole| hole.span.contains(&at));
    text.char_indices()
        .filter(move |(at, _)| !inside(*at))
        .map(|(_, c)| c)
}

/// Whether a vendor is told in English everywhere, because nobody translated it: its folder has no catalogue.
fn only_english(vendor: &str, catalogues: &[(String, String)]) -> bool {
    let place = format!("crates/provider/src/providers/{vendor}/hi.po");
    !catalogues.iter().any(|(path, _)| *path == place)
}

/// Sentences of the code that people read and nobody translated to Hindi.
pub fn untranslated(
    code: &[Source],
    catalogues: &[(String, String)],
    translated: &BTreeSet<String>,
) -> Vec<String> {
    let under = |path: &str, places: &[&str]| places.iter().any(|place| path.starts_with(place));
    let mut wrong = Vec::new();
    for s in code {
        let ours = ["crates/provider/src/", "crates/server/src/"];
        if !under(&s.path, &ours) || under(&s.path, FOR_PROGRAMS) || s.path.contains("/tests") {
            continue;
        }
        let vendor = s.path.strip_prefix("crates/provider/src/providers/");
        let vendor = vendor.and_then(|path| path.split('/').next());
        if vendor.is_some_and(|vendor| only_english(vendor, catalogues)) {
            continue;
        }
        let all = ALL_SAID.contains(&s.path.as_str());
        for (line, literal) in s.without_tests().strings {
            let [plain, formatted] = spellings(&literal);
            let shown = is_sentence(&plain) || all && plain.contains(' ') && words(&plain) > 1;
            let known = translated.contains(&plain) || translated.contains(&formatted);
            if shown && !known && !NOT_SHOWN.contains(&plain.as_str()) {
                wrong.push(format!("{}:{line}: {plain}", s.path));
            }
        }
    }
    wrong
}

/// Words of at least two letters, holes left out.
fn words(text: &str) -> usize {
    let outside: String = in_between(text, &holes(text)).collect();
    outside
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.len() > 1)
        .count()
}

/// It begins and ends as a sentence does.
fn is_sentence(text: &str) -> bool {
    let first = text.trim_start_matches(['"', '\'', '`', '(']).chars().next();
    text.contains(' ')
        && first.is_some_and(|c| c.is_uppercase() || c == '{')
        && text.ends_with(['.', '?', '!'])
        && words(text) > 1
}

/// What a person reads of a provider before anything was sent, and nobody translated to Hindi.
pub fn unsaid_forms(catalogues: &[(String, String)]) -> Vec<String> {
    let texts = texts("hi").unwrap_or_default();
    let mut wrong = Vec::new();
    for provider in registry::PROVIDERS {
        let spec = provider.spec();
        if only_english(&spec.id.replace('-', "_"), catalogues) {
            continue;
        }
        let fields = spec.fields.iter().flat_map(|field| [field.label, field.help]);
        let others = provider.credentials().iter().copied().chain([spec.network_hint]);
        for text in fields.chain(others) {
            if !text.is_empty() && !texts.contains_key(text) {
                wrong.push(format!("{}: {text}", spec.id));
            }
        }
    }
    wrong
}
