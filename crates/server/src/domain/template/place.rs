//! The places of a template that are filled per message, and what fits there.

use std::collections::BTreeMap;

use harkara_provider::wire::lenient;
use harkara_provider::{ButtonKind, HeaderKind, TemplateButtonSpec};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::fill::clean;
use super::placeholder::names;
use super::{
    CODE_LIMIT, CUSTOM_LIMIT, CardMapping, Mapping, PAYLOAD_LIMIT, Source, TemplateContent, URL_LIMIT,
    is_url, length,
};

/// Something in a template that is filled per message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place<'a> {
    /// The card that it is on, by index; outside of cards when absent.
    pub card: Option<usize>,
    /// What it is.
    pub part: Part<'a>,
}

/// What is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part<'a> {
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
    /// When the offer ends.
    OfferEnd,
    /// End of the link of a button, by index.
    UrlSuffix(usize),
    /// Code of a button, by index.
    Code(usize),
    /// Payload of a button, by index.
    Payload(usize),
    /// Value of a key of the operator's own.
    Custom(&'a str),
}

/// A place with where its value comes from, if anybody said.
pub(super) struct Slot<'a> {
    pub place: Place<'a>,
    pub source: Option<&'a Source>,
}

static UNMAPPED: CardMapping = CardMapping {
    header: None,
    body: Vec::new(),
    buttons: BTreeMap::new(),
};

/// What a card is filled with; nothing when nobody said.
pub(super) fn of_card(mapping: &Mapping, n: usize) -> &CardMapping {
    mapping.cards.get(n).unwrap_or(&UNMAPPED)
}

/// The places of a template in their fixed order: header, body, offer, buttons, cards, keys of one's own. What may be left
/// out and is, has no slot.
pub(super) fn slots<'a>(content: &'a TemplateContent, mapping: &'a Mapping) -> Vec<Slot<'a>> {
    let mut slots = Slots {
        card: None,
        found: Vec::new(),
    };
    slots.header(content.header.as_ref(), mapping);
    slots.body(&content.body, &mapping.body);
    if content.offer.as_ref().is_some_and(|offer| offer.has_expiration) {
        slots.add(Part::OfferEnd, mapping.offer_ends.as_ref());
    }
    slots.buttons(&content.buttons, &mapping.buttons);
    for (n, card) in content.cards.iter().enumerate() {
        slots.card = Some(n);
        let own = of_card(mapping, n);
        if matches!(card.header, Some(HeaderKind::Image | HeaderKind::Video)) {
            slots.add(Part::HeaderMedia, own.header.as_ref());
        }
        slots.body(&card.body, &own.body);
        slots.buttons(&card.buttons, &own.buttons);
    }
    slots.card = None;
    for (key, source) in &mapping.custom {
        slots.add(Part::Custom(key), Some(source));
    }
    slots.found
}

struct Slots<'a> {
    card: Option<usize>,
    found: Vec<Slot<'a>>,
}

impl<'a> Slots<'a> {
    fn add(&mut self, part: Part<'a>, source: Option<&'a Source>) {
        let card = self.card;
        self.found.push(Slot {
            place: Place { card, part },
            source,
        });
    }

    fn header(&mut self, header: Option<&HeaderKind>, mapping: &'a Mapping) {
        match header {
            Some(HeaderKind::Text { text }) if !names(text).is_empty() => {
                self.add(Part::HeaderText, mapping.header.as_ref());
            }
            Some(HeaderKind::Image | HeaderKind::Video) => {
                self.add(Part::HeaderMedia, mapping.header.as_ref());
            }
            Some(HeaderKind::Document) => {
                self.add(Part::HeaderMedia, mapping.header.as_ref());
                if mapping.header_filename.is_some() {
                    self.add(Part::HeaderFilename, mapping.header_filename.as_ref());
                }
            }
            Some(HeaderKind::Location) => {
                let at = mapping.location.as_ref();
                self.add(Part::Latitude, at.map(|l| &l.latitude));
                self.add(Part::Longitude, at.map(|l| &l.longitude));
                if let Some(name) = at.and_then(|l| l.name.as_ref()) {
                    self.add(Part::LocationName, Some(name));
                }
                if let Some(address) = at.and_then(|l| l.address.as_ref()) {
                    self.add(Part::LocationAddress, Some(address));
                }
            }
            Some(HeaderKind::Text { .. }) | None => {}
        }
    }

    fn body(&mut self, body: &str, sources: &'a [Source]) {
        for n in 0..names(body).len() {
            self.add(Part::Body(n), sources.get(n));
        }
    }

    fn buttons(&mut self, buttons: &[TemplateButtonSpec], sources: &'a BTreeMap<String, Source>) {
        for (n, button) in buttons.iter().enumerate() {
            let source = sources.get(&n.to_string());
            match button.kind {
                ButtonKind::Url if is_dynamic(button) => self.add(Part::UrlSuffix(n), source),
                ButtonKind::CopyCode => self.add(Part::Code(n), source),
                ButtonKind::QuickReply if source.is_some() => self.add(Part::Payload(n), source),
                ButtonKind::Url | ButtonKind::QuickReply | ButtonKind::Phone => {}
            }
        }
    }
}

fn is_dynamic(button: &TemplateButtonSpec) -> bool {
    button.url.as_deref().is_some_and(|url| !names(url).is_empty())
}

impl Place<'_> {
    /// As a person knows it.
    pub(super) fn show(self, content: &TemplateContent) -> String {
        let body = match self.card {
            Some(n) => content.cards.get(n).map_or("", |card| card.body.as_str()),
            None => content.body.as_str(),
        };
        let what = match self.part {
            Part::HeaderText => "The variable of the header".into(),
            Part::HeaderMedia => "The media link of the header".into(),
            Part::HeaderFilename => "The file name of the header".into(),
            Part::Latitude => "The latitude of the header".into(),
            Part::Longitude => "The longitude of the header".into(),
            Part::LocationName => "The place's name in the header".into(),
            Part::LocationAddress => "The place's address in the header".into(),
            Part::Body(n) => format!(
                "{{{{{}}}}} in the body",
                names(body).get(n).copied().unwrap_or_default()
            ),
            Part::OfferEnd => "The end of the offer".into(),
            Part::UrlSuffix(n) => format!("The end of the link of button {}", n + 1),
            Part::Code(n) => format!("The code of button {}", n + 1),
            Part::Payload(n) => format!("The payload of button {}", n + 1),
            Part::Custom(key) => format!("The value of \"{key}\""),
        };
        match self.card {
            Some(n) => format!("{what} of card {}", n + 1),
            None => what,
        }
    }

    /// Pointer below the mapping.
    pub(super) fn pointer(self) -> String {
        let rest = match self.part {
            Part::HeaderText | Part::HeaderMedia => "header".into(),
            Part::HeaderFilename => "header_filename".into(),
            Part::Latitude => "location/latitude".into(),
            Part::Longitude => "location/longitude".into(),
            Part::LocationName => "location/name".into(),
            Part::LocationAddress => "location/address".into(),
            Part::Body(n) => format!("body/{n}"),
            Part::OfferEnd => "offer_ends".into(),
            Part::UrlSuffix(n) | Part::Code(n) | Part::Payload(n) => format!("buttons/{n}"),
            Part::Custom(key) => format!("custom/{}", escaped(key)),
        };
        match self.card {
            Some(n) => format!("/mapping/cards/{n}/{rest}"),
            None => format!("/mapping/{rest}"),
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
        match self.part {
            Part::HeaderMedia if is_url(&value) && length(&value) <= URL_LIMIT => Ok(value),
            Part::HeaderMedia => Err(format!(
                "is \"{value}\", which is not a link that begins with https://"
            )),
            Part::Latitude => degrees(&value, 90.0),
            Part::Longitude => degrees(&value, 180.0),
            Part::OfferEnd => moment(&value),
            Part::UrlSuffix(_) => Ok(utf8_percent_encode(&value, NOT_IN_A_LINK).to_string()),
            Part::Code(_) => at_most(CODE_LIMIT),
            Part::Payload(_) => at_most(PAYLOAD_LIMIT),
            Part::Custom(_) => at_most(CUSTOM_LIMIT),
            Part::HeaderText
            | Part::HeaderFilename
            | Part::LocationName
            | Part::LocationAddress
            | Part::Body(_) => Ok(value),
        }
    }
}

/// A name as it stands in a pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// 2001-09-09: what is earlier is no end of an offer but another kind of number.
const FIRST_MOMENT: i64 = 1_000_000_000_000;

/// A moment in milliseconds since 1970 UTC.
fn moment(value: &str) -> Result<String, String> {
    let ms = lenient::time(&value.into(), 0).filter(|ms| *ms >= FIRST_MOMENT);
    ms.map(|ms| ms.to_string()).ok_or_else(|| {
        format!("is \"{value}\", which is not a date and time such as 2026-12-24T18:00:00+05:30")
    })
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
