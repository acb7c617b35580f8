//! What a phone shows: a message with its header, text, footer and buttons.

use serde::Serialize;

/// One message as the handset draws it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Content {
    /// What stands above the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text, with WhatsApp's marks (`*bold*`) as sent.
    pub body: String,
    /// The small grey line under the text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub footer: String,
    /// Buttons in order. The phone folds more than three into a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// A list message's menu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub menu: Option<Menu>,
}

/// The part above the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Header {
    /// A bold line.
    Text {
        /// The line.
        text: String,
    },
    /// A picture, film, sound, document or sticker behind a link.
    Media {
        /// `image`, `video`, `audio`, `voice`, `document` or `sticker`.
        media: String,
        /// Where it is fetched.
        url: String,
        /// The name of a document.
        #[serde(skip_serializing_if = "String::is_empty")]
        filename: String,
    },
    /// A place.
    Location {
        /// Degrees, as sent.
        latitude: String,
        /// Degrees, as sent.
        longitude: String,
        /// The name of the place.
        name: String,
        /// Its address.
        address: String,
    },
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Button {
    /// What a tap does.
    pub kind: ButtonKind,
    /// The label.
    pub text: String,
    /// The payload, id, address, phone number or code behind it.
    pub value: String,
}

/// What a tap on a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// A template's quick reply: comes back as type `button`.
    QuickReply,
    /// A reply button of a session message: comes back as type `interactive`.
    Reply,
    /// Opens a link and reports a click.
    Url,
    /// Calls a number.
    Phone,
    /// Copies a code.
    Copy,
}

/// The menu of a list message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Menu {
    /// The label that opens it.
    pub button: String,
    /// Its sections.
    pub sections: Vec<Section>,
}

/// A titled part of a menu.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// May be empty when there is one section.
    pub title: String,
    /// What can be chosen.
    pub rows: Vec<Row>,
}

/// A choice in a menu.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Comes back when chosen.
    pub id: String,
    /// The label.
    pub title: String,
    /// The line under it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl Content {
    /// A few words for lists: the text, else what the header is.
    pub(crate) fn summary(&self) -> String {
        let words = if !self.body.is_empty() {
            self.body.as_str()
        } else {
            match &self.header {
                Some(Header::Text { text }) => text,
                Some(Header::Media { media, .. }) => media,
                Some(Header::Location { name, .. }) if !name.is_empty() => name,
                Some(Header::Location { .. }) => "location",
                None => "",
            }
        };
        words.chars().take(60).collect()
    }
}
