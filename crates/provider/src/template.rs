//! Templates as a vendor lists and takes them.

use serde::{Deserialize, Serialize};

/// WhatsApp's template categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Promotions.
    Marketing,
    /// About something the person did.
    Utility,
    /// One-time codes.
    Authentication,
}

/// Life of a template at the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    /// Written here, not sent to the vendor.
    Draft,
    /// In review.
    Pending,
    /// Usable.
    Approved,
    /// Refused by WhatsApp.
    Rejected,
    /// Held back by WhatsApp for a while.
    Paused,
    /// Taken out of use.
    Disabled,
}

impl TemplateStatus {
    /// Stable lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}

/// The header a template declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HeaderKind {
    /// Text with at most one `{{1}}`.
    Text {
        /// The text as approved.
        text: String,
    },
    /// An image, given per message.
    Image,
    /// A video, given per message.
    Video,
    /// A document, given per message.
    Document,
    /// A place, given per message.
    Location,
}

/// A button a template declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Sends its text back.
    QuickReply,
    /// Opens a link; dynamic when `url` ends in `{{1}}`.
    Url,
    /// Calls a number.
    Phone,
    /// Copies a code.
    CopyCode,
}

/// A declared button with its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateButtonSpec {
    /// Kind.
    #[serde(rename = "type")]
    pub kind: ButtonKind,
    /// Visible text, at most 25 characters.
    pub text: String,
    /// Link, for [`ButtonKind::Url`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Number, for [`ButtonKind::Phone`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// The limited-time offer a template declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferSpec {
    /// Its title, at most 16 characters.
    pub text: String,
    /// Whether it shows when it ends; then each message says when that is.
    #[serde(default)]
    pub has_expiration: bool,
}

/// A card that a carousel template declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardSpec {
    /// An image or a video, given per message; the same kind on every card.
    pub header: Option<HeaderKind>,
    /// Text with placeholders, numbered on its own; at most 160 characters. Empty for a card without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// One or two buttons, of the same kinds on every card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButtonSpec>,
}

/// A template as the vendor lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSummary {
    /// Vendor's id.
    pub provider_template_id: String,
    /// Name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Category, when we know the vendor's word.
    pub category: Option<Category>,
    /// Status.
    pub status: TemplateStatus,
    /// Why it was refused, or the vendor's own status word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_detail: Option<String>,
    /// Header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderKind>,
    /// Body with `{{1}}` placeholders.
    pub body: String,
    /// Footer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Buttons, in order. May be incomplete where the vendor does not list them: see `buttons_known`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButtonSpec>,
    /// False when the vendor said that there are buttons but not which.
    pub buttons_known: bool,
    /// Limited-time offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferSpec>,
    /// Cards of a carousel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardSpec>,
    /// Quality rating, as the vendor says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
}

/// The vendor's listing, with what could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TemplateList {
    /// Readable templates.
    pub templates: Vec<TemplateSummary>,
    /// One sentence for each entry that could not be read: one bad template never blocks the others.
    pub problems: Vec<String>,
}

/// A template to be submitted for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateDraft {
    /// Name, `[a-z0-9_]{1,512}`.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Category.
    pub category: Category,
    /// Header.
    pub header: Option<HeaderKind>,
    /// Example of the header: the variable's value, or a media URL.
    pub header_example: Option<String>,
    /// Body with placeholders.
    pub body: String,
    /// One example for each body placeholder, in order.
    pub body_examples: Vec<String>,
    /// Footer.
    pub footer: Option<String>,
    /// Buttons, in order.
    pub buttons: Vec<TemplateButtonSpec>,
    /// Example of the full link for each dynamic URL button, in order.
    pub url_examples: Vec<String>,
}
