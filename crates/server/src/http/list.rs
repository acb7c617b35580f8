//! `/api/v1/lists`: frozen sets of profiles, made by imports.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::extract::{Caller, path_id};
use super::paging::{Listing, Page};
use super::problem::Problem;
use crate::app::AppError;
use crate::domain::id;
use crate::store;
use crate::store::Tx;
use crate::store::list::ListRow;

/// Routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
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
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
}

async fn read(tx: &mut Tx, row: ListRow) -> Result<List, AppError> {
    Ok(List {
        id: id::LIST.show(row.id),
        size: store::list::size(tx, row.id).await?,
        name: row.name,
        created_at: row.created_at,
    })
}

/// Lists the lists, newest first.
#[utoipa::path(get, path = "/lists", tag = "Lists", params(Page), responses((status = 200, body = Listing<List>)))]
async fn list(
    _: Caller,
    State(app): State<Shared>,
    Query(page): Query<Page>,
) -> Result<Json<Listing<List>>, Problem> {
    let mut tx = app.db.read().await?;
    let rows = store::list::page(&mut tx, page.before()?, page.limit()).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        shown.push((row.id, read(&mut tx, row).await?));
    }
    Ok(Json(Listing::new(shown, &page, |(id, _)| *id, |(_, list)| list)))
}

/// One list.
#[utoipa::path(get, path = "/lists/{id}", tag = "Lists", params(("id" = String, Path)), responses((status = 200, body = List), (status = 404, body = Problem)))]
async fn show(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<List>, Problem> {
    let id = path_id(id::LIST, "list", path)?;
    let mut tx = app.db.read().await?;
    let row = store::list::by_id(&mut tx, id)
        .await?
        .ok_or(AppError::NotFound("list"))?;
    Ok(Json(read(&mut tx, row).await?))
}
