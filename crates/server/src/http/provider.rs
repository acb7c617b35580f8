//! `/api/v1/providers`: what each provider asks for and can carry. The settings form is built from it.

use axum::Json;
use harkara_provider::{Field, FieldKind, Spec, registry};
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Caller;
use super::paging::Listing;
use super::problem::Problem;
use super::routes::{Routes, routes};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(list))
}

/// A provider, declared.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderInfo {
    /// Stable id, such as `gupshup-enterprise`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// The vendor's public documentation.
    pub docs: &'static str,
    /// The form preselects this one.
    pub preselected: bool,
    /// The settings form, in order.
    pub fields: Vec<FieldInfo>,
    /// What it can carry, such as `template_url`.
    #[schema(value_type = Vec<String>)]
    pub capabilities: serde_json::Value,
    /// Bounds of what may be sent.
    pub limits: LimitsInfo,
    /// What the operator should know of network access (allow-lists).
    pub network_hint: &'static str,
    /// Credential sets that `POST /accounts/{id}/check` tries.
    pub credentials: Vec<&'static str>,
}

/// One field of the settings form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldInfo {
    /// Key in `settings`.
    pub key: &'static str,
    /// Label.
    pub label: &'static str,
    /// Where to find the value.
    pub help: &'static str,
    /// `text`, `long_text`, `secret`, `phone_or_code`, `url`, `number`, `checkbox`, or read-only: `inbound_url`,
    /// `reports_url`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Smallest value of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest value of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Must be filled in.
    pub required: bool,
    /// Value when left empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
}

/// Bounds of what may be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitsInfo {
    /// Characters of a session text.
    pub text: usize,
    /// Characters of a media caption.
    pub caption: usize,
    /// Requests a second of an account when its setting is left empty.
    pub requests_per_second: u32,
}

/// Lists the providers with their settings forms.
#[utoipa::path(get, path = "/providers", tag = "Accounts", responses((status = 200, body = Listing<ProviderInfo>), (status = 401, body = Problem)))]
async fn list(_: Caller) -> Json<Listing<ProviderInfo>> {
    let preselected = registry::find(registry::FORM_DEFAULT)
        .or(registry::PROVIDERS.first().copied())
        .map(|p| p.spec().id);
    let data = registry::PROVIDERS
        .iter()
        .map(|p| show(p.spec(), p.credentials(), preselected))
        .collect();
    Json(Listing {
        data,
        next_cursor: None,
    })
}

fn show(spec: &'static Spec, credentials: &[&'static str], preselected: Option<&str>) -> ProviderInfo {
    ProviderInfo {
        id: spec.id,
        name: spec.name,
        docs: spec.docs,
        preselected: preselected == Some(spec.id),
        fields: spec.fields.iter().map(field).collect(),
        capabilities: serde_json::json!(spec.capabilities),
        limits: LimitsInfo {
            text: spec.limits.text,
            caption: spec.limits.caption,
            requests_per_second: spec.limits.requests_per_second,
        },
        network_hint: spec.network_hint,
        credentials: credentials.to_vec(),
    }
}

fn field(field: &Field) -> FieldInfo {
    let (kind, bounds) = match field.kind {
        FieldKind::Text => ("text", None),
        FieldKind::LongText => ("long_text", None),
        FieldKind::Secret => ("secret", None),
        FieldKind::PhoneOrCode => ("phone_or_code", None),
        FieldKind::Url | FieldKind::Link => ("url", None),
        FieldKind::Number { min, max } => ("number", Some((min, max))),
        FieldKind::Checkbox => ("checkbox", None),
        FieldKind::InboundUrl => ("inbound_url", None),
        FieldKind::ReportsUrl => ("reports_url", None),
    };
    FieldInfo {
        key: field.key,
        label: field.label,
        help: field.help,
        kind,
        min: bounds.map(|b| b.0),
        max: bounds.map(|b| b.1),
        required: field.required,
        default: field.default,
    }
}
