//! What we send, free of any vendor's shape.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::callback::Location;

/// Kinds of media that WhatsApp carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// jpeg or png.
    Image,
    /// mp4 or 3gpp.
    Video,
    /// aac, amr, mpeg, mp4 or ogg/opus.
    Audio,
    /// pdf and office files.
    Document,
    /// webp, 512 x 512.
    Sticker,
}

impl MediaKind {
    /// Stable lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

/// A reply button of a session message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// Comes back with the reply; unique in the message, at most 256 characters.
    pub id: String,
    /// What the person sees, at most 20 characters.
    pub title: String,
}

/// A row of a list message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// Comes back with the reply, at most 200 characters.
    pub id: String,
    /// At most 24 characters.
    pub title: String,
    /// At most 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A section of a list message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSection {
    /// At most 24 characters; required when there is more than one section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The rows; at most ten over all sections.
    pub rows: Vec<ListRow>,
}

/// The header of a template message, with its values filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Header {
    /// Final text, and the value of its variable when it has one.
    Text {
        /// Substituted text, at most 60 characters.
        text: String,
        /// The variable's value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parameter: Option<String>,
        /// The variable's name; absent when it is numbered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parameter_name: Option<String>,
    },
    /// Image, video or document by public URL.
    Media {
        /// Which kind.
        kind: MediaKind,
        /// Public URL that the vendor fetches.
        url: String,
        /// Shown for documents.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filename: Option<String>,
    },
    /// A place.
    Location(Location),
}

/// A button of a template message, in the template's order, with its values filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TemplateButton {
    /// Quick reply; `payload` comes back with the tap, at most 128 characters.
    QuickReply {
        /// Visible text.
        text: String,
        /// Invisible payload.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    /// Link without a variable.
    StaticUrl {
        /// Visible text.
        text: String,
        /// The link.
        url: String,
    },
    /// Link with a variable at its end.
    DynamicUrl {
        /// Visible text.
        text: String,
        /// The approved link up to the variable.
        base: String,
        /// The variable's value.
        suffix: String,
    },
    /// Calls a number.
    Phone {
        /// Visible text.
        text: String,
        /// The number, digits with a leading `+`.
        number: String,
    },
    /// Copies a code.
    CopyCode {
        /// Visible text. The app shows its own; some vendors want it all the same.
        #[serde(default = "copy_text", skip_serializing_if = "is_copy_text")]
        text: String,
        /// The code, at most 15 characters.
        code: String,
    },
}

/// What WhatsApp writes on a button that copies a code.
pub const COPY_TEXT: &str = "Copy offer code";

fn copy_text() -> String {
    COPY_TEXT.to_owned()
}

fn is_copy_text(text: &str) -> bool {
    text == COPY_TEXT
}

/// The limited-time offer of a template message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its title, at most 16 characters.
    pub text: String,
    /// When it ends, milliseconds since 1970 UTC; absent for a template that shows no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// A card of a carousel, with its values filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Image or video.
    pub header: Option<Header>,
    /// Fully substituted text, at most 160 characters; empty for a card without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// Values of the text in placeholder order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// One or two buttons, of the same kinds on every card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButton>,
}

/// A template with its values filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateMessage {
    /// Template name (the "namespace" field of Gupshup).
    pub name: String,
    /// Language code such as `en` or `en_US`.
    pub language: String,
    /// The vendor's id of the template. Given: the vendor is addressed by id where it can be; absent: by the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_template_id: Option<String>,
    /// Header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// Fully substituted body.
    pub body: String,
    /// Body values in placeholder order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// Names of the body's placeholders, in the same order; empty when they are numbered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameter_names: Vec<String>,
    /// Footer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Buttons, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButton>,
    /// Limited-time offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Cards of a carousel; the body stands above them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Card>,
    /// Keys and values of the operator's own, for the vendor and never for the person.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
}

/// What a message holds.
#[expect(clippy::large_enum_variant, reason = "the many that wait are boxed")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Plain text, at most 4096 characters.
    Text {
        /// The text.
        body: String,
        /// Show a preview of the first link.
        #[serde(default)]
        preview_url: bool,
    },
    /// Media by public URL.
    Media {
        /// Which kind.
        kind: MediaKind,
        /// Public URL that the vendor fetches.
        url: String,
        /// At most 1024 characters; image, video and document only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
        /// Documents only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filename: Option<String>,
    },
    /// A place.
    Location(Location),
    /// List message.
    List {
        /// Body text, at most 4096 characters.
        body: String,
        /// Text on the button that opens the list, at most 20 characters.
        button: String,
        /// Sections.
        sections: Vec<ListSection>,
        /// Header text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<String>,
        /// Footer text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
    },
    /// Up to three reply buttons, with an optional text or media header.
    Buttons {
        /// Body text, at most 1024 characters.
        body: String,
        /// One to three buttons.
        buttons: Vec<Button>,
        /// Header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// Footer text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
    },
    /// An approved template.
    Template(TemplateMessage),
}

impl Content {
    /// True for content that needs the 24-hour window to be open.
    pub fn needs_window(&self) -> bool {
        !matches!(self, Self::Template(_))
    }
}

/// One message on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Recipient, digits with a leading `+`.
    pub to: String,
    /// Sending business number, digits with a leading `+`, or a short code.
    pub from: String,
    /// Our id, echoed by the vendor in reports. Printable ASCII, at most 64 characters, no `&` or `|`.
    pub reference: String,
    /// When this attempt is made, milliseconds since 1970 UTC.
    pub at: i64,
    /// What it holds.
    pub content: Content,
}

/// The vendor took the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The vendor's message id.
    pub external_id: String,
    /// What the vendor calls the recipient, when it says (digits, no `+`).
    pub wa_id: Option<String>,
    /// A warning that came with the acceptance.
    pub warning: Option<String>,
}
