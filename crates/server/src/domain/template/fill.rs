//! Filling a template: which values one person gets, and the message that they make. Values that are the same for
//! everybody are not kept with each message.

use std::collections::{BTreeMap, HashMap};

use harkara_provider::wire::{cards, rules};
use harkara_provider::{
    ButtonKind, COPY_TEXT, Card, CardSpec, Header, HeaderKind, Location, MediaKind, Offer, TemplateButton,
    TemplateButtonSpec, TemplateMessage,
};

use super::place::{Part, Place, slots};
use super::placeholder::{Piece, names, number, pieces, render};
use super::{BODY_LIMIT, Frozen, HEADER_LIMIT, Source, TemplateContent, is_blank, length};

/// A person for whom the template cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{placeholder} {why}")]
pub struct MissingValue {
    /// Which placeholder, as a person knows it: `{{1}} in the body`.
    pub placeholder: String,
    /// What is wrong with it.
    pub why: String,
}

/// A value as WhatsApp takes it; nothing of a blank one is left.
pub(super) fn clean(value: &str) -> String {
    rules::clean_parameter(value).unwrap_or_default()
}

/// The values that this person gets, in a fixed order, for [`compose`], and the message that they make. Only what differs
/// between people is among the values.
///
/// # Errors
/// The placeholder for which there is no usable value, or that the whole would be too long.
pub fn fill(
    frozen: &Frozen,
    person: &dyn Fn(&str) -> Option<String>,
) -> Result<(Vec<String>, TemplateMessage), MissingValue> {
    let mut values = Vec::new();
    for slot in slots(&frozen.content, &frozen.mapping) {
        if let Some(Source::Attribute { name, default }) = slot.source {
            let own = person(name).filter(|value| !is_blank(value));
            let Some(value) = own.or_else(|| default.clone()).filter(|v| !is_blank(v)) else {
                let why =
                    format!("has no value: the profile has no \"{name}\", and there is no default for it");
                return Err(missing(slot.place, &frozen.content, why));
            };
            let fitting = slot.place.fit(&value);
            values.push(fitting.map_err(|why| missing(slot.place, &frozen.content, why))?);
        }
    }
    let message = compose(frozen, &values)?;
    Ok((values, message))
}

fn missing(place: Place<'_>, content: &TemplateContent, why: impl Into<String>) -> MissingValue {
    MissingValue {
        placeholder: place.show(content),
        why: why.into(),
    }
}

/// The message that these values make of the template; they come from [`fill`].
///
/// # Errors
/// When the values do not belong to this template, or the message would be longer than WhatsApp takes.
pub fn compose(frozen: &Frozen, values: &[String]) -> Result<TemplateMessage, MissingValue> {
    let content = &frozen.content;
    let mut given = values.iter();
    let mut filled = Filled::default();
    for slot in slots(content, &frozen.mapping) {
        let value = match slot.source {
            Some(Source::Attribute { .. }) => given.next().map(|value| Ok(value.clone())),
            Some(Source::Text { text }) if !is_blank(text) => Some(slot.place.fit(text)),
            Some(Source::Text { .. }) | None => None,
        };
        let value = value
            .unwrap_or_else(|| Err("has no value: nothing is mapped to it".into()))
            .map_err(|why| missing(slot.place, content, why))?;
        filled.0.insert(slot.place, value);
    }
    if given.next().is_some() {
        return Err(MissingValue {
            placeholder: "The template".into(),
            why: "has fewer placeholders than there are values".into(),
        });
    }
    let (body, parameters) = filled.text(None, &content.body);
    let limit = if content.offer.is_some() {
        cards::OFFER_BODY
    } else {
        BODY_LIMIT
    };
    within("The body", &body, limit)?;
    Ok(TemplateMessage {
        name: frozen.name.clone(),
        language: frozen.language.clone(),
        provider_template_id: frozen.provider_template_id.clone(),
        header: filled.header(None, content.header.as_ref())?,
        body,
        parameters,
        parameter_names: names(&content.body)
            .iter()
            .filter_map(|name| worded(name))
            .collect(),
        footer: content.footer.clone(),
        buttons: filled.buttons(None, &content.buttons),
        offer: content.offer.as_ref().map(|offer| Offer {
            text: offer.text.clone(),
            expires_at: filled.get(None, Part::OfferEnd).and_then(|at| at.parse().ok()),
        }),
        cards: content
            .cards
            .iter()
            .enumerate()
            .map(|(n, card)| filled.card(n, card))
            .collect::<Result<_, _>>()?,
        custom: filled.custom(),
    })
}

/// The name of a placeholder that has one instead of a number.
fn worded(name: &str) -> Option<String> {
    number(name).is_none().then(|| name.to_owned())
}

fn within(what: &str, text: &str, limit: usize) -> Result<(), MissingValue> {
    let n = length(text);
    if n <= limit {
        return Ok(());
    }
    Err(MissingValue {
        placeholder: what.into(),
        why: format!("has {n} characters with its values filled in; WhatsApp takes {limit}"),
    })
}

/// Values by their places.
#[derive(Default)]
struct Filled<'a>(HashMap<Place<'a>, String>);

impl Filled<'_> {
    fn get(&self, card: Option<usize>, part: Part<'_>) -> Option<String> {
        self.0.get(&Place { card, part }).cloned()
    }

    /// A text with its values, and the values in order.
    fn text(&self, card: Option<usize>, text: &str) -> (String, Vec<String>) {
        let all = names(text);
        let values: Vec<String> = (0..all.len())
            .map(|n| self.get(card, Part::Body(n)).unwrap_or_default())
            .collect();
        let text = render(text, |name| {
            let at = all.iter().position(|n| *n == name);
            at.and_then(|n| values.get(n)).map_or("", String::as_str)
        });
        (text, values)
    }

    fn header(
        &self,
        card: Option<usize>,
        header: Option<&HeaderKind>,
    ) -> Result<Option<Header>, MissingValue> {
        let media = |kind| Header::Media {
            kind,
            url: self.get(card, Part::HeaderMedia).unwrap_or_default(),
            filename: self.get(card, Part::HeaderFilename),
        };
        let degrees = |part| {
            self.get(card, part)
                .and_then(|v| v.parse().ok())
                .unwrap_or_default()
        };
        Ok(Some(match header {
            None => return Ok(None),
            Some(HeaderKind::Text { text }) => {
                let parameter = self.get(card, Part::HeaderText);
                let parameter_name = names(text).first().and_then(|name| worded(name));
                let text = render(text, |_| parameter.as_deref().unwrap_or_default());
                within("The header", &text, HEADER_LIMIT)?;
                Header::Text {
                    text,
                    parameter,
                    parameter_name,
                }
            }
            Some(HeaderKind::Image) => media(MediaKind::Image),
            Some(HeaderKind::Video) => media(MediaKind::Video),
            Some(HeaderKind::Document) => media(MediaKind::Document),
            Some(HeaderKind::Location) => Header::Location(Location {
                latitude: degrees(Part::Latitude),
                longitude: degrees(Part::Longitude),
                name: self.get(card, Part::LocationName),
                address: self.get(card, Part::LocationAddress),
            }),
        }))
    }

    fn card(&self, n: usize, card: &CardSpec) -> Result<Card, MissingValue> {
        let (body, parameters) = self.text(Some(n), &card.body);
        within(&format!("The text of card {}", n + 1), &body, cards::CARD_BODY)?;
        Ok(Card {
            header: self.header(Some(n), card.header.as_ref())?,
            body,
            parameters,
            buttons: self.buttons(Some(n), &card.buttons),
        })
    }

    fn custom(&self) -> BTreeMap<String, String> {
        let own = self.0.iter().filter_map(|(place, value)| match place.part {
            Part::Custom(key) => Some((key.to_owned(), value.clone())),
            _ => None,
        });
        own.collect()
    }

    fn buttons(&self, card: Option<usize>, buttons: &[TemplateButtonSpec]) -> Vec<TemplateButton> {
        let numbered = buttons.iter().enumerate();
        numbered.map(|(n, spec)| self.button(card, n, spec)).collect()
    }

    fn button(&self, card: Option<usize>, n: usize, spec: &TemplateButtonSpec) -> TemplateButton {
        let text = spec.text.clone();
        match spec.kind {
            ButtonKind::QuickReply => TemplateButton::QuickReply {
                text,
                payload: self.get(card, Part::Payload(n)),
            },
            ButtonKind::Url => {
                let url = spec.url.clone().unwrap_or_default();
                match self.get(card, Part::UrlSuffix(n)) {
                    Some(suffix) => TemplateButton::DynamicUrl {
                        text,
                        base: before_placeholder(&url).to_owned(),
                        suffix,
                    },
                    None => TemplateButton::StaticUrl { text, url },
                }
            }
            ButtonKind::Phone => TemplateButton::Phone {
                text,
                number: spec.phone.clone().unwrap_or_default(),
            },
            ButtonKind::CopyCode => TemplateButton::CopyCode {
                text: if is_blank(&text) {
                    COPY_TEXT.to_owned()
                } else {
                    text
                },
                code: self.get(card, Part::Code(n)).unwrap_or_default(),
            },
        }
    }
}

/// A link up to its variable, which stands at its end.
pub(super) fn before_placeholder(url: &str) -> &str {
    match pieces(url).first() {
        Some(Piece::Text(text)) => text,
        Some(Piece::Placeholder(_)) | None => "",
    }
}
