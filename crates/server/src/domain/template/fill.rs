//! Filling a template: which values one person gets, and the message that they make. Values that are the same for
//! everybody are not kept with each message.

use std::collections::HashMap;

use harkara_provider::wire::rules;
use harkara_provider::{
    ButtonKind, Header, HeaderKind, Location, MediaKind, TemplateButton, TemplateButtonSpec, TemplateMessage,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::placeholder::{Piece, names, number, pieces, render};
use super::{
    BODY_LIMIT, CODE_LIMIT, Frozen, HEADER_LIMIT, Mapping, PAYLOAD_LIMIT, Source, TemplateContent, URL_LIMIT,
    is_blank, is_url, length,
};

/// A person for whom the template cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{placeholder} {why}")]
pub struct MissingValue {
    /// Which placeholder, as a person knows it: `{{1}} in the body`.
    pub placeholder: String,
    /// What is wrong with it.
    pub why: String,
}

/// Something in a template that is filled per message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// Variable of a text header.
    HeaderText,
    /// URL of a media header.
    HeaderMedia,
    /// File name of a document header.
    HeaderFilename,
    /// Location header.
    Latitude,
    /// Location header.
    Longitude,
    /// Location header.
    LocationName,
    /// Location header.
    LocationAddress,
    /// Placeholder of the body, by index.
    Body(usize),
    /// End of the link of a button, by index.
    UrlSuffix(usize),
    /// Code of a button, by index.
    Code(usize),
    /// Payload of a button, by index.
    Payload(usize),
}

/// A place with where its value comes from, if anybody said.
pub(super) struct Slot<'a> {
    pub place: Place,
    pub source: Option<&'a Source>,
}

/// The places of a template in their fixed order: header, body, buttons. What may be left out and is, has no slot.
pub(super) fn slots<'a>(content: &TemplateContent, mapping: &'a Mapping) -> Vec<Slot<'a>> {
    let mut slots = Vec::new();
    let mut slot = |place, source| slots.push(Slot { place, source });
    match &content.header {
        Some(HeaderKind::Text { text }) if !names(text).is_empty() => {
            slot(Place::HeaderText, mapping.header.as_ref());
        }
        Some(HeaderKind::Image | HeaderKind::Video) => slot(Place::HeaderMedia, mapping.header.as_ref()),
        Some(HeaderKind::Document) => {
            slot(Place::HeaderMedia, mapping.header.as_ref());
            if mapping.header_filename.is_some() {
                slot(Place::HeaderFilename, mapping.header_filename.as_ref());
            }
        }
        Some(HeaderKind::Location) => {
            let at = mapping.location.as_ref();
            slot(Place::Latitude, at.map(|l| &l.latitude));
            slot(Place::Longitude, at.map(|l| &l.longitude));
            if let Some(name) = at.and_then(|l| l.name.as_ref()) {
                slot(Place::LocationName, Some(name));
            }
            if let Some(address) = at.and_then(|l| l.address.as_ref()) {
                slot(Place::LocationAddress, Some(address));
            }
        }
        Some(HeaderKind::Text { .. }) | None => {}
    }
    for n in 0..names(&content.body).len() {
        slot(Place::Body(n), mapping.body.get(n));
    }
    for (n, button) in content.buttons.iter().enumerate() {
        let source = mapping.buttons.get(&n.to_string());
        match button.kind {
            ButtonKind::Url if is_dynamic(button) => slot(Place::UrlSuffix(n), source),
            ButtonKind::CopyCode => slot(Place::Code(n), source),
            ButtonKind::QuickReply if source.is_some() => slot(Place::Payload(n), source),
            ButtonKind::Url | ButtonKind::QuickReply | ButtonKind::Phone => {}
        }
    }
    slots
}

fn is_dynamic(button: &TemplateButtonSpec) -> bool {
    button.url.as_deref().is_some_and(|url| !names(url).is_empty())
}

impl Place {
    /// As a person knows it.
    pub(super) fn show(self, content: &TemplateContent) -> String {
        match self {
            Self::HeaderText => "The variable of the header".into(),
            Self::HeaderMedia => "The media link of the header".into(),
            Self::HeaderFilename => "The file name of the header".into(),
            Self::Latitude => "The latitude of the header".into(),
            Self::Longitude => "The longitude of the header".into(),
            Self::LocationName => "The place's name in the header".into(),
            Self::LocationAddress => "The place's address in the header".into(),
            Self::Body(n) => format!(
                "{{{{{}}}}} in the body",
                names(&content.body).get(n).copied().unwrap_or_default()
            ),
            Self::UrlSuffix(n) => format!("The end of the link of button {}", n + 1),
            Self::Code(n) => format!("The code of button {}", n + 1),
            Self::Payload(n) => format!("The payload of button {}", n + 1),
        }
    }

    /// Pointer below the mapping.
    pub(super) fn pointer(self) -> String {
        match self {
            Self::HeaderText | Self::HeaderMedia => "/mapping/header".into(),
            Self::HeaderFilename => "/mapping/header_filename".into(),
            Self::Latitude => "/mapping/location/latitude".into(),
            Self::Longitude => "/mapping/location/longitude".into(),
            Self::LocationName => "/mapping/location/name".into(),
            Self::LocationAddress => "/mapping/location/address".into(),
            Self::Body(n) => format!("/mapping/body/{n}"),
            Self::UrlSuffix(n) | Self::Code(n) | Self::Payload(n) => format!("/mapping/buttons/{n}"),
        }
    }

    /// Brings a value into the form that WhatsApp takes here, or says why there is none.
    pub(super) fn fit(self, value: &str) -> Result<String, String> {
        let value = clean(value);
        let at_most = |limit: usize| {
            if length(&value) > limit {
                Err(format!("is \"{value}\", which is longer than {limit} characters"))
            } else {
                Ok(value.clone())
            }
        };
        match self {
            Self::HeaderMedia if is_url(&value) && length(&value) <= URL_LIMIT => Ok(value),
            Self::HeaderMedia => Err(format!(
                "is \"{value}\", which is not a link that begins with https://"
            )),
            Self::Latitude => degrees(&value, 90.0),
            Self::Longitude => degrees(&value, 180.0),
            Self::UrlSuffix(_) => Ok(utf8_percent_encode(&value, NOT_IN_A_LINK).to_string()),
            Self::Code(_) => at_most(CODE_LIMIT),
            Self::Payload(_) => at_most(PAYLOAD_LIMIT),
            Self::HeaderText
            | Self::HeaderFilename
            | Self::LocationName
            | Self::LocationAddress
            | Self::Body(_) => Ok(value),
        }
    }
}

/// What cannot stand in a link. `%` may: the value can be encoded already.
const NOT_IN_A_LINK: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn degrees(value: &str, limit: f64) -> Result<String, String> {
    match value.parse::<f64>() {
        Ok(n) if n.abs() <= limit => Ok(value.to_owned()),
        _ => Err(format!(
            "is \"{value}\", which is not a number of degrees from -{limit} to {limit}"
        )),
    }
}

/// A value as WhatsApp takes it; nothing of a blank one is left.
pub(super) fn clean(value: &str) -> String {
    rules::clean_parameter(value).unwrap_or_default()
}

/// The values that this person gets, in a fixed order, for [`compose`]. Only what differs between people is among
/// them.
///
/// # Errors
/// The placeholder for which there is no usable value, or that the whole would be too long.
pub fn resolve(
    frozen: &Frozen,
    person: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<String>, MissingValue> {
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
    compose(frozen, &values)?;
    Ok(values)
}

fn missing(place: Place, content: &TemplateContent, why: impl Into<String>) -> MissingValue {
    MissingValue {
        placeholder: place.show(content),
        why: why.into(),
    }
}

/// The message that these values make of the template; they come from [`resolve`].
///
/// # Errors
/// When the values do not belong to this template, or the message would be longer than WhatsApp takes.
pub fn compose(frozen: &Frozen, values: &[String]) -> Result<TemplateMessage, MissingValue> {
    let content = &frozen.content;
    let mut given = values.iter();
    let mut filled: HashMap<Place, String> = HashMap::new();
    for slot in slots(content, &frozen.mapping) {
        let value = match slot.source {
            Some(Source::Attribute { .. }) => given.next().map(|value| Ok(value.clone())),
            Some(Source::Text { text }) if !is_blank(text) => Some(slot.place.fit(text)),
            Some(Source::Text { .. }) | None => None,
        };
        let value = value
            .unwrap_or_else(|| Err("has no value: nothing is mapped to it".into()))
            .map_err(|why| missing(slot.place, content, why))?;
        filled.insert(slot.place, value);
    }
    if given.next().is_some() {
        return Err(MissingValue {
            placeholder: "The template".into(),
            why: "has fewer placeholders than there are values".into(),
        });
    }
    let get = |place| filled.get(&place).cloned().unwrap_or_default();
    let body_names = names(&content.body);
    let parameters: Vec<String> = (0..body_names.len()).map(|n| get(Place::Body(n))).collect();
    let body = render(&content.body, |name| {
        let at = body_names.iter().position(|n| *n == name);
        at.and_then(|n| parameters.get(n)).map_or("", String::as_str)
    });
    within("The body", &body, BODY_LIMIT)?;
    Ok(TemplateMessage {
        name: frozen.name.clone(),
        language: frozen.language.clone(),
        provider_template_id: frozen.provider_template_id.clone(),
        header: header(content, &filled)?,
        body,
        parameters,
        parameter_names: body_names.iter().filter_map(|name| worded(name)).collect(),
        footer: content.footer.clone(),
        buttons: content
            .buttons
            .iter()
            .enumerate()
            .map(|(n, spec)| button(n, spec, &filled))
            .collect(),
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

fn header(
    content: &TemplateContent,
    filled: &HashMap<Place, String>,
) -> Result<Option<Header>, MissingValue> {
    let media = |kind| Header::Media {
        kind,
        url: filled.get(&Place::HeaderMedia).cloned().unwrap_or_default(),
        filename: filled.get(&Place::HeaderFilename).cloned(),
    };
    let degrees = |place| {
        filled
            .get(&place)
            .and_then(|v| v.parse().ok())
            .unwrap_or_default()
    };
    Ok(Some(match &content.header {
        None => return Ok(None),
        Some(HeaderKind::Text { text }) => {
            let parameter = filled.get(&Place::HeaderText).cloned();
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
            latitude: degrees(Place::Latitude),
            longitude: degrees(Place::Longitude),
            name: filled.get(&Place::LocationName).cloned(),
            address: filled.get(&Place::LocationAddress).cloned(),
        }),
    }))
}

fn button(n: usize, spec: &TemplateButtonSpec, filled: &HashMap<Place, String>) -> TemplateButton {
    let text = spec.text.clone();
    match spec.kind {
        ButtonKind::QuickReply => TemplateButton::QuickReply {
            text,
            payload: filled.get(&Place::Payload(n)).cloned(),
        },
        ButtonKind::Url => {
            let url = spec.url.clone().unwrap_or_default();
            match filled.get(&Place::UrlSuffix(n)) {
                Some(suffix) => TemplateButton::DynamicUrl {
                    text,
                    base: before_placeholder(&url).to_owned(),
                    suffix: suffix.clone(),
                },
                None => TemplateButton::StaticUrl { text, url },
            }
        }
        ButtonKind::Phone => TemplateButton::Phone {
            text,
            number: spec.phone.clone().unwrap_or_default(),
        },
        ButtonKind::CopyCode => TemplateButton::CopyCode {
            code: filled.get(&Place::Code(n)).cloned().unwrap_or_default(),
        },
    }
}

/// A link up to its variable, which stands at its end.
pub(super) fn before_placeholder(url: &str) -> &str {
    match pieces(url).first() {
        Some(Piece::Text(text)) => text,
        Some(Piece::Placeholder(_)) | None => "",
    }
}
