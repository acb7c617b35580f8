//! What was said, as words that can be searched for.

use std::collections::BTreeSet;

use harkara_provider::{Content, InboundContent};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// Characters of a word at most; what is longer is found by its beginning.
const LONGEST: usize = 40;

/// Words of a message at most.
const MOST: usize = 400;

/// Words of a search at most.
const ASKED: usize = 8;

/// Characters of a snippet, about, and of these before the first hit.
const SNIPPET: usize = 160;
const BEFORE: usize = 40;

/// What a person can read in a message that a person sent.
pub fn of_inbound(content: &InboundContent) -> String {
    let media = content.media.as_ref();
    let place = content.location.as_ref();
    let parts = [
        content.text.as_deref(),
        content.reply.as_ref().and_then(|r| r.title.as_deref()),
        media.and_then(|m| m.caption.as_deref()),
        media.and_then(|m| m.filename.as_deref()),
        place.and_then(|l| l.name.as_deref()),
        place.and_then(|l| l.address.as_deref()),
    ];
    let mut parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.dedup();
    parts.join("\n")
}

/// What a person can read in a message of ours: its text, without buttons.
pub fn of_content(content: &Content) -> String {
    match content {
        Content::Text { body, .. } | Content::List { body, .. } | Content::Buttons { body, .. } => {
            body.clone()
        }
        Content::Media {
            caption, filename, ..
        } => [caption.as_deref(), filename.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n"),
        Content::Location(place) => place.name.clone().unwrap_or_default(),
        Content::Template(template) => template.body.clone(),
    }
}

// Vowel signs, virama and nukta of Indic scripts are parts of a word; joiners stand inside of one.
fn in_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// A word as it is kept: in small letters, in one way of writing, without accents and points that people leave out.
fn fold(word: &str) -> String {
    // Marks with a high class stand above or below a letter; those of Indic scripts that make another sound have a low one.
    let kept =
        |c: &char| canonical_combining_class(*c) < 10 && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{640}');
    let small = word.nfkd().flat_map(char::to_lowercase);
    small.nfkd().filter(kept).take(LONGEST).collect()
}

/// Where the words of a text are.
fn places(text: &str) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut begun = None;
    for (at, c) in text.char_indices() {
        match (in_word(c), begun) {
            (true, None) => begun = Some(at),
            (false, Some(from)) => {
                all.push((from, at));
                begun = None;
            }
            _ => {}
        }
    }
    all.extend(begun.map(|from| (from, text.len())));
    all
}

/// The words of a message, each once.
pub fn words(text: &str) -> BTreeSet<String> {
    let all = places(text).into_iter().map(|(from, to)| fold(&text[from..to]));
    all.filter(|word| !word.is_empty()).take(MOST).collect()
}

/// What is looked for: messages with all of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whole words.
    pub whole: Vec<String>,
    /// How another word begins: the last one, while it is being typed.
    pub begins: Option<String>,
}

impl Asked {
    /// Reads what somebody types. A last word is whole when something stands behind it. `None`: there is no word.
    pub fn read(text: &str) -> Option<Self> {
        let mut whole: Vec<String> = Vec::new();
        let mut begins = None;
        for (from, to) in places(text).into_iter().take(ASKED) {
            let word = fold(&text[from..to]);
            if word.is_empty() {
                continue;
            }
            if to == text.len() {
                begins = Some(word);
            } else if !whole.contains(&word) {
                whole.push(word);
            }
        }
        (begins.is_some() || !whole.is_empty()).then_some(Self { whole, begins })
    }

    fn hits(&self, word: &str) -> bool {
        self.whole.iter().any(|one| one == word)
            || self
                .begins
                .as_deref()
                .is_some_and(|begin| word.starts_with(begin))
    }
}

/// A part of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What stands there.
    pub text: String,
    /// It is what was looked for.
    pub hit: bool,
}

/// The text around the first hit, with all hits in it. A text without a hit gives its beginning.
pub fn snippet(text: &str, asked: &Asked) -> Vec<Piece> {
    let hits = places(text);
    let hits = hits
        .into_iter()
        .filter(|(from, to)| asked.hits(&fold(&text[*from..*to])));
    let hits: Vec<(usize, usize)> = hits.collect();
    let first = hits.first().map_or(0, |(from, _)| *from);
    let starts: Vec<usize> = text[..first].char_indices().map(|(at, _)| at).collect();
    // Little that would be cut away is shown.
    let from = if starts.len() <= BEFORE * 2 {
        0
    } else {
        let cut = starts[starts.len() - BEFORE];
        text[cut..first]
            .find(char::is_whitespace)
            .map_or(cut, |gap| cut + gap + 1)
    };
    let from = (from..=first)
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(first);
    let end = text[from..]
        .char_indices()
        .nth(SNIPPET)
        .map_or(text.len(), |(at, _)| from + at);
    let mut pieces = Vec::new();
    let mut push = |text: String, hit: bool| {
        if !text.is_empty() {
            pieces.push(Piece { text, hit });
        }
    };
    let mut plain = if from > 0 {
        "… ".to_owned()
    } else {
        String::new()
    };
    let mut at = from;
    for (begin, stop) in hits
        .into_iter()
        .filter(|(begin, stop)| *begin >= from && *stop <= end)
    {
        plain.push_str(&text[at..begin]);
        push(std::mem::take(&mut plain), false);
        push(text[begin..stop].to_owned(), true);
        at = stop;
    }
    plain.push_str(&text[at..end]);
    if end < text.len() {
        plain.push('…');
    }
    push(plain, false);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn words_are_found_in_every_script() {
        assert_eq!(
            of("Is the *Blue* kurta back? is THE"),
            ["back", "blue", "is", "kurta", "the"]
        );
        assert_eq!(of("Café, naïve; 1,200 m²"), ["1", "200", "cafe", "m2", "naive"]);
        // Vowel signs and the half letter stay with their word.
        assert_eq!(of("क्या नीला कुर्ता है?").len(), 4);
        assert_ne!(of("दिन"), of("दीन"));
        assert_eq!(of("ज़रूर"), of("ज\u{93c}रूर"));
        // Points and stretched letters are left out by most who write.
        assert_eq!(of("مُحَمَّد"), of("محمد"));
        assert_eq!(of("شـكرا لكم").len(), 2);
        assert!(of(" .,!? 👍").is_empty());
        assert_eq!(of(&"a".repeat(100))[0].len(), LONGEST);
    }

    #[test]
    fn the_last_word_is_a_beginning_while_it_is_typed() {
        let read = |text: &str| Asked::read(text).map(|a| (a.whole, a.begins));
        let all = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert_eq!(read("Blue kur"), Some((all(&["blue"]), Some("kur".into()))));
        assert_eq!(read("blue Blue kurta "), Some((all(&["blue", "kurta"]), None)));
        assert_eq!(read(" ?! "), None);
    }

    #[test]
    fn a_snippet_shows_the_words_where_they_stand() {
        let told = |text: &str, asked: &str| {
            let asked = Asked::read(asked).unwrap();
            snippet(text, &asked)
                .into_iter()
                .map(|p| if p.hit { format!("[{}]", p.text) } else { p.text })
                .collect::<String>()
        };
        assert_eq!(
            told("Is the Blue kurta back?", "blue ba"),
            "Is the [Blue] kurta [back]?"
        );
        assert_eq!(told("क्या नीला कुर्ता है", "कुर"), "क्या नीला [कुर्ता] है");
        let long = told(
            &format!("{} needle {}", "héllo ".repeat(60), "after ".repeat(60)),
            "needle",
        );
        assert!(
            long.starts_with("… héllo") && long.contains("[needle] after") && long.ends_with('…'),
            "{long}"
        );
        assert!(long.chars().count() < 180, "{long}");
        assert_eq!(told("nothing here", "other"), "nothing here");
    }
}
