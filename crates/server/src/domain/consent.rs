//! What a person says about consent when the whole message is one of the agreed words.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

/// What the message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// No more messages.
    OptOut,
    /// Messages again.
    OptIn,
}

/// Longest message that can be a word, in bytes: longer ones are talk.
const LONGEST: usize = 200;

/// The agreed words.
#[derive(Debug, Clone, Default)]
pub struct Words {
    out: HashSet<String>,
    back: HashSet<String>,
}

impl Words {
    /// Words that opt a person out, and those that opt one in again.
    pub fn new(opt_out: &[String], opt_in: &[String]) -> Self {
        let set = |words: &[String]| {
            words
                .iter()
                .map(|word| bare(word))
                .filter(|word| !word.is_empty())
                .collect()
        };
        Self {
            out: set(opt_out),
            back: set(opt_in),
        }
    }

    /// The intent of a message, when all of it is one of the words: any case, whatever punctuation, spaces and emoji stand
    /// around or between its words. A word in both lists opts out.
    pub fn intent(&self, text: &str) -> Option<Intent> {
        if text.len() > LONGEST {
            return None;
        }
        let said = bare(text);
        if self.out.contains(&said) {
            Some(Intent::OptOut)
        } else if self.back.contains(&said) {
            Some(Intent::OptIn)
        } else {
            None
        }
    }
}

/// The words alone: lower case, one space between them. Marks of Indic scripts belong to their letters and stay.
fn bare(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    // One form for each letter: accents come as part of it or behind it, full-width letters as plain ones.
    let text: String = text.nfkc().collect();
    for part in text.split(|c: char| !belongs_to_a_word(c)) {
        if !part.is_empty() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.extend(
                part.chars()
                    .filter(|c| !is_invisible(*c))
                    .flat_map(char::to_lowercase),
            );
        }
    }
    words
}

fn belongs_to_a_word(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || is_invisible(c)
}

/// Joiners and direction marks that keyboards put inside words, and the variation selectors of emoji.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// Combining marks that `is_alphanumeric` does not count: accents, and viramas of the Indic scripts.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
        || matches!(c as u32, 0x0900..=0x0dff if matches!(c as u32 & 0x7f, 0x3c | 0x4d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|w| (*w).to_owned()).collect()
    }

    fn said(text: &str) -> Option<Intent> {
        let out = words(&[
            "stop",
            "opt out",
            "रोकें",
            "बंद करो",
            "ನಿಲ್ಲಿಸಿ",
            "arrêt",
            "стоп",
            "停止",
        ]);
        Words::new(&out, &words(&["start", "शुरू करें", "stop"])).intent(text)
    }

    #[test]
    fn the_whole_message_counts_whatever_stands_around() {
        for text in [
            "STOP",
            " stop. ",
            "Stop!!!",
            "🛑 stop 🙏🏽",
            "\"STOP\"",
            "opt-out",
            "Opt  Out",
            "OPT_OUT",
            "रोकें।",
            "बंद करो 🙏",
            "ನಿಲ್ಲಿಸಿ.",
            "ARRÊT",
            "arre\u{302}t",
            "ＳＴＯＰ",
            "СТОП",
            "停止。",
            "st\u{200d}op",
            "stop\u{fe0f}",
        ] {
            assert_eq!(said(text), Some(Intent::OptOut), "{text}");
        }
        assert_eq!(said("Start 👍"), Some(Intent::OptIn));
        assert_eq!(said("शुरू करें"), Some(Intent::OptIn));
    }

    #[test]
    fn talk_is_not_a_word() {
        for text in [
            "",
            "🙏",
            "please don't stop",
            "stopp",
            "bus stop",
            "stop stop",
            "रोक",
            "out opt",
            "1",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
        assert_eq!(said(&format!("stop{}", ".".repeat(500))), None);
    }

    #[test]
    fn every_default_word_is_understood_in_capitals_too() {
        let config = crate::config::Config::load(None).unwrap();
        for (list, expected) in [
            (&config.opt_out_words, Intent::OptOut),
            (&config.opt_in_words, Intent::OptIn),
        ] {
            for word in list {
                let agreed = Words::new(&config.opt_out_words, &config.opt_in_words);
                let said = |text: &str| agreed.intent(text);
                assert_eq!(
                    said(&format!("*{}*!", word.to_uppercase())),
                    Some(expected),
                    "{word}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC*") {
            let _ = said(&text);
        }
    }
}
