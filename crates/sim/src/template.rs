//! The template store: approved texts, and which of them a message is.

use serde::{Deserialize, Serialize};

use crate::content::{Button, ButtonKind};

/// A template to put in the store, and the shape of `POST /__sim/templates`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TemplateSeed {
    /// The short number (`hsmTemplateId`); 0 draws the next one.
    pub id: u64,
    /// Meta's long id; empty makes one.
    pub meta_id: String,
    /// Name, unique with the language.
    pub name: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`, any case.
    pub category: String,
    /// Such as `en_US`.
    pub language: String,
    /// `TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT` or `LOCATION`, any case.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text with `{{1}}`.
    pub body: String,
    /// The text header; empty has none.
    pub header: String,
    /// The footer; empty has none.
    pub footer: String,
    /// Buttons in order.
    pub buttons: Vec<TemplateButton>,
    /// `ENABLED` (usable), `PENDING`, `REJECTED` or any other word of the gateway.
    pub status: String,
}

impl Default for TemplateSeed {
    fn default() -> Self {
        Self {
            id: 0,
            meta_id: String::new(),
            name: String::new(),
            category: "MARKETING".into(),
            language: "en_US".into(),
            kind: "TEXT".into(),
            body: String::new(),
            header: String::new(),
            footer: String::new(),
            buttons: Vec::new(),
            status: ENABLED.into(),
        }
    }
}

/// A button of a template, in the shape of the provider's export.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TemplateButton {
    /// `QUICK_REPLY`, `URL`, `PHONE_NUMBER` or `OTP`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The label.
    pub text: String,
    /// Address of a `URL` button; a dynamic one ends in `{{1}}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Number of a `PHONE_NUMBER` button.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

impl TemplateButton {
    fn is_dynamic_url(&self) -> bool {
        self.kind == "URL" && self.url.as_deref().is_some_and(|url| url.contains("{{"))
    }
}

pub(crate) const ENABLED: &str = "ENABLED";

/// A template in the store.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub seed: TemplateSeed,
    pub created_ms: i64,
    pub updated_ms: i64,
    /// While pending: when it is decided, and the status it gets.
    pub decision: Option<(i64, &'static str)>,
}

impl Template {
    pub(crate) fn usable(&self) -> bool {
        self.seed.status == ENABLED
    }

    /// What `button_type` of the list says.
    pub(crate) fn button_type(&self) -> &'static str {
        match self.seed.buttons.first().map(|b| b.kind.as_str()) {
            None => "NONE",
            Some("QUICK_REPLY") => "QUICK_REPLY",
            Some(_) => "CALL_TO_ACTION",
        }
    }

    /// Why `isTemplate=true` is needed, if it is.
    fn is_rich(&self) -> bool {
        !self.seed.buttons.is_empty() || !self.seed.header.is_empty() || !self.seed.footer.is_empty()
    }

    /// The buttons as the phone shows them. `parameters` holds the payload or link ending by button index.
    pub(crate) fn buttons(&self, parameters: &ButtonParameters) -> Result<Vec<Button>, String> {
        let urls = self.seed.buttons.iter().filter(|b| b.kind == "URL").count();
        if urls > 1 && !parameters.explicit {
            return Err("A template with two URL buttons needs wa_template_json.".into());
        }
        let mut shown = Vec::with_capacity(self.seed.buttons.len());
        for (index, button) in self.seed.buttons.iter().enumerate() {
            let given = parameters
                .by_index
                .iter()
                .find(|(at, _)| *at == index)
                .map(|(_, value)| value.clone());
            let (kind, value) = match button.kind.as_str() {
                "QUICK_REPLY" => (
                    ButtonKind::QuickReply,
                    given.unwrap_or_else(|| button.text.clone()),
                ),
                "URL" => {
                    let url = button.url.clone().unwrap_or_default();
                    if button.is_dynamic_url() {
                        let suffix = given.or_else(|| parameters.url_suffix.clone()).ok_or(
                            "The template has a dynamic URL button and the message has no buttonUrlParam.",
                        )?;
                        (ButtonKind::Url, fill(&url, &[suffix]))
                    } else {
                        (ButtonKind::Url, url)
                    }
                }
                "PHONE_NUMBER" => (ButtonKind::Phone, button.phone_number.clone().unwrap_or_default()),
                _ => (
                    ButtonKind::Copy,
                    given
                        .or_else(|| parameters.url_suffix.clone())
                        .unwrap_or_default(),
                ),
            };
            shown.push(Button {
                kind,
                text: button.text.clone(),
                value,
            });
        }
        Ok(shown)
    }
}

/// What a message says about the buttons of its template.
#[derive(Debug, Default)]
pub(crate) struct ButtonParameters {
    /// `buttonUrlParam`.
    pub url_suffix: Option<String>,
    /// Parameters of `wa_template_json` by button index.
    pub by_index: Vec<(usize, String)>,
    /// `wa_template_json` was there at all.
    pub explicit: bool,
}

/// A fully substituted text that looks for its template.
#[derive(Debug)]
pub(crate) struct FinalText<'a> {
    /// `TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT` or `LOCATION`.
    pub kind: &'a str,
    pub body: &'a str,
    pub header: &'a str,
    pub footer: &'a str,
    pub is_template: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Templates {
    all: Vec<Template>,
    next_id: u64,
}

impl Templates {
    pub(crate) fn with_samples(now: i64) -> Self {
        let mut store = Self::default();
        for seed in crate::samples::templates() {
            // The samples are distinct, which a test checks.
            let _ = store.add(seed, now, None);
        }
        store
    }

    /// Puts one in place of that of its name and language, as somebody would in the provider's console. Answers its short number,
    /// which stays; the error is a sentence, and then nothing changed.
    pub(crate) fn set(&mut self, mut seed: TemplateSeed, now: i64) -> Result<u64, String> {
        let same = |t: &Template| t.seed.name == seed.name && t.seed.language == seed.language;
        let Some(at) = self.all.iter().position(same) else {
            return Err(format!(
                "There is no template {} in {}.",
                seed.name, seed.language
            ));
        };
        let old = self.all.remove(at);
        seed.id = old.seed.id;
        seed.meta_id.clone_from(&old.seed.meta_id);
        let set = self.add(seed, now, None);
        match (&set, self.all.last_mut()) {
            (Ok(_), Some(new)) => new.created_ms = old.created_ms,
            _ => self.all.insert(at, old),
        }
        set
    }

    /// Adds one and answers its short number. The error is a sentence.
    pub(crate) fn add(
        &mut self,
        mut seed: TemplateSeed,
        now: i64,
        decision: Option<(i64, &'static str)>,
    ) -> Result<u64, String> {
        if seed.name.is_empty() || seed.body.is_empty() {
            return Err("A template needs a name and a body.".into());
        }
        seed.kind.make_ascii_uppercase();
        seed.category.make_ascii_uppercase();
        for button in &mut seed.buttons {
            button.kind.make_ascii_uppercase();
        }
        if !["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"].contains(&seed.kind.as_str()) {
            return Err(format!("{} is not a template type.", seed.kind));
        }
        if self
            .all
            .iter()
            .any(|t| t.seed.name == seed.name && t.seed.language == seed.language)
        {
            return Err(format!(
                "A template {} in {} exists already.",
                seed.name, seed.language
            ));
        }
        if seed.id == 0 {
            seed.id = 6_330_963 + self.next_id;
            self.next_id += 1;
        }
        if self.all.iter().any(|t| t.seed.id == seed.id) {
            return Err(format!("The template id {} is taken.", seed.id));
        }
        if seed.meta_id.is_empty() {
            seed.meta_id = format!("{}", 700_000_000_000_000 + seed.id);
        }
        let id = seed.id;
        self.all.push(Template {
            seed,
            created_ms: now,
            updated_ms: now,
            decision,
        });
        Ok(id)
    }

    /// Decides what is due, so that every later look sees the state of `now`.
    pub(crate) fn settle(&mut self, now: i64) {
        for template in &mut self.all {
            if let Some((at, status)) = template.decision
                && at <= now
            {
                template.seed.status = status.to_owned();
                template.updated_ms = at;
                template.decision = None;
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Template> {
        self.all.iter()
    }

    /// By Meta's id or by the short number: clients use either.
    /// What can be tapped on the template of this short number.
    pub(crate) fn quick_replies(&self, number: u64) -> Vec<&str> {
        let template = self.iter().find(|template| template.seed.id == number);
        let buttons = template.map(|template| template.seed.buttons.as_slice());
        let tapped = |button: &&TemplateButton| button.kind == "QUICK_REPLY";
        let buttons = buttons.unwrap_or_default().iter().filter(tapped);
        buttons.map(|button| button.text.as_str()).collect()
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Template> {
        self.all
            .iter()
            .find(|t| t.seed.meta_id == id || t.seed.id.to_string() == id)
    }

    /// The approved template that `text` is, or a sentence about why there is none.
    pub(crate) fn find(&self, text: &FinalText<'_>) -> Result<&Template, String> {
        let mut reason = "No template has this text.".to_owned();
        for template in self
            .all
            .iter()
            .filter(|t| t.seed.kind == text.kind && matches(&t.seed.body, text.body))
        {
            match misfit(template, text) {
                None => return Ok(template),
                Some(why) => {
                    reason = format!("The text is that of template {}, but {why}.", template.seed.name)
                }
            }
        }
        Err(reason)
    }
}

fn misfit(template: &Template, text: &FinalText<'_>) -> Option<String> {
    let seed = &template.seed;
    if !template.usable() {
        Some(format!("that is {}", seed.status))
    } else if template.is_rich() && !text.is_template {
        Some("isTemplate=true is missing, which buttons, text header and footer need".into())
    } else if seed.header.is_empty() != text.header.is_empty() || !matches(&seed.header, text.header) {
        Some("the header differs".into())
    } else if seed.footer != text.footer {
        Some("the footer differs".into())
    } else {
        None
    }
}

/// Whether `text` is `pattern` with something in place of every `{{..}}`. A place takes at least one character
/// and no line break or tab, which WhatsApp refuses in a parameter.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let literals = split(pattern);
    let Some((first, rest)) = literals.split_first() else {
        return text.is_empty();
    };
    let Some(mut left) = text.strip_prefix(*first) else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return left.is_empty();
    };
    for literal in middle {
        let Some(skip) = left.chars().next().map(char::len_utf8) else {
            return false;
        };
        let Some(at) = left[skip..].find(literal).map(|at| at + skip) else {
            return false;
        };
        if !is_parameter(&left[..at]) {
            return false;
        }
        left = &left[at + literal.len()..];
    }
    left.strip_suffix(*last).is_some_and(is_parameter)
}

/// A value that WhatsApp takes for a variable.
pub(crate) fn is_parameter(value: &str) -> bool {
    !value.trim().is_empty() && !value.contains(['\n', '\r', '\t'])
}

/// The fixed pieces around the places of a pattern: one more than there are places.
fn split(pattern: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(open) = rest.find("{{") {
        let Some(close) = rest[open..].find("}}") else {
            break;
        };
        pieces.push(&rest[..open]);
        rest = &rest[open + close + 2..];
    }
    pieces.push(rest);
    pieces
}

/// How many places a pattern has.
pub(crate) fn places(pattern: &str) -> usize {
    split(pattern).len() - 1
}

/// Puts `values` in the places, in order.
pub(crate) fn fill(pattern: &str, values: &[String]) -> String {
    let pieces = split(pattern);
    let mut text = String::with_capacity(pattern.len());
    for (index, piece) in pieces.iter().enumerate() {
        text.push_str(piece);
        if index + 1 < pieces.len() {
            text.push_str(values.get(index).map(String::as_str).unwrap_or_default());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_takes_one_character_or_more() {
        assert!(matches("Hello {{1}}, welcome.", "Hello Asha, welcome."));
        assert!(matches("{{1}} and {{2}}", "a and b and c"));
        assert!(matches("Plain", "Plain"));
        assert!(matches("Code {{1}}", "Code 1"));
        assert!(!matches("Hello {{1}}, welcome.", "Hello , welcome."));
        assert!(!matches("Hello {{1}}", "Hello a\nb"));
        assert!(!matches("Plain", "Plain "));
        assert!(!matches("Hi {{1}}!", "Ho x!"));
        assert!(matches("{{1}} है {{2}}", "ñ है é"));
    }

    #[test]
    fn header_footer_and_flag_must_agree() {
        let mut store = Templates::default();
        let seed = TemplateSeed {
            name: "a".into(),
            body: "Hello {{1}}".into(),
            footer: "Bye".into(),
            ..TemplateSeed::default()
        };
        store.add(seed, 0, None).unwrap();
        let text = FinalText {
            kind: "TEXT",
            body: "Hello you",
            header: "",
            footer: "Bye",
            is_template: true,
        };
        assert!(store.find(&text).is_ok());
        assert!(
            store
                .find(&FinalText { footer: "", ..text })
                .unwrap_err()
                .contains("footer")
        );
        let text = FinalText {
            kind: "TEXT",
            body: "Hello you",
            header: "",
            footer: "Bye",
            is_template: false,
        };
        assert!(store.find(&text).unwrap_err().contains("isTemplate"));
    }

    #[test]
    fn approval_comes_when_it_is_due() {
        let mut store = Templates::default();
        let seed = TemplateSeed {
            name: "a".into(),
            body: "b".into(),
            status: "PENDING".into(),
            ..TemplateSeed::default()
        };
        let id = store.add(seed, 0, Some((100, ENABLED))).unwrap().to_string();
        store.settle(99);
        assert!(!store.by_id(&id).unwrap().usable());
        store.settle(100);
        assert!(store.by_id(&id).unwrap().usable());
    }

    #[test]
    fn samples_are_distinct() {
        assert_eq!(
            Templates::with_samples(0).iter().count(),
            crate::samples::templates().len()
        );
    }
}
