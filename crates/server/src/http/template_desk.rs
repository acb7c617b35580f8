//! `/api/v1/templates`: what the desk of somebody who writes templates needs beside the templates themselves.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::campaign::{CampaignItem, items};
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use super::template::{Template, no_account, show};
use super::template_doc::ContentDoc;
use crate::app::AppError;
use crate::app::template::{self, Copy, Draft, Remark};
use crate::domain::id;
use crate::domain::template::{Mapping, TemplateContent};
use crate::store;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(uses))
        .routes(routes!(copy))
        .routes(routes!(check))
}

/// The campaigns and drafts that were made with a template, newest first.
#[utoipa::path(get, path = "/templates/{id}/uses", tag = "Templates", params(("id" = String, Path), Page), responses((status = 200, body = Listing<CampaignItem>), (status = 404, body = Problem)))]
async fn uses(
    _: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<CampaignItem>>, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let mut tx = app.db.read().await?;
    template::row(&mut tx, id).await?;
    let rows = store::campaign::of_template(&mut tx, id, page.before()?, page.limit()).await?;
    let listing = Listing::new(rows, &page, |row| row.id, |row| row);
    Ok(Json(Listing {
        data: items(&mut tx, listing.data).await?,
        next_cursor: listing.next_cursor,
    }))
}

/// What a copy is called and where it belongs.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TemplateCopy {
    /// Another account (`acc_...`).
    account_id: Option<String>,
    /// Name; when absent the same in another account or language, else one that is free.
    name: Option<String>,
    /// Another language.
    language: Option<String>,
}

/// Makes a draft of any template, with its content and mapping.
#[utoipa::path(post, path = "/templates/{id}/clone", tag = "Templates", params(("id" = String, Path)), request_body = TemplateCopy, responses((status = 201, body = Template), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn copy(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<TemplateCopy>,
) -> Result<Response, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let asked = body.value;
    let how = Copy {
        account_id: account(asked.account_id.as_deref())?,
        name: asked.name,
        language: asked.language,
    };
    once(&app, &body.asked, async |tx| {
        let by = &body.asked.caller.actor;
        let row = template::copy(&app, tx, id, how.clone(), by)
            .await
            .map_err(in_field)?;
        Ok((StatusCode::CREATED, show(row)?))
    })
    .await
}

fn account(text: Option<&str>) -> Result<Option<i64>, AppError> {
    text.map(|text| id::ACCOUNT.read(text).ok_or_else(|| no_account("/account_id")))
        .transpose()
}

fn in_field(error: AppError) -> AppError {
    match error {
        AppError::NotFound("account") => no_account("/account_id"),
        other => other,
    }
}

/// A template as it stands in the form. What is absent is not judged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TemplateDraft {
    /// Its account: what its provider cannot carry is told too.
    account_id: Option<String>,
    /// The stored template that it will replace: its name is not taken by itself.
    template_id: Option<String>,
    /// Name.
    name: Option<String>,
    /// Language code.
    language: Option<String>,
    /// What it says.
    #[schema(value_type = ContentDoc)]
    content: TemplateContent,
    /// What its placeholders are filled with.
    #[serde(default)]
    mapping: Mapping,
}

/// How grave.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RemarkLevel {
    /// It stands in the way of saving, submitting or sending.
    Error,
    /// It does not, but is worth a look.
    Warning,
}

/// What is wrong with a template, or could be better.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateRemark {
    /// JSON pointer to the field.
    pointer: String,
    /// Stable code.
    code: &'static str,
    /// What is wrong and what to do.
    detail: String,
    /// How grave.
    level: RemarkLevel,
}

/// Remarks on a template.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateRemarks {
    /// Errors first.
    problems: Vec<TemplateRemark>,
}

/// Judges a template while it is being written, by WhatsApp's rules and by what the account's provider can carry. Nothing
/// is saved.
#[utoipa::path(post, path = "/templates/check", tag = "Templates", request_body = TemplateDraft, responses((status = 200, body = TemplateRemarks), (status = 422, body = Problem)))]
async fn check(
    State(app): State<Shared>,
    body: Body<TemplateDraft>,
) -> Result<Json<TemplateRemarks>, Problem> {
    let asked = body.value;
    let draft = Draft {
        account_id: account(asked.account_id.as_deref())?,
        template_id: asked
            .template_id
            .as_deref()
            .and_then(|text| id::TEMPLATE.read(text)),
        name: asked.name,
        language: asked.language,
        content: asked.content,
        mapping: asked.mapping,
    };
    let mut tx = app.db.read().await?;
    let remarks = template::lint(&mut tx, &draft).await.map_err(in_field)?;
    let show = |remark: Remark| TemplateRemark {
        pointer: remark.problem.pointer,
        code: remark.problem.code,
        detail: remark.problem.detail,
        level: if remark.error {
            RemarkLevel::Error
        } else {
            RemarkLevel::Warning
        },
    };
    Ok(Json(TemplateRemarks {
        problems: remarks.into_iter().map(show).collect(),
    }))
}
