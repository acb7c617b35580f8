//! What Vonage is and what its settings form asks for.

use crate::spec::{Capability, Field, FieldKind, Limits, SIGNATURE_SECRET, Spec};
use crate::wire::rules;

const fn field(key: &'static str, label: &'static str, kind: FieldKind, help: &'static str) -> Field {
    Field {
        key,
        label,
        help,
        kind,
        required: false,
        default: None,
    }
}

const fn required(field: Field) -> Field {
    Field {
        required: true,
        ..field
    }
}

const fn defaulting(field: Field, value: &'static str) -> Field {
    Field {
        default: Some(value),
        ..field
    }
}

const FIELDS: &[Field] = &[
    required(field(
        "nickname",
        "Nickname",
        FieldKind::Text,
        "A name of your own for this account, shown wherever you choose an account.",
    )),
    required(field(
        "number",
        "Mobile number",
        FieldKind::PhoneOrCode,
        "The WhatsApp number with its country code, as it is linked to the application at Vonage.",
    )),
    field(
        "application_id",
        "Application ID",
        FieldKind::Text,
        "In the Vonage dashboard under Applications, at the top of the application that the number is linked to.",
    ),
    field(
        "private_key",
        "Private key",
        FieldKind::Secret,
        "The content of the file private.key that Vonage gave you when you made the application (or 'Generate public \
         and private key' there), from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.",
    ),
    field(
        "inbound_url",
        "Inbound URL",
        FieldKind::InboundUrl,
        "Paste this in the application at Vonage: Capabilities, Messages, Inbound URL (version v1).",
    ),
    field(
        "reports_url",
        "Status URL",
        FieldKind::ReportsUrl,
        "Paste this in the application at Vonage: Capabilities, Messages, Status URL (version v1).",
    ),
    field(
        "api_key",
        "API key",
        FieldKind::Text,
        "The eight characters at the top of the Vonage dashboard. With it, callbacks that were signed for another \
         account are refused. Messages are sent with it and the API secret only when there is no application ID.",
    ),
    field(
        "api_secret",
        "API secret",
        FieldKind::Secret,
        "In the Vonage dashboard under Settings. Needed only when there is no application ID, as in the sandbox.",
    ),
    field(
        SIGNATURE_SECRET,
        "Signature secret",
        FieldKind::Secret,
        "In the Vonage dashboard under Settings. It proves that a callback comes from Vonage; it is not the API secret.",
    ),
    defaulting(
        field(
            "signed_callbacks",
            "Take signed callbacks only",
            FieldKind::Checkbox,
            "Vonage signs the callbacks of this API. Switch this off only where it does not.",
        ),
        "true",
    ),
    defaulting(
        field(
            "callback_max_age",
            "Oldest signature, minutes",
            FieldKind::Number {
                min: 0,
                max: 7 * 24 * 60,
            },
            "Callbacks that were signed longer ago are refused; 0 takes them however old. Vonage repeats for a day \
             what could not be delivered, and does not say whether it signs it anew, so a limit can cost callbacks \
             after an outage. A callback that comes twice does nothing, with a limit or without.",
        ),
        "0",
    ),
    field(
        "auto_reply",
        "Auto-reply to people without a profile",
        FieldKind::Checkbox,
        "Answers a message from a number that belongs to no profile, at most once in 24 hours.",
    ),
    field(
        "auto_reply_text",
        "Auto-reply text",
        FieldKind::LongText,
        "What such a person reads, at most 4096 characters.",
    ),
    defaulting(
        field(
            "base_url",
            "API URL",
            FieldKind::Url,
            "The host that messages are sent to. For the sandbox: https://messages-sandbox.nexmo.com.",
        ),
        "https://api.nexmo.com",
    ),
    defaulting(
        field(
            "requests_per_second",
            "Requests per second",
            FieldKind::Number { min: 1, max: 100_000 },
            "How many messages may leave each second. Vonage grants accounts about 30; ask them before going above 20. \
             The sandbox takes 1.",
        ),
        "20",
    ),
];

/// The declaration.
pub(super) static SPEC: Spec = Spec {
    id: "vonage",
    name: "Vonage (Nexmo)",
    docs: "https://developer.vonage.com/en/messages/overview",
    fields: FIELDS,
    capabilities: &[
        Capability::Text,
        Capability::Image,
        Capability::Video,
        Capability::Audio,
        Capability::Document,
        Capability::Sticker,
        Capability::Location,
        Capability::List,
        Capability::Buttons,
        Capability::Template,
        Capability::TemplateHeaderText,
        Capability::TemplateHeaderMedia,
        Capability::TemplateHeaderLocation,
        Capability::TemplateQuickReply,
        Capability::TemplateUrl,
        Capability::TemplatePhone,
        Capability::TemplateCopyCode,
    ],
    limits: Limits {
        text: rules::TEXT,
        caption: rules::BODY,
        requests_per_second: 20,
    },
    network_hint: "Vonage can limit an account to certain IP addresses. If the credentials are right and it still \
                   refuses, look under Settings in the Vonage dashboard and allow the public addresses of this server.",
    echoes_reference: true,
};
