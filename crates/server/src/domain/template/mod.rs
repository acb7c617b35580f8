//! Templates: what they say, what their placeholders are filled with, and whether WhatsApp would take them.
//! Characters are counted as Unicode scalar values.

use std::collections::BTreeMap;

use harkara_provider::{CardSpec, HeaderKind, OfferSpec, TemplateButtonSpec};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod check;
mod draft;
mod drift;
mod fill;
mod hints;
mod mapped;
mod needs;
mod place;
pub(super) mod placeholder;

pub use check::problems;
pub use draft::draft;
pub use drift::says_the_same;
pub use fill::{MissingValue, compose, fill};
pub use hints::hints;
pub use mapped::{fallbacks, mapping_problems, realign, unmapped};
pub use needs::unsupported;

/// Characters of a text header, and of a footer, at most.
pub const HEADER_LIMIT: usize = 60;
/// Characters of a body at most, before and after its values are filled in.
pub const BODY_LIMIT: usize = 1024;
/// Characters of a button's text at most.
pub const BUTTON_TEXT_LIMIT: usize = 25;
/// Characters of a link at most.
pub const URL_LIMIT: usize = 2000;
/// Characters of a code to copy at most.
pub const CODE_LIMIT: usize = 15;
/// Characters of a quick reply's payload at most.
pub const PAYLOAD_LIMIT: usize = 128;
/// Characters of a value of an operator's own key at most.
pub const CUSTOM_LIMIT: usize = 1024;

/// What a template says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateContent {
    /// Header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderKind>,
    /// Body, with placeholders such as `{{1}}` or `{{first_name}}`.
    pub body: String,
    /// Footer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Buttons, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButtonSpec>,
    /// Limited-time offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferSpec>,
    /// Cards of a carousel; the body stands above them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardSpec>,
}

/// Where the value of a placeholder comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// The profile: an attribute, or the built-in `name`, `phone` or `identity`.
    Attribute {
        /// Which.
        name: String,
        /// Used for people who have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<String>,
    },
    /// The same for everybody.
    Text {
        /// The text.
        text: String,
    },
}

impl Source {
    /// A placeholder that nobody has filled yet.
    pub fn empty() -> Self {
        Self::Text { text: String::new() }
    }

    /// What stands there for a person without the attribute; blank when nothing does.
    pub fn fallback(&self) -> &str {
        match self {
            Self::Attribute { default, .. } => default.as_deref().unwrap_or_default(),
            Self::Text { text } => text,
        }
    }
}

/// Where the place of a location header comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationMapping {
    /// Degrees.
    pub latitude: Source,
    /// Degrees.
    pub longitude: Source,
    /// Name of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Source>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Source>,
}

/// What every placeholder of a template is filled with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// The variable of a text header, or the URL of a media header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Source>,
    /// The file name shown for a document header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_filename: Option<Source>,
    /// The place of a location header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationMapping>,
    /// The body's placeholders: numbered ones by number, named ones in the order in which they first stand there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<Source>,
    /// By the button's index (from `"0"`): the end of a dynamic link, the code to copy, or, if wanted, the payload of
    /// a quick reply.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub buttons: BTreeMap<String, Source>,
    /// When a limited-time offer ends: a date and time such as `2026-12-24T18:00:00+05:30`, or milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_ends: Option<Source>,
    /// The cards of a carousel, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardMapping>,
    /// Keys of your own with their values, for providers that pass them on; the person does not see them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, Source>,
}

/// What a card of a carousel is filled with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CardMapping {
    /// The URL of its image or video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Source>,
    /// The placeholders of its text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<Source>,
    /// By the button's index on the card, as for the buttons of a template.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub buttons: BTreeMap<String, Source>,
}

/// A template and its mapping as they were when a campaign was launched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Template name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// The vendor's id, only when the vendor is addressed by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_template_id: Option<String>,
    /// What it says.
    pub content: TemplateContent,
    /// What its placeholders are filled with.
    pub mapping: Mapping,
}

/// Length as WhatsApp's limits are counted here.
fn length(text: &str) -> usize {
    text.chars().count()
}

/// Nothing that a person would see.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}

/// A link that WhatsApp can fetch.
fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests;
