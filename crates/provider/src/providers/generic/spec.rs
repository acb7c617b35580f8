//! What the open format carries and what its settings form asks for.

use crate::spec::{ANSWER_BUDGET_MS, CONCURRENCY, Capability, Field, FieldKind, Limits, Spec};
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

/// Name and value of the headers of sending, in the form.
pub(super) const HEADERS: &[(&str, &str)] = &[
    ("header_name", "header_value"),
    ("header_name_2", "header_value_2"),
    ("header_name_3", "header_value_3"),
    ("header_name_4", "header_value_4"),
];

const ANOTHER_HEADER: &str = "A further header, for providers that want several. Leave it empty otherwise.";
const ITS_VALUE: &str = "The value of that header. It is kept encrypted and never shown again.";

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
        "The WhatsApp number with its country code, or the short code, that customers see.",
    )),
    required(field(
        "endpoint",
        "HTTP endpoint",
        FieldKind::Url,
        "The one URL of your provider that takes all messages by POST.",
    )),
    field(
        "username",
        "User name",
        FieldKind::Text,
        "For Basic authentication. Leave it empty when the provider wants headers.",
    ),
    field(
        "password",
        "Password",
        FieldKind::Secret,
        "For Basic authentication. It is kept encrypted and never shown again.",
    ),
    field(
        "header_name",
        "Header",
        FieldKind::Text,
        "For authentication by a header: its name, such as Authorization, Token or api-key.",
    ),
    field("header_value", "Header value", FieldKind::Secret, ITS_VALUE),
    field("header_name_2", "Second header", FieldKind::Text, ANOTHER_HEADER),
    field(
        "header_value_2",
        "Second header value",
        FieldKind::Secret,
        ITS_VALUE,
    ),
    field("header_name_3", "Third header", FieldKind::Text, ANOTHER_HEADER),
    field(
        "header_value_3",
        "Third header value",
        FieldKind::Secret,
        ITS_VALUE,
    ),
    field("header_name_4", "Fourth header", FieldKind::Text, ANOTHER_HEADER),
    field(
        "header_value_4",
        "Fourth header value",
        FieldKind::Secret,
        ITS_VALUE,
    ),
    field(
        "reports_url",
        "Delivery report callback URL",
        FieldKind::ReportsUrl,
        "Give this to your provider for delivery reports and link clicks. Whoever knows it can report, so keep it secret.",
    ),
    field(
        "inbound_url",
        "Inbound message callback URL",
        FieldKind::InboundUrl,
        "Give this to your provider to receive what customers write. Whoever knows it can write, so keep it secret.",
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
            CONCURRENCY,
            "Maximum concurrent API requests",
            FieldKind::Number { min: 30, max: 1000 },
            "Requests that may be on their way to the provider at once. Ask the provider what it sustains.",
        ),
        "100",
    ),
    defaulting(
        field(
            ANSWER_BUDGET_MS,
            "Answer budget in milliseconds",
            FieldKind::Number {
                min: 100,
                max: 60_000,
            },
            "How long an answer is waited for. A message without one counts as unknown: it is not sent again, and a \
             delivery report settles it.",
        ),
        "1000",
    ),
    defaulting(
        field(
            "requests_per_second",
            "Requests per second",
            FieldKind::Number { min: 1, max: 100_000 },
            "How many messages may leave each second. Ask the provider before raising it.",
        ),
        "80",
    ),
    field(
        "template_endpoint",
        "Template import endpoint",
        FieldKind::Url,
        "The URL where the provider lists its templates by GET, if it has one.",
    ),
    defaulting(
        field(
            "template_page_size",
            "Templates per page",
            FieldKind::Number { min: 1, max: 500 },
            "How many templates are asked for at once. 50 to 500 is usual.",
        ),
        "500",
    ),
    field(
        "template_username",
        "Template import user name",
        FieldKind::Text,
        "For Basic authentication of the import. With neither this nor a header, the import uses what sending uses.",
    ),
    field(
        "template_password",
        "Template import password",
        FieldKind::Secret,
        "For Basic authentication of the import. It is kept encrypted and never shown again.",
    ),
    field(
        "template_header_name",
        "Template import header",
        FieldKind::Text,
        "For authentication of the import by a header: its name.",
    ),
    field(
        "template_header_value",
        "Template import header value",
        FieldKind::Secret,
        ITS_VALUE,
    ),
];

/// The declaration.
pub(super) static SPEC: Spec = Spec {
    id: "generic",
    name: "Generic (Other)",
    docs: "https://docs.clevertap.com/docs/generic-whatsapp",
    fields: FIELDS,
    capabilities: &[
        Capability::Text,
        Capability::Image,
        Capability::Video,
        Capability::Audio,
        Capability::Document,
        Capability::Template,
        Capability::TemplateHeaderText,
        Capability::TemplateHeaderMedia,
        Capability::TemplateHeaderLocation,
        Capability::TemplateQuickReply,
        Capability::TemplateUrl,
        Capability::TemplatePhone,
        Capability::TemplateCopyCode,
        Capability::TemplateOffer,
        Capability::TemplateCarousel,
        Capability::CustomProperties,
        Capability::TemplateList,
        Capability::Click,
    ],
    limits: Limits {
        text: rules::TEXT,
        caption: rules::BODY,
        requests_per_second: 80,
    },
    network_hint: "The provider may only let certain IP addresses in. Ask it to allow the public addresses of this \
                   server.",
    echoes_reference: true,
};
