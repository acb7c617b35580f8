//! What the gateway is and what its settings form asks for.

use crate::spec::{Capability, Field, FieldKind, Limits, Spec};
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
    field(
        "inbound_url",
        "Inbound message callback URL",
        FieldKind::InboundUrl,
        "Give this to Gupshup support, or set it in the Gupshup console as the callback of the two-way account, to \
         receive what customers write.",
    ),
    field(
        "reports_url",
        "Delivery reports callback URL",
        FieldKind::ReportsUrl,
        "Give this to Gupshup support, or set it in the Gupshup console as the real-time delivery report URL of both \
         accounts. Link clicks come here too.",
    ),
    required(field(
        "hsm_user_id",
        "Notification account user ID",
        FieldKind::Text,
        "The ten-digit id, usually starting with 2000, of the account that sends templates. Gupshup also calls it the \
         HSM or one-way account and mails it when the number goes live.",
    )),
    required(field(
        "hsm_password",
        "Notification account password",
        FieldKind::Secret,
        "The password of the notification account. It is kept encrypted and never shown again.",
    )),
    required(field(
        "two_way_user_id",
        "Two-way account user ID",
        FieldKind::Text,
        "The ten-digit id, usually starting with 2000, of the account that answers customers and receives their \
         messages.",
    )),
    required(field(
        "two_way_password",
        "Two-way account password",
        FieldKind::Secret,
        "The password of the two-way account. It is kept encrypted and never shown again.",
    )),
    field(
        "app_name",
        "App name",
        FieldKind::Text,
        "The name of the app in the Gupshup console, if there is one. Only for your own orientation.",
    ),
    required(field(
        "number",
        "Mobile number",
        FieldKind::PhoneOrCode,
        "The WhatsApp number with its country code, or the short code, that customers see.",
    )),
    field(
        "facebook_url",
        "Facebook URL",
        FieldKind::Link,
        "The Facebook page of the business, if you want it kept here. Only for your own orientation.",
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
            "Gateway URL",
            FieldKind::Url,
            "Where messages are sent to. Change it only if Gupshup gave you another host.",
        ),
        "https://mediaapi.smsgupshup.com/GatewayAPI/rest",
    ),
    defaulting(
        field(
            "template_base_url",
            "Template API URL",
            FieldKind::Url,
            "Where templates are listed and created. Change it only if Gupshup gave you another host.",
        ),
        "https://wamedia.smsgupshup.com/GatewayAPI/rest",
    ),
    defaulting(
        field(
            "media_base_url",
            "Media download URL",
            FieldKind::Url,
            "Where received files are fetched that come with an id instead of a link, as older numbers send them.",
        ),
        "https://unify.smsgupshup.com/WhatsApp/apis/getMedia.php",
    ),
    defaulting(
        field(
            "requests_per_second",
            "Requests per second",
            FieldKind::Number { min: 1, max: 100_000 },
            "How many messages may leave each second. Gupshup publishes no limit; ask them before going above 20.",
        ),
        "20",
    ),
];

/// The declaration.
pub(super) static SPEC: Spec = Spec {
    id: "gupshup-enterprise",
    name: "Gupshup (Enterprise)",
    docs: "https://docs.gupshup.io/docs/configure-enterprise-integration",
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
        Capability::TemplateList,
        Capability::TemplateCreate,
        Capability::Consent,
        Capability::Click,
    ],
    limits: Limits {
        text: rules::TEXT,
        caption: rules::BODY,
        requests_per_second: 20,
    },
    network_hint: "Gupshup can limit an account to certain IP addresses, and a blocked address looks like a failed \
                   send. Ask Gupshup to allow the public addresses of this server on both ids, the notification \
                   account and the two-way account.",
    echoes_reference: true,
};
