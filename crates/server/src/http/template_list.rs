//! `/api/v1/templates`: the list, with what campaigns made of each; deleted ones, and taking them back.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Caller, path_id};
use super::paging::{Listing, Page, place, show_place};
use super::problem::Problem;
use super::routes::{Routes, routes};
use super::template::{Template, no_account, show};
use crate::app::AppError;
use crate::app::template::{self, Uses};
use crate::domain::id;
use crate::store;
use crate::store::template::TemplateRow;
use crate::store::template_shelf::{After, Wanted, list as rows_of};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(delete))
        .routes(routes!(restore))
}

/// In which order templates are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSort {
    /// Newest first.
    #[default]
    Newest,
    /// By name; the languages of a name stand together.
    Name,
    /// What a campaign began with last comes first.
    LastSent,
}

/// Query of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only templates of this account.
    account_id: Option<String>,
    /// Only templates in this status.
    status: Option<String>,
    /// Only templates with this in their name, in any case.
    search: Option<String>,
    /// Only templates that say something else than at the provider (`true`), or that do not (`false`).
    differs: Option<bool>,
    /// Only templates of this category: `marketing`, `utility` or `authentication`.
    category: Option<String>,
    /// Only templates in this language.
    language: Option<String>,
    /// `true`: those that were deleted in the last 30 days and can be restored, in place of the others.
    #[serde(default)]
    deleted: bool,
    /// In which order; a cursor goes on in the order of its page.
    #[serde(default)]
    #[param(inline)]
    sort: TemplateSort,
    /// Rows at most, 1 to 500; 50 when not given.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A template with what campaigns made of it.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateItem {
    /// The template.
    #[serde(flatten)]
    template: Template,
    /// The campaigns that were made with it.
    used_by: TemplateUse,
    /// What became of the campaigns that began in the last 30 days. Single messages are not in it.
    recent: TemplateRecent,
}

/// Campaigns that were made with a template, counted.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateUse {
    /// Drafts.
    drafts: i64,
    /// Those that wait for their time.
    scheduled: i64,
    /// Those that run or are paused.
    running: i64,
    /// Those that are over.
    ended: i64,
}

/// What became of a template's campaigns of the last 30 days.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateRecent {
    /// How many campaigns began.
    campaigns: i64,
    /// Messages that the provider accepted.
    sent: i64,
    /// Of these the ones that reached a phone.
    delivered: i64,
    /// Of these the ones that were seen.
    read: i64,
}

impl TemplateItem {
    fn of(row: TemplateRow, uses: Uses) -> Result<Self, AppError> {
        Ok(Self {
            template: show(row)?,
            used_by: TemplateUse {
                drafts: uses.drafts,
                scheduled: uses.scheduled,
                running: uses.running,
                ended: uses.ended,
            },
            recent: TemplateRecent {
                campaigns: uses.recent,
                sent: uses.counts.sent,
                delivered: uses.counts.delivered,
                read: uses.counts.read,
            },
        })
    }
}

/// Lists templates with what campaigns made of each, newest first when no other order is asked for.
#[utoipa::path(get, path = "/templates", tag = "Templates", params(Filter), responses((status = 200, body = Listing<TemplateItem>), (status = 401, body = Problem)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(filter): Query<Filter>,
) -> Result<Json<Listing<TemplateItem>>, Problem> {
    let account_id = match &filter.account_id {
        None => 0,
        Some(text) => id::ACCOUNT.read(text).ok_or_else(|| no_account("/account_id"))?,
    };
    let page = Page {
        limit: filter.limit,
        cursor: filter.cursor,
    };
    let wanted = Wanted {
        account_id,
        status: filter.status.as_deref().unwrap_or_default(),
        search: filter.search.as_deref().unwrap_or_default().trim(),
        differs: filter.differs,
        category: filter.category.as_deref().unwrap_or_default(),
        language: filter.language.as_deref().unwrap_or_default(),
        deleted: filter.deleted,
    };
    let by_name: Option<(String, i64, String)>;
    let after = match filter.sort {
        TemplateSort::Newest => After::Newest(page.before()?),
        TemplateSort::Name => {
            by_name = place(&page)?;
            by_name
                .as_ref()
                .map_or(After::Name("", 0, ""), |(name, account, language)| {
                    After::Name(name, *account, language)
                })
        }
        TemplateSort::LastSent => {
            let (at, id) = place(&page)?.unwrap_or((i64::MAX, i64::MAX));
            After::LastSent(at, id)
        }
    };
    let mut tx = app.db.read().await?;
    let rows = rows_of(&mut tx, after, &wanted, page.limit()).await?;
    let next_cursor = page.goes_on(&rows).map(|last| match filter.sort {
        TemplateSort::Newest => Page::cursor(last.id),
        TemplateSort::Name => show_place(&(&last.name, last.account_id, &last.language)),
        TemplateSort::LastSent => show_place(&(last.shelf.last_sent_at, last.id)),
    });
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let uses = template::uses(&app, &mut tx, &ids).await?;
    let item = |row: TemplateRow| {
        let uses = uses.get(&row.id).copied().unwrap_or_default();
        TemplateItem::of(row, uses)
    };
    let data: Result<Vec<_>, AppError> = rows.into_iter().map(item).collect();
    Ok(Json(Listing {
        data: data?,
        next_cursor,
    }))
}

/// How a template is deleted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Deletion {
    /// It cannot be restored.
    #[serde(default)]
    for_good: bool,
}

/// Deletes a template; for 30 days it can be restored. Refused while drafts, or campaigns that are not over, were made with it.
#[utoipa::path(delete, path = "/templates/{id}", tag = "Templates", params(("id" = String, Path), Deletion), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
    Query(how): Query<Deletion>,
) -> Result<StatusCode, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    template::delete(&app, &mut act.tx, id, how.for_good).await?;
    act.commit(&app, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back a template that was deleted in the last 30 days.
#[utoipa::path(post, path = "/templates/{id}/restore", tag = "Templates", params(("id" = String, Path)), responses((status = 200, body = Template), (status = 404, body = Problem)))]
async fn restore(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<Template>, Problem> {
    let id = path_id(id::TEMPLATE, "template", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    template::restore(&app, &mut act.tx, id).await?;
    let row = store::template::by_id(&mut act.tx, id)
        .await?
        .ok_or(AppError::NotFound("template"))?;
    act.commit(&app, Some(id)).await?;
    Ok(Json(show(row)?))
}
