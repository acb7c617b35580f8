//! Rust source, taken apart far enough to check rules: code without comments and strings, the strings, the paths.

/// One file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path from the root of the repository, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Code with comments and the insides of strings blanked out; lines stay where they are.
    pub code: String,
    /// String literals: line and inside.
    pub strings: Vec<(usize, String)>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (code, strings) = take_apart(text);
        Self {
            path: path.into(),
            text: text.into(),
            code,
            strings,
        }
    }

    /// The lines in front of the unit tests, which stand at the end of a file.
    pub fn lines_before_tests(&self) -> usize {
        self.code
            .lines()
            .position(|line| line.trim() == "#[cfg(test)]")
            .unwrap_or(usize::MAX)
    }

    /// The same file without its unit tests.
    pub fn without_tests(&self) -> Self {
        let end = self.lines_before_tests();
        let code: Vec<&str> = self.code.lines().take(end).collect();
        Self {
            path: self.path.clone(),
            text: self.text.clone(),
            code: code.join("\n"),
            strings: self
                .strings
                .iter()
                .filter(|(line, _)| *line <= end)
                .cloned()
                .collect(),
        }
    }

    /// Every path that the code names, `use` trees spelled out: `(line, "std::fs::read")`. A single name is a path too.
    pub fn paths(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, line) in self.code.lines().enumerate() {
            for path in line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
                let path = path.trim_matches(':');
                if path.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                    found.push((number + 1, path.to_owned()));
                }
            }
        }
        let mut rest = self.code.as_str();
        while let Some(at) = rest.find("use ") {
            let before = &self.code[..self.code.len() - rest.len() + at];
            let line = before.matches('\n').count() + 1;
            let boundary = rest[..at].chars().next_back().is_none_or(|c| c.is_whitespace());
            rest = &rest[at + 4..];
            let Some(end) = rest.find(';') else { break };
            if boundary {
                spell_out("", &rest[..end], &mut |path| found.push((line, path)));
            }
        }
        found
    }
}

/// `a::{b, c::d}` becomes `a::b` and `a::c::d`.
fn spell_out(prefix: &str, tree: &str, found: &mut impl FnMut(String)) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let name = tree.split_whitespace().next().unwrap_or_default();
        found(format!("{prefix}{name}").trim_matches(':').to_owned());
        return;
    };
    let prefix = format!("{prefix}{}", tree[..open].trim());
    let inside = tree[open + 1..]
        .trim_end()
        .strip_suffix('}')
        .unwrap_or(&tree[open + 1..]);
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                spell_out(&prefix, &inside[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inside[start..].trim().is_empty() {
        spell_out(&prefix, &inside[start..], found);
    }
}

fn take_apart(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let (mut at, mut line) = (0, 1);
    let get = |i: usize| chars.get(i).copied().unwrap_or('\0');
    while at < chars.len() {
        let from = at;
        let mut inside = None;
        match get(at) {
            '/' if get(at + 1) == '/' => {
                while at < chars.len() && get(at) != '\n' {
                    at += 1;
                }
            }
            '/' if get(at + 1) == '*' => {
                let mut depth = 0;
                while at < chars.len() {
                    if get(at) == '/' && get(at + 1) == '*' {
                        depth += 1;
                        at += 2;
                    } else if get(at) == '*' && get(at + 1) == '/' {
                        depth -= 1;
                        at += 2;
                        if depth == 0 {
                            break;
                        }
                    } else {
                        at += 1;
                    }
                }
            }
            '"' => {
                at += 1;
                while at < chars.len() && get(at) != '"' {
                    at += if get(at) == '\\' { 2 } else { 1 };
                }
                inside = Some((from + 1, at.min(chars.len())));
                at += 1;
            }
            'r' if raw_hashes(&chars, at).is_some() && !is_word(get(at.wrapping_sub(1))) => {
                let hashes = raw_hashes(&chars, at).unwrap_or(0);
                at += 2 + hashes;
                let start = at;
                let closes = |i: usize| get(i) == '"' && (1..=hashes).all(|h| get(i + h) == '#');
                while at < chars.len() && !closes(at) {
                    at += 1;
                }
                inside = Some((start, at.min(chars.len())));
                at += 1 + hashes;
            }
            '\'' if get(at + 1) == '\\' => {
                at += 3;
                while at < chars.len() && get(at) != '\'' {
                    at += 1;
                }
                at += 1;
            }
            '\'' if get(at + 2) == '\'' => at += 3,
            c => {
                code.push(c);
                line += usize::from(c == '\n');
                at += 1;
                continue;
            }
        }
        let end = at.min(chars.len());
        if let Some((start, stop)) = inside {
            strings.push((line, chars[start..stop].iter().collect()));
            code.push_str("\"\"");
        }
        let lines = chars[from..end].iter().filter(|c| **c == '\n').count();
        code.extend(std::iter::repeat_n('\n', lines));
        line += lines;
    }
    (code, strings)
}

/// At `r"` or `r#"`: how many hashes.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn comments_and_strings_are_told_from_code() {
    let source = Source::new(
        "a.rs",
        "// use std::net;\nlet a = \"SELECT \\\" 'x'\"; /* allow( /* nested */ */\nlet b = r#\"raw \" one\"#; let c = '\"'; fn f<'a>(x: &'a str) {}\n\"last\"",
    );
    let strings: Vec<(usize, &str)> = source.strings.iter().map(|(l, s)| (*l, s.as_str())).collect();
    assert_eq!(strings, [(2, "SELECT \\\" 'x'"), (3, "raw \" one"), (4, "last")]);
    assert!(!source.code.contains("std") && !source.code.contains("allow"));
    assert!(source.code.contains("fn f<'a>(x: &'a str) {}"));
    assert_eq!(source.code.lines().count(), 4);
}

#[test]
fn use_trees_are_spelled_out() {
    let source = Source::new(
        "a.rs",
        "use std::{fs, time::{Duration, Instant}};\nuse crate::http as web;\nlet x = std::net::TcpStream::connect;",
    );
    let paths: Vec<String> = source.paths().into_iter().map(|(_, p)| p).collect();
    for path in [
        "std::fs",
        "std::time::Duration",
        "std::time::Instant",
        "crate::http",
        "std::net::TcpStream::connect",
    ] {
        assert!(paths.iter().any(|p| p == path), "{path} in {paths:?}");
    }
}
