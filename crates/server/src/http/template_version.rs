//! `/api/v1/templates/{id}/versions`: what a template said each time that it was saved, and the way back.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use harkara_provider::Category;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use super::template::{Template, show_changed};
use super::template_doc::{CategoryDoc, ContentDoc};
use crate::app::AppError;
use crate::app::template;
use crate::domain::id;
use crate::domain::template::{Mapping, TemplateContent};
use crate::store::template_version::{VersionRow, page as page_of};
use crate::store::{StoreError, from_json};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(restore))
}

/// A template as it was saved once.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateVersion {
    /// `updated_at` of the template then, milliseconds since 1970 UTC.
    version: i64,
    /// When the first of its changes came: what one person types within ten minutes is one version.
    began_at: i64,
    /// `user`, `api_key`, `system`, `cli`; absent when nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_type: Option<String>,
    /// Who, by the name of then; absent when nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// `saved`, `typed` (saved by itself), `copied`, `imported`, `taken_over` (from the provider), `restored`, or `unknown` for what was
    /// there before versions were kept.
    act: String,
    /// The version that was gone back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    restored: Option<i64>,
    /// Name.
    name: String,
    /// Language code.
    language: String,
    /// Category; absent when the provider's word is not known.
    #[schema(value_type = Option<CategoryDoc>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Category>,
    /// `text` or `id`.
    addressing: String,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_template_id: Option<String>,
    /// What it said.
    #[schema(value_type = ContentDoc)]
    content: TemplateContent,
    /// What its placeholders were filled with.
    mapping: Mapping,
}

fn show(row: VersionRow) -> Result<TemplateVersion, StoreError> {
    Ok(TemplateVersion {
        version: row.version,
        began_at: row.began_at,
        actor_type: Some(row.actor_type).filter(|kind| !kind.is_empty()),
        by: Some(row.actor_name).filter(|name| !name.is_empty()),
        act: row.act,
        restored: row.restored,
        name: row.name,
        language: row.language,
        category: template::category(&row.category),
        addressing: row.addressing,
        provider_template_id: row.provider_template_id,
        content: from_json("template content", &row.content)?,
        mapping: from_json("template mapping", &row.mapping)?,
    })
}

/// The versions of a template, newest first: every saved change is one, with who made it. The last 500 are kept. The newest says
/// what the template says now.
#[utoipa::path(get, path = "/templates/{id}/versions", tag = "Templates", params(("id" = String, Path), Page), responses((status = 200, body = Listing<TemplateVersion>), (status = 404, body = Problem)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<TemplateVersion>>, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let mut tx = app.db.read().await?;
    template::row(&mut tx, id).await?;
    let rows = page_of(&mut tx, id, page.before()?, page.limit()).await?;
    let shown: Result<Vec<_>, StoreError> = rows.into_iter().map(show).collect();
    Ok(Json(Listing::new(shown?, &page, |row| row.version, |row| row)))
}

/// How to go back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TemplateRestore {
    /// `updated_at` of the template that was read: `changed_meanwhile` when somebody changed it since.
    version: Option<i64>,
    /// `approved` when the provider holds exactly what that version says. Other words make it a draft again.
    status: Option<String>,
}

/// Makes a template say again what it said in an earlier version. That is a new version; nothing is forgotten.
#[utoipa::path(post, path = "/templates/{id}/versions/{version}/restore", tag = "Templates", params(("id" = String, Path), ("version" = i64, Path)), request_body = TemplateRestore, responses((status = 200, body = Template), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn restore(
    State(app): State<Shared>,
    Path((id, version)): Path<(String, String)>,
    body: Body<TemplateRestore>,
) -> Result<Response, Problem> {
    let id = path_id(id::TEMPLATE, "template", Path(id))?;
    let version = version.parse().map_err(|_| AppError::NotFound("version"))?;
    let asked = body.value;
    let by = &body.asked.caller.actor;
    once(&app, &body.asked, async |tx| {
        let how = (asked.version, asked.status);
        let changed = template::go_back(&app, tx, id, version, how, by).await?;
        Ok((StatusCode::OK, show_changed(changed)?))
    })
    .await
}
