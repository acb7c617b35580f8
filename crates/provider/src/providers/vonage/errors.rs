//! Vonage's codes: in `error` of a status, and after the `#` of a refusal's `type`.
//!
//! Source: <https://developer.vonage.com/en/api-errors/messages>.

use crate::SendErrorKind::{
    self, Capped, Config, Invalid, OptedOut, Rejected, Throttled, Unavailable, Unknown, WindowClosed,
};
use crate::wire::meta;

const SLOW_DOWN: SendErrorKind = Throttled { after_ms: None };

/// The vendor says that it has this message already: nobody can say which of the two it delivers.
pub(super) const DUPLICATE: &str = "1320";

/// Code, kind, and what a person reads.
type Row = (u32, SendErrorKind, &'static str);

const BAD_REQUEST: &str =
    "Vonage found a value in this message that it cannot take. Its own words are below.";
const BAD_MEDIA: &str = "Vonage or WhatsApp could not use the file of this message. Check that its link is public, and the kind and \
     size of the file.";
const NO_NUMBER: &str = "Not delivered: this number cannot be reached. Check it; retrying will not help.";
const LATER: &str =
    "Not delivered: Vonage or WhatsApp had a fault for the moment. Sending again later usually works.";
const ACCOUNT: &str = "Vonage refuses this account or its number. Look in the Vonage dashboard, \
     and ask Vonage's support with the code below.";
const BLOCKED: &str =
    "Not delivered: Vonage or WhatsApp blocked the content of this message. Change the text.";

#[rustfmt::skip]
const CODES: &[Row] = &[
    (1000, SLOW_DOWN, "Vonage asked us to slow down. Sending goes on by itself."),
    (1010, Invalid, BAD_REQUEST),
    (1020, Invalid, BAD_REQUEST),
    (1021, Invalid, BAD_REQUEST),
    (1022, Invalid, "Vonage found no approved template that fits: check its name, its language and the number of its values. A template of another account cannot be used."),
    (1030, Unavailable, LATER),
    (1040, Invalid, BAD_REQUEST),
    (1050, Invalid, "Not delivered: Vonage has this number on its block list. Retrying will not help."),
    (1060, Config, ACCOUNT),
    (1070, Config, "The Vonage account has no credit left. Top it up at Vonage."),
    (1080, Config, ACCOUNT),
    (1090, Invalid, BAD_REQUEST),
    (1100, Unavailable, LATER),
    (1120, Invalid, BAD_REQUEST),
    (1130, Invalid, BAD_REQUEST),
    (1140, Invalid, BAD_REQUEST),
    (1150, Invalid, BAD_REQUEST),
    (1160, Config, ACCOUNT),
    (1170, Invalid, NO_NUMBER),
    (1180, Unavailable, "Not delivered: the person could not be reached for now. Try again another day."),
    (1190, Invalid, NO_NUMBER),
    (1200, Invalid, NO_NUMBER),
    (1210, Rejected, BLOCKED),
    (1220, Unavailable, LATER),
    (1230, Unavailable, LATER),
    (1240, OptedOut, "Not sent: the person opted out of messages from this number. We have marked them opted out."),
    (1241, SLOW_DOWN, "Too many messages to this person in a short time. Sending goes on by itself."),
    (1250, Config, ACCOUNT),
    (1251, Config, ACCOUNT),
    (1270, Rejected, BLOCKED),
    (1280, Invalid, NO_NUMBER),
    (1282, Rejected, BLOCKED),
    (1290, Invalid, NO_NUMBER),
    (1300, Invalid, "Not delivered: this number does not use WhatsApp. Check the number; retrying will not help."),
    (1310, Invalid, NO_NUMBER),
    (1320, Unknown, "Vonage took this for a message that it has already. It is not sent again."),
    (1330, Rejected, "Not delivered, and Vonage gave no closer reason. Ask Vonage with the message's id."),
    (1331, Unavailable, LATER),
    (1340, WindowClosed, "Not sent: more than 24 hours since their last message. Send a template."),
    (1350, Config, ACCOUNT),
    (1360, Rejected, "Not delivered in the time that was given for it; the phone may have been off. Send it again if it still matters."),
    (1370, Config, "WhatsApp does not let this number send. Look at the number in the Vonage dashboard."),
    (1380, Invalid, BAD_MEDIA),
    (1381, Invalid, BAD_MEDIA),
    (1382, Invalid, BAD_MEDIA),
    (1400, Invalid, BAD_REQUEST),
    (1410, Invalid, BAD_REQUEST),
    (1420, Invalid, BAD_REQUEST),
    (1430, Invalid, NO_NUMBER),
    (1440, Invalid, BAD_REQUEST),
    (1450, Invalid, BAD_REQUEST),
    (1451, Invalid, BAD_REQUEST),
    (1460, Capped, "The number has reached the messages that WhatsApp grants it a day. Send again tomorrow; a good quality rating raises the limit."),
    (1461, Capped, "WhatsApp held this marketing message back to protect the person from too many. Nothing is wrong with your number. Try again after 24 hours."),
    (1470, Config, ACCOUNT),
    (1472, SLOW_DOWN, "Vonage asked us to slow down. Sending goes on by itself."),
    (1473, Config, ACCOUNT),
    (1480, Config, ACCOUNT),
    (1481, Config, ACCOUNT),
    (1482, Config, ACCOUNT),
    (1483, Config, ACCOUNT),
    (1484, Config, ACCOUNT),
];

/// What a code means: Vonage's own, else one of Meta's passed on.
pub(super) fn by_code(code: &str) -> Option<(SendErrorKind, &'static str)> {
    let code: u32 = code.trim().parse().ok()?;
    let own = CODES.binary_search_by_key(&code, |row| row.0).ok();
    own.and_then(|at| CODES.get(at))
        .map(|row| (row.1, row.2))
        .or_else(|| meta::code(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_so_that_each_is_found() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
        for row in CODES {
            assert_eq!(by_code(&row.0.to_string()), Some((row.1, row.2)));
        }
        assert_eq!(by_code("131049").map(|found| found.0), Some(Capped));
        assert_eq!(by_code("1999"), None);
        assert_eq!(by_code("low-balance"), None);
    }
}
