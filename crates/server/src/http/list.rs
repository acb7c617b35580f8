//! `/api/v1/lists`: frozen sets of profiles.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::bulk::{profiles, source};
use super::extract::{Body, Caller, once, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::audit::{AuditChange, Object, note};
use crate::app::{AppError, list};
use crate::domain::{campaign, id};
use crate::store;
use crate::store::Tx;
use crate::store::list::{ListRow, UseRow};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(lists, create))
        .routes(routes!(show, rename, delete))
        .routes(routes!(restore))
        .routes(routes!(people))
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List {
    /// Id, for the audience of a campaign.
    pub id: String,
    /// Name, unique.
    pub name: String,
    /// Profiles on it.
    pub size: i64,
    /// Who or what made it, such as `dashboard: Asha` or `import: people.csv`; absent for old lists.
    pub source: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// When it was deleted: it can be taken back for 30 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<i64>,
    /// How many campaigns and drafts are, or were, for it.
    pub used: usize,
    /// The newest of them, 20 at most.
    pub campaigns: Vec<ListUse>,
}

/// A campaign that is for a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListUse {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `draft`, `scheduled`, `running`, `paused`, `finished` or `stopped`.
    pub state: &'static str,
}

/// Campaigns of a list that are named.
const NAMED: usize = 20;

async fn read(tx: &mut Tx, rows: Vec<ListRow>) -> Result<Vec<List>, AppError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut uses = list::uses(tx, &ids).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let uses = uses.remove(&row.id).unwrap_or_default();
        let name = |campaign: &UseRow| ListUse {
            id: id::CAMPAIGN.show(campaign.id),
            name: campaign.name.clone(),
            state: campaign::name(campaign.state),
        };
        shown.push(List {
            id: id::LIST.show(row.id),
            size: store::list::size(tx, row.id).await?,
            name: row.name,
            source: row.source,
            created_at: row.created_at,
            deleted_at: row.deleted_at,
            used: uses.len(),
            campaigns: uses.iter().take(NAMED).map(name).collect(),
        });
    }
    Ok(shown)
}

async fn read_one(tx: &mut Tx, row: ListRow) -> Result<List, AppError> {
    let mut shown = read(tx, vec![row]).await?;
    shown.pop().ok_or(AppError::NotFound("list"))
}

/// Which lists.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only lists with this in their name, in any case.
    search: Option<String>,
    /// `true`: those that were deleted in the last 30 days.
    #[serde(default)]
    deleted: bool,
    /// Rows at most, 1 to 500; 50 when not given.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists the lists, newest first.
#[utoipa::path(get, path = "/lists", tag = "Lists", params(ListQuery), responses((status = 200, body = Listing<List>)))]
async fn lists(
    _: Caller,
    State(app): State<Shared>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<List>>, Problem> {
    let page = Page {
        limit: query.limit,
        cursor: query.cursor,
    };
    let search = query.search.as_deref().map(str::trim).unwrap_or_default();
    let which = (query.deleted, search);
    let mut tx = app.db.read().await?;
    let rows = store::list::page(&mut tx, which, page.before()?, page.limit()).await?;
    let listing = Listing::new(rows, &page, |row| row.id, |row| row);
    Ok(Json(Listing {
        data: read(&mut tx, listing.data).await?,
        next_cursor: listing.next_cursor,
    }))
}

/// One list.
#[utoipa::path(get, path = "/lists/{id}", tag = "Lists", params(("id" = String, Path)), responses((status = 200, body = List), (status = 404, body = Problem)))]
async fn show(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<List>, Problem> {
    let id = path_id(id::LIST, "list", path)?;
    let mut tx = app.db.read().await?;
    let row = list::find(&mut tx, id).await?;
    Ok(Json(read_one(&mut tx, row).await?))
}

/// What a list is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ListInput {
    /// Unique, at most 512 bytes.
    name: String,
}

/// Makes an empty list.
#[utoipa::path(post, path = "/lists", tag = "Lists", request_body = ListInput, responses((status = 201, body = List), (status = 422, body = Problem)))]
async fn create(State(app): State<Shared>, body: Body<ListInput>) -> Result<Response, Problem> {
    let source = source(&body.asked.caller);
    once(&app, &body.asked, async |tx| {
        let row = list::create(&app, tx, &body.value.name, &source).await?;
        Ok((StatusCode::CREATED, read_one(tx, row).await?))
    })
    .await
}

/// Gives a list another name.
#[utoipa::path(patch, path = "/lists/{id}", tag = "Lists", params(("id" = String, Path)), request_body = ListInput, responses((status = 200, body = List), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn rename(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<ListInput>,
) -> Result<Response, Problem> {
    let id = path_id(id::LIST, "list", path)?;
    once(&app, &body.asked, async |tx| {
        let row = list::rename(tx, id, &body.value.name).await?;
        Ok((StatusCode::OK, read_one(tx, row).await?))
    })
    .await
}

/// Deletes a list; the people stay. Refused while a campaign is still to go to it. For 30 days it can be taken back.
#[utoipa::path(delete, path = "/lists/{id}", tag = "Lists", params(("id" = String, Path)), responses((status = 200, body = List), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    caller: Caller,
    State(app): State<Shared>,
    path: Path<String>,
) -> Result<Json<List>, Problem> {
    let id = path_id(id::LIST, "list", path)?;
    let mut act = caller.act(&app, Some(id)).await?;
    let row = list::delete(&app, &mut act.tx, id).await?;
    let shown = read_one(&mut act.tx, row).await?;
    act.commit(&app, Some(id)).await?;
    Ok(Json(shown))
}

/// Takes a deleted list back, with everybody on it.
#[utoipa::path(post, path = "/lists/{id}/restore", tag = "Lists", params(("id" = String, Path)), responses((status = 200, body = List), (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem)))]
async fn restore(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<Value>,
) -> Result<Response, Problem> {
    let id = path_id(id::LIST, "list", path)?;
    once(&app, &body.asked, async |tx| {
        let row = list::restore(&app, tx, id).await?;
        Ok((StatusCode::OK, read_one(tx, row).await?))
    })
    .await
}

/// Who comes, or goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ListPeople {
    /// These profiles are put on the list, 10,000 at most. Give this or `remove`.
    add: Option<Vec<String>>,
    /// These are taken off it.
    remove: Option<Vec<String>>,
}

/// Who came, or went.
#[derive(Debug, Serialize, ToSchema)]
struct ListMoved {
    /// The list now.
    list: List,
    /// Profiles that came or went: the others were so already. With these the act is taken back.
    moved: Vec<String>,
}

/// Puts people on a list, or takes them off it, at once. For more than are named, `POST /profiles/bulk` does it.
#[utoipa::path(post, path = "/lists/{id}/people", tag = "Lists", params(("id" = String, Path)), request_body = ListPeople, responses((status = 200, body = ListMoved), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn people(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<ListPeople>,
) -> Result<Response, Problem> {
    let id = path_id(id::LIST, "list", path)?;
    let (ids, on) = match (&body.value.add, &body.value.remove) {
        (Some(ids), None) => (profiles(ids)?, true),
        (None, Some(ids)) => (profiles(ids)?, false),
        _ => {
            let detail = "Give either `add` or `remove`.";
            return Err(AppError::field("/add", "required", detail).into());
        }
    };
    let caller = &body.asked.caller;
    once(&app, &body.asked, async |tx| {
        let (row, moved) = list::change(tx, id, &ids, on).await?;
        if !moved.is_empty() {
            let object = Object {
                id,
                name: row.name.clone(),
            };
            let change = AuditChange {
                field: "profiles".into(),
                before: Value::Null,
                after: moved.len().into(),
            };
            let action = if on {
                "list.add_people"
            } else {
                "list.remove_people"
            };
            note(&app, tx, &caller.actor, action, &object, &[change]).await?;
        }
        let moved = moved.into_iter().map(|id| id::PROFILE.show(id)).collect();
        let list = read_one(tx, row).await?;
        Ok((StatusCode::OK, ListMoved { list, moved }))
    })
    .await
}
