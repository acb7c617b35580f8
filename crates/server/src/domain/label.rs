//! Labels: free words that put campaigns in order. Upper and small letters are the same label.

use super::problem::FieldProblem;

/// Characters of a label at most.
const LONGEST: usize = 40;
/// Labels of a campaign at most.
pub const MOST: usize = 20;

/// A label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What makes it the same as another one.
    pub key: String,
    /// As it was written.
    pub text: String,
}

impl Label {
    /// Reads a label as somebody wrote it. The error is a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            return Err(format!("Give a label of 1 to {LONGEST} characters."));
        }
        Ok(Self {
            key: text.to_lowercase(),
            text,
        })
    }
}

/// Reads all labels of a campaign; what stands twice counts once.
pub fn read_all(texts: &[String]) -> Result<Vec<Label>, Vec<FieldProblem>> {
    let mut labels: Vec<Label> = Vec::new();
    let mut problems = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        match Label::read(text) {
            Ok(label) if labels.iter().any(|known| known.key == label.key) => {}
            Ok(label) => labels.push(label),
            Err(why) => problems.push(FieldProblem::new(format!("/labels/{n}"), "label", why)),
        }
    }
    if labels.len() > MOST {
        let detail = format!("Give a campaign at most {MOST} labels.");
        problems.push(FieldProblem::new("/labels", "too_many", detail));
    }
    if problems.is_empty() {
        Ok(labels)
    } else {
        Err(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Result<Vec<String>, Vec<String>> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        match read_all(&texts) {
            Ok(labels) => Ok(labels.into_iter().map(|label| label.text).collect()),
            Err(problems) => Err(problems.into_iter().map(|p| p.pointer).collect()),
        }
    }

    #[test]
    fn a_label_is_the_same_in_any_case_and_with_any_space() {
        let cases = [
            ("Diwali", "diwali", "Diwali"),
            ("  North   Zone ", "north zone", "North Zone"),
            ("दीवाली", "दीवाली", "दीवाली"),
            ("ÉTÉ", "été", "ÉTÉ"),
        ];
        for (written, key, text) in cases {
            let label = Label::read(written).unwrap();
            assert_eq!((label.key.as_str(), label.text.as_str()), (key, text));
        }
        assert_eq!(
            all(&["VIP", "vip", "Vip "]),
            Ok(vec!["VIP".to_owned()]),
            "the first way of writing stays"
        );
    }

    #[test]
    fn what_is_no_label_is_named() {
        let long = "x".repeat(LONGEST + 1);
        for wrong in ["", "   ", long.as_str(), "a\0b"] {
            assert!(Label::read(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(
            all(&["ok", " ", &long]),
            Err(vec!["/labels/1".into(), "/labels/2".into()])
        );
        let many: Vec<String> = (0..=MOST).map(|n| format!("label {n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(all(&many), Err(vec!["/labels".to_owned()]));
        assert!(all(&many[1..]).is_ok());
    }
}
