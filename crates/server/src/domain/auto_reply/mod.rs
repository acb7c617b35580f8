//! The automatic answer to people whom we do not know: what it says, and when.

pub mod hours;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use hours::{Day, Span, Week, moment};

use super::problem::FieldProblem;
use super::template::placeholder::{Piece, pieces, render};
use super::zone::{self, zone};
use crate::clock::Millis;

/// Characters of a text message at most.
const LONGEST: usize = 4096;
/// Characters of a name at most: people call themselves what they like.
const LONGEST_NAME: usize = 60;
/// What the person calls themselves.
const NAME: &str = "name";
/// What we call the account.
const ACCOUNT: &str = "account";

/// The automatic answer of an account to people without a profile.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoReply {
    /// Whether anybody is answered. The setting `auto_reply` of the account.
    pub enabled: bool,
    /// What they read, at most 4,096 characters. `{{name}}` is what the person calls themselves at WhatsApp, `{{account}}`
    /// the nickname of the account. The setting `auto_reply_text`.
    #[serde(default)]
    pub text: String,
    /// Stands for `{{name}}` when the person gives no name.
    #[serde(default)]
    pub name_fallback: String,
    /// When `text` is the answer; always when there are none.
    #[serde(default)]
    pub hours: Option<Hours>,
}

/// What else an answer keeps to, as it is kept beside the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// See [`AutoReply`].
    pub name_fallback: String,
    /// See [`AutoReply`].
    pub hours: Option<Hours>,
}

/// When the answer is given, and what is said at other times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutoReplyHours)]
pub struct Hours {
    /// Whose clocks count: an IANA name such as `Asia/Kolkata`.
    pub zone: String,
    /// The spans of each day.
    pub days: Week,
    /// What people read outside of the hours; nothing when empty. The same variables.
    #[serde(default)]
    pub outside: String,
}

/// Which of the texts is said at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hour {
    /// There are no hours.
    Always,
    /// Within the hours.
    Inside,
    /// Outside of them.
    Outside,
}

impl AutoReply {
    /// Of a switch, a text and what is kept beside them.
    pub fn of(enabled: bool, text: &str, rules: Rules) -> Self {
        let text = text.to_owned();
        let Rules { name_fallback, hours } = rules;
        Self {
            enabled,
            text,
            name_fallback,
            hours,
        }
    }

    /// In the form in which it is kept.
    pub fn tidy(mut self) -> Self {
        self.text = self.text.trim().to_owned();
        self.name_fallback = plain(&self.name_fallback);
        if let Some(hours) = &mut self.hours {
            hours.outside = hours.outside.trim().to_owned();
            let known = zone(&hours.zone);
            if let Some(name) = known.as_ref().and_then(|zone| zone.iana_name()) {
                hours.zone = name.to_owned();
            }
        }
        self
    }

    /// What is kept beside the settings; nothing when that is as it always was.
    pub fn rules(&self) -> Option<Rules> {
        let rules = Rules {
            name_fallback: self.name_fallback.clone(),
            hours: self.hours.clone(),
        };
        (rules != Rules::default()).then_some(rules)
    }

    /// Which text is said now. A zone that this version does not know any more silences nobody: it is always within.
    pub fn hour(&self, at: Millis) -> Hour {
        let Some(hours) = &self.hours else {
            return Hour::Always;
        };
        match zone(&hours.zone) {
            Some(zone) if !hours::is_open(&hours.days, &zone, at) => Hour::Outside,
            _ => Hour::Inside,
        }
    }

    /// What somebody reads who writes at this moment; `None`: nothing. `name` is what they call themselves.
    pub fn answer(&self, name: Option<&str>, account: &str, at: Millis) -> Option<String> {
        let text = match (self.hour(at), &self.hours) {
            (Hour::Outside, Some(hours)) => &hours.outside,
            _ => &self.text,
        };
        let name = name.map(plain).filter(|name| has_signs(name));
        let name = name.as_deref().unwrap_or(&self.name_fallback);
        // In one pass: braces in a name stay what they are. What is no variable of ours stays, too.
        let said: String = pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Placeholder(NAME) => name.to_owned(),
                Piece::Placeholder(ACCOUNT) => account.to_owned(),
                Piece::Placeholder(other) => format!("{{{{{other}}}}}"),
            })
            .collect();
        let said: String = said.chars().take(LONGEST).collect();
        (!said.trim().is_empty()).then_some(said)
    }

    /// What is wrong with it, by field. `account`: the nickname that `{{account}}` stands for.
    pub fn problems(&self, account: &str) -> Vec<FieldProblem> {
        let mut found = Vec::new();
        if self.enabled && self.text.is_empty() {
            let detail =
                "Write what people without a profile are answered, or switch the automatic answer off.";
            found.push(FieldProblem::new("/text", "required", detail));
        }
        found.extend(text_problems("/text", &self.text, account));
        if let Some(hours) = &self.hours {
            found.extend(zone::given(&hours.zone, "/hours/zone").err());
            found.extend(hours::problems(&hours.days, "/hours/days"));
            found.extend(text_problems("/hours/outside", &hours.outside, account));
        }
        let named = |text: &str| pieces(text).contains(&Piece::Placeholder(NAME));
        let outside = self.hours.as_ref().is_some_and(|hours| named(&hours.outside));
        if self.name_fallback.is_empty() && (named(&self.text) || outside) {
            let detail = "Say what stands for {{name}} when somebody gives no name, such as \"friend\".";
            found.push(FieldProblem::new("/name_fallback", "required", detail));
        }
        found
    }
}

fn text_problems(at: &str, text: &str, account: &str) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let pieces = pieces(text);
    let unknown = pieces.iter().find_map(|piece| match piece {
        Piece::Placeholder(name) if ![NAME, ACCOUNT].contains(name) => Some(*name),
        _ => None,
    });
    if let Some(unknown) = unknown {
        let detail = format!(
            "There is no variable \"{unknown}\". There are {{{{name}}}}, what the person calls themselves, and {{{{account}}}}, the \
             nickname of this account."
        );
        found.push(FieldProblem::new(at, "unknown_variable", detail));
    }
    let loose = |piece: &Piece<'_>| matches!(piece, Piece::Text(t) if t.contains("{{") || t.contains("}}"));
    if pieces.iter().any(loose) {
        let detail = "There are braces that make no variable. Write {{name}} or {{account}}, in small letters and without spaces.";
        found.push(FieldProblem::new(at, "placeholder", detail));
    }
    let longest = "n".repeat(LONGEST_NAME);
    let length = render(text, |name| if name == NAME { &longest } else { account })
        .chars()
        .count();
    if length > LONGEST {
        let detail = format!(
            "With a long name in it this has {length} characters. WhatsApp takes {LONGEST}: make it shorter."
        );
        found.push(FieldProblem::new(at, "too_long", detail));
    }
    found
}

/// What a person calls themselves, in one line and not too long. What turns the direction of a text or cannot be seen is
/// left out: it would change how our own words look.
fn plain(name: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let spaced: String = name
        .chars()
        .filter(|c| !turns(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let cut: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    cut.trim_end().to_owned()
}

/// Joiners alone cannot be seen.
fn has_signs(name: &str) -> bool {
    name.chars().any(|c| !matches!(c, ' ' | '\u{200c}' | '\u{200d}'))
}

#[cfg(test)]
mod tests;
