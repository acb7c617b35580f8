//! The sentences of the server and of its providers in other languages than English.
//!
//! The API speaks English, and so do the rows that keep what was said. Whoever shows a sentence to a person looks it up
//! in a catalogue: a PO file whose `msgid` is the sentence as it stands in the code, holes and all. In the translation
//! `{why}` is what stands there as it is, and `{why|said}` is looked up itself: a sentence or a word of ours inside of
//! another one. Names and texts of people are never looked up.

use std::collections::{BTreeMap, BTreeSet};

/// Every catalogue: its language, and the file. `build.rs` finds them.
static CATALOGUES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// The language that the code is written in: it needs no catalogue.
pub const SOURCE: &str = "en";

/// Translations by sentence; none for the language of the code, and `None` for a language that nobody translated to.
pub fn texts(language: &str) -> Option<BTreeMap<String, String>> {
    let files = CATALOGUES.iter().filter(|(of, _)| *of == language);
    let texts: BTreeMap<String, String> = files
        .flat_map(|(_, file)| parse(file).unwrap_or_default())
        .map(|entry| (entry.id, entry.text))
        .collect();
    (language == SOURCE || !texts.is_empty()).then_some(texts)
}

/// Every language that there are texts in.
pub fn languages() -> BTreeSet<&'static str> {
    let translated = CATALOGUES.iter().map(|(language, _)| *language);
    translated.chain([SOURCE]).collect()
}

/// A sentence and its translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line of its `msgid`.
    pub line: usize,
    /// The English sentence, with its holes.
    pub id: String,
    /// The translation.
    pub text: String,
}

/// Reads a catalogue: `msgid`, `msgstr`, strings over several lines, comments. The entry with the empty `msgid`, which
/// tells of the file itself, is left out.
///
/// # Errors
/// The line that cannot be read.
pub fn parse(file: &str) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut in_id = false;
    for (at, line) in file.lines().enumerate().map(|(n, line)| (n + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = || format!("line {at} cannot be read: {line}");
        let string = if let Some(string) = line.strip_prefix("msgid ") {
            in_id = true;
            entries.push(Entry {
                line: at,
                id: String::new(),
                text: String::new(),
            });
            string
        } else if let Some(string) = line.strip_prefix("msgstr ") {
            in_id = false;
            string
        } else {
            line
        };
        let entry = entries.last_mut().ok_or_else(wrong)?;
        let place = if in_id { &mut entry.id } else { &mut entry.text };
        place.push_str(&unquoted(string).ok_or_else(wrong)?);
    }
    entries.retain(|entry| !entry.id.is_empty());
    Ok(entries)
}

/// What a quoted string says.
fn unquoted(string: &str) -> Option<String> {
    let inside = string.strip_prefix('"')?.strip_suffix('"')?;
    let mut said = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        said.push(match c {
            '"' => return None,
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                c @ ('"' | '\\') => c,
                _ => return None,
            },
            c => c,
        });
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_is_read_with_its_lines() {
        let file = "# ours\nmsgid \"\"\nmsgstr \"Language: hi\\n\"\n\n#. a comment\nmsgid \"\"\n\"Call {who} \"\n\"\\\"now\\\".\"\nmsgstr \"{who} को\\n\"\n\"अभी\"\n";
        let expected = Entry {
            line: 6,
            id: "Call {who} \"now\".".into(),
            text: "{who} को\nअभी".into(),
        };
        assert_eq!(parse(file), Ok(vec![expected]));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (file, line) in [
            ("msgid \"a\"\nmsgstr \"b", 2),
            ("msgid \"a\"\nmsgstr \"b\" c\"", 2),
            ("\"a\"", 1),
            ("msgid \"a\\q\"", 1),
            ("msgid \"a\"\nmsgctxt \"b\"", 2),
        ] {
            let wrong = parse(file).unwrap_err();
            assert!(wrong.starts_with(&format!("line {line} ")), "{wrong}");
        }
    }

    #[test]
    fn every_catalogue_can_be_read() {
        for (language, file) in CATALOGUES {
            let entries = parse(file).unwrap();
            assert!(!entries.is_empty(), "{language}");
        }
        assert_eq!(texts(SOURCE), Some(BTreeMap::new()));
        assert_eq!(texts("tlh"), None);
    }
}
