//! What a template says, as the API describes it.

use serde::Serialize;
use utoipa::ToSchema;

/// What a template says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateContent)]
pub struct ContentDoc {
    /// Header.
    pub header: Option<HeaderDoc>,
    /// Body, 1024 characters at most, with placeholders such as `{{1}}` or `{{first_name}}`.
    pub body: String,
    /// Footer, 60 characters at most.
    pub footer: Option<String>,
    /// Buttons, in order.
    pub buttons: Option<Vec<ButtonDoc>>,
    /// Limited-time offer.
    pub offer: Option<OfferDoc>,
    /// Two to ten cards of a carousel; the body stands above them, and nothing else beside them.
    pub cards: Option<Vec<CardDoc>>,
}

/// Limited-time offer of a template. Its body has 600 characters at most, and it has no footer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateOffer)]
pub struct OfferDoc {
    /// Its title, 16 characters at most.
    pub text: String,
    /// Whether it shows when it ends; `offer_ends` of the mapping says when that is.
    pub has_expiration: bool,
}

/// Card of a carousel template. All cards have the same kind of header and the same kinds of buttons.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateCard)]
pub struct CardDoc {
    /// Image or video.
    pub header: HeaderDoc,
    /// Text, 160 characters at most, with placeholders numbered on their own.
    pub body: Option<String>,
    /// Two buttons at most.
    pub buttons: Option<Vec<ButtonDoc>>,
}

/// Header of a template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateHeader)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HeaderDoc {
    /// Text, 60 characters and one placeholder at most.
    Text {
        /// The text.
        text: String,
    },
    /// An image, by link.
    Image,
    /// A video, by link.
    Video,
    /// A document, by link.
    Document,
    /// A place.
    Location,
}

/// Kind of a template's button.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateButtonKind)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKindDoc {
    /// Sends its text back.
    QuickReply,
    /// Opens a link; the link may end in `{{1}}`.
    Url,
    /// Calls a number.
    Phone,
    /// Copies a code.
    CopyCode,
}

/// Button of a template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateButton)]
pub struct ButtonDoc {
    /// Kind.
    #[serde(rename = "type")]
    pub kind: ButtonKindDoc,
    /// What it says, 25 characters at most.
    pub text: String,
    /// Link of a `url` button.
    pub url: Option<String>,
    /// Number of a `phone` button.
    pub phone: Option<String>,
}

/// Category of a template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateCategory)]
#[serde(rename_all = "snake_case")]
pub enum CategoryDoc {
    /// Promotions.
    Marketing,
    /// About something the person did.
    Utility,
    /// One-time codes.
    Authentication,
}
