//! `{{1}}` and `{{first_name}}` in texts.

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) enum Piece<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// The name between the braces.
    Placeholder(&'a str),
}

/// Cuts a text at its placeholders. Braces that make none stay text.
pub(in crate::domain) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut rest, mut from) = (text, 0);
    while let Some(start) = twice(&rest[from..], '{').map(|at| at + from) {
        let inner = &rest[start + 2..];
        let end = twice(inner, '}').filter(|end| is_name(&inner[..*end]));
        if let Some(end) = end {
            if start > 0 {
                out.push(Piece::Text(&rest[..start]));
            }
            out.push(Piece::Placeholder(&inner[..end]));
            rest = &inner[end + 2..];
            from = 0;
        } else {
            from = start + 1;
        }
    }
    if !rest.is_empty() {
        out.push(Piece::Text(rest));
    }
    out
}

/// Where a brace stands twice. This is asked several times for each message, and the search for a text is slow to begin.
fn twice(text: &str, brace: char) -> Option<usize> {
    let mut places = text.match_indices(brace).map(|(at, _)| at);
    places.find(|at| text[at + 1..].starts_with(brace))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// The number of a numbered placeholder.
pub(super) fn number(name: &str) -> Option<u32> {
    name.parse()
        .ok()
        .filter(|n: &u32| *n > 0 && n.to_string() == name)
}

/// The placeholders of a text, each once: numbered ones by number, then named ones in order of appearance.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for piece in pieces(text) {
        if let Piece::Placeholder(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names.sort_by_key(|name| number(name).unwrap_or(u32::MAX));
    names
}

/// The text with each placeholder replaced, in one pass: braces in a value stay what they are.
pub(in crate::domain) fn render<'v>(text: &str, value: impl Fn(&str) -> &'v str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Placeholder(name) => value(name).to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_well_formed_braces_are_placeholders() {
        for (text, expected) in [
            ("Hi {{1}}, bye {{2}}.", vec!["1", "2"]),
            ("{{2}}{{1}}{{2}}", vec!["1", "2"]),
            ("{{first_name}} {{a}}", vec!["first_name", "a"]),
            ("{{10}}{{9}}", vec!["9", "10"]),
            ("{{ 1 }} {1} {{}} {{A}} {{1", vec![]),
            ("{{{1}}}", vec!["1"]),
            ("{{é{{1}}", vec!["1"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
        assert_eq!(
            render("a{{1}}b{{x}}{{1}}", |n| if n == "1" { "{{x}}" } else { "-" }),
            "a{{x}}b-{{x}}"
        );
    }

    proptest! {
        #[test]
        fn pieces_make_up_the_text(text in "[{}a1 é]{0,24}") {
            let back: String = pieces(&text).into_iter().map(|p| match p {
                Piece::Text(t) => t.to_owned(),
                Piece::Placeholder(n) => format!("{{{{{n}}}}}"),
            }).collect();
            prop_assert_eq!(back, text);
        }
    }
}
