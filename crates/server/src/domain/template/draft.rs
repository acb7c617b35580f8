//! A template as it is submitted for approval.

use harkara_provider::{ButtonKind, Category, TemplateDraft};

use super::fill::{before_placeholder, clean};
use super::place::{Part, slots};
use super::{Mapping, TemplateContent};

/// The submission of a template. WhatsApp wants an example for every placeholder: the texts and defaults of the
/// mapping are good ones, and [`super::mapping_problems`] sees to it that they are there.
pub fn draft(
    name: &str,
    language: &str,
    category: Category,
    content: &TemplateContent,
    mapping: &Mapping,
) -> TemplateDraft {
    let mut draft = TemplateDraft {
        name: name.to_owned(),
        language: language.to_owned(),
        category,
        header: content.header.clone(),
        header_example: None,
        body: content.body.clone(),
        body_examples: Vec::new(),
        footer: content.footer.clone(),
        buttons: content.buttons.clone(),
        url_examples: Vec::new(),
    };
    for slot in slots(content, mapping) {
        let example = slot
            .source
            .map(|source| clean(source.fallback()))
            .unwrap_or_default();
        match slot.place.part {
            // Nobody takes cards by API; `submit` refuses them.
            _ if slot.place.card.is_some() => {}
            Part::HeaderText | Part::HeaderMedia => draft.header_example = Some(example),
            Part::Body(_) => draft.body_examples.push(example),
            Part::UrlSuffix(n) => {
                let url = content
                    .buttons
                    .get(n)
                    .filter(|b| b.kind == ButtonKind::Url)
                    .and_then(|b| b.url.as_deref());
                let end = slot.place.fit(&example).unwrap_or_default();
                draft
                    .url_examples
                    .push(format!("{}{end}", before_placeholder(url.unwrap_or_default())));
            }
            Part::HeaderFilename
            | Part::Latitude
            | Part::Longitude
            | Part::LocationName
            | Part::LocationAddress
            | Part::Code(_)
            | Part::Payload(_)
            | Part::OfferEnd
            | Part::Custom(_) => {}
        }
    }
    draft
}
