//! Rules for limited-time offers and carousels.

use harkara_provider::wire::cards::{CARD_BODY, CARD_BUTTONS, CARDS, OFFER_BODY, OFFER_TITLE};
use harkara_provider::{ButtonKind, CardSpec, HeaderKind};

use super::Found;
use crate::domain::template::{TemplateContent, is_blank};

impl Found {
    /// A short title and body, no footer, and nothing above it but a picture.
    pub(super) fn offer(&mut self, content: &TemplateContent) {
        let Some(offer) = &content.offer else { return };
        let at = "/content/offer/text";
        if is_blank(&offer.text) {
            self.add(at, "required", "Write the title of the offer.");
        }
        self.at_most(at, "The title of the offer", &offer.text, OFFER_TITLE);
        self.one_line(at, "The title of the offer", &offer.text);
        self.fixed(at, "The title of the offer", &offer.text);
        self.at_most(
            "/content/body",
            "The body of a limited-time offer",
            &content.body,
            OFFER_BODY,
        );
        if content.footer.is_some() {
            self.add(
                "/content/footer",
                "offer",
                "A template with a limited-time offer has no footer: take it out.",
            );
        }
        let picture = [None, Some(HeaderKind::Image), Some(HeaderKind::Video)];
        if !picture.contains(&content.header) {
            self.add(
                "/content/header",
                "offer",
                "Above a limited-time offer stands an image, a video or nothing.",
            );
        }
    }

    /// Two to ten cards that are alike; around them only the body.
    pub(super) fn cards(&mut self, content: &TemplateContent) {
        let Some(first) = content.cards.first() else {
            return;
        };
        let at = "/content/cards";
        let n = content.cards.len();
        if !(2..=CARDS).contains(&n) {
            self.add(
                at,
                "too_many",
                format!("There are {n} card(s); WhatsApp takes 2 to {CARDS}."),
            );
        }
        let around = [
            ("/content/header", content.header.is_some()),
            ("/content/footer", content.footer.is_some()),
            ("/content/buttons", !content.buttons.is_empty()),
            ("/content/offer", content.offer.is_some()),
        ];
        for (pointer, _) in around.iter().filter(|(_, there)| *there) {
            self.add(
                *pointer,
                "carousel",
                "Beside its cards a carousel has only a body: take this out.",
            );
        }
        for (n, card) in content.cards.iter().enumerate() {
            self.card(&format!("{at}/{n}"), n + 1, card);
            let alike = card.header == first.header && kinds(card) == kinds(first);
            if !alike {
                let detail =
                    "All cards have the same kind of picture and the same kinds of buttons: make them alike.";
                self.add(format!("{at}/{n}"), "unlike", detail);
            }
        }
    }

    fn card(&mut self, at: &str, shown: usize, card: &CardSpec) {
        if !matches!(card.header, Some(HeaderKind::Image | HeaderKind::Video)) {
            self.add(
                format!("{at}/header"),
                "required",
                format!("Give card {shown} an image or a video."),
            );
        }
        let (body_at, what) = (format!("{at}/body"), format!("The text of card {shown}"));
        self.at_most(&body_at, &what, &card.body, CARD_BODY);
        self.braces(&body_at, &what, &card.body);
        self.numbering(&body_at, &card.body);
        let n = card.buttons.len();
        if n > CARD_BUTTONS {
            let detail = format!("Card {shown} has {n} buttons; WhatsApp takes {CARD_BUTTONS}.");
            self.add(format!("{at}/buttons"), "too_many", detail);
        }
        for (n, button) in card.buttons.iter().enumerate() {
            let at = format!("{at}/buttons/{n}");
            if button.kind == ButtonKind::CopyCode {
                self.add(
                    &at,
                    "kind",
                    "A card has no button that copies a code: use another.",
                );
            }
            self.button(&at, n + 1, button);
        }
    }
}

fn kinds(card: &CardSpec) -> Vec<ButtonKind> {
    card.buttons.iter().map(|button| button.kind).collect()
}
