//! What a message needs of its vendor, and the sentence when the vendor has it not.

use crate::error::{SendError, SendErrorKind};
use crate::message::{Card, Content, Header, MediaKind, TemplateButton, TemplateMessage};
use crate::spec::{Capability, Spec};

impl Capability {
    /// As it stands in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "free text",
            Self::Image => "images outside templates",
            Self::Video => "videos outside templates",
            Self::Audio => "audio messages",
            Self::Document => "documents outside templates",
            Self::Sticker => "stickers",
            Self::Location => "locations outside templates",
            Self::List => "list messages",
            Self::Buttons => "reply buttons outside templates",
            Self::Template => "templates",
            Self::TemplateHeaderText => "templates with a text header",
            Self::TemplateHeaderMedia => "templates with an image, a video or a document",
            Self::TemplateHeaderLocation => "templates with a location",
            Self::TemplateQuickReply => "templates with quick replies",
            Self::TemplateUrl => "templates with links",
            Self::TemplatePhone => "templates with a call button",
            Self::TemplateCopyCode => "templates with a button that copies a code",
            Self::TemplateOffer => "templates with a limited-time offer",
            Self::TemplateCarousel => "templates with a carousel of cards",
            Self::CustomProperties => "keys and values of your own beside a template",
            Self::TemplateList => "listing templates",
            Self::TemplateCreate => "creating templates",
            Self::Consent => "opt-in and opt-out at the provider",
            Self::Click => "click callbacks",
        }
    }
}

impl Spec {
    /// The refusal of content that this vendor cannot carry.
    ///
    /// # Errors
    /// [`SendErrorKind::Invalid`] with a sentence that names what it cannot carry.
    pub fn carries(&self, content: &Content) -> Result<(), SendError> {
        let missing = content.needs().into_iter().find(|need| !self.can(*need));
        missing.map_or(Ok(()), |need| {
            Err(SendError::new(
                SendErrorKind::Invalid,
                None,
                format!("{} does not carry {}", self.name, need.words()),
                self.sentence(need),
            ))
        })
    }

    /// What a person reads when this vendor lacks something.
    pub fn sentence(&self, lacks: Capability) -> String {
        format!(
            "{} does not carry {}. Take that out, or send with an account of another provider.",
            self.name,
            lacks.words()
        )
    }
}

impl Content {
    /// Everything that the vendor must be able to carry for this.
    pub fn needs(&self) -> Vec<Capability> {
        match self {
            Self::Text { .. } => vec![Capability::Text],
            Self::Media { kind, .. } => vec![match kind {
                MediaKind::Image => Capability::Image,
                MediaKind::Video => Capability::Video,
                MediaKind::Audio => Capability::Audio,
                MediaKind::Document => Capability::Document,
                MediaKind::Sticker => Capability::Sticker,
            }],
            Self::Location(_) => vec![Capability::Location],
            Self::List { .. } => vec![Capability::List],
            Self::Buttons { .. } => vec![Capability::Buttons],
            Self::Template(template) => template_needs(template),
        }
    }
}

fn template_needs(template: &TemplateMessage) -> Vec<Capability> {
    let mut needs = vec![Capability::Template];
    needs.extend(template.header.as_ref().map(header));
    needs.extend(template.buttons.iter().map(button));
    if template.offer.is_some() {
        needs.push(Capability::TemplateOffer);
    }
    if !template.cards.is_empty() {
        needs.push(Capability::TemplateCarousel);
    }
    let on_card = |card: &Card| card.buttons.iter().map(button).collect::<Vec<_>>();
    needs.extend(template.cards.iter().flat_map(on_card));
    if !template.custom.is_empty() {
        needs.push(Capability::CustomProperties);
    }
    needs
}

fn header(header: &Header) -> Capability {
    match header {
        Header::Text { .. } => Capability::TemplateHeaderText,
        Header::Media { .. } => Capability::TemplateHeaderMedia,
        Header::Location(_) => Capability::TemplateHeaderLocation,
    }
}

fn button(button: &TemplateButton) -> Capability {
    match button {
        TemplateButton::QuickReply { .. } => Capability::TemplateQuickReply,
        TemplateButton::StaticUrl { .. } | TemplateButton::DynamicUrl { .. } => Capability::TemplateUrl,
        TemplateButton::Phone { .. } => Capability::TemplatePhone,
        TemplateButton::CopyCode { .. } => Capability::TemplateCopyCode,
    }
}
