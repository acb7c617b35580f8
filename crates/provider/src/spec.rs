//! What a provider declares about itself, and the account settings it reads.

use std::collections::BTreeMap;

use serde::Serialize;

/// How a field of the settings form behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// Write-only: encrypted at rest, never returned, never logged.
    Secret,
    /// A phone number or a short code: digits, spaces, `+`, hyphens; kept as digits with a leading `+` (codes: digits).
    PhoneOrCode,
    /// An http(s) URL that requests go to, with secrets of the account.
    Url,
    /// An http(s) URL that is kept for people: nothing is ever sent there.
    #[serde(rename = "url")]
    Link,
    /// A whole number.
    Number {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// `true` or `false`.
    Checkbox,
    /// Read-only: the URL for inbound messages, made by the server.
    InboundUrl,
    /// Read-only: the URL for delivery reports, made by the server.
    ReportsUrl,
}

/// Key of the field that holds what the vendor signs its callbacks with, where it does.
pub const SIGNATURE_SECRET: &str = "signature_secret";
/// Key of the field that says how many requests may be on their way at once, where the vendor says so.
pub const CONCURRENCY: &str = "concurrency";
/// Key of the field that says how many milliseconds the answer to a send is waited for, where the vendor says so.
pub const ANSWER_BUDGET_MS: &str = "answer_budget_ms";

/// One field of the settings form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Key in the settings and in the API. Some keys mean the same for every provider and are read by the server:
    /// `nickname`, `number` (kind `PhoneOrCode`), `requests_per_second`, `auto_reply` (checkbox), `auto_reply_text`,
    /// [`SIGNATURE_SECRET`], [`CONCURRENCY`] and [`ANSWER_BUDGET_MS`].
    pub key: &'static str,
    /// Label, as the reference product and the vendor call it.
    pub label: &'static str,
    /// Where to find the value, in a sentence.
    pub help: &'static str,
    /// Behaviour.
    pub kind: FieldKind,
    /// Must be filled in.
    pub required: bool,
    /// Value when left empty.
    pub default: Option<&'static str>,
}

/// A setting that cannot be saved as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProblem {
    /// Key of the field.
    pub field: &'static str,
    /// What is wrong and what to do, in sentences. Never holds a secret.
    pub detail: String,
}

/// What a vendor can carry. Each is shown by a conformance case: `send-<name>`, `template-list`, `template-create`,
/// `consent-opt-in` and `consent-opt-out`, `callback-click`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Session text.
    Text,
    /// Session image.
    Image,
    /// Session video.
    Video,
    /// Session audio.
    Audio,
    /// Session document.
    Document,
    /// Session sticker.
    Sticker,
    /// Session location.
    Location,
    /// Session list message.
    List,
    /// Session reply buttons.
    Buttons,
    /// Template.
    Template,
    /// Template with a text header.
    TemplateHeaderText,
    /// Template with an image, video or document header.
    TemplateHeaderMedia,
    /// Template with a location header.
    TemplateHeaderLocation,
    /// Template with quick replies.
    TemplateQuickReply,
    /// Template with links.
    TemplateUrl,
    /// Template with a call button.
    TemplatePhone,
    /// Template with a copy-code button.
    TemplateCopyCode,
    /// Template with a limited-time offer.
    TemplateOffer,
    /// Template with a carousel of cards.
    TemplateCarousel,
    /// Keys and values of the operator's own beside a template.
    CustomProperties,
    /// Listing templates by API.
    TemplateList,
    /// Creating templates by API.
    TemplateCreate,
    /// Telling the vendor of opt-in and opt-out.
    Consent,
    /// Click callbacks.
    Click,
}

/// Numbers that bound what may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Session text, characters.
    pub text: usize,
    /// Media caption, characters.
    pub caption: usize,
    /// Requests per second of an account when its setting is left empty.
    pub requests_per_second: u32,
}

/// A provider, declared.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spec {
    /// Stable id, in URLs and the database: `gupshup-enterprise`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Public documentation of the vendor.
    pub docs: &'static str,
    /// The settings form, in order.
    pub fields: &'static [Field],
    /// What it can carry.
    pub capabilities: &'static [Capability],
    /// Bounds.
    pub limits: Limits,
    /// A hint for the operator on network access (allow-lists), in a sentence or two.
    pub network_hint: &'static str,
    /// True when reports echo [`crate::Outgoing::reference`], so that the ledger needs no index of vendor ids.
    pub echoes_reference: bool,
}

impl Spec {
    /// Can it carry this?
    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// The field of this key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }
}

/// The settings of one account, secrets included, as the engine hands them to a provider.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Account {
    settings: BTreeMap<String, String>,
    secrets: Vec<&'static str>,
}

impl Account {
    /// Takes the saved settings; empty values fall back to the field's default.
    pub fn new(spec: &'static Spec, settings: BTreeMap<String, String>) -> Self {
        let mut settings = settings;
        settings.retain(|_, value| !value.trim().is_empty());
        for field in spec.fields {
            if let Some(default) = field.default {
                settings
                    .entry(field.key.to_owned())
                    .or_insert_with(|| default.to_owned());
            }
        }
        let secrets = spec
            .fields
            .iter()
            .filter(|f| f.kind == FieldKind::Secret)
            .map(|f| f.key)
            .collect();
        Self { settings, secrets }
    }

    /// The value of a setting; empty when not set.
    pub fn get(&self, key: &str) -> &str {
        self.settings.get(key).map_or("", String::as_str)
    }

    /// A whole number; nothing when not set.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.get(key).parse().ok()
    }

    /// A checkbox.
    pub fn is_on(&self, key: &str) -> bool {
        matches!(self.get(key), "true" | "1" | "on" | "yes")
    }

    /// The values that must never be shown, the longest first: one may be the beginning of another.
    pub fn secret_values(&self) -> Vec<&str> {
        let mut values: Vec<&str> = self
            .secrets
            .iter()
            .map(|key| self.get(key))
            .filter(|v| !v.is_empty())
            .collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self.settings.iter().map(|(key, value)| {
            (
                key.as_str(),
                if self.secrets.contains(&key.as_str()) {
                    "***"
                } else {
                    value.as_str()
                },
            )
        });
        f.debug_map().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secret(key: &'static str) -> Field {
        Field {
            key,
            label: "",
            help: "",
            kind: FieldKind::Secret,
            required: true,
            default: None,
        }
    }

    static SPEC: Spec = Spec {
        id: "x",
        name: "X",
        docs: "",
        fields: &[secret("a"), secret("b")],
        capabilities: &[],
        limits: Limits {
            text: 1,
            caption: 1,
            requests_per_second: 1,
        },
        network_hint: "",
        echoes_reference: true,
    };

    #[test]
    fn a_secret_that_begins_with_another_is_hidden_whole() {
        let given = [("a", "open"), ("b", "open-sesame")];
        let settings = given.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let account = Account::new(&SPEC, settings.into());
        let request = crate::Request::get("https://x.example/open-sesame/open");
        let shown = request.redacted(&account.secret_values());
        assert!(!shown.contains("sesame"), "{shown}");
    }
}
