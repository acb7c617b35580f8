//! WhatsApp's limits on limited-time offers and carousels.

use super::rules::{at_most, filled, invalid, template_button};
use crate::error::SendError;
use crate::message::{Card, Header, MediaKind, TemplateButton, TemplateMessage};

/// Title of an offer, characters.
pub const OFFER_TITLE: usize = 16;
/// Body of a template with an offer, characters.
pub const OFFER_BODY: usize = 600;
/// Text of a card, characters.
pub const CARD_BODY: usize = 160;
/// Cards of a carousel at most.
pub const CARDS: usize = 10;
/// Buttons of a card at most.
pub const CARD_BUTTONS: usize = 2;

/// An offer has a short title and body, no footer, and no header but an image or a video.
pub fn offer(template: &TemplateMessage) -> Result<(), SendError> {
    let Some(offer) = &template.offer else {
        return Ok(());
    };
    filled("The title of the offer", &offer.text, OFFER_TITLE)?;
    at_most("The body of a limited-time offer", &template.body, OFFER_BODY)?;
    if template.footer.is_some() {
        return Err(invalid(
            "offer with a footer",
            "A template with a limited-time offer has no footer. Take the footer out.",
        ));
    }
    match &template.header {
        None => Ok(()),
        Some(header) if is_picture(header) => Ok(()),
        Some(_) => Err(invalid(
            "header of an offer: only image or video",
            "Above a limited-time offer WhatsApp shows an image or a video. Choose one of these.",
        )),
    }
}

fn is_picture(header: &Header) -> bool {
    matches!(
        header,
        Header::Media {
            kind: MediaKind::Image | MediaKind::Video,
            ..
        }
    )
}

/// Cards are alike: the same kind of picture, the same kinds of buttons.
pub fn carousel(cards: &[Card]) -> Result<(), SendError> {
    if cards.len() > CARDS {
        return Err(invalid(
            format!("cards: {}, limit {CARDS}", cards.len()),
            format!(
                "The carousel has {} cards and WhatsApp takes {CARDS}.",
                cards.len()
            ),
        ));
    }
    for (at, card) in cards.iter().enumerate() {
        let shown = at + 1;
        if !card.header.as_ref().is_some_and(is_picture) {
            return Err(invalid(
                format!("card {shown}: no image or video"),
                format!("Card {shown} of the carousel needs an image or a video. Give it one."),
            ));
        }
        at_most(&format!("The text of card {shown}"), &card.body, CARD_BODY)?;
        if card.buttons.len() > CARD_BUTTONS {
            return Err(invalid(
                format!(
                    "card {shown}: {} buttons, limit {CARD_BUTTONS}",
                    card.buttons.len()
                ),
                format!(
                    "Card {shown} has {} buttons and WhatsApp takes {CARD_BUTTONS}.",
                    card.buttons.len()
                ),
            ));
        }
        card.buttons.iter().try_for_each(template_button)?;
    }
    let unlike = cards.windows(2).any(|two| !alike(&two[0], &two[1]));
    if unlike {
        return Err(invalid(
            "cards: different headers or buttons",
            "All cards of a carousel have the same kind of picture and the same kinds of buttons. Make them alike.",
        ));
    }
    Ok(())
}

fn alike(a: &Card, b: &Card) -> bool {
    let picture = |card: &Card| match &card.header {
        Some(Header::Media { kind, .. }) => Some(*kind),
        _ => None,
    };
    let kinds = |card: &Card| card.buttons.iter().map(kind).collect::<Vec<_>>();
    picture(a) == picture(b) && kinds(a) == kinds(b)
}

/// A link is a link, whether it has a variable or not.
fn kind(button: &TemplateButton) -> u8 {
    match button {
        TemplateButton::QuickReply { .. } => 0,
        TemplateButton::StaticUrl { .. } | TemplateButton::DynamicUrl { .. } => 1,
        TemplateButton::Phone { .. } => 2,
        TemplateButton::CopyCode { .. } => 3,
    }
}
