//! `/api/v1/templates`: what templates say, what their placeholders are filled with, and their approval.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use harkara_provider::{Category, TemplateMessage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::problem::{Problem, ProblemField};
use super::routes::{Routes, routes};
use super::template_doc::{CategoryDoc, ContentDoc};
use crate::app::AppError;
use crate::app::template::{self, Change, ImportReport};
use crate::domain::audience::Person;
use crate::domain::id;
use crate::domain::problem::FieldProblem;
use crate::domain::template::{Mapping, TemplateContent};
use crate::store;
use crate::store::template::TemplateRow;
use crate::store::template_shelf::plain_name;

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(create))
        .routes(routes!(preview))
        .routes(routes!(get, update))
        .routes(routes!(submit))
        .routes(routes!(take_theirs))
        .routes(routes!(import))
}

/// A template.
#[derive(Debug, Serialize, ToSchema)]
pub struct Template {
    /// Id.
    pub id: String,
    /// Its account.
    pub account_id: String,
    /// Name at the provider.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Category; absent when the provider's word is not known.
    #[schema(value_type = Option<CategoryDoc>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// `draft`, `pending`, `approved`, `rejected`, `paused` or `disabled`. Only approved ones are sent.
    pub status: String,
    /// Why it was refused, or the provider's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_detail: Option<String>,
    /// `text`: the provider finds it by the final text; `id`: by `provider_template_id`.
    pub addressing: String,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_template_id: Option<String>,
    /// What it says.
    #[schema(value_type = ContentDoc)]
    pub content: TemplateContent,
    /// What its placeholders are filled with when a campaign says nothing else.
    pub mapping: Mapping,
    /// Quality rating, as the provider says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// What still stands in the way of sending or submitting it.
    pub problems: Vec<ProblemField>,
    /// What the provider holds under this name, where that is something else than `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_provider: Option<AtProvider>,
    /// What a change means for campaigns that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When a campaign began with it last, milliseconds since 1970 UTC; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sent_at: Option<i64>,
    /// Since when it is deleted, milliseconds since 1970 UTC; absent: it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<i64>,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// What a provider holds of a template, as it listed it last.
#[derive(Debug, Serialize, ToSchema)]
pub struct AtProvider {
    /// What it says there. `buttons` are missing where the provider does not list them.
    #[schema(value_type = ContentDoc)]
    pub content: TemplateContent,
    /// Its status there.
    pub status: String,
    /// Whether the provider lists buttons: ours stay where it does not.
    pub buttons_known: bool,
}

/// A new template.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// Its account (`acc_...`).
    pub account_id: String,
    /// Small letters, digits and underscores.
    pub name: String,
    /// Language code such as `en` or `pt_BR`.
    pub language: String,
    /// Category.
    #[schema(value_type = CategoryDoc)]
    pub category: Category,
    /// What it says.
    #[schema(value_type = ContentDoc)]
    pub content: TemplateContent,
    /// What its placeholders are filled with. Can be completed later.
    #[serde(default)]
    pub mapping: Mapping,
    /// `draft` when absent. `approved`: the provider holds exactly this template already.
    pub status: Option<String>,
    /// `text` when absent, or `id`.
    pub addressing: Option<String>,
    /// The provider's id, for addressing by `id`.
    pub provider_template_id: Option<String>,
}

/// A change of a template. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    /// Only while it is a draft or rejected.
    pub name: Option<String>,
    /// Only while it is a draft or rejected.
    pub language: Option<String>,
    /// Category.
    #[schema(value_type = Option<CategoryDoc>)]
    pub category: Option<Category>,
    /// What it says. A reworded template is a draft again, unless `status` says that it is approved so.
    #[schema(value_type = Option<ContentDoc>)]
    pub content: Option<TemplateContent>,
    /// What its placeholders are filled with.
    pub mapping: Option<Mapping>,
    /// `draft`, `approved` (the provider holds exactly this template) or `disabled`.
    pub status: Option<String>,
    /// `text` or `id`.
    pub addressing: Option<String>,
    /// The provider's id; empty takes it out.
    pub provider_template_id: Option<String>,
    /// `updated_at` of the template that was read: `changed_meanwhile` when somebody changed it since. Absent: written over
    /// whatever is there.
    pub version: Option<i64>,
    /// `true`: it is saved by itself while somebody types, so that what one person types within ten minutes is one version. Refused
    /// where the template is not a draft.
    #[serde(default)]
    pub typed: bool,
}

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    /// Templates that are new here.
    pub created: usize,
    /// Templates whose text, status or quality changed.
    pub updated: usize,
    /// Templates that were the same.
    pub unchanged: usize,
    /// Templates that say something else than here: what was written here stays until somebody takes theirs over.
    pub differing: usize,
    /// Sentences about what needs a person.
    pub problems: Vec<String>,
}

impl From<ImportReport> for Imported {
    fn from(report: ImportReport) -> Self {
        Self {
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            differing: report.differing,
            problems: report.problems,
        }
    }
}

/// What is to be previewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// What the template says.
    #[schema(value_type = ContentDoc)]
    pub content: TemplateContent,
    /// What its placeholders are filled with.
    #[serde(default)]
    pub mapping: Mapping,
    /// For this person (`pro_...`); with the defaults when absent.
    pub profile_id: Option<String>,
}

/// How it would look.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// The message, when it can be made.
    #[schema(value_type = Option<Object>)]
    pub message: Option<TemplateMessage>,
    /// What is wrong with template, mapping or values.
    pub problems: Vec<ProblemField>,
}

pub(super) fn show(row: TemplateRow) -> Result<Template, AppError> {
    Ok(Template {
        id: id::TEMPLATE.show(row.id),
        account_id: id::ACCOUNT.show(row.account_id),
        category: template::category(&row.category),
        content: template::content(&row)?,
        mapping: template::mapping(&row)?,
        problems: template::open_problems(&row)?.into_iter().map(field).collect(),
        at_provider: at_provider(&row)?,
        note: None,
        last_sent_at: Some(row.shelf.last_sent_at).filter(|at| *at > 0),
        deleted_at: row.shelf.deleted_at,
        name: plain_name(&row).to_owned(),
        language: row.language,
        status: row.status,
        status_detail: row.status_detail,
        addressing: row.addressing,
        provider_template_id: row.provider_template_id,
        quality: row.quality,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn at_provider(row: &TemplateRow) -> Result<Option<AtProvider>, AppError> {
    if row.held.differs == 0 {
        return Ok(None);
    }
    Ok(template::theirs(row)?.map(|content| AtProvider {
        content,
        status: row.held.theirs_status.clone().unwrap_or_default(),
        buttons_known: row.held.theirs_buttons == 1,
    }))
}

fn field(problem: FieldProblem) -> ProblemField {
    ProblemField {
        pointer: problem.pointer,
        code: problem.code.to_owned(),
        detail: problem.detail,
    }
}

pub(super) fn no_account(pointer: &str) -> AppError {
    let detail = "There is no account with this id. GET /api/v1/accounts shows the accounts.";
    AppError::field(pointer, "not_found", detail)
}

/// Saves a template.
#[utoipa::path(post, path = "/templates", tag = "Templates", request_body = NewTemplate, responses((status = 201, body = Template), (status = 422, body = Problem)))]
async fn create(State(app): State<Shared>, body: Body<NewTemplate>) -> Result<Response, Problem> {
    let new = body.value;
    let account = id::ACCOUNT
        .read(&new.account_id)
        .ok_or_else(|| no_account("/account_id"))?;
    let change = Change {
        name: Some(new.name),
        language: Some(new.language),
        category: Some(new.category),
        content: Some(new.content),
        mapping: Some(new.mapping),
        status: new.status,
        addressing: new.addressing,
        provider_template_id: new.provider_template_id,
        version: None,
        typed: false,
    };
    let by = &body.asked.caller.actor;
    once(&app, &body.asked, async |tx| {
        let row = template::create(&app, tx, account, change, by)
            .await
            .map_err(|e| match e {
                AppError::NotFound("account") => no_account("/account_id"),
                other => other,
            })?;
        Ok((StatusCode::CREATED, show(row)?))
    })
    .await
}

/// One template.
#[utoipa::path(get, path = "/templates/{id}", tag = "Templates", params(("id" = String, Path)), responses((status = 200, body = Template), (status = 404, body = Problem)))]
async fn get(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Template>, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let mut tx = app.db.read().await?;
    Ok(Json(show(template::row(&mut tx, id).await?)?))
}

/// Changes a template. Campaigns that were launched go on with it as it was at their launch.
#[utoipa::path(patch, path = "/templates/{id}", tag = "Templates", params(("id" = String, Path)), request_body = TemplateChange, responses((status = 200, body = Template), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn update(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<TemplateChange>,
) -> Result<Response, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let new = body.value;
    let change = Change {
        name: new.name,
        language: new.language,
        category: new.category,
        content: new.content,
        mapping: new.mapping,
        status: new.status,
        addressing: new.addressing,
        provider_template_id: new.provider_template_id,
        version: new.version,
        typed: new.typed,
    };
    let by = &body.asked.caller.actor;
    once(&app, &body.asked, async |tx| {
        let changed = template::update(&app, tx, id, change, by).await?;
        Ok((StatusCode::OK, show_changed(changed)?))
    })
    .await
}

pub(super) fn show_changed((row, launched): (TemplateRow, i64)) -> Result<Template, AppError> {
    let mut shown = show(row)?;
    shown.note = (launched > 0).then(|| {
        format!("{launched} launched campaign(s) go on with the template as it was when they were launched.")
    });
    Ok(shown)
}

/// Takes over what the provider holds of a template, where it says something else here. What is mapped by the same names stays;
/// campaigns that were launched go on with it as it was at their launch.
#[utoipa::path(post, path = "/templates/{id}/take-theirs", tag = "Templates", params(("id" = String, Path)), responses((status = 200, body = Template), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn take_theirs(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Template>, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    let changed = template::take_theirs(&app, &mut act.tx, id, &caller.actor).await?;
    act.commit(&app, Some(id)).await?;
    Ok(Json(show_changed(changed)?))
}

/// Submits a draft, or a rejected template that was mended, for approval.
#[utoipa::path(post, path = "/templates/{id}/submit", tag = "Templates", params(("id" = String, Path)), responses((status = 200, body = Template), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn submit(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Template>, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let before = caller.first(&app, id).await?;
    let row = template::submit(&app, &app.engine, id).await?;
    caller.afterwards(&app, before, id).await?;
    Ok(Json(show(row)?))
}

/// Takes over the templates that the provider holds, by name and language. What was mapped here stays.
#[utoipa::path(post, path = "/accounts/{id}/templates/import", tag = "Templates", params(("id" = String, Path)), responses((status = 200, body = Imported), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem)))]
async fn import(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Imported>, Problem> {
    let id = path_id(id::ACCOUNT, "account", path)?;
    let before = caller.first(&app, id).await?;
    let imported = template::import(&app, &app.engine, id, &caller.actor).await?;
    caller.afterwards(&app, before, id).await?;
    Ok(Json(imported.into()))
}

/// Shows how a template would look, for one person or with its defaults.
#[utoipa::path(post, path = "/templates/preview", tag = "Templates", request_body = PreviewRequest, responses((status = 200, body = Preview), (status = 422, body = Problem)))]
async fn preview(State(app): State<Shared>, body: Body<PreviewRequest>) -> Result<Json<Preview>, Problem> {
    let asked = body.value;
    let made = match &asked.profile_id {
        None => template::preview(asked.content, asked.mapping, None),
        Some(text) => {
            let not_found =
                || AppError::field("/profile_id", "not_found", "There is no profile with this id.");
            let id = id::PROFILE.read(text).ok_or_else(not_found)?;
            let mut tx = app.db.read().await?;
            let row = store::profile::by_id(&mut tx, id).await?.ok_or_else(not_found)?;
            let attributes = store::from_json("profile attributes", &row.attributes)?;
            let person = Person {
                identity: &row.identity,
                phone: row.phone.as_deref(),
                name: row.name.as_deref(),
                opt_in: row.opt_in,
                suppressed: false,
                attributes: &attributes,
            };
            template::preview(asked.content, asked.mapping, Some(&person))
        }
    };
    Ok(Json(Preview {
        message: made.message,
        problems: made.problems.into_iter().map(field).collect(),
    }))
}
