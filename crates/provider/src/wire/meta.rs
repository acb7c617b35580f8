//! Meta's error codes, which every vendor passes on in its own envelope.
//!
//! Source: <https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>.

use crate::error::SendErrorKind::{
    self, Capped, Config, Invalid, OptedOut, Rejected, Throttled, Unavailable, WindowClosed,
};

const SLOW_DOWN: SendErrorKind = Throttled { after_ms: None };

/// Code, kind, and what a person reads.
type Row = (u32, SendErrorKind, &'static str);

/// Codes of five digits and more: shorter ones collide with the vendors' own.
#[rustfmt::skip]
const CODES: &[Row] = &[
    (80007, SLOW_DOWN, "WhatsApp asked us to slow down. Sending goes on by itself."),
    (130403, Rejected, "WhatsApp did not accept the message for this number. Details are below."),
    (130429, SLOW_DOWN, "WhatsApp asked us to slow down. Sending goes on by itself."),
    (130472, Capped, "WhatsApp held this marketing message back because the person is part of an experiment. Nothing is wrong with your number. Try again after 24 hours."),
    (130497, Rejected, "WhatsApp does not let this business account message people in that country. Remove them from the audience."),
    (131000, Unavailable, "WhatsApp had a fault of its own. Sending again later usually works."),
    (131005, Config, "WhatsApp refused the provider's access to this number. Ask the provider to check the permissions of the number."),
    (131008, Invalid, "WhatsApp found a required value missing in the message. Check the template's values."),
    (131009, Invalid, "WhatsApp found a value in the message that it cannot take. Check the template's values and the media link."),
    (131016, Unavailable, "WhatsApp's service was not available. Sending again later usually works."),
    (131021, Invalid, "The message was addressed to its own sending number. Remove that number from the audience."),
    (131026, Invalid, "Not delivered: this number cannot receive the message. It may not use WhatsApp, may be on an old version or may not have accepted WhatsApp's terms. Retrying will not help."),
    (131031, Config, "WhatsApp locked this business account. Open Meta Business Manager to see why."),
    (131037, Config, "The display name of this number is not approved yet. Have it approved in Meta Business Manager."),
    (131042, Config, "WhatsApp cannot bill this business account. Settle the payment method with the provider."),
    (131045, Config, "This number is not registered for sending. Ask the provider to register it."),
    (131047, WindowClosed, "Not sent: more than 24 hours since their last message. Send a template."),
    (131048, Capped, "Sending is limited because many people blocked or reported this number. Stop campaigns on it and check your audience."),
    (131049, Capped, "WhatsApp held this marketing message back to protect the person from too many. Nothing is wrong with your number. Try again after 24 hours."),
    (131050, OptedOut, "The person stopped marketing messages from this business. We have marked them opted out."),
    (131051, Invalid, "WhatsApp does not carry this kind of message. Send another kind."),
    (131052, Invalid, "WhatsApp could not fetch the media of the message. Check that the link is public and of a supported type and size."),
    (131053, Invalid, "WhatsApp could not take the media of the message. Check that the link is public and of a supported type and size."),
    (131056, SLOW_DOWN, "WhatsApp asked us to slow down for this person. Sending goes on by itself."),
    (131057, Unavailable, "WhatsApp is maintaining this account. Sending again later usually works."),
    (131064, Capped, "WhatsApp limits what this business may send because of its quality. Stop campaigns on it and check your audience."),
    (132000, Invalid, "The number of values does not fit the template. Compare the placeholders of the template with the campaign's mapping."),
    (132001, Invalid, "The template does not exist in this language, or is not approved yet. Refresh the templates and choose another."),
    (132005, Invalid, "The template with its values filled in is too long. Shorten the values."),
    (132007, Invalid, "The template breaks a WhatsApp policy. Change its text and submit it again."),
    (132012, Invalid, "A value has the wrong form for its place in the template. Check the campaign's mapping."),
    (132015, Invalid, "WhatsApp paused this template because of its quality. Choose another template, or wait until it is back."),
    (132016, Invalid, "WhatsApp disabled this template because of its quality. Choose another template."),
    (132018, Invalid, "WhatsApp found a fault in the values of the template. Check the campaign's mapping."),
    (132068, Invalid, "The flow behind this template is blocked. Mend the flow, or choose another template."),
    (132069, Invalid, "The flow behind this template has reached its limit for now. Try again later."),
    (133010, Config, "This number is not registered with WhatsApp. Ask the provider to register it."),
    (135000, Rejected, "WhatsApp refused the message without a reason that we know. Details are below."),
];

/// What a Meta code means; nothing for codes that are not listed.
pub fn code(code: u32) -> Option<(SendErrorKind, &'static str)> {
    CODES
        .binary_search_by_key(&code, |row| row.0)
        .ok()
        .and_then(|at| CODES.get(at))
        .map(|row| (row.1, row.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_so_that_each_is_found() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
        for row in CODES {
            assert_eq!(code(row.0), Some((row.1, row.2)));
        }
        assert_eq!(code(131_998), None);
    }
}
